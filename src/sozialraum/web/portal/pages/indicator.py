"""The page of an indicator: answer, map beside ranked bars, series, table, and where the number comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import (
    Point,
    Position,
    against_target,
    breaks_of,
    compare,
    interval_sentence,
    standing_sentence,
    status_sentence,
    trend_sentence,
)
from sozialraum.publishing.charts import NARROW, Line, SeriesChart, render
from sozialraum.tables import Value
from sozialraum.web.atlas.facts import trend_of
from sozialraum.web.atlas.protection import protection
from sozialraum.web.atlas.queries import (
    row_at,
    systems_of,
    until,
    whole,
    whole_series,
    whole_value,
)
from sozialraum.web.atlas.release import MISSING, Area, Atlas, Panel
from sozialraum.web.atlas.rules import rank
from sozialraum.web.portal.drawing import bar, sparkline
from sozialraum.web.portal.formats import format_words
from sozialraum.web.portal.numbers import (
    NOTED,
    big,
    language,
    period_words,
    plain,
    range_words,
    said,
    unit_words,
)
from sozialraum.web.portal.origin import origin, source_line, sources_used
from sozialraum.web.portal.pages.entries import area_address
from sozialraum.web.portal.pages.indicator_table import area_table
from sozialraum.web.portal.pages.maps import map_of
from sozialraum.web.portal.sentences import status_notes
from sozialraum.web.portal.tested import comparison_sentences, target_words, window_sentences

DOWNLOADS = ("csv-de", "csv", "xlsx", "geojson")
"""Formats that the page of an indicator offers; the others are on the page of all data."""


@dataclass(frozen=True, slots=True)
class Row:
    """One area in bars and tables."""

    area: Area
    address: str
    value: Value
    label: str
    differs: bool
    drawing: SafeString


def choose(atlas: Atlas, indicator: str, system: str | None, period: str | None) -> tuple[Panel, str]:
    """Return the values and the period that a page's address asks for.

    Raises:
        Http404: there is no such indicator, area system or period; the message says so.
    """
    if indicator not in atlas.indicators:
        raise Http404(
            _("Eine Kennzahl mit der Adresse „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=indicator)
        )
    systems = systems_of(atlas, indicator)
    wanted = system or next(iter(systems), atlas.city.whole or "")
    panel = atlas.panel(indicator, wanted)
    if panel is None or (system and system not in systems):
        raise Http404(_("Für die Gebietsgliederung „{name}“ gibt es diese Kennzahl nicht.").format(name=wanted))
    if period and period not in panel.periods:
        raise Http404(_("Für den Zeitraum „{name}“ gibt es diese Kennzahl nicht.").format(name=period))
    return panel, period or panel.latest


def indicator_page(atlas: Atlas, indicator: str, system: str | None, period: str | None) -> dict[str, Any]:
    """Return what the page of an indicator shows.

    Raises:
        Http404: see :func:`choose`.
    """
    panel, when = choose(atlas, indicator, system, period)
    document = atlas.catalogue.indicators[indicator]
    rows, table = ranked_rows(atlas, panel, when), area_table(atlas, panel, when)
    exact = not protection(atlas, indicator).changed
    return {
        "document": document,
        "title": said(document.title),
        "definition": said(document.definition),
        "caveats": said(document.caveats),
        "theme": atlas.catalogue.themes.get(document.theme),
        "answer": answer(atlas, indicator, when),
        "only_whole": panel.system == atlas.city.whole,
        "map": map_of(atlas, panel, when),
        "rows": rows,
        "table": table,
        "target_words": target_words(document),
        "notes": status_notes([row.value for row in rows], exact=exact, revised=table["revised"]),
        "multiples": multiples(atlas, panel),
        "scale": scale_words(atlas, panel),
        "unit": unit_words(document.unit),
        "course": course(atlas, indicator),
        "history": history(atlas, panel),
        "origin": origin(atlas, indicator),
        "tests": {
            "comparison": list(comparison_sentences(document)),
            "trend": list(window_sentences(atlas, panel, when)),
        },
        "downloads": [(form, format_words(form)) for form in DOWNLOADS],
        **choices(atlas, panel, when),
    }


def map_page(atlas: Atlas, indicator: str, system: str | None, period: str | None) -> dict[str, Any]:
    """Return what the page of a large map shows.

    Raises:
        Http404: see :func:`choose`.
    """
    panel, when = choose(atlas, indicator, system, period)
    document = atlas.catalogue.indicators[indicator]
    return {
        "title": said(document.title),
        "definition": said(document.definition),
        "map": map_of(atlas, panel, when),
        **choices(atlas, panel, when),
    }


def choices(atlas: Atlas, panel: Panel, period: str) -> dict[str, Any]:
    """Return what a reader can choose on a page: area system and period."""
    systems = systems_of(atlas, panel.indicator)
    return {
        "indicator": panel.indicator,
        "system": panel.system,
        "system_title": said(atlas.systems[panel.system].title),
        "systems": [(name, said(atlas.systems[name].title)) for name in systems],
        "period": period,
        "period_words": period_words(period),
        "periods": [(name, period_words(name)) for name in reversed(panel.periods)],
    }


def answer(atlas: Atlas, indicator: str, period: str) -> dict[str, Any]:
    """Return the value of the whole city or region, large, with interval and trend in words."""
    document = atlas.catalogue.indicators[indicator]
    value = whole_value(atlas, indicator, period)
    series = until(whole_series(atlas, indicator), period)
    area = whole(atlas)
    return {
        "big": big(value, document),
        "where": area.name if area else atlas.city.name,
        "period": period_words(period),
        "interval": interval_sentence(document, value, language()),
        "trend": trend_sentence(document, trend_of(atlas, indicator, series), language()),
        "remark": status_sentence(document, value, language()) if value.status in NOTED else "",
        "target": _target(document, series, period),
        "spark": sparkline(whole_series(atlas, indicator)),
        "known": area is not None,
    }


def _target(document: IndicatorDoc, series: tuple[tuple[str, Value], ...], period: str) -> str:
    """Say how the whole stands against the target, and when, where that is not ``period``; empty without a target."""
    standing = against_target(document, [Point(when, value) for when, value in series])
    is_other = standing.period != period
    said_so = standing_sentence(document, standing, name="", language=language(), with_period=is_other)
    return "" if standing.obstacle else said_so


def ranked_rows(atlas: Atlas, panel: Panel, period: str) -> list[Row]:
    """Return the areas of a system, the highest first, each with its bar."""
    document = atlas.catalogue.indicators[panel.indicator]
    values, city = row_at(atlas, panel, period), whole_value(atlas, panel.indicator, period)
    line = MISSING if document.unit == "count" else city  # the sum of all areas is no yardstick for one
    span = _span([*values.values(), line])
    rows = []
    for code, value in rank(values):
        area = atlas.areas[panel.system][code]
        comparison = compare(value, line, document.polarity)
        differs = comparison.tested and comparison.position is not Position.SIMILAR
        drawing = bar(value, line, span, differs=differs)
        rows.append(Row(area, area_address(area), value, f"{area.name}: {plain(value, document)}", differs, drawing))
    return rows


def whole_row(atlas: Atlas, panel: Panel, period: str) -> Row | None:
    """Return the whole city or region beside the areas; None where it is the only row."""
    area = whole(atlas)
    if area is None or panel.system == area.system:
        return None
    value = whole_value(atlas, panel.indicator, period)
    label = f"{area.name}: {plain(value, atlas.catalogue.indicators[panel.indicator])}"
    return Row(area, area_address(area), value, label, differs=False, drawing=SafeString(""))


def _span(values: list[Value]) -> tuple[float, float]:
    ends = [
        number
        for value in values
        for number in (value.value, value.lower, value.upper)
        if number is not None and value.value is not None
    ]
    return (min(ends, default=0.0), max(ends, default=1.0))


def multiples(atlas: Atlas, panel: Panel) -> list[dict[str, Any]]:
    """Return a small line for each area, all on one scale; empty for a single period or the whole alone."""
    if len(panel.periods) < 2 or panel.system == atlas.city.whole:
        return []
    document = atlas.catalogue.indicators[panel.indicator]
    codes, span = row_at(atlas, panel, panel.latest), _scale(panel)
    if span is None:
        return []
    return [
        {
            "name": atlas.areas[panel.system][code].name,
            "address": area_address(atlas.areas[panel.system][code]),
            "code": code,
            "value": value,
            "spark": sparkline(panel.series(code), span),
            "document": document,
        }
        for code, value in codes.items()
    ]


def _scale(panel: Panel) -> tuple[float, float] | None:
    """Return the lowest and the highest number of all areas and periods; None for fewer than two numbers."""
    numbers = [value.value for value in panel.values.values() if value.value is not None]
    return (min(numbers), max(numbers)) if len(numbers) > 1 else None


def scale_words(atlas: Atlas, panel: Panel) -> str:
    """Say from when to when and from which number to which the small lines run."""
    span, document = _scale(panel), atlas.catalogue.indicators[panel.indicator]
    if span is None:
        return ""
    return _("Alle Linien reichen von {first} bis {last} und haben denselben Maßstab: {span}.").format(
        first=period_words(panel.periods[0]), last=period_words(panel.periods[-1]), span=range_words(*span, document)
    )


def course(atlas: Atlas, indicator: str) -> dict[str, Any] | None:
    """Return the chart of the whole city or region over time with its legend; None for fewer than two numbers."""
    area, series = whole(atlas), whole_series(atlas, indicator)
    if area is None or sum(value.value is not None for _, value in series) < 2:
        return None
    breaks = breaks_of(indicator, atlas.catalogue.indicators)
    line = Line(area.name, series)
    chart = SeriesChart(atlas.catalogue.indicators[indicator], line, breaks=breaks, language=language())
    wide, narrow = render(chart), render(replace(chart, width=NARROW))
    return {
        "wide": SafeString(wide.svg),
        "narrow": SafeString(narrow.svg),
        "legend": wide.telling.legend,
        "source": source_line(atlas, sources_used(atlas, indicator)),
        "where": area.name,
    }


def history(atlas: Atlas, panel: Panel) -> dict[str, Any]:
    """Return the table of all areas over all periods, the whole last."""
    codes = row_at(atlas, panel, panel.latest)
    rows: list[dict[str, Any]] = [
        {
            "name": atlas.areas[panel.system][code].name,
            "values": [(value, (code, period) in panel.revised) for period, value in panel.series(code)],
        }
        for code in codes
    ]
    area = whole(atlas)
    if area and area.system != panel.system:
        values = [(whole_value(atlas, panel.indicator, period), False) for period in panel.periods]
        rows.append({"name": area.name, "values": values, "is_whole": True})
    return {"periods": [period_words(period) for period in panel.periods], "rows": rows}
