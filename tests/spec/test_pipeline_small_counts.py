"""Small count rounding from deliveries to the release: what was small is 0 or the base, and all tables add up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from pipeline_samples import REGISTER_YEAR, persons, run, write_city, write_lines
from sozialraum import pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import load_project
from sozialraum.releases import Release, Store

title = "Small counts, rounded"

BASE = 5
POLICY = """\
title.de = "Register"
why.de = "Zum Schutz der Gezählten."
[public]
method = "small_counts"
small_counts = { base = 5 }
minimum = 0
"""
BOTH = POLICY + '[internal]\nmethod = "small_counts"\nsmall_counts = { base = 5 }\nminimum = 0\n'
PUBLIC = POLICY + "[internal]\nminimum = 0\nsecondary = false\ncomplement = false\n"
ON = ["universe", "where", "area_system", "area", "period"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city, whose table of the years before is open data: so no other rule withholds anything."""
    folder = write_city(tmp_path_factory.mktemp("city"))
    (folder / "policies").mkdir(exist_ok=True)
    source = folder / "sources" / "einwohner.toml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('"official_statistics"', '"open_data"'), encoding="utf-8")
    return folder


def with_policy(city: Path, folder: Path, text: str) -> Path:
    shutil.copytree(city, folder)
    (folder / "policies" / "register.toml").write_text(text, encoding="utf-8")
    return folder


def built(folder: Path) -> Release:
    result = pipeline.build(load_project(folder), pipeline.silent, who="Test")
    assert result.audit_passed
    return result.release


@pytest.fixture(scope="module")
def release(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return built(with_policy(city, tmp_path_factory.mktemp("both") / "city", BOTH))


@pytest.fixture(scope="module")
def beside_exact(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release without microcells, whose internal package shows all numbers as they are."""
    folder = with_policy(city, tmp_path_factory.mktemp("public") / "city", PUBLIC)
    (folder / "city.toml").write_text((city / "city.toml").read_text("utf-8").partition("[microcells]")[0], "utf-8")
    return built(folder)


def people(release: Release, depth: str = "public") -> pl.DataFrame:
    counts = pl.read_parquet(release.folder / depth / "counts.parquet")
    return counts.filter(period=REGISTER_YEAR, universe="persons")


def test_no_number_is_small(release: Release) -> None:
    for depth in ("public", "internal"):
        values = people(release, depth)["value"].drop_nulls()
        assert len(values) > 20
        assert not values.is_between(1, BASE - 1).any()


def test_there_were_small_numbers(beside_exact: Release) -> None:
    """The control: the same city without rounding has them."""
    assert people(beside_exact, "internal")["value"].is_between(1, BASE - 1).sum() >= 3


def test_areas_add_up(release: Release) -> None:
    """In every measure: quarters fill the city, cells and what they leave of it a quarter."""
    counts = people(release)
    quarters = counts.filter(area_system="stadtteile").group_by("where").agg(pl.col("value").sum())
    both = counts.filter(area_system="stadt").join(quarters, on="where")
    assert both.height > 20
    assert (both["value"] == both["value_right"]).all()


def test_ages_add_up(release: Release) -> None:
    """Whatever is asked of the youngest is asked of the same rounded children."""
    by_measure = {(where, area): value for _, where, _, area, _, value, _ in people(release).iter_rows()}
    areas = {area for _, area in by_measure}
    for area in areas:
        young, children, all_of_them = (by_measure[where, area] for where in ("age=0-2", "age=0-17", ""))
        assert young <= children <= all_of_them
        assert by_measure["age=65+", area] + children <= all_of_them


def test_both_packages_have_the_same_numbers(release: Release) -> None:
    both = people(release).join(people(release, "internal"), on=ON)
    assert both.height == people(release).height
    assert (both["value"] == both["value_right"]).all()


def test_microcells_are_rounded_too(release: Release) -> None:
    """A cell is a number that staff see, so inner cells are cut along cells; they fill their quarter."""
    counts = people(release, "internal").filter(where="")
    cells = counts.filter(area_system="microcells")
    assert cells.height > 10
    within = cells.group_by(area=pl.col("area").str.replace(r"-\d+$", "")).agg(pl.col("value").sum())
    quarters = counts.filter(area_system="stadtteile").join(within, on="area")
    assert (quarters["value_right"] <= quarters["value"]).all()


def test_only_what_is_small_moves_far(beside_exact: Release) -> None:
    """The manifest says how far the furthest number was moved; it is as measured, and not far."""
    both = people(beside_exact).join(people(beside_exact, "internal"), on=ON)
    moved = (both["value"] - both["value_right"]).abs()
    (told,) = beside_exact.manifest["small_counts"]
    assert told == {
        "depth": "public",
        "universe": "persons",
        "period": REGISTER_YEAR,
        "numbers": both.height,
        "moved": int((moved > 0).sum()),
        "largest": moved.max(),
    }
    assert told["moved"] > 0
    assert told["largest"] <= 2 * BASE
    untouched = both.filter(pl.col("where") == "", pl.col("area_system") == "stadt")
    assert untouched["value_right"].item() == len(persons())


def test_the_same_deliveries_give_the_same_numbers(city: Path, tmp_path: Path) -> None:
    folder = with_policy(city, tmp_path / "city", BOTH)
    assert people(built(folder)).equals(people(built(folder)))


def test_the_manifest_says_what_was_changed_and_how(release: Release) -> None:
    manifest = json.loads((release.folder / "manifest.json").read_text(encoding="utf-8"))
    assert {"universe": "persons", "where": "", "policy": "register", "periods": [REGISTER_YEAR]} in manifest["changed"]
    assert manifest["policies"]["register"]["public"]["small_counts"] == {"base": BASE}


def test_a_number_put_back_by_hand_is_found(beside_exact: Release, tmp_path: Path) -> None:
    """Somebody writes a true number over a rounded one: the audit names it."""
    folder = tmp_path / beside_exact.id
    shutil.copytree(beside_exact.folder, folder)
    path = folder / "public" / "counts.parquet"
    counts, exact = pl.read_parquet(path), people(beside_exact, "internal")
    small = exact.filter(pl.col("value").is_between(1, BASE - 1), area_system="stadtteile").row(0)
    same = pl.all_horizontal(pl.col(name) == value for name, value in zip(ON, small, strict=False))
    counts.with_columns(value=pl.when(same).then(pl.lit(small[5])).otherwise("value")).write_parquet(path)
    (finding, *_) = audit_release(folder).exposed
    assert finding.kind == "unchanged"
    assert (finding.place.where, finding.place.area) == (small[1], small[3])
    assert f"no number lies from 1 up to below {BASE}" in finding.how


def test_the_next_release_of_a_corrected_register_passes_with_the_first(city: Path, tmp_path: Path) -> None:
    folder = with_policy(city, tmp_path / "city", BOTH)
    store = Store(folder / "releases")
    first = built(folder)
    pipeline.approve(store, first, "Test")
    pipeline.publish(store, first, "Test")
    kept = [f"{p.number};{p.name};{p.house};{p.age};{p.sex}" for place, p in enumerate(persons()) if place % 50]
    register = folder / "deliveries" / f"personen_{REGISTER_YEAR}.csv"
    write_lines(register, "Nr;Nachname;Gebäude;Alter;Geschlecht", kept)
    second = built(folder)
    assert second.audit["parameters"]["together_with"] == [first.id]
    assert not people(first).equals(people(second))
    pipeline.approve(store, second, "Test")


WITHHELD = BOTH.replace(
    'method = "small_counts"\nsmall_counts = { base = 5 }\nminimum = 0', "minimum = 5\nsuppression = { seconds = 0.5 }"
)


@pytest.mark.parametrize(("before", "after"), [(WITHHELD, BOTH), (BOTH, WITHHELD)], ids=["rounds", "withholds"])
def test_a_policy_may_change_its_method_from_release_to_release(city: Path, tmp_path: Path, before, after) -> None:
    """True numbers and rounded ones of the same people: what the one withholds does not follow from the other."""
    folder = with_policy(city, tmp_path / "city", before)
    store = Store(folder / "releases")
    pipeline.approve(store, built(folder), "Test")
    (folder / "policies" / "register.toml").write_text(after, encoding="utf-8")
    pipeline.approve(store, built(folder), "Test")


def test_a_table_under_such_a_policy_is_refused(city: Path, tmp_path: Path) -> None:
    folder = with_policy(city, tmp_path / "city", BOTH)
    source = folder / "sources" / "einwohner.toml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('"open_data"', '"register"'), encoding="utf-8")
    answer = run("build", folder, "--json")
    assert answer.code == 1
    (fault,) = answer.json["faults"]
    assert (fault["file"], fault["column"]) == ("sources/einwohner.toml", "policy")
    assert "rounds the small groups among single records" in fault["what"]
