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
MIDDLE, SOME = 12, 16_384
# So many bits of column and row are looked up at a time.
STEP = 4
# Keys are sorted by so many bits at a time: few and many points.
DIGIT, LONG_DIGIT = 8, 11
# Counting so many digits is not worth the while.
HANDFUL = 40
# The square is larger than the points need, so that it can be shifted under them.
ROOM = 1.5


class Turn(NamedTuple):
    """How the curve lies under the points: its angle (radians) and its shift (from 0 to 1 of the room there is)."""

    angle: float
    right: float
    up: float


STRAIGHT = Turn(0.0, 0.5, 0.5)


def _steps() -> Ints:
    """Return what ``STEP`` bits of column and row add to a key, and how the curve lies in the square they lead to.

    Hilbert (1891) lays four small curves, some of them turned, into the quarters of a square. How a curve is turned is
    said by two bits: whether columns and rows are exchanged, and whether both are counted from the other end.
    """
    side = 1 << STEP
    steps = np.empty((4, side, side), np.int64)
    for turned, column, row in np.ndindex(4, side, side):
        exchanged, mirrored, key = turned & 1, turned >> 1, 0
        for bit in reversed(range(STEP)):
            right, upper = (column >> bit & 1) ^ mirrored, (row >> bit & 1) ^ mirrored
            if exchanged:
                right, upper = upper, right
            key = 4 * key + ((3 * right) ^ upper)
            exchanged, mirrored = exchanged ^ (1 - upper), mirrored ^ (right & (1 - upper))
        steps[turned, column, row] = 4 * key + 2 * mirrored + exchanged
    return steps.ravel()


STEPS = _steps()


@compiled
def curve_key(column: int, row: int, bits: int) -> int:
    """Return the position of a grid square along the curve, from 0 to ``4**bits - 1``; ``bits`` in whole steps."""
    mask, key, turned = (1 << STEP) - 1, 0, 0
    for shift in range(bits - STEP, -1, -STEP):
        step = STEPS[(turned << STEP | (column >> shift & mask)) << STEP | (row >> shift & mask)]
        key, turned = key << (2 * STEP) | step >> 2, step & 3
    return key


@compiled
def sorted_by(keys: Ints, bits: int) -> Ints:
    """Return the order that sorts keys of ``bits`` bits; equal ones stay in the order they came in."""
    if len(keys) <= HANDFUL:
        return _inserted(keys)
    digit = DIGIT if bits <= 2 * MIDDLE else LONG_DIGIT
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
def _inserted(keys: Ints) -> Ints:
    """Return the order that sorts a handful of keys."""
    order = np.arange(len(keys))
    for point in range(1, len(keys)):
        place = point
        while place > 0 and keys[order[place - 1]] > keys[point]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = point
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
