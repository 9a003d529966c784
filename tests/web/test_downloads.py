"""What is downloaded is what the release holds."""

from __future__ import annotations

import csv
import io
import json

import pytest
import shapely
from django.test import Client

from sozialraum.web.atlas.release import Atlas
from web.reading import read


def download(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response)


@pytest.mark.parametrize("indicator", ["kinder_sgb2", "miete", "wanderung", "bevoelkerung"])
@pytest.mark.parametrize("form", ["csv", "csv-de"])
def test_csv_has_every_value(client: Client, atlas: Atlas, indicator: str, form: str) -> None:
    text = download(client, f"/kennzahlen/{indicator}/daten/{form}/").decode("utf-8-sig")
    german = form == "csv-de"
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if german else ","))
    frame = atlas.package.values.filter(indicator=indicator)
    assert len(rows) == frame.height
    expected = {(row["area_system"], row["area"], row["period"]): row for row in frame.iter_rows(named=True)}
    for row in rows:
        value = expected[row["area_system"], row["area"], row["period"]]
        written = row["value"].replace(",", ".") if german else row["value"]
        assert (float(written) if written else None) == value["value"]
        assert row["status"] == value["status"]
        assert row["name"] == atlas.areas[row["area_system"]][row["area"]].name


def test_one_area_system_alone(client: Client) -> None:
    text = download(client, "/kennzahlen/miete/daten/csv/?ebene=bezirke").decode()
    assert {row["area_system"] for row in csv.DictReader(io.StringIO(text))} == {"bezirke"}


def test_a_download_is_offered_as_a_file(client: Client) -> None:
    response = client.get("/kennzahlen/miete/daten/csv/")
    assert response.headers["Content-Disposition"] == 'attachment; filename="2025-H2.1-miete.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("address", ["/kennzahlen/miete/", "/en/indicators/miete/", "/daten/", "/en/data/"])
def test_every_offered_download_is_there(client: Client, address: str) -> None:
    links = [link for link in read(client.get(address).content).one("main").all("a") if "download" in link.attributes]
    assert len(links) >= 4
    for link in links:
        response = client.get(link.attributes["href"])
        assert response.status_code == 200, link.attributes["href"]
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert b"".join(response)


@pytest.mark.parametrize(
    "address",
    [
        "/kennzahlen/miete/daten/doc/",
        "/kennzahlen/miete/daten/geojson/",  # needs an area system
        "/kennzahlen/miete/daten/csv/?ebene=baublock",
        "/kennzahlen/glueck/daten/csv/",
        "/daten/werte/doc/",
        "/daten/werte/geojson/?ebene=baublock",
    ],
)
def test_what_can_not_be_had_is_said(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "gibt es" in read(response.content).one("main").text


def test_description_for_data_portals(client: Client) -> None:
    response = client.get("/daten/beschreibung.jsonld")
    assert response.headers["Content-Type"] == "application/ld+json"
    assert "http://testserver/daten/werte/csv/" in json.dumps(json.loads(response.content))


@pytest.mark.parametrize("name", ["values.parquet", "counts.parquet", "viertel.parquet", "typologies.json"])
def test_files_are_those_of_the_release(client: Client, atlas: Atlas, name: str) -> None:
    path = next(atlas.package.folder.rglob(name))
    assert download(client, f"/daten/dateien/{name}") == path.read_bytes()


def test_manifest(client: Client) -> None:
    manifest = json.loads(download(client, "/daten/dateien/manifest.json"))
    assert "public/values.parquet" in manifest["files"]


def test_manifest_is_no_oracle(client: Client) -> None:
    """With the hash of a delivery one could try out what the withheld numbers are."""
    manifest = json.loads(download(client, "/daten/dateien/manifest.json"))
    assert manifest.keys() <= {"id", "created", "software", "city", "policies", "measures", "changed", "files"}
    assert all(name.startswith("public/") for name in manifest["files"])


@pytest.mark.parametrize("name", ["..%2Fmanifest.json", "%2e%2e/manifest.sig", "state.json", "values.parquet%00.json"])
def test_nothing_else_can_be_had(client: Client, name: str) -> None:
    assert client.get(f"/daten/dateien/{name}").status_code == 404


def test_borders_in_degrees(client: Client) -> None:
    content = json.loads(download(client, "/karten/viertel.geojson"))
    assert len(content["features"]) == 12
    assert {feature["properties"]["name"] for feature in content["features"]} >= {"Am Hafen", "Übersee"}
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in content["features"]]
    west, south, east, north = shapely.total_bounds(shapes)
    assert 9.5 < west < east < 10.5
    assert 53 < south < north < 54
    assert all(shape.is_valid for shape in shapes)
