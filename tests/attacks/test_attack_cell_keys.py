"""15. Known perturbation table, secret key: the table is public, and who knows the record keys too knows everything.

First on counts made for the purpose, then on a release: Musterstadt, with its register of persons under a policy that
moves counts. The same release meets attack 2, averaging, with and without the limit of complete breakdowns.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from evidence import Evidence
from keyed import AGES, EVERY, averaged, by_name, deduced, moved_by_name, possible, share_right, told, town, true_keys

from sozialraum.disclosure.cellkey import KEY_HIGH, KEY_LOW, cell_key, move, with_record_keys
from sozialraum.disclosure.ptable import PerturbationTable, perturbation_table
from sozialraum.errors import DoorError

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


def test_who_knows_the_keys_knows_the_counts() -> None:
    """The control: record keys that anybody could compute, as from the data or without a secret."""
    table = perturbation_table(2, 1.05, 1)
    counts, keys, seen = published(table)
    known = [possible(table, number, np.array([key])) for number, key in zip(seen, keys, strict=True)]
    certain = sum(found == {int(true)} for found, true in zip(known, counts, strict=True))
    assert certain > CELLS / 4


def test_the_table_alone_leaves_several_counts() -> None:
    table = perturbation_table(2, 1.05, 1)
    _, _, seen = published(table)
    assert min(len(possible(table, number, EVERY)) for number in set(seen.tolist())) >= 2


def test_another_secret_teaches_nothing() -> None:
    """Keys guessed with a wrong secret are right as often as chance is."""
    table = perturbation_table(2, 1.05, 1)
    counts, _, seen = published(table)
    guesses = np.random.default_rng(9).random(CELLS)
    guessed = [possible(table, number, np.array([key])) for number, key in zip(seen, guesses, strict=True)]
    certain = sum(found == {int(true)} for found, true in zip(guessed, counts, strict=True))
    unchanged = int((seen == counts).sum())
    assert certain <= unchanged


# --- a release --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return town(tmp_path_factory.mktemp("keyed"), limit=3)


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return town(tmp_path_factory.mktemp("careless"), limit=1_000, ages=AGES)


def test_a_release_keeps_its_counts_from_who_knows_the_table(keyed: Evidence) -> None:
    assert len(keyed.public.numbers) > 500
    assert deduced(keyed.public, lambda key: EVERY) == {}


def test_who_has_the_cell_keys_too_reads_a_release_like_an_open_book(keyed: Evidence) -> None:
    """The control: the same files, and the keys that never leave the city."""
    claims = deduced(keyed.public, true_keys(keyed))
    assert len(claims) > len(keyed.public.numbers) / 2
    assert share_right(keyed, claims) == 1.0


def test_keys_from_data_would_be_no_secret(keyed: Evidence) -> None:
    """The control: had the city made the keys from what a number is about, who guesses that would know every count."""
    package = moved_by_name(keyed)
    claims = deduced(package, by_name)
    assert len(claims) > len(package.numbers) / 2
    assert share_right(keyed, claims) == 1.0


def test_guessed_keys_are_right_as_often_as_chance_is(keyed: Evidence) -> None:
    """On the true release they are right more seldom than the published number itself is, which nobody has to guess."""
    right = share_right(keyed, deduced(keyed.public, by_name))
    assert right < share_right(keyed, told(keyed.public)) < 0.5


# --- attack 2 on the same release -------------------------------------------------------------------------------------


def test_within_the_limit_the_mean_tells_little(keyed: Evidence) -> None:
    assert share_right(keyed, averaged(keyed.public)) < 0.4


def test_without_a_limit_the_mean_is_the_true_number(careless: Evidence) -> None:
    """The control: the limit lifted, and 90 ages at which everybody is divided into two."""
    assert share_right(careless, averaged(careless.public)) > 0.8


def test_the_limit_stops_such_a_release(tmp_path: Path) -> None:
    with pytest.raises(DoorError, match="persons is broken down completely 90 times, by age"):
        town(tmp_path, limit=3, ages=AGES)
