"""What the attacker found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["published", "exact", "narrow", "remainder", "base", "value", "unchanged", "tally", "score"]

MEANING: Mapping[Kind, str] = {
    "published": "a number below the minimum is published",
    "exact": "a withheld number can be worked out",
    "narrow": "a withheld number can be narrowed down too far",
    "remainder": "what is left between published numbers is below the minimum",
    "base": "a part of a base that is too small is published",
    "value": "an indicator is published although it is made from a withheld number",
    "tally": "a tally of amounts is published that tells too much of a few",
    "score": "a score or a type of areas is published that the published values do not give",
    "unchanged": "a number that its policy changes is not one that the method gives",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a number is about."""

    universe: str
    where: str
    area_system: str
    area: str
    period: str

    def __str__(self) -> str:
        measure = (
            f"{self.universe} {{{self.where.replace(';', ', ').replace('=', ' ')}}}" if self.where else self.universe
        )
        return f"{measure} in {self.area_system} {self.area}, {self.period}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A number and what an attacker can say about it.

    Attributes:
        place: what the number is about.
        low: the smallest value that fits everything published.
        high: the largest; None where there is no limit.
        exact: whether low and high are the ends of what is possible. Otherwise everything between them is possible, and
            the attack stopped there because that is wide enough.
        kind: what is wrong, None where the number is safe.
        how: in words, what gives the number away.
    """

    place: Place
    low: float
    high: float | None
    exact: bool
    kind: Kind | None = None
    how: str = ""

    @property
    def rank(self) -> tuple[Any, ...]:
        """What findings are put in order by; no limit comes after every limit."""
        place, high = self.place, math.inf if self.high is None else self.high
        where = (place.universe, place.where, place.area_system, place.area, place.period)
        return *where, self.low, high, self.exact, self.kind or "", self.how

    def __str__(self) -> str:
        interval = f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {_shown(self.high)}"
        meaning = f" ({MEANING[self.kind]}: {self.how})" if self.kind else ""
        return f"{self.place}: {interval}{meaning}"

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a mapping."""
        names = ("universe", "where", "area_system", "area", "period")
        finding = {name: getattr(self.place, name) for name in names}
        finding |= {"low": self.low, "high": self.high, "exact": self.exact}
        return finding | ({"kind": self.kind, "how": self.how} if self.kind else {})


def _shown(number: float | None) -> str:
    return "any" if number is None else f"{number:g}"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The report on the public package of a release.

    Attributes:
        cells: number of counts in the package.
        suppressed: every withheld count with what can be said about it.
        exposed: everything that says too much; the audit passes where there is nothing.
        contradictions: published values that are not what the published counts give, and scores that are left out or
            called otherwise than the values say; they teach an attacker nothing.
        parameters: the rules that were tested.
    """

    cells: int
    suppressed: tuple[Finding, ...]
    exposed: tuple[Finding, ...]
    contradictions: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def passed(self) -> bool:
        """Whether nothing says too much."""
        return not self.exposed

    def as_json(self) -> dict[str, Any]:
        """Return the report for ``audit.json``."""
        return {
            "passed": self.passed,
            "cells": self.cells,
            "suppressed": [finding.as_json() for finding in self.suppressed],
            "exposed": [finding.as_json() for finding in self.exposed],
            "contradictions": list(self.contradictions),
            "parameters": dict(self.parameters),
        }

    def __str__(self) -> str:
        verdict = "nothing was found" if self.passed else f"{len(self.exposed)} numbers say too much"
        lines = [f"Disclosure audit: {verdict}. {self.cells:,} counts, {len(self.suppressed):,} of them withheld."]
        if others := self.parameters.get("together_with"):
            lines.append(f"Attacked together with {', '.join(others)}.")
        lines += [f"  {finding}" for finding in self.exposed]
        if self.contradictions:
            lines.append(f"{len(self.contradictions)} values differ from what the published counts give:")
            lines += [f"  {text}" for text in self.contradictions[:10]]
        return "\n".join(lines)
