"""How a column falls into classes: the coarsest ones from which every question can still be answered.

The ages of ten million people are cut at the boundaries of the questions, and stretches (or codes) that no question
tells apart become one class. Class 0 is the rest: what no question asks for, and what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from sozialraum.catalogue.codes import OPEN_END
from sozialraum.catalogue.documents import CodeListDoc
from sozialraum.counts.engines import Units
from sozialraum.counts.filters import intervals, members

MANY = 24
"""From this many codes on a lookup is faster than comparing with one after the other."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of one column.

    Attributes:
        column: the column's name.
        size: how many classes there are, the rest (class 0) included.
        starts: for numbers: (first number, class) of every stretch, ascending; before the first one lies the rest.
        codes: for texts: the class of each code.
        asked: for each text of codes that questions ask for, which classes it is made of.
    """

    column: str
    size: int
    starts: tuple[tuple[int, int], ...] = ()
    codes: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def expression(self, units: Units) -> nw.Expr:
        """Return the class of each row as a whole number."""
        column = nw.col(self.column)
        if self.starts:
            return _first([(column >= low, number) for low, number in reversed(self.starts)], self.size)
        if self.column not in units.categories:
            return _lookup(column, self.codes, self.size)
        inside = {index: self.codes.get(code, 0) for index, code in enumerate(units.categories[self.column])}
        if all(number == index + 1 for index, number in inside.items()):
            number = column.cast(_type(self.size)) + nw.lit(1, _type(self.size))
            return nw.when(column.is_null()).then(nw.lit(0, _type(self.size))).otherwise(number)
        return _lookup(column, {index: number for index, number in inside.items() if number}, self.size)


def classes_of(column: str, texts: Iterable[str], document: CodeListDoc) -> Classes:
    """Return the coarsest classes of a dimension that tell the given texts of codes apart."""
    asked = sorted(set(texts))
    return _numbers(column, asked, document) if document.kind == "interval" else _texts(column, asked, document)


def one_class_each(column: str, codes: Sequence[str]) -> Classes:
    """Return a class for every code, in their order, from 1 on."""
    return Classes(column, len(codes) + 1, codes={code: number for number, code in enumerate(codes, 1)})


def _numbers(column: str, asked: Sequence[str], document: CodeListDoc) -> Classes:
    wanted = [intervals(text, document) for text in asked]
    cuts = sorted({edge for parts in wanted for part in parts for edge in (part.low, part.high)} - {OPEN_END})
    inside = [tuple(any(p.low <= cut < p.high for p in parts) for parts in wanted) for cut in cuts]
    numbers, table = _distinct(inside, len(asked))
    starts = tuple(zip(cuts, numbers, strict=True))
    return Classes(column, len(table), starts=starts, asked=dict(zip(asked, table.T, strict=True)))


def _texts(column: str, asked: Sequence[str], document: CodeListDoc) -> Classes:
    wanted = [members(text, document) for text in asked]
    codes = sorted(set().union(*wanted))
    numbers, table = _distinct([tuple(code in part for part in wanted) for code in codes], len(asked))
    named = dict(zip(codes, numbers, strict=True))
    return Classes(column, len(table), codes=named, asked=dict(zip(asked, table.T, strict=True)))


def _distinct(patterns: Sequence[tuple[bool, ...]], width: int) -> tuple[list[int], NDArray[np.bool_]]:
    """Number the distinct patterns of membership; the one that lies in no question is number 0."""
    known = {(False,) * width: 0}
    numbers = [known.setdefault(pattern, len(known)) for pattern in patterns]
    return numbers, np.array(list(known), dtype=bool).reshape(len(known), width)


def _first(cases: Sequence[tuple[nw.Expr, int]], size: int) -> nw.Expr:
    dtype = _type(size)
    found: nw.Expr = nw.lit(0, dtype)
    for condition, number in reversed(cases):
        found = nw.when(condition).then(nw.lit(number, dtype)).otherwise(found)
    return found


def _lookup(column: nw.Expr, numbers: Mapping[str, int] | Mapping[int, int], size: int) -> nw.Expr:
    if len(numbers) < MANY:
        return _first([(column == value, number) for value, number in numbers.items()], size)
    dtype = _type(size)
    values, classes = list(numbers), list(numbers.values())
    return column.replace_strict(values, classes, default=nw.lit(0, dtype), return_dtype=dtype)


def _type(size: int) -> type[nw.Int16] | type[nw.Int32]:
    return nw.Int16 if size < 2**15 else nw.Int32
