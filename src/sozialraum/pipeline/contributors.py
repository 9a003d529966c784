"""Who contributes how much to the sums of amounts that a package tells: for the door alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.catalogue import Measure, Project
from sozialraum.catalogue.measures import GINI
from sozialraum.counts import Contributions, Supply, can_answer, contribute
from sozialraum.microcells import Cells
from sozialraum.periods import parse_period
from sozialraum.pipeline.assemble import MICROCELLS
from sozialraum.pipeline.counting import Counted
from sozialraum.pipeline.rests import cell_of_units
from sozialraum.sources import AREA_PREFIX, Records
from sozialraum.tables import COUNT_KEY


def contributions_at(
    project: Project, counted: Counted, counts: pl.DataFrame, systems: Mapping[str, AreaSystem]
) -> Contributions:
    """Return the contributions to all sums that single records answered. Of ready-made tables nobody knows them.

    Gini coefficients are judged by the sums that they are about, so the contributions to those are among them.

    Args:
        project: the city's documents.
        counted: what was counted.
        counts: the counts of the package.
        systems: its area systems; microcells with the rests of their areas.
    """
    amounts = counts.drop_nulls("value").filter(pl.col("universe").str.contains(".", literal=True))
    asked = [Measure.parse(*row) for row in amounts.select("universe", "where").unique().sort(pl.all()).iter_rows()]
    amounts = pl.concat([amounts, *(_as_sums(amounts, measure) for measure in asked if measure.statistic == GINI)])
    amounts = amounts.unique(COUNT_KEY, keep="first", maintain_order=True)
    sums = sorted({m.summed if m.statistic == GINI else m for m in asked if m.additive or m.statistic == GINI})
    return Contributions.together(_of_supplies(project, counted, (sums, amounts), systems))


def _as_sums(amounts: pl.DataFrame, gini: Measure) -> pl.DataFrame:
    """Return the sums that Gini coefficients are about: they are as safe as those."""
    own = amounts.filter(universe=gini.universe, where=gini.where_text)
    return own.with_columns(universe=pl.lit(gini.summed.universe))


def _of_supplies(
    project: Project, counted: Counted, asked: tuple[list[Measure], pl.DataFrame], systems: Mapping[str, AreaSystem]
) -> Iterator[Contributions]:
    sums, amounts = asked
    first = pl.col("source").str.split("+").list.first()  # what extends a register stands after it
    for supply in counted.assembled.supplies:
        questions = [m for m in sums if isinstance(supply.data, Records) and can_answer(supply.data, m)]
        if questions:
            found = contribute(
                _units(project, counted, supply, systems),
                questions,
                systems=AreaSystems(dict(systems)),
                codes=project.catalogue.codes,
                owner=_owner(project, supply),
            )
            yield found.of(amounts.filter(first == supply.source))


def _owner(project: Project, supply: Supply) -> str | None:
    """Return the column with the owners of a delivery's units; the unit itself where its own identifier is named."""
    owner = project.sources[supply.source].owner
    wanted = (f"id:{owner}", "unit") if owner else ()
    return next((name for name in wanted if name in supply.data.frame.columns), None)


def _units(project: Project, counted: Counted, supply: Supply, systems: Mapping[str, AreaSystem]) -> pl.DataFrame:
    """Return the units of a delivery; in the latest period with their microcell, where the package shows those."""
    units, document, cells = supply.data.frame, project.city.microcells, counted.assembled.microcells
    if MICROCELLS not in systems or cells is None or document is None or "building" not in units.columns:
        return units
    return units.with_columns(_cell(units, cells, document.within))


def _cell(units: pl.DataFrame, cells: Cells, within: str) -> pl.Series:
    period = units["period"].cast(pl.String)
    latest = max(period.unique().drop_nulls(), key=parse_period, default=None)
    cell = cell_of_units(units, cells, within)
    return cell.set(period.ne_missing(pl.Series([latest], dtype=pl.String)), None).alias(f"{AREA_PREFIX}{MICROCELLS}")
