"""What kind of town Musterstadt is: German levels, real structure, lives that go on from year to year."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from sozialraum.catalogue import load_catalogue
from sozialraum.musterstadt import Town, make_town

pytestmark = pytest.mark.slow

LEVELS_OF_RESIDENTS = [
    # who                       of whom                          year  low    high
    ("age < 18", "age >= 0", 2015, 0.155, 0.19),
    ("age < 18", "age >= 0", 2024, 0.155, 0.20),
    ("age >= 65", "age >= 0", 2015, 0.20, 0.24),
    ("age >= 65", "age >= 0", 2024, 0.20, 0.24),
    ("nationality = 'foreign'", "age >= 0", 2015, 0.10, 0.14),
    ("nationality = 'foreign'", "age >= 0", 2024, 0.14, 0.18),
    ("migration <> 'none'", "age >= 0", 2024, 0.28, 0.40),
    ("sgb2 = 'yes'", "age < 65", 2024, 0.08, 0.12),
    ("sgb2 = 'yes'", "age < 15", 2024, 0.08, 0.16),
    ("sgb12 = 'yes'", "age >= 65", 2024, 0.025, 0.05),
    ("employed = 'yes'", "age between 15 and 64", 2024, 0.58, 0.66),
    ("unemployed = 'yes'", "age between 15 and 64", 2024, 0.045, 0.07),
    ("overindebted = 'yes'", "age >= 18", 2024, 0.08, 0.105),
    ("debt_intensity = 'hard'", "overindebted = 'yes'", 2024, 0.5, 0.62),
    ("care = 'yes'", "age < 3", 2024, 0.3, 0.42),
    ("care = 'yes'", "age between 3 and 5", 2024, 0.88, 0.96),
    ("sex = 'female'", "age >= 0", 2024, 0.50, 0.53),
]

LEVELS_OF_HOUSEHOLDS = [
    ("household_size = 1", "household_size > 0", 0.46, 0.53),
    ("children > 0", "household_size > 0", 0.15, 0.22),
    ("household_type in ('single_mother', 'single_father')", "children > 0", 0.10, 0.22),
    ("sgb2 = 'yes'", "household_size > 0", 0.05, 0.10),
    ("housing_benefit = 'yes'", "household_size > 0", 0.015, 0.04),
]


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town()


def test_it_has_the_size_that_was_asked_for(town):
    assert len(town.houses) == 24_000
    assert 72_000 < town.households(2024).height < 80_000
    assert 138_000 < town.persons(2024).height < 155_000
    assert 1_400_000 < sum(len(year.people) for year in town.years) < 1_550_000
    assert len(town.plan.codes) == 24
    assert len(town.plan.districts) == 6
    assert [year.year for year in town.years] == [*range(2015, 2025)]


@pytest.mark.parametrize(("who", "of", "year", "low", "high"), LEVELS_OF_RESIDENTS)
def test_residents_are_as_in_german_towns(town, who, of, year, low, high):
    assert low < _share(town.persons(year), who, of) < high


@pytest.mark.parametrize(("who", "of", "low", "high"), LEVELS_OF_HOUSEHOLDS)
def test_households_are_as_in_german_towns(town, who, of, low, high):
    assert low < _share(town.households(2024), who, of) < high


def _share(frame: pl.DataFrame, who: str, of: str) -> float:
    columns = [pl.col(name).cast(pl.String) for name, kind in frame.schema.items() if kind == pl.Enum]
    rows = frame.with_columns(columns).filter(pl.sql_expr(of))
    return rows.select(pl.sql_expr(who).fill_null(False).mean()).item()


@pytest.mark.parametrize(
    ("area", "low", "high"),
    [
        ("Grünau", 0.22, 0.40),
        ("Am Wasserturm", 0.18, 0.33),
        ("Bahnhofsviertel", 0.14, 0.27),
        ("Kirchberg", 0.0, 0.03),
        ("Rosengarten", 0.0, 0.03),
        ("Sonnenberg", 0.0, 0.03),
    ],
)
def test_poverty_clusters_in_three_hot_spots(town, area, low, high):
    persons = _with_area(town, 2024).filter(pl.col("area") == area, pl.col("age") < 65)
    assert low <= (persons["sgb2"] == "yes").mean() <= high


def test_one_quarter_ages_and_one_is_young(town):
    old = _with_area(town, 2024).group_by("area").agg((pl.col("age") >= 65).mean().alias("old")).sort("old")
    assert set(old["area"].tail(2)) == {"Lindenhof", "Rosengarten"}
    assert old["area"][0] == "Seefelder Höfe"


def test_the_new_quarter_grows_from_nothing(town):
    sizes = [_with_area(town, year).filter(pl.col("area") == "Seefelder Höfe").height for year in range(2015, 2025)]
    assert sizes[0] == 0
    assert sizes == sorted(sizes)
    assert sizes[-1] > 2_500


def _with_area(town: Town, year: int) -> pl.DataFrame:
    names = pl.Series(town.plan.names).gather(town.houses.area)
    persons = town.persons(year)
    return persons.with_columns(names.gather(persons["building"]).alias("area"))


def test_every_resident_lives_in_a_dwelling_and_no_dwelling_holds_two_households(town):
    for year in town.years:
        homes = year.dwelling[np.unique(year.people.household)]
        assert (homes >= 0).all()
        assert len(np.unique(homes)) == len(homes)
        house = np.repeat(np.arange(len(town.houses)), town.houses.dwellings)[homes]
        assert town.houses.built[house].max() <= year.year


def test_who_stays_keeps_number_birthday_and_sex_and_grows_a_year_older(town):
    before, after = town.persons(2019), town.persons(2020)
    both = before.join(after, on="person", suffix="_later")
    assert both.height > 0.92 * before.height
    assert (both["birth"] == both["birth_later"]).all()
    assert (both["sex"] == both["sex_later"]).all()
    assert (both["age_later"] - both["age"] == 1).all()
    same_household = (both["household"] == both["household_later"]).mean()
    assert 0.9 < same_household < 1


def test_the_balance_of_a_year_adds_up(town):
    for earlier, later in zip(town.years, town.years[1:], strict=False):
        births, deaths, arrivals, departures = np.bincount(later.events.kind, minlength=4)
        uncounted = len(later.people) - (len(earlier.people) + births - deaths + arrivals - departures)
        assert abs(uncounted) <= 0.001 * len(later.people)


def test_poverty_lasts(town):
    both = town.persons(2023).join(town.persons(2024), on="person", suffix="_later").filter(pl.col("age") < 60)
    poor = both.filter(pl.col("sgb2") == "yes")
    others = both.filter(pl.col("sgb2") == "no")
    assert (poor["sgb2_later"] == "yes").mean() > 0.6
    assert (others["sgb2_later"] == "yes").mean() < 0.04


def test_codes_are_those_of_the_catalogue(town):
    catalogue = load_catalogue()
    for frame in (town.persons(2024), town.households(2024)):
        coded = [name for name, kind in frame.schema.items() if kind == pl.Enum]
        assert len(coded) >= 3
        for name in coded:
            assert set(frame[name].cast(pl.String).drop_nulls().unique()) <= set(catalogue.codes[name].codes), name


def test_areas_cover_the_town_without_gap_or_overlap(town):
    areas = town.ground.areas
    assert {area.geom_type for area in areas} == {"Polygon"}
    assert shapely.coverage_is_valid(areas)
    assert shapely.area(areas).sum() == pytest.approx(shapely.area(shapely.union_all(areas)))


def test_every_house_stands_in_its_area(town):
    for number, area in enumerate(town.ground.areas):
        mine = town.houses.area == number
        assert mine.any()
        assert shapely.contains_xy(area, town.houses.x[mine], town.houses.y[mine]).all()


def test_no_house_stands_in_the_river(town):
    houses = shapely.points(town.houses.x, town.houses.y)
    assert shapely.distance(houses, town.ground.river).min() > 40


def test_every_address_is_there_once(town):
    assert town.addresses.select("street", "number", "suffix").is_unique().all()
    assert any("ß" in street for street in town.addresses["street"])
    assert {"", "a"} <= set(town.addresses["suffix"])


def test_houses_are_of_every_type(town):
    shares = np.bincount(town.houses.kind, minlength=5) / len(town.houses)
    assert (shares[:4] > 0.1).all()
    assert 0.001 < shares[4] < 0.02
    assert town.houses.dwellings.max() > 60
    assert 3.0 < town.houses.dwellings.mean() < 3.5


def test_the_reform_divides_one_area(town):
    reform = town.plan.reform
    assert reform.code in town.area_codes(reform.year - 1)
    assert reform.code not in town.area_codes(reform.year)
    assert set(town.area_codes(reform.year)) - set(town.area_codes(reform.year - 1)) == set(reform.parts)
