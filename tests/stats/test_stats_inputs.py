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
from tests.made import assert_refused

NAN = math.nan
BLANKS = (
    None, NAN, np.float32(NAN), pd.NaT, np.datetime64("NaT", "ns"), np.timedelta64("NaT", "ns"), pd.NA, Decimal("NaN"),
    np.ma.masked, "", " \t", "\u00a0", "\u200b",
)  # fmt: skip
# 10 pairable ratings, 4 keep and 6 send: 1 − (2/10)/(48/90) = .625.
KEPT = [["keep", "send", None, "keep"], ["keep", "send", "send", "keep"], [None, "send", "send", "send"]]


def with_blank(rows, blank):
    return [[blank if cell is None else cell for cell in row] for row in rows]


def test_a_missing_rating_is_no_category_in_any_container():
    for blank in BLANKS:
        rows = with_blank(KEPT, blank)
        for ratings in (
            rows,
            tuple(map(tuple, rows)),
            np.array(rows, dtype=object),
            [np.array(row, dtype=object) for row in rows],
            [pd.Series(row, dtype=object) for row in rows],
            pd.DataFrame(rows, dtype=object),
        ):
            assert stats.krippendorff_alpha(ratings, "nominal").estimate == pytest.approx(0.625), repr(blank)


def test_what_numpy_and_pandas_made_of_missing_words_is_missing():
    text, lost = np.array(with_blank(KEPT, NAN)), with_blank(KEPT, "lost")
    for ratings in (
        text,
        text.astype("S"),
        list(text),
        pd.DataFrame(KEPT).astype("category"),
        pd.DataFrame(KEPT).astype("string"),
        np.ma.masked_equal(np.array(lost), "lost"),
        [np.ma.masked_equal(np.array(row), "lost") for row in lost],
    ):
        assert stats.krippendorff_alpha(ratings, "nominal").estimate == pytest.approx(0.625)
    # In a list the word is a word.
    assert stats.cluster_mean([1, 0], ["nan", "Ann"]).n == stats.cohen_kappa(["nan", "b"], ["nan", "b"]).n == 2


def test_what_means_one_category_is_one():
    assert stats.krippendorff_alpha([[4, 2, None, 5, 1], [4.0, 2.0, 3.0, 5.0, 2.0]], "nominal").estimate == 16 / 23
    for ratings in (
        [[1, 2, None, 3], [1.0, 2.0, 2.0, 3.0]],
        [[True, False, None], [1, 0, 1]],
        [["1", "2", None], [1, 2.0, 1]],
        [[0, -0.0, 1.0], [-0.0, np.float32(0), 1]],
        np.array([[0.0, -0.0, 1.0], [-0.0, 0.0, 1.0]]),
        pd.DataFrame([[1, 2, None, 3], [1.0, 2.0, 2.0, 3.0]], dtype=object),
        [[Decimal("1.0"), " 2"], [1, "2\u00a0"]],
        [["Da\u0300", "b"], ["Dà", "b"]],
    ):
        assert stats.krippendorff_alpha(ratings, "nominal").estimate == 1
        assert stats.cohen_kappa(*np.asarray(ratings, dtype=object).tolist()).estimate == 1


def test_categories_of_mixed_types_have_one_order_numbers_first():
    # 2, 9, 10, x: 10 against 9 is one step. 4 items, cells (10, 10), (9, 9), (2, 9), (x, x).
    linear = stats.cohen_kappa([10, "9", 2.0, "x"], ["10", 9, 9, "x"], "linear")
    assert linear == stats.cohen_kappa([2, 1, 0, 3], [2, 1, 1, 3], "linear")
    assert stats.cohen_kappa(["a", 1, None, pd.Timestamp("2026-01-01")], ["a", 2, 3, dt.date(2026, 1, 1)]).n == 3


LABELLED = (
    lambda labels: stats.cluster_mean([1, 0, 1, 0], labels),
    lambda labels: stats.cluster_proportion([1, 0, 1, 0], labels),
    lambda labels: stats.effective_n([1, 0, 1, 0], labels),
    lambda labels: stats.pair_mean([1, 0, 1, 0], labels, list("xyxy")),
    lambda labels: stats.pair_mean([1, 0, 1, 0], list("xyxy"), labels),
    lambda labels: stats.quantile_interval([1, 2, 3, 4], 0.5, cluster=labels),
)


def test_a_row_of_nobody_is_refused_with_the_count_in_every_container():
    twice = [["Ann", blank, "Bo", blank] for blank in BLANKS]
    once = [
        np.array(["Ann", NAN, "Bo", "Bo"]),
        np.array(["2026-01", "NaT", "2026-02", "2026-02"], dtype="datetime64[ns]"),
        np.ma.array([1, 2, 3, 3], mask=[0, 1, 0, 0]),
        pd.Series(["Ann", None, "Bo", "Bo"], dtype="category"),
        pd.Series([1, None, 2, 2], dtype="Int64"),
        pd.Series([1, None, 2, 2]),
    ]
    for call in LABELLED:
        for count, cases in ((2, twice), (1, once)):
            for labels in cases:
                assert_refused((lambda call=call, labels=labels: call(labels), rf"missing in {count} of 4 rows.*Mend"))


def test_labels_that_mean_one_are_one_and_no_label_is_a_list():
    for call in LABELLED:
        expected = call(["1", "1", "2", "2"])
        for labels in ([1, 1.0, "2", 2], ["1", True, 2, "2 "], [1, "1", Fraction(2), Decimal(2)]):
            assert call(labels) == expected
    for labels in ([["Ann"], "Bo"], [{"Ann": 1}, "Bo"], [["Ann", "Bo"], ["Bo", "Ann"]]):
        assert_refused((lambda labels=labels: stats.cluster_mean([1, 2], labels), "Mend"))


def forty(values):
    """The same ten times over: enough of them for every function."""
    return [*values] * 10


NUMERIC = (
    lambda values: stats.cluster_mean(values, list(range(len(values)))),
    lambda values: stats.pair_mean(values, list(range(len(values))), [0, 1] * (len(values) // 2)),
    lambda values: stats.cluster_proportion(values, [0, 1, 2, 3] * (len(values) // 4)),
    lambda values: stats.effective_n(values, [0, 1, 2, 3] * (len(values) // 4)),
    lambda values: stats.quantile_interval(values, 0.5),
    lambda values: stats.mean_difference(values, np.arange(9), permutations=99),
    lambda values: stats.mean_difference(np.arange(9), values, permutations=99),
    # With an interval: a nan is equal to itself only where Python compares fields as tuples, to 3.12.
    lambda values: stats.krippendorff_alpha([values, values[::-1]], replicates=20),
)


def test_a_missing_number_is_left_out_and_numbers_of_any_type_are_numbers():
    numbers = forty([1, 0, 0.5, NAN])
    typed = [[blank if value != value else value for value in numbers] for blank in BLANKS]
    for call in NUMERIC:
        expected = call(np.array(numbers))
        for values in (
            *typed,
            *(np.array(values, dtype=object) for values in typed),
            forty([True, Decimal(0), Fraction(1, 2), None]),
            np.ma.masked_equal(np.array(forty([1, 0, 0.5, 99])), 99),
            np.array(numbers, dtype=np.float16),
            pd.array(forty([1, 0, 0.5, None]), dtype="Float64"),
            pd.Categorical(forty([1, 0, 0.5, None])),
        ):
            assert call(values) == expected


NO_NUMBERS = (
    pd.Series(pd.to_timedelta(forty(["1h", "2h", None, "3h"]))),
    np.array(forty([1, 2, "NaT", 3]), dtype="timedelta64[s]"),
    forty([dt.timedelta(hours=1), None, 1, 1]),
    forty([pd.Timedelta("1h"), pd.NaT, 1, 1]),
    forty([np.timedelta64(1, "h"), None, 1, 1]),
    pd.to_datetime(pd.Series(forty(["2026-01-01", None]))),
    pd.to_datetime(pd.Series(forty(["2026-01-01", None])), utc=True),
    np.array(forty(["2026-01-01", "NaT"]), dtype="datetime64[D]"),
    forty([dt.date(2026, 1, 1), None]),
    forty([dt.time(9), None]),
    forty(["1", "0"]),
    forty([1, 0, 0.5, "1"]),
    np.array(forty(["1", "nan"])),
    np.array(forty([b"1", b"0"])),
    np.array(forty([1 + 0j, 0j])),
    forty([1, 0, 0, 1j]),
    forty([object(), 1]),
)


def test_what_is_no_number_is_refused_with_the_line_that_converts():
    says = r"not a number; expected numbers. Mend: pd\.to_numeric.*pd\.Timedelta\(hours=1\)"
    for values in NO_NUMBERS:
        seen = np.ones(len(values))
        for call in (
            *NUMERIC,
            lambda durations, seen=seen: stats.kaplan_meier(durations, seen),
            lambda entry, seen=seen: stats.kaplan_meier(2 * seen, seen, entry),
        ):
            assert_refused((lambda call=call, values=values: call(values), says))
    # And it does convert.
    waits = pd.Series(pd.to_timedelta(["1h", "2h", None, "3h", "4h", "5h"])) / pd.Timedelta(hours=1)
    assert stats.quantile_interval(waits, 0.5).estimate == stats.cluster_mean(waits, list("aabbcc")).estimate == 3


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
    for undefined in (stats.cohen_kappa([0, 0], [0, 0]), stats.krippendorff_alpha([[1, 1], [1, 1]])):
        assert math.isnan(undefined.estimate) and "no variation" in undefined.method
    for level in ("nominal", "ordinal", "interval", "ratio"):
        # Five raters, one unit, one of them differs: as much disagreement as chance has it.
        assert stats.krippendorff_alpha([[1], [1], [1], [1], [2]], level).estimate == pytest.approx(0, abs=1e-12)
