"""What is downloaded is what the release holds."""

from __future__ import annotations

import csv
import io
import json

import pytest
import shapely
from django.test import Client

from sozialraum.web.atlas.release import Atlas

SYMBOLS = {"suppressed": ".", "missing": "...", "undefined": "x"}


def download(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response)


@pytest.mark.parametrize("indicator", ["kinder_sgb2", "miete", "wanderung", "bevoelkerung"])
@pytest.mark.parametrize("german", [False, True])
def test_csv_has_every_value(client: Client, atlas: Atlas, indicator: str, german: bool) -> None:
    content = download(client, f"/kennzahlen/{indicator}/daten.csv{'?format=de' if german else ''}")
    text = content.decode("utf-8-sig" if german else "utf-8")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if german else ","))
    frame = atlas.package.values.filter(indicator=indicator)
    assert len(rows) == frame.height
    expected = {(row["area_system"], row["area"], row["period"]): row for row in frame.iter_rows(named=True)}
    for row in rows:
        value = expected[row["area_system"], row["area"], row["period"]]
        written = row["value"].replace(",", ".") if german and value["value"] is not None else row["value"]
        assert written == (SYMBOLS[value["status"]] if value["value"] is None else repr(value["value"]))
        assert row["status"] == value["status"]
        assert row["name"] == atlas.areas[row["area_system"]][row["area"]].name


def test_csv_is_offered_as_a_file(client: Client) -> None:
    response = client.get("/kennzahlen/miete/daten.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="2025-H2.1-miete.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("name", ["values.parquet", "counts.parquet", "viertel.parquet"])
def test_files_are_those_of_the_release(client: Client, atlas: Atlas, name: str) -> None:
    path = next(atlas.package.folder.rglob(name))
    assert download(client, f"/daten/{name}") == path.read_bytes()


def test_manifest(client: Client) -> None:
    manifest = json.loads(download(client, "/daten/manifest.json"))
    assert "public/values.parquet" in manifest["files"]


@pytest.mark.parametrize("name", ["..%2Fmanifest.json", "%2e%2e/manifest.sig", "state.json", "values.parquet%00.json"])
def test_nothing_else_can_be_had(client: Client, name: str) -> None:
    assert client.get(f"/daten/{name}").status_code == 404


def test_borders_in_degrees(client: Client) -> None:
    content = json.loads(download(client, "/karten/viertel.geojson"))
    assert len(content["features"]) == 12
    assert {feature["properties"]["name"] for feature in content["features"]} >= {"Am Hafen", "Übersee"}
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in content["features"]]
    west, south, east, north = shapely.total_bounds(shapes)
    assert 9.5 < west < east < 10.5
    assert 53 < south < north < 54
    assert all(shape.is_valid for shape in shapes)
