"""Policies as they would be: keys of a policy's rules, written on the command line."""

from __future__ import annotations

import pytest

from pipeline_samples import write_city
from sozialraum.catalogue import Project, load_project
from sozialraum.errors import InputError
from sozialraum.pipeline import DEFAULTS, Trial, read_trials


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load_project(write_city(tmp_path_factory.mktemp("city")))


def trial(project: Project, text: str) -> Trial:
    own, other = read_trials(project, [text])
    assert (own.text, own.policies, own.changed) == ("", project.catalogue.policies, ())
    return other


def test_a_key_holds_for_every_policy_that_protects_something(project: Project) -> None:
    """The city's rent is under ``open_data``, which protects nothing, and nothing is under ``small_cells``."""
    found = trial(project, "minimum = 7")
    assert found.changed == ("microcells", "official_statistics", "register")
    assert {name: found.policies[name].public.minimum for name in found.changed} == dict.fromkeys(found.changed, 7)
    assert found.policies["register"].internal.minimum == 7
    assert found.policies["open_data"] == project.catalogue.policies["open_data"]


def test_other_keys_stay_as_they_are(project: Project) -> None:
    rules = trial(project, "minimum = 7").policies["register"].public
    assert rules == project.catalogue.policies["register"].public.model_copy(update={"minimum": 7})


TEXTS = [
    ("minimum=5", {"minimum": 5}),
    ("  complement   =   false ", {"complement": False}),
    ("minimum = 5, minimum_base = 100", {"minimum": 5, "minimum_base": 100}),
    ("method = rounding", {"method": "rounding"}),
    ('method = "rounding"', {"method": "rounding"}),
    ("block_all = true, block_none = true", {"block_all": True, "block_none": True}),
    ("secondary = false", {"secondary": False}),
]


@pytest.mark.parametrize(("text", "wanted"), TEXTS, ids=[text for text, _ in TEXTS])
def test_how_it_may_be_written(project: Project, text: str, wanted: dict[str, object]) -> None:
    rules = trial(project, f"{text}, policy = register").policies["register"].public
    assert {key: getattr(rules, key) for key in wanted} == wanted


def test_tables_of_rules(project: Project) -> None:
    rounded = trial(project, "method = rounding, rounding = { base = 10 }, policy = register")
    assert rounded.policies["register"].public.parameters.base == 10
    longer = trial(project, "suppression = { seconds = 60, optimum = true }, policy = register")
    assert longer.policies["register"].public.suppression.seconds == 60
    keys = trial(project, "method = cell_key, policy = register")
    assert keys.policies["register"].internal.parameters.maximum == 5


def test_one_policy_alone(project: Project) -> None:
    found = trial(project, "policy = small_cells, minimum = 9")
    assert found.changed == ("small_cells",)
    assert found.policies["register"] == project.catalogue.policies["register"]


def test_what_is_asked_for_by_name_is_changed_even_if_it_protects_nothing(project: Project) -> None:
    assert trial(project, "policy = open_data, minimum = 3").policies["open_data"].public.minimum == 3


def test_rules_that_are_as_they_were_change_nothing(project: Project) -> None:
    assert trial(project, "complement = true").changed == ()


def test_the_usual_ones_can_be_tried_on_any_project(project: Project) -> None:
    assert [one.text for one in read_trials(project, DEFAULTS)] == ["", *DEFAULTS]


def test_the_same_twice_is_tried_once(project: Project) -> None:
    assert len(read_trials(project, ["minimum = 5", "minimum  =  5"])) == 2


FAULTS = {
    # text: column, value, a part of what is wrong or of the advice
    "minimun = 5": ("minimun", "5", "did you mean minimum?"),
    "minimum = five": ("minimum", "five", "a whole number is expected here"),
    "minimum = -1": ("minimum", "-1", "write 0 or more"),
    "method = magic": ("method", "magic", "this value is not known"),
    "rounding = { base = 10 }": ("", "", 'the table rounding needs method = "rounding"'),
    "method = noise": ("", "", "noise needs a table with epsilon"),
    "policy = registre, minimum = 5": ("policy", "registre", "did you mean register?"),
    "policy = register": ("", "", "nothing is changed"),
    "": ("", "", "nothing is changed"),
    "minimum 5": ("", "", "these are no keys with values"),
    "method = cell_key": ("method", "sources/einwohner.toml", "this source delivers no single records"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_says_where_and_what_to_do(project: Project, text: str) -> None:
    with pytest.raises(InputError) as raised:
        read_trials(project, [text])
    (fault,) = raised.value.faults
    column, value, words = FAULTS[text]
    assert (fault.file, fault.line, fault.column, fault.value) == (f"--what-if '{text}'", 0, column, value)
    assert words in f"{fault.what} {fault.advice}"


def test_all_faults_at_once(project: Project) -> None:
    with pytest.raises(InputError) as raised:
        read_trials(project, ["minimun = 5", "minimum = 5", "complement = 3, secondary = 7"])
    assert [fault.column for fault in raised.value.faults] == ["complement", "secondary", "minimun"]


def test_nothing_can_be_smuggled_in(project: Project) -> None:
    with pytest.raises(InputError):
        read_trials(project, ['minimum = 5 }\nother = { "a" = 1'])
