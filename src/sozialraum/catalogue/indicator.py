"""The indicator: a governed document (owner, checker, review date, changes) around one formula."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from sozialraum.catalogue.documents import ONE, SEVERAL, Day, Document, Identifier, PeriodText, Text, one_or_several
from sozialraum.catalogue.measures import FIGURE, GINI, MEDIAN, Measure


class MeasureDoc(Document):
    """A question: ``{ universe = "persons", age = "0-14", sgb2 = "yes" }``; every further key is a dimension."""

    model_config = ConfigDict(extra="allow", frozen=True)

    __pydantic_extra__: dict[str, str]

    universe: Identifier | None = None
    amount: Identifier | None = None
    """Sum this quantity instead of counting units."""
    figure: Identifier | None = None
    """A number delivered ready made, instead of a universe."""

    @model_validator(mode="after")
    def _universe_or_figure(self) -> MeasureDoc:
        if (self.universe is None) == (self.figure is None):
            raise ValueError("a measure has either universe = ... or figure = ...")
        return self

    @property
    def measure(self) -> Measure:
        """The question as a measure."""
        if self.figure:
            return Measure.of(f"{FIGURE}.{self.figure}", self.__pydantic_extra__)
        universe = f"{self.universe}.{self.amount}" if self.amount else str(self.universe)
        return Measure.of(universe, self.__pydantic_extra__)


Several = Annotated[tuple[MeasureDoc, ...], Field(min_length=1)]
Operand = Annotated[
    Annotated[MeasureDoc, Tag(ONE)] | Annotated[Several, Tag(SEVERAL)],
    Discriminator(one_or_several),
]
"""One measure, or several that are added up."""


def operand_measures(operand: Operand | None) -> tuple[Measure, ...]:
    """Return the measures of an operand; empty where there is none."""
    if operand is None:
        return ()
    parts = operand if isinstance(operand, tuple) else (operand,)
    return tuple(part.measure for part in parts)


class ShareDoc(Document):
    """Part of a whole in percent: ``of`` lies inside ``in``."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    of: Operand
    base: Annotated[Operand, Field(alias="in")]


class RateDoc(Document):
    """Events or cases per so many units of a base."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    of: Operand
    minus: Operand | None = None
    """Subtracted from ``of`` (deaths from births): the rate may be negative and has no interval."""
    base: Annotated[Operand, Field(alias="in")]
    per: Annotated[int, Field(gt=0)] = 1000


class RatioDoc(Document):
    """One quantity per another that does not contain it (old to working age, dwellings to inhabitants)."""

    of: Operand
    to: Operand
    per: Annotated[float, Field(gt=0)] = 1


class MeanDoc(Document):
    """A sum of an amount per unit."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    of: Operand
    base: Annotated[Operand, Field(alias="in")]


class StandardisedDoc(Document):
    """The rate that cases would have if the base were as old as a standard population (direct standardisation).

    A filter on age stands in both tables and picks the bands of the standard population.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    of: MeasureDoc
    base: Annotated[MeasureDoc, Field(alias="in")]
    standard: Identifier
    """Id of the standard population (``standards/ID.toml``)."""
    per: Annotated[int, Field(gt=0)] = 100000

    @model_validator(mode="after")
    def _counts(self) -> StandardisedDoc:
        if not (self.of.measure.counts_units and self.base.measure.counts_units):
            raise ValueError("a standardised rate counts cases and units: universe = ..., without amount or figure")
        return self

    @property
    def measures(self) -> tuple[Measure, Measure]:
        """The rate per unit and its variance, as they stand among the counts."""
        return self.of.measure.standardised(self.base.measure, self.standard)


class AmountDoc(MeasureDoc):
    """An amount of single units: ``{ universe = "taxpayers", amount = "income" }``."""

    @model_validator(mode="after")
    def _one_amount(self) -> AmountDoc:
        if not self.universe or not self.amount:
            raise ValueError('it is told of an amount of single units: universe = "...", amount = "..."')
        return self


class MedianDoc(Document):
    """What half of the units stay below: the mean of those in the middle, tallied from single records."""

    of: AmountDoc

    @property
    def tally(self) -> Measure:
        """The measure that is tallied."""
        return self.of.measure.tallied(MEDIAN)


class QuantileDoc(Document):
    """What a part of the units stay below: the mean of those around it, tallied from single records."""

    of: AmountDoc
    at: Annotated[float, Field(ge=0.1, le=0.9)]
    """Which part: 0.2 for what the fifth with the least stays below; in whole percent."""

    @model_validator(mode="after")
    def _whole_percent(self) -> QuantileDoc:
        if abs(self.at * 100 - round(self.at * 100)) > _ROUNDING:
            raise ValueError(f"a quantile is at a whole percent such as 0.25, not at {self.at}")
        return self

    @property
    def tally(self) -> Measure:
        """The measure that is tallied."""
        percent = round(self.at * 100)
        return self.of.measure.tallied(MEDIAN if percent == 50 else f"q{percent}")


class GiniDoc(Document):
    """How unevenly an amount is spread over units: 0 where all have the same, towards 1 where one has everything."""

    of: AmountDoc

    @property
    def tally(self) -> Measure:
        """The measure that is tallied."""
        return self.of.measure.tallied(GINI)


class SegregationDoc(Document):
    """How unevenly a group is spread over the areas inside a larger one; told of the larger area, from published
    numbers of those inside it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    index: Literal["dissimilarity", "isolation", "gini"]
    """``dissimilarity``: the part of the group that would have to move for it to be spread like everybody else;
    ``isolation``: the group's share where its members live, on average; ``gini``: how far the shares of all areas
    differ, and of an amount how unevenly its mean is spread."""
    of: Operand
    base: Annotated[Operand, Field(alias="in")]
    over: Identifier | None = None
    """The area system whose areas are compared; the one that pages show first (``home`` of ``city.toml``) if not
    given."""

    @model_validator(mode="after")
    def _units_or_an_amount(self) -> SegregationDoc:
        group, base = operand_measures(self.of), operand_measures(self.base)
        if not all(measure.counts_units for measure in base):
            raise ValueError("in = ... counts units: universe = ..., without amount or figure")
        if all(measure.counts_units for measure in group):
            return self
        if not all(measure.additive and not measure.counts_units for measure in group):
            raise ValueError("of = ... counts units, or is an amount of them; not a figure, and not both")
        if self.index != "gini":
            raise ValueError(f'{self.index} is about a group of units; of an amount write index = "gini"')
        return self


_ROUNDING = 1e-9
"""Decimal fractions are not exact."""


class CountFormulaDoc(Document):
    """The plain number of units (or the plain sum)."""

    of: Operand


class FigureFormulaDoc(Document):
    """A number as it was delivered."""

    of: Identifier


class ChangeDoc(Document):
    """Change against an earlier period, or against a fixed base period."""

    of: Operand | None = None
    indicator: Identifier | None = None
    """Instead of ``of``: the change of another indicator (in its unit; percentage points for percent)."""
    steps: Annotated[int, Field(ge=1)] = 1
    base: PeriodText | None = None
    """A fixed base period instead of ``steps`` back."""
    relative: bool = True
    """In percent of the earlier value; otherwise the plain difference."""

    @model_validator(mode="after")
    def _one_subject(self) -> ChangeDoc:
        if (self.of is None) == (self.indicator is None):
            raise ValueError("a change has either of = {...} or indicator = ...")
        return self


class IndexDoc(Document):
    """A series scaled so that the base period is 100."""

    of: Operand | None = None
    indicator: Identifier | None = None
    """Instead of ``of``: the series of another indicator."""
    base: PeriodText

    @model_validator(mode="after")
    def _one_subject(self) -> IndexDoc:
        if (self.of is None) == (self.indicator is None):
            raise ValueError("an index has either of = {...} or indicator = ...")
        return self


class Governance(Document):
    """Who answers for an indicator and when it is looked at again."""

    owner: str
    checked_by: str
    next_review: Day


class ChangeNote(Document):
    """What was changed in the document, and whether older values can still be compared."""

    date: Day
    why: Text
    comparable: bool = True


class Break(Document):
    """From this period on the series can not be compared with what was before."""

    period: PeriodText
    why: Text


class TargetDoc(Document):
    """``[target]``: a value that somebody with a mandate has decided on, and by when it is to be reached."""

    value: Annotated[float, Field(allow_inf_nan=False)]
    """In the unit of the indicator."""
    by: PeriodText
    """The period in which it is to be reached: 2030."""
    source: Text
    """Who decided it, and where that is written."""


FORMULAS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "share": {"of": "of", "in": "base"},
        "rate": {"of": "of", "minus": "minus", "in": "base"},
        "ratio": {"of": "of", "to": "to"},
        "mean": {"of": "of", "in": "base"},
        "median": {},
        "quantile": {},
        "gini": {},
        "standardised": {"of": "of", "in": "base"},
        "segregation": {"of": "of", "in": "base"},
        "count": {"of": "of"},
        "figure": {},
        "change": {"of": "of"},
        "index": {"of": "of"},
    }
)
"""The small vocabulary: exactly one of these tables stands in an indicator; its keys that hold measures, and where."""

PER_UNITS = {
    "percent": 100,
    "per_mille": 1000,
    "per_100": 100,
    "per_1000": 1000,
    "per_10000": 10000,
    "per_100000": 100000,
}
"""Units that say what the base is scaled to."""


class IndicatorDoc(Document):
    """``indicators/ID.toml``: one indicator."""

    title: Text
    definition: Text
    """One sentence that a resident understands."""
    caveats: Text | None = None
    theme: Identifier
    code: str | None = None
    """Short code in the published catalogue (MIN02)."""
    unit: Literal[
        "percent",
        "per_mille",
        "per_100",
        "per_1000",
        "per_10000",
        "per_100000",
        "count",
        "years",
        "euro",
        "euro_per_m2",
        "m2",
        "per_km2",
        "index",
        "points",
        "percentage_points",
    ]
    decimals: Annotated[int, Field(ge=0, le=4)] = 1
    polarity: Literal["high_is_good", "low_is_good", "neutral"]
    interval: Literal["wilson", "byar", "dobson", "none"] = "none"
    minimum_base: Annotated[int, Field(ge=0)] = 0
    """Below this base a value is shown as unreliable."""
    source_table: str | None = None
    """Official table the numbers come from where a city has no own register (12411-02-03-5)."""
    headline: bool = False
    tags: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()
    target: TargetDoc | None = None
    """A value that is to be reached; pages compare with it."""
    governance: Governance
    changes: tuple[ChangeNote, ...] = ()

    share: ShareDoc | None = None
    rate: RateDoc | None = None
    ratio: RatioDoc | None = None
    mean: MeanDoc | None = None
    median: MedianDoc | None = None
    quantile: QuantileDoc | None = None
    gini: GiniDoc | None = None
    standardised: StandardisedDoc | None = None
    segregation: SegregationDoc | None = None
    count: CountFormulaDoc | None = None
    figure: FigureFormulaDoc | None = None
    change: ChangeDoc | None = None
    index: IndexDoc | None = None

    @model_validator(mode="after")
    def _one_formula(self) -> IndicatorDoc:
        found = [name for name in FORMULAS if getattr(self, name) is not None]
        if len(found) != 1:
            named = ", ".join(found) or "none"
            raise ValueError(f"an indicator has exactly one of the tables {', '.join(FORMULAS)}; found: {named}")
        self._check_interval(found[0])
        self._check_unit(found[0])
        self._check_target(found[0])
        return self

    def _check_target(self, formula: str) -> None:
        if self.target is None:
            return
        if self.polarity == "neutral":
            raise ValueError("a target needs a direction; write polarity = high_is_good or low_is_good")
        if formula == "share" and not 0 <= self.target.value <= 100:
            raise ValueError(f"the target of a share lies from 0 to 100 percent, not at {self.target.value:g}")

    def _check_interval(self, formula: str) -> None:
        if self.interval == "wilson" and formula != "share":
            raise ValueError("the Wilson interval belongs to a share; use byar for a rate, or none")
        if self.interval == "byar" and (formula not in ("rate", "count") or self.subtracted):
            raise ValueError("Byar's interval belongs to a rate without minus, or to a count; use none")

        if self.interval == "dobson" and formula != "standardised":
            raise ValueError("Dobson's interval belongs to a standardised rate; use byar for a plain one, or none")

    def _check_unit(self, formula: str) -> None:
        if formula == "gini" and self.unit != "index":
            raise ValueError(f"a Gini coefficient has the unit index, not {self.unit}")
        if formula == "segregation" and self.unit != "index":
            raise ValueError(f"an index of segregation has the unit index, not {self.unit}")
        scale = PER_UNITS.get(self.unit)
        if formula == "share" and self.unit != "percent":
            raise ValueError(f"a share is in percent, not in {self.unit}")
        if formula == "index" and self.unit != "index":
            raise ValueError(f"an index has the unit index, not {self.unit}")
        if self.change and self.change.relative and self.unit != "percent":
            raise ValueError(f"a relative change is in percent, not in {self.unit}")
        table = self.rate or self.ratio or self.standardised
        if table and scale not in (None, table.per):
            raise ValueError(f"per = {table.per} does not go with the unit {self.unit}; write per = {scale}")
        if (self.rate or self.standardised) and scale is None:
            raise ValueError(f"a rate has a unit such as per_1000, not {self.unit}")

    @property
    def formula(self) -> str:
        """The name of the one formula."""
        return next(name for name in FORMULAS if getattr(self, name) is not None)

    @property
    def refers_to(self) -> str | None:
        """The other indicator that this one is made from, if any."""
        table = self.change or self.index
        return table.indicator if table else None

    @property
    def tally(self) -> Measure | None:
        """What is tallied from single records before the door, if the formula needs that."""
        table = self.median or self.quantile or self.gini
        return table.tally if table else None

    @property
    def operands(self) -> dict[str, tuple[Measure, ...]]:
        """The measures of the formula under the keys that they stand under in the file (``of``, ``in``...)."""
        if self.figure:
            return {"of": (Measure.of(f"{FIGURE}.{self.figure.of}"),)}
        if self.tally:
            return {"of": (self.tally,)}
        table, keys = getattr(self, self.formula), FORMULAS[self.formula]
        return {key: operand_measures(getattr(table, name)) for key, name in keys.items()}

    @property
    def numerator(self) -> tuple[Measure, ...]:
        """Measures added up on top of the fraction (or alone)."""
        return self.operands.get("of", ())

    @property
    def subtracted(self) -> tuple[Measure, ...]:
        """Measures subtracted on top of the fraction."""
        return self.operands.get("minus", ())

    @property
    def denominator(self) -> tuple[Measure, ...]:
        """Measures added up below the fraction; of a tally the units that it is about; empty where there is none."""
        if self.tally:
            return (self.tally.counted,)
        return self.operands.get("in", ()) or self.operands.get("to", ())

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure that the formula asks for."""
        return (*self.numerator, *self.subtracted, *self.denominator, *self.rates)

    @property
    def rates(self) -> tuple[Measure, ...]:
        """A directly standardised rate and its variance, which are worked out before the door; none for others."""
        return self.standardised.measures if self.standardised else ()
