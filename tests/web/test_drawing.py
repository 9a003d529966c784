"""Small drawings in rows of text: lines where periods follow each other, a dot for what stands alone."""

from __future__ import annotations

from sozialraum.tables import Status, Value
from sozialraum.web.portal.drawing import LARGE, SPARK, bar, sparkline
from web.reading import Element, read

NONE = Value(None, Status.MISSING)


def series(*numbers: float | None) -> tuple[tuple[str, Value], ...]:
    values = (NONE if number is None else Value(number, Status.OK) for number in numbers)
    return tuple((str(2016 + place), value) for place, value in enumerate(values))


def drawn(*numbers: float | None, span: tuple[float, float] | None = None) -> Element:
    return read(f"<main>{sparkline(series(*numbers), span)}</main>".encode()).one("main")


def places(element: Element) -> list[tuple[float, float]]:
    return [(float(dot.attributes["cx"]), float(dot.attributes["cy"])) for dot in element.all("circle")]


def test_no_number_is_no_drawing() -> None:
    assert sparkline(series(None, None)) == ""
    assert sparkline(()) == ""


def test_a_series_is_a_line_with_a_dot_at_its_end() -> None:
    line = drawn(1.0, 2.0, 3.0)
    assert line.one("path").attributes["d"] == "M4.0 27.0L56.0 16.0L108.0 5.0"
    assert places(line) == [(108.0, 5.0)]


def test_a_number_between_gaps_is_a_dot_and_not_a_line() -> None:
    line = drawn(1.0, None, 2.0, None, 1.0, 3.0)
    assert line.one("path").attributes["d"].count("M") == 1
    assert [x for x, _ in places(line)] == [4.0, 45.6, 108.0]


def test_a_series_that_ended_has_no_dot_at_its_end() -> None:
    assert places(drawn(1.0, 2.0, None)) == []
    assert [x for x, _ in places(drawn(1.0, 2.0, None, 3.0, None))] == [82.0]


def test_one_number_alone_is_a_dot_at_the_end_in_the_middle() -> None:
    only = drawn(12.5)
    assert only.all("path") == []
    assert places(only) == [(SPARK[0] - 4.0, SPARK[1] / 2)]


def test_one_number_on_a_common_scale_is_a_dot_at_its_height() -> None:
    only = drawn(None, 30.0, None, span=(10.0, 30.0))
    assert [path.attributes["class"] for path in only.all("path")] == ["floor"]
    assert places(only) == [(LARGE[0] / 2, 5.0)]


def test_each_dot_is_as_large_as_a_line_is_visible() -> None:
    assert all(float(dot.attributes["r"]) >= 2.5 for dot in drawn(1.0, None, 2.0, None, 3.0).all("circle"))


def test_zero_is_a_stroke_and_not_a_bar_of_no_length() -> None:
    nothing = bar(Value(0.0, Status.ZERO), NONE, (0.0, 10.0), differs=False)
    assert 'class="null"' in nothing
    assert "<rect" not in nothing
    assert 'class="null"' not in bar(Value(0.1, Status.OK), NONE, (0.0, 10.0), differs=False)
