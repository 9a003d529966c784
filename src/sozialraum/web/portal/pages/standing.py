"""Where an area stands: its scores, its type, the areas that are like it. A block of its profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sozialraum.analysis import (
    AreaTypes,
    Unplaced,
    score_sentence,
    similar_sentence,
    type_sentence,
    unplaced_sentence,
)
from sozialraum.tables import Status
from sozialraum.web.atlas.composites import Score, composites_told, scores_of
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.atlas.similarity import nearest, similarity
from sozialraum.web.atlas.typologies import type_of, types_for
from sozialraum.web.portal.numbers import language, period_words, said
from sozialraum.web.portal.pages.composite_words import composite_address
from sozialraum.web.portal.pages.entries import area_address
from sozialraum.web.portal.pages.typology import colour_of_type, titles_of, typology_address
from sozialraum.web.portal.scores import colour_of, score_number


@dataclass(frozen=True, slots=True)
class Placed:
    """What one composite says about an area.

    Attributes:
        sentence: its class and how it moved, or why it has none.
        period: of the score.
        colour: of its class; empty where it has none.
        address: the composite's page, at the place that says what the score of this area is made from.
    """

    sentence: str
    period: str
    colour: str
    address: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What one typology says about an area.

    Attributes:
        title: of the typology.
        sentence: its type, or why it belongs to none.
        period: of the types.
        colour: of its type; empty where it has none.
        address: the typology's page.
    """

    title: str
    sentence: str
    period: str
    colour: str
    address: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Which areas are like an area.

    Attributes:
        nearest: which one is most like it, and what differs there.
        areas: name, page and distance of each.
        count: by how many indicators they are compared.
        period: of these.
    """

    nearest: str
    areas: tuple[tuple[str, str, str], ...]
    count: int
    period: str


def standing_of(atlas: Atlas, area: Area, day: date | None) -> dict[str, Any] | None:
    """Return where an area stands among those of its system; None where the release says nothing about it.

    Args:
        atlas: the release.
        area: the area.
        day: what was known by then is told; without it the latest.
    """
    placed = list(_placed(atlas, area, day))
    typed = [_typed(atlas, area, types) for types in types_for(atlas, area, day)]
    alike = _alike(atlas, area) if day is None else None  # they are like it now
    return {"placed": placed, "typed": typed, "alike": alike} if placed or typed or alike else None


def _placed(atlas: Atlas, area: Area, day: date | None) -> Iterator[Placed]:
    for name in composites_told(atlas):
        scores = scores_of(atlas, name, area.system)
        period = scores.latest_until(day) if scores else None
        if scores and period:
            yield _place(atlas, area, scores.score(area.code, period), name)


def _place(atlas: Atlas, area: Area, score: Score, composite: str) -> Placed:
    document, period = atlas.catalogue.composites[composite], str(score.row["period"])
    where = f"?ebene={area.system}&zeit={period}&gebiet={area.code}#woraus"
    return Placed(
        sentence=score_sentence(document, score.row, area.name, language()),
        period=period_words(period),
        colour=colour_of(document.classes, score.label) if score.label else "",
        address=composite_address(composite) + where,
    )


def _typed(atlas: Atlas, area: Area, types: AreaTypes) -> Typed:
    titles, own = titles_of(atlas, types), type_of(types, area.code)
    why = types.unplaced.get(area.code) or Unplaced(Status.MISSING, types.indicators)
    return Typed(
        title=said(atlas.catalogue.typologies[types.typology].title),
        sentence=type_sentence(own, titles, language()) if own else unplaced_sentence(why, titles, language()),
        period=period_words(types.period),
        colour=colour_of_type(own.number) if own else "",
        address=f"{typology_address(types.typology)}?ebene={area.system}",
    )


def _alike(atlas: Atlas, area: Area) -> Alike | None:
    known, found, areas = similarity(atlas, area.system), nearest(atlas, area), atlas.areas[area.system]
    if known is None or not found:
        return None
    titles = {name: said(atlas.catalogue.indicators[name].title) for name in known.profiles.indicators}
    return Alike(
        nearest=similar_sentence(found[0], areas[found[0].area].name, titles, language()),
        areas=tuple((areas[one.area].name, area_address(areas[one.area]), score_number(one.distance)) for one in found),
        count=len(titles),
        period=period_words(known.period),
    )
