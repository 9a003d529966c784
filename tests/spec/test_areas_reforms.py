"""Which areas of one time fill an area of another."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from sozialraum.areas import reformed
from sozialraum.areas.systems import AREA_SCHEMA

OLD, NEW = (None, "2019-12-31"), ("2020-01-01", None)
LATER = ("2024-01-01", None)
BETWEEN = ("2020-01-01", "2023-12-31")


def strip(west: float, east: float) -> shapely.Polygon:
    """A part of a town that is 100 metres deep."""
    return shapely.box(west, 0, east, 100)


TOWNS = {
    # code, from west to east, when: what fills what
    "nothing changed": ([("a", 0, 10, (None, None)), ("b", 10, 20, (None, None))], {}),
    "one area was split": (
        [("a", 0, 10, (None, None)), ("old", 10, 30, OLD), ("n1", 10, 18, NEW), ("n2", 18, 30, NEW)],
        {"old": ("n1", "n2")},
    ),
    "two areas were put together": (
        [("o1", 0, 10, OLD), ("o2", 10, 20, OLD), ("new", 0, 20, NEW)],
        {"new": ("o1", "o2")},
    ),
    "a new code for the same ground": ([("old", 0, 10, OLD), ("new", 0, 10, NEW)], {"old": ("new",)}),
    "borders drawn anew by hand": (
        [("old", 0, 100, OLD), ("n1", 0, 50.2, NEW), ("n2", 50.2, 100.3, NEW)],
        {"old": ("n1", "n2")},
    ),
    "only a part of it came back": ([("old", 0, 20, OLD), ("new", 0, 10, NEW)], {}),
    "a border moved": (
        [("o1", 0, 10, OLD), ("o2", 10, 20, OLD), ("n1", 0, 14, NEW), ("n2", 14, 20, NEW)],
        {},
    ),
    "an area inside another at the same time": ([("a", 0, 20, (None, None)), ("b", 0, 10, NEW)], {}),
    "split, and split again": (
        [("o", 0, 20, OLD), ("m1", 0, 10, BETWEEN), ("m2", 10, 20, NEW), ("n1", 0, 4, LATER), ("n2", 4, 10, LATER)],
        {"o": ("m1", "m2"), "m1": ("n1", "n2")},
    ),
    "a code with two states is no one place": (
        [("a", 0, 20, OLD), ("a", 0, 10, NEW), ("b", 10, 20, NEW)],
        {},
    ),
}


@pytest.mark.parametrize(("areas", "expected"), TOWNS.values(), ids=TOWNS)
def test_reforms(areas, expected):
    rows = [(code, code, None, first, last) for code, _, _, (first, last) in areas]
    frame = pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row")
    shapes = np.array([strip(west, east) for _, west, east, _ in areas], dtype=object)
    assert reformed(frame, shapes) == expected


def test_without_borders_nothing_is_known():
    frame = pl.DataFrame([("a", "a", None, None, "2019-12-31")], schema=AREA_SCHEMA, orient="row")
    assert reformed(frame, None) == {}
