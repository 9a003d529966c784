"""What the vault keeps for longer than its source allows is listed, and deleted when somebody says so."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline_samples import run, tree, write_city
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.releases.files import project_lock

LONG_AGO = "2019-03-01"
"""The day on which everything in the vault was received; the register may be kept for two years."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    city = write_city(tmp_path_factory.mktemp("city"))
    assert run("build", city).code == 0
    index = city / "vault" / "index.json"
    entries = json.loads(index.read_text(encoding="utf-8"))
    for entry in entries:
        entry["details"]["received"] = LONG_AGO
    index.write_text(json.dumps(entries), encoding="utf-8")
    return city


@pytest.fixture
def city(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "city"))


def snapshots(city: Path) -> int:
    return len(list((city / "vault" / "snapshots").iterdir()))


def test_it_lists_and_deletes_nothing(city: Path) -> None:
    before = tree(city)
    answer = run("retention", city)
    assert answer.code == 0
    words = answer.out.replace("│", " ").split()
    at = words.index("personen_2025.csv")
    assert words[at - 1 : at + 4] == ["personen", "personen_2025.csv", LONG_AGO, "2", "2021-03-01"]
    assert "einwohner.csv" not in words  # its source does not say how long
    assert "Nothing was deleted. To delete them from the vault: --forget" in answer.out
    assert tree(city) == before


def test_for_machines(city: Path) -> None:
    found = run("retention", city, "--json").json
    (one,) = found["overdue"]
    assert len(one.pop("sha256")) == 64
    assert one == {
        "source": "personen",
        "file": "personen_2025.csv",
        "received": LONG_AGO,
        "years": 2,
        "due": "2021-03-01",
        "delivered": str(city / "deliveries" / "personen_2025.csv"),
    }
    assert (found["forgotten"], found["without_source"]) == (False, {})


@pytest.mark.parametrize(("day", "number"), [(date(2021, 2, 28), 0), (date(2021, 3, 1), 1)])
def test_the_day_from_which_it_is_too_long(city: Path, day: date, number: int) -> None:
    assert len(pipeline.overdue(load_project(city), day)) == number


def test_forgetting_deletes_the_bytes_and_keeps_the_record(city: Path) -> None:
    before = snapshots(city)
    answer = run("retention", city, "--forget", "--yes")
    assert answer.code == 0
    assert f"delete too, or the next build takes it in again: {city / 'deliveries' / 'personen_2025.csv'}" in answer.out
    assert snapshots(city) == before - 1
    entries = json.loads((city / "vault" / "index.json").read_text(encoding="utf-8"))
    assert [entry["source"] for entry in entries if "forgotten" in entry["details"]] == ["personen"]
    assert run("retention", city).out == "Nothing is kept longer than its source allows.\n"


def test_a_file_that_is_no_longer_delivered_needs_no_deleting(city: Path) -> None:
    register = city / "deliveries" / "personen_2025.csv"
    register.write_bytes(register.read_bytes().replace(b";7;", b";8;", 1))
    assert "delete too" not in run("retention", city, "--forget", "--yes").out


def test_without_a_yes_nothing_is_deleted(city: Path) -> None:
    before = tree(city)
    answer = run("retention", city, "--forget")
    assert answer.code == 1
    assert answer.err.startswith(f"1 file will be deleted from {city / 'vault'}. Go on? [y/N]")
    assert tree(city) == before


def test_while_somebody_builds_nothing_is_deleted(city: Path) -> None:
    before = tree(city)
    with project_lock(city / "releases"):
        answer = run("retention", city, "--forget", "--yes")
    assert (answer.code, answer.err) == (1, "another process builds or publishes in city; wait until it is done\n")
    assert tree(city) == before


def test_deliveries_whose_source_is_gone_are_named(city: Path) -> None:
    """Nothing says any more how long they may be kept."""
    (city / "sources" / "personen.toml").unlink()
    said = run("retention", city).out
    assert "note: the vault keeps 1 file of personen, which the project has no source for any more" in said
    assert "areas" not in said


def test_before_the_first_build_there_is_nothing(tmp_path: Path) -> None:
    city = write_city(tmp_path / "city")
    before = tree(city)
    assert run("retention", city).out == "Nothing is kept longer than its source allows.\n"
    assert tree(city) == before


@pytest.mark.parametrize("text", ["{", "[{}]", '[{"sha256": "a", "file": "b", "source": "c", "size": 1}]'])
def test_an_index_that_can_not_be_read_is_said(city: Path, text: str) -> None:
    (city / "vault" / "index.json").write_text(text, encoding="utf-8")
    answer = run("retention", city, "--json")
    assert (answer.code, answer.whats) == (1, {"the index can not be read"})


# --- one delivery before its time ------------------------------------------------------------------------------------


def entry(city: Path, file: str) -> dict[str, str]:
    entries = json.loads((city / "vault" / "index.json").read_text(encoding="utf-8"))
    return dict(next(entry for entry in entries if entry["file"] == file))


@pytest.mark.parametrize("by", ["name", "sha256", "the beginning of its sha256"])
def test_one_delivery_is_deleted_before_its_time(city: Path, by: str) -> None:
    file = "einwohner.csv"  # its source does not say how long, so it is never overdue
    digest = entry(city, file)["sha256"]
    given = {"name": file, "sha256": digest.upper(), "the beginning of its sha256": digest[:8]}[by]
    before = snapshots(city)
    answer = run("retention", city, "--forget-early", given, "--yes")
    assert answer.code == 0
    assert "Forgotten" in answer.out
    assert f"delete too, or the next build takes it in again: {city / 'deliveries' / file}" in answer.out
    assert snapshots(city) == before - 1
    assert not (city / "vault" / "snapshots" / digest).exists()
    assert run("retention", city, "--json").json["overdue"] != []  # the others are as they were
    assert run("retention", city, "--forget-early", given, "--yes").code == 1


def test_one_delivery_for_machines(city: Path) -> None:
    found = run("retention", city, "--forget-early", "einwohner.csv", "--yes", "--json").json
    assert found["forgotten"] is True
    assert [(one["file"], one["years"], one["due"]) for one in found["early"]] == [("einwohner.csv", None, None)]


def test_what_is_not_kept_is_not_forgotten(city: Path) -> None:
    before = tree(city)
    answer = run("retention", city, "--forget-early", "einwohnr.csv", "--yes")
    assert (answer.code, answer.err.splitlines()[0]) == (
        1,
        "vault: nothing of this name or sha256 is kept (found: 'einwohnr.csv') -> did you mean einwohner.csv?",
    )
    assert run("retention", city, "--forget-early", "", "--yes").code == 1
    assert tree(city) == before


def test_of_several_deliveries_of_one_name_the_hash_says_which(city: Path) -> None:
    """An office has sent a corrected file under the old name, and both were built."""
    old = entry(city, "personen_2025.csv")["sha256"]
    register = city / "deliveries" / "personen_2025.csv"
    register.write_bytes(register.read_bytes().replace(b";7;", b";8;", 1))
    assert run("build", city).code == 0
    refused = run("retention", city, "--forget-early", "personen_2025.csv", "--yes")
    assert refused.code == 1
    assert (
        "several files of this name or sha256 are kept (found: 'personen_2025.csv')"
        f" -> name one by its sha256: {old[:12]}" in (refused.err)
    )
    answer = run("retention", city, "--forget-early", old[:12], "--yes")
    assert answer.code == 0
    assert "delete too" not in answer.out
    assert not (city / "vault" / "snapshots" / old).exists()
    assert run("build", city).code == 0


def test_without_a_yes_one_delivery_stays(city: Path) -> None:
    before = tree(city)
    answer = run("retention", city, "--forget-early", "einwohner.csv")
    assert (answer.code, answer.err.startswith("1 file will be deleted from")) == (1, True)
    assert tree(city) == before


def test_both_ways_of_forgetting_at_once_are_refused(city: Path) -> None:
    assert run("retention", city, "--forget", "--forget-early", "einwohner.csv").code == 2
