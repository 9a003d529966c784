"""Cubes for statistical programs: JSON-stat and SDMX-CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import polars as pl

from sozialraum.indicators import status_word
from sozialraum.periods import Frequency, parse_period
from sozialraum.publishing.exports.table import Selection, unit_text
from sozialraum.tables import Status
from sozialraum.tables.status import SDMX_OBSERVATION

DATAFLOW = "SOZIALRAUM:VALUES(1.0)"


def json_stat(selection: Selection) -> bytes:
    """Return one indicator in one area system as a JSON-stat 2.0 dataset: areas by periods, a status for each cell.

    Source: https://json-stat.org/full/

    Raises:
        ValueError: no indicator or no area system is selected, or the release has no such values.
    """
    document = selection.documents.get(selection.indicator or "")
    if document is None or selection.area_system is None:
        raise ValueError("JSON-stat holds one indicator in one area system: choose both")
    table = selection.table.filter(pl.col("breakdown") == "")
    if table.is_empty():
        raise ValueError(f"the release has no values of {selection.indicator} in {selection.area_system}")
    names = dict(table.select("area", "name").iter_rows())
    areas = sorted(names)
    periods = sorted(table["period"].unique().to_list(), key=parse_period)
    cells = {(row["area"], row["period"]): row for row in table.iter_rows(named=True)}
    found = [cells.get((area, period)) for area in areas for period in periods]
    content = {
        "version": "2.0",
        "class": "dataset",
        "label": document.title.get(selection.language),
        "source": "; ".join(dict.fromkeys(table["source"].to_list())),
        "updated": str(selection.release.manifest["created"])[:10],
        "id": ["indicator", "area", "period"],
        "size": [1, len(areas), len(periods)],
        "role": {"metric": ["indicator"], "geo": ["area"], "time": ["period"]},
        "dimension": _dimensions(selection, areas=names, periods=periods),
        "value": [row["value"] if row else None for row in found],
        "status": [row["status"] if row else Status.MISSING.value for row in found],
        "extension": {
            "release": selection.release.id,
            "licence": table["licence"][0],
            "status": {status.value: status_word(status, selection.language) for status in Status},
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _dimensions(selection: Selection, *, areas: dict[str, str], periods: list[str]) -> dict[str, Any]:
    indicator = str(selection.indicator)
    document = selection.documents[indicator]
    system = selection.package.area_documents.get(str(selection.area_system))
    title = document.title.get(selection.language)
    unit = {"label": unit_text(document, selection.language), "decimals": document.decimals}
    codes = sorted(areas)
    return {
        "indicator": {
            "label": title,
            "category": {"index": [indicator], "label": {indicator: title}, "unit": {indicator: unit}},
        },
        "area": {
            "label": system.title.get(selection.language) if system else str(selection.area_system),
            "category": {"index": codes, "label": {code: areas[code] or code for code in codes}},
        },
        "period": {"label": "period", "category": {"index": periods}},
    }


SDMX_COLUMNS = (
    "STRUCTURE",
    "STRUCTURE_ID",
    "ACTION",
    "INDICATOR",
    "AREA_SYSTEM",
    "REF_AREA",
    "BREAKDOWN",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_STATUS",
    "UNIT_MEASURE",
    "DECIMALS",
    "LOWER",
    "UPPER",
    "SOURCE",
    "LICENCE",
    "RELEASE",
)


def sdmx_csv(selection: Selection) -> bytes:
    """Return the values as an SDMX-CSV 2.0 data message.

    Source: SDMX-CSV field guide, https://github.com/sdmx-twg/sdmx-csv
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(SDMX_COLUMNS)
    for row in selection.table.iter_rows(named=True):
        document = selection.documents[row["indicator"]]
        numbers = ["" if row[name] is None else repr(row[name]) for name in ("value", "lower", "upper")]
        keys = (row["indicator"], row["area_system"], row["area"], row["breakdown"] or "_T", sdmx_period(row["period"]))
        observed = (numbers[0], SDMX_OBSERVATION[Status(row["status"])])
        about = (document.unit, document.decimals, *numbers[1:], row["source"], row["licence"], row["release"])
        writer.writerow(("dataflow", DATAFLOW, "I", *keys, *observed, *about))
    return out.getvalue().encode()


def sdmx_period(text: str) -> str:
    """Return a period as SDMX writes it: half-years are semesters, a school year is a stretch of a year."""
    period = parse_period(text)
    if period.frequency is Frequency.SCHOOL_YEAR:
        return f"{period.first.isoformat()}/P1Y"
    return text.replace("-H", "-S") if period.frequency is Frequency.HALF_YEAR else text
