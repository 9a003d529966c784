"""How long do 21 million points take into 11,000 municipalities, and how does shapely's STRtree compare?

Germany's municipal borders are not part of the project, so the areas are a Voronoi tessellation of random points over
Germany's extent whose borders are densified and shaken (about 100 vertices each, shared exactly by both neighbours).

Run: ``python benchmarks/areas_locate.py [points]``
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sozialraum.areas.locate import Locator, locate
from sozialraum.areas.systems import AREA_SCHEMA, AreaSystem

AREAS = 11_000
POINTS = 21_000_000
SAMPLE = 300_000
BOX = (280_000.0, 5_235_000.0, 921_000.0, 6_101_000.0)


def main() -> None:
    """Print the time of the whole run and its ratio to shapely on a sample of the same points."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else POINTS
    system = tessellation(AREAS, seed=1)
    vertices = shapely.get_num_coordinates(system.geometry)
    print(f"{len(vertices):,} areas, {vertices.mean():.0f} vertices each; {count:,} points")
    generator = np.random.default_rng(2)
    x, y = generator.uniform(BOX[0], BOX[2], count), generator.uniform(BOX[1], BOX[3], count)
    Locator(tessellation(50, seed=3)).locate(x[:2000], y[:2000])  # compiles, or loads what was compiled

    start = time.perf_counter()
    found = locate(x, y, system)
    ours = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"sozialraum: {ours:.1f} s, grid included; {(found >= 0).mean():.1%} inside; peak memory {memory:.2f} GiB")
    for peer in (_tree_of_areas, _tree_of_points):
        start = time.perf_counter()
        reference = peer(x[:SAMPLE], y[:SAMPLE], system)
        theirs = (time.perf_counter() - start) * count / SAMPLE
        different = int((found[:SAMPLE] != reference).sum())
        print(f"{peer.__doc__}")
        print(f"    {theirs:6.1f} s extrapolated from {SAMPLE:,} points; different answers: {different}")
        print(f"    ratio sozialraum / shapely {ours / theirs:.3f}")


def tessellation(areas: int, seed: int) -> AreaSystem:
    """Return a Voronoi tessellation with wiggly borders that neighbours share exactly."""
    generator = np.random.default_rng(seed)
    seeds = shapely.multipoints(generator.uniform(BOX[:2], BOX[2:], (areas, 2)))
    cells = shapely.voronoi_polygons(seeds, extend_to=shapely.box(*BOX))
    clipped = shapely.intersection(shapely.get_parts(cells), shapely.box(*BOX))
    borders = shapely.union_all(shapely.boundary(clipped))
    lines = shapely.get_parts(shapely.line_merge(borders))
    size = np.sqrt((BOX[2] - BOX[0]) * (BOX[3] - BOX[1]) / areas)
    shaken = np.array([_shaken(line, size / 25, generator) for line in lines], dtype=object)
    polygons = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(shapely.union_all(shaken)))))
    polygons = polygons[shapely.area(polygons) > size**2 / 1000]
    codes = [f"{number:08}" for number in range(len(polygons))]
    frame = pl.DataFrame({"code": codes, "name": codes}).with_columns(
        pl.lit(None, dtype=pl.String).alias(column) for column in ("parent", "valid_from", "valid_to")
    )
    return AreaSystem("municipalities", {"de": "Gemeinden"}, None, frame.select(*AREA_SCHEMA), polygons)


def _shaken(line: shapely.LineString, step: float, generator: np.random.Generator) -> shapely.LineString:
    points = shapely.get_coordinates(shapely.segmentize(line, step))
    points[1:-1] += generator.uniform(-step / 3, step / 3, points[1:-1].shape)
    return shapely.LineString(points)


def _tree_of_areas(x: NDArray[np.float64], y: NDArray[np.float64], system: AreaSystem) -> NDArray[np.int32]:
    """Shapely's STRtree over the areas, asked with points"""
    rows, areas = shapely.STRtree(system.geometry).query(shapely.points(x, y), predicate="intersects")
    return _lowest(rows, areas, len(x))


def _tree_of_points(x: NDArray[np.float64], y: NDArray[np.float64], system: AreaSystem) -> NDArray[np.int32]:
    """Shapely's STRtree over the points, asked with (prepared) areas"""
    areas, rows = shapely.STRtree(shapely.points(x, y)).query(system.geometry, predicate="covers")
    return _lowest(rows, areas, len(x))


def _lowest(rows: NDArray[np.int64], areas: NDArray[np.int64], count: int) -> NDArray[np.int32]:
    found = np.full(count, np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(found, rows, areas.astype(np.int32))
    return np.where(found == np.iinfo(np.int32).max, -1, found)


if __name__ == "__main__":
    main()
