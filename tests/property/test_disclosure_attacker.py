"""Random towns of three levels and two dimensions: the brute-force attacker finds nothing behind the door.

Each town is attacked three times: the protected table by the brute-force attacker and by the audit, which must find
nothing; and, as the positive control, the table with its small numbers struck out and no more, where the audit must
find every number that the brute-force attacker finds.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure_attacker import Name, World, follows, interval
from disclosure_released import release
from disclosure_samples import codes, nesting, part
from sozialraum.audit import audit_release
from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure import Protected, Structure, protect
from sozialraum.tables import COUNT_SCHEMA

MINIMUM = 3
RULES = RulesDoc(minimum=MINIMUM)


@dataclass(frozen=True)
class Town:
    """A random town: its world, the true count of each published measure in each area, and the shares it publishes."""

    world: World
    truth: dict[Name, int]
    shares: tuple[str, ...]

    @property
    def areas(self) -> pl.DataFrame:
        rows = {
            (system, area, *above) for chain in self.world.areas.values() for (system, area), above in pairwise(chain)
        }
        return nesting(*sorted(rows))

    def frame(self, hide: bool) -> pl.DataFrame:
        """The counts; with ``hide`` the small ones are struck out, as if that were enough."""
        rows = []
        for (where, system, area), number in sorted(self.truth.items()):
            small = hide and 0 < number < MINIMUM
            status = "suppressed" if small else "ok" if number else "zero"
            rows.append(("persons", where, system, area, "2024", None if small else float(number), status))
        return pl.DataFrame(rows, schema=COUNT_SCHEMA, orient="row")

    @property
    def lists(self):
        return codes(**{name: " ".join(several) for name, several in self.world.codes.items()})

    def protect(self) -> Protected:
        parts = tuple(part(f"persons {where}", "persons") for where in self.shares)
        counts = self.frame(hide=False).with_columns(policy=pl.lit("p"))
        return protect(counts, Structure(self.areas, parts, self.lists), {"p": RULES})


@st.composite
def towns(draw: st.DrawFn) -> Town:
    districts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    leaves = [(f"b{d}{i}", f"d{d}") for d, several in enumerate(districts) for i in range(several)]
    areas = {leaf: (("blocks", leaf), ("districts", above), ("city", "city")) for leaf, above in leaves}
    colours = ("red", "green", "blue")[: draw(st.integers(2, 3))]
    world = World(areas, {"colour": colours, "sex": ("f", "m")})
    regions = ["", *(f"colour={c}" for c in colours), "sex=f", "sex=m", "colour=red|green"]
    regions += [f"colour={c};sex={s}" for c in colours for s in ("f", "m")]
    published = draw(st.lists(st.sampled_from(regions), unique=True, min_size=1, max_size=8))
    largest = draw(st.sampled_from([2, 6, 20]))
    numbers = draw(st.lists(st.integers(0, largest), min_size=len(world.atoms), max_size=len(world.atoms)))
    spots = sorted({spot for chain in areas.values() for spot in chain})
    truth = {
        (where, *spot): sum(a * n for a, n in zip(world.row((where, *spot)), numbers, strict=True))
        for where in published
        for spot in spots
    }
    shares = tuple(where for where in published if where and "" in published and draw(st.booleans()))
    return Town(world, truth, shares)


def seen(frame: pl.DataFrame) -> dict[Name, float | None]:
    return {(where, system, area): value for _, where, system, area, _, value, _ in frame.iter_rows()}


def audited(town: Town, frame: pl.DataFrame):
    with tempfile.TemporaryDirectory() as folder:
        return audit_release(release(Path(folder) / "r", frame, nesting=town.areas, codes=town.lists, rules=RULES))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_nothing_follows_from_what_leaves(town):
    public = seen(town.protect().table.frame)
    assert follows(town.world, public) == set()
    for name, number in town.truth.items():
        if 0 < number < MINIMUM:
            assert public[name] is None
            low, high = interval(town.world, public, town.world.row(name), whole=False)
            assert high - low >= MINIMUM - 1e-6, f"{name} is {number}, known to lie in [{low}, {high}]"
            low, high = interval(town.world, public, town.world.row(name))
            assert high > low, f"{name} is the only whole number that fits"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_what_leaves_is_true(town):
    public = seen(town.protect().table.frame)
    assert public.keys() == town.truth.keys()
    assert all(number == town.truth[name] for name, number in public.items() if number is not None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_the_audit_finds_nothing_in_what_leaves(town):
    report = audited(town, town.protect().table.frame)
    assert report.passed, str(report)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_the_audit_finds_whatever_brute_force_finds(town):
    naive = town.frame(hide=True)
    found = {(f.place.where, f.place.area_system, f.place.area) for f in audited(town, naive).exposed}
    assert follows(town.world, seen(naive)) <= found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_the_audit_claims_nothing_that_is_not_so(town):
    """Where the audit says that an interval ends, brute force finds nothing beyond."""
    naive = town.frame(hide=True)
    numbers = seen(naive)
    for finding in audited(town, naive).suppressed:
        if finding.exact:
            name = (finding.place.where, finding.place.area_system, finding.place.area)
            low, high = interval(town.world, numbers, town.world.row(name))
            assert finding.low <= low + 1e-6
            assert finding.high is None or finding.high >= high - 1e-6


def test_the_control_does_find_something():
    """The attacker is no straw man: a town with its small numbers struck out and no more is an open book."""
    world = World({"b0": (("blocks", "b0"), ("city", "city")), "b1": (("blocks", "b1"), ("city", "city"))}, {})
    struck = {("", "blocks", "b0"): None, ("", "blocks", "b1"): 9.0, ("", "city", "city"): 11.0}
    assert follows(world, struck) == {("", "blocks", "b0")}
    assert interval(world, struck, world.row(("", "blocks", "b0"))) == (2.0, 2.0)
    with pytest.raises(ValueError, match="no table"):
        interval(world, {**struck, ("", "city", "city"): 5.0}, world.row(("", "blocks", "b0")))
