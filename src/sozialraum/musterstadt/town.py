"""The town as a whole: made from a seed, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.musterstadt.ground import Ground, lay_ground
from sozialraum.musterstadt.houses import Houses, build_houses, house_of_dwelling
from sozialraum.musterstadt.names import address_frame
from sozialraum.musterstadt.plan import FIRST_YEAR, FULL_SIZE, LAST_YEAR, Plan, load_plan
from sozialraum.musterstadt.situation import household_frame, households_of, person_frame
from sozialraum.musterstadt.years import Events, Year, live

SEED = 20_240
FEWEST_HOUSES, FEWEST_YEARS = 1_000, 3

Level = Literal["area", "district"]
"""Observation areas, or the districts that they make up."""


@dataclass(frozen=True, eq=False)
class Town:
    """A synthetic town.

    Attributes:
        seed: from which everything follows.
        plan: its parts.
        ground: their polygons.
        houses: its houses.
        years: its residents on 31 December of each year.
    """

    seed: int
    plan: Plan
    ground: Ground
    houses: Houses
    years: tuple[Year, ...]

    @cached_property
    def residents(self) -> dict[int, tuple[pl.DataFrame, pl.DataFrame]]:
        """Persons and households of every year (see :mod:`sozialraum.musterstadt.situation` for the columns)."""
        house = house_of_dwelling(self.houses)
        found = {}
        for year in self.years:
            homes = households_of(year, np.random.default_rng([self.seed, year.year]))
            persons = person_frame(self.plan, self.houses, year, homes)
            found[year.year] = (persons, household_frame(year, homes, house))
        return found

    def persons(self, year: int) -> pl.DataFrame:
        """Return the residents on 31 December of ``year``."""
        return self.residents[year][0]

    def households(self, year: int) -> pl.DataFrame:
        """Return the households on 31 December of ``year``."""
        return self.residents[year][1]

    def events(self, year: int) -> Events:
        """Return the births, deaths, arrivals and departures of ``year``."""
        return next(state.events for state in self.years if state.year == year)

    @cached_property
    def addresses(self) -> pl.DataFrame:
        """Street, house number and suffix of every house."""
        return address_frame(self.houses, np.random.default_rng([self.seed, 1]))

    def area_codes(self, year: int) -> tuple[str, ...]:
        """Return the code that each observation area of today had in ``year``."""
        reform = self.plan.reform
        if year >= reform.year:
            return self.plan.codes
        return tuple(reform.code if code in reform.parts else code for code in self.plan.codes)

    def parts(self, year: int, by: Level) -> tuple[list[str], NDArray[np.int64]]:
        """Return the areas (codes of ``year``) or districts, and to which of them each area of today belongs."""
        codes = self.area_codes(year) if by == "area" else tuple(code[0] for code in self.plan.codes)
        names, index = np.unique(codes, return_inverse=True)
        return names.tolist(), index

    def tally(self, year: int) -> dict[str, NDArray[np.int64]]:
        """Count groups of residents in each observation area of today.

        Returns:
            By group: residents, adults, old (65 and over), aged_80 (and over), below_65, below_21, minors, below_3,
            aged_3_to_5, aged_5, aged_6_to_9, aged_6_to_15, aged_15_to_64, care_0_2, care_3_5 (children in day care),
            german_adults, households.
        """
        return self._tallies[year]

    @cached_property
    def _tallies(self) -> dict[int, dict[str, NDArray[np.int64]]]:
        return {year.year: self._tally(*self.residents[year.year]) for year in self.years}

    def _tally(self, persons: pl.DataFrame, households: pl.DataFrame) -> dict[str, NDArray[np.int64]]:
        area, areas = self.houses.area, len(self.plan.codes)
        where, age = area[persons["building"].to_numpy()], persons["age"].to_numpy()
        cared = persons["care"].cast(pl.String).eq_missing("yes").to_numpy()
        groups = {
            "residents": age >= 0,
            "adults": age >= 18,
            "old": age >= 65,
            "below_65": age < 65,
            "aged_80": age >= 80,
            "below_21": age < 21,
            "minors": age < 18,
            "below_3": age < 3,
            "aged_3_to_5": (age >= 3) & (age < 6),
            "aged_5": age == 5,
            "aged_6_to_9": (age >= 6) & (age < 10),
            "aged_6_to_15": (age >= 6) & (age < 16),
            "aged_15_to_64": (age >= 15) & (age < 65),
            "care_0_2": cared & (age < 3),
            "care_3_5": cared & (age >= 3) & (age < 6),
            "german_adults": (age >= 18) & (persons["nationality"] == "german").to_numpy(),
        }
        counts = {name: np.bincount(where[group], minlength=areas) for name, group in groups.items()}
        return counts | {"households": np.bincount(area[households["building"].to_numpy()], minlength=areas)}


def make_town(*, houses: int = FULL_SIZE, seed: int = SEED, years: int = LAST_YEAR - FIRST_YEAR + 1) -> Town:
    """Make a town: the same seed makes the same town.

    Args:
        houses: number of houses; 24,000 give about 147,000 residents in 77,000 households. At least 1,000.
        seed: from which everything follows.
        years: how many years from 2015 on: from three (there are elections in 2016 and 2017) to ten.

    Raises:
        ValueError: fewer houses or years, or more years, than a town can have.
    """
    if houses < FEWEST_HOUSES or not FEWEST_YEARS <= years <= LAST_YEAR - FIRST_YEAR + 1:
        raise ValueError(f"a town has at least {FEWEST_HOUSES:,} houses and from {FEWEST_YEARS} to ten years")
    rng = np.random.default_rng(seed)
    plan = load_plan()
    ground = lay_ground(plan, houses, rng)
    built = build_houses(plan, ground, houses, rng)
    return Town(seed, plan, ground, built, live(plan, built, years, rng))
