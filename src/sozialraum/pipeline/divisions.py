"""Which part of what tables tell of the areas of their time belongs to areas that a reform made later."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from sozialraum.areas import AreaSystems
from sozialraum.catalogue import Measure, Project
from sozialraum.counts import Reforms, Territory
from sozialraum.indicators import DIVISIONS
from sozialraum.pipeline.assemble import Assembled
from sozialraum.pipeline.people import people_of
from sozialraum.tables import Status


def divisions_of(project: Project, systems: AreaSystems, assembled: Assembled, counts: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with :data:`sozialraum.indicators.DIVISIONS` for everything that a delivery counts.

    Args:
        project: the city's documents.
        systems: the area systems.
        assembled: the deliveries.
        counts: resolved counts, with their sources.
    """
    territory = Territory.of(systems)
    reformed = [id for id, axis in territory.axes.items() if not axis.timeless]
    if not reformed:
        return pl.DataFrame(schema=DIVISIONS)
    reforms = Reforms(territory, people_of(assembled.supplies, assembled.buildings))
    told = counts.filter(pl.col("status") != Status.MISSING.value, pl.col("area_system").is_in(reformed))
    asked = told.select("universe", "where", "area_system", "period", "source").unique().sort(pl.all())
    like = asked["source"].unique().to_list()
    named = pl.DataFrame({"source": like, "like": [_like(project, source) for source in like]})
    additive = pl.Series([Measure.parse(*row).additive for row in asked.select("universe", "where").iter_rows()])
    wanted = asked.filter(additive).join(named, on="source", maintain_order="left")
    kinds = wanted.select("area_system", "period", "like").unique().sort(pl.all())
    schema = {"area_system": pl.String, "period": pl.String, "like": pl.String, "old": pl.String, "new": pl.String}
    rows = [row for system, period, way in kinds.iter_rows() for row in _parts(reforms, territory, system, period, way)]
    parts = pl.DataFrame(rows, schema={**schema, "share": pl.Float64}, orient="row")
    joined = wanted.join(parts, on=["area_system", "period", "like"])
    return joined.select(DIVISIONS.names()).unique(DIVISIONS.names()[:-1], maintain_order=True)


def _parts(
    reforms: Reforms, territory: Territory, system: str, period: str, like: str
) -> Iterator[tuple[str, str, str, str, str, float]]:
    shares = reforms.shares((system, like), period)
    if shares is None:
        return
    codes = territory.axes[system].codes
    for old, new in zip(*np.nonzero(shares), strict=True):
        yield system, period, like, codes[old], codes[new], float(shares[old, new])


def _like(project: Project, source: str) -> str:
    """Return what a number of one or several sources is divided like: not at all where one of them says so."""
    ways = {project.sources[id].across_reforms for id in source.split("+") if id in project.sources}
    return "no" if "no" in ways else "surface" if ways == {"surface"} else "people"
