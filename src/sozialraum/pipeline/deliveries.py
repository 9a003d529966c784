"""From a project's documents to everything that was delivered, read and checked; all faults of all files at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sozialraum.areas import AreaSystems, read_area_systems
from sozialraum.catalogue import Project
from sozialraum.errors import DeliveryError, Fault, Faults, InputError
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.sources import Cells, Records, Snapshot, Vault, extend, read_source
from sozialraum.sources.reading import SIDECARS


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
    found: dict[str, Records | Cells] = {}
    order = sorted(project.sources, key=lambda source: project.sources[source].kind != "buildings")
    for number, source in enumerate(order):
        tell(Step("Reading deliveries", number, len(order)))
        try:
            found[source] = read_source(project, source, vault, systems=systems, buildings=_buildings(found.values()))
        except InputError as error:
            faults.extend(error.faults)
    tell(Step("Reading deliveries", len(order), len(order)))
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


def _buildings(found: Iterable[Records | Cells]) -> Records | None:
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
