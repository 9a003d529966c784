"""Small towns of cells with a characteristic, written as a statistician would on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sozialraum.catalogue import ProfileRulesDoc, Show
from sozialraum.counts.profiles import Bundled, Characteristic, Tally, tally_cells
from sozialraum.disclosure import Profile, Profiles, protect_profiles

LENIENT = ProfileRulesDoc(minimum=2, insiders=0, one_house_minimum=2, one_house_diversity=2, secondary=False)
"""Rules that let nearly everything out, so that a test shows one rule at a time."""

CODES = ("a", "b", "c", "d")

Units = Mapping[str, Sequence[Any]]
"""The values of the units of each cell (``01-1``: the first cell of area 01; ``01``: of area 01, in no cell)."""


def tally(
    units: Units,
    *,
    one_house: Sequence[str] = (),
    owners: Units | None = None,
    weights: Units | None = None,
    **more: Any,
) -> Tally:
    """Tally the units; every cell has two houses unless it is named in ``one_house``."""
    rows = []
    for cell, values in units.items():
        houses = 1 if cell in one_house else 2
        for number, value in enumerate(values):
            owner = owners[cell][number] if owners and cell in owners else None
            weight = weights[cell][number] if weights and cell in weights else 1.0
            rows.append((f"{cell}/{number % houses}", cell.split("-")[0], value, owner, weight))
    numbers = any(not isinstance(v, str) and v is not None for values in units.values() for v in values)
    kind = pl.Float64 if numbers else pl.String
    schema = {"building": pl.String, "area": pl.String, "value": kind, "owner": pl.String, "weight": pl.Float64}
    cells = [cell for cell in units if "-" in cell]
    bundled = Bundled(
        pl.DataFrame(
            [(cell, cell.split("-")[0], 1 if cell in one_house else 2) for cell in cells],
            schema={"cell": pl.String, "area": pl.String, "buildings": pl.Int64},
            orient="row",
        ),
        pl.DataFrame(
            [(f"{cell}/{house}", cell) for cell in cells for house in range(2)],
            schema={"building": pl.String, "cell": pl.String},
            orient="row",
        ),
    )
    characteristic = Characteristic(
        "source.value",
        "value",
        codes=None if numbers else more.get("codes", CODES),
        owner="owner" if owners else None,
        weight="weight" if weights else None,
    )
    return tally_cells(pl.DataFrame(rows, schema=schema, orient="row"), bundled, characteristic)


def protect(
    tally: Tally, *shows: Show, of: str = "", rules: ProfileRulesDoc | None = None, minimum: int = 0
) -> Profiles:
    """Take one attribute through the door."""
    profile = Profile("x", tally, shows, frozenset(of.split("|")) - {""}, "2025", minimum)
    return protect_profiles([profile], rules or ProfileRulesDoc())


def told(profiles: Profiles, show: Show) -> dict[str, Any]:
    """Return by cell what is told: the number, the code, or the status where nothing is told."""
    rows = profiles.table.frame.filter(pl.col("show") == show).select("cell", "value", "type", "status").iter_rows()
    return {
        cell: status if value is None and code is None else (value if code is None else code)
        for cell, value, code, status in rows
    }
