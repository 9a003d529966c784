"""What changed from one release to the next: values, statuses, scores, classes, types, areas, definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from sozialraum.analysis import COMPOSITE_KEY, AreaTypes
from sozialraum.releases.files import sha256_of
from sozialraum.releases.release import Depth, Package, Release
from sozialraum.tables import VALUE_KEY


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """The difference between two releases at one depth.

    Attributes:
        values: one row per value that came, went or changed: the key, ``before``, ``after``, ``status_before``,
            ``status_after`` and ``change`` (``added``, ``removed``, ``value``, ``status``).
        documents: catalogue documents that came, went or changed, by path.
        areas: areas that came or went: area_system, code, change.
        scores: one row per score that came, went or changed: the key, ``before``, ``after``, ``class_before``,
            ``class_after``, ``status_before``, ``status_after``, the same for the dynamics, and ``change`` (``added``,
            ``removed``, ``class``, ``status``, ``score``: the first of these that is true).
        types: typologies whose types are others than before: typology, area_system, change (``added``, ``removed``,
            ``period``, ``types``).
    """

    values: pl.DataFrame
    documents: dict[str, str]
    areas: pl.DataFrame
    scores: pl.DataFrame
    types: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        frames = (self.values, self.areas, self.scores, self.types)
        return not self.documents and all(frame.is_empty() for frame in frames)

    def as_json(self) -> dict[str, Any]:
        """Return the difference for machines."""
        frames = {"values": self.values, "areas": self.areas, "scores": self.scores, "types": self.types}
        return {"documents": self.documents, **{name: frame.to_dicts() for name, frame in frames.items()}}


def diff_releases(before: Release, after: Release, depth: Depth = "public") -> ReleaseDiff:
    """Compare two releases at one depth."""
    old, new = before.package(depth), after.package(depth)
    return ReleaseDiff(
        values=_diff_values(old.values, new.values),
        documents=_diff_documents(old.folder / "catalogue", new.folder / "catalogue"),
        areas=_diff_areas(_all_areas(old), _all_areas(new)),
        scores=_diff_scores(old.composites, new.composites),
        types=_diff_types(old.typologies, new.typologies),
    )


def _diff_values(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    columns = [*VALUE_KEY, "value", "status"]
    joined = old.select(columns).join(
        new.select(columns), on=VALUE_KEY, how="full", coalesce=True, suffix="_after", nulls_equal=True
    )
    moved = ~pl.col("value").eq_missing(pl.col("value_after"))
    change = (
        pl.when(pl.col("status").is_null())
        .then(pl.lit("added"))
        .when(pl.col("status_after").is_null())
        .then(pl.lit("removed"))
        .when(pl.col("status") != pl.col("status_after"))
        .then(pl.lit("status"))
        .when(moved)
        .then(pl.lit("value"))
    )
    return (
        joined.with_columns(change=change)
        .filter(pl.col("change").is_not_null())
        .rename({"value": "before", "value_after": "after", "status": "status_before", "status_after": "status_after"})
        .sort(VALUE_KEY)
    )


def _diff_scores(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    joined = old.join(new, on=COMPOSITE_KEY, how="full", coalesce=True, suffix="_after")

    def differs(*names: str) -> pl.Expr:
        return pl.any_horizontal(~pl.col(name).eq_missing(pl.col(f"{name}_after")) for name in names)

    change = (
        pl.when(pl.col("status").is_null())
        .then(pl.lit("added"))
        .when(pl.col("status_after").is_null())
        .then(pl.lit("removed"))
        .when(differs("class", "dynamics_class"))
        .then(pl.lit("class"))
        .when(differs("status", "dynamics_status"))
        .then(pl.lit("status"))
        .when(differs("score", "dynamics", "dynamics_from"))
        .then(pl.lit("score"))
    )
    sides = ("class", "status", "dynamics", "dynamics_class", "dynamics_status")
    names = {"score": "before", "score_after": "after"} | {name: f"{name}_before" for name in sides}
    changed = joined.with_columns(change=change).filter(pl.col("change").is_not_null()).rename(names)
    columns = ["before", "after", *(f"{name}_{side}" for name in sides for side in ("before", "after"))]
    return changed.select(*COMPOSITE_KEY, *columns, "change").sort(COMPOSITE_KEY)


def _diff_types(old: Sequence[AreaTypes], new: Sequence[AreaTypes]) -> pl.DataFrame:
    before = {(one.typology, one.area_system): one for one in old}
    after = {(one.typology, one.area_system): one for one in new}
    rows = [
        (*key, _change_of_types(before.get(key), after.get(key)))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    schema = dict.fromkeys(("typology", "area_system", "change"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _change_of_types(before: AreaTypes | None, after: AreaTypes | None) -> str:
    if before is None or after is None:
        return "added" if before is None else "removed"
    return "period" if before.period != after.period else "types"


def _diff_documents(old: Path, new: Path) -> dict[str, str]:
    before = {path.relative_to(old).as_posix(): sha256_of(path) for path in sorted(old.rglob("*.toml"))}
    after = {path.relative_to(new).as_posix(): sha256_of(path) for path in sorted(new.rglob("*.toml"))}
    changes = dict.fromkeys(sorted(after.keys() - before.keys()), "added")
    changes |= dict.fromkeys(sorted(before.keys() - after.keys()), "removed")
    return changes | {name: "changed" for name in sorted(before.keys() & after.keys()) if before[name] != after[name]}


def _all_areas(package: Package) -> pl.DataFrame:
    frames = [
        package.areas(system).frame.select(pl.lit(system).alias("area_system"), pl.col("code"), pl.col("name"))
        for system in package.area_systems
    ]
    empty = pl.DataFrame(schema={"area_system": pl.String, "code": pl.String, "name": pl.String})
    return pl.concat([empty, *frames])


def _diff_areas(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    key = ["area_system", "code"]
    added = new.join(old, on=key, how="anti").with_columns(change=pl.lit("added"))
    removed = old.join(new, on=key, how="anti").with_columns(change=pl.lit("removed"))
    return pl.concat([added, removed]).sort(key)
