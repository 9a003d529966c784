"""Areas that a reform made get numbers for the time before it, estimated from those of the areas before."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import shapely

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.counts import People, Reforms, Territory
from sozialraum.counts.reforms import coarse
from sozialraum.indicators import DIVISIONS
from sozialraum.indicators.reforms import with_estimates
from sozialraum.tables import COUNT_SCHEMA

OLD, NEW = {"valid_to": "2019-12-31"}, {"valid_from": "2020-01-01"}
AREAS = {
    # code: from x to x, when; a was divided, d and e were put together, h took in land that nobody knew of
    "a": (0, 10, OLD),
    "b": (0, 4, NEW),
    "c": (4, 10, NEW),
    "d": (10, 20, OLD),
    "e": (20, 30, OLD),
    "f": (10, 30, NEW),
    "g": (30, 40, OLD),
    "h": (30, 50, NEW),
    "z": (60, 70, {}),
}
HOUSES = {1.0: 3000, 5.0: 7000, 15.0: 1000, 25.0: 9000, 35.0: 5000, 45.0: 5000, 65.0: 1000}
"""x of a house: people in it"""
PEOPLE = People(
    np.array([*HOUSES]),
    np.full(len(HOUSES), 0.5),
    {"2019": np.array([*HOUSES.values()], dtype=float), "2016": np.full(len(HOUSES), 100.0)},
)


def territory() -> Territory:
    rows = [{"code": code, "name": code, **when} for code, (_, _, when) in AREAS.items()]
    shapes = np.array([shapely.box(west, 0, east, 1) for west, east, _ in AREAS.values()], dtype=object)
    system = AreaSystem("areas", {"de": "-"}, None, pl.DataFrame(rows, AREA_SCHEMA), shapes)
    return Territory.of(AreaSystems({"areas": system}))


def estimated(told: dict[str, float | str], like: str = "people", people: People | None = PEOPLE, period: str = "2019"):
    """What is known of each area in a period, with estimates: number and status."""
    ground = territory()
    shares = Reforms(ground, people).shares(("areas", like), period)
    codes = ground.axes["areas"].codes
    pairs = (
        [] if shares is None else [(codes[a], codes[b], shares[a, b]) for a, b in zip(*np.nonzero(shares), strict=True)]
    )
    rows = [("births", "", "areas", period, *pair) for pair in pairs]
    counts = [("births", "", "areas", code, period, *said(number)) for code, number in told.items()]
    frame = with_estimates(
        pl.DataFrame(counts, COUNT_SCHEMA, orient="row"), pl.DataFrame(rows, schema=DIVISIONS, orient="row")
    )
    return {area: (value, status) for area, value, status in frame.select("area", "value", "status").iter_rows()}


def said(number: float | str) -> tuple[float | None, str]:
    return (None, number) if isinstance(number, str) else (float(number), "ok" if number else "zero")


@pytest.mark.parametrize(
    ("told", "like", "area", "expected"),
    [
        # told of 2019, divided like, new area, number and status
        ({"a": 50}, "people", "b", (15.0, "estimated")),  # 3,000 of 10,000 people
        ({"a": 50}, "people", "c", (35.0, "estimated")),
        ({"a": 50}, "surface", "b", (20.0, "estimated")),  # 4 of 10
        ({"a": 50}, "no", "b", None),
        ({"d": 4, "e": 7}, "people", "f", (11.0, "estimated")),
        ({"d": 4}, "people", "f", None),  # of e nobody knows
        ({"d": 4, "e": "suppressed"}, "people", "f", (None, "suppressed")),
        ({"a": "suppressed"}, "people", "b", (None, "suppressed")),
        ({"a": 0}, "people", "b", (0.0, "zero")),
        ({"d": 0, "e": 7}, "people", "f", (7.0, "estimated")),
        ({"a": 50, "b": 14}, "people", "b", (14.0, "ok")),  # what is known goes first
        ({"a": 50, "b": "suppressed"}, "people", "b", (None, "suppressed")),
        ({"a": 50, "b": "missing"}, "people", "b", (15.0, "estimated")),
        ({"g": 9}, "people", "h", None),  # half of its people lived in no area
        ({"z": 5}, "people", "z", (5.0, "ok")),
    ],
)
def test_one_area(told, like, area, expected):
    assert estimated(told, like).get(area) == expected


def test_the_people_of_the_nearest_year_count():
    """In 2016 as many lived in each house: half of a."""
    assert estimated({"a": 50}, period="2015")["b"] == (25.0, "estimated")


@pytest.mark.parametrize(
    ("people", "told"),
    [
        # people of the parts of an area, shares that are told
        ((3_000, 7_000), (0.3, 0.7)),
        ((4, 9_996), (0.0, 1.0)),  # nobody learns of so few
        ((150, 9_850), (0.02, 0.98)),  # 0.015: the larger remainder is that of the first
        ((100, 100, 100), (5 / 15, 5 / 15, 5 / 15)),
        ((45, 55), (0.4, 0.6)),  # steps of 20 people
        ((30, 9), None),  # one step would be all of them
        ((39,), (1.0,)),  # it is a part as a whole
    ],
)
def test_shares_are_told_in_steps_of_twenty_people_or_more(people, told):
    names = [f"n{at}" for at in range(len(people))]
    exact = pl.DataFrame({"old": ["a"] * len(people), "new": names, "share": [n / sum(people) for n in people]})
    steps = min(sum(people) // 20, 100)
    found = coarse(exact, pl.DataFrame({"old": ["a"], "steps": [steps if steps > 1 else 0]}))
    shares = dict(found.select("new", "share").iter_rows())
    expected = {} if told is None else {name: share for name, share in zip(names, told, strict=True) if share}
    assert shares == pytest.approx(expected)


@pytest.mark.parametrize("more", [{"period": "2020"}, {"people": None}])
def test_after_the_reform_and_without_people_nothing_is_estimated(more):
    assert "b" not in estimated({"a": 50}, **more)
