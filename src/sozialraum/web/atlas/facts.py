"""What is worth saying about an area or a release: the strongest differences and changes. No words, no Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sozialraum.tables import Status, Value
from sozialraum.web.atlas.queries import listed_systems, row_at, spread_at, whole_series, whole_value
from sozialraum.web.atlas.release import Area, Atlas, Panel
from sozialraum.web.atlas.rules import Direction, Spread, Trend, compare, trend_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How an area stands in one indicator.

    Attributes:
        value: the area's value in ``period``.
        whole: the value of the whole city or region in the same period.
        against_whole: above, below or level with the whole; None where that can not be said.
        trend: what the area's series did; None where it is too short.
        spread: where all areas of the system lie.
    """

    indicator: str
    period: str
    value: Value
    whole: Value
    against_whole: Direction | None
    trend: Trend | None
    spread: Spread | None
    series: tuple[tuple[str, Value], ...]

    @property
    def distance(self) -> float:
        """How far the value lies from the whole, in standard deviations of the areas; 0 where that can not be said."""
        if self.value.value is None or self.whole.value is None or not self.spread or not self.spread.deviation:
            return 0.0
        return (self.value.value - self.whole.value) / self.spread.deviation

    @property
    def movement(self) -> float:
        """How far the value moved, in standard deviations of the areas; 0 where that can not be said."""
        if self.trend is None or not self.spread or not self.spread.deviation:
            return 0.0
        return self.trend.change / self.spread.deviation


def standings(atlas: Atlas, area: Area) -> tuple[Standing, ...]:
    """Return how an area stands in each indicator of its system, in the order of the catalogue."""
    return atlas.keep(("standings", area.system, area.code), lambda: tuple(_standings(atlas, area)))


def _standings(atlas: Atlas, area: Area) -> Iterable[Standing]:
    for indicator in atlas.indicators:
        panel = atlas.panel(indicator, area.system)
        if panel is not None:
            yield _standing(atlas, area, panel)


def _standing(atlas: Atlas, area: Area, panel: Panel) -> Standing:
    period, series = panel.latest, panel.series(area.code)
    value, whole = panel.value(area.code, period), whole_value(atlas, panel.indicator, period)
    return Standing(
        indicator=panel.indicator,
        period=period,
        value=value,
        whole=whole,
        against_whole=compare(value, whole),
        trend=trend_of(series, breaks_of(atlas, panel.indicator)) if value.value is not None else None,
        spread=spread_at(atlas, panel, period),
        series=series,
    )


def breaks_of(atlas: Atlas, indicator: str) -> tuple[str, ...]:
    """Return the periods from which on an indicator's series can not be compared with what was before."""
    return tuple(mark.period for mark in atlas.catalogue.indicators[indicator].breaks)


@dataclass(frozen=True, slots=True)
class InShort:
    """What the head of an area's profile says.

    Attributes:
        population: how many people live there, if the release says so.
        differences: the strongest clear differences from the whole, of different themes.
        changes: the strongest clear changes, of different themes.
        compared: how many indicators could be compared with the whole, and how many of those are level with it.
        suppressed: how many indicators are withheld.
        unreliable: how many indicators rest on few cases.
    """

    population: Standing | None
    differences: tuple[Standing, ...]
    changes: tuple[Standing, ...]
    compared: int
    level: int
    suppressed: int
    unreliable: int


def in_short(atlas: Atlas, area: Area) -> InShort:
    """Pick what is worth saying first about an area."""
    found = standings(atlas, area)
    rated = [standing for standing in found if atlas.catalogue.indicators[standing.indicator].unit != "count"]
    usable = [standing for standing in rated if standing.value.status is not Status.UNRELIABLE]
    apart = [standing for standing in usable if standing.against_whole in ("up", "down")]
    moved = [standing for standing in usable if standing.trend and standing.trend.direction != "level"]
    differences = _strongest(atlas, apart, by_distance=True)
    taken = {standing.indicator for standing in differences}
    comparable = [standing for standing in rated if standing.against_whole is not None]
    return InShort(
        population=next((standing for standing in found if _is_population(atlas, standing)), None),
        differences=differences,
        changes=_strongest(
            atlas, [standing for standing in moved if standing.indicator not in taken], by_distance=False
        ),
        compared=len(comparable),
        level=sum(standing.against_whole == "level" for standing in comparable),
        suppressed=sum(standing.value.status is Status.SUPPRESSED for standing in found),
        unreliable=sum(standing.value.status is Status.UNRELIABLE for standing in found),
    )


def _strongest(atlas: Atlas, found: list[Standing], *, by_distance: bool, count: int = 2) -> tuple[Standing, ...]:
    """Return the strongest of each theme, the strongest themes first."""
    strength = {id(standing): abs(standing.distance if by_distance else standing.movement) for standing in found}
    chosen: dict[str, Standing] = {}
    for standing in sorted(found, key=lambda standing: -strength[id(standing)]):
        chosen.setdefault(atlas.catalogue.indicators[standing.indicator].theme, standing)
    return tuple(chosen.values())[:count]


def _is_population(atlas: Atlas, standing: Standing) -> bool:
    measures = atlas.catalogue.indicators[standing.indicator].numerator
    document = atlas.catalogue.indicators[standing.indicator]
    return (
        document.count is not None
        and standing.value.value is not None
        and len(measures) == 1
        and measures[0].universe == "persons"
        and not measures[0].where
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A clear change from one period to the next; ``area`` is None for the whole city or region."""

    indicator: str
    area: Area | None
    trend: Trend
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


def _changes_of_whole(atlas: Atlas) -> Iterable[Change]:
    for indicator in atlas.indicators:
        trend = trend_of(whole_series(atlas, indicator), breaks_of(atlas, indicator), window=1)
        if trend and trend.direction != "level":
            yield Change(indicator, None, trend, abs(trend.relative or 0.0))


def _changes_of_areas(atlas: Atlas) -> Iterable[Change]:
    system = next(iter(listed_systems(atlas)), None)
    for indicator in atlas.indicators if system else ():
        panel = atlas.panel(indicator, str(system))
        spread = spread_at(atlas, panel, panel.latest) if panel else None
        if panel is None or spread is None or not spread.deviation:
            continue
        for code in row_at(atlas, panel, panel.latest):
            trend = trend_of(panel.series(code), breaks_of(atlas, indicator), window=1)
            if trend and trend.direction != "level" and trend.last[0] == panel.latest and _is_reliable(trend):
                area = atlas.areas[panel.system][code]
                yield Change(indicator, area, trend, abs(trend.change) / spread.deviation)


def _is_reliable(trend: Trend) -> bool:
    return Status.UNRELIABLE not in (trend.first[1].status, trend.last[1].status)
