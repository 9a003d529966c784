"""A delivery becomes records or cells, or a list of everything that is wrong with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from sozialraum.areas.systems import AreaSystems
from sozialraum.catalogue import Project
from sozialraum.errors import DeliveryError
from sozialraum.sources.cells import read_cells
from sozialraum.sources.pseudonyms import Pseudonyms
from sozialraum.sources.reading import Reading
from sozialraum.sources.records import Cells, Records
from sozialraum.sources.units import read_records
from sozialraum.sources.vault import Vault


def read_source(
    project: Project,
    source: str,
    vault: Vault,
    *,
    systems: AreaSystems | None = None,
    buildings: Records | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> Records | Cells:
    """Read everything that was delivered for a source.

    Args:
        project: the city's documents.
        source: id of the source's document.
        vault: keeps a snapshot of each file and holds the key of the pseudonyms; a vault without a folder keeps
            nothing.
        systems: the area systems, so that unknown areas are found and names become codes.
        buildings: what addresses are matched to; where it is needed and not given, the first source of kind
            ``buildings`` is read.
        pseudonyms: those of the vault's key, where several sources share what was hashed once.

    Returns:
        Cells for kind ``aggregate``, records otherwise. Where the document says ``extends`` they are returned as they
        are, see :func:`sozialraum.sources.linking.extend`.

    Raises:
        DeliveryError: with every fault of every file.
    """
    with tempfile.TemporaryDirectory(prefix="sozialraum-") as scratch:
        reading = Reading(project, source, vault, pseudonyms or Pseudonyms(vault.key), systems, Path(scratch))
        files = reading.files()
        result: Records | Cells
        if reading.doc.kind == "aggregate":
            result = read_cells(reading, files)
        else:
            result = read_records(reading, files, _buildings(reading, buildings))
    reading.faults.throw(DeliveryError)
    return result


def _buildings(reading: Reading, given: Records | None) -> pl.DataFrame | None:
    """Return the buildings that addresses are matched to; None where none are needed or none are delivered."""
    doc, project = reading.doc, reading.project
    if doc.kind == "buildings" or not any(column.address for column in doc.columns.values()):
        return None
    if given is None:
        source = next((id for id, other in project.sources.items() if other.kind == "buildings"), None)
        if source is None:
            return None
        found = read_source(project, source, reading.vault, systems=reading.systems, pseudonyms=reading.pseudonyms)
        given = found if isinstance(found, Records) else None
    return given.frame if given is not None else None
