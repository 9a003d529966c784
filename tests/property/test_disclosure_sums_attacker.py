"""Random towns of firms: nobody who contributes to a sum can work out what another contributes.

The attacker is slow and obvious. He writes down every quarter and sector as an unknown, knows what is told and what his
own firms take in, and finds by linear programming how much there can be at most, in each area and sector. What is not
his own is an upper limit for everybody else. And he tries every collection of quarters and sectors whose sum follows
from what is told: nobody may make up too much of it. He shares no code with the door.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dominance_samples import ALL, TRADE, Firm, seen, territory, through
from sozialraum.catalogue import Measure

DISTRICTS = {"d1": ["q1", "q2", "q3"], "d2": ["q4", "q5"], "d3": ["q6"]}
SYSTEMS = territory(DISTRICTS)
QUARTERS = {"city": [q for qs in DISTRICTS.values() for q in qs], **DISTRICTS}
QUARTERS |= {quarter: [quarter] for quarter in QUARTERS["city"]}
P, SHARE = 0.1, 0.9

Unknown = tuple[str, str]
"""quarter and sector"""


@dataclass(frozen=True)
class Town:
    rows: tuple[Firm, ...]
    measures: tuple[Measure, ...]

    @property
    def sectors(self) -> list[str]:
        return ["trade", "craft"] if TRADE in self.measures else ["all"]

    @property
    def unknowns(self) -> list[Unknown]:
        return list(product(QUARTERS["city"], self.sectors))

    def inside(self, measure: Measure, area: str) -> list[Unknown]:
        sectors = ["trade"] if measure == TRADE else self.sectors
        return list(product(QUARTERS[area], sectors))

    def of_owners(self) -> dict[str, dict[Unknown, float]]:
        """What each owner has where; a firm without an owner stands for itself."""
        found: dict[str, dict[Unknown, float]] = defaultdict(lambda: defaultdict(float))
        for number, (quarter, turnover, sector, owner) in enumerate(self.rows):
            found[owner or f"firm {number}"][quarter, sector if len(self.sectors) > 1 else "all"] += turnover
        return found

    def told(self, **rules) -> dict[tuple[Measure, str], float]:
        protected = through(self.rows, SYSTEMS, self.measures, **rules)
        numbers = {m: seen(protected, m) for m in self.measures}
        return {(m, area): n for m in self.measures for area, n in numbers[m].items() if n is not None}


def row(town: Town, region: Sequence[Unknown]) -> np.ndarray:
    return np.array([unknown in set(region) for unknown in town.unknowns], dtype=float)


def narrowed(town: Town, told: dict[tuple[Measure, str], float]) -> Iterator[tuple[str, str, str]]:
    """Yield who knows whom too well, and where."""
    matrix = np.array([row(town, town.inside(*key)) for key in told]).reshape(len(told), len(town.unknowns))
    owners = town.of_owners()
    for insider, (measure, area) in product(owners, product(town.measures, QUARTERS)):
        region = town.inside(measure, area)
        others = {name: sum(has.get(u, 0) for u in region) for name, has in owners.items() if name != insider}
        if not others or not max(others.values()):
            continue
        own = [owners[insider].get(unknown, 0.0) for unknown in town.unknowns]
        answer = linprog(
            -row(town, region),
            A_eq=matrix if told else None,
            b_eq=np.array(list(told.values())) if told else None,
            bounds=[(amount, None) for amount in own],
        )
        most = np.inf if answer.status == 3 else -answer.fun - sum(owners[insider].get(u, 0) for u in region)
        victim = max(others, key=lambda name: others[name])
        if most < (1 + P) * others[victim] - 1e-6:
            yield insider, victim, f"{measure} {area}"


def concentrated(town: Town, told: dict[tuple[Measure, str], float]) -> Iterator[list[Unknown]]:
    """Yield the collections of unknowns whose sum follows from what is told, and that two nearly are alone in."""
    matrix = np.array([row(town, town.inside(*key)) for key in told]).reshape(len(told), len(town.unknowns))
    rank = np.linalg.matrix_rank(matrix) if told else 0
    owners = town.of_owners()
    some = (combinations(town.unknowns, size) for size in range(1, len(town.unknowns) + 1))
    for region in chain.from_iterable(some):
        amounts = sorted((sum(has.get(u, 0) for u in region) for has in owners.values()), reverse=True)
        if sum(amounts[:2]) > SHARE * sum(amounts) + 1e-6:
            with_it = np.vstack([matrix, row(town, region)])
            if np.linalg.matrix_rank(with_it) == rank:
                yield list(region)


@st.composite
def towns(draw, sectors: bool = False) -> Town:
    amount = st.sampled_from([0, 1, 2, 5, 10, 10, 20, 50, 100, 400])
    owner = st.sampled_from([None, None, "x", "y", "z"]) if draw(st.booleans()) else st.none()
    sector = st.sampled_from(["trade", "craft"] if sectors else ["trade"])
    firm = st.tuples(st.sampled_from(QUARTERS["city"]), amount, sector, owner)
    rows = draw(st.lists(firm, min_size=1, max_size=18))
    return Town(tuple(rows), (ALL, TRADE) if sectors else (ALL,))


SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(towns())
def test_nobody_narrows_down_another_in_areas_that_nest(town):
    assert list(narrowed(town, town.told())) == []


@SETTINGS
@given(towns())
def test_nobody_is_nearly_alone_in_what_follows_in_areas_that_nest(town):
    assert list(concentrated(town, town.told())) == []


@SETTINGS
@given(towns(sectors=True))
def test_nobody_narrows_down_another_in_sectors_and_areas(town):
    assert list(narrowed(town, town.told())) == []


@SETTINGS
@given(towns(sectors=True))
def test_nobody_is_nearly_alone_in_what_follows_in_sectors_and_areas(town):
    assert list(concentrated(town, town.told())) == []


ALONE = Town((("q1", 400, "trade", None), *(("q2", 50, "trade", None),) * 4, *(("q4", 50, "trade", None),) * 4), (ALL,))
"""One firm is all of q1: d1 less q2 is its turnover."""


@pytest.mark.parametrize("attack", [narrowed, concentrated])
@pytest.mark.parametrize("rules", [{"secondary": False}, {"dominance": {"share": 1}, "p_percent": 0}])
def test_the_attackers_find_something_where_the_rules_are_not_applied(attack, rules):
    """Only the sums themselves are looked at, or the rules are switched off."""
    assert list(attack(ALONE, ALONE.told(**rules)))
    assert not list(attack(ALONE, ALONE.told()))
