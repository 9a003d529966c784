"""Sums of amounts: nobody may make up too much of one, nor of what several sums tell together.

Who contributes is looked at by owner, and has to be as many as the minimum. A sum breaks the (n, k) rule where its n
largest contributions make up more than the share k, and the p % rule where the second largest contributor, who takes
out their own, has the largest to p %.

An attacker adds and subtracts: a district less its quarters that are told is what the withheld ones hold together. So
that must satisfy the rules like a sum that is told; where it does not, one more sum is withheld. If everything that
sums tell in this way satisfies the rules, so does all that is put together from it, because none of these rules can be
broken by joining crowds that satisfy it. In areas that nest that is all that can be worked out, and a proof: whoever
contributes somewhere, and knows it, can narrow down nobody to p %. Where sums cross (sectors and areas at once) it is
most of it; there the ranges of linear programming are added, which must reach as far above each withheld sum as the
rules ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import scipy.sparse as sp

from sozialraum.catalogue import Measure
from sozialraum.catalogue.measures import GINI
from sozialraum.counts.contributions import Contributions
from sozialraum.disclosure.crowds import dominated, largest
from sozialraum.disclosure.earlier import SAME
from sozialraum.disclosure.elimination import Flags, Floats, Ints
from sozialraum.disclosure.rules import REASON
from sozialraum.disclosure.weights import weights
from sozialraum.tables import COUNT_KEY

ROUNDS = 4
"""So many times what follows from sums is subtracted from sums again."""

EFFORT = 50_000
"""With so many sums, times those that go, it is not looked whether some of them need not."""

Kind = tuple[str, tuple[str, ...]]
"""The area system of a sum and the dimensions that it is restricted in: sums of one kind mostly do not overlap."""


# --- what is wrong with a sum ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind sums.

    Attributes:
        members: ``COUNT_KEY`` and ``place``: which smallest groups a sum adds up.
        places: ``place``, ``total``, ``size``, ``alone``.
        held: ``place``, ``holder``, ``amount``.
    """

    members: pl.DataFrame
    places: pl.DataFrame
    held: pl.DataFrame

    @classmethod
    def of(cls, contributions: Contributions | None) -> Behind:
        """Prepare what is known of contributions, which may be nothing."""
        known = contributions or Contributions.none()
        return cls(*(frame.rename({"group": "place"}) for frame in (known.members, known.groups, known.holders)))

    def crowds(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return ``crowd`` and ``place`` of rows with ``COUNT_KEY`` and ``crowd``."""
        return rows.select("crowd", *COUNT_KEY).join(self.members, on=COUNT_KEY).select("crowd", "place")

    def explains(self, rows: pl.DataFrame) -> pl.Series:
        """Return whether the contributions add up to the value of each row; to nothing where there are none."""
        totals = self.crowds(rows).join(self.places, on="place").group_by("crowd").agg(pl.col("total", "size").sum())
        joined = rows.join(totals, on="crowd", how="left", maintain_order="left")
        total, size = pl.col("total").fill_null(0.0), pl.col("size").fill_null(0.0)
        same = (total - pl.col("value")).abs() <= SAME * pl.max_horizontal(size, 1.0)
        return joined.select(same.fill_null(value=False)).to_series()


@dataclass(frozen=True, slots=True)
class _Rules:
    """The strictest rules of all sums of one amount: what they tell together is under them too."""

    minimum: int
    number: int
    share: float
    p_percent: float

    @classmethod
    def of(cls, sums: pl.DataFrame) -> _Rules:
        strict = sums.select(pl.col("minimum", "largest", "p_percent").max(), pl.col("share").min()).row(0, named=True)
        return cls(strict["minimum"], strict["largest"], strict["share"], strict["p_percent"])

    def judge(self, crowds: pl.DataFrame, behind: Behind) -> pl.DataFrame:
        """Return crowd, reason (null where nothing is wrong) and room: how far an attacker's range must reach above."""
        sizes = crowds.join(behind.places, on="place").group_by("crowd").agg(pl.col("size", "alone").sum())
        owned = crowds.join(behind.held.filter(pl.col("holder") > 0, pl.col("amount") > 0), on="place")
        owners = owned.group_by("crowd").agg(owners=pl.col("holder").n_unique())
        found = sizes.join(largest(crowds, behind.held, self.number), on="crowd").join(owners, on="crowd", how="left")
        holders = pl.col("alone") + pl.col("owners").fill_null(0)
        cases = {"contributors": (holders > 0) & (holders < self.minimum), **dominated(self.share, self.p_percent)}
        reason = pl.coalesce(pl.when(case).then(pl.lit(name, REASON)) for name, case in cases.items())
        rest = pl.col("size") - pl.col("first") - pl.col("second")
        by_share = pl.col("largest") / self.share - pl.col("size")
        room = pl.max_horizontal(by_share, self.p_percent / 100 * pl.col("first") - rest, 0.0)
        return found.select("crowd", reason=reason, room=room)


def find_dominated(sums: pl.DataFrame, behind: Behind) -> pl.DataFrame:
    """Complete the column ``reason`` of sums of amounts, and add ``room``: how far above it a range must reach.

    Contributions that do not add up to a sum are not those of the sum: then nobody knows who contributes, and it leaves
    only where its policies say that ready-made sums may.

    Args:
        sums: sums with the columns of ``rules.MEASURE_RULES`` and ``reason``.
        behind: who contributes to them.
    """
    rows = sums.with_row_index("crowd")
    crowds = behind.crowds(rows)
    judged = [
        _Rules.of(part).judge(_only(crowds, part), behind) for part in rows.partition_by("universe") if part.height
    ]
    schema = pl.Schema([("crowd", pl.UInt32()), ("dominated", REASON), ("room", pl.Float64())])
    found = pl.concat([pl.DataFrame(schema=schema), *(one.rename({"reason": "dominated"}) for one in judged)])
    joined = rows.join(found, on="crowd", how="left", maintain_order="left")
    known = behind.explains(rows)
    unknown = pl.when(~pl.col("ready_made_sums")).then(pl.lit("unknown", REASON))
    wrong = pl.when(pl.col("value").is_not_null()).then(pl.when(known).then("dominated").otherwise(unknown))
    room = pl.when(known).then("room").fill_null(0.0)
    return joined.with_columns(pl.coalesce("reason", wrong).alias("reason"), room.alias("room")).drop(
        "crowd", "dominated"
    )


def find_dominated_tallies(tallies: pl.DataFrame, behind: Behind) -> pl.DataFrame:
    """Complete the column ``reason`` of Gini coefficients: one is as safe as the sum of the amounts that it is about.

    With the number of units and their mean it tells how far apart they are; where one has nearly everything, that is
    what this one has.

    Args:
        tallies: with the columns of ``rules.MEASURE_RULES`` and ``reason``; all other tallies are left as they are.
        behind: who contributes to the sums; where nobody knows that, a Gini coefficient does not leave unless
            ready-made sums do.
    """
    of_sums = pl.col("universe").str.ends_with(f"@{GINI}")
    rows = tallies.with_row_index("crowd")
    ginis = rows.filter(of_sums).with_columns(pl.col("universe").str.split("@").list.first())
    crowds = behind.crowds(ginis)
    judged = [_Rules.of(part).judge(_only(crowds, part), behind) for part in ginis.partition_by("universe")]
    schema = pl.Schema([("crowd", pl.UInt32()), ("dominated", REASON), ("room", pl.Float64())])
    found = pl.concat([pl.DataFrame(schema=schema), *(one.rename({"reason": "dominated"}) for one in judged)])
    joined = rows.join(found, on="crowd", how="left", maintain_order="left")
    unknown = of_sums & pl.col("room").is_null() & ~pl.col("ready_made_sums")
    wrong = pl.when(unknown).then(pl.lit("unknown", REASON)).otherwise("dominated")
    told = pl.when(pl.col("value").is_not_null()).then(wrong)
    return joined.with_columns(pl.coalesce("reason", told).alias("reason")).drop("crowd", "dominated", "room")


def _only(crowds: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return crowds.join(rows.select("crowd"), on="crowd", how="semi")


# --- what several sums tell together ---------------------------------------------------------------------------------


def find_companions(sums: pl.DataFrame, behind: Behind, known: pl.DataFrame) -> pl.Series:
    """Return which further sums are withheld, so that whatever sums tell together satisfies the rules.

    Args:
        sums: sums with ``reason`` and ``earlier`` (withheld whatever happens).
        behind: who contributes to them. Sums of which nothing is known are not looked at.
        known: ``COUNT_KEY`` and ``value`` of what earlier releases told: what has not changed can not be withheld.
    """
    told = known.unique(COUNT_KEY, keep="last").select(*COUNT_KEY, told="value")
    rows = sums.with_row_index("crowd").join(told, on=COUNT_KEY, how="left", maintain_order="left")
    pinned = ((pl.col("told") - pl.col("value")).abs() < SAME).fill_null(value=False)
    rows = rows.with_columns(pinned=pinned, explained=behind.explains(rows))
    seen = pl.col("pinned") | (pl.col("reason").is_null() & ~pl.col("earlier"))
    shown = rows.filter(seen, "explained", pl.col("secondary").any().over("universe"))
    crowds = behind.crowds(shown)
    withheld = [
        row
        for part in shown.partition_by("universe", "period")
        if part.height
        for row in _Told.of(part, _only(crowds, part), behind).withhold()
    ]
    return rows.select(companion=pl.col("crowd").is_in(withheld)).to_series()


@dataclass(frozen=True, slots=True)
class _Difference:
    """What some sums tell together.

    Attributes:
        groups: which groups it adds up, in ascending order.
        kind: of sums that it is like.
        sums: the numbers of the sums that it is worked out from; the first is the one that others are taken from.
    """

    groups: Ints
    kind: Kind
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """The sums of one amount in one period, and what they tell together.

    Attributes:
        sums: as sets of groups.
        rows: the row of each.
        cost: what it costs to withhold each.
        pinned: which are known for good.
        behind: who contributes to them.
        rules: what they are under.
        judged: for groups that were looked at whether they satisfy the rules together.
    """

    sums: Sequence[_Difference]
    rows: Ints
    cost: Floats
    pinned: Flags
    behind: Behind
    rules: _Rules
    judged: dict[bytes, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: pl.DataFrame, crowds: pl.DataFrame, behind: Behind) -> _Told:
        """Lay the sums of some rows out as sets of groups; those of nobody are left out."""
        places = crowds.sort("place").group_by("crowd").agg("place")
        rows = rows.join(places, on="crowd", how="inner", maintain_order="left")
        sums = []
        columns = rows.select("universe", "where", "area_system", "place").iter_rows()
        for number, (universe, where, system, groups) in enumerate(columns):
            kind = system, tuple(Measure.parse(universe, where).filter)
            sums.append(_Difference(np.array(groups, dtype=np.int64), kind, (number,)))
        systems_inside = [{sums[i].kind[0] for i in within} for within in _inside(sums, behind.places.height)]
        cost = weights(
            rows["value"].to_numpy(),
            whole=(rows["where"] == "").to_numpy(),
            height=np.array([len(systems) for systems in systems_inside], dtype=np.int64),
            kept=np.zeros(rows.height, dtype=np.bool_),
        )
        return cls(sums, rows["crowd"].to_numpy(), cost, rows["pinned"].to_numpy(), behind, _Rules.of(rows))

    def withhold(self) -> list[int]:
        """Return the rows of the sums that go, so that everything that is left satisfies the rules."""
        gone: set[int] = set()
        while wrong := self._wrong(gone):
            for one in wrong:
                if not gone & set(one.sums):
                    gone.add(self._choose(one))
        if len(gone) * len(self.sums) <= EFFORT:
            for number in sorted(gone, key=lambda number: (-self.cost[number], number)):
                if not self._wrong(gone - {number}):  # what was withheld later made it safe
                    gone.remove(number)
        return [int(self.rows[number]) for number in sorted(gone)]

    def _wrong(self, gone: Set[int]) -> list[_Difference]:
        """Return what the sums that are not gone tell together against the rules.

        What follows from sums that earlier releases told alone is known for good, and nothing is withheld for its sake.
        """
        told = [one for one in self.sums if not gone & set(one.sums)]
        differences = [one for one in _differences(told, self.behind.places.height) if self._free(one)]
        passed = self._passes([one.groups for one in differences])
        return [one for one, safe in zip(differences, passed, strict=True) if not safe]

    def _free(self, one: _Difference) -> list[int]:
        return [number for number in one.sums if not self.pinned[number]]

    def _choose(self, one: _Difference) -> int:
        """Return the cheapest sum without which the difference is not told, or told with others that make it safe."""
        free = sorted(self._free(one), key=lambda number: (self.cost[number], number))
        for number in free:
            joined = np.union1d(one.groups, self.sums[number].groups)
            if number == one.sums[0] or (len(joined) > len(one.groups) and self._passes([joined])[0]):
                return number
        return free[-1]

    def _passes(self, crowds: Sequence[Ints]) -> list[bool]:
        new = {groups.tobytes(): groups for groups in crowds if groups.tobytes() not in self.judged}
        if new:
            frame = pl.DataFrame({"crowd": range(len(new)), "place": list(new.values())}).explode("place")
            judged = self.rules.judge(frame, self.behind)
            wrong = set(judged.filter(pl.col("reason").is_not_null())["crowd"])
            self.judged.update({key: number not in wrong for number, key in enumerate(new)})
        return [self.judged[groups.tobytes()] for groups in crowds]


def _differences(sums: Sequence[_Difference], groups: int) -> list[_Difference]:
    """Return what is left of sums beside the sums inside them: for each kind of those, as much of it as fits first.

    What is left is a sum that is told too, and other sums are less it: so this is done several times.
    """
    every, found = list(sums), dict[bytes, _Difference]()
    known = {one.groups.tobytes() for one in sums}
    for _ in range(ROUNDS):
        inside = _inside(every, groups)
        fresh = [one for at, within in enumerate(inside) for one in _rests(every, at, within, groups)]
        new = {one.groups.tobytes(): one for one in reversed(fresh) if one.groups.tobytes() not in known}
        if not new:
            break
        known |= new.keys()
        found |= new
        every += list(new.values())
    return list(found.values())


def _rests(sums: Sequence[_Difference], at: int, within: Sequence[int], groups: int) -> Iterator[_Difference]:
    whole = sums[at]
    for kind in sorted({sums[i].kind for i in within}):
        left = np.zeros(groups, dtype=np.bool_)
        left[whole.groups] = True
        used = list(whole.sums)
        for i in sorted(within, key=lambda i: (sums[i].kind != kind, -len(sums[i].groups), i)):
            if left[sums[i].groups].all():
                left[sums[i].groups] = False
                used += sums[i].sums
        dimensions = tuple(sorted({*whole.kind[1], *kind[1]}))
        if left.any():
            yield _Difference(np.flatnonzero(left), (whole.kind[0], dimensions), tuple(dict.fromkeys(used)))


def _inside(sums: Sequence[_Difference], groups: int) -> list[list[int]]:
    """Return for each sum the others that lie inside and are smaller."""
    sizes = np.array([len(one.groups) for one in sums], dtype=np.int64)
    if not sizes.size:
        return []
    starts = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.concatenate([one.groups for one in sums])
    matrix = sp.csr_array((np.ones(len(columns), dtype=np.int64), columns, starts), shape=(len(sums), groups))
    common = (matrix @ matrix.T).tocoo()
    outer, inner = common.coords
    within = (common.data == sizes[inner]) & (sizes[inner] < sizes[outer])
    found: list[list[int]] = [[] for _ in sums]
    for place, part in zip(outer[within].tolist(), inner[within].tolist(), strict=True):
        found[place].append(part)
    return found
