"""What the policies of a project withhold, and what others would: nothing is built and nothing published.

Deliveries are read and counted once. Then the same counts pass the door under the policies as they are and under each
scenario, for the same packages that a build makes, with the same releases before it. What comes out is counted and
thrown away. *Information lost* is the share of the indicators' values, over all areas and periods, that are withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import polars as pl

from sozialraum.catalogue import IndicatorDoc, Measure, PolicyDoc, Project
from sozialraum.disclosure import MOVED, Causes, Protected, TellDone, families_of, find_causes
from sozialraum.errors import DoorError, Faults
from sozialraum.indicators import Inside, compute
from sozialraum.periods import parse_period, since
from sozialraum.pipeline.assemble import MICROCELLS
from sozialraum.pipeline.build import KEY
from sozialraum.pipeline.continuity import previous_cells
from sozialraum.pipeline.counting import Counted, count_everything
from sozialraum.pipeline.crossing import Protecting, Waiting, rules_at, shown, wait_at_the_door
from sozialraum.pipeline.earlier import standing_in_order
from sozialraum.pipeline.ledger import Spent, spent_until_now
from sozialraum.pipeline.progress import Tell
from sozialraum.pipeline.scenarios import Trial
from sozialraum.releases import Depth, Store
from sozialraum.releases.what_if import Cause, Effect, Outcome, Scenario, Shares, Table, WhatIf
from sozialraum.sources import Vault, load_key
from sozialraum.sources.raw import nearest
from sozialraum.tables import COUNT_KEY, Status

DEPTHS: tuple[Depth, ...] = ("public", "internal")
MOST_CAUSES = 100
"""So many numbers that take others with them are told of each package and scenario..."""

MOST_OF_ONE = 5
"""...and so many of each indicator."""

MOST_AREAS = 400
"""Area systems with more areas (a grid) are not told area by area."""

MEASURE = ("universe", "where")
_OTHERS = ("secondary", "earlier")
_NOTHING = [Status.MISSING.value, Status.UNDEFINED.value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a what-if is about.

    Attributes:
        depths: the packages.
        indicators: only these indicators and the numbers that they are made from; empty for all.
        periods: only these periods; empty for all.
        fresh: as if no release had been approved before.
    """

    depths: tuple[Depth, ...] = DEPTHS
    indicators: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    fresh: bool = False


def what_if(project: Project, trials: Sequence[Trial], tell: Tell, *, wanted: Wanted, today: date) -> WhatIf:
    """Try policies out.

    Args:
        project: the city's documents and deliveries.
        trials: the policies as they are, and others.
        tell: hears about every step.
        wanted: what it is about.
        today: the day that is written into it.

    Raises:
        DeliveryError: with every fault of every delivery.
        InputError: there is no such indicator or period, or the microcells of the last release can not be continued.
    """
    _check_indicators(project, wanted)
    vault = Vault(None, load_key(project.folder / KEY, create=False))
    counted = count_everything(_with_keys(project, trials), vault, tell, previous_cells(project))
    _check_periods(counted, wanted)
    store = Store(project.releases)
    earlier = () if wanted.fresh else standing_in_order(store)
    spent: Spent = {} if wanted.fresh else spent_until_now(store)
    progress = Protecting(tell, len(wanted.depths) * len(trials))
    progress.hear("", 0, 1)

    def try_out(depth: Depth) -> tuple[Outcome, ...]:
        package = depth, shown(project, counted)[depth]
        view = _View(project, wait_at_the_door(project, counted, package, earlier, spent), wanted)

        def view_of(trial: Trial) -> _View:
            if not _rounds_before_counting(trial, depth):
                return view
            other = _under(project, trial.policies)
            return _View(other, wait_at_the_door(other, counted, package, earlier, spent), wanted)

        return tuple(
            view_of(trial).outcome(number, trial, partial(progress.hear, (depth, number)))
            for number, trial in enumerate(trials)
        )

    with ThreadPoolExecutor(2) as threads:  # the solver lets go of the interpreter
        packages = dict(zip(wanted.depths, threads.map(try_out, wanted.depths), strict=True))
    progress.end()
    scenarios = tuple(Scenario(text=trial.text, policies=trial.changed) for trial in trials)
    released = tuple(release.id for release in earlier)
    return WhatIf(made=today.isoformat(), earlier=released, scenarios=scenarios, packages=packages)


def _with_keys(project: Project, trials: Sequence[Trial]) -> Project:
    """Return the project with cell keys wherever one of the trials needs them: counts are made once for all."""
    policies = dict(project.catalogue.policies)
    for trial in trials:
        policies |= {name: trial.policies[name] for name in trial.changed if _by_keys(trial.policies[name])}
    return _under(project, policies)


def _under(project: Project, policies: Mapping[str, PolicyDoc]) -> Project:
    return replace(project, catalogue=replace(project.catalogue, policies=policies))


def _rounds_before_counting(trial: Trial, depth: Depth) -> bool:
    """Tell whether a trial changes what is counted, and not only what becomes of it at the door."""
    return any(getattr(trial.policies[name], depth).method == "small_counts" for name in trial.changed)


def _by_keys(policy: PolicyDoc) -> bool:
    return any(rules.method == "cell_key" for rules in (policy.public, policy.internal))


def _check_indicators(project: Project, wanted: Wanted) -> None:
    """Check what can be checked before anything is read."""
    faults = Faults()
    for name in wanted.indicators:
        if name not in project.catalogue.indicators:
            advice = nearest(name, project.catalogue.indicators)
            faults.add("--indicator", "there is no such indicator", value=name, advice=advice)
    for text in wanted.periods:
        try:
            parse_period(text)
        except ValueError as error:
            faults.add("--period", str(error))
    faults.throw()


def _check_periods(counted: Counted, wanted: Wanted) -> None:
    faults = Faults()
    known = counted.frame["period"].unique().cast(pl.String).to_list()
    for text in wanted.periods:
        if text not in known:
            faults.add("--period", "there are no numbers of this period", value=text, advice=nearest(text, known))
    faults.throw()


# --- one package ------------------------------------------------------------------------------------------------------


class _View:
    """Counts what rules do to one package."""

    def __init__(self, project: Project, waiting: Waiting, wanted: Wanted) -> None:
        self._project = project
        self._waiting = waiting
        self._wanted = wanted
        indicators = project.catalogue.indicators
        rows = [
            (name, measure.universe, measure.where_text)
            for name in wanted.indicators or indicators
            for measure in _measures(indicators, name)
        ]
        self._asked = pl.DataFrame(rows, schema=("indicator", *MEASURE), orient="row").unique(maintain_order=True)
        universes = sorted({universe for universe in waiting.counts["universe"].unique() if "." not in universe})
        self._families = families_of(universes, waiting.structure.parts)

    def outcome(self, number: int, trial: Trial, tell: TellDone) -> Outcome:
        """Return what a trial does to the package."""
        try:
            door = self._waiting.let_through(trial.policies, tell)
        except DoorError as error:
            return Outcome(scenario=number, refused=str(error))
        cells, values = self._cells(door), self._values(door)
        rules = rules_at(trial.policies, self._waiting.depth)
        causes = find_causes(self._waiting.every, self._waiting.structure, rules, door)
        told, more = self._causes(causes)
        tell(1, 1)
        return Outcome(
            scenario=number,
            effect=_effects(_all(cells), _all(values), "all").get("", Effect()),
            weight=float(door.choices["weight"].sum()),
            bound=float(door.choices["bound"].sum()),
            tables=tuple(self._tables(cells, values, door)),
            areas=_areas(cells),
            causes=told,
            more_causes=more,
            between=round(sum(many for period, many in causes.between.items() if self._is_asked(period)), 2),
        )

    def _is_asked(self, period: str) -> bool:
        """Whether a release shows a period, and whether it was asked for."""
        first = self._project.city.first_period
        is_shown = first is None or bool(since(first, [period]))
        return is_shown and (not self._wanted.periods or period in self._wanted.periods)

    def _in_periods(self, frame: pl.DataFrame) -> pl.DataFrame:
        periods = [period for period in frame["period"].unique() if self._is_asked(period)]
        return frame.filter(pl.col("period").is_in(periods))

    def _cells(self, door: Protected) -> pl.DataFrame:
        """Return every number that there is: its key, ``why`` it is withheld, by how much it is ``moved``."""
        changed = door.changed.select(*MEASURE, "period").unique().with_columns(changed=True)
        counts = self._waiting.counts
        before = pl.col(MOVED).fill_null(0.0) if MOVED in counts.columns else pl.lit(0.0)  # rounded before counting
        true = counts.select(*COUNT_KEY, true=pl.col("value") - before)
        rows = door.table.frame.filter(~pl.col("status").is_in(_NOTHING))
        if self._wanted.indicators:
            rows = rows.join(self._asked, on=MEASURE, how="semi")
        rows = rows.join(door.withheld, on=COUNT_KEY, how="left").join(true, on=COUNT_KEY, how="left")
        rows = rows.join(changed, on=[*MEASURE, "period"], how="left")
        moved = pl.when("changed").then((pl.col("value") - pl.col("true")).abs())
        return self._in_periods(rows).select(*COUNT_KEY, "why", moved=moved)

    def _values(self, door: Protected) -> pl.DataFrame:
        """Return every value of an indicator that is shown or withheld: indicator, area_system, area, lost."""
        indicators = self._project.catalogue.indicators
        inside = Inside.of(self._waiting.systems, self._project.city.home)
        computed = compute(indicators, door.table, divisions=self._waiting.divisions, inside=inside)
        values = self._in_periods(computed).filter(~pl.col("status").is_in(_NOTHING))
        if self._wanted.indicators:
            values = values.filter(pl.col("indicator").is_in(list(self._wanted.indicators)))
        return values.select("indicator", "area_system", "area", lost=pl.col("status") == Status.SUPPRESSED.value)

    def _tables(self, cells: pl.DataFrame, values: pl.DataFrame, door: Protected) -> Iterator[Table]:
        """Yield what the rules do to each indicator, the most lost first."""
        mine = self._asked.join(cells, on=MEASURE)
        effects = _effects(mine, values, "indicator")
        blind, gaps = _blind(values), self._gaps(door)
        areas = {name: _areas(rows) for (name,), rows in mine.group_by("indicator")}
        for name, effect in sorted(effects.items(), key=lambda pair: (-pair[1].loss, -pair[1].withheld, pair[0])):
            own = areas.get(name, {})
            yield Table(indicator=name, effect=effect, blind=blind.get(name, 0), gap=gaps.get(name), areas=own)

    def _gaps(self, door: Protected) -> dict[str, float]:
        """Return by indicator how much better another choice could be in the tables that its numbers are in."""
        family = pl.col("universe").replace_strict(self._families, default=pl.col("universe"), return_dtype=pl.String)
        tables = self._asked.select("indicator", universe=family).unique().join(door.choices, on="universe")
        sums = tables.group_by("indicator").agg(pl.col("weight", "bound").sum()).filter(pl.col("weight") > 0)
        gap = (1 - pl.col("bound") / pl.col("weight")).clip(0)
        return dict(sums.select("indicator", gap.round(6)).iter_rows())

    def _causes(self, causes: Causes) -> tuple[tuple[Cause, ...], int]:
        """Return the numbers that take most others with them, some of each indicator, and how many more take any."""
        users = self._asked.group_by(MEASURE, maintain_order=True).agg(pl.col("indicator").alias("indicators"))
        found = self._in_periods(causes.frame.filter(pl.col("further") > 0))
        rows = found.join(users, on=MEASURE, maintain_order="left")
        rows = rows.with_row_index("place")
        firsts = rows.explode("indicators").group_by("indicators").agg(pl.col("place").head(MOST_OF_ONE))
        is_told = (pl.col("place") < MOST_CAUSES) | pl.col("place").is_in(firsts["place"].explode().implode())
        told = rows.filter(is_told).drop("place").with_columns(pl.col("further").round(2))
        return tuple(Cause.model_validate(row) for row in told.to_dicts()), rows.height - told.height


def _all(frame: pl.DataFrame) -> pl.DataFrame:
    """Put all rows into one group."""
    return frame.with_columns(all=pl.lit(""))


def _measures(indicators: Mapping[str, IndicatorDoc], name: str) -> tuple[Measure, ...]:
    """Return every measure that an indicator is made from; a change has those of what it is the change of."""
    document = indicators[name]
    other = _measures(indicators, document.refers_to) if document.refers_to else ()
    return (*document.measures, *other)


def _effects(cells: pl.DataFrame, values: pl.DataFrame, by: str) -> dict[str, Effect]:
    """Return the effect on each group of numbers and values, by a column that both have."""
    others, earlier = (pl.col("why") == name for name in _OTHERS)
    numbers = cells.group_by(by).agg(
        numbers=pl.len(),
        others=others.sum(),
        earlier=earlier.sum(),
        changed=pl.col("moved").count(),
        mean_change=pl.col("moved").mean().round(4),
        most_change=pl.col("moved").max(),
    )
    lost = values.group_by(by).agg(values=pl.len(), lost=pl.col("lost").sum())
    joined = numbers.join(lost, on=by, how="full", coalesce=True)
    rows = joined.with_columns(pl.col("numbers", "others", "earlier", "changed", "values", "lost").fill_null(0))
    own = _reasons(cells, by)
    return {
        row.pop(by): Effect(own=own.get(key, {}), **row) for key, row in zip(rows[by], rows.to_dicts(), strict=True)
    }


def _reasons(cells: pl.DataFrame, by: str) -> dict[str, dict[str, int]]:
    """Return for each group how many numbers are withheld for themselves, by reason."""
    own = cells.filter(~pl.col("why").is_in(_OTHERS)).group_by(by, "why").len().sort(by, "why")
    found: dict[str, dict[str, int]] = {}
    for group, why, many in own.iter_rows():
        found.setdefault(group, {})[why] = many
    return found


def _blind(values: pl.DataFrame) -> dict[str, int]:
    """Return by indicator how many areas see no value of it in any period, though there are some."""
    areas = values.filter(pl.col("area_system") != MICROCELLS).group_by("indicator", "area_system", "area")
    return dict(areas.agg(pl.col("lost").all()).filter("lost").group_by("indicator").len().iter_rows())


def _areas(cells: pl.DataFrame) -> Shares:
    """Return how many numbers each area has, and how many of them are withheld; not for microcells and grids."""
    rows = cells.filter(pl.col("area_system") != MICROCELLS).group_by("area_system", "area")
    found: Shares = {}
    counts = rows.agg(numbers=pl.len(), withheld=pl.col("why").count()).sort("area_system", "area")
    for system, area, numbers, withheld in counts.filter(pl.len().over("area_system") <= MOST_AREAS).iter_rows():
        found.setdefault(system, {})[area] = (numbers, withheld)
    return found
