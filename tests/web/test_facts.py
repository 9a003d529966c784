"""What is said first about an area and about a release follows fixed rules."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils import translation

from sozialraum.indicators import Direction, Position
from sozialraum.tables import Status
from sozialraum.web.atlas.facts import InShort, _is_told, in_short, latest_changes, standings
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.atlas.rules import Step
from sozialraum.web.portal.sentences import change_sentence, level_sentence, short_sentences


def every_area(atlas: Atlas) -> list[tuple[str, str]]:
    return [(system, code) for system, areas in atlas.areas.items() for code in areas]


def test_each_indicator_of_the_system_stands_once(atlas: Atlas) -> None:
    for system, code in every_area(atlas):
        found = [standing.indicator for standing in standings(atlas, atlas.areas[system][code])]
        assert found == list(atlas.indicators)


def test_differences_are_the_strongest_tested_ones_of_different_themes(atlas: Atlas) -> None:
    for code, area in atlas.areas["viertel"].items():
        facts = in_short(atlas, area)
        themes = [atlas.catalogue.indicators[standing.indicator].theme for standing in facts.differences]
        assert len(set(themes)) == len(themes) <= 2, code
        rest = [
            standing
            for standing in standings(atlas, area)
            if standing.differs
            and standing.comparison.tested
            and standing.value.status is not Status.UNRELIABLE
            and atlas.catalogue.indicators[standing.indicator].theme not in themes
        ]
        weakest = min((abs(standing.distance) for standing in facts.differences), default=0)
        assert all(abs(standing.distance) <= weakest for standing in rest)


def test_changes_were_tested_and_are_no_differences_too(atlas: Atlas) -> None:
    for area in atlas.areas["viertel"].values():
        facts = in_short(atlas, area)
        assert all(standing.trend.direction in (Direction.RISING, Direction.FALLING) for standing in facts.changes)
        assert not {s.indicator for s in facts.differences} & {s.indicator for s in facts.changes}


def test_withheld_numbers_are_counted_not_compared(atlas: Atlas) -> None:
    facts = in_short(atlas, atlas.areas["viertel"]["02"])
    assert facts.suppressed == 1
    assert "kinder_sgb2" not in {standing.indicator for standing in facts.differences}
    found = {standing.indicator: standing for standing in standings(atlas, atlas.areas["viertel"]["02"])}
    assert found["kinder_sgb2"].comparison.position is Position.NOT_COMPARED


def test_the_city_is_not_compared_with_itself(atlas: Atlas) -> None:
    facts = in_short(atlas, atlas.areas["stadt"]["0"])
    assert (facts.compared, facts.differences) == (0, ())


@pytest.mark.parametrize(("language", "start"), [("de", "Hier leben "), ("en", "people live here")])
def test_four_to_six_sentences_at_most(atlas: Atlas, language: str, start: str) -> None:
    with translation.override(language):
        for area in atlas.areas["viertel"].values():
            sentences = list(short_sentences(atlas, in_short(atlas, area)))
            assert 3 <= len(sentences) <= 6
            assert all(sentence.endswith((".", ").")) for sentence in sentences)
        area = atlas.areas["viertel"]["02"]
        assert start in next(short_sentences(atlas, in_short(atlas, area)))


LEVEL = [
    # like the whole, compared, in words
    (0, 4, "Alle 4 vergleichbaren Kennzahlen weichen vom Wert insgesamt ab (Region Hannover)."),
    (1, 4, "Nur eine von 4 vergleichbaren Kennzahlen ist ähnlich wie insgesamt (Region Hannover)."),
    (2, 4, "2 von 4 vergleichbaren Kennzahlen sind ähnlich wie insgesamt (Region Hannover)."),
    (4, 4, "Alle 4 vergleichbaren Kennzahlen sind ähnlich wie insgesamt (Region Hannover)."),
    (0, 1, "Die eine vergleichbare Kennzahl weicht vom Wert insgesamt ab (Region Hannover)."),
    (1, 1, "Die eine vergleichbare Kennzahl ist ähnlich wie insgesamt (Region Hannover)."),
]


@pytest.mark.parametrize(("level", "compared", "words"), LEVEL)
def test_none_one_some_and_all_read_naturally(level: int, compared: int, words: str) -> None:
    facts = InShort(None, (), (), compared=compared, level=level, suppressed=0, unreliable=0)
    with translation.override("de"):
        assert level_sentence(facts, "Region Hannover") == words


def test_at_the_end_of_a_year_only_what_was_known_then(atlas: Atlas) -> None:
    area = atlas.areas["viertel"]["01"]
    then = standings(atlas, area, date(2020, 12, 31))
    assert {standing.period for standing in then} == {"2020"}
    assert {standing.series[-1][0] for standing in then} == {"2020"}
    panel = atlas.panel("anteil_65", "viertel")
    assert panel is not None
    found = next(standing for standing in then if standing.indicator == "anteil_65")
    assert found.value == panel.value("01", "2020")
    assert standings(atlas, area, date(2000, 12, 31)) == ()


def test_changes_of_a_release_name_each_indicator_once(atlas: Atlas) -> None:
    changes = latest_changes(atlas)
    assert changes
    assert len({change.indicator for change in changes}) == len(changes) <= 6
    assert [change.area for change in changes] == sorted((c.area for c in changes), key=lambda area: area is not None)


def test_a_change_does_not_cross_a_break(atlas: Atlas) -> None:
    panel = atlas.panel("kinder_sgb2", "stadt")
    assert panel is not None
    before, after = panel.series("0")[1:3]
    assert (before[0], after[0]) == ("2017", "2018")
    assert not _is_told(atlas, "kinder_sgb2", Step(before, after, is_clear=True))
    assert _is_told(atlas, "kinder_sgb2", Step(after, panel.series("0")[3], is_clear=True))


def test_the_change_told_is_that_of_the_numbers_told(atlas: Atlas) -> None:
    with translation.override("de"):
        sentence = change_sentence(latest_changes(atlas)[0], atlas)
    assert "(2023)" in sentence
    assert "(2024)" in sentence
    first, last, change = (
        float(text.replace("\u2212", "-").replace(",", ".")) for text in re.findall(r"[-+\u2212]?\d+,\d", sentence)
    )
    assert round(last - first, 1) == change


def test_an_estimate_has_one_bracket_with_its_period(atlas: Atlas) -> None:
    found = standings(atlas, atlas.areas["viertel"]["09"])
    estimate = next(standing for standing in found if standing.indicator == "kinder_sgb2")
    facts = InShort(None, (estimate,), (), compared=0, level=0, suppressed=0, unreliable=0)
    with translation.override("de"):
        (sentence,) = short_sentences(atlas, facts)
    assert estimate.value.status is Status.ESTIMATED
    assert re.match(r"Kinder in der Grundsicherung: \d+,\d\u00a0% \(2024, geschätzt\)\. ", sentence)
