"""What single units do not say about themselves: a gap in some rows, or silence about a dimension in a whole period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.cube import UNITS, amount_of
from sozialraum.counts.engines import Units, gather

PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Unknowns:
    """Unknown values of the dimensions and amounts that questions ask for.

    Attributes:
        periods: the periods of the units, in order.
        units: units in each period; not counted (0) where nothing is unknown.
        nulls: for each dimension or amount, units without a known value in each period.
    """

    periods: tuple[str, ...]
    units: NDArray[np.int64]
    nulls: Mapping[str, NDArray[np.int64]]

    def silent(self, question: Measure) -> NDArray[np.bool_]:
        """Return in which periods no unit at all says what a question asks for: there it has no answer, not zero.

        A register of benefits that was linked to the residents may start later than theirs.
        """
        found = np.zeros(len(self.periods), dtype=bool)
        for column in needed(question):
            found |= (self.nulls[column] == self.units) & (self.units > 0)
        return found

    def sentences(self, universe: str) -> list[tuple[str, str]]:
        """Return what is to be told, as pairs of column and sentence."""
        found = []
        for column, nulls in sorted(self.nulls.items()):
            silent = (nulls == self.units) & (self.units > 0)
            some, total = int(nulls[~silent].sum()), int(self.units[~silent].sum())
            if some:
                said = f"{some} of {total} {universe} have no known value: they count in the total and in no code"
                found.append((column, said))
            if silent.any():
                when = ", ".join(np.array(self.periods)[silent])
                found.append((column, f"no {universe} have a known value in {when}: numbers are missing there"))
        return found


def needed(question: Measure) -> list[str]:
    """Return the columns of dimensions and of the amount that a question needs."""
    amount = amount_of(question)
    return [*(dimension for dimension, _ in question.where), *([amount] if amount else [])]


def find_unknowns(units: Units, questions: Sequence[Measure], periods: tuple[str, ...]) -> Unknowns:
    """Count the unknown values of everything that the questions ask for, by period.

    Columns without any gap are found first: that costs nothing where the engine keeps count of its nulls.
    """
    columns = sorted({column for question in questions for column in needed(question)})
    gaps = [nw.col(column).null_count().alias(column) for column in columns]
    found = gather(units.frame.select(*gaps)).row(0, named=True) if gaps else {}
    holed = [column for column, nulls in found.items() if nulls]
    table = {name: np.zeros(len(periods), dtype=np.int64) for name in (UNITS, *columns)}
    if not holed:
        return Unknowns(periods, table.pop(UNITS), table)
    sums = [nw.col(column).is_null().cast(nw.Int64).sum().alias(column) for column in holed]
    counted = gather(units.frame.group_by(PERIOD).agg(nw.len().alias(UNITS), *sums)).drop_nulls(PERIOD)
    at = counted[PERIOD].cast(pl.Int64) if PERIOD in units.categories else _places(counted[PERIOD], periods)
    for name in (UNITS, *holed):
        table[name][at.to_numpy()] = counted[name].cast(pl.Int64).to_numpy()
    return Unknowns(periods, table.pop(UNITS), table)


def _places(texts: pl.Series, periods: Sequence[str]) -> pl.Series:
    return texts.cast(pl.String).replace_strict(list(periods), list(range(len(periods))), return_dtype=pl.Int64)
