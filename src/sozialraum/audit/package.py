"""Reads what is public: the files of a release's public package and the rules in its manifest. Nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from sozialraum.areas import read_geoparquet, reformed
from sozialraum.audit.formulas import Formula
from sozialraum.audit.overlaps import Overlap, overlaps
from sozialraum.catalogue import CodeListDoc, Measure, RulesDoc, read_catalogue
from sozialraum.errors import Fault, ReleaseError
from sozialraum.tables import COUNT_SCHEMA, VALUE_SCHEMA


@dataclass(frozen=True, slots=True)
class PublicPackage:
    """Everything that everybody can read.

    Attributes:
        counts: with ``COUNT_SCHEMA``.
        values: with ``VALUE_SCHEMA``.
        parents: by area system its parent system and the parent of each area.
        reforms: by area system the areas that areas of another time fill, with the codes of those.
        overlaps: what areas leave of areas of a system that is neither above nor below their own.
        codes: code lists by dimension.
        formulas: what each indicator is made from.
        rules: the rules that each measure is under.
        policies: the rules of each policy, as the manifest tells them.
        changed: by measure and period the rules of the method that changed all its numbers. They are no true numbers,
            so nothing is worked out from them (see :mod:`sozialraum.audit.changed`).
    """

    counts: pl.DataFrame
    values: pl.DataFrame
    parents: Mapping[str, tuple[str, Mapping[str, str]]]
    reforms: Mapping[str, Mapping[str, tuple[str, ...]]]
    overlaps: tuple[Overlap, ...]
    codes: Mapping[str, CodeListDoc]
    formulas: Mapping[str, Formula]
    rules: Mapping[Measure, RulesDoc]
    policies: Mapping[str, Any]
    changed: Mapping[tuple[Measure, str], RulesDoc]


def read_package(folder: Path) -> PublicPackage:
    """Read the public package of a release.

    Raises:
        ReleaseError: a file is missing or is not what a release holds.
        ProjectError: the copy of the catalogue is not what a build wrote.
    """
    public = folder / "public"
    manifest = _manifest(folder)
    counts = _table(public / "counts.parquet", COUNT_SCHEMA)
    city, _, areas, catalogue = read_catalogue(public / "catalogue")
    files = {path.stem: path for path in sorted((public / "areas").glob("*.parquet"))}
    parents = {
        system: (parent, _parents(path))
        for system, path in files.items()
        if system in areas and (parent := areas[system].parent) in files and parent
    }
    return PublicPackage(
        counts=counts,
        values=_table(public / "values.parquet", VALUE_SCHEMA),
        parents=parents,
        reforms={system: _reforms(path) for system, path in files.items()},
        overlaps=_overlaps(files, {system: areas[system].parent for system in files if system in areas}),
        codes=catalogue.codes,
        formulas={name: Formula.of(document, city.home) for name, document in sorted(catalogue.indicators.items())},
        rules=_rules(counts, manifest),
        policies=manifest.get("policies", {}),
        changed=_changed(manifest),
    )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ReleaseError(Fault(f"{folder.name}/manifest.json", what=f"it can not be read: {error}")) from error


def _table(path: Path, schema: pl.Schema) -> pl.DataFrame:
    try:
        return pl.read_parquet(path).match_to_schema(schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ReleaseError(Fault(f"public/{path.name}", what=f"it can not be read: {error}")) from error


def _parents(path: Path) -> dict[str, str]:
    frame = pl.read_parquet(path, columns=["code", "parent", "valid_from"])
    latest = frame.sort("valid_from", nulls_last=False, maintain_order=True).unique("code", keep="last")
    return dict(latest.drop_nulls("parent").select("code", "parent").sort("code").iter_rows())


def _reforms(path: Path) -> dict[str, tuple[str, ...]]:
    if pl.read_parquet(path, columns=["valid_from", "valid_to"]).unique().height < 2:
        return {}  # without looking at the borders
    frame, geometry, _ = read_geoparquet(path, path.name)
    return reformed(frame, geometry)


def _overlaps(files: Mapping[str, Path], parents: Mapping[str, str | None]) -> tuple[Overlap, ...]:
    named = {system: parent for system, parent in parents.items() if parent}
    frames = {system: read_geoparquet(path, path.name)[:2] for system, path in files.items()}
    return overlaps(frames, named)


def _rules(counts: pl.DataFrame, manifest: Mapping[str, Any]) -> dict[Measure, RulesDoc]:
    """Find the rules of each measure; where the manifest does not name its policies, the strictest of all."""
    policies = {
        name: RulesDoc.model_validate(rules.get("public", rules))
        for name, rules in manifest.get("policies", {}).items()
    }
    named = manifest.get("measures", {})
    found = {}
    for universe, where in counts.select("universe", "where").unique().sort("universe", "where").iter_rows():
        text = named.get(universe, {}).get(where, "")
        own = [policies[name] for name in text.split("+") if name in policies]
        found[Measure.parse(universe, where)] = _strictest(own or policies.values())
    return found


def _changed(manifest: Mapping[str, Any]) -> dict[tuple[Measure, str], RulesDoc]:
    """Find the rules of the method that each measure's numbers of a period were changed by."""
    rules = {
        name: RulesDoc.model_validate(rules.get("public", rules))
        for name, rules in manifest.get("policies", {}).items()
    }
    found = {}
    for row in manifest.get("changed", ()):
        changing = [rules[name] for name in row["policy"].split("+") if name in rules and rules[name].changes_numbers]
        for period in row["periods"] if changing else ():
            found[Measure.parse(row["universe"], row["where"]), period] = changing[0]
    return found


def _strictest(several: Iterable[RulesDoc]) -> RulesDoc:
    rules = list(several) or [RulesDoc()]
    return RulesDoc(
        minimum=max(one.minimum for one in rules),
        minimum_base=max(one.minimum_base for one in rules),
        minimum_tally=max(one.minimum_tally for one in rules),
        minimum_cases=max(one.minimum_cases for one in rules),
        complement=any(one.complement for one in rules),
        secondary=any(one.secondary for one in rules),
    )
