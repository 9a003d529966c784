"""Which format is it? Folders, zip and gz become plain files, within limits; then the right reader reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet

from sozialraum.areas.containers import unpacked
from sozialraum.areas.geodata import ENDINGS
from sozialraum.errors import DeliveryError, Fault, Faults
from sozialraum.sources.formats.columnar import read_parquet
from sozialraum.sources.formats.csv import read_csv
from sozialraum.sources.formats.geo import read_geo
from sozialraum.sources.formats.options import Format, Options
from sozialraum.sources.formats.sheets import read_sheet
from sozialraum.sources.raw import Raw

_GEO = frozenset(ENDINGS) - {".parquet", ".json"}
_TABLES = (".csv", ".txt", ".tsv", ".dat", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")


def read_table(path: Path, name: str, options: Options, wanted: Sequence[str] | None, faults: Faults) -> Raw | None:
    """Read the declared columns of a delivered file of any format.

    Args:
        path: the delivered file or folder; ``.zip`` and ``.gz`` are unpacked for the time of reading.
        name: the file as the user knows it.
        options: what is declared about it.
        wanted: the declared columns; None reads all.
        faults: collects.

    Returns:
        The table, or None where it can not be read (then ``faults`` says why).
    """
    try:
        with unpacked(path, name) as place:
            if options.format == "geo" or (options.format is None and _is_geo(place)):
                return read_geo(path, name, options, wanted, faults)
            return _read_plain(_single(place, name), name, options, wanted, faults)
    except DeliveryError as error:
        faults.extend(error.faults)
    except OSError as error:
        faults.add(name, f"the file can not be read ({error.strerror or error})", advice="look at its access rights")
    return None


def _read_plain(file: Path, name: str, options: Options, wanted: Sequence[str] | None, faults: Faults) -> Raw | None:
    match options.format or _format_of(file):
        case "xlsx" | "xls" | "ods":
            return read_sheet(file, name, options, wanted, faults)
        case "parquet":
            return read_parquet(file, name, options, wanted, faults)
    return read_csv(file, name, options, wanted, faults)


def _is_geo(place: Path) -> bool:
    files = [place] if place.is_file() else list(place.rglob("*"))
    return any(_has_geometry(file) for file in files if file.is_file())


def _has_geometry(file: Path) -> bool:
    ending = file.suffix.lower()
    if ending == ".json":
        with file.open("rb") as source:
            return b'"Feature' in source.read(1 << 16)
    if ending == ".parquet":
        try:
            return b"geo" in (pyarrow.parquet.read_schema(file).metadata or {})
        except (pyarrow.ArrowInvalid, OSError):
            return False
    return ending in _GEO


def _single(place: Path, name: str) -> Path:
    if place.is_file():
        return place
    files = sorted(file for file in place.rglob("*") if file.is_file())
    tables = [file for file in files if file.suffix.lower() in _TABLES] or files
    if len(tables) == 1:
        return tables[0]
    what = "there are several tables in the archive" if tables else "there is nothing in the archive"
    shown = ", ".join(file.name for file in tables[:8])
    raise DeliveryError(Fault(name, what=what, value=shown, advice="deliver each table in a file of its own"))


def _format_of(file: Path) -> Format:
    with file.open("rb") as source:
        head = source.read(8)
    if head.startswith(b"PK\x03\x04"):
        return "ods" if file.suffix.lower() == ".ods" else "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if head.startswith(b"PAR1") or file.suffix.lower() == ".parquet":
        return "parquet"
    return "xlsx" if file.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods") else "csv"
