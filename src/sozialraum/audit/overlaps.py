"""Area systems that do not nest: what areas of one leave of an area of another, read off the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

Drawn = tuple[pl.DataFrame, NDArray[np.object_]]
"""Areas (``code``, ``valid_to``) and their polygons."""
Spot = tuple[str, str]
Overlap = tuple[Spot, tuple[Spot, ...], Spot | None]
"""An area, those of another system that lie inside, and a name for what is left of it; None where they fill it."""

WHOLLY = 0.999
"""So much of an area must lie inside to count as inside; borders of two sources differ by a little."""


def overlaps(frames: Mapping[str, Drawn], parents: Mapping[str, str]) -> tuple[Overlap, ...]:
    """Find areas that hold whole areas of a system that is neither above nor below their own.

    Args:
        frames: by area system its areas.
        parents: by area system its parent system.
    """
    pairs = [pair for pair in permutations(sorted(frames), 2) if not _related(*pair, parents)]
    return tuple(overlap for outer, inner in pairs for overlap in _inside(outer, inner, frames))


def _related(one: str, other: str, parents: Mapping[str, str]) -> bool:
    return other in _above(one, parents) or one in _above(other, parents)


def _above(system: str, parents: Mapping[str, str]) -> Iterator[str]:
    seen = set[str]()
    while system in parents and system not in seen:
        seen.add(system)
        system = parents[system]
        yield system


def _inside(outer: str, inner: str, frames: Mapping[str, Drawn]) -> Iterator[Overlap]:
    areas, shapes = _drawn(*frames[outer])
    parts, pieces = _drawn(*frames[inner])
    if not areas or not parts:
        return
    tree = shapely.STRtree(pieces)
    for area, shape in zip(areas, shapes, strict=True):
        near = tree.query(shape)
        held = shapely.area(shapely.intersection(pieces[near], shape)) >= WHOLLY * shapely.area(pieces[near])
        chosen = np.sort(near[held])
        if chosen.size:
            fills = shapely.area(pieces[chosen]).sum() >= WHOLLY * shapely.area(shape)
            rest = None if fills else (outer, f"{area} without the {inner} inside")
            yield (outer, area), tuple((inner, parts[place]) for place in chosen), rest


def _drawn(frame: pl.DataFrame, geometry: NDArray[np.object_]) -> tuple[list[str], NDArray[np.object_]]:
    """Return the areas of today that have a shape."""
    today = frame["valid_to"].is_null().to_numpy() & ~shapely.is_missing(geometry)
    return frame.filter(pl.Series(today))["code"].to_list(), geometry[today]
