"""What noise tells about a person adds up over releases: the ledger of what each policy has spent.

Every release writes into its manifest (``noise``) which tables it tells with noise and how much each costs. Spent is
what was approved once: a release that was withdrawn afterwards has told it all the same. A draft that nobody approved
has told nothing.

A table that was made of the same deliveries before is not drawn again but repeated as it stands in that release, which
tells nothing new and costs nothing. Whether they are the same is asked of deliveries and documents as a whole, never of
single numbers: a number that is repeated because it has not changed, beside others that are drawn anew, would tell that
nobody in it came or went.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import polars as pl

from sozialraum.catalogue import NoiseDoc, Project, RulesDoc
from sozialraum.disclosure import NOISY_TABLE, Draws
from sozialraum.errors import NotAllowedError
from sozialraum.pipeline.assemble import MICROCELLS
from sozialraum.pipeline.counting import Counted
from sozialraum.releases import Depth, Release, State, Store
from sozialraum.releases.release import STATE

NOISE = "noise"
"""The manifest's entry."""

MADE_OF = "made_of"
"""The column with the fingerprint of what a table was made of."""

Spent = Mapping[Depth, Mapping[str, float]]
"""By depth and policy, how much was told about a person."""


def spent_until_now(store: Store) -> Spent:
    """Return what all releases have spent that were ever approved, withdrawn ones included."""
    spent: dict[Depth, defaultdict[str, float]] = {"public": defaultdict(float), "internal": defaultdict(float)}
    for release in store.releases():
        for (depth, policy), own in _spending(_tables(release) if was_approved(release) else ()).items():
            spent[depth][policy] += own
    return spent


def was_approved(release: Release) -> bool:
    """Tell whether somebody may ever have known a release's numbers; folders that somebody put beside have no state."""
    if not (release.folder / STATE).is_file():
        return False
    return any(step.get("state") == State.APPROVED for step in release.history)


def _spending(tables: Sequence[Mapping[str, Any]]) -> Mapping[tuple[Depth, str], float]:
    """Return what tables of a release cost by depth and policy; those that it repeats were paid for before."""
    found: defaultdict[tuple[Depth, str], float] = defaultdict(float)
    for row in tables:
        for policy in row["policy"].split("+"):
            found[row["depth"], policy] += 0.0 if row["repeats"] else row["epsilon"]
    return found


def _tables(release: Release) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = release.manifest.get(NOISE, {}).get("tables", ())
    return found


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the door hears of earlier noise, and what a release writes down of its own.

    Attributes:
        draws: what is not drawn again, and what was spent.
        made_of: what each table with noise was made of: the columns of ``NOISY_TABLE`` and :data:`MADE_OF`.
    """

    draws: Draws
    made_of: pl.DataFrame

    def entries(self, depth: Depth, drawn: pl.DataFrame) -> list[dict[str, Any]]:
        """Return the rows of a manifest: depth, table, policy, epsilon, repeats, made_of."""
        told = drawn.join(self.made_of, on=NOISY_TABLE, how="left").sort(NOISY_TABLE)
        return [{"depth": depth, **row} for row in told.to_dicts()]


def open_ledger(
    project: Project, counted: Counted, package: tuple[pl.DataFrame, Depth], earlier: Sequence[Release], spent: Spent
) -> Ledger:
    """Look up which tables with noise were told before, made of the same.

    Args:
        project: the city's documents.
        counted: what was read and counted.
        package: confidential counts, with source and policy, and the depth at which they are shown.
        earlier: releases that somebody knows, oldest first; a withdrawn one is not repeated.
        spent: see :func:`spent_until_now`.
    """
    counts, depth = package
    noisy = {id: noise for id in project.catalogue.policies if (noise := noise_of(project, id, depth))}
    under = pl.col("policy").str.split("+").list.set_intersection(sorted(noisy)).list.len() > 0
    own = counts.filter(under, ~pl.col("universe").str.contains(".", literal=True)) if noisy else counts.clear()
    tables = own.group_by(NOISY_TABLE, maintain_order=True).agg("source", "policy")
    prints = _Fingerprints(project, counted)
    rows = [
        (universe, where, system, period, prints.of(system, period, sources), _epsilon(policies, noisy))
        for universe, where, system, period, sources, policies in tables.iter_rows()
    ]
    kinds = [*((name, pl.String) for name in (*NOISY_TABLE, MADE_OF)), ("epsilon", pl.Float64)]
    now = pl.DataFrame(rows, schema=kinds, orient="row")
    return Ledger(Draws(_repeated(now, depth, earlier), spent.get(depth, {})), now.drop("epsilon"))


def noise_of(project: Project, policy: str, depth: Depth) -> NoiseDoc | None:
    """Return how much noise a policy asks for at a depth, None where it asks for none."""
    parameters = getattr(project.catalogue.policies[policy], depth).parameters
    return parameters if isinstance(parameters, NoiseDoc) else None


def _epsilon(policies: Collection[str], noisy: Mapping[str, NoiseDoc]) -> float:
    """Return the epsilon of a table: policies with noise that meet in one are alike."""
    return min(noisy[policy].epsilon for text in policies for policy in text.split("+") if policy in noisy)


def _repeated(now: pl.DataFrame, depth: Depth, earlier: Sequence[Release]) -> pl.DataFrame:
    """Return ``COUNT_KEY``, value and status of all tables that an earlier release tells, made of the same."""
    frames = [Draws().repeated]
    left = now
    for release in reversed(earlier) if now.height else ():
        rows = [row for row in _tables(release) if row["depth"] == depth]
        before = pl.DataFrame(rows, schema=now.schema) if rows else now.clear()
        same = left.join(before, on=now.columns, how="semi").select(NOISY_TABLE)
        left = left.join(same, on=NOISY_TABLE, how="anti")
        frames.append(release.package(depth).counts.frame.join(same, on=NOISY_TABLE, how="semi"))
    return pl.concat([frame.select(Draws().repeated.columns) for frame in frames])


class _Fingerprints:
    """Says of what a table is made: deliveries of its sources and period, of all areas and houses, and documents."""

    def __init__(self, project: Project, counted: Counted) -> None:
        self._project = project
        self._snapshots = counted.delivered.snapshots
        houses = {id for id, document in project.sources.items() if document.kind == "buildings"}
        ground = sorted(f"{one.file} {one.sha256}" for one in self._snapshots if one.source in {"areas", *houses})
        written = [self._document(kind, id) for kind, id in sorted(project.files) if kind in ("areas", "codes")]
        self._ground = [*ground, *written, *(self._document("sources", id) for id in sorted(houses))]
        cells = counted.assembled.microcells
        members = cells.members.select("building", "cell").sort("building").write_csv() if cells else ""
        self._cells = sha256(members.encode()).hexdigest()

    def of(self, system: str, period: str, sources: Collection[str]) -> str:
        """Return the fingerprint of a table: its area system, its period and the sources that its numbers came from."""
        ids = sorted({id for text in sources for id in text.split("+") if id})
        files = [
            f"{one.file} {one.sha256}"
            for one in self._snapshots
            if one.source in ids and one.details.get("period", period) == period
        ]
        cells = [self._cells] if system == MICROCELLS else []
        documents = [self._document("sources", id) for id in ids]
        return sha256("\n".join([*self._ground, *cells, *documents, *sorted(files)]).encode()).hexdigest()

    def _document(self, kind: str, id: str) -> str:
        return f"{kind}/{id} {sha256(self._project.files[kind, id].read_bytes()).hexdigest()}"


def noise_entry(spent: Spent, tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the manifest says of noise: what each policy spends beside what was spent before, and each table.

    Args:
        spent: see :func:`spent_until_now`.
        tables: of both packages (see :meth:`Ledger.entries`); nothing is said where there are none.
    """
    budgets = [
        {"depth": depth, "policy": policy, "before": (before := spent[depth].get(policy, 0.0)), "spends": own}
        | {"total": before + own}
        for (depth, policy), own in sorted(_spending(tables).items())
    ]
    return {NOISE: {"budgets": budgets, "tables": list(tables)}} if tables else {}


def demand_within_budgets(store: Store, release: Release) -> None:
    """Refuse to approve a release whose noise would tell, with all that was approved by now, more than a policy allows.

    Raises:
        NotAllowedError: it would; a release that was built before another was approved does not know what that spent.
    """
    if was_approved(release):
        return
    before = spent_until_now(store)
    for (depth, policy), spends in sorted(_spending(_tables(release)).items()):
        rules = RulesDoc.model_validate(release.manifest["policies"][policy][depth])
        total = before[depth].get(policy, 0.0) + spends
        if isinstance(rules.parameters, NoiseDoc) and total > rules.parameters.total * (1 + 1e-9):
            raise NotAllowedError(
                f"release {release.id} spends {spends:g} of the noise's budget of {policy} ({depth}); with all that "
                f"was approved that makes {total:g}, and budget_total is {rules.parameters.total:g}; build it again: "
                "sozialraum build DIR"
            )
