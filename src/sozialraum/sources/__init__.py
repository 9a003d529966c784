"""Confidential: a delivered file -> snapshot -> read -> checked -> records or cells.

================  ====================================================================================================
``read``          :func:`read_source`: everything that was delivered for a source
``vault``         snapshots by sha256 with provenance, retention, and the key outside of it
``formats``       readers of every format, with exact lines
``raw``           a table before it was understood, and how faults name their place
``numbers``       German numbers and the symbols of official statistics
``roles``         periods, areas and codes
``cells``         numbers that somebody has already counted
``shares``        percentages whose base is delivered become estimated counts
``units``         registers: only declared columns, pseudonyms instead of identifiers
``pseudonyms``    keyed hashes
``addresses``     addresses find their buildings
``linking``       :func:`extend`: one register adds dimensions to the units of another
================  ====================================================================================================
"""

from sozialraum.sources.addresses import match_addresses
from sozialraum.sources.linking import extend
from sozialraum.sources.read import read_source
from sozialraum.sources.records import AREA_PREFIX, CELL_SCHEMA, Cells, Records, Snapshot
from sozialraum.sources.vault import Vault, load_key

__all__ = [
    "AREA_PREFIX",
    "CELL_SCHEMA",
    "Cells",
    "Records",
    "Snapshot",
    "Vault",
    "extend",
    "load_key",
    "match_addresses",
    "read_source",
]
