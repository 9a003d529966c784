"""How pages come to say higher, better, rising: which test, over which points in time, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import break_between, breaks_of, format_value
from sozialraum.indicators.trend import POINTS
from sozialraum.periods import parse_period
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.release import Atlas, Panel
from sozialraum.web.portal.numbers import language, period_words, said


def comparison_sentences(document: IndicatorDoc) -> Iterator[str]:
    """Say when a value counts as different, what that means, and what a fifth is."""
    if document.interval == "none":
        yield _(
            "Ob ein Unterschied Zufall sein kann, wird nicht geprüft, weil diese Kennzahl keinen Zufallsbereich hat. "
            "Deshalb wird auch keiner bewertet."
        )
    else:
        yield _(
            "Höher oder niedriger heißt: Der Vergleichswert liegt außerhalb des Zufallsbereichs (95 %). Deutlich "
            "heißt: auch außerhalb des weiteren Bereichs von 99,8 %. Das sagt, wie sicher ein Unterschied ist, nicht, "
            "wie groß."
        )
    meaning = {
        "low_is_good": _("Niedrige Werte gelten als günstig."),
        "high_is_good": _("Hohe Werte gelten als günstig."),
        "neutral": _("Weder hohe noch niedrige Werte gelten als günstig."),
    }
    yield meaning[document.polarity]
    first = _("niedrigste") if document.polarity == "neutral" else _("günstigste")
    yield _(
        "Fünftel: Die Gebiete sind nach ihrem Wert in fünf möglichst gleich große Gruppen geteilt; die erste ist die "
        "{first}. Gebiete mit demselben Wert stehen in derselben Gruppe."
    ).format(first=first)
    if document.target:
        yield _("Ziel: {target}. {source}").format(target=target_words(document), source=said(document.target.source))


def target_words(document: IndicatorDoc) -> str:
    """Say the target and by when it is to be reached: ``8,0 % bis 2030``; empty where there is none."""
    if document.target is None:
        return ""
    number = document.target.value
    value = format_value(document, Value(number, Status.OK if number else Status.ZERO), language())
    return _("{value} bis {period}").format(value=value, period=period_words(document.target.by))


def window_sentences(atlas: Atlas, panel: Panel, period: str) -> Iterator[str]:
    """Say which points in time a trend is tested over, what breaks them, and with which test."""
    document = atlas.catalogue.indicators[panel.indicator]
    if document.interval == "none":
        yield _("Ein Verlauf wird nicht geprüft, weil diese Kennzahl keinen Zufallsbereich hat.")
        return
    told = [one for one in panel.told if parse_period(one) <= parse_period(period)][-POINTS:]
    if len(told) < POINTS:
        yield _("Für einen Verlauf braucht es {points} Zeitpunkte; hier gibt es {count}.").format(
            points=POINTS, count=len(told)
        )
        return
    yield _("Geprüft werden die letzten {points} Zeitpunkte: {first} bis {last}.").format(
        points=POINTS, first=period_words(told[0]), last=period_words(told[-1])
    )
    if found := break_between(breaks_of(panel.indicator, atlas.catalogue.indicators), told[0], told[-1]):
        yield _("Dazwischen liegt ein Bruch der Reihe ({period}), deshalb wird kein Verlauf genannt. {why}").format(
            period=period_words(found.period), why=said(found.why)
        )
    if any(value.status is Status.ESTIMATED for (_, when), value in panel.values.items() if when in told):
        yield _("Einige dieser Werte sind geschätzt und zählen dabei mit; eine Frühwarnung beruht auf keinem davon.")
    yield from _test_sentences(document)


def _test_sentences(document: IndicatorDoc) -> Iterator[str]:
    if document.interval == "wilson":
        yield _("Test: Chi-Quadrat-Test auf einen Trend in Anteilen, aus Zähler und Nenner.")
    else:
        yield _("Test: Gerade durch die Werte, gewichtet nach ihren Zufallsbereichen.")
    yield _(
        "Steigend oder sinkend heißt: Zufall allein würde einen so klaren Verlauf höchstens zweimal in 1.000 Fällen "
        "zeigen, und er bleibt, welchen der Zeitpunkte man auch weglässt."
    )
