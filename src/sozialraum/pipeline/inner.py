"""Small counts are rounded before anything is counted, in registers whose policy asks for it (``small_counts``).

An *inner cell* is the finest group of units that the questions tell apart: a period, an area in every area system that
is shown, a class of every dimension that is asked for. Those that go into a number that would be too small become 0 or
the base (see :mod:`sozialraum.disclosure.small_counts`): their units are left out, or some of them counted more than
once. Then everything is counted from these units as ever, so all tables of a package add up and agree.

Packages with the same base are rounded once for both, over the numbers of both, and so have the same numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from sozialraum.catalogue import Measure, Project, SmallCountsDoc
from sozialraum.counts import can_answer
from sozialraum.counts.classes import Classes, classes_of
from sozialraum.counts.engines import gather, open_units
from sozialraum.counts.filters import Codes, plain
from sozialraum.disclosure import MOVED, round_small_counts
from sozialraum.pipeline.assemble import MICROCELLS, Assembled, latest_units
from sozialraum.pipeline.rests import cell_of_units
from sozialraum.releases import Depth
from sozialraum.sources import AREA_PREFIX, Records
from sozialraum.tables import COUNT_KEY, Status

DEPTHS: tuple[Depth, ...] = ("public", "internal")
CELLS = f"{AREA_PREFIX}{MICROCELLS}"
ROW, INNER = "row", "inner"

Ints = NDArray[np.int64]


def base_of(project: Project, policy: str, depth: Depth) -> int | None:
    """Return the base that a policy rounds small counts to at a depth, None where it does something else."""
    parameters = getattr(project.catalogue.policies[policy], depth).parameters
    return parameters.base if isinstance(parameters, SmallCountsDoc) else None


def round_registers(
    project: Project, assembled: Assembled, depth: Depth, questions: Sequence[Measure]
) -> tuple[Assembled, frozenset[str]]:
    """Return what questions are asked of at a depth, with small inner cells rounded, and the sources that have been.

    Args:
        project: the city's documents.
        assembled: placed records.
        depth: of the release.
        questions: the measures that it tells.
    """
    supplies, sources = [], set[str]()
    for supply in assembled.supplies:
        base = base_of(project, supply.policy, depth)
        if base is None or not isinstance(supply.data, Records):
            supplies.append(supply)
            continue
        together = [other for other in DEPTHS if base_of(project, supply.policy, other) == base]
        units = _with_cells(supply.data.frame, assembled, project)
        asked = _asked(project, together, questions, replace(supply.data, frame=units))
        if not asked:
            supplies.append(supply)
            continue
        times = _Rounding(base, asked, project.catalogue.codes).times(units)
        kept = replace(supply.data, frame=supply.data.frame[np.repeat(np.arange(units.height), times)])
        supplies.append(replace(supply, data=kept))
        sources.add(supply.source)
    return replace(assembled, supplies=tuple(supplies)), frozenset(sources)


def _with_cells(units: pl.DataFrame, assembled: Assembled, project: Project) -> pl.DataFrame:
    """Add the microcell of the units that are counted in one: those of the latest period."""
    made, document = assembled.maintained, project.city.microcells
    if made is None or document is None or "building" not in units.columns:
        return units
    numbered = units.with_row_index(ROW)
    latest = latest_units(numbered)
    cells = latest.select(ROW, cell_of_units(latest, made.cells, document.within).alias(CELLS))
    return numbered.join(cells, on=ROW, how="left", maintain_order="left").drop(ROW)


def _asked(
    project: Project, depths: Collection[Depth], questions: Sequence[Measure], records: Records
) -> dict[str, list[Measure]]:
    """Return what these packages count of records in each area system, by the column that holds its areas."""
    systems = [id for id, document in project.areas.items() if "internal" in depths or document.depth == "public"]
    asked = {f"{AREA_PREFIX}{id}": questions for id in systems}
    if "internal" in depths and project.city.microcells:
        indicators = [project.catalogue.indicators[name] for name in project.city.microcells.indicators]
        asked[CELLS] = [measure for document in indicators for measure in document.measures]
    codes = project.catalogue.codes
    own = {
        column: sorted({plain(m, codes) for m in several if m.counts_units and can_answer(records, m)})
        for column, several in asked.items()
        if column in records.frame.columns
    }
    return {column: several for column, several in own.items() if several}


@dataclass(frozen=True, slots=True)
class _Rounding:
    """How the records of one register are rounded.

    Attributes:
        base: no published number lies from 1 up to below it.
        asked: plain questions by the column of the area system they are counted in.
        codes: the code lists of the dimensions.
    """

    base: int
    asked: Mapping[str, Sequence[Measure]]
    codes: Codes

    def times(self, units: pl.DataFrame) -> Ints:
        """Return how often each unit is counted: mostly once, not at all in a cell that becomes 0."""
        found = np.ones(units.height, dtype=np.int64)
        classes = self._classes()
        for (_,), part in self._grouped(units, classes).partition_by("period", as_dict=True).items():
            cells = part.unique(INNER, maintain_order=True).sort(INNER)
            place = np.searchsorted(cells[INNER].to_numpy(), part[INNER].to_numpy())
            counts = np.bincount(place, minlength=cells.height).astype(np.int64)
            rounded = round_small_counts(counts, self._sums(cells, classes), self.base).inner
            turn = part.select(pl.int_range(pl.len()).over(INNER)).to_series().to_numpy()
            share, more = np.divmod(rounded, counts)
            found[part[ROW].to_numpy()] = share[place] + (turn < more[place])
        return found

    def _classes(self) -> dict[str, Classes]:
        texts: dict[str, set[str]] = {}
        for question in (question for several in self.asked.values() for question in several):
            for dimension, text in question.where:
                texts.setdefault(dimension, set()).add(text)
        return {name: classes_of(name, several, self.codes[name]) for name, several in sorted(texts.items())}

    def _grouped(self, units: pl.DataFrame, classes: Mapping[str, Classes]) -> pl.DataFrame:
        """Return row, period, inner cell (numbered in the order of what makes it), areas and classes of each unit."""
        numbered = units.with_row_index(ROW)
        lists = {name: sorted(self.codes[name].codes) for name in classes if self.codes[name].kind == "list"}
        opened = open_units(numbered.select(ROW, *classes), lists)
        numbers = [one.expression(opened).alias(name) for name, one in classes.items()]
        places = numbered.select(ROW, pl.col("period", *self.asked).cast(pl.String))
        frame = places.join(gather(opened.frame.select(ROW, *numbers)), on=ROW, maintain_order="left")
        keys = [name for name in frame.columns if name != ROW]
        cells = frame.select(keys).unique().sort(keys).with_row_index(INNER)
        return frame.join(cells, on=keys, nulls_equal=True, maintain_order="left")

    def _sums(self, cells: pl.DataFrame, classes: Mapping[str, Classes]) -> sp.csr_array:
        """Return published numbers x inner cells, 1 where a cell goes into a number."""
        blocks = [sp.csr_array((0, cells.height), dtype=np.int64)]
        for column, questions in self.asked.items():
            areas = cells[column].cast(pl.Enum(cells[column].unique().drop_nulls().sort())).to_physical()
            for question in questions:
                inside = np.flatnonzero(_inside(question, cells, classes) & areas.is_not_null().to_numpy())
                area = areas.gather(inside).to_numpy()
                shape = int(areas.n_unique()), cells.height
                blocks.append(sp.csr_array((np.ones(len(inside), dtype=np.int64), (area, inside)), shape=shape))
        return sp.csr_array(sp.vstack(blocks, format="csr"))


def _inside(question: Measure, cells: pl.DataFrame, classes: Mapping[str, Classes]) -> NDArray[np.bool_]:
    inside = np.ones(cells.height, dtype=np.bool_)
    for dimension, text in question.where:
        inside &= classes[dimension].asked[text][cells[dimension].to_numpy()]
    return inside


def in_place_of(exact: pl.DataFrame, rounded: pl.DataFrame, sources: Collection[str]) -> pl.DataFrame:
    """Put rounded numbers in the place of exact ones, with the column ``MOVED``: by how much they were moved.

    Args:
        exact: counts as they are.
        rounded: the same, counted from rounded records.
        sources: of the rounded records; what others answered stays as it is, with a null.
    """
    new = rounded.select(*COUNT_KEY, new="value", new_status="status")
    counted = ~pl.col("universe").str.contains(".", literal=True)
    own = counted & pl.col("source").str.split("+").list.set_intersection(sorted(sources)).list.len().gt(0)
    joined = exact.join(new, on=COUNT_KEY, how="left", maintain_order="left")
    number = pl.when(own).then("new").otherwise("value")
    missing = pl.lit(Status.MISSING.value).cast(exact.schema["status"])
    return joined.select(
        pl.exclude("new", "new_status", "value", "status"),
        number.alias("value"),
        pl.when(own).then(pl.coalesce("new_status", missing)).otherwise("status").alias("status"),
        pl.when(own).then(pl.col("new") - pl.col("value").fill_null(0.0)).alias(MOVED),
    ).select(*exact.columns, MOVED)


def deviations(counts: pl.DataFrame) -> list[dict[str, object]]:
    """Return how far rounding has moved published counts: universe, period, numbers, moved (how many), largest.

    Args:
        counts: counts of :func:`in_place_of`; frames without :data:`MOVED` have nothing to tell.
    """
    if MOVED not in counts.columns:
        return []
    told = (
        counts.drop_nulls(MOVED)
        .group_by("universe", "period")
        .agg(numbers=pl.len(), moved=(pl.col(MOVED) != 0).sum(), largest=pl.col(MOVED).abs().max())
    )
    return told.sort("universe", "period").to_dicts()
