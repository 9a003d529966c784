"""Values as markup: numbers and units as :mod:`sozialraum.indicators` writes them, nothing as a sign with a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc, Text
from sozialraum.indicators import format_difference, format_number, format_period, format_value, status_word, with_unit
from sozialraum.indicators.language import texts
from sozialraum.tables import Status, Value

NOTED = (Status.UNRELIABLE, Status.ESTIMATED, Status.PROVISIONAL)
"""Numbers to be read with care."""


def language() -> str:
    """Return the current language, ``de`` or ``en``."""
    return get_language() or "de"


def said(text: Text | None) -> str:
    """Return a document's text in the current language; empty where there is none."""
    return text.get(language()) if text else ""


def day_words(day: date) -> str:
    """Write a day out: ``31. Dezember 2024``, ``31 December 2024``."""
    return date_format(day, "j F Y" if language() == "en" else "j. F Y")


def period_words(text: str) -> str:
    """Write a period as people say it."""
    return format_period(text, language())


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


def number(value: float, document: IndicatorDoc) -> str:
    """Format a number of an indicator without its unit; a change has its sign."""
    return format_number(value, document.decimals, language(), signed=document.change is not None)


def number_with_unit(value: float, document: IndicatorDoc) -> str:
    """Format a number of an indicator with its unit."""
    return with_unit(number(value, document), document.unit, language())


def range_words(low: float, high: float, document: IndicatorDoc) -> str:
    """Write from one number to another: ``0,8 bis 45,0 %``."""
    return _("{low} bis {high}").format(low=number(low, document), high=number_with_unit(high, document))


def change_words(first: float, last: float, document: IndicatorDoc) -> str:
    """Format the change between two numbers as they are shown: who subtracts them finds the same."""
    change = round(last, document.decimals) - round(first, document.decimals)
    return format_difference(document, change, language())


def plain(value: Value, document: IndicatorDoc) -> str:
    """Return a value as plain text: ``12,3 %``, ``(12,3 %)``, ``12,3 % (vorläufig)``, ``zum Schutz verdeckt``."""
    if value.value is None:
        return status_word(value.status, language())
    text = format_value(document, value, language())
    return f"{text} ({status_word(value.status, language())})" if value.status in NOTED[1:] else text


def cell(value: Value, document: IndicatorDoc, *, unit: bool = True, revised: bool = False) -> SafeString:
    """Return a value as markup for tables: the four kinds of nothing have a sign to see and a word to hear.

    Args:
        value: the value.
        document: the indicator.
        unit: whether to write the unit.
        revised: whether an earlier release told another value.
    """
    mark = _mark(revised_letter(), _("berichtigt")) if revised else SafeString("")
    if value.value is None:
        return nothing(value.status, language()) + mark
    text = number_with_unit(value.value, document) if unit else number(value.value, document)
    return marked(text, value.status) + mark


def marked(text: str, status: Status) -> SafeString:
    """Return a written number with the mark of one that is to be read with care, and the word for it."""
    if status not in NOTED:
        return conditional_escape(text)
    words = status_word(status, language())
    if status is Status.UNRELIABLE:
        shown = '<span class="unreliable" title="{}">({})<span class="sr"> {}</span></span>'
        return format_html(shown, words, text, words)
    return conditional_escape(text) + _mark(status_letter(status), words)


def _mark(letter: str, words: str) -> SafeString:
    return format_html(
        '<sup class="mark" title="{}" aria-hidden="true">{}</sup><span class="sr"> {}</span>', words, letter, words
    )


def doubts(value: Value, *, revised: bool = False) -> str:
    """Say in a word or two what to keep in mind about a number: ``vorläufig``, ``berichtigt``; empty for most."""
    words = [status_word(value.status, language())] if value.status in NOTED else []
    return ", ".join([*words, *([_("berichtigt")] if revised else [])])


def revised_letter() -> str:
    """Return the small letter behind a number that was revised."""
    return pgettext("mark of a number", "r")


def status_letter(status: Status) -> str:
    """Return the small letter behind an estimated or provisional number."""
    return pgettext("mark of a number", "g") if status is Status.ESTIMATED else pgettext("mark of a number", "v")


def sign(status: Status) -> str:
    """Return what stands in a table where there is no number."""
    return str(texts(language())["nothing"][status.value])


def interval_words(value: Value, document: IndicatorDoc) -> str:
    """Return the interval: ``11,2 – 13,4``; empty where there is none."""
    if value.value is None or value.lower is None or value.upper is None:
        return ""
    return f"{number(value.lower, document)} – {number(value.upper, document)}"


def interval_cell(value: Value, document: IndicatorDoc) -> SafeString:
    """Return the interval for a table; where the value is withheld, so is this, else a dash where there is none."""
    if value.status is Status.SUPPRESSED:
        return nothing(value.status, language())
    return conditional_escape(interval_words(value, document) or sign(Status.MISSING))


def count_cell(amount: float | None, value: Value) -> SafeString:
    """Return a numerator or denominator for a table; where the value is withheld, so is this."""
    if amount is not None:
        return conditional_escape(format_number(amount, 0, language()))
    return nothing(value.status if value.status is Status.SUPPRESSED else Status.MISSING, language())


@lru_cache(maxsize=32)
def nothing(status: Status, language: str) -> SafeString:
    """Return the sign for no number, with the word that is shown on focus and read by screen readers."""
    return format_html(
        '<span class="nothing" tabindex="0"><span aria-hidden="true" class="{}-dot">{}</span>'
        '<span class="nothing-word">{}</span></span>',
        status.value,
        sign(status),
        status_word(status, language),
    )


@dataclass(frozen=True, slots=True)
class Big:
    """A number set large, its unit smaller before or behind it, and words where it is no ordinary number."""

    before: str
    number: str
    after: str
    words: str


def big(value: Value, document: IndicatorDoc) -> Big:
    """Split a value for display."""
    if value.value is None:
        return Big("", sign(value.status), "", status_word(value.status, language()))
    before, _number, after = with_unit("\0", document.unit, language()).partition("\0")
    text = number(value.value, document)
    words = status_word(value.status, language()) if value.status in NOTED else ""
    return Big(before, f"({text})" if value.status is Status.UNRELIABLE else text, after, words)
