"""Plain sentences on scores, types and similar areas, from rules and without invented causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sozialraum.analysis.area_types import AreaTypes, Unplaced
from sozialraum.analysis.classes import Reason, class_of
from sozialraum.analysis.profiles import Similar
from sozialraum.analysis.typology import AreaType, Typology
from sozialraum.catalogue import ClassDoc, CompositeDoc
from sozialraum.indicators import format_number, format_period
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
        return str(words["nothing"]).format(title=title, area=area, why=reason_words(row, language))
    titles = {found.id: found.title.get(language) for found in document.classes}
    sentence = str(words["class"]).format(
        title=title, area=area, name=titles[row["class"]], score=_number(row["score"], language)
    )
    if document.dynamics is None:
        return sentence
    moves = {found.id: found.title.get(language) for found in document.dynamics.classes}
    if row["dynamics"] is None:
        return f"{sentence} {str(words['no_dynamics']).format(why=reason_words(row, language, of='dynamics_'))}"
    moved = str(words["dynamics"]).format(
        name=moves[row["dynamics_class"]], earlier=format_period(row["dynamics_from"], language)
    )
    return f"{sentence} {moved}"


def reason_words(row: Mapping[str, Any], language: str, *, of: str = "") -> str:
    """Return why a score is missing; for a missing input it is the input's status that says why.

    Args:
        row: a row with ``COMPOSITE_SCHEMA`` that has no score (no dynamics).
        language: ``de`` or ``en``.
        of: ``dynamics_`` for the reason of missing dynamics.
    """
    reason = row[f"{of}reason"]
    key = f"{reason}_{row[f'{of}status']}" if reason in (Reason.INPUT, Reason.POPULATION) else reason
    return str(_words(language)["composite"]["reasons"][key])


def classes_sentence(document: CompositeDoc, counts: Mapping[str, int], period: str, language: str) -> str:
    """Say how many areas are in the upper classes, those above the class of the average.

    Args:
        document: the composite.
        counts: how many areas with a score are in each class.
        period: the period.
        language: ``de`` or ``en``.
    """
    words = _words(language)["composite"]
    upper = upper_classes(document)
    number = sum(counts.get(found.id, 0) for found in upper)
    key = "classes_none" if number == 0 else "classes_one" if number == 1 else "classes"
    return str(words[key]).format(
        period=format_period(period, language),
        count=number,
        areas=sum(counts.values()),
        classes=_listed([_quoted(found.title.get(language), language) for found in upper], language, "or"),
    )


def without_sentence(rows: Sequence[Mapping[str, Any]], language: str, *, of: str = "") -> str:
    """Say how many areas have no score, and why.

    Args:
        rows: rows with ``COMPOSITE_SCHEMA`` of the areas without a score, at least one.
        language: ``de`` or ``en``.
        of: ``dynamics_`` for areas whose change is not known.
    """
    words = _words(language)["composite"]
    reasons = Counter(reason_words(row, language, of=of) for row in rows)
    parts = [
        str(words["without_one" if count == 1 else "without_some"]).format(count=count, why=why)
        for why, count in reasons.most_common()
    ]
    return str(words[f"without_{of}".rstrip("_")]).format(parts="; ".join(parts))


def upper_classes(document: CompositeDoc) -> tuple[ClassDoc, ...]:
    """Return the classes above the one of the average, from low to high; the last one where scores have no average."""
    average = class_of(document.classes, 0.0) if document.combine.standardise else document.classes[-2].id
    place = [found.id for found in document.classes].index(average) + 1
    return document.classes[place:] or document.classes[-1:]


def sensitivity_sentence(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], language: str) -> str:
    """Say how many areas change their class when one input is left out, and which input matters most.

    Args:
        rows: rows of one composite, area system and period with ``SENSITIVITY_SCHEMA``, at least one.
        titles: the title of each input in this language.
        language: ``de`` or ``en``.
    """
    words = _words(language)["sensitivity"]
    compared = [row for row in rows if row["areas"]]
    most = max((row["changed"] for row in compared), default=0)
    key = "nothing" if not compared else "none" if most == 0 else "one" if most == 1 else "some"
    return str(words[key]).format(
        inputs=len(rows),
        changed=most,
        areas=max((row["areas"] for row in compared), default=0),
        titles=_listed([titles[row["input"]] for row in compared if row["changed"] == most], language),
    )


def contribution_sentence(contributions: Mapping[str, float], language: str) -> str:
    """Say which inputs raise and lower the score of an area most; empty where there are none.

    Args:
        contributions: what each input adds, by its title in this language.
        language: ``de`` or ``en``.
    """
    words = _words(language)["contribution"]
    told = [(number, title) for title, number in contributions.items()]
    raising = [("raises", *max(told))] if told and max(told)[0] > 0 else []
    lowering = [("lowers", *min(told))] if told and min(told)[0] < 0 else []
    return " ".join(
        str(words[key]).format(title=title, contribution=_number(contribution, language, signed=True))
        for key, contribution, title in (*raising, *lowering)
    )


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
        str(words[key]).format(titles=_listed([_quoted(titles[name], language) for name in names], language))
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


def obstacle_sentence(types: AreaTypes, language: str) -> str:
    """Say why no types were found; empty where there are some."""
    return str(_words(language)["typology"]["obstacles"][types.obstacle]) if types.obstacle else ""


def unplaced_sentence(found: Unplaced, titles: Mapping[str, str], language: str) -> str:
    """Say why an area belongs to no type.

    Args:
        found: what it lacks.
        titles: the title of each indicator in this language.
        language: ``de`` or ``en``.
    """
    words = _words(language)["typology"]["unplaced"]
    return str(words[found.status]).format(titles=_listed([titles[name] for name in found.without], language))


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
        str(words["more" if z > 0 else "less"]).format(title=_quoted(titles[name], language))
        for name, z in found.differences
        if z
    ]
    if not differences:
        return sentence
    return f"{sentence} {str(words['differs']).format(differences=_listed(differences, language))}"


def _stability(share: float) -> str:
    return "stable" if share >= STABLE else "unsure" if share >= DISSOLVED else "dissolves"


def _number(number: float, language: str, *, signed: bool = False) -> str:
    return format_number(number, 2, language, signed=signed)


def _quoted(title: str, language: str) -> str:
    """Return a title as it stands in a sentence whose grammar it does not know."""
    return str(_words(language)["quoted"]).format(name=title)


def _listed(parts: Sequence[str], language: str, join: str = "and") -> str:
    *first, last = parts or [""]
    return f"{', '.join(first)}{_words(language)[join]}{last}" if first else last
