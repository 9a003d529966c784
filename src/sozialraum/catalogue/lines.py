"""Finds the line of a TOML key, so that a fault names it (the standard parser keeps no positions)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the 1-based line where ``path`` (keys, list indices) or its nearest written parent stands; 0 if none."""
    wanted = [str(part) for part in path if not isinstance(part, int)]
    best_depth, best_line = 0, 0
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _parts(header[2])
            written = table
        elif key := _KEY.match(line):
            written = table + _parts(key[1])
        else:
            continue
        depth = _common(written, wanted)
        if depth == len(written) and depth > best_depth:
            best_depth, best_line = depth, number
    return best_line


def _parts(dotted: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(dotted)]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count
