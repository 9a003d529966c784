"""Writes the public package of a release by hand, so that the audit can be shown anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from sozialraum.areas import write_geoparquet
from sozialraum.catalogue import CodeListDoc, RulesDoc
from sozialraum.tables import COUNT_SCHEMA, VALUE_SCHEMA

CITY = 'name = "Kleinstadt"\nags = "01001"\nhome = "districts"\n'


def release(
    folder: Path,
    counts: pl.DataFrame,
    *,
    nesting: pl.DataFrame,
    codes: Mapping[str, CodeListDoc] | None = None,
    rules: RulesDoc | None = None,
    indicators: Mapping[str, str] | None = None,
    values: pl.DataFrame | None = None,
    borders: Mapping[str, tuple[shapely.Polygon, str | None, str | None]] | None = None,
    changed: pl.DataFrame | None = None,
) -> Path:
    """Write a release and return its folder.

    Args:
        nesting: area_system, area, parent_system, parent.
        indicators: TOML by id.
        changed: universe, where, period, policy of what a method of the policy ``p`` changed, as the door tells it.
        borders: polygon and first and last day of areas; who has any is no longer there for ever.
    """
    public = folder / "public"
    (public / "areas").mkdir(parents=True)
    counts.select(list(COUNT_SCHEMA)).write_parquet(public / "counts.parquet")
    (pl.DataFrame(schema=VALUE_SCHEMA) if values is None else values).write_parquet(public / "values.parquet")
    _write(public / "catalogue" / "city.toml", CITY)
    parents = dict(nesting.select("area_system", "parent_system").unique().iter_rows())
    systems = {*parents, *parents.values(), *counts["area_system"]}
    for system in sorted(systems):
        parent = f'parent = "{parents[system]}"\n' if system in parents else ""
        body = f'file = "f"\ncode = "c"\nname = "n"\n{parent}[title]\nde = "{system}"\n'
        _write(public / "catalogue" / "areas" / f"{system}.toml", body)
        inside = {area: parent for s, area, _, parent in nesting.iter_rows() if s == system}
        areas = sorted({*inside, *counts.filter(pl.col("area_system") == system)["area"]})
        frame = {"code": areas, "name": areas, "parent": [inside.get(area) for area in areas]}
        states = [(borders or {}).get(area, (None, None, None)) for area in areas]
        frame |= {"valid_from": [state[1] for state in states], "valid_to": [state[2] for state in states]}
        table = pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String))
        shapes = np.array([state[0] for state in states], dtype=object)
        write_geoparquet(public / "areas" / f"{system}.parquet", table, shapes, "EPSG:25832")
    for dimension, document in (codes or {}).items():
        _write(public / "catalogue" / "codes" / f"{dimension}.toml", _code_list(document))
    for name, text in (indicators or {}).items():
        _write(public / "catalogue" / "indicators" / f"{name}.toml", text)
    policy: dict[str, Any] = {"public": (rules or RulesDoc()).model_dump()}
    manifest: dict[str, Any] = {"policies": {"p": policy}}
    if changed is not None:
        rows = changed.group_by("universe", "where", "policy").agg(periods=pl.col("period").sort())
        manifest["changed"] = rows.sort(rows.columns[:3]).to_dicts()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _code_list(document: CodeListDoc) -> str:
    codes = "".join(f'{code} = {{ de = "{code}" }}\n' for code in document.codes)
    return f'kind = "{document.kind}"\n[title]\nde = "x"\n[codes]\n{codes}'


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
