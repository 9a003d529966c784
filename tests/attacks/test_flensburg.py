"""Flensburg's social atlas as published: numbers from 1 to 4 vanish, and nobody can work them out again.

The tables are read here with nothing but polars; 13 districts, the city as their sum, policy minimum 5.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from disclosure_attacker import World, follows, interval
from disclosure_released import release
from disclosure_samples import codes, districts, inside
from sozialraum.audit import audit_release
from sozialraum.catalogue import Measure, RulesDoc
from sozialraum.disclosure import Part, Protected, Structure, protect
from sozialraum.tables import COUNT_SCHEMA

pytestmark = pytest.mark.realdata

MINIMUM = 5
RULES = RulesDoc(minimum=MINIMUM)
ASSISTANCE = (
    "general_consulting", "notices_of_rent_arrears", "termination_rent_arrears", "termination_for_conduct",
    "action_for_eviction", "eviction_notice", "eviction_carried",
)  # fmt: skip
COLUMNS = {
    # table: column -> universe and filter
    "fl_residents_by_district": {"residents": ("persons", "")},
    "fl_risk_homelessness_by_district": {"residents": ("persons", "homelessness=yes")},
    "fl_unemployed_residents_by_district": {"residents": ("persons", "unemployed=yes")},
    "fl_housing_benefit_by_district": {"residents": ("persons", "housing_benefit=yes")},
    "fl_births_by_district": {"births": ("births", "")},
    "fl_housing_assistance_cases_by_district": {name: ("cases", f"kind={name}") for name in ASSISTANCE},
    "fl_beneficiaries_age_15_to_under_65_by_district": {
        "employable_with_benefits": ("beneficiaries", "benefit=employable"),
        "unemployment_benefits": ("beneficiaries", "benefit=unemployment"),
        "basic_income": ("beneficiaries", "benefit=basic"),
        "assisting_benefits": ("beneficiaries", "benefit=assisting"),
    },
    "fl_basic_benefits_income_by_district": {
        "male": ("basic_income", "sex=m"),
        "female": ("basic_income", "sex=f"),
    },
}
CODES = codes(
    homelessness="yes no", unemployed="yes no", housing_benefit="yes no", kind=" ".join(ASSISTANCE), sex="f m",
    benefit="employable unemployment basic assisting",
)  # fmt: skip
AREAS = districts(13)


def table(folder: Path, name: str) -> pl.DataFrame:
    columns = COLUMNS[name]
    read = pl.read_csv(folder / "csv" / f"{name}.csv").filter(pl.col("district_id").is_between(1, 13))
    long = read.unpivot(list(columns), index=["year", "district_id"], variable_name="column")
    pair = pl.col("column").replace_strict({c: f"{u}|{w}" for c, (u, w) in columns.items()}).str.split("|")
    return long.drop_nulls("value").select(
        universe=pair.list.get(0),
        where=pair.list.get(1),
        area_system=pl.lit("districts"),
        area=pl.format("d{}", "district_id"),
        period=pl.col("year").cast(pl.String),
        value=pl.col("value").cast(pl.Float64),
    )


@pytest.fixture(scope="module")
def counts(flensburg: Path) -> pl.DataFrame:
    own = pl.concat([table(flensburg, name) for name in COLUMNS])
    key = ["universe", "where", "period"]
    city = own.group_by(key).agg(pl.col("value").sum()).with_columns(area_system=pl.lit("city"), area=pl.lit("city"))
    frame = pl.concat([own, city.select(own.columns)])
    status = pl.when(pl.col("value") == 0).then(pl.lit("zero")).otherwise(pl.lit("ok")).cast(COUNT_SCHEMA["status"])
    return frame.with_columns(status=status).select(*COUNT_SCHEMA).sort(*key, "area_system", "area")


@pytest.fixture(scope="module")
def protected(counts: pl.DataFrame) -> Protected:
    persons = Measure.parse("persons", "")
    tops = [Measure.parse("persons", f"{name}=yes") for name in ("homelessness", "unemployed", "housing_benefit")]
    structure = Structure(AREAS, tuple(Part((top,), (persons,)) for top in tops), CODES)
    return protect(counts.with_columns(policy=pl.lit("p")), structure, {"p": RULES})


def attacked(frame: pl.DataFrame) -> set[tuple[str, str, str, str]]:
    """Everything withheld that follows exactly: universe, where, area, period. One universe and period at a time."""
    found = set()
    for (universe, period), group in frame.group_by("universe", "period"):
        dimensions = {name for where in group["where"] for name in Measure.parse("x", where).filter}
        lists = {name: tuple(CODES[name].codes) for name in dimensions}
        world = World({f"d{i}": (("districts", f"d{i}"), ("city", "city")) for i in range(1, 14)}, lists)
        seen = {(w, s, a): v for w, s, a, v in group.select("where", "area_system", "area", "value").iter_rows()}
        found |= {(universe, where, area, period) for where, _, area in follows(world, seen)}
    return found


def test_the_published_tables_hold_numbers_that_must_vanish(counts):
    small = counts.filter(pl.col("value").is_between(1, MINIMUM - 1))
    assert small.height >= 15
    assert small["universe"].n_unique() >= 3


def test_none_of_them_survives(counts, protected):
    public = protected.table.frame
    assert public.filter(pl.col("value").is_between(0.01, MINIMUM - 0.01)).is_empty()
    assert public.height == counts.height
    kept = public.join(counts, on=COUNT_SCHEMA.names()[:5]).drop_nulls("value")
    assert (kept["value"] == kept["value_right"]).all()


def test_most_of_the_table_survives(protected):
    share = (protected.table.frame["status"] == "suppressed").mean()
    assert share is not None
    assert share < 0.12


def test_struck_out_alone_they_could_be_worked_out(counts):
    small = pl.col("value").is_between(0.01, MINIMUM - 0.01)
    naive = counts.with_columns(value=pl.when(~small).then("value"))
    assert attacked(naive) >= {
        ("persons", "homelessness=yes", "d13", "2020"),
        ("beneficiaries", "benefit=assisting", "d13", "2021"),
        ("beneficiaries", "benefit=assisting", "d13", "2022"),
    }


def test_behind_the_door_none_can_be_worked_out(protected):
    assert attacked(protected.table.frame) == set()


def test_each_could_be_many_numbers(counts, protected):
    """Brute force over districts and kinds of housing assistance: at least five apart."""
    group = protected.table.frame.filter(universe="cases", period="2021")
    world = World({f"d{i}": (("districts", f"d{i}"), ("city", "city")) for i in range(1, 14)}, {"kind": ASSISTANCE})
    seen = {(w, s, a): v for w, s, a, v in group.select("where", "area_system", "area", "value").iter_rows()}
    small = counts.filter(pl.col("value").is_between(1, 4), universe="cases", period="2021")
    assert not small.is_empty()
    for where, system, area in small.select("where", "area_system", "area").iter_rows():
        low, high = interval(world, seen, world.row((where, system, area)))
        assert high - low >= MINIMUM


def test_the_audit_agrees(tmp_path, counts, protected):
    options = {"nesting": inside({f"d{i}": "city" for i in range(1, 14)}), "codes": CODES, "rules": RULES}
    assert audit_release(release(tmp_path / "protected", protected.table.frame, **options)).passed
    small = pl.col("value").is_between(0.01, MINIMUM - 0.01)
    gone = pl.when(small).then(pl.lit("suppressed", COUNT_SCHEMA["status"])).otherwise("status")
    naive = counts.with_columns(status=gone, value=pl.when(~small).then("value"))
    report = audit_release(release(tmp_path / "naive", naive, **options))
    exposed = {(f.place.universe, f.place.where, f.place.area, f.place.period) for f in report.exposed}
    assert attacked(naive) <= exposed
