"""Plain sentences about values, made from facts by fixed rules; no cause is ever guessed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.facts import Change, InShort, Standing
from sozialraum.web.atlas.release import Area, Atlas
from sozialraum.web.atlas.rules import Trend
from sozialraum.web.portal.numbers import change_words, number, period_words, plain, with_unit


def title_of(document: IndicatorDoc) -> str:
    """Return an indicator's title in the current language."""
    return document.title.get(get_language() or "de")


def trend_sentence(trend: Trend | None, document: IndicatorDoc) -> str:
    """Say what a series did; empty where it is too short to say anything."""
    if trend is None or trend.first[1].value is None or trend.last[1].value is None:
        return ""
    words = {
        "up": _("Seit {period} gestiegen: von {first} auf {last} ({change})."),
        "down": _("Seit {period} gesunken: von {first} auf {last} ({change})."),
        "level": _("Seit {period} ohne deutliche Veränderung (damals {first})."),
    }
    return words[trend.direction].format(
        period=period_words(trend.first[0]),
        first=with_unit(trend.first[1].value, document),
        last=with_unit(trend.last[1].value, document),
        change=change_words(trend.first[1].value, trend.last[1].value, document),
    )


def trend_word(trend: Trend | None) -> str:
    """Return one word for what a series did."""
    words = {"up": _("steigend"), "down": _("sinkend"), "level": _("stabil")}
    return words[trend.direction] if trend else ""


def against_words(standing: Standing, document: IndicatorDoc, city: str) -> str:
    """Return a few words for how a value stands against the whole; empty where that can not be said."""
    words = {
        "up": _("höher als {city} ({whole})"),
        "down": _("niedriger als {city} ({whole})"),
        "level": _("ähnlich wie {city} ({whole})"),
    }
    if standing.against_whole is None:
        return ""
    return words[standing.against_whole].format(city=city, whole=plain(standing.whole, document))


def difference_sentence(standing: Standing, document: IndicatorDoc, city: str) -> str:
    """Say how an area differs clearly from the whole."""
    words = {
        "up": _("{title}: {value}. Das ist mehr als in {city} insgesamt ({whole})."),
        "down": _("{title}: {value}. Das ist weniger als in {city} insgesamt ({whole})."),
        "level": _("{title}: {value}, ähnlich wie in {city} insgesamt ({whole})."),
    }
    return words[standing.against_whole or "level"].format(
        title=title_of(document),
        value=plain(standing.value, document),
        city=city,
        whole=plain(standing.whole, document),
    )


def movement_sentence(trend: Trend, document: IndicatorDoc) -> str:
    """Say that a number clearly changed, starting with the indicator's title."""
    words = {
        "up": _("{title}: von {first} ({since}) auf {last} ({until}) gestiegen."),
        "down": _("{title}: von {first} ({since}) auf {last} ({until}) gesunken."),
        "level": _("{title}: {last} ({until}), kaum anders als {since}."),
    }
    return words[trend.direction].format(
        title=title_of(document),
        first=plain(trend.first[1], document),
        last=plain(trend.last[1], document),
        since=period_words(trend.first[0]),
        until=period_words(trend.last[0]),
    )


def change_sentence(change: Change, atlas: Atlas) -> str:
    """Say a change of the release: where, what, from, to, by how much."""
    document = atlas.catalogue.indicators[change.indicator]
    words = {
        "up": _("{place}, {title}: von {first} auf {last} gestiegen ({change})."),
        "down": _("{place}, {title}: von {first} auf {last} gesunken ({change})."),
        "level": _("{place}, {title}: unverändert {last}."),
    }
    first, last = change.trend.first[1].value or 0.0, change.trend.last[1].value or 0.0
    return words[change.trend.direction].format(
        place=change.area.name if change.area else atlas.city.name,
        title=title_of(document),
        first=with_unit(first, document),
        last=with_unit(last, document),
        change=change_words(first, last, document),
    )


def short_sentences(atlas: Atlas, area: Area, facts: InShort) -> Iterator[str]:
    """Yield the four to six sentences that stand at the head of an area's profile."""
    documents, city = atlas.catalogue.indicators, atlas.city.name
    if facts.population and facts.population.value.value is not None:
        yield _("In {area} leben {count} Menschen ({period}).").format(
            area=area.name,
            count=number(facts.population.value.value, 0),
            period=period_words(facts.population.period),
        )
    for standing in facts.differences:
        yield difference_sentence(standing, documents[standing.indicator], city)
    for standing in facts.changes:
        if standing.trend:
            yield movement_sentence(standing.trend, documents[standing.indicator])
    yield from _closing_sentences(area, facts, city)


def _closing_sentences(area: Area, facts: InShort, city: str) -> Iterator[str]:
    if facts.compared:
        yield ngettext(
            "Bei {level} von {compared} Kennzahl liegt {area} ähnlich wie {city} insgesamt.",
            "Bei {level} von {compared} Kennzahlen liegt {area} ähnlich wie {city} insgesamt.",
            facts.compared,
        ).format(level=facts.level, compared=facts.compared, area=area.name, city=city)
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


def status_notes(values: list[Value]) -> Iterator[tuple[str, str]]:
    """Yield sign and meaning for each kind of nothing, or of doubtful number, that occurs in a table."""
    found = {value.status for value in values}
    notes = (
        (Status.SUPPRESSED, "•", _("geheim gehalten, damit niemand etwas über einzelne Menschen erfährt")),
        (Status.MISSING, "–", _("nicht vorhanden: dafür wurden keine Daten geliefert")),
        (Status.ZERO, "0", _("genau null")),
        (Status.UNDEFINED, "×", _("nicht berechenbar, weil die Bezugsgröße null ist")),
        (Status.UNRELIABLE, _("(Zahl)"), _("unsicher, weil sie auf wenigen Fällen beruht")),
        (Status.ESTIMATED, _("Zahl mit g"), _("geschätzt")),
        (Status.PROVISIONAL, _("Zahl mit v"), _("vorläufig")),
    )
    return ((sign, words) for status, sign, words in notes if status in found)
