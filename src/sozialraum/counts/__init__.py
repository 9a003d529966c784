"""Records x areas x periods become confidential counts, and questions find their numbers among all deliveries.

================  =====================================================================================================
``profiles``      what cells are like: single units tallied for each microcell
``placement``     every record gets its area in every area system
``counting``      records become counts, in few passes: ``planning``, ``classes``, ``cube``, ``engines``
``tallies``       medians, quantiles and Gini coefficients of amounts
``standardise``   directly standardised rates from counts by age
``contributions`` who contributes how much to sums of amounts
``supplies``      each delivery laid out as arrays: ``shelves``; finer areas summed to coarser ones: ``raising``
``reforms``       which part of the areas of another time went into those of today
``attempts``      the ways to answer a question: ``tiling``
``resolver``      every question gets its number, or the reason why there is none (``reasons``, ``disagreements``)
``trace``         the way back from a number to cells and rows of deliveries
================  =====================================================================================================
"""

from sozialraum.counts.contributions import Contributions, contribute
from sozialraum.counts.counting import Counts, can_answer, count
from sozialraum.counts.placement import place
from sozialraum.counts.profiles import Bundled, Characteristic, Tally, tally_cells
from sozialraum.counts.reforms import People, Reforms
from sozialraum.counts.resolver import RESOLVED_SCHEMA, UNRESOLVED_SCHEMA, Resolution, resolve
from sozialraum.counts.standardise import bands_of, measures_of, standardise
from sozialraum.counts.supplies import Supply
from sozialraum.counts.tallies import BEHIND, put_beside, round_tallies, with_known
from sozialraum.counts.territory import Territory
from sozialraum.counts.trace import Trace

__all__ = [
    "BEHIND",
    "RESOLVED_SCHEMA",
    "UNRESOLVED_SCHEMA",
    "Bundled",
    "Characteristic",
    "Contributions",
    "Counts",
    "People",
    "Reforms",
    "Resolution",
    "Supply",
    "Tally",
    "Territory",
    "Trace",
    "bands_of",
    "can_answer",
    "contribute",
    "count",
    "measures_of",
    "place",
    "put_beside",
    "resolve",
    "round_tallies",
    "standardise",
    "tally_cells",
    "with_known",
]
