"""The page of an indicator says which privacy rules are in force for it: the strictest that meet, no others."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.test import Client
from django.utils import translation

from sozialraum.catalogue import SourceDoc, load_catalogue
from sozialraum.catalogue.documents import DominanceDoc
from sozialraum.musterstadt.project import PROJECTS
from sozialraum.releases import Release
from sozialraum.web.atlas.protection import protection
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.origin import privacy_sentences
from web.reading import read

CHILDREN = {"persons": {"age=0-14;sgb2=yes": "register+small_cells", "age=0-14": "register"}}


def noted(atlas: Atlas, measures: dict[str, dict[str, str]]) -> Atlas:
    """The same release whose build noted these policies of measures."""
    return replace(atlas, release=cast(Release, SimpleNamespace(id="2025", manifest={"measures": measures})))


def sentences(atlas: Atlas, indicator: str, language: str = "de", **changed: Any) -> list[str]:
    with translation.override(language):
        rules = replace(protection(atlas, indicator), **changed)
        return list(privacy_sentences(atlas.catalogue.indicators[indicator], rules))


def test_the_strictest_of_all_policies_that_meet_holds(atlas: Atlas) -> None:
    found = protection(noted(atlas, CHILDREN), "kinder_sgb2")
    assert [policy.title.de for policy in found.policies] == ["Eigene Register", "Kleine Fallzahlen"]
    assert (found.minimum, found.minimum_base, found.complement, found.secondary) == (5, 30, True, True)


def test_rules_about_a_base_are_those_of_the_part(atlas: Atlas) -> None:
    measures = {"persons": {"age=0-14;sgb2=yes": "small_cells", "age=0-14": "register"}}
    assert protection(noted(atlas, measures), "kinder_sgb2").minimum_base == 0


def test_a_count_has_no_base_and_no_rest(atlas: Atlas) -> None:
    found = protection(noted(atlas, {"persons": {"": "register"}}), "bevoelkerung")
    assert (found.minimum, found.minimum_base, found.complement) == (3, 0, False)


def test_without_a_note_the_policies_of_the_deliveries_hold(atlas: Atlas) -> None:
    assert [policy.title.de for policy in protection(noted(atlas, {}), "kinder_sgb2").policies] == ["Eigene Register"]


def test_where_policies_meet_one_sentence_says_so(atlas: Atlas) -> None:
    told = sentences(noted(atlas, CHILDREN), "kinder_sgb2")
    assert told[0] == (
        "Für diese Kennzahl treffen mehrere Regeln zusammen: Eigene Register und Kleine Fallzahlen. "
        "Es gilt jeweils die strengste."
    )
    assert told[1].startswith("Zahlen von 1 bis 4 werden nicht gezeigt")
    assert not [sentence for sentence in told if "1 bis 2" in sentence]
    assert "Ist der Nenner kleiner als 30, wird der Wert nicht gezeigt." in told


def test_one_policy_needs_no_such_sentence(atlas: Atlas) -> None:
    told = sentences(noted(atlas, {"persons": {"": "register"}}), "bevoelkerung")
    assert told == [
        "Zahlen von 1 bis 2 werden nicht gezeigt, weil einzelne Menschen zu erkennen sein könnten.",
        "Damit sich Verdecktes nicht aus Summen ausrechnen lässt, werden weitere Zahlen verdeckt.",
    ]


NOTHING = {"minimum": 0, "minimum_base": 0, "complement": False, "secondary": False}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"minimum": 2}, ["Die Zahl 1 wird nicht gezeigt, weil ein einzelner Mensch zu erkennen sein könnte."]),
        ({"minimum_base": 20}, ["Ist der Nenner kleiner als 20, wird der Wert nicht gezeigt."]),
        (
            {"minimum_tally": 30},
            [
                "Mittlere Werte einer Reihe (Median, Quantil) und Gini-Koeffizienten werden aus mindestens "
                "30 Einzelwerten gebildet, sonst nicht gezeigt."
            ],
        ),
        (
            {"minimum_cases": 10},
            [
                "Standardisierte Raten aus 1 bis 9 Fällen werden nicht gezeigt, weil das Alter Einzelner durchscheinen "
                "könnte."
            ],
        ),
        ({"block_all": True}, ["Anteile von genau 100 % werden nicht gezeigt."]),
        ({"block_none": True}, ["Anteile von genau 0 % werden nicht gezeigt."]),
        (
            {"minimum_base": 20, "dominance": DominanceDoc(), "p_percent": 10.0},
            [
                "Ist der Nenner kleiner als 20, wird der Wert nicht gezeigt.",
                "Tragen die 2 größten Beiträge mehr als 90 % zu einer Summe bei, wird sie nicht gezeigt.",
                "Summen werden auch dann nicht gezeigt, wenn jemand, der selbst beiträgt, einen anderen Beitrag "
                "auf 10 % genau ausrechnen könnte.",
            ],
        ),
        (
            {"minimum_base": 20, "dominance": DominanceDoc(largest=1, share=0.75), "ready_made": True},
            [
                "Ist der Nenner kleiner als 20, wird der Wert nicht gezeigt.",
                "Trägt ein Einzelner mehr als 75 % zu einer Summe bei, wird sie nicht gezeigt.",
                "Bei Summen, die fertig geliefert werden, prüft die Quelle, ob Einzelne zu viel davon ausmachen.",
            ],
        ),
    ],
)
def test_only_what_is_in_force_is_said(atlas: Atlas, changed: dict[str, Any], told: list[str]) -> None:
    assert sentences(atlas, "kinder_sgb2", **NOTHING | changed) == told


def test_where_nothing_is_withheld_the_policy_says_why(atlas: Atlas) -> None:
    open_data = noted(atlas, {"persons": {"": "open_data"}})
    assert sentences(open_data, "bevoelkerung") == [
        "Diese Zahlen sind öffentlich und sagen nichts über einzelne Menschen."
    ]


def test_a_delivered_figure_says_who_protects_it(atlas: Atlas) -> None:
    assert sentences(atlas, "miete") == [
        "Die Quelle liefert diese Zahlen fertig. Was sie selbst verdeckt, bleibt verdeckt."
    ]


def test_in_english_too(atlas: Atlas) -> None:
    told = " ".join(sentences(noted(atlas, CHILDREN), "kinder_sgb2", "en"))
    assert "Numbers from 1 to 4 are not shown" in told
    assert "Own registers and Small numbers of cases" in told


def test_the_page_shows_them(client: Client) -> None:
    facts = read(client.get("/kennzahlen/kinder_sgb2/").content).one(class_="facts")
    assert "Zahlen von 1 bis 2 werden nicht gezeigt" in facts.text
    assert "Beruht ein Wert auf weniger als 50 Fällen, steht er in Klammern." in facts.text


def sums(monkeypatch: pytest.MonkeyPatch, indicator: str, *sources: str) -> list[str]:
    """What is said of a built-in indicator whose sums these sources of Musterstadt deliver."""
    folder = PROJECTS / "musterstadt" / "sources"
    documents = {
        name: SourceDoc.model_validate(tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))) for name in sources
    }
    monkeypatch.setattr("sozialraum.web.atlas.protection.sources_of", lambda *_: sources)
    found = SimpleNamespace(
        catalogue=load_catalogue(),
        sources=documents,
        package=SimpleNamespace(depth="public"),
        release=SimpleNamespace(manifest={"measures": MEASURES}),
    )
    with translation.override("de"):
        rules = protection(cast(Atlas, found), indicator)
        return list(privacy_sentences(found.catalogue.indicators[indicator], rules))


MEASURES: dict[str, dict[str, str]] = {}
"""What the build noted of the policies of measures."""

LARGEST = "Tragen die 2 größten Beiträge mehr als 90 % zu einer Summe bei, wird sie nicht gezeigt."
READY_MADE = "Bei Summen, die fertig geliefert werden, prüft die Quelle, ob Einzelne zu viel davon ausmachen."


def test_of_sums_of_single_records_it_is_said_how_much_one_may_contribute(monkeypatch: pytest.MonkeyPatch) -> None:
    told = sums(monkeypatch, "durchschnittsalter", "personen")
    assert LARGEST in told
    assert READY_MADE not in told


def test_of_ready_made_sums_it_is_said_who_looks_at_that(monkeypatch: pytest.MonkeyPatch) -> None:
    told = sums(monkeypatch, "einkommen_je_steuerpflichtigem", "einkommen")
    assert READY_MADE in told
    assert LARGEST not in told


TALLIES = "Mittlere Werte einer Reihe (Median, Quantil) und Gini-Koeffizienten"
RATES = "Standardisierte Raten aus 1 bis 9 Fällen werden nicht gezeigt"


def test_of_medians_and_standardised_rates_it_is_said_how_many_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        name: " ".join(sums(monkeypatch, name, "personen"))
        for name in ("medianalter", "sgb2_quote_altersstandardisiert", "einwohner")
    }
    assert [name for name, told in said.items() if TALLIES in told] == ["medianalter"]
    assert [name for name, told in said.items() if RATES in told] == ["sgb2_quote_altersstandardisiert"]


def test_of_land_nobody_contributes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy of land has no rules on who contributes, so nothing is said of them."""
    monkeypatch.setitem(MEASURES, "land.square_kilometres", {"": "open_data"})
    told = sums(monkeypatch, "bevoelkerungsdichte", "personen", "flaechen")
    assert not {LARGEST, READY_MADE} & set(told)


def test_where_nothing_is_summed_nothing_is_said_of_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    told = " ".join(sums(monkeypatch, "einwohner", "personen"))
    assert "Summe" not in told.replace("aus Summen ausrechnen", "")
