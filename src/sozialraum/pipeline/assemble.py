"""From deliveries to something that can answer questions: buildings, placed records, microcells, offers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import shapely

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.catalogue import Measure, MicrocellsDoc, Project
from sozialraum.counts import RESOLVED_SCHEMA, Supply, place, resolve
from sozialraum.errors import DeliveryError, Fault, InputError
from sozialraum.microcells import Cells, Formation, Maintained, first_release, maintain_cells
from sozialraum.periods import parse_period
from sozialraum.pipeline.continuity import WITHDRAW, Previous
from sozialraum.pipeline.deliveries import Delivered
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.pipeline.rests import cell_of_units, with_rests, withhold_thin
from sozialraum.sources import AREA_PREFIX, Records
from sozialraum.sources import Cells as CellsOfTable

MICROCELLS = "microcells"
GRID = 100.0
"""Microcells are shown as the grid square of this width (metres) that their centre lies in, never as hulls."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """Everything that questions can be asked of.

    Attributes:
        supplies: what each source can answer.
        buildings: building, x, y, and where cells are formed ``area:microcells``; None where none are delivered.
        maintained: the cells with the report on their quality and their history, None where the city forms none.
        previous: the release whose cells are continued, None where they are formed.
        offers: offers of help with their place and areas, None where none are delivered.
    """

    supplies: tuple[Supply, ...]
    buildings: pl.DataFrame | None
    maintained: Maintained | None
    previous: str | None
    offers: pl.DataFrame | None

    @property
    def microcells(self) -> Cells | None:
        """The cells, None where the city forms none."""
        return self.maintained.cells if self.maintained else None


def assemble(project: Project, delivered: Delivered, tell: Tell, previous: Previous | None = None) -> Assembled:
    """Put every record into its areas, and form microcells or continue those there are.

    Raises:
        DeliveryError: the houses can not be bundled into cells.
        InputError: the cells can not be continued.
    """
    buildings = _buildings(delivered)
    placed: dict[str, Records] = {}
    tell(Step("Finding the areas of records", 0, len(delivered.records)))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = threads.map(lambda records: place(records, delivered.systems, buildings), delivered.records.values())
        for source, records in zip(delivered.records, found, strict=True):
            placed[source] = records
            tell(Step("Finding the areas of records", len(placed), len(delivered.records)))
    made = None
    if project.city.microcells:
        tell(Step("Forming microcells"))
        made = _cells(project.city.microcells, placed[project.city.microcells.source], previous)
        tell(Step("Forming microcells", 1))
    answering: list[Records | CellsOfTable] = [*placed.values(), *delivered.cells.values()]
    supplies = [Supply.of(data, project.sources[data.source]) for data in answering]
    return Assembled(
        tuple(supplies),
        _with_cells(buildings, made.cells if made else None),
        made,
        previous.release if made and previous else None,
        _offers(project, placed),
    )


def _buildings(delivered: Delivered) -> pl.DataFrame | None:
    frames = [
        records.frame.select(pl.col("building").cast(pl.String), "x", "y")
        for records in delivered.records.values()
        if records.universe == "buildings" and {"building", "x", "y"} <= set(records.frame.columns)
    ]
    return pl.concat(frames).unique("building", maintain_order=True) if frames else None


def _cells(document: MicrocellsDoc, houses: Records, previous: Previous | None) -> Maintained:
    """Form cells, or continue those of the last release.

    Raises:
        DeliveryError: the houses can not be bundled into cells.
        InputError: the cells can not be continued; says what stands against it in ``city.toml``.
    """
    area = pl.col(f"{AREA_PREFIX}{document.within}").cast(pl.String)
    wanted = ["building", "x", "y", "households", "street", "house_number", "line"]
    columns = [name for name in wanted if name in houses.frame.columns]
    frame = houses.frame.with_columns(pl.col("building").cast(pl.String), area=area).select(*columns, "area")
    options = Formation(minimum=document.minimum, mode=document.mode)
    known = frame.drop_nulls("area")
    if previous is None:
        return first_release(known, options, name=houses.source)
    try:
        return maintain_cells(previous.history, known, options, name=houses.source)
    except DeliveryError:
        raise
    except InputError as error:
        raise InputError(_of_city(fault, previous.release) for fault in error.faults) from error


def _of_city(fault: Fault, release: str) -> Fault:
    """Say where in the project the reason is that cells can not be continued, and what to do."""
    key = f"microcells.{fault.column or 'source'}"
    meant = f"If the change is meant, {WITHDRAW.format(release=release)}, and those before it that have cells."
    what = f"the cells of release {release} can not be continued: {fault.what}"
    return replace(fault, file="city.toml", column=key, what=what, advice=f"Take it back. {meant}")


def _with_cells(buildings: pl.DataFrame | None, cells: Cells | None) -> pl.DataFrame | None:
    if buildings is None or cells is None:
        return buildings
    members = cells.members.select("building", pl.col("cell").alias(f"{AREA_PREFIX}{MICROCELLS}"))
    return buildings.join(members, on="building", how="left")


def microcell_system(cells: Cells, within: str) -> AreaSystem:
    """Return the cells as one more area system, the finest; each is a grid square, not a hull around its houses."""
    frame = cells.cells.select(
        pl.col("cell").alias("code"),
        pl.col("cell").alias("name"),
        pl.col("area").alias("parent"),
        valid_from=pl.lit(None, pl.String),
        valid_to=pl.lit(None, pl.String),
    ).select(*AREA_SCHEMA)
    west = np.floor(cells.cells["x"].to_numpy() / GRID) * GRID
    south = np.floor(cells.cells["y"].to_numpy() / GRID) * GRID
    squares = shapely.box(west, south, west + GRID, south + GRID)
    return AreaSystem(MICROCELLS, {"de": "Mikrozellen", "en": "Microcells"}, within, frame, squares, level=9)


def count_microcells(project: Project, assembled: Assembled, questions: Sequence[Measure]) -> pl.DataFrame:
    """Count what is asked of microcells, in the latest period of each register.

    Returns:
        A frame like that of :class:`sozialraum.counts.Resolution`, with the rest of each area as one more cell; empty
        where the city forms no cells.
    """
    made, document = assembled.maintained, project.city.microcells
    if made is None or document is None or not questions:
        return pl.DataFrame(schema=RESOLVED_SCHEMA)
    system = with_rests(microcell_system(made.cells, document.within))
    systems = AreaSystems({MICROCELLS: replace(system, parent=None, level=0)})
    asked = {question.universe.partition(".")[0] for question in questions}
    supplies, found = [], set[str]()
    for supply in assembled.supplies:
        if not isinstance(supply.data, Records) or supply.data.universe not in asked:
            continue
        if "building" not in supply.data.frame.columns:
            continue
        units = latest_units(supply.data.frame)
        cells = cell_of_units(units, made.cells, document.within).alias(f"{AREA_PREFIX}{MICROCELLS}")
        bare = units.select(~pl.selectors.starts_with(AREA_PREFIX)).with_columns(cells)
        placed = place(replace(supply.data, frame=bare, notes=()), systems)
        supplies.append(Supply.of(placed, project.sources[supply.source]))
        found |= set(cells.unique().drop_nulls())
    frame = withhold_thin(resolve(questions, supplies, systems, project.catalogue.codes).frame, made, found)
    return frame.with_columns(policy=pl.col("policy") + f"+{MICROCELLS}")


def latest_units(units: pl.DataFrame) -> pl.DataFrame:
    """Return the units of the latest period; none where there are no periods."""
    periods = units["period"].unique().drop_nulls().cast(pl.String)
    latest = max(periods, key=parse_period, default=None)
    return units.filter(pl.col("period").cast(pl.String) == pl.lit(latest, pl.String))


def _offers(project: Project, placed: dict[str, Records]) -> pl.DataFrame | None:
    frames = [
        records.frame.select(
            pl.lit(source).alias("source"),
            pl.col("period").cast(pl.String),
            pl.col("^offer_type$").cast(pl.String),
            *records.attributes,
            pl.col("^(x|y)$"),
            pl.col(f"^{AREA_PREFIX}.*$").cast(pl.String),
        )
        for source, records in placed.items()
        if project.sources[source].kind == "offers"
    ]
    return pl.concat(frames, how="diagonal") if frames else None
