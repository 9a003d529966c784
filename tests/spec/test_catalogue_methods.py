"""The method of a policy: what may be written, what is said about mistakes, and what it does in plain words."""

from __future__ import annotations

import pytest
from project_samples import SOURCE, faults_of, write_project
from pydantic import ValidationError

from sozialraum.catalogue import RulesDoc, load_project, method_title, method_words

POLICY = """\
title.de = "Gerundet"
why.de = "Zum Schutz."

[public]
METHOD
[internal]
"""


def rules(**given: object) -> RulesDoc:
    return RulesDoc.model_validate(given)


def test_without_a_method_some_numbers_are_withheld_and_none_is_changed():
    assert rules().method == "suppression"
    assert not rules().changes_numbers
    assert rules().parameters is None
    assert method_words(rules()) == ()
    assert method_title(rules()) is None


DEFAULTS = [
    ("rounding", {"base": 5}),
    ("small_counts", {"base": 3}),
    ("cell_key", {"maximum": 5, "variance": 2.0, "forbidden": 2, "monotone": True, "breakdowns": 3}),
]


@pytest.mark.parametrize(("method", "parameters"), DEFAULTS)
def test_a_method_has_parameters_of_its_own(method, parameters):
    found = rules(method=method).parameters
    assert found is not None
    assert found.model_dump() == parameters


def test_all_releases_together_may_tell_what_one_may_if_nothing_else_is_said():
    assert rules(method="noise", noise={"epsilon": 1, "budget": 4}).parameters.total == 4
    assert rules(method="noise", noise={"epsilon": 1, "budget": 4, "budget_total": 9}).parameters.total == 9


REFUSED = [
    ({"rounding": {"base": 5}}, 'the table rounding needs method = "rounding"; found: suppression'),
    ({"method": "rounding", "noise": {"epsilon": 1, "budget": 1}}, "the table noise needs method"),
    ({"method": "noise"}, "noise needs a table with epsilon"),
    ({"method": "noise", "noise": {"epsilon": 1, "budget": 4, "budget_total": 3}}, "at least the budget of one"),
    ({"method": "cell_key", "cell_key": {"variance": 1.0}}, "with forbidden = 2 the variance must be at least 2"),
    ({"method": "cell_key", "cell_key": {"maximum": 1}}, "with forbidden = 2 maximum must be at least 2"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED)
def test_what_can_not_be_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        rules(**given)


FAULTS = [
    # what stands under [public], line, key, value, words
    ('method = "runden"', 5, "public.method", "runden", "'suppression', 'cell_key', 'small_counts', 'rounding' or"),
    ('method = "rounding"\nrounding = { base = 1 }', 6, "public.rounding.base", "1", "write 2 or more"),
    ('method = "rounding"\nrounding = { basis = 5 }', 6, "public.rounding.basis", "5", "did you mean base?"),
    ('method = "rounding"\nrounding = 5', 6, "public.rounding", "5", "a table is expected here"),
    ('method = "noise"\nnoise = { epsilon = 0.1 }', 6, "public.noise.budget", "", "this key is missing"),
    ('method = "cell_key"\ncell_key = { variance = 1 }', 6, "public.cell_key", "", "must be at least 2"),
]


@pytest.mark.parametrize(("text", "line", "column", "value", "words"), FAULTS)
def test_each_fault_names_line_and_key_and_says_what_to_do(tmp_path, text, line, column, value, words):
    faults = faults_of(tmp_path, {"policies/gerundet.toml": POLICY.replace("METHOD", text)})
    (fault,) = [fault for fault in faults if fault.file == "policies/gerundet.toml"]
    assert (fault.line, fault.column) == (line, column)
    assert fault.value == value or not value
    assert words in str(fault)


REGISTER = """\
title.de = "Register"
provider = "Kleinstadt"
licence = "intern"
file = "personen.csv"
kind = "register"
universe = "persons"
policy = "bewegt"
period = "2024"
retention_years = 2
[columns]
Nr = { identifier = "person" }
viertel = { area = "viertel" }
"""
MOVED = POLICY.replace("METHOD", 'method = "cell_key"')
ROUNDED = POLICY.replace("METHOD", 'method = "rounding"')


def test_single_records_with_an_identifier_can_be_moved(tmp_path):
    documents = {"policies/bewegt.toml": MOVED, "sources/register.toml": REGISTER}
    assert load_project(write_project(tmp_path, documents)).sources["register"].policy == "bewegt"


NO_KEYS = [
    (SOURCE.replace('policy = "register"', 'policy = "bewegt"'), "this source delivers no single records"),
    (REGISTER.replace('Nr = { identifier = "person" }\n', ""), "its records have no identifier"),
    (REGISTER.replace('"person"', '"household"'), "its records have no identifier"),
]


@pytest.mark.parametrize(("source", "words"), NO_KEYS)
def test_what_has_no_record_keys_can_not(tmp_path, source, words):
    (fault,) = faults_of(tmp_path, {"policies/bewegt.toml": MOVED, "sources/einwohner.toml": source})
    assert (fault.file, fault.column, fault.value) == ("sources/einwohner.toml", "policy", "bewegt")
    assert fault.line == source.splitlines().index('policy = "bewegt"') + 1
    assert words in fault.what
    assert fault.advice


def test_small_counts_are_rounded_among_single_records(tmp_path):
    policy = POLICY.replace("METHOD", 'method = "small_counts"')
    load_project(write_project(tmp_path / "units", {"policies/bewegt.toml": policy, "sources/register.toml": REGISTER}))
    table = SOURCE.replace('policy = "register"', 'policy = "bewegt"')
    (fault,) = faults_of(tmp_path / "table", {"policies/bewegt.toml": policy, "sources/einwohner.toml": table})
    assert (fault.file, fault.column) == ("sources/einwohner.toml", "policy")
    assert fault.what.endswith("but this source has none")
    assert fault.advice == 'choose a policy with method = "rounding"'


EXTENSION = """\
title.de = "Leistungen"
provider = "Jobcenter"
licence = "intern"
file = "leistungen.csv"
kind = "register"
universe = "persons"
extends = "register"
policy = "gerundet"
retention_years = 2
[columns]
Nr = { identifier = "person" }
Bezug = { dimension = "sgb2", codes = { ja = "yes" } }
"""


def test_two_registers_that_meet_change_numbers_alike(tmp_path):
    documents = {
        "policies/bewegt.toml": MOVED,
        "policies/gerundet.toml": ROUNDED,
        "sources/register.toml": REGISTER,
        "sources/leistungen.toml": EXTENSION,
    }
    (fault,) = faults_of(tmp_path, documents)
    assert (fault.file, fault.column, fault.value) == ("sources/leistungen.toml", "policy", "gerundet")
    assert fault.what == "its numbers are under bewegt too, which changes numbers in another way"
    documents["policies/gerundet.toml"] = POLICY.replace("METHOD", "minimum = 5")
    assert load_project(write_project(tmp_path / "again", documents)).sources["leistungen"].policy == "gerundet"


def test_who_extends_a_register_does_not_round_it(tmp_path):
    """Its units are counted with and without what was added: all of them are rounded, or none."""
    documents = {
        "policies/bewegt.toml": POLICY.replace("METHOD", "minimum = 5"),
        "policies/gerundet.toml": POLICY.replace("METHOD", 'method = "small_counts"'),
        "sources/register.toml": REGISTER,
        "sources/leistungen.toml": EXTENSION,
    }
    (fault,) = faults_of(tmp_path, documents)
    assert (fault.file, fault.column, fault.value) == ("sources/leistungen.toml", "policy", "gerundet")
    assert fault.what == "this policy rounds small groups of units that register delivers, and bewegt does not"
    assert fault.advice == "give register the same policy"


WORDS = [
    # rules, title in German and English, the beginning of what is said in German
    ({"method": "rounding"}, "gerundet auf 5", "rounded to 5", "Jede Zahl ist auf ein Vielfaches von 5 gerundet: 10"),
    (
        {"method": "rounding", "rounding": {"base": 10}},
        "gerundet auf 10",
        "rounded to 10",
        "Jede Zahl ist auf ein Vielfaches von 10 gerundet: 20 steht für 15 bis 24, 0 für 0 bis 4.",
    ),
    ({"method": "cell_key"}, "um höchstens 5 verändert", "changed by 5 at most", "Jede Zahl ist zum Schutz"),
    (
        {"method": "small_counts"},
        "kleine Zahlen gerundet auf 0 oder 3",
        "small numbers rounded to 0 or 3",
        "Kleine Gruppen sind so auf 0 oder 3 gerundet",
    ),
    (
        {"method": "noise", "noise": {"epsilon": 0.4, "budget": 8}},
        "zufällig verändert",
        "changed at random",
        "Jede Zahl ist zum Schutz der Gezählten zufällig verändert, im Mittel um etwa 2,5 Personen "
        "(Differential Privacy, ε = 0,4 je Zahl).",
    ),
]


@pytest.mark.parametrize(("given", "german", "english", "said"), WORDS)
def test_what_is_done_in_plain_words(given, german, english, said):
    title, words = method_title(rules(**given)), method_words(rules(**given))
    assert title is not None
    assert (title.de, title.en) == (german, english)
    assert words[0].de.startswith(said)
    assert all(one.en for one in words)
