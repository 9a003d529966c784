"""The Hilbert curve: an order of points in which neighbours on the line are neighbours on the ground."""

from __future__ import annotations

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled

# The curve divides the square around the points into 65,536 columns and as many rows.
BITS = 16


@compiled
def curve_key(column: int, row: int) -> int:
    """Return the position of a grid square along the curve (Hilbert 1891), from 0 to ``4**BITS - 1``."""
    last = (1 << BITS) - 1
    key = 0
    side = 1 << (BITS - 1)
    while side > 0:
        right = 1 if column & side else 0
        upper = 1 if row & side else 0
        key += side * side * ((3 * right) ^ upper)
        if upper == 0:
            if right == 1:
                column, row = last - column, last - row
            column, row = row, column
        side >>= 1
    return key


@compiled
def along_curve(x: Floats, y: Floats) -> Ints:
    """Return the indices of the points (at least one) in the order in which the curve meets them.

    Points in the same grid square keep the order in which they were given.
    """
    left, bottom = x.min(), y.min()
    extent = max(x.max() - left, y.max() - bottom)
    scale = ((1 << BITS) - 1) / extent if extent > 0 else 0.0
    keys = np.empty(len(x), np.int64)
    for point in range(len(x)):
        keys[point] = curve_key(int((x[point] - left) * scale), int((y[point] - bottom) * scale))
    return np.argsort(keys, kind="mergesort")
