"""Spreadsheets: XLSX, XLS and ODS, read by calamine."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from sozialraum.areas.containers import FREE_BYTES, MAX_BYTES, MAX_RATIO
from sozialraum.errors import Faults
from sozialraum.sources.formats.csv import join_headings
from sozialraum.sources.formats.options import Options
from sozialraum.sources.raw import LINE, Raw, as_text, find_columns, nearest


def read_sheet(path: Path, name: str, options: Options, wanted: Sequence[str] | None, faults: Faults) -> Raw | None:
    """Read the declared columns of a sheet: the declared one, or the first.

    Numbers stay numbers where a whole column holds nothing else, so that their decimal sign is never in question. Row
    numbers are those a spreadsheet program shows.

    Returns:
        The table, or None where it can not be read.
    """
    if _is_bomb(path):
        advice = "save it anew in a spreadsheet program, without empty rows and columns"
        faults.add(name, "the spreadsheet unpacks to far more than it should (zip bomb?)", advice=advice)
        return None
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        advice = "ask for the file again or open and save it in a spreadsheet program"
        faults.add(name, "the spreadsheet can not be opened", value=str(error).partition("\n")[0], advice=advice)
        return None
    sheet = options.sheet or (book.sheet_names[0] if book.sheet_names else "")
    if sheet not in book.sheet_names:
        advice = nearest(sheet, book.sheet_names)
        faults.add(name, "there is no such sheet", column="sheet", value=sheet, advice=advice)
        return None
    return _read(book, sheet, options, wanted, (name, faults))


def _is_bomb(path: Path) -> bool:
    """Tell whether a spreadsheet (XLSX and ODS are zip archives) grows beyond the limits of archives."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    return size > min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * path.stat().st_size))


def _read(
    book: fastexcel.ExcelReader, sheet: str, options: Options, wanted: Sequence[str] | None, at: tuple[str, Faults]
) -> Raw | None:
    name, faults = at
    above = options.skip_rows + options.header_rows
    head = _load(book, sheet, 0, n_rows=above, dtypes="string")
    header = join_headings([list(row) for row in head.rows()[options.skip_rows :]])
    if not any(header):
        others = ", ".join(other for other in book.sheet_names if other != sheet)
        advice = f"set sheet = ... (there are {others}) or skip_rows = ..." if others else "set skip_rows = ..."
        faults.add(name, "the sheet has no header where it is expected", line=above, value=sheet, advice=advice)
        return None
    declared = wanted if wanted is not None else [h for h in header if h]
    positions = find_columns(header, declared, name, faults, toml=options.toml)
    if wanted is not None and len(positions) < len(set(wanted)):
        return None
    data = _load(book, sheet, above, schema_sample_rows=None)
    if data.is_empty():
        faults.add(name, "the sheet has a header and no data", line=above, value=sheet, advice="ask for it again")
        return None
    columns = {column: _plain(data.to_series(at)) for column, at in positions.items()}
    numbered = pl.DataFrame(columns).with_row_index(LINE, offset=above + 1)
    return Raw(name, numbered.filter(~pl.all_horizontal(pl.exclude(LINE).is_null())))


def _load(book: fastexcel.ExcelReader, sheet: str, skip: int, **options: Any) -> pl.DataFrame:
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=skip, **options)
    frame: pl.DataFrame = loaded.to_polars()
    return frame


def _plain(column: pl.Series) -> pl.Series:
    """Keep numbers and text; make dates and truth values text."""
    return column if column.dtype.is_numeric() else as_text(column)
