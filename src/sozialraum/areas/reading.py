"""An area system's TOML document and its delivered file become an :class:`~sozialraum.areas.systems.AreaSystem`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sozialraum.areas.columns import ROW, area_frame, own_codes, read_code_table
from sozialraum.areas.crs import GERMANY, INTERNAL, Territory
from sozialraum.areas.geodata import read_geodata, to_internal
from sozialraum.areas.shapes import NESTED, note_overlaps, parents_by_location, polygons
from sozialraum.areas.systems import AREA_SCHEMA, AreaSystem, AreaSystems
from sozialraum.catalogue.documents import AreaSystemDoc
from sozialraum.errors import Faults, InputError

Find = Callable[[str], Path]
"""Says where the delivery with a given name lies."""


def read_area_systems(
    docs: Mapping[str, AreaSystemDoc],
    find: Find,
    faults: Faults,
    *,
    internal: str = INTERNAL,
    territory: Territory = GERMANY,
) -> AreaSystems:
    """Read every area system of a project and join them into hierarchies.

    Args:
        docs: the documents by id.
        find: says where a delivery lies.
        faults: where everything that is wrong or worth telling is recorded.
        internal: authority code of the internal CRS.
        territory: where areas may lie.

    Returns:
        The systems that could be read; check ``faults`` before using them.
    """
    found: dict[str, AreaSystem] = {}
    for id, doc in docs.items():
        if doc.file and (system := read_area_system(id, doc, find, faults, internal=internal, territory=territory)):
            found[id] = system
    for id, doc in docs.items():
        if doc.union_of in found:
            found[id] = _union(id, doc, found[doc.union_of])
    joined: dict[str, AreaSystem] = {}
    for id in _parents_first(docs, faults):
        if id in found:
            joined[id] = _join(found[id], docs, joined, faults)
    return AreaSystems(joined)


def read_area_system(
    id: str,
    doc: AreaSystemDoc,
    find: Find,
    faults: Faults,
    *,
    internal: str = INTERNAL,
    territory: Territory = GERMANY,
) -> AreaSystem | None:
    """Read one area system from its file, with parent codes as delivered; ``None`` where it can not be read.

    :func:`read_area_systems` reads several and checks their parents.
    """
    name = str(doc.file)
    path = find(name)
    try:
        if path.suffix.lower() in (".csv", ".txt"):
            table, shapes = read_code_table(path, doc.encoding, name), None
        else:
            data = read_geodata(path, layer=doc.layer, crs=doc.crs, encoding=doc.encoding, name=name)
            data = to_internal(data, internal, territory=territory)
            faults.notes.extend(data.notes)
            table, shapes = data.frame, data.geometry
    except InputError as error:
        faults.extend(error.faults)
        return None
    frame = area_frame(doc, table, name, faults, first_row=2 if shapes is None else 1)
    return None if frame is None else _assembled(id, doc, frame, shapes, faults)


def _assembled(
    id: str, doc: AreaSystemDoc, frame: pl.DataFrame, shapes: NDArray[np.object_] | None, faults: Faults
) -> AreaSystem:
    name = str(doc.file)
    if shapes is not None:
        picked = shapes[frame[ROW].to_numpy() - 1]
        shapes = polygons(picked, frame["code"].fill_null("").to_list(), name, faults)
    system = AreaSystem(id, _title(doc), doc.parent, frame.select(*AREA_SCHEMA), shapes, complete=doc.complete)
    if shapes is not None and not shapely.is_missing(shapes).any():
        note_overlaps(system, name, faults)
    return system


def _title(doc: AreaSystemDoc) -> dict[str, str]:
    return {language: doc.title.get(language) for language in ("de", "en")}


def _union(id: str, doc: AreaSystemDoc, whole: AreaSystem) -> AreaSystem:
    row = {"code": doc.single_code, "name": doc.single_name}
    frame = pl.DataFrame([row], schema=AREA_SCHEMA)
    shape = None if whole.geometry is None else np.array([shapely.union_all(whole.geometry)], dtype=object)
    return AreaSystem(id, _title(doc), doc.parent, frame, shape)


def _parents_first(docs: Mapping[str, AreaSystemDoc], faults: Faults) -> list[str]:
    """Order ids so that every parent stands before its children; a circle or an unknown parent is a fault."""
    order: list[str] = []
    for id in docs:
        way: list[str] = []
        step: str | None = id
        while step in docs and step not in order and step not in way:
            way.append(str(step))
            step = docs[str(step)].parent
        if step in way:
            circle = " > ".join([*way, str(step)])
            faults.add(f"areas/{id}.toml", "parents go round in a circle", column="parent", value=circle)
            continue
        if step is not None and step not in docs:
            advice = f"There are: {', '.join(sorted(docs))}."
            faults.add(f"areas/{way[-1]}.toml", "unknown area system", column="parent", value=str(step), advice=advice)
            continue
        order.extend(reversed(way))
    return order


def _join(
    system: AreaSystem, docs: Mapping[str, AreaSystemDoc], joined: Mapping[str, AreaSystem], faults: Faults
) -> AreaSystem:
    """Give a system its level and checked parent codes."""
    doc = docs[system.id]
    if system.parent is None or system.parent not in joined:
        return replace(system, parent=None)
    above = joined[system.parent]
    if doc.parent_code:
        codes = _delivered_parents(system, docs[above.id], above, faults)
    elif len(above.codes) == 1:
        codes = pl.Series([above.codes[0]] * system.frame.height)
    else:
        codes = _derived_parents(system, above, faults)
    frame = system.frame.with_columns(codes.cast(pl.String).alias("parent"))
    return replace(system, frame=frame, level=above.level + 1)


def _delivered_parents(system: AreaSystem, parent_doc: AreaSystemDoc, above: AreaSystem, faults: Faults) -> pl.Series:
    """Translate delivered parent codes as the parent system translates its own, and check them."""
    delivered = system.frame["parent"]
    known = delivered.is_in(above.codes)
    codes = delivered.zip_with(known, own_codes(parent_doc, delivered))
    strange = codes.is_null() | ~codes.is_in(above.codes)
    for code, parent in zip(system.frame["code"].filter(strange), codes.filter(strange), strict=True):
        faults.add(
            f"areas/{system.id}.toml",
            f"the area {code} names a parent that {above.id} does not have",
            column="parent_code",
            value=parent or "",
            advice=f"Correct the delivery, or translate the codes in areas/{above.id}.toml (codes = ...).",
        )
    return codes


def _derived_parents(system: AreaSystem, above: AreaSystem, faults: Faults) -> pl.Series:
    file = f"areas/{system.id}.toml"
    lacking = [one.id for one in (system, above) if one.geometry is None or shapely.is_missing(one.geometry).any()]
    if lacking:
        faults.add(
            file,
            f"parents can not be found by location: {', '.join(lacking)} lacks geometry",
            column="parent",
            advice="Name the column with the parent's code: parent_code = ...",
        )
        return system.frame["parent"]
    codes, share = parents_by_location(system, above)
    faults.note(file, f"the parents in {above.id} were found by location (a point inside each area)", column="parent")
    for code, parent, inside in zip(system.frame["code"], codes, share, strict=True):
        if parent is None:
            advice = "Name the column with the parent's code (parent_code), or remove parent."
            faults.add(file, f"the area lies in no area of {above.id}", column="parent", value=code, advice=advice)
        elif inside < NESTED:
            what = f"only {inside:.0%} of the area lies in its parent {parent}: the systems do not nest"
            faults.note(file, what, column="parent", value=code)
    return pl.Series("parent", codes, dtype=pl.String)
