"""A delivered file with geometry, whatever its format, becomes one :class:`GeoData`."""

from __future__ import annotations

import codecs
import re
import shutil
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from sozialraum.areas.completeness import AGAIN, expected_rows, format_of, looks_like_geojson
from sozialraum.areas.containers import refuse, unpacked
from sozialraum.areas.crs import GERMANY, INTERNAL, Territory, parse_crs, settle_crs, to_internal_points
from sozialraum.areas.geoparquet import read_geoparquet
from sozialraum.errors import Fault, ProjectError

ENDINGS = (".gpkg", ".geojson", ".json", ".shp", ".tab", ".mif", ".parquet", ".geoparquet", ".fgb")

_ONE_AT_A_TIME = Lock()
"""What a reader warns of is caught for the whole process: files that are read side by side take turns."""

_MAPINFO_CHARSETS = {
    "cp1252": "WindowsLatin1",
    "iso8859-1": "ISO8859_1",
    "iso8859-15": "ISO8859_9",
    "utf-8": "UTF-8",
    "cp850": "CodePage850",
    "cp437": "CodePage437",
    "cp1250": "WindowsLatin2",
}


@dataclass(frozen=True, slots=True, eq=False)
class GeoData:
    """Attributes and geometries of one layer.

    Attributes:
        frame: the attributes as delivered, one row per feature, typed.
        geometry: 2-dimensional shapely geometries aligned to the rows; ``None`` where a row has none.
        crs: the CRS of the coordinates, ``None`` where neither the file nor the caller says it.
        notes: what is worth telling and stops nothing.
        name: the file as faults call it.
    """

    frame: pl.DataFrame
    geometry: NDArray[np.object_]
    crs: CRS | None
    notes: tuple[Fault, ...] = ()
    name: str = ""


def read_geodata(
    path: str | Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    name: str = "",
) -> GeoData:
    """Read GeoPackage, GeoJSON, Shapefile, MapInfo TAB or MIF, GeoParquet or FlatGeobuf, zipped or in a folder too.

    Args:
        path: the delivered file or folder.
        layer: which layer, or which file of a folder or archive that holds several.
        crs: the CRS that the TOML declares.
        encoding: the text encoding, where the file does not say it or says it wrongly.
        name: the file as faults call it, the path where empty.

    Raises:
        DeliveryError: the file is missing, empty, cut off, no geodata, too large inside, or holds several layers
            without a choice.
        ProjectError: the TOML's CRS or encoding is unknown, or the CRS contradicts the file.
    """
    shown = name or str(path)
    _check_encoding(encoding, shown)
    with unpacked(Path(path), shown) as place:
        file, inner = _choose_file(place, layer, shown)
        kind = format_of(file, shown)
        if kind == "GeoParquet":
            data = GeoData(*read_geoparquet(file, shown), name=shown)
        else:
            data = _read_ogr(file, kind, (inner, encoding), shown)
    settled, notes = settle_crs(data.crs, crs, shown)
    flat = np.asarray(shapely.force_2d(data.geometry), dtype=object)
    return replace(data, geometry=flat, crs=settled, notes=(*data.notes, *notes, *_mojibake(data, shown)))


def to_internal(geodata: GeoData, internal: str = INTERNAL, *, territory: Territory = GERMANY) -> GeoData:
    """Transform geometries into the internal CRS and check that they lie where they should.

    Raises:
        DeliveryError: there is no CRS, its datum is known only roughly, or coordinates land outside the territory.
    """

    def move(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Any, Any]:
        return to_internal_points((x, y), geodata.crs, name=geodata.name, internal=internal, territory=territory)

    geometry = np.asarray(shapely.transform(geodata.geometry, move, interleaved=False), dtype=object)
    return replace(geodata, geometry=geometry, crs=parse_crs(internal, geodata.name))


def _check_encoding(encoding: str | None, name: str) -> None:
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError as error:
        advice = 'Write e.g. "utf-8" or "cp1252".'
        fault = Fault(name, column="encoding", what="unknown encoding", value=str(encoding), advice=advice)
        raise ProjectError(fault) from error


def _choose_file(place: Path, layer: str | None, name: str) -> tuple[Path, str | None]:
    """Return the file to read and the layer to ask it for."""
    if place.is_file():
        return place, layer if layer != place.stem else None
    found = sorted(file for file in place.rglob("*") if _is_main_file(file))
    if not found:
        raise refuse(name, "there is no geodata in it", advice="Deliver a folder or archive with geodata.")
    named = [file for file in found if layer in (file.stem, file.name)]
    if named:
        return named[0], None
    if len(found) == 1:
        return found[0], layer
    raise _ambiguous([file.stem for file in found], layer, name)


def _is_main_file(file: Path) -> bool:
    ending = file.suffix.lower()
    return file.is_file() and ending in ENDINGS and (ending != ".json" or looks_like_geojson(file))


def _ambiguous(layers: list[str], layer: str | None, name: str) -> Exception:
    what = "there is no such layer" if layer else "there are several layers"
    advice = f"Write layer = ... into the TOML, one of: {', '.join(layers)}."
    return refuse(name, what, value=layer or "", advice=advice)


def _read_ogr(file: Path, kind: str, choice: tuple[str | None, str | None], name: str) -> GeoData:
    layer, encoding = choice
    expected = expected_rows(file, kind, name)
    scratch = tempfile.TemporaryDirectory(prefix="sozialraum-")
    with _ONE_AT_A_TIME, scratch as folder, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            source = _recoded(file, kind, encoding, Path(folder)) if encoding else file
            chosen = _choose_layer(source, kind, layer, name)
            meta, table = _read_layer(source, chosen, {"ENCODING": encoding} if kind == "Shapefile" else {}, name)
            promised = pyogrio.read_info(source, layer=chosen)["features"] if kind == "FlatGeobuf" else expected
            geometry = _geometry_of(table, meta, source, chosen)
        except (UnicodeError, pa.ArrowInvalid) as error:
            raise _mis_encoded(name, error) from error
        except (shapely.GEOSException, NotImplementedError) as error:
            raise refuse(name, "a geometry can not be read", value=str(error), advice=AGAIN) from error
        except (DataSourceError, DataLayerError, OSError, IndexError) as error:
            what = f"this is no readable {kind}, it is cut off or damaged"
            raise refuse(name, what, value=str(error), advice=AGAIN) from error
    _check_complete(table.num_rows, promised, name)
    frame = pl.DataFrame(pl.from_arrow(table.drop_columns([meta["geometry_name"]])))
    notes = tuple(Fault(name, what=f"the reader says: {message.message}") for message in said)
    return GeoData(frame, geometry, _crs_of(meta, kind, geometry), notes, name)


def _choose_layer(file: Path, kind: str, layer: str | None, name: str) -> str | None:
    if kind != "GeoPackage" and layer is None:
        return None
    layers = [str(found) for found, geometry in pyogrio.list_layers(file) if geometry is not None]
    if layer in layers:
        return str(layer)
    if not layers:
        raise refuse(name, "the file has no layer with geometry", advice="Deliver the file with geometry.")
    if layer or len(layers) > 1:
        raise _ambiguous(layers, layer, name)
    return layers[0]


def _read_layer(
    file: Path, layer: str | None, options: dict[str, str | None], name: str
) -> tuple[dict[str, Any], pa.Table]:
    given = {key: value for key, value in options.items() if value}
    meta, table = pyogrio.read_arrow(file, layer=layer, **given)
    meta["geometry_name"] = meta["geometry_name"] or "wkb_geometry"
    if meta["geometry_name"] not in table.column_names:
        raise refuse(name, "the file has no geometry", advice="Deliver the file with geometry.")
    twice = sorted({field for field in table.column_names if table.column_names.count(field) > 1})
    if twice:
        raise refuse(name, "columns have the same name", value=", ".join(twice), advice="Rename one of each pair.")
    table.validate(full=True)
    return meta, table


def _geometry_of(table: pa.Table, meta: dict[str, Any], file: Path, layer: str | None) -> NDArray[np.object_]:
    try:
        return np.asarray(shapely.from_wkb(np.array(table[meta["geometry_name"]].to_pylist(), dtype=object)))
    except NotImplementedError:  # arcs, which GDAL turns into short straight pieces
        return np.asarray(shapely.from_wkb(pyogrio.raw.read(file, layer=layer, columns=[])[2]))


def _check_complete(rows: int, expected: int | None, name: str) -> None:
    if expected is not None and rows != expected:
        what = f"the file is cut off: it promises {expected:,} features and holds {rows:,}"
        raise refuse(name, what, advice=AGAIN)
    if not rows:
        raise refuse(name, "the file holds no feature", advice=AGAIN)


def _recoded(file: Path, kind: str, encoding: str, folder: Path) -> Path:
    """Return a copy that declares the encoding (MapInfo) or is in UTF-8 (GeoJSON); other formats need none."""
    if kind == "GeoJSON":
        (folder / file.name).write_text(file.read_text(encoding), encoding="utf-8")
        return folder / file.name
    charset = _MAPINFO_CHARSETS.get(codecs.lookup(encoding).name)
    if kind not in ("TAB", "MIF") or charset is None:
        return file
    for part in file.parent.glob(f"{file.stem}.*"):
        shutil.copy(part, folder / part.name)
    content = (folder / file.name).read_bytes()
    pattern = rb'(?im)^(\s*!?.*?charset\s+)"?[\w\-]+"?'
    quoted = b'\\1"' + charset.encode() + b'"'
    (folder / file.name).write_bytes(re.sub(pattern, quoted, content, count=2 if kind == "TAB" else 1))
    return folder / file.name


def _mis_encoded(name: str, error: Exception) -> Exception:
    return refuse(
        name,
        "the text is not in the encoding that the file declares",
        value=str(error),
        advice='Write the right one into the TOML: encoding = "cp1252" (Windows) or "utf-8".',
    )


def _crs_of(meta: dict[str, Any], kind: str, geometry: NDArray[np.object_]) -> CRS | None:
    if not meta["crs"]:
        return None
    try:
        crs = CRS.from_user_input(meta["crs"]).to_2d()
    except CRSError:
        return None
    if not (crs.is_projected or crs.is_geographic):
        return None
    if kind == "GeoJSON" and crs.is_geographic and np.nanmax(np.abs(shapely.bounds(geometry)), initial=0) > 400:
        return None  # the standard's default, and plainly not meant: these are metres
    return crs


_MOJIBAKE = "Ã[\u0084\u0096\u009c\u009f¤¶¼Ÿ„–œ]"


def _mojibake(data: GeoData, name: str) -> list[Fault]:
    """Find UTF-8 that was read as Latin-1 (``StraÃŸe``)."""
    notes = []
    for column in data.frame.select(pl.col(pl.String)).iter_columns():
        broken = column.filter(column.str.contains(_MOJIBAKE).fill_null(False))
        if len(broken):
            advice = 'Write encoding = "utf-8" into the TOML.'
            notes.append(
                Fault(name, 0, column.name, "umlauts look broken (read in the wrong encoding)", broken[0], advice)
            )
    return notes
