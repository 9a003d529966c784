"""Tables for programs and people: CSV, Parquet, XLSX."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter

from sozialraum.indicators import status_word
from sozialraum.publishing.exports.table import NUMBERS, OFFICIAL_SIGNS, Selection, source_text
from sozialraum.publishing.words import words

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its heading included; a spreadsheet drops what is beyond."""

_TEXT_WIDTH, _NUMBER_WIDTH = 22, 12


def csv(selection: Selection) -> bytes:
    """Return comma, decimal point, UTF-8: what programs read."""
    return plain_csv(selection.table)


def german_csv(selection: Selection) -> bytes:
    """Return semicolon, decimal comma, UTF-8 with a byte order mark: what a German spreadsheet opens correctly."""
    return spreadsheet_csv(selection.table)


def plain_csv(frame: pl.DataFrame) -> bytes:
    """Write a table as :func:`csv` does."""
    return frame.write_csv(line_terminator="\r\n").encode()


def spreadsheet_csv(frame: pl.DataFrame) -> bytes:
    """Write a table as :func:`german_csv` does."""
    return frame.write_csv(separator=";", decimal_comma=True, line_terminator="\r\n").encode("utf-8-sig")


def parquet(selection: Selection) -> bytes:
    """Return Parquet, with release and licence in the file's own metadata."""
    out = io.BytesIO()
    licences = sorted({source.licence for source in selection.sources.values()})
    about = {"release": selection.release.id, "licence": "; ".join(licences), "publisher": selection.package.city.name}
    selection.table.write_parquet(out, compression="zstd", metadata=about)
    return out.getvalue()


def xlsx(selection: Selection) -> bytes:
    """Return a workbook for people: the values with their signs where there is no number, and a sheet about them.

    Raises:
        ValueError: there are more values than a sheet has rows.
    """
    if selection.table.height >= SHEET_ROWS:
        raise ValueError(f"{selection.table.height:,} values do not fit into a sheet; choose an indicator, or CSV")
    out = io.BytesIO()
    table = words(selection.language)["xlsx"]
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _created(selection), "company": selection.package.city.name})
        _write_values(book, selection, table)
        _write_about(book, selection, table)
    return out.getvalue()


def _created(selection: Selection) -> datetime:
    """Return when the release was made: the same release gives the same bytes."""
    return datetime.fromisoformat(str(selection.release.manifest["created"])).replace(tzinfo=None)


def _write_values(book: Any, selection: Selection, table: dict[str, Any]) -> None:
    sheet = book.add_worksheet(table["values"])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    frame = selection.table
    for place, name in enumerate(frame.columns):
        sheet.write_string(0, place, table["columns"][name], bold)
        sheet.set_column(place, place, _NUMBER_WIDTH if name in NUMBERS else _TEXT_WIDTH)
    formats = {name: _number_format(book, document.decimals) for name, document in selection.documents.items()}
    whole, right = _number_format(book, 0), book.add_format({"align": "right"})
    for row, values in enumerate(frame.iter_rows(named=True), start=1):
        for place, name in enumerate(frame.columns):
            look = whole if name in ("numerator", "denominator") else formats[values["indicator"]]
            _write_cell(sheet, (row, place), values, name, (look, right))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, frame.height), len(frame.columns) - 1)


def _write_cell(sheet: Any, place: tuple[int, int], values: dict[str, Any], name: str, looks: tuple[Any, Any]) -> None:
    content = values[name]
    if name in NUMBERS and content is not None:
        sheet.write_number(*place, content, looks[0])
    elif name == "value":
        sheet.write_string(*place, values["sign"], looks[1])
    elif content:
        sheet.write_string(*place, str(content))


def _number_format(book: Any, decimals: int) -> Any:
    return book.add_format({"num_format": f"#,##0.{'0' * decimals}" if decimals else "#,##0"})


def _write_about(book: Any, selection: Selection, table: dict[str, Any]) -> None:
    sheet = book.add_worksheet(table["about"])
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    for row, (head, text) in enumerate(about_rows(selection)):
        sheet.write_string(row, 0, head, bold)
        sheet.write_string(row, 1, text, wrap)


def about_rows(selection: Selection) -> list[tuple[str, str]]:
    """Return what a reader of the table must know, as pairs of a heading and a text."""
    language = selection.language
    table = words(language)["xlsx"]
    contact = selection.package.city.contact
    rows = [
        (table["release"], selection.release.id),
        (table["publisher"], contact.name if contact else selection.package.city.name),
        *((table["source"], f"{source_text(s, language)} ({s.licence})") for s in selection.sources.values()),
    ]
    for document in selection.documents.values():
        rows.append((document.title.get(language), document.definition.get(language)))
        if document.caveats:
            rows.append(("", document.caveats.get(language)))
    signs = [
        (f"{table['sign']} {sign}", status_word(status, language)) for status, sign in OFFICIAL_SIGNS.items() if sign
    ]
    return [*rows, *signs]
