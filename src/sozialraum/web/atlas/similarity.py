"""Which areas are like an area: those whose values are nearest to its own, in all rates that every area has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sozialraum.analysis import Profiles, Similar, profiles_of, similar_areas
from sozialraum.indicators.benchmarks import SMALLEST_SET
from sozialraum.periods import parse_period
from sozialraum.web.atlas.queries import current_areas
from sozialraum.web.atlas.release import Area, Atlas, Panel

SIMILAR = 5
"""So many areas are compared with."""

FEWEST = 5
"""With fewer rates than this nothing is called similar."""

_ENOUGH = 0.5
"""Areas with fewer of the rates (an uninhabited one) are left out and do not shorten the list for the others. So are
periods. And no more than this part of the other areas is called similar: the most different ones are not."""


@dataclass(frozen=True, slots=True, eq=False)
class Similarity:
    """What areas of a system are compared by.

    Attributes:
        period: the period of all values.
        profiles: the areas by their standardised rates.
    """

    period: str
    profiles: Profiles


def similarity(atlas: Atlas, system: str) -> Similarity | None:
    """Return what the areas of a system are compared by; None where there are fewer than :data:`FEWEST` rates.

    Taken are rates, shares and means (no counts: a large area would be like a large one; no changes) in the latest
    period in which half of them have numbers, those that all areas have which have half of them.
    """
    return atlas.keep(("similarity", system), lambda: _similarity(atlas, system))


def _similarity(atlas: Atlas, system: str) -> Similarity | None:
    panels = [panel for name in _rates(atlas) if (panel := atlas.panel(name, system))]
    frequent = Counter(period for panel in panels for period in panel.told)
    common = [period for period, count in frequent.items() if count >= _ENOUGH * len(panels)]
    if not common:
        return None
    period = max(common, key=parse_period)
    current = current_areas(atlas, system).keys()
    told = {panel.indicator: current & _told(panel, period) for panel in panels}
    told = {name: areas for name, areas in told.items() if areas}
    known = Counter(area for areas in told.values() for area in areas)
    counted = {area for area, count in known.items() if count >= _ENOUGH * len(told)}
    chosen = [name for name, areas in told.items() if counted <= areas]
    if len(chosen) < FEWEST:
        return None
    return Similarity(period, profiles_of(atlas.package.values, chosen, area_system=system, period=period))


def _rates(atlas: Atlas) -> list[str]:
    documents = atlas.catalogue.indicators
    return [
        name
        for name in atlas.indicators
        if documents[name].unit != "count" and not documents[name].change and not documents[name].index
    ]


def _told(panel: Panel, period: str) -> set[str]:
    return {area for (area, when), value in panel.values.items() if when == period and value.value is not None}


def similar_to(atlas: Atlas, area: Area) -> tuple[Area, ...]:
    """Return the areas that are most like an area, the nearest first; none where there are too few areas to choose
    from, or where the area lacks one of the rates."""
    areas = atlas.areas[area.system]
    return tuple(areas[other.area] for other in nearest(atlas, area))


def nearest(atlas: Atlas, area: Area) -> tuple[Similar, ...]:
    """Return the same with how near they are and what differs most."""
    return atlas.keep(("similar", area.system, area.code), lambda: _nearest(atlas, area))


def _nearest(atlas: Atlas, area: Area) -> tuple[Similar, ...]:
    found = similarity(atlas, area.system)
    if found is None or area.code not in found.profiles.areas:
        return ()
    count = min(SIMILAR, int(_ENOUGH * (len(found.profiles.areas) - 1)))
    return similar_areas(found.profiles, area.code, count=count) if count >= SMALLEST_SET else ()
