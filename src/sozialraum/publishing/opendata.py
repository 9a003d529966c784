"""Open data: what is selected of a finished release, in every format that people and programs ask for.

::

    selection = Selection(release.public, indicator="kinder_in_sgb2", language="de")
    file = export(selection, "csv")
    file.name, file.media_type, file.content
    describe(selection, address=page, file_address=lambda name: f"{page}{name}")

Scores of composites and types of areas are tables of their own (``scores_csv``, ``scores_parquet``, ``types_csv``),
with a code book of the recipes (``composites_csv``).

Every row carries period, unit, source, licence, release and the status in words and with its official German sign.
Where the status allows no number there is none, in no column. The same release gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from sozialraum.publishing.exports.cubes import json_stat, sdmx_csv
from sozialraum.publishing.exports.dcat import Distribution, dataset
from sozialraum.publishing.exports.documents import catalogue_csv
from sozialraum.publishing.exports.flat import csv, german_csv, parquet, plain_csv, spreadsheet_csv, xlsx
from sozialraum.publishing.exports.geo import geojson, geopackage
from sozialraum.publishing.exports.scores import (
    composites_csv,
    scores_csv,
    scores_parquet,
    scores_table,
    types_csv,
    types_table,
)
from sozialraum.publishing.exports.table import COLUMNS, OFFICIAL_SIGNS, Selection, sources_of

__all__ = [
    "COLUMNS",
    "FORMATS",
    "INDEX_FORMATS",
    "OFFICIAL_SIGNS",
    "Distribution",
    "Export",
    "Format",
    "Selection",
    "catalogue_csv",
    "composites_csv",
    "dataset",
    "describe",
    "export",
    "export_scores",
    "export_types",
    "formats_of",
    "scores_csv",
    "scores_parquet",
    "sources_of",
    "types_csv",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a selection.

    Attributes:
        ending: of the file's name.
        media_type: for the browser.
        file_type: code of the EU list of file types.
        write: returns the bytes.
        of_areas: whether it needs an area system.
        of_one: whether it needs an indicator.
    """

    ending: str
    media_type: str
    file_type: str
    write: Callable[[Selection], bytes]
    of_areas: bool = False
    of_one: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file: its name, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("csv", "text/csv", "CSV", csv),
        "csv-de": Format("de.csv", "text/csv", "CSV", german_csv),
        "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", xlsx),
        "parquet": Format("parquet", "application/vnd.apache.parquet", "PARQUET", parquet),
        "sdmx-csv": Format("sdmx.csv", "application/vnd.sdmx.data+csv", "CSV", sdmx_csv),
        "json-stat": Format("jsonstat.json", "application/json", "JSON", json_stat, of_areas=True, of_one=True),
        "geojson": Format("geojson", "application/geo+json", "GEOJSON", geojson, of_areas=True),
        "gpkg": Format("gpkg", "application/geopackage+sqlite3", "GPKG", geopackage, of_areas=True),
    }
)
"""Every format by its name in addresses."""


def formats_of(selection: Selection) -> tuple[str, ...]:
    """Return the names of the formats that can hold what is selected."""
    systems, one = selection.area_system is not None, selection.indicator is not None
    return tuple(name for name, form in FORMATS.items() if (systems or not form.of_areas) and (one or not form.of_one))


def export(selection: Selection, form: str) -> Export:
    """Write what is selected in a format.

    Raises:
        ValueError: there is no such format, it can not hold what is selected, or the release has nothing of it.
    """
    if form not in FORMATS:
        raise ValueError(f"there is no format {form}; choose one of {', '.join(FORMATS)}")
    found = FORMATS[form]
    return Export(f"{_stem(selection)}.{found.ending}", found.media_type, found.write(selection))


def _stem(selection: Selection) -> str:
    """Return what a file is called: release and what is in it."""
    parts = (selection.release.id, selection.indicator, selection.area_system, selection.area)
    return "-".join(part for part in parts if part)


INDEX_FORMATS: Mapping[str, Callable[[pl.DataFrame], bytes]] = MappingProxyType(
    {"csv-de": spreadsheet_csv, "csv": plain_csv}
)
"""Formats of the scores of one composite, or of the types of one typology."""


def export_scores(selection: Selection, composite: str, form: str) -> Export:
    """Write the scores of one composite, and of areas without a score why they have none.

    Raises:
        ValueError: there is no such format.
    """
    return _index_file(scores_table(selection).filter(composite=composite), form, f"{selection.release.id}-{composite}")


def export_types(selection: Selection, typology: str, form: str) -> Export:
    """Write the type of each area by one typology, and of areas without a type what they lack.

    Raises:
        ValueError: there is no such format.
    """
    return _index_file(types_table(selection).filter(typology=typology), form, f"{selection.release.id}-{typology}")


def _index_file(frame: pl.DataFrame, form: str, stem: str) -> Export:
    if form not in INDEX_FORMATS:
        raise ValueError(f"there is no format {form}; choose one of {', '.join(INDEX_FORMATS)}")
    return Export(f"{stem}.{FORMATS[form].ending}", FORMATS[form].media_type, INDEX_FORMATS[form](frame))


def describe(selection: Selection, *, address: str, file_address: Callable[[str], str]) -> bytes:
    """Return the metadata of what is selected (DCAT-AP.de as JSON-LD) with all files that it can be had in.

    Args:
        selection: what is described.
        address: of the page about it.
        file_address: returns the address of the file in a format.
    """
    files = [
        Distribution(file_address(name), f"{_stem(selection)}.{form.ending}", form.file_type, form.media_type)
        for name, form in FORMATS.items()
        if name in formats_of(selection)
    ]
    return dataset(selection, files, address=address)
