"""Open data: the same values in every format, each row usable alone, no number where none may be."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pyogrio
import pytest
import shapely
from publishing_samples import CHILDREN, write_sample_release

from sozialraum.publishing.charts import age_groups
from sozialraum.publishing.exports.cubes import sdmx_period
from sozialraum.publishing.exports.dcat import licence_of
from sozialraum.publishing.opendata import (
    COLUMNS,
    FORMATS,
    OFFICIAL_SIGNS,
    Selection,
    catalogue_csv,
    describe,
    export,
    formats_of,
    sources_of,
)
from sozialraum.releases import Package, Release
from sozialraum.tables import NO_VALUE, Status

SILENT = {key for key, row in CHILDREN.items() if Status(str(row[3])) in NO_VALUE}
LEAKING = ("value", "lower", "upper", "numerator", "denominator")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return write_sample_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def children(release: Release) -> Selection:
    return Selection(release.public, indicator="kinder", area_system="viertel")


def content(selection: Selection, form: str) -> bytes:
    return export(selection, form).content


def rows_of(data: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=separator))


def whole(rows: list[dict[str, Any]], *, area: str, period: str) -> dict[str, Any]:
    return next(row for row in rows if (row["area"], row["period"], row["breakdown"] or "") == (area, period, ""))


class TestTable:
    def test_it_works(self, children: Selection) -> None:
        assert tuple(children.table.columns) == COLUMNS
        row = whole(children.table.to_dicts(), area="01", period="2023")
        assert row == {
            "indicator": "kinder",
            "title": "Kinder; unter 15",
            "unit": "%",
            "area_system": "viertel",
            "area": "01",
            "name": "Altstadt",
            "period": "2023",
            "breakdown": "",
            "value": 22.25,
            "lower": 21.1,
            "upper": 23.4,
            "numerator": 1112.5,
            "denominator": 5000.0,
            "status": "ok",
            "status_text": "gezeigt",
            "sign": "",
            "source": "Bürgeramt: Melderegister",
            "licence": "dl-de/by-2-0",
            "release": "2024-H1.1",
        }

    @pytest.mark.parametrize(
        ("choice", "height"),
        [
            ({}, 21),
            ({"indicator": "kinder"}, 17),
            ({"indicator": "kinder", "area_system": "stadt"}, 3),
            ({"area_system": "viertel", "area": "01"}, 6),
            ({"area": "02"}, 5),
            ({"indicator": "nirgends"}, 0),
        ],
    )
    def test_what_is_selected(self, release: Release, choice: dict[str, str], height: int) -> None:
        assert Selection(release.public, **choice).table.height == height

    def test_periods_follow_each_other(self, release: Release) -> None:
        periods = Selection(release.public, indicator="miete", area="02").table["period"].to_list()
        assert periods == ["2022-H2", "2023-H1"]

    @pytest.mark.parametrize(
        ("area", "period", "status", "text", "sign"),
        [
            ("01", "2021", "ok", "gezeigt", ""),
            ("03", "2021", "zero", "genau null", "-"),
            ("02", "2022", "suppressed", "zum Schutz verdeckt", "."),
            ("04", "2022", "missing", "nicht geliefert", "..."),
            ("05", "2023", "undefined", "nicht berechenbar", "x"),
            ("02", "2021", "unreliable", "wenig belastbar", "()"),
            ("06", "2023", "estimated", "geschätzt", "s"),
            ("03", "2023", "provisional", "vorläufig", "p"),
        ],
    )
    def test_every_status_has_its_words_and_its_official_sign(
        self, children: Selection, area: str, period: str, status: str, text: str, sign: str
    ) -> None:
        row = whole(children.table.to_dicts(), area=area, period=period)
        assert (row["status"], row["status_text"], row["sign"]) == (status, text, sign)

    def test_signs_cover_every_status_and_differ(self) -> None:
        assert set(OFFICIAL_SIGNS) == set(Status)
        assert len(set(OFFICIAL_SIGNS.values())) == len(Status)

    def test_where_the_status_allows_no_number_no_column_has_one(self, children: Selection) -> None:
        silent = children.table.filter(pl.col("status").is_in([status.value for status in NO_VALUE]))
        assert silent.height == len(SILENT) == 5
        assert silent.select(pl.col(*LEAKING).is_not_null().sum()).row(0) == (0, 0, 0, 0, 0)

    def test_a_damaged_table_does_not_leak_either(self, release: Release) -> None:
        """Values that a status forbids never leave, wherever they came from."""
        package = Package(release.public.folder, "public")
        said = release.public.values.with_columns(value=pl.lit(7.0), lower=pl.lit(7.0), numerator=pl.lit(7.0))
        package.__dict__["values"] = said
        silent = Selection(package).table.filter(pl.col("status") == "suppressed")
        assert silent.height == 2
        assert silent.select(pl.col(*LEAKING).is_not_null().any()).row(0) == (False,) * 5

    def test_words_are_in_the_language(self, release: Release) -> None:
        row = Selection(release.public, indicator="kinder", area="02", language="en").table.to_dicts()[-1]
        assert (row["title"], row["status_text"], row["source"]) == (
            "Children under 15",
            "withheld for privacy",
            "Bürgeramt: Register of residents",
        )

    def test_a_change_is_made_from_what_its_indicator_is_made_from(self, release: Release) -> None:
        assert sources_of("kinder_wandel", release.public) == ("personen",)
        assert sources_of("miete", release.public) == ("mieten",)


class TestFormats:
    def test_the_same_release_gives_the_same_bytes(self, release: Release) -> None:
        for form in FORMATS:
            first, second = (
                content(Selection(release.public, indicator="kinder", area_system="viertel"), form) for _ in range(2)
            )
            assert first == second, form

    def test_files_are_named_after_release_and_content(self, children: Selection) -> None:
        assert [export(children, form).name for form in ("csv", "csv-de", "xlsx", "gpkg")] == [
            "2024-H1.1-kinder-viertel.csv",
            "2024-H1.1-kinder-viertel.de.csv",
            "2024-H1.1-kinder-viertel.xlsx",
            "2024-H1.1-kinder-viertel.gpkg",
        ]

    @pytest.mark.parametrize(
        ("choice", "missing"),
        [
            ({"indicator": "kinder", "area_system": "viertel"}, set()),
            ({"area_system": "viertel"}, {"json-stat"}),
            ({"indicator": "kinder"}, {"json-stat", "geojson", "gpkg"}),
        ],
    )
    def test_not_every_format_holds_everything(
        self, release: Release, choice: dict[str, str], missing: set[str]
    ) -> None:
        assert set(FORMATS) - set(formats_of(Selection(release.public, **choice))) == missing

    @pytest.mark.parametrize(
        ("choice", "form", "message"),
        [
            ({}, "pdf", "no format pdf; choose one of csv"),
            ({}, "json-stat", "choose both"),
            ({"indicator": "nirgends", "area_system": "viertel"}, "json-stat", "choose both"),
            ({"indicator": "miete", "area_system": "stadt"}, "json-stat", "no values of miete in stadt"),
            ({}, "geojson", "choose one of the area systems stadt, viertel"),
            ({"area_system": "nirgends"}, "gpkg", "found nirgends"),
        ],
    )
    def test_a_refusal_says_what_to_choose(
        self, release: Release, choice: dict[str, str], form: str, message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            export(Selection(release.public, **choice), form)


class TestCsv:
    def test_for_programs(self, children: Selection) -> None:
        data = content(children, "csv")
        assert not data.startswith(b"\xef\xbb\xbf")
        row = whole(rows_of(data), area="01", period="2023")
        assert (row["value"], row["title"], row["numerator"]) == ("22.25", "Kinder; unter 15", "1112.5")

    def test_for_a_german_spreadsheet(self, children: Selection) -> None:
        data = content(children, "csv-de")
        assert data.startswith(b"\xef\xbb\xbf")
        row = whole(rows_of(data, ";"), area="01", period="2023")
        assert (row["value"], row["title"]) == ("22,25", "Kinder; unter 15")

    @pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("csv-de", ";"), ("sdmx-csv", ",")])
    def test_lines_end_as_rfc_4180_wants(self, children: Selection, form: str, separator: str) -> None:
        text = content(children, form).decode("utf-8-sig")
        assert text.count("\r\n") == text.count("\n") == children.table.height + 1

    def test_nothing_is_empty_and_marked(self, children: Selection) -> None:
        row = whole(rows_of(content(children, "csv")), area="02", period="2022")
        assert [row[name] for name in LEAKING] == [""] * 5
        assert (row["sign"], row["status_text"]) == (".", "zum Schutz verdeckt")


def test_parquet_is_the_table_with_its_licence(children: Selection) -> None:
    data = io.BytesIO(content(children, "parquet"))
    assert pl.read_parquet(data).equals(children.table)
    assert pl.read_parquet_metadata(data)["licence"] == "dl-de/by-2-0"


class TestXlsx:
    def test_values_and_signs(self, children: Selection) -> None:
        book = pl.read_excel(content(children, "xlsx"), sheet_name="Werte", infer_schema_length=0)
        rows = {(row["Gebiet"], row["Zeitraum"], row["Untergliederung"]): row for row in book.to_dicts()}
        assert float(rows["Altstadt", "2023", None]["Wert"]) == 22.25
        assert rows["Hafen", "2023", None]["Wert"] == "."
        assert rows["Übersee", "2023", None]["Wert"] == "..."
        assert rows["Wald", "2023", None]["Wert"] == "x"
        assert float(rows["Süd <&>", "2021", None]["Wert"]) == 0
        assert rows["Hafen", "2023", None]["Nenner"] is None

    def test_a_sheet_says_what_must_be_known(self, children: Selection) -> None:
        about = pl.read_excel(content(children, "xlsx"), sheet_name="Über diese Daten", has_header=False)
        pairs = dict(about.iter_rows())
        assert pairs["Veröffentlichung"] == "2024-H1.1"
        assert pairs["Quelle"] == "Bürgeramt: Melderegister (dl-de/by-2-0)"
        assert pairs["Zeichen ."] == "zum Schutz verdeckt"
        assert pairs["Kinder; unter 15"] == "Anteil der Kinder unter 15 Jahren."

    def test_numbers_are_numbers_with_their_decimals(self, release: Release) -> None:
        data = content(Selection(release.public, indicator="miete"), "xlsx")
        styles = zipfile.ZipFile(io.BytesIO(data)).read("xl/styles.xml").decode()
        assert "#,##0.00" in styles or 'numFmtId="4"' in styles

    def test_more_values_than_a_sheet_has_rows_are_refused(
        self, children: Selection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sozialraum.publishing.exports.flat.SHEET_ROWS", 5)
        with pytest.raises(ValueError, match="14 values do not fit"):
            export(children, "xlsx")


class TestGeojson:
    def test_features_have_the_latest_values(self, children: Selection) -> None:
        features = json.loads(content(children, "geojson"))["features"]
        properties = {feature["id"]: feature["properties"] for feature in features}
        assert set(properties) == {"01", "02", "03", "04", "05", "06"}  # not the area that ended
        assert properties["01"] == {
            "code": "01",
            "name": "Altstadt",
            "parent": "0",
            "release": "2024-H1.1",
            "kinder": 22.25,
            "kinder_status": "ok",
            "kinder_sign": "",
            "kinder_period": "2023",
        }
        assert (properties["02"]["kinder"], properties["02"]["kinder_sign"]) == (None, ".")

    def test_coordinates_are_degrees_and_rings_turn_left(self, children: Selection) -> None:
        for feature in json.loads(content(children, "geojson"))["features"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            assert 9 < shape.centroid.x < 11
            assert 53 < shape.centroid.y < 54
            assert shapely.is_ccw(shape.exterior)

    def test_several_indicators_keep_their_own_periods(self, release: Release) -> None:
        selection = Selection(release.public, area_system="viertel")
        first = json.loads(content(selection, "geojson"))["features"][0]["properties"]
        assert (first["kinder_period"], first["miete_period"], first["miete"]) == ("2023", "2023-H1", 1234.5)

    def test_an_area_without_a_row_is_missing(self, release: Release) -> None:
        selection = Selection(release.public, indicator="miete", area_system="viertel")
        last = json.loads(content(selection, "geojson"))["features"][-1]["properties"]
        assert (last["miete"], last["miete_status"]) == (None, "missing")

    def test_it_says_where_it_is_from(self, children: Selection) -> None:
        assert json.loads(content(children, "geojson"))["about"] == {
            "release": "2024-H1.1",
            "licence": "dl-de/by-2-0",
            "source": "Bürgeramt: Melderegister",
            "indicators": "kinder: Kinder; unter 15",
        }


def test_geopackage_keeps_the_city_s_coordinates_and_nulls(children: Selection, tmp_path: Path) -> None:
    path = tmp_path / "areas.gpkg"
    path.write_bytes(content(children, "gpkg"))
    meta, table = pyogrio.read_arrow(path)
    frame = pl.DataFrame(pl.from_arrow(table.drop_columns([meta["geometry_name"] or "wkb_geometry"])))
    assert meta["crs"] == "EPSG:25832"
    assert dict(frame.select("code", "kinder").iter_rows()) == {
        "01": 22.25,
        "02": None,
        "03": 4.0,
        "04": None,
        "05": None,
        "06": 15.0,
    }
    assert pyogrio.read_info(path, layer="viertel")["layer_metadata"]["licence"] == "dl-de/by-2-0"


class TestJsonStat:
    def test_a_cube_of_areas_and_periods(self, children: Selection) -> None:
        found = json.loads(content(children, "json-stat"))
        assert (found["version"], found["class"], found["size"]) == ("2.0", "dataset", [1, 6, 3])
        assert len(found["value"]) == len(found["status"]) == 18
        areas = found["dimension"]["area"]["category"]["index"]
        place = areas.index("01") * 3 + found["dimension"]["period"]["category"]["index"].index("2023")
        assert found["value"][place] == 22.25
        assert found["dimension"]["indicator"]["category"]["unit"]["kinder"] == {"label": "%", "decimals": 1}

    def test_every_cell_has_a_status_and_a_number_only_where_it_may(self, children: Selection) -> None:
        found = json.loads(content(children, "json-stat"))
        silent = {status.value for status in NO_VALUE}
        assert [number is None for number in found["value"]] == [status in silent for status in found["status"]]


class TestSdmx:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            ("ok", "A"),
            ("suppressed", "Q"),
            ("missing", "M"),
            ("undefined", "L"),
            ("unreliable", "U"),
            ("provisional", "P"),
        ],
    )
    def test_statuses_are_those_of_sdmx(self, children: Selection, status: str, code: str) -> None:
        area, period = next(key for key, row in CHILDREN.items() if row[3] == status)
        rows = [
            row
            for row in rows_of(content(children, "sdmx-csv"))
            if (row["REF_AREA"], row["TIME_PERIOD"], row["BREAKDOWN"]) == (area, period, "_T")
        ]
        assert [row["OBS_STATUS"] for row in rows] == [code]
        assert (rows[0]["OBS_VALUE"] == "") == (status in {found.value for found in NO_VALUE})

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ("2024", "2024"),
            ("2024-H1", "2024-S1"),
            ("2024-Q3", "2024-Q3"),
            ("2024-05", "2024-05"),
            ("2024-12-31", "2024-12-31"),
            ("2024/25", "2024-08-01/P1Y"),
        ],
    )
    def test_periods_are_those_of_sdmx(self, ours: str, theirs: str) -> None:
        assert sdmx_period(ours) == theirs


class TestMetadata:
    def test_a_dataset_with_its_files(self, children: Selection) -> None:
        found = json.loads(
            describe(
                children, address="https://stadt.example/k/", file_address=lambda name: f"https://stadt.example/{name}"
            )
        )
        assert found["@type"] == "dcat:Dataset"
        assert found["dct:title"][0] == {"@language": "de", "@value": "Kinder; unter 15 (Kleinstadt)"}
        assert found["dct:identifier"] == "2024-H1.1/kinder/viertel"
        assert found["dct:spatial"]["@id"].endswith("/municipalityKey/09999001")
        assert found["dct:temporal"]["dcat:startDate"]["@value"] == "2021-01-01"
        assert found["dct:temporal"]["dcat:endDate"]["@value"] == "2023-12-31"
        assert found["dct:accrualPeriodicity"]["@id"].endswith("/ANNUAL_2")
        assert found["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:sozialplanung@kleinstadt.example"}
        assert [file["@id"] for file in found["dcat:distribution"]] == [
            f"https://stadt.example/{name}" for name in FORMATS
        ]
        assert all(file["dct:license"]["@id"].endswith("/dl-by-de/2.0") for file in found["dcat:distribution"])

    @pytest.mark.parametrize(
        ("indicator", "licence"),
        [
            ("kinder", {"dct:license": {"@id": "http://dcat-ap.de/def/licenses/dl-by-de/2.0"}}),
            ("miete", {"dct:license": {"@id": "http://dcat-ap.de/def/licenses/cc-zero"}}),
            # naming is asked for by one, nothing by the other: naming
            (None, {"dct:license": {"@id": "http://dcat-ap.de/def/licenses/dl-by-de/2.0"}}),
        ],
    )
    def test_the_licence_is_the_one_that_asks_for_most(
        self, release: Release, indicator: str | None, licence: dict[str, Any]
    ) -> None:
        found = licence_of(Selection(release.public, indicator=indicator))
        assert {"dct:license": found["dct:license"]} == licence

    def test_an_unknown_licence_is_written_out(self, release: Release) -> None:
        package = Package(release.public.folder, "public")
        city, sources, areas, catalogue = release.public._documents
        strange = {name: source.model_copy(update={"licence": "nur intern"}) for name, source in sources.items()}
        package.__dict__["_documents"] = (city, strange, areas, catalogue)
        found = licence_of(Selection(package, indicator="miete"))
        assert found == {"dct:rights": "nur intern", "dcatde:licenseAttributionByText": "Wohnungsamt: Mietspiegel"}


def test_the_catalogue_says_what_each_indicator_means(release: Release) -> None:
    rows = {row["indicator"]: row for row in rows_of(catalogue_csv(Selection(release.public)))}
    assert set(rows) == {"kinder", "kinder_wandel", "miete"}
    assert rows["kinder"]["numerator"] == "Einwohner*innen (Alter: 0 bis 14 Jahre)"
    assert rows["kinder"]["owner"] == "Sozialplanung"
    assert rows["kinder"]["next_review"] == "2028-03-01"
    assert rows["miete"]["unit"] == "€/m²"


class TestAgeGroups:
    def test_the_finest_groups_that_follow_each_other(self, release: Release) -> None:
        groups = age_groups(release.public.counts, area_system="viertel", area="01", period="2023")
        assert [(group.low, group.high) for group in groups] == [(0, 6), (7, 14), (15, 64), (65, None)]
        assert groups[0].men.value == 50
        assert groups[-1].women.status is Status.SUPPRESSED

    def test_an_area_that_is_not_counted_so_has_none(self, release: Release) -> None:
        assert age_groups(release.public.counts, area_system="viertel", area="02", period="2023") == ()
