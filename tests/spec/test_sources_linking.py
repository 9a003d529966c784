"""One register adds dimensions to the units of another."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_samples import HEAD, REGISTER, Town, rows

from sozialraum.errors import DeliveryError
from sozialraum.sources import Records, extend

PERSONS = """
[columns]
Jahr = { period = "year" }
PID = { identifier = "person" }
HID = { identifier = "household" }
"""
PERSONS_TEXT = "Jahr;PID;HID\n2023;1;7\n2023;2;7\n2024;1;7\n2024;2;8\n2024;3;8\n"
BENEFITS = """
extends = "personen"
absent = { sgb2 = "no" }
[columns]
Jahr = { period = "year" }
PID = { identifier = "person" }
Leistung = { dimension = "sgb2", codes = { ja = "yes" } }
Betrag = { amount = "benefit", universe = "persons" }
"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path / "town")
    town.deliver("personen.csv", PERSONS_TEXT)
    town.declare("personen", f'{REGISTER}file = "personen.csv"\n{PERSONS}')
    return town


def joined(town: Town, toml: str, text: str, head: str = REGISTER) -> Records:
    addition = town.records(toml, text, head=head)
    base = town.read("personen")
    if not isinstance(base, Records):
        raise TypeError("a register yields records")
    return extend(base, addition, town.project().sources["lieferung"])


def test_it_works(town: Town) -> None:
    found = joined(town, BENEFITS, "Jahr;PID;Leistung;Betrag\n2024;1;ja;500,5\n2024;2;;\n")
    assert rows(found.frame, "period", "line", "sgb2", "benefit") == [
        ("2023", 2, None, None),
        ("2023", 3, None, None),
        ("2024", 4, "yes", 500.5),
        ("2024", 5, None, None),
        ("2024", 6, "no", None),
    ]
    assert found.notes == ()
    assert [snapshot.file for snapshot in found.snapshots] == ["personen.csv", "lieferung.csv"]


def test_an_addition_without_periods_holds_for_all(town: Town) -> None:
    toml = BENEFITS.replace('Jahr = { period = "year" }\n', "")
    found = joined(town, toml, "PID;Leistung;Betrag\n1;ja;\n")
    assert found.frame["sgb2"].to_list() == ["yes", "no", "yes", "no", "no"]


def test_households_add_to_their_persons(town: Town) -> None:
    toml = BENEFITS.replace('"person"', '"household"')
    head = REGISTER.replace('"persons"', '"households"')
    found = joined(town, toml, "Jahr;PID;Leistung;Betrag\n2024;8;ja;\n", head=head)
    assert found.frame["sgb2"].to_list() == [None, None, "no", "yes", "yes"]


def test_rows_that_find_no_unit_are_reported_with_number_and_share(town: Town) -> None:
    found = joined(town, BENEFITS, "Jahr;PID;Leistung;Betrag\n2024;1;ja;\n2024;9;ja;\n")
    assert [(note.file, note.what) for note in found.notes] == [
        ("lieferung.csv", "1 of 2 rows (50.0 %) have no unit in personen")
    ]


def test_that_no_row_finds_a_unit_is_a_fault(town: Town) -> None:
    with pytest.raises(DeliveryError, match=r"1 of 1 rows \(100.0 %\) have no unit in personen.*periods alike"):
        joined(town, BENEFITS, "Jahr;PID;Leistung;Betrag\n2022;1;ja;\n")


def test_registers_without_a_common_identifier_can_not_be_linked(town: Town) -> None:
    toml = BENEFITS.replace('"person"', '"firm"')
    with pytest.raises(DeliveryError, match="no identifier in common"):
        joined(town, toml, "Jahr;PID;Leistung;Betrag\n2024;1;ja;\n")


def test_whole_numbers_for_those_who_are_absent(town: Town) -> None:
    toml = BENEFITS.replace('absent = { sgb2 = "no" }', 'absent = { years_resident = "0" }')
    toml += 'Seit = { dimension = "years_resident", reads = "number" }\n'
    found = joined(town, toml, "Jahr;PID;Leistung;Betrag;Seit\n2024;1;ja;;12\n")
    assert found.frame["years_resident"].to_list() == [None, None, 12, 0, 0]


def test_a_survey_is_linked_too(town: Town) -> None:
    head = HEAD + 'kind = "survey"\nuniverse = "persons"\n'
    found = joined(town, BENEFITS, "Jahr;PID;Leistung;Betrag\n2024;3;ja;\n", head=head)
    assert found.frame["sgb2"].to_list() == [None, None, "no", "no", "yes"]
