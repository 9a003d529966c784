"""The residents' situation in one year: work, benefits, debts, care, and the type of their household.

Everything follows from lasting traits (how well off a household is, a person's luck) and a little chance of the
year, so that poverty clusters in space and lasts in time, as it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.musterstadt.houses import Houses, house_of_dwelling
from sozialraum.musterstadt.plan import FIRST_YEAR, Plan
from sozialraum.musterstadt.population import FEMALE, FOREIGN, MALE, Flags, Floats, Ints, People, last_day
from sozialraum.musterstadt.years import Year

SEXES = ("female", "male", "diverse")
NATIONALITIES = ("german", "foreign")
ORIGINS = ("none", "german", "foreign")
YES_NO = ("no", "yes")
LAWS = ("sgb2", "sgb3")
INTENSITIES = ("none", "soft", "hard")
CAUSES = {
    "unemployment": 0.20,
    "illness": 0.17,
    "separation": 0.13,
    "spending": 0.14,
    "self_employment": 0.08,
    "low_income": 0.12,
    "other": 0.16,
}
HOUSEHOLD_TYPES = (
    "male_alone",
    "female_alone",
    "single_father",
    "single_mother",
    "couple",
    "couple_children",
    "other",
)

CYCLE = np.array([0.06, 0.07, 0.03, -0.02, -0.07, 0.02, 0.0, 0.03, 0.04, 0.03])
"""Ups and downs of poverty over the years, in standard deviations of means."""

POOR = -1.80
"""Households whose means lie below this live on basic income support."""
POOR_OLD = -2.15
"""Below this the old receive social assistance."""
HOUSING_BENEFIT = (0.28, 0.55)
"""How far above :data:`POOR` housing benefit reaches, before and after the reform of 2023."""
EMPLOYMENT_AGES = (14.9, 15, 18, 20, 25, 30, 50, 58, 62, 64, 65, 70)
EMPLOYMENT = (0, 0.04, 0.36, 0.55, 0.70, 0.74, 0.75, 0.70, 0.53, 0.38, 0.10, 0.0)


@dataclass(frozen=True, slots=True)
class Households:
    """The households that live in the town, by household number (empty numbers included)."""

    size: Ints
    children: Ints
    adults: Ints
    type: Ints
    poor: Flags
    """Receives basic income support."""
    asylum: Flags
    """Receives benefits for asylum seekers instead."""
    housing_benefit: Flags


def households_of(town: Year, rng: np.random.Generator) -> Households:
    """Describe every household of a year."""
    people, count = town.people, len(town.means)
    age = people.ages(town.year)
    size = _tally(people, np.ones(len(people), dtype=bool), count)
    minors = _tally(people, age < 18, count)
    adults = _tally(people, ~people.child & (age >= 18), count)
    workable = _tally(people, (age >= 15) & (age < 65), count)
    foreigners = _tally(people, people.origin == FOREIGN, count)
    newest = np.zeros(count, dtype=np.int64)
    np.maximum.at(newest, people.household, people.since)
    score = town.means + rng.normal(0, 0.3, count) - CYCLE[min(town.year - FIRST_YEAR, len(CYCLE) - 1)]
    needy = (score < POOR) & (workable > 0)
    recent = (foreigners == size) & (newest > last_day(town.year) - 500)
    asylum = needy & recent & (rng.random(count) < 0.45)
    reach = HOUSING_BENEFIT[int(town.year >= 2023)]
    supported = (score >= POOR) & (score < POOR + reach) & (rng.random(count) < 0.3)
    kinds = _types(people, size, minors, adults)
    return Households(size, minors, adults, kinds, needy & ~asylum, asylum, supported & (size > 0))


def _tally(people: People, which: Flags, count: int) -> Ints:
    return np.bincount(people.household[which], minlength=count)


def _types(people: People, size: Ints, minors: Ints, adults: Ints) -> Ints:
    grown = size - minors
    fathers = _tally(people, ~people.child & (people.sex == MALE), len(size)) > 0
    cases = [
        (size == 1) & fathers,
        size == 1,
        (minors > 0) & (grown == 1) & fathers,
        (minors > 0) & (grown == 1),
        (minors == 0) & (size == 2) & (adults == 2),
        (minors > 0) & (grown == 2) & (adults == 2),
    ]
    return np.select(cases, np.arange(6), default=6).astype(np.int64)


def household_frame(town: Year, homes: Households, house: Ints) -> pl.DataFrame:
    """Return the households of a year, one row each, in the codes of the catalogue.

    Returns:
        Columns household, building (numbers), household_size, children, household_type, sgb2, housing_benefit.
    """
    living = np.flatnonzero(homes.size > 0)
    return pl.DataFrame(
        {
            "household": living.astype(np.int32),
            "building": house[town.dwelling[living]].astype(np.int32),
            "household_size": homes.size[living].astype(np.int16),
            "children": homes.children[living].astype(np.int16),
            "household_type": coded(homes.type[living], HOUSEHOLD_TYPES),
            "sgb2": coded(homes.poor[living], YES_NO),
            "housing_benefit": coded(homes.housing_benefit[living], YES_NO),
        }
    )


def person_frame(plan: Plan, houses: Houses, town: Year, homes: Households) -> pl.DataFrame:
    """Return the residents of a year, one row each, in the codes of the catalogue.

    Returns:
        Columns person, household, building, surname, given (numbers), birth, since (dates), age (years), sex,
        nationality, migration, living_alone, sgb2, sgb12, asylum_benefits, employed, unemployed, unemployment_law,
        long_term, overindebted, debt_intensity, debt_cause, care. Codes that can not apply are null.
    """
    people = town.people
    home, age = people.household, people.ages(town.year)
    house = house_of_dwelling(houses)[town.dwelling[home]]
    hardship = plan.hardship[houses.area[house]]
    poor = homes.poor[home] & (age < 65)
    return pl.DataFrame(
        {
            "person": people.person.astype(np.int32),
            "household": home.astype(np.int32),
            "building": house.astype(np.int32),
            "surname": people.surname.astype(np.int16),
            "given": people.given.astype(np.int16),
            "birth": pl.Series(people.birth.astype(np.int32)).cast(pl.Date),
            "since": pl.Series(people.since.astype(np.int32)).cast(pl.Date),
            "age": age.astype(np.int16),
            "sex": coded(people.sex, SEXES),
            "nationality": coded(people.origin == FOREIGN, NATIONALITIES),
            "migration": coded(people.origin, ORIGINS),
            "living_alone": coded(homes.size[home] == 1, YES_NO),
            "sgb2": coded(poor, YES_NO),
            "sgb12": coded(_assisted(people, age, town.means[home]) & ~poor, YES_NO),
            "asylum_benefits": coded(homes.asylum[home] & (age < 65), YES_NO),
            **_work(people, town.year, poor, homes.children[home] > 0),
            **_debts(people, age, town.means[home]),
            "care": coded(people.chance < _care_chance(age, hardship), YES_NO, known=age < 6),
        }
    )


def _assisted(people: People, age: Ints, means: Floats) -> Flags:
    """Say who receives social assistance: the poor old, adults who can not work for good, a few children."""
    unable = (age >= 18) & (age < 65) & (people.work > 0.982) & (means < 0.4)
    return ((age >= 65) & (means < POOR_OLD)) | unable | ((age < 18) & (people.chance < 0.002))


def _work(people: People, year: int, poor: Flags, with_children: Flags) -> dict[str, pl.Series]:
    age = people.ages(year)
    chance = np.interp(age, EMPLOYMENT_AGES, EMPLOYMENT) * np.where(poor, 0.36, 1.0)
    chance *= np.where(with_children & (people.sex == FEMALE) & (age < 45), 0.86, 1.0)
    chance *= np.where(people.origin == FOREIGN, 0.86, 1.0) * (1 + 0.004 * (year - FIRST_YEAR))
    employed = people.work < chance
    rest = (people.work - chance) / np.maximum(1 - chance, 0.05)
    idle = ~employed & (age >= 15) & (age < 65) & (rest < np.where(poor, 0.4, 0.08))
    lasting = people.chance < np.where(poor, 0.52, 0.12)
    return {
        "employed": coded(employed, YES_NO),
        "unemployed": coded(idle, YES_NO),
        "unemployment_law": coded(~poor, LAWS, known=idle),
        "long_term": coded(lasting, YES_NO, known=idle),
    }


def _debts(people: People, age: Ints, means: Floats) -> dict[str, pl.Series]:
    by_age = np.interp(age, (18, 25, 35, 50, 65, 75, 90), (0.45, 0.9, 1.4, 1.3, 0.8, 0.4, 0.15))
    odds = np.exp(-2.78 - 0.85 * means) * by_age * np.where(people.sex == MALE, 1.2, 0.85)
    chance = np.where(age >= 18, odds / (1 + odds), 0)
    burdened = people.debt < chance
    hard = people.debt < 0.57 * chance
    cause = 1 + np.searchsorted(np.cumsum(list(CAUSES.values()))[:-1], people.chance, side="right")
    return {
        "overindebted": coded(burdened, YES_NO),
        "debt_intensity": coded(burdened.astype(np.int64) + hard, INTENSITIES),
        "debt_cause": coded(np.where(burdened, cause, 0), ("none", *CAUSES)),
    }


def _care_chance(age: Ints, hardship: Floats) -> Floats:
    small = np.interp(age, (0, 1, 2), (0.03, 0.42, 0.66)) * (1.12 - 0.35 * hardship)
    return np.where(age < 3, small, 0.96 - 0.08 * hardship)


def coded(values: NDArray[np.generic], codes: Sequence[str], known: Flags | None = None) -> pl.Series:
    """Return codes for their positions; null where not ``known``."""
    codes_of = pl.Series(codes, dtype=pl.Enum(codes))
    series = codes_of.gather(values.astype(np.uint32))
    return series if known is None else series.set(pl.Series(~known), None)
