"""Who contributes how much: the groups that sums add up, and the largest contributions of each."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
import pytest

from counts_samples import CITY, CODES, measure, records
from sozialraum.catalogue import Measure
from sozialraum.counts import Contributions, contribute, place
from sozialraum.tables import COUNT_KEY

MINUTES = measure("persons.minutes")
WOMEN = measure("persons.minutes", sex="female")

PEOPLE = [
    # quarter, sex, minutes, household
    ("n1", "female", 30.0, 7),
    ("n1", "female", 20.0, 7),
    ("n1", "male", -45.0, None),
    ("n1", "male", None, 8),
    ("n2", None, 10.0, 7),
    ("s1", "female", 5.0, None),
    ("s1", "female", 5.0, None),
    (None, "female", 99.0, None),
]


def people(rows=PEOPLE) -> pl.DataFrame:
    names = ("area:quarters", "sex", "minutes", "id:household")
    return place(records([dict(zip(names, row, strict=True)) for row in rows]), CITY).frame


def behind(found: Contributions, what: Measure, area: str) -> tuple[float, float, list[float]]:
    """Total, size and contributions of a sum, the largest first."""
    groups = found.members.filter(universe=what.universe, where=what.where_text, area=area)
    sums = found.groups.join(groups, on="group").select(pl.col("total", "size").sum()).row(0)
    held = found.holders.join(groups, on="group").group_by("holder").agg(pl.col("amount").sum())
    return (*sums, sorted(held["amount"].to_list(), reverse=True))


@pytest.mark.parametrize(
    ("what", "area", "owner", "total", "size", "contributions"),
    [
        (MINUTES, "n1", None, 5, 95, [45, 30, 20]),  # negative amounts contribute by their size
        (MINUTES, "n1", "id:household", 5, 95, [50, 45]),  # two of one household are one
        (MINUTES, "N", None, 15, 105, [45, 30, 20, 10]),
        (MINUTES, "N", "id:household", 15, 105, [60, 45]),  # also in several quarters
        (MINUTES, "all", "id:household", 25, 115, [60, 45, 5, 5]),  # without an owner everybody stands alone
        (WOMEN, "n1", None, 50, 50, [30, 20]),
        (WOMEN, "N", None, 50, 50, [30, 20]),  # of the one in n2 the sex is not known
        (WOMEN, "all", None, 60, 60, [30, 20, 5, 5]),  # who lives in no area is in no sum
    ],
)
def test_who_is_behind_a_sum(what, area, owner, total, size, contributions):
    found = contribute(people(), [MINUTES, WOMEN], systems=CITY, codes=CODES, owner=owner)
    assert behind(found, what, area) == (total, size, contributions)


def test_of_units_that_stand_for_themselves_the_three_largest_of_each_group_are_kept():
    found = contribute(
        people([("n1", "male", float(minutes), None) for minutes in range(1, 9)]), [MINUTES], systems=CITY, codes=CODES
    )
    assert behind(found, MINUTES, "n1") == (36, 36, [8, 7, 6])


def test_contributions_of_several_deliveries_stand_side_by_side():
    one, other = (
        contribute(people(rows), [MINUTES], systems=CITY, codes=CODES, owner="id:household")
        for rows in ([("n1", "male", 10.0, 7), ("n1", "male", 3.0, None)], [("n1", "male", 20.0, 7)])
    )
    assert behind(Contributions.together([one, other]), MINUTES, "n1") == (33, 33, [30, 3])
    assert Contributions.together([]).members.is_empty()


def test_what_is_known_of_some_sums():
    found = contribute(people(), [MINUTES, WOMEN], systems=CITY, codes=CODES)
    some = found.of(found.members.select(COUNT_KEY).filter(where="", area="n1").unique())
    assert behind(some, MINUTES, "n1") == (5, 95, [45, 30, 20])
    assert behind(some, WOMEN, "n1")[2] == []


def random_people(count: int) -> pl.DataFrame:
    generator = np.random.default_rng(3)

    def some(values):
        return [values[place] for place in generator.integers(0, len(values), count)]

    quarters, sexes = some(["n1", "n2", "s1", None]), some(["female", "male", None])
    rows = zip(quarters, sexes, some([1.0, 2.5, -4.0, 30.0, None]), some([*range(9), None]), strict=True)
    return people(list(rows))


@pytest.mark.parametrize("owner", [None, "id:household"])
def test_a_plain_loop_finds_the_same_largest_contributions(owner):
    frame = random_people(300)
    found = contribute(frame, [MINUTES, WOMEN], systems=CITY, codes=CODES, owner=owner)
    for what in (MINUTES, WOMEN):
        for id in CITY:
            for area in CITY[id].codes:
                held: defaultdict = defaultdict(float)
                for number, row in enumerate(frame.iter_rows(named=True)):
                    asked = what == MINUTES or row["sex"] == "female"
                    if asked and row[f"area:{id}"] == area and row["minutes"] is not None:
                        own = row[owner] if owner else None
                        held[f"unit {number}" if own is None else own] += abs(row["minutes"])
                _, size, largest = behind(found, what, area)
                assert largest[:3] == sorted(held.values(), reverse=True)[:3]
                assert size == sum(held.values())


@pytest.mark.spark
@pytest.mark.parametrize("owner", [None, "id:household"])
def test_spark_finds_what_polars_finds(spark, owner):
    frame = random_people(500)
    texts = frame.with_columns(pl.col(pl.Enum).cast(pl.String)).drop("file", "line")
    elsewhere = spark.createDataFrame(texts.to_arrow())
    here, there = (
        contribute(each, [MINUTES, WOMEN], systems=CITY, codes=CODES, owner=owner) for each in (frame, elsewhere)
    )
    order = ["group", "owner", "amount"]
    assert there.members.sort(pl.all()).equals(here.members.sort(pl.all()))
    assert there.groups.equals(here.groups)
    assert there.held.sort(order).equals(here.held.sort(order))
    assert here.held.height > 20
