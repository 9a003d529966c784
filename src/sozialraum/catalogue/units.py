"""What the rows of a source of single units are, and which identifier is their own."""

from __future__ import annotations

from sozialraum.catalogue.documents import SourceDoc

UNIVERSES = {"buildings": "buildings", "firms": "firms", "offers": "offers"}
"""What one row is where the document does not say it."""


def universe_of(doc: SourceDoc) -> str:
    """Return what one row of a source of single units is; "" where nothing says it."""
    return doc.universe or UNIVERSES.get(doc.kind, "")


def is_unit(identifier: str, universe: str) -> bool:
    """Tell whether an identifier names the units of a universe: ``person`` those of ``persons``."""
    plurals = (identifier, f"{identifier}s", f"{identifier}es", f"{identifier.removesuffix('y')}ies")
    return universe in plurals
