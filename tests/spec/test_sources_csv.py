"""CSV as offices write it: what is found out, what is declared, and where exactly something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_samples import Town, rows

TOML = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel", by = "name" }
"Köpfe" = { count = "persons" }
"""
TEXT = "Jahr;Viertel;Köpfe\n2023;Süd-Stadt;120\n2024;Süd-Stadt;1.250\n2024;Altstadt;12,0\n"
EXPECTED = [("02", "2023", 120.0, 2), ("02", "2024", 1250.0, 3), ("01", "2024", 12.0, 4)]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("cp1252"),
        TEXT.encode("cp850"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode("cp1252"),
        TEXT.rstrip("\n").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", "|").encode(),
        TEXT.replace("12,0", "12").replace(";", ",").replace("1.250", '"1,250.0"').encode(),
        TEXT.replace("\n", ";\n").encode(),
        TEXT.replace("\n", ";\n").replace("Köpfe;", "Köpfe", 1).encode(),
        TEXT.replace("Süd-Stadt", '"Süd-Stadt"').encode(),
        (TEXT + "\n\n").encode(),
        TEXT.replace("Jahr;Viertel;Köpfe", " Jahr ;Viertel;Köpfe").encode(),
    ],
    ids=[
        "utf-8",
        "byte order mark",
        "utf-16",
        "windows",
        "dos",
        "windows line ends",
        "old mac line ends",
        "no line end",
        "tabs",
        "bars",
        "commas",
        "a separator at every end",
        "a separator at the end of data",
        "quotes",
        "blank lines at the end",
        "blanks around a name",
    ],
)
def test_it_works_however_it_is_written(town: Town, content: bytes) -> None:
    assert rows(town.cells(TOML, content), "area", "period", "value", "line") == EXPECTED


def test_columns_that_are_not_declared_are_not_read(town: Town) -> None:
    text = "Name;Jahr;Viertel;Köpfe\nErika;2023;Altstadt;5\n"
    assert "Erika" not in str(town.cells(TOML, text).rows())


def test_lines_are_exact_even_behind_fields_of_several_lines(town: Town) -> None:
    text = 'Jahr;Viertel;Köpfe;Bemerkung\n2023;Altstadt;5;"erste\nzweite; dritte"\n2024;Altstadt;6;\n'
    assert rows(town.cells(TOML, text), "period", "value", "line") == [("2023", 5.0, 2), ("2024", 6.0, 4)]


def test_lines_are_exact_behind_blank_ones(town: Town) -> None:
    text = "Jahr;Viertel;Köpfe\n\n2023;Altstadt;5\n;;\n2024;Altstadt;6\n"
    assert rows(town.cells(TOML, text), "period", "line") == [("2023", 3), ("2024", 5)]


def test_titles_above_the_header_are_skipped(town: Town) -> None:
    text = "Bevölkerung\nStand: heute\nJahr;Viertel;Köpfe\n2023;Altstadt;5\n"
    assert rows(town.cells("skip_rows = 2\n" + TOML, text), "value", "line") == [(5.0, 4)]


def test_two_header_rows_are_joined_and_headings_span(town: Town) -> None:
    toml = """
header_rows = 2
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
"Kinder m" = { count = "persons", where = { age = "0-14", sex = "male" } }
"Kinder w" = { count = "persons", where = { age = "0-14", sex = "female" } }
"""
    text = "Jahr;Viertel;Kinder;\n;;m;w\n2023;01;5;6\n"
    assert rows(town.cells(toml, text), "where", "value", "line") == [
        ("age=0-14;sex=male", 5.0, 3),
        ("age=0-14;sex=female", 6.0, 3),
    ]


def test_declared_encoding_and_separator_are_used(town: Town) -> None:
    toml = 'encoding = "cp1250"\nseparator = "#"\n' + TOML
    assert town.cells(toml, TEXT.replace(";", "#").encode("cp1250"))["area"].to_list() == ["02", "02", "01"]


@pytest.mark.parametrize("name", ["*", "^P", "#line", "self", "Personen (m/w)"])
def test_a_column_may_be_called_anything(town: Town, name: str) -> None:
    toml = TOML.replace('"Köpfe"', f'"{name}"')
    text = f"Jahr;Viertel;{name};Platz\n2024;Altstadt;5;\n"
    assert rows(town.cells(toml, text), "value", "column", "line") == [(5.0, name, 2)]


def test_a_column_called_like_a_pattern_is_a_fault(town: Town) -> None:
    faults = town.faults(TOML.replace('"Köpfe"', '"^P.*$"'), "Jahr;Viertel;^P.*$\n2024;Altstadt;5\n")
    assert [fault.what for fault in faults] == ["a column can not be called like this"]


# name of the trouble, what is declared, what is delivered, where, what is said, what is advised
TROUBLE = [
    ("empty", "", b"", 0, "the file is empty (0 bytes)", "again"),
    ("only a header", "", b"Jahr;Viertel;K\xc3\xb6pfe\n", 0, "the file has a header and no data", "again"),
    ("a spreadsheet", 'format = "csv"', b"PK\x03\x04 and so on", 0, "it looks like a spreadsheet", "ending"),
    ("a web page", "", b"<!DOCTYPE html><html>", 0, "it looks like a web page", ""),
    ("binary", "", bytes(range(256)), 0, "it looks like a binary file", ""),
    ("cut off", "", TEXT[:-10].encode(), 4, "the row has 2 of 3 fields", "cut off"),
    ("a short row", "", TEXT.replace(";120", "").encode(), 2, "the row has 2 of 3 fields", "quote"),
    ("a long row", "", TEXT.replace("120", "120;7").encode(), 2, "the row has 4 of 3 fields", "quote"),
    ("wrong separator", 'separator = ","', TEXT.encode(), 1, "seem to be separated by ';'", "';'"),
    ("wrong encoding", 'encoding = "utf-8"', TEXT.encode("cp1252"), 1, "not in the encoding utf-8", "cp1252"),
    (
        "no known encoding",
        "",
        TEXT.encode() + bytes([0x8D, 0x81, 0x9D, 0x90]),
        0,
        "can not be recognised",
        "encoding =",
    ),
    ("unknown encoding", 'encoding = "klingon"', TEXT.encode(), 0, "this encoding is not known", "utf-8"),
    ("missing column", "", TEXT.replace("Köpfe", "Koepfe").encode(), 1, "this column is missing", "Koepfe"),
    ("column twice", "", TEXT.replace("Jahr", "Köpfe;Jahr").encode(), 1, "this column is there 2 times", "different"),
]


@pytest.mark.parametrize(
    ("declared", "content", "line", "what", "advice"), [case[1:] for case in TROUBLE], ids=[case[0] for case in TROUBLE]
)
def test_trouble_is_named_with_its_place_and_what_to_do(
    town: Town, declared: str, content: bytes, line: int, what: str, advice: str
) -> None:
    faults = town.faults(f"{declared}\n{TOML}", content)
    assert [fault for fault in faults if what in fault.what and fault.line == line and advice in fault.advice], faults
    assert {fault.file for fault in faults} == {"lieferung.csv"}


def test_a_short_row_hidden_by_a_quoted_separator_is_found(town: Town) -> None:
    text = 'Jahr;Viertel;Köpfe;Text\n2023;Altstadt;5;"a;b"\n2024;Altstadt;6\n2025;Altstadt;7;c\n'
    assert [(fault.line, fault.what) for fault in town.faults(TOML, text)] == [(3, "the row has 3 of 4 fields")]


def test_a_short_row_and_a_long_row_do_not_make_up_for_each_other(town: Town) -> None:
    text = "Jahr;Viertel;Köpfe;Text\n2023;Altstadt;5\n2024;Altstadt;6;x;y\n2025;Altstadt;7;z\n"
    assert [fault.line for fault in town.faults(TOML, text)] == [2, 3]


def test_a_short_row_and_an_empty_one_do_not_make_up_for_each_other(town: Town) -> None:
    text = "Jahr;Viertel;Köpfe\n;;\n2023\n\n2025;Altstadt;7\n"
    assert [fault.line for fault in town.faults(TOML, text)] == [3]


def test_umlauts_that_were_broken_before_delivery_are_noted(town: Town) -> None:
    text = "Jahr;Viertel;Köpfe;Art\n2023;Altstadt;5;StraÃŸe\n"
    toml = TOML + 'Art = { attribute = "art" }\n'
    notes = town.table(toml, text).notes
    assert [(note.column, note.what) for note in notes] == [("Art", "umlauts are broken")]


def test_many_faults_of_one_kind_are_named_one_by_one_up_to_twenty(town: Town) -> None:
    text = "Jahr;Viertel;Köpfe\n" + "".join(f"{1900 + n};Altstadt;viele\n" for n in range(100))
    faults = town.faults(TOML, text)
    assert len(faults) == 21
    assert [fault.line for fault in faults[:20]] == list(range(2, 22))
    assert [fault.what for fault in faults if "more" in fault.what] == [
        "... and 80 more of the same: this is no number"
    ]
