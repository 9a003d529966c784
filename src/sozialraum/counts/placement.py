"""Where a unit lives: every record gets its area in every area system.

A delivered code counts first and gives all coarser areas through the hierarchy; a building or coordinates give the
rest. Coordinates lead into today's areas, so that a ten-year series stands on one territorial status. A delivered code
whose area is gone (or was redrawn) since the record's period is replaced through coordinates where there are some.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.areas.locate import locate
from sozialraum.counts.territory import Axis, Territory
from sozialraum.errors import Fault
from sozialraum.periods import parse_period
from sozialraum.sources.records import AREA_PREFIX, Records

Index = NDArray[np.int64]
"""Places on an axis, one per row; -1 where there is none."""


def place(records: Records, systems: AreaSystems, buildings: pl.DataFrame | None = None) -> Records:
    """Give every record its area in every area system.

    Args:
        records: single units; ``area:SYSTEM`` holds delivered codes, ``building`` or ``x`` and ``y`` tell the place.
        systems: the area systems, with geometry where units are to be found by coordinates.
        buildings: ``building``, ``x``, ``y`` (metres, internal CRS) and perhaps ``area:SYSTEM`` for systems that are
            known by building (microcells).

    Returns:
        The records with a column ``area:SYSTEM`` (``pl.Enum`` of the system's codes, null where the unit lies in no
        area) for every system and ``period`` as ``pl.Enum``; notes say how many units fall nowhere and which codes
        are unknown.
    """
    territory = Territory.of(systems)
    points = _points(records.frame, buildings)
    notes = list(records.notes)
    if any(f"{AREA_PREFIX}{id}" in records.frame.columns for id in territory.axes):
        placed = _place(records, territory, points, notes)
    else:  # all follows from the point: a building is placed once, however many live in it
        units = replace(records, frame=points.frame.select(point=pl.int_range(pl.len())))
        alone = _place(units, territory, points.each(), notes)
        placed = {id: np.append(found, -1)[points.of_row] for id, found in alone.items()}
    columns = [_column(id, territory.axes[id], placed[id]) for id in territory.axes]
    frame = records.frame.with_columns(*columns, _periods(records.frame["period"]))
    notes += [note for id in territory.axes if (note := _nowhere(systems[id], records, placed[id]))]
    return replace(records, frame=frame, notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class _Points:
    """Places that rows refer to.

    Attributes:
        of_row: for each row the number of its point, -1 where it has none.
        frame: one row per point: ``x``, ``y`` (null where not known) and perhaps ``area:SYSTEM``.
    """

    of_row: Index
    frame: pl.DataFrame

    def each(self) -> _Points:
        """Return the points themselves as rows; those that no row refers to are nowhere."""
        of_row = np.full(self.frame.height, -1, dtype=np.int64)
        referred = self.of_row[self.of_row >= 0]
        of_row[referred] = referred
        return _Points(of_row, self.frame)

    def spread(self, rows: NDArray[np.bool_], answer: Callable[[pl.DataFrame], Index]) -> Index:
        """Ask something of every point that one of the rows refers to, once, and return the answer for each row."""
        found = np.full(len(rows), -1, dtype=np.int64)
        asked = np.flatnonzero(rows & (self.of_row >= 0))
        wanted = np.zeros(self.frame.height, dtype=bool)
        wanted[self.of_row[asked]] = True
        if wanted.any():
            answers = np.full(self.frame.height, -1, dtype=np.int64)
            answers[wanted] = answer(self.frame.filter(wanted))
            found[asked] = answers[self.of_row[asked]]
        return found


def _points(frame: pl.DataFrame, buildings: pl.DataFrame | None) -> _Points:
    of_row = np.full(frame.height, -1, dtype=np.int64)
    known = pl.DataFrame(schema={"x": pl.Float64, "y": pl.Float64})
    if buildings is not None and "building" in frame.columns:
        known = buildings.unique("building", keep="first", maintain_order=True)
        key = pl.col("building").cast(pl.Categorical)
        numbered = known.select(key).with_row_index("point")
        of_row = _numbers(frame.select(key).join(numbered, on="building", how="left", maintain_order="left"))
    if "x" in frame.columns and "y" in frame.columns:
        own = frame.select(pl.col("x", "y").cast(pl.Float64))
        lonely = (of_row < 0) & own.select(pl.all_horizontal(pl.all().is_not_null())).to_series().to_numpy()
        distinct = own.filter(lonely).unique(maintain_order=True)
        numbered = distinct.with_row_index("point", offset=known.height)
        of_row[lonely] = _numbers(own.filter(lonely).join(numbered, on=["x", "y"], how="left", maintain_order="left"))
        known = pl.concat([known, distinct], how="diagonal_relaxed")
    return _Points(of_row, known)


def _numbers(joined: pl.DataFrame) -> Index:
    return joined["point"].cast(pl.Int64).fill_null(-1).to_numpy(writable=True)


def _place(records: Records, territory: Territory, points: _Points, notes: list[Fault]) -> dict[str, Index]:
    placed: dict[str, Index] = {}
    for id in reversed(territory.axes):
        placed[id] = _place_in(id, records, territory, points=points, placed=placed, notes=notes)
    return placed


def _place_in(
    id: str, records: Records, territory: Territory, *, points: _Points, placed: dict[str, Index], notes: list[Fault]
) -> Index:
    axis = territory.axes[id]
    found, doubtful = _delivered(id, axis, records, notes)
    for child in territory.children[id]:
        above = territory.parents(child, id, territory.axes[child].today)
        found = _first(found, np.where(placed[child] >= 0, above[placed[child]], -1))
    column = f"{AREA_PREFIX}{id}"
    if column in points.frame.columns:
        found = _first(found, points.spread(found < 0, lambda frame: axis.index(frame[column])))
    if axis.system.geometry is not None:
        found = _first(found, points.spread(found < 0, lambda frame: _located(frame, axis)))
    return _last_resort(id, found, doubtful, records=records, axis=axis, notes=notes)


def _delivered(id: str, axis: Axis, records: Records, notes: list[Fault]) -> tuple[Index, Index]:
    """Return the delivered areas that are still what they were, and those that are not."""
    column = f"{AREA_PREFIX}{id}"
    nothing = np.full(records.frame.height, -1, dtype=np.int64)
    if column not in records.frame.columns:
        return nothing, nothing
    codes = records.frame[column]
    found = axis.index(codes)
    unknown = codes.filter(pl.Series(found < 0) & codes.is_not_null())
    if len(unknown):
        what = f"{len(unknown)} rows name an area that {id} does not have"
        advice = "Correct the code, or translate it in the source's TOML (codes = ...)."
        notes.append(Fault(records.source, 0, column, what, _some(unknown), advice))
    if axis.timeless:
        return found, nothing
    changed = _changed(axis, records.frame["period"], found)
    return np.where(changed, -1, found), np.where(changed, found, -1)


def _changed(axis: Axis, periods: pl.Series, found: Index) -> NDArray[np.bool_]:
    changed = np.zeros(len(found), dtype=bool)
    texts = periods.cast(pl.String)
    for period in texts.unique().drop_nulls():
        here = (texts == period).to_numpy() & (found >= 0)
        changed[here] = (axis.redrawn(period) | ~axis.current)[found[here]]
    return changed


def _located(points: pl.DataFrame, axis: Axis) -> Index:
    rows = locate(points["x"].to_numpy(), points["y"].to_numpy(), axis.today)
    places = axis.index(axis.today.frame["code"])
    return np.where(rows >= 0, places[rows], -1)


def _last_resort(id: str, found: Index, doubtful: Index, *, records: Records, axis: Axis, notes: list[Fault]) -> Index:
    """Keep a code with new borders where nothing better is known; a code that is gone is unknown. Both are told."""
    open_ = (found < 0) & (doubtful >= 0)
    gone = open_ & ~axis.current[doubtful]
    kept = open_ & ~gone
    column = f"{AREA_PREFIX}{id}"
    codes = pl.Series(axis.codes)
    if gone.any():
        what = f"{gone.sum()} rows name an area that no longer exists and have no coordinates: their area is unknown"
        notes.append(Fault(records.source, 0, column, what, _some(codes[doubtful[gone]]), "Deliver coordinates."))
    if kept.any():
        what = f"{kept.sum()} rows name an area that was redrawn since and have no coordinates: the code is kept"
        notes.append(Fault(records.source, 0, column, what, _some(codes[doubtful[kept]]), "Deliver coordinates."))
    return np.where(kept, doubtful, found)


def _first(found: Index, other: Index) -> Index:
    return np.where(found >= 0, found, other)


def _column(id: str, axis: Axis, found: Index) -> pl.Series:
    places = pl.Series(np.where(found >= 0, found, 0), dtype=pl.UInt32).set(pl.Series(found < 0), None)
    return pl.Series(axis.codes, dtype=axis.kind).gather(places).alias(f"{AREA_PREFIX}{id}")


def _periods(periods: pl.Series) -> pl.Series:
    texts = periods.unique().drop_nulls().cast(pl.String)
    return periods.cast(pl.Enum(sorted(texts, key=parse_period)))


def _nowhere(system: AreaSystem, records: Records, found: Index) -> Fault | None:
    """Note who lies in no area; of areas that do not fill the territory only where that is everybody."""
    id, lost = system.id, found < 0
    if not lost.any() or not (system.complete or lost.all()):
        return None
    first = records.frame.row(int(np.argmax(lost)), named=True)
    what = f"{lost.sum()} of {len(lost)} {records.universe} lie in no area of {id}: they are not counted there"
    advice = "Look at the first of them: does it have an area code, a building or coordinates?"
    return Fault(
        str(first.get("file") or records.source), int(first.get("line") or 0), f"{AREA_PREFIX}{id}", what, "", advice
    )


def _some(codes: pl.Series) -> str:
    found = codes.unique().sort().to_list()
    return ", ".join(map(str, found[:5])) + (", ..." if len(found) > 5 else "")
