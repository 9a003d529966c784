"""Where a number comes from, in plain words: formula, sources, privacy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc, SourceDoc
from sozialraum.catalogue.indicator import Break
from sozialraum.indicators import breaks_of, denominator_text, format_number, numerator_text
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
    yield from _limits(rules)
    if rules.secondary:
        yield _("Damit sich Verdecktes nicht aus Summen ausrechnen lässt, werden weitere Zahlen verdeckt.")


def _limits(rules: Protection) -> Iterator[str]:
    few = "1" if rules.minimum == 2 else _("{low} bis {high}").format(low=1, high=rules.minimum - 1)
    if rules.minimum == 2:
        yield _("Die Zahl 1 wird nicht gezeigt, weil ein einzelner Mensch zu erkennen sein könnte.")
    elif rules.minimum > 2:
        yield _("Zahlen von {few} werden nicht gezeigt, weil einzelne Menschen zu erkennen sein könnten.").format(
            few=few
        )
    if rules.complement:
        yield _(
            "Fehlen bis zum Nenner nur {few}, wird der Anteil auch nicht gezeigt: "
            "Dann wären die wenigen anderen zu erkennen."
        ).format(few=few)
    if rules.minimum_base > 1:
        yield _("Ist der Nenner kleiner als {base}, wird der Wert nicht gezeigt.").format(base=rules.minimum_base)
    if rules.block_all:
        yield _("Anteile von genau 100 % werden nicht gezeigt.")
    if rules.block_none:
        yield _("Anteile von genau 0 % werden nicht gezeigt.")
    if rules.sums:
        yield _("Summen werden nur gezeigt, wenn auch die Zahl derer gezeigt werden darf, die dahinterstehen.")
    yield from _shares_of_sums(rules)


def _shares_of_sums(rules: Protection) -> Iterator[str]:
    """Say how much of a sum one or a few may contribute."""
    if rules.dominance:
        share = format_number(100 * rules.dominance.share, 0, language())
        if rules.dominance.largest == 1:
            yield _("Trägt ein Einzelner mehr als {share} % zu einer Summe bei, wird sie nicht gezeigt.").format(
                share=share
            )
        else:
            yield _(
                "Tragen die {number} größten Beiträge mehr als {share} % zu einer Summe bei, wird sie nicht gezeigt."
            ).format(number=rules.dominance.largest, share=share)
    if rules.p_percent:
        yield _(
            "Summen werden auch dann nicht gezeigt, wenn jemand, der selbst beiträgt, einen anderen Beitrag "
            "auf {percent} % genau ausrechnen könnte."
        ).format(percent=format_number(rules.p_percent, 0, language()))
    if rules.ready_made:
        yield _("Bei Summen, die fertig geliefert werden, prüft die Quelle, ob Einzelne zu viel davon ausmachen.")


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
