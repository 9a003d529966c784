"""Attacks on one release: differences of areas, of codes, of shares. Each succeeds on the table with its small numbers
struck out and no more (the positive control), and fails on what comes through the door."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
import pytest

from disclosure_attacker import Name, World, follows, interval, tables
from disclosure_samples import codes, counts, districts, door, inside, nesting, part
from sozialraum.disclosure import Part

MINIMUM = 5


@dataclass(frozen=True)
class Attack:
    """A way to learn what was struck out.

    Attributes:
        rows: counts by measure and area, as in disclosure_samples.counts.
        areas: which area lies in which.
        leaves: finest areas.
        dimensions: codes by dimension.
        target: measure and area that the attacker is after.
    """

    rows: dict[str, dict[str, float]]
    areas: pl.DataFrame
    leaves: tuple[str, ...]
    dimensions: dict[str, str]
    target: tuple[str, str]
    systems: dict[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def world(self) -> World:
        above: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for system, area, parent_system, parent in self.areas.iter_rows():
            above.setdefault((system, area), []).append((parent_system, parent))

        def chain(spot: tuple[str, str]) -> list[tuple[str, str]]:
            return [spot, *(higher for parent in above.get(spot, []) for higher in chain(parent))]

        own = {leaf: chain((self.systems.get(leaf, "districts"), leaf)) for leaf in self.leaves}
        return World(own, {name: text.split() for name, text in self.dimensions.items()})

    @property
    def name(self) -> Name:
        text, area = self.target
        return text.partition(" ")[2], self.systems.get(area, "city" if area == "city" else "districts"), area


ATTACKS = {
    "the rest of the city": Attack(
        {"persons": {"d1": 3, "d2": 40, "d3": 57, "city": 100}}, districts(3), ("d1", "d2", "d3"), {}, ("persons", "d1")
    ),
    "the missing code": Attack(
        {"persons": {"d1": 60}, "persons sex=f": {"d1": 57}, "persons sex=m": {"d1": 3}},
        nesting(),
        ("d1",),
        {"sex": "f m"},
        ("persons sex=m", "d1"),
    ),
    "through the crossed table": Attack(
        {
            "persons sex=f": {"d1": 40},
            "persons sgb2=yes": {"d1": 40},
            "persons": {"d1": 83},
            "persons sex=m;sgb2=no": {"d1": 40},
            "persons sex=f;sgb2=yes": {"d1": 37},
            "persons sex=f;sgb2=no": {"d1": 3},
        },
        nesting(),
        ("d1",),
        {"sex": "f m", "sgb2": "yes no"},
        ("persons sex=f;sgb2=no", "d1"),
    ),
    "two hierarchies": Attack(
        {"persons": {"d1": 3, "d2": 30, "d3": 4, "d4": 50, "s1": 33, "s2": 54, "n": 7, "city": 87}},
        pl.concat(
            [
                inside({"d1": "s1", "d2": "s1", "d3": "s2", "d4": "s2"}, above="schools"),
                inside({"s1": "city", "s2": "city"}, system="schools"),
            ]
        ),
        ("d1", "d2", "d3", "d4"),
        {},
        ("persons", "d1"),
        {"s1": "schools", "s2": "schools", "n": "other"},
    ),
    "three levels": Attack(
        {"persons": {"b1": 2, "b2": 30, "b3": 20, "b4": 25, "d1": 32, "d2": 45, "city": 77}},
        pl.concat(
            [
                inside({"b1": "d1", "b2": "d1", "b3": "d2", "b4": "d2"}, system="blocks", above="districts"),
                inside({"d1": "city", "d2": "city"}),
            ]
        ),
        ("b1", "b2", "b3", "b4"),
        {},
        ("persons", "b1"),
        dict.fromkeys(("b1", "b2", "b3", "b4"), "blocks"),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_struck_out_is_not_protected(attack):
    naive = {
        name: (None if 0 < number < MINIMUM else number)
        for name, number in seen(counts(attack.rows, systems=attack.systems)).items()
        if name[1] != "other"
    }
    assert attack.name in follows(attack.world, naive)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_behind_the_door_nothing_follows(attack):
    frame = counts(attack.rows, systems=attack.systems).filter(pl.col("area_system") != "other")
    protected = door(frame, *attack.parts, areas=attack.areas, lists=codes(**attack.dimensions), minimum=MINIMUM)
    public = seen(protected.table.frame)
    assert public[attack.name] is None
    assert follows(attack.world, public) == set()
    low, high = interval(attack.world, public, attack.world.row(attack.name))
    assert high - low >= MINIMUM


def seen(frame: pl.DataFrame) -> dict[Name, float | None]:
    return {(where, system, area): value for _, where, system, area, _, value in frame.select(COLUMNS).iter_rows()}


COLUMNS = ("universe", "where", "area_system", "area", "period", "value")


def test_every_table_that_fits_is_tried():
    """Exhaustive: among all tables of whole numbers with the published margins, the target takes many values."""
    frame = counts({"persons": {"d1": 1, "d2": 4, "d3": 3, "city": 8}})
    public = seen(door(frame, areas=districts(3), minimum=3).table.frame)
    world = World({d: (("districts", d), ("city", "city")) for d in ("d1", "d2", "d3")}, {})
    naive = {name: number for name, number in seen(frame).items() if not 0 < (number or 0) < 3}
    assert {numbers[0] for numbers in tables(world, naive, 8)} == {1}
    known = {name: number for name, number in public.items() if number is not None}
    assert len({numbers[0] for numbers in tables(world, known, 8)}) > 3


@pytest.mark.parametrize(
    ("rows", "parts", "target"),
    [
        # published counts, shares, and the region that nobody publishes but the difference tells
        ({"persons": 100, "persons sgb2=yes": 97}, ("persons sgb2=yes",), "persons sgb2=no"),
        ({"persons": 100, "persons sgb2=yes": 97}, (), "persons sgb2=no"),
        ({"persons": 90, "persons age=0-1": 40, "persons age=0": 38}, (), "persons age=1"),
        ({"persons": 90, "persons sex=f": 52, "persons sex=f;sgb2=no": 49}, (), "persons sex=f;sgb2=yes"),
    ],
)
def test_remainders(rows, parts, target):
    dimensions = {"sgb2": "yes no", "sex": "f m", "age": "0 1 2"}
    world = World({"d1": (("districts", "d1"),)}, {name: text.split() for name, text in dimensions.items()})
    frame = counts({text: {"d1": number} for text, number in rows.items()}).with_columns(
        where=pl.col("where").str.replace("0-1", "0|1", literal=True)
    )
    name = (target.partition(" ")[2], "districts", "d1")
    assert name in follows(world, seen(frame) | {name: None})
    shares = (part(text, "persons") for text in parts)
    public = seen(door(frame, *shares, lists=codes(**dimensions), minimum=MINIMUM).table.frame)
    assert name not in follows(world, public | {name: None})
    low, high = interval(world, public, world.row(name))
    assert high - low >= MINIMUM
