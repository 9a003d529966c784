"""Codes of dimensions and their arithmetic: intervals that tile, lists that add up.

``age`` is an interval dimension: ``0-14``, ``15-64``, ``65+`` and ``7`` are codes, and 0-2, 3-5, 6-14 tile 0-14.
``sex`` is a list. The codes of one question may be joined by ``|``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

OPEN_END = 10**9
_INTERVAL = re.compile(r"(\d+)(?:-(\d+)|(\+))?")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Whole numbers from ``low`` up to, not including, ``high``; ``high`` is :data:`OPEN_END` where there is no end."""

    low: int
    high: int

    def __str__(self) -> str:
        if self.high == OPEN_END:
            return f"{self.low}+"
        return str(self.low) if self.high == self.low + 1 else f"{self.low}-{self.high - 1}"


@lru_cache(maxsize=8192)
def parse_interval(code: str) -> Interval:
    """Read ``0-14``, ``65+`` or ``7``.

    Raises:
        ValueError: the code is no interval, or ends before it starts.
    """
    found = _INTERVAL.fullmatch(code.strip())
    if not found:
        raise ValueError(f"{code!r} is no interval; write 0-14, 65+ or 7")
    low = int(found[1])
    high = OPEN_END if found[3] else int(found[2] or low) + 1
    if high <= low:
        raise ValueError(f"the interval {code!r} ends before it starts")
    return Interval(low, high)


def split_codes(codes: str) -> tuple[str, ...]:
    """Split ``single_mother|single_father`` into its codes, sorted."""
    return tuple(sorted(part.strip() for part in codes.split("|") if part.strip()))


def tile_intervals(question: Interval, offered: Iterable[str]) -> tuple[str, ...] | None:
    """Find the fewest offered intervals that make up ``question`` exactly, without overlap.

    Returns:
        The codes in order, or None where they can not tile the question.
    """
    pieces = sorted((parse_interval(code), code) for code in set(offered))
    best: dict[int, tuple[str, ...]] = {question.low: ()}
    for piece, code in pieces:
        start = best.get(piece.low)
        if start is None or piece.high > question.high:
            continue
        if piece.high not in best or len(best[piece.high]) > len(start) + 1:
            best[piece.high] = (*start, code)
    return best.get(question.high)


def tile_list(question: frozenset[str], offered: Iterable[str]) -> tuple[str, ...] | None:
    """Find offered codes (each possibly a union ``a|b``) that make up ``question`` exactly, without overlap."""
    usable = [(frozenset(split_codes(code)), code) for code in sorted(set(offered))]
    usable = sorted(((s, c) for s, c in usable if s and s <= question), key=lambda item: (-len(item[0]), item[1]))
    return _cover(question, usable)


def _cover(rest: frozenset[str], usable: Sequence[tuple[frozenset[str], str]]) -> tuple[str, ...] | None:
    if not rest:
        return ()
    first = min(rest)
    for members, code in usable:
        if first in members and members <= rest:
            tail = _cover(rest - members, usable)
            if tail is not None:
                return (code, *tail)
    return None
