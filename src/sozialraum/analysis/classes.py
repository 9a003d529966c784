"""Classes of scores, and the reasons why an area has none."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sozialraum.analysis.standardise import Numbers
from sozialraum.catalogue import ClassDoc

DIGITS = 12
"""Scores are rounded to so many decimals before they are cut into classes."""

NEAR = 1e-9
"""Scores that are no further from a cut than this are rounded one by one: only there does rounding decide."""


class Reason(StrEnum):
    """Why an area has no score."""

    INPUT = "input"
    """An input has no number."""
    FEW_RESIDENTS = "few_residents"
    """The area has fewer residents than the document asks for."""
    POPULATION = "population"
    """Nobody knows how many residents the area has."""
    FEW_AREAS = "few_areas"
    """Too few areas take part to compare them."""
    EQUAL = "equal"
    """All areas have the same value of an input, or the same combined score."""
    NO_PARENT = "no_parent"
    """The area lies in no larger area that its share could be drawn to."""
    NO_COUNTS = "no_counts"
    """A share to be drawn to the larger area has no published counts."""
    BREAK = "break"
    """An input can not be compared with the earlier period."""
    NO_EARLIER = "no_earlier"
    """There is no earlier period."""


def class_of(classes: Sequence[ClassDoc], score: float) -> str:
    """Return the id of the class that a score belongs to: the first, from below, that holds it."""
    rounded = round(score, DIGITS)
    return next(found.id for found in classes if found.holds(rounded))


def classes_of(classes: Sequence[ClassDoc], scores: Numbers) -> NDArray[np.object_]:
    """Return :func:`class_of` of many scores; None for those that are no number."""
    found = np.full(len(scores), None, object)
    for one in reversed(classes):
        end = np.inf if one.end is None else one.end
        found[scores < end] = one.id
        near = np.abs(scores - end) <= NEAR
        found[near] = [class_of(classes, score) for score in scores[near].tolist()]
    return found
