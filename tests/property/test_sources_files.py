"""Whatever stands in a file: it is read as the standard library reads it, or refused in words."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.catalogue import ColumnDoc
from sozialraum.errors import DeliveryError, Faults
from sozialraum.periods import parse_period
from sozialraum.sources.addresses import HouseNumber, normal_street, parse_house_number
from sozialraum.sources.formats.opening import read_table
from sozialraum.sources.formats.options import Options
from sozialraum.sources.pseudonyms import Pseudonyms
from sozialraum.sources.raw import LINE, Place, Raw
from sozialraum.sources.roles import read_age

CELL = st.text(alphabet="abäß 1;,\"'\n.-*^$", max_size=6)
TABLE = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8))


def read(content: bytes, name: str = "a.csv", **options: object) -> tuple[Raw | None, Faults]:
    faults = Faults()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found = read_table(path, name, Options(**options), None, faults)
    return found, faults


@given(TABLE, st.sampled_from([";", ","]), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "cp1252"]))
@settings(max_examples=150, deadline=None)
def test_a_csv_is_read_as_the_standard_library_reads_it_with_its_lines(
    table: list[list[str]], separator: str, ends: str, encoding: str
) -> None:
    width = len(table[0]) if table else 2
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator=ends, quoting=csv.QUOTE_ALL)
    writer.writerow([f"c{at}" for at in range(width)])
    lines = []
    for row in table:
        lines.append(stream.getvalue().count("\n") + 1)
        writer.writerow(row)
    found, faults = read(stream.getvalue().encode(encoding), separator=separator, encoding=encoding)
    expected = [(line, *row) for line, row in zip(lines, table, strict=True) if any(row)]
    if not expected:
        assert found is None or found.frame.is_empty()
        return
    assert not faults, list(faults)
    assert found is not None
    assert found.frame.rows() == expected


@given(
    st.lists(st.lists(st.text(alphabet="ab1", max_size=3), min_size=1, max_size=5), min_size=1, max_size=8),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_no_row_is_lost_or_shifted(rows: list[list[str]], quoted: bool) -> None:
    quote = '"' if quoted else ""
    text = "a;b;c\n" + "".join(";".join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in rows)
    found, faults = read(text.encode(), separator=";")
    uneven = [
        row for row in rows if len(row.copy()) != 3 and any(cell.strip() for cell in (row if len(row) < 3 else row[3:]))
    ]
    if uneven:
        assert faults
        assert found is None
    else:
        expected = [tuple(row[:3]) for row in rows if any(row)]
        read_back = [] if found is None else found.frame.drop(LINE).rows()
        assert read_back == expected


@given(
    st.binary(max_size=400),
    st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.parquet", "a.zip", "a.csv.gz", "a.geojson"]),
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(content: bytes, name: str) -> None:
    try:
        found, faults = read(content, name)
    except DeliveryError as error:
        faults = Faults(list(error.faults))
        found = None
    assert found is not None or faults
    for fault in faults:
        assert fault.file == name
        assert fault.what


@given(st.dates(date(1900, 1, 1), date(2024, 12, 31)), st.sampled_from(["2024", "2024-H1", "2023-05", "2024-02-29"]))
def test_age_is_the_number_of_birthdays(born: date, period: str) -> None:
    last = parse_period(period).last
    faults = Faults()
    place = Place("a.csv", "born", pl.Series([2], dtype=pl.UInt32), faults)
    doc = ColumnDoc(dimension="age", reads="birth-date")
    age = read_age(pl.Series([born.isoformat()]), doc, place, pl.Series([period]))[0]
    birthdays = sum(
        (year, born.month, born.day) <= (last.year, last.month, last.day) for year in range(born.year + 1, 2030)
    )
    if born > last:
        assert (age, len(list(faults))) == (None, 1)
    else:
        assert (age, len(list(faults))) == (birthdays, 0)


@given(st.lists(st.text(alphabet="abc123 ", max_size=4), max_size=20), st.integers(1, 4))
def test_pseudonyms_are_equal_where_identifiers_are(texts: list[str], parts: int) -> None:
    whole = Pseudonyms(b"k" * 32).of("person", pl.Series(texts, dtype=pl.String)).to_list()
    pseudonyms = Pseudonyms(b"k" * 32)
    pieces = [texts[start::parts] for start in range(parts)]
    found = [pseudonyms.of("person", pl.Series(piece, dtype=pl.String)).to_list() for piece in pieces]
    assert found == [whole[start::parts] for start in range(parts)]
    names = [text.strip() for text in texts]
    assert [[a == b for a in whole] for b in whole] == [[a == b for a in names] for b in names]


HOUSES = st.builds(lambda low, more: HouseNumber(low, low + more), st.integers(1, 30), st.integers(0, 8))


@given(HOUSES, st.integers(1, 40))
def test_a_range_holds_the_numbers_of_its_side(house: HouseNumber, number: int) -> None:
    step = 2 if house.low % 2 == house.high % 2 else 1
    inside = set(range(house.low, house.high + 1, step)) if not house.single else {house.low}
    assert house.holds(HouseNumber(number, number)) == (number in inside)


@given(HOUSES, st.sampled_from(["-", " - ", "–", "/"]))
def test_a_written_range_is_read(house: HouseNumber, dash: str) -> None:
    text = str(house.low) if house.single else f"{house.low}{dash}{house.high}"
    assert parse_house_number(text) == house


@given(st.text(max_size=20))
def test_normalising_a_street_twice_changes_nothing(name: str) -> None:
    assert normal_street(normal_street(name)) == normal_street(name)
