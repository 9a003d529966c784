"""Areas add up to the areas they lie in: where every child has a number, the parent has one too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sozialraum.counts.shelves import MISSING, Ranks, Shelf, Values, settle
from sozialraum.counts.territory import Territory


def raise_shelf(shelf: Shelf, child: str, parent: str, territory: Territory, *, periods: Sequence[str]) -> Shelf:
    """Sum the numbers of a system's areas to the areas of a coarser one.

    The children of a period are the areas that there were then; where one of those is missing, today's areas (numbers
    of earlier periods may be delivered on today's territorial status). Figures are not summed.

    Args:
        shelf: numbers of ``child``.
        child: id of the finer system.
        parent: id of the coarser system.
        territory: the areas.
        periods: what the second axis of the shelf stands for.
    """
    measures = [measure for measure in shelf.rows if measure.additive]
    taken = [shelf.rows[measure] for measure in measures]
    raised = Shelf.empty(measures, len(periods), len(territory.axes[parent]))
    raised.offered[:] = shelf.offered[taken]
    for place, period in enumerate(periods):
        values, ranks = shelf.values[taken, place], shelf.ranks[taken, place]
        for above in territory.family_trees(child, parent, period):
            sums, combined = _sum_by(values, ranks, above, raised.values.shape[2])
            gaps = raised.ranks[:, place] == MISSING
            raised.values[:, place] = np.where(gaps, sums, raised.values[:, place])
            raised.ranks[:, place] = np.where(gaps, combined, raised.ranks[:, place])
    return raised


def _sum_by(values: Values, ranks: Ranks, above: NDArray[np.int64], parents: int) -> tuple[Values, Ranks]:
    """Sum columns that have the same parent; a parent without children is missing."""
    order = np.argsort(above, kind="stable")
    order = order[above[order] >= 0]
    found, starts = np.unique(above[order], return_index=True)
    sums = np.full((len(values), parents), np.nan)
    combined = np.full((len(values), parents), MISSING)
    if len(found) and len(values):
        sums[:, found] = np.add.reduceat(values[:, order], starts, axis=1)
        combined[:, found] = np.minimum.reduceat(ranks[:, order], starts, axis=1)
    return settle(sums, combined)
