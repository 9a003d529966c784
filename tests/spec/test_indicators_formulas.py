"""The vocabulary of formulas: what each makes of its counts."""

from __future__ import annotations

import pytest
from method_tables import FOLDER, read, rows

from indicator_samples import as_areas, check, indicator, m, share

FORMULAS = {
    "share": share(interval="wilson"),
    "share without interval": share(),
    "share of several": indicator(share={"of": [m("poor"), m("asylum")], "in": m("children")}),
    "rate": indicator(unit="per_1000", interval="byar", rate={"of": m("births"), "in": m("people"), "per": 1000}),
    "rate above its base": indicator(unit="per_1000", rate={"of": m("births"), "in": m("old")}),
    "balance": indicator(unit="per_1000", rate={"of": m("births"), "minus": m("deaths"), "in": m("people")}),
    "ratio": indicator(unit="per_100", ratio={"of": m("old"), "to": m("workers"), "per": 100}),
    "mean": indicator(unit="euro", mean={"of": m("income"), "in": m("taxpayers")}),
    "count": indicator(unit="count", interval="byar", count={"of": m("births")}),
    "figure": indicator(unit="euro_per_m2", figure={"of": "rent"}),
}
"""The formula of each table."""


@pytest.mark.parametrize("table", FORMULAS)
def test_what_a_formula_makes_of_its_counts(table):
    check(FORMULAS[table], as_areas(rows("formulas", table)))


def test_each_table_has_its_formula():
    assert {table.name for table in read(FOLDER / "formulas.toml").tables} == FORMULAS.keys()
