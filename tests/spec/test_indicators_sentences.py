"""Plain sentences from rules, the same in German and English, without invented causes."""

from __future__ import annotations

import string
from typing import Any

import pytest

from indicator_samples import indicator, m, share
from sozialraum.catalogue.indicator import TargetDoc
from sozialraum.indicators import (
    Against,
    Comparison,
    Incomparable,
    Point,
    Position,
    Standing,
    Trend,
    against_parent,
    against_similar,
    against_target,
    compare,
    comparison_sentence,
    fifth_sentence,
    fifths,
    interval_sentence,
    recent_trend,
    standing_sentence,
    status_sentence,
    status_word,
    trend_sentence,
    trend_word,
    value_sentence,
)
from sozialraum.indicators.language import LANGUAGES, texts
from sozialraum.indicators.trend import Direction, Obstacle
from sozialraum.tables import Status, Value

WHY = {"de": "Neue Zählung.", "en": "New counting."}
POOR = share(interval="wilson", polarity="low_is_good", breaks=[{"period": "2010", "why": WHY}])
GROWTH = indicator(change={"of": m("people")}, breaks=[{"period": "2022", "why": WHY}])
HIDDEN = Value(None, Status.SUPPRESSED)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_share_says_how_many_of_how_many():
    value = Value(12.34, Status.OK, 123.4, 1000.0, 10.2, 14.6)
    german = value_sentence(POOR, value, area="Nordstadt", period="2024", language="de")
    english = value_sentence(POOR, value, area="Nordstadt", period="2024", language="en")
    assert plain(german) == "Kinder in Armut: 12,3 % in Nordstadt (2024). Das sind 123 von 1.000."
    assert plain(english) == "Children in poverty: 12.3% in Nordstadt (2024). That is 123 of 1,000."


def test_other_formulas_say_the_value_alone():
    ratio = indicator(unit="per_100", ratio={"of": m("old"), "to": m("workers"), "per": 100})
    value = Value(50.0, Status.OK, 30.0, 60.0)
    assert "Das sind" not in value_sentence(ratio, value, area="Nordstadt", period="2024", language="de")


def test_a_share_without_its_counts_says_the_value_alone():
    sentence = value_sentence(POOR, Value(12.3, Status.OK), area="Nordstadt", period="2024", language="de")
    assert plain(sentence) == "Kinder in Armut: 12,3 % in Nordstadt (2024)."


@pytest.mark.parametrize(
    ("status", "german"),
    [
        (Status.SUPPRESSED, "Kinder in Armut in Nordstadt (2024): zum Schutz verdeckt."),
        (Status.MISSING, "Kinder in Armut in Nordstadt (2024): nicht geliefert."),
        (Status.UNDEFINED, "Kinder in Armut in Nordstadt (2024): nicht berechenbar."),
    ],
)
def test_where_there_is_no_number_the_sentence_says_which_nothing_it_is(status, german):
    assert value_sentence(POOR, Value(None, status), area="Nordstadt", period="2024", language="de") == german


@pytest.mark.parametrize(
    ("document", "value", "words"),
    [
        (POOR, Value(12.3, Status.OK), ""),
        (POOR, Value(0.0, Status.ZERO), ""),
        (POOR, HIDDEN, "nicht gezeigt"),
        (POOR, Value(None, Status.MISSING), "keine Zahl geliefert"),
        (POOR, Value(None, Status.UNDEFINED), "Grundlage null"),
        (GROWTH, Value(None, Status.UNDEFINED), "frühere Wert null"),
        (POOR, Value(10.0, Status.UNRELIABLE, 2.0, 20.0), "kleinen Grundlage"),
        (POOR, Value(112.5, Status.UNRELIABLE, 9.0, 8.0), "Der Teil ist größer als das Ganze"),
        (POOR, Value(10.0, Status.ESTIMATED), "geschätzt"),
        (POOR, Value(10.0, Status.PROVISIONAL), "vorläufig"),
    ],
)
def test_each_status_has_a_reason_in_words(document, value, words):
    sentence = status_sentence(document, value, "de")
    assert words in sentence
    assert bool(sentence) == bool(words)


def test_a_change_across_a_break_says_why_it_is_undefined():
    sentence = status_sentence(GROWTH, Value(None, Status.UNDEFINED), "en", broken_by=GROWTH.breaks[0])
    assert sentence == "The number can not be compared with earlier ones. New counting."


def test_the_interval_says_what_chance_could_do():
    sentence = interval_sentence(POOR, Value(12.3, Status.OK, None, None, 10.2, 14.6), "de")
    assert plain(sentence) == "Reiner Zufall könnte den Wert zwischen 10,2 % und 14,6 % schwanken lassen."
    assert interval_sentence(POOR, Value(12.3, Status.OK), "de") == ""


def points(*cases: float) -> list[Point]:
    return [Point(str(2020 + i), Value(x / 10, Status.OK, x, 1000.0)) for i, x in enumerate(cases)]


@pytest.mark.parametrize(
    ("cases", "german", "word"),
    [
        (
            (180, 160, 140, 120, 100),
            "Der Wert ist von 2020 bis 2024 gesunken: von 18,0 % auf 10,0 %. Das gilt als günstig.",
            "sinkend",
        ),
        (
            (100, 120, 140, 160, 180),
            "Der Wert ist von 2020 bis 2024 gestiegen: von 10,0 % auf 18,0 %. Das gilt als ungünstig.",
            "steigend",
        ),
        ((100, 101, 99, 100, 101), "Der Wert hat sich von 2020 bis 2024 nicht eindeutig verändert.", "gleichbleibend"),
        ((100, 120), "Für einen Trend liegen noch zu wenige Zeitpunkte vor.", "unklar"),
    ],
)
def test_a_trend_is_told_with_its_ends_and_its_meaning(cases, german, word):
    trend = recent_trend(POOR, points(*cases))
    assert plain(trend_sentence(POOR, trend, "de")) == german
    assert trend_word(trend, "de") == word


def test_a_broken_series_says_what_broke_it():
    document = share(interval="wilson", breaks=[{"period": "2022", "why": WHY}])
    sentence = trend_sentence(document, recent_trend(document, points(180, 160, 140, 120, 100)), "de")
    assert sentence == "Ein Trend lässt sich nicht bestimmen, weil die Reihe unterbrochen ist. Neue Zählung."


@pytest.mark.parametrize("obstacle", list(Obstacle))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_obstacle_has_a_sentence(obstacle, language):
    sentence = trend_sentence(POOR, Trend(Direction.UNCLEAR, obstacle=obstacle), language)
    assert sentence.strip().endswith(".")
    assert "{" not in sentence


@pytest.mark.parametrize(
    ("benchmark", "position", "numbers", "meaning"),
    [
        (9.1, "höher", "Region Hannover: 9,1 %; Unterschied: +3,2 Prozentpunkte", "ungünstiger"),
        (15.0, "niedriger", "Region Hannover: 15,0 %; Unterschied: −2,7 Prozentpunkte", "günstiger"),
    ],
)
def test_a_comparison_names_the_benchmark_and_the_difference(benchmark, position, numbers, meaning):
    """The name stands alone in brackets: no rule knows that it is *die* Region but plain Musterstadt."""
    value, whole = Value(12.3, Status.OK, None, None, 10.2, 14.6), Value(benchmark, Status.OK)
    found = compare(value, whole, POOR.polarity)
    sentence = comparison_sentence(POOR, found, whole, name="Region Hannover", language="de")
    assert plain(sentence) == f"Der Wert ist {position} als insgesamt ({numbers}). Das gilt als {meaning}."


def test_what_may_be_chance_is_no_difference():
    value, whole = Value(12.3, Status.OK, None, None, 10.2, 14.6), Value(12.0, Status.OK)
    sentence = comparison_sentence(POOR, compare(value, whole, POOR.polarity), whole, name="Region", language="de")
    assert plain(sentence) == "Der Wert unterscheidet sich nicht eindeutig vom Wert insgesamt (Region: 12,0 %)."


def test_a_comparison_that_was_not_tested_says_so():
    whole = Value(44.0, Status.OK)
    for number, words in ((45.0, "is higher than"), (43.0, "is lower than"), (44.0, "is as high as")):
        found = compare(Value(number, Status.OK), whole, POOR.polarity)
        sentence = comparison_sentence(POOR, found, whole, name="Musterstadt", language="en")
        assert words in sentence
        assert sentence.endswith("is not tested for this indicator.")


def test_what_is_hidden_is_not_compared():
    found = compare(HIDDEN, Value(44.0, Status.OK), POOR.polarity)
    sentence = comparison_sentence(POOR, found, Value(44.0, Status.OK), name="Musterstadt", language="de")
    assert sentence == "Ein Vergleich mit dem Wert insgesamt (Musterstadt) ist nicht möglich."


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_word(status, language):
    assert status_word(status, language)


def leaves(table: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if not hasattr(table, "items"):
        return {path: table}
    return {key: value for name, inner in table.items() for key, value in leaves(inner, (*path, name)).items()}


def test_both_languages_have_the_same_texts_with_the_same_places():
    german, english = leaves(texts("de")), leaves(texts("en"))
    assert german.keys() == english.keys()
    for key, text in german.items():
        assert places(text) == places(english[key]), key


def places(text: Any) -> set[str | None] | int:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None} if isinstance(text, str) else len(text)


def test_a_language_that_is_not_there_is_german():
    assert texts("da") == texts("de")


AIM = {"value": 10.0, "by": "2030", "source": {"de": "Ratsbeschluss vom 1. März 2024"}}
OWN = [Point("2023", Value(12.3, Status.OK, 1230.0, 10_000.0, 11.67, 12.96))]


def known(number: float) -> list[Point]:
    return [Point("2023", Value(number, Status.OK))]


@pytest.mark.parametrize(
    ("standing", "german"),
    [
        (
            against_parent(POOR, OWN, known(9.1)),
            "Der Wert ist deutlich höher als im übergeordneten Gebiet (Nord: 9,1 %; Unterschied: +3,2 Prozentpunkte). "
            "Das gilt als ungünstiger. Verglichen wird der Zeitraum 2023.",
        ),
        (
            against_parent(POOR, OWN, known(11.5)),
            "Der Wert ist höher als im übergeordneten Gebiet (Nord: 11,5 %; Unterschied: +0,8 Prozentpunkte). "
            "Das gilt als ungünstiger. Verglichen wird der Zeitraum 2023.",
        ),
        (
            against_similar(POOR, OWN, [known(12.0), known(12.2), known(12.4)]),
            "Der Wert unterscheidet sich nicht eindeutig vom Mittel ähnlicher Gebiete (3 Gebiete: 12,2 %). "
            "Verglichen wird der Zeitraum 2023.",
        ),
        (
            against_target(POOR.model_copy(update={"target": TargetDoc.model_validate(AIM)}), OWN),
            "Der Wert liegt deutlich über dem Ziel (bis 2030: 10,0 %; Unterschied: +2,3 Prozentpunkte). "
            "Das Ziel ist noch nicht erreicht. Verglichen wird der Zeitraum 2023.",
        ),
    ],
)
def test_a_standing_is_told_with_its_benchmark_and_its_period(standing, german):
    document = POOR.model_copy(update={"target": TargetDoc.model_validate(AIM)})
    assert plain(standing_sentence(document, standing, name="Nord", language="de")) == german
    english = standing_sentence(document, standing, name="Nord", language="en")
    assert english.endswith("The period compared is 2023.")
    assert "{" not in english


@pytest.mark.parametrize(("polarity", "end"), [("low_is_good", "favourable."), ("neutral", "lowest.")])
def test_a_fifth_says_which_end_is_the_first(polarity, end):
    values = {str(number): Value(float(number), Status.OK) for number in range(1, 6)}
    document = share(polarity=polarity)
    sentence = fifth_sentence(document, fifths(document, values, "2023")["2"], "en")
    assert sentence.startswith("The value lies in fifth 2 of 5 among 5 areas (2023);")
    assert sentence.endswith(end)


@pytest.mark.parametrize("obstacle", list(Incomparable))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_not_to_compare_has_a_sentence(obstacle, language):
    standing = Standing(Against.PARENT, Comparison(Position.NOT_COMPARED), obstacle=obstacle)
    assert standing_sentence(POOR, standing, name="", language=language).endswith(".")
