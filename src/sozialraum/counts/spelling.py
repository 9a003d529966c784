"""Arrays of questions x periods x areas are written out as a table, one row per number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure


def spell_out(
    measures: Sequence[Measure],
    system: str,
    areas: Sequence[str],
    periods: Sequence[str],
    *,
    wanted: NDArray[np.bool_],
    columns: Mapping[str, NDArray[np.generic]],
) -> pl.DataFrame:
    """Write arrays out as a table.

    Args:
        measures: what the first axis stands for.
        system: the area system that ``areas`` belong to.
        areas: what the third axis stands for.
        periods: what the second axis stands for.
        wanted: which numbers get a row, questions x periods x areas.
        columns: further columns by name, arrays of the same shape.

    Returns:
        The columns ``universe``, ``where``, ``area_system``, ``area``, ``period`` and the further ones.
    """
    question, period, area = np.nonzero(wanted)
    return pl.DataFrame(
        {
            "universe": _texts([measure.universe for measure in measures], question),
            "where": _texts([measure.where_text for measure in measures], question),
            "area_system": pl.repeat(system, len(area), dtype=pl.String, eager=True),
            "area": _texts(areas, area),
            "period": _texts(periods, period),
            **{name: array[question, period, area] for name, array in columns.items()},
        }
    )


def _texts(texts: Sequence[str], places: NDArray[np.int64]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(places)
