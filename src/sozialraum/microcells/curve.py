"""The Hilbert curve: an order of points in which neighbours on the line are neighbours on the ground."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sozialraum.microcells.compiled import Floats, Ints, compiled

# The curve divides the square around the points into up to 65,536 columns and as many rows: 2 to the power of BITS.
BITS = 16
# Fewer points need a coarser curve, which is quicker: so many bits up to so many points.
COARSE, FEW = 8, 512
MIDDLE, SOME = 11, 16_384
# The square is larger than the points need, so that it can be shifted under them.
ROOM = 1.5


class Turn(NamedTuple):
    """How the curve lies under the points: its angle (radians) and its shift (from 0 to 1 of the room there is)."""

    angle: float
    right: float
    up: float


STRAIGHT = Turn(0.0, 0.5, 0.5)


@compiled
def curve_key(column: int, row: int, bits: int) -> int:
    """Return the position of a grid square along the curve (Hilbert 1891), from 0 to ``4**bits - 1``."""
    last = (1 << bits) - 1
    key = 0
    side = 1 << (bits - 1)
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
def sorted_by(keys: Ints, bits: int) -> Ints:
    """Return the order that sorts keys of ``bits`` bits (radix sort); equal ones stay in the order they came in."""
    digit = COARSE if bits <= 2 * COARSE else MIDDLE
    mask = (1 << digit) - 1
    order, other = np.arange(len(keys)), np.empty(len(keys), np.int64)
    for shift in range(0, bits, digit):
        begins = np.zeros((1 << digit) + 1, np.int64)
        for key in keys:
            begins[((key >> shift) & mask) + 1] += 1
        for number in range(1 << digit):
            begins[number + 1] += begins[number]
        for point in order:
            number = (keys[point] >> shift) & mask
            other[begins[number]] = point
            begins[number] += 1
        order, other = other, order
    return order


@compiled
def along_curve(x: Floats, y: Floats, turn: Turn) -> Ints:
    """Return the indices of the points (at least one) in the order in which the turned curve meets them.

    Points in the same grid square keep the order in which they were given.
    """
    bits = COARSE if len(x) <= FEW else MIDDLE if len(x) <= SOME else BITS
    cosine, sine = math.cos(turn.angle), math.sin(turn.angle)
    across, upward = x * cosine - y * sine, x * sine + y * cosine
    left, bottom = across.min(), upward.min()
    extent = max(across.max() - left, upward.max() - bottom)
    scale = ((1 << bits) - 1) / (extent * ROOM) if extent > 0 else 0.0
    left -= turn.right * extent * (ROOM - 1)
    bottom -= turn.up * extent * (ROOM - 1)
    keys = np.empty(len(x), np.int64)
    for point in range(len(x)):
        column, row = int((across[point] - left) * scale), int((upward[point] - bottom) * scale)
        keys[point] = curve_key(column, row, bits)
    return sorted_by(keys, 2 * bits)
