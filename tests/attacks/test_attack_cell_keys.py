"""15. Known perturbation table, secret key: the table is public, and who knows the record keys too knows everything."""

from __future__ import annotations

import numpy as np
import polars as pl

from sozialraum.disclosure.cellkey import KEY_HIGH, KEY_LOW, cell_key, move, with_record_keys
from sozialraum.disclosure.ptable import PerturbationTable, perturbation_table

SECRET = b"of the city alone"
CELLS = 200


def published(table: PerturbationTable) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True counts, their cell keys and what is published of them."""
    chance = np.random.default_rng(3)
    units = pl.DataFrame({"unit": np.arange(2_000), "cell": chance.integers(0, CELLS, 2_000)})
    sums = with_record_keys(units, "persons", SECRET).group_by("cell").agg(pl.len(), pl.col(KEY_HIGH, KEY_LOW).sum())
    frame = sums.sort("cell").with_columns(key=cell_key(pl.col(KEY_HIGH), pl.col(KEY_LOW)))
    counts = frame["len"].cast(pl.Float64)
    return counts.to_numpy(), frame["key"].to_numpy(), move(counts, frame["key"], table).to_numpy()


def possible(table: PerturbationTable, number: float, keys: np.ndarray) -> set[int]:
    """Which true counts are published as this number under one of several cell keys."""
    found = set()
    for true in range(max(0, int(number) - 10), int(number) + 11):
        moved = true + table.movements(np.full(len(keys), true, dtype=np.int64), keys)
        found |= {true} if (moved == number).any() else set()
    return found


EVERY = np.linspace(0, 1, 2_001)[:-1]
"""All that somebody knows of a cell key who has the table but not the secret."""


def test_who_knows_the_keys_knows_the_counts() -> None:
    """The control: record keys that anybody could compute, as from the data or without a secret."""
    table = perturbation_table(2, 1.05, 1)
    counts, keys, told = published(table)
    known = [possible(table, number, np.array([key])) for number, key in zip(told, keys, strict=True)]
    certain = sum(found == {int(true)} for found, true in zip(known, counts, strict=True))
    assert certain > CELLS / 4


def test_the_table_alone_leaves_several_counts() -> None:
    table = perturbation_table(2, 1.05, 1)
    _, _, told = published(table)
    assert min(len(possible(table, number, EVERY)) for number in set(told.tolist())) >= 2


def test_another_secret_teaches_nothing() -> None:
    """Keys guessed with a wrong secret are right as often as chance is."""
    table = perturbation_table(2, 1.05, 1)
    counts, _, told = published(table)
    guesses = np.random.default_rng(9).random(CELLS)
    guessed = [possible(table, number, np.array([key])) for number, key in zip(told, guesses, strict=True)]
    certain = sum(found == {int(true)} for found, true in zip(guessed, counts, strict=True))
    unchanged = int((told == counts).sum())
    assert certain <= unchanged
