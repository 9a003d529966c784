"""Which indicators lose what, and which numbers take others with them: tables of the stewards' page about policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sozialraum.releases.what_if import Cause, Table
from sozialraum.web.atlas.queries import sort_name, whole
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import period_words
from sozialraum.web.portal.pages.cell_quality import one_decimal, percent, whole_number
from sozialraum.web.portal.pages.what_if_choice import ORDERS, Choice, indicator_title, system_title


def short(number: float) -> str:
    """Write a number with one decimal where it is not whole."""
    return whole_number(number) if number == int(number) else one_decimal(number)


def names_of(atlas: Atlas | None, tables: Sequence[Table]) -> list[tuple[str, str]]:
    """Return the indicators of which anything is withheld, by name."""
    found = [(one.indicator, indicator_title(atlas, one.indicator)) for one in tables if one.effect.withheld]
    return sorted(found, key=lambda entry: sort_name(entry[1]))


def ordered(tables: Sequence[Table], atlas: Atlas | None, order: str) -> list[Table]:
    """Return the indicators of which anything is withheld, in the order that was asked for."""
    found = [table for table in tables if table.effect.withheld or table.effect.lost]
    return sorted(found, key=lambda one: (*ORDERS[order](one), sort_name(indicator_title(atlas, one.indicator))))


def orders() -> list[tuple[str, str]]:
    """Return the columns of the table of indicators: how an address says that it is sorted by them, and their title."""
    titles = {
        "name": _("Kennzahl"),
        "selbst": _("für sich"),
        "andere": _("für andere"),
        "verdeckt": _("verdeckte Zahlen"),
        "werte": _("fehlende Werte"),
        "gebiete": _("Gebiete ohne Wert"),
    }
    return list(titles.items())


def table_row(table: Table, atlas: Atlas | None, choice: Choice) -> dict[str, Any]:
    """Return what the rules do to an indicator, as a row."""
    effect = table.effect
    is_there = atlas is not None and table.indicator in atlas.indicators
    args = (atlas.id, choice.depth, table.indicator) if atlas else ()
    return {
        "title": indicator_title(atlas, table.indicator),
        "address": reverse("portal:internal-indicator", args=args) if is_there else "",
        "map": choice.address(kennzahl=table.indicator),
        "chosen": table.indicator == choice.indicator,
        "own": whole_number(effect.themselves + effect.earlier),
        "others": whole_number(effect.others),
        "share": percent(1 - effect.kept),
        "loss": percent(effect.loss),
        "blind": whole_number(table.blind),
    }


def reason_words() -> dict[str, str]:
    """Return in words why numbers are withheld for themselves, by the door's names of the reasons, in their order."""
    return {
        "minimum": _("zu wenige"),
        "complement": _("zu wenige andere (der Rest zum Ganzen)"),
        "base": _("Teil von zu wenigen"),
        "all": _("alle (100 %)"),
        "none": _("niemand (0 %)"),
        "contributors": _("eine Summe, hinter der zu wenige stehen"),
        "unknown": _("eine Summe, von der niemand weiß, wer beiträgt"),
        "dominance": _("eine Summe, die fast nur aus den größten Beiträgen besteht"),
        "p_percent": _("eine Summe, die einen Beitrag zu genau verrät"),
        "amount": _("eine Summe, deren Zählung verändert wird"),
        "tally": _("ein Median oder Ähnliches von zu wenigen"),
        "delivered": _("schon so geliefert"),
        "overlap": _("was sich überschneidende Gebiete übrig lassen"),
        "earlier": _("in einer früheren Veröffentlichung verdeckt"),
    }


def cause_row(cause: Cause, atlas: Atlas | None, choice: Choice) -> dict[str, Any]:
    """Return a number that takes others with it, as a row."""
    shown = choice.indicator or next(iter(cause.indicators), "")
    others = len(cause.indicators) - 1
    number = short(cause.further)
    return {
        "title": indicator_title(atlas, shown) if shown else cause.universe,
        "more": _("und {count} weitere").format(count=whole_number(others)) if others > 0 else "",
        "measure": f"{cause.universe} {cause.where}".strip().replace(";", ", "),
        "area": _area_name(atlas, cause),
        "period": period_words(cause.period),
        "why": reason_words()[cause.why],
        "further": number if cause.alone else _("etwa {number}").format(number=number),
    }


def _area_name(atlas: Atlas | None, cause: Cause) -> str:
    if cause.why == "overlap":
        return cause.area
    area = (atlas.areas.get(cause.area_system, {}) if atlas else {}).get(cause.area)
    main = whole(atlas) if atlas else None
    if area is None:
        return f"{system_title(atlas, cause.area_system)} {cause.area}"
    return area.name if area.system != (main.system if main else "") else _("{name} insgesamt").format(name=area.name)
