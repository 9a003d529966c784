"""The page of a typology: which types there are, what they are like, on a map and as cards; why so many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.analysis import (
    AreaType,
    AreaTypes,
    number_sentence,
    obstacle_sentence,
    type_sentence,
    unplaced_sentence,
)
from sozialraum.catalogue import TypologyDoc
from sozialraum.indicators import status_word
from sozialraum.publishing.opendata import INDEX_FORMATS
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.atlas.queries import areas_at
from sozialraum.web.atlas.release import MISSING, Area, Atlas
from sozialraum.web.atlas.typologies import type_of, type_systems, types_of
from sozialraum.web.portal.drawing import Mark, bar, choropleth
from sozialraum.web.portal.formats import format_words
from sozialraum.web.portal.numbers import language, period_words, said
from sozialraum.web.portal.origin import deliveries_of, source_line
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.pages.maps import MapView
from sozialraum.web.portal.scores import score_number, weight_words

COLOURS = 7
"""Colours of types; of more, some have the same, and each has its number."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One indicator in the profile of a type: how far the type lies from the average of all areas."""

    title: str
    distance: str
    drawing: SafeString


@dataclass(frozen=True, slots=True)
class TypeCard:
    """One type.

    Attributes:
        number: its number.
        colour: of its areas on the map.
        sentence: what stands out, and how stable it is.
        areas: code, name and page of each area.
        traits: its profile.
    """

    number: int
    colour: str
    sentence: str
    areas: tuple[tuple[str, str, str], ...]
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One number of types that was tried, how well they stood apart, and whether it was chosen."""

    number: str
    width: str
    gap: str
    drawing: SafeString
    chosen: bool


def typology_address(typology: str) -> str:
    """Return where a typology's page is."""
    return reverse("portal:typology", args=(typology,))


def titles_of(atlas: Atlas, types: AreaTypes) -> dict[str, str]:
    """Return the title of each indicator in the current language."""
    documents = atlas.catalogue.indicators
    return {name: said(documents[name].title) if name in documents else name for name in types.indicators}


def find_typology(atlas: Atlas, typology: str) -> TypologyDoc:
    """Return the document of a typology.

    Raises:
        Http404: there is none; the message says so.
    """
    document = atlas.catalogue.typologies.get(typology)
    if document is None:
        raise Http404(
            _("Eine Typologie mit der Adresse „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=typology)
        )
    return document


def choose(atlas: Atlas, typology: str, system: str | None) -> AreaTypes | None:
    """Return the types that an address asks for; None where the release says nothing about them.

    Raises:
        Http404: there are no types for this area system; the message says so.
    """
    systems = type_systems(atlas, typology)
    if system and system not in systems:
        raise Http404(_("Für die Gebietsgliederung „{name}“ gibt es diese Typen nicht.").format(name=system))
    return types_of(atlas, typology, system or systems[0]) if systems else None


def typology_page(atlas: Atlas, typology: str, system: str | None) -> dict[str, Any]:
    """Return what the page of a typology shows.

    Raises:
        Http404: there is no such typology, or not for this area system; the message says so.
    """
    document = find_typology(atlas, typology)
    types = choose(atlas, typology, system)
    page = {
        "typology": typology,
        "document": document,
        "title": said(document.title),
        "definition": said(document.definition),
        "caveats": said(document.caveats),
        "recipe": list(recipe_sentences(document)),
        "indicators": list(_indicators(atlas, document)),
        "deliveries": deliveries_of(atlas, document.names),
    }
    return page | (_typed(atlas, document, types) if types else {})


def _typed(atlas: Atlas, document: TypologyDoc, types: AreaTypes) -> dict[str, Any]:
    found, unplaced = types.found, list(_unplaced(atlas, types))
    systems = type_systems(atlas, types.typology)
    return {
        "system": types.area_system,
        "system_title": said(atlas.systems[types.area_system].title),
        "systems": [(name, said(atlas.systems[name].title)) for name in systems],
        "period_words": period_words(types.period) if types.period else "",
        "number": found.k if found else 0,
        "downloads": [(form, format_words(form)) for form in INDEX_FORMATS] if found else [],
        "obstacle": obstacle_sentence(types, language()),
        "how_many": number_words(document),
        "why_so_many": number_sentence(found, language()) if found else "",
        "map": _map(atlas, document, types) if found else None,
        "cards": [_card(atlas, types, one) for one in found.types] if found else [],
        "tried": _tried(types),
        "has_gap": bool(found and found.chosen_by == "gap"),
        "unplaced": unplaced,
        "equal": [titles_of(atlas, types)[name] for name in types.equal],
    }


def colour_of_type(number: int) -> str:
    """Return the colour of a type on maps."""
    return f"k{1 + (number - 1) % COLOURS}"


def _map(atlas: Atlas, document: TypologyDoc, types: AreaTypes) -> MapView | None:
    shapes = outlines(atlas, types.area_system)
    if shapes is None or types.found is None:
        return None
    title = f"{said(document.title)}, {period_words(types.period)}"
    label = _("Karte: {title}. Dieselben Typen stehen daneben in Worten.").format(title=title)
    there = areas_at(atlas, types.area_system, types.period)
    return MapView(
        title=title,
        drawing=choropleth(shapes, [_mark(types, area) for area in there.values()], label),
        legend=_(
            "Jeder Typ hat eine Farbe und eine Nummer. Farben und Nummern sagen nichts über besser oder schlechter."
        ),
        classes=_legend(types, there),
        system=types.area_system,
        address=typology_address(types.typology),
        source=source_line(atlas, deliveries_of(atlas, document.names).values()),
    )


def _mark(types: AreaTypes, area: Area) -> Mark:
    own = type_of(types, area.code)
    if own:
        words = _("{area}: Typ {number}").format(area=area.name, number=own.number)
        return Mark(area.code, colour_of_type(own.number), words, area_address(area), str(own.number))
    kind = "suppressed" if _status(types, area.code) is Status.SUPPRESSED else "missing"
    words = f"{area.name}: {status_word(_status(types, area.code), language())}"
    return Mark(area.code, kind, words, area_address(area))


def _status(types: AreaTypes, code: str) -> Status:
    """Return the status of an area without a type; one that no indicator mentions is missing."""
    why = types.unplaced.get(code)
    return why.status if why else Status.MISSING


def _legend(types: AreaTypes, there: Mapping[str, Area]) -> tuple[tuple[str, str], ...]:
    found = types.found.types if types.found else ()
    entries = [(colour_of_type(one.number), _("Typ {number}").format(number=one.number)) for one in found]
    statuses = {_status(types, code) for code in there if type_of(types, code) is None}
    if Status.SUPPRESSED in statuses:
        entries.append(("suppressed", status_word(Status.SUPPRESSED, language())))
    empty = [status_word(status, language()) for status in (Status.MISSING, Status.UNDEFINED) if status in statuses]
    if empty:
        one, *others = empty
        entries.append(("missing", _("{one} oder {other}").format(one=one, other=others[0]) if others else one))
    return tuple(entries)


def _card(atlas: Atlas, types: AreaTypes, own: AreaType) -> TypeCard:
    titles = titles_of(atlas, types)
    there = areas_at(atlas, types.area_system, types.period)
    reach = max(abs(mean) for one in (types.found.types if types.found else ()) for mean in one.means.values())
    line = Value(0.0, Status.OK)
    return TypeCard(
        number=own.number,
        colour=colour_of_type(own.number),
        sentence=type_sentence(own, titles, language()),
        areas=tuple((code, area.name, area_address(area)) for code, area in there.items() if code in own.areas),
        traits=tuple(
            Trait(
                titles[name],
                score_number(own.means[name], signed=True),
                bar(Value(own.means[name], Status.OK), line, (-reach, reach), differs=name in dict(own.standing_out)),
            )
            for name in types.indicators
            if name in own.means
        ),
    )


def _tried(types: AreaTypes) -> list[Tried]:
    """Return every number of types that was tried, each with the measure that chose as a bar."""
    if types.found is None:
        return []
    by_gap = types.found.chosen_by == "gap"
    measures = [(one.gap or 0.0) if by_gap else one.silhouette for one in types.found.candidates]
    span = (min(0.0, *measures), max(measures))
    return [
        Tried(
            number=str(one.k),
            width=score_number(one.silhouette),
            gap="" if one.gap is None else f"{score_number(one.gap)} ± {score_number(one.gap_error or 0.0)}",
            drawing=bar(Value(measure, Status.OK), MISSING, span, differs=one.k == types.found.k),
            chosen=one.k == types.found.k,
        )
        for one, measure in zip(types.found.candidates, measures, strict=True)
    ]


def _unplaced(atlas: Atlas, types: AreaTypes) -> Iterator[tuple[str, str, str]]:
    """Yield name, page and reason of each area that belongs to no type."""
    titles = titles_of(atlas, types)
    for code, why in types.unplaced.items():
        area = atlas.areas[types.area_system].get(code)
        if area:
            yield area.name, area_address(area), unplaced_sentence(why, titles, language())


# --- how it was made --------------------------------------------------------------------------------------------------


def recipe_sentences(document: TypologyDoc) -> Iterator[str]:
    """Say step by step how types are found."""
    yield _(
        "Für jede Kennzahl zählt der Abstand vom Mittel der Gebiete, in Standardabweichungen. "
        "Gebiete, die sich darin am ähnlichsten sind, werden zusammengefasst."
    )
    words = {
        "ward": _("Schritt für Schritt werden die beiden ähnlichsten Gruppen vereint (Verfahren nach Ward)."),
        "k_means": _(
            "Jedes Gebiet gehört zu der Gruppe, deren Mittel ihm am nächsten ist (k-Means, ausgehend von Ward)."
        ),
        "connected_ward": _(
            "Schritt für Schritt werden die beiden ähnlichsten benachbarten Gruppen vereint: jeder Typ ist ein "
            "zusammenhängendes Stück der Stadt (Verfahren nach Ward)."
        ),
    }
    yield words[document.method]
    yield number_words(document)
    yield _(
        "Stabil ist ein Typ, den man auch mit einem Teil der Gebiete wiederfindet: hundertmal werden Gebiete ausgelost "
        "und neu zusammengefasst (Hennig 2007)."
    )


def number_words(document: TypologyDoc) -> str:
    """Say how the number of types is decided."""
    if document.fewest == document.most:
        return ngettext(
            "Dass es {count} Typ gibt, ist eine Entscheidung.",
            "Dass es {count} Typen gibt, ist eine Entscheidung.",
            document.most,
        ).format(count=document.most)
    if document.choose == "gap":
        words = _(
            "Versucht werden {fewest} bis {most} Typen. Genommen wird die kleinste Zahl, nach der ein weiterer Typ die "
            "Gebiete nicht merklich besser zusammenfasst als in Tabellen ohne jede Ordnung (Lückenstatistik)."
        )
    else:
        words = _(
            "Versucht werden {fewest} bis {most} Typen. Genommen wird die Zahl, bei der sich die Typen am besten "
            "voneinander abheben: die Silhouette sagt, wie viel näher Gebiete ihrem eigenen Typ sind als dem nächsten, "
            "von −1 bis 1."
        )
    return words.format(fewest=document.fewest, most=document.most)


def _indicators(atlas: Atlas, document: TypologyDoc) -> Iterator[tuple[str, str, str]]:
    """Yield title, page and weight of each indicator; no page where the release has no values of it."""
    total = sum(part.weight for part in document.indicators)
    for part in document.indicators:
        known = atlas.catalogue.indicators.get(part.indicator)
        address = indicator_address(part.indicator) if part.indicator in atlas.indicators else ""
        yield said(known.title) if known else part.indicator, address, weight_words(part.weight, total)
