"""What is said of an area's score: the classes, or why there is none."""

from __future__ import annotations

import pytest

from analysis_samples import CLASSES, composite
from sozialraum.analysis import Reason, score_sentence
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
