"""A build continues the cells of the last release, and what is in no cell can not be worked out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from pipeline_samples import REGISTER_YEAR, Answer, run, write_city
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.pipeline import assemble
from sozialraum.releases import Release, Store

title = "Cells from release to release"


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city whose first release is approved."""
    city = write_city(tmp_path_factory.mktemp("city"))
    assert run("build", city).code == 0
    assert run("approve", newest(city).folder).code == 0
    return city


@pytest.fixture
def city(approved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(approved, tmp_path / "city"))


def newest(city: Path) -> Release:
    return Store(city / "releases").releases()[-1]


def cells(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = release.manifest["microcells"]
    return found


def built(city: Path) -> Release:
    answer = run("build", city, "--json")
    assert answer.code == 0, answer.out
    return newest(city)


def withdrawn(city: Path, release: Release) -> Answer:
    return run("withdraw", city, release.id, "--reason", "x", "--yes")


def move_in(city: Path, house: str, households: int, people: int) -> None:
    """Add a house in the middle of the first quarter, with people."""
    with (city / "deliveries" / "gebaeude.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{house};Neuer Weg;{len(house)};10.0571;52.3052;{households}\n")
    with (city / "deliveries" / f"personen_{REGISTER_YEAR}.csv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"N{house}{number};Neu;{house};{20 + number};w\n" for number in range(people))


def empty(city: Path, house: str) -> None:
    """Let everybody move out of a house."""
    for name, separator in (("gebaeude.csv", 0), (f"personen_{REGISTER_YEAR}.csv", 2)):
        path = city / "deliveries" / name
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.split(";")[separator] != house]
        path.write_text("\n".join([*kept, ""]), encoding="utf-8")


# --- the line of releases --------------------------------------------------------------------------------------------


def test_the_first_release_forms_its_cells(approved: Path) -> None:
    report = cells(newest(approved))
    assert (report["number"], report["continues"], report["changes"]) == (1, None, None)
    assert report["flagged_cells"] == [] or report["flagged"] == len(report["flagged_cells"])
    assert report["over_nearest"] >= 1


def test_the_vault_remembers_them_for_its_owner_alone(approved: Path) -> None:
    folder = approved / "vault" / "microcells"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o400}
    assert pipeline.remembered(load_project(approved)) == (newest(approved).id,)


def test_the_next_release_continues_them(city: Path) -> None:
    before = newest(city)
    after = built(city)
    report = cells(after)
    assert (report["number"], report["continues"]) == (2, before.id)
    assert report["changes"]["kept"] == report["cells"] == cells(before)["cells"]
    assert after.internal.areas("microcells").frame.equals(before.internal.areas("microcells").frame)


def test_a_draft_is_not_continued(city: Path) -> None:
    first = newest(city)
    built(city)
    assert cells(built(city))["continues"] == first.id


def test_of_two_drafts_that_were_built_beside_each_other_one_is_approved(city: Path) -> None:
    one, other = built(city), built(city)
    assert run("approve", one.folder).code == 0
    refused = run("approve", other.folder)
    assert refused.code == 1
    assert f"the newest release that has any is {one.id}" in refused.err
    assert "fewer households than a cell has; build it again" in refused.err
    assert Store(city / "releases").state(other) == "draft"
    assert run("approve", built(city).folder).code == 0


def test_a_draft_that_continues_what_was_withdrawn_is_refused(city: Path) -> None:
    first, draft = newest(city), built(city)
    assert withdrawn(city, first).code == 0
    assert "and that one was withdrawn; build it again" in run("approve", draft.folder).err
    again = built(city)
    assert (cells(again)["number"], cells(again)["continues"]) == (1, None)
    assert run("approve", again.folder).code == 0


def test_the_line_goes_on_behind_one_that_was_withdrawn(city: Path) -> None:
    first, second = newest(city), built(city)
    run("approve", second.folder)
    assert withdrawn(city, second).code == 0
    assert cells(built(city))["continues"] == first.id


def test_a_release_built_on_an_earlier_day_is_the_newest_all_the_same(city: Path) -> None:
    result = pipeline.build(load_project(city), pipeline.silent, who="Test", today=date(2019, 1, 1))
    assert run("approve", result.release.folder).code == 0
    assert cells(built(city) and Store(city / "releases").releases()[-1])["continues"] == result.release.id


def test_another_minimum_needs_the_earlier_releases_withdrawn(city: Path) -> None:
    text = (city / "city.toml").read_text(encoding="utf-8")
    (city / "city.toml").write_text(
        text.replace('within = "stadtteile"\nind', 'within = "stadtteile"\nminimum = 6\nind')
    )
    for command in ("check", "build"):
        (fault,) = run(command, city, "--json").json["faults"]
        assert (fault["file"], fault["column"], fault["value"]) == ("city.toml", "microcells.minimum", "6")
        assert "cells of at least 4 households" in fault["what"]
        assert f"sozialraum withdraw DIR {newest(city).id} --reason" in fault["advice"]
    assert withdrawn(city, newest(city)).code == 0
    assert cells(built(city))["minimum"] == 6


def test_buildings_of_another_city_are_refused(city: Path) -> None:
    path = city / "deliveries" / "gebaeude.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\nG", "\nX"), encoding="utf-8")
    people = city / "deliveries" / f"personen_{REGISTER_YEAR}.csv"
    people.write_text(people.read_text(encoding="utf-8").replace(";G0", ";X0"), encoding="utf-8")
    (fault,) = run("build", city, "--json").json["faults"]
    assert (fault["file"], fault["column"]) == ("city.toml", "microcells.source")
    assert "no building in common" in fault["what"]


def test_a_vault_that_forgot_is_refused(city: Path) -> None:
    shutil.rmtree(city / "vault" / "microcells")
    (fault,) = run("build", city, "--json").json["faults"]
    assert fault["what"].endswith("are to be continued, and the vault does not remember them")
    assert newest(city).id in fault["advice"]


def test_what_is_remembered_of_a_withdrawn_release_is_listed_and_forgotten(city: Path) -> None:
    release = newest(city)
    assert run("retention", city, "--json").json["microcells"] == {"kept": [release.id], "unneeded": []}
    withdrawn(city, release)
    listed = run("retention", city)
    assert f"cells of {release.id}" in " ".join(listed.out.split())
    assert run("retention", city, "--json").json["microcells"] == {"kept": [], "unneeded": [release.id]}
    assert run("retention", city, "--forget", "--yes").code == 0
    assert list((city / "vault" / "microcells").iterdir()) == []


# --- what is in no cell ----------------------------------------------------------------------------------------------


def counts_of_area(release: Release, area: str) -> tuple[float | None, list[float | None]]:
    """Return how many persons an area and its cells have in the internal package; None where it is withheld."""
    frame = release.internal.counts.frame.filter(universe="persons", where="", period=REGISTER_YEAR)
    inside = release.internal.areas("microcells").frame.filter(parent=area)["code"]
    (whole,) = frame.filter(area_system="stadtteile", area=area)["value"]
    told = frame.filter(pl.col("area_system") == "microcells", pl.col("area").is_in(inside.implode()))
    assert told.height == len(inside)
    return whole, told["value"].to_list()


def span_of_rest(whole: float | None, told: list[float | None]) -> tuple[float, float]:
    """Return between which numbers the rest of an area must be, for whoever knows what is published."""
    bounds = [(value, value) if value is not None else (0, None) for value in [whole, *told]]
    relation = np.array([[1.0, *[-1.0] * (len(told) + 1)]])
    ends = []
    for sign in (1.0, -1.0):
        aim = np.zeros(len(told) + 2)
        aim[-1] = sign
        found = linprog(aim, A_eq=relation, b_eq=[0.0], bounds=[*bounds, (0, None)])
        ends.append(sign * found.fun if found.success else np.inf)
    return ends[0], ends[1]


@pytest.fixture
def waiting(city: Path) -> Path:
    """A house with two households, seven people, was built and waits for a cell."""
    move_in(city, "G0199", 2, 7)
    return city


def test_a_rest_of_few_households_can_not_be_worked_out(waiting: Path) -> None:
    release = built(waiting)
    changes = cells(release)["changes"]
    assert (changes["waiting_households"], changes["small_rests"]) == (2, ["01"])
    low, high = span_of_rest(*counts_of_area(release, "01"))
    assert high - low >= 4
    assert not low <= high == 7


def test_it_could_if_the_rest_were_not_one_more_cell(waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: seven people are more than any rule on numbers of people withholds."""
    monkeypatch.setattr(assemble, "withhold_thin", lambda counts, made, found: counts)
    assert span_of_rest(*counts_of_area(built(waiting), "01")) == (7, 7)


def test_areas_without_a_rest_tell_everything(waiting: Path) -> None:
    whole, told = counts_of_area(built(waiting), "04")
    assert whole == sum(value or 0 for value in told)


def test_a_rest_of_enough_households_leaves(city: Path) -> None:
    """One of the two houses of a cell is empty, so the other is in none; and so is a new one."""
    empty(city, "G0100")
    move_in(city, "G0199", 2, 7)
    after = built(city)
    assert cells(after)["changes"]["fallen"] == 1
    whole, told = counts_of_area(after, "01")
    assert (cells(after)["changes"]["left_households"], cells(after)["changes"]["waiting_households"]) == (2, 2)
    assert cells(after)["changes"]["small_rests"] == []
    assert None not in told
    assert whole is not None
    assert whole > sum(value or 0 for value in told)


def test_what_is_in_no_cell_is_in_the_package_of_nobody(waiting: Path) -> None:
    release = built(waiting)
    assert not any(code.endswith("rest") for code in areas_named(release))
    assert "rest" not in "".join(release.internal.areas("microcells").frame["code"])


def areas_named(release: Release) -> Iterator[str]:
    yield from release.internal.counts.frame["area"]
    yield from release.internal.values["area"]


def test_units_whose_building_nobody_knows_are_in_the_rest(city: Path) -> None:
    """They may be of one household: so nobody may know how many they are."""
    with (city / "sources" / "personen.toml").open("a", encoding="utf-8") as stream:
        stream.write('Stadtteil = { area = "stadtteile" }\n')
    register = city / "deliveries" / f"personen_{REGISTER_YEAR}.csv"
    head, *lines = register.read_text(encoding="utf-8").splitlines()
    told = [f"{line};{line.split(';')[2][1:3]}" for line in lines]
    lost = [f"V{number};Verloren;;{30 + number};w;02" for number in range(6)]
    register.write_text("\n".join([f"{head};Stadtteil", *told, *lost, ""]), encoding="utf-8")
    low, high = span_of_rest(*counts_of_area(built(city), "02"))
    assert high - low >= 4
