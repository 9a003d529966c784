"""Natural breaks against every possible division; classes hold what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.publishing.classes import Method, classify, natural_groups
from sozialraum.tables import Status, Value

NUMBERS = st.lists(st.integers(-50, 50).map(lambda n: n / 4), min_size=1, max_size=11)


def divisions(ordered: Sequence[float], count: int) -> Iterator[list[Sequence[float]]]:
    """Cut an ordered list into ``count`` stretches, in every way there is."""
    for cuts in combinations(range(1, len(ordered)), count - 1):
        edges = [0, *cuts, len(ordered)]
        yield [ordered[start:end] for start, end in pairwise(edges)]


def deviation(numbers: Sequence[float]) -> float:
    """The squared deviations from the mean."""
    mean = math.fsum(numbers) / len(numbers)
    return math.fsum((number - mean) ** 2 for number in numbers)


@given(NUMBERS, st.integers(1, 5))
def test_natural_groups_deviate_least_of_all_divisions(numbers: list[float], count: int) -> None:
    groups = natural_groups(numbers, count)
    members = [[number for number in numbers if number in group] for group in groups]
    least = min(
        sum(deviation([number for number in numbers if number in stretch]) for stretch in division)
        for division in divisions(sorted(set(numbers)), min(count, len(set(numbers))))
    )
    assert sum(map(deviation, members)) == pytest.approx(least, abs=1e-7)
    assert [number for group in groups for number in group] == sorted(set(numbers))
    assert len(groups) == min(count, len(set(numbers)))


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40),
    st.sampled_from(["quantile", "equal", "natural"]),
    st.integers(2, 5),
)
def test_every_number_has_a_class_and_edges_ascend(numbers: list[float], method: Method, count: int) -> None:
    classes = classify(numbers, method=method, count=count, decimals=2)
    assert classes is not None
    assert list(classes.edges) == sorted(classes.edges)
    names = [name for name, _, _ in classes.ranges]
    assert len(set(names)) == len(names)
    for number in numbers:
        found = classes.class_of(Value(number, Status.OK))
        assert found in {*names, "zero"}
        holding = [(low, high) for name, low, high in classes.ranges if name == found]
        assert all(low - 0.01 <= number <= high + 0.01 for low, high in holding)
