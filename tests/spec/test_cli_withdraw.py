"""A release is taken back: for good, with a reason; the public sees the one before it, or that there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline_samples import run, tree, write_city


@pytest.fixture(scope="module")
def two_published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A city whose second release has taken the place of the first."""
    city = write_city(tmp_path_factory.mktemp("city"))
    names = []
    for _ in range(2):
        release = Path(run("build", city, "--json").json["folder"])
        assert [run(command, release, "--who", "Ali").code for command in ("approve", "publish")] == [0, 0]
        names.append(release.name)
    return city, names[0], names[1]


@pytest.fixture
def city(two_published: tuple[Path, str, str], tmp_path: Path) -> tuple[Path, str, str]:
    folder, first, second = two_published
    return Path(shutil.copytree(folder, tmp_path / "city")), first, second


def published(folder: Path) -> str:
    return (folder / "releases" / "published").read_text(encoding="utf-8").strip()


def last_step(folder: Path, release: str) -> dict[str, Any]:
    return dict(json.loads((folder / "releases" / release / "state.json").read_text(encoding="utf-8"))["history"][-1])


def test_it_works(city: tuple[Path, str, str]) -> None:
    folder, first, second = city
    answer = run("withdraw", folder, second, "--reason", "a wrong table", "--who", "Mara", "--yes")
    assert (answer.code, answer.out) == (0, f"{second} is withdrawn.\nThe public sees {first} again.\n")
    assert published(folder) == first
    told = last_step(folder, second)
    assert (told["state"], told["who"], told["reason"]) == ("withdrawn", "Mara", "a wrong table")
    assert last_step(folder, first)["state"] == "published"
    assert [run("verify", folder / "releases" / name).code for name in (first, second)] == [0, 0]
    assert run("publish", folder / "releases" / second).code == 1


def test_where_there_is_none_before_nothing_is_public(city: tuple[Path, str, str]) -> None:
    folder, first, second = city
    assert run("withdraw", folder, second, "--reason", "x", "--yes").code == 0
    answer = run("withdraw", folder, first, "--reason", "x", "--yes")
    assert (answer.code, answer.out) == (0, f"{first} is withdrawn.\nNothing is public now; the pages say so.\n")
    assert published(folder) == ""


def test_what_is_not_public_is_withdrawn_alone(city: tuple[Path, str, str]) -> None:
    folder, first, second = city
    answer = run("withdraw", folder, folder / "releases" / first, "--reason", "x", "--yes", "--json")
    assert answer.json == {"release": first, "state": "withdrawn", "published": second}
    assert published(folder) == second


def test_a_release_before_that_was_meddled_with_does_not_come_back(city: tuple[Path, str, str]) -> None:
    folder, first, second = city
    (folder / "releases" / first / "public" / "values.parquet").write_bytes(b"PAR1")
    assert run("withdraw", folder, second, "--reason", "x", "--yes").code == 0
    assert published(folder) == ""


def test_a_damaged_release_and_broken_documents_are_no_reason_to_keep_it_public(city: tuple[Path, str, str]) -> None:
    folder, first, second = city
    (folder / "releases" / second / "manifest.sig").unlink()
    (folder / "city.toml").write_text("broken", encoding="utf-8")
    assert run("withdraw", folder, second, "--reason", "x", "--yes").code == 0
    assert published(folder) == first


def test_without_a_yes_nothing_happens(city: tuple[Path, str, str]) -> None:
    folder, _, second = city
    before = tree(folder)
    answer = run("withdraw", folder, second, "--reason", "x")
    assert answer.code == 1
    assert answer.err.startswith(f"{second} can never be published again. Go on? [y/N]")
    assert tree(folder) == before


def test_what_is_withdrawn_is_not_withdrawn_again(city: tuple[Path, str, str]) -> None:
    folder, _, second = city
    assert run("withdraw", folder, second, "--reason", "x", "--yes").code == 0
    before = tree(folder)
    answer = run("withdraw", folder, second, "--reason", "y", "--yes")
    assert (answer.code, answer.err) == (
        1,
        f"release {second} is withdrawn; it can not become withdrawn (possible: nothing)\n",
    )
    assert tree(folder) == before


def test_an_unknown_release_lists_what_there_is(city: tuple[Path, str, str]) -> None:
    folder, first, second = city
    answer = run("withdraw", folder, "1999.1", "--reason", "x", "--yes")
    assert (answer.code, answer.err.splitlines()[0]) == (
        1,
        f"1999.1: there is no such release -> releases here: {first}, {second}",
    )
