"""Readable tables for the tests of indicators: counts on the left, what must come out on the right.

A cell of a count is a number, ``.`` (suppressed), ``...`` (missing), ``x`` (undefined), empty (no row at all), or a
number with a letter before it: ``e`` estimated, ``p`` provisional, ``u`` unreliable. ``none`` as an expected status
means: no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from sozialraum.catalogue import IndicatorDoc, Measure
from sozialraum.indicators import compute
from sozialraum.tables import COUNT_SCHEMA, ProtectedTable
from sozialraum.tables.seal import seal

MEASURES = {
    "people": {"universe": "persons"},
    "children": {"universe": "persons", "age": "0-14"},
    "poor": {"universe": "persons", "age": "0-14", "sgb2": "yes"},
    "asylum": {"universe": "persons", "age": "0-14", "asylum_benefits": "yes"},
    "workers": {"universe": "persons", "age": "20-64"},
    "old": {"universe": "persons", "age": "65+"},
    "births": {"universe": "births"},
    "deaths": {"universe": "deaths"},
    "taxpayers": {"universe": "taxpayers"},
    "income": {"universe": "taxpayers", "amount": "income"},
    "median_income": {"universe": "taxpayers", "amount": "income", "statistic": "median"},
    "fifth_income": {"universe": "taxpayers", "amount": "income", "statistic": "q20"},
    "gini_income": {"universe": "taxpayers", "amount": "income", "statistic": "gini"},
    "rent": {"figure": "rent"},
}
EMPTY = {".": "suppressed", "...": "missing", "x": "undefined"}
MARKS = {"e": "estimated", "p": "provisional", "u": "unreliable"}
EXPECTED = ("value", "status", "lower", "upper", "numerator", "denominator")


def m(name: str) -> dict[str, str]:
    return MEASURES[name]


def indicator(**fields: Any) -> IndicatorDoc:
    """An indicator with everything a document needs and the fields that matter."""
    usual = {
        "title": {"de": "Kinder in Armut", "en": "Children in poverty"},
        "definition": {"de": "Eine Kennzahl.", "en": "An indicator."},
        "theme": "mindestsicherung",
        "unit": "percent",
        "polarity": "neutral",
        "governance": {"owner": "Sozialplanung", "checked_by": "Statistikstelle", "next_review": "2028-03-01"},
    }
    return IndicatorDoc.model_validate(usual | fields)


def share(**fields: Any) -> IndicatorDoc:
    """Poor children among children."""
    return indicator(share={"of": m("poor"), "in": m("children")}, **fields)


def rows_of(text: str) -> list[dict[str, str]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:] if line != [""]]


def protected(text: str) -> ProtectedTable:
    """Counts after the door from a table with the columns area, period and names of :data:`MEASURES`."""
    counts = []
    for row in rows_of(text):
        for name, cell in row.items():
            if name in MEASURES and cell:
                measure = measure_of(name)
                place = ("areas", row["area"], row["period"])
                counts.append((measure.universe, measure.where_text, *place, *value_and_status(cell)))
    return seal(pl.DataFrame(counts, schema=COUNT_SCHEMA, orient="row"))


def measure_of(name: str) -> Measure:
    where = dict(MEASURES[name])
    if figure := where.pop("figure", None):
        return Measure.of(f"figure.{figure}", where)
    universe, amount = where.pop("universe"), where.pop("amount", None)
    statistic = where.pop("statistic", None)
    measure = Measure.of(f"{universe}.{amount}" if amount else universe, where)
    return measure.tallied(statistic) if statistic else measure


def value_and_status(cell: str) -> tuple[float | None, str]:
    if cell in EMPTY:
        return None, EMPTY[cell]
    if cell[0] in MARKS:
        return float(cell[1:]), MARKS[cell[0]]
    return float(cell), "zero" if float(cell) == 0 else "ok"


def check(document: IndicatorDoc, text: str, others: Mapping[str, IndicatorDoc] | None = None) -> pl.DataFrame:
    """Compute one indicator from the table and compare it with the expected columns of the same table."""
    values = compute({"this": document, **(others or {})}, protected(text))
    found = {(row["area"], row["period"]): row for row in values.filter(indicator="this").iter_rows(named=True)}
    for row in rows_of(text):
        place = row["area"], row["period"]
        if row.get("status") == "none":
            assert place not in found, f"{place}: there is a row"
            continue
        for column in EXPECTED:
            if column in row:
                assert found[place][column] == expected(row[column]), f"{place}: {column} of {found[place]}"
    return values


def as_areas(several: Sequence[Mapping[str, str]]) -> str:
    """One area and year for each row, as :func:`check` reads them; what only explains is left out."""
    columns = [name for name in several[0] if name not in ("why", "smallest base")]
    lines = [" | ".join([f"A{at:02}", "2024", *(row[name] for name in columns)]) for at, row in enumerate(several)]
    return "\n".join([" | ".join(["area", "period", *columns]), *lines])


def expected(cell: str) -> Any:
    if not cell:
        return None
    try:
        return pytest.approx(float(cell), abs=5e-4)
    except ValueError:
        return cell
