"""An indicator or an area as an entry of a list."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from sozialraum.catalogue import IndicatorDoc
from sozialraum.web.atlas.queries import whole_series
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.portal.drawing import sparkline
from sozialraum.web.portal.numbers import Big, big, period_words, said
from sozialraum.web.portal.sentences import change_since


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


def indicator_address(indicator: str) -> str:
    """Return where an indicator's page is."""
    return reverse("portal:indicator", args=(indicator,))


def area_address(area: Area) -> str:
    """Return where an area's profile is."""
    return reverse("portal:profile", args=(area.system, area.code))


def indicator_entry(atlas: Atlas, indicator: str) -> IndicatorEntry:
    """Describe an indicator: the latest number of the whole and its change against the one before."""
    document = atlas.catalogue.indicators[indicator]
    series = whole_series(atlas, indicator)
    told = [entry for entry in series if entry[1].value is not None]
    period, value = told[-1] if told else ("", MISSING)
    return IndicatorEntry(
        id=indicator,
        title=said(document.title),
        definition=said(document.definition),
        address=indicator_address(indicator),
        document=document,
        big=big(value, document),
        period=period_words(period) if period else "",
        spark=sparkline(series),
        change=change_since(series, document),
    )
