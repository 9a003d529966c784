"""Point location by grid gives what a slow loop over `shapely.covers` gives, borders and corners included."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.areas.changes import crosswalk
from sozialraum.areas.locate import Locator, locate
from sozialraum.areas.systems import AREA_SCHEMA, AreaSystem

SIDE = 6


def system(shapes: list[shapely.Geometry]) -> AreaSystem:
    codes = [f"{row:02}" for row in range(len(shapes))]
    nothing = [None] * len(shapes)
    frame = pl.DataFrame(
        dict(zip(AREA_SCHEMA, [codes, codes, nothing, nothing, nothing], strict=True)), schema=AREA_SCHEMA
    )
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return AreaSystem("areas", {"de": "Gebiete"}, None, frame, geometry)


def slowly(x: np.ndarray, y: np.ndarray, areas: AreaSystem) -> list[int]:
    """The obvious way: the first area that covers the point."""
    found = []
    for point in shapely.points(x, y):
        rows = [row for row, shape in enumerate(areas.geometry) if shape is not None and shape.covers(point)]
        found.append(min(rows, default=-1))
    return found


@st.composite
def patchworks(draw: st.DrawFn) -> AreaSystem:
    """Unit squares dealt out to a few areas: shared borders, holes, islands, corners where four areas meet."""
    owners = draw(st.lists(st.integers(-1, 4), min_size=SIDE * SIDE, max_size=SIDE * SIDE))
    scale = draw(st.sampled_from([1.0, 0.001, 250.0, 1 / 3]))
    left, bottom = draw(st.sampled_from([(0.0, 0.0), (500_000.1, 5_800_000.7), (-3.0, -7.0)]))
    squares: dict[int, list[shapely.Polygon]] = {}
    for cell, owner in enumerate(owners):
        column, row = cell % SIDE, cell // SIDE
        box = (left + column * scale, bottom + row * scale, left + (column + 1) * scale, bottom + (row + 1) * scale)
        squares.setdefault(owner, []).append(shapely.box(*box))
    shapes = [shapely.union_all(part) for owner, part in sorted(squares.items()) if owner >= 0]
    return system(shapes or [shapely.box(left, bottom, left + scale, bottom + scale)])


@st.composite
def stars(draw: st.DrawFn) -> AreaSystem:
    """Ragged polygons around a few centres: they overlap, touch nothing exactly, and one may be missing."""
    shapes: list[shapely.Geometry | None] = []
    for _ in range(draw(st.integers(1, 5))):
        radii = draw(st.lists(st.floats(0.1, 10), min_size=3, max_size=24))
        turns = np.arange(len(radii)) * 2 * np.pi / len(radii)
        x = draw(st.floats(-10, 10)) + np.array(radii) * np.cos(turns)
        y = draw(st.floats(-10, 10)) + np.array(radii) * np.sin(turns)
        shape = shapely.make_valid(shapely.Polygon(np.column_stack([x, y])), method="structure", keep_collapsed=False)
        shapes.append(shape)
    if draw(st.booleans()):
        shapes.append(None)
    return system(shapes)


def probes(draw: st.DrawFn, areas: AreaSystem) -> tuple[np.ndarray, np.ndarray]:
    """Points anywhere, on corners, on the middle of edges, a hair beside corners, and rows without coordinates."""
    corners = shapely.get_coordinates(areas.geometry)
    west, south, east, north = areas.bounds
    wide, high = east - west, north - south
    free = draw(st.lists(st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)), max_size=20))
    inside = np.array(free, dtype=float).reshape(-1, 2) * [wide, high] + [west, south]
    middles = (corners[1:] + corners[:-1]) / 2
    hair = corners + np.array(draw(st.sampled_from([(1e-9, 0.0), (0.0, -1e-9), (1e-6, 1e-6)])))
    points = np.vstack([inside, corners, middles, hair, [[np.nan, south]]])
    return points[:, 0].copy(), points[:, 1].copy()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_patchworks_are_located_as_by_the_slow_loop(data):
    areas = data.draw(patchworks())
    x, y = probes(data.draw, areas)
    assert Locator(areas).locate(x, y).tolist() == slowly(x, y, areas)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_overlapping_stars_are_located_as_by_the_slow_loop(data):
    areas = data.draw(stars())
    x, y = probes(data.draw, areas)
    assert Locator(areas).locate(x, y).tolist() == slowly(x, y, areas)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_few_points_and_many_points_go_to_the_same_areas(data):
    areas = data.draw(patchworks())
    x, y = probes(data.draw, areas)
    assert locate(x, y, areas).tolist() == Locator(areas).locate(x, y).tolist()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_complete_division_leaves_no_point_outside(seed):
    generator = np.random.default_rng(seed)
    box = shapely.box(0, 0, 1000, 1000)
    seeds = shapely.multipoints(generator.uniform(0, 1000, (40, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box))
    areas = system(list(shapely.intersection(cells, box)))
    x, y = generator.uniform(0, 1000, (2, 3000))
    rows = Locator(areas).locate(x, y)
    assert rows.tolist() == slowly(x, y, areas)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_shares_of_every_old_area_add_up_to_one(data):
    old, new = data.draw(stars()), data.draw(stars())
    x, y = probes(data.draw, old)
    weights = np.array(data.draw(st.lists(st.integers(0, 50), min_size=len(x), max_size=len(x))), dtype=float)
    shares = crosswalk(old, new, weights_x=x, weights_y=y, weights=weights)
    totals = shares.group_by("old").agg(pl.col("share").sum())["share"].to_numpy()
    assert np.allclose(totals, 1)
    heavy = {
        old.frame["code"][row]
        for row, weight in zip(slowly(x, y, old), weights, strict=True)
        if row >= 0 and weight > 0
    }
    assert set(shares["old"]) == heavy
