"""Buildings become microcells: neighbouring houses bundled so that nothing is said about a single household.

==============  ======================================================================================================
``files``       delivered buildings in, GeoParquet and quality report out
``columns``     which delivered column is which
``checks``      everything that is wrong with a table of houses, at once
``formation``   :func:`form_cells`: a table of houses becomes :class:`Cells`
``addresses``   streets and German house numbers as numbers to sort by
``bundling``    the rules of a cell, area by area and on several threads
``walks``       an order of an area's houses in which those that belong together follow each other
``curve``       the Hilbert curve
``division``    the exact dynamic programme: the cheapest division of a walk
``measures``    what a cell is like
``quality``     the report of a formation
``compiled``    what the compiled kernels share
==============  ======================================================================================================
"""

from __future__ import annotations

from sozialraum.microcells.files import Buildings, Reading, read_buildings, write_cells
from sozialraum.microcells.formation import Cells, Formation, form_cells
from sozialraum.microcells.quality import AreaWithoutCells, Quality, Spread

__all__ = [
    "AreaWithoutCells",
    "Buildings",
    "Cells",
    "Formation",
    "Quality",
    "Reading",
    "Spread",
    "form_cells",
    "read_buildings",
    "write_cells",
]
