"""The town's plan: which parts it has, where they lie, what is built and who lives there (``town.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HOUSE_TYPES = ("detached", "semi", "terraced", "block", "tower")
"""House types in the order of ``mix``; codes of the dimension ``building_type``."""

PEOPLE = ("mixed", "young", "old", "family")
"""Who lives in an area."""

FIRST_YEAR = 2015
LAST_YEAR = 2024

FULL_SIZE = 24_000
"""Houses of the town in its normal size; distances in the plan belong to it."""


@dataclass(frozen=True, slots=True)
class Reform:
    """Areas that were one area until the end of the year before ``year``."""

    year: int
    code: str
    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of the town; every array has one entry per observation area.

    Attributes:
        districts: name by code.
        codes: codes of the observation areas as they are today; the first digit is the district.
        names: their names.
        centres: shape (areas, 2), kilometres from the market square in a town of normal size.
        weight: share of the town's houses.
        built: shape (areas, 2), first and last year of construction.
        mix: shape (areas, house types), shares of house types.
        hardship: 0 (wealthy) to 1 (poorest).
        abroad: share of residents from abroad, 1 = the town's average.
        people: index into :data:`PEOPLE`.
        reform: which areas were one before.
    """

    districts: dict[str, str]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    centres: NDArray[np.float64]
    weight: NDArray[np.float64]
    built: NDArray[np.int64]
    mix: NDArray[np.float64]
    hardship: NDArray[np.float64]
    abroad: NDArray[np.float64]
    people: NDArray[np.int64]
    reform: Reform


@lru_cache(maxsize=1)
def load_plan() -> Plan:
    """Read the plan from the package."""
    data = tomllib.loads((Path(__file__).parent / "town.toml").read_text(encoding="utf-8"))
    areas, reform = data["areas"], data["reform"]
    rows = list(areas.values())
    weight = np.array([row["houses"] for row in rows], dtype=float)
    mix = np.array([row["mix"] for row in rows], dtype=float)
    return Plan(
        districts=data["districts"],
        codes=tuple(areas),
        names=tuple(row["name"] for row in rows),
        centres=np.array([(row["x"], row["y"]) for row in rows]),
        weight=weight / weight.sum(),
        built=np.array([row["built"] for row in rows]),
        mix=mix / mix.sum(axis=1, keepdims=True),
        hardship=np.array([row["hardship"] for row in rows]),
        abroad=np.array([row["abroad"] for row in rows]),
        people=np.array([PEOPLE.index(row["people"]) for row in rows]),
        reform=Reform(reform["year"], reform["code"], reform["name"], tuple(reform["parts"])),
    )
