"""Real deliveries of Flensburg, INKAR, Cologne, the statistics services and the census, as they came."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import polars as pl
import pytest
from source_samples import KEY, real, rows

from sozialraum.areas import AreaSystems, read_area_systems
from sozialraum.catalogue import Project, load_project
from sozialraum.errors import Faults
from sozialraum.sources import Cells, Vault, read_source

pytestmark = pytest.mark.realdata

HEAD = """
title.de = "Lieferung"
provider = "Amt"
licence = "dl-de/by-2-0"
policy = "official_statistics"
kind = "aggregate"
"""
EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name: str, deliveries: str) -> tuple[Project, AreaSystems]:
    project = load_project(EXAMPLES / name, real(deliveries))
    faults = Faults()
    systems = read_area_systems(project.areas, lambda file: project.deliveries / file, faults)
    assert not faults
    return project, systems


def cells(tmp_path: Path, toml: str, folder: str, areas: str = "") -> Cells:
    """Read one real file with the codes of its areas as they are."""
    for sub in ("sources", "areas"):
        (tmp_path / sub).mkdir()
    (tmp_path / "city.toml").write_text('name = "X"\nags = "03241"\nhome = "gebiete"\n', encoding="utf-8")
    area = 'title.de = "Gebiete"\nfile = "x.csv"\ncode = "code"\nname = "name"\n' + areas
    (tmp_path / "areas" / "gebiete.toml").write_text(area, encoding="utf-8")
    (tmp_path / "sources" / "lieferung.toml").write_text(HEAD + toml, encoding="utf-8")
    found = read_source(load_project(tmp_path, real(folder)), "lieferung", Vault(None, KEY))
    assert isinstance(found, Cells)
    return found


# --- Flensburg --------------------------------------------------------------------------------------------------------


def test_every_table_of_flensburg_is_read_without_a_fault() -> None:
    project, systems = example("flensburg", "flensburg")
    for source in project.sources:
        found = read_source(project, source, Vault(None, KEY), systems=systems)
        assert found.frame.height, source


def test_the_numbers_of_flensburg_stand_where_they_say() -> None:
    project, systems = example("flensburg", "flensburg")
    checked = 0
    for source, doc in project.sources.items():
        found = read_source(project, source, Vault(None, KEY), systems=systems).frame
        file = real("flensburg", *doc.file.split("/"))
        if file.suffix != ".csv":
            continue
        with file.open(encoding="utf-8", newline="") as text:
            lines = [None, *csv.DictReader(text)]
        plain = found.filter(pl.col("status").is_in(["ok", "zero"]))
        for line, column, value in plain.select("line", "column", "value").iter_rows():
            delivered = lines[line - 1]
            assert delivered is not None
            assert float(delivered[column]) == value, (source, line, column)
            checked += 1
    assert checked > 1000


# --- Region Hannover --------------------------------------------------------------------------------------------------


def test_every_series_of_the_region_hannover_is_read_without_a_fault() -> None:
    project, systems = example("region-hannover", "region-hannover")
    for source in project.sources:
        assert read_source(project, source, Vault(None, KEY), systems=systems).frame.height, source


def test_unemployment_of_hannover_as_inkar_delivers_it(tmp_path: Path) -> None:
    toml = """
file = "inkar-raw/A_Arbeitslosigkeit.xls"
layout = "wide-periods"
header_rows = 2
filter = { Kennziffer = "03241*" }
values = { count = "persons", where = { unemployed = "yes" } }
[columns]
Kennziffer = { area = "gebiete" }
"""
    found = cells(tmp_path, toml, "region-hannover").frame
    assert found.height == 21 * 24
    hannover = found.filter(pl.col("area") == "03241001").sort("period")
    assert rows(hannover, "period", "value", "line", "column")[0] == ("1998", 35387.0, 1287, "Arbeitslose 1998")
    assert hannover["period"].to_list() == [str(year) for year in range(1998, 2022)]


def test_rates_with_decimals_as_inkar_delivers_them(tmp_path: Path) -> None:
    toml = """
file = "inkar-raw/E_Schuldnerquote.xls"
layout = "wide-periods"
header_rows = 2
values = { figure = "debtor_rate" }
[columns]
Kennziffer = { area = "gebiete" }
"""
    found = cells(tmp_path, toml, "region-hannover").frame
    assert found.height == 400 * 18
    flensburg = found.filter(pl.col("area") == "01001", pl.col("period").is_in(["2004", "2021"]))
    assert flensburg["value"].to_list() == [16.94, 14.79]


# --- GENESIS, Regionalstatistik, census -------------------------------------------------------------------------------

FLAT = [
    # file, period column, area variable, further declarations, cells, how many of which status
    (
        "12411-01-01-4__0.csv",
        "STAG",
        "KREISE",
        'GES = { dimension = "sex", codes = { GESM = "male", GESW = "female" } }',
    ),
    ("11111-02-01-4__0.csv", "STAG", "KREISE", ""),
    ("12211-Z-11__0.csv", "JAHR", "KREISE", ""),
    ("1000A-0000__0.csv.gz", "time", "GEOGM4", ""),
    ("1000A-0000__1.csv.gz", "time", "GEOGM4", ""),
]


@pytest.mark.parametrize(("file", "period", "area", "more"), FLAT, ids=[case[0] for case in FLAT])
def test_flat_csv_of_the_statistics_services(tmp_path: Path, file: str, period: str, area: str, more: str) -> None:
    frequency = "year" if period == "JAHR" else "date"
    toml = f"""
file = "tables/{file}"
layout = "ffcsv"
values = {{ count = "persons" }}
[columns]
{period} = {{ period = "{frequency}" }}
{area} = {{ area = "gebiete" }}
{more}
"""
    found = cells(tmp_path, toml, "genesis-ffcsv").frame
    lines = text_of(real("genesis-ffcsv", "tables", file)).splitlines()
    header = lines[0].split(";")
    at = header.index("value")
    assert found.height > 400
    for line, value, status in found.select("line", "value", "status").iter_rows():
        delivered = next(csv.reader([lines[line - 1]], delimiter=";"))[at]
        known = {"-": (0.0, "zero"), ".": (None, "suppressed"), "/": (None, "missing"), "x": (None, "undefined")}
        if delivered in known:
            assert (value, status) == known[delivered]
        else:
            assert value == float(delivered)
            assert status in ("ok", "zero", "unreliable")


def test_unreliable_values_of_the_microcensus_stay_unreliable(tmp_path: Path) -> None:
    toml = """
file = "tables/12211-Z-11__0.csv"
layout = "ffcsv"
values = { count = "households", factor = 1000 }
filter = { LBFORM01 = "PAAROK" }
[columns]
JAHR = { period = "year" }
KREISE = { area = "gebiete" }
"""
    lines = text_of(real("genesis-ffcsv", "tables", "12211-Z-11__0.csv")).splitlines()
    unreliable = [line for line in lines if ";PAAROK;" in line and line.endswith(";()")]
    found = cells(tmp_path, toml, "genesis-ffcsv").frame
    assert unreliable
    assert (found["status"] == "unreliable").sum() == len(unreliable)


def text_of(path: Path) -> str:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return content.decode("utf-8-sig")


def test_the_census_grid_of_germany(tmp_path: Path) -> None:
    toml = """
file = "1km_germany/continuous_Einwohner.parquet"
grid = "gebiete"
period = "2011-05-09"
[columns]
x = { coordinate = "x" }
y = { coordinate = "y" }
Einwohner = { count = "persons" }
"""
    found = cells(tmp_path, toml, "zensus2011-grid").frame
    raw = pl.read_parquet(real("zensus2011-grid", "1km_germany", "continuous_Einwohner.parquet"))["Einwohner"]
    assert found.height == 361_478
    assert found["value"].sum() == raw.filter(raw >= 0).sum()
    assert (found["status"] == "missing").sum() == (raw == -1).sum()


def test_the_population_of_cologne_by_district(tmp_path: Path) -> None:
    toml = """
file = "bevoelkerung_2005-2012.csv.gz"
filter = { tab_id = "005" }
[columns]
jahr = { period = "year" }
raum_id = { area = "gebiete" }
zahl = { count = "persons" }
"""
    found = cells(tmp_path, toml, "koeln").frame
    assert found.height == 96 * 8
    city = found.filter(pl.col("area") == "000", pl.col("period") == "2005")
    assert rows(city, "value", "line") == [(1023101.0, 2)]
    districts = found.filter(pl.col("area").str.contains(r"^00[1-9]$"), pl.col("period") == "2005")
    assert districts["value"].sum() == 1023101.0


def test_the_schools_of_flensburg_have_a_point(tmp_path: Path) -> None:
    toml = """
file = "schulen_flensburg.csv"
crs = "EPSG:4326"
[columns]
Schulname = { attribute = "name" }
"Straße" = { attribute = "street" }
"Schüler" = { attribute = "pupils" }
Lon = { coordinate = "x" }
Lat = { coordinate = "y" }
"""
    for sub in ("sources", "areas"):
        (tmp_path / sub).mkdir()
    (tmp_path / "city.toml").write_text('name = "X"\nags = "01001"\nhome = "gebiete"\n', encoding="utf-8")
    area = 'title.de = "Gebiete"\nfile = "x.csv"\ncode = "code"\nname = "name"\n'
    (tmp_path / "areas" / "gebiete.toml").write_text(area, encoding="utf-8")
    head = HEAD.replace('"aggregate"', '"offers"')
    (tmp_path / "sources" / "lieferung.toml").write_text(head + toml, encoding="utf-8")
    found = read_source(load_project(tmp_path, real("flensburg")), "lieferung", Vault(None, KEY)).frame
    assert found.height == 30
    assert found["x"].is_between(520_000, 535_000).all()
    assert found["y"].is_between(6_060_000, 6_080_000).all()
