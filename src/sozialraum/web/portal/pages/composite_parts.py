"""What a score is made from: inputs with direction and weight, those of one area, and what each input decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.analysis import contribution_sentence, score_sentence, sensitivity_sentence
from sozialraum.catalogue import CompositeDoc, InputDoc
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.composites import parts_at, scores_inside, sensitivity_at
from sozialraum.web.atlas.release import MISSING, Atlas
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


def chosen_area(view: View, code: str) -> dict[str, Any]:
    """Return why an area has its score: its classes as a sentence, what raises and lowers it, and each input."""
    every = parts_at(view.atlas, view.scores, view.period)
    parts, area = every.get(code, ()), view.area(code)
    reach = max((abs(part["contribution"] or 0.0) for rows in every.values() for part in rows), default=1.0)
    rows = input_rows(view.atlas, view.document)
    return {
        "code": code,
        "name": area.name,
        "sentence": score_sentence(view.document, view.found[code].row, area.name, language()),
        "strongest": contribution_sentence(parts, titles_of(view.atlas, view.document), language()),
        "rows": [_filled(view, row, part, reach) for row, part in zip(rows, parts, strict=True)] if parts else rows,
        "sum": _sum_words(view, code, parts),
        "inside": _inside(view, code),
        "plain": is_plain(view.document),
    }


def _inside(view: View, code: str) -> list[tuple[str, str, SafeString]]:
    """Return the areas that the mean of a larger one is made of: name, page, score; none where its score is no mean."""
    return [
        (area.name, area_address(area), score_cell(score.value))
        for area, score in scores_inside(view.atlas, view.scores, code, view.period)
    ]


def is_plain(document: CompositeDoc) -> bool:
    """Tell whether what an input adds is its distance from the average itself: without weights."""
    return document.combine.method == "sum" and {part.weight for part in document.inputs} == {1.0}


def _filled(view: View, row: InputRow, part: Mapping[str, Any], reach: float) -> InputRow:
    indicator = view.atlas.catalogue.indicators.get(part["input"])
    value = Value(part["value"], Status(part["status"]))
    own = MISSING if part["contribution"] is None else Value(part["contribution"], Status.OK)
    return replace(
        row,
        period=period_words(part["period"]) if part["period"] else "",
        value=cell(value, indicator) if indicator else score_cell(value),
        contribution=score_cell(own, signed=True) if own.value is not None else NONE,
        standardised=""
        if own.value is None or is_plain(view.document)
        else score_number(part["standardised"], signed=True),
        drawing=bar(own, Value(0.0, Status.OK), (-reach, reach), differs=True) if own.value is not None else NONE,
    )


def _sum_words(view: View, code: str, parts: Sequence[Mapping[str, Any]]) -> str:
    """Say how the score follows from the last column; empty for an area without one."""
    score = view.found[code].value.value
    if score is None or not parts:
        return ""
    total = sum(part["contribution"] or 0.0 for part in parts)
    words = _("Zusammen: {total}.")
    if view.document.combine.standardise:
        words = _("Zusammen {total}; unter allen Gebieten, die einen Wert haben, ist das der Wert {score}.")
    return words.format(total=score_number(total, signed=True), score=score_number(score))


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
