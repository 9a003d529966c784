"""Plain sentences on scores, types and similar areas, from rules and without invented causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sozialraum.analysis.classes import Reason
from sozialraum.analysis.profiles import Similar
from sozialraum.analysis.typology import AreaType, Typology
from sozialraum.catalogue import CompositeDoc
from sozialraum.indicators import format_number
from sozialraum.indicators.language import texts

TEXTS = Path(__file__).parent / "texts"
WEAK = 0.25
"""Below this silhouette there is no substantial structure (Kaufman and Rousseeuw 1990)."""
STABLE, DISSOLVED = 0.75, 0.5


def _words(language: str) -> Mapping[str, Any]:
    return texts(language, TEXTS)


def score_sentence(document: CompositeDoc, row: Mapping[str, Any], area: str, language: str) -> str:
    """Say which classes an area has, or why it has none.

    Args:
        document: the composite.
        row: a row with ``COMPOSITE_SCHEMA``.
        area: the name of the area.
        language: ``de`` or ``en``.
    """
    words = _words(language)["composite"]
    title = document.title.get(language)
    if row["score"] is None:
        return str(words["nothing"]).format(title=title, area=area, why=_why(row, "", language))
    titles = {found.id: found.title.get(language) for found in document.classes}
    sentence = str(words["class"]).format(
        title=title, area=area, name=titles[row["class"]], score=_number(row["score"], language)
    )
    if document.dynamics is None:
        return sentence
    moves = {found.id: found.title.get(language) for found in document.dynamics.classes}
    if row["dynamics"] is None:
        return f"{sentence} {str(words['no_dynamics']).format(why=_why(row, 'dynamics_', language))}"
    moved = str(words["dynamics"]).format(name=moves[row["dynamics_class"]], earlier=row["dynamics_from"])
    return f"{sentence} {moved}"


def _why(row: Mapping[str, Any], prefix: str, language: str) -> str:
    """Return the reason for a missing score; that of a missing input is the input's status."""
    reason = row[f"{prefix}reason"]
    key = f"{reason}_{row[f'{prefix}status']}" if reason in (Reason.INPUT, Reason.POPULATION) else reason
    return str(_words(language)["composite"]["reasons"][key])


def number_sentence(typology: Typology, language: str) -> str:
    """Say why there are so many types, and whether they stand apart at all."""
    words = _words(language)["typology"]
    chosen = typology.chosen
    sentence = str(words[f"number_{typology.chosen_by}"]).format(
        k=typology.k,
        fewest=typology.candidates[0].k,
        most=typology.candidates[-1].k,
        width=_number(chosen.silhouette, language),
        gap=_number(chosen.gap or 0.0, language),
    )
    return f"{sentence} {words['weak']}" if chosen.silhouette < WEAK else sentence


def type_sentence(found: AreaType, titles: Mapping[str, str], language: str) -> str:
    """Say what a type is like and how stable it is.

    Args:
        found: the type.
        titles: the title of each indicator in this language.
        language: ``de`` or ``en``.
    """
    words = _words(language)["typology"]
    parts = [
        str(words[key]).format(titles=_listed([titles[name] for name in names], language))
        for key, names in (
            ("above", [name for name, z in found.standing_out if z > 0]),
            ("below", [name for name, z in found.standing_out if z < 0]),
        )
        if names
    ]
    form = str(words["one" if len(found.areas) == 1 else "several"])
    profile = ", ".join(parts) or str(words["average"])
    sentence = form.format(number=found.number, areas=len(found.areas), profile=profile)
    return f"{sentence} {words[_stability(found.stability)]}"


def similar_sentence(found: Similar, area: str, titles: Mapping[str, str], language: str) -> str:
    """Say which area is similar, how near it is, and what differs most.

    Args:
        found: the similar area.
        area: its name.
        titles: the title of each indicator in this language.
        language: ``de`` or ``en``.
    """
    words = _words(language)["similar"]
    sentence = str(words["nearest"]).format(area=area, distance=_number(found.distance, language))
    differences = [
        str(words["more" if z > 0 else "less"]).format(title=titles[name]) for name, z in found.differences if z
    ]
    if not differences:
        return sentence
    return f"{sentence} {str(words['differs']).format(differences=_listed(differences, language))}"


def _stability(share: float) -> str:
    return "stable" if share >= STABLE else "unsure" if share >= DISSOLVED else "dissolves"


def _number(number: float, language: str) -> str:
    return format_number(number, 2, language)


def _listed(parts: Sequence[str], language: str) -> str:
    *first, last = parts
    return f"{', '.join(first)}{_words(language)['and']}{last}" if first else last
