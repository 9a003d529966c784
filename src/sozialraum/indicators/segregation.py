"""Formulas over the areas inside a larger one: how unevenly a group, or an amount, is spread over them.

The value of a larger area is made from published numbers of the areas inside it and from nothing else, so it tells
nothing beyond them. They are the areas of today where those have numbers, else the areas of the period.

Rules for its status, in this order:

1. an area where the base is zero is passed over: nobody lives there;
2. what :data:`sozialraum.tables.status.PRECEDENCE` says about the numbers of all others: one suppressed number makes
   the value suppressed, one missing number makes it missing;
3. fewer than :data:`FEWEST` areas, nobody of the group, nobody else, or a group larger than its base make it undefined;
4. a base of all areas together below the indicator's ``minimum_base`` makes it unreliable;
5. where the group's share is the same everywhere, dissimilarity and Gini are ``zero``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import polars as pl

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.inequality import dissimilarity, gini, isolation, segregation_gini
from sozialraum.indicators.sums import BASE, TOP, sum_measures
from sozialraum.periods import parse_period
from sozialraum.tables import NO_VALUE, STATUS, VALUE_SCHEMA, Status, Value, combine, combine_across

FEWEST = 3
"""Over fewer areas an index says nothing that the areas do not say themselves."""

PARTS = pl.Schema([(name, pl.String()) for name in ("over", "area_system", "area", "part", "valid_from", "valid_to")])
"""Which ``part`` of the system ``over`` lies in which ``area`` of a coarser ``area_system``, and since when until when
(ISO dates, null where open)."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies in larger areas.

    Attributes:
        parts: a frame with :data:`PARTS`.
        home: the area system that is compared where an indicator names none.
    """

    parts: pl.DataFrame
    home: str

    @classmethod
    def of(cls, systems: Mapping[str, AreaSystem], home: str) -> Inside:
        """Read off area systems which area lies in which larger one."""
        ordered = AreaSystems(dict(systems))
        frames = [_parts(ordered, over, above) for over in ordered for above in _above(ordered, over)]
        return cls(pl.concat([pl.DataFrame(schema=PARTS), *frames]), home)

    def over(self, document: IndicatorDoc) -> str:
        """Return the area system whose areas an indicator compares."""
        return (document.segregation.over if document.segregation else None) or self.home

    def within(
        self, document: IndicatorDoc, place: tuple[str, str, str], known: Collection[str]
    ) -> list[tuple[str, str]]:
        """Return area system and code of each area that an indicator compares inside an area in a period.

        Args:
            document: the indicator.
            place: area system, area and period.
            known: areas that there is a number of.
        """
        system, area, period = place
        over = self.over(document)
        there = _there(self.parts.filter(over=over, area_system=system, area=area), [period])
        chosen = there.with_columns(missing=~pl.col("part").is_in(list(known))).filter(_of_one_time())
        return [(over, part) for part in chosen["part"].unique().sort()]


def _there(parts: pl.DataFrame, periods: Iterable[str]) -> pl.DataFrame:
    """Return the areas that were there on the last day of each period, ``then``, and those of ``today``."""
    rows = [(text, parse_period(text).last.isoformat()) for text in periods]
    days = pl.DataFrame(rows, schema={"period": pl.String, "day": pl.String}, orient="row")
    began = pl.col("valid_from").is_null() | (pl.col("valid_from") <= pl.col("day"))
    lasts = pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("day"))
    crossed = parts.join(days, how="cross").with_columns(then=began & lasts, today=pl.col("valid_to").is_null())
    return crossed.filter(pl.col("then") | pl.col("today")).sort("area_system", "area", "period", "part")


def _of_one_time() -> pl.Expr:
    """Choose the areas of today where none of them is ``missing`` in the larger area and period, else those of then.

    A register is counted in today's areas in every period, a table from before a reform in those of its time.
    """
    known = (~pl.col("missing") | ~pl.col("today")).all().over("area_system", "area", "period")
    return pl.when(known).then("today").otherwise("then")


def _above(systems: AreaSystems, over: str) -> Iterator[str]:
    """Return the coarser systems that are shown too, the nearest first."""
    parent = systems[over].parent
    while parent in systems and parent:
        yield parent
        parent = systems[parent].parent


def _parts(systems: AreaSystems, over: str, above: str) -> pl.DataFrame:
    """Return the areas of a system inside those of a coarser one; each in every state of its borders."""
    own = systems[over]
    frame = own.frame.select("code", "valid_from", "valid_to", area="parent")
    if own.parent and own.parent != above:
        larger = systems.parent_map(own.parent, above)
        frame = frame.with_columns(pl.col("area").replace_strict(larger, default=None, return_dtype=pl.String))
    named = frame.with_columns(over=pl.lit(over), area_system=pl.lit(above)).rename({"code": "part"})
    return named.drop_nulls("area").select(PARTS.names())


def compute_segregation(
    documents: Mapping[str, IndicatorDoc], counts: pl.DataFrame, inside: Inside | None
) -> pl.DataFrame:
    """Compute indices over the areas inside larger ones.

    Args:
        documents: indicators with a table ``[segregation]``, by id.
        counts: published counts with ``COUNT_SCHEMA``.
        inside: which areas lie in which; without it there are no values.

    Returns:
        A frame with ``VALUE_SCHEMA``, without intervals: nobody was drawn by lot.
    """
    rows: list[tuple[object, ...]] = []
    if inside is not None:
        for name, document in documents.items():
            numbers = _numbers(name, document, counts, inside)
            for place, parts in numbers.group_by("area_system", "area", "period", maintain_order=True):
                found = _value(document, parts)
                rows.append((name, *place, found.value, found.status.value))
    columns = ("indicator", "area_system", "area", "period", "value", "status")
    frame = pl.DataFrame(rows, schema={name: VALUE_SCHEMA[name] for name in columns}, orient="row")
    return frame.with_columns(breakdown=pl.lit(""), revision=pl.lit(0)).match_to_schema(
        VALUE_SCHEMA, missing_columns="insert", integer_cast="upcast"
    )


def _numbers(name: str, document: IndicatorDoc, counts: pl.DataFrame, inside: Inside) -> pl.DataFrame:
    """Return group and base of every area inside every larger one, in each period: areas of one time."""
    over = inside.over(document)
    sums = sum_measures({name: document}, counts.filter(area_system=over)).rename({"area": "part"})
    parts = inside.parts.filter(over=over)
    there = _there(parts, sums["period"].unique().sort())
    numbers = there.join(sums, on=["part", "period"], how="left", maintain_order="left")
    judged = numbers.with_columns(*_complete(document))
    return judged.with_columns(missing=pl.col("status") == Status.MISSING.value).filter(_of_one_time())


def _complete(document: IndicatorDoc) -> tuple[pl.Expr, ...]:
    """Return both sides and their gravest status; a side without a row for each of its measures is missing."""
    terms = {TOP: len(document.numerator), BASE: len(document.denominator)}
    lacks = {side: pl.col(f"{side}_found").fill_null(0) < number for side, number in terms.items()}
    numbers = [pl.when(~lacking).then(side).alias(side) for side, lacking in lacks.items()]
    sides = [
        pl.when(lacking & pl.col(f"{side}_status").ne_missing(pl.lit(Status.SUPPRESSED.value, STATUS)))
        .then(_MISSING)
        .otherwise(pl.col(f"{side}_status"))
        for side, lacking in lacks.items()
    ]
    return *numbers, combine_across(*sides).alias("status")


def _value(document: IndicatorDoc, parts: pl.DataFrame) -> Value:
    """Return the index over the areas inside a larger one."""
    lived_in = parts.filter((pl.col(BASE) > 0) | pl.col(BASE).is_null())
    status = combine(Status(text) for text in lived_in["status"])
    if status in NO_VALUE and lived_in.height:
        return Value(None, status)
    group, everybody = lived_in[TOP].to_list(), lived_in[BASE].to_list()
    if len(group) < FEWEST or not _fits(document, group, everybody):
        return Value(None, Status.UNDEFINED)
    found = _index(document)(group, everybody)
    if found.value is None or status in _DOUBTFUL:
        return replace(found, status=status) if found.value is not None else found
    return replace(found, status=Status.UNRELIABLE) if sum(everybody) < document.minimum_base else found


def _fits(document: IndicatorDoc, group: Sequence[float], everybody: Sequence[float]) -> bool:
    """Tell whether the group is a part of its base everywhere; an amount is none, but never negative."""
    of_units = all(measure.counts_units for measure in document.numerator)
    return all(0 <= mine <= (every if of_units else math.inf) for mine, every in zip(group, everybody, strict=True))


def _index(document: IndicatorDoc) -> Callable[[Sequence[float], Sequence[float]], Value]:
    if all(measure.counts_units for measure in document.numerator):
        return INDICES[document.segregation.index if document.segregation else "dissimilarity"]
    return gini_of_means


def gini_of_means(sums: Sequence[float], units: Sequence[float]) -> Value:
    """Return the Gini coefficient of a mean (a sum per unit) over areas, each of which has units."""
    return gini([total / people for total, people in zip(sums, units, strict=True)], units)


INDICES: Mapping[str, Callable[[Sequence[float], Sequence[float]], Value]] = MappingProxyType(
    {"dissimilarity": dissimilarity, "isolation": isolation, "gini": segregation_gini}
)
"""What ``index`` may be: the index of a group of units among all; of an amount ``gini`` is that of its mean."""

_MISSING = pl.lit(Status.MISSING.value, STATUS)
_DOUBTFUL = (Status.UNRELIABLE, Status.ESTIMATED, Status.PROVISIONAL)
