"""Differential privacy: noise that is published with its scale, and a budget that can not be exceeded."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sozialraum.catalogue import NoiseDoc
from sozialraum.disclosure.noise import HAS_OPENDP, add_noise, demand_budget, draw_exactly, laplace, spent
from sozialraum.errors import DoorError

DRAWS = 40_000

ENGINES = [
    pytest.param(draw_exactly, id="exact"),
    pytest.param(laplace, id="opendp", marks=pytest.mark.skipif(not HAS_OPENDP, reason="OpenDP is not installed")),
]


def share_of(z: int, epsilon: float) -> float:
    """The probability of a discrete Laplace variable."""
    ratio = np.exp(-epsilon)
    return float((1 - ratio) / (1 + ratio) * ratio ** abs(z))


@pytest.mark.parametrize("draw", ENGINES)
@pytest.mark.parametrize("epsilon", [0.5, 1.0, 1.7])
def test_the_noise_is_discrete_laplace(draw, epsilon):
    """Each of -3 to 3 as often as it must be, within five standard errors; and right on average."""
    noise = draw(DRAWS, epsilon)
    for z in range(-3, 4):
        expected = share_of(z, epsilon)
        assert abs((noise == z).mean() - expected) < 5 * np.sqrt(expected * (1 - expected) / DRAWS)
    ratio = np.exp(-epsilon)
    assert abs(noise.mean()) < 5 * np.sqrt(2 * ratio / (1 - ratio) ** 2 / DRAWS)


def test_nobody_can_tell_whether_one_person_is_counted():
    """The definition: 7 and 8 persons give every published number equally often but for a factor of exp(epsilon)."""
    epsilon = 1.0
    first, second = (np.bincount(7 + more + draw_exactly(DRAWS, epsilon) + 50, minlength=120) for more in (0, 1))
    often = (first > 300) & (second > 300)
    assert often.sum() > 5
    assert (
        np.maximum(first / np.maximum(second, 1), second / np.maximum(first, 1))[often] < np.exp(epsilon) * 1.2
    ).all()


def test_what_is_published_is_whole_and_not_negative():
    seen = add_noise(pl.Series([0.0] * 200 + [40.0] * 200), 0.5)
    assert (seen >= 0).all()
    assert (seen % 1 == 0).all()
    assert (seen.head(200) > 0).any(), "a zero gets noise like any other number"


def test_only_counts_get_noise():
    with pytest.raises(DoorError, match="whole numbers"):
        add_noise(pl.Series([1.5]), 1.0)


def test_an_epsilon_of_nothing_is_refused():
    with pytest.raises(DoorError, match="too small"):
        draw_exactly(1, 1e-9)


def tables(measures: int, systems: int, periods: int, areas: int = 5) -> pl.DataFrame:
    rows = [
        ("persons", f"age={m}", f"s{s}", f"a{a}", f"{2020 + p}")
        for m in range(measures)
        for s in range(systems)
        for p in range(periods)
        for a in range(areas)
    ]
    return pl.DataFrame(rows, schema=["universe", "where", "area_system", "area", "period"], orient="row")


SPENT = [
    # measures, area systems, periods, epsilon of a count, of the release
    (1, 1, 1, 0.5, 0.5),
    (4, 1, 1, 0.5, 2.0),
    (4, 2, 3, 0.5, 12.0),
]


@pytest.mark.parametrize(("measures", "systems", "periods", "epsilon", "total"), SPENT)
def test_what_a_release_spends(measures, systems, periods, epsilon, total):
    """Areas of one system cost nothing more: a person lives in one of them."""
    assert spent(tables(measures, systems, periods), epsilon) == total


def test_a_budget_can_not_be_exceeded():
    demand_budget(tables(4, 1, 1), NoiseDoc(epsilon=0.25, budget=1.0))
    with pytest.raises(DoorError, match=r"5 tables .* spend 1.25\. Publish fewer, lower epsilon to 0.2, or raise"):
        demand_budget(tables(5, 1, 1), NoiseDoc(epsilon=0.25, budget=1.0))
