"""Small drawings inside rows of text, and the choropleth: inline SVG whose colours come from the style sheet.

No styles inside: the content security policy forbids them, and dark and high contrast stay possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sozialraum.indicators import spine_position
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.outlines import Outlines
from sozialraum.web.atlas.rules import Spread

SPARK = (112, 32)
LARGE = (176, 64)
SPINE = 240


@dataclass(frozen=True, slots=True)
class Mark:
    """One area on a map.

    Attributes:
        kind: classes of the style sheet (``c3``, ``suppressed``, ``here``).
        label: what is said about it: ``Nordstadt: 12,3 %``.
        link: where it leads, empty for nowhere.
        sign: what stands in it beside its colour, empty for nothing.
    """

    code: str
    kind: str
    label: str
    link: str = ""
    sign: str = ""


def _safe(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))


def choropleth(outlines: Outlines, marks: Iterable[Mark], label: str) -> SafeString:
    """Draw a map: each area a link that says its name and value."""
    there = [mark for mark in marks if mark.code in outlines.paths]
    there.sort(key=lambda mark: mark.kind in ("zero", "missing"))  # what has an outline of its own lies on top
    drawn = (_area(outlines.paths[mark.code], mark) for mark in there)
    head = f'<svg viewBox="-4 -4 {outlines.width + 8} {outlines.height + 8}" role="group" aria-label="{escape(label)}">'
    signs = (_sign(outlines.centres[mark.code], mark.sign) for mark in there if mark.sign)
    return _safe((head, _ground(outlines), *drawn, *signs, "</svg>"))


def _ground(outlines: Outlines) -> str:
    """Draw what lies around areas that leave parts of the territory out: only to see where they are."""
    return f'<path class="ground" d="{outlines.ground}" aria-hidden="true"/>' if outlines.ground else ""


def _sign(place: tuple[float, float], sign: str) -> str:
    """Write a sign into an area: its label says the same in words."""
    x, y = place
    return f'<text class="sign number-sign" x="{x:.0f}" y="{y + 12:.0f}" aria-hidden="true">{escape(sign)}</text>'


def _area(path: str, mark: Mark) -> str:
    code, label = escape(mark.code), escape(mark.label)
    shape = f'<path class="area {mark.kind}" d="{path}"><title>{label}</title></path>'
    if not mark.link:
        return f'<g data-area="{code}" data-label="{label}">{shape}</g>'
    return f'<a href="{escape(mark.link)}" data-area="{code}" data-label="{label}" aria-label="{label}">{shape}</a>'


def locator(outlines: Outlines, here: str, label: str) -> SafeString:
    """Draw where an area lies: itself strong, the others pale."""
    head = f'<svg viewBox="-4 -4 {outlines.width + 8} {outlines.height + 8}" role="img" aria-label="{escape(label)}">'
    others = (f'<path class="area plain" d="{path}"/>' for code, path in outlines.paths.items() if code != here)
    own = f'<path class="area here" d="{outlines.paths.get(here, "")}"/></svg>'
    return _safe((head, _ground(outlines), *others, own))


def sparkline(series: Sequence[tuple[str, Value]], span: tuple[float, float] | None = None) -> SafeString:
    """Draw a series as lines with a dot at its last number and at every number between two gaps; where there is no
    number, there is a gap. Says nothing to screen readers.

    Args:
        series: periods with values, the earliest first.
        span: lowest and highest number of a larger drawing with a floor line, so that several can be compared; without
            it the line fills a small drawing of its own.
    """
    stretches = _stretches([value.value for _, value in series])
    if not stretches:
        return _safe(())
    width, height = LARGE if span else SPARK
    told = [number for stretch in stretches for _, number in stretch]
    low, high = span or (min(told), max(told))
    step = (width - 8) / max(1, len(series) - 1)

    def point(place: int, number: float) -> tuple[float, float]:
        across = place * step if len(series) > 1 else width - 8  # the only period is the latest: it stands at the end
        share = (number - low) / (high - low) if high > low else 0.5
        return round(4 + across, 1), round(height - 5 - share * (height - 10), 1)

    lines = [[point(*entry) for entry in stretch] for stretch in stretches]
    is_last_told = series[-1][1].value is not None
    dots = [line[0] for line in lines if len(line) == 1 and not (line is lines[-1] and is_last_told)]
    kind, floor = ("spark large", f'<path class="floor" d="M0 {height - 1}H{width}"/>') if span else ("spark", "")
    head = f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
    path = "".join(f"M{'L'.join(f'{x} {y}' for x, y in line)}" for line in lines if len(line) > 1)
    drawn = f'<path d="{path}"/>' if path else ""
    last = [_dot(lines[-1][-1], 3.25)] if is_last_told else []
    return _safe((head, floor, drawn, *(_dot(dot, 2.75) for dot in dots), *last, "</svg>"))


def _stretches(numbers: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return the stretches of numbers between gaps, each number with its place in the series."""
    told = [(place, number) for place, number in enumerate(numbers) if number is not None]
    # Neighbours have the same distance between their place in the series and their place among the numbers.
    groups = groupby(enumerate(told), key=lambda entry: entry[1][0] - entry[0])
    return [[entry for _, entry in group] for _, group in groups]


def _dot(place: tuple[float, float], radius: float) -> str:
    return f'<circle cx="{place[0]}" cy="{place[1]}" r="{radius}"/>'


def spine(spread: Spread | None, value: Value, benchmark: Value, *, differs: bool) -> SafeString:
    """Draw where a value lies between the lowest and the highest area. What it is compared with stands in the middle,
    in every row at the same place; without it the line runs from the lowest to the highest. Silent, as above.
    """
    if spread is None or value.value is None:
        return _safe(())
    here, middle, ends = value.value, benchmark.value, (spread.low, spread.high, value.value)

    def x(number: float) -> float:
        place = spread.place(number) if middle is None else (1 + spine_position(number, middle, ends)) / 2
        return round(8 + place * (SPINE - 16), 1)

    quartiles = f"M{x(spread.lower_quartile)} 14H{x(spread.upper_quartile)}"
    line = f'<path class="whole" d="M{x(middle)} 3V25"/>' if middle is not None else ""
    kind = "here differs" if differs else "here"
    return _safe(
        (
            f'<svg class="spine" viewBox="0 0 {SPINE} 28" preserveAspectRatio="xMinYMid" aria-hidden="true">',
            f'<path class="track" d="M{x(min(ends))} 14H{x(max(ends))}"/><path class="middle" d="{quartiles}"/>{line}',
            f'<circle class="{kind}" cx="{x(here)}" cy="14" r="6.5"/></svg>',
        )
    )


def bar(value: Value, whole: Value, span: tuple[float, float], *, differs: bool) -> SafeString:
    """Draw a value as a bar from zero with its interval, the whole as a line through all bars. Silent, as above."""
    if value.value is None:
        kind = "hatched" if value.status is Status.SUPPRESSED else "empty"
        shape = f'<rect class="{kind}" x="1" y="3" width="34" height="12"/>'
        return _safe(('<svg viewBox="0 0 36 18" class="short" aria-hidden="true">', shape, "</svg>"))
    low, high = min(0.0, span[0]), max(0.0, span[1])
    reach = (high - low) or 1.0

    def x(number: float) -> float:
        return round((min(max(number, low), high) - low) / reach * 100, 2)

    start, end = sorted((x(0.0), x(value.value)))
    kind = "bar differs" if differs else "bar"
    shape = f'<rect class="{kind}" x="{start}" y="3" width="{max(end - start, 0.4):.2f}" height="12"/>'
    if value.value == 0:  # nothing was found: an upright stroke, since a bar of no length would look forgotten
        shape = f'<path class="null" d="M{start} 2V16"/>'
    interval = (
        f'<path class="range" d="M{x(value.lower)} 9H{x(value.upper)}"/>'
        if value.lower is not None and value.upper is not None
        else ""
    )
    line = f'<path class="whole-line" d="M{x(whole.value)} 0V18"/>' if whole.value is not None else ""
    head = '<svg viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">'
    return _safe((head, shape, interval, line, "</svg>"))
