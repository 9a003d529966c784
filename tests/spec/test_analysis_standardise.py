"""How values become comparable: z with ddof 0, min-max, exponential ranks, shrinkage."""

from __future__ import annotations

import numpy as np
import pytest

from sozialraum.analysis.standardise import exponential_ranks, min_max, shrink_shares, standardise, z_scores


@pytest.mark.parametrize(
    ("values", "z"),
    [
        # mean 5, standard deviation of the population 2 (of a sample it would be 2.138)
        ([2, 4, 4, 4, 5, 5, 7, 9], [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]),
        ([0, 0, 10, 10], [-1, -1, 1, 1]),
        ([1, 3], [-1, 1]),
        ([-3, 0, 3], [-1.224745, 0, 1.224745]),
    ],
)
def test_z_is_the_distance_from_the_mean_in_standard_deviations_of_the_population(values, z):
    assert z_scores(np.array(values, float)) == pytest.approx(z, abs=1e-6)


def test_weighted_by_population_an_area_counts_as_often_as_it_has_residents():
    weighted = z_scores(np.array([10.0, 20.0]), np.array([3.0, 1.0]))
    once_for_each = z_scores(np.array([10.0, 10.0, 10.0, 20.0]))
    assert weighted == pytest.approx([once_for_each[0], once_for_each[3]])
    assert weighted == pytest.approx([-0.577350, 1.732051], abs=1e-6)


def test_min_max_runs_from_0_to_1():
    assert min_max(np.array([5.0, 10.0, 25.0])) == pytest.approx([0, 0.25, 1])


@pytest.mark.parametrize(
    ("rank", "of", "expected"),
    [  # published formula of the English Indices of Deprivation, computed independently
        (1, 21, 1.1073),
        (11, 21, 16.7396),
        (19, 21, 51.416),
        (21, 21, 100.0),
    ],
)
def test_exponential_ranks(rank, of, expected):
    values = np.arange(1.0, of + 1)
    assert exponential_ranks(values)[rank - 1] == pytest.approx(expected, abs=5e-5)


def test_exponential_ranks_are_the_golden_values(golden_values):
    scores = exponential_ranks(np.arange(1.0, 22))
    assert {f"rank {rank}/21": round(scores[rank - 1], 4) for rank in (1, 11, 19, 21)} == golden_values["imd_exp"]


def test_equal_values_share_their_mean_rank():
    tied = exponential_ranks(np.array([1.0, 2.0, 2.0, 3.0]))
    assert tied[1] == tied[2] == pytest.approx(-23 * np.log(1 - 0.625 * (1 - np.exp(-100 / 23))))


@pytest.mark.parametrize("method", ["z", "min_max", "exponential_ranks"])
@pytest.mark.parametrize(
    "values", [[7, 7, 7], [0.1 + 0.2, 0.3, 0.3], [0, 0], [5], []], ids=["equal", "rounding", "zeros", "one", "none"]
)
def test_nothing_is_told_apart_where_all_are_equal(method, values):
    assert standardise(np.array(values, float), method) is None


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="'T' is no way to standardise"):
        standardise(np.array([1.0, 2.0]), "T")


def test_small_shares_are_drawn_further_than_large_ones():
    # one larger area with 20 %: two areas with 50 %, one of 10 residents and one of 1000, and a large one with 10 %
    cases, bases = np.array([5.0, 500.0, 300.0]), np.array([10.0, 1000.0, 3000.0])
    small, large, rest = shrink_shares(cases, bases, ["A", "A", "A"])
    assert 0.2 < small < large < 0.5
    assert large == pytest.approx(0.5, abs=0.005)
    assert rest == pytest.approx(0.1, abs=0.001)


def test_shrinkage_step_by_step():
    # by hand: logits ln(2.5/8.5), ln(20.5/80.5); the whole ln(22.5/88.5)
    cases, bases = np.array([2.0, 20.0]), np.array([10.0, 100.0])
    own = np.log([2.5 / 8.5, 20.5 / 80.5])
    whole = np.log(22.5 / 88.5)
    sampling = np.array([11 * 12 / (10 * 3 * 9), 101 * 102 / (100 * 21 * 81)])
    between = ((own - whole) ** 2).sum() / 1
    weights = (1 / sampling) / (1 / sampling + 1 / between)
    logits = weights * own + (1 - weights) * whole
    assert shrink_shares(cases, bases, ["A", "A"]) == pytest.approx(np.exp(logits) / (1 + np.exp(logits)))


def test_each_larger_area_stands_for_itself():
    cases, bases = np.array([1.0, 9.0, 1.0, 9.0]), np.array([10.0, 20.0, 10.0, 20.0])
    together = shrink_shares(cases, bases, ["A", "A", "B", "B"])
    assert together[:2] == pytest.approx(together[2:])
