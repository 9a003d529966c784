"""What a release says about its microcells as a whole: how many, how large, how wide."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sozialraum.indicators import format_number
from sozialraum.releases import Release
from sozialraum.web.atlas.cells import MICROCELLS
from sozialraum.web.portal.numbers import language

Report = Mapping[str, Any]
"""What the manifest says about the cells: the report of their formation."""


def report_of(release: Release) -> Report:
    """Return the manifest's report on microcells; empty where the release has none."""
    report: Report = release.manifest.get(MICROCELLS) or {}
    return report if report.get("cells") else {}


def answer(release: Release) -> str:
    """Say in one sentence how many cells there are and that none is too small; empty where there are none."""
    report = report_of(release)
    if not report:
        return ""
    smallest, minimum = report["households_per_cell"]["minimum"], report["minimum"]
    if smallest >= minimum:
        words = _("Es gibt {cells} Mikrozellen mit im Mittel {mean} Haushalten; keine hat weniger als {minimum}.")
    else:
        words = _("Es gibt {cells} Mikrozellen; die kleinste hat {smallest} Haushalte, verlangt sind {minimum}.")
    return words.format(
        cells=whole_number(report["cells"]),
        mean=one_decimal(report["households_per_cell"]["mean"]),
        smallest=whole_number(smallest),
        minimum=whole_number(minimum),
    )


def flagged_of(report: Report) -> frozenset[str]:
    """Return the codes of the cells that are wider than wanted, where the release names them."""
    return frozenset(report.get("flagged_cells", ()))


def spread(report: Report) -> list[tuple[str, str, str]]:
    """Return how households per cell and diameters in metres are spread: in words, households, metres."""
    households, metres = report["households_per_cell"], report["diameter"] or {}
    names = {
        "minimum": _("kleinster Wert"),
        "p25": _("ein Viertel hat höchstens"),
        "median": _("die Hälfte hat höchstens"),
        "p75": _("drei Viertel haben höchstens"),
        "p95": _("95 von 100 haben höchstens"),
        "p99": _("99 von 100 haben höchstens"),
        "maximum": _("größter Wert"),
    }
    return [(words, whole_number(households[key]), _metres(metres.get(key))) for key, words in names.items()]


def _metres(number: float | None) -> str:
    return "–" if number is None else whole_number(number)


def quality(release: Release) -> list[tuple[str, str, str]]:
    """Return what the report on the microcells says: name, value, what it means; empty where there are none."""
    report = report_of(release)
    if not report:
        return []
    households, metres = report["households_per_cell"], report["diameter"] or {}
    share, cap = report["one_street_share"], whole_number(report["cap"])
    rows = [
        (_("Mikrozellen"), whole_number(report["cells"]), _("So viele Zellen gibt es.")),
        (
            _("Gebäude mit Haushalten"),
            whole_number(report["buildings"]),
            _("Aus ihnen bestehen die Zellen. Leere Gebäude gehören zu keiner."),
        ),
        (_("Haushalte"), whole_number(report["households"]), _("Alle Haushalte in diesen Gebäuden.")),
        (
            _("Haushalte je Zelle, mindestens verlangt"),
            whole_number(report["minimum"]),
            _("Weniger dürfen in keiner Zelle wohnen."),
        ),
        (
            _("Haushalte in der kleinsten Zelle"),
            whole_number(households["minimum"]),
            _("Darf nicht kleiner sein als verlangt."),
        ),
        (
            _("Haushalte je Zelle, mittlerer Wert"),
            whole_number(households["median"]),
            _("Die Hälfte der Zellen hat höchstens so viele. Je näher am Verlangten, desto feiner sind die Zahlen."),
        ),
        (
            _("Haushalte in der größten Zelle"),
            whole_number(households["maximum"]),
            _("Ein Haus wird nie geteilt: Ein großes Haus ist eine große Zelle."),
        ),
        (
            _("Durchmesser in Metern, mittlerer Wert"),
            whole_number(metres["median"]) if metres else "",
            _("Abstand der entferntesten Häuser einer Zelle; nur Zellen aus mehreren Häusern."),
        ),
        *_cost(report),
        (
            _("Zellen, die breiter sind als gewünscht"),
            whole_number(report["flagged"]),
            _("Durchmesser über {metres} Meter. Genug Haushalte, aber nicht mehr dicht beieinander.").format(
                metres=cap
            ),
        ),
        (
            _("Zellen mit mehreren Häusern in nur einer Straße"),
            percent(share) if share is not None else "",
            _("Anteil an den Zellen aus mehreren Häusern. Je höher, desto eher gehören ihre Häuser zusammen."),
        ),
        (
            _("Gebiete ohne Zelle, weil dort zu wenige wohnen"),
            whole_number(len(report["areas_without_cells"])),
            _("Dort gibt es keine Zahlen für Zellen."),
        ),
        (
            _("Haushalte, die verloren gingen"),
            whole_number(report["households_lost"]),
            _("Muss 0 sein: Von jedem Haushalt ist bekannt, in welcher Zelle er lebt oder dass er in keiner lebt."),
        ),
    ]
    return [row for row in rows if row[1]]


def _cost(report: Report) -> list[tuple[str, str, str]]:
    """Return how far households are from the middle of their cell, and how near that is to the least there could be.

    Nothing where an older release does not say it.
    """
    cost, bounds = report.get("cost"), report.get("bounds") or {}
    rows = [
        (
            _("Entfernung zur Mitte der Zelle, in Metern"),
            one_decimal(math.sqrt(cost)) if cost is not None else "",
            _("Im quadratischen Mittel der Haushalte; nur Zellen aus mehreren Häusern. Je kleiner, desto dichter."),
        ),
        (
            _("Streuung, verglichen mit der einfachen Untergrenze"),
            _times(report.get("over_nearest")),
            _("Quadrierter Abstand zur Mitte. Unter das Einfache kommt keine Einteilung, meist nicht einmal dorthin."),
        ),
        (
            _("Streuung, verglichen mit der genauen Untergrenze"),
            _times(bounds.get("over_linear")),
            _("Ebenso, im Mittel von {count} Gebieten. Beim Einfachen gibt es keine bessere Einteilung.").format(
                count=whole_number(bounds.get("areas", 0))
            ),
        ),
    ]
    return [row for row in rows if row[1]]


def _times(ratio: float | None) -> str:
    return "" if ratio is None else _("{ratio}-fach").format(ratio=format_number(ratio, 2, language()))


def flagged_note(report: Report) -> str:
    """Say how many cells are wider than wanted, and that the release does not name them where it does not."""
    if not report["flagged"] or flagged_of(report):
        return ""
    words = _("Breiter als gewünscht ({metres} Meter) sind {count} Zellen. Welche, nennt die Veröffentlichung nicht.")
    return words.format(metres=whole_number(report["cap"]), count=whole_number(report["flagged"]))


def percent(share: float) -> str:
    """Write a share from 0 to 1 in percent with one decimal."""
    return f"{format_number(100 * share, 1, language())}\u00a0%"


def one_decimal(number: float) -> str:
    """Write a number with one decimal."""
    return format_number(number, 1, language())


def whole_number(number: float) -> str:
    """Write a number without decimals."""
    return format_number(number, 0, language())
