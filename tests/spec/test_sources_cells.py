"""Tables that somebody has already counted: what each number means, and what can not be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_samples import AGGREGATE, Town, rows

from sozialraum.sources import CELL_SCHEMA

HEADER = "Jahr;Viertel;Personen"
TOML = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Personen = { count = "persons" }
"""

GEOJSON = """{"type": "FeatureCollection", "features": [{"type": "Feature",
 "properties": {"Jahr": 2024, "Viertel": "01", "Personen": 5},
 "geometry": {"type": "Point", "coordinates": [10.05, 52.3]}}]}"""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "town")


def test_it_works(town: Town) -> None:
    found = town.cells(TOML, f"{HEADER}\n2024;01;12\n")
    assert found.schema == CELL_SCHEMA
    cell = ("persons", "", "viertel", "01", "2024", 12.0, "ok", "lieferung.csv", 2, "Personen")
    assert found.rows() == [cell]


def test_empty_cells_are_missing_and_not_zero(town: Town) -> None:
    found = town.cells(TOML, f"{HEADER}\n2024;01;\n2024;02;0\n")
    assert rows(found, "value", "status") == [(None, "missing"), (0.0, "zero")]


def test_wide_in_codes_and_the_dimensions_of_a_row_extend_every_filter(town: Town) -> None:
    toml = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Sex = { dimension = "sex", codes = { m = "male", w = "female", alle = "" } }
"0 - 14" = { count = "persons", where = { age = "0-14" } }
"65 u. älter" = { count = "persons", where = { age = "65+" } }
"""
    text = "Jahr;Viertel;Sex;0 - 14;65 u. älter\n2024;01;m;5;6\n2024;01;alle;11;12\n"
    assert rows(town.cells(toml, text), "where", "value") == [
        ("age=0-14;sex=male", 5.0),
        ("age=0-14", 11.0),
        ("age=65+;sex=male", 6.0),
        ("age=65+", 12.0),
    ]


def test_long_in_codes(town: Town) -> None:
    toml = TOML + 'Alter = { dimension = "age", codes = { "80 u. älter" = "80+" } }\n'
    text = f"{HEADER};Alter\n2024;01;5;0-14\n2024;01;6;80 u. älter\n2024;01;7;15\n"
    assert town.cells(toml, text)["where"].to_list() == ["age=0-14", "age=80+", "age=15"]


def test_amounts_figures_and_factors(town: Town) -> None:
    toml = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Steuer = { amount = "income_tax", universe = "taxpayers", factor = 1000 }
Miete = { figure = "rent" }
Saldo = { figure = "balance" }
Tausend = { count = "persons", factor = 1000 }
"""
    text = "Jahr;Viertel;Steuer;Miete;Saldo;Tausend\n2024;01;12,5;7,25;-3;1,5\n"
    assert rows(town.cells(toml, text), "universe", "value") == [
        ("taxpayers.income_tax", 12500.0),
        ("figure.rent", 7.25),
        ("figure.balance", -3.0),
        ("persons", 1500.0),
    ]


def test_declared_values_say_that_nothing_is_known(town: Town) -> None:
    toml = TOML.replace('count = "persons"', 'count = "persons", missing = ["-1", "999"]')
    assert rows(town.cells(toml, f"{HEADER}\n2024;01;-1\n2024;02;999\n2024;03;9\n"), "value", "status") == [
        (None, "missing"),
        (None, "missing"),
        (9.0, "ok"),
    ]


def test_provisional_periods(town: Town) -> None:
    toml = 'provisional = ["2024"]\n' + TOML
    text = f"{HEADER}\n2023;01;5\n2024;01;6\n2024;02;0\n2024;03;.\n"
    assert town.cells(toml, text)["status"].to_list() == ["ok", "provisional", "provisional", "suppressed"]


# --- periods ----------------------------------------------------------------------------------------------------------

PERIODS = [
    # declared, delivered, period
    ('period = "year"', "2024", "2024"),
    ('period = "school-year"', "2024/25", "2024/25"),
    ('period = "half-year"', "2024-H1", "2024-H1"),
    ('period = "quarter"', "2024-Q3", "2024-Q3"),
    ('period = "month"', "2024-05", "2024-05"),
    ('period = "date"', "2024-12-31", "2024-12-31"),
    ('period = "date"', "31.12.2024", "2024-12-31"),
    ('period = "month", format = "%m/%Y"', "05/2024", "2024-05"),
    ('period = "year", format = "%d.%m.%Y"', "31.12.2024", "2024"),
    ('period = "half-year", format = "%Y-%m-%d"', "2024-06-30", "2024-H1"),
]


@pytest.mark.parametrize(("declared", "delivered", "period"), PERIODS)
def test_periods_as_they_are_delivered(town: Town, declared: str, delivered: str, period: str) -> None:
    toml = TOML.replace('period = "year"', declared)
    assert town.cells(toml, f"{HEADER}\n{delivered};01;5\n")["period"].to_list() == [period]


WRONG_PERIODS = [
    ('period = "year"', "2024-05", "this is a month, the column is declared as year"),
    ('period = "month"', "2024", "this is a year, the column is declared as month"),
    ('period = "year"', "24", "this is no period"),
    ('period = "year"', "", "the period is missing"),
    ('period = "date"', "2024-02-30", "this is no period"),
    ('period = "year", format = "%d.%m.%Y"', "2024", "this is no date of the form %d.%m.%Y"),
]


@pytest.mark.parametrize(("declared", "delivered", "what"), WRONG_PERIODS)
def test_mixed_and_wrong_periods_are_faults(town: Town, declared: str, delivered: str, what: str) -> None:
    faults = town.faults(TOML.replace('period = "year"', declared), f"{HEADER}\n{delivered};01;5\n")
    assert [(fault.line, fault.column, fault.what) for fault in faults] == [(2, "Jahr", what)]


def test_the_period_of_a_whole_file(town: Town) -> None:
    toml = TOML.replace('Jahr = { period = "year" }\n', "")
    assert town.cells('period = "2024-H1"\n' + toml, f"{HEADER}\n;01;5\n")["period"].to_list() == ["2024-H1"]
    named = 'period_in_name = "stand_(\\\\d{4})"\n' + toml
    assert town.cells(named, f"{HEADER}\n;01;5\n", "stand_2023.csv")["period"].to_list() == ["2023"]


def test_nothing_that_says_the_period_is_a_fault_of_the_document(town: Town) -> None:
    toml = TOML.replace('Jahr = { period = "year" }\n', "")
    assert [(f.file, f.what) for f in town.faults(toml, f"{HEADER}\n2024;01;5\n")] == [
        ("sources/lieferung.toml", "nothing says the period of the numbers")
    ]
    named = 'period_in_name = "stand_(\\\\d{4})"\n' + toml
    assert [f.what for f in town.faults(named, f"{HEADER}\n;01;5\n")] == [
        "no period is found in the file's name",
        "nothing says the period of the numbers",
    ]


# --- areas ------------------------------------------------------------------------------------------------------------

AREA_COLUMNS = [
    # declared, delivered, area
    ('area = "viertel"', "02", "02"),
    ('area = "viertel", pad = 2', "2", "02"),
    ('area = "viertel", by = "name"', "Süd-Stadt", "02"),
    ('area = "viertel", by = "name"', "SÜD STADT", "02"),
    ('area = "viertel", by = "name"', "02 Süd-Stadt", "02"),
    ('area = "viertel", by = "name"', "Am Grossen Feld", "03"),
    ('area = "viertel", codes = { S = "02" }', "S", "02"),
    ('area = "viertel", pattern = "09999(\\\\d\\\\d)"', "0999902", "02"),
    ('area = "viertel", lookup = "schluessel.csv"', "7", "02"),
    ('area = "viertel", lookup = "schluessel.csv", by = "name"', "7", "02"),
]


@pytest.mark.parametrize(("declared", "delivered", "area"), AREA_COLUMNS)
def test_areas_as_they_are_delivered(town: Town, declared: str, delivered: str, area: str) -> None:
    town.deliver("schluessel.csv", "id;name;code\n7;Süd-Stadt;02\n")
    toml = TOML.replace('area = "viertel"', declared)
    assert town.cells(toml, f"{HEADER}\n2024;{delivered};5\n")["area"].to_list() == [area]


WRONG_AREAS = [
    ('area = "viertel"', "2", "there is no area of this code in viertel", "did you mean 02?"),
    ('area = "viertel"', "", "the area is missing", "filter"),
    ('area = "viertel", by = "name"', "Südstadt Nord", "there is no area of this name in viertel", "mean Süd-Stadt?"),
    ('area = "viertel"', "SÜD STADT", "these are names of areas in viertel, not their codes", 'write by = "name" for'),
    ('area = "viertel", lookup = "schluessel.csv"', "8", "schluessel.csv does not hold this key", "known: 7"),
    ('area = "viertel", pattern = "09999(\\\\d\\\\d)"', "02", "this is not of the form 09999(\\d\\d)", "pattern"),
]


@pytest.mark.parametrize(("declared", "delivered", "what", "advice"), WRONG_AREAS)
def test_unknown_areas_are_faults(town: Town, declared: str, delivered: str, what: str, advice: str) -> None:
    town.deliver("schluessel.csv", "id;name;code\n7;Süd-Stadt;02\n")
    faults = town.faults(TOML.replace('area = "viertel"', declared), f"{HEADER}\n2024;{delivered};5\n")
    assert [(f.line, f.column, f.what, advice in f.advice) for f in faults] == [(2, "Viertel", what, True)], faults


def test_names_where_codes_are_declared_are_one_fault_of_the_column(town: Town) -> None:
    named = ("Altstadt", "Süd-Stadt", "Am Großen Feld", "02 Süd-Stadt")
    delivered = [f"{year};{area};{at}" for year in range(2014, 2025) for at, area in enumerate(named)]
    (fault,) = town.faults(TOML, "\n".join([HEADER, *delivered, ""]))
    assert str(fault) == (
        "lieferung.csv:2 [Viertel]: these are names of areas in viertel, not their codes, in 44 lines (2, 3, 4, 5, 6,"
        " ...) (found: 'Altstadt, Süd-Stadt, Am Großen Feld, ...') -> write by = \"name\" for this column in"
        " sources/lieferung.toml"
    )


def test_the_same_value_is_one_fault_with_its_lines(town: Town) -> None:
    delivered = [f"{year};{area};1" for year in range(2020, 2024) for area in ("01", "2", "77")]
    faults = town.faults(TOML, "\n".join([HEADER, *delivered, "2024;2;1", "2025;2;1", "2024;3;1", ""]))
    what = "there is no area of this code in viertel"
    assert [(fault.line, fault.value, fault.what) for fault in faults] == [
        (3, "2", f"{what}, in 6 lines (3, 6, 9, 12, 14, ...)"),
        (4, "77", f"{what}, in 4 lines (4, 7, 10, 13)"),
        (16, "3", what),
    ]


def test_of_many_different_values_the_first_ones_are_named(town: Town) -> None:
    faults = town.faults(TOML, "\n".join([HEADER, *(f"2024;x{at};1" for at in range(30)), ""]))
    assert len(faults) == 21
    assert [fault.what for fault in faults if fault.what.startswith("...")] == [
        "... and 10 more values of the same: there is no area of this code in viertel"
    ]


@pytest.mark.parametrize(
    ("name", "content"), [("lieferung.csv", f"{HEADER}\n2024;01;5\n"), ("lieferung.geojson", GEOJSON)]
)
def test_a_column_that_is_missing_names_the_document_that_declares_it(town: Town, name: str, content: str) -> None:
    (fault,) = town.faults(TOML.replace("Personen =", "Menschen ="), content, name)
    assert (fault.file, fault.line, fault.what) == (name, 1, "this column is missing")
    assert fault.advice.endswith("(the name is declared in sources/lieferung.toml)")


def test_in_wide_tables_too(town: Town) -> None:
    toml = 'layout = "wide-periods"\n[columns]\nViertl = { area = "viertel" }\n[values]\ncount = "persons"\n'
    (fault,) = town.faults(toml, "Viertel;2024\n01;5\n")
    assert fault.advice == "did you mean Viertel? (the name is declared in sources/lieferung.toml)"


def test_a_lookup_without_the_column_or_the_file(town: Town) -> None:
    toml = TOML.replace('area = "viertel"', 'area = "viertel", lookup = "schluessel.csv"')
    assert [f.what for f in town.faults(toml, f"{HEADER}\n2024;7;5\n")][:1] == ["schluessel.csv does not hold this key"]
    assert "the file is missing" in [f.what for f in town.faults(toml, f"{HEADER}\n2024;7;5\n")]
    town.deliver("schluessel.csv", "id;a;b\n7;x;y\n")
    assert ("schluessel.csv", "code") in [(f.file, f.column) for f in town.faults(toml, f"{HEADER}\n2024;7;5\n")]


def test_rows_of_areas_elsewhere_can_be_left_out(town: Town) -> None:
    toml = TOML.replace('area = "viertel"', 'area = "viertel", elsewhere = "skip"')
    found = town.table(toml, f"{HEADER}\n2024;01;5\n2024;77;6\n2024;;7\n")
    assert rows(found.frame, "area", "value", "line") == [("01", 5.0, 2)]
    assert [note.what for note in found.notes] == ["2 of 3 rows are of areas elsewhere and are left out"]


@pytest.mark.parametrize("declared", ['pattern = "(\\\\d\\\\d)"', 'lookup = "schluessel.csv"'])
def test_keys_that_nobody_knows_can_be_left_out_too(town: Town, declared: str) -> None:
    town.deliver("schluessel.csv", "id;code\n01;01\n")
    toml = TOML.replace('area = "viertel"', f'area = "viertel", elsewhere = "skip", {declared}')
    assert town.cells(toml, f"{HEADER}\n2024;01;5\n2024;DG;6\n")["area"].to_list() == ["01"]


def test_that_all_rows_are_of_areas_elsewhere_is_a_fault(town: Town) -> None:
    toml = TOML.replace('area = "viertel"', 'area = "viertel", elsewhere = "skip"')
    assert [f.what for f in town.faults(toml, f"{HEADER}\n2024;77;6\n")] == [
        "1 of 1 rows are of areas elsewhere and are left out"
    ]


@pytest.mark.parametrize(
    ("declared", "area"), [("", ("stadt", "09999001")), ('area = { viertel = "03" }', ("viertel", "03"))]
)
def test_without_a_column_of_areas_the_whole_city_is_meant_or_what_is_declared(
    town: Town, declared: str, area: tuple[str, str]
) -> None:
    toml = declared + TOML.replace('Viertel = { area = "viertel" }\n', "")
    assert rows(town.cells(toml, f"{HEADER}\n2024;01;5\n"), "area_system", "area") == [area]


# --- rows and codes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "values"), [('"a"', [1.0]), ('["a", "b2"]', [1.0, 3.0]), ('"b*"', [2.0, 3.0]), ('""', [4.0])]
)
def test_only_filtered_rows_are_read(town: Town, wanted: str, values: list[float]) -> None:
    text = f"{HEADER};Art\n2024;01;1;a\n2023;01;2;b1\n2022;01;3;b2\n2021;01;4;\n"
    assert town.cells(f"filter = {{ Art = {wanted} }}\n{TOML}", text)["value"].to_list() == values


def test_a_filter_that_leaves_nothing_is_a_fault(town: Town) -> None:
    faults = town.faults(f'filter = {{ Art = "A" }}\n{TOML}', f"{HEADER};Art\n2024;01;1;a\n")
    assert [(fault.column, fault.value, fault.what) for fault in faults] == [("Art", "A", "no row is left")]


CODES = [
    ('dimension = "sex"', "mal", "sex: there is no such code"),
    ('dimension = "sex"', "", "the code of sex is missing"),
    ('dimension = "age"', "0 bis 14", "age: '0 bis 14' is no interval; write 0-14, 65+ or 7"),
    ('dimension = "age", reads = "number"', "alt", "this is no number"),
    ('dimension = "age", reads = "number"', "-1", "this is no whole number from 0"),
]


@pytest.mark.parametrize(("declared", "delivered", "what"), CODES)
def test_unknown_codes_are_faults(town: Town, declared: str, delivered: str, what: str) -> None:
    faults = town.faults(f"{TOML}Art = {{ {declared} }}\n", f"{HEADER};Art\n2024;01;1;{delivered}\n")
    assert [(fault.line, fault.column, fault.what) for fault in faults] == [(2, "Art", what)]


# --- numbers that can not be right ------------------------------------------------------------------------------------

WRONG = [
    ("-5", "a count is negative"),
    ("5,5", "a count is a fraction"),
    ("fünf", "this is no number"),
]


@pytest.mark.parametrize(("delivered", "what"), WRONG)
def test_counts_that_can_not_be_right(town: Town, delivered: str, what: str) -> None:
    faults = town.faults(TOML, f"{HEADER}\n2024;02;7,0\n2024;01;{delivered}\n")
    assert [(f.line, f.column, f.what, f.value) for f in faults] == [(3, "Personen", what, delivered)]


def test_a_number_that_can_be_read_in_two_ways_is_not_guessed(town: Town) -> None:
    faults = town.faults(TOML, f"{HEADER}\n2024;01;1.234\n")
    assert [(fault.what, "set decimal" in fault.advice) for fault in faults] == [("this is no number", True)]
    assert town.cells('decimal = ","\n' + TOML, f"{HEADER}\n2024;01;1.234\n")["value"].to_list() == [1234.0]


def test_the_same_number_twice_is_a_fault_that_names_both_lines(town: Town) -> None:
    faults = town.faults(TOML, f"{HEADER}\n2024;01;5\n2024;02;6\n2024;01;5\n")
    assert [(fault.line, fault.what, fault.value) for fault in faults] == [
        (4, "the same number is delivered twice", "lieferung.csv line 2")
    ]


def test_the_same_number_in_two_files_is_a_fault(town: Town) -> None:
    for name in "ab":
        town.deliver(f"teil_{name}.csv", f"{HEADER}\n2024;01;5\n")
    town.declare("lieferung", f'{AGGREGATE}file = "teil_*.csv"\n{TOML}')
    assert [(fault.file, fault.value) for fault in town.refusal()] == [("teil_b.csv", "teil_a.csv line 2")]


def test_all_faults_of_a_file_come_at_once(town: Town) -> None:
    faults = town.faults(TOML, f"{HEADER}\n2024-05;01;5\n2024;09;6\n2024;01;-7\n2023;01;viele\n")
    assert [(fault.line, fault.column) for fault in faults] == [
        (2, "Jahr"),
        (3, "Viertel"),
        (4, "Personen"),
        (5, "Personen"),
    ]


def test_a_missing_file_names_the_nearest(town: Town) -> None:
    town.deliver("personen_2024.csv", "a;b\n")
    town.declare("lieferung", f'{AGGREGATE}file = "person_2024.csv"\n{TOML}')
    assert [(fault.file, fault.what, fault.advice) for fault in town.refusal()] == [
        ("person_2024.csv", "the file is missing", "put it into deliveries/; did you mean personen_2024.csv?")
    ]


# --- percentages ------------------------------------------------------------------------------------------------------

SHARES = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Arbeitslose = { count = "persons", where = { unemployed = "yes" } }
Frauen = { percent = "persons", where = { unemployed = "yes", sex = "female" }, of = { unemployed = "yes" } }
"""
PERCENT = [
    # base, percent, estimated count, status
    ("226", "41,2", 93.0, "estimated"),
    ("200", "0,0", 0.0, "estimated"),
    ("0", "0,0", 0.0, "estimated"),
    ("", "41,2", None, "missing"),
    (".", "41,2", None, "suppressed"),
    ("226", "", None, "missing"),
    ("226", ".", None, "suppressed"),
]


@pytest.mark.parametrize(("base", "percent", "value", "status"), PERCENT)
def test_a_percentage_of_a_delivered_base_is_an_estimated_count(
    town: Town, base: str, percent: str, value: float | None, status: str
) -> None:
    found = town.cells(SHARES, f"Jahr;Viertel;Arbeitslose;Frauen\n2024;01;{base};{percent}\n2024;02;10;50,0\n")
    wanted = (found["where"] == "sex=female;unemployed=yes") & (found["area"] == "01")
    assert rows(found.filter(wanted), "value", "status", "line", "column") == [(value, status, 2, "Frauen")]


def test_the_base_has_the_dimensions_of_the_row(town: Town) -> None:
    long = """
[columns]
Jahr = { period = "year" }
Viertel = { area = "viertel" }
Sex = { dimension = "sex", codes = { w = "female", alle = "" } }
Zahl = { count = "persons" }
Anteil = { percent = "persons", where = { nationality = "foreign" }, of = {} }
"""
    text = "Jahr;Viertel;Sex;Zahl;Anteil\n2024;01;alle;200;25\n2024;01;w;;50\n2024;02;w;40;10\n"
    found = town.cells(long, text).filter(column="Anteil")
    assert rows(found, "where", "value", "status") == [
        ("nationality=foreign", 50.0, "estimated"),
        ("nationality=foreign;sex=female", None, "missing"),
        ("nationality=foreign;sex=female", 4.0, "estimated"),
    ]


def test_without_a_base_nothing_is_known_and_a_note_says_so(town: Town) -> None:
    toml = SHARES.replace('of = { unemployed = "yes" }', "of = {}")
    found = town.table(toml, "Jahr;Viertel;Arbeitslose;Frauen\n2024;01;200;50\n")
    assert found.frame.filter(column="Frauen")["status"].to_list() == ["missing"]
    assert [note.what for note in found.notes] == [
        "1 shares have no base in this source (persons (all)) and stay missing"
    ]


@pytest.mark.parametrize("delivered", ["101", "-1"])
def test_a_share_outside_of_0_to_100_is_a_fault(town: Town, delivered: str) -> None:
    faults = town.faults(SHARES, f"Jahr;Viertel;Arbeitslose;Frauen\n2024;01;200;{delivered}\n")
    assert [fault.what for fault in faults] == ["a share is below 0 or above 100 %"]
