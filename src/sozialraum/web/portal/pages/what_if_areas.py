"""Where numbers are withheld: the map and the list of the stewards' page about policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from sozialraum.publishing.classes import Classes, classify
from sozialraum.releases.what_if import Outcome, Shares
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.atlas.queries import current_areas, sort_name
from sozialraum.web.atlas.release import MISSING, Atlas
from sozialraum.web.portal.drawing import Mark, bar, choropleth
from sozialraum.web.portal.pages.cell_quality import one_decimal, percent
from sozialraum.web.portal.pages.maps import MapView
from sozialraum.web.portal.pages.what_if_choice import Choice, indicator_title


def shares_of(outcome: Outcome, choice: Choice) -> Shares:
    """Return how many numbers of each area are withheld, of all indicators or of one."""
    if choice.indicator is None:
        return outcome.areas
    return next((table.areas for table in outcome.tables if table.indicator == choice.indicator), {})


def share_of(numbers: tuple[int, int] | None) -> Value:
    """Return the share of withheld numbers in percent; missing where an area has no numbers."""
    if not numbers or not numbers[0]:
        return MISSING
    share = 100 * numbers[1] / numbers[0]
    return Value(share, Status.OK if share else Status.ZERO)


def share_map(atlas: Atlas, shares: Sequence[Shares], choice: Choice) -> MapView | None:
    """Return the map of the share of withheld numbers; None without borders. All rules have the same classes."""
    shapes = outlines(atlas, choice.system) if choice.system in atlas.areas else None
    if shapes is None:
        return None
    classes = _classes(shares, choice.system)
    numbers = shares[choice.rules].get(choice.system, {})
    values = {code: share_of(numbers.get(code)) for code in current_areas(atlas, choice.system)}
    names = {code: atlas.areas[choice.system][code].name for code in values}
    marks = [Mark(code, _kind(value, classes), f"{names[code]}: {_words(value)}") for code, value in values.items()]
    title = _("Verdeckte Zahlen, {where}").format(
        where=indicator_title(atlas, choice.indicator) if choice.indicator else _("alle Kennzahlen")
    )
    label = _("Karte: {title}. Dieselben Werte stehen in der Liste daneben.").format(title=title)
    return MapView(
        title=title,
        drawing=choropleth(shapes, marks, label),
        legend=_("Anteil der verdeckten Zahlen, alle Zeiträume zusammen; je kräftiger die Farbe, desto mehr."),
        classes=_legend(classes, {mark.kind for mark in marks}),
        system=choice.system,
        address="",
        source=_("Grenzen: Veröffentlichung {release}").format(release=atlas.id),
    )


def _classes(shares: Sequence[Shares], system: str) -> Classes | None:
    found = (share_of(numbers).value for one in shares for numbers in one.get(system, {}).values())
    return classify([value for value in found if value is not None])


def _kind(value: Value, classes: Classes | None) -> str:
    return classes.class_of(value) if classes else "missing"


def _words(value: Value) -> str:
    return _("keine Zahlen") if value.value is None else percent(value.value / 100)


def _legend(classes: Classes | None, found: set[str]) -> tuple[tuple[str, str], ...]:
    ranges = classes.ranges if classes else ()
    shown = [
        (
            name,
            (_("{low} bis {high}") if name == ranges[-1][0] else _("{low} bis unter {high}")).format(
                low=one_decimal(low), high=percent(high / 100)
            ),
        )
        for name, low, high in ranges
        if high > 0
    ]
    others = (("zero", _("keine verdeckt")), ("missing", _("keine Zahlen")))
    return (*shown, *(entry for entry in others if entry[0] in found))


def area_rows(atlas: Atlas | None, numbers: Mapping[str, tuple[int, int]], system: str) -> list[dict[str, Any]]:
    """Return each area with its numbers, the most withheld first."""
    areas = atlas.areas.get(system, {}) if atlas else {}
    names = {code: areas[code].name if code in areas else code for code in numbers}
    values = {code: share_of(entry) for code, entry in numbers.items()}
    span = (0.0, max((value.value or 0.0 for value in values.values()), default=0.0) or 1.0)
    order = sorted(values, key=lambda code: (-(values[code].value or 0.0), sort_name(names[code])))
    return [
        {
            "code": code,
            "name": names[code],
            "label": f"{names[code]}: {_words(values[code])}",
            "drawing": bar(values[code], MISSING, span, differs=True),
            "share": _words(values[code]),
        }
        for code in order
    ]
