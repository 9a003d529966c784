"""How values are written on pages."""

from __future__ import annotations

import pytest
from django.utils import translation

from sozialraum.catalogue import IndicatorDoc
from sozialraum.tables import Status, Value
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import big, cell, change_words, interval_cell, plain
from sozialraum.web.portal.pages.comparison import _loosened
from sozialraum.web.portal.sentences import change_since

OK = Value(12.345, Status.OK, lower=11.0, upper=13.96)
WRITTEN = [
    # indicator, value, language, plain text
    ("anteil_65", OK, "de", "12,3 %"),
    ("anteil_65", OK, "en", "12.3%"),
    ("bevoelkerung", Value(48879, Status.OK), "de", "48.879"),
    ("bevoelkerung", Value(48879, Status.OK), "en", "48,879"),
    ("miete", Value(9.5, Status.OK), "de", "9,50 €/m²"),
    ("miete", Value(9.5, Status.OK), "en", "€9.50/m²"),
    ("wanderung", Value(-3.94, Status.OK), "de", "−3,9 je 1.000"),
    ("anteil_65", Value(0, Status.ZERO), "de", "0 %"),
    ("anteil_65", Value(0.04, Status.OK), "de", "0,0 %"),
    ("anteil_65", Value(12.3, Status.UNRELIABLE), "de", "(12,3 %)"),
    ("anteil_65", Value(12.3, Status.PROVISIONAL), "de", "12,3 % (vorläufig)"),
    ("anteil_65", Value(None, Status.SUPPRESSED), "de", "zum Schutz verdeckt"),
    ("anteil_65", Value(None, Status.MISSING), "en", "not delivered"),
]


def document(atlas: Atlas, name: str) -> IndicatorDoc:
    return atlas.catalogue.indicators[name]


@pytest.mark.parametrize(("indicator", "value", "language", "written"), WRITTEN)
def test_plain(atlas: Atlas, indicator: str, value: Value, language: str, written: str) -> None:
    with translation.override(language):
        assert plain(value, document(atlas, indicator)).replace("\u00a0", " ") == written


@pytest.mark.parametrize(("indicator", "value", "language", "written"), WRITTEN)
def test_number_and_unit_never_part(atlas: Atlas, indicator: str, value: Value, language: str, written: str) -> None:
    with translation.override(language):
        text = plain(value, document(atlas, indicator))
    if value.status in (Status.OK, Status.ZERO, Status.UNRELIABLE):
        assert " " not in text


@pytest.mark.parametrize(
    ("indicator", "language", "parts"),
    [("anteil_65", "de", ("", "12,3", "\u00a0%")), ("miete", "en", ("€", "12.35", "/m²"))],
)
def test_big(atlas: Atlas, indicator: str, language: str, parts: tuple[str, str, str]) -> None:
    with translation.override(language):
        found = big(OK, document(atlas, indicator))
    assert (found.before, found.number, found.after, found.words) == (*parts, "")


def test_big_nothing_says_why(atlas: Atlas) -> None:
    with translation.override("de"):
        found = big(Value(None, Status.SUPPRESSED), document(atlas, "miete"))
    assert (found.number, found.words) == ("•", "zum Schutz verdeckt")


def test_markup_of_nothing_is_escaped_once(atlas: Atlas) -> None:
    with translation.override("de"):
        text = cell(Value(None, Status.MISSING), document(atlas, "miete"))
    assert text.startswith('<span class="nothing" tabindex="0">')
    assert "&lt;" not in text


def test_interval(atlas: Atlas) -> None:
    with translation.override("de"):
        assert interval_cell(OK, document(atlas, "anteil_65")) == "11,0 – 14,0"
        assert interval_cell(Value(1, Status.OK), document(atlas, "anteil_65")) == "–"
        withheld = interval_cell(Value(None, Status.SUPPRESSED), document(atlas, "anteil_65"))
    assert "zum Schutz verdeckt" in withheld


CHANGES = [
    # first, last, indicator, in words
    (20.44, 19.55, "anteil_65", "−0,8 Prozentpunkte"),  # 20,4 to 19,6: as the reader subtracts
    (1.0, 3.5, "miete", "+2,50 €/m²"),
    (100, 1300, "bevoelkerung", "+1.200"),
]


@pytest.mark.parametrize(("first", "last", "indicator", "words"), CHANGES)
def test_change(atlas: Atlas, first: float, last: float, indicator: str, words: str) -> None:
    with translation.override("de"):
        assert change_words(first, last, document(atlas, indicator)).replace("\u00a0", " ") == words


SINCE = [
    ([1.0, 3.5], "+2,50 €/m² seit 2020"),
    ([3.5, 1.0], "−2,50 €/m² seit 2020"),
    ([1.0, 1.001], "unverändert seit 2020"),
    ([1.0], ""),
    ([], ""),
]


@pytest.mark.parametrize(("numbers", "words"), SINCE)
def test_change_since(atlas: Atlas, numbers: list[float], words: str) -> None:
    series = tuple((str(2020 + place), Value(number, Status.OK)) for place, number in enumerate(numbers))
    with translation.override("de"):
        assert change_since(series, document(atlas, "miete")).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("text", "loosened"),
    [
        ("−0.1\u00a0percentage\u00a0points", "−0.1\u00a0percentage points"),
        ("+3,5\u00a0je\u00a01.000", "+3,5\u00a0je\u00a01.000"),
        ("+12", "+12"),
    ],
)
def test_in_narrow_columns_a_long_unit_wraps_but_never_away_from_its_number(text: str, loosened: str) -> None:
    assert _loosened(text) == loosened
