"""Deliveries become confidential counts: everything read, placed, bundled, and every question answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from sozialraum.areas import AreaSystem
from sozialraum.catalogue import IndicatorDoc, Measure, Project
from sozialraum.counts import (
    Resolution,
    bands_of,
    measures_of,
    put_beside,
    resolve,
    round_tallies,
    standardise,
    with_known,
)
from sozialraum.disclosure import KEY
from sozialraum.pipeline.assemble import MICROCELLS, Assembled, assemble, count_microcells
from sozialraum.pipeline.continuity import Previous
from sozialraum.pipeline.deliveries import Delivered, read_deliveries
from sozialraum.pipeline.divisions import divisions_of
from sozialraum.pipeline.inner import in_place_of, round_registers
from sozialraum.pipeline.keys import give_record_keys, key_questions, sum_keys, with_cell_keys
from sozialraum.pipeline.overlays import Overlay, overlay
from sozialraum.pipeline.progress import Step, Tell
from sozialraum.releases import Depth
from sozialraum.sources import Vault


@dataclass(frozen=True, slots=True)
class Counted:
    """Confidential: every question with its number.

    Attributes:
        delivered: what was read.
        assembled: what was placed and bundled.
        resolution: questions and numbers in the area systems of the project.
        frame: the same counts, with the policies of everything that went into them and their cell key (``key``),
            and tallies with the number of units behind them (``behind``).
        divisions: which part of what is counted in the areas of its time belongs to areas that a reform made later.
    """

    delivered: Delivered
    assembled: Assembled
    resolution: Resolution
    frame: pl.DataFrame
    divisions: pl.DataFrame


def count_everything(project: Project, vault: Vault, tell: Tell, previous: Previous | None = None) -> Counted:
    """Read all deliveries and find the number of every question that the catalogue asks.

    Args:
        project: the city's documents and deliveries.
        vault: keeps the deliveries.
        tell: hears about every step.
        previous: the microcells that are continued; without them they are formed.

    Raises:
        DeliveryError: with every fault of every delivery.
        InputError: the cells can not be continued.
    """
    delivered = read_deliveries(project, vault, tell)
    assembled = assemble(project, delivered, tell, previous)
    assembled = replace(assembled, supplies=give_record_keys(project, assembled.supplies, vault.key))
    tell(Step("Counting"))
    questions = _questions(project.catalogue.indicators.values())
    asked = _asked(project, project.catalogue.indicators)
    resolution = resolve(asked, assembled.supplies, delivered.systems, project.catalogue.codes)
    counts = _settled(resolution.frame, project, project.catalogue.indicators)
    keyed = with_cell_keys(counts, sum_keys(questions, assembled.supplies, delivered.systems, project))
    tell(Step("Counting", 1))
    divisions = divisions_of(project, delivered.systems, assembled, resolution.frame)
    frame = _with_extensions(keyed, project, delivered.extensions)
    return Counted(delivered, assembled, resolution, frame, divisions)


def _bands(project: Project, names: Iterable[str]) -> pl.DataFrame:
    """Return what must be counted for standardised rates, beside what is told."""
    return bands_of((project.catalogue.indicators[name] for name in names), project.catalogue.standards)


def _asked(project: Project, names: Iterable[str]) -> list[Measure]:
    """Return every question that deliveries must answer for some indicators."""
    told = _questions(project.catalogue.indicators[name] for name in names)
    counted = {*(measure for measure in told if measure.base is None), *measures_of(_bands(project, names))}
    return with_known(sorted(counted))


def _settled(counts: pl.DataFrame, project: Project, names: Iterable[str]) -> pl.DataFrame:
    """Complete what deliveries answered, and leave out what was only asked for the sake of others.

    Standardised rates are worked out; tallies get the number of units behind them, and no more decimals than their
    indicators show.
    """
    documents = [project.catalogue.indicators[name] for name in names]
    beside = put_beside(counts)
    told = [(measure.universe, measure.where_text) for measure in _questions(documents)]
    asked = pl.DataFrame(told, schema={"universe": pl.String, "where": pl.String}, orient="row")
    rates = standardise(_bands(project, names), beside)
    kept = beside.join(asked, on=asked.columns, how="semi", maintain_order="left")
    decimals: dict[str, int] = {}
    for document in documents:
        if document.tally:
            key = f"{document.tally.universe};{document.tally.where_text}"
            decimals[key] = min(decimals.get(key, document.decimals), document.decimals)
    return round_tallies(pl.concat([kept, rates]), decimals)


def _questions(indicators: Iterable[IndicatorDoc]) -> list[Measure]:
    return sorted({measure for document in indicators for measure in document.measures})


def _with_extensions(frame: pl.DataFrame, project: Project, extensions: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """Add source and policy of each register that knows a dimension or amount which the measure asks for."""
    for (base, name), source in extensions.items():
        asked = pl.concat_str(pl.lit(";"), "where").str.contains(f";{name}=", literal=True)
        summed = pl.col("universe").str.split("@").list.first().str.ends_with(f".{name}")
        concerned = pl.col("source").str.split("+").list.contains(base) & (asked | summed)
        added = {"source": source, "policy": project.sources[source].policy}
        # one step each: nested, the expression would grow threefold each time
        frame = frame.with_columns(concerned=concerned).with_columns(
            pl.when(pl.col("concerned") & ~pl.col(column).str.split("+").list.contains(id))
            .then(pl.col(column) + f"+{id}")
            .otherwise(pl.col(column))
            .alias(column)
            for column, id in added.items()
        )
    return frame.drop("concerned", strict=False)


def counts_at(project: Project, counted: Counted, depth: Depth, systems: Collection[str]) -> pl.DataFrame:
    """Return the counts that a depth of the release shows, those of microcells included where it does.

    Where a policy of the depth rounds small counts they are counted again, from rounded inner cells, with a column that
    says by how much that moved them.
    """
    exact = _counts_at(project, counted, depth, systems)
    questions = _questions(project.catalogue.indicators.values())
    assembled, sources = round_registers(project, counted.assembled, depth, questions)
    if not sources:
        return exact
    asked = _asked(project, project.catalogue.indicators)
    found = resolve(asked, assembled.supplies, counted.delivered.systems, project.catalogue.codes)
    rounded = _settled(found.frame, project, project.catalogue.indicators)
    again = replace(counted, assembled=assembled, frame=rounded.with_columns(pl.lit(None, pl.Float64).alias(KEY)))
    return in_place_of(exact, _counts_at(project, again, depth, systems), sources)


def _counts_at(project: Project, counted: Counted, depth: Depth, systems: Collection[str]) -> pl.DataFrame:
    frame = counted.frame.filter(pl.col("area_system").is_in(list(systems)))
    if depth == "public" or project.city.microcells is None:
        return frame
    names = project.city.microcells.indicators
    questions = _questions(project.catalogue.indicators[name] for name in names)
    cells = _settled(count_microcells(project, counted.assembled, _asked(project, names)), project, names)
    sums = count_microcells(project, counted.assembled, key_questions(questions, counted.assembled.supplies))
    cells = with_cell_keys(cells, sums)
    return pl.concat([frame, _with_extensions(cells, project, counted.delivered.extensions)])


def atoms_at(project: Project, counted: Counted, systems: Mapping[str, AreaSystem]) -> Overlay:
    """Return the atoms of the area systems that a depth of the release shows, microcells left out."""
    shown = {id: system for id, system in systems.items() if id != MICROCELLS}
    questions = [m for m in _questions(project.catalogue.indicators.values()) if m.additive]
    found = overlay(project, counted.assembled.supplies, shown, questions)
    return replace(found, counts=_with_extensions(found.counts, project, counted.delivered.extensions))
