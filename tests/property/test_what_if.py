"""A what-if says of random rules what a build under them withholds, and divides further numbers as a slow walk does."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure_samples import CODES, counts, districts, part, with_city
from pipeline_samples import run, write_city
from sozialraum.catalogue import RulesDoc, load_project
from sozialraum.disclosure import Structure, find_causes, protect
from sozialraum.pipeline import Wanted, read_trials, silent, what_if

SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}
POLICY = """
title.de = "Register"
title.en = "Register"
why.de = "Zum Schutz."
why.en = "To protect."
"""


# --- a build ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("city"))


RULES = st.fixed_dictionaries(
    {
        "minimum": st.integers(0, 12),
        "minimum_base": st.sampled_from([0, 30, 120]),
        **dict.fromkeys(("complement", "block_all", "block_none", "secondary"), st.booleans()),
    }
)


def as_toml(keys: Mapping[str, int | bool], separator: str) -> str:
    return separator.join(f"{key} = {str(value).lower()}" for key, value in keys.items())


def withheld_by_a_build(city: Path, folder: Path, keys: Mapping[str, int | bool], depth: str) -> tuple[int, int, int]:
    """Withheld counts, values, and withheld values of the release that a build under these rules makes."""
    shutil.copytree(city, folder)
    (folder / "policies").mkdir(exist_ok=True)
    text = f"{POLICY}[public]\n{as_toml(keys, chr(10))}\n[internal]\n{as_toml(keys, chr(10))}\n"
    (folder / "policies" / "register.toml").write_text(text, encoding="utf-8")
    answer = run("build", folder, "--json")
    assert answer.code == 0, answer.out
    counted, values = (
        pl.read_parquet(Path(answer.json["folder"]) / depth / f"{name}.parquet")["status"].cast(pl.String)
        for name in ("counts", "values")
    )
    there = (~values.is_in(["missing", "undefined"])).sum()
    return (counted == "suppressed").sum(), there, (values == "suppressed").sum()


@pytest.mark.slow
@settings(max_examples=2, **SLOW)
@given(keys=RULES, depth=st.sampled_from(["public", "internal"]))
def test_a_build_withholds_what_was_said(
    city: Path, tmp_path_factory: pytest.TempPathFactory, keys: dict[str, int | bool], depth: str
) -> None:
    project = load_project(city)
    trials = read_trials(project, [f"policy = register, {as_toml(keys, ', ')}"])
    wanted = Wanted(depths=(depth,))
    effect = what_if(project, trials, silent, wanted=wanted, today=date(2026, 1, 1)).packages[depth][1].effect
    built = withheld_by_a_build(city, tmp_path_factory.mktemp("other") / "city", keys, depth)
    assert (effect.withheld, effect.values, effect.lost) == built


# --- causes -----------------------------------------------------------------------------------------------------------


BETWEEN = "between"
PAIRS = {"a share": ("persons", "persons sgb2=yes"), "ages": ("persons age=0-17", "persons age=0-14")}


def slow_shares(
    rows: Mapping[str, Mapping[str, float]], withheld: Mapping[tuple[str, str], str], minimum: int
) -> dict[object, float]:
    """Walk from each further number over sums of numbers that nobody knows, one step after the other.

    The sums are written down by hand: districts add up to the city, and the part and its rest to the whole. Nobody
    publishes rests; a small one that stands in no sum with a number withheld for itself is a cause.
    """
    whole, inner = rows.values()
    names = [*rows, "rest"]
    sums = [[(name, area) for area in whole] for name in names] + [[(name, area) for name in names] for area in whole]
    told = {(name, area) for name in rows for area in whole} - set(withheld)
    while follows := [only[0] for s in sums if len(only := [cell for cell in s if cell not in told]) == 1]:
        told |= set(follows)
    hidden = {cell for s in sums for cell in s} - told
    beside = defaultdict(set)
    for s in sums:
        for cell in s:
            beside[cell] |= {other for other in s if other in hidden and other != cell}
    causes = {cell: cell for cell, why in withheld.items() if why != "secondary"}
    small = {("rest", area) for area in whole if 0 < whole[area] - inner[area] < minimum} & hidden
    causes |= dict.fromkeys((cell for cell in small if not beside[cell] & set(causes)), BETWEEN)
    shares: dict[object, float] = defaultdict(float)
    for start in (cell for cell, why in withheld.items() if why == "secondary"):
        front, seen = {start}, set()
        while front and not front & set(causes):
            seen |= front
            front = {other for cell in front for other in beside[cell]} - seen
        found = front & set(causes)
        for cell in found:
            shares[causes[cell]] += 1 / len(found)
        shares[BETWEEN] += not found
    return {cause: share for cause, share in shares.items() if share}


@settings(max_examples=80, **SLOW)
@given(
    kind=st.sampled_from(sorted(PAIRS)),
    numbers=st.integers(3, 6).flatmap(
        lambda n: st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=n, max_size=n)
    ),
    minimum=st.integers(3, 6),
)
def test_further_numbers_are_divided_as_a_slow_walk_divides_them(
    kind: str, numbers: list[tuple[int, int]], minimum: int
) -> None:
    tops, rests = np.array(numbers).T
    whole, top = PAIRS[kind]
    rows = with_city({whole: (tops + rests).tolist(), top: tops.tolist()})
    parts = (part(top, whole),) if kind == "a share" else ()
    structure, policies = Structure(districts(len(numbers)), parts, CODES), {"p": RulesDoc(minimum=minimum)}
    frame = counts(rows)
    protected = protect(frame, structure, policies)
    found = find_causes(frame, structure, policies, protected)
    withheld = {
        (f"{universe} {where}".strip(), area): why
        for universe, where, area, why in protected.withheld.select("universe", "where", "area", "why").iter_rows()
    }
    fast: dict[object, float] = {
        (f"{universe} {where}".strip(), area): further
        for universe, where, area, further in found.frame.select("universe", "where", "area", "further").iter_rows()
        if further
    }
    between = sum(found.between.values())
    assert fast | ({BETWEEN: between} if between else {}) == pytest.approx(slow_shares(rows, withheld, minimum))
    assert sum(fast.values()) + between == pytest.approx(list(withheld.values()).count("secondary"))
