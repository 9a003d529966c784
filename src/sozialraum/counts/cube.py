"""The cube: one grouping of the records over packed whole numbers, from which every question is then answered.

Method: each dimension falls into the coarsest classes that the questions tell apart; the classes of all dimensions, of
all area systems and of the periods are packed into one number; the records are grouped by it once. The cells of the
cube are few, so the questions become products of small matrices (membership of classes times cells).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.classes import Classes
from sozialraum.counts.engines import Units, gather
from sozialraum.counts.planning import Plan

SMALL, LARGE = 2**31, 2**62
"""What a packed key of 32 and of 64 bits can hold."""

UNITS = "units"
"""The column with the number of units; amounts stand beside it under ``sum:AMOUNT`` and ``known:AMOUNT``."""


@dataclass(frozen=True, slots=True)
class Cube:
    """Cells of a cube.

    Attributes:
        classes: for each packed column, the class that each cell lies in.
        sums: the number of units (:data:`UNITS`) of each cell, and per amount its sum and how many units have it.
    """

    classes: Mapping[str, NDArray[np.int64]]
    sums: Mapping[str, NDArray[np.float64]]


def build_cube(units: Units, plan: Plan, places: Sequence[Classes]) -> Cube:
    """Group the units once by everything that the plan's questions and the places need.

    Args:
        units: single units.
        plan: questions and the classes of their dimensions.
        places: the classes of the columns of areas and of the period.
    """
    packs = packs_of([*places, *plan.classes.values()])
    keys = [packed(pack, units).alias(f"key{number}") for number, pack in enumerate(packs)]
    amounts = sorted({amount for question in plan.questions if (amount := amount_of(question))})
    sums = [nw.len().alias(UNITS)]
    for amount in amounts:
        sums += [nw.col(amount).sum().alias(f"sum:{amount}"), nw.col(amount).count().alias(f"known:{amount}")]
    names = [f"key{number}" for number in range(len(packs))]
    cells = gather(units.frame.select(*keys, *amounts).group_by(names).agg(*sums))
    numbers = cells.drop(names).cast(pl.Float64)
    return Cube(unpacked(cells, packs), {name: numbers[name].to_numpy() for name in numbers.columns})


def answers(cube: Cube, plan: Plan, at: NDArray[np.int64], places: int) -> dict[Measure, NDArray[np.float64]]:
    """Answer every question of a plan for one way of dividing the territory.

    Args:
        cube: the cells.
        plan: the questions.
        at: the place (area and period) of each cell, -1 where it lies in none.
        places: how many places there are.

    Returns:
        For each question the number at each place.
    """
    combination = combination_of(cube.classes, plan, len(at))
    inside = at >= 0
    cell = (combination * places + at)[inside]
    shape = plan.size, places
    dense = {name: _dense(cell, numbers[inside], shape) for name, numbers in cube.sums.items()}
    return {question: _answer(question, membership_of(plan, question), dense) for question in plan.questions}


def combination_of(classes: Mapping[str, NDArray[np.int64]], plan: Plan, cells: int) -> NDArray[np.int64]:
    """Return which combination of the plan's classes each cell lies in."""
    combination = np.zeros(cells, dtype=np.int64)
    for dimension, each in plan.classes.items():
        combination = combination * each.size + classes[dimension]
    return combination


def amount_of(question: Measure) -> str:
    """Return the amount that a measure sums or tallies, empty where it counts units."""
    return question.amount


def _dense(cell: NDArray[np.int64], numbers: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Lay the numbers of the cells out as combinations of classes x places."""
    return np.bincount(cell, numbers, shape[0] * shape[1]).astype(np.float64, copy=False).reshape(shape)


def _answer(
    question: Measure, membership: NDArray[np.float64], dense: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Sum the cells of a question at each place; NaN where there are units and the amount of none is known."""
    amount = amount_of(question)
    if not amount:
        return membership @ dense[UNITS]
    lost = (membership @ dense[UNITS] > 0) & (membership @ dense[f"known:{amount}"] == 0)
    return np.where(lost, np.nan, membership @ dense[f"sum:{amount}"])


def membership_of(plan: Plan, question: Measure) -> NDArray[np.float64]:
    """Return which combinations of classes belong to a question, as 0 and 1."""
    inside = np.ones(1)
    for dimension, classes in plan.classes.items():
        asked = question.filter.get(dimension)
        one = classes.asked[asked].astype(float) if asked is not None else np.ones(classes.size)
        inside = np.multiply.outer(inside, one).ravel()
    return inside


def packs_of(columns: Sequence[Classes]) -> list[list[Classes]]:
    """Divide the columns so that each part fits into one number of 64 bits (nearly always there is one part)."""
    packs: list[list[Classes]] = [[]]
    for column in columns:
        if prod(each.size for each in [*packs[-1], column]) >= LARGE:
            packs.append([])
        packs[-1].append(column)
    return packs


def packed(pack: Sequence[Classes], units: Units) -> nw.Expr:
    """Return the classes of some columns as one whole number."""
    dtype = nw.Int32 if prod(each.size for each in pack) < SMALL else nw.Int64
    key = pack[0].expression(units).cast(dtype)
    for each in pack[1:]:
        key = key * nw.lit(each.size, dtype) + each.expression(units).cast(dtype)
    return key


def unpacked(cells: pl.DataFrame, packs: Sequence[Sequence[Classes]]) -> dict[str, NDArray[np.int64]]:
    """Return the class of each column again, from the columns ``key0``, ``key1``... of cells."""
    found: dict[str, NDArray[np.int64]] = {}
    for number, pack in enumerate(packs):
        rest = cells[f"key{number}"].cast(pl.Int64).to_numpy()
        for each in reversed(pack):
            rest, found[each.column] = np.divmod(rest, each.size)
    return found
