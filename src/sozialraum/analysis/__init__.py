"""Open wing: what published values say together. Pure functions; nothing here sees a count that is not published.

``standardise``   z-scores, min-max, exponential ranks, shrinkage of small shares
``composites``    indices from several indicators by a recipe of the catalogue, with dynamics; ``columns`` and ``steps``
                  are its parts
``classes``       classes of scores, and the reasons why there is none
``published``     the same for everything that a package of a release holds
``aggregate``     scores of larger areas as means of those inside them
``anatomy``       how one score came about
``sensitivity``   what a composite would say with an input left out, or other weights
``profiles``      areas by several standardised indicators; similar areas
``clustering``    k-means, Ward, Ward among neighbours; silhouette
``typology``      types of areas, their number explained, with their stability
``area_types``    the same for everything that a package of a release holds
``agreement``     do the scores and types of a package follow from its values?
``inequality``    slope and relative index of inequality
``sentences``     plain sentences on scores, types and similar areas, from rules; their texts are in ``texts/``
"""

from sozialraum.analysis.aggregate import aggregate_scores
from sozialraum.analysis.agreement import Disagreement, disagreements
from sozialraum.analysis.anatomy import Amount, Anatomy, Ingredient, Inside, anatomy_of, contributions_of
from sozialraum.analysis.area_types import AreaTypes, Obstacle, Unplaced, typologies_of
from sozialraum.analysis.classes import Reason, class_of
from sozialraum.analysis.clustering import neighbours_of
from sozialraum.analysis.composites import Surroundings, compute_composites, latest_until
from sozialraum.analysis.inequality import Slope, slope_of_inequality, standard_error
from sozialraum.analysis.profiles import Profiles, Similar, profiles_of, similar_areas
from sozialraum.analysis.published import comparable, composites_of, surroundings_of
from sozialraum.analysis.sensitivity import SENSITIVITY_SCHEMA, change_weights, leave_one_out
from sozialraum.analysis.sentences import (
    classes_sentence,
    contribution_sentence,
    number_sentence,
    obstacle_sentence,
    reason_words,
    score_sentence,
    sensitivity_sentence,
    similar_sentence,
    type_sentence,
    unplaced_sentence,
    upper_classes,
    without_sentence,
)
from sozialraum.analysis.tables import (
    COMPOSITE_KEY,
    COMPOSITE_SCHEMA,
    PARENT_SCHEMA,
    POPULATION_SCHEMA,
    population_of,
)
from sozialraum.analysis.typology import AreaType, Settings, Typology, find_types

__all__ = [
    "COMPOSITE_KEY",
    "COMPOSITE_SCHEMA",
    "PARENT_SCHEMA",
    "POPULATION_SCHEMA",
    "SENSITIVITY_SCHEMA",
    "Amount",
    "Anatomy",
    "AreaType",
    "AreaTypes",
    "Disagreement",
    "Ingredient",
    "Inside",
    "Obstacle",
    "Profiles",
    "Reason",
    "Settings",
    "Similar",
    "Slope",
    "Surroundings",
    "Typology",
    "Unplaced",
    "aggregate_scores",
    "anatomy_of",
    "change_weights",
    "class_of",
    "classes_sentence",
    "comparable",
    "composites_of",
    "compute_composites",
    "contribution_sentence",
    "contributions_of",
    "disagreements",
    "find_types",
    "latest_until",
    "leave_one_out",
    "neighbours_of",
    "number_sentence",
    "obstacle_sentence",
    "population_of",
    "profiles_of",
    "reason_words",
    "score_sentence",
    "sensitivity_sentence",
    "similar_areas",
    "similar_sentence",
    "slope_of_inequality",
    "standard_error",
    "surroundings_of",
    "type_sentence",
    "typologies_of",
    "unplaced_sentence",
    "upper_classes",
    "without_sentence",
]
