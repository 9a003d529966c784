"""A tiny release: two areas of one district, one indicator, two years, one suppressed number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from sozialraum.areas import AreaSystem
from sozialraum.catalogue import load_catalogue
from sozialraum.releases import ORIGIN_SCHEMA, PackageContent, ReleaseContent, Store, write_release
from sozialraum.releases.signature import PUBLIC_KEY, public_hex, signing_key
from sozialraum.tables import COUNT_SCHEMA, VALUE_SCHEMA
from sozialraum.tables.seal import seal

CITY = """
name = "Kleinstadt"
ags = "09999001"
home = "viertel"
"""

COUNTS = [
    # universe, where, area_system, area, period, value, status
    ("persons", "", "viertel", "01", "2023", 100.0, "ok"),
    ("persons", "", "viertel", "02", "2023", 80.0, "ok"),
    ("persons", "age=0-17", "viertel", "01", "2023", 20.0, "ok"),
    ("persons", "age=0-17", "viertel", "02", "2023", None, "suppressed"),
]

VALUES = [
    # indicator, area_system, area, period, breakdown, value, numerator, denominator, status, lower, upper, revision
    ("anteil_unter_18", "viertel", "01", "2023", "", 20.0, 20.0, 100.0, "ok", 13.3, 28.9, 0),
    ("anteil_unter_18", "viertel", "02", "2023", "", None, None, 80.0, "suppressed", None, None, 0),
]


def _package(values: list[tuple[object, ...]]) -> PackageContent:
    frame = pl.DataFrame(
        [("01", "Nord", None, None, None), ("02", "Süd", None, None, None)],
        schema=dict.fromkeys(("code", "name", "parent", "valid_from", "valid_to"), pl.String),
        orient="row",
    )
    geometry = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    areas = AreaSystem("viertel", {"de": "Viertel"}, None, frame, geometry)
    return PackageContent(
        values=pl.DataFrame(values, schema=VALUE_SCHEMA, orient="row"),
        counts=seal(pl.DataFrame(COUNTS, schema=COUNT_SCHEMA, orient="row")),
        areas={"viertel": areas},
        origins=pl.DataFrame(schema=ORIGIN_SCHEMA),
    )


@pytest.fixture
def write_tiny_release(tmp_path: Path) -> Callable[..., str]:
    """Write a release into ``tmp_path/releases`` and return its id."""
    city = tmp_path / "city.toml"
    city.write_text(CITY, encoding="utf-8")

    def write(
        values: list[tuple[object, ...]] | None = None,
        documents: dict[str, Path] | None = None,
        composites: pl.DataFrame | None = None,
    ) -> str:
        store = Store(tmp_path / "releases")
        key = signing_key(tmp_path / ".signing-key")
        package = _package(values or VALUES)
        if composites is not None:
            package = replace(package, composites=composites)
        content = ReleaseContent(
            public=package,
            internal=package,
            documents={"city.toml": city, **(documents or {})},
            snapshots=[],
            policies=load_catalogue().policies,
            suppression=[],
            crs="EPSG:25832",
        )
        number = len(store.releases()) + 1
        with store.new_release(lambda: f"2024-H1.{number}") as folder:
            write_release(folder, content, identifier=f"2024-H1.{number}", key=key, who="Test")
        (store.folder / PUBLIC_KEY).write_text(public_hex(key), encoding="ascii")
        return f"2024-H1.{number}"

    return write
