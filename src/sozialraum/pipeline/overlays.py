"""Atoms of overlapping area systems: counted like any area, for the door alone.

Where quarters and school districts overlap, the difference of two published areas is a smaller area that nobody
publishes. Each combination of a quarter and a school district that a unit lies in is an *atom*; every area is the sum
of its atoms. With the atoms' counts the door sees what the two systems tell about each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.catalogue import Measure, Project
from sozialraum.counts import RESOLVED_SCHEMA, Supply, place, resolve
from sozialraum.disclosure import NESTING_SCHEMA
from sozialraum.sources import AREA_PREFIX, Records
from sozialraum.tables import Status

ATOMS = "atoms of the overlay"
"""Ids of area systems are plain words, so that none has this one."""

BETWEEN = " & "


@dataclass(frozen=True, slots=True)
class Overlay:
    """The atoms of a package.

    Attributes:
        counts: their counts, a frame like that of :class:`sozialraum.counts.Resolution`; confidential.
        nesting: which areas each atom lies in.
    """

    counts: pl.DataFrame
    nesting: pl.DataFrame

    @property
    def systems(self) -> frozenset[str]:
        """The area system of the atoms, if there are any."""
        return frozenset([ATOMS] if self.counts.height else [])


def overlapping(systems: Mapping[str, AreaSystem]) -> tuple[str, ...]:
    """Return the finest systems of a package where there are several: those that no other one lies in."""
    parents = {system.parent for system in systems.values()}
    finest = sorted(id for id in systems if id not in parents)
    return tuple(finest) if len(finest) > 1 else ()


def overlay(
    project: Project, supplies: Sequence[Supply], systems: Mapping[str, AreaSystem], questions: Sequence[Measure]
) -> Overlay:
    """Count the atoms of the finest area systems of a package, as far as single units are placed in each.

    Args:
        project: the city's documents.
        supplies: what answers questions; tables that somebody has already counted know no atoms.
        systems: the area systems of the package, without microcells.
        questions: the measures that the package tells.
    """
    finest = overlapping(systems)
    placed = [(supply, _atoms(supply.data, finest)) for supply in supplies if isinstance(supply.data, Records)]
    codes = sorted({code for _, atoms in placed for code in atoms.unique().drop_nulls()})
    if not codes:
        return Overlay(pl.DataFrame(schema=RESOLVED_SCHEMA), pl.DataFrame(schema=NESTING_SCHEMA))
    territory = AreaSystems({ATOMS: _system(codes)})
    again = [
        Supply.of(_placed_again(supply.data, atoms, territory), project.sources[supply.source])
        for supply, atoms in placed
        if isinstance(supply.data, Records) and atoms.count()
    ]
    counts = resolve(questions, again, territory, project.catalogue.codes).frame
    return Overlay(counts.filter(pl.col("status") != Status.MISSING.value), _nesting(codes, finest))


def _atoms(records: Records, finest: Sequence[str]) -> pl.Series:
    """Return the atom of each unit; null where it is placed in none of the systems, or they are not all known."""
    columns = [f"{AREA_PREFIX}{id}" for id in finest]
    if not finest or not set(columns) <= set(records.frame.columns):
        return pl.Series([None] * records.frame.height, dtype=pl.String)
    names = [pl.col(column).cast(pl.String) for column in columns]
    together = pl.concat_str(*(name.fill_null("") for name in names), separator=BETWEEN)
    somewhere = pl.any_horizontal(*(name.is_not_null() for name in names))
    return records.frame.select(pl.when(somewhere).then(together)).to_series()


def _system(codes: Sequence[str]) -> AreaSystem:
    frame = pl.DataFrame(
        {"code": codes, "name": codes, "parent": None, "valid_from": None, "valid_to": None},
        schema=dict.fromkeys(("code", "name", "parent", "valid_from", "valid_to"), pl.String),
    )
    return AreaSystem(ATOMS, {"de": "Atome", "en": "Atoms"}, None, frame)


def _placed_again(records: Records, atoms: pl.Series, territory: AreaSystems) -> Records:
    bare = records.frame.select(~pl.selectors.starts_with(AREA_PREFIX))
    return place(replace(records, frame=bare.with_columns(atoms.alias(f"{AREA_PREFIX}{ATOMS}")), notes=()), territory)


def _nesting(codes: Sequence[str], finest: Sequence[str]) -> pl.DataFrame:
    rows = [
        (ATOMS, code, system, area)
        for code in codes
        for system, area in zip(finest, code.split(BETWEEN), strict=True)
        if area
    ]
    return pl.DataFrame(rows, schema=NESTING_SCHEMA, orient="row")
