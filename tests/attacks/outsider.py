"""What an outsider has: the files of one package of a release, read with nothing but a reader for Parquet and TOML."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import shapely

Key = tuple[str, str, str, str, str]
"""universe, where, area system, area, period"""
COLUMNS = ("universe", "where", "area_system", "area", "period")
PEOPLE = ("persons", "households", "births", "taxpayers", "unemployed", "housing_cases")
"""Universes that somebody would mind about."""


@dataclass(frozen=True)
class Claim:
    """What somebody says to have learnt: a text or a count, and the number it is said to be."""

    about: Any
    number: float

    def __str__(self) -> str:
        return f"{' '.join(map(str, self.about)) if isinstance(self.about, tuple) else self.about}: {self.number:g}"


@dataclass(frozen=True)
class Package:
    """A folder of files; ``insider`` is what somebody knows of the world beside them; nobody may learn a number
    below ``small``. ``owners`` is what each owner contributes to a sum: each of them knows their own."""

    folder: Path
    insider: Any = None
    small: int = 3
    owners: Mapping[Key, Mapping[Any, float]] = field(default_factory=dict)

    @cached_property
    def counts(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "counts.parquet")

    @cached_property
    def values(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "values.parquet")

    @cached_property
    def numbers(self) -> Mapping[Key, float | None]:
        """Every count; None where it is withheld."""
        rows = self.counts.filter(pl.col("value").is_not_null() | (pl.col("status") == "suppressed"))
        return {tuple(row[:5]): row[5] for row in rows.select(*COLUMNS, "value").iter_rows()}

    @cached_property
    def families(self) -> Mapping[tuple[str, str], Mapping[str, list[str]]]:
        """By (system, parent system) the areas in each parent."""
        found: dict[tuple[str, str], dict[str, list[str]]] = {}
        documents = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in self.documents("areas")}
        for path in sorted((self.folder / "areas").glob("*.parquet")):
            parent = documents.get(path.stem, {}).get("parent")
            if path.stem == "microcells":
                parent = "beobachtungsraeume"
            if parent:
                inside: defaultdict[str, list[str]] = defaultdict(list)
                frame = pl.read_parquet(path, columns=["code", "parent", "valid_to"]).filter(
                    pl.col("valid_to").is_null()
                )
                for code, above in frame.select("code", "parent").drop_nulls().iter_rows():
                    inside[above].append(code)
                found[path.stem, parent] = dict(inside)
        return found

    def documents(self, kind: str) -> Iterator[Path]:
        yield from sorted((self.folder / "catalogue" / kind).glob("*.toml"))

    @cached_property
    def indicators(self) -> Mapping[str, dict[str, Any]]:
        return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in self.documents("indicators")}

    def shapes(self, system: str) -> Mapping[str, shapely.Geometry]:
        frame = pl.read_parquet(self.folder / "areas" / f"{system}.parquet", columns=["code", "geometry"]).drop_nulls()
        return dict(zip(frame["code"], shapely.from_wkb(frame["geometry"].to_list()), strict=True))

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads((self.folder.parent / "manifest.json").read_text("utf-8"))


def where_of(measure: Mapping[str, str]) -> tuple[str, str]:
    """Write a measure of an indicator's document as the counts name it."""
    parts = sorted(f"{name}={codes}" for name, codes in measure.items() if name not in ("universe", "sum"))
    universe = measure["universe"] + (f".{measure['sum']}" if "sum" in measure else "")
    return universe, ";".join(parts)
