"""The page of a composite: answer, map beside status and dynamics, table, series, what a score is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.analysis import classes_sentence, reason_words, upper_classes, without_sentence
from sozialraum.catalogue import ClassDoc
from sozialraum.publishing.opendata import INDEX_FORMATS
from sozialraum.web.atlas.composites import Score, counts_of, ranked, score_systems, scores_of
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.portal.drawing import sparkline
from sozialraum.web.portal.formats import format_words
from sozialraum.web.portal.numbers import language, period_words, said
from sozialraum.web.portal.pages.composite_map import map_of_scores, matrix_of
from sozialraum.web.portal.pages.composite_parts import chosen_area, decided_by, input_rows
from sozialraum.web.portal.pages.composite_view import View, choose, choose_area, find_composite
from sozialraum.web.portal.pages.composite_words import (
    class_words,
    composite_address,
    deliveries,
    missing_inputs,
    recipe_sentences,
)
from sozialraum.web.portal.pages.entries import area_address
from sozialraum.web.portal.scores import colour_of, score_cell, score_number
from sozialraum.web.portal.sentences import status_notes

ORDERS = ("wert", "gebiet", "veraenderung")
"""By what the table can be ordered; the first is what stands if nothing is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a composite's page asks for beside the composite; None or empty for the usual."""

    system: str | None = None
    period: str | None = None
    area: str | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One area in the table of scores: what it has, or in plain words why it has nothing."""

    area: Area
    address: str
    score: SafeString
    colour: str
    label: str
    dynamics: SafeString
    movement: str
    has_movement: bool


def composite_page(atlas: Atlas, composite: str, asked: Asked) -> dict[str, Any]:
    """Return what the page of a composite shows.

    Raises:
        Http404: there is no such composite, area system, period, area or order; the message says so.
    """
    document = find_composite(atlas, composite)
    view = choose(atlas, composite, asked.system, asked.period)
    page = {
        "composite": composite,
        "document": document,
        "title": said(document.title),
        "definition": said(document.definition),
        "caveats": said(document.caveats),
        "recipe": list(recipe_sentences(document)),
        "classes": class_words(document.classes),
        "movements": class_words(document.dynamics.classes) if document.dynamics else [],
        "deliveries": deliveries(atlas, document),
        "inputs": input_rows(atlas, document),
        "missing": missing_inputs(atlas, document),
    }
    return page | (_scored(view, asked) if view else {})


def _scored(view: View, asked: Asked) -> dict[str, Any]:
    code = choose_area(view, asked.area)
    rows = table_rows(view, asked.order)
    return {
        **_choices(view),
        "answer": answer(view),
        "elsewhere": [] if view.told else _elsewhere(view),
        "map": map_of_scores(view) if view.told else None,
        "matrix": matrix_of(view) if view.told else None,
        "rows": rows,
        "orders": _orders(view, asked.order or ORDERS[0]),
        "order": asked.order or ORDERS[0],
        "notes": status_notes([score.value for score in view.found.values()]),
        "downloads": [(form, format_words(form)) for form in INDEX_FORMATS],
        "multiples": multiples(view),
        "scale": _scale_words(view),
        "why": chosen_area(view, code) if code else None,
        "areas": [(code, view.area(code).name) for code in view.found],
        "decided": decided_by(view),
    }


def _choices(view: View) -> dict[str, Any]:
    systems = score_systems(view.atlas, view.composite)
    return {
        "system": view.system,
        "system_title": said(view.atlas.systems[view.system].title),
        "systems": [(name, said(view.atlas.systems[name].title)) for name in systems],
        "period": view.period,
        "period_words": period_words(view.period),
        "periods": [(name, period_words(name)) for name in reversed(view.scores.periods)],
    }


def _elsewhere(view: View) -> list[tuple[str, str]]:
    """Return title and address of the area systems that have scores where this one has none."""
    every = {name: scores_of(view.atlas, view.composite, name) for name in score_systems(view.atlas, view.composite)}
    return [
        (said(view.atlas.systems[name].title), f"{composite_address(view.composite)}?ebene={name}")
        for name, scores in every.items()
        if scores and scores.told
    ]


def answer(view: View) -> dict[str, Any]:
    """Return how many areas are in the upper classes, large and as a sentence, and which have no score and why."""
    counts = counts_of(view.found)
    without = [score.row for score in view.found.values() if score.value.value is None]
    sentences = [classes_sentence(view.document, counts, view.period, language())] if view.told else []
    if without:
        sentences.append(without_sentence(without, language()))
    return {
        "number": sum(counts.get(found.id, 0) for found in upper_classes(view.document)),
        "of": len(view.told),
        "sentences": sentences,
    }


def table_rows(view: View, order: str | None) -> list[ScoreRow]:
    """Return every area of the table in the order asked for.

    Raises:
        Http404: there is no such order; the message says so.
    """
    found = list(view.found.items())  # by name
    if order not in (None, "", *ORDERS):
        raise Http404(_("Eine Reihenfolge „{name}“ gibt es für diese Tabelle nicht.").format(name=order))
    if order == "veraenderung":
        found.sort(key=lambda entry: (entry[1].dynamics.value is None, -(entry[1].dynamics.value or 0.0)))
    elif order != "gebiet":
        found = ranked(view.found)
    return [_table_row(view, code, score) for code, score in found]


def _table_row(view: View, code: str, score: Score) -> ScoreRow:
    classes, dynamics = view.document.classes, view.document.dynamics
    return ScoreRow(
        area=view.area(code),
        address=area_address(view.area(code)),
        score=score_cell(score.value),
        colour=colour_of(classes, score.label) if score.label else "",
        label=_title(classes, score.label) if score.label else _because(score.row),
        dynamics=score_cell(score.dynamics, signed=True) if dynamics else SafeString(""),
        movement=_movement(dynamics.classes, score) if dynamics else "",
        has_movement=score.movement is not None,
    )


def _movement(classes: Sequence[ClassDoc], score: Score) -> str:
    """Return the class of the change, or why there is none; what is already said of the score is not said again."""
    if score.movement:
        return _title(classes, score.movement)
    same = score.row["reason"] == score.row["dynamics_reason"] and not score.label
    return "" if same else _because(score.row, of="dynamics_")


def _title(classes: Sequence[ClassDoc], label: str) -> str:
    return next(said(found.title) for found in classes if found.id == label)


def _because(row: Mapping[str, Any], *, of: str = "") -> str:
    return _("kein Wert, weil {why}").format(why=reason_words(row, language(), of=of))


def _orders(view: View, current: str) -> list[tuple[str, str]]:
    words = {"wert": _("Wert, höchste zuerst"), "gebiet": _("Name"), "veraenderung": _("Veränderung, höchste zuerst")}
    return [(name, words[name]) for name in ORDERS if view.document.dynamics or name != "veraenderung"]


def multiples(view: View) -> list[dict[str, Any]]:
    """Return a small line for each area, all on one scale; empty where there are scores of fewer than two periods."""
    span = _span(view)
    if span is None:
        return []
    return [
        {
            "name": view.area(code).name,
            "address": area_address(view.area(code)),
            "value": score_cell(view.scores.score(code, view.scores.latest).value),
            "spark": sparkline(view.scores.series(code), span),
        }
        for code in view.found
    ]


def _span(view: View) -> tuple[float, float] | None:
    """Return the lowest and the highest score of all areas and periods; None for fewer than two periods with any."""
    numbers = [score.value.value for score in view.scores.scores.values() if score.value.value is not None]
    return (min(numbers), max(numbers)) if len(view.scores.told) > 1 else None


def _scale_words(view: View) -> str:
    span, periods = _span(view), view.scores.periods
    if span is None:
        return ""
    return _(
        "Alle Linien reichen von {first} bis {last} und haben denselben Maßstab: {low} bis {high}. Sie zeigen, wie ein "
        "Gebiet im Vergleich mit den anderen steht, nicht, ob es allen besser oder schlechter geht."
    ).format(
        first=period_words(periods[0]),
        last=period_words(periods[-1]),
        low=score_number(span[0]),
        high=score_number(span[1]),
    )
