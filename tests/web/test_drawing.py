"""Small drawings in rows of text: lines where periods follow each other, a dot for what stands alone."""

from __future__ import annotations

import pytest

from sozialraum.tables import Status, Value
from sozialraum.web.atlas.rules import Spread
from sozialraum.web.portal.drawing import LARGE, SPARK, SPINE, bar, sparkline, spine
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


SPREAD = Spread(0.0, 10.0, 20.0, 30.0, 100.0, 20.0)


def spine_of(value: float, benchmark: float | None) -> tuple[float, float | None, tuple[float, float]]:
    """Where the value, the benchmark and the ends of a spine are drawn."""
    other = NONE if benchmark is None else Value(benchmark, Status.OK)
    drawing = read(f"<main>{spine(SPREAD, Value(value, Status.OK), other, differs=True)}</main>".encode()).one("main")
    start, end = drawing.one("path", class_="track").attributes["d"].removeprefix("M").split(" 14H")
    lines = drawing.all("path", class_="whole")
    middle = float(lines[0].attributes["d"].removeprefix("M").partition(" ")[0]) if lines else None
    return float(drawing.one("circle").attributes["cx"]), middle, (float(start), float(end))


def test_what_is_compared_with_stands_in_the_middle_of_every_spine() -> None:
    for benchmark in (10.0, 20.0, 90.0, 150.0):
        assert spine_of(20.0, benchmark)[1] == SPINE / 2


def test_equal_distances_look_equal_on_both_sides() -> None:
    below, above = (spine_of(value, 50.0)[0] for value in (40.0, 60.0))
    assert above - SPINE / 2 == pytest.approx(SPINE / 2 - below)
    assert spine_of(20.0, 20.0) == (SPINE / 2, SPINE / 2, (92.0, SPINE - 8.0))  # 20 below is a quarter of 80 above


def test_a_spine_without_a_benchmark_runs_from_the_lowest_to_the_highest() -> None:
    assert spine_of(100.0, None) == (SPINE - 8.0, None, (8.0, SPINE - 8.0))


def test_what_lies_outside_all_areas_is_still_on_the_spine() -> None:
    assert spine_of(150.0, 50.0)[0] == SPINE - 8.0
