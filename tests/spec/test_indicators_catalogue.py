"""The built-in indicators: governed, in two languages, explained in words that have a place in both."""

from __future__ import annotations

import re

import pytest

from sozialraum.catalogue import load_catalogue
from sozialraum.indicators import denominator_text, measure_text, numerator_text
from sozialraum.indicators.language import LANGUAGES, texts
from sozialraum.indicators.reference import indicator_reference
from sozialraum.periods import parse_period

CATALOGUE = load_catalogue()
INDICATORS = CATALOGUE.indicators
COMMON_CODES = {"EIN11"}
"""Codes of the published catalogue that stand for several indicators (one for each cause)."""


def test_there_are_enough_indicators_in_enough_themes():
    assert len(INDICATORS) >= 110
    assert len({document.theme for document in INDICATORS.values()}) >= 12


def test_every_theme_of_the_catalogue_has_an_indicator():
    assert {document.theme for document in INDICATORS.values()} == set(CATALOGUE.themes)


def test_every_indicator_is_in_german_and_english():
    for name, document in INDICATORS.items():
        written = [document.title, document.definition, document.caveats, *(found.why for found in document.breaks)]
        assert all(text.en for text in written if text), name


def test_titles_and_codes_are_told_apart():
    titles = [document.title.de for document in INDICATORS.values()]
    codes = [d.code for d in INDICATORS.values() if d.code and d.code not in COMMON_CODES]
    assert len(set(titles)) == len(titles)
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Z]{3}\d{2}", code) for code in codes)


def test_definitions_are_sentences():
    for name, document in INDICATORS.items():
        for language in LANGUAGES:
            assert document.definition.get(language).endswith("."), name
            assert not document.title.get(language).endswith("."), name


def test_every_indicator_has_an_owner_another_checker_and_a_history():
    for name, document in INDICATORS.items():
        assert document.governance.owner != document.governance.checked_by, name
        assert document.changes, name
        assert document.governance.next_review > max(change.date for change in document.changes), name


def test_shares_of_counts_have_an_interval_or_are_complete_counts():
    """Turnout, dwellings and the reach of the internet are counted in full; other shares say how sure they are."""
    without = {name for name, d in INDICATORS.items() if d.share and d.interval == "none"}
    assert without == {
        "schnelles_internet",
        "sozialwohnungen",
        "wahlbeteiligung_bundestagswahl",
        "wahlbeteiligung_kommunalwahl",
        "wohnungen_in_kleinen_haeusern",
    }


def test_every_fraction_has_a_smallest_base():
    assert all(
        document.minimum_base for document in INDICATORS.values() if document.denominator and document.code != "BEV16"
    )


@pytest.mark.parametrize(
    ("name", "periods"),
    [
        ("ueberschuldungsquote", ["2023", "2024"]),
        ("harte_ueberschuldung", ["2023"]),
        ("einwohner", ["2011", "2022"]),
        ("wohnungen_je_1000", ["2011", "2022"]),
        ("pflegequote", ["2017"]),
        ("wohngeldquote", ["2023"]),
    ],
)
def test_known_breaks_are_objects_of_the_series(name, periods):
    assert [found.period for found in INDICATORS[name].breaks] == periods
    assert all(parse_period(found.period) for found in INDICATORS[name].breaks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_can_be_said_in_words(language):
    words = texts(language)
    for name, document in INDICATORS.items():
        for measure in document.measures:
            table = words["universes"] if measure.counts_units else words["amounts"]
            known = measure.summed.universe in words["tallied"] if measure.statistic else measure.universe in table
            known = known or measure.amount in words["tallies"]
            assert known or measure.universe.startswith("figure."), (name, measure.universe)
        assert numerator_text(document, CATALOGUE.codes, language)


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"),
    [
        (
            "kinder_in_sgb2",
            "Einwohner*innen (Alter: 0 bis 14 Jahre; Grundsicherung für Arbeitsuchende (SGB II): ja)",
            "Einwohner*innen (Alter: 0 bis 14 Jahre)",
        ),
        ("anteil_ab_65", "Einwohner*innen (Alter: 65 und mehr Jahre)", "Einwohner*innen"),
        ("einpersonenhaushalte", "Haushalte (Haushaltsgröße: 1 Personen)", "Haushalte"),
        ("natuerlicher_saldo", "Geborene minus Gestorbene", "Einwohner*innen"),
        ("bevoelkerungsdichte", "Einwohner*innen", "Fläche in Quadratkilometern"),
        (
            "ueberschuldungsquote",
            "Einwohner*innen (Alter: 18 und mehr Jahre; Intensität der Überschuldung: "
            "hart: gerichtliche Merkmale oder weich: Zahlungsstörungen)",
            "Einwohner*innen (Alter: 18 und mehr Jahre)",
        ),
        ("nettokaltmiete", "geliefert: net_rent", ""),
    ],
)
def test_a_formula_in_words(name, numerator, denominator):
    document = INDICATORS[name]
    assert numerator_text(document, CATALOGUE.codes, "de") == numerator
    assert denominator_text(document, CATALOGUE.codes, "de") == denominator


def test_several_subtracted_measures_stand_in_parentheses():
    text = numerator_text(INDICATORS["familienwanderungssaldo"], CATALOGUE.codes, "en")
    assert text.endswith("minus (departures (Age: 0 to 17 years) plus departures (Age: 30 to 49 years))")


def test_what_a_city_counts_without_a_name_here_keeps_its_identifier():
    document = INDICATORS["einwohner"].model_copy(update={"count": None})
    measure = INDICATORS["kinder_in_sgb2"].numerator[0]
    assert document.title.de == "Einwohner*innen"
    assert measure_text(measure, {}, "en") == "residents (age: 0-14; sgb2: yes)"


def test_the_reference_lists_every_code_of_every_dimension():
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", indicator_reference(CATALOGUE), re.MULTILINE))
    assert rows.keys() == CATALOGUE.codes.keys()
    for name, document in CATALOGUE.codes.items():
        if document.kind == "list":
            assert re.findall(r"`(.*?)`", rows[name]) == [*document.codes, *document.groups]
