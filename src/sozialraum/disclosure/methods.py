"""The methods of policies that change numbers: each count under one of them becomes what is published.

===============  =====================================================================================================
``rounding``     the nearest multiple of a base
``cell_key``     moved by a little that depends on who is counted (needs the cell key of each count)
``noise``        random noise, drawn anew but for tables that an earlier release told, made of the same deliveries
``small_counts`` inner cells were rounded before they were counted (see ``small_counts``); here it is checked
===============  =====================================================================================================

A number goes by the policies that it is under itself. Where one of them withholds and another changes, it is changed,
and withheld where what is published would be below the minimum. Two methods that change never meet in one number.
Sums of amounts can not be changed in step with their counts, so they are withheld. Figures pass as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from sozialraum.catalogue import CellKeyDoc, CodeListDoc, Measure, NoiseDoc, RoundingDoc, RulesDoc, SmallCountsDoc
from sozialraum.disclosure.breakdowns import demand_few_breakdowns
from sozialraum.disclosure.cellkey import move
from sozialraum.disclosure.noise import NOISY_TABLE, Draws, demand_budget, demand_total, with_noise
from sozialraum.disclosure.ptable import perturbation_table
from sozialraum.disclosure.rounding import round_to
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, STATUS, Status

CHANGED = "changed"
"""The column that says whether a number goes by a method that changes numbers."""

KEY = "key"
"""The column with the cell key of a count, null where it has none."""

MOVED = "moved"
"""The column that says by how much rounding inner cells has moved a count, null where they were not rounded."""

_METHOD = "method"
_ONE = ["universe", "where", "period"]
"""Everything about one measure in one period goes by one method: areas add up."""


def perturb(
    counts: pl.DataFrame, codes: Mapping[str, CodeListDoc], rules: Mapping[str, RulesDoc], draws: Draws
) -> pl.DataFrame:
    """Return counts as their methods change them, with the column :data:`CHANGED`.

    Args:
        counts: counts with ``COUNT_SCHEMA``, ``policy`` (ids joined by ``+``), :data:`KEY` and :data:`MOVED`.
        codes: code lists of the dimensions.
        rules: the rules of each policy.
        draws: what earlier releases have told with noise.

    Raises:
        DoorError: two methods meet in a number or in the areas of a measure, a count has no cell key, a base is broken
            down completely too often, the inner cells of a count were not rounded, or a budget of the noise is
            exceeded.
    """
    chosen = {text: method_of(text, rules) for text in counts["policy"].unique().drop_nulls()}
    if not any(chosen.values()):
        return counts.with_columns(pl.lit(value=False).alias(CHANGED))
    named = {text: _name(one) for text, one in chosen.items()}
    marked = counts.with_columns(
        pl.col("policy").replace_strict(named, default="", return_dtype=pl.String).alias(_METHOD)
    )
    marked = _settle(marked)
    parts = []
    for (name,), part in marked.partition_by(_METHOD, as_dict=True, maintain_order=True).items():
        one = next((one for text, one in chosen.items() if named[text] == name and name), None)
        parts.append(_change(part, one, _Context(codes, rules, draws)) if one else part)
    done = pl.concat(parts).sort(COUNT_KEY)
    return done.with_columns((pl.col(_METHOD) != "").alias(CHANGED)).drop(_METHOD)


def noisy_tables(counts: pl.DataFrame, rules: Mapping[str, RulesDoc], draws: Draws) -> pl.DataFrame:
    """Return what noise is told, as the ledger of a release writes it down.

    Args:
        counts: counts after :func:`perturb`.
        rules: the rules of each policy.
        draws: what earlier releases have told with noise.

    Returns:
        The columns of ``NOISY_TABLE``, ``policy`` (those that ask for noise), ``epsilon``, ``repeats`` (whether the
        table is told as it was before).
    """
    epsilon = {id: one.parameters.epsilon for id, one in rules.items() if isinstance(one.parameters, NoiseDoc)}
    again = draws.repeated.select(*COUNT_KEY, repeats=pl.lit(value=True))
    own = (
        counts.filter(pl.col(CHANGED) & _counts_units()).with_columns(_of_noise(epsilon)).filter(pl.col("policy") != "")
    )
    told = own.join(again, on=COUNT_KEY, how="left").filter(pl.col("value").is_not_null() | pl.col("repeats"))
    tables = told.group_by(NOISY_TABLE).agg(pl.col("policy").first(), pl.col("repeats").fill_null(value=False).all())
    first = pl.col("policy").str.split("+").list.first()
    return tables.sort(NOISY_TABLE).select(
        *NOISY_TABLE,
        "policy",
        first.replace_strict(epsilon, default=None, return_dtype=pl.Float64).alias("epsilon"),
        "repeats",
    )


def _of_noise(noisy: Collection[str]) -> pl.Expr:
    """Return the policies of a count that ask for noise, joined by ``+``."""
    return pl.col("policy").str.split("+").list.set_intersection(sorted(noisy)).list.sort().list.join("+")


def _counts_units() -> pl.Expr:
    return ~pl.col("universe").str.contains(".", literal=True)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a method may have to look at beside the numbers: code lists, rules of all policies, earlier noise."""

    codes: Mapping[str, CodeListDoc]
    rules: Mapping[str, RulesDoc]
    draws: Draws


def method_of(policies: str, rules: Mapping[str, RulesDoc]) -> RulesDoc | None:
    """Return the rules whose method changes a number under these policies, None where it is not changed.

    Raises:
        DoorError: two methods that change numbers meet.
    """
    changing = {name: rules[name] for name in policies.split("+") if name in rules and rules[name].changes_numbers}
    if len({_name(one) for one in changing.values()}) > 1:
        told = " and ".join(f"{name} ({one.method})" for name, one in sorted(changing.items()))
        raise DoorError(f"one number is under {told}: give both policies the same method and parameters")
    return next(iter(changing.values()), None)


def _name(rules: RulesDoc | None) -> str:
    return f"{rules.method} {rules.parameters}" if rules else ""


def _settle(marked: pl.DataFrame) -> pl.DataFrame:
    """Let figures alone, and give rows without a number the method of the other areas of their measure.

    Raises:
        DoorError: some areas of a measure go by one method and some by another.
    """
    figures = pl.col("universe").str.starts_with("figure.")
    told = pl.when(pl.col("value").is_not_null()).then(_METHOD)
    several = marked.group_by(_ONE, maintain_order=True).agg(told.drop_nulls().unique().alias("methods"))
    if (mixed := several.filter(pl.col("methods").list.len() > 1)).height:
        measure = Measure.parse(*mixed.row(0)[:2])
        raise DoorError(
            f"{measure} in {mixed['period'][0]} comes from deliveries under different methods (exact in some areas, "
            "changed in others): give their sources the same policy, or leave one of them out"
        )
    of_areas = several.select(*_ONE, pl.col("methods").list.first().alias("of_areas"))
    joined = marked.join(of_areas, on=_ONE, how="left", maintain_order="left")
    settled = pl.when(figures).then(pl.lit("")).otherwise(pl.coalesce("of_areas", _METHOD))
    return joined.with_columns(settled.alias(_METHOD)).drop("of_areas")


def _change(part: pl.DataFrame, rules: RulesDoc, context: _Context) -> pl.DataFrame:
    has_value = pl.col("value").is_not_null()
    counts = part.filter(_counts_units() & has_value)
    hidden = part.filter(~_counts_units() & has_value).with_columns(
        value=pl.lit(None, pl.Float64), status=pl.lit(Status.SUPPRESSED.value, STATUS)
    )
    match rules.parameters:
        case SmallCountsDoc(base=base):
            _demand_rounded(counts, base)
        case RoundingDoc(base=base):
            counts = counts.with_columns(round_to(pl.col("value"), base))
        case CellKeyDoc() as table:
            _demand_keys(counts)
            demand_few_breakdowns(_measures(counts), context.codes, table.breakdowns)
            ptable = perturbation_table(table.maximum, table.variance, table.forbidden, table.monotone)
            counts = counts.with_columns(move(counts["value"], counts[KEY], ptable))
        case NoiseDoc() as noise:
            demand_budget(counts, noise)
            new = counts.join(context.draws.repeated, on=COUNT_KEY, how="anti")
            noisy = {id for id, one in context.rules.items() if isinstance(one.parameters, NoiseDoc)}
            demand_total(new.with_columns(_of_noise(noisy)), noise, context.draws.spent)
            counts = with_noise(counts, noise.epsilon, context.draws.repeated)
    return pl.concat([counts, hidden, part.filter(~has_value)])


def _measures(counts: pl.DataFrame) -> Iterable[Measure]:
    return [Measure.parse(*row) for row in counts.select("universe", "where").unique().iter_rows()]


def _demand_keys(counts: pl.DataFrame) -> None:
    without = counts.filter(pl.col(KEY).is_null()).sort(*_ONE)
    if without.height:
        universe, where, period = without.select(_ONE).row(0)
        raise DoorError(
            f"{Measure.parse(universe, where)} in {period} has no cell key, so it can not be moved by one: it was not "
            "counted from single records with an identifier. Choose a policy that rounds for its source"
        )


def _demand_rounded(counts: pl.DataFrame, base: int) -> None:
    exact = counts.filter(pl.col(MOVED).is_null()).sort(*_ONE)
    if exact.height:
        universe, where, period = exact.select(_ONE).row(0)
        raise DoorError(
            f"{Measure.parse(universe, where)} in {period} is under small_counts, but was not counted from rounded "
            "inner cells: give the register that counts it the same policy, or choose rounding for its source"
        )
    small = counts.filter(pl.col("value") > 0, pl.col("value") < base).sort(*COUNT_KEY)
    if small.height:
        universe, where, period, value = small.select(*_ONE, "value").row(0)
        raise DoorError(
            f"{Measure.parse(universe, where)} in {period} is {value:g} in one area, though small counts are rounded "
            f"to 0 or {base}: nobody looked at that area when they were"
        )
