"""Tables that are not long: GENESIS flat CSV, and a column per period."""

from __future__ import annotations

import re

import polars as pl

from sozialraum.catalogue import SourceDoc
from sozialraum.errors import Faults
from sozialraum.periods import is_period
from sozialraum.sources.raw import LINE, MEASURE, QUALITY, VALUE, Raw, nearest
from sozialraum.tables import Status

QUALITY_SYMBOLS = {
    "()": Status.UNRELIABLE,
    "/": Status.UNRELIABLE,
    "p": Status.PROVISIONAL,
    "s": Status.ESTIMATED,
}
"""Quality symbols beside a value in GENESIS flat CSV; ``e`` (final) and ``r`` (corrected) change nothing."""

TOTALS = ("Insgesamt", "Total", "insgesamt", "total")

TIME, TIME_CODE = "time", "time_code"
_MEASURE, _VALUE, _QUALITY = "value_variable_code", "value", "value_q"
_HEADING = re.compile(r"(?P<measure>.*?)\s*(?:DATE_)?(?P<period>\d{4}(?:-\d{2}(?:-\d{2})?|-[HQ]\d|/\d{2})?)(?:\.0)?")


def flatten_ffcsv(raw: Raw, doc: SourceDoc, faults: Faults) -> Raw | None:
    """Turn a GENESIS flat CSV into one column per declared variable.

    A row of flat CSV names its variables in pairs of columns (``1_variable_code`` = ``KREISE``,
    ``1_variable_attribute_code`` = ``03241``); the TOML declares them by their code. An attribute
    without code, or called Insgesamt, is the total. Rows that do not have a declared variable, and
    rows that are split by one that is not declared, are left out.

    Returns:
        The declared variables, the period, :data:`MEASURE`, :data:`VALUE` and :data:`QUALITY`; None where it is no
        flat CSV or a declared variable does not occur.
    """
    frame = raw.frame
    missing = [name for name in (TIME, TIME_CODE, _MEASURE, _VALUE) if name not in frame.columns]
    for name in missing:
        faults.add(raw.file, "this column of a GENESIS flat CSV is missing", line=1, column=name)
    if missing:
        return None
    slots = [f"{n}_variable" for n in range(1, 20) if f"{n}_variable_code" in frame.columns]
    codes = {code for slot in slots for code in frame[f"{slot}_code"].unique().to_list() if code}
    wanted = _wanted(raw, doc, codes, faults)
    if wanted is None:
        return None
    kept, left_out = _rows_of(frame, slots, wanted)
    if kept.is_empty():
        advice = f"declare them or use filter; there are {', '.join(sorted(codes - set(wanted)))}"
        faults.add(raw.file, "no row is left: all are split by variables that are not declared", advice=advice)
        return None
    if left_out:
        faults.note(raw.file, f"{left_out:,} rows are left out: they are split by variables that are not declared")
    quality = pl.col(_QUALITY) if _QUALITY in frame.columns else pl.lit("")
    named = {name: pl.col(TIME) for name, column in doc.columns.items() if column.period and name != TIME}
    named |= {name: _variable(slots, name) for name in wanted}
    return Raw(
        raw.file, kept.with_columns(**named, **{MEASURE: pl.col(_MEASURE), VALUE: pl.col(_VALUE), QUALITY: quality})
    )


def _wanted(raw: Raw, doc: SourceDoc, codes: set[str], faults: Faults) -> list[str] | None:
    """Return the variables that are declared or filtered by; None where one does not occur."""
    times = {TIME, *raw.frame[TIME_CODE].unique().to_list()}
    declared = []
    for name, column in doc.columns.items():
        known = times if column.period else codes
        if column.measure or (name in raw.frame.columns and name != TIME):
            continue
        if name not in known:
            advice = nearest(name, [code for code in known if code])
            faults.add(raw.file, "no row has this variable", line=1, column=name, advice=advice)
            return None
        if not column.period:
            declared.append(name)
    return list(dict.fromkeys([*declared, *(name for name in doc.filter if name in codes)]))


def _variable(slots: list[str], name: str) -> pl.Expr:
    """Return the attribute of a variable, whichever slot of a row holds it; null where none does."""
    return pl.coalesce(pl.when(pl.col(f"{slot}_code") == name).then(_attribute(slot)) for slot in slots)


def _attribute(slot: str) -> pl.Expr:
    """Return the attribute that a slot holds, "" for the total (which has no code, or is called so)."""
    total = pl.col(f"{slot}_attribute_label").is_in(TOTALS)
    return pl.when(total).then(pl.lit("")).otherwise(pl.col(f"{slot}_attribute_code").fill_null(""))


def _rows_of(frame: pl.DataFrame, slots: list[str], wanted: list[str]) -> tuple[pl.DataFrame, int]:
    """Keep rows that have every wanted variable and are totals of all others."""
    has_all = [_variable(slots, name).is_not_null() for name in wanted]
    table = frame.filter(pl.all_horizontal(has_all)) if has_all else frame
    whole = []
    for slot in slots:
        other = ~pl.col(f"{slot}_code").is_in(wanted) & (_attribute(slot) != "")
        if table.filter(other)[f"{slot}_attribute_code"].n_unique() > 1:
            whole.append(~other)
    kept = table.filter(pl.all_horizontal(whole)) if whole else table
    return kept, frame.height - kept.height


def period_columns(raw: Raw) -> dict[str, tuple[str, str]]:
    """Find the columns whose heading ends with a period: ``2004``, ``Arbeitslose 2004``, ``DATE_2022-12-31``.

    Returns:
        Measure (what stands before the period, may be empty) and period by column.
    """
    found = {}
    for name in raw.frame.columns:
        heading = _HEADING.fullmatch(name.strip())
        if heading and name != LINE and is_period(heading["period"]):
            found[name] = (heading["measure"].strip(" _"), heading["period"])
    return found
