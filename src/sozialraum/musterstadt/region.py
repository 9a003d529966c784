"""A region of 21 synthetic municipalities that delivers sheets as INKAR does: two header rows, a column per year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sozialraum.musterstadt.ground import bend, voronoi_cells
from sozialraum.musterstadt.writing import Sheets, write_areas, write_sheets

SEED = 20_241
YEARS = range(2005, 2025)
AGS_OF_REGION = "03998"
NAMES = (
    "Musterhausen", "Altenfeld", "Birkenau", "Buchholz an der Muster", "Dornbach", "Erlental", "Falkenstein",
    "Grünheide", "Hohenbrück", "Immenrode", "Jägersburg", "Kirchlinden", "Langenmoor", "Mühlbach", "Neuendorf",
    "Oberwiesen", "Quellental", "Rabenau", "Schönwalde", "Tannenberg", "Uferstedt",
)  # fmt: skip
"""The first is the core city; the others lie around it."""

SOURCE = "Synthetische Daten im Aufbau von INKAR"

Table = dict[str, NDArray[np.int64]]
"""Numbers of shape (municipalities, years) by measure."""


def write_region_deliveries(folder: Path) -> None:
    """Write the municipalities' polygons and four spreadsheets of series from 2005 to 2024."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    polygons = _municipalities(rng)
    codes = [f"{AGS_OF_REGION}{number:03}" for number in range(1, len(NAMES) + 1)]
    land = np.round(shapely.area(polygons) / 1e6, 2)
    frame = pl.DataFrame({"ags": codes, "gen": NAMES, "flaeche_km2": land})
    write_areas(folder / "gemeinden.gpkg", polygons, frame, layer="gemeinden")
    for name, table in _series(rng).items():
        sheets: Sheets = {
            "Daten": _sheet(codes, table),
            "Metadaten": [["Kürzel", "Name"], *([f"m{at}", measure] for at, measure in enumerate(table, start=1))],
            "Quellangabe": [[SOURCE]],
        }
        write_sheets(folder / f"{name}.xlsx", sheets)


def _municipalities(rng: np.random.Generator) -> NDArray[np.object_]:
    """Draw municipalities of some 12 kilometres across around the core city."""
    ring = np.arange(1, len(NAMES))
    angle = ring * 2.399963 + rng.normal(0, 0.15, len(ring))
    reach = 4.1 * np.sqrt(ring + 0.5) / np.sqrt(len(ring)) + 0.9
    points = np.vstack([[0.0, 0.0], np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])])
    outline = shapely.Point(0, 0).buffer(5.3, quad_segs=16)
    return bend(voronoi_cells(points, outline), 6500.0)


def _series(rng: np.random.Generator) -> dict[str, Table]:
    """Draw the numbers of every municipality and year, by spreadsheet and measure."""
    count, years = len(NAMES), np.arange(len(YEARS))
    size = np.round(np.sort(rng.lognormal(9.6, 0.55, count))[::-1])
    size[0] = 168_000
    growth = rng.normal(0.002, 0.005, count)
    persons = np.round(size[:, None] * (1 + growth[:, None]) ** years).astype(np.int64)
    need = np.clip(rng.normal(0.055, 0.02, count), 0.015, None)
    need[0] = 0.115
    cycle = 1 + 0.28 * np.cos((years - 1) / 6.2)
    old = np.clip(rng.normal(0.2, 0.02, count)[:, None] + 0.0022 * years, 0, 1)
    young = np.clip(rng.normal(0.185, 0.012, count)[:, None] - 0.0008 * years, 0, 1)
    middle = _drawn(rng, persons, 1 - old - young * 0.82)
    foreign = np.clip(need * 1.1, 0, 1)[:, None] * (0.8 + 0.035 * years)
    old_persons = _drawn(rng, persons, old)
    taxpayers = _drawn(rng, persons, np.full((count, 1), 0.47))
    income = np.round(taxpayers * (41.0 - 120 * need[:, None]) * 1.021**years).astype(np.int64)
    return {
        "bevoelkerung": {
            "Bevölkerung": persons,
            "unter 18": _drawn(rng, persons, young),
            "15 bis 64": middle,
            "0 bis 64": persons - old_persons,
            "65 und älter": old_persons,
            "Ausländer*innen": _drawn(rng, persons, foreign),
        },
        "arbeit": {
            "Arbeitslose": _drawn(rng, middle, np.clip(0.75 * need[:, None] * cycle, 0, 1)),
            "Beschäftigte 15 bis 64": _drawn(rng, middle, 0.5 + 0.006 * years - need[:, None] * 0.4),
        },
        "grundsicherung": {"Leistungsberechtigte SGB II": _drawn(rng, persons, 0.9 * need[:, None] * cycle)},
        "einkommen": {"Steuerpflichtige": taxpayers, "Einkünfte (1.000 Euro)": income},
    }


def _drawn(rng: np.random.Generator, of: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(rng.binomial(of, np.broadcast_to(share, of.shape)))


def _sheet(codes: Sequence[str], table: Table) -> list[list[object]]:
    measures = [(measure, at) for measure in table for at in range(len(YEARS))]
    rows: list[list[object]] = [
        ["Kennziffer", "Raumeinheit", "Aggregat", *(measure for measure, _ in measures)],
        ["", "", "", *(str(YEARS[at]) for _, at in measures)],
    ]
    for row, (code, name) in enumerate(zip(codes, NAMES, strict=True)):
        rows.append([code, name, "Gemeinden", *(int(table[measure][row, at]) for measure, at in measures)])
    return rows
