"""Ten years of the town: who is born, dies, moves in, out and about, finds a partner, leaves home.

Every step takes the residents of one year and returns those of the next; persons and households keep their numbers, so
that registers of different years can be linked. Rates follow German life tables and migration statistics roughly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sozialraum.musterstadt.houses import Houses, house_of_dwelling
from sozialraum.musterstadt.plan import FIRST_YEAR, Plan
from sozialraum.musterstadt.population import (
    FEMALE,
    FOREIGN,
    GERMAN_WITH_MIGRATION,
    MALE,
    YEAR_DAYS,
    Flags,
    Floats,
    Ints,
    People,
    last_day,
    load_kinds,
    settle,
)

OCCUPANCY = 0.967
"""Share of dwellings that are lived in at the end of a year."""

FOREIGN_SHARE = 0.11
"""Probability that a household is from abroad in an average area at the start."""

ARRIVING_FOREIGN = {2015: 0.44, 2016: 0.36, 2017: 0.3, 2022: 0.44, 2023: 0.32}
"""Share of households from abroad among those that arrive; otherwise :data:`USUAL_FOREIGN`."""
USUAL_FOREIGN = 0.24

EVENTS = ("births", "deaths", "arrivals", "departures")


@dataclass(frozen=True, slots=True)
class Events:
    """What happened in one year: one entry per birth, death, arrival from and departure to elsewhere."""

    kind: Ints
    """Index into :data:`EVENTS`."""
    area: Ints
    age: Ints
    sex: Ints
    origin: Ints


@dataclass(frozen=True, slots=True)
class Year:
    """The town on 31 December.

    Attributes:
        year: the year.
        people: its residents.
        dwelling: dwelling of each household, by household number; -1 where it does not live here (any more).
        means: how well off each household is, by household number.
        events: what happened in the year.
    """

    year: int
    people: People
    dwelling: Ints
    means: Floats
    events: Events


def live(plan: Plan, houses: Houses, years: int, rng: np.random.Generator) -> tuple[Year, ...]:
    """Settle the town and let it live through ``years`` years from :data:`FIRST_YEAR`."""
    town = _Town(plan, houses, house_of_dwelling(houses), rng)
    town.found(FIRST_YEAR - 1)
    return tuple(town.step(year) for year in range(FIRST_YEAR, FIRST_YEAR + years))


class _Town:
    """The residents on their way through the years."""

    def __init__(self, plan: Plan, houses: Houses, home: Ints, rng: np.random.Generator) -> None:
        self.rng = rng
        self.built = houses.built[home]
        self.area = houses.area[home]
        self.small = houses.kind[home] <= 2
        self.kind = houses.kind[home]
        self.plan = plan
        self.next_person = 1
        self.dwelling: Ints = np.empty(0, dtype=np.int64)
        self.means: Floats = np.empty(0)
        self.people: People
        self.log: list[tuple[int, People, Ints]] = []

    def found(self, year: int) -> None:
        """Fill the dwellings that stand by ``year``."""
        kinds, plan, rng = load_kinds(), self.plan, self.rng
        standing = np.flatnonzero(self.built <= year)
        standing = standing[rng.random(len(standing)) < OCCUPANCY]
        area = self.area[standing]
        weight = kinds.share * kinds.by_house.T[self.kind[standing]] * kinds.by_people.T[plan.people[area]]
        threshold = np.cumsum(weight, axis=1)
        kind = (rng.random(len(standing))[:, None] * threshold[:, -1:] > threshold).sum(axis=1)
        young = kinds.ages[kind, 0] < 60
        settlers = settle(kind, FOREIGN_SHARE * plan.abroad[area] * np.where(young, 1.15, 0.45), year, rng)
        people = settlers.people
        stay = rng.exponential(11.0, len(standing)) * np.where(young, 0.6, 1.6)
        earliest = np.maximum((self.built[standing] - 1970) * YEAR_DAYS, -9000)
        since = np.maximum(last_day(year) - stay * YEAR_DAYS, earliest).astype(np.int64)
        self.people = self._numbered(people.changed(since=np.maximum(since[people.household], people.birth)))
        self.dwelling = standing
        self.means = settlers.means - 1.9 * (plan.hardship[area] - 0.3)

    def step(self, year: int) -> Year:
        """Let one year pass."""
        self.log = []
        self._deaths(year)
        self._births(year)
        self._pair(year)
        self._separate(year)
        self._leave_home(year)
        self._depart(year)
        self._move_and_arrive(year)
        return Year(year, self.people, self.dwelling.copy(), self.means.copy(), self._events(year))

    # --- steps --------------------------------------------------------------------------------------------------------

    def _deaths(self, year: int) -> None:
        age = self.people.ages(year)
        risk = np.exp(-10.1 + 0.092 * age) * np.where(self.people.sex == FEMALE, 0.62, 1.0)
        wealth = self.means[self.people.household]
        self._remove(self.rng.random(len(age)) < risk * np.exp(-0.12 * np.clip(wealth, -3, 3)), "deaths")

    def _births(self, year: int) -> None:
        people, rng = self.people, self.rng
        age = people.ages(year)
        fertile = (people.sex == FEMALE) & (age >= 16) & (age <= 46)
        paired = self._adults()[people.household] >= 2
        rate = 1.22 * np.exp(-0.5 * ((age - 31) / 5.3) ** 2) / (5.3 * np.sqrt(2 * np.pi))
        rate *= np.where(people.child, 0.06, np.where(paired, 1.62, 0.4)) * np.where(
            people.origin == FOREIGN, 1.25, 1.0
        )
        mothers = people.take(fertile & (rng.random(len(age)) < rate))
        count = len(mothers)
        day = last_day(year - 1) + 1 + rng.integers(0, 365, count)
        german = (mothers.origin == FOREIGN) & (rng.random(count) < 0.4)
        babies = mothers.changed(
            birth=day,
            since=day,
            sex=np.where(rng.random(count) < 0.487, FEMALE, MALE),
            origin=np.where(german, GERMAN_WITH_MIGRATION, mothers.origin),
            child=np.ones(count, dtype=bool),
            given=rng.integers(0, 10_000, count),
            work=rng.random(count),
            debt=rng.random(count),
            chance=rng.random(count),
        )
        babies = self._numbered(babies)
        self._note("births", babies)
        self.people = people.join(babies)

    def _pair(self, year: int) -> None:
        """Singles of similar age find each other; he moves in with her."""
        people, rng = self.people, self.rng
        age = people.ages(year)
        free = ~people.child & (age >= 20) & (age <= 55) & (self._adults()[people.household] == 1)
        free &= rng.random(len(age)) < np.where(age < 40, 0.11, 0.035)
        women = np.flatnonzero(free & (people.sex == FEMALE))
        men = np.flatnonzero(free & (people.sex == MALE) & (np.bincount(people.household)[people.household] == 1))
        count = min(len(women), len(men))
        women, men = (np.sort(rng.permutation(group)[:count]) for group in (women, men))
        women, men = (group[np.argsort(age[group], kind="stable")] for group in (women, men))
        self._rehouse(men, people.household[women], year)

    def _separate(self, year: int) -> None:
        """Some couples part; he moves out."""
        people = self.people
        age = people.ages(year)
        paired = ~people.child & (people.sex == MALE) & (age < 65) & (self._adults()[people.household] == 2)
        self._found_households(np.flatnonzero(paired & (self.rng.random(len(age)) < 0.013)), year)

    def _leave_home(self, year: int) -> None:
        """Grown-up children leave: half of them the town as well."""
        people, rng = self.people, self.rng
        leaving = people.child & (people.ages(year) >= 18) & (rng.random(len(people)) < 0.17)
        away = leaving & (rng.random(len(people)) < 0.42)
        self._found_households(np.flatnonzero(leaving & ~away), year)
        self._remove(away, "departures")

    def _depart(self, year: int) -> None:
        """Whole households leave the town, young ones and those from abroad more often."""
        leaves = self.rng.random(len(self.means)) < self._mobility(year, (0.125, 0.055, 0.022, 0.012))
        self._remove(leaves[self.people.household], "departures")

    def _move_and_arrive(self, year: int) -> None:
        """Households move inside the town, others arrive; all share the empty dwellings, the better off the better."""
        rng = self.rng
        living = np.bincount(self.people.household, minlength=len(self.means)) > 0
        moving = (
            living & (self.dwelling >= 0) & (rng.random(len(living)) < self._mobility(year, (0.1, 0.075, 0.03, 0.012)))
        )
        self.dwelling[~living | moving] = -1
        homeless = np.flatnonzero(living & (self.dwelling < 0))
        standing = self.built <= year
        empty = standing.copy()
        empty[self.dwelling[self.dwelling >= 0]] = False
        room = int(OCCUPANCY * standing.sum()) - int(living.sum())
        newcomers = self._arrive(max(room, 0), year)
        pool = np.concatenate([homeless, newcomers])
        vacant = np.flatnonzero(empty)
        fresh = self.built[vacant] >= year - 1
        chance = rng.random(len(vacant)) - 0.6 * fresh
        vacant = vacant[np.argsort(chance, kind="stable")[: len(pool)]]
        self._assign(pool[: len(vacant)], vacant)
        moved = np.isin(self.people.household, homeless)
        since = last_day(year) - rng.integers(0, 365, len(self.means))[self.people.household]
        self.people = self.people.changed(
            since=np.where(moved, np.maximum(since, self.people.birth), self.people.since)
        )
        self._note("arrivals", self.people.take(np.isin(self.people.household, newcomers)))

    def _arrive(self, count: int, year: int) -> Ints:
        kinds, rng = load_kinds(), self.rng
        kind = rng.choice(len(kinds.names), size=count, p=kinds.arriving)
        foreign = np.full(count, ARRIVING_FOREIGN.get(year, USUAL_FOREIGN)) * 0.95
        settlers = settle(kind, foreign, year, rng)
        first = len(self.means)
        people = settlers.people
        day = last_day(year) - rng.integers(0, 365, count)
        since = np.maximum(day[people.household], people.birth)
        self.people = self.people.join(self._numbered(people.changed(household=people.household + first, since=since)))
        self.means = np.concatenate([self.means, settlers.means])
        self.dwelling = np.concatenate([self.dwelling, np.full(count, -1)])
        return np.arange(first, first + count)

    def _assign(self, households: Ints, vacant: Ints) -> None:
        children = np.bincount(self.people.household, self.people.child, len(self.means)) > 0
        wish = self.means[households] + 0.45 * children[households] + self.rng.normal(0, 0.3, len(households))
        appeal = -2.2 * self.plan.hardship[self.area[vacant]] + 0.6 * self.small[vacant]
        appeal = appeal + self.rng.normal(0, 1.2, len(vacant))
        self.dwelling[households[np.argsort(wish, kind="stable")]] = vacant[np.argsort(appeal, kind="stable")]

    # --- means --------------------------------------------------------------------------------------------------------

    def _adults(self) -> Ints:
        """Count the adults of each household (children that have grown up and stayed are none)."""
        return np.bincount(self.people.household, ~self.people.child, len(self.means)).astype(np.int64)

    def _mobility(self, year: int, rates: tuple[float, float, float, float]) -> Floats:
        """Return a rate per household by the age of its oldest member: below 30, 45, 65, and above."""
        oldest = np.zeros(len(self.means), dtype=np.int64)
        np.maximum.at(oldest, self.people.household, self.people.ages(year))
        foreign = np.bincount(self.people.household, self.people.origin == FOREIGN, len(self.means)) > 0
        return np.asarray(np.array(rates)[np.searchsorted([30, 45, 65], oldest, side="right")] * (1 + 0.35 * foreign))

    def _numbered(self, people: People) -> People:
        numbers = np.arange(self.next_person, self.next_person + len(people))
        self.next_person += len(people)
        return people.changed(person=numbers)

    def _remove(self, gone: Flags, event: str) -> None:
        self._note(event, self.people.take(gone))
        self.people = self.people.take(~gone)

    def _found_households(self, persons: Ints, year: int) -> None:
        """Let each of these persons open a household of their own."""
        first = len(self.means)
        luck = self.rng.normal(0, 0.5, len(persons)) - 0.2
        self.means = np.concatenate([self.means, self.means[self.people.household[persons]] * 0.6 + luck])
        self.dwelling = np.concatenate([self.dwelling, np.full(len(persons), -1)])
        self._rehouse(persons, np.arange(first, first + len(persons)), year)

    def _rehouse(self, persons: Ints, household: Ints, year: int) -> None:
        columns = {name: getattr(self.people, name).copy() for name in ("household", "child", "since")}
        columns["household"][persons] = household
        columns["child"][persons] = False
        columns["since"][persons] = last_day(year) - self.rng.integers(0, 365, len(persons))
        self.people = self.people.changed(**columns)

    def _note(self, event: str, people: People) -> None:
        home = self.dwelling[people.household]
        area: NDArray[np.int64] = np.where(home >= 0, self.area[np.maximum(home, 0)], -1)
        self.log.append((EVENTS.index(event), people, area))

    def _events(self, year: int) -> Events:
        kind = np.concatenate([np.full(len(people), event) for event, people, _ in self.log])
        area = np.concatenate([area for _, _, area in self.log])
        sex = np.concatenate([people.sex for _, people, _ in self.log])
        origin = np.concatenate([people.origin for _, people, _ in self.log])
        age = np.concatenate([people.ages(year) for _, people, _ in self.log])
        known = area >= 0
        return Events(kind[known], area[known], age[known], sex[known], origin[known])
