"""What happens in the town between two releases: households move, houses are pulled down, entries are corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyogrio
import shapely

EVERY_HOUSE, EVERY_HOUSEHOLD, EVERY_PERSON = 211, 97, 97
"""So many-th is pulled down, moves to another house, is struck off the register."""


@dataclass(frozen=True)
class Register:
    """Lines of a delivery, split at semicolons, and in which column the house and the household stand."""

    path: Path
    encoding: str
    head: list[str]
    rows: list[list[str]]

    @classmethod
    def read(cls, path: Path, encoding: str) -> Register:
        head, *lines = path.read_text(encoding=encoding).splitlines()
        return cls(path, encoding, head.split(";"), [line.split(";") for line in lines])

    def write(self, rows: list[list[str]]) -> None:
        text = "\n".join(";".join(row) for row in [self.head, *rows])
        self.path.write_text(f"{text}\n", encoding=self.encoding)

    def column(self, name: str) -> int:
        return self.head.index(name)


@dataclass(frozen=True)
class Upheaval:
    """What has changed.

    Attributes:
        moved: how many households live in another house.
        demolished: how many houses are gone, with those who lived there.
        stayed: x and y of each house, and how many households live there that did before.
    """

    moved: int
    demolished: int
    stayed: pl.DataFrame

    def set_apart(self, before: pl.DataFrame, after: pl.DataFrame) -> Mapping[str, set[int]]:
        """How many households that stayed a cell of both releases has lost, or got, though they live where they did.

        Args:
            before: x and y of houses in the first release, and their cell.
            after: the same in the second.
        """
        own, first, second = (frame.with_columns(pl.col("x", "y").round(1)) for frame in (self.stayed, before, after))
        joined = own.join(first, on=["x", "y"], how="left").join(second, on=["x", "y"], how="left", suffix="_now")
        other = joined.filter(pl.col("cell").ne_missing(pl.col("cell_now")))
        both = set(before["cell"].drop_nulls()) & set(after["cell"].drop_nulls())
        found: dict[str, set[int]] = {}
        for column in ("cell", "cell_now"):
            sums = other.filter(pl.col(column).is_in(both)).group_by(column).agg(pl.col("households").sum())
            for cell, number in sums.iter_rows():
                found.setdefault(cell, set()).add(number)
        return found


def change(deliveries: Path, year: int) -> Upheaval:
    """Deliver houses and registers anew, as they are some months later."""
    houses = Register.read(deliveries / f"haushalte_{year}.csv", "iso-8859-1")
    people = Register.read(deliveries / f"personen_{year}.csv", "utf-8-sig")
    market = Register.read(deliveries / f"marktdaten_{year}.csv", "iso-8859-1")
    meta, _, points, fields = pyogrio.raw.read(deliveries / "gebaeude.gpkg")
    names = [*meta["fields"]]
    buildings = [str(number) for number in fields[names.index("gebaeude")]]
    gone = set(buildings[::EVERY_HOUSE])
    standing = [building for building in buildings if building not in gone]
    home, number = houses.column("Gebäude"), houses.column("Haushaltsnummer")
    before = {row[number]: row[home] for row in houses.rows}
    movers = [household for household in list(before)[::EVERY_HOUSEHOLD] if before[household] not in gone]
    after = {household: building for household, building in before.items() if building not in gone}
    after |= {household: standing[at * 7 % len(standing)] for at, household in enumerate(movers)}
    for register in (houses, people):
        home, number = register.column("Gebäude"), register.column("Haushaltsnummer")
        kept = [row for row in register.rows if row[number] in after]
        if register is people:
            kept = [row for at, row in enumerate(kept) if at % EVERY_PERSON]
        for row in kept:
            row[home] = after[row[number]]
        register.write(kept)
    market.write([row for row in market.rows if row[market.column("Gebäude")] not in gone])
    counts = Counter(after.values())
    fields[names.index("haushalte")][:] = [counts[building] for building in buildings]
    mask = np.array([building not in gone for building in buildings])
    _write(deliveries / "gebaeude.gpkg", points[mask], dict(zip(names, (field[mask] for field in fields), strict=True)))
    stayed = Counter(building for household, building in after.items() if before[household] == building)
    x, y = shapely.get_coordinates(shapely.from_wkb(points)).T
    households = [stayed[building] for building in buildings]
    where = pl.DataFrame({"x": x, "y": y, "households": households}).filter(pl.col("households") > 0)
    return Upheaval(sum(after[household] != before[household] for household in movers), len(gone), where)


def _write(path: Path, points: np.ndarray, fields: Mapping[str, np.ndarray]) -> None:
    path.unlink()
    pyogrio.raw.write(
        path,
        geometry=points,
        field_data=[*fields.values()],
        fields=np.array([*fields]),
        geometry_type="Point",
        crs="EPSG:25832",
        driver="GPKG",
        layer="gebaeude",
    )
