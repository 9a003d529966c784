"""Composites and typologies as entries of lists."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.web.atlas.composites import composites_told, score_systems, scores_of, search_composites
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.atlas.typologies import search_typologies, type_systems, types_of, typologies_told
from sozialraum.web.portal.numbers import period_words, said
from sozialraum.web.portal.pages.composite_words import composite_address
from sozialraum.web.portal.pages.typology import typology_address


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A composite or a typology as an entry: what it is called, what it means, what it is made from and of when."""

    title: str
    definition: str
    address: str
    made_from: str


def index_entries(atlas: Atlas) -> list[IndexEntry]:
    """Describe what this release says by putting indicators together."""
    return [
        *(_composite(atlas, name) for name in composites_told(atlas)),
        *(_typology(atlas, name) for name in typologies_told(atlas)),
    ]


def found_entries(atlas: Atlas, text: str) -> list[IndexEntry]:
    """Describe the composites and typologies that have every word of ``text``."""
    return [
        *(_composite(atlas, name) for name in search_composites(atlas, text)),
        *(_typology(atlas, name) for name in search_typologies(atlas, text)),
    ]


def _composite(atlas: Atlas, name: str) -> IndexEntry:
    document = atlas.catalogue.composites[name]
    scores = scores_of(atlas, name, score_systems(atlas, name)[0])
    words = ngettext(
        "Index aus {count} Kennzahl, {period}", "Index aus {count} Kennzahlen, {period}", len(document.inputs)
    )
    return IndexEntry(
        title=said(document.title),
        definition=said(document.definition),
        address=composite_address(name),
        made_from=words.format(count=len(document.inputs), period=period_words(scores.latest) if scores else ""),
    )


def _typology(atlas: Atlas, name: str) -> IndexEntry:
    document = atlas.catalogue.typologies[name]
    types = types_of(atlas, name, type_systems(atlas, name)[0])
    return IndexEntry(
        title=said(document.title),
        definition=said(document.definition),
        address=typology_address(name),
        made_from=_("{types} Typen aus {count} Kennzahlen, {period}").format(
            types=types.found.k if types and types.found else 0,
            count=len(document.indicators),
            period=period_words(types.period) if types and types.period else "",
        ),
    )
