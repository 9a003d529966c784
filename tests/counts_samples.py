"""A small territory, a few dimensions, and short ways to write records and cells for the tests of ``counts``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import shapely

from sozialraum.areas import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.catalogue.documents import CodeListDoc
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import Supply
from sozialraum.sources.records import CELL_SCHEMA, Cells, Records

_TITLE = {"de": "-"}


def code_list(*codes: str, groups: Mapping[str, str] | None = None) -> CodeListDoc:
    return CodeListDoc(title=_TITLE, kind="list", codes=dict.fromkeys(codes, _TITLE), groups=dict(groups or {}))


CODES = {
    "age": CodeListDoc(title=_TITLE, kind="interval"),
    "sex": code_list("female", "male", "diverse"),
    "sgb2": code_list("yes", "no"),
    "family": code_list(
        "single", "couple", "mother_alone", "father_alone", groups={"alone_with_children": "mother_alone|father_alone"}
    ),
}


def system(id: str, areas: Mapping[str, str | None], parent: str | None = None, *, level: int = 0) -> AreaSystem:
    """An area system without geometry: code -> code of the parent area."""
    rows = [{"code": code, "name": code, "parent": above} for code, above in areas.items()]
    return AreaSystem(id, _TITLE, parent, pl.DataFrame(rows, schema=AREA_SCHEMA), level=level)


def squares(id: str, areas: Mapping[str, tuple[int, int]], parent: str | None = None, *, level: int = 0) -> AreaSystem:
    """An area system of unit-high rectangles on a line: code -> from x to x."""
    frame = pl.DataFrame([{"code": code, "name": code} for code in areas], schema=AREA_SCHEMA)
    shapes = np.array([shapely.box(west, 0, east, 1) for west, east in areas.values()], dtype=object)
    return AreaSystem(id, _TITLE, parent, frame, shapes, level=level)


CITY = AreaSystems(
    {
        "city": system("city", {"all": None}),
        "districts": system("districts", {"N": "all", "S": "all"}, "city", level=1),
        "quarters": system("quarters", {"n1": "N", "n2": "N", "s1": "S"}, "districts", level=2),
    }
)


def measure(universe: str, **where: str) -> Measure:
    return Measure.of(universe, where)


def records(rows: Sequence[Mapping[str, object]], universe: str = "persons", source: str = "register") -> Records:
    """Records of 2024 unless a row says otherwise; whole numbers for age, text for the rest."""
    frame = pl.DataFrame([{"period": "2024", **row} for row in rows], infer_schema_length=None)
    return Records(source, universe, frame.with_columns(pl.lit("register.csv").alias("file"), _lines(frame.height)))


def cells(rows: Sequence[tuple[object, ...]], source: str = "table") -> Cells:
    """Cells from rows of (measure, area system, area, period, value[, status])."""
    full = []
    for number, (what, id, area, period, value, *status) in enumerate(rows, 2):
        said = status[0] if status else ("missing" if value is None else "ok" if value else "zero")
        place = (f"{source}.csv", number, "number")
        full.append((what.universe, what.where_text, id, area, period, value, said, *place))
    return Cells(source, pl.DataFrame(full, schema=CELL_SCHEMA, orient="row"))


def supply(data: Cells | Records, policy: str = "official", **more: object) -> Supply:
    return Supply(data.source, data, policy, **more)


def _lines(height: int) -> pl.Series:
    return pl.Series("line", range(2, height + 2), dtype=pl.UInt32)
