"""What each published indicator is made from, as its document says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sozialraum.catalogue import IndicatorDoc, Measure
from sozialraum.periods import parse_period


@dataclass(frozen=True, slots=True)
class Formula:
    """An indicator is ``scale x (top - minus) / base``, or the change of that (or of another indicator) over time.

    Or it is an index of how top and base are spread over the areas inside.

    Attributes:
        base: what it is divided by; a tally (a median) or a standardised rate is divided by nothing.
        decimals: how many it is told with.
        share: whether what is on top is a part of the base.
        fraction: whether it is a share or a rate, so that the base must be large enough.
        refers_to: the other indicator that it is the change of, if any.
        steps: a change over so many periods, 0 for none.
        since: a change since this period, if any.
        spread: which index of top and base over the areas inside it is, empty for any other formula.
        over: the area system of those areas.
    """

    top: tuple[Measure, ...]
    minus: tuple[Measure, ...]
    base: tuple[Measure, ...]
    scale: float
    decimals: int
    share: bool
    fraction: bool
    refers_to: str | None
    steps: int
    since: str | None
    spread: str = ""
    over: str = ""

    @classmethod
    def of(cls, document: IndicatorDoc, home: str = "") -> Formula:
        """Read a document; ``home`` is the area system that pages show first."""
        per = document.rate or document.ratio or document.standardised
        spread = document.segregation
        of_units = all(measure.counts_units for measure in document.numerator)
        change, index = document.change, document.index
        return cls(
            top=document.rates[:1] or document.numerator,
            minus=document.subtracted,
            base=() if document.tally or document.rates else document.denominator,
            decimals=document.decimals,
            scale=100.0 if document.share else float(per.per) if per else 1.0,
            share=bool(document.share or (spread and of_units)),
            fraction=bool(document.share or document.rate or (spread and of_units)),
            refers_to=document.refers_to,
            steps=change.steps if change and not change.base else 0,
            since=index.base if index else change.base if change else None,
            spread="" if spread is None else spread.index if of_units else "gini of means",
            over=(spread.over or home) if spread else "",
        )

    @property
    def plain(self) -> bool:
        """Whether it is made from numbers of one area in one period."""
        return not self.steps and self.since is None and not self.spread

    def periods(self, period: str) -> tuple[str, ...]:
        """Return every period that a value is made from."""
        if self.since is not None:
            return (period, self.since)
        return (period, str(parse_period(period).earlier(self.steps))) if self.steps else (period,)

    def measures(self, breakdown: str) -> Sequence[Measure]:
        """Return every measure that a value is made from; a breakdown (``sex=f``) narrows each."""
        dimension, _, code = breakdown.partition("=")
        whole = (*self.top, *self.minus, *self.base)
        return [measure.within(**{dimension: code}) for measure in whole] if dimension else whole
