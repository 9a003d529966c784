"""Persons and households as plain arrays, and the households that settle: at the start and by moving to the town."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sozialraum.musterstadt.plan import PEOPLE

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEMALE, MALE, DIVERSE = 0, 1, 2
NO_MIGRATION, GERMAN_WITH_MIGRATION, FOREIGN = 0, 1, 2
YEAR_DAYS = 365.2425
FIRST_DAY_OF_LIFE = int(np.datetime64("1900-01-01").astype("datetime64[D]").astype(np.int64))


@dataclass(frozen=True, slots=True)
class People:
    """Living residents; every array has one entry per person.

    Attributes:
        person: number, kept for life.
        household: number of the household.
        birth: day of birth, days since 1970-01-01.
        since: day of moving in, days since 1970-01-01.
        sex: 0 female, 1 male, 2 diverse.
        origin: 0 no migration background, 1 German with one, 2 foreign.
        child: lives with its parents, whatever its age.
        surname, given: numbers of names.
        work, debt, chance: lasting luck in the labour market, with money, in everything else; uniform in 0..1.
    """

    person: Ints
    household: Ints
    birth: Ints
    since: Ints
    sex: Ints
    origin: Ints
    child: Flags
    surname: Ints
    given: Ints
    work: Floats
    debt: Floats
    chance: Floats

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: Ints | Flags) -> People:
        """Return some of the persons."""
        return People(*(getattr(self, item.name)[rows] for item in fields(self)))

    def join(self, others: People) -> People:
        """Return these and the other persons."""
        return People(*(np.concatenate([getattr(self, f.name), getattr(others, f.name)]) for f in fields(self)))

    def changed(self, **columns: NDArray[np.generic]) -> People:
        """Return the same persons with some columns replaced."""
        return People(*(columns.get(item.name, getattr(self, item.name)) for item in fields(self)))

    def ages(self, year: int) -> Ints:
        """Return ages in completed years on 31 December of ``year``."""
        born = self.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return np.asarray(year - born)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of households (``people.toml``); every array has one entry per kind."""

    names: tuple[str, ...]
    adults: Ints
    children: Ints
    ages: Ints
    share: Floats
    by_house: Floats
    """Shape (kinds, house types)."""
    by_people: Floats
    """Shape (kinds, characters of areas)."""
    arriving: Floats
    means: Floats


@lru_cache(maxsize=1)
def load_kinds() -> Kinds:
    """Read the kinds of households from the package."""
    data = tomllib.loads((Path(__file__).parent / "people.toml").read_text(encoding="utf-8"))
    rows = list(data.values())
    arriving = np.array([row["arriving"] for row in rows])
    return Kinds(
        names=tuple(data),
        adults=np.array([row["adults"] for row in rows]),
        children=np.array([row["children"] for row in rows]),
        ages=np.array([row["ages"] for row in rows]),
        share=np.array([row["share"] for row in rows]),
        by_house=np.array([row["houses"] for row in rows]),
        by_people=np.array([[row.get(character, 1.0) for character in PEOPLE] for row in rows]),
        arriving=arriving / arriving.sum(),
        means=np.array([row["means"] for row in rows]),
    )


def last_day(year: int) -> int:
    """Return 31 December of a year in days since 1970-01-01."""
    return int(np.datetime64(f"{year}-12-31").astype(np.int64))


@dataclass(frozen=True, slots=True)
class Settlers:
    """New households with their persons; ``people.household`` counts from 0 within them."""

    people: People
    means: Floats
    """How well off each household is, in standard deviations."""


def settle(kind: Ints, foreign: Floats, year: int, rng: np.random.Generator) -> Settlers:
    """Form households.

    Args:
        kind: kind of each household.
        foreign: probability that a household comes from abroad.
        year: the persons' ages hold on 31 December of this year.
        rng: the dice.
    """
    kinds = load_kinds()
    size = kinds.adults[kind] + kinds.children[kind]
    household = np.repeat(np.arange(len(kind)), size)
    place = np.arange(len(household)) - np.repeat(np.cumsum(size) - size, size)
    child = place >= kinds.adults[kind][household]
    age = _ages(kind, household, place, child=child, rng=rng)
    draw = rng.random(len(kind))
    group = np.where(draw < foreign, FOREIGN, np.where(draw < 2.2 * foreign, GERMAN_WITH_MIGRATION, NO_MIGRATION))
    means = kinds.means[kind] + rng.normal(0, 1, len(kind)) - 0.45 * (group == FOREIGN)
    means -= 0.15 * (group == GERMAN_WITH_MIGRATION)
    count = len(household)
    people = People(
        person=np.zeros(count, dtype=np.int64),
        household=household,
        birth=_birth_days(age, year, rng),
        since=np.full(count, last_day(year)),
        sex=_sexes(kind, household, place, child=child, rng=rng),
        origin=_origins(group[household], child, rng),
        child=child,
        surname=surnames(group, rng)[household],
        given=rng.integers(0, 10_000, count),
        work=rng.random(count),
        debt=rng.random(count),
        chance=rng.random(count),
    )
    return Settlers(people, means)


def _ages(kind: Ints, household: Ints, place: Ints, *, child: Flags, rng: np.random.Generator) -> Ints:
    kinds = load_kinds()
    low, high = kinds.ages[kind].T
    draw = rng.random(len(kind))
    late = (low >= 35) & (kinds.children[kind] == 0)
    spread = np.where(low >= 65, rng.beta(1.1, 1.9, len(kind)), np.where(late, np.sqrt(draw), draw))
    first = np.floor(low + spread * (high - low + 1)).astype(np.int64)
    partner = np.maximum(18, np.round(first[household] + rng.normal(2.0, 3.2, len(household))))
    at_birth = np.clip(rng.normal(30.5, 4.2, len(household)), 18, 43) + 1.5 * (place - 2)
    grown = kind == kinds.names.index("with_grown_up_child")
    youngest = np.where(grown[household], 18, 0)
    as_child = np.clip(np.round(first[household] - at_birth), youngest, np.where(grown[household], 29, 20))
    ages = np.where(child, as_child, np.where(place == 0, first[household], partner))
    return np.asarray(np.minimum(ages, 104), dtype=np.int64)


def _birth_days(age: Ints, year: int, rng: np.random.Generator) -> Ints:
    new_year = (year - age - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(new_year + rng.integers(0, 365, len(age)))


def _sexes(kind: Ints, household: Ints, place: Ints, *, child: Flags, rng: np.random.Generator) -> Ints:
    kinds = load_kinds()
    alone = kinds.adults[kind] == 1
    women = np.where(kinds.ages[kind, 0] >= 65, 0.74, np.where(kinds.children[kind] > 0, 0.86, 0.46))
    share = np.where(alone, women, 0.99)[household]
    share = np.where(place == 1, 0.01, np.where(place > 1, 0.5, share))
    share = np.where(child, 0.487, share)
    sex = np.where(rng.random(len(household)) < share, FEMALE, MALE)
    return np.where(rng.random(len(household)) < 0.0004, DIVERSE, sex)


def _origins(group: Ints, child: Flags, rng: np.random.Generator) -> Ints:
    draw = rng.random(len(group))
    born_german = child & (group == FOREIGN) & (draw < 0.35)
    mixed = (group == GERMAN_WITH_MIGRATION) & ~child & (draw < 0.25)
    return np.where(born_german, GERMAN_WITH_MIGRATION, np.where(mixed, NO_MIGRATION, group))


def surnames(group: Ints, rng: np.random.Generator) -> Ints:
    """Draw numbers of surnames; those from abroad start at 10,000."""
    return np.asarray(rng.integers(0, 10_000, len(group)) + 10_000 * (group != NO_MIGRATION))
