"""From a project's documents to everything that was delivered, read and checked; all faults of all files at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
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
    found = _read_sources(project, vault, systems, tell, faults)
    records = {source: part for source, part in found.items() if isinstance(part, Records)}
    cells = {source: part for source, part in found.items() if isinstance(part, Cells)}
    joined = _join_extensions(project, records, faults)
    faults.throw(DeliveryError)
    snapshots = (*maps, *(snapshot for part in found.values() for snapshot in part.snapshots))
    read: list[Records | Cells] = [*joined.values(), *cells.values()]
    notes = (*faults.notes, *(note for part in read for note in part.notes))
    return Delivered(
        systems,
        joined,
        cells,
        _extensions(project, records),
        tuple(dict.fromkeys(snapshots)),
        tuple(dict.fromkeys(notes)),
    )


def _read_sources(
    project: Project, vault: Vault, systems: AreaSystems, tell: Tell, faults: Faults
) -> dict[str, Records | Cells]:
    pseudonyms = Pseudonyms(vault.key)

    def read(source: str, buildings: Records | None) -> Part:
        try:
            return read_source(project, source, vault, systems=systems, buildings=buildings, pseudonyms=pseudonyms)
        except InputError as error:
            return error

    tell(Step("Reading deliveries", 0, len(project.sources)))
    found: dict[str, Part] = {}
    for source, part in _as_read(project.sources, read):
        found[source] = part
        tell(Step("Reading deliveries", len(found), len(project.sources)))
    order = sorted(project.sources, key=lambda source: project.sources[source].kind != "buildings")
    parts = [(source, found[source]) for source in order]
    faults.extend(fault for _, part in parts if isinstance(part, InputError) for fault in part.faults)
    return {source: part for source, part in parts if not isinstance(part, InputError)}


def _as_read(
    documents: Mapping[str, SourceDoc], read: Callable[[str, Records | None], Part]
) -> Iterator[tuple[str, Part]]:
    """Read buildings first, since addresses are matched to them; then all else side by side, registers first."""
    houses = [source for source, document in documents.items() if document.kind == "buildings"]
    delivered = [(source, read(source, None)) for source in houses]
    yield from delivered
    buildings = _buildings(part for _, part in delivered)
    others = [source for source in documents if source not in houses]
    others.sort(key=lambda source: (documents[source].kind == "aggregate", documents[source].extends or ""))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        started = {threads.submit(read, source, buildings): source for source in others}
        for done in as_completed(started):
            yield started[done], done.result()


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


def _join_extensions(project: Project, records: dict[str, Records], faults: Faults) -> dict[str, Records]:
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


def _extensions(project: Project, records: dict[str, Records]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for source in records:
        document = project.sources[source]
        if document.extends:
            names = [column.dimension or column.amount for column in document.columns.values()]
            found |= {(document.extends, name): source for name in names if name}
    return found
