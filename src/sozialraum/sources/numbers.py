"""German numbers become numbers with a status: ``1.234,5``, ``1 234``, ``(12)``, ``-``, ``.``, ``/``, ``x``, ``...``.

Whether ``1.234`` is a thousand or a little more than one is decided once per column from the cells that leave no
doubt, then from the other columns of the file; where nothing tells it, it is a fault and nobody guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sozialraum.sources.raw import constant
from sozialraum.tables import STATUS, SYMBOLS, Status

VARIANTS = {
    "–": "-",
    "—": "-",
    "−": "-",
    "•": ".",
    "·": ".",
    "*": ".",
    "X": "x",
    "…": "...",
}
"""Other ways to write the symbols of official statistics (``*`` is the employment agency's for confidential)."""

NOTHING = ("", "NA", "N/A", "n/a", "n. a.", "k. A.", "k.A.", "null", "NULL", "None", "nan", "NaN", "#NV", "#N/A")
"""Cells that say nothing: not delivered, which is not zero."""

_SPACES = r"[\s\u00a0\u2007\u2009\u202f'’]"
_PLAIN = r"^[+-]?\d+$"
_DOUBTFUL = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_DECIMAL = {
    ",": r"^[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|\d{4,},\d+|0\d*,\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})$",
    ".": r"^[+-]?(?:\d+\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+|0\d*\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,})$",
}
_GROUPED = {
    ",": r"^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$",
    ".": r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+(?:[eE][+-]?\d+)?)?$",
}


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column as numbers.

    Attributes:
        value: Float64, null where there is no number.
        bad: true where the cell is neither a number nor a known symbol.
        said: what symbols and brackets say, as text of a :class:`sozialraum.tables.Status`; None where there are none.
    """

    value: pl.Series
    bad: pl.Series
    said: pl.Series | None = None

    @property
    def status(self) -> pl.Series:
        """What the cell says, else what follows from the number, see :class:`sozialraum.tables.Status`.

        ``/`` says that there is a number nobody could rely on, and does not give it: here that is missing.
        """
        nothing = constant(None, len(self.value), pl.String)
        frame = pl.DataFrame({"value": self.value, "said": nothing if self.said is None else self.said})
        plain = pl.when(pl.col("value") == 0).then(pl.lit(Status.ZERO.value)).otherwise(pl.lit(Status.OK.value))
        has_value = pl.when(pl.col("said") == Status.UNRELIABLE.value).then(pl.col("said")).otherwise(plain)
        gone = pl.col("said").replace(Status.UNRELIABLE.value, Status.MISSING.value).fill_null(Status.MISSING.value)
        status = pl.when(pl.col("value").is_not_null()).then(has_value).otherwise(gone).cast(STATUS)
        return frame.select(status.alias("status"))["status"]


def settle_decimal(columns: Mapping[str, pl.Series], declared: str | None) -> dict[str, str | None]:
    """Decide for each column which sign separates decimals.

    Args:
        columns: delivered columns by name, text or numbers.
        declared: the sign that the source's TOML declares; it decides for all.

    Returns:
        ``,`` or ``.`` by column; None where a column holds cells like ``1.234`` and nothing in the file tells.
    """
    if declared:
        return dict.fromkeys(columns, declared)
    votes = {name: _votes(column) for name, column in columns.items()}
    overall = _winner(sum(vote[0] for vote in votes.values()), sum(vote[1] for vote in votes.values()))
    return {
        name: _winner(comma, dot) or overall or (None if doubtful else ".")
        for name, (comma, dot, doubtful) in votes.items()
    }


def parse_numbers(column: pl.Series, decimal: str | None) -> Numbers:
    """Turn a delivered column into numbers with a status.

    Args:
        column: text, or numbers where the format has types (Parquet, sheets).
        decimal: ``,`` or ``.``; None marks every cell like ``1.234`` as bad.
    """
    if column.dtype.is_numeric():
        value = column.cast(pl.Float64)
        value = value.set(value.is_nan(), None)
        return Numbers(value, constant(False, len(column), pl.Boolean))
    text = column.cast(pl.String)
    quick = text.cast(pl.Int64, strict=False)
    if quick.null_count() == 0:
        return Numbers(quick.cast(pl.Float64), constant(False, len(column), pl.Boolean))
    return _parse_text(text, decimal)


def _votes(column: pl.Series) -> tuple[int, int, int]:
    if column.dtype != pl.String:
        return 0, 0, 0
    marked = column.filter(column.str.contains(r"\d[.,]\d").fill_null(False))
    cells = _tidy(marked).str.strip_chars("()")
    comma, dot, doubtful = (_matches(cells, pattern) for pattern in (_DECIMAL[","], _DECIMAL["."], _DOUBTFUL))
    return comma, dot, doubtful


def _matches(cells: pl.Series, pattern: str) -> int:
    return int(cells.str.contains(pattern).sum() or 0)


def _winner(comma: int, dot: int) -> str | None:
    if comma == dot:
        return None
    return "," if comma > dot else "."


def _tidy(text: pl.Series) -> pl.Series:
    """Strip, and close gaps between groups of three digits."""
    stripped = text.str.strip_chars()
    if not stripped.str.contains(r"\d" + _SPACES).any():
        return stripped
    groups = stripped.str.contains(rf"^[(]?[+-]?\d{{1,3}}(?:{_SPACES}\d{{3}})+(?:[.,]\d+)?[)]?$")
    closed = stripped.str.replace_all(_SPACES, "")
    return closed.zip_with(groups.fill_null(False), stripped)


def _parse_text(text: pl.Series, decimal: str | None) -> Numbers:
    cells = _tidy(text).fill_null("")
    frame = pl.DataFrame({"cell": cells})
    symbol = pl.col("cell").replace(VARIANTS)
    nothing = pl.col("cell").is_in(NOTHING)
    bracketed = pl.col("cell").str.contains(r"^\(.*\)$")
    bare = pl.when(bracketed).then(pl.col("cell").str.strip_chars("() ")).otherwise(pl.col("cell"))
    frame = frame.with_columns(
        symbol.replace_strict({sign: status.value for sign, status in SYMBOLS.items()}, default=None).alias("symbol"),
        nothing.alias("nothing"),
        bracketed.alias("bracketed"),
        _value(bare, decimal).alias("value"),
    )
    zero = pl.col("symbol") == Status.ZERO.value
    value = pl.when(zero).then(0.0).when(pl.col("symbol").is_null() & ~pl.col("nothing")).then(pl.col("value"))
    known = pl.col("symbol").is_not_null() | pl.col("nothing") | (pl.col("cell") == "()")
    done = frame.select(
        value.alias("value"),
        (~known & pl.col("value").is_null()).alias("bad"),
        pl.when(pl.col("bracketed") & pl.col("value").is_not_null())
        .then(pl.lit(Status.UNRELIABLE.value))
        .otherwise(pl.col("symbol"))
        .alias("said"),
    )
    return Numbers(done["value"], done["bad"], done["said"])


def _value(cell: pl.Expr, decimal: str | None) -> pl.Expr:
    """Return numbers written with the given decimal sign, null where a cell is written otherwise."""
    sign = decimal or "."
    fits = cell.str.contains(_PLAIN if decimal is None else _GROUPED[sign])
    bare = cell.str.replace_all("." if sign == "," else ",", "", literal=True).str.replace(",", ".", literal=True)
    return pl.when(fits).then(bare.str.strip_prefix("+")).cast(pl.Float64, strict=False)
