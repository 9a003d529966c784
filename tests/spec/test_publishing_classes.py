"""Numbers into classes: which class a value gets, and where the edges lie."""

from __future__ import annotations

import pytest
from publishing_samples import value

from sozialraum.publishing.classes import (
    Classes,
    Method,
    around_zero,
    classify,
    equal_steps,
    fixed,
    natural_breaks,
    natural_groups,
    quantiles,
)

FIVE = Classes((0.0, 10.0, 20.0, 30.0, 40.0, 50.0))


def test_it_works() -> None:
    classes = classify([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], method="quantile")
    assert classes is not None
    assert classes.edges == (1.0, 2.8, 4.6, 6.4, 8.2, 10.0)


@pytest.mark.parametrize(
    ("number", "status", "expected"),
    [
        # a class holds its lower edge, not its upper one; the last one holds both
        (0.5, "ok", "c1"),
        (10.0, "ok", "c2"),
        (9.99, "ok", "c1"),
        (50.0, "ok", "c5"),
        # zero is a class of its own
        (0.0, "zero", "zero"),
        # what lies outside is shown in the nearest class (a later period with the same classes)
        (60.0, "ok", "c5"),
        (-1.0, "ok", "c1"),
        # doubtful numbers are numbers
        (25.0, "unreliable", "c3"),
        (25.0, "estimated", "c3"),
        (25.0, "provisional", "c3"),
        # the kinds of nothing
        (None, "suppressed", "suppressed"),
        (None, "missing", "missing"),
        (None, "undefined", "missing"),
    ],
)
def test_the_class_of_a_value(number: float | None, status: str, expected: str) -> None:
    assert FIVE.class_of(value(number, status)) == expected


@pytest.mark.parametrize(
    ("edges", "names"),
    [
        ((0, 1), ["c3"]),
        ((0, 1, 2), ["c1", "c5"]),
        ((0, 1, 2, 3), ["c1", "c3", "c5"]),
        ((0, 1, 2, 3, 4), ["c1", "c2", "c4", "c5"]),
        ((0, 1, 2, 3, 4, 5), ["c1", "c2", "c3", "c4", "c5"]),
        ((-2, -1, 1, 2), ["d1", "d3", "d5"]),
    ],
)
def test_few_classes_are_spread_over_all_colours(edges: tuple[float, ...], names: list[str]) -> None:
    assert [name for name, _, _ in fixed(edges).ranges] == names


@pytest.mark.parametrize(
    ("method", "numbers", "edges"),
    [
        ("equal", [0.5, 1.0, 9.0, 10.5], (0.5, 2.5, 4.5, 6.5, 8.5, 10.5)),
        ("quantile", [1.0, 1.0, 1.0, 1.0, 9.0], (1.0, 2.6, 9.0)),  # equal edges fall together
        ("natural", [1.0, 1.1, 5.0, 5.1, 9.0, 9.1, 20.0, 20.2, 40.0], (1.0, 3.0, 7.0, 14.6, 30.1, 40.0)),
        ("quantile", [3.0], (3.0, 3.0)),
        ("quantile", [0.0, 0.0, 2.0, 4.0], (2.0, 2.4, 2.8, 3.2, 3.6, 4.0)),  # zeros have their own class
        ("quantile", [0.0, 0.0], (0.0, 0.0)),
    ],
)
def test_edges(method: Method, numbers: list[float], edges: tuple[float, ...]) -> None:
    classes = classify(numbers, method=method)
    assert classes is not None
    assert classes.edges == edges


@pytest.mark.parametrize("method", ["quantile", "equal", "natural"])
def test_outer_edges_are_rounded_outwards(method: Method) -> None:
    classes = classify([1.26, 3.0, 7.74], method=method, decimals=1)
    assert classes is not None
    assert (classes.edges[0], classes.edges[-1]) == (1.2, 7.8)


def test_numbers_on_both_sides_of_zero_get_mirrored_classes() -> None:
    classes = classify([-3.0, 0.0, 8.0])
    assert classes == Classes((-8.0, -4.0, -0.8, 0.8, 4.0, 8.0), diverging=True)
    assert classes.class_of(value(0.0, "zero")) == "d3"
    assert classes.class_of(value(-8.0)) == "d1"


def test_mirrored_edges_that_round_to_the_same_number_stand_once() -> None:
    assert around_zero([-0.2, 0.2], 0).edges == (-0.2, 0.2)
    assert around_zero([-2.0, 1.0], 0).edges == (-2.0, -1.0, 0.0, 1.0, 2.0)


def test_no_numbers_no_classes() -> None:
    assert classify([]) is None


@pytest.mark.parametrize("count", [1, 6])
def test_a_number_of_classes_without_colours_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 5"):
        classify([1.0, 2.0], count=count)


@pytest.mark.parametrize("edges", [(), (1,), (1, 1), (2, 1), (0, 1, 2, 3, 4, 5, 6)])
def test_fixed_edges_ascend(edges: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        fixed(edges)


def test_fixed_edges_around_zero_diverge() -> None:
    assert fixed((-5, 0, 5)).diverging
    assert not fixed((0, 5)).diverging


@pytest.mark.parametrize(
    ("numbers", "count", "groups"),
    [
        ([1, 2, 10, 11], 2, [[1, 2], [10, 11]]),
        ([1, 2, 10, 11], 3, [[1], [2], [10, 11]]),
        ([5, 5, 5], 3, [[5]]),
        ([4, 1], 5, [[1], [4]]),
        # equal numbers weigh: a hundred ones keep the mean of their group near one
        ([1.0] * 100 + [2.0, 3.0], 2, [[1], [2, 3]]),
    ],
)
def test_natural_groups(numbers: list[float], count: int, groups: list[list[float]]) -> None:
    assert natural_groups(numbers, count) == groups


def test_natural_breaks_lie_halfway_between_groups() -> None:
    assert natural_breaks([1, 2, 10, 11], 2) == [6.0]


def test_of_very_many_numbers_evenly_spaced_ones_stand_for_all() -> None:
    numbers = [n / 1000 for n in range(5000)] + [100 + n / 1000 for n in range(5000)]
    assert natural_breaks(numbers, 2)[0] == pytest.approx(52.5, abs=0.1)


def test_quantiles_and_equal_steps_have_inner_edges_only() -> None:
    assert quantiles([0.0, 1.0, 2.0, 3.0, 4.0], 4) == [1.0, 2.0, 3.0]
    assert equal_steps([0.0, 8.0], 4) == [2.0, 4.0, 6.0]
