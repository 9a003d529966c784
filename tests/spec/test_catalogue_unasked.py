"""A universe that nobody asks for, or nobody counts, is no fault; it is told, since its numbers would just vanish."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_samples import INDICATOR, SOURCE, write_project

from sozialraum.catalogue import load_project, unasked, unvouched
from sozialraum.musterstadt import write_template

HOUSE = Path(__file__).parents[2]
SOURCE_FILE, INDICATOR_FILE = "sources/einwohner.toml", "indicators/arme_kinder.toml"


def notes(folder: Path, changes: dict[str, str] | None = None) -> list[str]:
    return [str(note) for note in unasked(load_project(write_project(folder, changes)))]


def column(written: str) -> dict[str, str]:
    return {SOURCE_FILE: SOURCE.replace('{ count = "persons", where = { age = "0-14" } }', written)}


def asking(operand: str) -> dict[str, str]:
    return {INDICATOR_FILE: INDICATOR.replace('in = { universe = "persons", age = "0-14" }', f"in = {operand}")}


def test_where_the_words_meet_nothing_is_said(tmp_path: Path) -> None:
    assert notes(tmp_path) == []


@pytest.mark.parametrize(
    ("written", "found", "meant"),
    [
        ('{ count = "protectiv_measures" }', "protectiv_measures", "protective_measures"),
        ('{ count = "birth" }', "birth", "births"),
        ('{ percent = "household", of = {} }', "household", "households"),
        ('{ figure = "net_rents" }', "net_rents", "net_rent"),
        ('{ amount = "incomes", universe = "taxpayers" }', "taxpayers.incomes", "taxpayers.income"),
    ],
)
def test_a_slip_in_a_source_is_told_with_its_line(tmp_path: Path, written: str, found: str, meant: str) -> None:
    changes = {"sources/mehr.toml": column(written)[SOURCE_FILE]}
    assert notes(tmp_path, changes) == [
        f"sources/mehr.toml:11 [columns.kinder]: this is counted, and no indicator asks for it (found: '{found}')"
        f" -> did you mean {meant}?"
    ]


def test_a_slip_in_what_the_rows_of_a_register_are(tmp_path: Path) -> None:
    register = SOURCE.replace('"aggregate"', '"register"\nuniverse = "household"\nretention_years = 2')
    register = register.replace('kinder = { count = "persons", where = { age = "0-14" } }', "")
    (said,) = notes(tmp_path, {"sources/mehr.toml": register})
    assert said.startswith("sources/mehr.toml:6 [universe]: ")
    assert said.endswith("did you mean households?")


def test_a_slip_in_several_columns_is_told_once(tmp_path: Path) -> None:
    more = column('{ count = "birth" }')[SOURCE_FILE] + 'alle = { count = "birth" }\n'
    assert len(notes(tmp_path, {"sources/mehr.toml": more})) == 1


def test_what_is_not_similar_to_anything_is_told_in_one_line(tmp_path: Path) -> None:
    more = column('{ count = "recipients" }')[SOURCE_FILE] + 'quote = { figure = "arbeitslosenquote" }\n'
    assert notes(tmp_path, {"sources/mehr.toml": more}) == [
        "sources: counted, but no indicator asks for it: recipients, arbeitslosenquote"
        " -> an indicator of your own can ask for it (docs/reference/indicators.md shows how)"
    ]


@pytest.mark.parametrize(
    ("operand", "found", "advice"),
    [
        ('{ universe = "person" }', "person", "did you mean persons?"),
        ('{ universe = "house_hold" }', "house_hold", "did you mean households?"),  # known, though not delivered
        ('{ universe = "trees" }', "trees", "sources count: persons"),
        ('{ figure = "person" }', "person", "sources count: persons"),
    ],
)
def test_an_own_indicator_that_asks_for_what_no_source_counts(
    tmp_path: Path, operand: str, found: str, advice: str
) -> None:
    assert notes(tmp_path, asking(operand)) == [
        f"indicators/arme_kinder.toml:10 [share.in]: the indicator asks for this, and no source counts it"
        f" (found: '{found}') -> {advice}"
    ]


def test_several_indicators_that_wait_for_one_delivery_make_one_note(tmp_path: Path) -> None:
    changes = asking('{ universe = "trees" }')
    changes["indicators/zweiter.toml"] = changes[INDICATOR_FILE]
    (said,) = notes(tmp_path, changes)
    assert "indicators/arme_kinder.toml:10 [share.in]: 2 of your indicators ask for this" in said


def test_offers_are_counted_though_nothing_says_so(tmp_path: Path) -> None:
    offers = SOURCE.replace('"aggregate"', '"offers"').replace('{ count = "persons", where = { age = "0-14" } }', "")
    offers = offers.replace("kinder = ", 'kinder = { attribute = "name" }')
    assert notes(tmp_path, {"sources/angebote.toml": offers, **asking('{ universe = "offers" }')}) == []


@pytest.mark.parametrize("template", ["empty", "region"])
def test_new_projects_make_no_noise(tmp_path: Path, template: str) -> None:
    write_template(tmp_path, template)
    assert unasked(load_project(tmp_path)) == ()


@pytest.mark.parametrize(
    ("folder", "most"),
    [
        ("examples/flensburg", 1),
        ("examples/region-hannover", 0),
        ("src/sozialraum/musterstadt/projects/musterstadt", 1),
    ],
)
def test_real_projects_get_one_line_at_most(folder: str, most: int) -> None:
    assert len(unasked(load_project(HOUSE / folder))) == most


@pytest.mark.parametrize(
    ("policy", "kind", "told"),
    [
        ("register", "aggregate", True),
        ("official_statistics", "aggregate", False),
        ("open_data", "aggregate", False),
        ("register", "firms", False),  # of single records it is known who contributes
    ],
)
def test_ready_made_sums_that_no_policy_vouches_for_are_told(
    tmp_path: Path, policy: str, kind: str, told: bool
) -> None:
    source = column('{ amount = "income", universe = "taxpayers" }')[SOURCE_FILE]
    changes = {SOURCE_FILE: source.replace('"register"', f'"{policy}"').replace('"aggregate"', f'"{kind}"')}
    notes = unvouched(load_project(write_project(tmp_path, changes)))
    said = [(note.file, note.line, note.column, note.value, note.advice) for note in notes]
    advice = f"if their provider has rules on that, set ready_made_sums = true in the policy {policy}"
    place = (SOURCE_FILE, 11, "columns.kinder", "taxpayers.income")
    assert said == ([(*place, advice)] if told else [])


def test_ready_made_sums_that_nobody_asks_for_are_not_told(tmp_path: Path) -> None:
    changes = column('{ amount = "fines", universe = "drivers" }')
    assert unvouched(load_project(write_project(tmp_path, changes))) == ()
