"""Finds the line of a TOML key, so that a fault names it (the standard parser keeps no positions)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Keys and list indices from the top of a document down to a value."""

_PART = r"(?:\"[^\"]*\"|'[^']*'|[\w-]+)"
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_NAME = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")
_TOKEN = re.compile(r"\"\"\"|'''|\"(?:[^\"\\]|\\.)*\"|'[^']*'|[\[\]{},#]")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the 1-based line where ``path`` (keys and list indices) stands, or what of it is written; 0 if nothing."""
    best_depth, best_line = 0, 0
    for written, number in _positions(text):
        depth = _common(written, path)
        if depth > best_depth:
            best_depth, best_line = depth, number
    return best_line


@dataclass(slots=True)
class _Value:
    """A value that may go on over several lines: a long text, or a list."""

    quote: str = ""
    depth: int = 0
    element: int = 0

    @property
    def open(self) -> bool:
        return bool(self.quote) or self.depth > 0

    def read(self, text: str) -> Iterator[int]:
        """Take in the rest of a line; yield the index of every list element that starts in it."""
        start = 0
        while found := (re.compile(self.quote) if self.quote else _TOKEN).search(text, start):
            start = found.end()
            token = found[0]
            if token == "#":
                return
            if token in ('"""', "'''"):
                self.quote = "" if self.quote else token
            elif token == "," and self.depth == 1:
                self.element += 1
            elif token in "[{":
                self.depth += 1
                if token == "{" and self.depth == 2:
                    yield self.element
            elif token in "]}":
                self.depth -= 1


@dataclass(slots=True)
class _Tables:
    """Where we are in the document: the current table, and how often each list of tables has been continued."""

    here: Path = ()
    counts: dict[Path, int] = field(default_factory=dict)

    def enter(self, parts: Sequence[str], *, listed: bool) -> Path:
        path: Path = ()
        for part in parts[:-1]:
            path = self._inside((*path, part))
        path = (*path, parts[-1])
        if listed:
            self.counts[path] = self.counts.get(path, -1) + 1
        self.here = self._inside(path)
        return self.here

    def _inside(self, path: Path) -> Path:
        return (*path, self.counts[path]) if path in self.counts else path


def _positions(text: str) -> Iterator[tuple[Path, int]]:
    tables, value = _Tables(), _Value()
    key: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        rest = line
        if not value.open:
            if header := _TABLE.match(line):
                yield tables.enter(_parts(header[2]), listed=header[1] == "[["), number
                continue
            if not (found := _KEY.match(line)):
                continue
            key, value, rest = (*tables.here, *_parts(found[1])), _Value(), line[found.end() :]
            yield key, number
        for element in value.read(rest):
            yield (*key, element), number


def _parts(dotted: str) -> list[str]:
    return [a or b or c for a, b, c in _NAME.findall(dotted)]


def _common(left: Sequence[str | int], right: Sequence[str | int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
