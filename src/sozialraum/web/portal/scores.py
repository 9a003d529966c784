"""Scores of composites, z-scores and classes as markup and words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sozialraum.catalogue import ClassDoc
from sozialraum.indicators import format_number, status_word, with_unit
from sozialraum.publishing.classes import COLOURS
from sozialraum.tables import Status, Value
from sozialraum.web.portal.numbers import NOTED, language, marked, nothing

DIGITS = 2
"""Decimals of scores and of distances from the average."""


def score_number(number: float, *, signed: bool = False) -> str:
    """Write a score, or with its sign a distance from the average."""
    return format_number(number, DIGITS, language(), signed=signed)


def weight_words(weight: float, total: float) -> str:
    """Write how much of all weights one is: ``25 %``, ``12,5 %``."""
    percent = 100 * weight / total
    decimals = 0 if round(percent, 6) == round(percent) else 1
    return with_unit(format_number(percent, decimals, language()), "percent", language())


def score_cell(value: Value, *, signed: bool = False) -> SafeString:
    """Return a score as markup for tables; where there is none, a sign with its word."""
    if value.value is None:
        return nothing(value.status, language())
    return marked(score_number(value.value, signed=signed), value.status)


def score_plain(value: Value) -> str:
    """Return a score as plain text: ``1,24``, ``(1,24)``, ``1,24 (vorläufig)``, ``zum Schutz verdeckt``."""
    if value.value is None:
        return status_word(value.status, language())
    text = score_number(value.value)
    if value.status is Status.UNRELIABLE:
        return f"({text})"
    return f"{text} ({status_word(value.status, language())})" if value.status in NOTED else text


def colour_of(classes: Sequence[ClassDoc], label: str | None) -> str:
    """Return the colour of a class on maps: the higher the scores, the stronger; few classes are spread over all."""
    place = [found.id for found in classes].index(label or "")
    return f"c{1 + round(place * (COLOURS - 1) / (len(classes) - 1))}"


def cut_words(classes: Sequence[ClassDoc]) -> list[str]:
    """Say from where to where each class reaches: ``unter −1``, ``−1 bis 1``, ``über 1 bis 1,5``, ``über 1,5``."""
    first = _upper(classes[0])
    return [first, *(_between(lower, own) for lower, own in pairwise(classes))]


def _upper(own: ClassDoc) -> str:
    words = _("bis {end}") if own.below is None else _("unter {end}")
    return words.format(end=_end(own))


def _between(lower: ClassDoc, own: ClassDoc) -> str:
    """Say both ends of a class; whether an end belongs to it is said by the one word that differs."""
    above = lower.below is None  # the lower class holds its own end, so this one begins above it
    if own.end is None:
        return (_("über {start}") if above else _("ab {start}")).format(start=_end(lower))
    words = {
        (True, True): _("über {start} bis {end}"),
        (True, False): _("über {start} bis unter {end}"),
        (False, True): _("{start} bis {end}"),
        (False, False): _("{start} bis unter {end}"),
    }
    return words[above, own.below is None].format(start=_end(lower), end=_end(own))


def _end(found: ClassDoc) -> str:
    number = found.end or 0.0
    return format_number(
        number, 0 if number == int(number) else 1 if round(number, 1) == number else DIGITS, language()
    )
