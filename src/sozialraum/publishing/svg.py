"""From the SVG that Vega writes to the SVG that a page may hold.

Vega's SVG is drawn for itself alone: English roles, colours fixed, a family of type on every word. Here it becomes
light and quiet: colours that the page's theme may change, words that a pointer finds (``<title>``), no ids (several
charts stand on one page), no styles (the content security policy forbids them), hatching as plain lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from sozialraum.publishing.theme import FONT, HATCH, HATCHED, VARIABLES, paint

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
_STEP = re.compile(r"([MmLlHhVv])([^A-Za-z]+)")
_SIGNED = re.compile(r"-?[\d.]+")
_MARK_NAME = re.compile(r" ([a-z_]+)_\d+_marks$")
_KEPT = (
    "d",
    "x2",
    "y2",
    "transform",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "text-anchor",
    "font-size",
    "font-weight",
)
_PLAIN = {
    "transform": "translate(0,0)",
    "font-weight": "normal",
    "stroke-dasharray": "",
    "x2": "0",
    "y2": "0",
    "opacity": "1",
}
"""Attributes that say nothing."""

HATCH_STEP = 6
"""Distance between two lines of a hatching, in pixels across."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a picture says in words.

    Attributes:
        title: what it shows.
        summary: what can be read from it, for those who do not see it.
        legend: what lines, fills and marks mean, as sentences to stand below it.
    """

    title: str
    summary: str
    legend: str


def clean(drawn: str, telling: Telling) -> str:
    """Return Vega's SVG as a page may hold it.

    Args:
        drawn: what vl-convert wrote.
        telling: title and summary become the accessible name and description.

    Raises:
        ParseError: the text is no XML.
    """
    root = ElementTree.fromstring(drawn)
    body = "".join(_element(child) for child in root if _is_drawn(child))
    return frame(body, float(root.attrib["width"]), float(root.attrib["height"]), telling)


def frame(body: str, width: float, height: float, telling: Telling) -> str:
    """Put the outermost element around a drawing: it scales, has a name and a description, and speaks as one image."""
    size = f'width="{_short(width)}" height="{_short(height)}" viewBox="0 0 {_short(width)} {_short(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sr-chart" {size} role="img"'
        f' aria-label={quoteattr(telling.title)} font-family="{FONT}">'
        f"<title>{escape(telling.title)}</title><desc>{escape(telling.summary)}</desc>{body}</svg>"
    )


def _is_drawn(element: ElementTree.Element) -> bool:
    return element.get("class") not in ("background", "foreground") and element.tag != f"{_NAMESPACE}rect"


def _element(element: ElementTree.Element) -> str:
    tag = element.tag.removeprefix(_NAMESPACE)
    inner = "".join(_element(child) for child in element if _is_drawn(child))
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in _attributes(element))
    if tag == "g":
        return f"<g{attributes}>{inner}</g>" if inner and attributes else inner
    if tag == "path" and not element.get("d"):
        return ""
    title = f"<title>{escape(element.get('aria-label', ''))}</title>" if element.get("aria-label") else ""
    content = title + escape(element.text or "") + inner
    drawn = f"<{tag}{attributes}>{content}</{tag}>" if content else f"<{tag}{attributes}/>"
    if tag == "path" and element.get("fill") == HATCHED:
        return drawn + _hatching(element)
    return drawn


def _attributes(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    name = _mark_name(element.get("class", ""))
    if name:
        yield "class", f"sr-{name}"
    for attribute in _KEPT:
        value = element.get(attribute)
        if value is None or value == _PLAIN.get(attribute):
            continue
        if attribute in ("d", "transform"):
            value = _NUMBER.sub(lambda found: _short(float(found[0])), value)
        if value in VARIABLES:
            value = paint(value)
        yield attribute, value.removesuffix("px")


def _mark_name(classes: str) -> str:
    """Return the name that the specification gave a mark; empty for parts that it did not name."""
    found = _MARK_NAME.search(classes)
    return found[1].replace("_", "-") if found else ""


def _short(number: float) -> str:
    return f"{round(number, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _hatching(element: ElementTree.Element) -> str:
    """Return the lines of a hatched rectangle."""
    west, north, east, south = _bounds(element.get("d", ""))
    lines = "".join(
        f"M{_short(x1)},{_short(y1)}L{_short(x2)},{_short(y2)}"
        for (x1, y1), (x2, y2) in hatch_lines(west, north, east, south)
    )
    move = f" transform={quoteattr(_NUMBER.sub(lambda n: _short(float(n[0])), element.get('transform', '')))}"
    return f'<path class="sr-hatch" d="{lines}"{move if element.get("transform") else ""} stroke="{paint(HATCH)}"/>'


def _bounds(path: str) -> tuple[float, float, float, float]:
    """Return west, north, east and south of a path of straight lines."""
    x = y = 0.0
    points: list[tuple[float, float]] = []
    for command, text in _STEP.findall(path):
        numbers = [float(number) for number in _SIGNED.findall(text)]
        if command in "HhVv":
            still = 0.0 if command.islower() else y if command == "H" else x
            numbers = [numbers[0], still] if command in "Hh" else [still, numbers[0]]
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = (x + across, y + down) if command.islower() else (across, down)
            points.append((x, y))
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


Stroke = tuple[tuple[float, float], tuple[float, float]]


def hatch_lines(west: float, north: float, east: float, south: float, step: float = HATCH_STEP) -> list[Stroke]:
    """Return the rising diagonals through a rectangle, ``step`` apart, as pairs of points.

    They lie where x + y is a multiple of ``step``, so hatchings side by side fit each other.
    """
    first = int((west + north) // step) + 1
    lines = []
    total = first * step
    while total < east + south:
        x1 = max(west, total - south)
        x2 = min(east, total - north)
        if x2 > x1:
            lines.append(((x1, total - x1), (x2, total - x2)))
        total += step
    return lines
