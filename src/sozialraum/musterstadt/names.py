"""What streets, residents and firms are called (``names.toml``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from sozialraum.musterstadt.houses import Houses

SUFFIXES = ("", "a", "b", "c")


@lru_cache(maxsize=1)
def name_lists() -> dict[str, list[str]]:
    """Read the lists of names from the package."""
    data: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
    return data


def street_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return ``count`` different street names; a very large town numbers the rest, as new towns did."""
    lists = name_lists()
    plain = [stem + ending for stem in lists["street_stems"] for ending in lists["street_endings"]]
    names = list(dict.fromkeys([*lists["streets_alone"], *(plain[index] for index in rng.permutation(len(plain)))]))
    for prefix in lists["street_prefixes"][1:]:
        if len(names) >= count:
            break
        names += [f"{prefix}{stem}straße" for stem in lists["street_stems"]]
    names += [f"Straße {number}" for number in range(1, count - len(names) + 1)]
    return [names[index] for index in rng.permutation(count)]


def address_frame(houses: Houses, rng: np.random.Generator) -> pl.DataFrame:
    """Return the address of every house.

    Returns:
        Columns building (number of the house), street, number, suffix (empty, a, b, c).
    """
    streets = int(houses.street.max()) + 1
    names = pl.Series(street_names(streets, rng))
    return pl.DataFrame(
        {
            "building": np.arange(len(houses), dtype=np.int32),
            "street": names.gather(houses.street),
            "number": houses.number.astype(np.int32),
            "suffix": pl.Series(SUFFIXES).gather(houses.suffix),
        }
    )


def surname(numbers: pl.Series) -> pl.Series:
    """Return surnames for their numbers; from 10,000 on those from abroad."""
    lists = name_lists()
    here, abroad = lists["surnames"], lists["surnames_from_abroad"]
    position = numbers.to_numpy().astype(np.int64)
    foreign = position >= 10_000
    index = np.where(foreign, len(here) + position % len(abroad), position % len(here))
    return pl.Series([*here, *abroad]).gather(index)


def given_name(numbers: pl.Series, sex: pl.Series) -> pl.Series:
    """Return given names for their numbers."""
    women, men = name_lists()["women"], name_lists()["men"]
    position = numbers.to_numpy().astype(np.int64)
    male = (sex.cast(pl.String) == "male").to_numpy()
    index = np.where(male, len(women) + position % len(men), position % len(women))
    return pl.Series([*women, *men]).gather(index)
