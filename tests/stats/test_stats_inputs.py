"""One rule for what is missing, what is a number and what is one label, for every function and every container."""

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit import stats
from outsourcing_kit.exceptions import OutsourcingKitError

NAN = math.nan
BLANKS = {
    "None": None,
    "nan": NAN,
    "numpy nan": np.float32(NAN),
    "NaT": pd.NaT,
    "numpy NaT": np.datetime64("NaT", "ns"),
    "duration NaT": np.timedelta64("NaT", "ns"),
    "NA": pd.NA,
    "Decimal nan": Decimal("NaN"),
    "masked": np.ma.masked,
    "empty": "",
    "blanks": " \t",
    "no-break space": "\u00a0",
    "zero-width space": "\u200b",
}
# 10 pairable ratings, 4 keep and 6 send: 1 − (2/10)/(48/90).
KEPT = [["keep", "send", None, "keep"], ["keep", "send", "send", "keep"], [None, "send", "send", "send"]]
CONTAINERS = {
    "lists": lambda rows: rows,
    "tuples": lambda rows: tuple(map(tuple, rows)),
    "objects": lambda rows: np.array(rows, dtype=object),
    "a list of objects": lambda rows: [np.array(row, dtype=object) for row in rows],
    "a list of columns": lambda rows: [pd.Series(row, dtype=object) for row in rows],
    "a frame": lambda rows: pd.DataFrame(rows, dtype=object),
}


def with_blank(rows, blank):
    return [[blank if cell is None else cell for cell in row] for row in rows]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("blank", BLANKS)
def test_a_missing_rating_is_no_category(blank, container):
    ratings = CONTAINERS[container](with_blank(KEPT, BLANKS[blank]))
    assert stats.krippendorff_alpha(ratings, "nominal").estimate == pytest.approx(0.625)


@pytest.mark.parametrize(
    "ratings",
    [
        np.array(with_blank(KEPT, NAN)),
        np.array(with_blank(KEPT, NAN)).astype("S"),
        [np.array(row) for row in with_blank(KEPT, NAN)],
        pd.DataFrame(KEPT).astype("category"),
        pd.DataFrame(KEPT).astype("string"),
        np.ma.masked_equal(np.array(with_blank(KEPT, "lost")), "lost"),
        [np.ma.masked_equal(np.array(row), "lost") for row in with_blank(KEPT, "lost")],
    ],
    ids=["text", "bytes", "rows of text", "categories", "nullable", "masked", "masked rows"],
)
def test_what_numpy_and_pandas_made_of_missing_words_is_missing(ratings):
    assert stats.krippendorff_alpha(ratings, "nominal").estimate == pytest.approx(0.625)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([[1, 2, None, 3], [1.0, 2.0, 2.0, 3.0]], 1.0),
        ([[4, 2, None, 5, 1], [4.0, 2.0, 3.0, 5.0, 2.0]], 16 / 23),
        ([[True, False, None], [1, 0, 1]], 1.0),
        ([["1", "2", None], [1, 2.0, 1]], 1.0),
        ([[0, -0.0, 1.0], [-0.0, np.float32(0), 1]], 1.0),
        (np.array([[0.0, -0.0, 1.0], [-0.0, 0.0, 1.0]]), 1.0),
        (pd.DataFrame([[1, 2, None, 3], [1.0, 2.0, 2.0, 3.0]], dtype=object), 1.0),
        ([[Decimal("1.0"), " 2"], [1, "2\u00a0"]], 1.0),
        ([["Da\u0300", "b"], ["Dà", "b"]], 1.0),
    ],
)
def test_what_means_one_category_is_one(ratings, expected):
    assert stats.krippendorff_alpha(ratings, "nominal").estimate == pytest.approx(expected)
    first, second = (np.asarray(ratings, dtype=object)).tolist()
    if expected == 1:
        assert stats.cohen_kappa(first, second).estimate == 1


def test_categories_of_mixed_types_have_one_order_numbers_first():
    # 2, 9, 10, x: 10 against 9 is one step. 4 items, cells (10, 10), (9, 9), (2, 9), (x, x).
    linear = stats.cohen_kappa([10, "9", 2.0, "x"], ["10", 9, 9, "x"], "linear")
    table = [[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert linear == stats.cohen_kappa_table(table, "linear")
    assert stats.cohen_kappa(["a", 1, None, pd.Timestamp("2026-01-01")], ["a", 2, 3, dt.date(2026, 1, 1)]).n == 3


LABELLED = {
    "cluster_mean": lambda labels: stats.cluster_mean([1, 0, 1, 0], labels),
    "cluster_proportion": lambda labels: stats.cluster_proportion([1, 0, 1, 0], labels),
    "effective_n": lambda labels: stats.effective_n([1, 0, 1, 0], labels),
    "pair_mean, first": lambda labels: stats.pair_mean([1, 0, 1, 0], labels, list("xyxy")),
    "pair_mean, second": lambda labels: stats.pair_mean([1, 0, 1, 0], list("xyxy"), labels),
    "quantile_interval": lambda labels: stats.quantile_interval([1, 2, 3, 4], 0.5, group=labels),
}


@pytest.mark.parametrize("function", LABELLED)
@pytest.mark.parametrize("blank", BLANKS)
def test_a_row_of_nobody_is_refused_with_the_count(function, blank):
    with pytest.raises(OutsourcingKitError, match=r"missing in 2 of 4 rows.*Mend: drop"):
        LABELLED[function](["Ann", BLANKS[blank], "Bo", BLANKS[blank]])


@pytest.mark.parametrize("function", LABELLED)
@pytest.mark.parametrize(
    "labels",
    [
        np.array(["Ann", NAN, "Bo", "Bo"]),
        np.array(["2026-01", "NaT", "2026-02", "2026-02"], dtype="datetime64[ns]"),
        np.ma.array([1, 2, 3, 3], mask=[0, 1, 0, 0]),
        pd.Series(["Ann", None, "Bo", "Bo"], dtype="category"),
        pd.Series([1, None, 2, 2], dtype="Int64"),
        pd.Series([1, None, 2, 2]),
    ],
    ids=["text", "days", "masked", "categories", "nullable", "floats"],
)
def test_a_row_of_nobody_is_refused_in_every_container(function, labels):
    with pytest.raises(OutsourcingKitError, match="missing in 1 of 4 rows"):
        LABELLED[function](labels)


@pytest.mark.parametrize("function", LABELLED)
@pytest.mark.parametrize("labels", [[1, 1.0, "2", 2], ["1", True, 2, "2 "], [1, "1", Fraction(2), Decimal(2)]])
def test_labels_that_mean_one_are_one(function, labels):
    assert LABELLED[function](labels) == LABELLED[function](["1", "1", "2", "2"])


def test_the_word_nan_in_a_list_is_a_word():
    assert stats.cluster_mean([1, 0], ["nan", "Ann"]).n == 2
    assert stats.cohen_kappa(["nan", "b"], ["nan", "b"]).n == 2


def forty(values):
    """Twice the same, five times over: enough of them for every function."""
    return [*values] * 10


NUMERIC = {
    "cluster_mean": lambda values: stats.cluster_mean(values, list(range(len(values)))),
    "pair_mean": lambda values: stats.pair_mean(values, list(range(len(values))), [0, 1] * (len(values) // 2)),
    "cluster_proportion": lambda values: stats.cluster_proportion(values, [0, 1, 2, 3] * (len(values) // 4)),
    "effective_n": lambda values: stats.effective_n(values, [0, 1, 2, 3] * (len(values) // 4)),
    "quantile_interval": lambda values: stats.quantile_interval(values, 0.5),
    "gap": lambda values: stats.mean_difference(values, np.arange(9)),
    "gap, second": lambda values: stats.mean_difference(np.arange(9), values),
    # With an interval: a nan is equal to itself only where Python compares fields as tuples, to 3.12.
    "krippendorff_alpha": lambda values: stats.krippendorff_alpha([values, values[::-1]], replicates=20),
}


@pytest.mark.parametrize("function", NUMERIC)
@pytest.mark.parametrize("blank", BLANKS)
def test_a_missing_number_is_left_out(function, blank):
    numbers = forty([1, 0, 0.5, NAN])
    typed = [BLANKS[blank] if value != value else value for value in numbers]
    expected = NUMERIC[function](np.array(numbers))
    assert NUMERIC[function](typed) == expected
    assert NUMERIC[function](np.array(typed, dtype=object)) == expected


@pytest.mark.parametrize("function", NUMERIC)
def test_numbers_of_any_type_are_numbers(function):
    expected = NUMERIC[function](np.array(forty([1.0, 0.0, 0.5, NAN])))
    for numbers in (
        forty([True, Decimal(0), Fraction(1, 2), None]),
        np.ma.masked_equal(np.array(forty([1, 0, 0.5, 99])), 99),
        np.array(forty([1, 0, 0.5, NAN]), dtype=np.float16),
        pd.array(forty([1, 0, 0.5, None]), dtype="Float64"),
        pd.Categorical(forty([1, 0, 0.5, None])),
    ):
        assert NUMERIC[function](numbers) == expected


HOURS = ["1h", "2h", None, "3h"]
NO_NUMBERS = {
    "durations": (pd.Series(pd.to_timedelta(forty(HOURS))), r"pd\.Timedelta\(hours=1\)"),
    "durations in seconds": (np.array(forty([1, 2, "NaT", 3]), dtype="timedelta64[s]"), r"pd\.Timedelta\(hours=1\)"),
    "duration objects": (forty([dt.timedelta(hours=1), None, 1, 1]), r"pd\.Timedelta\(hours=1\)"),
    "pandas durations": (forty([pd.Timedelta("1h"), pd.NaT, 1, 1]), r"pd\.Timedelta\(hours=1\)"),
    "numpy durations": (forty([np.timedelta64(1, "h"), None, 1, 1]), r"pd\.Timedelta\(hours=1\)"),
    "instants": (pd.to_datetime(pd.Series(forty(["2026-01-01", None]))), "start"),
    "instants with a zone": (pd.to_datetime(pd.Series(forty(["2026-01-01", None])), utc=True), "start"),
    "numpy days": (np.array(forty(["2026-01-01", "NaT"]), dtype="datetime64[D]"), "start"),
    "days": (forty([dt.date(2026, 1, 1), None]), "start"),
    "times of day": (forty([dt.time(9), None]), "start"),
    "numbers typed as text": (forty(["1", "0"]), r"pd\.to_numeric"),
    "one number typed as text": (forty([1, 0, 0.5, "1"]), r"pd\.to_numeric"),
    "text": (np.array(forty(["1", "nan"])), r"pd\.to_numeric"),
    "bytes": (np.array(forty([b"1", b"0"])), r"pd\.to_numeric"),
    "complex": (np.array(forty([1 + 0j, 0j])), r"\.real"),
    "one complex": (forty([1, 0, 0, 1j]), r"\.real"),
    "objects": (forty([object(), 1]), "pass single numbers"),
}


@pytest.mark.parametrize("function", [*NUMERIC, "kaplan_meier", "kaplan_meier, entry"])
@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_what_is_no_number_is_refused_with_the_line_that_converts(function, kind):
    values, mend = NO_NUMBERS[kind]
    seen = np.ones(len(values))
    calls = {
        **NUMERIC,
        "kaplan_meier": lambda durations: stats.kaplan_meier(durations, seen),
        "kaplan_meier, entry": lambda entry: stats.kaplan_meier(2 * seen, seen, entry),
    }
    with pytest.raises(OutsourcingKitError, match=f"not a number; expected numbers. Mend: .*{mend}"):
        calls[function](values)


def test_the_line_that_converts_does_convert():
    waits = pd.Series(pd.to_timedelta(["1h", "2h", None, "3h", "4h", "5h"])) / pd.Timedelta(hours=1)
    assert stats.quantile_interval(waits, 0.5).estimate == 3
    assert stats.cluster_mean(waits, list("aabbcc")).estimate == 3


@pytest.mark.parametrize(
    "count", ["3", np.timedelta64(3, "h"), dt.timedelta(3), 3j, None, pd.NA, NAN, math.inf, 10**400]
)
@pytest.mark.parametrize("share", [stats.clopper_pearson, stats.wilson_share])
def test_counts_are_whole_numbers(share, count):
    with pytest.raises(OutsourcingKitError, match="Mend"):
        share(count, 4)
    with pytest.raises(OutsourcingKitError, match="Mend"):
        share(1, count)
    assert share(Decimal(3), np.int8(4)) == share(3.0, 4)


def test_a_guess_from_something_missing_is_missing():
    assert math.isnan(stats.units_needed(None, 0.05, 20, 0.8)) and math.isnan(stats.units_needed(0.7, pd.NA, 20, 0.8))
    with pytest.raises(OutsourcingKitError, match="not a number"):
        stats.units_needed("70%", 0.05, 20, 0.8)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (np.ma.array([[2, 1], [1, 2]], mask=[[0, 1], [0, 0]]), "missing or negative"),
        ([[2, None], [1, 2]], "missing or negative"),
        ([["2", 1], [1, 2]], "not a number"),
        ([[2, 1], [1]], "one length"),
    ],
)
def test_a_table_of_counts_has_a_count_in_each_cell(table, says):
    with pytest.raises(OutsourcingKitError, match=says):
        stats.cohen_kappa_table(table)


@pytest.mark.parametrize("labels", [[["Ann"], "Bo"], [{"Ann": 1}, "Bo"], [["Ann", "Bo"], ["Bo", "Ann"]]])
def test_labels_that_are_no_single_cells_are_refused(labels):
    with pytest.raises(OutsourcingKitError, match="Mend"):
        stats.cluster_mean([1, 2], labels)


@given(st.lists(st.sampled_from([1, 1.0, "1", True, 2, "b", "10", 9, 2.5, "2026-01-01", pd.NA, None, NAN, " "])))
def test_any_mixture_is_numbered_by_what_it_means(cells):
    from outsourcing_kit.stats._inputs import numbered, words

    said = words(cells, "cells")
    found, count = numbered(said)
    assert set(found[found >= 0].tolist()) == set(range(count))
    assert all((a == b) == (x == y) for a, x in zip(found, said, strict=True) for b, y in zip(found, said, strict=True))
    again, _ = numbered(words(cells[::-1], "cells"))
    assert again[::-1].tolist() == found.tolist()


def test_what_other_libraries_once_got_wrong_is_right_here():
    # No success in 1,000 at a level next to 1: 1 − (5e-8)^(1/1000).
    assert stats.clopper_pearson(0, 1000, confidence=1 - 1e-7).high == pytest.approx(1 - 5e-8 ** (1 / 1000), rel=1e-6)
    assert stats.wilson_share(38, 38).high == 1 and stats.wilson_share(0, 77).low == 0
    for undefined in (stats.cohen_kappa([0, 0], [0, 0]), stats.krippendorff_alpha([[1, 1], [1, 1]])):
        assert math.isnan(undefined.estimate) and "no variation" in undefined.method
    for level in ("nominal", "ordinal", "interval", "ratio"):
        # Five raters, one unit, one of them differs: as much disagreement as chance has it.
        assert stats.krippendorff_alpha([[1], [1], [1], [1], [2]], level).estimate == pytest.approx(0, abs=1e-12)
