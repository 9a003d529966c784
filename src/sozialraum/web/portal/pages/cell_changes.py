"""What became of the microcells since the release that they continue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sozialraum.web.portal.pages.cell_quality import Report, percent, whole_number


def changes_of(report: Report) -> dict[str, Any]:
    """Return which release the cells continue and what changed since: rows of name, value and meaning.

    Nothing where an older release does not say it; ``since`` is empty where the cells were formed.
    """
    if "continues" not in report:
        return {}
    since, changes = report["continues"] or "", report["changes"] or {}
    return {"since": since, "rows": [row for row in _rows(changes) if row[1]] if since else []}


def _rows(changes: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield _("Gleiche Zellen"), whole_number(changes["kept"]), _("Dieselben Häuser, gleich viele Haushalte.")
    yield (
        _("Veränderte Zellen"),
        whole_number(changes["changed"]),
        _("Häuser oder Haushalte gingen oder kamen zurück. Ein neues Haus kommt in keine bestehende Zelle."),
    )
    yield (
        _("Neue Zellen"),
        whole_number(changes["opened"]),
        _("Aus Häusern, die in keiner waren und zusammen genug Haushalte haben."),
    )
    yield _("Geteilte Zellen"), _some(changes["split"]), _("So viele Teile: Eine neue Grenze ging hindurch.")
    yield _("Zellen in einem anderen Gebiet"), _some(changes["moved"]), _("Sie haben dort eine neue Kennung.")
    yield (
        _("Aufgelöste Zellen"),
        whole_number(changes["fallen"]),
        _("Zu wenige Haushalte blieben. Ihre Häuser sind seitdem in keiner Zelle."),
    )
    yield _("Verschwundene Zellen"), _some(changes["gone"]), _("In ihren Häusern wohnt niemand mehr.")
    yield (
        _("Haushalte in einer Zelle"),
        percent(changes["covered"]),
        _("Die anderen warten auf eine Zelle, oder ihre ist aufgelöst. Für Gebiete zählen sie mit."),
    )
    yield (
        _("Gebiete mit wenigen Haushalten ohne Zelle"),
        _some(len(changes["small_rests"])),
        _("Damit sich ihre Zahlen nicht ausrechnen lassen, ist dort auch die Zahl mindestens einer Zelle verdeckt."),
    )


def _some(number: int) -> str:
    """Write a number that is told only where there is any."""
    return whole_number(number) if number else ""
