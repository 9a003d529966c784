"""A delivered table before anything in it was understood, and the means to say exactly where something is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from sozialraum.errors import Faults

LINE = "\0line"
"""Line of a text file, or row of a sheet or table, counted from 1."""

MEASURE = "\0measure"
"""In GENESIS flat CSV: which of several measures the number of a row belongs to."""

VALUE, QUALITY = "\0value", "\0quality"
"""In GENESIS flat CSV: number and quality symbol of a row."""

X, Y = "\0x", "\0y"
"""Where a format has geometry: a point in it, in the internal CRS."""

MOST = 20
"""So many faults of one kind in one column are named one by one."""

MOST_LINES = 5
"""So many lines are named of those in which the same value stands."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a delivered file: where faults are reported.

    Attributes:
        file: the file as the user knows it.
        column: the column.
        lines: the line of each of its rows.
        faults: collects.
    """

    file: str
    column: str
    lines: pl.Series
    faults: Faults

    def bad(self, wrong: pl.Series, values: pl.Series, what: str, advice: str = "") -> None:
        """Report the rows for which ``wrong`` is true: the first ones one by one, the rest as a number.

        Args:
            wrong: which rows.
            values: what stands there, shown beside the fault.
            what: what is wrong.
            advice: what to do.
        """
        mask = wrong.fill_null(False)
        total = int(mask.sum())
        if not total:
            return
        rows = pl.DataFrame({"line": self.lines.filter(mask), "value": as_text(values.filter(mask))}).head(MOST)
        for line, value in rows.iter_rows():
            self.faults.add(self.file, what, line=line, column=self.column, value=value or "", advice=advice)
        if total > MOST:
            last = int(rows["line"].max() or 0)  # type: ignore[arg-type]
            more = f"... and {total - MOST:,} more of the same: {what}"
            self.faults.add(self.file, more, line=last, column=self.column)

    def bad_values(self, text: pl.Series, refused: Mapping[str, NotUnderstoodError], what: str) -> None:
        """Report values that mean nothing, each once with the lines in which it stands.

        Args:
            text: the column as text.
            refused: why a value is refused, by value.
            what: what is wrong with all of them.
        """
        rows = pl.DataFrame({"line": self.lines, "value": text}).filter(pl.col("value").is_in(list(refused)))
        found = rows.group_by("value", maintain_order=True).agg("line")
        if next(iter(refused.values())).of_column:
            shown = ", ".join(found["value"].head(3)) + (", ..." if found.height > 3 else "")
            found = pl.DataFrame({"value": [shown], "line": [rows["line"]]})
        advice = {value: error.advice for value, error in refused.items()}
        common = next(iter(advice.values()))
        for value, lines in found.head(MOST).iter_rows():
            todo = advice.get(value, common)
            self.faults.add(
                self.file, what + _lines(lines), line=lines[0], column=self.column, value=value, advice=todo
            )
        if found.height > MOST:
            more = f"... and {found.height - MOST:,} more values of the same: {what}"
            self.faults.add(self.file, more, line=found["line"][MOST - 1][0], column=self.column)


def _lines(lines: Sequence[int]) -> str:
    """Say in which lines a value stands; nothing where it is one, which the fault names itself."""
    if len(lines) == 1:
        return ""
    shown = ", ".join(f"{line}" for line in lines[:MOST_LINES]) + (", ..." if len(lines) > MOST_LINES else "")
    return f", in {len(lines):,} lines ({shown})"


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """A delivered table: declared columns only, text or (where the format has types) numbers.

    Attributes:
        file: the file as the user knows it.
        frame: the declared columns under their declared names, and :data:`LINE`.
    """

    file: str
    frame: pl.DataFrame

    def place(self, column: str, faults: Faults) -> Place:
        """Return where faults of a column are reported."""
        return Place(self.file, column, self.frame[LINE], faults)


class NotUnderstoodError(ValueError):
    """A delivered value means nothing; the message says why, ``advice`` what to do.

    ``of_column`` says that not the value is at fault but what is declared about the column: one fault stands for all.
    """

    def __init__(self, what: str, advice: str = "", *, of_column: bool = False) -> None:
        super().__init__(what)
        self.advice = advice
        self.of_column = of_column


def as_text(column: pl.Series) -> pl.Series:
    """Return a column as the text a person would type: 2004 for 2004.0, ISO dates, no blanks around."""
    if column.dtype.is_float():
        whole = column.is_finite() & (column == column.round())
        if whole.fill_null(True).all():
            return column.cast(pl.Int64, strict=False).cast(pl.String)
    if column.dtype == pl.Datetime:
        return column.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    if column.dtype == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    return column.cast(pl.String)


def translate(
    column: pl.Series, function: Callable[[str], _T | None], dtype: pl.DataType | type[pl.DataType], place: Place
) -> pl.Series:
    """Turn each distinct value of a column into something else, once.

    Args:
        column: the column as delivered.
        function: gives the new value, or raises :class:`NotUnderstoodError`. Blanks around values are gone; null is "".
        dtype: type of the new column.
        place: where values that are not understood are reported.

    Returns:
        The new column; null where a value was not understood.
    """
    text = as_text(column).fill_null("")
    refused: dict[str, dict[str, NotUnderstoodError]] = {}

    def understand(value: str) -> _T | None:
        try:
            return function(value.strip())
        except NotUnderstoodError as error:
            refused.setdefault(str(error), {})[value] = error
            return None

    done = by_value(text, understand, dtype)
    for what, errors in refused.items():
        place.bad_values(text, errors, what)
    return done


def by_value(
    text: pl.Series, function: Callable[[str], _T | None], dtype: pl.DataType | type[pl.DataType]
) -> pl.Series:
    """Give each row what a function makes of its text, asking it once for each distinct text; null stays null."""
    numbered = text.cast(pl.Categorical(pl.Categories.random()))
    distinct = numbered.unique(maintain_order=True).to_list()  # numbers follow the order of first appearance
    made = [function(value) for value in distinct if value is not None]
    return pl.Series(text.name, made, dtype=dtype, strict=False)[numbered.to_physical()]


def constant(value: str | bool | None, length: int, dtype: type[pl.DataType]) -> pl.Series:
    """Return a column in which the same stands in every row; the engine's own way asks its planner."""
    return pl.Series([value], dtype=dtype).new_from_index(0, length)


def nearest(name: str, known: Iterable[str], alike: Callable[[str], str] = str) -> str:
    """Advise on a name nobody knows: the nearest known one, or all of them.

    Args:
        name: what was found.
        known: the names that there are, as they are to be shown.
        alike: takes from a name what does not matter in the comparison.
    """
    names = sorted(set(known))
    by_likeness = {alike(one): one for one in names}
    near = difflib.get_close_matches(alike(name), list(by_likeness), n=1, cutoff=0.5)
    if near:
        return f"did you mean {by_likeness[near[0]]}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"known: {shown or 'none'}"


def missing_column(faults: Faults, file: str, name: str, header: Iterable[str], *, toml: str) -> None:
    """Report that a file lacks a column that its document names: one of both is to be corrected."""
    advice = nearest(name, header) + (f" (the name is declared in {toml})" if toml else "")
    faults.add(file, "this column is missing", line=1, column=name, advice=advice)


def find_columns(
    header: Sequence[str], wanted: Sequence[str], file: str, faults: Faults, *, toml: str = ""
) -> dict[str, int]:
    """Find the declared columns in a header; blanks around names and their doubling do not matter.

    Args:
        header: the columns of the file.
        wanted: the declared ones.
        file: the file as the user knows it.
        faults: collects.
        toml: the document that declares them.

    Returns:
        Position by declared name. What is missing or stands there twice is reported.
    """
    tidy = [" ".join(name.split()) for name in header]
    found: dict[str, int] = {}
    for name in wanted:
        if name.startswith("^") and name.endswith("$"):
            # the engine takes such names for patterns, everywhere
            faults.add(file, "a column can not be called like this", line=1, column=name, advice="rename it")
            continue
        positions = [at for at, text in enumerate(tidy) if text == " ".join(name.split())]
        if len(positions) == 1:
            found[name] = positions[0]
        elif positions:
            advice = "ask for a file whose columns have different names"
            faults.add(file, f"this column is there {len(positions)} times", line=1, column=name, advice=advice)
        else:
            missing_column(faults, file, name, filter(None, tidy), toml=toml)
    return found
