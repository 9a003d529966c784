"""Sources are read side by side; what is told about them does not depend on which is done first."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_samples import AGGREGATE, BUILDINGS, HEAD, KEY, REGISTER, VIERTEL, Town

from sozialraum.errors import DeliveryError
from sozialraum.pipeline import Step, silent
from sozialraum.pipeline.deliveries import read_deliveries
from sozialraum.sources import Vault

COUNTS = 'period = "2024"\n[columns]\nViertel = { area = "viertel" }\nZahl = { count = "persons" }\n'
HOUSES = (
    '[columns]\nGID = { identifier = "building" }\nStr = { address = "street" }\nNr = { address = "house_number" }\n'
)
FIRMS = 'period = "2024"\n[columns]\nAnschrift = { address = "full" }\n'
PERSONS = 'period = "2024"\n[columns]\nPID = { identifier = "person" }\nViertel = { area = "viertel" }\n'

EXTENDING = (
    'extends = "{}"\nperiod = "2024"\n[columns]\nPID = {{ identifier = "person" }}\nArt = {{ dimension = "sex" }}\n'
)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path / "town")
    town.deliver("viertel.csv", "code;name\n" + "".join(f"{code};{name}\n" for code, name in VIERTEL))
    return town


def declare(town: Town, source: str, text: str, content: str) -> None:
    town.deliver(f"{source}.csv", content)
    head, _, rest = text.partition("[columns]")
    town.declare(source, f'{head}file = "{source}.csv"\n[columns]{rest}')


def test_it_works(town: Town) -> None:
    declare(town, "firmen", HEAD + 'kind = "firms"\n' + FIRMS, "Anschrift\nBergstraße 2\nBergstr. 3\n")
    declare(town, "haeuser", BUILDINGS + HOUSES, "GID;Str;Nr\n7;Bergstr.;2\n8;Bergstr.;3\n")
    declare(town, "leute", REGISTER + PERSONS, "PID;Viertel\n1;01\n2;02\n")
    declare(town, "zahlen", AGGREGATE + COUNTS, "Viertel;Zahl\n01;5\n")
    steps: list[Step] = []
    found = read_deliveries(town.project(), Vault(None, KEY), steps.append)
    assert [*found.records, *found.cells] == ["haeuser", "firmen", "leute", "zahlen"]
    assert found.records["firmen"].frame["building"].to_list() == found.records["haeuser"].frame["building"].to_list()
    reading = [(step.done, step.total) for step in steps if step.title == "Reading deliveries"]
    assert reading == [(done, 4) for done in range(5)]


def test_faults_of_all_sources_are_told_in_the_order_of_the_sources(town: Town) -> None:
    sources = [f"quelle_{number:02}" for number in range(12)]
    for number, source in enumerate(sources):
        many = "01;5\n" * (5000 if number == 0 else 1)  # the first is done last
        declare(town, source, AGGREGATE + COUNTS, f"Viertel;Zahl\n{many}01;viele\n")
    with pytest.raises(DeliveryError) as raised:
        read_deliveries(town.project(), Vault(None, KEY), silent)
    files = list(dict.fromkeys(fault.file for fault in raised.value.faults))
    assert files == [f"{source}.csv" for source in sources]


def test_additions_that_can_not_be_linked_are_told_in_the_order_of_the_sources(town: Town) -> None:
    for base in ("zwei", "eins"):
        declare(town, base, REGISTER + PERSONS, "PID;Viertel\n1;01\n2;02\n")
    for addition, base, content in (
        ("b_zu_eins", "eins", "PID;Art\n9;male\n"),
        ("a_zu_zwei", "zwei", "PID;Art\n8;male\n"),
        ("c_zu_zwei", "zwei", "PID;Art\n7;male\n"),
        ("d_zu_eins", "eins", "PID;Art\n1;male\n"),
    ):
        declare(town, addition, REGISTER + EXTENDING.format(base), content)
    with pytest.raises(DeliveryError) as raised:
        read_deliveries(town.project(), Vault(None, KEY), silent)
    assert [fault.file for fault in raised.value.faults] == ["a_zu_zwei.csv", "b_zu_eins.csv", "c_zu_zwei.csv"]
