"""Compiles the kernels before they are needed: ``python -m sozialraum.pipeline.kernels``, once after installing.

What was compiled is kept beside the code. Without this the first build waits for the compiler.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from sozialraum.areas import AREA_SCHEMA, AreaSystem
from sozialraum.areas.locate import Locator
from sozialraum.microcells import Formation, form_cells

SIDE = 8
"""So many houses stand in a row, and so many rows of them."""


def main() -> None:
    """Locate a few points and bundle a few houses: every kernel is used, and so compiled."""
    number = np.arange(SIDE * SIDE)
    x, y = 500_000.0 + number % SIDE * 20.0, 5_800_000.0 + number // SIDE * 20.0
    half = 500_000.0 + SIDE * 10.0
    squares = np.array(
        [shapely.box(499_000, 5_799_000, half, 5_801_000), shapely.box(half, 5_799_000, 501_000, 5_801_000)]
    )
    frame = pl.DataFrame([(code, code, None, None, None) for code in "ab"], schema=AREA_SCHEMA, orient="row")
    points = pl.DataFrame({"x": x, "y": y})  # whose columns can not be written into, which makes another kernel
    halves = AreaSystem("halves", {"de": "Hälften"}, None, frame, squares)
    Locator(halves).locate(points["x"].to_numpy(), points["y"].to_numpy())
    houses = pl.DataFrame(
        {
            "building": [f"b{house}" for house in number],
            "x": x,
            "y": y,
            "households": number % 5 + 1,
            "area": ["a" if one < half else "b" for one in x],
            "street": [f"Straße {row}" for row in number // SIDE],
            "house_number": [str(place + 1) for place in number % SIDE],
        }
    )
    for mode in ("street", "geometry"):
        form_cells(houses, Formation(mode=mode))


if __name__ == "__main__":
    main()
