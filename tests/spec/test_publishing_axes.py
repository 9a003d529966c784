"""Round axes, thinned names, cut lines: the small arithmetic under the charts."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing_samples import children_document, new_count, rent_document, value

from sozialraum.publishing.drawing.parts import Axis, number_axis, round_steps, told
from sozialraum.publishing.drawing.pyramid import finest_tiling
from sozialraum.publishing.drawing.series import apart, middle_of, runs, time_axis

CHILDREN, RENT = children_document(), rent_document()


@pytest.mark.parametrize(
    ("low", "high", "steps", "expected"),
    [
        (0, 100, 4, (0, 50, 100)),
        (0, 12.3, 4, (0, 5, 10, 15)),
        (0, 4, 4, (0, 1, 2, 3, 4)),
        (3, 97, 5, (0, 20, 40, 60, 80, 100)),
        (-3.2, 8, 4, (-5, 0, 5, 10)),
        (0.01, 0.02, 5, (0.01, 0.012, 0.014, 0.016, 0.018, 0.02)),
        (8000, 8100, 4, (8000, 8050, 8100)),
        # no spread at all: half of the number to each side
        (4, 4, 2, (2, 4, 6)),
        (0, 0, 2, (-0.5, 0, 0.5)),
    ],
)
def test_round_steps(low: float, high: float, steps: int, expected: tuple[float, ...]) -> None:
    assert round_steps(low, high, steps) == pytest.approx(expected)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e9), st.integers(1, 8))
def test_round_steps_hold_everything_evenly(low: float, width: float, steps: int) -> None:
    high = low + width
    values = round_steps(low, high, steps)
    step = values[1] - values[0]
    slack = 1e-6 * max(abs(low), abs(high), step)
    assert values[0] <= low + slack
    assert values[-1] >= high - slack
    assert 2 <= len(values) <= 2 * steps + 3
    assert all(after - before == pytest.approx(step, rel=1e-3) for before, after in pairwise(values))


@pytest.mark.parametrize(
    ("numbers", "ends"),
    [
        # zero is near: the axis starts there
        ([3.0, 12.0], (0, 15)),
        ([9.0, 12.0], (0, 15)),
        # zero is far: it does not, and the legend says so
        ([10.0, 12.0], (10, 12)),
        ([41.2, 42.9], (41, 43)),
        # losses, and losses with gains
        ([-12.0, -3.0], (-15, 0)),
        ([-3.0, 4.0], (-4, 4)),
        ([], (0, 1)),
    ],
)
def test_where_an_axis_begins_and_ends(numbers: list[float], ends: tuple[float, float]) -> None:
    axis = number_axis(CHILDREN, numbers, "de", steps=4)
    assert (axis.low, axis.high) == ends


@pytest.mark.parametrize(
    ("numbers", "language", "labels"),
    [
        ([0.0, 15.0], "de", ("0", "5", "10", "15\u00a0%")),
        ([0.0, 15.0], "en", ("0", "5", "10", "15%")),
        ([0.0, 0.9], "de", ("0", "0,5", "1,0\u00a0%")),
        ([0.0, 4800.0], "de", ("0", "2.000", "4.000", "6.000\u00a0%")),
        ([-3.0, 4.0], "de", ("−4", "−2", "0", "2", "4\u00a0%")),
    ],
)
def test_the_last_name_of_an_axis_has_the_unit(numbers: list[float], language: str, labels: tuple[str, ...]) -> None:
    assert number_axis(CHILDREN, numbers, language, steps=4).labels == labels


def test_names_of_an_axis_are_quoted_for_vega() -> None:
    axis = Axis(0.0, 1.0, (0.0, 1.0), ("l'an", "a\\b")).encoding("x")["axis"]
    assert axis["labelExpr"] == "({'0':'l\\'an','10000':'a\\\\b'})[round(datum.value*10000)]"


@pytest.mark.parametrize(
    ("period", "day"),
    [("2024-12-31", date(2024, 12, 31)), ("2024-02", date(2024, 2, 15)), ("2023", date(2023, 7, 2))],
)
def test_a_period_stands_at_its_middle(period: str, day: date) -> None:
    assert middle_of(period) == day.toordinal()


def test_gaps_between_periods_stay_gaps() -> None:
    points = tuple((period, value(1.0)) for period in ("2010", "2020", "2021"))
    axis = time_axis(points, "de", 1000)
    places = [axis.place(middle_of(period)) for period, _ in points]
    assert (places[1] - places[0]) / (places[2] - places[1]) == pytest.approx(10, rel=0.01)


def test_a_single_period_stands_in_the_middle() -> None:
    axis = time_axis((("2024", value(1.0)),), "de", 500)
    assert axis.place(middle_of("2024")) == pytest.approx(0.5)
    assert axis.labels == ("2024",)


@pytest.mark.parametrize(
    ("numbers", "breaks", "stretches"),
    [
        ([1, 2, 3], (), [["2020", "2021", "2022"]]),
        ([1, None, 3], (), [["2020"], ["2022"]]),
        ([None, None, None], (), []),
        ([1, 2, 3], ("2021",), [["2020"], ["2021", "2022"]]),
        ([1, 2, 3], ("2020",), [["2020", "2021", "2022"]]),  # a break before the first period cuts nothing
        ([1, None, 3], ("2021",), [["2020"], ["2022"]]),
        ([1, 2, 3], ("2021", "2022"), [["2020"], ["2021"], ["2022"]]),
    ],
)
def test_a_series_is_cut_at_gaps_and_breaks(
    numbers: list[float | None], breaks: tuple[str, ...], stretches: list[list[str]]
) -> None:
    points = tuple(
        (str(2020 + n), value(number, "ok" if number is not None else "missing")) for n, number in enumerate(numbers)
    )
    found = runs(points, (new_count(period) for period in breaks))
    assert [[period for period, _ in run] for run in found] == stretches


@given(st.lists(st.floats(0, 300), min_size=1, max_size=2))
def test_labels_stand_apart_and_inside_in_their_order(heights: list[float]) -> None:
    placed = apart(heights, 44, 300)
    assert all(0 <= height <= 300 for height in placed)
    if len(heights) == 2:
        assert abs(placed[0] - placed[1]) >= 44 - 16
        assert (placed[0] <= placed[1]) == (heights[0] <= heights[1])


@pytest.mark.parametrize(
    ("found", "language", "expected"),
    [
        (value(12.34, reach=1.0), "de", "Nord: 12,3\u00a0% (11,3\u00a0% – 13,3\u00a0%)"),
        (value(12.34), "en", "Nord: 12.3%"),
        (value(0.0, "zero"), "de", "Nord: 0\u00a0%"),
        (value(0.01), "de", "Nord: 0,0\u00a0%"),
        (value(5.0, "unreliable"), "de", "Nord: (5,0\u00a0%), wenig belastbar"),
        (value(5.0, "provisional"), "en", "Nord: 5.0%, provisional"),
        (value(None, "suppressed"), "de", "Nord: zum Schutz verdeckt"),
        (value(None, "missing"), "en", "Nord: not delivered"),
        (value(None, "undefined"), "de", "Nord: nicht berechenbar"),
    ],
)
def test_a_value_is_told_in_one_line(found: object, language: str, expected: str) -> None:
    assert told(CHILDREN, found, "Nord", language) == expected


@pytest.mark.parametrize(
    ("ages", "tiling"),
    [
        (["0-17", "18+"], ["0-17", "18+"]),
        (["0-17", "0-9", "10-17", "18+", "65+"], ["0-9", "10-17", "18+"]),
        (["0-17", "18-64"], []),  # no open end
        (["5-17", "18+"], []),  # the youngest are not counted
        (["0-17", "20+"], []),  # a gap
        (["0-17", "15+"], []),  # an overlap
        ([], []),
    ],
)
def test_the_finest_age_groups_without_a_gap(ages: list[str], tiling: list[str]) -> None:
    assert [age for _, _, age in finest_tiling(ages)] == tiling
