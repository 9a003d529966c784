"""Tables that are not long: a column per period, GENESIS flat CSV, census grids."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
from source_samples import AGGREGATE, Town, rows

from sozialraum.sources.formats.columnar import cell_ids, cell_middles

WIDE = """
layout = "wide-periods"
header_rows = 2
values = { count = "persons", where = { unemployed = "yes" } }
[columns]
Kennziffer = { area = "viertel" }
"""
WIDE_TEXT = "Kennziffer;Raumeinheit;Arbeitslose;\n;;2022;2023\n01;Altstadt;5;6\n02;Süd-Stadt;-;\n"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town")


def test_a_column_per_year(town: Town) -> None:
    assert rows(town.cells(WIDE, WIDE_TEXT), "where", "area", "period", "value", "status", "line", "column") == [
        ("unemployed=yes", "01", "2022", 5.0, "ok", 3, "Arbeitslose 2022"),
        ("unemployed=yes", "02", "2022", 0.0, "zero", 4, "Arbeitslose 2022"),
        ("unemployed=yes", "01", "2023", 6.0, "ok", 3, "Arbeitslose 2023"),
        ("unemployed=yes", "02", "2023", None, "missing", 4, "Arbeitslose 2023"),
    ]


def test_several_measures_with_a_column_per_year_each(town: Town) -> None:
    toml = """
layout = "wide-periods"
header_rows = 2
[columns]
Kennziffer = { area = "viertel" }
Arbeitslose = { count = "persons", where = { unemployed = "yes" } }
Quote = { figure = "quote" }
"""
    text = "Kennziffer;Arbeitslose;;Quote;Sonstiges\n;2022;2023;2023;2023\n01;5;6;1,5;x\n"
    assert rows(town.cells(toml, text), "universe", "period", "value") == [
        ("persons", "2022", 5.0),
        ("persons", "2023", 6.0),
        ("figure.quote", "2023", 1.5),
    ]


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("2022", "2022"),
        ("2022.0", "2022"),
        ("DATE_2022-12-31", "2022-12-31"),
        ("2022-H1", "2022-H1"),
        ("2021/22", "2021/22"),
    ],
)
def test_headings_of_periods(town: Town, heading: str, period: str) -> None:
    toml = WIDE.replace("header_rows = 2\n", "")
    assert town.cells(toml, f"Kennziffer,{heading}\n01,5\n")["period"].to_list() == [period]


def test_an_export_of_kommonitor(town: Town) -> None:
    """Features with a property DATE_YYYY-MM-DD for each moment; their geometry is not needed here."""
    properties = {"ID": "01", "NAME": "Altstadt", "DATE_2022-12-31": 5.5, "DATE_2023-12-31": None}
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [9.4, 54.7]}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    toml = 'layout = "wide-periods"\nvalues = { figure = "quote" }\n[columns]\nID = { area = "viertel" }\n'
    assert rows(town.cells(toml, content, "export.geojson"), "area", "period", "value", "status", "column") == [
        ("01", "2022-12-31", 5.5, "ok", "DATE_2022-12-31"),
        ("01", "2023-12-31", None, "missing", "DATE_2023-12-31"),
    ]


def test_a_table_without_a_period_in_its_headings_is_a_fault(town: Town) -> None:
    faults = town.faults(WIDE.replace("header_rows = 2\n", ""), "Kennziffer;Personen\n01;5\n")
    assert [fault.what for fault in faults] == ["no column of a period is found"]


FFCSV_HEAD = (
    "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;2_variable_code;2_variable_label;2_variable_attribute_code;"
    "2_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label;value_q\n"
)


def flat(area: str, sex: str, value: str, *, quality: str = "", measure: str = "BEVSTD", system: str = "KREISE") -> str:
    label = {"": "Insgesamt", "GESM": "männlich", "GESW": "weiblich", "GES-INS": "Insgesamt"}[sex]
    return (
        f"12411;Bevölkerung;STAG;Stichtag;2024-12-31;{system};Kreise;{area};Name;GES;Geschlecht;{sex};{label};"
        f"{value};Anzahl;{measure};Bevölkerungsstand;{quality}\n"
    )


FFCSV = """
layout = "ffcsv"
values = { count = "persons" }
[columns]
STAG = { period = "date" }
KREISE = { area = "viertel" }
GES = { dimension = "sex", codes = { GESM = "male", GESW = "female" } }
"""
SYMBOLS = [
    ("5", "", 5.0, "ok"),
    ("5", "e", 5.0, "ok"),
    ("5", "p", 5.0, "provisional"),
    ("5", "s", 5.0, "estimated"),
    ("5", "()", 5.0, "unreliable"),
    ("0", "", 0.0, "zero"),
    ("-", "", 0.0, "zero"),
    (".", "", None, "suppressed"),
    ("x", "", None, "undefined"),
    ("/", "", None, "missing"),
    ("...", "", None, "missing"),
]


def test_flat_csv_in_the_codes_of_its_variables(town: Town) -> None:
    text = "\ufeff" + FFCSV_HEAD + flat("01", "GESM", "5") + flat("01", "GESW", "6") + flat("01", "", "11")
    assert rows(town.cells(FFCSV, text), "where", "area", "period", "value", "line", "column") == [
        ("sex=male", "01", "2024-12-31", 5.0, 2, "value"),
        ("sex=female", "01", "2024-12-31", 6.0, 3, "value"),
        ("", "01", "2024-12-31", 11.0, 4, "value"),
    ]


@pytest.mark.parametrize(("value", "quality", "number", "status"), SYMBOLS)
def test_quality_symbols_become_statuses(
    town: Town, value: str, quality: str, number: float | None, status: str
) -> None:
    found = town.cells(FFCSV, FFCSV_HEAD + flat("01", "GESM", value, quality=quality))
    assert rows(found, "value", "status") == [(number, status)]


def test_without_a_variable_only_its_totals_are_read(town: Town) -> None:
    toml = "\n".join(line for line in FFCSV.splitlines() if not line.startswith("GES"))
    for total in ("", "GES-INS"):
        text = FFCSV_HEAD + flat("01", "GESM", "5") + flat("01", "GESW", "6") + flat("01", total, "11")
        found = town.table(toml, text)
        assert rows(found.frame, "where", "value", "line") == [("", 11.0, 4)]
        assert [note.what[:22] for note in found.notes] == ["2 rows are left out: t"]


def test_a_variable_that_splits_every_row_must_be_declared(town: Town) -> None:
    toml = "\n".join(line for line in FFCSV.splitlines() if not line.startswith("GES"))
    faults = town.faults(toml, FFCSV_HEAD + flat("01", "GESM", "5") + flat("01", "GESW", "6"))
    assert [(fault.what, fault.advice) for fault in faults] == [
        (
            "no row is left: all are split by variables that are not declared",
            "declare them or use filter; there are GES",
        )
    ]


def test_a_variable_can_be_filtered_by(town: Town) -> None:
    toml = "\n".join(line for line in FFCSV.splitlines() if not line.startswith("GES"))
    toml = 'filter = { GES = "GESW" }\n' + toml
    found = town.cells(toml, FFCSV_HEAD + flat("01", "GESM", "5") + flat("01", "GESW", "6"))
    assert found["value"].to_list() == [6.0]


def test_measures_of_flat_csv_by_the_code_of_the_value(town: Town) -> None:
    toml = FFCSV.replace('values = { count = "persons" }\n', "") + 'HAU = { count = "households" }\n'
    text = FFCSV_HEAD + flat("01", "", "5") + flat("01", "", "3", measure="HAU")
    assert rows(town.cells(toml, text), "universe", "value") == [("households", 3.0)]


def test_rows_of_other_area_variables_are_left_out(town: Town) -> None:
    text = FFCSV_HEAD + flat("DG", "", "99", system="DINSG") + flat("01", "", "5")
    assert rows(town.cells(FFCSV, text), "area", "value") == [("01", 5.0)]


def test_a_variable_that_no_row_has_is_a_fault(town: Town) -> None:
    faults = town.faults(FFCSV.replace("KREISE", "KREIS"), FFCSV_HEAD + flat("01", "", "5"))
    assert [(fault.column, fault.what, fault.advice) for fault in faults] == [
        ("KREIS", "no row has this variable", "did you mean KREISE?")
    ]


def test_a_file_that_is_no_flat_csv_is_a_fault(town: Town) -> None:
    faults = town.faults(FFCSV, "a;b\n1;2\n")
    assert {fault.column for fault in faults} == {"time", "time_code", "value_variable_code", "value"}


GRID = """
grid = "viertel"
period = "2022-05-15"
[columns]
x = { coordinate = "x" }
y = { coordinate = "y" }
Einwohner = { count = "persons" }
"""


def test_cells_of_a_census_grid_are_areas_and_minus_one_is_not_known(town: Town) -> None:
    frame = pl.DataFrame({"x": [4334500, 4335500], "y": [2684500, 2684500], "Einwohner": [-1, 12], "Rest": ["a", "b"]})
    content = io.BytesIO()
    frame.write_parquet(content)
    found = town.cells(GRID, content.getvalue(), "gitter.parquet")
    assert rows(found, "area", "period", "value", "status", "line") == [
        ("CRS3035RES1000mN2684000E4334000", "2022-05-15", None, "missing", 1),
        ("CRS3035RES1000mN2684000E4335000", "2022-05-15", 12.0, "ok", 2),
    ]


def test_a_grid_that_is_none_is_a_fault(town: Town) -> None:
    faults = town.faults(GRID, "x;y;Einwohner\n4334500;2684500;5\n4334511;2684500;5\n")
    assert [fault.what for fault in faults] == ["these are not the middles of the cells of one grid"]


@pytest.mark.parametrize("width", [100, 1000, 10_000])
def test_ids_of_cells_lead_back_to_their_middles(width: int) -> None:
    x, y = pl.Series([width * 40 + width // 2]), pl.Series([width * 26 + width // 2])
    assert cell_middles(cell_ids(x, y)).rows() == [(float(x[0]), float(y[0]))]


def test_a_text_that_is_no_cell_has_no_middle() -> None:
    assert cell_middles(pl.Series(["01", None])).rows() == [(None, None), (None, None)]


def test_a_broken_parquet_file_is_a_fault(town: Town) -> None:
    faults = town.faults(GRID, b"PAR1 and no more", "gitter.parquet")
    assert [fault.what for fault in faults] == ["the Parquet file is cut off or damaged"]


# --- archives ---------------------------------------------------------------------------------------------------------

LONG = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Personen = { count = "persons" }
"""
TEXT = b"Jahr;Viertel;Personen\n2024;01;5\n"


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv.gz", gzip.compress(TEXT, mtime=0)), ("a.zip", zipped(a_csv=TEXT, readme_txt_md=b"-"))]
)
def test_archives_are_opened(town: Town, name: str, content: bytes) -> None:
    assert rows(town.cells(LONG, content, name), "file", "value", "line") == [(name, 5.0, 2)]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.csv.gz", gzip.compress(TEXT * 1000, mtime=0)[:-20], "the archive is damaged or incomplete"),
        ("a.zip", zipped(a_csv=TEXT)[:-30], "the archive is damaged or incomplete"),
        ("a.zip", zipped(a_csv=TEXT, b_csv=TEXT), "there are several tables in the archive"),
        ("a.zip", zipped(), "there is nothing in the archive"),
        ("a.csv.gz", gzip.compress(b"0" * (32 << 20), mtime=0), "zip bomb"),
        ("a.zip", zipped(a_csv=b"0" * (32 << 20)), "zip bomb"),
    ],
)
def test_archives_that_can_not_be_trusted(town: Town, name: str, content: bytes, what: str) -> None:
    faults = town.faults(LONG, content, name)
    assert [what in fault.what for fault in faults] == [True], faults


def test_faults_of_every_file_come_at_once(town: Town) -> None:
    town.deliver("a_2023.csv", b"Viertel;Personen\n09;5\n")
    town.deliver("a_2024.csv", b"Viertel;Personen\n01;-5\n")
    toml = LONG.replace('Jahr = { period = "year" }\n', "")
    town.declare("lieferung", f'{AGGREGATE}file = "a_*.csv"\nperiod_in_name = "a_(\\\\d{{4}})"\n{toml}')
    assert [(fault.file, fault.line, fault.column) for fault in town.refusal()] == [
        ("a_2023.csv", 2, "Viertel"),
        ("a_2024.csv", 2, "Personen"),
    ]
