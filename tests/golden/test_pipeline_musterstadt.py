"""Musterstadt from deliveries to release: the released numbers are what the generator knew before any file was written.

A small town and some of its deliveries: a register with two that extend or accompany it, houses, official tables in
three formats, offers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from pipeline_samples import write_part
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.musterstadt import Town, make_town
from sozialraum.pipeline import BuildResult, silent
from sozialraum.releases import Depth, Release, diff_releases

YEAR = 2017
READ = {
    "personen",
    "haushalte",
    "sgb2",
    "arbeitslose",
    "gebaeude",
    "geburten",
    "einkommen",
    "kita",
    "angebote",
    "marktdaten",
}
HOME = "beobachtungsraeume"
LEVELS = {HOME: "area", "bezirke": "district"}
REFORMED = {"304", "305", "306"}
"""The first was divided into the other two, after the year that is looked at."""


@dataclass(frozen=True)
class Built:
    town: Town
    folder: Path
    result: BuildResult

    @property
    def release(self) -> Release:
        return self.result.release


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A built town: three years of tables, registers of the last."""
    folder, town = tmp_path_factory.mktemp("musterstadt"), make_town(houses=1_000, years=3)
    write_part(folder, town, READ, YEAR)
    return Built(town, folder, pipeline.build(load_project(folder), silent, who="Test"))


def by_area(town: Town, parts: NDArray[np.int64], system: str) -> dict[str, float]:
    """Add numbers of today's observation areas up to the areas of a system, as they were in a year and as they are.

    Tables of 2017 speak of an area that was divided in 2020; who is in a register is put into the areas of today.
    """
    if system == "stadt":
        return {"03999000": float(parts.sum())}
    names, index = town.parts(YEAR, LEVELS[system])
    found = dict(zip(names, np.bincount(index, weights=parts).tolist(), strict=True))
    return found | (dict(zip(town.plan.codes, parts.tolist(), strict=True)) if system == HOME else {})


# --- what the generator knows -----------------------------------------------------------------------------------------


def tallied(group: str) -> Callable[[Town], NDArray[np.int64]]:
    return lambda town: town.tally(YEAR)[group]


def persons(condition: pl.Expr) -> Callable[[Town], NDArray[np.int64]]:
    return lambda town: _in_areas(town, town.persons(YEAR).filter(condition))


def households(condition: pl.Expr) -> Callable[[Town], NDArray[np.int64]]:
    return lambda town: _in_areas(town, town.households(YEAR).filter(condition))


def _in_areas(town: Town, units: pl.DataFrame) -> NDArray[np.int64]:
    return np.bincount(town.houses.area[units["building"].to_numpy()], minlength=len(town.plan.codes))


def born(town: Town) -> NDArray[np.int64]:
    events = town.events(YEAR)
    return np.bincount(events.area[events.kind == 0], minlength=len(town.plan.codes))


COLUMNS = ("area", "value", "status")
age, sgb2 = pl.col("age"), pl.col("sgb2") == "yes"

KNOWN: dict[tuple[str, str], Callable[[Town], NDArray[np.int64]]] = {
    # universe, where
    ("persons", ""): tallied("residents"),
    ("persons", "age=18+"): tallied("adults"),
    ("persons", "age=65+"): tallied("old"),
    ("persons", "age=0-64"): tallied("below_65"),
    ("persons", "age=0-20"): tallied("below_21"),
    ("persons", "age=0-2;care=yes"): tallied("care_0_2"),
    ("persons", "age=3-5;care=yes"): tallied("care_3_5"),
    ("households", ""): tallied("households"),
    ("persons", "age=80+"): persons(age >= 80),
    ("persons", "sgb2=yes"): persons(sgb2),
    ("persons", "age=0-14;sgb2=yes"): persons((age < 15) & sgb2),
    ("persons", "nationality=foreign"): persons(pl.col("nationality") == "foreign"),
    ("persons", "age=65+;living_alone=yes"): persons((age >= 65) & (pl.col("living_alone") == "yes")),
    ("households", "household_size=1"): households(pl.col("household_size") == 1),
    ("births", ""): born,
}


@pytest.mark.parametrize("measure", KNOWN, ids=lambda measure: " ".join(measure).strip())
def test_counts_are_what_the_generator_knows(built: Built, measure: tuple[str, str]) -> None:
    universe, where = measure
    counts = built.release.internal.counts.frame.filter(universe=universe, where=where, period=str(YEAR))
    compared = 0
    for system in (HOME, "bezirke", "stadt"):
        known = by_area(built.town, KNOWN[measure](built.town), system)
        here = counts.filter(area_system=system)
        assert set(here["area"]) == set(known)
        assert set(here.filter(status="missing")["area"]) <= REFORMED
        for area, value, status in (
            here.filter(~pl.col("status").is_in(["suppressed", "missing"])).select(COLUMNS).rows()
        ):
            compared += 1
            assert value == known[area], (system, area)
            assert status == ("zero" if value == 0 else "ok")
    assert compared >= 4  # many numbers of so small a town are withheld


SHARES = {
    "anteil_ab_65": (tallied("old"), tallied("residents")),
    "betreuungsquote_unter_3": (tallied("care_0_2"), persons(age < 3)),
    "sgb2_quote": (persons((age < 65) & sgb2), tallied("below_65")),
    "auslaenderanteil": (persons(pl.col("nationality") == "foreign"), tallied("residents")),
    "einpersonenhaushalte": (households(pl.col("household_size") == 1), tallied("households")),
}


DIVIDED = {"betreuungsquote_unter_3", "betreuungsquote_3_bis_5"}
"""From a table that knows the areas of its time alone: those of today are estimated."""


@pytest.mark.parametrize("indicator", SHARES)
def test_values_follow_from_what_the_generator_knows(built: Built, indicator: str) -> None:
    top, base = (known(built.town) for known in SHARES[indicator])
    values = built.release.internal.values.filter(indicator=indicator, period=str(YEAR))
    estimated = pl.col("area").is_in(["305", "306"]) if indicator in DIVIDED else pl.lit(value=False)
    shown = values.filter(pl.col("value").is_not_null(), ~estimated)
    assert shown.height >= 7
    for system, area, value in shown.select("area_system", "area", "value").iter_rows():
        part, whole = by_area(built.town, top, system)[area], by_area(built.town, base, system)[area]
        assert value == pytest.approx(100 * part / whole), (system, area)


def test_the_mean_age_of_the_town(built: Built) -> None:
    (value,) = built.release.public.values.filter(indicator="durchschnittsalter", area_system="stadt")["value"]
    assert value == pytest.approx(built.town.persons(YEAR)["age"].mean())


def test_income_from_a_sheet_with_two_header_rows(built: Built) -> None:
    values = built.release.public.values.filter(indicator="einkommen_je_steuerpflichtigem")
    assert set(values["area_system"]) == {"bezirke", "stadt"}
    assert values["value"].drop_nulls().is_between(10_000, 100_000).all()


# --- who may see what -------------------------------------------------------------------------------------------------


def smallest_allowed(release: Release, universe: str, where: str, depth: Depth) -> int:
    policies = release.manifest["policies"]
    names = release.manifest["measures"][universe][where].split("+")
    return max(policies[name][depth]["minimum"] for name in names)


@pytest.mark.parametrize("depth", ["public", "internal"])
def test_no_count_of_units_is_below_the_minimum_of_its_policy(built: Built, depth: Depth) -> None:
    frame = built.release.package(depth).counts.frame
    units = frame.filter(~pl.col("universe").str.contains(".", literal=True), pl.col("value") > 0)
    assert units.height > 500
    for universe, where, system, value in units.select("universe", "where", "area_system", "value").iter_rows():
        minimum = smallest_allowed(built.release, universe, where, depth) if system != "microcells" else 3
        assert value >= minimum, (universe, where, system)


def test_the_town_has_numbers_that_must_be_withheld(built: Built) -> None:
    for row in built.result.suppression:
        assert row["cells"] >= row["primary"] + row["secondary"]
    assert sum(row["primary"] for row in built.result.suppression if row["depth"] == "public") > 50


def test_the_release_passes_its_audit(built: Built) -> None:
    assert built.result.audit_passed


def test_microcells_are_in_the_internal_package_alone(built: Built) -> None:
    public, internal = built.release.public, built.release.internal
    assert "microcells" not in public.area_systems
    assert "microcells" in internal.area_systems
    for package, held in ((public, False), (internal, True)):
        assert ("microcells" in set(package.values["area_system"])) is held
        assert ("microcells" in set(package.counts.frame["area_system"])) is held
    names = [path.name for path in public.folder.rglob("*") if "microcell" in path.name or "mikrozell" in path.name]
    assert names == ["microcells.toml"]  # the policy, in words


def test_microcells_add_up_to_their_area(built: Built) -> None:
    cells = built.release.internal.areas("microcells").frame.select(pl.col("code").alias("area"), "parent")
    values = built.release.internal.values.filter(area_system="microcells", indicator="einwohner")
    assert set(values["status"]) == {"ok"}
    found = dict(values.join(cells, on="area").group_by("parent").agg(pl.col("value").sum()).iter_rows())
    known = dict(zip(built.town.plan.codes, built.town.tally(YEAR)["residents"].tolist(), strict=True))
    assert found == known


# --- nobody is named --------------------------------------------------------------------------------------------------

PRIVATE = {"Personennummer", "Haushaltsnummer", "Nachname", "Vorname", "Einzug"}


def private_texts(folder: Path) -> set[str]:
    """Return names, numbers and dates of everybody in the register."""
    register = pl.read_csv(folder / "deliveries" / f"personen_{YEAR}.csv", separator=";", infer_schema=False)
    texts = {text for name in PRIVATE for text in register[name].unique()}
    assert len(texts) > 1_000
    return texts


def texts_in(folder: Path) -> Iterator[str]:
    """Yield every text in every table of a folder, and every string of its JSON documents."""
    for path in sorted(folder.rglob("*.parquet")):
        frame = pl.read_parquet(path)
        yield from frame.columns
        for name in frame.columns:
            if frame[name].dtype == pl.String or frame[name].dtype == pl.Enum:
                yield from frame[name].cast(pl.String).unique().drop_nulls()
    for path in sorted(folder.rglob("*.json")):
        yield from _strings(json.loads(path.read_text(encoding="utf-8")))


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        yield from content
        content = list(content.values())
    if isinstance(content, list):
        for part in content:
            yield from _strings(part)
    if isinstance(content, str):
        yield content


def test_no_name_and_no_number_of_a_person_is_in_a_release(built: Built) -> None:
    private, held = private_texts(built.folder), set(texts_in(built.release.folder))
    assert {"einwohner", "101", "101-000001"} <= held
    assert held & private == set()
    assert held & PRIVATE == set()


def test_the_search_would_find_them(built: Built, tmp_path: Path) -> None:
    register = pl.read_csv(built.folder / "deliveries" / f"personen_{YEAR}.csv", separator=";", infer_schema=False)
    register.write_parquet(tmp_path / "counts.parquet", compression="zstd")
    private, held = private_texts(built.folder), set(texts_in(tmp_path))
    assert held >= private | PRIVATE


def test_the_vault_keeps_files_for_their_owner_alone(built: Built) -> None:
    vault = built.folder / "vault"
    assert {path.stat().st_mode & 0o077 for path in [vault, *vault.rglob("*")]} == {0}
    assert (built.folder / ".key").stat().st_mode & 0o077 == 0
    assert (built.folder / ".signing-key").stat().st_mode & 0o077 == 0


# --- scores and types -------------------------------------------------------------------------------------------------

MSS = ("arbeitslosenanteil", "langzeitarbeitslose", "sgb2_quote", "kinder_in_sgb2")


@pytest.mark.parametrize("depth", ["public", "internal"])
def test_scores_of_the_districts_are_worked_out_again_in_plain_python(built: Built, depth: Depth) -> None:
    package = built.release.package(depth)
    values = package.values.filter(area_system="bezirke", period=str(YEAR), breakdown="")
    shares = [dict(values.filter(indicator=name).select("area", "value").iter_rows()) for name in MSS]
    areas = sorted(shares[0])
    sums = [sum(parts) for parts in zip(*(z([share[area] for area in areas]) for share in shares), strict=True)]
    scores = package.composites.filter(composite="mss", area_system="bezirke")
    assert dict(scores.select("area", "score").iter_rows()) == pytest.approx(dict(zip(areas, z(sums), strict=True)))
    assert len(areas) == 6


def z(values: Sequence[float]) -> list[float]:
    return [(value - fmean(values)) / pstdev(values) for value in values]


@pytest.mark.parametrize("depth", ["public", "internal"])
def test_an_area_with_a_withheld_input_has_no_score(built: Built, depth: Depth) -> None:
    package = built.release.package(depth)
    hidden = package.values.filter(pl.col("indicator").is_in(MSS), pl.col("breakdown") == "", status="suppressed")
    scores = package.composites.filter(composite="mss").join(hidden, on=["area_system", "area", "period"], how="semi")
    assert scores.height >= 10
    assert scores["score"].null_count() == scores.height
    assert set(scores["status"]) <= {"suppressed", "undefined", "missing"}


def test_neither_microcells_nor_the_town_have_scores_or_types(built: Built) -> None:
    for depth in ("public", "internal"):
        package = built.release.package(depth)
        assert set(package.composites["area_system"]) == {HOME, "bezirke"}
        assert {types.area_system for types in package.typologies} == {HOME}


def test_a_score_leads_down_to_the_rows_of_the_register(built: Built) -> None:
    """What `explain` says of a score, beside the files as they were delivered."""
    found = pipeline.explain(load_project(built.folder), "mss", "bezirke:5", str(YEAR)).as_json()
    (score,) = built.release.public.composites.filter(composite="mss", area_system="bezirke", area="5")["score"]
    assert found["published"]["score"] == score
    assert (found["published"]["release"], found["published"]["depth"]) == (built.release.id, "public")
    assert [one["input"] for one in found["inputs"]] == [*MSS]
    children = found["inputs"][3]
    numerator, denominator = children["delivered"]["terms"]
    assert children["published"]["value"] == pytest.approx(100 * numerator["value"] / denominator["value"])
    (trace,) = numerator["traces"]
    assert (trace["file"], trace["rows"]) == (f"personen_{YEAR}.csv", numerator["value"])
    supported = set(_delivered(built, "sgb2", "latin-1")["Personennummer"])
    register = _delivered(built, "personen", "utf-8-sig")
    districts = [built.town.plan.codes[area][0] for area in built.town.houses.area.tolist()]
    mine = [
        line
        for line, row in enumerate(register.iter_rows(named=True), 2)
        if districts[int(row["Gebäude"]) - 1] == "5"
        and row["Personennummer"] in supported
        and YEAR - int(row["Geburtsdatum"][-4:]) < 15  # on the last day of the year
    ]
    assert len(mine) == numerator["value"]
    assert list(trace["lines"]) == mine[: len(trace["lines"])]
    assert trace["lines"]


def _delivered(built: Built, name: str, encoding: str) -> pl.DataFrame:
    content = (built.folder / "deliveries" / f"{name}_{YEAR}.csv").read_text(encoding=encoding)
    return pl.read_csv(content.encode(), separator=";", infer_schema=False)


# --- again ------------------------------------------------------------------------------------------------------------


def test_built_again_it_is_the_same(built: Built) -> None:
    again = pipeline.build(load_project(built.folder), silent, who="Test").release
    for depth in ("public", "internal"):
        before, after = built.release.package(depth), again.package(depth)
        assert before.values.equals(after.values)
        assert before.counts.frame.equals(after.counts.frame)
        assert diff_releases(built.release, again, depth).empty
    files = [release.manifest["files"] for release in (built.release, again)]
    assert {name: entry for name, entry in files[0].items() if "audit" not in name} == {
        name: entry for name, entry in files[1].items() if "audit" not in name
    }


# --- characteristics of microcells ------------------------------------------------------------------------------------


def test_cells_tell_what_the_town_is_like(built: Built) -> None:
    profiles = built.release.internal.profiles
    assert profiles is not None
    frame = profiles.frame
    assert set(frame["attribute"]) == {"haushaltstyp", "familien", "eigentum", "kaufkraft"}
    assert set(frame["period"]) == {str(YEAR)}
    kinds = frame.filter(attribute="haushaltstyp", status="ok")["type"].value_counts(sort=True)
    known = built.town.households(YEAR)["household_type"].cast(pl.String).value_counts(sort=True)
    assert set(kinds["type"]) <= {*known["household_type"], "(none)"}
    shares = frame.filter(attribute="familien").filter(pl.col("value").is_not_null())
    assert shares["value"].is_between(0, 99).all()
    amounts = frame.filter(attribute="kaufkraft", status="ok")["value"]
    assert amounts.len() > 20
    assert amounts.is_between(5_000, 150_000).all()


def test_nothing_about_cells_is_public(built: Built) -> None:
    assert built.release.public.profiles is None
    assert not list((built.release.folder / "public").rglob("*profile*"))
