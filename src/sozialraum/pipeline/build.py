"""Deliveries become a draft release: questions resolved, protected, computed, written, attacked."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from sozialraum.areas import AreaSystem, AreaSystems, latest, reformed
from sozialraum.audit import audit_release
from sozialraum.catalogue import IndicatorDoc, Measure, Project
from sozialraum.counts import Resolution, resolve
from sozialraum.disclosure import NESTING_SCHEMA, Protected, Structure, parts_of, protect
from sozialraum.errors import Fault
from sozialraum.indicators import compute
from sozialraum.periods import Frequency, since
from sozialraum.pipeline.assemble import MICROCELLS, Assembled, assemble, count_microcells, microcell_system
from sozialraum.pipeline.deliveries import Delivered, read_deliveries
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.releases import (
    ORIGIN_SCHEMA,
    Depth,
    Package,
    PackageContent,
    Release,
    ReleaseContent,
    Store,
    snapshot_entry,
    write_audit,
    write_release,
)
from sozialraum.releases.files import write_atomic
from sozialraum.releases.signature import PUBLIC_KEY, demand_same_signer, public_hex, signing_key
from sozialraum.sources import AREA_PREFIX, Vault, load_key
from sozialraum.tables import Status

KEY = ".key"
SIGNING_KEY = ".signing-key"


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A draft release and what is worth telling about it.

    Attributes:
        release: the draft.
        notes: what was noticed in the deliveries.
        suppression: per policy and depth how many counts were withheld and why.
        unresolved: indicators without a value, with the reason.
        own: indicators that the project itself brings or replaces.
        audit_passed: whether the attacker found nothing.
        seconds: how long it took.
    """

    release: Release
    notes: tuple[Fault, ...]
    suppression: tuple[dict[str, Any], ...]
    unresolved: Mapping[str, str]
    own: frozenset[str]
    audit_passed: bool
    seconds: float

    def holdings(self) -> list[tuple[str, int, int]]:
        """Return rows (what, public, internal) of the numbers of values, counts, indicators, areas and periods."""
        public, internal = _numbers(self.release.public), _numbers(self.release.internal)
        return [(name, number, internal[name]) for name, number in public.items()]

    def withheld(self) -> list[tuple[str, ...]]:
        """Return rows (policy, counts, too small, to protect those, share) of the public package."""
        return [
            (
                str(row["policy"]),
                f"{row['cells']:,}",
                f"{row['primary']:,}",
                f"{row['secondary']:,}",
                f"{(row['primary'] + row['secondary']) / max(1, row['cells']):.1%}",
            )
            for row in self.suppression
            if row["depth"] == "public"
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the result for machines."""
        return {
            "release": self.release.id,
            "folder": str(self.release.folder),
            "audit_passed": self.audit_passed,
            "seconds": round(self.seconds, 2),
            "holdings": {name: {"public": public, "internal": internal} for name, public, internal in self.holdings()},
            "suppression": list(self.suppression),
            "unresolved": dict(self.unresolved),
            "notes": [note.as_json() for note in self.notes],
        }


def _numbers(package: Package) -> dict[str, int]:
    values = package.values
    return {
        "values": values.height,
        "counts": len(package.counts),
        "indicators": values["indicator"].n_unique(),
        "periods": values["period"].n_unique(),
        "areas": values.select("area_system", "area").n_unique(),
    }


@dataclass(frozen=True, slots=True)
class Counted:
    """Confidential: every question with its number.

    Attributes:
        delivered: what was read.
        assembled: what was placed and bundled.
        resolution: questions and numbers in the area systems of the project.
        frame: the same counts, with the policies of everything that went into them.
    """

    delivered: Delivered
    assembled: Assembled
    resolution: Resolution
    frame: pl.DataFrame


def count_everything(project: Project, vault: Vault, tell: Tell) -> Counted:
    """Read all deliveries and find the number of every question that the catalogue asks.

    Raises:
        DeliveryError: with every fault of every delivery.
    """
    delivered = read_deliveries(project, vault, tell)
    assembled = assemble(project, delivered, tell)
    tell(Step("Counting"))
    questions = _questions(project.catalogue.indicators.values())
    resolution = resolve(questions, assembled.supplies, delivered.systems, project.catalogue.codes)
    tell(Step("Counting", 1))
    return Counted(delivered, assembled, resolution, _with_extensions(resolution.frame, project, delivered.extensions))


def check(project: Project, tell: Tell) -> tuple[Fault, ...]:
    """Read every delivery and build nothing; leaves no trace.

    Returns:
        Notes: what is worth telling and stops nothing.

    Raises:
        DeliveryError: with every fault of every delivery.
    """
    counted = count_everything(project, Vault(None, load_key(project.folder / KEY, create=False)), tell)
    return tuple(dict.fromkeys((*counted.delivered.notes, *counted.resolution.notes)))


def build(project: Project, tell: Tell, *, who: str, today: date | None = None) -> BuildResult:
    """Make a draft release.

    Args:
        project: the city's documents and deliveries.
        tell: hears about every step.
        who: is written into the release's history.
        today: names the release, today if not given.

    Raises:
        DeliveryError: with every fault of every delivery; there is no release then.
        InputError: the disk is full or read-only; there is no release then.
        ReleaseError: the signing key is lost, or is another than before; nothing was made then.
        BusyError: another process builds or publishes in this project.
    """
    started = time.perf_counter()
    demand_same_signer(project.folder / SIGNING_KEY, project.releases / PUBLIC_KEY)
    store = Store(project.releases)
    frequency = Frequency(project.city.rhythm)
    day = today or date.today()  # noqa: DTZ011 - a city's calendar day
    with store.new_release(lambda: store.next_id(day, frequency)) as folder:
        vault = Vault(project.vault, load_key(project.folder / KEY))
        vault.tidy()
        counted = count_everything(project, vault, tell)
        content = _content(project, counted, tell)
        identifier = folder.name.removeprefix(store.building_prefix)
        _write(project, folder, content, identifier=identifier, who=who, tell=tell)
        report = audit_release(folder)
        write_audit(folder, report.as_json(), signing_key(project.folder / SIGNING_KEY))
        tell(Step("Attacking the public package", 1))
    notes = tuple(dict.fromkeys((*counted.delivered.notes, *counted.resolution.notes)))
    return BuildResult(
        release=store.release(identifier),
        notes=notes,
        suppression=tuple(content.suppression),
        unresolved=_unresolved(project, counted.resolution, content.internal.values),
        own=frozenset(
            id for (kind, id), path in project.files.items() if kind == "indicators" and _is_own(project, path)
        ),
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


def _questions(indicators: Iterable[IndicatorDoc]) -> list[Measure]:
    return sorted({measure for document in indicators for measure in document.measures})


def _with_extensions(frame: pl.DataFrame, project: Project, extensions: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """Add source and policy of each register that knows a dimension or amount which the measure asks for."""
    for (base, name), source in extensions.items():
        asked = pl.concat_str(pl.lit(";"), "where").str.contains(f";{name}=", literal=True)
        summed = pl.col("universe").str.ends_with(f".{name}")
        concerned = pl.col("source").str.split("+").list.contains(base) & (asked | summed)
        added = {"source": source, "policy": project.sources[source].policy}
        # one step each: nested, the expression would grow threefold each time
        frame = frame.with_columns(concerned=concerned).with_columns(
            pl.when(pl.col("concerned") & ~pl.col(column).str.split("+").list.contains(id))
            .then(pl.col(column) + f"+{id}")
            .otherwise(pl.col(column))
            .alias(column)
            for column, id in added.items()
        )
    return frame.drop("concerned", strict=False)


def _origins(counts: pl.DataFrame) -> pl.DataFrame:
    """Return which deliveries each measure was found in."""
    known = counts.filter(pl.col("status") != Status.MISSING.value).with_columns(pl.col("source").str.split("+"))
    return known.explode("source").select(*ORIGIN_SCHEMA).filter(pl.col("source") != "").unique().sort(*ORIGIN_SCHEMA)


# --- through the door -------------------------------------------------------------------------------------------------


def _content(project: Project, counted: Counted, tell: Tell) -> ReleaseContent:
    systems = counted.delivered.systems
    public = {id: system for id, system in systems.items() if project.areas[id].depth == "public"}
    internal: dict[str, AreaSystem] = dict(systems)
    cells = counted.assembled.microcells
    if cells is not None and project.city.microcells:
        internal[MICROCELLS] = microcell_system(cells, project.city.microcells.within)
    shown: dict[Depth, dict[str, AreaSystem]] = {"public": public, "internal": internal}
    tell(Step("Protecting", 0, 2))
    with ThreadPoolExecutor(2) as threads:  # the solver lets go of the interpreter
        crossing = {depth: threads.submit(_cross, project, counted, depth, systems) for depth, systems in shown.items()}
        packages = {depth: crossed.result() for depth, crossed in crossing.items()}
    tell(Step("Protecting", 2, 2))
    return ReleaseContent(
        public=packages["public"][0],
        internal=packages["internal"][0],
        documents=_documents(project),
        snapshots=[snapshot_entry(snapshot) for snapshot in counted.delivered.snapshots],
        policies=project.catalogue.policies,
        suppression=[row for depth, (_, door) in packages.items() for row in _suppression(project, depth, door)],
        crs=project.city.crs,
        first_period=project.city.first_period,
        details=_details(project, systems, packages["public"][1], None if cells is None else cells.quality.as_json()),
    )


def _counts_of(project: Project, counted: Counted, depth: Depth, systems: Mapping[str, AreaSystem]) -> pl.DataFrame:
    frame = counted.frame.filter(pl.col("area_system").is_in(list(systems)))
    if depth == "public" or project.city.microcells is None:
        return frame
    indicators = [project.catalogue.indicators[name] for name in project.city.microcells.indicators]
    cells = count_microcells(project, counted.delivered, counted.assembled, _questions(indicators))
    return pl.concat([frame, _with_extensions(cells, project, counted.delivered.extensions)])


def _cross(
    project: Project, counted: Counted, depth: Depth, systems: Mapping[str, AreaSystem]
) -> tuple[PackageContent, Protected]:
    """Take the counts of a package through the door and compute its values."""
    rules = {name: getattr(policy, depth) for name, policy in project.catalogue.policies.items()}
    structure = Structure(
        areas=nesting(systems), parts=parts_of(project.catalogue.indicators), codes=project.catalogue.codes
    )
    counts = _counts_of(project, counted, depth, systems)
    door = protect(counts, structure, rules)
    values = compute(project.catalogue.indicators, door.table, first_period=project.city.first_period)
    offers = _offers_in(counted.assembled.offers, systems)
    return PackageContent(values, door.table, systems, _origins(counts), offers), door


def _offers_in(offers: pl.DataFrame | None, systems: Mapping[str, AreaSystem]) -> pl.DataFrame | None:
    """Return offers without their areas in systems that the package does not show."""
    if offers is None:
        return None
    areas = [name for name in offers.columns if name.startswith(AREA_PREFIX)]
    return offers.drop(name for name in areas if name.removeprefix(AREA_PREFIX) not in systems)


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


def _suppression(project: Project, depth: Depth, door: Protected) -> list[dict[str, Any]]:
    summary, first = door.summary, project.city.first_period
    if first is not None:
        summary = summary.filter(pl.col("period").is_in(since(first, summary["period"].unique())))
    numbers = summary.group_by("policy").agg(pl.col("cells", "primary", "secondary").sum()).sort("policy")
    return [{"depth": depth, **row} for row in numbers.to_dicts()]


# --- what else a release carries --------------------------------------------------------------------------------------


def _documents(project: Project) -> dict[str, Path]:
    return {
        "city.toml" if kind == "city" else f"{kind}/{identifier}.toml": path
        for (kind, identifier), path in sorted(project.files.items())
    }


def _details(project: Project, systems: AreaSystems, door: Protected, cells: dict[str, Any] | None) -> dict[str, Any]:
    hashes = [f"{name} {sha256(path.read_bytes()).hexdigest()}" for name, path in _documents(project).items()]
    details: dict[str, Any] = {
        "project": sha256("\n".join(hashes).encode()).hexdigest(),
        "city": project.city.name,
        "area_systems": {id: {"parent": system.parent, "areas": len(system.codes)} for id, system in systems.items()},
        "measures": {universe: dict(policies) for universe, policies in door.policies.items()},
    }
    return details | ({"microcells": cells} if cells else {})


def _is_own(project: Project, path: Path) -> bool:
    return path.is_relative_to(project.folder)


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
