"""Areas that a planner drew: checked before anything is written, counted by the next build, protected as all are."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline_samples import SOUTH_WEST, houses, persons, run, tree, write_city
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.pipeline import BuildResult, silent

WEST, SOUTH = SOUTH_WEST["01"]
BORDER = 10.0635
"""West of here quarter 01 has all but two of its children below 6."""

Ring = list[tuple[float, float]]


def box(west: float, south: float, east: float, north: float) -> Ring:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


SOUND = box(WEST + 0.001, SOUTH + 0.001, WEST + 0.0113, SOUTH + 0.0073)


def drawing(folder: Path, *rings: Ring, names: tuple[str, ...] = (), kind: str = "Polygon", crs: str = "") -> Path:
    """Write what a drawing program saves."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": names[at]} if names else {},
            "geometry": {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring},
        }
        for at, ring in enumerate(rings)
    ]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "gezeichnet.geojson"
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write_city(tmp_path / "city")


def draw(city: Path, file: Path, *more: object, name: str = "muehle") -> Any:
    return run("area", city, file, "--name", name, "--title", "Mühlenviertel", *more, "--json")


# --- the command ------------------------------------------------------------------------------------------------------


def test_it_works(city: Path, tmp_path: Path) -> None:
    answer = draw(city, drawing(tmp_path, SOUND))
    assert answer.code == 0, answer.out
    assert answer.json["areas"] == [{"code": "1", "name": "Mühlenviertel", "hectares": 49.2}]
    assert answer.json["sources"] == ["gebaeude", "personen"]
    document = load_project(city).areas["muehle"]
    assert (document.title.de, document.parent, document.complete, document.depth) == (
        "Mühlenviertel",
        None,
        False,
        "public",
    )
    checked = run("check", city)
    assert checked.code == 0
    assert "lie in no area" not in checked.out, "who lives outside is no mistake"


def test_several_areas_keep_their_names_and_staff_alone_may_see_them(city: Path, tmp_path: Path) -> None:
    other = box(WEST + 0.013, SOUTH + 0.001, WEST + 0.018, SOUTH + 0.008)
    file = drawing(tmp_path, SOUND, other, names=("Am Wehr", " "))
    assert [area["name"] for area in draw(city, file, "--internal").json["areas"]] == ["Am Wehr", "Mühlenviertel 2"]
    assert load_project(city).areas["muehle"].depth == "internal"


def test_what_is_printed_says_what_comes_next(city: Path, tmp_path: Path) -> None:
    said = run("area", city, drawing(tmp_path, SOUND), "--name", "muehle", "--title", "Mühlenviertel").out
    assert "The next build counts it from single records: gebaeude, personen." in said
    assert "Next: sozialraum check" in said


CROSSING = [SOUND[0], SOUND[2], SOUND[1], SOUND[3], SOUND[0]]
TINY = box(WEST + 0.005, SOUTH + 0.005, WEST + 0.006, SOUTH + 0.0055)
BEYOND = box(WEST - 0.004, SOUTH + 0.001, WEST + 0.006, SOUTH + 0.008)
ELSEWHERE = box(8.0, 50.0, 8.02, 50.02)


@pytest.mark.parametrize(
    ("rings", "kind", "what"),
    [
        ([CROSSING], "Polygon", "the border is not sound: self-intersection"),
        ([TINY], "Polygon", "the area has only 0.38 ha"),
        ([BEYOND], "Polygon", "only 60% of the area lie inside Meine Stadt"),
        ([ELSEWHERE], "Polygon", "the area lies outside of Meine Stadt"),
        ([SOUND[:4]], "LineString", "this is a LineString, not a polygon"),
        ([SOUND, SOUND], "Polygon", "two areas overlap by 49.22 ha, and everybody would be counted in the first alone"),
    ],
)
def test_what_can_be_wrong_with_a_border(city: Path, tmp_path: Path, rings: list[Ring], kind: str, what: str) -> None:
    before = tree(city)
    answer = draw(city, drawing(tmp_path, *rings, kind=kind))
    assert (answer.code, answer.whats) == (1, {what})
    assert all(fault["advice"] for fault in answer.json["faults"])
    assert tree(city) == before, "nothing is written"


def test_an_entry_without_a_border_and_a_file_that_is_not_there(city: Path, tmp_path: Path) -> None:
    file = drawing(tmp_path, SOUND)
    empty = json.loads(file.read_text("utf-8"))
    empty["features"].append({"type": "Feature", "properties": {}, "geometry": None})
    file.write_text(json.dumps(empty), encoding="utf-8")
    assert draw(city, file).whats == {"there is no border"}
    assert draw(city, tmp_path / "nix.geojson").whats == {"there is no such file"}


def test_every_fault_at_once(city: Path, tmp_path: Path) -> None:
    answer = draw(city, drawing(tmp_path, CROSSING, TINY, names=("Am Wehr", "Ecke")))
    assert [fault["value"] for fault in answer.json["faults"]] == ["Ecke", "Am Wehr"]


def test_a_border_in_metres_says_which(city: Path, tmp_path: Path) -> None:
    metres = box(571_000, 5_794_500, 572_000, 5_795_500)
    answer = draw(city, drawing(tmp_path, metres))
    assert answer.whats == {"the file does not say its coordinate system"}
    assert "--crs EPSG:25832" in answer.json["faults"][0]["advice"]
    told = draw(city, drawing(tmp_path, metres), "--crs", "EPSG:25832")
    assert told.whats if told.code else load_project(city).areas["muehle"].crs == "EPSG:4326"


@pytest.mark.parametrize(("name", "code"), [("stadtteile", 1), ("Mühle", 2), ("1a", 2)])
def test_what_can_be_wrong_with_the_name(city: Path, tmp_path: Path, name: str, code: int) -> None:
    assert draw(city, drawing(tmp_path, SOUND), name=name).code == code


def test_nothing_lies_in_a_drawn_area(city: Path, tmp_path: Path) -> None:
    draw(city, drawing(tmp_path, SOUND))
    document = city / "areas" / "stadtteile.toml"
    document.write_text(document.read_text("utf-8").replace('parent = "stadt"', 'parent = "muehle"'), encoding="utf-8")
    assert run("check", city, "--json").whats == {"these areas do not fill the territory, so nothing can lie in them"}


def test_a_drawn_area_has_no_parent(city: Path, tmp_path: Path) -> None:
    draw(city, drawing(tmp_path, SOUND))
    with (city / "areas" / "muehle.toml").open("a", encoding="utf-8") as document:
        document.write('parent = "stadt"\n')
    (what,) = run("check", city, "--json").whats
    assert "have no parent" in what


# --- what the release tells of it -------------------------------------------------------------------------------------


def built(city: Path) -> BuildResult:
    return pipeline.build(load_project(city), silent, who="Test", today=date(2026, 5, 1))


def told(result: BuildResult, where: str) -> dict[str, float | None]:
    """Numbers of persons by area in the register's year."""
    counts = result.release.public.counts.frame.filter(universe="persons", where=where)
    return dict(counts.filter(period=counts["period"].max()).select("area", "value").iter_rows())


def lived_in(ring: Ring, ages: range = range(200)) -> int:
    """How many people live in a box, by the places of their houses."""
    (west, south), (east, north) = ring[0], ring[2]
    place = {house: (x, y) for house, _, x, y in houses()}
    return sum(
        west < place[p.house][0] < east and south < place[p.house][1] < north and p.age in ages for p in persons()
    )


def test_a_drawn_area_has_the_numbers_of_those_who_live_in_it(city: Path, tmp_path: Path) -> None:
    draw(city, drawing(tmp_path, SOUND))
    result = built(city)
    assert told(result, "")["1"] == lived_in(SOUND) > 50
    value = result.release.public.values.filter(area_system="muehle", indicator="anteil_unter_6").row(0, named=True)
    assert (value["area"], value["status"]) == ("1", "ok")
    assert value["value"] == pytest.approx(100 * lived_in(SOUND, range(6)) / lived_in(SOUND))
    assert result.audit_passed
    assert run("verify", result.release.folder).code == 0


def test_ready_made_tables_know_nothing_of_it(city: Path, tmp_path: Path) -> None:
    draw(city, drawing(tmp_path, SOUND))
    counts = built(city).release.public.counts.frame.filter(area_system="muehle")
    assert set(counts.filter(pl.col("value").is_not_null())["period"]) == {"2025"}


def test_of_a_small_group_nothing_is_told(city: Path, tmp_path: Path) -> None:
    small = box(WEST + 0.0015, SOUTH + 0.0015, WEST + 0.006, SOUTH + 0.003)
    children = lived_in(small, range(6))
    assert 0 < children < 3
    draw(city, drawing(tmp_path, small))
    result = built(city)
    assert told(result, "age=0-5")["1"] is None
    (status,) = result.release.public.values.filter(area_system="muehle", indicator="anteil_unter_6")["status"]
    assert status == "suppressed"
    assert result.audit_passed


LEAVING_FEW = box(WEST, SOUTH, BORDER, SOUTH + 0.014)


def test_what_a_drawn_area_leaves_of_a_quarter_is_protected(city: Path, tmp_path: Path) -> None:
    draw(city, drawing(tmp_path, LEAVING_FEW))
    true = lived_in(box(WEST, SOUTH, WEST + 0.02, SOUTH + 0.014), range(6)), lived_in(LEAVING_FEW, range(6))
    assert 0 < true[0] - true[1] < 3, "otherwise this test shows nothing"
    result = built(city)
    found = told(result, "age=0-5")
    assert None in (found["01"], found["1"])
    assert result.audit_passed


def test_without_the_atoms_it_would_follow(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each number alone is harmless, and the audit finds what they tell together."""
    draw(city, drawing(tmp_path, LEAVING_FEW))
    monkeypatch.setattr("sozialraum.pipeline.overlays.overlapping", lambda systems: ())
    result = built(city)
    found = told(result, "age=0-5")
    assert None not in (found["01"], found["1"])
    assert not result.audit_passed
