"""Deliveries become a draft release: questions resolved, protected, computed, written, attacked."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from sozialraum.audit import audit_release
from sozialraum.catalogue import Measure, Project, review_notes, unasked, unvouched
from sozialraum.counts import Resolution
from sozialraum.disclosure import Protected
from sozialraum.errors import Fault
from sozialraum.microcells import Maintained
from sozialraum.periods import Frequency, calendar_day, since
from sozialraum.pipeline.assemble import MICROCELLS
from sozialraum.pipeline.continuity import previous_cells, remember
from sozialraum.pipeline.counting import Counted, count_everything
from sozialraum.pipeline.crossing import Crossed, cross
from sozialraum.pipeline.earlier import CHANGED, standing_in_order
from sozialraum.pipeline.ledger import noise_entry, spent_until_now
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.pipeline.result import BuildResult
from sozialraum.publishing.disclosure_report import disclosure_reports
from sozialraum.releases import Depth, Release, ReleaseContent, Store, snapshot_entry, write_audit, write_release
from sozialraum.releases.files import write_atomic
from sozialraum.releases.signature import PUBLIC_KEY, demand_same_signer, public_hex, signing_key
from sozialraum.sources import Vault, load_key

KEY = ".key"
SIGNING_KEY = ".signing-key"


def check(project: Project, tell: Tell, *, today: date | None = None) -> tuple[Fault, ...]:
    """Read every delivery and build nothing; leaves no trace.

    Args:
        project: the city's documents and deliveries.
        tell: hears about every step.
        today: reviews promised for earlier days are overdue; today if not given.

    Returns:
        Notes: what is worth telling and stops nothing.

    Raises:
        DeliveryError: with every fault of every delivery.
        InputError: the microcells of the last release can not be continued.
    """
    vault = Vault(None, load_key(project.folder / KEY, create=False))
    counted = count_everything(project, vault, tell, previous_cells(project))
    return _notes(project, counted, today)


def _notes(project: Project, counted: Counted, today: date | None) -> tuple[Fault, ...]:
    documents = (*review_notes(project, today), *unasked(project), *unvouched(project))
    return tuple(dict.fromkeys((*documents, *counted.delivered.notes, *counted.resolution.notes)))


def build(project: Project, tell: Tell, *, who: str, today: date | None = None) -> BuildResult:
    """Make a draft release.

    Args:
        project: the city's documents and deliveries.
        tell: hears about every step.
        who: is written into the release's history.
        today: names the release, and reviews promised for earlier days are overdue; today if not given.

    Raises:
        DeliveryError: with every fault of every delivery; there is no release then.
        InputError: the disk is full or read-only, or the microcells of the last release can not be continued; there is
            no release then.
        ReleaseError: the signing key is lost, or is another than before; nothing was made then.
        BusyError: another process builds or publishes in this project.
    """
    started = time.perf_counter()
    demand_same_signer(project.folder / SIGNING_KEY, project.releases / PUBLIC_KEY)
    store = Store(project.releases)
    frequency = Frequency(project.city.rhythm)
    day = today or calendar_day()
    with store.new_release(lambda: store.next_id(day, frequency)) as folder:
        vault = Vault(project.vault, load_key(project.folder / KEY))
        vault.tidy()
        counted = count_everything(project, vault, tell, previous_cells(project))
        earlier = standing_in_order(store)
        spent = spent_until_now(store)
        crossed = cross(project, counted, earlier, tell, spent)
        noise = noise_entry(spent, [row for one in crossed.values() for row in one.noise])
        content = _content(project, counted, crossed, earlier, noise)
        identifier = folder.name.removeprefix(store.building_prefix)
        _write(project, folder, content, identifier=identifier, who=who, tell=tell)
        report = audit_release(folder, [release.folder for release in earlier])
        readable = disclosure_reports(Release(folder), report.as_json())
        write_audit(folder, report.as_json(), readable, signing_key(project.folder / SIGNING_KEY))
        if cells := counted.assembled.maintained:
            remember(vault, identifier, cells.history)
        tell(Step("Attacking the public package", 1))
    return BuildResult(
        release=store.release(identifier),
        notes=_notes(project, counted, today),
        suppression=tuple(content.suppression),
        unresolved=_unresolved(project, counted.resolution, content.internal.values),
        own=frozenset(name for name in project.catalogue.indicators if project.is_own("indicators", name)),
        audit_passed=report.passed,
        seconds=time.perf_counter() - started,
    )


def _write(project: Project, folder: Path, content: ReleaseContent, *, identifier: str, who: str, tell: Tell) -> None:
    tell(Step("Writing the release"))
    key = signing_key(project.folder / SIGNING_KEY)
    trusted = project.releases / PUBLIC_KEY
    if not trusted.exists():
        write_atomic(trusted, public_hex(key).encode())
    write_release(folder, content, identifier=identifier, key=key, who=who)
    tell(Step("Writing the release", 1))
    tell(Step("Attacking the public package"))


# --- what a release carries ------------------------------------------------------------------------------------------


def _content(
    project: Project,
    counted: Counted,
    crossed: Mapping[Depth, Crossed],
    earlier: Sequence[Release],
    noise: Mapping[str, Any],
) -> ReleaseContent:
    return ReleaseContent(
        public=crossed["public"].content,
        internal=crossed["internal"].content,
        documents=_documents(project),
        snapshots=[snapshot_entry(snapshot) for snapshot in counted.delivered.snapshots],
        policies=project.catalogue.policies,
        suppression=[row for depth, one in crossed.items() for row in _suppression(project, depth, one.door)],
        crs=project.city.crs,
        first_period=project.city.first_period,
        details={
            **_details(project, counted, crossed),
            **_profiles(project, crossed["internal"]),
            "choices": {depth: _choices(one.door) for depth, one in crossed.items()},
            **_rounded(crossed),
            **noise,
            "earlier": [release.id for release in earlier],
        },
    )


def _suppression(project: Project, depth: Depth, door: Protected) -> list[dict[str, Any]]:
    summary, first = door.summary, project.city.first_period
    if first is not None:
        summary = summary.filter(pl.col("period").is_in(since(first, summary["period"].unique())))
    numbers = summary.group_by("policy").agg(pl.col("cells", "primary", "secondary").sum()).sort("policy")
    return [{"depth": depth, **row} for row in numbers.to_dicts()]


def _choices(door: Protected) -> dict[str, Any]:
    """Return how good the choices of further numbers are: tables, how many are proved best, weight, least weight."""
    found = door.choices
    sums = {name: round(float(found[name].sum()), 2) for name in ("weight", "bound")}
    return {"tables": found.height, "best": int(found["best"].sum()), **sums}


def _profiles(project: Project, internal: Crossed) -> dict[str, Any]:
    """Return the rules of the cells' characteristics, and for each how many cells tell it, and why others do not."""
    rules = project.catalogue.policies[MICROCELLS].profiles if internal.profiles else None
    if internal.profiles is None or rules is None:
        return {}
    return {"cell_profiles": {"rules": rules.model_dump(), "attributes": internal.profiles.summary.to_dicts()}}


def _rounded(crossed: Mapping[Depth, Crossed]) -> dict[str, Any]:
    """Return how far rounding small counts has moved them, in each package in which it did."""
    rows = [{"depth": depth, **row} for depth, one in crossed.items() for row in one.moved]
    return {"small_counts": rows} if rows else {}


def _documents(project: Project) -> dict[str, Path]:
    return {
        "city.toml" if kind == "city" else f"{kind}/{identifier}.toml": path
        for (kind, identifier), path in sorted(project.files.items())
    }


def _details(project: Project, counted: Counted, crossed: Mapping[Depth, Crossed]) -> dict[str, Any]:
    systems, assembled, public = counted.delivered.systems, counted.assembled, crossed["public"].door
    hashes = [f"{name} {sha256(path.read_bytes()).hexdigest()}" for name, path in _documents(project).items()]
    details: dict[str, Any] = {
        "project": sha256("\n".join(hashes).encode()).hexdigest(),
        "city": project.city.name,
        "area_systems": {id: {"parent": system.parent, "areas": len(system.codes)} for id, system in systems.items()},
        "measures": {universe: dict(policies) for universe, policies in public.policies.items()},
        **{CHANGED[depth]: one.door.changes for depth, one in crossed.items()},
    }
    if assembled.maintained is None:
        return details
    return details | {"microcells": _cells_report(assembled.maintained, assembled.previous)}


def _cells_report(made: Maintained, continues: str | None) -> dict[str, Any]:
    """Return what the manifest says about microcells: the report, which are wider than wanted, what they continue.

    Of areas where few households are in no cell it says the codes alone.
    """
    changes = made.changes.as_json() if made.changes else None
    if made.changes and changes:
        changes |= {"small_rests": [rest.area for rest in made.changes.small_rests]}
    return {
        **made.cells.quality.as_json(),
        "flagged_cells": made.cells.cells.filter("flagged")["cell"].to_list(),
        "number": made.history.release,
        "continues": continues,
        "changes": changes,
    }


def _unresolved(project: Project, resolution: Resolution, values: pl.DataFrame) -> dict[str, str]:
    """Say of each indicator without a value why there is none, in the area system that pages show first."""
    without = sorted(project.catalogue.indicators.keys() - set(values["indicator"].unique()))
    first = resolution.unresolved.sort(pl.col("area_system") != project.city.home, maintain_order=True)
    reasons: dict[Measure, str] = {}
    for universe, where, why in first.select("universe", "where", "why").iter_rows():
        reasons.setdefault(Measure.parse(universe, where), why)
    found = {}
    for name in without:
        why = (reasons.get(measure) for measure in project.catalogue.indicators[name].measures)
        found[name] = next((reason for reason in why if reason), "no area and period has all of its numbers")
    return found
