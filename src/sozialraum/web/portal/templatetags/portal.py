"""How templates write values, periods and texts of documents."""

from __future__ import annotations

from datetime import date

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc, Text
from sozialraum.releases import State
from sozialraum.tables import Value
from sozialraum.web.portal import numbers
from sozialraum.web.portal.pages.indicator_table import Cell

register = template.Library()


@register.filter
def text(value: Text | None) -> str:
    """Write a document's text in the current language."""
    return numbers.said(value)


@register.filter
def period(value: str) -> str:
    """Write a period as people say it."""
    return numbers.period_words(str(value))


@register.filter
def day(value: date) -> str:
    """Write a day out."""
    return numbers.day_words(value)


@register.simple_tag
def value(value: Value, document: IndicatorDoc, unit: bool = True, revised: bool = False) -> SafeString:
    """Write a value for a table."""
    return numbers.cell(value, document, unit=unit, revised=revised)


@register.simple_tag
def word_cell(cell: Cell, value: Value) -> SafeString:
    """Write a cell of words for a row whose value this is."""
    return cell.markup(value)


@register.simple_tag
def interval(value: Value, document: IndicatorDoc) -> SafeString:
    """Write the interval of a value for a table."""
    return numbers.interval_cell(value, document)


@register.simple_tag
def count(amount: float | None, value: Value) -> SafeString:
    """Write a numerator or denominator for a table: withheld with its value, a dash where none was given."""
    return numbers.count_cell(amount, value)


@register.simple_tag
def people(value: Value) -> SafeString:
    """Write a number of people for a table."""
    return numbers.count_cell(value.value, value)


@register.simple_tag
def state_words(state: State) -> str:
    """Write where a release stands."""
    words = {
        State.DRAFT: _("Entwurf"),
        State.IN_REVIEW: _("in Prüfung"),
        State.APPROVED: _("freigegeben"),
        State.PUBLISHED: _("veröffentlicht"),
        State.SUPERSEDED: _("abgelöst"),
        State.WITHDRAWN: _("zurückgezogen"),
    }
    return words[state]


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file."""
    return static(name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the few icons: decoration beside words, silent for screen readers."""
    return format_html(
        '<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" '
        'aria-hidden="true"><path d="{}"/></svg>',
        ICONS[name],
    )


ICONS = {
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21",
    "contrast": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 3v18M15 5.5v13M18 8.5v7",
}
