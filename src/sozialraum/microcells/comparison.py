"""Cells, however they came about, held against what no cells of the same houses could cost less than."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from sozialraum.microcells.addresses import street_codes
from sozialraum.microcells.bounds import SAMPLE, against_bounds, nearest_bounds, whole
from sozialraum.microcells.bundling import Town
from sozialraum.microcells.checks import check_houses
from sozialraum.microcells.compiled import Ints, Shorts
from sozialraum.microcells.formation import Cells, Formation


def with_bounds(
    cells: Cells, houses: pl.DataFrame, options: Formation | None = None, *, areas: int = SAMPLE, name: str = "houses"
) -> Cells:
    """Return the cells with ``quality.bounds``.

    Compared are cells of houses that all have fewer households than the minimum: others can not be bundled better. The
    bounds hold for any bundling of the houses of these cells, so also where cells are continued.

    Args:
        cells: what was made of the houses.
        houses, options, name: as ``form_cells`` got them.
        areas: the linear bound is worked out in at most so many areas. It takes seconds for each, so 0 leaves it out.

    Raises:
        DeliveryError: with every fault of the table.
    """
    options = options or Formation()
    known = check_houses(houses, name).select("building", "households", "street", "attribute")
    bundled = _bundled(cells.members.join(known, on="building"), options.minimum)
    offsets, town, number = _as_arrays(bundled, options)
    found = against_bounds(offsets, town, number, options.rules, areas=areas, threads=options.threads)
    return replace(cells, quality=replace(cells.quality, bounds=found))


def paid_and_least(housed: pl.DataFrame, options: Formation) -> tuple[int, int]:
    """Return what cells cost and what no cells of the same houses could cost less than (see ``Quality``).

    Args:
        housed: ``building``, ``area``, ``cell`` (null without one), ``x``, ``y``, ``households``, ``street`` and
            ``attribute`` of houses.
        options: the minimum, and how many threads.
    """
    offsets, town, number = _as_arrays(_bundled(housed, options.minimum), options)
    least, paid = nearest_bounds(offsets, town, number, options.minimum, threads=options.threads)
    return int(whole(paid).sum()), int(whole(least).sum())


def _bundled(housed: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """Return houses that could be in other cells area by area, with the ``number`` of theirs, from 0 in each area."""
    light = housed.drop_nulls("cell").filter((pl.col("households") < minimum).all().over("cell"))
    number = (pl.col("cell").rank("dense").over("area") - 1).cast(pl.Int32)
    return light.with_columns(number=number).sort("area", "street", "building")


def _as_arrays(bundled: pl.DataFrame, options: Formation) -> tuple[Ints, Town, Shorts]:
    """Return where each area begins, the houses, and the cell of each, as the kernels take them."""
    sizes = bundled.group_by("area", maintain_order=True).len()["len"].to_numpy()
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    x, y, households, number = (bundled[column].to_numpy() for column in ("x", "y", "households", "number"))
    street = street_codes(bundled["street"])
    return offsets, Town(x, y, options.likeness_of(bundled), households, street, np.zeros_like(street)), number
