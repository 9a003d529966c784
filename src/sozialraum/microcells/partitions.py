"""Which municipalities a folder of Parquet holds: a file each, or a folder ``municipality=05113000`` each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sozialraum.errors import Faults

PARQUET = ".parquet"
_NOT_DATA = (".", "_")
_UNKNOWN = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality's files.

    Attributes:
        code: the file's name without its ending, or what stands behind ``=`` in the folder's name.
        files: at least one.
        houses: how many rows they say they have; damaged ones say 0.
        geo: a file says that it has geometry.
    """

    code: str
    files: tuple[Path, ...]
    houses: int
    geo: bool

    @property
    def name(self) -> str:
        """The municipality as faults call it: its file, or its folder where it has several."""
        return str(self.files[0] if len(self.files) == 1 else self.files[0].parent)

    def digest(self) -> str:
        """Return the sha256 of its files' bytes; of their digests, where there are several."""
        digests = [_sha256(file) for file in self.files]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def is_partitioned(folder: Path) -> bool:
    """Tell whether a folder holds several municipalities: more than one Parquet file, or folders ``name=value``."""
    if not folder.is_dir():
        return False
    places = [place for place in folder.iterdir() if _holds_data(place)]
    return any(place.is_dir() for place in places) or len(places) > 1


def find_municipalities(folder: Path, faults: Faults) -> list[Municipality]:
    """Return the municipalities of a folder in the order of their codes.

    Names that begin with a dot or an underscore are left alone, as everywhere where folders are partitioned.

    Args:
        folder: it exists.
        faults: a municipality that is there twice or without a file is a fault; what is no Parquet is noted.
    """
    found = []
    for place in sorted(place for place in folder.iterdir() if not place.name.startswith(_NOT_DATA)):
        if not _holds_data(place):
            advice = f"Municipalities are files such as 05113000{PARQUET} or folders such as municipality=05113000."
            faults.note(str(place), "this is no municipality and is left out", advice=advice)
        elif municipality := _municipality(place, faults):
            found.append(municipality)
    times = Counter(municipality.code for municipality in found)
    for municipality in found:
        if times[municipality.code] > 1:
            advice = "Leave one of them out, or put all its files into one folder municipality=..."
            faults.add(
                municipality.name, "the municipality is there more than once", value=municipality.code, advice=advice
            )
    if not found and not faults:
        what = "there is no municipality in the folder"
        advice = f"Put a file 05113000{PARQUET} or a folder municipality=05113000 with Parquet for each into it."
        faults.add(str(folder), what, advice=advice)
    return sorted((m for m in found if times[m.code] == 1), key=lambda municipality: municipality.code)


def _holds_data(place: Path) -> bool:
    if place.name.startswith(_NOT_DATA):
        return False
    return "=" in place.name if place.is_dir() else place.suffix.lower() == PARQUET


def _municipality(place: Path, faults: Faults) -> Municipality | None:
    code = place.name.partition("=")[2] if place.is_dir() else place.stem
    if code in ("", _UNKNOWN):
        faults.add(str(place), "it is not known which municipality this is", advice="Say it in the name.")
        return None
    footers = {file: _footer(file) for file in (sorted(_parts(place)) if place.is_dir() else [place])}
    # Engines that write in parallel leave files without rows beside the others.
    files = [file for file, footer in footers.items() if footer is None or footer.num_rows] or list(footers)[:1]
    if not files:
        faults.add(str(place), "there is no Parquet file in the municipality's folder", advice="Remove the folder.")
        return None
    readable = [footer for footer in footers.values() if footer is not None]
    geo = any(b"geo" in (footer.metadata or {}) for footer in readable)
    return Municipality(code, tuple(files), sum(footer.num_rows for footer in readable), geo)


def _footer(file: Path) -> pq.FileMetaData | None:
    """Return what a file says of itself, None where it is damaged: whoever reads it says so."""
    try:
        return pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        return None


def _parts(folder: Path) -> Iterator[Path]:
    files = (file for file in folder.rglob("*") if file.suffix.lower() == PARQUET)
    return (file for file in files if not file.name.startswith(_NOT_DATA))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
