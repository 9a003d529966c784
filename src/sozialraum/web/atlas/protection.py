"""Which privacy rules are in force for an indicator: the strictest of all policies that meet in it. No words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from sozialraum.catalogue import IndicatorDoc, Measure, PolicyDoc, RulesDoc, SourceDoc, Text, method_title, method_words
from sozialraum.catalogue.documents import DominanceDoc
from sozialraum.publishing.limits import Limits, limits_of
from sozialraum.publishing.opendata import sources_of
from sozialraum.web.atlas.release import Atlas


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection(Limits):
    """What protects people in the numbers of an indicator.

    Attributes:
        policies: the policies that meet in it.
        changed: what is done to every number, in plain words; empty where numbers are shown as they are.
    """

    policies: tuple[PolicyDoc, ...]
    changed: tuple[Text, ...] = ()


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
    amounts = [measure for measure in counted if not measure.counts_units]
    of_sums = [one for one in _rules(atlas, indicator, amounts) if one.dominance.share < 1 or one.p_percent]
    sums = of_sums if _sums_of(atlas, indicator, single_units=True) else []
    dominance = DominanceDoc.strictest(one.dominance for one in sums) if sums else None
    tallies = _rules(atlas, indicator, [document.tally] if document.tally else [])
    standardised = _rules(atlas, indicator, document.rates)
    return Protection(
        policies=tuple(atlas.catalogue.policies[name] for name in _policies(atlas, indicator, counted)),
        minimum=max((one.minimum for one in rules), default=0),
        minimum_base=max((one.minimum_base for one in parts), default=0),
        minimum_tally=max((one.minimum_tally for one in tallies), default=0),
        minimum_cases=max((one.minimum_cases for one in standardised), default=0),
        complement=any(one.complement and one.minimum > 1 and not one.changes_numbers for one in shares),
        block_all=any(one.block_all for one in shares),
        block_none=any(one.block_none for one in shares),
        secondary=any(one.secondary and not one.changes_numbers for one in rules),
        sums=bool(amounts),
        dominance=dominance if dominance and dominance.share < 1 else None,
        p_percent=max((one.p_percent for one in sums), default=0.0),
        ready_made=bool(of_sums) and _sums_of(atlas, indicator, single_units=False),
        changed=tuple(_changed(atlas, _policies(atlas, indicator, counted))),
    )


def protection_of_source(atlas: Atlas, source: SourceDoc) -> Protection | None:
    """Return what protects people in the numbers of a delivery; None where the release does not know its policy."""
    policy = atlas.catalogue.policies.get(source.policy)
    if policy is None:
        return None
    rules, sums = _of_depth(atlas, source.policy), _has_amounts(source)
    known = sums and source.personal
    limits = limits_of(rules, sums=known, tallies=known)
    return Protection(
        **{field.name: getattr(limits, field.name) for field in fields(Limits)}
        | {"minimum": rules.minimum, "sums": sums, "ready_made": sums and not source.personal},
        policies=(policy,),
        changed=method_words(rules),
    )


def _sums_of(atlas: Atlas, indicator: str, *, single_units: bool) -> bool:
    """Tell whether a delivery behind an indicator has amounts: of single units, or summed by somebody else."""
    found = [atlas.sources[name] for name in sources_of(indicator, atlas.package)]
    return any(one.personal == single_units and _has_amounts(one) for one in found)


def _has_amounts(source: SourceDoc) -> bool:
    columns = (*source.columns.values(), *([source.values] if source.values else []))
    return any(column.amount is not None for column in columns)


def _changed(atlas: Atlas, policies: Sequence[str]) -> Iterator[Text]:
    """Yield what is done to numbers; where only some of the policies do it, with the title of those that do."""
    rules = {name: _of_depth(atlas, name) for name in policies}
    everywhere = all(one.changes_numbers for one in rules.values())
    for name, one in rules.items():
        title = atlas.catalogue.policies[name].title
        for words in method_words(one):
            yield (
                words
                if everywhere
                else Text(de=f"„{title.de}“: {words.de}", en=f"“{title.get('en')}”: {words.get('en')}")
            )


def changed_note(atlas: Atlas, sources: Iterable[SourceDoc]) -> Text | None:
    """Return a few words about what is done to the numbers of deliveries: ``gerundet auf 5``; None where nothing is."""
    titles = [method_title(_of_depth(atlas, one.policy)) for one in sources if one.policy in atlas.catalogue.policies]
    found = list(dict.fromkeys(title for title in titles if title))
    if not found:
        return None
    partly = ("zum Teil ", "partly ") if None in titles else ("", "")
    return Text(
        de=partly[0] + ", ".join(title.de for title in found),
        en=partly[1] + ", ".join(title.get("en") for title in found),
    )


def _subject(atlas: Atlas, indicator: str) -> IndicatorDoc:
    documents, seen = atlas.catalogue.indicators, [indicator]
    while (subject := documents[seen[-1]].refers_to) in documents and subject not in seen:
        seen.append(str(subject))
    return documents[seen[-1]]


def _rules(atlas: Atlas, indicator: str, measures: Iterable[Measure]) -> Iterator[RulesDoc]:
    for name in _policies(atlas, indicator, measures):
        yield _of_depth(atlas, name)


def _of_depth(atlas: Atlas, policy: str) -> RulesDoc:
    """Return the rules of a policy that the package is under."""
    document = atlas.catalogue.policies[policy]
    return document.public if atlas.package.depth == "public" else document.internal


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
