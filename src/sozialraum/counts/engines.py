"""The engines that can count: Polars here, Apache Spark where one machine is too small. One code, through Narwhals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

FEW = 10
"""Up to so many short texts are quickly compared one after the other; measured."""

INLINE = 12
"""Bytes of a text that Polars (as Arrow's views) compares without following a pointer."""


@dataclass(frozen=True, slots=True)
class Units:
    """Single units of one universe, ready to be counted by whichever engine holds them.

    Attributes:
        frame: the units as a lazy Narwhals frame.
        categories: for columns that are held as small whole numbers, the texts they stand for, in their order.
    """

    frame: nw.LazyFrame[Any]
    categories: dict[str, tuple[str, ...]]

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self.frame.collect_schema().names()


def open_units(frame: Any, texts: Mapping[str, Sequence[str]]) -> Units:
    """Open a frame of single units: a Polars frame, or one of Spark (or of anything else that Narwhals knows).

    Polars columns of the type ``Enum`` are taken as the small whole numbers that they are inside, and columns of
    unwieldy texts are made such: comparing long texts takes longer than everything else.

    Args:
        frame: the units.
        texts: for columns of text the codes that may stand in them.
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return Units(nw.from_native(frame).lazy(), {})
    lazy, schema = frame.lazy(), frame.lazy().collect_schema()
    enums = {name: dtype for name, dtype in schema.items() if isinstance(dtype, pl.Enum)}
    made = {name: pl.Enum(codes) for name, codes in texts.items() if schema[name] == pl.String and _unwieldy(codes)}
    numbers = [pl.col(name).cast(dtype, strict=False).to_physical() for name, dtype in (enums | made).items()]
    categories = {name: tuple(dtype.categories.to_list()) for name, dtype in (enums | made).items()}
    return Units(nw.from_native(lazy.with_columns(numbers)), categories)


def _unwieldy(codes: Sequence[str]) -> bool:
    return len(codes) > FEW or any(len(code.encode()) > INLINE for code in codes)


def gather(frame: nw.LazyFrame[Any]) -> pl.DataFrame:
    """Run a query on its own engine and bring the (small) result here."""
    native = frame.to_native()
    if isinstance(native, pl.LazyFrame):
        return native.collect(engine="streaming")
    return frame.collect(backend="polars").to_native()  # type: ignore[no-any-return]
