"""What changed from one release to the next: values, statuses, areas, definitions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

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
    """

    values: pl.DataFrame
    documents: dict[str, str]
    areas: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return self.values.is_empty() and not self.documents and self.areas.is_empty()

    def as_json(self) -> dict[str, Any]:
        """Return the difference for machines."""
        return {"values": self.values.to_dicts(), "documents": self.documents, "areas": self.areas.to_dicts()}


def diff_releases(before: Release, after: Release, depth: Depth = "public") -> ReleaseDiff:
    """Compare two releases at one depth."""
    old, new = before.package(depth), after.package(depth)
    return ReleaseDiff(
        values=_diff_values(old.values, new.values),
        documents=_diff_documents(old.folder / "catalogue", new.folder / "catalogue"),
        areas=_diff_areas(_all_areas(old), _all_areas(new)),
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
