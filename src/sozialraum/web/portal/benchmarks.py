"""How a value stands against what it is compared with, or why nothing is compared, in a few words for a row of many."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators import Against, Comparison, Incomparable, Judgement, Position
from sozialraum.web.atlas.facts import Standing
from sozialraum.web.portal.numbers import period_words, plain


def against_words(standing: Standing, document: IndicatorDoc, parent: str = "") -> str:
    """Return a few words for how a value stands against its benchmark; empty where nothing is compared.

    Args:
        standing: how the area stands.
        document: the indicator.
        parent: name of the area that the area lies in, where it is compared with that.
    """
    against, comparison = standing.against, standing.comparison
    if against.benchmark is None or against.period is None:
        return ""
    words = _position_words(against.against)[_position_key(comparison)].format(
        benchmark=plain(against.benchmark, document),
        parent=parent,
        by=period_words(document.target.by) if document.target else "",
    )
    if not comparison.tested and comparison.position is not Position.SIMILAR:
        words = _("{words}, nicht geprüft").format(words=words)
    if meaning := judgement_word(comparison, against.against):
        words = _("{words}: {meaning}").format(words=words, meaning=meaning)
    is_now = against.period == standing.period
    return words if is_now else _("{period}: {words}").format(period=period_words(against.period), words=words)


def _position_key(comparison: Comparison) -> str:
    if comparison.position is Position.SIMILAR:
        return "similar" if comparison.tested else "equal"
    return f"much_{comparison.position.value}" if comparison.much else comparison.position.value


def _position_words(against: Against) -> dict[str, str]:
    match against:
        case Against.PARENT:
            return {
                "much_higher": _("deutlich höher als in {parent} ({benchmark})"),
                "higher": _("höher als in {parent} ({benchmark})"),
                "similar": _("ähnlich wie in {parent} ({benchmark})"),
                "equal": _("so hoch wie in {parent} ({benchmark})"),
                "lower": _("niedriger als in {parent} ({benchmark})"),
                "much_lower": _("deutlich niedriger als in {parent} ({benchmark})"),
            }
        case Against.SIMILAR:
            return {
                "much_higher": _("deutlich höher als in ähnlichen Gebieten (Mittel: {benchmark})"),
                "higher": _("höher als in ähnlichen Gebieten (Mittel: {benchmark})"),
                "similar": _("wie in ähnlichen Gebieten (Mittel: {benchmark})"),
                "equal": _("so hoch wie in ähnlichen Gebieten (Mittel: {benchmark})"),
                "lower": _("niedriger als in ähnlichen Gebieten (Mittel: {benchmark})"),
                "much_lower": _("deutlich niedriger als in ähnlichen Gebieten (Mittel: {benchmark})"),
            }
        case Against.TARGET:
            return {
                "much_higher": _("deutlich über dem Ziel ({benchmark} bis {by})"),
                "higher": _("über dem Ziel ({benchmark} bis {by})"),
                "similar": _("nahe am Ziel ({benchmark} bis {by})"),
                "equal": _("genau am Ziel ({benchmark} bis {by})"),
                "lower": _("unter dem Ziel ({benchmark} bis {by})"),
                "much_lower": _("deutlich unter dem Ziel ({benchmark} bis {by})"),
            }
    return {
        "much_higher": _("deutlich höher als insgesamt ({benchmark})"),
        "higher": _("höher als insgesamt ({benchmark})"),
        "similar": _("ähnlich wie insgesamt ({benchmark})"),
        "equal": _("so hoch wie insgesamt ({benchmark})"),
        "lower": _("niedriger als insgesamt ({benchmark})"),
        "much_lower": _("deutlich niedriger als insgesamt ({benchmark})"),
    }


def judgement_word(comparison: Comparison, against: Against = Against.WHOLE) -> str:
    """Say in a word what a difference means; empty where it means neither."""
    if against is Against.TARGET:
        return {Judgement.BETTER: _("Ziel erreicht"), Judgement.WORSE: _("Ziel noch nicht erreicht")}.get(
            comparison.judgement, ""
        )
    return {Judgement.BETTER: _("günstiger"), Judgement.WORSE: _("ungünstiger")}.get(comparison.judgement, "")


def obstacle_words(obstacle: Incomparable) -> str:
    """Say in a few words why nothing is compared in one row of many."""
    words = {
        Incomparable.NO_VALUE: _("kein Vergleichswert"),
        Incomparable.NO_COMMON_PERIOD: _("kein gemeinsamer Zeitraum"),
        Incomparable.NO_PARENT: _("kein übergeordnetes Gebiet"),
        Incomparable.NO_TARGET: _("kein Ziel festgelegt"),
        Incomparable.TOO_FEW_AREAS: _("zu wenige ähnliche Gebiete mit einer Zahl"),
        Incomparable.ALL_EQUAL: _("alle gleich"),
    }
    return words[obstacle]
