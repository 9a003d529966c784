"""Attributes of features, and a point of each, from any format with geometry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from sozialraum.areas.geodata import read_geodata, to_internal
from sozialraum.errors import Faults
from sozialraum.sources.formats.options import Options
from sozialraum.sources.raw import LINE, Raw, X, Y, as_text, find_columns


def read_geo(path: Path, name: str, options: Options, wanted: Sequence[str] | None, faults: Faults) -> Raw | None:
    """Read the declared attributes of a file with geometry, and :data:`X` and :data:`Y` where points are wanted.

    Returns:
        The table, numbered by features from 1, or None where declared columns are missing.

    Raises:
        DeliveryError: the file can not be read, or its CRS is missing or wrong.
    """
    data = read_geodata(path, layer=options.layer, crs=options.crs, encoding=options.encoding, name=name)
    faults.notes.extend(data.notes)
    header = data.frame.columns
    declared = wanted if wanted is not None else header
    positions = find_columns(header, declared, name, faults, toml=options.toml)
    if wanted is not None and len(positions) < len(set(wanted)):
        return None
    columns = {column: _plain(data.frame.to_series(at)) for column, at in positions.items()}
    if options.points:
        inside = to_internal(data, options.internal).geometry
        points = np.where(shapely.get_type_id(inside) == 0, inside, shapely.point_on_surface(inside))
        columns |= {X: pl.Series(shapely.get_x(points)), Y: pl.Series(shapely.get_y(points))}
    return Raw(name, pl.DataFrame(columns).with_row_index(LINE, offset=1))


def _plain(column: pl.Series) -> pl.Series:
    return column if column.dtype.is_numeric() else as_text(column)
