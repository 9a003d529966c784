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
``search``      how long to look for better cells: rounds, exchange, kicks
``rounds``      the walk is laid anew through the cells there are
``exchange``    houses change cells one by one or in pairs
``neighbours``  the nearest houses of each house
``crossover``   the better parts of two bundlings, put together
``costs``       what cells cost
``measures``    what a cell is like
``quality``     the report of a formation
``maintenance`` :func:`maintain_cells`: the cells of the next release, and why two releases tell no more than one
``history``     what has been published of every house and cell
``bounds``      what no cells could cost less than
``comparison``  :func:`with_bounds`: cells held against it
``pricing``     which cells pay: the exact search behind the linear bound
``mixing``      the linear programme behind it
``country``     :func:`form_country`: a folder of municipalities becomes a folder of cells
``partitions``  which municipalities a folder holds
``portions``    several municipalities formed in one go
``runs``        what is finished, so that an interrupted run can go on
``spark``       the same cells on Apache Spark
``compiled``    what the compiled kernels share
==============  ======================================================================================================
"""

from __future__ import annotations

from sozialraum.microcells.comparison import with_bounds
from sozialraum.microcells.country import Country, form_country
from sozialraum.microcells.files import (
    Buildings,
    Reading,
    read_buildings,
    read_history,
    write_cells,
    write_history,
    write_release,
)
from sozialraum.microcells.formation import Cells, Formation, form_cells
from sozialraum.microcells.history import History
from sozialraum.microcells.maintenance import Changes, Maintained, Rest, first_release, maintain_cells
from sozialraum.microcells.quality import AreaWithoutCells, Quality, Spread

__all__ = [
    "AreaWithoutCells",
    "Buildings",
    "Cells",
    "Changes",
    "Country",
    "Formation",
    "History",
    "Maintained",
    "Quality",
    "Reading",
    "Rest",
    "Spread",
    "first_release",
    "form_cells",
    "form_country",
    "maintain_cells",
    "read_buildings",
    "read_history",
    "with_bounds",
    "write_cells",
    "write_history",
    "write_release",
]
