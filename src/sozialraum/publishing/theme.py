"""The look of every picture: colours that follow the page's theme, sizes, and how wide a text is.

A colour is written as ``var(--mark, #3a5eb9)``: on a page the style sheet decides (light, dark, high contrast),
elsewhere (a file, a report) the fixed colour stands. The variables are those of the portal's style sheet.
"""

from __future__ import annotations

import re
from typing import Final

TEXT: Final = "#131525"
MUTED: Final = "#454b6b"
GROUND: Final = "#ffffff"
HAIRLINE: Final = "#c0c3d5"
LINE: Final = "#6e7597"
MARK: Final = "#3a5eb9"
MARK_SOFT: Final = "#c5d3ef"
OTHER: Final = "#925400"
HATCH: Final = "#5b6185"
HATCHED: Final = "#e8e9ef"

VARIABLES = {
    TEXT: "--text",
    MUTED: "--text-muted",
    GROUND: "--ground",
    HAIRLINE: "--hairline",
    LINE: "--line",
    MARK: "--mark",
    MARK_SOFT: "--mark-soft",
    OTHER: "--other",
    HATCH: "--map-hatch",
    HATCHED: "--map-suppressed",
}
"""What each colour of a chart is called in the style sheet."""

MAP_COLOURS = {
    "c1": "#d8e1f4",
    "c2": "#97afe1",
    "c3": "#5174c5",
    "c4": "#2044aa",
    "c5": "#03007f",
    "d1": "#734000",
    "d2": "#ffa305",
    "d3": "#dfe1ea",
    "d4": "#97afe1",
    "d5": "#1537a1",
    "zero": "#f4efe4",
    "ring": "#6b6455",
    "missing": "#ffffff",
    "border": "#ffffff",
}
"""Colours of map classes: five steps of one hue, five around a middle, and the kinds of nothing.

Zero is pale and filled with small rings (``ring``), so that its kind is seen without telling colours apart: the
lightest class is plain, withheld areas have lines, areas without a number are empty.
"""

FONT = "'Fira Sans', sans-serif"
WIDE, NARROW = 720, 360
"""Widths of a picture in pixels: beside text on a screen or paper, and on a phone."""

SMALL, NORMAL = 14, 15
"""Sizes of type in pixels at the picture's natural width."""

_PAINT = re.compile(r"var\(--[a-z0-9-]+, (#[0-9a-f]{6})\)")
_NARROW = frozenset("iIjlft.,:;|!'()[]-/ \u00a0")
_WIDE = frozenset("mwMW%@—…")


def paint(colour: str) -> str:
    """Return a chart's colour as the page's theme may change it; other colours stay as they are."""
    return f"var({VARIABLES[colour]}, {colour})" if colour in VARIABLES else colour


def paint_map(name: str) -> str:
    """Return the colour of a map's class as the page's theme may change it."""
    return f"var(--map-{name}, {MAP_COLOURS[name]})"


def for_print(svg: str) -> str:
    """Return a picture with fixed colours, for programs that know no style sheets (Typst, a word processor)."""
    return _PAINT.sub(r"\1", svg)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of a text in pixels, rather too wide than too narrow.

    Estimated, not measured: so a picture is the same on every machine, whatever fonts it has.
    """
    units = sum(
        0.34 if sign in _NARROW else 0.88 if sign in _WIDE else 0.65 if sign.isupper() else 0.55 for sign in text
    )
    return units * size * (1.06 if bold else 1.0)


def shorten(text: str, size: float, limit: float, *, bold: bool = False) -> str:
    """Return a text that fits into ``limit`` pixels, its end replaced by an ellipsis where it is too long."""
    if text_width(text, size, bold=bold) <= limit:
        return text
    cuts = (text[:end].rstrip().rstrip("-,") + "…" for end in range(len(text) - 1, 1, -1))
    fitting = (cut for cut in cuts if text_width(cut, size, bold=bold) <= limit)
    return next(fitting, text[:1] + "…")
