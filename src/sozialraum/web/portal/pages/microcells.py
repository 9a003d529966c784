"""The page about the microcells of a release: how many, how large, how wide, and where, as squares of a grid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.releases import Release
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.cells import Cells, Square, cells_of, squares_of, whole_counts
from sozialraum.web.atlas.queries import sort_name, whole
from sozialraum.web.atlas.release import MISSING, Atlas
from sozialraum.web.portal.drawing import bar
from sozialraum.web.portal.numbers import language, nothing, period_words, said
from sozialraum.web.portal.pages.cell_changes import changes_of
from sozialraum.web.portal.pages.cell_map import View, square_map
from sozialraum.web.portal.pages.cell_profiles import choices, chosen, overview, overview_heads, profile_of
from sozialraum.web.portal.pages.cell_quality import (
    answer,
    flagged_note,
    flagged_of,
    one_decimal,
    quality,
    report_of,
    spread,
    whole_number,
)

ALL = "alle"
"""What an address says for all areas at once."""

SMALL = 400
"""A map of all areas at once has at most so many squares."""

COLUMNS = 9
"""About so many bars show how many cells are how large."""


def microcells_page(release: Release, atlas: Atlas, area: str | None, attribute: str | None = None) -> dict[str, Any]:
    """Return what the page of a release's microcells shows.

    Args:
        release: the release.
        atlas: its internal package.
        area: code of the area whose cells the map shows, ``ALL`` for all; None for what suits the size of the city.
        attribute: the characteristic that the map shows; None for the size of the cells.

    Raises:
        Http404: the release has no microcells, none in such an area or no such characteristic; the message says so.
    """
    report, cells = report_of(release), cells_of(atlas)
    if not report or cells is None or atlas.city.microcells is None:
        raise Http404(_("Die Veröffentlichung „{name}“ hat keine Mikrozellen.").format(name=release.id))
    options = _options(atlas, cells, atlas.city.microcells.within)
    codes = [code for code, _name in options]
    wanted = area or codes[0]
    if wanted not in codes:
        raise Http404(_("Im Gebiet „{name}“ liegen keine Mikrozellen.").format(name=wanted))
    within = atlas.city.microcells.within
    view = View(atlas, report, cells, within, None if wanted == ALL else wanted, dict(options)[wanted])
    squares = squares_of(cells.within(view.area), flagged_of(report))
    system = atlas.systems.get(within)
    wanted_attribute = chosen(atlas, attribute)
    page = {
        "shown": release,
        "answer": answer(release),
        "minimum": whole_number(report["minimum"]),
        "within": said(system.title) if system else "",
        "area_word": said(system.short) if system else "",
        "options": options,
        "chosen": wanted,
        "where": view.where,
        "universe": cells.universe,
        "map": square_map(view, squares),
        "has_wide": any(square.flagged for square in squares),
        "squares": [_square_row(square) for square in squares],
        "bars": bars(view),
        "spread": spread(report),
        "quality": quality(release),
        "changes": changes_of(report),
        "areas": areas(view),
        "areas_note": _areas_note(view),
        "flagged_note": flagged_note(report),
        "attributes": choices(atlas),
        "attribute_heads": overview_heads(atlas),
        "attribute_rows": overview(atlas),
    }
    return page | (profile_of(view, wanted_attribute) if wanted_attribute else {})


def _options(atlas: Atlas, cells: Cells, within: str) -> list[tuple[str, str]]:
    """Return the areas with cells by name, before them all at once where that makes a small map."""
    names = {code: _area_name(atlas, within, code) for code in cells.frame["area"].unique().drop_nulls()}
    areas = sorted(names.items(), key=lambda entry: sort_name(entry[1]))
    is_small = cells.frame.select("west", "south").n_unique() <= SMALL
    return [*([(ALL, _whole_name(atlas))] if is_small or not areas else []), *areas]


def _area_name(atlas: Atlas, system: str, code: str) -> str:
    area = atlas.areas.get(system, {}).get(code)
    return area.name if area else code


def _whole_name(atlas: Atlas) -> str:
    area = whole(atlas)
    return area.name if area else atlas.city.name


def _square_row(square: Square) -> dict[str, Any]:
    name = _("Ost {east}, Nord {north}").format(east=whole_number(square.west), north=whole_number(square.south))
    return {
        "name": name,
        "cells": whole_number(square.cells),
        "value": _cell(square.value),
        "flagged": whole_number(square.flagged),
    }


def _cell(value: Value) -> SafeString:
    """Return a mean for a table; the sign of its kind where there is none."""
    if value.value is None:
        return nothing(value.status, language())
    return conditional_escape(one_decimal(value.value))


def bars(view: View) -> dict[str, Any] | None:
    """Return how many of the chosen cells are how large; None where the package counts nothing in cells."""
    everywhere = view.cells.frame["value"].drop_nulls().to_list()
    if not everywhere:
        return None
    here = view.cells.within(view.area)["value"].drop_nulls().to_list()
    steps = steps_of(everywhere)
    numbers = [_number_in(step, here) for step in steps]
    shares = [number / max(1, len(here)) for number in numbers]
    general = [_number_in(step, everywhere) / len(everywhere) for step in steps]
    span = (0.0, max(*shares, *general))
    lines = [Value(share, Status.OK) if view.area else MISSING for share in general]
    rows = [
        {
            "name": _step_words(low, high, view.cells.universe),
            "drawing": bar(Value(share, Status.OK), line, span, differs=True),
            "cells": whole_number(number),
        }
        for (low, high), number, share, line in zip(steps, numbers, shares, lines, strict=True)
    ]
    is_persons = view.cells.universe == "persons"
    return {
        "title": (_("Zellen nach Menschen, {where}") if is_persons else _("Zellen nach Haushalten, {where}")).format(
            where=view.where
        ),
        "head": _("Menschen") if is_persons else _("Haushalte"),
        "rows": rows,
        "whole": _whole_name(view.atlas) if view.area else "",
    }


def steps_of(numbers: Sequence[float]) -> list[tuple[int, int | None]]:
    """Return steps of whole numbers that show how numbers are spread: first and last number of each.

    They are equally wide (1, 2, 5, 10 ...) but for the last one, which has no end and holds the few largest numbers.
    """
    ordered = sorted(numbers)
    low, high = int(ordered[0]), ordered[(len(ordered) * 19) // 20]
    size = _round_up((high - low) / (COLUMNS - 1))
    starts = [start for start in range(low // size * size, math.floor(high) + size + 1, size) if start <= ordered[-1]]
    ends = [*(start - 1 for start in starts[1:]), None]
    return [(max(start, low), end) for start, end in zip(starts, ends, strict=True)]


def _round_up(width: float) -> int:
    power = int(10 ** max(0, math.ceil(math.log10(max(width, 1))) - 1))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= width)


def _number_in(step: tuple[int, int | None], numbers: Iterable[float]) -> int:
    low, high = step
    return sum(low <= number and (high is None or number < high + 1) for number in numbers)


def _step_words(low: int, high: int | None, universe: str) -> str:
    if universe == "persons":
        words = _("ab {low} Menschen") if high is None else _("{low} bis {high} Menschen")
        alone = _("{number} Menschen")
    else:
        words = _("ab {low} Haushalten") if high is None else _("{low} bis {high} Haushalte")
        alone = _("{number} Haushalte")
    if low == high:
        return alone.format(number=whole_number(low))
    return words.format(low=whole_number(low), high=whole_number(high or 0))


def areas(view: View) -> list[dict[str, Any]]:
    """Return each area with its cells and households a cell, those without cells too, the whole last."""
    means = _means(view)
    cells = dict(view.cells.frame.drop_nulls("area").group_by("area").len().iter_rows())
    cells |= {row["area"]: 0 for row in view.report["areas_without_cells"]}
    rows = [
        {
            "code": code if number else "",
            "name": _area_name(view.atlas, view.within, code),
            "cells": whole_number(number),
            "mean": _cell(means.get(code, MISSING) if number else Value(None, Status.UNDEFINED)),
            "chosen": code == view.area,
        }
        for code, number in cells.items()
    ]
    mean = one_decimal(view.report["households_per_cell"]["mean"])
    total = {"name": _whole_name(view.atlas), "cells": whole_number(view.report["cells"]), "mean": mean}
    return [*sorted(rows, key=lambda row: sort_name(str(row["name"]))), {**total, "is_whole": True}]


def _means(view: View) -> dict[str, Value]:
    """Return households a cell by area: from the counts of cells, else those of the area over its number of cells."""
    frame = view.cells.frame.drop_nulls("area")
    if view.cells.universe == "households":
        groups = frame.partition_by("area", as_dict=True).items()
        return {str(code): _mean_of(cells["value"].drop_nulls().to_list()) for (code,), cells in groups}
    _period, counts = whole_counts(view.atlas, "households", view.within)
    numbers = dict(frame.group_by("area").len().iter_rows())
    return {
        code: Value(value / numbers[code], Status.OK) if value is not None else Value(None, Status(status))
        for code, value, status in counts.select("code", "value", "status").iter_rows()
        if code in numbers
    }


def _mean_of(numbers: Sequence[float]) -> Value:
    return Value(sum(numbers) / len(numbers), Status.OK) if numbers else Value(None, Status.SUPPRESSED)


def _areas_note(view: View) -> str:
    """Say where the households of the table of areas come from."""
    if view.cells.universe == "households":
        words = _("Haushalte je Zelle: Mittel der Zellen, {period}.")
        return words.format(period=period_words(view.cells.period))
    period, _counts = whole_counts(view.atlas, "households", view.within)
    if not period:
        return _("Die Veröffentlichung zählt für diese Gebiete keine Haushalte; deshalb fehlt ihr Mittel.")
    words = _("Haushalte je Zelle: alle Haushalte des Gebiets, {period}, geteilt durch seine Zellen.")
    return words.format(period=period_words(period))
