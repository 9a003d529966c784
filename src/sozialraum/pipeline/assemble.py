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
from sozialraum.microcells import Cells, Formation, form_cells
from sozialraum.periods import parse_period
from sozialraum.pipeline.deliveries import Delivered
from sozialraum.pipeline.progress import Step, Tell
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
        microcells: the cells with the report on their quality, None where the city forms none.
        offers: offers of help with their place and areas, None where none are delivered.
    """

    supplies: tuple[Supply, ...]
    buildings: pl.DataFrame | None
    microcells: Cells | None
    offers: pl.DataFrame | None


def assemble(project: Project, delivered: Delivered, tell: Tell) -> Assembled:
    """Put every record into its areas and form microcells.

    Raises:
        DeliveryError: the houses can not be bundled into cells.
    """
    buildings = _buildings(delivered)
    placed: dict[str, Records] = {}
    tell(Step("Finding the areas of records", 0, len(delivered.records)))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = threads.map(lambda records: place(records, delivered.systems, buildings), delivered.records.values())
        for source, records in zip(delivered.records, found, strict=True):
            placed[source] = records
            tell(Step("Finding the areas of records", len(placed), len(delivered.records)))
    cells = None
    if project.city.microcells:
        tell(Step("Forming microcells"))
        cells = _form(project.city.microcells, placed[project.city.microcells.source])
        tell(Step("Forming microcells", 1))
    answering: list[Records | CellsOfTable] = [*placed.values(), *delivered.cells.values()]
    supplies = [Supply.of(data, project.sources[data.source]) for data in answering]
    return Assembled(tuple(supplies), _with_cells(buildings, cells), cells, _offers(project, placed))


def _buildings(delivered: Delivered) -> pl.DataFrame | None:
    frames = [
        records.frame.select(pl.col("building").cast(pl.String), "x", "y")
        for records in delivered.records.values()
        if records.universe == "buildings" and {"building", "x", "y"} <= set(records.frame.columns)
    ]
    return pl.concat(frames).unique("building", maintain_order=True) if frames else None


def _form(document: MicrocellsDoc, houses: Records) -> Cells:
    area = pl.col(f"{AREA_PREFIX}{document.within}").cast(pl.String)
    wanted = ["building", "x", "y", "households", "street", "house_number", "line"]
    known = [name for name in wanted if name in houses.frame.columns]
    frame = houses.frame.with_columns(pl.col("building").cast(pl.String), area=area).select(*known, "area")
    options = Formation(minimum=document.minimum, mode=document.mode)
    return form_cells(frame.drop_nulls("area"), options, name=houses.source)


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


def count_microcells(
    project: Project, delivered: Delivered, assembled: Assembled, questions: Sequence[Measure]
) -> pl.DataFrame:
    """Count what is asked of microcells, in the latest period of each register.

    Returns:
        A frame like that of :class:`sozialraum.counts.Resolution`; empty where the city forms no cells.
    """
    if assembled.microcells is None or project.city.microcells is None or not questions:
        return pl.DataFrame(schema=RESOLVED_SCHEMA)
    system = replace(microcell_system(assembled.microcells, project.city.microcells.within), parent=None, level=0)
    systems = AreaSystems({MICROCELLS: system})
    supplies = []
    for records in delivered.records.values():
        if "building" not in records.frame.columns:
            continue
        latest = records.frame.filter(pl.col("period") == pl.lit(_latest(records.frame["period"]), pl.String))
        bare = latest.select(~pl.selectors.starts_with(AREA_PREFIX))
        placed = place(replace(records, frame=bare, notes=()), systems, assembled.buildings)
        supplies.append(Supply.of(placed, project.sources[records.source]))
    frame = resolve(questions, supplies, systems, project.catalogue.codes).frame
    return frame.with_columns(policy=pl.col("policy") + f"+{MICROCELLS}")


def _latest(periods: pl.Series) -> str | None:
    return max(periods.unique().drop_nulls().cast(pl.String), key=parse_period, default=None)


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
