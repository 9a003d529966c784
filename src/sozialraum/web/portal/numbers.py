"""Numbers as people read them: German or English format, the unit always with them, nothing shown as a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import dates
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.periods import Frequency, Period, parse_period
from sozialraum.tables import Status, Value

MINUS = "\u2212"
HARD = "\u00a0"
_GERMAN = str.maketrans(",.", ".,")


def number(value: float, decimals: int, *, sign: bool = False) -> str:
    """Format a number for the current language: ``1.234,5`` in German, ``1,234.5`` in English; a true minus sign."""
    rounded = round(value, decimals) + 0.0
    text = f"{abs(rounded):,.{decimals}f}"
    if get_language() != "en":
        text = text.translate(_GERMAN)
    if rounded < 0:
        return f"{MINUS}{text}"
    return f"+{text}" if sign and rounded > 0 else text


def unit_after(unit: str) -> str:
    """Return what stands after a number of this unit, with a space that does not break; empty for plain counts."""
    text = _units().get(unit, "")
    return f"{HARD}{text}" if text else ""


def _units() -> dict[str, str]:
    return {
        "percent": "%",
        "per_mille": "‰",
        "per_100": _("je 100"),
        "per_1000": _("je 1.000"),
        "per_10000": _("je 10.000"),
        "per_100000": _("je 100.000"),
        "years": _("Jahre"),
        "euro": "€",
        "euro_per_m2": "€/m²",
        "m2": "m²",
        "per_km2": _("je km²"),
        "points": _("Punkte"),
    }


def unit_words(unit: str) -> str:
    """Return the unit spelled out, as a legend or a table's head says it."""
    words = {
        "percent": _("Anteil in Prozent"),
        "per_mille": _("Anteil in Promille"),
        "per_100": _("Zahl je 100"),
        "per_1000": _("Zahl je 1.000"),
        "per_10000": _("Zahl je 10.000"),
        "per_100000": _("Zahl je 100.000"),
        "count": _("Anzahl"),
        "years": _("Jahre"),
        "euro": _("Euro"),
        "euro_per_m2": _("Euro je Quadratmeter"),
        "m2": _("Quadratmeter"),
        "per_km2": _("Zahl je Quadratkilometer"),
        "index": _("Index"),
        "points": _("Punkte"),
    }
    return words[unit]


def with_unit(value: float, document: IndicatorDoc) -> str:
    """Format a number of an indicator with its unit."""
    return number(value, document.decimals) + unit_after(document.unit)


def change_words(first: float, last: float, document: IndicatorDoc) -> str:
    """Format the change between two numbers with its sign; percentages change by percentage points.

    It is the change between the numbers as they are shown: who subtracts them finds the same.
    """
    change = round(last, document.decimals) - round(first, document.decimals)
    text = number(change, document.decimals, sign=True)
    if document.unit == "percent":
        return f"{text}{HARD}{_('Prozentpunkte')}"
    return text + unit_after(document.unit)


def status_words(status: Status) -> str:
    """Say in plain words what kind of number, or of nothing, a value is; empty for an ordinary number."""
    words = {
        Status.SUPPRESSED: _("geheim gehalten"),
        Status.MISSING: _("nicht vorhanden"),
        Status.UNDEFINED: _("nicht berechenbar"),
        Status.UNRELIABLE: _("unsicher, weil die Zahl auf wenigen Fällen beruht"),
        Status.ESTIMATED: _("geschätzt"),
        Status.PROVISIONAL: _("vorläufig"),
    }
    return words.get(status, "")


SIGNS = {Status.SUPPRESSED: "•", Status.MISSING: "–", Status.UNDEFINED: "×"}
"""What stands in a table where there is no number."""


def plain(value: Value, document: IndicatorDoc) -> str:
    """Return a value as text without markup, with its unit: ``12,3 %``, ``(12,3 %)``, ``geheim gehalten``."""
    if value.value is None:
        return status_words(value.status)
    text = number(value.value, _decimals(value, document)) + unit_after(document.unit)
    match value.status:
        case Status.UNRELIABLE:
            return f"({text})"
        case Status.ESTIMATED | Status.PROVISIONAL:
            return f"{text} ({status_words(value.status)})"
    return text


def _decimals(value: Value, document: IndicatorDoc) -> int:
    """Exactly zero is written ``0``; a small number that rounds to it is written ``0,0``."""
    return 0 if value.status is Status.ZERO else document.decimals


def cell(value: Value, document: IndicatorDoc, *, unit: bool = True) -> SafeString:
    """Return a value as markup for tables: the four kinds of nothing have a sign to see and a word to hear."""
    if value.value is None:
        return _nothing(value.status, status_words(value.status))
    text = number(value.value, _decimals(value, document)) + (unit_after(document.unit) if unit else "")
    match value.status:
        case Status.UNRELIABLE:
            words = status_words(value.status)
            return format_html(
                '<span class="unreliable" title="{}">({})<span class="sr"> {}</span></span>', words, text, words
            )
        case Status.ESTIMATED | Status.PROVISIONAL:
            words = status_words(value.status)
            letter = (
                pgettext("mark of a number", "g")
                if value.status is Status.ESTIMATED
                else pgettext("mark of a number", "v")
            )
            mark = '{}<sup class="mark" title="{}" aria-hidden="true">{}</sup><span class="sr"> {}</span>'
            return format_html(mark, text, words, letter, words)
    return mark_safe(text)


def interval_cell(value: Value, document: IndicatorDoc) -> str:
    """Return the interval for a table: ``11,2 – 13,4``; a dash where there is none."""
    if value.lower is None or value.upper is None:
        return SIGNS[Status.MISSING]
    return f"{number(value.lower, document.decimals)} – {number(value.upper, document.decimals)}"


def count_cell(amount: float | None, value: Value) -> SafeString:
    """Return a numerator or denominator for a table; where the value is withheld, so is this."""
    if amount is not None:
        return mark_safe(number(amount, 0))
    status = value.status if value.status is Status.SUPPRESSED else Status.MISSING
    return _nothing(status, status_words(status))


@lru_cache(maxsize=64)
def _nothing(status: Status, words: str) -> SafeString:
    sign = SIGNS[status]
    return format_html(
        '<span class="nothing" tabindex="0"><span aria-hidden="true" class="{}-dot">{}</span>'
        '<span class="nothing-word">{}</span></span>',
        status.value,
        sign,
        words,
    )


@dataclass(frozen=True, slots=True)
class Big:
    """A number set large, its unit smaller beside it."""

    number: str
    unit: str
    words: str


def big(value: Value, document: IndicatorDoc) -> Big:
    """Split a value for display: number, unit, and words where it is no ordinary number."""
    words = status_words(value.status)
    if value.value is None:
        return Big(SIGNS[value.status], "", words)
    text = number(value.value, _decimals(value, document))
    if value.status is Status.UNRELIABLE:
        text = f"({text})"
    return Big(text, unit_after(document.unit), words)


def interval_words(value: Value, document: IndicatorDoc) -> str:
    """Say the interval as a sentence; empty where there is none."""
    if value.lower is None or value.upper is None:
        return ""
    return _("Mit 95 % Sicherheit zwischen {lower} und {upper}.").format(
        lower=with_unit(value.lower, document), upper=with_unit(value.upper, document)
    )


def period_words(text: str) -> str:
    """Write a period as people say it: ``2024``, ``1. Halbjahr 2024``, ``Mai 2024``, ``31.12.2024``."""
    return _period_words(parse_period(text), get_language() or "de")


@lru_cache(maxsize=512)
def _period_words(period: Period, language: str) -> str:
    match period.frequency:
        case Frequency.YEAR:
            return period.text
        case Frequency.SCHOOL_YEAR:
            return _("Schuljahr {year}").format(year=period.text)
        case Frequency.HALF_YEAR:
            return _("{number}. Halbjahr {year}").format(number=period.text[-1], year=period.year)
        case Frequency.QUARTER:
            return _("{number}. Quartal {year}").format(number=period.text[-1], year=period.year)
        case Frequency.MONTH:
            return f"{dates.MONTHS[period.first.month]} {period.year}"
    return day_words(period.last)


def day_words(day: date) -> str:
    """Write a day out: ``31. Dezember 2024``, ``31 December 2024``."""
    return date_format(day, "j F Y" if get_language() == "en" else "j. F Y")
