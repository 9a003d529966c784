"""A small town on disk: a few areas, and whatever delivery a test needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from sozialraum.areas import AreaSystem, AreaSystems
from sozialraum.areas.systems import AREA_SCHEMA
from sozialraum.catalogue import Project, load_project
from sozialraum.errors import DeliveryError, Fault
from sozialraum.sources import Cells, Records, Vault, read_source

KEY = b"a key for tests, not for cities."

CITY = """
name = "Musterstadt"
ags = "09999001"
home = "viertel"
whole = "stadt"
"""
AREAS = {
    "viertel": 'title.de = "Viertel"\nfile = "viertel.csv"\ncode = "code"\nname = "name"\n',
    "stadt": 'title.de = "Stadt"\nunion_of = "viertel"\nsingle_code = "09999001"\nsingle_name = "Musterstadt"\n',
}
HEAD = """
title.de = "Lieferung"
provider = "Amt"
licence = "intern"
policy = "register"
"""
AGGREGATE = HEAD + 'kind = "aggregate"\n'
REGISTER = HEAD + 'kind = "register"\nuniverse = "persons"\nretention_years = 2\n'
BUILDINGS = HEAD + 'kind = "buildings"\n'

REAL = Path(__file__).parents[3] / "shared" / "data"

VIERTEL = [("01", "Altstadt"), ("02", "Süd-Stadt"), ("03", "Am Großen Feld")]


def real(*parts: str) -> Path:
    """Return a path in the real data, or skip the test."""
    path = REAL.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real data is not beside the project: ../shared/data/{'/'.join(parts)}")
    return path


def area_systems() -> AreaSystems:
    rows = [(code, name, None, None, None) for code, name in VIERTEL]
    frame = pl.DataFrame(rows, schema=AREA_SCHEMA, orient="row")
    whole = pl.DataFrame([("09999001", "Musterstadt", None, None, None)], schema=AREA_SCHEMA, orient="row")
    return AreaSystems(
        {
            "viertel": AreaSystem("viertel", {"de": "Viertel"}, None, frame),
            "stadt": AreaSystem("stadt", {"de": "Stadt"}, None, whole),
        }
    )


@dataclass
class Town:
    """A project folder that a test fills."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "sources").mkdir(parents=True)
        (self.folder / "areas").mkdir()
        (self.folder / "deliveries").mkdir()
        (self.folder / "city.toml").write_text(CITY, encoding="utf-8")
        for name, text in AREAS.items():
            (self.folder / "areas" / f"{name}.toml").write_text(text, encoding="utf-8")

    @property
    def deliveries(self) -> Path:
        return self.folder / "deliveries"

    def deliver(self, name: str, content: str | bytes) -> Path:
        path = self.deliveries / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def declare(self, source: str, text: str) -> None:
        (self.folder / "sources" / f"{source}.toml").write_text(text, encoding="utf-8")

    def project(self) -> Project:
        return load_project(self.folder)

    def read(self, source: str = "lieferung", vault: Vault | None = None) -> Cells | Records:
        return read_source(self.project(), source, vault or Vault(None, KEY), systems=area_systems())

    def cells(self, toml: str, content: str | bytes, name: str = "lieferung.csv") -> pl.DataFrame:
        """Read one delivered table and return its cells."""
        return self.table(toml, content, name).frame

    def table(self, toml: str, content: str | bytes, name: str = "lieferung.csv") -> Cells:
        self.deliver(name, content)
        self.declare("lieferung", f'{AGGREGATE}file = "{name}"\n{toml}')
        found = self.read()
        if not isinstance(found, Cells):
            raise TypeError("an aggregate yields cells")
        return found

    def records(self, toml: str, content: str | bytes, name: str = "lieferung.csv", head: str = REGISTER) -> Records:
        """Read one delivered register and return its records."""
        self.deliver(name, content)
        self.declare("lieferung", f'{head}file = "{name}"\n{toml}')
        found = self.read()
        if not isinstance(found, Records):
            raise TypeError("a register yields records")
        return found

    def faults(
        self, toml: str, content: str | bytes, name: str = "lieferung.csv", head: str = AGGREGATE
    ) -> list[Fault]:
        """Read a delivery that is at fault and return what is said about it."""
        self.deliver(name, content)
        self.declare("lieferung", f'{head}file = "{name}"\n{toml}')
        return self.refusal()

    def refusal(self, source: str = "lieferung") -> list[Fault]:
        try:
            self.read(source)
        except DeliveryError as error:
            return list(error.faults)
        return []


def rows(frame: pl.DataFrame, *columns: str) -> list[tuple]:
    return frame.select(columns).rows()
