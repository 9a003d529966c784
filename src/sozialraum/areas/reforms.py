"""Which areas of one time fill an area of another: what a reform split or put together."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

FULL = 0.99
"""Borders are drawn anew by hand: so much of a surface counts as all of it."""

_Ints = NDArray[np.int64]


def reformed(frame: pl.DataFrame, geometry: NDArray[np.object_] | None) -> dict[str, tuple[str, ...]]:
    """Return the areas that areas of another time fill, with the codes of those.

    A split gives the old area with the new ones, a merger the new area with the old ones, a new code for the same
    ground the old code with the new. Codes with several states of their borders are left out: they are no one place.

    Args:
        frame: one row per area and state, with ``code``, ``valid_from`` and ``valid_to`` as ISO dates or null.
        geometry: polygons aligned to the rows, None where a system has no geometry.
    """
    if geometry is None or frame.select("valid_from", "valid_to").unique().height < 2:
        return {}
    usable = ~frame["code"].is_duplicated().to_numpy() & shapely.is_valid(geometry) & (shapely.area(geometry) > 0)
    frame, geometry = frame.filter(usable), geometry[usable]
    surface, codes = shapely.area(geometry), frame["code"].to_list()
    parts: defaultdict[int, set[int]] = defaultdict(set)
    for whole, part in _pairs(frame, geometry, surface):
        parts[whole].add(part)
    direct = {whole: several.difference(*(parts.get(p, ()) for p in several)) for whole, several in parts.items()}
    return {
        codes[whole]: tuple(sorted(codes[part] for part in several))
        for whole, several in sorted(direct.items())
        if surface[list(several)].sum() >= FULL * surface[whole]
    }


def _pairs(frame: pl.DataFrame, geometry: NDArray[np.object_], surface: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return pairs of areas of different times, the second inside the first; of two alike the later is inside."""
    one, other = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    starts = frame["valid_from"].fill_null("0000").to_numpy()
    ends = frame["valid_to"].fill_null("9999").to_numpy()
    later, sooner = ends[one] < starts[other], ends[other] < starts[one]
    apart = np.asarray(later | sooner, dtype=np.bool_)
    one, other, later = one[apart], other[apart], later[apart]
    shared = shapely.area(shapely.intersection(geometry[one], geometry[other]))
    alike = shared >= FULL * surface[one]
    inside = (shared >= FULL * surface[other]) & (~alike | later)
    return list(zip(one[inside].tolist(), other[inside].tolist(), strict=True))
