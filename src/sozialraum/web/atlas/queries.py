"""What pages ask of a loaded release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sozialraum.catalogue import Text
from sozialraum.periods import parse_period
from sozialraum.publishing.classes import Classes, classify
from sozialraum.tables import Value
from sozialraum.web.atlas.release import MISSING, Area, Atlas, Panel
from sozialraum.web.atlas.rules import Spread, spread_of

SHOWN = 400
"""Systems with more areas (a grid, microcells) are not listed area by area."""


def shown_systems(atlas: Atlas) -> tuple[str, ...]:
    """Return the area systems that have pages: those with values and at most ``SHOWN`` areas, the home system first."""
    return atlas.keep("shown systems", lambda: _shown_systems(atlas))


def _shown_systems(atlas: Atlas) -> tuple[str, ...]:
    home = atlas.city.home
    with_values = {system for _, system in atlas.parts}
    found = [name for name, areas in atlas.areas.items() if name in with_values and len(areas) <= SHOWN]
    return tuple(
        sorted(found, key=lambda name: (name != home, name == atlas.city.whole, -len(atlas.areas[name]), name))
    )


def listed_systems(atlas: Atlas) -> tuple[str, ...]:
    """Return the shown systems that divide the territory (not the whole as one area)."""
    return tuple(system for system in shown_systems(atlas) if system != atlas.city.whole)


def whole(atlas: Atlas) -> Area | None:
    """Return the one area that is the whole city or region; None where the release has none."""
    areas = atlas.areas.get(atlas.city.whole or "", {})
    return next(iter(areas.values()), None)


def whole_value(atlas: Atlas, indicator: str, period: str) -> Value:
    """Return the value of the whole city or region."""
    area = whole(atlas)
    panel = atlas.panel(indicator, area.system) if area else None
    return panel.value(area.code, period) if area and panel else MISSING


def whole_series(atlas: Atlas, indicator: str) -> tuple[tuple[str, Value], ...]:
    """Return the series of the whole city or region; empty where there is none."""
    area = whole(atlas)
    panel = atlas.panel(indicator, area.system) if area else None
    return panel.series(area.code) if area and panel else ()


def until(series: tuple[tuple[str, Value], ...], period: str) -> tuple[tuple[str, Value], ...]:
    """Return the part of a series that ends with a period."""
    end = parse_period(period)
    return tuple(entry for entry in series if parse_period(entry[0]) <= end)


def years_of(atlas: Atlas, system: str) -> tuple[int, ...]:
    """Return the years in which a period with numbers of a system ends, the latest first."""
    return atlas.keep(("years", system), lambda: _years_of(atlas, system))


def _years_of(atlas: Atlas, system: str) -> tuple[int, ...]:
    panels = [atlas.panel(indicator, system) for indicator in atlas.indicators]
    years = {parse_period(period).last.year for panel in panels if panel for period in panel.told}
    return tuple(sorted(years, reverse=True))


def systems_of(atlas: Atlas, indicator: str) -> tuple[str, ...]:
    """Return the systems that divide the territory and have values of an indicator, the home system first."""
    return tuple(system for system in listed_systems(atlas) if (indicator, system) in atlas.parts)


def areas_at(atlas: Atlas, system: str, period: str) -> dict[str, Area]:
    """Return the areas that existed at the end of a period, by name."""
    day = parse_period(period).last
    there = [area for area in atlas.areas[system].values() if area.existed(day)]
    return {area.code: area for area in sorted(there, key=lambda area: sort_name(area.name))}


def current_areas(atlas: Atlas, system: str) -> dict[str, Area]:
    """Return the areas of a system that still exist, by name."""
    there = [area for area in atlas.areas[system].values() if area.valid_to is None]
    return {area.code: area for area in sorted(there, key=lambda area: sort_name(area.name))}


def row_at(atlas: Atlas, panel: Panel, period: str) -> dict[str, Value]:
    """Return the values of every area that existed in a period, missing ones included, by name."""
    return {code: panel.value(code, period) for code in areas_at(atlas, panel.system, period)}


def classes_of(atlas: Atlas, panel: Panel) -> Classes | None:
    """Return the classes of an indicator in a system, the same for all periods: a colour keeps its meaning."""
    decimals = atlas.catalogue.indicators[panel.indicator].decimals
    numbers = (value.value for value in panel.values.values() if value.value is not None)
    return atlas.keep(("classes", panel.indicator, panel.system), lambda: classify(numbers, decimals=decimals))


def spread_at(atlas: Atlas, panel: Panel, period: str) -> Spread | None:
    """Return where the areas of a system lie in a period."""
    key = ("spread", panel.indicator, panel.system, period)
    return atlas.keep(key, lambda: spread_of(row_at(atlas, panel, period).values()))


def ancestors(atlas: Atlas, area: Area) -> Iterator[Area]:
    """Yield the areas that an area lies in, the nearest first."""
    seen = {area.system}
    while (document := atlas.systems.get(area.system)) and document.parent and area.parent:
        found = atlas.areas.get(document.parent, {}).get(area.parent)
        if found is None or found.system in seen:
            return
        seen.add(found.system)
        yield found
        area = found


def children(atlas: Atlas, area: Area) -> tuple[Area, ...]:
    """Return the areas of the next finer systems that lie in an area, by name."""
    finer = [name for name in listed_systems(atlas) if atlas.systems[name].parent == area.system]
    return tuple(child for name in finer for child in current_areas(atlas, name).values() if child.parent == area.code)


def by_theme(atlas: Atlas) -> dict[str, tuple[str, ...]]:
    """Return the indicators of each theme, themes in their order; themes without indicators are left out."""
    found: dict[str, list[str]] = {}
    for indicator in atlas.indicators:
        found.setdefault(atlas.catalogue.indicators[indicator].theme, []).append(indicator)
    return {theme: tuple(indicators) for theme, indicators in found.items() if theme in atlas.catalogue.themes}


def key_indicators(atlas: Atlas, count: int = 6) -> tuple[str, ...]:
    """Return the indicators for the start page: the city's choice, then headlines, then the first ones.

    Where there is a whole city or region, only those that have a number for it.
    """
    return atlas.keep(("key indicators", count), lambda: _key_indicators(atlas)[:count])


def _key_indicators(atlas: Atlas) -> tuple[str, ...]:
    documents = atlas.catalogue.indicators
    chosen = [name for name in atlas.city.key_indicators if name in atlas.indicators]
    headlines = [name for name in atlas.indicators if documents[name].headline]
    ordered = dict.fromkeys([*chosen, *headlines, *atlas.indicators])
    told = [name for name in ordered if any(value.value is not None for _, value in whole_series(atlas, name))]
    return tuple(told if whole(atlas) else ordered)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: areas and indicators, the best first."""

    areas: tuple[Area, ...]
    indicators: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.areas or self.indicators)


_FOLD = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "-": " ", "*": "", "/": " "})


def fold(text: str) -> str:
    """Return text as it is compared: lower case, umlauts as their plain letters, typed as ``ae`` or ``a`` alike."""
    plain = text.casefold().translate(_FOLD)
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def sort_name(name: str) -> tuple[str, str]:
    """Return the key that sorts names as a German reader expects."""
    return fold(name), name


def _score(words: list[str], title: str, rest: str) -> int:
    """Every word must occur: 3 at the title's start, 2 at a word's start in it, 1 elsewhere; 0 is no match."""
    total = 0
    for word in words:
        if title.startswith(word):
            total += 3
        elif f" {word}" in title:
            total += 2
        elif word in title or f" {word}" in rest:
            total += 1
        else:
            return 0
    return total


def best_match(text: str, texts: Mapping[str, tuple[Text, Text]]) -> tuple[str, ...]:
    """Return the ids of what has every word of ``text`` in its title or its definition, the best first.

    Args:
        text: what somebody looks for, in German or English.
        texts: title and definition by id.
    """
    words = fold(text).split()
    scores = {
        name: max(
            _score(words, fold(title.get(language)), fold(f" {definition.get(language)}")) for language in ("de", "en")
        )
        for name, (title, definition) in texts.items()
    }
    return tuple(name for name in sorted(scores, key=lambda name: -scores[name]) if words and scores[name])


def search(atlas: Atlas, text: str) -> Found:
    """Return the areas and indicators that have every word of ``text``, in German or English."""
    words = fold(text).split()
    if not words:
        return Found((), ())
    areas = [
        (score, area)
        for system in listed_systems(atlas)
        for area in current_areas(atlas, system).values()
        if (score := _score(words, fold(area.name), ""))
    ]
    texts = atlas.keep("search texts", lambda: _search_texts(atlas))
    indicators = [
        (score, name)
        for name in atlas.indicators
        if (score := max(_score(words, title, rest) for title, rest in texts[name]))
    ]
    return Found(
        tuple(area for _, area in sorted(areas, key=lambda entry: (-entry[0], sort_name(entry[1].name)))),
        tuple(name for _, name in sorted(indicators, key=lambda entry: -entry[0])),
    )


def _search_texts(atlas: Atlas) -> dict[str, tuple[tuple[str, str], ...]]:
    texts = {}
    for name in atlas.indicators:
        document = atlas.catalogue.indicators[name]
        theme = atlas.catalogue.themes.get(document.theme)
        texts[name] = tuple(
            (
                fold(document.title.get(language)),
                fold(
                    " ".join(
                        (
                            "",
                            document.code or "",
                            document.definition.get(language),
                            theme.title.get(language) if theme else "",
                            *document.tags,
                        )
                    )
                ),
            )
            for language in ("de", "en")
        )
    return texts
