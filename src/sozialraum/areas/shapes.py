"""Polygons as they come: broken ones repaired and reported, overlaps found, parents derived by location."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sozialraum.areas.systems import AreaSystem
from sozialraum.errors import Faults

OVERLAP = 0.001
"""Areas of one system that share more than this part of the smaller one are reported."""

NESTED = 0.9
"""A derived parent that holds less than this part of its child is reported."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def polygons(geometry: NDArray[np.object_], codes: Sequence[str], name: str, faults: Faults) -> NDArray[np.object_]:
    """Return valid polygons; repairs become notes, missing or non-areal shapes become faults.

    Args:
        geometry: one shape per area.
        codes: the areas' codes, for the report.
        name: the file as faults call it.
        faults: where repairs and faults are recorded.
    """
    sound = shapely.is_valid(geometry) & np.isin(shapely.get_type_id(geometry), (3, 6)) & ~shapely.is_empty(geometry)
    result = geometry.copy()
    for row in np.flatnonzero(~sound).tolist():
        result[row] = _repaired(geometry[row], codes[row], name, faults)
    return result


def note_overlaps(system: AreaSystem, name: str, faults: Faults) -> None:
    """Note pairs of areas of one system that are valid at the same time and overlap noticeably."""
    geometry = system.geometry
    if geometry is None or bool(shapely.coverage_is_valid(geometry)):
        return
    left, right = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    keep = (left < right) & _same_time(system.frame, left, system.frame, right)
    left, right = left[keep], right[keep]
    shared = shapely.area(shapely.intersection(geometry[left], geometry[right]))
    smaller = np.minimum(shapely.area(geometry[left]), shapely.area(geometry[right]))
    codes = system.frame["code"].to_list()
    for pair in np.flatnonzero(shared > OVERLAP * smaller):
        what = f"two areas overlap by {shared[pair] / 10_000:,.2f} ha; points in both count for the first"
        advice = "Ask the provider for borders that fit."
        faults.note(name, what, value=f"{codes[left[pair]]} {codes[right[pair]]}", advice=advice)


def parents_by_location(child: AreaSystem, parent: AreaSystem) -> tuple[list[str | None], NDArray[np.float64]]:
    """Find for each area the area of a coarser system that holds its representative point.

    Both systems need geometry.

    Returns:
        The parent's code for each row (``None`` where it lies in none), and the part of the child's surface that lies
        inside the parent (0 to 1).
    """
    inner, outer = _geometry(child), _geometry(parent)
    anchors = shapely.point_on_surface(inner)
    rows, candidates = shapely.STRtree(outer).query(anchors, predicate="intersects")
    together = _same_time(child.frame, rows, parent.frame, candidates)
    chosen = np.full(len(inner), len(outer), dtype=np.int64)
    np.minimum.at(chosen, rows[together], candidates[together])
    found = chosen < len(outer)
    share = np.zeros(len(inner))
    overlap = shapely.intersection(inner[found], outer[chosen[found]])
    share[found] = shapely.area(overlap) / shapely.area(inner[found])
    codes = [*parent.frame["code"].to_list(), None]
    return [codes[row] for row in chosen], share


def _geometry(system: AreaSystem) -> NDArray[np.object_]:
    if system.geometry is None:
        raise ValueError(f"{system.id} has no geometry")
    return system.geometry


def _repaired(shape: shapely.Geometry | None, code: str, name: str, faults: Faults) -> shapely.Geometry | None:
    if shape is None or shape.is_empty:
        faults.add(name, "an area has no geometry", value=code, advice="Have its polygon delivered.")
        return None
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    areal = [part for part in shapely.get_parts(mended) if part.geom_type in ("Polygon", "MultiPolygon")]
    if not areal:
        faults.add(name, f"an area is a {shape.geom_type}, not a polygon", value=code, advice="Deliver polygons.")
        return None
    result = areal[0] if len(areal) == 1 else shapely.union_all(areal)
    reason = shapely.is_valid_reason(shape).partition("[")[0] if not shape.is_valid else "Parts that are no polygons"
    change = abs(result.area - shape.area)
    faults.note(name, f"a polygon was repaired ({reason.strip().lower()}; {change:,.1f} m² changed)", value=code)
    return result


def _same_time(
    left: pl.DataFrame, rows: NDArray[np.int64], right: pl.DataFrame, others: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell for pairs of rows whether their validities overlap."""
    first, second = _span(left), _span(right)
    return np.asarray((first[0][rows] <= second[1][others]) & (second[0][others] <= first[1][rows]), dtype=np.bool_)


def _span(frame: pl.DataFrame) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    began = frame["valid_from"].fill_null("0001-01-01").to_numpy().astype(object)
    ended = frame["valid_to"].fill_null("9999-12-31").to_numpy().astype(object)
    return began, ended
