"""``[microcells.attributes]`` in city.toml: what may stand there, and what each slip is told as."""

from __future__ import annotations

import pytest

from pipeline_samples import write_city
from sozialraum.catalogue import load_project
from sozialraum.errors import Fault, ProjectError

title = "Characteristics of microcells in city.toml"

GOOD = """
[microcells.attributes.frauen]
title.de = "Frauen"
source = "personen"
dimension = "sex"
show = ["share", "type"]
of = "female"
"""
HOUSEHOLDS = """
[microcells.attributes.wohnungen]
title.de = "Haushalte je Haus"
source = "gebaeude"
amount = "households"
show = "mean"
"""


def faults_of(folder, attributes: str, files: dict[str, str] | None = None) -> tuple[Fault, ...]:
    """Return the faults of the small city with these attributes."""
    city = write_city(folder)
    with (city / "city.toml").open("a", encoding="utf-8") as stream:
        stream.write(attributes)
    for name, text in (files or {}).items():
        (city / name).write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        load_project(city)
    return caught.value.faults


def test_it_works(tmp_path):
    city = write_city(tmp_path)
    with (city / "city.toml").open("a", encoding="utf-8") as stream:
        stream.write(GOOD + HOUSEHOLDS)
    microcells = load_project(city).city.microcells
    assert microcells is not None
    assert microcells.attributes["frauen"].shows == ("share", "type")
    assert microcells.attributes["wohnungen"].shows == ("mean",)
    assert microcells.attributes["wohnungen"].characteristic == "households"


@pytest.mark.parametrize(
    ("old", "new", "column", "value", "words"),
    [
        ('"personen"', '"persone"', "frauen.source", "persone", "did you mean personen?"),
        ('"personen"', '"einwohner"', "frauen.source", "einwohner", "'aggregate' has no single units"),
        ('"sex"', '"sax"', "frauen.dimension", "sax", "did you mean sex?"),
        ('"sex"', '"sgb2"', "frauen.dimension", "sgb2", "known: age, sex"),
        ('"sex"', '"age"', "frauen.dimension", "age", "no list of codes"),
        ('"female"', '"femail"', "frauen.of", "femail", "did you mean female?"),
        ('"type"]', '"typ"]', "frauen.show.1", "typ", "'count', 'share', 'mean' or 'type'"),
        ('["share", "type"]', '"mean"', "frauen", "", "show of a dimension is count or share or type; found: mean"),
        ('["share", "type"]', "[]", "frauen", "", "found: nothing"),
        ('["share", "type"]', '"type"', "frauen", "", "it goes with count and share"),
        ('of = "female"', "", "frauen", "", "a share needs of = ..."),
        ('of = "female"', 'of = "female"\nowner = "firm"', "frauen.owner", "firm", "known: building, person"),
        ('of = "female"', 'of = "female"\nweight = "w"', "frauen.weight", "w", "declares no such weight"),
        ('of = "female"', 'of = "female"\namount = "x"', "frauen", "", "needs either dimension = ... or amount = ..."),
        ('title.de = "Frauen"', "titel = 1", "frauen.titel", "1", "did you mean title?"),
    ],
)
def test_a_slip_is_told_where_it_stands(tmp_path, old, new, column, value, words):
    assert old in GOOD
    faults = faults_of(tmp_path, GOOD.replace(old, new))
    place = f"microcells.attributes.{column}"
    (fault,) = [fault for fault in faults if fault.column == place]
    assert fault.file == "city.toml"
    assert fault.value == value
    assert words in str(fault)
    rows = (tmp_path / "city.toml").read_text(encoding="utf-8").splitlines()
    assert fault.line == 0 or any(word in rows[fault.line - 1] for word in (column.split(".")[1:2] or ["frauen"]))


def test_all_slips_at_once(tmp_path):
    broken = GOOD.replace('"sex"', '"sax"').replace('"female"', '"female"\nowner = "firm"')
    faults = faults_of(tmp_path, broken + HOUSEHOLDS.replace('"households"', '"household"'))
    assert [fault.column.removeprefix("microcells.attributes.") for fault in faults] == [
        "frauen.dimension",
        "frauen.owner",
        "wohnungen.amount",
    ]


def test_a_policy_of_the_citys_own_must_have_the_rules(tmp_path):
    rules = "minimum = 4\nsecondary = true\n"
    own = f'title.de = "M"\nwhy.de = "W"\n[public]\n{rules}[internal]\n{rules}'
    (fault,) = faults_of(tmp_path, GOOD, {"policies/microcells.toml": own})
    assert "the policy microcells has no table [profiles]" in str(fault)
    assert fault.column == "microcells.attributes"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("minimum = 1", "write 2 or more"),
        ("diversity = 1", "write 2 or more"),
        ("insiders = 2", "write 1 or less"),
        ("dominance = { largest = 4 }", "write 3 or less"),
        ("dominance = { share = 0 }", "write more than 0"),
        ("p_percent = -1", "write 0.0 or more"),
        ("minimun = 4", "did you mean minimum?"),
    ],
)
def test_slips_in_the_rules(tmp_path, text, words):
    rules = "minimum = 4\nsecondary = true\n"
    own = f'title.de = "M"\nwhy.de = "W"\n[public]\n{rules}[internal]\n{rules}[profiles]\n{text}\n'
    (fault,) = faults_of(tmp_path, GOOD, {"policies/microcells.toml": own})
    assert (fault.file, fault.line) == ("policies/microcells.toml", 10)
    assert words in str(fault)
