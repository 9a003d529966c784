"""From a project's documents to everything that was delivered, read and checked; all faults of all files at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from sozialraum.areas import AreaSystems, read_area_systems
from sozialraum.catalogue import Project, SourceDoc
from sozialraum.errors import DeliveryError, Fault, Faults, InputError
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.sources import Cells, Records, Snapshot, Vault, extend, read_source
from sozialraum.sources.pseudonyms import Pseudonyms
from sozialraum.sources.reading import SIDECARS

Part = Records | Cells | InputError
"""What reading a source yields, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Everything that was delivered, read and checked.

    Attributes:
        systems: the area systems.
        records: registers, buildings, firms, surveys and offers by source; extensions are joined to what they extend.
        cells: tables that somebody has already counted, by source.
        extensions: which source added a dimension to the units of another: (base source, dimension) to source.
        snapshots: the files as they came.
        notes: what was noticed and stops nothing.
    """

    systems: AreaSystems
    records: dict[str, Records]
    cells: dict[str, Cells]
    extensions: dict[tuple[str, str], str]
    snapshots: tuple[Snapshot, ...]
    notes: tuple[Fault, ...]


def read_deliveries(project: Project, vault: Vault, tell: Tell) -> Delivered:
    """Read every area system and every source of a project.

    Raises:
        DeliveryError: with every fault of every delivery.
    """
    faults = Faults()
    systems, maps = _read_areas(project, vault, tell, faults)
    found, joined = _read_sources(project, vault, systems, tell, faults)
    faults.throw(DeliveryError)
    records = [source for source, part in found.items() if isinstance(part, Records)]
    cells = {source: part for source, part in found.items() if isinstance(part, Cells)}
    snapshots = (*maps, *(snapshot for part in found.values() for snapshot in part.snapshots))
    units = {source: joined[source] for source in records if source in joined}
    read: list[Records | Cells] = [*units.values(), *cells.values()]
    notes = (*faults.notes, *(note for part in read for note in part.notes))
    return Delivered(
        systems,
        units,
        cells,
        _extensions(project, records),
        tuple(dict.fromkeys(snapshots)),
        tuple(dict.fromkeys(notes)),
    )


def _read_sources(
    project: Project, vault: Vault, systems: AreaSystems, tell: Tell, faults: Faults
) -> tuple[dict[str, Records | Cells], dict[str, Records]]:
    """Return what each source yields, and the records joined; who is complete is joined while others are read."""
    pseudonyms = Pseudonyms(vault.key)

    def read(source: str, buildings: Records | None) -> Part:
        try:
            return read_source(project, source, vault, systems=systems, buildings=buildings, pseudonyms=pseudonyms)
        except InputError as error:
            return error

    tell(Step("Reading deliveries", 0, len(project.sources)))
    found: dict[str, Part] = {}
    joined: dict[str, Records] = {}
    order = sorted(project.sources, key=lambda source: project.sources[source].kind != "buildings")
    for source, part in _as_read(project.sources, read):
        found[source] = part
        tell(Step("Reading deliveries", len(found), len(project.sources)))
        family = [other for other in order if _base(other, project) == _base(source, project)]
        if found.keys() >= set(family):
            joined |= _join_extensions(project, _records(found, family), faults)
    faults.extend(fault for part in found.values() if isinstance(part, InputError) for fault in part.faults)
    parts = ((source, found[source]) for source in order)
    return {source: part for source, part in parts if not isinstance(part, InputError)}, joined


def _base(source: str, project: Project) -> str:
    """Return the source that a source extends in the end; itself where it extends none."""
    extended = project.sources[source].extends
    return _base(extended, project) if extended else source


def _records(found: Mapping[str, Part], sources: Iterable[str]) -> dict[str, Records]:
    parts = ((source, found[source]) for source in sources)
    return {source: part for source, part in parts if isinstance(part, Records)}


def _as_read(
    documents: Mapping[str, SourceDoc], read: Callable[[str, Records | None], Part]
) -> Iterator[tuple[str, Part]]:
    """Read side by side: buildings first, since sources with addresses wait for them; tables of numbers last."""
    started: dict[str, Future[Part]] = {}
    houses = [source for source, document in documents.items() if document.kind == "buildings"]

    def one(source: str) -> Part:
        waits = source not in houses and _has_addresses(documents[source])
        return read(source, _buildings(started[house].result() for house in houses) if waits else None)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for source in sorted(documents, key=lambda source: _turn(documents[source])):
            started[source] = threads.submit(one, source)
        sources = {future: source for source, future in started.items()}
        for done in as_completed(sources):
            yield sources[done], done.result()


def _turn(document: SourceDoc) -> tuple[bool, bool, bool, str]:
    """Return when a source is read: nobody waits for buildings that are not yet being read, and few wait at all."""
    waits = _has_addresses(document)
    return document.kind != "buildings", document.kind == "aggregate", waits, document.extends or ""


def _has_addresses(document: SourceDoc) -> bool:
    return any(column.address for column in document.columns.values())


def _read_areas(project: Project, vault: Vault, tell: Tell, faults: Faults) -> tuple[AreaSystems, tuple[Snapshot, ...]]:
    tell(Step("Reading areas"))

    def find(name: str) -> Path:
        return project.deliveries / name

    systems = read_area_systems(project.areas, find, faults, internal=project.city.crs)
    files = sorted({document.file for document in project.areas.values() if document.file})
    kept = tuple(snapshot for file in files for snapshot in _keep_map(find(file), file, vault, faults))
    tell(Step("Reading areas", 1))
    return systems, kept


def _keep_map(path: Path, file: str, vault: Vault, faults: Faults) -> Iterator[Snapshot]:
    """Keep a file of areas, and those that belong to it (a table of MapInfo has four)."""
    try:
        for part in (path, *(path.with_suffix(ending) for ending in SIDECARS)):
            if part.is_file():
                yield vault.keep(part, Snapshot("", str(Path(file).with_name(part.name)), "areas", 0))
    except OSError as error:
        advice = "look at the disk's free space and the rights of the vault's folder"
        faults.add(file, f"no snapshot can be kept ({error.strerror or error})", advice=advice)


def _buildings(found: Iterable[Part]) -> Records | None:
    """Return the first delivery of buildings: what addresses are matched to."""
    return next((part for part in found if isinstance(part, Records) and part.universe == "buildings"), None)


def _join_extensions(project: Project, records: Mapping[str, Records], faults: Faults) -> dict[str, Records]:
    """Give units the dimensions that other registers know of them; the extensions themselves are then used up."""
    joined = dict(records)
    for source, addition in records.items():
        document = project.sources[source]
        if document.extends is None or document.extends not in joined:
            continue
        try:
            joined[document.extends] = extend(joined[document.extends], addition, document)
        except InputError as error:
            faults.extend(error.faults)
        joined.pop(source)
    return joined


def _extensions(project: Project, records: Iterable[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for source in records:
        document = project.sources[source]
        if document.extends:
            names = [column.dimension or column.amount for column in document.columns.values()]
            found |= {(document.extends, name): source for name in names if name}
    return found
