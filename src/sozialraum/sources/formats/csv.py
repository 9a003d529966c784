"""CSV: as fast as Polars reads it, with exact lines, and not a row lost or shifted.

Polars fills short rows with nothing and says nothing. So the separators and line breaks of the whole file are counted
and compared with what was read; only where they disagree the file is gone through row by row to say where.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sozialraum.errors import Faults
from sozialraum.sources.formats.options import Options
from sozialraum.sources.formats.text import (
    SEPARATORS,
    TextFile,
    choose_separator,
    has_mojibake,
    open_text,
    read_header,
)
from sozialraum.sources.raw import LINE, MOST, Raw, constant, find_columns

csv.field_size_limit(1 << 24)


def read_csv(path: Path, name: str, options: Options, wanted: Sequence[str] | None, faults: Faults) -> Raw | None:
    """Read the declared columns of a CSV file as text.

    Args:
        path: the file.
        name: the file as the user knows it.
        options: what is declared; encoding and separator are found out where they are not.
        wanted: the columns; None reads all.
        faults: collects missing columns and rows that are too short or too long.

    Returns:
        The table, or None where it can not be read.

    Raises:
        DeliveryError: it is not a text file, or not in the declared encoding.
    """
    text = open_text(path, name, options.encoding)
    separator = choose_separator(text.sample, options, wanted or ())
    rows, above = read_header(text, separator, options)
    header = join_headings(rows)
    if not any(header):
        faults.add(name, "the file has no header", advice="ask for a file whose first line names the columns")
        return None
    declared = wanted if wanted is not None else [h for h in header if h]
    positions = find_columns(header, declared, name, faults, toml=options.toml)
    if wanted is not None and len(positions) < len(set(wanted)):
        _suspect_separator(header, separator, name, faults)
        return None
    frame = _Reader(text, name, separator, len(header), above, faults).read(positions)
    if frame is None:
        return None
    if frame.is_empty():
        faults.add(name, "the file has a header and no data", advice="ask for the file again")
        return None
    _note_mojibake(frame, name, faults)
    return Raw(name, frame)


def join_headings(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Join several header rows: a heading that spans columns is repeated above each of them.

    Returns:
        One name per column: its parts from top to bottom, without repetition.
    """
    width = max((len(row) for row in rows), default=0)
    names: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(rows):
        spanning = ""
        for at in range(width):
            text = " ".join((row[at] or "").split()) if at < len(row) else ""
            if level < len(rows) - 1:
                spanning = text or spanning
                text = spanning
            if text and text not in names[at]:
                names[at].append(text)
    return [" ".join(parts) for parts in names]


def _suspect_separator(header: Sequence[str], separator: str, name: str, faults: Faults) -> None:
    joined = separator.join(header)
    better = max(SEPARATORS, key=joined.count)
    if len(header) <= 2 and better != separator and joined.count(better) > len(header) - 1:
        advice = f"set separator = {better!r}, or remove separator to have it found out"
        faults.add(name, f"the columns seem to be separated by {better!r}", line=1, value=joined[:60], advice=advice)


def _note_mojibake(frame: pl.DataFrame, file: str, faults: Faults) -> None:
    sample = frame.drop(LINE).head(1000)
    for name, broken in sample.select(has_mojibake(pl.all()).any()).row(0, named=True).items():
        if broken:
            value = str(sample.filter(has_mojibake(pl.col(name)))[name][0])
            advice = "the file was saved in the wrong encoding before it was delivered; ask for it again"
            faults.note(file, "umlauts are broken", column=name, value=value[:40], advice=advice)
            return


@dataclass(frozen=True, slots=True)
class _Reader:
    text: TextFile
    name: str
    separator: str
    width: int
    above: int
    faults: Faults

    def read(self, positions: dict[str, int]) -> pl.DataFrame | None:
        try:
            frame = self._quick(positions)
        except pl.exceptions.NoDataError:
            return pl.DataFrame(schema=dict.fromkeys(positions, pl.String) | {LINE: pl.UInt32})
        except pl.exceptions.PolarsError:
            return self._careful(positions)
        return self._careful(positions) if frame is None else frame

    def _quick(self, positions: dict[str, int]) -> pl.DataFrame | None:
        """Read with Polars; None where what was read does not account for every line and separator."""
        names = [f"c{at}" for at in range(self.width)]
        quoted = self.text.has('"')
        scan = pl.scan_csv(
            self.text.source,
            has_header=False,
            skip_lines=self.above,
            separator=self.separator,
            quote_char='"' if quoted else None,
            schema=dict.fromkeys(names, pl.String),
            empty_string_is_null=False,
            row_index_name=LINE,
            row_index_offset=self.above + 1,
        )
        frame = scan.collect()  # all columns: with fewer, rows that are too long go unnoticed
        if not self._accounts(frame, _inside(frame, self.separator) if quoted else 0):
            return None
        if quoted and (breaks := _holding(frame, "\n")):
            inside = pl.sum_horizontal(pl.col(name).str.count_matches("\n", literal=True) for name in breaks)
            frame = frame.with_columns((pl.col(LINE) + inside.cum_sum().shift(1, fill_value=0)).cast(pl.UInt32))
        return _without_blank(frame.select(LINE, *(pl.col(names[at]).alias(name) for name, at in positions.items())))

    def _accounts(self, frame: pl.DataFrame, inside: int) -> bool:
        """Tell whether as many separators were read as there are below the header, but for blank lines at the end."""
        read = frame.height * (self.width - 1) + inside
        top = io.StringIO(self.text.sample, newline="")
        above = "".join(top.readline() for _ in range(self.above)).count(self.separator)
        there = self.text.count(self.separator) - above
        return read == there + self.text.blank_end() * (self.width - 1)

    def _careful(self, positions: dict[str, int]) -> pl.DataFrame | None:
        """Read row by row, and say which rows are too short or too long."""
        stream = io.StringIO(self.text.content(), newline="")
        for _ in range(self.above):
            stream.readline()
        kept: list[list[str]] = []
        lines: list[int] = []
        uneven: list[tuple[int, list[str]]] = []
        line = self.above + 1
        reader = csv.reader(stream, delimiter=self.separator)
        for row in reader:
            while len(row) > self.width and not row[-1].strip():
                row.pop()
            if len(row) == self.width:
                kept.append(row)
                lines.append(line)
            elif any(cell.strip() for cell in row):
                uneven.append((line, row))
            line = self.above + reader.line_num + 1
        self._report(uneven, line)
        columns = {name: pl.Series([row[at] for row in kept], dtype=pl.String) for name, at in positions.items()}
        return None if uneven else _without_blank(pl.DataFrame({LINE: pl.Series(lines, dtype=pl.UInt32), **columns}))

    def _report(self, uneven: list[tuple[int, list[str]]], end: int) -> None:
        for line, row in uneven[:MOST]:
            what = f"the row has {len(row)} of {self.width} fields"
            advice = "quote fields that hold the separator, or ask for a clean file"
            if len(row) < self.width and line >= end - 1:
                advice = "the file seems to be cut off; ask for it again"
            shown = self.separator.join(row)[:40] if len(row) > self.width else ""
            self.faults.add(self.name, what, line=line, value=shown, advice=advice)
        if len(uneven) > MOST:
            what = f"... and {len(uneven) - MOST:,} more rows with too few or too many fields"
            self.faults.add(self.name, what, line=uneven[MOST][0])


def _without_blank(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows in which nothing stands."""
    written = constant(False, frame.height, pl.Boolean)
    for name in frame.columns:
        if name != LINE:
            column = frame[name]
            written = written | ((column.fill_null("") if column.null_count() else column) != "")
            if written.all():
                return frame
    return frame.filter(written)


def _holding(frame: pl.DataFrame, sign: str) -> list[str]:
    """Return the columns in which a sign stands inside of fields."""
    return [name for name in frame.columns if name != LINE and frame[name].str.contains(sign, literal=True).any()]


def _inside(frame: pl.DataFrame, sign: str) -> int:
    """Count how often a sign stands inside of fields."""
    found = (frame[name].str.count_matches(sign, literal=True).sum() for name in _holding(frame, sign))
    return sum(int(count or 0) for count in found)
