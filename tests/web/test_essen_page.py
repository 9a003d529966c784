"""Two of Essen's districts, from official house coordinates to the page with report and map: no fault on the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from pipeline_samples import run
from sozialraum.microcells import Reading, read_buildings
from sozialraum.releases import Release, Store
from web.reading import Element, read

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

DISTRICTS = {"I", "VIII"}
# A city's mixture: every tenth address has no household, six in ten have fewer than four.
HOUSEHOLDS = [0, 1, 1, 1, 1, 2, 3, 4, 7, 12]
CITY = """
name = "Essen"
ags = "05113000"
home = "bezirke"
whole = "stadt"
[contact]
name = "Sozialplanung"
[microcells]
source = "haeuser"
within = "bezirke"
indicators = ["haushalte"]
"""
WHOLE = """
title.de = "Gesamtstadt"
union_of = "bezirke"
single_code = "05113000"
single_name = "Essen"
"""
AREAS = """
title.de = "Stadtbezirke"
short.de = "Stadtbezirk"
file = "essen_stadtbezirke.geojson.gz"
code = "STADTBEZR"
name = "STADTBEZR"
parent = "stadt"
"""
HOUSES = """
title.de = "Hauskoordinaten"
provider = "Stadt Essen, FB 62"
licence = "dl-de/by-2-0"
file = "haeuser.csv"
kind = "buildings"
policy = "register"
crs = "EPSG:25832"
[columns]
building = { identifier = "building" }
street = { address = "street" }
house_number = { address = "house_number" }
x = { coordinate = "x" }
y = { coordinate = "y" }
households = { count = "households" }
"""
REGISTER = """
title.de = "Haushalte, ausgedacht"
provider = "Test"
licence = "intern"
file = "haushalte_*.csv"
kind = "register"
universe = "households"
policy = "register"
period_in_name = 'haushalte_(\\d{4})'
retention_years = 2
[columns]
household = { identifier = "household" }
building = { identifier = "building" }
"""


@pytest.fixture(scope="module")
def project(essen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a project of the houses in two districts, each household a row."""
    folder = tmp_path_factory.mktemp("essen")
    deliveries = folder / "deliveries"
    deliveries.mkdir()
    shutil.copy(essen / "essen_stadtbezirke.geojson.gz", deliveries)
    documents = {
        "city.toml": CITY,
        "areas/stadt.toml": WHOLE,
        "areas/bezirke.toml": AREAS,
        "sources/haeuser.toml": HOUSES,
        "sources/haushalte.toml": REGISTER,
    }
    for name, text in documents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    houses = _houses(essen)
    houses.drop("line", "area").write_csv(deliveries / "haeuser.csv", separator=";")
    each = houses.select(pl.col("building").repeat_by("households")).explode("building", empty_as_null=False)
    each.with_row_index("household").write_csv(deliveries / "haushalte_2022.csv", separator=";")
    return folder


def _houses(essen: Path) -> pl.DataFrame:
    reading = Reading(assume_households=1, area_file=essen / "essen_stadtbezirke.geojson.gz", area_code="STADTBEZR")
    houses = read_buildings(essen / "hauskoordinaten_essen_2022-10-05_4647.zip", reading, name="essen.zip").houses
    digit = pl.col("building").cast(pl.Int64) * 7919 // 10 % 10
    named = pl.when(pl.col("house_number").str.contains(r"\d")).then("house_number")
    given = digit.replace_strict(dict(enumerate(HOUSEHOLDS)))
    return houses.filter(pl.col("area").is_in(DISTRICTS)).with_columns(households=given, house_number=named)


@pytest.fixture(scope="module")
def release(project: Path) -> Release:
    answer = run("build", project, "--json")
    assert answer.code == 0, answer.out
    return Store(project / "releases").release(answer.json["release"])


@pytest.fixture
def page(project: Path, release: Release, client: Client, database: None) -> Iterator[Element]:
    client.force_login(User.objects.create_user("steward", is_staff=True))
    with override_settings(PROJECT_FOLDER=project):
        response = client.get(f"/intern/{release.id}/mikrozellen/", {"gebiet": "VIII"})
    assert response.status_code == 200
    yield read(response.content).one("main")
    User.objects.all().delete()


def test_the_report_loses_nobody(release: Release) -> None:
    report = release.manifest["microcells"]
    assert (report["households_lost"], report["households_per_cell"]["minimum"]) == (0, 4)
    assert report["areas_without_cells"] == []
    assert report["cells"] > 5_000
    assert len(report["flagged_cells"]) == report["flagged"]
    assert 1 < report["over_nearest"] < 5


def test_the_page_has_the_report_and_a_map_of_squares(page: Element, release: Release) -> None:
    assert page.one("p", class_="lead").text.endswith("keine hat weniger als 4.")
    squares = page.one(class_="map-stage").all("path", class_="area")
    assert len(squares) > 500
    labels = [square.attributes["data-label"] for square in squares]
    assert all("Mikrozelle" in label and "Haushalte" in label for label in labels if "verdeckt" not in label)
    assert sum("verdeckt" in label for label in labels) < 0.01 * len(labels)
    assert page.one("section", aria_labelledby="guete").all("tr")
