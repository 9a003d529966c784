"""From a table of houses to microcells: the face of this room."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import polars as pl

from sozialraum.errors import DoorError, Fault, Faults, InputError
from sozialraum.microcells.addresses import places, street_codes
from sozialraum.microcells.bounds import nearest_bounds, whole
from sozialraum.microcells.bundling import NO_CELL, Rules, Town, bundle
from sozialraum.microcells.checks import check_houses
from sozialraum.microcells.compiled import Floats, Ints
from sozialraum.microcells.measures import measure
from sozialraum.microcells.quality import AreaWithoutCells, Quality, Spread, cost_a_household
from sozialraum.microcells.search import Effort

Mode = Literal["street", "geometry", "quality"]

EFFORTS: Mapping[Mode, Effort] = MappingProxyType(
    {
        "street": Effort(rounds=5, exchanging=True, kicks=1),
        "geometry": Effort(rounds=4, exchanging=True, kicks=7),
        "quality": Effort(rounds=16, exchanging=True, kicks=40),
    }
)
"""How long each mode searches."""


@dataclass(frozen=True, slots=True)
class Formation:
    """How cells are formed.

    Attributes:
        minimum: the fewest households of a cell, at least 1.
        mode: "street" follows addresses, "geometry" looks at places alone, "quality" likewise and much longer.
        rho: in mode "street", how many metres apart two streets count in addition to their distance.
        likeness: how many metres apart two houses count whose ``attribute`` differs by one, in addition to their
            distance; 0 leaves attributes alone.
        seed: another seed gives other cells, about as good.
        cap: cells wider than this many metres are flagged.
        threads: how many areas are worked on at a time; all processors by default. The cells do not depend on it.

    Raises:
        InputError: with every option that is out of range.
    """

    minimum: int = 4
    mode: Mode = "street"
    rho: float = 30.0
    likeness: float = 0.0
    seed: int = 0
    cap: float = 250.0
    threads: int | None = None

    def __post_init__(self) -> None:
        faults = Faults(list(self._faults()))
        faults.throw(InputError)

    @property
    def rules(self) -> Rules:
        """What holds for every cell, and what mixed streets cost."""
        return Rules(self.minimum, self.rho**2 / 2 if self.mode == "street" else 0.0)

    def likeness_of(self, houses: pl.DataFrame) -> Floats:
        """Return what makes houses alike beside their place, in metres; empty where nothing does."""
        return houses["attribute"].to_numpy() * self.likeness if self.likeness > 0 else np.empty(0)

    def _faults(self) -> list[Fault]:
        checks = (
            ("minimum", self.minimum >= 1, "must be at least 1", "the default is 4"),
            ("mode", self.mode in EFFORTS, "is not offered", "use street, geometry or quality"),
            ("rho", 0 <= self.rho < np.inf, "must be 0 or more metres", "the default is 30"),
            ("likeness", 0 <= self.likeness < np.inf, "must be 0 or more metres", "the default is 0"),
            ("cap", self.cap > 0, "must be more than 0 metres", "the default is 250"),
            ("threads", self.threads is None or self.threads >= 1, "must be at least 1", "leave it out for all"),
        )
        return [
            Fault("options", column=name, what=f"{name} {what}", value=str(getattr(self, name)), advice=advice)
            for name, right, what, advice in checks
            if not right
        ]


@dataclass(frozen=True, slots=True)
class Cells:
    """The microcells of a table of houses.

    Attributes:
        members: one row per building with households: ``building``, ``cell`` (null where its area has no cell),
            ``area``, ``x``, ``y`` (metres), sorted by area and building.
        cells: one row per cell: ``cell`` (the area's code, a hyphen and a number of at least six digits), ``area``,
            ``households``, ``buildings``, ``x``, ``y`` (household-weighted centre, confidential), ``cost`` (square
            metres times households, places alone), ``diameter`` (metres), ``streets`` (how many; houses without a
            street count as one), ``flagged`` (wider than the cap).
        quality: the report.
    """

    members: pl.DataFrame
    cells: pl.DataFrame
    quality: Quality


def form_cells(
    houses: pl.DataFrame, options: Formation | None = None, *, name: str = "houses", effort: Effort | None = None
) -> Cells:
    """Bundle houses into microcells of at least ``options.minimum`` households.

    A house with enough households is a cell of its own; the others are joined with houses near by, along their street
    where it is known. No house is split and no cell reaches over an area's border. The order of the rows does not
    matter.

    Args:
        houses: ``building`` (text, unique), ``x`` and ``y`` (metres), ``households`` (whole numbers), ``area`` (text),
            and where known ``street`` and ``house_number`` (text) and ``attribute`` (a number, see
            ``Formation.likeness``). Houses without households belong to no cell.
            ``line`` says where a fault is in the delivered file; without it the row counts.
        options: how to form them.
        name: what the user knows the table as, for faults.
        effort: how long to search, if not as long as the mode does.

    Raises:
        DeliveryError: with every fault of the table.
    """
    options = options or Formation()
    checked = check_houses(houses, name)
    areas = _areas(checked)
    inhabited = _in_order(checked.filter(pl.col("households") > 0))
    cell, areas = _bundle(inhabited, areas, options, effort or EFFORTS[options.mode])
    cells = _measured(cell, areas, inhabited).with_columns(flagged=pl.col("diameter") > options.cap)
    _refuse_small_cells(cells, options.minimum)
    row = pl.Series("row", cell).to_frame().select(pl.when(pl.col("row") != NO_CELL).then("row")).to_series()
    members = inhabited.select("building", cells["cell"].gather(row), "area", "x", "y").sort("area", "building")
    outside = int(areas.filter(pl.col("cells") == 0)["households"].sum())
    paid, least = int(areas["paid"].sum()), int(areas["least"].sum())
    return Cells(members, cells, quality_of(cells, checked, options, outside=outside, paid=paid, least=least))


def _in_order(inhabited: pl.DataFrame) -> pl.DataFrame:
    """Return the houses area by area, street by street and along each street, with ``street_code`` and ``place``."""
    coded = inhabited.with_columns(
        street_code=pl.Series(street_codes(inhabited["street"])), place=pl.Series(places(inhabited["house_number"]))
    )
    return coded.sort("area", "street_code", "place", "building")


def _areas(checked: pl.DataFrame) -> pl.DataFrame:
    """Return every area in the order of its code, with its houses that have households."""
    inhabited = pl.col("households") > 0
    counted = checked.group_by("area").agg(
        buildings=inhabited.sum().cast(pl.Int64), households=pl.col("households").sum()
    )
    return counted.sort("area")


def _bundle(
    inhabited: pl.DataFrame, areas: pl.DataFrame, options: Formation, effort: Effort
) -> tuple[Ints, pl.DataFrame]:
    """Return each house's cell, numbered over all areas (NO_CELL where it has none), and the areas with what was made.

    They get the columns ``cells``, ``paid`` and ``least`` (see ``Quality``).
    """
    offsets = np.concatenate([[0], areas["buildings"].cum_sum().to_numpy()]).astype(np.int64)
    town = Town(
        x=inhabited["x"].to_numpy(),
        y=inhabited["y"].to_numpy(),
        z=options.likeness_of(inhabited),
        households=inhabited["households"].to_numpy(),
        street=inhabited["street_code"].to_numpy() if options.mode == "street" else np.empty(0, np.int64),
        place=inhabited["place"].to_numpy(),
    )
    seeds = np.array([seed_of(area, options.seed) for area in areas["area"]], dtype=np.int64)
    cell, counts = bundle(offsets, seeds, town, options.rules, effort, threads=options.threads)
    least, paid = nearest_bounds(offsets, town, cell, options.minimum, threads=options.threads)
    before = np.repeat(np.cumsum(counts) - counts, np.diff(offsets))
    made = {"cells": counts, "paid": whole(paid), "least": whole(least)}
    return np.where(cell == NO_CELL, NO_CELL, cell + before), areas.with_columns(**made)


def seed_of(area: str, seed: int) -> int:
    """Return an area's own seed, which does not depend on the other areas: they may be worked on elsewhere."""
    return zlib.crc32(f"{seed} {area}".encode())


def _measured(cell: Ints, areas: pl.DataFrame, inhabited: pl.DataFrame) -> pl.DataFrame:
    """Return one row per cell with its id and measures."""
    ids = areas.select("area", number=pl.int_ranges(1, pl.col("cells") + 1)).explode("number", empty_as_null=False)
    x, y, households, street = (inhabited[name].to_numpy() for name in ("x", "y", "households", "street_code"))
    measures = measure(cell, ids.height, x, y, households, street)
    named = ids.select(pl.format("{}-{}", "area", pl.col("number").cast(pl.String).str.zfill(6)).alias("cell"), "area")
    return named.with_columns(**{name: pl.Series(column) for name, column in measures._asdict().items()})


def _refuse_small_cells(cells: pl.DataFrame, minimum: int) -> None:
    """Let no cell leave that is below the minimum, whatever went wrong before.

    Raises:
        DoorError: there is one.
    """
    small = cells.filter(pl.col("households") < minimum)
    if small.height:
        raise DoorError(f"{small.height} microcells have fewer than {minimum} households, first {small['cell'][0]}")


def quality_of(
    cells: pl.DataFrame, checked: pl.DataFrame, options: Formation, *, outside: int, paid: int, least: int
) -> Quality:
    """Report on cells, just formed or continued.

    Args:
        cells: the cells with their measures.
        checked: every house that was given.
        options: the options they were made with.
        outside: households that are in no cell.
        paid: what the cells cost, see ``Quality``.
        least: what they could not cost less than.
    """
    areas = _areas(checked)
    empty = areas.join(cells, on="area", how="anti", maintain_order="left")
    several = cells.filter(pl.col("buildings") > 1)
    households, buildings = int(areas["households"].sum()), int(areas["buildings"].sum())
    known = checked["street"].null_count() < checked.height and several.height > 0
    return Quality(
        mode=options.mode,
        minimum=options.minimum,
        cap=options.cap,
        areas=areas.height,
        buildings=buildings,
        households=households,
        buildings_without_households=checked.height - buildings,
        areas_without_cells=tuple(AreaWithoutCells(*row) for row in empty.iter_rows()),
        cells=cells.height,
        multi_house_cells=several.height,
        households_per_cell=Spread.of(cells["households"]),
        diameter=Spread.of(several["diameter"]),
        cost=cost_a_household(cells),
        paid=paid,
        least=least,
        flagged=int(cells["flagged"].sum()),
        one_street_share=int((several["streets"] == 1).sum()) / several.height if known else None,
        households_lost=households - int(cells["households"].sum()) - outside,
    )
