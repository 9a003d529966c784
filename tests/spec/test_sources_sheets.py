"""Spreadsheets: numbers stay numbers, rows are those a spreadsheet program shows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from source_samples import Town, rows

TOML = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Personen = { count = "persons" }
"""
TABLE = [("Jahr", "Viertel", "Personen"), (2023, "01", 1234), (2024, "02", "-"), (2024, "03", None)]
EXPECTED = [
    ("01", "2023", 1234.0, "ok", 2),
    ("02", "2024", 0.0, "zero", 3),
    ("03", "2024", None, "missing", 4),
]

Row = Sequence[object]


def xlsx(*sheets: tuple[str, Sequence[Row]], merge: Sequence[tuple[int, int, int, str]] = ()) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for name, table in sheets:
        sheet = book.add_worksheet(name)
        for at, row in enumerate(table):
            for column, value in enumerate(row):
                sheet.write(at, column, value, day if isinstance(value, date) else None)
        for row, first, last, text in merge:
            sheet.merge_range(row, first, row, last, text)
    book.close()
    return content.getvalue()


def ods(table: Sequence[Row]) -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value or ""}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in table)
    space = "urn:oasis:names:tc:opendocument:xmlns"
    body = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Daten">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        kind = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{kind}"/>')
    return content.getvalue()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town")


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", xlsx(("Daten", TABLE))), ("a.ods", ods(TABLE))])
def test_it_works(town: Town, name: str, content: bytes) -> None:
    assert rows(town.cells(TOML, content, name), "area", "period", "value", "status", "line") == EXPECTED


def test_a_year_may_be_a_number_and_codes_may_have_lost_their_zeros(town: Town) -> None:
    table = [TABLE[0], (2023.0, 1, 5), (2024.0, 2, 6)]
    toml = TOML.replace('area = "viertel"', 'area = "viertel", pad = 2')
    assert rows(town.cells(toml, xlsx(("A", table)), "a.xlsx"), "area", "period") == [("01", "2023"), ("02", "2024")]


def test_dates_are_periods(town: Town) -> None:
    table = [TABLE[0], (date(2024, 12, 31), "01", 5)]
    toml = TOML.replace('"year"', '"date"')
    assert town.cells(toml, xlsx(("A", table)), "a.xlsx")["period"].to_list() == ["2024-12-31"]


def test_decimals_of_number_cells_are_never_in_doubt(town: Town) -> None:
    table = [TABLE[0], (2023, "01", 1.234)]
    toml = TOML.replace('count = "persons"', 'figure = "rent"')
    assert town.cells(toml, xlsx(("A", table)), "a.xlsx")["value"].to_list() == [1.234]


def test_titles_merged_headings_and_empty_rows(town: Town) -> None:
    table: list[Row] = [
        ("Kinder in Musterstadt",),
        ("Jahr", "Viertel", None, None),
        (None, None, "m", "w"),
        (2023, "01", 5, 6),
        (),
        (2024, "01", 7, 8),
    ]
    toml = """
skip_rows = 1
header_rows = 2
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
"Kinder m" = { count = "persons", where = { sex = "male" } }
"Kinder w" = { count = "persons", where = { sex = "female" } }
"""
    found = town.cells(toml, xlsx(("A", table), merge=[(1, 2, 3, "Kinder")]), "a.xlsx")
    assert rows(found, "where", "period", "value", "line", "column") == [
        ("sex=male", "2023", 5.0, 4, "Kinder m"),
        ("sex=male", "2024", 7.0, 6, "Kinder m"),
        ("sex=female", "2023", 6.0, 4, "Kinder w"),
        ("sex=female", "2024", 8.0, 6, "Kinder w"),
    ]


def test_the_declared_sheet_is_read(town: Town) -> None:
    content = xlsx(("Deckblatt", [("Stand",)]), ("Daten", TABLE))
    assert town.cells('sheet = "Daten"\n' + TOML, content, "a.xlsx").height == 3


TROUBLE = [
    ("not a spreadsheet", "", b"PK\x03\x04 broken", "the spreadsheet can not be opened", "again"),
    ("cut off", "", xlsx(("A", TABLE))[:1500], "the spreadsheet can not be opened", "again"),
    ("no such sheet", 'sheet = "Datne"', xlsx(("Daten", TABLE)), "there is no such sheet", "Daten"),
    ("no data", "", xlsx(("A", TABLE[:1])), "the sheet has a header and no data", "again"),
    ("empty first sheet", "", xlsx(("A", []), ("B", TABLE)), "the sheet has no header where it is expected", "B"),
    ("missing column", "", xlsx(("A", [("Jahr", "Viertl", "Personen"), (1, "01", 1)])), "is missing", "Viertl"),
    ("text for a number", "", xlsx(("A", [*TABLE, (2025, "01", "viele")])), "this is no number", "correct"),
]


@pytest.mark.parametrize(
    ("declared", "content", "what", "advice"), [t[1:] for t in TROUBLE], ids=[t[0] for t in TROUBLE]
)
def test_trouble_is_named(town: Town, declared: str, content: bytes, what: str, advice: str) -> None:
    faults = town.faults(f"{declared}\n{TOML}", content, "a.xlsx")
    assert [fault for fault in faults if what in fault.what and advice in fault.advice], faults


def test_a_bomb_in_a_spreadsheet_is_not_opened(town: Town) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (64 << 20))
    faults = town.faults(TOML, content.getvalue(), "a.xlsx")
    assert ["zip bomb" in fault.what for fault in faults] == [True]
