"""How a file is to be read, as far as its source's TOML says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sozialraum.catalogue import SourceDoc

Format = Literal["csv", "xlsx", "xls", "ods", "parquet", "geo"]


@dataclass(frozen=True, slots=True)
class Options:
    """What is declared about a file; None is found out from the file. See :class:`sozialraum.catalogue.SourceDoc`."""

    format: Format | None = None
    sheet: str | None = None
    layer: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header_rows: int = 1
    skip_rows: int = 0
    crs: str | None = None
    internal: str = "EPSG:25832"
    points: bool = False
    """Whether a point of each geometry is wanted."""
    toml: str = ""
    """The document that declares the columns, as the user knows it."""

    @classmethod
    def of(cls, doc: SourceDoc, internal: str, toml: str = "") -> Options:
        """Take the options from a source's document."""
        return cls(
            toml=toml,
            format=doc.format,
            sheet=doc.sheet,
            layer=doc.layer,
            encoding=doc.encoding,
            separator=doc.separator,
            header_rows=doc.header_rows,
            skip_rows=doc.skip_rows,
            crs=doc.crs,
            internal=internal,
            points=doc.kind != "aggregate" and not any(column.coordinate for column in doc.columns.values()),
        )
