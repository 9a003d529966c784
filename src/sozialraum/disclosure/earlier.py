"""What everybody knows from earlier releases, and what those withheld.

A number that was withheld stays withheld, whatever has become of it: nobody can tell from a release whether what it
withheld was revised since, so whoever sees the number later takes it for the earlier one. A number that was told and
has not changed is known for good: to withhold it now would protect nobody. A number that was told and was revised is
another number. What earlier sums said of numbers that are still withheld goes on to be known as long as it is true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import scipy.sparse as sp

from sozialraum.disclosure.elimination import Flags, Floats, Ints, Sums, settle
from sozialraum.disclosure.methods import CHANGED
from sozialraum.disclosure.relations import Relations
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, COUNT_SCHEMA, Status

SAME = 1e-6
"""Numbers that are closer together are one."""

KEYS = pl.Schema([(name, COUNT_SCHEMA[name]) for name in COUNT_KEY])
KNOWN = pl.Schema([*KEYS.items(), ("value", pl.Float64()), ("release", pl.String())])


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier releases that still stand.

    Attributes:
        withheld: what one of them withheld, with ``COUNT_KEY``.
        known: what they told, with ``COUNT_KEY``, ``value`` and ``release``.
    """

    withheld: pl.DataFrame
    known: pl.DataFrame

    @classmethod
    def of(cls, withheld: pl.DataFrame | None, known: pl.DataFrame | None) -> Earlier:
        """Read what a caller knows of earlier releases, who may know nothing.

        Raises:
            DoorError: a column is missing or of another kind.
        """
        try:
            keys = (
                pl.DataFrame(schema=KEYS) if withheld is None else withheld.select(KEYS.names()).match_to_schema(KEYS)
            )
            told = pl.DataFrame(schema=KNOWN) if known is None else known.select(KNOWN.names()).match_to_schema(KNOWN)
        except pl.exceptions.PolarsError as error:
            raise DoorError(f"what earlier releases told is no table of counts: {error}") from error
        return cls(keys.unique().sort(COUNT_KEY), told.drop_nulls("value"))

    def mark(self, counts: pl.DataFrame) -> pl.DataFrame:
        """Add what this table has no row for any more, and the columns ``earlier`` (it was withheld) and ``gone`` (only
        an earlier release has it).

        What is gone is looked at because old and new numbers together may tell it; only where the numbers that both
        have are the same, for else nobody knows what has become of it, and where no method changes them.

        Args:
            counts: counts with their policies and :data:`CHANGED`.
        """
        earlier = self.withheld.with_columns(earlier=pl.lit(value=True))
        exact = counts.filter((~pl.col(CHANGED)).all().over("universe"))
        every = pl.concat([counts.with_columns(gone=pl.lit(value=False)), self._gone(exact)], how="diagonal")
        every = every.with_columns(pl.col(CHANGED).fill_null(value=False))
        marked = every.join(earlier, on=COUNT_KEY, how="left", maintain_order="left")
        return marked.with_columns(pl.col("earlier").fill_null(value=False)).sort(COUNT_KEY)

    def _gone(self, counts: pl.DataFrame) -> pl.DataFrame:
        told = self.known.unique([*COUNT_KEY, "value"]).drop("release")
        moved = told.join(counts.select(*COUNT_KEY, now="value"), on=COUNT_KEY).filter(
            (pl.col("value") - pl.col("now")).abs() > SAME
        )
        gone = pl.concat([told, self.withheld.join(told, on=COUNT_KEY, how="anti")], how="diagonal")
        gone = gone.unique(COUNT_KEY, keep="none").join(counts, on=COUNT_KEY, how="anti")
        gone = gone.join(moved, on=["universe", "period"], how="anti")
        gone = gone.join(counts, on=["universe", "area_system", "period"], how="semi")
        policies = counts.group_by("universe").agg(pl.col("policy").unique().sort().str.join("+"))
        status = (
            pl.when(pl.col("value").is_null()).then(pl.lit(Status.MISSING.value)).otherwise(pl.lit(Status.OK.value))
        )
        return gone.join(policies, on="universe").select(
            *COUNT_KEY,
            pl.col("value").cast(pl.Float64),
            status.cast(COUNT_SCHEMA["status"]).alias("status"),
            "policy",
            gone=pl.lit(value=True),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What one earlier release told of a period, by numbers of measure and area."""

    measure: Ints
    spot: Ints
    value: Floats


def by_period(known: pl.DataFrame) -> Mapping[str, Sequence[Told]]:
    """Return what each release told of each period; releases that told the same of it count once.

    Args:
        known: numbered, with ``measure``, ``spot``, ``period``, ``value``, ``release``; the oldest release first.
    """
    found: defaultdict[str, dict[bytes, Told]] = defaultdict(dict)
    for (period, _), frame in known.drop_nulls(["measure", "spot"]).group_by("period", "release", maintain_order=True):
        ordered = frame.sort("measure", "spot")
        told = Told(*(ordered[name].to_numpy() for name in ("measure", "spot", "value")))
        key = b"".join(column.tobytes() for column in (told.measure, told.spot, told.value))
        found[str(period)].pop(key, None)
        found[str(period)][key] = told
    return {period: tuple(several.values()) for period, several in found.items()}


@dataclass(frozen=True, slots=True)
class _Picture:
    """What an earlier release told, with what follows from that: numbers, and which cells have one."""

    numbers: Floats
    known: Flags


@dataclass(frozen=True, slots=True)
class Remembered:
    """A table as it looks to somebody who has the earlier releases.

    Attributes:
        relations: without the columns of what is known for good, and with what earlier sums still say.
        pinned: which cells are known for good.
        told: which cells some release told, as they were then.
    """

    relations: Relations
    pinned: Flags
    told: Flags


def remember(relations: Relations, numbers: Floats, worlds: Sequence[tuple[Ints, Floats]]) -> Remembered:
    """Take out the cells that everybody knows, and add what earlier sums said of those that nobody does.

    Args:
        relations: of the period.
        numbers: the true number of every cell.
        worlds: for each earlier release, the oldest first, the cells that it told and their numbers then. Where several
            differ, the last is believed.
    """
    if not worlds:
        nothing = np.zeros(len(numbers), dtype=np.bool_)
        return Remembered(relations, nothing, nothing)
    pictures = [_picture(relations, cells, told) for cells, told in worlds]
    last, ever = np.zeros(len(numbers)), np.zeros(len(numbers), dtype=np.bool_)
    for picture in pictures:
        last[picture.known], ever[picture.known] = picture.numbers[picture.known], True
    pinned = ever & (np.abs(last - numbers) < SAME)
    free = sp.diags_array((~pinned).astype(np.float64))
    matrix = sp.csr_array(
        sp.vstack([relations.sums.matrix, *_still_true(relations, numbers, pictures)], format="csr") @ free
    )
    matrix.eliminate_zeros()
    tied = replace(relations, sums=Sums.of(matrix))
    told = np.zeros(len(numbers), dtype=np.bool_)
    told[np.concatenate([cells for cells, _ in worlds])] = True
    return Remembered(tied, pinned, told)


def _picture(relations: Relations, cells: Ints, told: Floats) -> _Picture:
    numbers, known = np.zeros(relations.sums.matrix.shape[1]), np.zeros(relations.sums.matrix.shape[1], dtype=np.bool_)
    numbers[cells], known[cells] = told, True
    numbers, follows = settle(relations.sums.matrix, relations.sums.pattern, numbers, known)
    return _Picture(numbers, known | follows)


def _still_true(relations: Relations, numbers: Floats, pictures: Sequence[_Picture]) -> Iterator[sp.csr_array]:
    """Yield the sums, over cells that a release did not tell, which it gave away and which are the same today."""
    said: dict[bytes, float] = {}
    for picture in reversed(pictures):
        revised = (picture.known & (np.abs(picture.numbers - numbers) >= SAME)).astype(np.float64)
        rows = np.flatnonzero(relations.sums.pattern @ revised > 0)
        silent = sp.csr_array(relations.sums.matrix[rows] @ sp.diags_array((~picture.known).astype(np.float64)))
        silent.eliminate_zeros()
        silent.sort_indices()
        sums = -(relations.sums.matrix[rows] @ np.where(picture.known, picture.numbers, 0.0))
        latest = [abs(said.setdefault(_cells(silent, i), float(value)) - value) < SAME for i, value in enumerate(sums)]
        true = np.abs(silent @ numbers - sums) < SAME
        yield silent[np.flatnonzero(true & np.array(latest, dtype=np.bool_))]


def _cells(matrix: sp.csr_array, row: int) -> bytes:
    entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return bytes(matrix.indices[entries].tobytes() + matrix.data[entries].tobytes())
