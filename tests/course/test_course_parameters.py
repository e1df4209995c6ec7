"""The parameters cell: its grammar, and what may be given."""

from __future__ import annotations

import pytest
from made_lessons import code

from outsourcing_kit.course.lessons import Lesson
from outsourcing_kit.course.parameters import (
    Parameter,
    ParameterError,
    check,
    names_read,
    parse_line,
    read_parameters,
    split_given,
)


def as_lesson(path):
    number, _, name = path.stem.partition("_")
    return Lesson(number, name, path)


def test_a_line_is_read_in_full():
    meaning = "right answers, both sides, that are enough"
    line = f"quiz_limit: float = 0.80  # share, 0..1, {meaning}"
    assert parse_line(line) == Parameter("quiz_limit", "float", 0.8, "share", "0..1", meaning)


def test_choices_open_ends_and_any():
    assert parse_line('view: str = "b"  # -, a|b|c#, what').convert("c#") == "c#"
    assert parse_line("n: int = 3  # people, 2.., how many").convert(10**9) == 10**9
    assert parse_line("n: int = -3  # points, ..0, how many").convert("-1000") == -1000
    assert parse_line("n: int = 2  # -, 1|2, which").convert("1") == 1
    # papermill's own inspection takes the first for a comment, and leaves out the second without a word.
    assert parse_line('text: str = "# not a comment"  # -, any, what').default == "# not a comment"
    assert parse_line("x: float = 1  # -, any, what = means").meaning == "what = means"
    assert type(parse_line("x: float = 1  # -, any, what").default) is float


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x = 3  # -, any, what", "a name, its type and its value"),
        ("x: int = 3", "no comment"),
        ("x: int = 3  # any, what", "three parts"),
        ("x: int = 3  # -, , what", "three parts"),
        ("x: list = []  # -, any, what", "type 'list'"),
        ("x: int = len('a')  # -, any, what", "plain literal"),
        ("x: int = 3.5  # -, any, what", "not of type int"),
        ("x: int = True  # -, any, what", "whole number"),
        ("x: int = 3  # -, 5..9, what", "default 3 is not allowed"),
        ("x: int = 3  # -, 9..5, what", "empty"),
        ("x: int = 3  # -, .., what", "neither a range"),
        ("x: int = 3  # -, many, what", "neither a range"),
        ('x: str = "a"  # -, 0..1, what', "neither a range"),
        ("x: float = nan  # -, any, what", "plain literal"),
        ("x: int = 3; y: int = 4  # -, any, what", "a name, its type and its value"),
        ("x: int = (3  # -, any, what", "not"),
        ("for x in y:  # -, any, what", "not Python"),
    ],
)
def test_a_malformed_line_says_what_is_wrong(line, told):
    with pytest.raises(ValueError, match=told):
        parse_line(line)


def test_every_malformed_line_is_named_with_lesson_line_and_shape(make_lesson):
    path = make_lesson("03_kickoff", parameters="# notes\nx = 3\n\n" + "y: int = 3  # -, any, what\n" * 2)
    with pytest.raises(ParameterError) as caught:
        read_parameters(as_lesson(path))
    first, second = caught.value.problems
    assert "03_kickoff: parameters cell, line 2: x = 3" in first and "name: type = value" in first
    assert "line 5" in second and "second time" in second


def test_two_tagged_cells_are_an_error(make_lesson):
    path = make_lesson("03_kickoff", code("x: int = 3  # -, any, what", "parameters"))
    with pytest.raises(ParameterError, match="found 2 cells"):
        read_parameters(as_lesson(path))


def test_a_lesson_without_parameters_is_fine(make_lesson):
    assert read_parameters(as_lesson(make_lesson("00_start", parameters=None))) == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [("yes", True), ("False", False), ("0", False), ("ON", True), (True, True)],
)
def test_bool_words(given, expected):
    assert parse_line("x: bool = True  # -, any, what").convert(given) is expected


@pytest.mark.parametrize(
    ("line", "given", "told"),
    [
        ("x: bool = True  # -, any, what", "maybe", "true or false"),
        ("x: int = 1  # -, any, what", "1.0", "whole number"),
        ("x: int = 1  # -, any, what", 1.5, "whole number"),
        ("x: int = 1  # -, any, what", True, "whole number"),
        ("x: float = 1  # -, any, what", "0,8", "after a point"),
        ("x: float = 1  # -, any, what", "nan", "finite"),
        ("x: float = 1  # -, any, what", "-inf", "finite"),
        ("x: float = 1  # share, 0..1, what", "1.2", r"between 0 and 1 \(share\)"),
        ("x: float = 1  # -, 0.., what", "-1", "0 or more"),
        ("x: float = 1  # -, ..2, what", "3", "2 or less"),
        ('x: str = "mean"  # -, mean|median, what', "medium", "did you mean 'median'"),
        ('x: str = "a"  # -, any, what', 3, "text"),
    ],
)
def test_what_may_not_be_given(line, given, told):
    with pytest.raises(ValueError, match=told):
        parse_line(line).convert(given)


@pytest.mark.parametrize(("given", "expected"), [("0", 0.0), ("1", 1.0), (" .5", 0.5), ("1e-1", 0.1), (1, 1.0)])
def test_the_ends_of_a_range_are_inside(given, expected):
    assert parse_line("x: float = 1  # share, 0..1, what").convert(given) == expected


def test_a_name_is_passed_only_to_lessons_that_declare_it(make_lesson):
    first = as_lesson(make_lesson("01_one", code("days"), parameters="days: int = 3  # days, 1..9, what"))
    second = as_lesson(make_lesson("02_two"))
    assert check([first, second], {"days": "5", "quiz_limit": "0.5"}) == {
        first: {"days": 5},
        second: {"quiz_limit": 0.5},
    }


def test_all_problems_are_told_at_once(make_lesson):
    lesson = as_lesson(make_lesson("03_kickoff"))
    with pytest.raises(ParameterError) as caught:
        check([lesson], {"quiz_limt": "0.5", "quiz_limit": "2", "engagement": "x", "zebra": "1", "q": "1"})
    text = str(caught.value)
    assert "Did you mean 'quiz_limit'?" in text
    assert "--engagement NAME_OR_FOLDER" in text
    assert "between 0 and 1" in text
    assert "-p zebra" in text and "-p q:" in text
    assert len(caught.value.problems) == 5


def test_a_parameter_that_is_never_read_is_an_error(make_lesson):
    unread = "engagement: str = 'a'  # -, any, what\nquiz_limit: float = 0.8  # share, 0..1, what\n"
    lesson = as_lesson(make_lesson("03_kickoff", code("quiz_limit = 3\nprint(engagement)"), parameters=unread))
    with pytest.raises(ParameterError, match="'quiz_limit' is declared but never read") as caught:
        check([lesson], {})
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a + 1", {"a"}),
        ("f'{a:.2f}'", {"a"}),
        ("%matplotlib inline\na", {"a"}),
        ("%%time\na", {"a"}),
        ("%%html\n<b>a</b>", set()),
        ("!ls a\nb", {"b"}),
        ("# a", set()),
        ("'a'", set()),
        ("a?", {"a"}),
    ],
)
def test_names_read(source, expected):
    assert names_read(source) == expected


def test_command_line_pairs():
    assert split_given(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(ParameterError) as caught:
        split_given(["a", "=3", "b=1", "b=2"])
    assert len(caught.value.problems) == 3


LOST = 'engagement: str = "steady"  # -, any, sample engagement or folder'


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (code(LOST), "Code cell 1 looks like it (engagement: str"),
        (code(LOST, "parameter"), "it is tagged parameter"),
        (code(f"# mine\n{LOST}"), "it has no tag"),
        (code("x: int = 3  # people, 1..9, how many"), "Code cell 1 looks like it (x: int = 3"),
        (code("Engagement.load(engagement)"), "`engagement` is read"),
        (code('engagement = "steady"\nEngagement.load(engagement)'), "`engagement` is read"),
    ],
)
def test_a_lesson_that_lost_its_tag_is_named_with_its_mend(make_lesson, cell, told):
    lesson = as_lesson(make_lesson("03_kickoff", cell, parameters=None))
    with pytest.raises(ParameterError) as caught:
        check([lesson], {"x": "4"})
    message = str(caught.value)
    assert told in message and "03_kickoff: no cell is tagged 'parameters'" in message
    assert "add the tag parameters" in message


def test_a_parameter_for_lessons_that_declare_none_says_why(make_lesson):
    with pytest.raises(ParameterError, match="declare none: no cell is tagged 'parameters'"):
        check([as_lesson(make_lesson("00_start", code("y: int = 3"), parameters=None))], {"x": "4"})


DIGITS = "4" * 400
ENDLESS = "4" * 5_000


@pytest.mark.parametrize("given", [DIGITS, ENDLESS, "-" + DIGITS, 10**400, "nan", "inf", "-inf", "1e400", float("nan"),
                                   "1e400_", "x" * 10_000, "\x1b[31m", ["a"] * 5_000])  # fmt: skip
@pytest.mark.parametrize(
    "line", ["n: int = 3  # -, any, what", "x: float = 3  # -, any, what", "n: int = 3  # -, 0..9, w"]
)
def test_a_number_beyond_every_calculation_is_refused_in_one_short_line(make_lesson, line, given):
    name = line[0]
    lesson = as_lesson(make_lesson("03_kickoff", code(name), parameters=line))
    with pytest.raises(ParameterError, match="expected") as caught:
        check([lesson], {name: given})
    assert len(str(caught.value)) < 400 and str(caught.value).isprintable()


@pytest.mark.parametrize(
    "value", [DIGITS, ENDLESS, "1e400", "-1e400", "(" * 5_000, "-" * 100_000 + "1", "'" + "x" * 10**5]
)
@pytest.mark.parametrize("place", ["n: int = {}  # -, any, what", "n: float = {}  # -, any, what",
                                   "n: int = 1  # -, 0..{}, what", "n: int = 1  # -, 1|{}, what",
                                   "n: {} = 1  # -, any, what"])  # fmt: skip
def test_a_cell_with_such_a_number_is_told_in_few_words(make_lesson, place, value):
    if "1|" in place and value.endswith("1e400"):
        value = "x"  # a choice of another type
    lesson = as_lesson(make_lesson("03_kickoff", code("n"), parameters=place.format(value)))
    with pytest.raises(ParameterError, match=r"03_kickoff") as caught:
        read_parameters(lesson)
    assert len(str(caught.value)) < 1_500


def test_of_thousands_of_problems_five_are_told_and_all_are_kept(make_lesson):
    lesson = as_lesson(make_lesson("03_kickoff", code("n"), parameters="n: int = 3  # -, any, what"))
    with pytest.raises(ParameterError) as caught:
        check([lesson], {f"wrong{number}": "1" for number in range(2_000)})
    lines = str(caught.value).splitlines()
    assert len(lines) == 6 and lines[-1] == "and 1995 more problems" and len(caught.value.problems) == 2_000
    with pytest.raises(ParameterError, match="and 1995 more problems"):
        split_given(f"wrong{number}" for number in range(2_000))
    with pytest.raises(ParameterError) as caught:
        split_given(["n=" + "x" * 10**6, "n=" + "\x1b" * 10**6, "y" * 10**6])
    assert len(str(caught.value)) < 2_000 and "\x1b" not in str(caught.value)


@pytest.mark.parametrize("source", ["(" * 50_000, "-" * 100_000 + "1", "x = " + "[" * 300 + "]" * 300, ENDLESS, "\0"])
def test_a_cell_too_deep_to_read_stops_nothing(source):
    assert isinstance(names_read(source + "\nname"), set)
