"""What the deliveries offer: each delivery as shelves of numbers, one per area system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sozialraum.areas import AreaSystems
from sozialraum.catalogue.documents import SourceDoc
from sozialraum.catalogue.measures import Measure
from sozialraum.counts.counting import Tally, can_answer, notes_on, tally_units
from sozialraum.counts.filters import Codes, plain
from sozialraum.counts.raising import raise_shelf
from sozialraum.counts.shelves import MISSING, UNDEFINED, ZERO, Shelf, settle, shelf_of_cells
from sozialraum.counts.territory import Territory
from sozialraum.errors import Fault
from sozialraum.periods import parse_period
from sozialraum.sources.records import Cells, Records


@dataclass(frozen=True, slots=True)
class Supply:
    """A delivery that may answer questions.

    Attributes:
        source: id of the source document.
        data: delivered cells, or placed records of single units.
        policy: id of the policy that its numbers need.
        priority: where several deliveries answer, the higher number wins.
        provisional: periods whose numbers are preliminary.
    """

    source: str
    data: Cells | Records
    policy: str
    priority: int = 0
    provisional: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Cells | Records, document: SourceDoc) -> Supply:
        """Join what was read with what its source document says about it."""
        return cls(data.source, data, document.policy, document.priority, document.provisional)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every shelf has in common.

    Attributes:
        periods: the periods of all deliveries, in order.
        systems: the area systems.
        territory: their areas as numbers.
        codes: the code lists.
    """

    periods: tuple[str, ...]
    systems: AreaSystems
    territory: Territory
    codes: Codes

    @classmethod
    def of(cls, supplies: Sequence[Supply], systems: AreaSystems, codes: Codes) -> Frame:
        """Return the frame of all that the deliveries say."""
        return cls(periods_of(supplies), systems, Territory.of(systems), codes)

    def place_of(self, period: str) -> int:
        """Return the place of a period on the second axis of every shelf, -1 where no delivery has it."""
        return self.periods.index(period) if period in self.periods else -1


@dataclass(frozen=True, slots=True)
class Stock:
    """One delivery, laid out.

    Attributes:
        supply: the delivery.
        direct: for each area system what it says itself.
        raised: for each area system what the sums of its finer areas say.
        full: both, a direct number before a sum.
        counted: whether the numbers were counted from single units (their parts can not disagree).
    """

    supply: Supply
    direct: Mapping[str, Shelf]
    raised: Mapping[str, Shelf]
    full: Mapping[str, Shelf]
    counted: bool


def periods_of(supplies: Sequence[Supply]) -> tuple[str, ...]:
    """Return every period that a delivery speaks of, in order."""
    columns = [supply.data.frame["period"].unique().cast(pl.String) for supply in supplies]
    texts = {text for column in columns for text in column.drop_nulls()}
    return tuple(sorted(texts, key=parse_period))


def stock(supply: Supply, questions: Sequence[Measure], frame: Frame, notes: list[Fault]) -> Stock:
    """Lay a delivery out; of records only what the questions ask is counted.

    Args:
        supply: the delivery.
        questions: plain measures.
        frame: what all shelves have in common.
        notes: where anything worth telling is added.
    """
    if isinstance(supply.data, Records):
        direct = _counted(supply.data, questions, frame, notes)
    else:
        direct = _delivered(supply.data, frame, notes)
    preliminary = np.array([period in supply.provisional for period in frame.periods], dtype=bool)
    if preliminary.any():
        direct = {id: shelf.provisional(preliminary) for id, shelf in direct.items()}
    if isinstance(supply.data, Records):
        return Stock(supply, direct, {}, direct, counted=True)
    raised, full = _heaped(direct, frame)
    return Stock(supply, direct, raised, full, counted=False)


def _delivered(cells: Cells, frame: Frame, notes: list[Fault]) -> dict[str, Shelf]:
    texts = cells.frame.select("universe", "where").unique(maintain_order=True)
    asked = [plain(Measure.parse(*row), frame.codes) for row in texts.iter_rows()]
    measures = sorted(set(asked))
    places = pl.Series("measure", [measures.index(measure) for measure in asked], dtype=pl.Int64)
    period = pl.col("period").cast(pl.Enum(frame.periods)).to_physical().cast(pl.Int64)
    numbered = cells.frame.join(texts.with_columns(places), on=["universe", "where"]).with_columns(period)
    found: dict[str, Shelf] = {}
    for (id,), part in numbered.partition_by("area_system", as_dict=True, maintain_order=True).items():
        if id in frame.territory.axes:
            found[str(id)] = _shelf(cells.source, part, str(id), measures=measures, frame=frame, notes=notes)
    return found


def _shelf(
    source: str, part: pl.DataFrame, id: str, *, measures: Sequence[Measure], frame: Frame, notes: list[Fault]
) -> Shelf:
    axis = frame.territory.axes[id]
    placed = part.with_columns(pl.Series("area", axis.index(part["area"])))
    strange = part.filter(placed["area"] < 0)
    if strange.height:
        file, line = strange["file"][0], strange["line"][0]
        what = f"{strange.height} numbers stand for areas that {id} does not have: they are not used"
        notes.append(Fault(file or source, line or 0, "", what, str(strange["area"][0]), "Correct the area codes."))
    placed = placed.filter(pl.col("area") >= 0)
    present = sorted(set(placed["measure"]))
    renumbered = pl.col("measure").replace_strict(present, range(len(present)), return_dtype=pl.Int64)
    chosen = [measures[place] for place in present]
    return shelf_of_cells(placed.with_columns(renumbered), chosen, periods=len(frame.periods), areas=len(axis))


def _counted(records: Records, questions: Sequence[Measure], frame: Frame, notes: list[Fault]) -> dict[str, Shelf]:
    answered = [question for question in questions if can_answer(records, question)]
    if not answered:
        return {}
    tally = tally_units(records.frame, records.universe, answered, systems=frame.systems, codes=frame.codes)
    notes.extend(notes_on(records, tally))
    return {id: _shelf_of_tally(id, answered, tally, frame) for id in tally.covered}


def _shelf_of_tally(id: str, answered: Sequence[Measure], tally: Tally, frame: Frame) -> Shelf:
    shelf = Shelf.empty(answered, len(frame.periods), len(frame.territory.axes[id]))
    at = [frame.place_of(period) for period in tally.periods]
    covered = tally.covered[id]
    for place, measure in enumerate(answered):
        values = np.where(covered, tally.values[measure, id], np.nan)
        ranks = np.where(np.isnan(values), MISSING, ZERO)
        if (measure, id) in tally.undefined:
            ranks[covered & tally.undefined[measure, id]] = UNDEFINED
        shelf.values[place, at], shelf.ranks[place, at] = settle(values, ranks)
    shelf.offered[:] = (shelf.ranks != MISSING).any(axis=2)
    return shelf


def _heaped(direct: Mapping[str, Shelf], frame: Frame) -> tuple[dict[str, Shelf], dict[str, Shelf]]:
    """Return for each system the sums of finer areas, and direct numbers filled up with them; finest systems first."""
    raised: dict[str, Shelf] = {}
    full: dict[str, Shelf] = {}
    waiting = list(frame.territory.axes)
    while waiting:
        ready = [id for id in waiting if not set(frame.territory.children[id]) & set(waiting)]
        for id in ready:
            for child in frame.territory.children[id]:
                if child in full:
                    sums = raise_shelf(full[child], child, id, frame.territory, periods=frame.periods)
                    raised[id] = raised[id].filled(sums) if id in raised else sums
            shelves = [shelves[id] for shelves in (direct, raised) if id in shelves]
            if shelves:
                full[id] = shelves[0].filled(shelves[1]) if len(shelves) == 2 else shelves[0]
        waiting = [id for id in waiting if id not in ready]
    return raised, full
