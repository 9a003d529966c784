"""Indices over areas, all at once, beside the plain ones for one larger area after the other."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicator_samples import indicator
from segregation_plainly import dissimilarity, gini, gini_of_means, isolation
from sozialraum.areas import AREA_SCHEMA, AreaSystem
from sozialraum.indicators import Inside, compute
from sozialraum.tables import COUNT_SCHEMA
from sozialraum.tables.seal import seal

GROUP, EVERYBODY = {"universe": "persons", "sgb2": "yes"}, {"universe": "persons"}
INCOME, TAXPAYERS = {"universe": "taxpayers", "amount": "income"}, {"universe": "taxpayers"}
FORMULAS = {
    "dissimilarity": ({"index": "dissimilarity", "of": GROUP, "in": EVERYBODY}, dissimilarity),
    "isolation": ({"index": "isolation", "of": GROUP, "in": EVERYBODY}, isolation),
    "gini": ({"index": "gini", "of": GROUP, "in": EVERYBODY}, gini),
    "means": ({"index": "gini", "of": INCOME, "in": TAXPAYERS}, gini_of_means),
}
DOCUMENTS = {name: indicator(unit="index", segregation=formula) for name, (formula, _) in FORMULAS.items()}
PART = st.tuples(st.integers(0, 30), st.integers(0, 90))
"""The group, and how many others there are."""


def system(name: str, parent: str | None, areas: dict[str, str | None]) -> AreaSystem:
    rows = [(code, code, above, None, None) for code, above in areas.items()]
    return AreaSystem(name, {"de": name}, parent, pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row"))


def expected(name: str, parts: list[tuple[int, int]]) -> float | None:
    lived_in = [(group, group + others) for group, others in parts if group + others]
    if len(lived_in) < 3:
        return None
    return FORMULAS[name][1]([group for group, _ in lived_in], [every for _, every in lived_in])


@given(st.lists(st.lists(PART, min_size=1, max_size=6), min_size=1, max_size=4))
def test_all_larger_areas_at_once_and_one_after_the_other(districts: list[list[tuple[int, int]]]) -> None:
    sure = [(1, 9), (2, 8), (5, 5)]  # a district that always has values, so that the others are kept
    parts = {f"D{at}": dict(enumerate(rows)) for at, rows in enumerate([sure, *districts])}
    systems = {
        "districts": system("districts", None, dict.fromkeys(parts)),
        "quarters": system(
            "quarters", "districts", {f"{name}-{at}": name for name, rows in parts.items() for at in rows}
        ),
    }
    counts = [
        (*measure, "quarters", f"{name}-{at}", "2024", float(number), "ok" if number else "zero")
        for name, rows in parts.items()
        for at, (group, others) in rows.items()
        for measure, number in (
            (("persons", "sgb2=yes"), group),
            (("persons", ""), group + others),
            (("taxpayers.income", ""), group),
            (("taxpayers", ""), group + others),
        )
    ]
    table = seal(pl.DataFrame(counts, schema=COUNT_SCHEMA, orient="row"))
    values = compute(DOCUMENTS, table, inside=Inside.of(systems, "quarters"))
    found = {(row["indicator"], row["area"]): row for row in values.iter_rows(named=True)}
    for indicator_name in FORMULAS:
        for area, rows in parts.items():
            told, plain = found[indicator_name, area], expected(indicator_name, list(rows.values()))
            assert told["value"] == (None if plain is None else pytest.approx(plain, abs=1e-9))
            assert told["status"] == ("undefined" if plain is None else "zero" if plain < 1e-9 else "ok")
