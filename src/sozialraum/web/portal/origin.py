"""Where a number comes from, in plain words: formula, sources, privacy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc, PolicyDoc, SourceDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators import breaks_of, denominator_text, format_number, numerator_text
from sozialraum.publishing.opendata import sources_of
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import language


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything that a reader needs to judge an indicator, beside its document.

    Attributes:
        formula: how the number is calculated, one sentence.
        numerator: what is counted, or stands on top of the fraction.
        denominator: what stands below; empty where nothing does.
        sources: deliveries that can supply what is asked for.
        policies: the privacy rules of those sources.
        breaks: from when on the series starts anew, and why.
    """

    formula: str
    numerator: str
    denominator: str
    sources: tuple[SourceDoc, ...]
    policies: tuple[PolicyDoc, ...]
    breaks: tuple[Break, ...]


def sources_used(atlas: Atlas, indicator: str) -> tuple[SourceDoc, ...]:
    """Return the deliveries that an indicator's numbers were found in."""
    return tuple(atlas.sources[name] for name in sources_of(indicator, atlas.package))


def source_line(atlas: Atlas, sources: Iterable[SourceDoc]) -> str:
    """Say below a picture who delivered its numbers and in which release they stand."""
    providers = "; ".join(dict.fromkeys(source.provider for source in sources))
    words = _("Quelle: {providers}. Veröffentlichung {release}.") if providers else _("Veröffentlichung {release}.")
    return words.format(providers=providers, release=atlas.id)


def origin(atlas: Atlas, indicator: str) -> Origin:
    """Return where an indicator's numbers come from."""
    document = atlas.catalogue.indicators[indicator]
    sources = sources_used(atlas, indicator)
    policies = dict.fromkeys(source.policy for source in sources)
    return Origin(
        formula=formula_words(document),
        numerator=numerator_text(document, atlas.catalogue.codes, language()),
        denominator=denominator_text(document, atlas.catalogue.codes, language()),
        sources=sources,
        policies=tuple(atlas.catalogue.policies[name] for name in policies if name in atlas.catalogue.policies),
        breaks=breaks_of(indicator, atlas.catalogue.indicators),
    )


def formula_words(document: IndicatorDoc) -> str:
    """Say how the number is calculated."""
    words = {
        "share": _("Zähler geteilt durch Nenner, in Prozent."),
        "rate": _("Zähler geteilt durch Nenner, mal {per}."),
        "ratio": _("Zähler geteilt durch Nenner, mal {per}."),
        "mean": _("Summe geteilt durch die Zahl der Fälle."),
        "count": _("Gezählt, nicht berechnet."),
        "figure": _("So übernommen, wie die Quelle sie angibt."),
        "change": _("Veränderung gegenüber einem früheren Zeitraum."),
        "index": _("Reihe, in der der Ausgangszeitraum gleich 100 gesetzt ist."),
    }
    table = document.rate or document.ratio
    return words[document.formula].format(per=format_number(table.per if table else 1, 0, language()))
