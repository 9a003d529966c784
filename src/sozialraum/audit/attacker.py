"""Attacks the public package of a release with everything that everybody can read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import lru_cache, partial
from operator import attrgetter
from pathlib import Path

import polars as pl

from sozialraum.audit.attack import EXACT
from sozialraum.audit.board import set_up
from sozialraum.audit.campaign import Campaign
from sozialraum.audit.changed import far_from_parts, without_changed, wrong_form
from sozialraum.audit.ground import Spot, lay
from sozialraum.audit.outline import Outline
from sozialraum.audit.package import PublicPackage, read_package
from sozialraum.audit.plain import Ledger, contradictions, small_bases, small_numbers, telling_values, thin_tallies
from sozialraum.audit.report import AuditReport, Finding
from sozialraum.audit.scores import finding_of, unfounded
from sozialraum.audit.spread import contradicting_indices, telling_indices
from sozialraum.audit.together import join, merge

GROUNDS = 8
"""So many sets of areas are remembered; few periods bring new ones."""


def audit_release(folder: Path, earlier: Sequence[Path] = ()) -> AuditReport:
    """Attack the public package of a release, together with those of others that somebody may have.

    Args:
        folder: the release folder. Only its public package and its manifest are read.
        earlier: folders of further releases that are or were public, likewise.

    Raises:
        ReleaseError: a file is missing or is not what a release holds.
        SozialraumError: the attack could not be finished, so nothing is proved.
    """
    package = read_package(folder)
    others = {other.name: read_package(other) for other in earlier}
    ledger = Ledger.of(package.counts)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # the solver lets go of the interpreter
        attacks = _attack_periods(package, others, threads)
        exposed = {*small_numbers(package, ledger), *small_bases(package, ledger), *telling_values(package, ledger)}
        exposed |= {*telling_indices(package, ledger)}
        exposed.update(thin_tallies(package, ledger))
        exposed.update(wrong_form(package), far_from_parts(package))
        said = unfounded(folder)
        exposed.update(finding_of(one) for one in said if one.tells)
        contradicting = (*contradictions(package, ledger), *contradicting_indices(package, ledger))
        contradicting += tuple(str(one) for one in said if not one.tells)
        found = [*attacks]
    withheld = [finding for first, _ in found for finding in first]
    exposed.update(finding for _, left in found for finding in left)
    exposed.update(finding for finding in withheld if finding.kind)
    return AuditReport(
        cells=package.counts.height,
        suppressed=tuple(sorted(withheld, key=attrgetter("rank"))),
        exposed=tuple(sorted(exposed, key=attrgetter("rank"))),
        contradictions=contradicting,
        parameters={"policies": dict(package.policies), "tolerance": EXACT, "together_with": sorted(others)},
    )


def _attack_periods(
    package: PublicPackage, others: Mapping[str, PublicPackage], threads: Executor
) -> Iterator[tuple[list[Finding], list[Finding]]]:
    """Attack every period, and yield in their order all withheld counts and what is left between published ones."""
    together = merge(package, others) if others else package
    outline = Outline(together)
    ground = lru_cache(GROUNDS)(partial(lay, together, outline))
    told = {name: _by_period(one, outline) for name, one in others.items()}
    frames = _by_period(package, outline)

    def attack_one(period: str) -> tuple[list[Finding], list[Finding]]:
        frame = frames[period]
        before = {name: periods[period] for name, periods in told.items() if period in periods}
        here = ground(_named(pl.concat([frame, *before.values()])))
        board = set_up(here, frame)
        changed = {name: one for name, one in before.items() if not one.equals(frame)}
        if changed:
            board = join(board, {name: set_up(here, one) for name, one in changed.items()})
        campaign = Campaign(together, board, period)
        return list(campaign.withheld()), list(campaign.remainders())

    return threads.map(attack_one, sorted(frames))


def _by_period(package: PublicPackage, outline: Outline) -> dict[str, pl.DataFrame]:
    """Return the counts of each period that can be added up, with the position of their region."""
    exact = without_changed(package.counts, package)
    counts = exact.join(outline.places, on=["universe", "where"], maintain_order="left")
    return {str(period): frame for (period,), frame in counts.partition_by("period", as_dict=True).items()}


def _named(counts: pl.DataFrame) -> frozenset[Spot]:
    return frozenset(counts.select("area_system", "area").unique().iter_rows())
