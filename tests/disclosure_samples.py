"""Small tables for the tests of the door and of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from sozialraum.catalogue import CodeListDoc, Measure, RulesDoc
from sozialraum.disclosure import NESTING_SCHEMA, Part, Protected, Structure, protect
from sozialraum.tables import COUNT_SCHEMA, Status

NUMBERS = Mapping[str, float | None]


def codes(**lists: str) -> dict[str, CodeListDoc]:
    """``codes(sex="f m", age="interval")``"""
    return {
        name: CodeListDoc.model_validate(
            {"title": {"de": name}, "kind": "interval"}
            if text == "interval"
            else {"title": {"de": name}, "kind": "list", "codes": {code: {"de": code} for code in text.split()}}
        )
        for name, text in lists.items()
    }


CODES = codes(
    age="interval", sex="f m", sgb2="yes no", household_type="single couple family other", col="a b c d", reg="A B"
)


def nesting(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=NESTING_SCHEMA, orient="row")


def inside(parents: Mapping[str, str], system: str = "districts", above: str = "city") -> pl.DataFrame:
    """``inside({"d1": "city", "d2": "city"})``"""
    return nesting(*((system, area, above, parent) for area, parent in parents.items()))


def measure(text: str) -> Measure:
    """``persons``, ``persons age=0-14;sex=f``"""
    universe, _, where = text.partition(" ")
    return Measure.parse(universe, where)


def counts(
    rows: Mapping[str, Mapping[str, float | str | None]],
    *,
    systems: Mapping[str, str] | None = None,
    period: str = "2024",
    policy: str = "p",
) -> pl.DataFrame:
    """``counts({"persons": {"d1": 20, "d2": 3, "city": 23}})``; texts are statuses without a number."""
    systems = systems or {}
    found = []
    for text, numbers in rows.items():
        asked = measure(text)
        for area, number in numbers.items():
            value = number if isinstance(number, int | float) else None
            status = Status.MISSING if number is None else Status(number) if value is None else _plain(float(value))
            system = systems.get(area, "city" if area == "city" else "districts")
            found.append((asked.universe, asked.where_text, system, area, period, value, status.value, policy))
    schema = {**COUNT_SCHEMA, "policy": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row")


def _plain(value: float) -> Status:
    return Status.OK if value else Status.ZERO


def with_city(rows: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Number the districts and add the city: ``with_city({"persons": [20, 3]})``"""
    return {text: {f"d{i}": n for i, n in enumerate(ns, 1)} | {"city": sum(ns)} for text, ns in rows.items()}


def districts(number: int) -> pl.DataFrame:
    return inside({f"d{i}": "city" for i in range(1, number + 1)})


def part(top: str, base: str, *, share: bool = True) -> Part:
    """``part("persons sgb2=yes", "persons")``"""
    return Part((measure(top),), (measure(base),), share)


def door(
    frame: pl.DataFrame,
    *parts: Part,
    areas: pl.DataFrame | None = None,
    lists: Mapping[str, CodeListDoc] = CODES,
    unseen: Iterable[tuple[str, str]] = (),
    **rules: object,
) -> Protected:
    """Send counts through the door under one policy ``p``."""
    structure = Structure(areas if areas is not None else nesting(), parts, lists, frozenset(unseen))
    return protect(frame, structure, {"p": RulesDoc.model_validate(rules)})


def shown(protected: Protected, text: str) -> dict[str, float | str]:
    """What the public sees of a measure by area: the number, or the status where there is none."""
    found = protected.table.measure(measure(text))
    return {
        area: status if value is None else value
        for area, value, status in found.select("area", "value", "status").iter_rows()
    }


def withheld(protected: Protected) -> set[tuple[str, str]]:
    """Measures and areas that are suppressed."""
    frame = protected.table.frame.filter(pl.col("status") == Status.SUPPRESSED.value)
    return {(f"{u} {w}".strip(), area) for u, w, area in frame.select("universe", "where", "area").iter_rows()}
