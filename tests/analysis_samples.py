"""Readable tables for the tests of analyses: values of indicators by area and period.

A cell is a number, ``.`` (suppressed), ``...`` (missing), ``x`` (undefined), ``u5`` (unreliable), or empty (no row).
The column ``residents`` becomes the population.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from indicator_samples import rows_of
from sozialraum.analysis import POPULATION_SCHEMA
from sozialraum.catalogue import CompositeDoc
from sozialraum.tables import VALUE_SCHEMA

MARKS = {"u": "unreliable", "e": "estimated", "p": "provisional"}
NOTHING = {".": "suppressed", "...": "missing", "x": "undefined"}
CLASSES = [
    {"id": "low", "below": -1.0, "title": {"de": "niedrig"}},
    {"id": "middle", "up_to": 1.0, "title": {"de": "mittel"}},
    {"id": "high", "title": {"de": "hoch"}},
]


def composite(**fields: Any) -> CompositeDoc:
    """A composite with everything a document needs and the fields that matter."""
    usual = {
        "title": {"de": "Lage"},
        "definition": {"de": "Ein Index."},
        "caveats": {"de": "Keine."},
        "sources": ["ein Bericht"],
        "inputs": [{"indicator": "poor"}],
        "minimum_areas": 2,
        "classes": CLASSES,
        "governance": {"owner": "Sozialplanung", "checked_by": "Statistikstelle", "next_review": "2028-03-01"},
    }
    return CompositeDoc.model_validate(usual | fields)


def cell(text: str) -> tuple[float | None, str]:
    if text in NOTHING:
        return None, NOTHING[text]
    if text[0] in MARKS:
        return float(text[1:]), MARKS[text[0]]
    return float(text), "zero" if float(text) == 0 else "ok"


def values_of(text: str, system: str = "areas") -> pl.DataFrame:
    """Values from a table: area, period (2024 if there is none), and a column for each indicator.

    A cell ``20/80`` is a share with its counts.
    """
    rows = []
    for row in rows_of(text):
        for name, written in row.items():
            if name not in ("area", "period", "residents") and not name.endswith("?") and written:
                value, counts, status = _value(written)
                place = (name, system, row["area"], row.get("period", "2024"), "")
                rows.append((*place, value, *counts, status, None, None, 0))
    return pl.DataFrame(rows, schema=VALUE_SCHEMA, orient="row")


def _value(written: str) -> tuple[float | None, tuple[float | None, float | None], str]:
    if "/" in written:
        cases, base = map(float, written.split("/"))
        return 100 * cases / base, (cases, base), "ok"
    value, status = cell(written)
    return value, (None, None), status


def population_from(text: str, system: str = "areas") -> pl.DataFrame:
    rows = [
        (system, row["area"], row.get("period", "2024"), *cell(row["residents"]))
        for row in rows_of(text)
        if row.get("residents")
    ]
    return pl.DataFrame(rows, schema=POPULATION_SCHEMA, orient="row")
