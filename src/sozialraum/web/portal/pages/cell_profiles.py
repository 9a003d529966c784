"""What the page of microcells shows of a characteristic: a map of squares, how many cells tell what, and the rules."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

import polars as pl
from django.http import Http404
from django.utils.translation import gettext as _

from sozialraum.indicators import format_number, status_word
from sozialraum.publishing.classes import Classes, classify
from sozialraum.tables import NO_DOMINANT_TYPE, Status, Value
from sozialraum.web.atlas.cells import border
from sozialraum.web.atlas.profiles import (
    Attribute,
    Filled,
    attributes_of,
    filled_squares,
    rows_of,
    sources_of_attribute,
)
from sozialraum.web.atlas.release import MISSING, Atlas
from sozialraum.web.portal.drawing import bar
from sozialraum.web.portal.numbers import language, nothing, period_words, said, sign
from sozialraum.web.portal.origin import source_line
from sozialraum.web.portal.pages.cell_map import SquareMap, SquareMark, View, draw_squares
from sozialraum.web.portal.pages.cell_quality import whole_number

COLOURS = 7
"""Colours for codes; of a longer list some have the same, and each a letter of its own."""

EQUAL = "="
"""The sign of squares in which no code is the most frequent."""

DIGITS = 3
"""Edges of classes have so many, as means have at the door."""

NOTHING = (Status.SUPPRESSED, Status.MISSING, Status.UNDEFINED)


def choices(atlas: Atlas) -> list[tuple[str, str]]:
    """Return what can be chosen: its key in an address, and its title."""
    return [(attribute.key, title_of(attribute)) for attribute in attributes_of(atlas)]


def chosen(atlas: Atlas, key: str | None) -> Attribute | None:
    """Return the characteristic of an address; None where it names none.

    Raises:
        Http404: there is none of this name.
    """
    if not key:
        return None
    found = next((attribute for attribute in attributes_of(atlas) if attribute.key == key), None)
    if found is None:
        raise Http404(_("Ein Merkmal „{name}“ haben die Mikrozellen nicht.").format(name=key))
    return found


def title_of(attribute: Attribute) -> str:
    """Return the title, and what is shown of it where several things are."""
    title = said(attribute.document.title)
    if len(attribute.document.shows) == 1:
        return title
    words = {
        "count": _("{title}: Anzahl"),
        "share": _("{title}: Anteil"),
        "mean": _("{title}: Mittel"),
        "type": _("{title}: am häufigsten"),
    }
    return words[attribute.show].format(title=title)


def profile_of(view: View, attribute: Attribute) -> dict[str, Any]:
    """Return what the page shows in the place of the size of cells: map, squares, bars; and the rules in words."""
    rows = rows_of(view.atlas, view.cells, attribute)
    here = rows if view.area is None else rows.filter(pl.col("area") == view.area)
    squares = filled_squares(here)
    scale = _Scale.of(view.atlas, attribute, rows)
    period = next(iter(rows["period"].drop_nulls().unique()), "")
    return {
        "attribute": attribute.key,
        "map": _map(view, attribute, squares, scale=scale, period=period),
        "has_wide": False,
        "squares": [_square_row(filled, scale) for filled in squares],
        "value_head": title_of(attribute) + (f", {scale.unit}" if scale.unit else ""),
        "bars": _bars(view, attribute, here, scale=scale),
        "profile_note": rules_words(view.atlas),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    """How a characteristic is written and coloured, the same for all areas.

    Attributes:
        attribute: the characteristic.
        codes: for types the title of each code, in the order of the list.
        classes: for numbers their classes; None where there are none.
        decimals: of numbers.
    """

    attribute: Attribute
    codes: Mapping[str, str]
    classes: Classes | None
    decimals: int

    @classmethod
    def of(cls, atlas: Atlas, attribute: Attribute, rows: pl.DataFrame) -> _Scale:
        """Return the scale of all cells of the city."""
        return atlas.keep(("scale of cells", attribute.key, language()), lambda: cls._of(atlas, attribute, rows))

    @classmethod
    def _of(cls, atlas: Atlas, attribute: Attribute, rows: pl.DataFrame) -> _Scale:
        document = attribute.document
        if attribute.show == "type":
            texts = atlas.catalogue.codes[document.dimension or ""].codes
            return cls(attribute, {code: said(text) for code, text in texts.items()}, None, 0)
        numbers = [filled.square.value.value for filled in filled_squares(rows)]
        told = [number for number in numbers if number is not None]
        largest = max((abs(number) for number in told), default=0.0)
        decimals = 1 if attribute.show == "mean" and largest < 100 else 0
        edges = decimals if largest < 1 else min(decimals, DIGITS - 1 - int(math.log10(largest)))
        return cls(attribute, {}, classify(told, decimals=edges), decimals)

    @property
    def unit(self) -> str:
        """What numbers are in, spelled out; empty for plain numbers."""
        return {"share": _("in Prozent"), "mean": said(self.attribute.document.unit)}.get(self.attribute.show, "")

    def number(self, number: float) -> str:
        """Write a number without its unit."""
        return format_number(number, self.decimals, language())

    def written(self, value: Value) -> str:
        """Write a number with its unit, or why there is none."""
        if value.value is None:
            return status_word(value.status, language())
        unit = "%" if self.attribute.show == "share" else self.unit
        return f"{self.number(value.value)}\u00a0{unit}".rstrip("\u00a0")

    def title(self, code: str) -> str:
        """Return what a code is called."""
        return _("mehrere gleich häufig") if code == NO_DOMINANT_TYPE else self.codes.get(code, code)

    def letter(self, code: str) -> str:
        """Return the letter of a code: the same on every map."""
        if code == NO_DOMINANT_TYPE:
            return EQUAL
        place = list(self.codes).index(code) if code in self.codes else len(self.codes)
        return ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1)

    def kind(self, filled: Filled) -> str:
        """Return a square's class of colour."""
        if filled.codes:
            return self.colour(filled.code)
        value = filled.square.value
        if value.value is None:
            return value.status.value
        return self.classes.class_of(value) if self.classes else "plain"

    def colour(self, code: str) -> str:
        """Return the class of colour of a code."""
        if code == NO_DOMINANT_TYPE or code not in self.codes:
            return "k0"
        return f"k{1 + list(self.codes).index(code) % COLOURS}"

    def sign(self, filled: Filled) -> str:
        """Return what stands in a square beside its colour: a code's letter, or the sign of no number."""
        if filled.codes:
            return self.letter(filled.code)
        status = filled.square.value.status
        return sign(status) if status in (Status.MISSING, Status.UNDEFINED) else ""


def _map(view: View, attribute: Attribute, squares: Sequence[Filled], *, scale: _Scale, period: str) -> SquareMap:
    title = f"{title_of(attribute)}, {view.where}"
    marks = [
        SquareMark(filled.square, scale.kind(filled), _square_words(filled, scale), scale.sign(filled))
        for filled in squares
    ]
    rings = border(view.atlas, view.within, view.area) if view.area else []
    label = _("Karte: {title}. Dieselben Werte stehen in der Tabelle der Quadrate.").format(title=title)
    return SquareMap(
        title=title,
        drawing=draw_squares(marks, rings, label),
        legend=_legend(attribute, scale, period),
        classes=_legend_classes(marks, squares, scale),
        source=source_line(view.atlas, sources_of_attribute(view.atlas, attribute)),
    )


def _legend(attribute: Attribute, scale: _Scale, period: str) -> str:
    title = title_of(attribute) + (f" {scale.unit}" if scale.attribute.show == "share" else "")
    if attribute.show == "mean" and scale.unit:
        title = f"{title_of(attribute)}, {scale.unit}"
    head = f"{title}, {period_words(period)}" if period else title
    square = _("Jedes Quadrat ist 100 Meter breit und steht für die Zellen, deren Mitte darin liegt.")
    if attribute.show == "type":
        return " ".join(
            (f"{head}.", square, _("Sind es mehrere Zellen, gilt, was bei den meisten von ihnen vorkommt."))
        )
    more = _("{head}; je kräftiger die Farbe, desto mehr.").format(head=head)
    return " ".join((more, square, _("Sind es mehrere Zellen, gilt ihr Mittel.")))


def _legend_classes(
    marks: Sequence[SquareMark], squares: Sequence[Filled], scale: _Scale
) -> tuple[tuple[str, str], ...]:
    found = {mark.kind for mark in marks}
    entries: list[tuple[str, str]] = []
    if scale.classes:
        last = scale.classes.ranges[-1][0]
        entries += [
            (name, _range_words(scale, low, high, is_last=name == last)) for name, low, high in scale.classes.ranges
        ]
        entries += [("zero", scale.written(Value(0.0, Status.ZERO)))] if "zero" in found else []
    there = {filled.code for filled in squares if filled.codes}
    codes = [code for code in (*scale.codes, NO_DOMINANT_TYPE) if code in there]
    entries += [(scale.colour(code), f"{scale.letter(code)}: {scale.title(code)}") for code in codes]
    signs = {status: sign(status) for status in (Status.MISSING, Status.UNDEFINED)}
    for status in NOTHING:
        if status.value in found:
            words = status_word(status, language()) if status is not Status.UNDEFINED else _("niemand wohnt dort")
            entries.append((status.value, f"{signs[status]}: {words}" if status in signs else words))
    return tuple(entries)


def _range_words(scale: _Scale, low: float, high: float, *, is_last: bool) -> str:
    words = _("{low} und mehr") if is_last else _("{low} bis unter {high}")
    return words.format(low=scale.number(low), high=scale.number(high))


def _square_words(filled: Filled, scale: _Scale) -> str:
    """Say how many cells lie in a square and what they tell."""
    square = filled.square
    if filled.codes:
        value = ", ".join(_code_words(code, number, square.told, scale) for code, number in filled.codes)
    elif square.value.status is Status.UNDEFINED:
        value = _("niemand wohnt dort")
    else:
        value = scale.written(square.value)
    if square.cells == 1:
        words = _("1 Mikrozelle: {value}")
    elif square.told == 0:
        words = _("{count} Mikrozellen: {value}")
    elif filled.codes:
        words = _("{count} Mikrozellen, {told} davon gezeigt: {value}")
    elif square.told == square.cells:
        words = _("{count} Mikrozellen, im Mittel {value}")
    else:
        words = _("{count} Mikrozellen, für {told} davon im Mittel {value}")
    return words.format(count=whole_number(square.cells), told=whole_number(square.told), value=value)


def _code_words(code: str, number: int, told: int, scale: _Scale) -> str:
    return scale.title(code) if told == 1 else f"{scale.title(code)} ({whole_number(number)})"


def _square_row(filled: Filled, scale: _Scale) -> dict[str, Any]:
    square = filled.square
    name = _("Ost {east}, Nord {north}").format(east=whole_number(square.west), north=whole_number(square.south))
    if filled.codes:
        value: Any = scale.title(filled.code)
    elif square.value.value is None:
        value = nothing(square.value.status, language())
    else:
        value = scale.number(square.value.value)
    return {"name": name, "cells": whole_number(square.cells), "value": value, "flagged": ""}


def _bars(view: View, attribute: Attribute, rows: pl.DataFrame, *, scale: _Scale) -> dict[str, Any]:
    """Return how many of the chosen cells tell what, and how many nothing and why not."""
    told = [(name, int(count)) for name, count in _steps(rows, scale) if count]
    silent = dict(rows["status"].cast(pl.String).value_counts().iter_rows())
    nobody = {Status.UNDEFINED: _("niemand wohnt dort")}
    untold = [
        (nobody.get(status, status_word(status, language())), silent[status.value])
        for status in NOTHING
        if status.value in silent
    ]
    most = max((count for _name, count in (*told, *untold)), default=1) / max(1, rows.height)
    return {
        "title": _("Zellen: {title}").format(title=f"{title_of(attribute)}, {view.where}"),
        "head": said(attribute.document.title),
        "rows": [
            {
                "name": name,
                "drawing": bar(Value(count / max(1, rows.height), Status.OK), MISSING, (0.0, most), differs=is_told),
                "cells": whole_number(count),
            }
            for is_told, several in ((True, told), (False, untold))
            for name, count in several
        ],
        "whole": "",
    }


def _steps(rows: pl.DataFrame, scale: _Scale) -> list[tuple[str, int]]:
    """Return names and numbers of cells: for each code, or for each class of numbers."""
    if scale.attribute.show == "type":
        counts = dict(rows["type"].drop_nulls().value_counts().iter_rows())
        return [(scale.title(code), counts.get(code, 0)) for code in (*scale.codes, NO_DOMINANT_TYPE)]
    if scale.classes is None:
        return []
    kinds = [scale.classes.class_of(Value(number, Status.OK)) for number in rows["value"].drop_nulls()]
    ranges = scale.classes.ranges
    named = [(kind, _range_words(scale, low, high, is_last=kind == ranges[-1][0])) for kind, low, high in ranges]
    zero = [("zero", scale.written(Value(0.0, Status.ZERO)))]
    return [(words, kinds.count(kind)) for kind, words in (*zero, *named)]


def rules_words(atlas: Atlas) -> str:
    """Say in plain words under which rules characteristics are shown; empty where the release has none."""
    said_of = atlas.release.manifest.get("cell_profiles")
    if not said_of:
        return ""
    rules = said_of["rules"]
    words = [
        _(
            "Ein Merkmal wird gezeigt, wo es von mindestens {minimum} bekannt ist und sich die Werte unterscheiden; "
            "in Zellen aus einem einzigen Haus von mindestens {one_house}."
        ).format(minimum=whole_number(rules["minimum"]), one_house=whole_number(rules["one_house_minimum"])),
        _("Ein Mittel wird nicht gezeigt, wo wenige den größten Teil ausmachen."),
    ]
    if rules["secondary"]:
        words.append(_("Weitere Zellen sind verdeckt, damit sich nichts aus Summen der Gebiete ausrechnen lässt."))
    return " ".join(words)


def overview(atlas: Atlas) -> list[dict[str, Any]]:
    """Return for each characteristic how many cells show it, how many not and why; nothing where there are none."""
    told = {row["attribute"]: row for row in atlas.release.manifest.get("cell_profiles", {}).get("attributes", ())}
    titles = {attribute.name: said(attribute.document.title) for attribute in attributes_of(atlas)}
    shown = [key for key in ("missing", "undefined") if any(row[key] for row in told.values())]
    return [
        {
            "title": title,
            "why": _reasons(told[name]["why"]),
            "numbers": [whole_number(told[name][key]) for key in ("shown", "withheld", *shown)],
        }
        for name, title in titles.items()
        if name in told
    ]


def overview_heads(atlas: Atlas) -> list[str]:
    """Return the heads of the numbers of :func:`overview`; of what no cell is, none is told."""
    told = atlas.release.manifest.get("cell_profiles", {}).get("attributes", ())
    nobody = {"missing": status_word(Status.MISSING, language()), "undefined": _("niemand wohnt dort")}
    more = [words for key, words in nobody.items() if any(row[key] for row in told)]
    return [_("Zellen, die es zeigen"), status_word(Status.SUPPRESSED, language()), *more]


def _reasons(text: str) -> list[str]:
    """Turn the door's reasons (``minimum 3; secondary 4``) into words."""
    words = {
        "minimum": _("zu wenige dahinter"),
        "diversity": _("kaum verschieden"),
        "everybody": _("alle haben es"),
        "dominance": _("wenige machen fast alles aus"),
        "p_percent": _("einer ließe sich ausrechnen"),
        "secondary": _("zum Schutz anderer"),
    }
    parts = (part.rpartition(" ") for part in text.split("; ") if part)
    return [f"{words.get(name, name)}: {whole_number(float(number))}" for name, _blank, number in parts]
