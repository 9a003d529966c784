"""The door: the only way from confidential counts to a protected table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sozialraum.catalogue import RulesDoc
from sozialraum.counts.contributions import Contributions
from sozialraum.counts.tallies import BEHIND
from sozialraum.disclosure.dominance import Behind, find_companions, find_dominated, find_dominated_tallies
from sozialraum.disclosure.earlier import Earlier
from sozialraum.disclosure.methods import CHANGED, KEY, MOVED, noisy_tables, perturb
from sozialraum.disclosure.noise import Draws
from sozialraum.disclosure.rules import (
    MEASURE,
    REASON,
    find_primary,
    find_thin_sums,
    find_thin_tallies,
    limits_of,
    rules_of_measures,
)
from sozialraum.disclosure.secondary import SPOT, TellDone, Withholding, unheard
from sozialraum.disclosure.structure import Structure, families_of
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, COUNT_SCHEMA, STATUS, ProtectedTable, Status
from sozialraum.tables.seal import seal


@dataclass(frozen=True, slots=True)
class Protected:
    """What comes out of the door.

    Attributes:
        table: the counts that may be seen; suppressed for itself and suppressed for others look the same.
        summary: for the steward alone, one row for each measure, area system and period: universe, where, area_system,
            period, policy, cells, primary, secondary, withheld (share of the total that is withheld, null where there
            is none), why (reasons with their number of cells, ``minimum 3; complement 1``; ``earlier``: because an
            earlier release withheld it).
        changed: for everybody, what was changed and not only withheld: universe, where, period, policy. Whoever reads a
            number finds in the policy how it was changed.
        drawn: for the ledger of noise, what was told with it: universe, where, area_system, period, policy, epsilon,
            repeats (it is told as an earlier release told it).
        choices: for the steward alone, one row for each family of universes and period in which further numbers were
            withheld: universe (the first), period, weight (what that costs), bound (no choice costs less), best
            (whether no choice is better by more than the gap that the policies allow).
        withheld: for the steward alone, ``COUNT_KEY`` of every number that is withheld and ``why`` (as in ``summary``),
            also of areas that nobody publishes.
    """

    table: ProtectedTable
    summary: pl.DataFrame
    changed: pl.DataFrame
    drawn: pl.DataFrame
    choices: pl.DataFrame
    withheld: pl.DataFrame

    @property
    def policies(self) -> Mapping[str, Mapping[str, str]]:
        """Policies by universe and where, as a release's manifest tells them."""
        found: dict[str, dict[str, str]] = {}
        for universe, where, policy in self.summary.select(*MEASURE, "policy").unique().sort(MEASURE).iter_rows():
            found.setdefault(universe, {})[where] = policy
        return found

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What was changed, as a release's manifest tells it: universe, where, policy, periods."""
        measures = self.changed.group_by(*MEASURE, "policy").agg(periods=pl.col("period").sort())
        return measures.sort(*MEASURE, "policy").to_dicts()


def protect(  # noqa: PLR0913 - everything that is known of a table, each by its name
    counts: pl.DataFrame,
    structure: Structure,
    rules: Mapping[str, RulesDoc],
    *,
    contributions: Contributions | None = None,
    withheld: pl.DataFrame | None = None,
    known: pl.DataFrame | None = None,
    draws: Draws | None = None,
    tell: TellDone = unheard,
) -> Protected:
    """Withhold every number that says too much, and every further one from which it would follow.

    Periods are protected one by one. Figures (ready-made numbers) leave as they are unless their base is too small,
    tallies (medians) where enough units are behind them.
    Where a policy has a method that changes numbers they are changed first; nothing follows from changed numbers, so
    none is withheld for the sake of others.

    Args:
        counts: confidential counts with ``COUNT_SCHEMA``, ``policy`` (ids joined by ``+``) and, for policies that move
            counts by their cell key, ``key``, for those that round small inner cells ``moved``, and for tallies of
            amounts ``behind``: how many units have the amount; other columns are left.
        structure: which counts add up to which.
        rules: the rules of each policy, for the depth (public or internal) that is asked for.
        contributions: who contributes how much to sums of amounts, as far as that is known.
        withheld: ``COUNT_KEY`` of what earlier releases withheld; it stays withheld.
        known: ``COUNT_KEY``, ``value`` and ``release`` of what they told: where a number is still the same, nothing can
            be hidden behind it.
        draws: what earlier releases told with noise: it is not drawn again, and what it cost adds up.
        tell: hears how many tables are protected, of how many.

    Raises:
        DoorError: the frame is no table of counts, a policy is not known, or a number can not be protected.
    """
    before, draws = Earlier.of(withheld, known), draws or Draws()
    checked = _check(counts)
    atom = pl.col("area_system").is_in(sorted(structure.atoms))
    rules_of_measures(checked, rules)  # raises before anything is changed
    moved = before.mark(perturb(checked.filter(~atom), structure.codes, rules, draws))
    measures = rules_of_measures(moved, rules)
    ruled = moved.join(measures.drop("policy"), on=MEASURE, how="left", maintain_order="left")
    every = find_primary(ruled.with_columns(pl.col("complement", "secondary") & ~pl.col(CHANGED)), structure.parts)
    marked = pl.concat([every.filter(~pl.col(CHANGED)), _atoms(checked.filter(atom), measures, every)])
    amounts = ~pl.col("counts") & pl.col("additive")
    families = families_of(measures.filter("counts")["universe"].unique().sort().to_list(), structure.parts)
    atoms = checked.filter(atom)
    present = pl.concat([moved, atoms], how="diagonal")
    withholding = Withholding(structure, present, before.known, limits_of(measures, rules), tell)
    done = [_withhold(marked.filter("counts"), families, withholding)]
    behind = pl.concat([done[0].select(*COUNT_KEY, status=_final_status()), _behind_nothing(every.filter(CHANGED))])
    sums = find_thin_sums(marked.filter(amounts), behind)
    judged = _judge(sums.filter(~atom), Behind.of(contributions), before.known)
    done.append(_withhold_sums(pl.concat([judged, sums.filter(atom)], how="diagonal"), withholding))
    still = pl.col("earlier") & pl.col("reason").is_null() & pl.col("value").is_not_null()
    tally = pl.col("universe").str.contains("@", literal=True)
    done.append(marked.filter(~pl.col("additive"), ~tally).with_columns(for_others=still))
    tallies = find_thin_tallies(marked.filter(tally), behind)
    done.append(find_dominated_tallies(tallies, Behind.of(contributions)).with_columns(for_others=still))
    done.append(_with_reasons(every.filter(CHANGED), checked).with_columns(for_others=pl.lit(value=False)))
    decided = pl.concat([frame.select(*_DECIDED) for frame in done]).filter(~pl.col("gone"))
    seen = _seen(decided, structure)
    changed = moved.filter(CHANGED).select(*MEASURE, "period", "policy").unique().sort(*MEASURE, "period", "policy")
    told = noisy_tables(moved, rules, draws)
    reasons = decided.select(*COUNT_KEY, why=_why()).drop_nulls("why").sort(COUNT_KEY)
    return Protected(seal(_public(seen)), _summarise(seen, measures), changed, told, withholding.report(), reasons)


_DECIDED = (*COUNT_SCHEMA, "reason", "for_others", "earlier", "gone")


def _check(counts: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in (*COUNT_SCHEMA, "policy") if name not in counts.columns]
    if missing:
        raise DoorError(f"a table of counts has no column {missing[0]!r}")
    given = (
        pl.col(name).cast(pl.Float64) if name in counts.columns else pl.lit(None, pl.Float64).alias(name)
        for name in (KEY, MOVED, BEHIND)
    )
    frame = counts.select(*(pl.col(name).cast(kind) for name, kind in COUNT_SCHEMA.items()), "policy", *given)
    if frame.select(COUNT_KEY).is_duplicated().any():
        raise DoorError("a table of counts has one row for each measure, area and period")
    if not frame["value"].drop_nulls().is_finite().all():
        raise DoorError("a count is a finite number or none at all")
    nothing = pl.col("status").is_in([status.value for status in Status if not status.has_value])
    if not frame.filter(nothing == pl.col("value").is_not_null()).is_empty():
        raise DoorError("a count has a number where its status allows none, or none where it needs one")
    return frame.sort(COUNT_KEY)


def _withhold(marked: pl.DataFrame, families: Mapping[str, str], withholding: Withholding) -> pl.DataFrame:
    """Add the column ``for_others``."""
    named = withholding.number(marked).with_columns(
        family=pl.col("universe").replace_strict(families, return_dtype=pl.String)
    )
    return named.with_columns(withholding.secondary(named))


def _judge(sums: pl.DataFrame, behind: Behind, known: pl.DataFrame) -> pl.DataFrame:
    """Complete the reasons of sums of amounts; add ``room``, and which go for the sake of others (``companion``)."""
    judged = find_dominated(sums, behind)
    return judged.with_columns(find_companions(judged, behind, known))


def _withhold_sums(judged: pl.DataFrame, withholding: Withholding) -> pl.DataFrame:
    """Add the column ``for_others`` to sums of amounts.

    Companions are withheld before the ranges are looked at: to withhold more only joins what satisfies the rules.
    """
    companion, room = pl.col("companion").fill_null(value=False), pl.col("room").fill_null(0.0)
    silent = judged.with_columns(pl.col("earlier") | companion, room, was="earlier")
    done = _withhold(silent, {u: u for u in judged["universe"].unique()}, withholding)
    return done.with_columns(earlier="was")


def _atoms(atoms: pl.DataFrame, measures: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """Return the atoms of overlays in the columns of all other counts, without those of changed numbers.

    Nothing follows from changed numbers. Atoms are hidden whatever they are, so none has a reason.
    """
    changed = every.filter(CHANGED).select(*MEASURE, "period").unique()
    no = pl.lit(value=False)
    true = atoms.join(changed, on=[*MEASURE, "period"], how="anti", maintain_order="left")
    ruled = true.join(measures.drop("policy"), on=MEASURE, how="left", maintain_order="left")
    return pl.concat(
        [every.clear(), ruled.with_columns(no.alias(name) for name in (CHANGED, "earlier", "gone"))], how="diagonal"
    )


def _behind_nothing(changed: pl.DataFrame) -> pl.DataFrame:
    """Say of changed counts that no true sum may leave for their sake: a published 3 may stand for one person."""
    return changed.filter("counts").select(*COUNT_KEY, status=pl.lit(Status.SUPPRESSED.value, STATUS))


def _with_reasons(changed: pl.DataFrame, checked: pl.DataFrame) -> pl.DataFrame:
    """Tell numbers from those that their provider withheld: sums that were withheld because their counts are changed,
    and counts that are told again as too small as they were before."""
    known = checked.select(*COUNT_KEY, known=pl.col("value").is_not_null())
    told = changed.join(known, on=COUNT_KEY, how="left", maintain_order="left")
    own = (pl.col("reason") == "delivered") & pl.col("known")
    why = pl.when("counts").then(pl.lit("minimum")).otherwise(pl.lit("amount")).cast(REASON)
    reason = pl.when(own).then(why).otherwise("reason")
    return told.with_columns(reason=reason).drop("known")


def _seen(decided: pl.DataFrame, structure: Structure) -> pl.DataFrame:
    """Leave out areas that are protected and not published."""
    decided = decided.filter(~pl.col("area_system").is_in(sorted(structure.atoms)))
    if not structure.unseen:
        return decided
    names = dict.fromkeys(SPOT, pl.String)
    unseen = pl.DataFrame(sorted(structure.unseen), schema=names, orient="row")
    return decided.join(unseen, on=SPOT, how="anti", maintain_order="left")


def _hidden() -> pl.Expr:
    return pl.col("reason").is_not_null() | pl.col("for_others")


def _why() -> pl.Expr:
    others = pl.when("for_others").then(pl.when("earlier").then(pl.lit("earlier")).otherwise(pl.lit("secondary")))
    return pl.coalesce(pl.col("reason").cast(pl.String), others)


def _final_status() -> pl.Expr:
    told = pl.when(pl.col("status").is_in([Status.OK.value, Status.ZERO.value])).then(
        pl.when(pl.col("value") == 0).then(pl.lit(Status.ZERO.value)).otherwise(pl.lit(Status.OK.value))
    )
    hidden = pl.when(_hidden()).then(pl.lit(Status.SUPPRESSED.value))
    return pl.coalesce(hidden.cast(STATUS), told.cast(STATUS), "status")


def _public(decided: pl.DataFrame) -> pl.DataFrame:
    value = pl.when(~_hidden()).then("value")
    return decided.with_columns(value=value, status=_final_status()).select(*COUNT_SCHEMA)


def _summarise(decided: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    group = (*MEASURE, "area_system", "period")
    total = pl.col("value").sum()
    numbers = decided.group_by(group).agg(
        cells=pl.len(),
        primary=pl.col("reason").count(),
        secondary=pl.col("for_others").sum(),
        withheld=pl.when(total > 0).then(pl.col("value").filter(_hidden()).sum() / total),
    )
    reasons = decided.with_columns(why=_why()).drop_nulls("why").group_by(*group, "why").agg(pl.len()).sort("why")
    told = reasons.group_by(group).agg(why=pl.format("{} {}", "why", "len").sort().str.join("; "))
    joined = numbers.join(told, on=group, how="left").join(measures.select(*MEASURE, "policy"), on=MEASURE, how="left")
    columns = (*group, "policy", "cells", "primary", "secondary", "withheld", pl.col("why").fill_null(""))
    return joined.select(*columns).sort(group)
