"""How values become comparable: z with ddof 0, min-max, exponential ranks, shrinkage."""

from __future__ import annotations

import numpy as np
import pytest
from method_tables import rows

from sozialraum.analysis.standardise import exponential_ranks, min_max, shrink_shares, standardise, z_scores


def numbers(cell: str) -> np.ndarray:
    return np.array([float(number) for number in cell.split()])


def test_z_is_the_distance_from_the_mean_in_standard_deviations_of_the_population():
    for row in rows("standardise", "z"):
        weights = numbers(row["residents"]) if row["residents"] else None
        assert z_scores(numbers(row["values"]), weights) == pytest.approx(numbers(row["z"]), abs=1e-6), row


def test_weighted_by_population_an_area_counts_as_often_as_it_has_residents():
    weighted = z_scores(np.array([10.0, 20.0]), np.array([3.0, 1.0]))
    once_for_each = z_scores(np.array([10.0, 10.0, 10.0, 20.0]))
    assert weighted == pytest.approx([once_for_each[0], once_for_each[3]])


def test_min_max_runs_from_0_to_1():
    for row in rows("standardise", "min_max"):
        assert min_max(numbers(row["values"])) == pytest.approx(numbers(row["scaled"])), row


def test_exponential_ranks():
    for row in rows("standardise", "exponential_ranks"):
        scores = exponential_ranks(np.arange(1.0, int(row["of"]) + 1))
        assert scores[int(row["rank"]) - 1] == pytest.approx(float(row["score"]), abs=5e-5), row


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


def test_shrunk_shares():
    for row in rows("standardise", "shrinkage"):
        cases, bases = numbers(row["cases"]), numbers(row["bases"])
        assert cases / bases == pytest.approx(numbers(row["own"]))
        assert shrink_shares(cases, bases, ["A", "A"]) == pytest.approx(numbers(row["shrunk"]), abs=5e-7), row


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
