"""The start page: what this is, six key figures, what changed, the themes, a first map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sozialraum.web.atlas.facts import latest_changes
from sozialraum.web.atlas.queries import by_theme, key_indicators, systems_of
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import said
from sozialraum.web.portal.pages.entries import area_address, indicator_address, indicator_entry
from sozialraum.web.portal.pages.maps import map_of
from sozialraum.web.portal.pages.warnings import count_sentence
from sozialraum.web.portal.sentences import change_sentence


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """A theme and how many indicators it has."""

    id: str
    title: str
    description: str
    count: int


def theme_entries(atlas: Atlas) -> list[ThemeEntry]:
    """Describe the themes that have indicators in this release."""
    themes = atlas.catalogue.themes
    return [
        ThemeEntry(name, said(themes[name].title), said(themes[name].description), len(indicators))
        for name, indicators in by_theme(atlas).items()
    ]


def start_page(atlas: Atlas) -> dict[str, Any]:
    """Return what the start page shows."""
    keys = key_indicators(atlas)
    return {
        "keys": [indicator_entry(atlas, indicator) for indicator in keys],
        "changes": [_change(atlas, change) for change in latest_changes(atlas)],
        "warned": count_sentence(atlas),
        "themes": theme_entries(atlas),
        "preview": _preview(atlas, keys),
    }


def _change(atlas: Atlas, change: Any) -> dict[str, str]:
    place = area_address(change.area) if change.area else indicator_address(change.indicator)
    return {"sentence": change_sentence(change, atlas), "address": place}


def _preview(atlas: Atlas, keys: tuple[str, ...]) -> Any:
    """Return a map of the first key figure that is a rate: numbers of people only show where many live."""
    documents = atlas.catalogue.indicators
    rates = [name for name in (*keys, *atlas.indicators) if documents[name].unit != "count" and systems_of(atlas, name)]
    if not rates:
        return None
    indicator = rates[0]
    system = systems_of(atlas, indicator)[0]
    panel = atlas.panel(indicator, system)
    return map_of(atlas, panel, panel.latest) if panel else None
