"""Indices over the areas inside a larger one: by hand, beside PySAL, and without a number of one of the parts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from method_tables import rows
from pydantic import ValidationError

from indicator_samples import indicator, value_and_status
from segregation_plainly import dissimilarity
from sozialraum.areas import AREA_SCHEMA, AreaSystem
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import Inside, compute
from sozialraum.tables import COUNT_SCHEMA
from sozialraum.tables.seal import seal

POOR, EVERYBODY = {"universe": "persons", "sgb2": "yes"}, {"universe": "persons"}
INCOME, TAXPAYERS = {"universe": "taxpayers", "amount": "income"}, {"universe": "taxpayers"}


def system(name: str, parent: str | None, areas: str) -> AreaSystem:
    """An area system from lines of code, parent, first and last day (``-`` where it is open)."""
    lines = [[None if cell == "-" else cell for cell in line.split()] for line in areas.strip().splitlines()]
    frame = pl.DataFrame([(code, code, *rest) for code, *rest in lines], schema=AREA_SCHEMA, orient="row")
    return AreaSystem(name, {"de": name}, parent, frame)


TOWN = {
    "town": system("town", None, "T - - -\nU - - -"),
    "districts": system("districts", "town", "D1 T - -\nD2 T - -\nD3 U - -"),
    "quarters": system("quarters", "districts", "A D1 - -\nB D1 - -\nC D2 - -\nX D3 - -\nY D3 - -\nZ D3 - -"),
}
"""The town T, whose values are looked at, and another that always has some: what has no number at all is left out."""


def segregation(index: str = "dissimilarity", **fields: object) -> IndicatorDoc:
    formula = {"index": index, "of": POOR, "in": EVERYBODY, **fields}
    return indicator(unit="index", decimals=2, minimum_base=100, segregation=formula)


def counted(cells: Sequence[tuple[str, str, str, str, str]]) -> pl.DataFrame:
    """Published counts from area system, area, period, group and everybody; an empty cell has no row."""
    found = [
        ("persons", where, *place, *value_and_status(cell))
        for *place, group, everybody in cells
        for where, cell in (("sgb2=yes", group), ("", everybody))
        if cell
    ]
    return pl.DataFrame(found, schema=COUNT_SCHEMA, orient="row")


def computed(document: IndicatorDoc, counts: pl.DataFrame, systems: dict[str, AreaSystem] = TOWN) -> pl.DataFrame:
    return compute({"this": document}, seal(counts), inside=Inside.of(systems, "quarters"))


# --- worked numbers ---------------------------------------------------------------------------------------------------


def in_one_town(formula: dict[str, object], tops: str, bases: str) -> tuple[float | None, str]:
    """Value and status of a town whose quarters have these numbers, beside one that always has a value."""
    parts = {f"Q{at}": pair for at, pair in enumerate(zip(tops.split(), bases.split(), strict=True))}
    parts |= dict(zip("XYZ", (("1", "10"), ("2", "10"), ("5", "10")), strict=True))
    rows = [(code, code, "U" if code in "XYZ" else "T", None, None) for code in parts]
    frame = pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row")
    systems = {"town": TOWN["town"], "quarters": AreaSystem("quarters", {"de": "quarters"}, "town", frame)}
    document = indicator(unit="index", segregation=formula)
    measures = [(one.universe, one.where_text) for one in (*document.numerator, *document.denominator)]
    counts = [
        (*measure, "quarters", code, "2024", *value_and_status(cell))
        for code, pair in parts.items()
        for measure, cell in zip(measures, pair, strict=True)
    ]
    found = computed(document, pl.DataFrame(counts, schema=COUNT_SCHEMA, orient="row"), systems).filter(area="T")
    ((value, status),) = found[["value", "status"]].rows()
    return value, status


def check(row: dict[str, str], column: str, formula: dict[str, object], sides: tuple[str, str]) -> None:
    value, status = in_one_town(formula, *(row[side] for side in sides))
    if row[column] == ".":
        assert (value, status) == (None, "undefined"), row
    else:
        assert value == pytest.approx(float(row[column]), abs=5e-7), row
        assert status == ("ok" if float(row[column]) else "zero"), row


@pytest.mark.parametrize("index", ["dissimilarity", "isolation", "Gini"])
@pytest.mark.parametrize("table", ["indices", "peer"])
def test_an_index_of_a_group(table: str, index: str) -> None:
    for row in rows("segregation", table):
        check(row, index, {"index": index.lower(), "of": POOR, "in": EVERYBODY}, ("group", "everybody"))


def test_gini_of_a_mean() -> None:
    for row in rows("segregation", "means"):
        check(row, "Gini", {"index": "gini", "of": INCOME, "in": TAXPAYERS}, ("amount", "people"))


# --- the status -------------------------------------------------------------------------------------------------------

OTHERS = [("quarters", area, "2024", group, "100") for area, group in (("X", "1"), ("Y", "2"), ("Z", "9"))]


def test_the_status_follows_that_of_the_parts() -> None:
    for row in rows("segregation", "status"):
        cells = [("quarters", area, "2024", row[f"group {area}"], row[f"everybody {area}"]) for area in "ABC"]
        whole = [("town", "T", "2024", "5", "1000")]  # told of the town itself; nothing is made from it
        ((value, status),) = (
            computed(segregation(), counted([*cells, *OTHERS, *whole])).filter(area="T")[["value", "status"]].rows()
        )
        assert status == row["status"], row
        assert value == (pytest.approx(float(row["value"]), abs=5e-7) if row["value"] else None), row


THREE = [("quarters", area, "2024", group, "100") for area, group in (("A", "10"), ("B", "20"), ("C", "30"))]


def test_every_larger_area_has_a_value_and_the_compared_ones_have_none() -> None:
    values = computed(segregation(), counted([*THREE, *OTHERS]))
    assert values.select("area_system", "area", "status").rows() == [
        ("districts", "D1", "undefined"),  # two parts, and one: too few
        ("districts", "D2", "undefined"),
        ("districts", "D3", "ok"),
        ("town", "T", "ok"),
        ("town", "U", "ok"),
    ]
    assert values.select(pl.col("numerator", "denominator", "lower", "upper").is_null().all()).row(0) == (True,) * 4


def test_another_area_system_can_be_compared() -> None:
    towns = TOWN | {"districts": system("districts", "town", "D1 T - -\nD2 T - -\nD3 T - -")}
    cells = [("districts", area, "2024", group, "100") for area, group in (("D1", "10"), ("D2", "20"), ("D3", "30"))]
    found = computed(segregation(over="districts"), counted(cells), towns)
    assert found.select("area", "value").rows() == [("T", pytest.approx(0.208333, abs=5e-7))]


def test_without_knowing_what_lies_in_what_there_are_no_values() -> None:
    assert compute({"this": segregation()}, seal(counted(THREE))).is_empty()


def test_a_change_of_an_index_is_a_change_like_any_other() -> None:
    later = [(*place, "2025", "20", "100") for *place, _, _, _ in THREE]
    documents = {
        "this": segregation(),
        "change": indicator(unit="points", change={"indicator": "this", "relative": False}),
    }
    values = compute(documents, seal(counted([*THREE, *later])), inside=Inside.of(TOWN, "quarters"))
    (change,) = values.filter(indicator="change", area="T").rows(named=True)
    assert (change["period"], change["value"]) == ("2025", pytest.approx(-0.208333, abs=5e-7))


# --- areas of one time ------------------------------------------------------------------------------------------------

REFORMED = TOWN | {
    "districts": system("districts", "town", "D1 T - -"),
    "quarters": system(
        "quarters",
        "districts",
        """A D1 - -
           B D1 - -
           O D1 - 2019-12-31
           N D1 2020-01-01 -
           S D1 2020-01-01 -""",
    ),
}
"""The quarter O became N and S at the start of 2020."""


@pytest.mark.parametrize(
    ("period", "told", "expected"),
    [
        ("2019", {"A": 10, "B": 20, "O": 30}, [10, 20, 30]),  # a table of the time
        ("2019", {"A": 10, "B": 20, "N": 5, "S": 25}, [10, 20, 5, 25]),  # a register, counted in today's areas
        ("2019", {"A": 10, "B": 20, "O": 30, "N": 5, "S": 25}, [10, 20, 5, 25]),  # both: nobody counts twice
        ("2020", {"A": 10, "B": 20, "N": 5, "S": 25}, [10, 20, 5, 25]),
        ("2020", {"A": 10, "B": 20, "O": 30}, None),  # the quarter is no more
        ("2019", {"A": 10, "B": 20, "N": 5}, None),
    ],
)
def test_areas_of_one_time_are_compared(period: str, told: dict[str, int], expected: list[float] | None) -> None:
    cells = [("quarters", area, period, str(group), "100") for area, group in told.items()]
    values = computed(segregation(), counted(cells), REFORMED).filter(area="T")
    if expected is None:
        assert values.is_empty() or values["status"].to_list() == ["missing"]
    else:
        assert values["value"][0] == pytest.approx(dissimilarity(expected, [100] * len(expected)))


# --- what a document may say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"index": "entropy"}, "dissimilarity"),
        ({"of": INCOME, "in": {"universe": "taxpayers"}}, 'write index = "gini"'),
        ({"in": INCOME}, "counts units"),
        ({"of": {"figure": "rent"}}, "not a figure"),
        ({"of": [POOR, INCOME]}, "not both"),
    ],
)
def test_what_a_document_may_not_say(fields: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        segregation(**{"index": "dissimilarity", **fields})


def test_an_index_has_the_unit_index() -> None:
    with pytest.raises(ValidationError, match="has the unit index, not percent"):
        indicator(unit="percent", segregation={"index": "gini", "of": POOR, "in": EVERYBODY})
