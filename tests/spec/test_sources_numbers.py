"""How a cell of a German table is read."""

from __future__ import annotations

import polars as pl
import pytest

from sozialraum.sources.numbers import parse_numbers, settle_decimal

# what stands in the cell, decimal sign, number, status
CELLS = [
    ("12", ",", 12, "ok"),
    (" 12 ", ",", 12, "ok"),
    ("+12", ",", 12, "ok"),
    ("-12", ",", -12, "ok"),
    ("0", ",", 0, "zero"),
    ("0,0", ",", 0, "zero"),
    ("1.234", ",", 1234, "ok"),
    ("1.234", ".", 1.234, "ok"),
    ("1,234", ",", 1.234, "ok"),
    ("1,234", ".", 1234, "ok"),
    ("1.234,5", ",", 1234.5, "ok"),
    ("1,234.5", ".", 1234.5, "ok"),
    ("1.234.567", ",", 1234567, "ok"),
    ("1 234", ",", 1234, "ok"),
    ("1\u202f234\u202f567", ",", 1234567, "ok"),
    ("1\u00a0234,5", ",", 1234.5, "ok"),
    ("1'234", ",", 1234, "ok"),
    ("12,5", ",", 12.5, "ok"),
    ("(12)", ",", 12, "unreliable"),
    ("(1.234,5)", ",", 1234.5, "unreliable"),
    ("-", ",", 0, "zero"),
    ("–", ",", 0, "zero"),
    (".", ",", None, "suppressed"),
    ("*", ",", None, "suppressed"),
    ("/", ",", None, "missing"),
    ("x", ",", None, "undefined"),
    ("X", ",", None, "undefined"),
    ("...", ",", None, "missing"),
    ("…", ",", None, "missing"),
    ("", ",", None, "missing"),
    ("k. A.", ",", None, "missing"),
    (None, ",", None, "missing"),
]

BAD = [
    # what is no number under which decimal sign
    ("zwölf", ","),
    ("12,5", "."),
    ("12.5", ","),
    ("1.23", ","),
    ("1.2345,6", ","),
    ("12 5", ","),
    ("1,2,3", ","),
    ("(x)", ","),
    ("12 €", ","),
    ("inf", ","),
    ("0x1F", ","),
    ("1.234", None),
]


@pytest.mark.parametrize(("cell", "decimal", "value", "status"), CELLS)
def test_a_cell_is_a_number_with_a_status(cell: str | None, decimal: str, value: float | None, status: str) -> None:
    read = parse_numbers(pl.Series([cell, "7"], dtype=pl.String), decimal)
    assert (read.value[0], read.status[0], read.bad[0]) == (value, status, False)
    assert (read.value[1], read.status[1]) == (7, "ok")


@pytest.mark.parametrize(("cell", "decimal"), BAD)
def test_what_is_no_number_is_bad_and_never_zero(cell: str, decimal: str | None) -> None:
    read = parse_numbers(pl.Series([cell, "7"]), decimal)
    assert (read.value[0], read.status[0], read.bad[0]) == (None, "missing", True)


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["1.234", "12,5"], ","),
        (["1.234", "12.5"], "."),
        (["1.234", "1.234.567"], ","),
        (["1,234", "1,234,567"], "."),
        (["1.234", "1234,567"], ","),
        (["0,125"], ","),
        (["0.125"], "."),
        (["1.234", "5"], None),
        (["(1.234)"], None),
        (["12", "-"], "."),
        (["12,5", "12,25", "12.5"], ","),
    ],
)
def test_the_cells_that_leave_no_doubt_decide_for_their_column(cells: list[str], sign: str | None) -> None:
    assert settle_decimal({"a": pl.Series(cells)}, None) == {"a": sign}


def test_other_columns_decide_for_one_that_is_in_doubt() -> None:
    columns = {"count": pl.Series(["1.234", "5"]), "rate": pl.Series(["12,5", "3,25"])}
    assert settle_decimal(columns, None) == {"count": ",", "rate": ","}


def test_the_declared_sign_decides_for_all() -> None:
    columns = {"a": pl.Series(["1.234"]), "b": pl.Series(["12,5"])}
    assert settle_decimal(columns, ".") == {"a": ".", "b": "."}


def test_numbers_of_formats_with_types_need_no_sign() -> None:
    read = parse_numbers(pl.Series([1.234, 0.0, None, float("nan")]), None)
    assert read.value.to_list() == [1.234, 0.0, None, None]
    assert read.status.to_list() == ["ok", "zero", "missing", "missing"]
