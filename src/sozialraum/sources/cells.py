"""A delivered table of numbers becomes cells: measure x area x period, with status and where each was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from sozialraum.catalogue import ColumnDoc, Measure
from sozialraum.sources.formats.columnar import cell_ids
from sozialraum.sources.formats.layouts import QUALITY_SYMBOLS, flatten_ffcsv, period_columns
from sozialraum.sources.formats.opening import read_table
from sozialraum.sources.numbers import Numbers, settle_decimal
from sozialraum.sources.raw import LINE, MEASURE, QUALITY, VALUE, Place, Raw, as_text, constant, missing_column, nearest
from sozialraum.sources.reading import Delivered, Reading
from sozialraum.sources.records import CELL_SCHEMA, Cells
from sozialraum.sources.roles import ELSEWHERE, period_column, read_area, read_code, read_numbers, report_elsewhere
from sozialraum.sources.rows import chosen_rows
from sozialraum.sources.shares import PERCENT, estimate_shares
from sozialraum.tables import STATUS, Status

KEY = ("universe", "where", "area_system", "area", "period")
GRID_UNKNOWN = ("-1", "-1.0")


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of numbers: the rows it applies to, what it measures, and its heading in the file."""

    name: str
    doc: ColumnDoc
    label: str
    period: str | None = None
    measure: str | None = None


def read_cells(reading: Reading, files: Sequence[Delivered]) -> Cells:
    """Read all files of a source of numbers that somebody has already counted.

    Args:
        reading: collects the faults; the caller throws them.
        files: the delivered files.
    """
    parts = reading.each(files, lambda alone, delivered: list(_read_file(alone, delivered)))
    empty = pl.DataFrame(schema={**CELL_SCHEMA, PERCENT: pl.String})
    frame = pl.concat([empty, *parts], how="diagonal") if parts else empty
    _check_keys(frame, reading)
    frame = estimate_shares(frame, reading)
    provisional = pl.col("period").is_in(list(reading.doc.provisional)) & pl.col("status").is_in(["ok", "zero"])
    status = pl.when(provisional).then(pl.lit(Status.PROVISIONAL.value)).otherwise(pl.col("status").cast(pl.String))
    frame = frame.with_columns(status.cast(STATUS).alias("status")).select(CELL_SCHEMA.names())
    return Cells(reading.source, frame, tuple(reading.faults.notes), tuple(reading.snapshots))


def _read_file(reading: Reading, delivered: Delivered) -> Iterator[pl.DataFrame]:
    raw = _raw(reading, delivered)
    if raw is None:
        return
    raw = Raw(raw.file, chosen_rows(raw, reading))
    values = _value_columns(raw, reading)
    base = _base(raw, delivered, reading)
    if base is None or not values:
        return
    keep = ~(base["area"] == ELSEWHERE).fill_null(False)
    report_elsewhere(keep, raw.file, reading)
    base, raw = base.filter(keep), Raw(raw.file, raw.frame.filter(keep))
    columns = {column.name: raw.frame[column.name] for column in values}
    signs = settle_decimal(columns, reading.doc.decimal)
    for column in values:
        yield _part(raw, base, column, signs[column.name], reading)


def _raw(reading: Reading, delivered: Delivered) -> Raw | None:
    """Read the declared columns, in whatever layout, as one row per line of the file."""
    doc, faults = reading.doc, reading.faults
    wanted = list(dict.fromkeys([*doc.columns, *doc.filter])) if doc.layout == "long" else None
    raw = read_table(delivered.path, delivered.name, reading.options, wanted, faults)
    if raw is None or doc.layout == "long":
        return raw
    if doc.layout == "ffcsv":
        return flatten_ffcsv(raw, doc, faults)
    needed = [name for name, column in doc.columns.items() if not column.measure] + list(doc.filter)
    missing = [name for name in needed if name not in raw.frame.columns]
    for name in missing:
        missing_column(faults, raw.file, name, [n for n in raw.frame.columns if n != LINE], toml=reading.toml)
    return None if missing else raw


def _value_columns(raw: Raw, reading: Reading) -> list[ValueColumn]:
    """Find the columns of numbers, and what each measures."""
    doc = reading.doc
    named = {name: column for name, column in doc.columns.items() if column.measure}
    if doc.layout == "long":
        return [ValueColumn(name, column, name) for name, column in named.items()]
    found: list[ValueColumn] = []
    met: set[str] = set()
    if doc.layout == "ffcsv":
        for measure in raw.frame[MEASURE].unique(maintain_order=True).to_list():
            met.add(measure)
            if column := named.get(measure) or doc.values:
                found.append(ValueColumn(VALUE, column, "value", measure=measure))
    else:
        for name, (measure, period) in period_columns(raw).items():
            met.add(measure)
            if column := named.get(measure) or doc.values:
                found.append(ValueColumn(name, column, name, period))
    if not met:
        advice = "headings must end with 2004, 2004-05 or 2004-12-31; see header_rows and skip_rows"
        reading.faults.add(raw.file, "no column of a period is found", line=1, advice=advice)
    for name in named.keys() - met:
        advice = f"{nearest(name, met)} (the name is declared in {reading.toml})"
        reading.faults.add(raw.file, "this measure is missing", line=1, column=name, advice=advice)
    return found


def _base(raw: Raw, delivered: Delivered, reading: Reading) -> pl.DataFrame | None:
    """Return what all numbers of a row share: line, period, area, and the codes of the row's dimensions."""
    period = period_column(raw.frame, delivered, reading)
    if period is None and reading.doc.layout != "wide-periods":
        advice = "declare a column with period = ..., or period = ... or period_in_name = ... for the whole file"
        reading.faults.add(reading.toml, "nothing says the period of the numbers", advice=advice)
        return None
    area = _area(raw, reading)
    if area is None:
        return None
    system, codes = area
    nothing = constant(None, raw.frame.height, pl.String)
    columns = {LINE: raw.frame[LINE], "period": nothing if period is None else period}
    columns |= {"area_system": constant(system, raw.frame.height, pl.String), "area": codes}
    total = reading.doc.layout == "ffcsv"
    for name, column in reading.doc.columns.items():
        if column.dimension:
            place = raw.place(name, reading.faults)
            columns[f"dim:{column.dimension}"] = read_code(raw.frame[name], column, place, reading, total=total)
    return pl.DataFrame(columns)


def _area(raw: Raw, reading: Reading) -> tuple[str, pl.Series] | None:
    """Return the area system and the area of each row: from its column, the document, its grid cell, or the whole."""
    doc, faults = reading.doc, reading.faults
    for name, column in doc.columns.items():
        if column.area:
            codes = read_area(raw.frame[name], column, raw.place(name, faults), reading, empty=False)
            return column.area, codes
    for system, named in doc.area.items():
        return system, constant(named, raw.frame.height, pl.String)
    axes = {column.coordinate: name for name, column in doc.columns.items() if column.coordinate}
    if doc.grid and len(axes) == 2:
        try:
            return doc.grid, cell_ids(raw.frame[axes["x"]], raw.frame[axes["y"]])
        except (ValueError, pl.exceptions.PolarsError) as error:
            faults.add(raw.file, str(error).partition("\n")[0], column=axes["x"], advice="the grid must be regular")
            return None
    whole = reading.project.city.whole
    code = _single_area(whole, reading) if whole else None
    if whole is None or code is None:
        advice = "declare a column with area = ..., or area = { SYSTEM = CODE } for all rows"
        faults.add(reading.toml, "nothing says the area of the numbers", column="columns", advice=advice)
        return None
    return whole, constant(code, raw.frame.height, pl.String)


def _single_area(system: str, reading: Reading) -> str | None:
    if code := reading.project.areas[system].single_code:
        return code
    codes = reading.systems[system].codes if reading.systems is not None and system in reading.systems else []
    return codes[0] if len(codes) == 1 else None


def _part(raw: Raw, base: pl.DataFrame, column: ValueColumn, sign: str | None, reading: Reading) -> pl.DataFrame:
    """Return the cells of one column of numbers."""
    rows = constant(True, base.height, pl.Boolean)
    if column.measure is not None:
        rows = raw.frame[MEASURE] == column.measure
    table, here = raw.frame.filter(rows), base.filter(rows)
    delivered = _without(table[column.name], column.doc.missing + (GRID_UNKNOWN if reading.doc.grid else ()))
    place = Place(raw.file, column.label, here[LINE], reading.faults)
    numbers = read_numbers(delivered, column.doc, sign, place)
    said = table[QUALITY] if QUALITY in table.columns else None
    return _labelled(here, numbers, said, column).with_columns(file=pl.lit(raw.file))


def _without(column: pl.Series, missing: tuple[str, ...]) -> pl.Series:
    if not missing:
        return column
    return column.set(as_text(column).str.strip_chars().is_in(list(missing)).fill_null(False), None)


def _labelled(here: pl.DataFrame, numbers: Numbers, said: pl.Series | None, column: ValueColumn) -> pl.DataFrame:
    """Join numbers with what they measure, where and when."""
    status = numbers.status
    if said is not None:
        symbols = {symbol: status.value for symbol, status in QUALITY_SYMBOLS.items()}
        marked = said.replace_strict(symbols, default=None, return_dtype=STATUS)
        status = marked.zip_with(marked.is_not_null() & numbers.value.is_not_null(), status)
    measured = _measured(here, column.doc)
    period = pl.lit(column.period, dtype=pl.String) if column.period else pl.col("period")
    return measured.select(
        "universe",
        "where",
        PERCENT,
        "area_system",
        "area",
        period.alias("period"),
        numbers.value.alias("value"),
        status.alias("status"),
        pl.col(LINE).alias("line"),
        pl.lit(column.label).alias("column"),
    )


def _measured(here: pl.DataFrame, doc: ColumnDoc) -> pl.DataFrame:
    """Add universe and filter of each row, and the filter of its base where the column is a share."""
    dimensions = [name for name in here.columns if name.startswith("dim:")]
    measure = doc.measure or Measure.of("")
    if not dimensions:
        where, of = _filters({}, doc)
        table = here.with_columns(pl.lit(where).alias("where"), pl.lit(of, dtype=pl.String).alias(PERCENT))
    else:
        kinds = here.select(dimensions).unique()
        rows = [_filters(row, doc) for row in kinds.iter_rows(named=True)]
        texts = pl.DataFrame(rows, schema={"where": pl.String, PERCENT: pl.String}, orient="row")
        known = pl.concat([kinds, texts], how="horizontal")
        table = here.join(known, on=dimensions, how="left", nulls_equal=True, maintain_order="left")
    return table.with_columns(universe=pl.lit(measure.universe))


def _filters(row: dict[str, str | None], doc: ColumnDoc) -> tuple[str, str | None]:
    own = {name.removeprefix("dim:"): code for name, code in row.items() if code}
    base = Measure.of("", own | (doc.of or {})).where_text if doc.percent else None
    return Measure.of("", own | doc.where).where_text, base


def _check_keys(frame: pl.DataFrame, reading: Reading) -> None:
    """Report numbers that are delivered twice for the same measure, area and period."""
    known = frame.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in KEY))
    if known.select(KEY).n_unique() == known.height:
        return
    first = known.with_columns(
        first_file=pl.col("file").first().over(KEY),
        first_line=pl.col("line").first().over(KEY),
        turn=pl.int_range(pl.len()).over(KEY),
    )
    again = first.filter(pl.col("turn") > 0)
    advice = "remove one; if rows differ in something that is not declared, declare it or use filter"
    for (file, column), rows in again.group_by("file", "column", maintain_order=True):
        place = Place(str(file), str(column), rows["line"], reading.faults)
        earlier = rows.select(pl.format("{} line {}", "first_file", "first_line"))["first_file"]
        place.bad(constant(True, rows.height, pl.Boolean), earlier, "the same number is delivered twice", advice)
