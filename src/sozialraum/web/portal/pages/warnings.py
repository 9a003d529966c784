"""Early warnings: which areas are clearly worse than the whole and getting clearly worse, by area or by theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.analysis.early_warning import EarlyWarning, warning_sentence
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.language import texts
from sozialraum.tables import Value
from sozialraum.web.atlas.facts import warnings_of
from sozialraum.web.atlas.queries import until, whole
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.portal.drawing import sparkline
from sozialraum.web.portal.numbers import language, said
from sozialraum.web.portal.pages.entries import area_address, indicator_address

ORDERS = ("", "thema")
"""How an address may ask for the warnings to be ordered: by area, or by theme."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One warning: what it is of, where that leads, and what is said."""

    title: str
    address: str
    document: IndicatorDoc
    value: Value
    spark: SafeString
    sentence: str


@dataclass(frozen=True, slots=True)
class Group:
    """Warnings of one area, or of one theme."""

    id: str
    title: str
    address: str
    kind: str
    entries: tuple[Entry, ...]


def warnings_page(atlas: Atlas, order: str) -> dict[str, Any]:
    """Return what the page of early warnings shows.

    Args:
        atlas: the release.
        order: one of :data:`ORDERS`.

    Raises:
        Http404: there is no such order; the message says so.
    """
    if order not in ORDERS:
        raise Http404(_("Eine Ordnung „{name}“ gibt es hier nicht.").format(name=order))
    found = warnings_of(atlas)
    city = whole(atlas)
    return {
        "groups": list(_by_theme(atlas, found) if order else _by_area(atlas, found)),
        "sentence": count_sentence(atlas),
        "closing": texts(language())["early_warning"]["closing"],
        "order": order,
        "orders": [("", _("Gebiet")), ("thema", _("Thema"))],
        "where": city.name if city else atlas.city.name,
        "known": city is not None,
        "left_out": list(_left_out(atlas)),
    }


def count_sentence(atlas: Atlas) -> str:
    """Say how many early warnings there are, in how many areas."""
    found = warnings_of(atlas)
    count = sum(len(warnings) for warnings in found.values())
    if not count:
        return _("Zurzeit gibt es keine Frühwarnung.")
    areas = ngettext("{count} Gebiet", "{count} Gebieten", len(found)).format(count=len(found))
    return ngettext(
        "Zurzeit gibt es {count} Frühwarnung in {areas}.", "Zurzeit gibt es {count} Frühwarnungen in {areas}.", count
    ).format(count=count, areas=areas)


def _by_area(atlas: Atlas, found: dict[Area, tuple[EarlyWarning, ...]]) -> Iterator[Group]:
    for area, warnings in found.items():
        system = atlas.systems[area.system]
        yield Group(
            id=f"{area.system}-{area.code}",
            title=area.name,
            address=area_address(area),
            kind=said(system.short) or said(system.title),
            entries=tuple(
                _entry(
                    atlas,
                    area,
                    warning,
                    title=said(atlas.catalogue.indicators[warning.indicator].title),
                    address=indicator_address(warning.indicator),
                )
                for warning in warnings
            ),
        )


def _by_theme(atlas: Atlas, found: dict[Area, tuple[EarlyWarning, ...]]) -> Iterator[Group]:
    documents, themes = atlas.catalogue.indicators, atlas.catalogue.themes
    pairs = [(area, warning) for area, warnings in found.items() for warning in warnings]
    for theme in dict.fromkeys(documents[indicator].theme for indicator in atlas.indicators):
        members = [(area, warning) for area, warning in pairs if documents[warning.indicator].theme == theme]
        title = said(themes[theme].title) if theme in themes else theme
        if members:
            entries = tuple(_entry_by_theme(atlas, area, warning) for area, warning in members)
            yield Group(id=f"thema-{theme}", title=title, address="", kind="", entries=entries)


def _entry_by_theme(atlas: Atlas, area: Area, warning: EarlyWarning) -> Entry:
    title = f"{area.name}: {said(atlas.catalogue.indicators[warning.indicator].title)}"
    return _entry(atlas, area, warning, title=title, address=area_address(area))


def _entry(atlas: Atlas, area: Area, warning: EarlyWarning, *, title: str, address: str) -> Entry:
    document, city = atlas.catalogue.indicators[warning.indicator], whole(atlas)
    panel = atlas.panel(warning.indicator, area.system)
    period = warning.standing.period or ""
    return Entry(
        title=title,
        address=address,
        document=document,
        value=warning.value,
        spark=sparkline(until(panel.series(area.code), period)) if panel else SafeString(""),
        sentence=warning_sentence(
            document,
            warning,
            area=area.name,
            whole=city.name if city else atlas.city.name,
            language=language(),
            closing=False,
        ),
    )


def _left_out(atlas: Atlas) -> Iterator[str]:
    """Say which indicators can have no warning, and why; what does not occur is not mentioned."""
    documents = [atlas.catalogue.indicators[name] for name in atlas.indicators]
    neutral = _count(document.polarity == "neutral" for document in documents)
    untested = _count(document.polarity != "neutral" and document.interval == "none" for document in documents)
    if neutral:
        yield ngettext(
            "{count} Kennzahl, bei der weder hohe noch niedrige Werte als günstig gelten.",
            "{count} Kennzahlen, bei denen weder hohe noch niedrige Werte als günstig gelten.",
            neutral,
        ).format(count=neutral)
    if untested:
        yield ngettext(
            "{count} Kennzahl ohne Zufallsbereich: Bei ihr lässt sich nicht prüfen, was Zufall ist.",
            "{count} Kennzahlen ohne Zufallsbereich: Bei ihnen lässt sich nicht prüfen, was Zufall ist.",
            untested,
        ).format(count=untested)
    yield _("Reihen mit weniger als fünf Zeitpunkten oder mit einem Bruch in den letzten fünf.")
    yield _("Reihen, in denen eine der letzten fünf Zahlen fehlt, verdeckt, unsicher oder geschätzt ist.")
    yield _("Reihen, die früher enden als die des Ganzen: Gewarnt wird nur vor dem, was jetzt ist.")


def _count(found: Iterable[bool]) -> int:
    return sum(found)
