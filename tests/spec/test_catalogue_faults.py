"""Each fault of a document names its file, line, key and value, and says what to do."""

from __future__ import annotations

import pytest
from project_samples import AREAS, CITY, INDICATOR, SOURCE, fault_of, faults_of

REGISTER = """\
title.de = "Betriebe"
provider = "Kleinstadt"
licence = "CC0-1.0"
file = "betriebe.csv"
kind = "firms"
policy = "small_cells"
period = "2024"

[columns]
nummer = { identifier = "firm" }
konzern = { identifier = "holding" }
umsatz = { amount = "turnover", universe = "firms" }
"""
INDICATOR_FILE, SOURCE_FILE = "indicators/arme_kinder.toml", "sources/einwohner.toml"


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "value", "words"),
    [
        ('theme = "mind', 'thema = 1\ntheme = "mind', 3, "thema", "1", "did you mean theme?"),
        ('unit = "percent"', "xyz = 1", 4, "xyz", "1", "known keys: "),
        ('interval = "wilson"', 'interval = "wilsen"', 6, "interval", "wilsen", "'wilson', 'byar', 'dobson' or 'none'"),
        ('unit = "percent"', 'unit = "per_1000"', 0, "", "", "a share is in percent, not in per_1000"),
        ('theme = "mindestsicherung"\n', "", 0, "theme", "", "this key is missing -> add theme = ..."),
        ('owner = "Sozialplanung"\n', "", 12, "governance.owner", "", "this key is missing -> add owner = ..."),
        ("owner = ", "ownre = 1\nowner = ", 13, "governance.ownre", "1", "did you mean owner?"),
        ('in = { universe = "persons", age = "0-14" }', "", 8, "share.in", "", "this key is missing -> add in = ..."),
        (
            'age = "0-14", sgb2',
            "age = 14, sgb2",
            9,
            "share.of.age",
            "14",
            "-> write it in quotes",
        ),
        (
            'of = { universe = "persons",',
            'of = { universe = "Pers",',
            9,
            "share.of.universe",
            "Pers",
            "write it like pers: ",
        ),
        ("of = {", "minus = 1\nof = {", 9, "share.minus", "1", "known keys: in, of"),
        ("2028-03-01", '"bald"', 15, "governance.next_review", "bald", "this is no date"),
        ("2028-03-01", '"01.03.2028"', 15, "governance.next_review", "01.03.2028", "without quotes, like 2028-03-01"),
        ("2028-03-01", "20280301", 15, "governance.next_review", "20280301", "this is no date"),
        ("2028-03-01", "2028-03-01T12:00:00", 15, "governance.next_review", "2028-03-01 12:00:00", "this is no date"),
        (
            "[governance]",
            "[count]\nof = { universe = 'persons' }\n[governance]",
            0,
            "",
            "",
            "exactly one of the tables",
        ),
        ("low_is_good", "low is good", 5, "polarity", "low is good", "'high_is_good'"),
        ('title.de = "Kinder in Armut"', 'title.de = ""', 1, "title.de", "", "this text is empty"),
        ('title.de = "Kinder in Armut"', 'title.en = "Poor"', 1, "title.de", "", "this key is missing"),
    ],
)
def test_a_fault_inside_an_indicator(tmp_path, old, new, line, column, value, words):
    faults = faults_of(tmp_path, {INDICATOR_FILE: changed(INDICATOR, old, new)})
    fault = next(fault for fault in faults if fault.column == column)
    assert (fault.file, fault.line, fault.value) == (INDICATOR_FILE, line, value)
    assert words in str(fault)


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "line", "column", "value", "words"),
    [
        (INDICATOR_FILE, INDICATOR, "mindests", "mindesds", 3, "theme", "mindesdsicherung", "no theme of this name"),
        (INDICATOR_FILE, INDICATOR, "sgb2", "sgbb2", 9, "share.of", "sgbb2", "no dimension of this name"),
        (
            INDICATOR_FILE,
            INDICATOR,
            '"yes"',
            '"ja"',
            9,
            "share.of",
            "ja",
            "-> known: no, yes",
        ),
        (INDICATOR_FILE, INDICATOR, '"yes"', '"yess"', 9, "share.of", "yess", "did you mean yes?"),
        (INDICATOR_FILE, INDICATOR, '"yes"', '""', 9, "share.of", "", "sgb2: there is no such code"),
        (INDICATOR_FILE, INDICATOR, '"0-14" }', '"14-0" }', 10, "share.in", "14-0", "ends before it starts"),
        (INDICATOR_FILE, INDICATOR, '"0-14" }', '"kids" }', 10, "share.in", "kids", "write 0-14, 65+ or 7"),
        (SOURCE_FILE, SOURCE, '"register"', '"registr"', 6, "policy", "registr", "did you mean register?"),
        (SOURCE_FILE, SOURCE, 'area = "viertel"', 'area = "virtel"', 10, "columns.viertel", "virtel", "viertel?"),
        (SOURCE_FILE, SOURCE, "{ age", "{ alter", 11, "columns.kinder", "alter", "no dimension of this name"),
        (SOURCE_FILE, SOURCE, '"0-14"', '"0-x"', 11, "columns.kinder", "0-x", "age: '0-x' is no interval"),
        (
            SOURCE_FILE,
            SOURCE,
            "policy =",
            'extends = "melde"\npolicy =',
            6,
            "extends",
            "melde",
            "no source of this name",
        ),
        (SOURCE_FILE, SOURCE, "policy =", 'absent = { sgb2 = "nie" }\npolicy =', 6, "absent", "nie", "no such code"),
        (
            SOURCE_FILE,
            SOURCE,
            "policy =",
            'area = { stadt = "1" }\npolicy =',
            6,
            "area.stadt",
            "stadt",
            "no area system",
        ),
        (SOURCE_FILE, SOURCE, "policy =", 'owner = "firm"\npolicy =', 6, "owner", "firm", "has no single units"),
        (SOURCE_FILE, REGISTER, "policy =", 'owner = "haus"\npolicy =', 6, "owner", "haus", "no such identifier"),
        (
            SOURCE_FILE,
            REGISTER,
            "policy =",
            'owner = "holdin"\npolicy =',
            6,
            "owner",
            "holdin",
            "did you mean holding?",
        ),
        ("city.toml", CITY, '"viertel"', '"vierteln"', 3, "home", "vierteln", "did you mean viertel?"),
        ("city.toml", CITY, "home", 'whole = "stadt"\nhome', 3, "whole", "stadt", "no area system of this name"),
        (
            "city.toml",
            CITY,
            "home",
            'key_indicators = ["einwoner"]\nhome',
            3,
            "key_indicators",
            "einwoner",
            "einwohner?",
        ),
        ("areas/viertel.toml", AREAS, "file", 'parent = "bezirk"\nfile', 2, "parent", "bezirk", "no area system"),
    ],
)
def test_a_reference_that_leads_nowhere(tmp_path, name, text, old, new, line, column, value, words):
    fault = fault_of(tmp_path, {name: changed(text, old, new)})
    assert (fault.file, fault.line, fault.column, fault.value) == (name, line, column, value)
    assert words in str(fault)


MICROCELLS = '[microcells]\nsource = "haeuser"\nwithin = "bezirke"\nindicators = ["armut"]\n'


def test_microcells_name_a_source_an_area_system_and_indicators(tmp_path):
    faults = faults_of(tmp_path, {"city.toml": CITY + MICROCELLS})
    assert [(fault.line, fault.column, fault.value) for fault in faults] == [
        (5, "microcells.source", "haeuser"),
        (6, "microcells.within", "bezirke"),
        (7, "microcells.indicators", "armut"),
    ]


def test_a_code_list_may_only_group_its_own_codes(tmp_path):
    text = 'title.de = "Farbe"\nkind = "list"\n[codes]\nrot.de = "rot"\n[groups]\nbunt = "rot|blau"\n'
    fault = fault_of(tmp_path, {"codes/farbe.toml": text})
    assert (fault.line, fault.column, fault.value) == (6, "groups.bunt", "blau")


def test_a_columns_codes_must_be_codes_of_its_dimension(tmp_path):
    column = 'geschlecht = { dimension = "sex", codes = { w = "female", m = "mal", "0" = "" } }\n'
    fault = fault_of(tmp_path, {SOURCE_FILE: SOURCE + column})
    assert (fault.column, fault.value, fault.advice) == ("columns.geschlecht", "mal", "did you mean male?")


def test_a_column_name_with_dots_is_one_key(tmp_path):
    fault = fault_of(tmp_path, {SOURCE_FILE: SOURCE + '"Stadt.Nr" = { area = "stadt" }\n'})
    assert (fault.line, fault.column) == (12, "columns.Stadt.Nr")


def change_of(subject: str) -> str:
    change = f'[change]\nindicator = "{subject}"\nrelative = false\n'
    percent = changed(INDICATOR, 'unit = "percent"', 'unit = "percentage_points"')
    percent = changed(percent, 'interval = "wilson"\n', "")
    start, end = percent.index("[share]"), percent.index("[governance]")
    return percent[:start] + change + percent[end:]


def test_circular_indicators_are_named_once(tmp_path):
    circle = {
        "indicators/a.toml": change_of("b"),
        "indicators/b.toml": change_of("c"),
        "indicators/c.toml": change_of("a"),
    }
    fault = fault_of(tmp_path, circle)
    assert (fault.file, fault.line, fault.column) == ("indicators/a.toml", 8, "change.indicator")
    assert fault.what == "circular: a -> b -> c -> a"


def test_an_indicator_that_is_made_from_itself_is_a_circle(tmp_path):
    assert fault_of(tmp_path, {"indicators/a.toml": change_of("a")}).what == "circular: a -> a"


def test_what_leads_into_a_circle_is_not_named_as_one(tmp_path):
    circle = {"indicators/a.toml": change_of("b"), "indicators/b.toml": change_of("b")}
    assert fault_of(tmp_path, circle).file == "indicators/b.toml"


def test_a_change_of_an_indicator_that_is_not_there(tmp_path):
    fault = fault_of(tmp_path, {"indicators/a.toml": change_of("arme_kindr")})
    assert (fault.line, fault.value, fault.advice) == (8, "arme_kindr", "did you mean arme_kinder?")


def test_circular_areas_and_sources_are_named(tmp_path):
    inside = changed(AREAS, "file", 'parent = "bezirk"\nfile')
    around = changed(AREAS, "file", 'parent = "viertel"\nfile')
    linked = changed(SOURCE, "policy =", 'extends = "einwohner"\npolicy =')
    changes = {"areas/viertel.toml": inside, "areas/bezirk.toml": around, SOURCE_FILE: linked}
    assert [fault.what for fault in faults_of(tmp_path, changes)] == [
        "circular: bezirk -> viertel -> bezirk",
        "circular: einwohner -> einwohner",
    ]


def test_an_area_system_may_be_the_union_of_its_own_children(tmp_path):
    union = 'title.de = "Stadt"\nunion_of = "viertel"\nsingle_code = "0"\nsingle_name = "Kleinstadt"\n'
    inside = changed(AREAS, "file", 'parent = "stadt"\nfile')
    fault = fault_of(tmp_path, {"areas/stadt.toml": union, "areas/viertel.toml": inside, "city.toml": CITY + "x = 1\n"})
    assert fault.column == "x"


def test_of_a_list_of_measures_the_right_one_is_named(tmp_path):
    several = 'of = [\n    { universe = "persons", sgb2 = "yes" },\n    { universe = "persons", sgb12 = 1 },\n]\n'
    text = changed(INDICATOR, 'of = { universe = "persons", age = "0-14", sgb2 = "yes" }\n', several)
    fault = fault_of(tmp_path, {INDICATOR_FILE: text})
    assert (fault.line, fault.column, fault.value) == (11, "share.of.1.sgb12", "1")


@pytest.mark.parametrize(
    ("filter_", "key"), [("{ Art = 3 }", "filter.Art"), ('{ Art = ["a", 3] }', "filter.Art.1"), ("3", "filter")]
)
def test_a_text_or_a_list_of_texts_has_one_fault_not_two(tmp_path, filter_, key):
    fault = fault_of(tmp_path, {SOURCE_FILE: changed(SOURCE, "policy =", f"filter = {filter_}\npolicy =")})
    assert fault.column == key
