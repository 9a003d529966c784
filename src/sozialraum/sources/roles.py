"""What the columns of a delivery mean: periods, areas, codes of dimensions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

import polars as pl

from sozialraum.catalogue import CodeListDoc, ColumnDoc, split_codes
from sozialraum.catalogue.references import code_problem
from sozialraum.periods import Frequency, parse_period, period_of
from sozialraum.sources.numbers import Numbers, parse_numbers
from sozialraum.sources.raw import LINE, NotUnderstoodError, Place, by_value, constant, nearest, translate
from sozialraum.sources.reading import Delivered, Reading

ELSEWHERE = "#elsewhere"
"""Marks rows of areas that the area system does not have and that are to be left out."""

DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d.%m.%y", "%Y-%m-%d %H:%M:%S")
"""Ways to write a date that are tried where none is declared."""

OLDEST = 130
"""A birth date further back than this many years is a mistake."""


def read_period(column: pl.Series, doc: ColumnDoc, place: Place) -> pl.Series:
    """Turn a column into periods of the declared length, as text."""
    frequency = Frequency(doc.period or "year")

    def understand(text: str) -> str:
        if not text:
            raise NotUnderstoodError("the period is missing", "fill it in, or remove the row")
        if doc.format:
            return period_of(_date(text, doc.format), frequency).text
        try:
            period = parse_period(_iso(text, frequency))
        except ValueError:
            advice = f"periods of this column are declared as {frequency.value}; for dates set format"
            raise NotUnderstoodError("this is no period", advice) from None
        if period.frequency is not frequency:
            advice = f"deliver {frequency.value}s only, or declare period = {period.frequency.value!r}"
            raise NotUnderstoodError(
                f"this is a {period.frequency.value}, the column is declared as {frequency.value}", advice
            )
        return period.text

    return translate(column, understand, pl.String, place)


def _iso(text: str, frequency: Frequency) -> str:
    """Rewrite the ways in which spreadsheets and offices write years and dates."""
    if text.endswith(".0") and text[:-2].isdigit():
        return text[:-2]
    if frequency is Frequency.DATE and len(text) == 10 and text[2] == text[5] == ".":
        return f"{text[6:]}-{text[3:5]}-{text[:2]}"
    return text


def _date(text: str, pattern: str) -> date:
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise NotUnderstoodError(f"this is no date of the form {pattern}", "correct the row, or format") from None


def read_area(column: pl.Series, doc: ColumnDoc, place: Place, reading: Reading, *, empty: bool) -> pl.Series:
    """Turn a column into codes of its area system.

    Args:
        column: codes or names as delivered.
        doc: the column's document.
        place: where unknown areas are reported.
        reading: knows the area systems.
        empty: whether an area may be missing (a unit that nobody could place; then it is null).

    Returns:
        Codes; :data:`ELSEWHERE` in rows that are to be left out.
    """
    understand = _area_meaning(doc, reading)

    def meaning(text: str) -> str | None:
        if text:
            return understand(text)
        if empty:
            return None
        if doc.elsewhere == "skip":
            return ELSEWHERE
        raise NotUnderstoodError("the area is missing", "fill it in, or leave such rows out with filter")

    return translate(column, meaning, pl.String, place)


def _area_meaning(doc: ColumnDoc, reading: Reading) -> Callable[[str], str]:
    system = reading.systems.get(doc.area or "") if reading.systems is not None else None
    codes = set(system.codes) if system else None
    names = _names(system.frame) if system else {}
    written = system.frame["name"].drop_nulls().to_list() if system else []
    keys = _keys(doc, reading)

    def understand(text: str) -> str:
        try:
            key = keys(text)
        except NotUnderstoodError:
            if doc.elsewhere == "skip":
                return ELSEWHERE
            raise
        if doc.by == "name" and (found := names.get(simple(key))):
            return found
        if codes is None or key in codes:
            return key
        if doc.elsewhere == "skip":
            return ELSEWHERE
        if doc.by == "code" and doc.lookup is None and simple(key) in names:
            what = f"these are names of areas in {doc.area}, not their codes"
            raise NotUnderstoodError(what, f'write by = "name" for this column in {reading.toml}', of_column=True)
        by_name = doc.by == "name"
        noun, near = ("name", nearest(key, written, simple)) if by_name else ("code", nearest(key, codes))
        advice = f"{near}; elsewhere = 'skip' leaves such rows out"
        raise NotUnderstoodError(f"there is no area of this {noun} in {doc.area}", advice)

    return understand


def report_elsewhere(keep: pl.Series, file: str, reading: Reading) -> None:
    """Note how many rows are left out because their area is elsewhere; that all are is a fault."""
    left_out = len(keep) - int(keep.sum())
    what = f"{left_out:,} of {len(keep):,} rows are of areas elsewhere and are left out"
    if left_out and left_out == len(keep):
        advice = "are the codes written as in the area system? pad, pattern and codes translate them"
        reading.faults.add(file, what, advice=advice)
    elif left_out:
        reading.faults.note(file, what)


def _names(frame: pl.DataFrame) -> dict[str, str]:
    """Return codes by simplified name, without names that several areas have."""
    pairs = frame.select("name", "code").unique().rows()
    known: dict[str, set[str]] = {}
    for name, code in pairs:
        known.setdefault(simple(name or ""), set()).add(code)
    return {name: next(iter(codes)) for name, codes in known.items() if len(codes) == 1}


def simple(name: str) -> str:
    """Return a name without the differences that do not matter: case, hyphens, blanks, ß, a number in front."""
    return " ".join(re.sub(r"^\d+\s+(?=\D)", "", name.casefold()).replace("-", " ").replace("/", " ").split())


def _keys(doc: ColumnDoc, reading: Reading) -> Callable[[str], str]:
    """Return what pads, looks up and translates a delivered value, in this order."""
    lookup = reading.lookup(doc)
    pattern = re.compile(doc.pattern) if doc.pattern else None
    codes: Mapping[str, str] = doc.codes or {}

    def key_of(text: str) -> str:
        if pattern is not None and text:
            found = pattern.fullmatch(text)
            if not found:
                raise NotUnderstoodError(f"this is not of the form {doc.pattern}", "correct it, or pattern")
            text = "".join(part or "" for part in found.groups())
        key = text.rjust(doc.pad or 0, "0") if text else text
        if lookup is not None:
            if key not in lookup:
                raise NotUnderstoodError(f"{doc.lookup} does not hold this key", nearest(key, lookup))
            key = lookup[key]
        return codes.get(key, key)

    return key_of


def read_code(column: pl.Series, doc: ColumnDoc, place: Place, reading: Reading, *, total: bool) -> pl.Series:
    """Turn a column of an aggregate into codes of its dimension.

    Args:
        column: the column as delivered.
        doc: the column's document.
        place: where unknown codes are reported.
        reading: knows the code lists.
        total: whether an empty cell stands for the whole (GENESIS), else it must be declared (``codes = {"" = ""}``).

    Returns:
        Codes, "" where a row is about the whole.
    """
    known = reading.project.catalogue.codes[doc.dimension or ""]
    keys = _keys(doc, reading)

    def understand(text: str) -> str:
        if not text and "" not in (doc.codes or {}):
            if total:
                return ""
            advice = 'fill it in; if it stands for the whole declare codes = { "" = "" }'
            raise NotUnderstoodError(f"the code of {doc.dimension} is missing", advice)
        code = keys(text)
        if doc.reads == "number":
            code = str(_whole(code))
        return "|".join(_known_code(part, known, doc) for part in split_codes(code))

    return translate(column, understand, pl.String, place)


def _known_code(code: str, known: CodeListDoc, doc: ColumnDoc) -> str:
    if problem := code_problem(known, code):
        what, near = problem
        advice = near or f'translate it with codes = {{ "{code}" = "..." }}, or correct it'
        raise NotUnderstoodError(f"{doc.dimension}: {what}", advice)
    return code


def _whole(text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        raise NotUnderstoodError("this is no number", "correct it, or translate it with codes") from None
    if number < 0 or number != int(number):
        raise NotUnderstoodError("this is no whole number from 0", "correct it, or translate it with codes")
    return int(number)


def read_property(column: pl.Series, doc: ColumnDoc, place: Place, reading: Reading) -> pl.Series:
    """Turn a column of a register into single codes (an enum) or whole numbers (intervals); null = unknown."""
    known = reading.project.catalogue.codes[doc.dimension or ""]
    keys = _keys(doc, reading)

    def number(text: str) -> int | None:
        key = keys(text)
        return _whole(key) if key else None

    def code(text: str) -> str | None:
        key = keys(text)
        if key in known.groups:
            advice = f"a unit has one of {known.groups[key].replace('|', ', ')}"
            raise NotUnderstoodError(f"{doc.dimension}: {key} is a group of several codes", advice)
        return _known_code(key, known, doc) if key else None

    if known.kind == "interval":
        return translate(column, number, pl.Int32, place)
    return translate(column, code, pl.Enum(list(known.codes)), place)


def read_age(column: pl.Series, doc: ColumnDoc, place: Place, periods: pl.Series) -> pl.Series:
    """Turn birth dates or birth years into ages in whole years on the last day of each row's period."""
    last = by_value(periods, lambda text: int(f"{parse_period(text).last:%Y%m%d}"), pl.Int32)
    age = (last - _day_numbers(_birth_dates(column, doc, place))) // 10_000
    place.bad(age < 0, column, "born after the end of the period", "correct the date, or the period")
    place.bad(age > OLDEST, column, f"more than {OLDEST} years old", "correct the date; leave it empty if not known")
    return age.set((age < 0) | (age > OLDEST), None)


def _day_numbers(dates: pl.Series) -> pl.Series:
    """Return dates as numbers like 20041231: between two of them lie as many whole years as ten thousands."""
    return dates.dt.year() * 10_000 + dates.dt.month().cast(pl.Int32) * 100 + dates.dt.day().cast(pl.Int32)


def _birth_dates(column: pl.Series, doc: ColumnDoc, place: Place) -> pl.Series:
    text = column.cast(pl.String).str.strip_chars()
    given = text.set(text == "", None)
    what, advice, form = "this is no date", "write all dates alike, or set format", ""
    if doc.reads == "birth-year":
        what, advice, form = "this is no year", "write 1987", "%Y-%m-%d"
        given = given.str.strip_suffix(".0") + "-01-01"
    form = form or _date_format(given, doc)
    born = given.str.to_date(form, strict=False, cache=False)
    place.bad(given.is_not_null() & born.is_null(), text, what, advice)
    return born


def _date_format(given: pl.Series, doc: ColumnDoc) -> str:
    if doc.format:
        return doc.format
    first = given.drop_nulls().head(100)
    return max(DATE_FORMATS, key=lambda pattern: len(first) - first.str.to_date(pattern, strict=False).null_count())


def period_column(
    frame: pl.DataFrame, delivered: Delivered, reading: Reading, dtype: type[pl.DataType] = pl.String
) -> pl.Series | None:
    """Return the period of each row from its column, the file's name or the document; None where nothing says it."""
    for name, column in reading.doc.columns.items():
        if column.period and name in frame.columns:
            place = Place(delivered.name, name, frame[LINE], reading.faults)
            return read_period(frame[name], column, place).cast(dtype).alias("period")
    if delivered.period is None:
        return None
    return constant(delivered.period, frame.height, dtype).alias("period")


def read_numbers(column: pl.Series, doc: ColumnDoc, sign: str | None, place: Place) -> Numbers:
    """Read a column of numbers and report what can not be: text, negative counts, fractions of persons."""
    numbers = parse_numbers(column, sign)
    advice = "correct the cell; leave it empty where nothing is known"
    if sign is None:
        advice = 'set decimal = "," or "." in the source\'s document: nothing in the file tells whether 1.234 is 1234'
    place.bad(numbers.bad, column, "this is no number", advice)
    value = numbers.value if doc.factor == 1 else (numbers.value * doc.factor).round(6)
    if doc.count:
        place.bad(value < 0, column, "a count is negative", "correct the cell; leave it empty where nothing is known")
        place.bad(
            value != value.round(), column, "a count is a fraction", "declare it as percent or figure, or set factor"
        )
    if doc.percent:
        advice = "declare it as figure; factor = 100 turns 0.5 into 50 %"
        place.bad((value < 0) | (value > 100), column, "a share is below 0 or above 100 %", advice)
    return replace(numbers, value=value)
