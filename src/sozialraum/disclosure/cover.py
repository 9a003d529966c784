"""Complementary suppression of profiles: what an area's total less its visible cells tells must be safe.

The total of an area is taken as known, whether it is published or not. What it leaves for the hidden cells (and for
units that lie in no cell) must be at least two places with twice the minimum of units together, and be safe as if it
were a cell. Until it is, further cells are hidden: the cell, or the two small ones, with the fewest units that make it
so (of cells with equally many units the first is tried); else the largest cell, and on.
"""

from __future__ import annotations

from itertools import combinations

import polars as pl

from sozialraum.disclosure.crowds import Judge

SMALL = 6
"""Of so many of the smallest visible cells pairs are tried too."""


def cover(judge: Judge, reasons: pl.DataFrame) -> list[int]:
    """Return the places that are hidden to protect others.

    Where nothing is left to hide, all cells of an area are hidden: what its total tells then is the total's affair.

    Args:
        judge: the rules of the characteristic.
        reasons: ``place`` and ``reason`` of every place, null where it is safe by itself.
    """
    places = judge.tally.places.filter(pl.col("known") > 0).join(reasons, on="place", how="left")
    delicate = places.filter(pl.col("reason").is_not_null())["area"].unique()
    places = places.filter(pl.col("area").is_in(delicate.implode())).with_columns(
        hidden=pl.col("reason").is_not_null() | pl.col("cell").is_null()
    )
    added: list[int] = []
    while (further := _further(judge, places)).len():
        added += further.to_list()
        places = places.with_columns(pl.col("hidden") | pl.col("place").is_in(further.implode()))
    return sorted(added)


def _further(judge: Judge, places: pl.DataFrame) -> pl.Series:
    """Return for every area that still tells too much what to hide next; nothing where all is well."""
    together = judge(places.filter("hidden").select(crowd="area", place="place"), several=True)
    open_areas = together.drop_nulls("reason")["crowd"]
    visible = places.filter(pl.col("area").is_in(open_areas.implode()), ~pl.col("hidden")).sort(
        "area", "known", "place"
    )
    if visible.is_empty():
        return pl.Series(dtype=pl.UInt32)
    chosen = _cheapest(judge, places, _attempts(visible))
    rest = visible.filter(~pl.col("area").is_in(chosen["area"].implode()))
    largest = rest.group_by("area", maintain_order=True).last()
    return pl.concat([chosen["place"], largest["place"]])


def _attempts(visible: pl.DataFrame) -> pl.DataFrame:
    """Return what may be hidden in each area, cells alone and small ones in pairs: attempt, area, place, cost."""
    rows: list[tuple[int, str, int, int]] = []
    number = 0
    for (area,), cells in visible.group_by("area", maintain_order=True):
        sizes = list(cells.select("place", "known").iter_rows())
        alone = cells.unique("known", keep="first", maintain_order=True).select("place", "known").iter_rows()
        for attempt in (*((one,) for one in alone), *combinations(sizes[:SMALL], 2)):
            cost = sum(known for _, known in attempt)
            rows += [(number, str(area), place, cost) for place, _ in attempt]
            number += 1
    schema = {"attempt": pl.Int64, "area": pl.String, "place": pl.UInt32, "cost": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cheapest(judge: Judge, places: pl.DataFrame, attempts: pl.DataFrame) -> pl.DataFrame:
    """Return area and place of the cheapest attempt after which an area is safe; no row where none makes it so."""
    hidden = places.filter("hidden").select("area", "place")
    with_hidden = attempts.select("attempt", "area").unique().join(hidden, on="area").select("attempt", "place")
    crowds = pl.concat([attempts.select("attempt", "place"), with_hidden]).rename({"attempt": "crowd"})
    safe = judge(crowds, several=True).filter(pl.col("reason").is_null())["crowd"]
    good = attempts.filter(pl.col("attempt").is_in(safe.implode())).sort("area", "cost", "attempt")
    best = good.group_by("area", maintain_order=True).agg(pl.col("attempt").first())
    return good.join(best, on=["area", "attempt"], how="semi").select("area", "place")
