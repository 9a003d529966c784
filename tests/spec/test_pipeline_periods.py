"""``first_period`` in ``city.toml``: what was before is left out of a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_samples import persons, write_city
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.periods import since
from sozialraum.pipeline import BuildResult, silent

CHANGE = "bevoelkerungsentwicklung"
"""Compares with five years before."""


def build(city: Path, first: str | None) -> BuildResult:
    if first:
        text = (city / "city.toml").read_text(encoding="utf-8")
        (city / "city.toml").write_text(f'first_period = "{first}"\n{text}', encoding="utf-8")
    return pipeline.build(load_project(city), silent, who="Test")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    return build(write_city(tmp_path_factory.mktemp("everything")), None)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    return build(write_city(tmp_path_factory.mktemp("later")), "2023")


def test_without_it_everything_is_there(everything: BuildResult) -> None:
    assert set(everything.release.public.values["period"]) == {str(year) for year in range(2020, 2026)}


@pytest.mark.parametrize("depth", ["public", "internal"])
def test_earlier_periods_are_in_neither_values_nor_counts(later: BuildResult, depth: str) -> None:
    package = later.release.package(depth)
    assert set(package.values["period"]) == {"2023", "2024", "2025"}
    assert set(package.counts.frame["period"]) == {"2023", "2024", "2025"}


def test_later_periods_are_as_they_were(everything: BuildResult, later: BuildResult) -> None:
    before = everything.release.public
    kept = before.values["period"].is_in(["2023", "2024", "2025"])
    assert before.values.filter(kept).equals(later.release.public.values)


def test_earlier_periods_still_serve_as_the_base_of_a_change(later: BuildResult) -> None:
    values = later.release.public.values.filter(indicator=CHANGE, area="01")
    assert dict(values.select("period", "value").iter_rows()) == {"2025": pytest.approx(100 * (150 - 8214) / 8214)}


def test_what_was_withheld_is_told_of_the_periods_that_are_there(everything: BuildResult, later: BuildResult) -> None:
    def cells(result: BuildResult) -> int:
        return sum(row["cells"] for row in result.suppression if row["depth"] == "public")

    assert cells(later) == len(later.release.public.counts)
    assert cells(everything) == len(everything.release.public.counts)


def test_microcells_are_counted_in_the_latest_period_of_the_register(tmp_path: Path) -> None:
    city = write_city(tmp_path)
    register = (city / "deliveries" / "personen_2025.csv").read_text(encoding="utf-8").splitlines()
    (city / "deliveries" / "personen_2026.csv").write_text("\n".join([*register[:-1], ""]), encoding="utf-8")
    cells = build(city, None).release.internal.counts.frame.filter(area_system="microcells")
    assert set(cells["period"]) == {"2026"}
    assert cells["value"].sum() == len(persons()) - 1


SINCE = [
    # first period, periods, those that are kept
    ("2020", ["2019", "2020", "2021"], ["2020", "2021"]),
    ("2020", ["2019/20", "2019-H2", "2020-Q1", "2019-12-31"], ["2019/20", "2020-Q1"]),
    ("2020-07-01", ["2019", "2020", "2020-H1", "2020-06-30", "2020-07-01"], ["2020", "2020-07-01"]),
]


@pytest.mark.parametrize(("first", "periods", "kept"), SINCE)
def test_which_periods_lie_wholly_before(first: str, periods: list[str], kept: list[str]) -> None:
    assert since(first, periods) == kept
