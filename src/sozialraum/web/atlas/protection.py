"""Which privacy rules are in force for an indicator: the strictest of all policies that meet in it. No words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sozialraum.catalogue import IndicatorDoc, Measure, PolicyDoc, RulesDoc
from sozialraum.publishing.opendata import sources_of
from sozialraum.web.atlas.release import Atlas


@dataclass(frozen=True, slots=True)
class Protection:
    """What protects people in the numbers of an indicator.

    Attributes:
        policies: the policies that meet in it.
        minimum: counts from 1 up to below this are withheld; below 2 none are.
        minimum_base: shares and rates on a smaller base are withheld; below 2 none are.
        complement: whether the rest (base minus part) must reach the minimum too.
        block_all: whether shares of 100 % are withheld.
        block_none: whether shares of 0 % are withheld.
        secondary: whether further numbers are withheld so that none follows from totals.
        sums: whether it holds sums of amounts, which need enough people behind them.
    """

    policies: tuple[PolicyDoc, ...]
    minimum: int
    minimum_base: int
    complement: bool
    block_all: bool
    block_none: bool
    secondary: bool
    sums: bool

    @property
    def withholds(self) -> bool:
        """Whether anything can be withheld at all."""
        return self.minimum > 1 or self.minimum_base > 1 or self.block_all or self.block_none


def protection(atlas: Atlas, indicator: str) -> Protection:
    """Return what protects people in an indicator's numbers; a change or an index is as protected as its subject.

    The rules about parts of a base are those of the part, as at the door.
    """
    document = _subject(atlas, indicator)
    counted = [measure for measure in document.measures if measure.additive]
    rules = list(_rules(atlas, indicator, counted))
    tops = (*document.numerator, *document.subtracted) if document.share or document.rate else ()
    parts = list(_rules(atlas, indicator, tops))
    shares = parts if document.share else []
    return Protection(
        policies=tuple(atlas.catalogue.policies[name] for name in _policies(atlas, indicator, counted)),
        minimum=max((one.minimum for one in rules), default=0),
        minimum_base=max((one.minimum_base for one in parts), default=0),
        complement=any(one.complement and one.minimum > 1 for one in shares),
        block_all=any(one.block_all for one in shares),
        block_none=any(one.block_none for one in shares),
        secondary=any(one.secondary for one in rules),
        sums=any(not measure.counts_units for measure in counted),
    )


def _subject(atlas: Atlas, indicator: str) -> IndicatorDoc:
    documents, seen = atlas.catalogue.indicators, [indicator]
    while (subject := documents[seen[-1]].refers_to) in documents and subject not in seen:
        seen.append(str(subject))
    return documents[seen[-1]]


def _rules(atlas: Atlas, indicator: str, measures: Iterable[Measure]) -> Iterator[RulesDoc]:
    for name in _policies(atlas, indicator, measures):
        policy = atlas.catalogue.policies[name]
        yield policy.public if atlas.package.depth == "public" else policy.internal


def _policies(atlas: Atlas, indicator: str, measures: Iterable[Measure]) -> list[str]:
    """Return the policies of measures as the build noted them; where it did not, those of the deliveries."""
    noted = atlas.release.manifest.get("measures", {})
    found: set[str] = set()
    for measure in measures:
        text = noted.get(measure.universe, {}).get(measure.where_text)
        found |= set(text.split("+")) if text else _policies_of_sources(atlas, indicator)
    return sorted(found & atlas.catalogue.policies.keys())


def _policies_of_sources(atlas: Atlas, indicator: str) -> set[str]:
    return {atlas.sources[name].policy for name in sources_of(indicator, atlas.package)}
