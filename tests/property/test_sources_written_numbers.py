"""Numbers written in any German or English way come back; what is read never depends on the other cells' luck."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.sources.numbers import parse_numbers, settle_decimal

SIGNS = st.sampled_from([",", "."])
GROUPS = st.sampled_from(["", "other", " ", "\u00a0", "\u2009", "\u202f", "'"])
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=2)


def written(number: Decimal, sign: str, group: str, places: int) -> str:
    """Write a number as offices do."""
    separator = ("." if sign == "," else ",") if group == "other" else group
    text = f"{number:,.{places}f}".replace(",", "G").replace(".", sign)
    return text.replace("G", separator)


@given(st.lists(NUMBERS, min_size=1, max_size=20), SIGNS, GROUPS, st.integers(0, 2))
def test_what_was_written_is_read(numbers: list[Decimal], sign: str, group: str, places: int) -> None:
    rounded = [Decimal(f"{number:.{places}f}") for number in numbers]
    read = parse_numbers(pl.Series([written(number, sign, group, places) for number in rounded]), sign)
    assert read.value.to_list() == [float(number) for number in rounded]
    assert not read.bad.any()
    assert read.status.to_list() == ["zero" if number == 0 else "ok" for number in rounded]


@given(st.lists(NUMBERS, min_size=1, max_size=20), SIGNS, GROUPS)
def test_two_decimals_leave_no_doubt_about_their_sign(numbers: list[Decimal], sign: str, group: str) -> None:
    column = pl.Series([written(number, sign, group, 2) for number in numbers])
    assert settle_decimal({"a": column}, None) == {"a": sign}


@given(st.lists(st.text(alphabet="0123456789.,-+() x/'", max_size=12), min_size=1, max_size=10), SIGNS)
def test_a_cell_is_read_alone(cells: list[str], sign: str) -> None:
    together = parse_numbers(pl.Series(cells), sign)
    for at, cell in enumerate(cells):
        alone = parse_numbers(pl.Series([cell]), sign)
        found = (together.value[at], together.status[at], together.bad[at])
        assert found == (alone.value[0], alone.status[0], alone.bad[0])


@given(st.lists(st.text(max_size=8), min_size=1, max_size=10), st.sampled_from([",", ".", None]))
def test_a_number_and_its_status_agree_and_a_bad_cell_has_none(cells: list[str], sign: str | None) -> None:
    read = parse_numbers(pl.Series(cells), sign)
    for value, status, bad in zip(read.value, read.status, read.bad, strict=True):
        assert (value is None) == (status in ("missing", "suppressed", "undefined"))
        assert (status == "zero") == (value == 0)
        assert not (bad and value is not None)


@given(st.integers(1, 999), st.integers(0, 999), SIGNS)
def test_three_digits_behind_a_sign_are_never_guessed(head: int, tail: int, sign: str) -> None:
    column = pl.Series([f"{head}{sign}{tail:03}", "7"])
    decided = settle_decimal({"a": column}, None)["a"]
    assert decided is None
    assert parse_numbers(column, decided).bad.to_list() == [True, False]
