"""Open wing: what published values say together. Pure functions; nothing here sees a count that is not published.

``standardise``   z-scores, min-max, exponential ranks, shrinkage of small shares
``composites``    indices from several indicators by a recipe of the catalogue, with classes and dynamics
``sensitivity``   what a composite would say with an input left out, or other weights
``profiles``      areas by several standardised indicators; similar areas
``typology``      types of areas by clustering, explained, with their stability
``inequality``    slope and relative index of inequality, dissimilarity, isolation, Gini
"""

from sozialraum.analysis.composites import Reason, Surroundings, class_of, compute_composites
from sozialraum.analysis.tables import (
    COMPOSITE_KEY,
    COMPOSITE_SCHEMA,
    PARENT_SCHEMA,
    POPULATION_SCHEMA,
    population_of,
)

__all__ = [
    "COMPOSITE_KEY",
    "COMPOSITE_SCHEMA",
    "PARENT_SCHEMA",
    "POPULATION_SCHEMA",
    "Reason",
    "Surroundings",
    "class_of",
    "compute_composites",
    "population_of",
]
