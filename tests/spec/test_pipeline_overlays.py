"""Quarters and school districts that overlap, from deliveries to release: their difference tells of no small group."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline_samples import SOUTH_WEST, houses, persons, write_city
from sozialraum import pipeline
from sozialraum.areas import AreaSystem
from sozialraum.catalogue import load_project
from sozialraum.pipeline import silent
from sozialraum.pipeline.overlays import overlapping

SCHOOLS = """\
title.de = "Schulbezirke"
title.en = "School districts"
short.de = "Schulbezirk"
short.en = "school district"
file = "schulbezirke.geojson"
code = "nr"
name = "name"
parent = "stadt"
crs = "EPSG:4326"
"""
BORDER = 10.0635
"""School district s1 is quarter 01 west of here."""


def box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def write_schools(folder: Path) -> None:
    """s1: the west of quarter 01; s2: everything else."""
    (folder / "areas" / "schulbezirke.toml").write_text(SCHOOLS, encoding="utf-8")
    west, south = SOUTH_WEST["01"]
    first = box(west, south, BORDER, south + 0.014)
    rest = [box(BORDER, south, west + 0.04, south + 0.014), box(west, south + 0.014, west + 0.04, south + 0.028)]
    features = [
        {
            "type": "Feature",
            "properties": {"nr": "s1", "name": "S1"},
            "geometry": {"type": "Polygon", "coordinates": first},
        },
        {
            "type": "Feature",
            "properties": {"nr": "s2", "name": "S2"},
            "geometry": {"type": "MultiPolygon", "coordinates": rest},
        },
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "deliveries" / "schulbezirke.geojson").write_text(json.dumps(collection), encoding="utf-8")


def small_children() -> dict[str, int]:
    """Children below 6 of quarter 01, and those of them who live west of the border."""
    place = {house: x for house, area, x, _ in houses() if area == "01"}
    found = [place[p.house] for p in persons() if p.house in place and p.age < 6]
    return {"01": len(found), "s1": sum(x < BORDER for x in found)}


def published(folder: Path) -> dict[str, float | None]:
    result = pipeline.build(load_project(folder), silent, who="Test", today=date(2026, 5, 1))
    counts = result.release.public.counts.frame
    last = counts.filter(where="age=0-5", period=counts["period"].max(), universe="persons")
    return dict(last.filter(pl.col("area").is_in(["01", "s1"])).select("area", "value").iter_rows())


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = write_city(tmp_path / "city")
    write_schools(folder)
    return folder


def test_the_difference_of_a_quarter_and_a_school_district_is_protected(city):
    true = small_children()
    assert 0 < true["01"] - true["s1"] < 3, "otherwise this test shows nothing"
    assert None in published(city).values()


def test_without_the_atoms_it_would_follow(city, monkeypatch):
    """The control: each system alone is harmless."""
    monkeypatch.setattr("sozialraum.pipeline.overlays.overlapping", lambda systems: ())
    assert published(city) == small_children()


def test_the_finest_systems_overlap_where_there_are_several():
    empty = pl.DataFrame()
    systems = {
        id: AreaSystem(id, {}, parent, empty)
        for id, parent in {"city": None, "district": "city", "quarter": "district", "school": "city"}.items()
    }
    assert overlapping(systems) == ("quarter", "school")
    assert overlapping({id: one for id, one in systems.items() if id != "school"}) == ()
