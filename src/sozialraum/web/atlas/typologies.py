"""Types of areas as pages ask for them."""

from __future__ import annotations

from datetime import date

from sozialraum.analysis import AreaType, AreaTypes
from sozialraum.periods import parse_period
from sozialraum.web.atlas.queries import best_match, listed_systems, sort_name
from sozialraum.web.atlas.release import Area, Atlas


def types_of(atlas: Atlas, typology: str, system: str) -> AreaTypes | None:
    """Return what a typology says about an area system; None where the release says nothing about it."""
    every = atlas.package.typologies
    return next((types for types in every if (types.typology, types.area_system) == (typology, system)), None)


def type_systems(atlas: Atlas, typology: str) -> tuple[str, ...]:
    """Return the systems that divide the territory and that a typology says something about: those with types first."""
    found = {system: types for system in listed_systems(atlas) if (types := types_of(atlas, typology, system))}
    return tuple(sorted(found, key=lambda system: found[system].found is None))


def typologies_told(atlas: Atlas) -> tuple[str, ...]:
    """Return the typologies that found types in any area system, by title."""
    documents = atlas.catalogue.typologies
    told = {types.typology for types in atlas.package.typologies if types.found} & set(documents)
    shown = [name for name in told if any(_has_types(atlas, name, system) for system in type_systems(atlas, name))]
    return tuple(sorted(shown, key=lambda name: sort_name(documents[name].title.de)))


def _has_types(atlas: Atlas, typology: str, system: str) -> bool:
    types = types_of(atlas, typology, system)
    return types is not None and types.found is not None


def type_of(types: AreaTypes, area: str) -> AreaType | None:
    """Return the type of an area; None where it belongs to none."""
    return next((one for one in types.found.types if area in one.areas), None) if types.found else None


def types_for(atlas: Atlas, area: Area, day: date | None = None) -> tuple[AreaTypes, ...]:
    """Return the types among which an area is: one for each typology that found any by ``day``."""
    every = (types_of(atlas, name, area.system) for name in typologies_told(atlas))
    return tuple(
        types for types in every if types and types.found and (day is None or parse_period(types.period).last <= day)
    )


def search_typologies(atlas: Atlas, text: str) -> tuple[str, ...]:
    """Return the typologies with types that have every word of ``text``, in German or English, the best first."""
    documents = atlas.catalogue.typologies
    texts = {name: (documents[name].title, documents[name].definition) for name in typologies_told(atlas)}
    return best_match(text, texts)
