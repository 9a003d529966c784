"""Complementary suppression of one family of universes in one period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from sozialraum.catalogue import Measure
from sozialraum.disclosure.earlier import Told, by_period, remember
from sozialraum.disclosure.elimination import NOTHING, Flags, Floats, Ints, choose, settle
from sozialraum.disclosure.hiding import Demand, Hiding
from sozialraum.disclosure.nearby import Nearby
from sozialraum.disclosure.nesting import Nesting, nest
from sozialraum.disclosure.optimum import Found, Limits, choose_best
from sozialraum.disclosure.polytope import nearest_fit
from sozialraum.disclosure.relations import Relations, is_rest, rest_number, tie
from sozialraum.disclosure.rules import MEASURE
from sozialraum.disclosure.structure import Part, Structure
from sozialraum.disclosure.weights import weights
from sozialraum.errors import DoorError

TellDone = Callable[[int, int], None]
"""Hears how much is done, of how much."""


def unheard(done: int, total: int) -> None:
    """Hear it and say nothing."""


CHOICES = pl.Schema(
    [
        ("universe", pl.String),
        ("period", pl.String),
        ("weight", pl.Float64),
        ("bound", pl.Float64),
        ("best", pl.Boolean),
    ]
)

SPOT = ("area_system", "area")

GENEROUS = 3
"""Each table may take so many times its share of the time that is left: most need less."""

KNOWN_TOO_WELL = (
    "a number of {universes} in {period} can not be protected: everything that could hide it is known from earlier "
    "releases; withdraw those (sozialraum withdraw DIR RELEASE --reason TEXT) or keep the rules that they were made "
    "under"
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where counts stand in relations: the cell is ``block[spot] + node[system, measure]``."""

    relations: Relations
    parts: Sequence[Part]
    block: Ints
    node: Ints


@dataclass(frozen=True, slots=True)
class _Rows:
    """Counts as arrays, one entry for each row: plain arrays, because there are many families and periods."""

    measure: Ints
    spot: Ints
    value: Floats
    withheld: Flags
    earlier: Flags
    minimum: Floats
    proved: Flags
    complement: Flags
    whole: Flags
    kept: Flags
    atom: Flags
    counted: Flags
    room: Floats

    @classmethod
    def of(cls, counts: pl.DataFrame, kept: Flags, atom: Flags) -> _Rows:
        return cls(
            measure=counts["measure"].to_numpy(),
            spot=counts["spot"].to_numpy(),
            value=counts["value"].fill_null(float("nan")).to_numpy(),
            withheld=counts["reason"].is_not_null().to_numpy(),
            earlier=counts["earlier"].to_numpy(),
            minimum=counts["minimum"].to_numpy().astype(np.float64),
            proved=counts["secondary"].to_numpy(),
            complement=counts["complement"].to_numpy(),
            whole=(counts["where"] == "").to_numpy(),
            kept=kept[counts["measure"].to_numpy()],
            atom=atom[counts["spot"].to_numpy()],
            counted=counts["counts"].to_numpy(),
            room=counts["room"].to_numpy() if "room" in counts.columns else np.zeros(counts.height),
        )

    def take(self, places: Ints) -> _Rows:
        """Return some of the rows."""
        return _Rows(*(getattr(self, column.name)[places] for column in fields(self)))

    @property
    def units(self) -> bool:
        """Whether these are counts of units, not sums of amounts."""
        return bool(self.counted.all())

    @property
    def known(self) -> Flags:
        """Which rows have a number."""
        return ~np.isnan(self.value)

    @property
    def silent(self) -> Flags:
        """Which rows are withheld whatever happens: for themselves, or because an earlier release withheld them."""
        return self.withheld | self.earlier

    @property
    def thin(self) -> Flags:
        """Which rows are atoms of an overlay that hold somebody, but fewer than the minimum."""
        return self.atom & self.counted & self.known & (self.value > 0) & (self.value < self.minimum)

    @property
    def harmless(self) -> bool:
        """Whether nothing is withheld and nothing could be too small."""
        small = self.silent.any() or self.thin.any() or (self.minimum[self.complement] > 1).any()
        return not self.proved.any() or not small


class Withholding:
    """Decides which counts have to go for the sake of others. Remembers the relations, which many periods share.

    Args:
        structure: the structure of the table.
        counts: the whole table, to see which areas there are in which period.
        known: what earlier releases told (see :class:`~sozialraum.disclosure.earlier.Earlier`).
        limits: how long to look for the best choice, over all families and periods.
        tell: hears how many families and periods are done, of how many.

    Attributes:
        choices: family, period and how good the choice there is.
    """

    def __init__(
        self, structure: Structure, counts: pl.DataFrame, known: pl.DataFrame, limits: Limits, tell: TellDone = unheard
    ) -> None:
        self._structure = structure
        self._limits = limits
        self._left = limits.seconds
        self._tell = tell
        self.choices: list[tuple[str, str, Found]] = []
        self._measure_numbers = counts.select(MEASURE).unique().sort(MEASURE).with_row_index("measure")
        self._spot_numbers = counts.select(SPOT).unique().sort(SPOT).with_row_index("spot")
        self._measures = [Measure.parse(*pair) for pair in self._measure_numbers.select(MEASURE).iter_rows()]
        self._kept = np.array([measure in structure.kept for measure in self._measures], dtype=np.bool_)
        self._spots = list(self._spot_numbers.select(SPOT).iter_rows())
        self._atom = np.array([system in structure.atoms for system, _ in self._spots], dtype=np.bool_)
        self._systems = sorted({system for system, _ in self._spots})
        self._system_of = np.array([self._systems.index(system) for system, _ in self._spots], dtype=np.int64)
        present = counts.select("period", *SPOT).unique().sort("period", *SPOT)
        self._nestings: dict[str, Nesting] = {}
        alike: dict[str, Nesting] = {}
        for (period,), group in present.group_by("period", maintain_order=True):
            nesting = _nesting(structure, group)
            self._nestings[str(period)] = alike.setdefault(repr(nesting), nesting)
        self._layouts: dict[tuple[int, bytes], _Layout] = {}
        self._told: Mapping[str, Sequence[Told]] = by_period(self.number(known))

    def number(self, counts: pl.DataFrame) -> pl.DataFrame:
        """Add the numbers of measures and areas that :meth:`secondary` works with."""
        numbered = counts.join(self._measure_numbers, on=MEASURE, how="left", maintain_order="left")
        numbered = numbered.join(self._spot_numbers, on=SPOT, how="left", maintain_order="left")
        return numbered.with_columns(pl.col("measure", "spot").cast(pl.Int64))

    def secondary(self, counts: pl.DataFrame) -> pl.Series:
        """Return for each count whether it has to go for the sake of others.

        Args:
            counts: numbered counts with their rules, ``reason`` and ``family``; of sums perhaps ``room``: how far above
                one that is withheld a range must reach. Each family and period is on its own.
        """
        rows = _Rows.of(counts, self._kept, self._atom)
        for_others = np.zeros(counts.height, dtype=np.bool_)
        groups = counts.with_row_index("row").group_by("family", "period", maintain_order=True).agg("row")
        columns = zip(groups["family"], groups["period"], groups["row"], strict=True)
        tables = [(str(family), str(period), places.to_numpy()) for family, period, places in columns]
        tables = [table for table in tables if not rows.take(table[2]).harmless]
        silent = rows.silent
        tables.sort(key=lambda table: int(silent[table[2]].sum()))  # what small ones leave of their time is for large
        for number, (family, period, own) in enumerate(tables):
            self._tell(number, len(tables))
            share = Limits(self._left * min(1.0, GENEROUS / (len(tables) - number)), self._limits.gap)
            for_others[own], found = self._withhold(rows.take(own), period, share)
            if found is not None:
                self._left = max(0.0, self._left - found.work)
                self.choices.append((family, period, found))
        for_others |= rows.earlier & rows.known & ~rows.withheld
        return pl.Series("for_others", for_others)

    def report(self) -> pl.DataFrame:
        """Return how good the choices are: universe, period, weight, bound, best."""
        rows = [(family, period, found.weight, found.bound, found.best) for family, period, found in self.choices]
        return pl.DataFrame(rows, schema=CHOICES, orient="row")

    def _withhold(self, rows: _Rows, period: str, limits: Limits) -> tuple[Flags, Found | None]:
        layout = self._layout(rows, period)
        relations = layout.relations
        cell = layout.block[rows.spot] + layout.node[self._system_of[rows.spot], rows.measure]
        numbers, known = _spread(rows, cell, relations)
        numbers, follows = settle(relations.sums.matrix, relations.sums.pattern, numbers, known)
        wanted = follows & _small(numbers, rows, layout, self._measures)
        wanted[cell[(rows.silent | rows.thin) & rows.proved]] = True
        if not wanted.any():
            return rows.thin, None
        numbers = _fill(relations, numbers, known | follows)
        published = known | (follows & (np.abs(numbers) < NOTHING))  # everybody knows where nobody can be
        published[cell[rows.silent]] = False
        for system in self._structure.atoms & relations.levels.keys():  # not even where nobody is does anybody know
            published[relations.levels[system].cells_of_all] = False
        before = remember(relations, numbers, self._worlds(layout, period))
        demand = _demand(rows, cell, relations, numbers)
        # it was told as another number, and is as large as it must be
        harmless = before.told & (numbers >= demand.floor)
        demand.width[harmless] = 0.0
        hiding = Hiding(before.relations.sums, numbers, ~(published | before.pinned), demand)
        try:
            found = choose_best(hiding, np.flatnonzero(wanted & ~before.pinned & ~harmless), Nearby(relations), limits)
        except DoorError as error:
            if before.pinned.any():
                universes = ", ".join(sorted({self._measures[measure].universe for measure in rows.measure}))
                raise DoorError(KNOWN_TOO_WELL.format(universes=universes, period=period)) from error
            raise
        gone = hiding.hidden[cell] & rows.known & ~rows.withheld
        return np.where(rows.atom, rows.thin, gone), found

    def _worlds(self, layout: _Layout, period: str) -> list[tuple[Ints, Floats]]:
        """Return for each earlier release the cells that it told, and their numbers."""
        found = []
        for told in self._told.get(period, ()):
            block, node = layout.block[told.spot], layout.node[self._system_of[told.spot], told.measure]
            here = (block >= 0) & (node >= 0)
            if here.any():
                found.append(((block + node)[here], told.value[here]))
        return found

    def _layout(self, rows: _Rows, period: str) -> _Layout:
        pairs = np.unique(self._system_of[rows.spot] * len(self._measures) + rows.measure)
        nesting = self._nestings[period]
        key = (id(nesting), pairs.tobytes())
        if key not in self._layouts:
            self._layouts[key] = self._lay_out([divmod(int(pair), len(self._measures)) for pair in pairs], nesting)
        return self._layouts[key]

    def _lay_out(self, pairs: list[tuple[int, int]], nesting: Nesting) -> _Layout:
        measures: dict[str, list[Measure]] = {}
        for system, measure in pairs:
            measures.setdefault(self._systems[system], []).append(self._measures[measure])
        universes = {self._measures[measure].universe for _, measure in pairs}
        parts = [
            part
            for part in self._structure.parts
            if part.inside and {m.universe for m in (*part.of, *part.base)} <= universes
        ]
        relations = tie(measures, nesting, parts, self._structure.codes)
        block = np.full(len(self._spots), -1, dtype=np.int64)
        for name in measures:
            places = np.flatnonzero(self._system_of == self._systems.index(name))
            block[places] = [relations.levels[name].block(self._spots[place][1]) for place in places]
        node = np.full((len(self._systems), len(self._measures)), -1, dtype=np.int64)
        for system, measure in pairs:
            node[system, measure] = relations.nodes[self._systems[system], self._measures[measure]]
        return _Layout(relations, parts, block, node)


def _nesting(structure: Structure, present: pl.DataFrame) -> Nesting:
    by_system = present.group_by("area_system", maintain_order=True).agg("area")
    return nest(dict(by_system.iter_rows()), structure.areas)


def _spread(rows: _Rows, cell: Ints, relations: Relations) -> tuple[Floats, Flags]:
    """Return a number for each cell that has one, and which cells those are."""
    numbers = np.zeros(relations.sums.width)
    known = np.zeros(len(numbers), dtype=np.bool_)
    numbers[cell[rows.known]] = rows.value[rows.known]
    known[cell[rows.known]] = True
    return numbers, known


def _small(numbers: Floats, rows: _Rows, layout: _Layout, measures: Sequence[Measure]) -> Flags:
    """Return which cells would be too small to be published.

    Those that nobody publishes follow the strictest of their universe; what a share leaves of its base the share.
    """
    strict = rows.complement & rows.proved & rows.units
    minimum: dict[Measure, float] = {}
    for number, least in zip(rows.measure[strict].tolist(), rows.minimum[strict].tolist(), strict=True):
        minimum[measures[number]] = least
    of_universe: dict[str, float] = {}
    for measure, least in minimum.items():
        of_universe[measure.universe] = max(of_universe.get(measure.universe, 0.0), least)
    relations = layout.relations
    floors = np.zeros(len(relations.families))
    for place, (universe, _) in enumerate(relations.families):
        share = layout.parts[rest_number(universe)].of if is_rest(universe) else ()
        floors[place] = max((minimum.get(m, 0.0) for m in share), default=of_universe.get(universe, 0.0))
    return (numbers > 0) & (numbers < floors[relations.family_of])


def _fill(relations: Relations, numbers: Floats, known: Flags) -> Floats:
    """Give the cells that do not even follow from confidential numbers some values that fit the others."""
    unknown = np.flatnonzero(~known)
    if not unknown.size:
        return numbers
    part = choose(relations.sums.columns, unknown)
    filled = np.where(known, numbers, 0.0)
    filled[unknown] = nearest_fit(part, -(relations.sums.matrix @ filled)[part.origin])
    return filled


def _demand(rows: _Rows, cell: Ints, relations: Relations, numbers: Floats) -> Demand:
    minimum = np.full(len(numbers), rows.minimum.max())
    minimum[cell] = 0.0
    np.maximum.at(minimum, cell, rows.minimum)
    floor = np.full(len(numbers), np.inf)
    floor[cell[rows.known]] = minimum[cell[rows.known]] if rows.units else -np.inf
    floor[cell[rows.earlier]] = minimum[cell[rows.earlier]] if rows.units else -np.inf
    floor[cell[rows.withheld | rows.atom]] = np.inf
    weight = np.full(len(numbers), np.inf)
    width = np.maximum(minimum if rows.units else np.abs(numbers), 1.0)
    width[cell] += rows.room  # a range as wide as this ends at least so far above the number
    weight[cell] = weights(numbers[cell], whole=rows.whole, height=relations.height_of[cell], kept=rows.kept)
    return Demand(
        width=width,
        floor=floor,
        weight=weight,
        whole=rows.units and bool((rows.value[rows.known] % 1 == 0).all()),
    )
