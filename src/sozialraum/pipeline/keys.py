"""Cell keys beside the counts, for registers whose policy moves counts by who is counted.

A record key is one more amount of a unit, so the halves of the cell keys are counted like any sum of amounts: in the
same areas, periods and filters as the count, by whichever engine counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from sozialraum.areas import AreaSystems
from sozialraum.catalogue import Measure, Project
from sozialraum.counts import RESOLVED_SCHEMA, Supply, resolve
from sozialraum.disclosure import KEY, KEY_HIGH, KEY_LOW, cell_key, with_record_keys
from sozialraum.releases import Depth
from sozialraum.sources import Records
from sozialraum.tables import COUNT_KEY


def give_record_keys(project: Project, supplies: Iterable[Supply], secret: bytes) -> tuple[Supply, ...]:
    """Give units their record keys where the policy of their source asks for them.

    Raises:
        DoorError: units have no identifier.
    """
    return tuple(_with_keys(supply, secret) if moved_by_keys(project, supply.policy) else supply for supply in supplies)


def moved_by_keys(project: Project, policy: str) -> bool:
    """Tell whether a policy moves counts by their cell key, in either package."""
    document = project.catalogue.policies[policy]
    depths: tuple[Depth, ...] = ("public", "internal")
    return any(getattr(document, depth).method == "cell_key" for depth in depths)


def _with_keys(supply: Supply, secret: bytes) -> Supply:
    if not isinstance(supply.data, Records):
        return supply
    frame = with_record_keys(supply.data.frame, supply.data.universe, secret)
    return replace(supply, data=replace(supply.data, frame=frame))


def have_keys(supply: Supply) -> bool:
    """Tell whether the units of a delivery have record keys."""
    return isinstance(supply.data, Records) and KEY_HIGH in supply.data.frame.columns


def key_questions(questions: Iterable[Measure], supplies: Iterable[Supply]) -> list[Measure]:
    """Return what must be summed to know the cell key of every question that a register with record keys answers."""
    universes = {s.data.universe for s in supplies if have_keys(s) and isinstance(s.data, Records)}
    counts = [question for question in questions if question.universe in universes]
    return [replace(q, universe=f"{q.universe}.{half}") for q in counts for half in (KEY_HIGH, KEY_LOW)]


def sum_keys(
    questions: Sequence[Measure], supplies: Sequence[Supply], systems: AreaSystems, project: Project
) -> pl.DataFrame:
    """Sum the record keys of everybody whom each question counts, in a frame like that of resolved counts."""
    keyed = [supply for supply in supplies if have_keys(supply)]
    asked = key_questions(questions, keyed)
    if not asked:
        return pl.DataFrame(schema=RESOLVED_SCHEMA)
    return resolve(asked, keyed, systems, project.catalogue.codes).frame


def with_cell_keys(counts: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Put the cell key beside each count (column ``key``), null where it was not counted from units with record keys.

    A number that another delivery answered has none, although a register could give one: the key must be of those who
    were counted.
    """
    on = [*COUNT_KEY, "source"]
    base, half = (pl.col("universe").str.split(".").list.get(place) for place in (0, 1))
    halves = [
        sums.filter(half == name).with_columns(base).select(*on, pl.col("value").alias(name))
        for name in (KEY_HIGH, KEY_LOW)
    ]
    keys = halves[0].join(halves[1], on=on).select(*on, cell_key(pl.col(KEY_HIGH), pl.col(KEY_LOW)).alias(KEY))
    return counts.join(keys, on=on, how="left", maintain_order="left")
