"""Complementary suppression of one family of universes in one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from sozialraum.catalogue import Measure
from sozialraum.disclosure.elimination import Flags, Floats, Ints, choose, settle
from sozialraum.disclosure.hiding import Demand, Hiding
from sozialraum.disclosure.nearby import near
from sozialraum.disclosure.nesting import Nesting, nest
from sozialraum.disclosure.polytope import nearest_fit
from sozialraum.disclosure.relations import Relations, is_rest, tie
from sozialraum.disclosure.rules import MEASURE
from sozialraum.disclosure.structure import Part, Structure

ZERO_WEIGHT = 20.0
"""A zero is withheld only where nothing else helps: an attacker may know that there can not be anybody."""

WHOLE_WEIGHT = 2.0
"""The whole of a universe is the base of many shares: it goes later than its parts."""

LEVEL_WEIGHT = 2.0
"""Each area system further up goes later."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """The rows of a table as cells of its relations: where each stands, and what is known and asked of it."""

    relations: Relations
    place: Ints
    numbers: Floats
    known: Flags
    primary: Flags
    minimum: Floats
    weight: Floats


class Withholding:
    """Decides which counts have to go for the sake of others. Remembers the relations, which many periods share.

    Args:
        structure: the structure of the table.
        counts: the whole table, to see which areas there are in which period.
    """

    def __init__(self, structure: Structure, counts: pl.DataFrame) -> None:
        self._structure = structure
        self._nestings = {
            str(period): _nesting(structure, group.drop("period"))
            for (period,), group in counts.select("period", "area_system", "area").unique().group_by("period")
        }
        self._relations: dict[object, Relations] = {}

    def secondary(self, counts: pl.DataFrame) -> pl.Series:
        """Return for each count of one family and period whether it has to go for the sake of others.

        Args:
            counts: counts with their rules and ``reason``.
        """
        nothing = pl.Series("for_others", np.zeros(counts.height, dtype=np.bool_))
        if counts.is_empty() or not counts["secondary"].any():
            return nothing
        cells = _cells(counts, self._tie(counts))
        numbers, follows = settle(cells.relations.matrix, cells.numbers, cells.known)
        wanted = cells.primary | (follows & _small(numbers, cells, counts))
        if not wanted.any():
            return nothing
        numbers = _fill(cells.relations, numbers, cells.known | follows)
        hiding = _hiding(cells, numbers, counts)
        hiding.protect(np.flatnonzero(wanted), partial(near, cells.relations))
        publishable = (counts["reason"].is_null() & counts["value"].is_not_null()).to_numpy()
        return pl.Series("for_others", hiding.hidden[cells.place] & publishable)

    def _tie(self, counts: pl.DataFrame) -> Relations:
        nesting = self._nestings[counts["period"][0]]
        measures = _measures(counts)
        key = (
            tuple((system, tuple(several)) for system, several in measures.items()),
            tuple(nesting.areas.items()),
            tuple(nesting.inside.items()),
        )
        if key not in self._relations:
            self._relations[key] = tie(measures, nesting, self._parts(measures), self._structure.codes)
        return self._relations[key]

    def _parts(self, measures: Mapping[str, list[Measure]]) -> tuple[Part, ...]:
        universes = {measure.universe for several in measures.values() for measure in several}
        return tuple(
            p for p in self._structure.parts if p.inside and {m.universe for m in (*p.of, *p.base)} <= universes
        )


def _nesting(structure: Structure, present: pl.DataFrame) -> Nesting:
    by_system = present.group_by("area_system").agg("area").sort("area_system")
    return nest(dict(by_system.iter_rows()), structure.areas)


def _measures(counts: pl.DataFrame) -> dict[str, list[Measure]]:
    unique = counts.select("area_system", *MEASURE).unique().sort("area_system", *MEASURE)
    found: dict[str, list[Measure]] = {}
    for system, universe, where in unique.iter_rows():
        found.setdefault(system, []).append(Measure.parse(universe, where))
    return found


def _cells(counts: pl.DataFrame, relations: Relations) -> _Cells:
    placed = counts.join(relations.measures, on=("area_system", *MEASURE), how="left", maintain_order="left")
    placed = placed.join(relations.places, on=("area_system", "area"), how="left", maintain_order="left")
    place = (placed["node"] + placed["block"]).to_numpy()
    size = relations.matrix.shape[1]
    value = counts["value"].fill_null(float("nan")).to_numpy()
    hidden = counts["reason"].is_not_null().to_numpy()
    cells = _Cells(
        relations,
        place,
        numbers=np.zeros(size),
        known=np.zeros(size, dtype=np.bool_),
        primary=np.zeros(size, dtype=np.bool_),
        minimum=np.zeros(size),
        weight=np.ones(size),
    )
    known = ~np.isnan(value)
    cells.numbers[place[known]] = value[known]
    cells.known[place[known]] = True
    cells.primary[place[hidden & counts["secondary"].to_numpy()]] = True
    np.maximum.at(cells.minimum, place, counts["minimum"].to_numpy().astype(np.float64))
    whole = np.where(counts["where"].to_numpy() == "", WHOLE_WEIGHT, 1.0)
    cells.weight[place] = _weight(cells.numbers[place]) * whole * LEVEL_WEIGHT ** relations.height_of[place]
    return cells


def _weight(numbers: Floats) -> Floats:
    return np.where(numbers == 0, ZERO_WEIGHT, 1.0 + np.log1p(np.abs(numbers)))


def _small(numbers: Floats, cells: _Cells, counts: pl.DataFrame) -> Flags:
    """Return which cells would be too small to be published; those that nobody publishes follow their universe."""
    by_universe = counts.filter("complement", "secondary", "counts").group_by("universe").agg(pl.col("minimum").max())
    minimum = dict(by_universe.iter_rows())
    strictest = max(minimum.values(), default=0)
    floors = [minimum.get(u, strictest if is_rest(u) else 0) for u, _ in cells.relations.families]
    return (numbers > 0) & (numbers < np.array(floors)[cells.relations.family_of])


def _fill(relations: Relations, numbers: Floats, known: Flags) -> Floats:
    """Give the cells that do not even follow from confidential numbers some values that fit the others."""
    unknown = np.flatnonzero(~known)
    if not unknown.size:
        return numbers
    part, rows = choose(relations.matrix.tocsc(), unknown)
    right = -(relations.matrix[rows] @ np.where(known, numbers, 0.0))
    filled = numbers.copy()
    filled[unknown] = nearest_fit(part, right)
    return filled


def _hiding(cells: _Cells, numbers: Floats, counts: pl.DataFrame) -> Hiding:
    units = bool(counts["counts"].all())
    published = np.zeros(len(numbers), dtype=np.bool_)
    withheld = counts["reason"].is_not_null().to_numpy()
    published[cells.place[counts["value"].is_not_null().to_numpy()]] = True
    published[cells.place[withheld]] = False
    small = np.maximum(cells.minimum, cells.minimum.max())
    width = np.where(cells.minimum > 0, cells.minimum, small) if units else np.abs(numbers)
    floor = np.where(cells.primary | ~cells.known, np.inf, cells.minimum if units else -np.inf)
    return Hiding(
        cells.relations.matrix,
        numbers,
        ~published,
        Demand(
            width=np.maximum(width, 1.0),
            floor=floor,
            weight=cells.weight,
            whole=units and bool((counts["value"].drop_nulls() % 1 == 0).all()),
        ),
    )
