"""What is worth saying about an area or a release: the strongest differences and changes. No words, no Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from sozialraum.analysis.early_warning import EarlyWarning, early_warnings
from sozialraum.indicators import (
    Against,
    Comparison,
    Direction,
    Point,
    Position,
    Trend,
    against_parent,
    against_similar,
    against_target,
    against_whole,
    break_between,
    breaks_of,
)
from sozialraum.indicators import Standing as Benchmarked
from sozialraum.indicators import recent_trend as test_trend
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.queries import (
    ancestors,
    current_areas,
    listed_systems,
    row_at,
    spread_at,
    until,
    whole,
    whole_series,
)
from sozialraum.web.atlas.release import Area, Atlas, Panel
from sozialraum.web.atlas.rules import Spread, Step, last_step
from sozialraum.web.atlas.similarity import similar_to

Series = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an area stands in one indicator.

    Attributes:
        value: the area's value in ``period``.
        against: how it stands against the benchmark that was asked for, and in which period; not compared where
            ``value`` is no number.
        trend: what the last five points of the area's series did.
        spread: where all areas of the system lie.
        series: the area's values up to ``period``.
        revised: whether an earlier release told another value.
    """

    indicator: str
    period: str
    value: Value
    against: Benchmarked
    trend: Trend
    spread: Spread | None
    series: Series
    revised: bool = False

    @property
    def comparison(self) -> Comparison:
        """The value against the benchmark."""
        return self.against.comparison

    @property
    def distance(self) -> float:
        """How far the value lies from the whole, in standard deviations of the areas; 0 where that can not be said."""
        return self._in_deviations(self.comparison.difference or 0.0)

    @property
    def movement(self) -> float:
        """How far the value moved over its trend, in standard deviations of the areas; 0 where there is none."""
        first, last = self.trend.first, self.trend.last
        if first is None or last is None or first.value.value is None or last.value.value is None:
            return 0.0
        return self._in_deviations(last.value.value - first.value.value)

    @property
    def differs(self) -> bool:
        """Whether the value lies above or below the benchmark."""
        return self.comparison.position in (Position.HIGHER, Position.LOWER)

    def _in_deviations(self, distance: float) -> float:
        return distance / self.spread.deviation if self.spread and self.spread.deviation else 0.0


def trend_of(atlas: Atlas, indicator: str, series: Series) -> Trend:
    """Return what the last five points of a series did."""
    breaks = breaks_of(indicator, atlas.catalogue.indicators)
    return test_trend(atlas.catalogue.indicators[indicator], _points(series), breaks)


def _points(series: Series) -> list[Point]:
    return [Point(period, value) for period, value in series]


def standings(
    atlas: Atlas, area: Area, day: date | None = None, against: Against = Against.WHOLE
) -> tuple[Standing, ...]:
    """Return how an area stands in each indicator of its system, in the order of the catalogue.

    Args:
        atlas: the release.
        area: the area.
        day: the latest periods that ended by then are told; without it the latest of all.
        against: what it is compared with.
    """
    key = ("standings", area.system, area.code, day, against)
    return atlas.keep(key, lambda: tuple(_standings(atlas, area, day, against)))


def _standings(atlas: Atlas, area: Area, day: date | None, against: Against) -> Iterator[Standing]:
    for indicator in atlas.indicators:
        panel = atlas.panel(indicator, area.system)
        period = panel.latest_until(day) if panel else None
        if panel and period:
            yield _standing(atlas, area, panel, period=period, against=against)


def _standing(atlas: Atlas, area: Area, panel: Panel, *, period: str, against: Against) -> Standing:
    series = until(panel.series(area.code), period)
    value = panel.value(area.code, period)
    return Standing(
        indicator=panel.indicator,
        period=period,
        value=value,
        against=benchmarked(atlas, area, panel, period=period, against=against),
        trend=trend_of(atlas, panel.indicator, series),
        spread=spread_at(atlas, panel, period),
        series=series,
        revised=(area.code, period) in panel.revised,
    )


def benchmarked(atlas: Atlas, area: Area, panel: Panel, *, period: str, against: Against) -> Benchmarked:
    """Return how an area's value of a period stands against a benchmark; without a number nothing is compared."""
    document = atlas.catalogue.indicators[panel.indicator]
    has_number = panel.value(area.code, period).value is not None
    series = _points(until(panel.series(area.code), period)) if has_number else []
    match against:
        case Against.WHOLE:
            return against_whole(document, series, _points(until(whole_series(atlas, panel.indicator), period)))
        case Against.PARENT:
            return against_parent(document, series, _parent_points(atlas, area, panel.indicator, period))
        case Against.SIMILAR:
            others = (panel.series(other.code) for other in similar_to(atlas, area))
            return against_similar(document, series, [_points(until(other, period)) for other in others])
    return against_target(document, series)


def _parent_points(atlas: Atlas, area: Area, indicator: str, period: str) -> Sequence[Point] | None:
    parent = next(ancestors(atlas, area), None)
    if parent is None:
        return None
    panel = atlas.panel(indicator, parent.system)
    return _points(until(panel.series(parent.code), period)) if panel else []


# --- early warnings ---------------------------------------------------------------------------------------------------


def warnings_of(atlas: Atlas) -> dict[Area, tuple[EarlyWarning, ...]]:
    """Return who is warned of what: areas by system and name, of each the indicators in the order of the catalogue."""
    return atlas.keep("early warnings", lambda: _warnings_of(atlas))


def _warnings_of(atlas: Atlas) -> dict[Area, tuple[EarlyWarning, ...]]:
    city = whole(atlas)
    if city is None:
        return {}
    systems = [city.system, *listed_systems(atlas)]
    values = atlas.package.values.filter(pl.col("area_system").is_in(systems))
    documents = {name: atlas.catalogue.indicators[name] for name in atlas.indicators}
    found: dict[tuple[str, str], list[EarlyWarning]] = {}
    for warning in early_warnings(documents, values, whole=(city.system, city.code)):
        found.setdefault(warning.area, []).append(warning)
    places = {indicator: place for place, indicator in enumerate(atlas.indicators)}
    return {
        area: tuple(sorted(found[system, code], key=lambda warning: places[warning.indicator]))
        for system in listed_systems(atlas)
        for code, area in current_areas(atlas, system).items()
        if (system, code) in found
    }


# --- in short ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InShort:
    """What the head of an area's profile says.

    Attributes:
        population: how many people live there, if the release says so.
        differences: the strongest differences from the whole, of different themes; only tested ones if there are any.
        changes: the strongest tested changes, of different themes.
        compared: how many indicators could be compared with the whole, ``level`` of them without a difference.
        suppressed: how many indicators are withheld.
        unreliable: how many indicators rest on few cases.
        warnings: what is warned of, of the present alone.
    """

    population: Standing | None
    differences: tuple[Standing, ...]
    changes: tuple[Standing, ...]
    compared: int
    level: int
    suppressed: int
    unreliable: int
    warnings: tuple[EarlyWarning, ...] = ()


def in_short(atlas: Atlas, area: Area, day: date | None = None) -> InShort:
    """Pick what is worth saying first about an area; ``day`` as in :func:`standings`."""
    found = standings(atlas, area, day)
    rated = [standing for standing in found if atlas.catalogue.indicators[standing.indicator].unit != "count"]
    usable = [standing for standing in rated if standing.value.status is not Status.UNRELIABLE]
    apart = [standing for standing in usable if standing.differs]
    tested = [standing for standing in apart if standing.comparison.tested]
    differences = _strongest(
        atlas, {standing.indicator: abs(standing.distance) for standing in tested or apart}, usable
    )
    taken = {standing.indicator for standing in differences}
    moved = {s.indicator: abs(s.movement) for s in usable if _moved(s) and s.indicator not in taken}
    comparable = [
        s for s in rated if s.comparison.position is not Position.NOT_COMPARED and area.system != atlas.city.whole
    ]
    return InShort(
        population=next((standing for standing in found if _is_population(atlas, standing)), None),
        differences=differences,
        changes=_strongest(atlas, moved, usable),
        compared=len(comparable),
        level=sum(not standing.differs for standing in comparable),
        suppressed=sum(standing.value.status is Status.SUPPRESSED for standing in found),
        unreliable=sum(standing.value.status is Status.UNRELIABLE for standing in found),
        warnings=warnings_of(atlas).get(area, ()) if day is None else (),
    )


def _moved(standing: Standing) -> bool:
    return standing.value.value is not None and standing.trend.direction in (Direction.RISING, Direction.FALLING)


def _strongest(atlas: Atlas, strength: dict[str, float], found: list[Standing], count: int = 2) -> tuple[Standing, ...]:
    """Return the strongest of each theme, the strongest themes first."""
    chosen: dict[str, Standing] = {}
    candidates = [standing for standing in found if standing.indicator in strength]
    for standing in sorted(candidates, key=lambda standing: -strength[standing.indicator]):
        chosen.setdefault(atlas.catalogue.indicators[standing.indicator].theme, standing)
    return tuple(chosen.values())[:count]


def _is_population(atlas: Atlas, standing: Standing) -> bool:
    document = atlas.catalogue.indicators[standing.indicator]
    measures = document.numerator
    return (
        document.count is not None
        and standing.value.value is not None
        and len(measures) == 1
        and measures[0].universe == "persons"
        and not measures[0].where
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A clear change from one period to the next; ``area`` is None for the whole city or region.

    Attributes:
        before: the earlier period, in which the number was ``first``.
        now: the later period, in which it is ``last``.
        strength: how large the change is beside others.
    """

    indicator: str
    area: Area | None
    before: str
    now: str
    first: float
    last: float
    strength: float


def latest_changes(atlas: Atlas, count: int = 6) -> tuple[Change, ...]:
    """Return the largest clear changes against the period before: first of the whole, then of single areas."""
    return atlas.keep(("latest changes", count), lambda: _latest_changes(atlas, count))


def _latest_changes(atlas: Atlas, count: int) -> tuple[Change, ...]:
    of_whole = _of_different_indicators(_changes_of_whole(atlas), (count + 1) // 2)
    taken = {change.indicator for change in of_whole}
    rest = [change for change in _changes_of_areas(atlas) if change.indicator not in taken]
    return (*of_whole, *_of_different_indicators(rest, count - len(of_whole)))


def _of_different_indicators(changes: Iterable[Change], count: int) -> tuple[Change, ...]:
    chosen: dict[str, Change] = {}
    for change in sorted(changes, key=lambda change: -change.strength):
        chosen.setdefault(change.indicator, change)
    return tuple(chosen.values())[:count]


def _changes_of_whole(atlas: Atlas) -> Iterator[Change]:
    for indicator in atlas.indicators:
        step = last_step(whole_series(atlas, indicator))
        if step and _is_told(atlas, indicator, step):
            yield _change(indicator, None, step, abs(step.before[1].value or 0.0) or 1.0)


def _changes_of_areas(atlas: Atlas) -> Iterator[Change]:
    system = next(iter(listed_systems(atlas)), None)
    for indicator in atlas.indicators if system else ():
        panel = atlas.panel(indicator, str(system))
        spread = spread_at(atlas, panel, panel.latest) if panel else None
        if panel is None or spread is None or not spread.deviation:
            continue
        for code in row_at(atlas, panel, panel.latest):
            step = last_step(panel.series(code))
            if step and step.now[0] == panel.latest and _is_told(atlas, indicator, step):
                yield _change(indicator, atlas.areas[panel.system][code], step, spread.deviation)


def _change(indicator: str, area: Area | None, step: Step, measure: float) -> Change:
    """Describe a step; its strength is its size in units of ``measure``."""
    first, last = step.before[1].value or 0.0, step.now[1].value or 0.0
    return Change(indicator, area, step.before[0], step.now[0], first, last, abs(last - first) / measure)


def _is_told(atlas: Atlas, indicator: str, step: Step) -> bool:
    """Tell whether a step is clear, rests on enough cases and does not cross a break of the series."""
    breaks = breaks_of(indicator, atlas.catalogue.indicators)
    return (
        step.is_clear
        and Status.UNRELIABLE not in (step.before[1].status, step.now[1].status)
        and break_between(breaks, step.before[0], step.now[0]) is None
    )
