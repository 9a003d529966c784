"""Codes, names and dates of validity out of delivered columns: everything becomes text, and leading zeros stay."""

from __future__ import annotations

import difflib
import re
from datetime import date, datetime
from pathlib import Path

import polars as pl

from sozialraum.areas.containers import refuse
from sozialraum.areas.systems import AREA_SCHEMA
from sozialraum.catalogue.documents import AreaSystemDoc
from sozialraum.errors import Faults

ROW = "__row"
"""Row of the delivered file for faults: features counted from 1, lines of a table from 2 (its header is line 1)."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def read_code_table(path: Path, encoding: str | None, name: str) -> pl.DataFrame:
    """Read a plain CSV of codes and names, for a system without geometry; every column stays text.

    Raises:
        DeliveryError: the file is missing, empty, not text, or its rows differ in length.
    """
    if not path.is_file() or not path.stat().st_size:
        raise refuse(name, "the file is missing or empty", advice="Put it into the deliveries folder.")
    text = _decoded(path.read_bytes(), encoding, name)
    header = text.partition("\n")[0]
    separator = max(";,\t|", key=header.count)
    try:
        return pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise refuse(name, "the table can not be read", value=str(error).partition("\n")[0]) from error


def area_frame(
    doc: AreaSystemDoc, table: pl.DataFrame, name: str, faults: Faults, *, first_row: int = 1
) -> pl.DataFrame | None:
    """Turn a delivered table into the frame of an area system.

    Args:
        doc: which columns mean what.
        table: the table as delivered.
        name: the file as faults call it.
        faults: where missing columns, missing and repeated codes and unreadable dates are recorded.
        first_row: where rows are counted from.

    Returns:
        Columns as in :data:`AREA_SCHEMA` and :data:`ROW`; ``None`` where a needed column is missing.
    """
    if not _check_columns(doc, table, name, faults):
        return None
    numbered = _filtered(doc, table.with_row_index(ROW, offset=first_row))
    if not numbered.height:
        faults.add(name, "no row is left", column="filter", advice="Correct the filter in the area's TOML.")
        return None
    frame = pl.DataFrame(
        {
            ROW: numbered[ROW],
            "code": own_codes(doc, as_text(numbered[doc.code or ""])),
            "name": _names(doc, as_text(numbered[doc.name or ""])),
            "parent": as_text(numbered[doc.parent_code]) if doc.parent_code else [None] * numbered.height,
            "valid_from": _dates(doc.valid_from, numbered, name, faults),
            "valid_to": _dates(doc.valid_to, numbered, name, faults),
        },
        schema_overrides=AREA_SCHEMA,
    )
    _check_codes(frame, doc, name, faults)
    return frame.with_columns(pl.col("name").fill_null(pl.col("code")))


def _names(doc: AreaSystemDoc, column: pl.Series) -> pl.Series:
    """Return the part of each name that the pattern finds; a name in which it finds nothing stays as it is."""
    return column.str.extract(doc.name_pattern, 1).fill_null(column) if doc.name_pattern else column


def as_text(column: pl.Series) -> pl.Series:
    """Return a column as trimmed text; whole numbers lose their ``.0``, nothing becomes null."""
    if column.dtype.is_float() and column.drop_nulls().drop_nans().cast(pl.Int64).eq(column.drop_nulls()).all():
        column = column.cast(pl.Int64)
    text = column.cast(pl.String).str.strip_chars()
    return text.replace("", None)


def own_codes(doc: AreaSystemDoc, delivered: pl.Series) -> pl.Series:
    """Translate delivered codes of a system into its own: by its ``codes``, else padded with zeros."""
    padded = delivered.str.zfill(doc.pad) if doc.pad else delivered
    known = doc.codes or {}
    translated = delivered.replace_strict(known, default=None, return_dtype=pl.String) if known else None
    return padded if translated is None else translated.zip_with(translated.is_not_null(), padded)


def _decoded(content: bytes, encoding: str | None, name: str) -> str:
    for candidate in (encoding,) if encoding else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise refuse(name, "the text can not be decoded", value=encoding or "", advice='Set encoding, e.g. "cp1252".')


def _check_columns(doc: AreaSystemDoc, table: pl.DataFrame, name: str, faults: Faults) -> bool:
    dates = [column for column in (doc.valid_from, doc.valid_to) if column and not _ISO.fullmatch(column)]
    wanted = [doc.code, doc.name, doc.parent_code, *dates, *doc.filter]
    missing = sorted({column for column in wanted if column and column not in table.columns})
    for column in missing:
        near = difflib.get_close_matches(column, table.columns, n=1, cutoff=0.5)
        hint = f"Is it {near[0]!r}? " if near else ""
        faults.add(name, "there is no such column", column=column, advice=f"{hint}There are: {_listed(table.columns)}.")
    return not missing


def _listed(names: list[str], most: int = 20) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _filtered(doc: AreaSystemDoc, table: pl.DataFrame) -> pl.DataFrame:
    for column, wanted in doc.filter.items():
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        table = table.filter(as_text(table[column]).is_in(values).fill_null(False))
    return table


def _dates(column: str | None, table: pl.DataFrame, name: str, faults: Faults) -> list[str | None]:
    if column is None or _ISO.fullmatch(column):
        return [column] * table.height
    found: list[str | None] = []
    for row, text in zip(table[ROW], as_text(table[column]), strict=True):
        day = _iso_date(text) if text else None
        if text and day is None:
            faults.add(name, "this is no date", line=row, column=column, value=text, advice="Write it as 2024-12-31.")
        found.append(day)
    return found


def _iso_date(text: str) -> str | None:
    whole = text.partition(".0000")[0]
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(whole, pattern).date().isoformat()  # noqa: DTZ007  (a calendar day has no zone)
        except ValueError:
            continue
    return None


def _check_codes(frame: pl.DataFrame, doc: AreaSystemDoc, name: str, faults: Faults) -> None:
    for row in frame.filter(pl.col("code").is_null())[ROW]:
        faults.add(name, "an area has no code", line=row, column=doc.code or "", advice="Every area needs a code.")
    for row, code in frame.filter(pl.col("name").is_null()).select(ROW, "code").iter_rows():
        faults.note(name, "an area has no name, its code is shown", line=row, column=doc.name or "", value=code or "")
    for row, code in frame.filter(pl.col("valid_from") > pl.col("valid_to")).select(ROW, "code").iter_rows():
        advice = "Correct valid_from and valid_to."
        faults.add(
            name,
            "an area ends before it begins",
            line=row,
            column=doc.valid_to or "",
            value=code or "",
            advice=advice,
        )
    for row, code in _repeated(frame).iter_rows():
        faults.add(
            name,
            "the code appears twice at the same time",
            line=row,
            column=doc.code or "",
            value=code,
            advice="Merge the rows, filter them in the area's TOML, or give their validity.",
        )


def _repeated(frame: pl.DataFrame) -> pl.DataFrame:
    """Return row and code of every row whose code is still valid from an earlier row."""
    first, last = date.min.isoformat(), date.max.isoformat()
    began, ended = pl.col("valid_from").fill_null(first), pl.col("valid_to").fill_null(last)
    ordered = frame.filter(pl.col("code").is_not_null()).sort("code", began, ROW)
    lasts_until = ended.cum_max().shift(1).over("code")
    return ordered.filter(lasts_until >= began).select(ROW, "code")
