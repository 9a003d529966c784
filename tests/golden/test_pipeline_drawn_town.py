"""A circle drawn over Musterstadt: its numbers are those of the people whose houses lie in it, and the audit passes."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import shapely

from pipeline_samples import run, write_part
from sozialraum import pipeline
from sozialraum.areas.crs import to_degrees
from sozialraum.catalogue import load_project
from sozialraum.musterstadt import Town, make_town
from sozialraum.pipeline import BuildResult, silent

YEAR = 2017
READ = {"personen", "haushalte", "sgb2", "gebaeude", "marktdaten"}


def around_the_market(town: Town) -> shapely.Polygon:
    """A circle with a fifth of all houses."""
    houses = shapely.points(town.houses.x, town.houses.y)
    middle = shapely.points(np.median(shapely.get_x(houses)), np.median(shapely.get_y(houses)))
    return shapely.buffer(middle, np.quantile(shapely.distance(houses, middle), 0.2))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, shapely.Polygon, BuildResult]:
    folder, town = tmp_path_factory.mktemp("drawn"), make_town(houses=1_000, years=3)
    write_part(folder, town, READ, YEAR)
    circle = around_the_market(town)
    degrees = shapely.transform(circle, lambda p: np.column_stack(to_degrees(p[:, 0], p[:, 1])))
    feature = {"type": "Feature", "properties": {"name": "Am Markt"}, "geometry": shapely.geometry.mapping(degrees)}
    file = folder / "markt.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    assert run("area", folder, file, "--name", "markt", "--title", "Am Markt").code == 0
    return town, circle, pipeline.build(load_project(folder), silent, who="Test")


def test_it_has_the_numbers_of_those_who_live_in_it(drawn: tuple[Town, shapely.Polygon, BuildResult]) -> None:
    town, circle, result = drawn
    inside = shapely.contains_xy(circle, town.houses.x, town.houses.y)
    people = town.persons(YEAR)
    people = people.filter(pl.Series(inside[people["building"].to_numpy()]))
    values = result.release.public.values.filter(area_system="markt", period=str(YEAR))
    told = dict(values.select("indicator", "value").iter_rows())
    assert set(values["area"]) == {"1"}
    assert told["einwohner"] == people.height > 500
    children = people.filter(pl.col("age") < 18).height
    assert told["anteil_unter_18"] == pytest.approx(100 * children / people.height)
    assert values.filter(pl.col("value").is_not_null())["indicator"].n_unique() > 20


def test_the_release_passes_its_audit(drawn: tuple[Town, shapely.Polygon, BuildResult]) -> None:
    result = drawn[2]
    assert result.audit_passed
    assert run("verify", result.release.folder).code == 0


def test_a_planner_finds_it_among_the_areas(drawn: tuple[Town, shapely.Polygon, BuildResult]) -> None:
    public = drawn[2].release.public
    assert public.areas("markt").frame.select("code", "name", "parent").rows() == [("1", "Am Markt", None)]
    assert "markt" in set(public.counts.frame["area_system"])
