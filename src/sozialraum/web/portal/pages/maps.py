"""Maps of pages: areas in the colours of their classes, with a legend that reads as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import status_word
from sozialraum.publishing.classes import Classes
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.atlas.queries import classes_of, row_at
from sozialraum.web.atlas.release import Area, Atlas, Panel
from sozialraum.web.portal.drawing import Mark, choropleth
from sozialraum.web.portal.numbers import language, number, number_with_unit, period_words, plain, said, unit_words
from sozialraum.web.portal.origin import source_line, sources_used
from sozialraum.web.portal.pages.entries import area_address, indicator_address


@dataclass(frozen=True, slots=True)
class MapView:
    """A map with its legend.

    Attributes:
        title: indicator and period, what the map shows.
        drawing: the SVG.
        legend: the legend as a sentence.
        classes: colour class and its meaning, in order.
        system: the area system, for the zoomable map.
        address: the indicator's page.
        source: who delivered the numbers, and the release.
    """

    title: str
    drawing: SafeString
    legend: str
    classes: tuple[tuple[str, str], ...]
    system: str
    address: str
    source: str


def map_of(atlas: Atlas, panel: Panel, period: str) -> MapView | None:
    """Return the map of an indicator; None where the release has no borders for the system."""
    shapes = outlines(atlas, panel.system)
    if shapes is None:
        return None
    document, classes = atlas.catalogue.indicators[panel.indicator], classes_of(atlas, panel)
    values = row_at(atlas, panel, period)
    marks = [_mark(atlas.areas[panel.system][code], value, classes, document) for code, value in values.items()]
    title = f"{said(document.title)}, {period_words(period)}"
    label = _("Karte: {title}. Dieselben Werte stehen in der Rangliste und in der Tabelle.").format(title=title)
    return MapView(
        title=title,
        drawing=choropleth(shapes, marks, label),
        legend=legend_sentence(document, classes, period),
        classes=legend_classes(document, classes, values),
        system=panel.system,
        address=indicator_address(panel.indicator),
        source=source_line(atlas, sources_used(atlas, panel.indicator)),
    )


def _mark(area: Area, value: Value, classes: Classes | None, document: IndicatorDoc) -> Mark:
    kind = classes.class_of(value) if classes else "missing"
    return Mark(area.code, kind, f"{area.name}: {plain(value, document)}", area_address(area))


def legend_sentence(document: IndicatorDoc, classes: Classes | None, period: str) -> str:
    """Return the legend as a sentence: unit, period, what the colours mean."""
    if classes is None:
        return _("Für diesen Zeitraum gibt es keine Zahlen.")
    if classes.diverging:
        words = _("{unit}, {period}; blau über null, orange unter null, je kräftiger, desto weiter.")
    else:
        words = _("{unit}, {period}; je kräftiger die Farbe, desto höher.")
    return words.format(unit=unit_words(document.unit), period=period_words(period))


def legend_classes(
    document: IndicatorDoc, classes: Classes | None, values: Mapping[str, Value]
) -> tuple[tuple[str, str], ...]:
    """Return each colour class with its range, and the kinds of nothing that occur."""
    ranges = classes.ranges if classes else ()
    found = {classes.class_of(value) if classes else "missing" for value in values.values()}
    others = (
        ("zero", number_with_unit(0, document)),
        ("suppressed", status_word(Status.SUPPRESSED, language())),
        ("missing", status_word(Status.MISSING, language())),
    )
    last = len(ranges) - 1
    return (
        *((name, _range_words(low, high, document, is_last=n == last)) for n, (name, low, high) in enumerate(ranges)),
        *(entry for entry in others if entry[0] in found),
    )


def _range_words(low: float, high: float, document: IndicatorDoc, *, is_last: bool) -> str:
    words = _("{low} bis {high}") if is_last else _("{low} bis unter {high}")
    return words.format(low=number(low, document), high=number_with_unit(high, document))
