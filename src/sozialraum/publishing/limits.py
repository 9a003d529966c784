"""What a policy withholds, in plain words: the same for the pages of indicators and deliveries and for the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sozialraum.catalogue import RulesDoc
from sozialraum.catalogue.documents import DominanceDoc
from sozialraum.indicators import format_number
from sozialraum.publishing.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What must hold so that a number is shown.

    Attributes:
        minimum: counts from 1 up to below this are withheld; below 2 none are.
        minimum_base: shares and rates on a smaller base are withheld; below 2 none are.
        minimum_tally: medians, quantiles and Gini coefficients of fewer single values are withheld; 0 where there are
            none.
        minimum_cases: standardised rates of fewer cases are withheld, unless there are no cases; 0 where there are no
            such rates.
        complement: whether the rest (base minus part) must reach the minimum too.
        block_all: whether shares of 100 % are withheld.
        block_none: whether shares of 0 % are withheld.
        secondary: whether further numbers are withheld so that none follows from totals.
        sums: whether there are sums of amounts, which need enough people behind them.
        dominance: how much the largest contributions may make up of a sum; None where nobody here knows them.
        p_percent: to so many percent nobody may work out another's contribution; 0 where nobody here knows them.
        ready_made: whether there are sums that a provider delivers, who alone knows the contributions.
    """

    minimum: int = 0
    minimum_base: int = 0
    minimum_tally: int = 0
    minimum_cases: int = 0
    complement: bool = False
    block_all: bool = False
    block_none: bool = False
    secondary: bool = False
    sums: bool = False
    dominance: DominanceDoc | None = None
    p_percent: float = 0.0
    ready_made: bool = False

    @property
    def withholds(self) -> bool:
        """Whether anything can be withheld at all."""
        least = max(self.minimum, self.minimum_base, self.minimum_tally, self.minimum_cases)
        return least > 1 or self.block_all or self.block_none


def limits_of(rules: RulesDoc, *, sums: bool = False, tallies: bool = False, standardised: bool = False) -> Limits:
    """Return the limits of a policy's rules.

    Args:
        rules: the rules.
        sums: whether they are told of sums whose contributions are known.
        tallies: whether they are told of medians and the like.
        standardised: whether they are told of standardised rates.
    """
    changes = rules.changes_numbers
    return Limits(
        minimum=0 if changes else rules.minimum,
        minimum_base=rules.minimum_base,
        minimum_tally=rules.minimum_tally if tallies else 0,
        minimum_cases=rules.minimum_cases if standardised else 0,
        complement=rules.complement and rules.minimum > 1 and not changes,
        block_all=rules.block_all,
        block_none=rules.block_none,
        secondary=rules.secondary and not changes,
        sums=sums,
        dominance=rules.dominance if sums and rules.dominance.share < 1 else None,
        p_percent=rules.p_percent if sums else 0.0,
    )


def limit_sentences(limits: Limits, language: str) -> Iterator[str]:
    """Say what is withheld; what is not in force is not mentioned."""
    yield from _of_few(limits, language)
    yield from _of_sums(limits, language)
    if limits.secondary:
        yield _say("secondary", language)


def _of_few(limits: Limits, language: str) -> Iterator[str]:
    few = _few(limits.minimum, language)
    if limits.minimum > 1:
        yield _say("minimum_one" if limits.minimum == 2 else "minimum", language, few=few)
    if limits.complement:
        yield _say("complement", language, few=few)
    if limits.minimum_base > 1:
        yield _say("minimum_base", language, base=limits.minimum_base)
    if limits.minimum_tally > 1:
        yield _say("minimum_tally", language, least=limits.minimum_tally)
    if limits.minimum_cases > 1:
        yield _say("minimum_cases", language, few=_few(limits.minimum_cases, language))
    if limits.block_all:
        yield _say("block_all", language)
    if limits.block_none:
        yield _say("block_none", language)


def _of_sums(limits: Limits, language: str) -> Iterator[str]:
    if limits.sums:
        yield _say("sums", language)
    if limits.dominance:
        share = format_number(100 * limits.dominance.share, 0, language)
        largest = limits.dominance.largest
        yield _say("dominance_one" if largest == 1 else "dominance", language, largest=largest, share=share)
    if limits.p_percent:
        yield _say("p_percent", language, percent=format_number(limits.p_percent, 0, language))
    if limits.ready_made:
        yield _say("ready_made", language)


def _few(least: int, language: str) -> str:
    return "1" if least == 2 else _say("few", language, most=least - 1)


def _say(key: str, language: str, **more: object) -> str:
    return str(words(language)["limits"][key]).format(**more)
