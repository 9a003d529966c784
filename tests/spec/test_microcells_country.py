"""A folder of municipalities becomes a folder of cells: the same cells as alone, all faults at once, and it goes on."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from sozialraum.areas.geoparquet import read_geoparquet, write_geoparquet
from sozialraum.cli import app
from sozialraum.errors import BusyError, DeliveryError, InputError
from sozialraum.microcells import Formation, Reading, country, form_cells, write_cells
from sozialraum.microcells.country import form_country
from sozialraum.microcells.runs import open_run

READING = Reading(crs="EPSG:25832")
CODES = ("05111000", "05113000", "05117000", "05119000")


def village(seed: int, count: int = 60, areas=("Nord", "Süd")) -> pl.DataFrame:
    """Houses of a few streets; ids and areas are called the same in every village."""
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "building": [f"H{number:03}" for number in range(count)],
            "area": [areas[number % len(areas)] for number in range(count)],
            "street": [f"Weg {number // 12}" for number in range(count)],
            "house_number": [str(number % 12 + 1) for number in range(count)],
            "x": 360_000.0 + 20_000 * seed + random.uniform(0, 600, count),
            "y": 5_700_000.0 + random.uniform(0, 600, count),
            "households": random.choice([0, 1, 1, 2, 3, 9], count),
        }
    ).sample(fraction=1, shuffle=True, seed=seed)


VILLAGES = {code: village(number) for number, code in enumerate(CODES)}


def delivery(folder: Path, villages: dict[str, pl.DataFrame] = VILLAGES) -> Path:
    source = folder / "delivery"
    source.mkdir(exist_ok=True)
    for code, houses in villages.items():
        houses.write_parquet(source / f"{code}.parquet")
    return source


def named(villages: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Villages whose areas are called like nobody else's."""
    return {
        code: houses.with_columns(pl.format(f"{code}-{{}}", "area").alias("area")) for code, houses in villages.items()
    }


def files(target: Path) -> dict[str, bytes]:
    """All that a run leaves, but for its record, whose lines come in the order in which they were finished."""
    found = (file for file in target.rglob("*") if file.is_file() and file.name != "_run.jsonl")
    return {str(file.relative_to(target)): file.read_bytes() for file in found}


def formed(folder: Path, villages=VILLAGES, name="cells", options=None, **keywords):
    return form_country(delivery(folder, villages), folder / name, options, reading=READING, **keywords)


def faults(call) -> list[tuple[str, int, str, str]]:
    with pytest.raises(InputError) as caught:
        call()
    return [(Path(fault.file).name, fault.line, fault.column, fault.what) for fault in caught.value.faults]


@pytest.mark.parametrize("villages", [VILLAGES, named(VILLAGES)], ids=["areas in common", "areas of their own"])
@pytest.mark.parametrize("threads", [1, 2])
def test_every_municipality_gets_the_file_it_would_get_alone(tmp_path, villages, threads):
    formed(tmp_path, villages, options=Formation(threads=threads))
    for code, houses in villages.items():
        write_cells(tmp_path / "alone.parquet", form_cells(houses))
        assert (tmp_path / "cells" / f"{code}.parquet").read_bytes() == (tmp_path / "alone.parquet").read_bytes()


def test_the_report_is_that_of_all_houses_together(tmp_path):
    villages = named(VILLAGES)
    villages["05111000"] = villages["05111000"].with_columns(
        area=pl.when(pl.col("building") == "H007").then(pl.lit("05111000-Insel")).otherwise("area"),
        households=pl.when(pl.col("building") == "H007").then(2).otherwise("households"),
    )
    marked = [houses.with_columns(building=pl.lit(code) + pl.col("building")) for code, houses in villages.items()]
    whole = form_cells(pl.concat(marked)).quality.as_json()
    found = formed(tmp_path, villages).quality.as_json()
    for spread in ("households_per_cell", "diameter"):
        assert found.pop(spread) == pytest.approx(whole.pop(spread))
    assert found == whole
    assert found["areas_without_cells"] == [{"area": "05111000-Insel", "buildings": 1, "households": 2}]
    assert json.loads((tmp_path / "cells" / "quality.json").read_text())["cells"] == whole["cells"]


def test_the_measures_of_all_cells_are_written_with_their_municipality(tmp_path):
    formed(tmp_path)
    measures = pl.read_parquet(tmp_path / "cells" / "_cells" / "*.parquet")
    for code, houses in VILLAGES.items():
        own = measures.filter(municipality=code).drop("municipality")
        assert_frame_equal(own, form_cells(houses).cells)


def test_a_municipality_may_be_a_folder_of_several_files(tmp_path):
    parts = tmp_path / "delivery" / "municipality=05113000" / "year=2024"
    parts.mkdir(parents=True)
    houses = VILLAGES["05113000"]
    for number, part in enumerate((houses.head(20), houses.slice(20), houses.clear())):
        part.write_parquet(parts / f"part-{number}.parquet")
    (parts.parent / "_SUCCESS").touch()
    (parts / ".part-0.parquet.crc").touch()
    form_country(tmp_path / "delivery", tmp_path / "hive", reading=READING)
    write_cells(tmp_path / "alone.parquet", form_cells(houses))
    assert (tmp_path / "hive" / "05113000.parquet").read_bytes() == (tmp_path / "alone.parquet").read_bytes()


def test_geoparquet_gives_the_cells_of_plain_parquet(tmp_path):
    formed(tmp_path, named(VILLAGES), "plain")
    for code, houses in named(VILLAGES).items():
        points = shapely.points(houses["x"].to_numpy(), houses["y"].to_numpy())
        write_geoparquet(tmp_path / "delivery" / f"{code}.parquet", houses.drop("x", "y"), points, "EPSG:25832")
    form_country(tmp_path / "delivery", tmp_path / "geo")
    assert files(tmp_path / "geo") == files(tmp_path / "plain")


def test_without_areas_a_municipality_is_its_own_area(tmp_path):
    villages = {code: houses.drop("area") for code, houses in VILLAGES.items()}
    formed(tmp_path, villages)
    frame, _, _ = read_geoparquet(tmp_path / "cells" / "05117000.parquet", "cells")
    alone = form_cells(villages["05117000"].with_columns(area=pl.lit("05117000")))
    assert frame.rows() == alone.members.select("building", "cell", "area").rows()
    assert frame["cell"][0].startswith("05117000-")


def test_a_large_municipality_is_worked_on_by_all_threads(tmp_path, monkeypatch):
    formed(tmp_path, name="small")
    monkeypatch.setattr(country, "LARGE", 50)
    formed(tmp_path, name="large", options=Formation(threads=2))
    assert files(tmp_path / "large").keys() >= {f"{code}.parquet" for code in CODES}
    for code in CODES:
        both = [(tmp_path / name / f"{code}.parquet").read_bytes() for name in ("small", "large")]
        assert both[0] == both[1]


def test_progress_tells_houses_done_of_all(tmp_path):
    heard = []
    formed(tmp_path, tell=lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 240)
    assert heard[-1] == (240, 240)


def test_a_municipality_without_households_has_no_cells(tmp_path):
    empty = VILLAGES["05113000"].with_columns(households=pl.lit(0, pl.Int64))
    found = formed(tmp_path, {**VILLAGES, "05113000": empty})
    frame, points, _ = read_geoparquet(tmp_path / "cells" / "05113000.parquet", "cells")
    assert (frame.height, len(points)) == (0, 0)
    assert found.quality.buildings_without_households >= 60
    assert found.quality.households_lost == 0


def test_a_country_without_households_has_a_report(tmp_path):
    empty = VILLAGES["05113000"].with_columns(households=pl.lit(0, pl.Int64))
    quality = formed(tmp_path, {"05113000": empty}).quality
    assert (quality.cells, quality.buildings, quality.diameter, quality.one_street_share) == (0, 0, None, None)


def test_all_faults_come_at_once_and_the_other_municipalities_are_finished(tmp_path):
    villages = {
        **named(VILLAGES),
        "05113000": VILLAGES["05113000"].drop("households"),
        "05117000": VILLAGES["05117000"].with_columns(households=pl.Series([-1, *[2] * 59])),
    }
    source = delivery(tmp_path, villages)
    (source / "05118000.parquet").write_bytes(b"PAR1 and no more")
    (source / "municipality=05120000").mkdir()
    found = faults(lambda: form_country(source, tmp_path / "cells", reading=READING))
    assert found == [
        ("05113000.parquet", 0, "households", "the file does not say how many households a building has"),
        ("05117000.parquet", 1, "households", "a house can not have fewer than 0 households"),
        ("05118000.parquet", 0, "", "the Parquet file is cut off or damaged"),
        ("municipality=05120000", 0, "", "there is no Parquet file in the municipality's folder"),
    ]
    left = sorted(file.name for file in (tmp_path / "cells").iterdir())
    assert left == ["05111000.parquet", "05119000.parquet", "_cells", "_run.jsonl"]

    (source / "05118000.parquet").unlink()
    (source / "municipality=05120000").rmdir()
    repaired = formed(tmp_path, named(VILLAGES))
    assert (repaired.municipalities, repaired.taken_over) == (4, 2)


def test_a_file_without_rows_is_a_fault(tmp_path):
    found = faults(lambda: formed(tmp_path, {**VILLAGES, "05113000": VILLAGES["05113000"].clear()}))
    assert found == [("05113000.parquet", 0, "", "the file has columns and no data")]


def test_rows_of_a_municipality_of_several_files_are_named_by_their_file(tmp_path):
    folder = tmp_path / "delivery" / "ags=05113000"
    folder.mkdir(parents=True)
    houses = VILLAGES["05113000"]
    houses.head(20).write_parquet(folder / "a.parquet")
    houses.slice(20).with_columns(households=pl.Series([2] * 39 + [-5])).write_parquet(folder / "b.parquet")
    found = faults(lambda: form_country(folder.parent, tmp_path / "cells", reading=READING))
    assert found == [("b.parquet", 40, "households", "a house can not have fewer than 0 households")]


def test_after_many_faults_no_more_municipalities_are_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(country, "ENOUGH_FAULTS", 1)
    monkeypatch.setattr(country, "PORTION", 1)
    source = delivery(tmp_path)
    found = faults(lambda: form_country(source, tmp_path / "cells", Formation(threads=1)))
    assert ("crs", "a table with x and y does not say its CRS") in {fault[2:] for fault in found}
    assert any("municipalities were not looked at" in fault[3] for fault in found)


def test_an_empty_folder_is_a_fault(tmp_path):
    assert faults(lambda: formed(tmp_path, {})) == [("delivery", 0, "", "there is no municipality in the folder")]
    assert not (tmp_path / "cells").exists()


def test_a_municipality_that_is_there_twice_is_a_fault(tmp_path):
    again = delivery(tmp_path) / "municipality=05113000"
    again.mkdir()
    VILLAGES["05113000"].write_parquet(again / "part-0.parquet")
    what = "the municipality is there more than once"
    assert faults(lambda: formed(tmp_path)) == [("05113000.parquet", 0, "", what), ("part-0.parquet", 0, "", what)]


def test_what_is_no_parquet_is_noted(tmp_path):
    (delivery(tmp_path) / "05100000.csv").write_text("building;households\n")
    notes = formed(tmp_path).notes
    assert [(Path(note.file).name, note.what) for note in notes] == [
        ("05100000.csv", "this is no municipality and is left out")
    ]


@pytest.mark.parametrize("place", ["delivery", "delivery/cells", ".", "cells.parquet"])
def test_a_target_that_can_not_be_is_refused(tmp_path, place):
    source = delivery(tmp_path)
    with pytest.raises(InputError) as caught:
        form_country(source, tmp_path / place, reading=READING)
    assert "cell" in str(caught.value) or "delivery" in str(caught.value)
    assert sorted(file.name for file in source.iterdir()) == [f"{code}.parquet" for code in CODES]


def test_a_source_that_is_not_there_and_an_area_file_are_refused(tmp_path):
    reading = Reading(area_file=tmp_path / "areas.gpkg", area_code="nr")
    found = faults(lambda: form_country(tmp_path / "nowhere", tmp_path / "cells", reading=reading))
    assert [fault[3] for fault in found] == [
        "an area file is for one file of buildings",
        "the folder does not exist",
    ]


def test_a_folder_with_something_else_is_not_written_to(tmp_path):
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "diary.txt").write_text("dear")
    found = faults(lambda: formed(tmp_path))
    assert found == [("cells", 0, "", "the folder holds something else than microcells of a country")]


class Stop(KeyboardInterrupt):
    """Ctrl+C at a moment that a test chooses."""


def stop_at(houses: int):
    def tell(done: int, total: int) -> None:
        if done >= houses:
            raise Stop

    return tell


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(country, "PORTION", 1)


@pytest.mark.usefixtures("small_portions")
def test_an_interrupted_run_goes_on_and_ends_as_one_that_was_not(tmp_path):
    formed(tmp_path, name="whole")
    with pytest.raises(Stop):
        formed(tmp_path, options=Formation(threads=1), tell=stop_at(60))
    done = {name for name in files(tmp_path / "cells") if "/" not in name}
    assert 1 <= len(done) < 4
    assert "quality.json" not in done
    found = formed(tmp_path)
    assert (found.municipalities, found.taken_over) == (4, len(done))
    assert files(tmp_path / "cells") == files(tmp_path / "whole")


@pytest.mark.usefixtures("small_portions")
def test_what_a_killed_run_left_half_done_is_done_anew(tmp_path):
    formed(tmp_path, name="whole")
    formed(tmp_path)
    target = tmp_path / "cells"
    (target / "05113000.parquet").write_bytes(b"PAR1")
    (target / "_cells" / "05117000.parquet").unlink()
    (target / ".05113000.parquet.unfinished").write_bytes(b"half")
    record = (target / "_run.jsonl").read_text()
    (target / "_run.jsonl").write_text(record[:-30])
    found = formed(tmp_path)
    assert found.taken_over in (1, 2)
    assert files(target) == files(tmp_path / "whole")


@pytest.mark.parametrize("left_at", [0, 1, 20])
def test_a_record_that_was_hardly_begun_is_no_hindrance(tmp_path, left_at):
    formed(tmp_path, name="whole")
    formed(tmp_path)
    record = tmp_path / "cells" / "_run.jsonl"
    header = record.read_text().splitlines(keepends=True)[0]
    record.write_text(header + "x" * left_at)
    assert formed(tmp_path).taken_over == 0
    assert files(tmp_path / "cells") == files(tmp_path / "whole")


def test_a_finished_run_is_left_as_it_is(tmp_path):
    formed(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "cells").glob("0*.parquet")}
    assert formed(tmp_path, options=Formation(threads=1)).taken_over == 4
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_new_municipality_joins_those_that_are_finished(tmp_path):
    formed(tmp_path, {code: VILLAGES[code] for code in CODES[:3]})
    found = formed(tmp_path)
    assert (found.municipalities, found.taken_over) == (4, 3)
    assert found.quality == formed(tmp_path, name="whole").quality


def test_a_target_made_with_other_options_is_refused(tmp_path):
    formed(tmp_path)
    with pytest.raises(InputError, match="delete this one") as caught:
        formed(tmp_path, options=Formation(minimum=5, mode="geometry"))
    assert [(fault.column, fault.value) for fault in caught.value.faults] == [("minimum", "4"), ("mode", "street")]


def test_a_target_made_from_other_input_is_refused(tmp_path):
    formed(tmp_path)
    (tmp_path / "delivery" / "05111000.parquet").unlink()
    changed = {"05113000": VILLAGES["05113000"].head(30)}
    found = faults(lambda: formed(tmp_path, changed))
    assert [(name, what.partition(" has cells of ")[2]) for name, _, _, what in found] == [
        ("cells", "05111000, which is not delivered any more"),
        ("05113000.parquet", "05113000, made from another file"),
    ]


def test_two_runs_at_once_do_not_write_into_one_folder(tmp_path):
    with open_run(tmp_path / "cells", {}, []), pytest.raises(BusyError):
        formed(tmp_path)


def test_a_full_disk_leaves_what_is_finished_and_says_how_to_go_on(tmp_path, monkeypatch, small_portions):
    formed(tmp_path, name="whole")
    write = country.write_points

    def until_full(path, *rest):
        if "05117000" in path.name:
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, *rest)

    monkeypatch.setattr(country, "write_points", until_full)
    with pytest.raises(InputError, match=r"No space left on device.*goes on from there"):
        formed(tmp_path, options=Formation(threads=1))
    assert not [file for file in (tmp_path / "cells").rglob("*") if "unfinished" in file.name]
    assert (tmp_path / "cells" / "05111000.parquet").exists()
    monkeypatch.setattr(country, "write_points", write)
    assert formed(tmp_path).taken_over >= 2
    assert files(tmp_path / "cells") == files(tmp_path / "whole")


def test_faults_are_delivery_errors(tmp_path):
    with pytest.raises(DeliveryError):
        form_country(delivery(tmp_path), tmp_path / "cells")


def command(folder: Path, *more: str):
    arguments = ["microcells", str(delivery(folder)), str(folder / "cells"), "--crs", "EPSG:25832", *more]
    return CliRunner().invoke(app, arguments)


def test_the_command_reports_over_all_municipalities(tmp_path):
    shown = command(tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "households lost" in shown.stdout
    assert "Forming microcells: 240 of 240 houses" in shown.stderr
    assert "Wrote the cells of 4 municipalities to" in shown.stderr
    assert "4 of them by an earlier run" in command(tmp_path).stderr


def test_the_command_answers_in_json(tmp_path):
    content = json.loads(command(tmp_path, "--json").stdout)
    assert content["municipalities"] == 4
    assert content["households_lost"] == 0
    refused = command(tmp_path, "--json", "--minimum", "5")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["faults"][0]["column"] == "minimum"


def test_the_command_says_how_to_go_on_after_ctrl_c(tmp_path, monkeypatch):
    def stopped(*arguments, **keywords):
        raise KeyboardInterrupt

    monkeypatch.setattr("sozialraum.cli.microcells.form_country", stopped)
    shown = command(tmp_path)
    assert shown.exit_code == 130
    assert "the same command goes on from there" in shown.stderr


def test_the_command_refuses_one_file_for_many_municipalities(tmp_path):
    shown = CliRunner().invoke(app, ["microcells", str(delivery(tmp_path)), str(tmp_path / "cells.parquet")])
    assert shown.exit_code == 1
    assert "are written into a folder" in shown.stderr


def test_the_command_refuses_an_empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    shown = CliRunner().invoke(app, ["microcells", str(tmp_path / "empty"), str(tmp_path / "cells")])
    assert shown.exit_code == 1
    assert "there is no municipality in the folder" in shown.stderr
