"""The table of an indicator's areas: value, comparison with the whole, target, fifth and trend, each in a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import (
    Against,
    Comparison,
    Direction,
    Fifth,
    Judgement,
    Obstacle,
    Position,
    Standing,
    Trend,
    fifth_sentence,
    fifths,
    format_difference,
    judge_direction,
    trend_sentence,
    trend_word,
)
from sozialraum.tables import Value
from sozialraum.web.atlas.facts import benchmarked, trend_of
from sozialraum.web.atlas.queries import row_at, until, whole
from sozialraum.web.atlas.release import Area, Atlas, Panel
from sozialraum.web.atlas.rules import rank
from sozialraum.web.portal.benchmarks import judgement_word
from sozialraum.web.portal.numbers import doubts, interval_words, language, nothing, period_words
from sozialraum.web.portal.pages.entries import area_address


@dataclass(frozen=True, slots=True)
class Cell:
    """A word of the table with what stands below it; ``strong`` where it can hardly be chance."""

    word: str = ""
    below: str = ""
    strong: bool = False

    def markup(self, value: Value) -> SafeString:
        """Return the cell; where there is no word because the area's value is no number, the sign for that."""
        inside = (
            conditional_escape(self.word) if self.word or value.value is not None else nothing(value.status, language())
        )
        below = format_html('<span class="under">{}</span>', self.below) if self.below else ""
        return format_html('<td class="left{}">{}{}</td>', "" if self.strong else " same", inside, below)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One area."""

    area: Area
    address: str
    value: Value
    revised: bool
    below: tuple[str, ...]
    against: Cell
    target: Cell
    fifth: Cell
    trend: Cell
    is_whole: bool = False


def area_table(atlas: Atlas, panel: Panel, period: str) -> dict[str, Any]:
    """Return the rows, the highest value first and the whole last, which columns there are, and what is said of those
    that would say the same of every area."""
    document = atlas.catalogue.indicators[panel.indicator]
    values = row_at(atlas, panel, period)
    areas = [atlas.areas[panel.system][code] for code, _value in rank(values)]
    sorted_in = fifths(document, values, period)
    trends = {code: _trend(atlas, panel, code, period) for code in values}
    unsorted, untested = _unsorted(sorted_in), _untested(list(trends.values()))
    is_divided = panel.system != atlas.city.whole
    rows = [
        _row(atlas, area, panel, period=period, fifth=sorted_in[area.code], trend=trends[area.code]) for area in areas
    ]
    whole_row = _whole_row(atlas, panel, period) if is_divided else None
    notes = (
        fifth_sentence(document, unsorted, language()) if unsorted and is_divided else "",
        trend_sentence(document, untested, language()) if untested else "",
    )
    return {
        "rows": [*rows, *([whole_row] if whole_row else [])],
        "has_against": is_divided and any(row.against.word for row in rows),
        "has_target": document.target is not None,
        "has_fifth": is_divided and not unsorted,
        "has_trend": not untested,
        "notes": [note for note in notes if note],
        "revised": any(row.revised for row in rows),
    }


def _unsorted(found: Mapping[str, Fifth]) -> Fifth | None:
    """Return a fifth that says why no area is sorted; None where some are."""
    several = list(found.values())
    return None if not several or any(fifth.number for fifth in several) else several[0]


def _untested(trends: Sequence[Trend]) -> Trend | None:
    """Return the trend of all areas where it is unclear in all of them, for the same reason; else None."""
    reasons = {(trend.direction, trend.obstacle) for trend in trends}
    alike = len(reasons) == 1 and trends[0].direction is Direction.UNCLEAR
    return trends[0] if alike else None


def _trend(atlas: Atlas, panel: Panel, code: str, period: str) -> Trend:
    return trend_of(atlas, panel.indicator, until(panel.series(code), period))


def _row(atlas: Atlas, area: Area, panel: Panel, *, period: str, fifth: Fifth, trend: Trend) -> TableRow:
    document = atlas.catalogue.indicators[panel.indicator]
    value, revised = panel.value(area.code, period), (area.code, period) in panel.revised
    is_count = document.unit == "count"  # the sum of all areas is no yardstick for one
    against = benchmarked(atlas, area, panel, period=period, against=Against.WHOLE)
    target = benchmarked(atlas, area, panel, period=period, against=Against.TARGET)
    return TableRow(
        area=area,
        address=area_address(area),
        value=value,
        revised=revised,
        below=tuple(part for part in (interval_words(value, document), doubts(value, revised=revised)) if part),
        against=Cell() if is_count else _against_cell(document, against, period),
        target=_target_cell(target),
        fifth=Cell(_("{number} von 5").format(number=fifth.number), strong=True) if fifth.number else Cell(),
        trend=trend_cell(document, trend),
    )


def _whole_row(atlas: Atlas, panel: Panel, period: str) -> TableRow | None:
    area = whole(atlas)
    own = atlas.panel(panel.indicator, area.system) if area else None
    if area is None or own is None:
        return None
    row = _row(
        atlas, area, own, period=period, fifth=Fifth(None, 0, period), trend=_trend(atlas, own, area.code, period)
    )
    return replace(row, against=Cell(), fifth=Cell(), is_whole=True)


def _against_cell(document: IndicatorDoc, standing: Standing, period: str) -> Cell:
    comparison = standing.comparison
    if comparison.difference is None:
        return Cell()
    difference = format_difference(document, comparison.difference, language())
    other = standing.period if standing.period != period else None
    below = _("{difference} ({period})").format(difference=difference, period=period_words(other)) if other else ""
    strong = comparison.tested and comparison.position is not Position.SIMILAR
    return Cell(_comparison_word(comparison), below or difference, strong)


def _comparison_word(comparison: Comparison) -> str:
    """Say how a value stands against the whole: what that means where it means something, else where it lies."""
    if comparison.position is Position.SIMILAR:
        return _("ähnlich") if comparison.tested else _("gleich")
    plain = _("höher") if comparison.position is Position.HIGHER else _("niedriger")
    word = judgement_word(comparison) or plain
    return _("deutlich {word}").format(word=word) if comparison.much else word


def _target_cell(standing: Standing) -> Cell:
    comparison = standing.comparison
    if comparison.difference is None:
        return Cell()
    words = {Judgement.BETTER: _("erreicht"), Judgement.WORSE: _("nicht erreicht")}
    places = {Position.HIGHER: _("darüber"), Position.LOWER: _("darunter"), Position.SIMILAR: _("nahe daran")}
    strong = comparison.tested and comparison.position is not Position.SIMILAR
    return Cell(words.get(comparison.judgement) or places[comparison.position], strong=strong)


def trend_cell(document: IndicatorDoc, trend: Trend) -> Cell:
    """Say the trend in a word, and what it means or why it is unclear."""
    meaning = {Judgement.BETTER: _("günstig"), Judgement.WORSE: _("ungünstig")}
    if trend.direction is Direction.UNCLEAR:
        return Cell(trend_word(trend, language()), _obstacle_words(trend.obstacle or Obstacle.TOO_FEW))
    judged = meaning.get(judge_direction(trend.direction, document.polarity), "")
    return Cell(trend_word(trend, language()), judged, strong=trend.direction is not Direction.UNCHANGED)


def _obstacle_words(obstacle: Obstacle) -> str:
    words = {
        Obstacle.TOO_FEW: _("zu wenige Zeitpunkte"),
        Obstacle.INCOMPLETE: _("nicht alle Zahlen bekannt"),
        Obstacle.UNEVEN: _("ungleiche Abstände"),
        Obstacle.BREAK: _("Bruch in der Reihe"),
        Obstacle.NO_INTERVAL: _("nicht geprüft"),
        Obstacle.UNSTABLE: _("hängt an einem Jahr"),
    }
    return words[obstacle]
