"""The methods of policies that change numbers: each count under one of them becomes what is published.

===============  =====================================================================================================
``rounding``     the nearest multiple of a base
``cell_key``     moved by a little that depends on who is counted (needs the cell key of each count)
``noise``        random noise, drawn anew in every build
``small_counts`` not here: inner cells are rounded, and a table of counts has none (see ``small_counts``)
===============  =====================================================================================================

A number goes by the policies that it is under itself. Where one of them withholds and another changes, it is changed,
and withheld where what is published would be below the minimum. Two methods that change never meet in one number.
Sums of amounts can not be changed in step with their counts, so they are withheld. Figures pass as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from sozialraum.catalogue import CellKeyDoc, CodeListDoc, Measure, NoiseDoc, RoundingDoc, RulesDoc, SmallCountsDoc
from sozialraum.disclosure.breakdowns import demand_few_breakdowns
from sozialraum.disclosure.cellkey import move
from sozialraum.disclosure.noise import add_noise, demand_budget
from sozialraum.disclosure.ptable import perturbation_table
from sozialraum.disclosure.rounding import round_to
from sozialraum.errors import DoorError
from sozialraum.tables import COUNT_KEY, STATUS, Status

CHANGED = "changed"
"""The column that says whether a number goes by a method that changes numbers."""

KEY = "key"
"""The column with the cell key of a count, null where it has none."""

_METHOD = "method"
_ONE = ["universe", "where", "period"]
"""Everything about one measure in one period goes by one method: areas add up."""


def perturb(counts: pl.DataFrame, codes: Mapping[str, CodeListDoc], rules: Mapping[str, RulesDoc]) -> pl.DataFrame:
    """Return counts as their methods change them, with the column :data:`CHANGED`.

    Args:
        counts: counts with ``COUNT_SCHEMA``, ``policy`` (ids joined by ``+``) and :data:`KEY`.
        codes: code lists of the dimensions.
        rules: the rules of each policy.

    Raises:
        DoorError: two methods meet in a number or in the areas of a measure, a count has no cell key, a base is broken
            down completely too often, or the budget of the noise is exceeded.
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
        parts.append(_change(part, one, codes) if one else part)
    done = pl.concat(parts).sort(COUNT_KEY)
    return done.with_columns((pl.col(_METHOD) != "").alias(CHANGED)).drop(_METHOD)


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


def _change(part: pl.DataFrame, rules: RulesDoc, codes: Mapping[str, CodeListDoc]) -> pl.DataFrame:
    amounts = pl.col("universe").str.contains(".", literal=True)
    has_value = pl.col("value").is_not_null()
    counts = part.filter(~amounts & has_value)
    hidden = part.filter(amounts & has_value).with_columns(
        value=pl.lit(None, pl.Float64), status=pl.lit(Status.SUPPRESSED.value, STATUS)
    )
    match rules.parameters:
        case SmallCountsDoc():
            raise DoorError(
                "small_counts rounds the inner cells that counts are sums of, and a build does not keep those yet: "
                'choose a policy with method = "rounding" or "cell_key"'
            )
        case RoundingDoc(base=base):
            counts = counts.with_columns(round_to(pl.col("value"), base))
        case CellKeyDoc() as table:
            _demand_keys(counts)
            demand_few_breakdowns(_measures(counts), codes, table.breakdowns)
            ptable = perturbation_table(table.maximum, table.variance, table.forbidden, table.monotone)
            counts = counts.with_columns(move(counts["value"], counts[KEY], ptable))
        case NoiseDoc() as noise:
            demand_budget(counts, noise)
            counts = counts.with_columns(add_noise(counts["value"], noise.epsilon))
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
