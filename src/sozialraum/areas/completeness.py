"""Is a file what it claims to be, and is all of it there?

GDAL reads a file that was cut off without a word: half a MapInfo file becomes 46 of 96 departements, half a
shapefile 86 areas of which 45 have no geometry. So the formats are recognised by their first bytes, and their own
record counts are compared with what was read.

Sources: ESRI Shapefile Technical Description (1998); dBASE III header; MapInfo Professional, MIF format appendix.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from sozialraum.areas.containers import refuse

AGAIN = "Ask for the file again or download it again."

_SIGNATURES = (
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"PAR1", "GeoParquet"),
    (b"!table", "TAB"),
    (b"version", "MIF"),
    (b"{", "GeoJSON"),
)
_MIF_DATA = re.compile(rb"(?im)^[ \t]*data[ \t]*\r?$")
_MIF_OBJECT = re.compile(
    rb"(?im)^[ \t]*(none|point|multipoint|line|pline|region|arc|text|rect|roundrect|ellipse|collection)\b"
)
_STRANGERS = (
    (b"<!doctype html", "a web page (perhaps an error message was saved)"),
    (b"<html", "a web page (perhaps an error message was saved)"),
    (b"<?xml", "an XML document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF"),
)


def format_of(file: Path, name: str) -> str:
    """Return which geodata format a file has, by its content.

    Raises:
        DeliveryError: it is none of them; the message says what it looks like.
    """
    head = _head(file)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature) or head.lower().startswith(signature):
            return kind
    looks = next((what for start, what in _STRANGERS if head.lower().startswith(start.lower())), "")
    raise refuse(
        name,
        f"this is not geodata{', it looks like ' + looks if looks else ''}",
        value=file.name,
        advice="Readable are GeoPackage, GeoJSON, Shapefile, MapInfo TAB and MIF, GeoParquet and FlatGeobuf.",
    )


def looks_like_geojson(file: Path) -> bool:
    """Tell whether a ``.json`` file holds features (and is not, say, metadata beside a shapefile)."""
    with file.open("rb") as source:
        return b'"Feature' in source.read(1 << 16)


def expected_rows(file: Path, kind: str, name: str) -> int | None:
    """Return how many features a file must have by its own count, ``None`` where the format has no such count.

    Raises:
        DeliveryError: a file that belongs to it is missing, or it is shorter than its header says.
    """
    match kind:
        case "Shapefile":
            return _shapefile_rows(file, name)
        case "TAB":
            _sibling(file, ".map", name)
            _sibling(file, ".id", name)
            return _dbase_rows(_sibling(file, ".dat", name), name)
        case "MIF":
            return _mif_rows(file, _sibling(file, ".mid", name), name)
    return None


def _head(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _sibling(file: Path, ending: str, name: str) -> Path:
    wanted = (file.stem + ending).lower()
    for other in file.parent.iterdir():
        if other.name.lower() == wanted:
            return other
    raise refuse(
        name,
        f"the file {file.stem}{ending} that belongs to {file.name} is missing",
        advice="Deliver all files of the data set, best zipped together.",
    )


def _mif_rows(file: Path, attributes: Path, name: str) -> int:
    """Return the lines of the ``.mid``, which must be as many as the objects of the ``.mif``.

    Objects inside a collection stand in the file like any other, so with collections there may be more of them.
    """
    content = attributes.read_bytes()
    rows = sum(1 for line in content.splitlines() if line.strip())
    objects = [word.upper() for word in _MIF_OBJECT.findall(_MIF_DATA.split(file.read_bytes(), 1)[-1])]
    if content and not content.endswith((b"\n", b"\r")):
        advice = f"{AGAIN} If it is complete, end its last line with a line break."
        raise refuse(name, f"{attributes.name} is cut off in its last line", advice=advice)
    if rows > len(objects) or (rows < len(objects) and b"COLLECTION" not in objects):
        what = f"one file is cut off: {file.name} has {len(objects):,} objects, {attributes.name} {rows:,} rows"
        raise refuse(name, what, advice=AGAIN)
    return rows


def _shapefile_rows(file: Path, name: str) -> int:
    _sibling(file, ".shx", name)
    with file.open("rb") as source:
        header = source.read(28)
    claimed = struct.unpack(">i", header[24:28])[0] * 2 if len(header) == 28 else 100
    _check_size(file, claimed, name)
    return _dbase_rows(_sibling(file, ".dbf", name), name)


def _dbase_rows(file: Path, name: str) -> int:
    """Return the records of a dBASE table (``.dbf``, MapInfo's ``.dat``) that are not marked as deleted."""
    content = file.read_bytes()
    if len(content) < 32:
        raise refuse(name, f"{file.name} is cut off", advice=AGAIN)
    records, start, width = struct.unpack("<IHH", content[4:12])
    _check_size(file, start + records * width, name)
    marks = content[start : start + records * width : max(width, 1)]
    return int(records) - marks.count(b"*")


def _check_size(file: Path, claimed: int, name: str) -> None:
    found = file.stat().st_size
    if found < claimed:
        raise refuse(
            name,
            f"{file.name} is cut off: it has {found:,} bytes, its header says {claimed:,}",
            advice=AGAIN,
        )
