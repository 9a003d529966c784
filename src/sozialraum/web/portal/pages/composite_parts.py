"""What a score is made from: inputs with direction and weight, those of one area, and what each input decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.analysis import (
    Anatomy,
    Ingredient,
    contribution_sentence,
    contributions_of,
    score_sentence,
    sensitivity_sentence,
)
from sozialraum.catalogue import CompositeDoc, IndicatorDoc, InputDoc
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.composites import anatomy_at, sensitivity_at
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.drawing import bar
from sozialraum.web.portal.numbers import cell, language, period_words
from sozialraum.web.portal.pages.composite_view import View, titles_of
from sozialraum.web.portal.pages.composite_words import composite_address
from sozialraum.web.portal.pages.entries import area_address, indicator_address
from sozialraum.web.portal.scores import score_cell, score_number, weight_words

NONE = SafeString("")


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input of a composite, and what it says of a chosen area.

    Attributes:
        title: what it is called.
        address: where its page is; empty where the release has no values of it.
        role: which way a high value works, and how much of the score it is.
        period: its own period.
        value: its value in the area.
        contribution: what it adds to the score: how far its value lies from the others, times the weight.
        standardised: how far its value lies from the others; empty where that is the same.
        drawing: the same as a bar.
    """

    title: str
    address: str
    role: str
    period: str = ""
    value: SafeString = NONE
    contribution: SafeString = NONE
    standardised: str = ""
    drawing: SafeString = NONE


def input_rows(atlas: Atlas, document: CompositeDoc) -> list[InputRow]:
    """Return the inputs of a composite, of no area."""
    titles, total = titles_of(atlas, document), sum(part.weight for part in document.inputs)
    return [
        InputRow(
            title=titles[part.name],
            address=_address(atlas, part),
            role=_role(part).format(weight=weight_words(part.weight, total)),
        )
        for part in document.inputs
    ]


def _role(part: InputDoc) -> str:
    return (
        _("Ein hoher Wert erhöht den Index; Gewicht {weight}")
        if part.direction == "raises"
        else _("Ein hoher Wert senkt den Index; Gewicht {weight}")
    )


def _address(atlas: Atlas, part: InputDoc) -> str:
    if part.composite:
        return composite_address(part.composite)
    return indicator_address(part.name) if part.name in atlas.indicators else ""


@dataclass(frozen=True, slots=True)
class _Taken:
    """One input of an area: what it is, what it adds, how its bar is drawn."""

    ingredient: Ingredient
    indicator: IndicatorDoc | None
    contribution: float | None
    span: tuple[float, float]
    is_plain: bool


def chosen_area(view: View, code: str) -> dict[str, Any]:
    """Return why an area has its score: its classes as a sentence, what raises and lowers it, and each input."""
    anatomy, area = anatomy_at(view.atlas, view.scores, code, view.period), view.area(code)
    taken = list(_taken(view, anatomy)) if anatomy else []
    titles = titles_of(view.atlas, view.document)
    told = {titles[one.ingredient.part.name]: one.contribution for one in taken if one.contribution is not None}
    rows = input_rows(view.atlas, view.document)
    return {
        "code": code,
        "name": area.name,
        "sentence": score_sentence(view.document, view.found[code].row, area.name, language()),
        "strongest": contribution_sentence(told, language()),
        "rows": [_filled(*pair) for pair in zip(rows, taken, strict=True)] if taken else [],
        "sum": _sum_words(view, code, sum(told.values())) if told else "",
        "plain": is_plain(view.document),
        "inside": list(_inside(view, anatomy)) if anatomy else [],
    }


def _taken(view: View, anatomy: Anatomy) -> Iterator[_Taken]:
    numbers = contributions_of(view.document, anatomy)
    reach = max((abs(number) for number in numbers if number is not None), default=1.0)
    is_negative = any(number is not None and number < 0 for number in numbers)
    span, plain = (-reach if is_negative else 0.0, reach), is_plain(view.document)
    for ingredient, number in zip(anatomy.ingredients, numbers, strict=True):
        indicator = view.atlas.catalogue.indicators.get(ingredient.part.name)
        yield _Taken(ingredient, indicator, number, span, plain)


def _filled(row: InputRow, taken: _Taken) -> InputRow:
    now, indicator = taken.ingredient.now, taken.indicator
    value = Value(now.value, now.status)
    filled = replace(
        row,
        period=period_words(now.period) if now.period else "",
        value=cell(value, indicator) if indicator else score_cell(value),
    )
    if taken.contribution is None or now.standardised is None:
        return filled
    own = Value(taken.contribution, Status.OK)
    return replace(
        filled,
        contribution=score_cell(own, signed=True),
        standardised="" if taken.is_plain else score_number(now.standardised, signed=True),
        drawing=bar(own, Value(0.0, Status.OK), taken.span, differs=True),
    )


def _inside(view: View, anatomy: Anatomy) -> Iterator[tuple[str, str, SafeString]]:
    """Yield name, page and score of the areas that the mean of a larger one is made of."""
    for one in anatomy.inside:
        area = view.atlas.areas[one.area_system][one.area]
        yield area.name, area_address(area), score_cell(Value(one.score, one.status))


def is_plain(document: CompositeDoc) -> bool:
    """Tell whether what an input adds is its distance from the average itself: without weights."""
    return document.combine.method == "sum" and {part.weight for part in document.inputs} == {1.0}


def _sum_words(view: View, code: str, total: float) -> str:
    """Say how the score follows from what the inputs add."""
    words = _("Zusammen: {total}.")
    if view.document.combine.standardise:
        words = _("Zusammen {total}; unter allen Gebieten, die einen Wert haben, ist das der Wert {score}.")
    score = view.found[code].value.value
    return words.format(total=score_number(total, signed=True), score=score_number(score or 0.0))


@dataclass(frozen=True, slots=True)
class Decided:
    """What a composite would say without an input: how many areas change their class, how alike the order stays."""

    title: str
    changed: str
    alike: str


def decided_by(view: View) -> dict[str, Any] | None:
    """Return what each input decides, with a sentence; None where there is nothing to leave out or no score."""
    rows = sensitivity_at(view.atlas, view.scores, view.period) if view.told else ()
    if not rows:
        return None
    titles = titles_of(view.atlas, view.document)
    return {
        "sentence": sensitivity_sentence(rows, titles, language()),
        "rows": [
            Decided(
                title=titles[row["input"]],
                changed=_changed(row),
                alike="" if row["rank_correlation"] is None else score_number(row["rank_correlation"]),
            )
            for row in rows
        ],
    }


def _changed(row: Mapping[str, Any]) -> str:
    if not row["areas"]:
        return _("nicht zu berechnen")
    return _("{changed} von {areas}").format(changed=row["changed"], areas=row["areas"])
