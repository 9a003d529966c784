"""An indicator or an area as an entry of a list."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sozialraum.catalogue import IndicatorDoc, Text
from sozialraum.web.atlas.facts import breaks_of
from sozialraum.web.atlas.queries import whole_series
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.atlas.rules import trend_of
from sozialraum.web.portal.drawing import sparkline
from sozialraum.web.portal.numbers import Big, big, period_words
from sozialraum.web.portal.sentences import title_of, trend_sentence


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """An indicator with its value for the whole city or region."""

    id: str
    title: str
    definition: str
    address: str
    document: IndicatorDoc
    big: Big
    period: str
    spark: SafeString
    change: str


def language() -> str:
    """Return the current language, ``de`` or ``en``."""
    return get_language() or "de"


def said(text: Text | None) -> str:
    """Return a document's text in the current language."""
    return text.get(language()) if text else ""


def indicator_address(indicator: str) -> str:
    """Return where an indicator's page is."""
    return reverse("portal:indicator", args=(indicator,))


def area_address(area: Area) -> str:
    """Return where an area's profile is."""
    return reverse("portal:profile", args=(area.system, area.code))


def indicator_entry(atlas: Atlas, indicator: str, *, steps: int = 1) -> IndicatorEntry:
    """Describe an indicator; its change looks ``steps`` periods back."""
    document = atlas.catalogue.indicators[indicator]
    series = whole_series(atlas, indicator)
    told = [entry for entry in series if entry[1].value is not None]
    period, value = told[-1] if told else ("", MISSING)
    return IndicatorEntry(
        id=indicator,
        title=title_of(document),
        definition=said(document.definition),
        address=indicator_address(indicator),
        document=document,
        big=big(value, document),
        period=period_words(period) if period else "",
        spark=sparkline(series),
        change=trend_sentence(trend_of(series, breaks_of(atlas, indicator), steps), document),
    )
