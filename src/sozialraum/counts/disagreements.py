"""Delivered totals and the sums of their parts do not always agree: who disagrees, how often, by how much at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.attempts import Attempt
from sozialraum.counts.shelves import RANK, Ranks, Values
from sozialraum.counts.supplies import Frame
from sozialraum.errors import Fault
from sozialraum.tables import Status

TOLERANCE = 1e-6
"""Relative difference below which two numbers are the same (sums of fractions)."""

EXACT = np.array(sorted(RANK[status] for status in (Status.OK, Status.ZERO, Status.PROVISIONAL)), dtype=np.uint8)
"""Ranks of numbers that are compared; estimates differ by their nature."""


@dataclass(slots=True)
class _Pair:
    """How one way of answering differs from a better one, over all questions."""

    compared: int = 0
    different: int = 0
    largest: float = 0.0
    manner: str = ""
    example: str = ""


@dataclass(slots=True)
class Disagreements:
    """Collects differences between ways to answer the same question and sums them up per pair of sources."""

    frame: Frame
    pairs: dict[tuple[str, str], _Pair] = field(default_factory=dict)

    def compare(
        self,
        question: Measure,
        system: str,
        *,
        tried: Sequence[Attempt],
        so_far: tuple[Values, Ranks, NDArray[np.int64]],
        new: tuple[Attempt, Values, Ranks],
    ) -> None:
        """Compare the numbers chosen so far with those of a further attempt.

        Args:
            question: what is asked.
            system: in which area system.
            tried: the attempts so far.
            so_far: values, ranks and which attempt they come from, periods x areas.
            new: the further attempt, its values and ranks.
        """
        values, ranks, chosen = so_far
        attempt, others, other_ranks = new
        both = np.isin(ranks, EXACT) & np.isin(other_ranks, EXACT)
        for number in np.unique(chosen[both]):
            here = both & (chosen == number)
            better = tried[number].label[0]
            pair = self.pairs.setdefault((better, attempt.label[0]), _Pair())
            if self._note(pair, np.where(here, values, np.nan), np.where(here, others, np.nan), (question, system)):
                pair.manner = attempt.manner

    def _note(self, pair: _Pair, values: Values, others: Values, about: tuple[Measure, str]) -> bool:
        """Add what was compared to a pair; tell whether the largest difference of all is among it."""
        gaps = np.abs(values - others)
        apart = gaps > TOLERANCE * np.maximum(1, np.abs(values))
        pair.compared += int(np.isfinite(gaps).sum())
        pair.different += int(apart.sum())
        if not apart.any() or np.nanmax(gaps) <= pair.largest:
            return False
        period, area = np.unravel_index(np.nanargmax(gaps), gaps.shape)
        question, system = about
        where = f"{system} {self.frame.territory.axes[system].codes[area]}, {self.frame.periods[period]}"
        pair.largest = float(gaps[period, area])
        pair.example = f"{question} in {where}: {values[period, area]:g} and {others[period, area]:g}"
        return True

    def notes(self) -> tuple[Fault, ...]:
        """Return a note for each pair of sources that disagree."""
        return tuple(
            Fault(
                better,
                what=f"{pair.different} of {pair.compared} numbers differ from "
                f"{'the sums of their own parts' if better == other else f'those of {other}'}, at most by "
                f"{pair.largest:g}; the numbers of {better} are used",
                value=f"{pair.example} ({pair.manner})",
                advice="Ask the provider which of the two is right.",
            )
            for (better, other), pair in sorted(self.pairs.items())
            if pair.different
        )
