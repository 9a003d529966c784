"""The ways in which a question can be answered from the deliveries, the best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.shelves import MISSING, Ranks, Shelf, Values, add_up
from sozialraum.counts.supplies import Frame, Stock
from sozialraum.counts.tiling import tile


class Level(IntEnum):
    """Where a number stands, the most trusted first."""

    DIRECT = 0
    """It was delivered for the area itself."""
    RAISED = 1
    """It is the sum of the finer areas."""
    FULL = 2
    """Some of it was delivered, some of it is a sum."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A measure on a shelf of one delivery."""

    stock: Stock
    level: Level
    measure: Measure

    def shelf(self, system: str) -> Shelf:
        """Return the shelf it lies on."""
        return shelf_at(self.stock, self.level)[system]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to answer a question in some periods.

    Attributes:
        pieces: what is added up.
        periods: for which periods the pieces are offered.
    """

    pieces: tuple[Piece, ...]
    periods: NDArray[np.bool_]

    @property
    def label(self) -> tuple[str, str]:
        """The ids of the sources and of the policies that go in, each joined with ``+``."""
        sources = sorted({piece.stock.supply.source for piece in self.pieces})
        policies = sorted({piece.stock.supply.policy for piece in self.pieces})
        return "+".join(sources), "+".join(policies)

    @property
    def manner(self) -> str:
        """How the number is made, in words."""
        parts = "delivered" if len(self.pieces) == 1 else f"the sum of {len(self.pieces)} parts"
        return parts if self.pieces[0].level is Level.DIRECT else f"{parts}, summed over areas"

    def evaluate(self, system: str) -> tuple[Values, Ranks]:
        """Return numbers and statuses, periods x areas; missing in all other periods."""
        parts = []
        for piece in self.pieces:
            shelf = piece.shelf(system)
            place = shelf.rows[piece.measure]
            parts.append((shelf.values[place], shelf.ranks[place]))
        values, ranks = add_up(parts)
        return np.where(self.periods[:, None], values, np.nan), np.where(self.periods[:, None], ranks, MISSING)


Pool = tuple[dict[Measure, Stock], NDArray[np.bool_]]
"""The first delivery that offers each measure, and the periods for which that holds."""


def shelf_at(stock: Stock, level: Level) -> dict[str, Shelf]:
    """Return the shelves of a delivery by area system."""
    return dict((stock.direct, stock.raised, stock.full)[level])


@dataclass(frozen=True, slots=True)
class Offers:
    """All deliveries, asked for the ways to answer a question.

    Attributes:
        stocks: the deliveries, in their order.
        frame: what their shelves have in common.
    """

    stocks: Sequence[Stock]
    frame: Frame
    _pooled: dict[tuple[str, str], list[Pool]] = field(default_factory=dict)
    _tiled: dict[tuple[Measure, frozenset[Measure]], tuple[Measure, ...] | None] = field(default_factory=dict)

    def alone(self, question: Measure, system: str) -> list[Attempt]:
        """Return every way in which one delivery answers a question, the best first.

        Higher priority goes first, then what was delivered for the area itself before sums of finer areas, then fewer
        parts.

        Args:
            question: a plain measure.
            system: the area system it is asked for.
        """
        found: list[tuple[tuple[int, int, int, int], Attempt]] = []
        for order, stock in enumerate(self.stocks):
            for attempt in self._of_one(question, system, stock):
                rank = (-stock.supply.priority, int(attempt.pieces[0].level), len(attempt.pieces), order)
                found.append((rank, attempt))
        return [attempt for _, attempt in sorted(found, key=lambda item: item[0])]

    def together(self, question: Measure, system: str) -> Iterator[Attempt]:
        """Yield the ways that need numbers of several deliveries."""
        if not question.additive:
            return
        if (question.universe, system) not in self._pooled:
            self._pooled[question.universe, system] = _pools(question.universe, system, self.stocks)
        for owners, periods in self._pooled[question.universe, system]:
            parts = self._tile(question, frozenset(owners))
            if parts and len({id(owners[part]) for part in parts}) > 1:
                yield Attempt(tuple(Piece(owners[part], Level.FULL, part) for part in parts), periods)

    def _of_one(self, question: Measure, system: str, stock: Stock) -> Iterator[Attempt]:
        """Yield the ways of one delivery; delivered and summed numbers are mixed only where neither does alone."""
        answered: NDArray[np.bool_] = np.zeros(1, dtype=bool)
        for level in (Level.DIRECT, *(() if stock.counted else (Level.RAISED, Level.FULL))):
            shelf = shelf_at(stock, level).get(system)
            for periods, offered in shelf.patterns.get(question.universe, ()) if shelf else ():
                left = periods & ~answered if level is Level.FULL else periods
                for parts in self._parts(question, offered, stock) if left.any() else ():
                    answered = answered | periods
                    yield Attempt(tuple(Piece(stock, level, part) for part in parts), left)

    def _parts(self, question: Measure, offered: frozenset[Measure], stock: Stock) -> Iterator[tuple[Measure, ...]]:
        """Yield the question itself where it is offered, then what else adds up to it.

        Records are counted for each question and need no parts.
        """
        if question in offered:
            yield (question,)
        if not stock.counted and (parts := self._tile(question, offered - {question})):
            yield parts

    def _tile(self, question: Measure, offered: frozenset[Measure]) -> tuple[Measure, ...] | None:
        """Tile once what is offered alike on several shelves."""
        if (question, offered) not in self._tiled:
            self._tiled[question, offered] = tile(question, offered, self.frame.codes)
        return self._tiled[question, offered]


def _pools(universe: str, system: str, stocks: Sequence[Stock]) -> list[Pool]:
    """Return what the deliveries offer together, for each set of periods in which that is the same."""
    shelves = [(s, s.full[system]) for s in sorted(stocks, key=lambda s: -s.supply.priority) if system in s.full]
    offering = [(s, shelf) for s, shelf in shelves if not s.counted and universe in shelf.patterns]
    if len(offering) < 2:
        return []
    rows = [
        (m, s, shelf.offered[row]) for s, shelf in offering for m, row in shelf.rows.items() if m.universe == universe
    ]
    columns, which = np.unique(np.array([offered for *_, offered in rows]), axis=1, return_inverse=True)
    found = []
    for place, column in enumerate(columns.T):
        owners: dict[Measure, Stock] = {}
        for (measure, stock, _), there in zip(rows, column, strict=True):
            if there:
                owners.setdefault(measure, stock)
        found.append((owners, which.ravel() == place))
    return found
