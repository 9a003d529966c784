"""A review whose day has passed is told with its file, its line and its owner; it stops nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from project_samples import INDICATOR, write_project

from pipeline_samples import run, write_city
from sozialraum.catalogue import load_catalogue, load_project, overdue_reviews, review_notes
from sozialraum.catalogue.project import BUILT_IN

DUE = date(2025, 3, 1)
NOW = date(2026, 12, 1)
OWN = INDICATOR.replace("2028-03-01", DUE.isoformat())
OWN_COMPOSITE = (BUILT_IN / "composites" / "mss.toml").read_text("utf-8")
LATER = max(document.governance.next_review for document in load_catalogue().indicators.values()).replace(year=2099)


def notes(folder: Path, today: date = NOW, **changes: str) -> list[str]:
    files = {f"{name.replace('__', '/')}.toml": text for name, text in changes.items()}
    return [str(note) for note in review_notes(load_project(write_project(folder, files)), today)]


def test_what_is_not_due_is_not_told(tmp_path: Path) -> None:
    assert notes(tmp_path) == []


def test_an_own_document_is_told_with_its_line_its_owner_and_what_to_do(tmp_path: Path) -> None:
    assert notes(tmp_path, indicators__arme_kinder=OWN) == [
        "indicators/arme_kinder.toml:15 [governance.next_review]: its review is overdue, and Sozialplanung answers for "
        "it (found: '2025-03-01') -> look at it again, write into [[changes]] what changed, and set the next day"
    ]


@pytest.mark.parametrize(("today", "overdue"), [(date(2025, 2, 28), 0), (DUE, 0), (date(2025, 3, 2), 1)])
def test_on_the_day_itself_it_is_not_overdue(tmp_path: Path, today: date, overdue: int) -> None:
    assert len(notes(tmp_path, today, indicators__arme_kinder=OWN)) == overdue


def test_a_composite_is_governed_too(tmp_path: Path) -> None:
    due = next(line for line in OWN_COMPOSITE.splitlines() if line.startswith("next_review"))
    (note,) = notes(tmp_path, composites__eigener=OWN_COMPOSITE.replace(due, "next_review = 2025-03-01"))
    assert note.startswith("composites/eigener.toml:")


def test_documents_that_are_only_inherited_are_one_line(tmp_path: Path) -> None:
    project = load_project(write_project(tmp_path))
    every = overdue_reviews(project, LATER)
    inherited = [review for review in every if not review.own]
    assert {review.kind for review in inherited} >= {"indicators", "composites"}
    told = review_notes(project, LATER)
    assert [note.file for note in told] == ["indicators/arme_kinder.toml", "catalogue"]
    assert told[-1].what == (
        f"{len(inherited)} documents of the built-in catalogue wait for a review, the longest since "
        f"{inherited[0].due.isoformat()}"
    )


def test_a_document_of_the_city_in_the_place_of_a_built_in_one_is_its_own(tmp_path: Path) -> None:
    text = (BUILT_IN / "indicators" / "anteil_ab_65.toml").read_text("utf-8")
    due = next(line for line in text.splitlines() if line.startswith("next_review"))
    (note,) = notes(tmp_path, indicators__anteil_ab_65=text.replace(due, "next_review = 2025-03-01"))
    assert note.startswith("indicators/anteil_ab_65.toml:")


def test_check_and_build_tell_it_and_go_on(tmp_path: Path) -> None:
    city = write_city(tmp_path / "city")
    (city / "indicators" / "arme_kinder.toml").write_text(OWN, encoding="utf-8")
    checked = run("check", city, "--json")
    (review,) = checked.json["reviews"]
    assert (checked.code, review["file"], review["owner"], review["due"], review["own"]) == (
        0,
        "indicators/arme_kinder.toml",
        "Sozialplanung",
        "2025-03-01",
        True,
    )
    assert [note["what"] for note in checked.json["notes"] if note["column"] == "governance.next_review"]
    built = run("build", city)
    assert built.code == 0
    assert "note: indicators/arme_kinder.toml:15 [governance.next_review]: its review is overdue" in built.out
