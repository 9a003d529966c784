"""Where a number comes from, in plain words: formula, sources, privacy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc, SourceDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators import breaks_of, denominator_text, format_number, numerator_text
from sozialraum.publishing.limits import limit_sentences
from sozialraum.publishing.opendata import sources_of
from sozialraum.publishing.words import enumerate_words
from sozialraum.web.atlas.protection import Protection, changed_note, protection
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import language, said


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything that a reader needs to judge an indicator, beside its document.

    Attributes:
        formula: how the number is calculated, one sentence.
        numerator: what is counted, or stands on top of the fraction.
        denominator: what stands below; empty where nothing does.
        sources: the deliveries that its numbers were found in, by id.
        privacy: what protects people in these numbers, as sentences.
        breaks: from when on the series starts anew, and why.
    """

    formula: str
    numerator: str
    denominator: str
    sources: Mapping[str, SourceDoc]
    privacy: tuple[str, ...]
    breaks: tuple[Break, ...]


def sources_used(atlas: Atlas, indicator: str) -> tuple[SourceDoc, ...]:
    """Return the deliveries that an indicator's numbers were found in."""
    return tuple(atlas.sources[name] for name in sources_of(indicator, atlas.package))


def deliveries_of(atlas: Atlas, indicators: Iterable[str]) -> Mapping[str, SourceDoc]:
    """Return the deliveries that some indicators were found in; one that the release does not tell has none."""
    told = [name for name in indicators if name in atlas.indicators]
    names = dict.fromkeys(source for name in told for source in sources_of(name, atlas.package))
    return {name: atlas.sources[name] for name in names}


def source_line(atlas: Atlas, sources: Iterable[SourceDoc]) -> str:
    """Say below a picture who delivered its numbers, in which release they stand and whether they are changed."""
    used = tuple(sources)
    providers = "; ".join(dict.fromkeys(source.provider for source in used))
    words = _("Quelle: {providers}. Veröffentlichung {release}.") if providers else _("Veröffentlichung {release}.")
    line = words.format(providers=providers, release=atlas.id)
    note = said(changed_note(atlas, used))
    return f"{line} {note[:1].upper()}{note[1:]}." if note else line


def origin(atlas: Atlas, indicator: str) -> Origin:
    """Return where an indicator's numbers come from."""
    document = atlas.catalogue.indicators[indicator]
    return Origin(
        formula=formula_words(document),
        numerator=numerator_text(document, atlas.catalogue.codes, language()),
        denominator=denominator_text(document, atlas.catalogue.codes, language()),
        sources={name: atlas.sources[name] for name in sources_of(indicator, atlas.package)},
        privacy=tuple(privacy_sentences(document, protection(atlas, indicator))),
        breaks=breaks_of(indicator, atlas.catalogue.indicators),
    )


def privacy_sentences(document: IndicatorDoc, rules: Protection) -> Iterator[str]:
    """Say in plain words what is in force for an indicator; what is not in force is not mentioned."""
    if document.figure:
        yield _("Die Quelle liefert diese Zahlen fertig. Was sie selbst verdeckt, bleibt verdeckt.")
        return
    yield from rules_sentences(rules)


def rules_sentences(rules: Protection) -> Iterator[str]:
    """Say in plain words what rules do, and why where they do nothing."""
    yield from (said(words) for words in rules.changed)
    if rules.changed and not rules.withholds:
        return
    if not rules.withholds:
        yield from dict.fromkeys(said(policy.why).strip() for policy in rules.policies)
        if not rules.policies:
            yield _("Diese Zahlen sagen nichts über einzelne Menschen.")
        return
    if len(rules.policies) > 1:
        names = enumerate_words((said(policy.title) for policy in rules.policies), language())
        yield _("Für diese Kennzahl treffen mehrere Regeln zusammen: {names}. Es gilt jeweils die strengste.").format(
            names=names
        )
    yield from limit_sentences(rules, language())


def _segregation_words(document: IndicatorDoc) -> str:
    """Say how an index over the areas inside a larger one is made; empty for any other formula."""
    if document.segregation is None:
        return ""
    words = {
        "dissimilarity": _(
            "Aus den Zahlen der kleineren Gebiete darin: die halbe Summe der Unterschiede zwischen dem Anteil eines "
            "Gebiets an der Gruppe und seinem Anteil an allen anderen."
        ),
        "isolation": _(
            "Aus den Zahlen der kleineren Gebiete darin: der Anteil der Gruppe in jedem Gebiet, gewichtet danach, wie "
            "viele von ihr dort leben."
        ),
        "gini": _(
            "Aus den Zahlen der kleineren Gebiete darin: wie weit sie auseinanderliegen, gemessen am größtmöglichen "
            "Abstand."
        ),
    }
    return words[document.segregation.index]


def formula_words(document: IndicatorDoc) -> str:
    """Say how the number is calculated."""
    words = {
        "share": _("Zähler geteilt durch Nenner, in Prozent."),
        "rate": _("Zähler geteilt durch Nenner, mal {per}."),
        "ratio": _("Zähler geteilt durch Nenner, mal {per}."),
        "mean": _("Summe geteilt durch die Zahl der Fälle."),
        "median": _("Aus den Einzelwerten: Mittel der zehn Fälle in der Mitte der Reihe."),
        "quantile": _("Aus den Einzelwerten: Mittel der zehn Fälle an dieser Stelle der Reihe."),
        "standardised": _("Auf eine Standardbevölkerung umgerechnet, als wären alle Gebiete gleich alt; je {per}."),
        "gini": _("Gini-Koeffizient der Einzelwerte: 0, wenn alle gleich viel haben; 1, wenn einer alles hat."),
        "segregation": _segregation_words(document),
        "count": _("Gezählt, nicht berechnet."),
        "figure": _("So übernommen, wie die Quelle sie angibt."),
        "change": _("Veränderung gegenüber einem früheren Zeitraum."),
        "index": _("Reihe, in der der Ausgangszeitraum gleich 100 gesetzt ist."),
    }
    table = document.rate or document.ratio or document.standardised
    return words[document.formula].format(per=format_number(table.per if table else 1, 0, language()))
