"""Who contributes how much to sums of amounts, beside the counts. Everything here is confidential.

The door must know the largest contributions behind each sum, and behind all that sums tell together: a district less
its quarters, several withheld quarters. So the units are grouped once by everything that the questions and the area
systems tell apart, like the cells of a cube. Whatever sums tell is about some of these *groups* together, and the
largest contributions of any groups together are among the largest of each. Only of owners every contribution is kept:
somebody small in every group may be the largest of several together.

Negative amounts contribute by their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.areas import AreaSystems
from sozialraum.catalogue.measures import Measure
from sozialraum.counts.counting import Places, lists_of
from sozialraum.counts.cube import amount_of, combination_of, membership_of, packed, packs_of, unpacked
from sozialraum.counts.engines import Units, gather, open_units
from sozialraum.counts.filters import Codes, plain
from sozialraum.counts.planning import Plan
from sozialraum.tables import COUNT_KEY, COUNT_SCHEMA

LARGEST = 3
"""So many of a group's largest contributions are kept where every unit stands for itself."""

_MEMBERS = pl.Schema([*((name, COUNT_SCHEMA[name]) for name in COUNT_KEY), ("group", pl.Int64())])
_GROUPS = pl.Schema([("group", pl.Int64()), ("total", pl.Float64()), ("size", pl.Float64()), ("alone", pl.Int64())])
_HELD = pl.Schema([("group", pl.Int64()), ("owner", pl.Int64()), ("amount", pl.Float64())])
_OWNER, _AMOUNT, _SIZE, _ALONE = "owner", "amount", "size", "alone"


@dataclass(frozen=True, slots=True)
class Contributions:
    """What sums of amounts are made of.

    Attributes:
        members: ``COUNT_KEY`` and ``group``: which groups a sum adds up.
        groups: ``group``, ``total`` (sum), ``size`` (sum regardless of sign) and ``alone`` (how many units contribute
            that stand for themselves).
        held: ``group``, ``owner``, ``amount`` (regardless of sign): every contribution of an owner, and without one the
            largest :data:`LARGEST` of units that stand for themselves.
    """

    members: pl.DataFrame
    groups: pl.DataFrame
    held: pl.DataFrame

    @classmethod
    def none(cls) -> Contributions:
        """Return what is known where nobody knows who contributes."""
        return cls(pl.DataFrame(schema=_MEMBERS), pl.DataFrame(schema=_GROUPS), pl.DataFrame(schema=_HELD))

    @classmethod
    def together(cls, several: Iterable[Contributions]) -> Contributions:
        """Put the contributions of several deliveries side by side. An owner is the same in all of them."""
        found, groups = [cls.none()], 0
        for one in several:
            own = [frame.with_columns(pl.col("group") + groups) for frame in (one.members, one.groups, one.held)]
            found.append(cls(*own))
            groups += one.groups.height
        names = ("members", "groups", "held")
        return cls(*(pl.concat([getattr(one, name) for one in found]) for name in names))

    @property
    def holders(self) -> pl.DataFrame:
        """Who holds what: ``group``, ``holder``, ``amount``. Owners are numbered from 1 on, and a unit that stands for
        itself has a number of its own below."""
        owner = pl.col("owner").rank("dense").cast(pl.Int64)
        return self.held.select("group", pl.coalesce(owner, -pl.int_range(pl.len())).alias("holder"), "amount")

    def of(self, sums: pl.DataFrame) -> Contributions:
        """Return what is known of some sums alone (a frame with ``COUNT_KEY``)."""
        return Contributions(self.members.join(sums, on=COUNT_KEY, how="semi"), self.groups, self.held)


def contribute(
    frame: Any, measures: Iterable[Measure], *, systems: AreaSystems, codes: Codes, owner: str | None = None
) -> Contributions:
    """Find the contributions to sums over single units held by any engine: a Polars frame, a Spark data frame.

    Args:
        frame: one row per unit with ``period``, a column ``area:SYSTEM`` per system, dimensions and amounts.
        measures: sums of amounts over these columns.
        systems: the area systems; those without a column are left out.
        codes: the code lists of the dimensions.
        owner: the column (whole numbers) of whoever several units belong to; a unit without one stands for itself.
    """
    asked = sorted(set(measures))
    units = open_units(frame, lists_of((plain(measure, codes) for measure in asked), codes))
    places = Places.of(units, systems)
    amounts = sorted({amount_of(measure) for measure in asked})
    return Contributions.together(
        _contribute(units, [m for m in asked if amount_of(m) == amount], places, codes=codes, owner=owner)
        for amount in amounts
    )


def _contribute(
    units: Units, asked: Sequence[Measure], places: Places, *, codes: Codes, owner: str | None
) -> Contributions:
    """Find the contributions to sums of one amount."""
    plan = Plan().joined([plain(measure, codes) for measure in asked], codes)
    packs = packs_of([*places.classes, *plan.classes.values()])
    names = [f"key{number}" for number in range(len(packs))]
    keys = [packed(pack, units).alias(name) for name, pack in zip(names, packs, strict=True)]
    amount = nw.col(amount_of(asked[0]))
    owners = [nw.col(owner).alias(_OWNER)] if owner else []
    alone = (amount != 0) & nw.col(owner).is_null() if owner else amount != 0
    known = units.frame.filter(~amount.is_null()).select(
        *keys, *owners, amount.alias(_AMOUNT), amount.abs().alias(_SIZE), alone.cast(nw.Int64).alias(_ALONE)
    )
    sums = known.group_by(names).agg(nw.col(_AMOUNT).sum().alias("total"), nw.col(_SIZE, _ALONE).sum())
    cells = gather(sums).sort(names).with_row_index("group").with_columns(pl.col("group").cast(pl.Int64))
    return Contributions(
        _members(cells, unpacked(cells, packs), asked, plan=plan, places=places, codes=codes),
        cells.select(_GROUPS.names()).match_to_schema(_GROUPS),
        _held(known, names, has_owners=bool(owners))
        .join(cells.select("group", *names), on=names)
        .select(_HELD.names()),
    )


def _held(known: nw.LazyFrame[Any], names: Sequence[str], *, has_owners: bool) -> pl.DataFrame:
    """Return key, owner and amount: of owners all they have, of units that stand for themselves the largest."""
    alone = known.filter(nw.col(_OWNER).is_null()) if has_owners else known
    turn = nw.col(_SIZE).rank("ordinal", descending=True).over(*names)
    largest = gather(alone.select(*names, _SIZE, turn.alias("turn")).filter(nw.col("turn") <= LARGEST))
    found = [largest.with_columns(pl.lit(None, pl.Int64).alias(_OWNER))]
    if has_owners:
        owned = known.filter(~nw.col(_OWNER).is_null()).group_by(*names, _OWNER).agg(nw.col(_SIZE).sum())
        found.append(gather(owned))
    return pl.concat(
        frame.select(*names, pl.col(_OWNER).cast(pl.Int64), pl.col(_SIZE).cast(pl.Float64).alias(_AMOUNT))
        for frame in found
    )


def _members(
    cells: pl.DataFrame,
    classes: dict[str, NDArray[np.int64]],
    asked: Sequence[Measure],
    *,
    plan: Plan,
    places: Places,
    codes: Codes,
) -> pl.DataFrame:
    combination = combination_of(classes, plan, cells.height)
    found = [pl.DataFrame(schema=_MEMBERS)]
    for measure in asked:
        inside = membership_of(plan, plain(measure, codes))[combination] > 0
        for id, axis in places.axes.items():
            at = places.of_cells(classes, id)
            group = np.flatnonzero(inside & (at >= 0))
            period, area = np.divmod(at[group], max(len(axis), 1))
            columns = {
                "universe": pl.repeat(measure.universe, len(group), dtype=pl.String, eager=True),
                "where": pl.repeat(measure.where_text, len(group), dtype=pl.String, eager=True),
                "area_system": pl.repeat(id, len(group), dtype=pl.String, eager=True),
                "area": pl.Series(axis.codes, dtype=pl.String).gather(area),
                "period": pl.Series(places.periods, dtype=pl.String).gather(period),
                "group": group,
            }
            found.append(pl.DataFrame(columns, schema=_MEMBERS))
    return pl.concat(found)
