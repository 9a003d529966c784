"""Through the door: confidential counts become what a depth of the release shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from types import MappingProxyType
from typing import Any

import polars as pl

from sozialraum.analysis import composites_of, typologies_of
from sozialraum.areas import AreaSystem, AreaSystems, latest, reformed
from sozialraum.catalogue import PolicyDoc, Project, RulesDoc
from sozialraum.counts import Contributions
from sozialraum.disclosure import NESTING_SCHEMA, Profiles, Protected, Structure, TellDone, parts_of, protect, unheard
from sozialraum.indicators import Inside, compute, with_revisions
from sozialraum.pipeline.assemble import MICROCELLS, microcell_system
from sozialraum.pipeline.cell_profiles import profiles_of_cells
from sozialraum.pipeline.contributors import contributions_at
from sozialraum.pipeline.counting import Counted, atoms_at, counts_at
from sozialraum.pipeline.earlier import known_from, values_before, withheld_in
from sozialraum.pipeline.inner import deviations
from sozialraum.pipeline.ledger import Ledger, Spent, open_ledger
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.pipeline.rests import rests_of, with_rests
from sozialraum.releases import ORIGIN_SCHEMA, Depth, PackageContent, Release
from sozialraum.sources import AREA_PREFIX
from sozialraum.tables import Status


@dataclass(frozen=True, slots=True)
class Crossed:
    """What came through the door for one depth of the release.

    Attributes:
        content: what is written.
        door: the protected counts with the door's own summary, which is for the steward alone.
        profiles: the characteristics of microcells likewise; None for everyone's package and where there are none.
        moved: how far rounding small counts has moved them: universe, period, numbers, moved, largest.
        noise: what the ledger writes down (see :meth:`~sozialraum.pipeline.ledger.Ledger.entries`).
    """

    content: PackageContent
    door: Protected
    profiles: Profiles | None = None
    moved: Sequence[Mapping[str, object]] = ()
    noise: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Confidential: what stands before the door for one depth of the release.

    Attributes:
        depth: the package that it is for.
        systems: the area systems that it shows.
        counts: its counts, those of microcells included.
        atoms: the counts of what its overlapping areas have in common.
        contributions: who contributes how much to sums of amounts.
        structure: which counts add up to which.
        withheld: what earlier releases withheld.
        known: what they told.
        ledger: what they told with noise.
        divisions: how numbers of areas before a reform are divided when values are made.
    """

    depth: Depth
    systems: Mapping[str, AreaSystem]
    counts: pl.DataFrame
    atoms: pl.DataFrame
    contributions: Contributions
    structure: Structure
    withheld: pl.DataFrame | None
    known: pl.DataFrame | None
    ledger: Ledger
    divisions: pl.DataFrame

    @property
    def every(self) -> pl.DataFrame:
        """Counts and atoms, as the door takes them."""
        return pl.concat([self.counts, self.atoms], how="diagonal")

    def let_through(self, policies: Mapping[str, PolicyDoc], tell: TellDone = unheard) -> Protected:
        """Take the counts through the door under some policies.

        Raises:
            DoorError: a number can not be protected, so nothing leaves.
        """
        rules = rules_at(policies, self.depth)
        return protect(
            self.every,
            self.structure,
            rules,
            contributions=self.contributions,
            withheld=self.withheld,
            known=self.known,
            draws=self.ledger.draws,
            tell=tell,
        )


def rules_at(policies: Mapping[str, PolicyDoc], depth: Depth) -> dict[str, RulesDoc]:
    """Return the rules of each policy for one depth of the release."""
    return {name: policy.public if depth == "public" else policy.internal for name, policy in policies.items()}


def cross(
    project: Project, counted: Counted, earlier: Sequence[Release], tell: Tell, spent: Spent | None = None
) -> dict[Depth, Crossed]:
    """Take the counts through the door, for everyone and for the administration, and compute their values.

    Args:
        project: the city's documents.
        counted: confidential counts.
        earlier: releases that somebody may know: what they withheld stays withheld.
        tell: hears about every step.
        spent: what noise has told so far, over all releases.

    Raises:
        DoorError: a number can not be protected, so nothing leaves.
    """
    progress = Protecting(tell, 2)
    progress.hear("public", 0, 1)
    with ThreadPoolExecutor(2) as threads:  # the solver lets go of the interpreter
        crossing = {
            depth: threads.submit(
                _cross, project, counted, (depth, systems), earlier, partial(progress.hear, depth), spent or {}
            )
            for depth, systems in shown(project, counted).items()
        }
        crossed = {depth: one.result() for depth, one in crossing.items()}
    progress.end()
    return crossed


class Protecting:
    """Tells of work on several things at once as one: so many of a hundred parts.

    Args:
        tell: hears it.
        several: how many things there are: packages, and rules that each is protected under.
    """

    def __init__(self, tell: Tell, several: int) -> None:
        self._tell = tell
        self._several = several
        self._shares: dict[object, float] = {}
        self._lock = Lock()

    def hear(self, thing: object, done: int, total: int) -> None:
        """Hear how many tables of one of them are protected."""
        with self._lock:
            self._shares[thing] = done / total
            self._tell(Step("Protecting", min(int(100 * sum(self._shares.values()) / self._several), 99), 100))

    def end(self) -> None:
        """Hear that everything is."""
        self._tell(Step("Protecting", 100, 100))


def shown(project: Project, counted: Counted) -> dict[Depth, dict[str, AreaSystem]]:
    """Return the area systems that each depth shows."""
    systems, cells = counted.delivered.systems, counted.assembled.microcells
    public = {id: system for id, system in systems.items() if project.areas[id].depth == "public"}
    internal: dict[str, AreaSystem] = dict(systems)
    if cells is not None and project.city.microcells:
        internal[MICROCELLS] = microcell_system(cells, project.city.microcells.within)
    return {"public": public, "internal": internal}


def wait_at_the_door(
    project: Project,
    counted: Counted,
    shown: tuple[Depth, Mapping[str, AreaSystem]],
    earlier: Sequence[Release],
    spent: Spent = MappingProxyType({}),
) -> Waiting:
    """Return what stands before the door for one depth of the release, and what everybody knows already.

    Args:
        project: the city's documents.
        counted: confidential counts.
        shown: the depth, and the area systems that it shows.
        earlier: releases that somebody may know.
        spent: what noise has told so far, over all releases.
    """
    depth, systems = shown
    counted_in = {id: with_rests(system) if id == MICROCELLS else system for id, system in systems.items()}
    atoms = atoms_at(project, counted, systems)
    structure = Structure(
        areas=pl.concat([nesting(counted_in), atoms.nesting]),
        atoms=atoms.systems,
        parts=parts_of(project.catalogue.indicators),
        codes=project.catalogue.codes,
        unseen=rests_of(counted_in[MICROCELLS]) if MICROCELLS in counted_in else frozenset(),
        kept=frozenset(
            measure
            for name in project.city.key_indicators
            if name in project.catalogue.indicators
            for measure in project.catalogue.indicators[name].measures
        ),
    )
    counts = counts_at(project, counted, depth, systems)
    return Waiting(
        depth=depth,
        systems=systems,
        counts=counts,
        atoms=atoms.counts,
        contributions=contributions_at(project, counted, counts, counted_in),
        structure=structure,
        withheld=withheld_in(earlier, depth),
        known=known_from(earlier, depth),
        ledger=open_ledger(project, counted, (counts, depth), earlier, spent),
        divisions=counted.divisions,
    )


def _cross(
    project: Project,
    counted: Counted,
    shown: tuple[Depth, Mapping[str, AreaSystem]],
    earlier: Sequence[Release],
    tell: TellDone = unheard,
    spent: Spent = MappingProxyType({}),
) -> Crossed:
    waiting = wait_at_the_door(project, counted, shown, earlier, spent)
    door = waiting.let_through(project.catalogue.policies, tell)
    since = project.city.first_period
    inside = Inside.of(waiting.systems, project.city.home)
    computed = compute(
        project.catalogue.indicators, door.table, first_period=since, divisions=waiting.divisions, inside=inside
    )
    values = with_revisions(computed, values_before(earlier, waiting.depth))
    offers = _offers_in(counted.assembled.offers, waiting.systems)
    profiles = profiles_of_cells(project, counted.delivered, counted.assembled) if waiting.depth == "internal" else None
    table = profiles.table if profiles else None
    frames = {id: system.frame for id, system in waiting.systems.items()}
    content = PackageContent(
        values,
        door.table,
        waiting.systems,
        _origins(waiting.counts),
        offers=offers,
        profiles=table,
        composites=composites_of(project.catalogue, project.areas, values, frames),
        typologies=typologies_of(project.catalogue, project.areas, values, waiting.systems),
    )
    noise = waiting.ledger.entries(waiting.depth, door.drawn)
    return Crossed(content, door, profiles, deviations(waiting.counts), noise)


def _offers_in(offers: pl.DataFrame | None, systems: Mapping[str, AreaSystem]) -> pl.DataFrame | None:
    """Return offers without their areas in systems that the package does not show."""
    if offers is None:
        return None
    areas = [name for name in offers.columns if name.startswith(AREA_PREFIX)]
    return offers.drop(name for name in areas if name.removeprefix(AREA_PREFIX) not in systems)


def _origins(counts: pl.DataFrame) -> pl.DataFrame:
    """Return which deliveries each measure was found in."""
    known = counts.filter(pl.col("status") != Status.MISSING.value).with_columns(pl.col("source").str.split("+"))
    return known.explode("source").select(*ORIGIN_SCHEMA).filter(pl.col("source") != "").unique().sort(*ORIGIN_SCHEMA)


def nesting(systems: Mapping[str, AreaSystem]) -> pl.DataFrame:
    """Return who lies in whom: one row for each area inside an area of its parent system, in its latest state, and one
    for each area inside an area of another time that a reform split or made."""
    frames = [
        latest(system.frame)
        .drop_nulls("parent")
        .select(
            pl.lit(system.id).alias("area_system"),
            pl.col("code").alias("area"),
            pl.lit(system.parent).alias("parent_system"),
            "parent",
        )
        for system in AreaSystems(dict(systems)).values()
        if system.parent in systems
    ]
    rows = [
        (system.id, part, system.id, whole)
        for system in systems.values()
        for whole, parts in reformed(system.frame, system.geometry).items()
        for part in parts
    ]
    return pl.concat([*frames, pl.DataFrame(rows, schema=NESTING_SCHEMA, orient="row")])
