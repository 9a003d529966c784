"""The averaging attack on cell keys: many tables that split the same people, and the mean of their sums.

A count of n people is published once as it is and M times as the sum of two parts (yes and no). Each sum errs
independently and is right on average, so the mean of many is the true count. It is not a weakness of one table: it is
why a policy limits how many complete breakdowns of one base are published.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sozialraum.disclosure.cellkey import SPAN, move
from sozialraum.disclosure.ptable import perturbation_table

TABLE = perturbation_table(5, 2.0, 2)
TOWNS = 400


def attacked(people: int, breakdowns: int, complements: bool = True) -> float:
    """How often the weighted mean of everything published, rounded, is the true count."""
    random = np.random.default_rng(people * 1000 + breakdowns)
    keys = random.integers(0, SPAN, (TOWNS, people))
    guesses, weights = [_seen(keys, np.ones(keys.shape, dtype=bool))], [1.0]
    for _ in range(breakdowns):
        yes = random.random(keys.shape) < random.uniform(0.2, 0.8)
        part = _seen(keys, yes)
        rest = _seen(keys, ~yes) if complements else guesses[0] - part
        guesses.append(part + rest)
        weights.append(0.5 if complements else 1.0)
    mean = np.average(guesses, axis=0, weights=weights)
    return float((np.round(mean) == people).mean())


def _seen(keys, chosen):
    sums = (keys * chosen).sum(axis=1) % SPAN / SPAN
    return move(pl.Series(chosen.sum(axis=1).astype(float)), pl.Series(sums), TABLE).to_numpy()


@pytest.mark.parametrize("people", [12, 25, 60])
def test_a_hundred_complete_breakdowns_give_the_true_count_away(people):
    assert attacked(people, 100) > 0.9


@pytest.mark.parametrize("people", [12, 25, 60])
def test_the_three_that_a_policy_allows_do_not(people):
    """With one table three in ten guesses are right anyway: the count does not move at all that often."""
    assert attacked(people, 0) < 0.4
    assert attacked(people, 3) < 0.5


@pytest.mark.parametrize("people", [12, 25, 60])
def test_parts_without_their_rests_tell_nothing_about_the_base(people):
    """A share publishes its part and its base; the rest is the difference of the two and no new number."""
    assert attacked(people, 100, complements=False) < 0.4
