"""Ten releases of a village whose table is corrected again and again: together they tell no more than they may."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
import shapely

from pipeline_samples import run, write_lines
from sozialraum import pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import load_project
from sozialraum.errors import NotAllowedError
from sozialraum.musterstadt import write_template
from sozialraum.pipeline import silent
from sozialraum.releases import Release, Store
from sozialraum.tables import VALUE_KEY

title = "Ten releases"

RELEASES = 10
AREAS, YEARS = 7, ("2022", "2023")
HEADER = "Jahr;Stadtteil;Einwohner;unter 6;6 bis 17;65 und älter"


@dataclass
class Village:
    """Its folder, and what its table says: by year and area persons and three ages."""

    folder: Path
    table: dict[tuple[str, str], list[int]]

    @classmethod
    def at(cls, folder: Path) -> Village:
        write_template(folder, "empty")
        source = folder / "sources" / "einwohner.toml"
        source.write_text(source.read_text(encoding="utf-8").replace('"official_statistics"', '"small_cells"'))
        chance = random.Random(1)
        ages = {
            (year, f"{area:02}"): [chance.choice([2, 4, 7, 9, 12, 20]), chance.choice([3, 6, 8, 15, 30]), 20 + area]
            for year in YEARS
            for area in range(1, AREAS + 1)
        }
        village = cls(folder, {key: [sum(several) + 60, *several] for key, several in ages.items()})
        village.deliver()
        return village

    def deliver(self) -> None:
        squares = [
            {
                "type": "Feature",
                "properties": {"nr": f"{area:02}", "name": f"Ortsteil {area}"},
                "geometry": shapely.geometry.mapping(shapely.box(10 + area / 100, 52.3, 10.01 + area / 100, 52.31)),
            }
            for area in range(1, AREAS + 1)
        ]
        plan = {"type": "FeatureCollection", "features": squares}
        (self.folder / "deliveries" / "stadtteile.geojson").write_text(json.dumps(plan), encoding="utf-8")
        rows = [f"{year};{area};{';'.join(map(str, numbers))}" for (year, area), numbers in self.table.items()]
        write_lines(self.folder / "deliveries" / "einwohner.csv", HEADER, rows)

    def correct(self, turn: int) -> None:
        """Somebody finds a wrong entry: a child too many or too few in one quarter, or a typing error."""
        chance = random.Random(turn)
        numbers = self.table[chance.choice(sorted(self.table))]
        column, change = chance.choice([1, 2]), chance.choice([-3, -2, 2, 3, 9])
        change = max(change, -numbers[column])
        numbers[column] += change
        numbers[0] += change
        self.deliver()

    def release(self) -> tuple[Release, bool]:
        made = pipeline.build(load_project(self.folder), silent, who="Test")
        return made.release, made.audit_passed

    def show(self, release: Release) -> None:
        store = Store(self.folder / "releases")
        pipeline.approve(store, release, "Test")
        pipeline.publish(store, release, "Test")


@dataclass(frozen=True)
class Line:
    """A line of releases, and what the table said at each."""

    village: Village
    releases: list[Release]
    tables: list[dict[tuple[str, str], list[int]]]
    passed: list[bool]

    @property
    def folders(self) -> list[Path]:
        return [release.folder for release in self.releases]


def line(folder: Path) -> Line:
    """Publish one release after the other, as long as it is allowed."""
    found = Line(Village.at(folder), [], [], [])
    for turn in range(RELEASES):
        if turn:
            found.village.correct(turn)
        release, passed = found.village.release()
        found.releases.append(release)
        found.passed.append(passed)
        found.tables.append({key: [*numbers] for key, numbers in found.village.table.items()})
        if not passed:
            return found
        found.village.show(release)
    return found


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Line:
    return line(tmp_path_factory.mktemp("village"))


@pytest.fixture(scope="module")
def naive(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """The same, but the door hears nothing of earlier releases: each is protected on its own."""
    module = sys.modules["sozialraum.pipeline.crossing"]
    with pytest.MonkeyPatch.context() as patched:
        for name in ("known_from", "withheld_in"):
            patched.setattr(module, name, lambda releases, depth: None)
        return line(tmp_path_factory.mktemp("naive"))


def test_ten_releases_pass_together(remembering: Line) -> None:
    assert remembering.passed == [True] * RELEASES
    report = audit_release(remembering.folders[-1], remembering.folders[:-1])
    assert report.passed, str(report)
    assert len(report.parameters["together_with"]) == RELEASES - 1
    assert len(report.suppressed) > 0


def test_what_was_withheld_stays_withheld(remembering: Line) -> None:
    key = ["universe", "where", "area_system", "area", "period"]
    ever: set[tuple[str, ...]] = set()
    for release in remembering.releases:
        counts = release.public.counts.frame
        hidden = set(counts.filter(status="suppressed").select(key).rows())
        assert ever <= hidden
        ever |= hidden
    assert len(ever) < 0.7 * counts.height, "something is still told"


def test_what_is_told_is_true(remembering: Line) -> None:
    for release, table in zip(remembering.releases, remembering.tables, strict=True):
        told = release.public.counts.frame.filter(area_system="stadtteile", where="age=0-5").drop_nulls("value")
        for area, period, value in told.select("area", "period", "value").iter_rows():
            assert value == table[period, area][1]


def test_the_naive_line_ends_with_a_named_cell(naive: Line) -> None:
    """It can not be approved: a number that one release hid follows now, and the audit says which it was."""
    assert not naive.passed[-1]
    *before, last = naive.folders
    assert audit_release(last).passed, "on its own it says nothing"
    report = audit_release(last, before)
    exact = [finding for finding in report.exposed if finding.kind == "exact"]
    assert exact
    columns = {"": 0, "age=0-5": 1, "age=6-17": 2}
    true = 0
    for finding in exact:
        place = finding.place
        if place.area_system == "stadtteile" and place.where in columns:
            ever = {table[place.period, place.area][columns[place.where]] for table in naive.tables}
            true += finding.low in ever
    assert true > 0
    with pytest.raises(NotAllowedError, match="fails the disclosure audit"):
        pipeline.approve(Store(naive.village.folder / "releases"), naive.releases[-1], "Test")


def test_the_manifest_names_the_releases_that_were_looked_at(remembering: Line) -> None:
    ids = [release.id for release in remembering.releases]
    assert [release.manifest["earlier"] for release in remembering.releases] == [ids[:n] for n in range(RELEASES)]


def test_the_summary_says_how_much_is_withheld_for_the_sake_of_earlier_ones(remembering: Line) -> None:
    first, last = (
        sum(row["secondary"] for row in release.manifest["suppression"] if row["depth"] == "public")
        for release in (remembering.releases[0], remembering.releases[-1])
    )
    assert first < last


def test_verify_attacks_them_together(remembering: Line) -> None:
    answer = run("verify", remembering.folders[-1], "--json").json
    assert answer["passed"]
    assert answer["audit"]["parameters"]["together_with"] == [release.id for release in remembering.releases[:-1]]
    assert "Attacked together with" in run("verify", remembering.folders[2]).out


def test_of_two_drafts_the_second_is_attacked_again(remembering: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft that was built before another one was approved did not look at that one."""
    village = remembering.village
    early, _ = village.release()
    late, passed = village.release()
    assert passed
    village.show(late)
    seen = []
    module = sys.modules["sozialraum.pipeline.approval"]
    attack = module.audit_together
    monkeypatch.setattr(module, "audit_together", lambda folder: seen.append(folder) or attack(folder))
    village.show(early)
    assert seen
    assert set(seen) == {early.folder}


def test_withheld_numbers_are_missing_from_values_too(remembering: Line) -> None:
    values = remembering.releases[-1].public.values
    assert values.filter(status="suppressed")["value"].drop_nulls().is_empty()
    assert values.filter(pl.col("value").is_not_null()).height


def test_a_number_that_was_told_otherwise_before_is_marked_as_revised(remembering: Line) -> None:
    found = 0
    for earlier, later in pairwise(remembering.releases):
        both = later.public.values.join(earlier.public.values, on=VALUE_KEY, suffix="_before")
        told_otherwise = (pl.col("value") - pl.col("value_before")).abs() > 1e-9
        expected = both["revision_before"] + both.select(told_otherwise.fill_null(value=False)).to_series()
        assert both["revision"].to_list() == expected.to_list()
        found += int(both["revision"].sum())
    assert found
    assert remembering.releases[0].public.values["revision"].sum() == 0
