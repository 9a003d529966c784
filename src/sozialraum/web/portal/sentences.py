"""What pages say beside the sentences of :mod:`sozialraum.indicators`: about an area as a whole and about a release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import (
    format_number,
    format_value,
    standing_sentence,
    status_word,
    trend_sentence,
)
from sozialraum.publishing.words import enumerate_words
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.facts import Change, InShort, Standing
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import (
    NOTED,
    change_words,
    language,
    number_with_unit,
    period_words,
    revised_letter,
    said,
    sign,
    status_letter,
)

MOST = 6
"""More sentences than this nobody reads."""

NAMED = 3
"""So many indicators of an early warning are named in a sentence."""


def change_since(series: tuple[tuple[str, Value], ...], document: IndicatorDoc) -> str:
    """Say how the last number differs from the one before: ``+0,5 Prozentpunkte seit 2023``; empty for one number."""
    told = [(period, value.value) for period, value in series if value.value is not None]
    if len(told) < 2:
        return ""
    (before, first), (_now, last) = told[-2:]
    change = change_words(first, last, document)
    if change[:1] not in "+\u2212":
        return _("unverändert seit {period}").format(period=period_words(before))
    return _("{change} seit {period}").format(change=change, period=period_words(before))


def change_sentence(change: Change, atlas: Atlas) -> str:
    """Say a change of the release: where, what, from, to, by how much, when."""
    document = atlas.catalogue.indicators[change.indicator]
    rose = _("{place}, {title}: von {first} ({before}) auf {last} ({now}) gestiegen, also {change}.")
    fell = _("{place}, {title}: von {first} ({before}) auf {last} ({now}) gesunken, also {change}.")
    return (rose if change.last > change.first else fell).format(
        place=change.area.name if change.area else atlas.city.name,
        title=said(document.title),
        first=number_with_unit(change.first, document),
        last=number_with_unit(change.last, document),
        before=period_words(change.before),
        now=period_words(change.now),
        change=change_words(change.first, change.last, document),
    )


def short_sentences(atlas: Atlas, facts: InShort) -> Iterator[str]:
    """Yield the sentences, six at most, that stand at the head of an area's profile."""
    closing = list(_closing_sentences(facts, atlas.city.name))
    yield from islice(_opening_sentences(atlas, facts), MOST - len(closing))
    yield from closing


def _opening_sentences(atlas: Atlas, facts: InShort) -> Iterator[str]:
    documents = atlas.catalogue.indicators
    if facts.population and facts.population.value.value is not None:
        yield _("Hier leben {count} Menschen ({period}).").format(
            count=format_number(facts.population.value.value, 0, language()),
            period=period_words(facts.population.period),
        )
    if facts.warnings:
        yield warned_sentence([said(documents[warning.indicator].title) for warning in facts.warnings])
    for standing in facts.differences:
        yield _difference_sentence(standing, documents[standing.indicator], atlas.city.name)
    for standing in facts.changes:
        document = documents[standing.indicator]
        yield f"{said(document.title)}: {trend_sentence(document, standing.trend, language())}"


def warned_sentence(titles: Sequence[str]) -> str:
    """Say which indicators of an area there is an early warning of, three of them by name."""
    named, count = enumerate_words(titles[:NAMED], language()), len(titles)
    if count > NAMED:
        named = _("{titles} und {count} weitere").format(titles=", ".join(titles[:NAMED]), count=count - NAMED)
    return ngettext(
        "Frühwarnung bei {count} Kennzahl: {titles}. Sie ist hier klar ungünstiger als insgesamt und wird es weiter.",
        "Frühwarnung bei {count} Kennzahlen: {titles}. Sie sind hier klar ungünstiger als insgesamt und werden es "
        "weiter.",
        count,
    ).format(count=count, titles=named)


def _difference_sentence(standing: Standing, document: IndicatorDoc, city: str) -> str:
    is_now = standing.against.period == standing.period
    words = standing_sentence(document, standing.against, name=city, language=language(), with_period=not is_now)
    number = format_value(document, standing.value, language())
    doubts = [status_word(standing.value.status, language())] if standing.value.status in NOTED else []
    when = ", ".join([period_words(standing.period), *doubts])
    return f"{said(document.title)}: {number} ({when}). {words}"


def level_sentence(facts: InShort, city: str) -> str:
    """Say for how many of the compared indicators an area is like the whole: none, one, some or all."""
    if facts.compared == 1:
        like = _("Die eine vergleichbare Kennzahl ist ähnlich wie insgesamt ({city}).")
        unlike = _("Die eine vergleichbare Kennzahl weicht vom Wert insgesamt ab ({city}).")
        return (like if facts.level else unlike).format(city=city)
    words = {
        0: _("Alle {compared} vergleichbaren Kennzahlen weichen vom Wert insgesamt ab ({city})."),
        1: _("Nur eine von {compared} vergleichbaren Kennzahlen ist ähnlich wie insgesamt ({city})."),
        facts.compared: _("Alle {compared} vergleichbaren Kennzahlen sind ähnlich wie insgesamt ({city})."),
    }
    some = _("{level} von {compared} vergleichbaren Kennzahlen sind ähnlich wie insgesamt ({city}).")
    return words.get(facts.level, some).format(level=facts.level, compared=facts.compared, city=city)


def _closing_sentences(facts: InShort, city: str) -> Iterator[str]:
    if facts.compared:
        yield level_sentence(facts, city)
    if facts.suppressed:
        yield ngettext(
            "{count} Kennzahl wird nicht gezeigt, damit niemand etwas über einzelne Menschen erfährt.",
            "{count} Kennzahlen werden nicht gezeigt, damit niemand etwas über einzelne Menschen erfährt.",
            facts.suppressed,
        ).format(count=facts.suppressed)
    elif facts.unreliable:
        yield ngettext(
            "{count} Zahl steht in Klammern: Sie beruht auf wenigen Fällen und schwankt stark.",
            "{count} Zahlen stehen in Klammern: Sie beruhen auf wenigen Fällen und schwanken stark.",
            facts.unreliable,
        ).format(count=facts.unreliable)


def status_notes(values: list[Value], *, exact: bool = True, revised: bool = False) -> list[tuple[str, str]]:
    """Return sign and meaning for each kind of nothing, or of doubtful number, that occurs in a table.

    Where numbers are changed (not ``exact``) a 0 may stand for a few, and nothing is said about it. ``revised``: some
    were told differently before.
    """
    found = {value.status for value in values} - (set() if exact else {Status.ZERO})
    notes = (
        (Status.SUPPRESSED, sign(Status.SUPPRESSED), _("verdeckt, damit niemand etwas über einzelne Menschen erfährt")),
        (Status.MISSING, sign(Status.MISSING), _("nicht vorhanden: dafür wurden keine Daten geliefert")),
        (Status.ZERO, "0", _("genau null")),
        (Status.UNDEFINED, sign(Status.UNDEFINED), _("nicht berechenbar")),
        (Status.UNRELIABLE, _("(Zahl)"), _("unsicher, weil sie auf wenigen Fällen beruht")),
        (Status.ESTIMATED, status_letter(Status.ESTIMATED), _("geschätzt")),
        (Status.PROVISIONAL, status_letter(Status.PROVISIONAL), _("vorläufig, kann sich noch ändern")),
    )
    told = [(mark, words) for status, mark, words in notes if status in found]
    changed = [(revised_letter(), _("berichtigt: eine frühere Veröffentlichung nannte eine andere Zahl"))]
    return [*told, *(changed if revised else [])]
