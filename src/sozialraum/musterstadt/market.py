"""What a firm sells about households: purchasing power and who lives in their own home, as far as it knows."""

from __future__ import annotations

import numpy as np
import polars as pl

from sozialraum.musterstadt.tables import owner_occupied
from sozialraum.musterstadt.town import Town

COVERED = 0.94
"""Share of households that the firm knows something about."""


def market_data(town: Town, year: int) -> pl.DataFrame:
    """Return one row a household, in no telling order, without names or addresses: the building's number alone.

    Returns:
        Gebäude, Kaufkraft (euros a year, whole hundreds; empty where not known), Eigentum (ja, nein; empty likewise).
    """
    rng = np.random.default_rng([town.seed, 10])
    state = next(state for state in town.years if state.year == year)
    households = town.households(year)
    number = households["household"].to_numpy()
    spread = np.exp(0.42 * state.means[number] + rng.normal(0, 0.2, len(number)))
    euros = np.round(232 * (1 + 0.02 * (year - 2015)) * spread).astype(np.int64) * 100
    own = owner_occupied(town)[state.dwelling[number]]
    frame = pl.DataFrame(
        {
            "Gebäude": households["building"] + 1,
            "Kaufkraft": euros,
            "Eigentum": pl.Series(["nein", "ja"]).gather(own.astype(np.uint32)),
        }
    )
    known = pl.Series(rng.random(len(number)) < COVERED)
    told = frame.with_columns(pl.when(known).then(name).alias(name) for name in ("Kaufkraft", "Eigentum"))
    return told[rng.permutation(len(number))]
