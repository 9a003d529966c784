"""The small vocabulary of formulas as one literal table: what each of them does with its sums.

Every plain formula is ``scale x top / base``, where top and base are sums of measures (a median stands on top as it was
tallied, and is not divided); ``change`` and ``index`` are made from a finished series (see
:mod:`sozialraum.indicators.series`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sozialraum.catalogue import IndicatorDoc


@dataclass(frozen=True, slots=True)
class Formula:
    """One plain formula.

    Attributes:
        scale: what one unit of top over base is multiplied by.
        inside: whether the top is a part of the base, so that it can not be larger.
        shown: whether the top is published beside the value (a figure has none of its own, nor has a median).
        divides: whether the top is divided by the base. A median is not: its base says how many it is about.
    """

    scale: Callable[[IndicatorDoc], float]
    inside: bool = False
    shown: bool = True
    divides: bool = True


def _one(_: IndicatorDoc) -> float:
    return 1.0


def _hundred(_: IndicatorDoc) -> float:
    return 100.0


def _per(document: IndicatorDoc) -> float:
    table = document.rate or document.ratio or document.standardised
    return float(table.per) if table else 1.0


PLAIN: Mapping[str, Formula] = MappingProxyType(
    {
        "share": Formula(_hundred, inside=True),
        "rate": Formula(_per),
        "ratio": Formula(_per),
        "mean": Formula(_one),
        "count": Formula(_one),
        "figure": Formula(_one, shown=False),
        "median": Formula(_one, shown=False, divides=False),
        "quantile": Formula(_one, shown=False, divides=False),
        "standardised": Formula(_per),
        "gini": Formula(_one, shown=False, divides=False),
    }
)
"""Formulas over measures of the same area and period."""
