"""What is said of an area's score: the classes, or why there is none."""

from __future__ import annotations

import pytest

from analysis_samples import CLASSES, composite
from sozialraum.analysis import (
    AreaTypes,
    Obstacle,
    Reason,
    Unplaced,
    classes_sentence,
    contribution_sentence,
    obstacle_sentence,
    score_sentence,
    sensitivity_sentence,
    unplaced_sentence,
    upper_classes,
    without_sentence,
)
from sozialraum.analysis.sentences import TEXTS
from sozialraum.catalogue import load_catalogue
from sozialraum.indicators.language import texts
from sozialraum.tables import Status

MSS = load_catalogue().composites["mss"]
ROW = {"score": 1.234, "class": "niedrig", "status": "ok", "reason": "", "dynamics_from": "2022"}
ROW |= {"dynamics": -1.5, "dynamics_class": "positiv", "dynamics_status": "ok", "dynamics_reason": ""}
NONE = {"score": None, "class": None, "status": "suppressed", "reason": "input"}
STILL = {"dynamics": None, "dynamics_class": None, "dynamics_status": "undefined", "dynamics_reason": "break"}


@pytest.mark.parametrize(
    ("row", "language", "sentence"),
    [
        (
            ROW,
            "de",
            "Soziale Lage (Verfahren des Berliner Monitorings) in Nord: Status niedrig (Wert 1,23). "
            "Seit 2022: Dynamik positiv.",
        ),
        (
            ROW,
            "en",
            "Social situation (method of the Berlin monitoring) in Nord: Low status (score 1.23). "
            "Since 2022: Positive dynamics.",
        ),
        (
            ROW | NONE,
            "en",
            "Social situation (method of the Berlin monitoring) in Nord: no score, because an indicator is withheld to "
            "protect people.",
        ),
        (
            ROW | STILL,
            "en",
            "Social situation (method of the Berlin monitoring) in Nord: Low status (score 1.23). The change can not "
            "be told, because an indicator has been counted in another way since.",
        ),
    ],
)
def test_a_score_in_words(row, language, sentence):
    assert score_sentence(MSS, row, "Nord", language) == sentence


def test_without_dynamics_nothing_is_said_of_them():
    row = {"score": -2.0, "class": "low", "status": "ok", "reason": ""}
    assert score_sentence(composite(classes=CLASSES), row, "Nord", "de") == "Lage in Nord: niedrig (Wert −2,00)."


def test_a_half_year_is_said_as_people_say_it():
    row = ROW | {"dynamics_from": "2022-H1"}
    assert score_sentence(MSS, row, "Nord", "de").endswith("Seit 1.\u00a0Halbjahr\u00a02022: Dynamik positiv.")


def named(*classes: tuple[str, float | None]) -> list[dict[str, object]]:
    ends = [{"up_to": end} if end is not None else {} for _, end in classes]
    return [{"id": id, "title": {"de": id}, **end} for (id, _), end in zip(classes, ends, strict=True)]


@pytest.mark.parametrize(
    ("fields", "upper"),
    [
        ({}, ["high"]),
        ({"classes": named(("a", -1.0), ("b", 1.0), ("c", 1.5), ("d", None))}, ["c", "d"]),
        ({"classes": named(("a", -1.0), ("b", None))}, ["b"]),  # the average is in the last class itself
        ({"classes": named(("a", 20.0), ("b", 50.0), ("c", None)), "combine": {"standardise": False}}, ["c"]),
    ],
)
def test_upper_classes_are_those_above_the_average(fields, upper):
    assert [found.id for found in upper_classes(composite(**fields))] == upper


@pytest.mark.parametrize(
    ("counts", "language", "sentence"),
    [
        (
            {"hoch": 2, "mittel": 13, "niedrig": 2, "sehr_niedrig": 1},
            "de",
            "2024: 3 von 18 Gebieten haben die Einstufung „Status niedrig“ oder „Status sehr niedrig“.",
        ),
        ({"mittel": 8, "niedrig": 1}, "en", "2024: 1 of 9 areas is in the class “Low status” or “Very low status”."),
        (
            {"mittel": 8},
            "de",
            "2024: Keines von 8 Gebieten hat die Einstufung „Status niedrig“ oder „Status sehr niedrig“.",
        ),
    ],
)
def test_how_many_areas_are_in_the_upper_classes(counts, language, sentence):
    assert classes_sentence(MSS, counts, "2024", language) == sentence


def test_why_areas_have_no_score():
    few = NONE | {"status": "undefined", "reason": "few_residents"}
    assert without_sentence([few, NONE, NONE], "de") == (
        "Ohne Wert: 2 Gebiete, weil eine Kennzahl zum Schutz der Menschen nicht gezeigt wird; "
        "1 Gebiet, weil hier zu wenige Menschen wohnen."
    )
    assert without_sentence([ROW | STILL], "de", of="dynamics_") == (
        "Ohne Dynamik: 1 Gebiet, weil eine Kennzahl seither anders gezählt wird."
    )
    assert without_sentence([few], "en") == "Without a score: 1 area, because too few people live here."


PLACE = {"typology": "types", "area_system": "areas", "period": "2024", "found": None, "indicators": ("poor",)}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_obstacle_to_types_has_words(language):
    said = [obstacle_sentence(AreaTypes(**PLACE, obstacle=obstacle), language) for obstacle in Obstacle]
    assert len(set(said)) == len(Obstacle)
    assert all(sentence.endswith(".") for sentence in said)
    assert obstacle_sentence(AreaTypes(**PLACE), language) == ""


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.SUPPRESSED, "kein Typ, weil zum Schutz der Menschen nicht gezeigt wird: Armut und Arbeitslose"),
        (Status.MISSING, "kein Typ, weil nicht geliefert wurde: Armut und Arbeitslose"),
        (Status.UNDEFINED, "kein Typ, weil hier nicht berechnet werden kann: Armut und Arbeitslose"),
    ],
)
def test_why_an_area_has_no_type(status, sentence):
    assert unplaced_sentence(Unplaced(status, ("poor", "jobless")), TITLES, "de") == sentence


TITLES = {"poor": "Armut", "jobless": "Arbeitslose", "alone": "Alleinlebende"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [("poor", 18, 2), ("jobless", 18, 3), ("alone", 18, 3)],
            "Lässt man eine der 3 Kennzahlen weg, wechseln höchstens 3 von 18 Gebieten die Klasse. "
            "Am meisten ändert sich ohne: Arbeitslose und Alleinlebende.",
        ),
        (
            [("poor", 18, 1), ("jobless", 18, 0)],
            "Lässt man eine der 2 Kennzahlen weg, wechselt höchstens 1 von 18 Gebieten die Klasse, "
            "nämlich ohne: Armut.",
        ),
        (
            [("poor", 18, 0), ("jobless", 18, 0)],
            "Welche der 2 Kennzahlen man auch weglässt: keines von 18 Gebieten wechselt die Klasse.",
        ),
        ([("poor", 0, 0)], "Mit einer Kennzahl weniger lassen sich die Gebiete nicht mehr vergleichen."),
    ],
)
def test_what_an_input_decides(rows, sentence):
    told = [{"input": name, "areas": areas, "changed": changed} for name, areas, changed in rows]
    assert sensitivity_sentence(told, TITLES, "de") == sentence


@pytest.mark.parametrize(
    ("contributions", "sentence"),
    [
        (
            (1.5, -0.25, 0.5),
            "Am meisten erhöht den Wert: Armut (+1,50). Am meisten senkt ihn: Arbeitslose (−0,25).",
        ),
        ((1.5, 0.25, 0.5), "Am meisten erhöht den Wert: Armut (+1,50)."),
        ((-1.5, -0.25, 0.0), "Am meisten senkt ihn: Armut (−1,50)."),
        ((), ""),
    ],
)
def test_what_raises_and_lowers_a_score(contributions, sentence):
    found = dict(zip(TITLES.values(), contributions, strict=bool(contributions)))
    assert contribution_sentence(found, "de") == sentence


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_reason_has_words(language):
    words = texts(language, TEXTS)["composite"]["reasons"]
    nothing = (Status.SUPPRESSED, Status.MISSING, Status.UNDEFINED)
    by_status = {f"{reason}_{status}" for reason in (Reason.INPUT, Reason.POPULATION) for status in nothing}
    assert set(words) == by_status | set(Reason) - {Reason.INPUT, Reason.POPULATION}


def test_both_languages_say_the_same_things():
    def keys(table):
        return {key: keys(value) if isinstance(value, dict) else None for key, value in table.items()}

    assert keys(texts("de", TEXTS)) == keys(texts("en", TEXTS))
