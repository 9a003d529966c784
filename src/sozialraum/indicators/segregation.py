"""Formulas over the areas inside a larger one: how unevenly a group, or an amount, is spread over them.

The value of a larger area is made from published numbers of the areas inside it and from nothing else, so it tells
nothing beyond them. They are the areas of today where those have numbers, else the areas of the period.

*Dissimilarity* is the part of the group that would have to move for it to be spread like everybody else (Duncan and
Duncan 1955), *isolation* the group's share where its members live, on average (Bell 1954), *Gini* how far the shares of
any two areas lie apart, against the most that they could (Massey and Denton 1988); of an amount it is that of its mean.
The finer the areas, the larger the number; differences inside an area are not seen.

Rules for its status, in this order:

1. an area where the base is zero is passed over: nobody lives there;
2. what :data:`sozialraum.tables.status.PRECEDENCE` says about the numbers of all others: one suppressed number makes
   the value suppressed, one missing number makes it missing;
3. fewer than :data:`FEWEST` areas, nobody of the group, nobody else, or a group larger than its base make it undefined;
4. a base of all areas together below the indicator's ``minimum_base`` makes it unreliable;
5. where the group's share is the same everywhere, dissimilarity and Gini are ``zero``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.sums import BASE, TOP, sum_measures
from sozialraum.periods import parse_period
from sozialraum.tables import NO_VALUE, STATUS, VALUE_SCHEMA, Status, combine_across, combine_columns

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
    frames = [pl.DataFrame(schema=VALUE_SCHEMA)]
    if inside is not None:
        frames += [_values(name, one, _numbers(name, one, counts, inside)) for name, one in documents.items()]
    return pl.concat(frames)


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


def _values(name: str, document: IndicatorDoc, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return the index of every larger area and period."""
    lived_in = (pl.col(BASE) > 0) | pl.col(BASE).is_null()
    top, base = (pl.col(side).filter(lived_in) for side in (TOP, BASE))
    of_units = all(measure.counts_units for measure in document.numerator)
    sums = numbers.group_by("area_system", "area", "period", maintain_order=True).agg(
        index=_index(document, top, base, of_units=of_units),
        parts=lived_in.sum(),
        fits=((top >= 0) & ((top <= base) if of_units else True)).all(),
        everybody=base.sum(),
        told=combine_columns(pl.col("status").filter(lived_in)),
    )
    exact = pl.when(pl.col("index").abs() < _ROUNDING).then(0.0).otherwise("index")
    judged = sums.with_columns(value=exact).with_columns(status=_status(document))
    return judged.select(_column(column, dtype, name) for column, dtype in VALUE_SCHEMA.items())


def _index(document: IndicatorDoc, top: pl.Expr, base: pl.Expr, *, of_units: bool) -> pl.Expr:
    """Return the index over the areas of each group; what each is stands at the top of the module.

    Not a number, or infinite, where there is nobody of the group or nobody else.
    """
    index = document.segregation.index if document.segregation else ""
    others = base - top if of_units else base
    if index == "dissimilarity":
        return (top / top.sum() - others / others.sum()).abs().sum() / 2
    if index == "isolation":
        return (top / top.sum() * top / base).sum()
    share, along = (side.sort_by(top / base) / side.sum() for side in (top, others))
    under = share.cum_sum()
    return 1 - ((2 * under - share) * along).sum()


def _status(document: IndicatorDoc) -> pl.Expr:
    known = ~pl.col("told").is_in([status.value for status in NO_VALUE])
    possible = (pl.col("parts") >= FEWEST) & pl.col("fits") & pl.col("value").is_finite()
    plain = pl.when(pl.col("value") == 0).then(pl.lit(Status.ZERO.value)).otherwise(pl.lit(Status.OK.value))
    return (
        pl.when(~known & (pl.col("parts") > 0))
        .then("told")
        .when(~possible.fill_null(False))
        .then(pl.lit(Status.UNDEFINED.value, STATUS))
        .when(pl.col("told").is_in([status.value for status in _DOUBTFUL]))
        .then("told")
        .when(pl.col("everybody") < document.minimum_base)
        .then(pl.lit(Status.UNRELIABLE.value, STATUS))
        .otherwise(plain.cast(STATUS))
    )


def _column(column: str, dtype: pl.DataType, name: str) -> pl.Expr:
    match column:
        case "indicator":
            return pl.lit(name).alias(column)
        case "breakdown":
            return pl.lit("").alias(column)
        case "revision":
            return pl.lit(0, dtype).alias(column)
        case "value":
            return pl.when(~pl.col("status").is_in([status.value for status in NO_VALUE])).then("value").alias(column)
        case "area_system" | "area" | "period" | "status":
            return pl.col(column)
    return pl.lit(None, dtype).alias(column)


_MISSING = pl.lit(Status.MISSING.value, STATUS)
_DOUBTFUL = (Status.UNRELIABLE, Status.ESTIMATED, Status.PROVISIONAL)
_ROUNDING = 1e-12
"""Sums of fractions are not exact: shares that are the same everywhere may come out a little apart."""
