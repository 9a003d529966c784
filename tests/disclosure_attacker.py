"""A slow, obvious attacker: writes down the whole table, cell by cell of everything crossed with everything.

It shares no code and no method with the disclosure and audit rooms. An *atom* is one combination of codes in one
finest area; every published number is a sum of atoms. What follows exactly is found with fractions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Name = tuple[str, str, str]
"""where, area system, area"""


@dataclass(frozen=True)
class World:
    """Everything there is: finest areas with the areas they lie in, dimensions with their codes.

    Attributes:
        areas: finest area -> every (system, area) that it is part of, itself included.
        codes: dimension -> its codes.
    """

    areas: Mapping[str, Sequence[tuple[str, str]]]
    codes: Mapping[str, Sequence[str]]

    @property
    def atoms(self) -> list[tuple[str, dict[str, str]]]:
        names = sorted(self.codes)
        combinations = list(product(*(self.codes[name] for name in names)))
        return [
            (area, dict(zip(names, combination, strict=True))) for area in self.areas for combination in combinations
        ]

    def row(self, name: Name) -> list[int]:
        """Which atoms a published number sums."""
        where, system, area = name
        wanted = {d: codes.split("|") for d, _, codes in (part.partition("=") for part in where.split(";") if part)}
        return [
            int((system, area) in self.areas[finest] and all(codes[d] in several for d, several in wanted.items()))
            for finest, codes in self.atoms
        ]


def follows(world: World, published: Mapping[Name, float | None]) -> set[Name]:
    """Return the withheld numbers that are sums and differences of published ones, by exact elimination."""
    basis: list[list[Fraction]] = []
    for name, value in published.items():
        if value is not None:
            rest = _reduce([Fraction(x) for x in world.row(name)], basis)
            if any(rest):
                basis.append(rest)
    withheld = [name for name, value in published.items() if value is None]
    return {name for name in withheld if not any(_reduce([Fraction(x) for x in world.row(name)], basis))}


def _reduce(row: list[Fraction], basis: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    for known in basis:
        pivot = next(i for i, x in enumerate(known) if x)
        if row[pivot]:
            factor = row[pivot] / known[pivot]
            row = [a - factor * b for a, b in zip(row, known, strict=True)]
    return row


def interval(
    world: World, published: Mapping[Name, float | None], target: Sequence[int], *, whole: bool = True
) -> tuple[float, float]:
    """Return the smallest and largest possible value of a sum of atoms (infinite where there is no limit)."""
    rows = [name for name, value in published.items() if value is not None]
    matrix = np.array([world.row(name) for name in rows], dtype=float).reshape(len(rows), len(target))
    numbers = np.array([published[name] for name in rows], dtype=float)
    ends = []
    for sign in (1.0, -1.0):
        answer = milp(
            sign * np.array(target, dtype=float),
            constraints=LinearConstraint(matrix, numbers, numbers) if rows else (),
            bounds=Bounds(0, np.inf),
            integrality=int(whole) * np.ones(len(target)),
        )
        if answer.status == 2:
            raise ValueError("no table has these margins")
        ends.append(sign * answer.fun if answer.status == 0 else np.inf)
    return ends[0], ends[1]


def tables(world: World, published: Mapping[Name, float], limit: int) -> Iterator[tuple[int, ...]]:
    """Yield every table of whole numbers up to ``limit`` with these margins. For tiny worlds only."""
    rows = [(world.row(name), value) for name, value in published.items()]
    for numbers in product(range(limit + 1), repeat=len(world.atoms)):
        if all(sum(a * n for a, n in zip(row, numbers, strict=True)) == value for row, value in rows):
            yield numbers
