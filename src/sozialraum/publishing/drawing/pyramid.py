"""The population pyramid: men to the left, women to the right, the young below."""

from __future__ import annotations

from collections.abc import Iterable

from sozialraum.catalogue import Measure, parse_interval
from sozialraum.catalogue.codes import OPEN_END
from sozialraum.indicators import format_number, status_word
from sozialraum.publishing.drawing.parts import BOX, Sheet, Spec, layer, nothing_layer, pixel, round_steps, text_layer
from sozialraum.publishing.kinds import AgeGroup, PyramidChart
from sozialraum.publishing.theme import HAIRLINE, MARK, MUTED, NORMAL, SMALL
from sozialraum.publishing.words import ages_words, words
from sozialraum.tables import ProtectedTable, Status, Value

OLDEST = 100
"""An open age group is drawn up to here."""

YEAR = 3.6
"""Height of a year of age in pixels."""

_MEASURE = "persons"
_SEXES = ("male", "female")


def age_groups(counts: ProtectedTable, *, area_system: str, area: str, period: str) -> tuple[AgeGroup, ...]:
    """Find the finest age groups that follow each other without a gap and are counted by sex.

    Returns:
        The groups from the youngest; empty where the release does not count persons by age and sex there.
    """
    rows = counts.frame.filter(
        (counts.frame["universe"] == _MEASURE)
        & (counts.frame["area_system"] == area_system)
        & (counts.frame["area"] == area)
        & (counts.frame["period"] == period)
    )
    found: dict[tuple[str, str], Value] = {}
    for where, value, status in rows.select("where", "value", "status").iter_rows():
        filters = Measure.parse(_MEASURE, where).filter
        if set(filters) == {"age", "sex"} and filters["sex"] in _SEXES:
            found[filters["age"], filters["sex"]] = Value(value, Status(status))
    both = {age for age, _ in found if all((age, sex) in found for sex in _SEXES)}
    return tuple(
        AgeGroup(low, None if high == OPEN_END else high - 1, found[age, "male"], found[age, "female"])
        for low, high, age in finest_tiling(both)
    )


def finest_tiling(ages: Iterable[str]) -> list[tuple[int, int, str]]:
    """Choose intervals that follow each other from 0 to the open end, as many as possible.

    Returns:
        Low, high (not included) and code of each; empty where they leave a gap.
    """
    intervals = sorted((interval.low, interval.high, age) for age in ages if (interval := parse_interval(age)))
    best: dict[int, list[tuple[int, int, str]]] = {0: []}
    for low, high, age in intervals:
        before = best.get(low)
        if before is not None and len(before) + 1 > len(best.get(high, [])):
            best[high] = [*before, (low, high, age)]
    return best.get(OPEN_END, [])


def years_of(group: AgeGroup) -> tuple[int, int]:
    """Return between which ages a group is drawn."""
    return group.low, max(OLDEST, group.low + 10) if group.high is None else group.high + 1


def uneven(chart: PyramidChart) -> bool:
    """Tell whether the groups span different numbers of years, so that lengths must be per year of age."""
    spans = {high - low for low, high in map(years_of, [group for group in chart.groups if group.high is not None])}
    return len(spans) > 1


def _length(chart: PyramidChart, group: AgeGroup, value: Value) -> float:
    low, high = years_of(group)
    return (value.value or 0.0) / (high - low) if uneven(chart) else value.value or 0.0


def pyramid_spec(chart: PyramidChart) -> Spec:
    """Return the specification of a population pyramid: bars as thick as their group has years."""
    oldest = max((years_of(group)[1] for group in chart.groups), default=OLDEST)
    sheet = Sheet(chart.width, round(oldest * YEAR) + 34 + 32, left=44, right=12, top=34, bottom=32)
    longest = max([_length(chart, g, v) for g in chart.groups for v in (g.men, g.women)], default=0.0)
    ticks = round_steps(0.0, longest, 3 if chart.width > 500 else 2)
    return sheet.spec(
        [
            *_scale(chart, sheet, ticks),
            *_bars(chart, sheet, ticks[-1]),
            *nothing_layer(_boxes(chart, sheet)),
            *_ages(chart, sheet),
            *_heads(chart, sheet),
        ]
    )


def _y(sheet: Sheet, age: float) -> float:
    return sheet.down - age * YEAR


def _scale(chart: PyramidChart, sheet: Sheet, ticks: tuple[float, ...]) -> list[Spec]:
    middle = sheet.across / 2
    places = [
        (middle + side * tick / ticks[-1] * middle, tick) for tick in ticks for side in (-1, 1) if tick or side > 0
    ]
    lines = [{"x": x, "y": 0, "y2": sheet.down} for x, _ in places]
    names = [
        {
            "x": x,
            "y": sheet.down + 16,
            "text": format_number(tick, 0 if tick >= 2 or not tick % 1 else 1, chart.language),
        }
        for x, tick in places
    ]
    mark = {"type": "rule", "color": HAIRLINE, "strokeWidth": 1, "opacity": 0.7}
    rule = layer("grid", mark, lines, x=pixel("x"), y=pixel("y"), y2={"field": "y2"})
    return [rule, *text_layer("tick", names, align="center", color=MUTED)]


def _bars(chart: PyramidChart, sheet: Sheet, longest: float) -> list[Spec]:
    middle = sheet.across / 2
    layers = []
    for name, side in (("men", -1), ("women", 1)):
        rows = [
            {
                "from": middle + side * 1.5,
                "to": middle + side * max(2.5, _length(chart, group, value) / longest * middle),
                "y": _y(sheet, years_of(group)[1]) + 0.75,
                "y2": _y(sheet, years_of(group)[0]) - 0.75,
                "told": _told(chart, group, value, name),
            }
            for group in chart.groups
            for value in [group.men if side < 0 else group.women]
            if value.value is not None
        ]
        places = {"x": pixel("from"), "x2": {"field": "to"}, "y": pixel("y"), "y2": {"field": "y2"}}
        layers += [layer(name, {"type": "rect", "color": MARK}, rows, **places)] if rows else []
    return layers


def _told(chart: PyramidChart, group: AgeGroup, value: Value, sex: str) -> str:
    who, ages = str(words(chart.language)["pyramid"][sex]), ages_words(group, chart.language)
    if value.value is None:
        return f"{who}, {ages}: {status_word(value.status, chart.language)}"
    return f"{who}, {ages}: {format_number(value.value, 0, chart.language)}"


def _boxes(chart: PyramidChart, sheet: Sheet) -> list[tuple[float, float, Status, str]]:
    middle = sheet.across / 2
    return [
        (
            middle + side * (BOX / 2 + 4),
            (_y(sheet, years_of(group)[0]) + _y(sheet, years_of(group)[1])) / 2,
            value.status,
            _told(chart, group, value, name),
        )
        for group in chart.groups
        for name, side, value in (("men", -1, group.men), ("women", 1, group.women))
        if value.value is None
    ]


def _ages(chart: PyramidChart, sheet: Sheet) -> list[Spec]:
    """Return the ages at the edges of groups, as far apart as their type is high."""
    rows: list[dict[str, object]] = []
    last = -OLDEST
    for group in chart.groups:
        if (group.low - last) * YEAR >= SMALL + 12:
            rows.append(
                {"x": -10, "y": _y(sheet, group.low), "text": f"{group.low}+" if group.high is None else str(group.low)}
            )
            last = group.low
    return text_layer("age", rows, align="right", color=MUTED)


def _heads(chart: PyramidChart, sheet: Sheet) -> list[Spec]:
    table = words(chart.language)["pyramid"]
    middle = sheet.across / 2
    left = {"x": middle - 12, "y": -18, "text": table["men"]}
    right = {"x": middle + 12, "y": -18, "text": table["women"]}
    age = {"x": -sheet.left, "y": -18, "text": table["age"]}
    return [
        *text_layer("head", [left], fontSize=NORMAL, fontWeight=600, align="right"),
        *text_layer("head", [right], fontSize=NORMAL, fontWeight=600),
        *text_layer("axis-title", [age], color=MUTED),
    ]
