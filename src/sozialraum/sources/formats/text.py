"""What a text file does not say about itself: encoding, line ends, separator, quote, header."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from sozialraum.errors import DeliveryError, Fault
from sozialraum.sources.formats.options import Options

SEPARATORS = (";", ",", "\t", "|")

_CHUNK = 1 << 18
_SAMPLE = 1 << 17
_TAIL = 1 << 10
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OLD_ENCODINGS = ("cp1252", "cp850", "mac_roman")
_GERMAN = frozenset("äöüÄÖÜß§€éè°²³–„“”’ çñôâ")
_MOJIBAKE = "Ã[\u0084\u0096\u009c\u009f¤¶¼Ÿ„–œ]"
_STRANGERS = (
    (b"PK\x03\x04", "a spreadsheet or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a GeoPackage or another database"),
    (b"%PDF", "a PDF"),
    (b"<!doctype html", "a web page (perhaps an error message was saved)"),
    (b"<html", "a web page (perhaps an error message was saved)"),
)
_LONGEST_MARK = max(len(mark) for mark, _ in _STRANGERS)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file, ready to be parsed.

    Attributes:
        source: the path where the file is UTF-8, its content as UTF-8 where it was something else.
        sample: the beginning as text.
    """

    source: Path | bytes
    sample: str

    def count(self, sign: str) -> int:
        """Count how often a sign of ASCII occurs."""
        wanted = ord(sign)
        return sum(int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == wanted)) for chunk in self._chunks())

    def has(self, sign: str) -> bool:
        """Tell whether a sign occurs at all."""
        wanted = sign.encode()
        return any(wanted in chunk for chunk in self._chunks())

    def blank_end(self) -> int:
        """Return how many blank lines stand at the end."""
        tail = self._tail()
        ends = tail[len(tail.rstrip(b"\r\n")) :]
        return max(ends.count(b"\n") - 1, 0)

    def _tail(self) -> bytes:
        if isinstance(self.source, bytes):
            return self.source[-_TAIL:]
        with self.source.open("rb") as stream:
            stream.seek(-min(_TAIL, self.source.stat().st_size), io.SEEK_END)
            return stream.read()

    def content(self) -> str:
        """Return the whole text."""
        source = self.source
        return (source.read_bytes() if isinstance(source, Path) else source).decode("utf-8-sig")

    def _chunks(self) -> Iterator[bytes]:
        source = self.source
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk


def open_text(path: Path, name: str, encoding: str | None) -> TextFile:
    """Find out how a file is encoded and look through it once.

    Raises:
        DeliveryError: it is no text, or not in the declared encoding, or in none that can be recognised.
    """
    head = _head(path)
    _refuse_strangers(head, name)
    found = encoding or _by_mark(head)
    if found is None or codecs.lookup(_known(found, name)).name in ("utf-8", "utf-8-sig"):
        trouble = None if _is_utf8(path) else _first_not_utf8(path)
        if trouble is None and b"\n" in head:
            return TextFile(path, head.decode("utf-8-sig", errors="ignore"))
        if trouble is None:
            return _converted(path, "utf-8-sig", name)
        if found is not None:
            raise _mis_encoded(path, name, found, trouble)
        found = _guess_old(path, name)
    return _converted(path, found, name)


def _head(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(_SAMPLE)


def _refuse_strangers(head: bytes, name: str) -> None:
    start = head[:_LONGEST_MARK].lower()
    looks = next((what for mark, what in _STRANGERS if start.startswith(mark.lower())), "")
    if not looks and b"\0" in head and not _by_mark(head):
        looks = "a binary file"
    if looks:
        advice = "give it the ending of what it is, or ask for a CSV"
        raise DeliveryError(Fault(name, what=f"this is not a text file, it looks like {looks}", advice=advice))


def _known(encoding: str, name: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        advice = 'write encoding = "utf-8" or "cp1252"'
        raise DeliveryError(Fault(name, 0, "encoding", "this encoding is not known", encoding, advice)) from error
    return encoding


def _by_mark(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None)


def _is_utf8(path: Path) -> bool:
    """Tell whether all is UTF-8; ten times as fast as finding the place where it is not."""
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            if not chunk.isascii() and not _holds_whole_letters(chunk + source.readline()):
                return False
    return True


def _holds_whole_letters(lines: bytes) -> bool:
    try:
        pl.Series([lines], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _first_not_utf8(path: Path) -> int | None:
    """Return the position of the first byte that is not UTF-8; None where all is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position = 0
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return position - pending + error.start
            position += len(chunk)
    return position if decoder.getstate()[0] else None


def _mis_encoded(path: Path, name: str, encoding: str, position: int) -> DeliveryError:
    with path.open("rb") as source:
        before = source.read(position)
        wrong = source.read(1)
    line = before.count(b"\n") + 1
    value = (before[-12:] + wrong).decode("cp1252", errors="replace").rpartition("\n")[2]
    advice = 'set encoding = "cp1252" (Windows), or remove encoding to have it found out'
    return DeliveryError(Fault(name, line, "", f"the file is not in the encoding {encoding}", value, advice))


def _guess_old(path: Path, name: str) -> str:
    """Choose the encoding in which letters beyond ASCII are those of German texts."""
    odd = bytes(sorted({byte for byte in path.read_bytes() if byte > 127}))
    scores = []
    for order, encoding in enumerate(_OLD_ENCODINGS):
        letters = odd.decode(encoding, errors="replace")
        scores.append((sum(letter in _GERMAN for letter in letters) / len(letters), -order, encoding))
    best = max(scores)
    if best[0] < 0.5:
        advice = 'ask the provider for the encoding and set it, e.g. encoding = "cp1252"'
        raise DeliveryError(Fault(name, what="the encoding can not be recognised", advice=advice))
    return best[2]


def _converted(path: Path, encoding: str, name: str) -> TextFile:
    try:
        text = path.read_bytes().decode(encoding)
    except UnicodeDecodeError as error:
        raise _mis_encoded(path, name, encoding, error.start) from error
    if "\n" not in text:
        text = text.replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    return TextFile(text.encode(), text[:_SAMPLE])


def has_mojibake(column: pl.Expr) -> pl.Expr:
    """Tell which texts are UTF-8 that was once read as Latin-1 (``StraÃŸe``)."""
    return column.str.contains(_MOJIBAKE)


def choose_separator(sample: str, options: Options, wanted: Collection[str]) -> str:
    """Find the separator: the one under which most declared columns appear, else the one with the most even rows."""
    if options.separator:
        return options.separator
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator, options, wanted))


def _fit(sample: str, separator: str, options: Options, wanted: Collection[str]) -> tuple[int, int, int]:
    rows = [row for row in _rows(sample, separator, options.skip_rows, 30) if row]
    names = (
        {" ".join(name.split()) for name in rows[options.header_rows - 1]}
        if len(rows) >= options.header_rows
        else set()
    )
    declared = sum(" ".join(name.split()) in names for name in wanted)
    widths = [len(row) for row in rows[options.header_rows - 1 : -1] or rows]
    usual = max(set(widths), key=widths.count) if widths else 0
    return declared, widths.count(usual) if usual > 1 else 0, usual


def _rows(sample: str, separator: str, skip: int, most: int) -> list[list[str]]:
    lines = islice(io.StringIO(sample, newline=""), skip, skip + most * 4)
    rows = []
    for row in csv.reader(lines, delimiter=separator):
        rows.append(row)
        if len(rows) >= most:
            break
    return rows


def read_header(text: TextFile, separator: str, options: Options) -> tuple[list[list[str]], int]:
    """Return the header rows and how many lines of the file they and what stands above them take."""
    lines = io.StringIO(text.sample, newline="")
    for _ in range(options.skip_rows):
        lines.readline()
    reader = csv.reader(lines, delimiter=separator)
    rows = [row for _, row in zip(range(options.header_rows), reader, strict=False)]
    return rows, options.skip_rows + reader.line_num
