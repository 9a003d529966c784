"""For whose sake further numbers are withheld: for the steward alone, after the door has decided.

Which numbers go is chosen for all at once, so no single one is *the* reason for another. But a number can only hide
what hangs together with it through sums over numbers that nobody knows. So the withheld numbers of a period fall into
parts without any tie between them. Where a part holds one cause, all others of the part are withheld for its sake: that
is exact. Where it holds several, each further number counts for the nearest of them: with the fewest sums in between.
Several at the same distance share it. So all shares add up to all further numbers.

Causes are numbers that are withheld for themselves, and what would be too small between published numbers (15-17, where
0-17 and 0-14 are published): the latter are counted and not named, for nobody publishes them. What stands in a sum with
a number that is withheld for itself is no cause of its own: the rest of a share goes with the share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse as sp

from sozialraum.catalogue import Measure, RulesDoc
from sozialraum.disclosure.door import Protected
from sozialraum.disclosure.elimination import Flags, Floats, Ints, Sums, choose, components, settle, waves
from sozialraum.disclosure.nesting import nest
from sozialraum.disclosure.relations import Relations, is_rest, rest_number, tie
from sozialraum.disclosure.rules import MEASURE, rules_of_measures
from sozialraum.disclosure.secondary import SPOT
from sozialraum.disclosure.structure import Part, Structure
from sozialraum.tables import COUNT_KEY

FOR_OTHERS = "secondary"
"""Why a number is withheld that could be published but for others."""

OVERLAP = "overlap"
"""Why further numbers are withheld for an atom: overlapping areas leave too few of each other."""

CAUSES = pl.Schema(
    [*dict.fromkeys((*COUNT_KEY, "why"), pl.String()).items(), ("further", pl.Float64()), ("alone", pl.Boolean())]
)


@dataclass(frozen=True, slots=True)
class Causes:
    """Which numbers take others with them.

    Attributes:
        frame: one row for each number that is withheld for itself, or that an earlier release withheld, with
            :data:`CAUSES`: ``further`` counts the numbers withheld for its sake (parts of one where several share it),
            ``alone`` says that this is exact. The numbers of areas that nobody publishes are among them.
        between: by period, how many further numbers protect what is left between published numbers.
    """

    frame: pl.DataFrame
    between: Mapping[str, float]


def find_causes(
    counts: pl.DataFrame, structure: Structure, rules: Mapping[str, RulesDoc], protected: Protected
) -> Causes:
    """Say for whose sake further numbers were withheld.

    Args:
        counts: what was protected.
        structure: which counts add up to which.
        rules: the rules of each policy that they were protected under.
        protected: what came out of the door.
    """
    rows = _rows(counts, structure, rules, protected)
    ties = _Ties(structure)
    found = [rows.clear().select(*COUNT_KEY, "why", further=pl.lit(0.0), alone=pl.lit(value=True))]
    between: dict[str, float] = {}
    for (period,), table in rows.group_by("period", maintain_order=True):
        further, alone, without = ties.share_out(table)
        if without:
            between[str(period)] = without
        causes = table.filter("cause").select(*COUNT_KEY, "why").with_columns(further=further, alone=alone)
        found.append(causes)
    frame = pl.concat(found).match_to_schema(CAUSES)
    return Causes(frame.sort("further", *COUNT_KEY, descending=[True, *(False for _ in COUNT_KEY)]), between)


def _rows(
    counts: pl.DataFrame, structure: Structure, rules: Mapping[str, RulesDoc], protected: Protected
) -> pl.DataFrame:
    """Return the counts that add up with their number, ``why``, the flags ``told``, ``cause`` and ``follows``, and what
    is left of them must be at least (``floor``)."""
    every = rules_of_measures(counts, rules).filter("additive")
    strict = pl.col("complement") & pl.col("secondary") & pl.col("counts")
    measures = every.select(*MEASURE, "secondary", floor=pl.when(strict).then("minimum").otherwise(0))
    changed = protected.changed.select(*MEASURE, "period").unique()
    unseen = pl.DataFrame(sorted(structure.unseen), schema=dict.fromkeys(SPOT, pl.String), orient="row")
    is_atom = pl.col("area_system").is_in(sorted(structure.atoms))
    is_withheld, for_others = pl.col("why").is_not_null(), pl.col("why") == FOR_OTHERS
    rows = (
        counts.select(*COUNT_KEY, "value")
        .join(measures, on=MEASURE)
        .join(changed, on=[*MEASURE, "period"], how="anti")
        .join(protected.withheld, on=COUNT_KEY, how="left")
        .join(unseen.with_columns(unseen=True), on=SPOT, how="left")
    )
    return rows.select(
        *COUNT_KEY,
        "value",
        "floor",
        why=pl.when(is_atom & is_withheld).then(pl.lit(OVERLAP)).otherwise("why"),
        told=pl.col("value").is_not_null() & ~is_withheld & ~is_atom,
        cause=is_withheld & pl.col("secondary") & (is_atom | ~for_others),
        follows=(for_others & ~is_atom & pl.col("unseen").is_null()).fill_null(value=False),
    ).sort(COUNT_KEY)


@dataclass(frozen=True, slots=True)
class _Tied:
    """Relations, and the fractions among them in the order of their rests."""

    relations: Relations
    parts: Sequence[Part]


class _Ties:
    """Which numbers hang together. Remembers the relations, which many periods share."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._known: dict[str, _Tied] = {}

    def share_out(self, table: pl.DataFrame) -> tuple[Floats, Flags, float]:
        """Return for each cause of a period how many numbers go for its sake and whether that is exact, and how many
        go for what is left between published numbers."""
        several = int(table["cause"].sum())
        if not table["follows"].any():
            return np.zeros(several), np.ones(several, dtype=np.bool_), 0.0
        tied, cells = self._place(table)
        sums = tied.relations.sums
        hidden = _hidden(sums, table, cells)
        causes, others = cells[table["cause"].to_numpy()], cells[table["follows"].to_numpy()]
        between = np.flatnonzero(hidden & _between(tied, table, cells) & ~_beside(sums, causes))
        sources = np.concatenate([causes, between])
        further, without = _nearest(sums, hidden, sources, others)
        return further[:several], _alone(sums, hidden, sources)[:several], without + float(further[several:].sum())

    def _place(self, table: pl.DataFrame) -> tuple[_Tied, Ints]:
        """Return the relations of a period, and the cell of each row."""
        pairs = [
            (system, Measure.parse(universe, where))
            for universe, where, system in table.select(*MEASURE, "area_system").iter_rows()
        ]
        areas = table["area"].to_list()
        tied = self._tied(sorted(set(pairs)), sorted(set(zip(table["area_system"], areas, strict=True))))
        relations = tied.relations
        cells = [
            relations.levels[system].block(area) + relations.nodes[system, measure]
            for (system, measure), area in zip(pairs, areas, strict=True)
        ]
        return tied, np.array(cells, dtype=np.int64)

    def _tied(self, pairs: Sequence[tuple[str, Measure]], spots: Sequence[tuple[str, str]]) -> _Tied:
        key = repr((pairs, spots))
        if key not in self._known:
            self._known[key] = self._tie(pairs, spots)
        return self._known[key]

    def _tie(self, pairs: Sequence[tuple[str, Measure]], spots: Sequence[tuple[str, str]]) -> _Tied:
        measures: dict[str, list[Measure]] = {}
        areas: dict[str, list[str]] = {}
        for system, measure in pairs:
            measures.setdefault(system, []).append(measure)
        for system, area in spots:
            areas.setdefault(system, []).append(area)
        universes = {measure.universe for _, measure in pairs}
        parts = [
            part
            for part in self._structure.parts
            if part.inside and {m.universe for m in (*part.of, *part.base)} <= universes
        ]
        return _Tied(tie(measures, nest(areas, self._structure.areas), parts, self._structure.codes), parts)


def _hidden(sums: Sums, table: pl.DataFrame, cells: Ints) -> Flags:
    """Return which cells nobody knows: neither told nor worked out by adding and subtracting."""
    told, silent = np.zeros(sums.width, dtype=np.bool_), table["why"].is_not_null().to_numpy()
    told[cells[table["told"].to_numpy()]] = True
    told[cells[silent]] = False
    hidden = ~told
    for _, follows in waves(sums.pattern, told):
        hidden[follows] = False
    hidden[cells[silent]] = True
    return hidden


def _between(tied: _Tied, table: pl.DataFrame, cells: Ints) -> Flags:
    """Return which cells that nobody publishes would be too small, as the door sees them: they follow the strictest of
    their universe, and what a share leaves of its base the share."""
    relations, known = tied.relations, table["value"].is_not_null().to_numpy()
    numbers, told = np.zeros(relations.sums.width), np.zeros(relations.sums.width, dtype=np.bool_)
    numbers[cells[known]], told[cells[known]] = table["value"].drop_nulls().to_numpy(), True
    numbers, follows = settle(relations.sums.matrix, relations.sums.pattern, numbers, told)
    floors = {
        Measure.parse(universe, where): float(floor)
        for universe, where, floor in table.select(*MEASURE, "floor").unique().iter_rows()
    }
    of_family = np.zeros(len(relations.families))
    for place, (universe, _) in enumerate(relations.families):
        own = tied.parts[rest_number(universe)].of if is_rest(universe) else floors
        least = (floors.get(m, 0.0) for m in own if is_rest(universe) or m.universe == universe)
        of_family[place] = max(least, default=0.0)
    return np.asarray(follows & (numbers > 0) & (numbers < of_family[relations.family_of]))


def _beside(sums: Sums, causes: Ints) -> Flags:
    """Return which cells stand in a sum with a cause."""
    is_cause = np.zeros(sums.width)
    is_cause[causes] = 1.0
    return np.asarray(sums.pattern.T @ (sums.pattern @ is_cause) > 0)


def _nearest(sums: Sums, hidden: Flags, causes: Ints, others: Ints) -> tuple[Floats, int]:
    """Return for each cause how many other cells are nearest to it, and how many are near none.

    Goes from all causes at once, from sum to sum over hidden cells.
    """
    cells = np.flatnonzero(hidden)
    ties = sp.csr_array(abs(choose(sums.columns, cells).sparse()).sign())
    start, goal = np.searchsorted(cells, causes), np.searchsorted(cells, others)
    ones = np.ones(len(causes))
    front = sp.csr_array((ones, (start, np.arange(len(causes)))), shape=(len(cells), len(causes)))
    further, seen = np.zeros(len(causes)), np.zeros(len(cells), dtype=np.bool_)
    while front.nnz:
        further += _shares(sp.csr_array(front[goal]))
        seen |= np.diff(front.indptr) > 0
        front = sp.csr_array(sp.diags_array((~seen).astype(np.float64)) @ (ties.T @ (ties @ front)).sign())
        front.eliminate_zeros()
    return further, int((~seen[goal]).sum())


def _shares(reached: sp.csr_array) -> Floats:
    """Return how many rows each column gets, where a row is shared evenly by the columns that it has an entry in."""
    number = np.repeat(np.diff(reached.indptr), np.diff(reached.indptr))
    return np.asarray(np.bincount(reached.indices, weights=1.0 / number, minlength=reached.shape[1]), dtype=np.float64)


def _alone(sums: Sums, hidden: Flags, causes: Ints) -> Flags:
    """Return which causes are the only one in their part of the table."""
    alone = np.zeros(len(causes), dtype=np.bool_)
    for cells in components(sums.columns, hidden, causes):
        mine = np.flatnonzero(np.isin(causes, cells))
        alone[mine] = len(mine) == 1
    return alone
