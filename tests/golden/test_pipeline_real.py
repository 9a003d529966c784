"""Real deliveries: numbers of a release, chosen at random, are those of the delivered cells they are traced to.

The cells are read here by a few lines of their own, and the formulas are written out once more.
"""

from __future__ import annotations

import csv
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest

from pipeline_samples import run
from segregation_plainly import dissimilarity, gini, isolation
from sozialraum import pipeline
from sozialraum.catalogue import IndicatorDoc, Project, load_project
from sozialraum.counts import Trace
from sozialraum.pipeline import BuildResult, silent
from sozialraum.pipeline.explain import Explanation, explain_counted

pytestmark = pytest.mark.realdata

EXAMPLES = Path(__file__).parents[2] / "examples"
CHOSEN = 10


@dataclass(frozen=True)
class Built:
    """A project that was built, with what was counted on the way."""

    project: Project
    result: BuildResult
    counted: Any

    @property
    def public(self) -> pl.DataFrame:
        return self.result.release.public.values


def build(name: str, deliveries: Path, folder: Path) -> Built:
    shutil.copytree(EXAMPLES / name, folder, dirs_exist_ok=True)
    project = load_project(folder, deliveries)
    module = sys.modules[pipeline.build.__module__]
    kept: list[Any] = []
    count = module.count_everything

    def count_and_keep(*arguments: Any) -> Any:
        kept.append(count(*arguments))
        return kept[0]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "count_everything", count_and_keep)
        result = pipeline.build(project, silent, who="Test")
    return Built(project, result, kept[0])


@pytest.fixture(scope="session")
def flensburg_built(flensburg: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build("flensburg", flensburg, tmp_path_factory.mktemp("flensburg"))


@pytest.fixture(scope="session")
def hannover_built(region_hannover: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build("region-hannover", region_hannover, tmp_path_factory.mktemp("hannover"))


@pytest.fixture(params=["flensburg_built", "hannover_built"])
def built(request: pytest.FixtureRequest) -> Built:
    found: Built = request.getfixturevalue(request.param)
    return found


# --- a second reader --------------------------------------------------------------------------------------------------


@lru_cache
def csv_lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


@lru_cache
def sheet_rows(path: Path) -> list[tuple[Any, ...]]:
    sheet = fastexcel.read_excel(path).load_sheet("Daten", header_row=None, dtypes="string")
    return sheet.to_polars().rows()


def delivered_number(folder: Path, trace: Trace) -> float:
    """Read the cell at the line and column that a trace names; check that it stands in the right row."""
    path = folder / trace.file
    if path.suffix == ".csv":
        header, row = csv_lines(path)[0], csv_lines(path)[trace.line - 1]
        if "year" in header:
            assert row[header.index("year")] == trace.period
        return float(row[header.index(trace.column)])
    rows, row = sheet_rows(path), sheet_rows(path)[trace.line - 1]
    measure, _, year = trace.column.rpartition(" ")
    (column,) = [at for at, heads in enumerate(zip(rows[0], rows[1], strict=True)) if heads == (measure, year)]
    assert year == trace.period
    assert (str(row[0])[:5], str(row[0])[-3:]) == (trace.area[:5], trace.area[-3:])
    return float(str(row[column]))


def value_of(document: IndicatorDoc, terms: dict[str, float]) -> float:
    """Work out a formula over the sums of its terms."""
    top = terms.get("numerator", 0.0) - terms.get("subtracted", 0.0)
    if document.share:
        return 100 * top / terms["denominator"]
    if document.rate or document.ratio:
        return float((document.rate or document.ratio).per) * top / terms["denominator"]
    return top / terms["denominator"] if document.mean else top


def worked_out(document: IndicatorDoc, sums: dict[str, dict[str, dict[str, float]]], period: str) -> float:
    if document.segregation:
        return index_of(document, [*sums[period].values()])
    by_period = {when: terms[""] for when, terms in sums.items()}
    if not (document.change or document.index):
        return value_of(document, by_period[period])
    (earlier,) = by_period.keys() - {period}
    now, before = by_period[period]["numerator"], by_period[earlier]["numerator"]
    if document.index:
        return 100 * now / before
    return 100 * (now - before) / before if document.change.relative else now - before


def index_of(document: IndicatorDoc, areas: list[dict[str, float]]) -> float:
    """Work out how a group is spread over areas."""
    index = {"dissimilarity": dissimilarity, "isolation": isolation, "gini": gini}[document.segregation.index]
    return index([terms["numerator"] for terms in areas], [terms["denominator"] for terms in areas])


def cells_of(explanation: Explanation, folder: Path) -> Iterator[tuple[str, str, str, float]]:
    """Yield period, area inside, role and delivered number of everything that went into a value."""
    for term in explanation.terms:
        assert term.traces, f"nothing is traced for {term.measure}"
        for trace in term.traces:
            number = delivered_number(folder, trace)
            assert trace.value == number
            yield term.period, term.area, term.role, number


def chosen_values(built: Built) -> list[dict[str, Any]]:
    """Return values of ten indicators, chosen at random."""
    chance = random.Random(f"{built.project.city.name} 2026")
    sound = built.public.filter(pl.col("status").is_in(["ok", "zero"]))
    indicators = chance.sample(sorted(set(sound["indicator"])), CHOSEN)
    return [chance.choice(sound.filter(indicator=name).rows(named=True)) for name in indicators]


# --- the tests --------------------------------------------------------------------------------------------------------


def test_ten_values_chosen_at_random_are_those_of_the_delivered_cells(built: Built) -> None:
    for value in chosen_values(built):
        name, period = value["indicator"], value["period"]
        place = f"{value['area_system']}:{value['area']}"
        explanation = explain_counted(built.project, built.counted, name, place, period)
        sums: dict[str, dict[str, dict[str, float]]] = {}
        for when, area, role, number in cells_of(explanation, built.project.deliveries):
            terms = sums.setdefault(when, {}).setdefault(area, {})
            terms[role] = terms.get(role, 0.0) + number
        document = built.project.catalogue.indicators[name]
        assert value["value"] == pytest.approx(worked_out(document, sums, period)), value


def test_the_release_passes_its_audit_and_can_be_published(built: Built) -> None:
    folder = built.result.release.folder
    assert built.result.audit_passed
    assert [run(command, folder).code for command in ("verify", "approve", "publish")] == [0, 0, 0]


def test_at_least_so_many_indicators(flensburg_built: Built, hannover_built: Built) -> None:
    assert flensburg_built.public["indicator"].n_unique() >= 25
    assert hannover_built.public.filter(area_system="gemeinden")["area"].n_unique() == 21


def test_explain_at_the_command_line(flensburg: Path) -> None:
    asked = ("explain", EXAMPLES / "flensburg", "anteil_unter_18", "Neustadt", "2022", "--deliveries", flensburg)
    found = run(*asked, "--json").json
    assert found["area_system"] == "stadtteile"
    for term in found["terms"]:
        assert sum(trace["value"] for trace in term["traces"]) == term["value"]


# --- Flensburg's own dirt ---------------------------------------------------------------------------------------------

HOUSING = {
    "general_consulting": "consulting",
    "notices_of_rent_arrears": "arrears_notice",
    "termination_rent_arrears": "termination_arrears",
    "termination_for_conduct": "termination_conduct",
    "action_for_eviction": "eviction_suit",
    "eviction_notice": "eviction_notice",
    "eviction_carried": "evicted",
}
"""Columns of a table with many empty and many small cells, and the codes they are read as."""


def test_no_public_count_is_small(flensburg_built: Built) -> None:
    public = flensburg_built.result.release.public
    units = public.counts.frame.filter(~pl.col("universe").str.contains(".", literal=True))
    assert units.filter(pl.col("value").is_between(1, 4)).is_empty()
    shown = public.values.filter(pl.col("indicator").is_in(_counting_units(flensburg_built)))
    assert shown.filter(pl.col("numerator").is_between(1, 4)).is_empty()


def _counting_units(built: Built) -> list[str]:
    documents = built.project.catalogue.indicators.items()
    return [name for name, document in documents if all(measure.counts_units for measure in document.numerator)]


def test_small_cells_were_delivered_and_are_withheld_and_empty_ones_are_missing(
    flensburg: Path, flensburg_built: Built
) -> None:
    header, *rows = csv_lines(flensburg / "csv" / "fl_housing_assistance_cases_by_district.csv")
    names = {row[0]: row[1] for row in csv_lines(flensburg / "csv" / "fl_district.csv")}
    public = flensburg_built.result.release.public
    code = {name: code for code, name in public.areas("stadtteile").frame.select("code", "name").iter_rows()}
    counts = public.counts.frame.filter(universe="housing_cases")
    asked = set(counts["where"])
    found = {"missing": 0, "suppressed": 0, "ok": 0}
    for row in rows:
        for column, stage in HOUSING.items():
            where, delivered = f"housing_stage={stage}", row[header.index(column)]
            if where not in asked:
                continue
            here = counts.filter(where=where, area=code[names[row[1]]], period=row[0])
            assert here.height == 1
            value, status = here.select("value", "status").row(0)
            found[status] += 1
            if not delivered:
                assert (value, status) == (None, "missing")
            elif int(delivered) < 5:
                assert (value, status) == (None, "suppressed")
            elif status == "ok":
                assert value == int(delivered)
    assert min(found.values()) > 0


@pytest.mark.parametrize("depth", ["public", "internal"])
def test_years_without_a_delivery_are_a_gap_and_not_zero(flensburg_built: Built, depth: str) -> None:
    package = flensburg_built.result.release.package(depth)
    in_the_gap = [str(year) for year in range(2013, 2017)]
    series = package.values.filter(indicator="einwohner", area_system="stadtteile")
    assert sorted(set(series["period"])) == ["2011", "2012", *map(str, range(2017, 2023))]
    assert series.group_by("period").len()["len"].to_list() == [13] * 8
    gap = package.counts.frame.filter(pl.col("period").is_in(in_the_gap) & (pl.col("status") != "missing"))
    assert set(gap.select("where", "area_system", "period").iter_rows()) <= {
        (where, "stadt", "2016") for where in set(gap["where"]) if "residence_status" in where or "nationality" in where
    }
    assert package.values.filter(pl.col("period").is_in(in_the_gap), value=0).is_empty()


def test_there_is_a_zero_only_where_one_was_delivered(flensburg: Path, flensburg_built: Built) -> None:
    delivered = [
        (path.stem, row[:2], cell)
        for path in sorted((flensburg / "csv").glob("fl_*.csv"))
        for row in csv_lines(path)[1:]
        for cell in row
        if cell and float(cell if cell.replace(".", "").isdigit() else 1) == 0
    ]
    assert delivered == [("fl_unemployed_residents_categorized_by_district", ["2022", "13"], "0.0")]
    counts = flensburg_built.result.release.internal.counts.frame
    (zero,) = counts.filter((pl.col("value") == 0) | (pl.col("status") == "zero")).rows(named=True)
    assert (zero["where"], zero["period"], zero["status"]) == ("age=0-24;unemployed=yes", "2022", "estimated")


# --- the series of the Region Hannover --------------------------------------------------------------------------------

SERIES = [
    # indicator, sheet, first and last year, as delivered
    ("arbeitslose", "A_Arbeitslosigkeit", 1998, 2021),
    ("einwohner_15_bis_64", "A_ErwerbsfaehigeBevoelkerung", 2001, 2021),
    ("einkommensteuer_je_einwohner", "E_Einkommensteuer", 1995, 2019),
]
MUNICIPALITIES = 21


def delivered_series(folder: Path, sheet: str) -> dict[tuple[str, str], float]:
    """Read the cells of the 21 municipalities: by municipality (three digits) and year.

    Municipalities have 8 digits and joint ones 9: the Region's first 5, and in its case the same last 3 in both.
    """
    _, years, *rows = sheet_rows(folder / "inkar-raw" / f"{sheet}.xls")
    return {
        (str(row[0])[-3:], str(year)): float(str(cell))
        for row in rows
        if str(row[0]).startswith("03241")
        for year, cell in zip(years[3:], row[3:], strict=True)
        if cell not in (None, "")
    }


def told_series(built: Built, indicator: str) -> dict[tuple[str, str], float]:
    values = built.public.filter(area_system="gemeinden", indicator=indicator).drop_nulls("value")
    return {(area[-3:], period): value for area, period, value in values.select("area", "period", "value").iter_rows()}


@pytest.mark.parametrize(("indicator", "sheet", "first", "last"), SERIES)
def test_a_series_of_21_municipalities_is_the_delivered_one_and_nothing_else(
    region_hannover: Path, hannover_built: Built, indicator: str, sheet: str, first: int, last: int
) -> None:
    delivered = delivered_series(region_hannover, sheet)
    assert len(delivered) == MUNICIPALITIES * (last - first + 1)
    assert {int(year) for _, year in delivered} == set(range(first, last + 1))
    assert told_series(hannover_built, indicator) == pytest.approx(delivered)


def test_a_share_is_told_for_the_years_in_which_both_of_its_numbers_were_delivered(
    region_hannover: Path, hannover_built: Built
) -> None:
    unemployed, people = (delivered_series(region_hannover, sheet) for _, sheet, *_ in SERIES[:2])
    expected = {key: 100 * unemployed[key] / people[key] for key in unemployed.keys() & people.keys()}
    assert len(expected) == MUNICIPALITIES * len(range(2001, 2022))
    assert told_series(hannover_built, "arbeitslosenanteil") == pytest.approx(expected)
    before = hannover_built.public.filter(
        pl.col("period") < "2001", area_system="gemeinden", indicator="arbeitslosenanteil"
    )
    assert set(before.select("period", "status").iter_rows()) == {(str(year), "missing") for year in range(1998, 2001)}


def test_what_the_region_shows(hannover_built: Built) -> None:
    """Numbers of municipalities come from municipalities: nothing of the Region is handed down to them."""
    towns, region = (hannover_built.public.filter(area_system=system) for system in ("gemeinden", "region"))
    assert towns["area"].n_unique() == MUNICIPALITIES
    assert set(towns.filter(period="1998").drop_nulls("value")["indicator"]) == {
        "arbeitslose",
        "einkommensteuer_je_einwohner",
    }
    assert {str(year) for year in range(1998, 2022)} <= set(towns.drop_nulls("value")["period"])
    assert "estimated" not in set(towns["status"])
    only_of_the_region = set(region["indicator"]) - set(towns["indicator"])
    assert {"schuldnerquote_inkar", "haushaltseinkommen_inkar", "bruttoverdienst_inkar"} <= only_of_the_region
    assert hannover_built.public["indicator"].n_unique() == 15
