"""The composite: one figure made from several indicators by a published recipe, with named classes.

A recipe is literal: what stands in the file is what is computed (:mod:`sozialraum.analysis.composites`), step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sozialraum.catalogue.documents import Document, Identifier, Text
from sozialraum.catalogue.indicator import ChangeNote, Governance

Number = Annotated[float, Field(allow_inf_nan=False)]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class InputDoc(Document):
    """``[[inputs]]``: one indicator, or the score of another composite, with its weight and direction."""

    indicator: Identifier | None = None
    composite: Identifier | None = None
    """Instead of ``indicator``: the score of another composite (a domain of an index)."""
    weight: Weight = 1.0
    direction: Literal["raises", "lowers"] = "raises"
    """Whether a high value raises the score or lowers it."""
    period: Literal["same", "latest"] = "same"
    """``latest``: an input with other periods (school years) is taken from its last one that ended by the end of the
    composite's period, and not a year or more before."""

    @model_validator(mode="after")
    def _one_subject(self) -> InputDoc:
        if (self.indicator is None) == (self.composite is None):
            raise ValueError("an input has either indicator = ... or composite = ...")
        return self

    @property
    def name(self) -> str:
        """The indicator or the composite."""
        return self.indicator or self.composite or ""


class StandardiseDoc(Document):
    """``[standardise]``: how values of different units are made comparable among the areas of one system and period."""

    method: Literal["z", "min_max", "exponential_ranks"] = "z"
    """``z``: distance from the mean in standard deviations; ``min_max``: 0 lowest, 1 highest; ``exponential_ranks``: 0
    to 100, which spreads the highest ranks."""
    weighted: Literal["no", "population"] = "no"
    """Whether mean and standard deviation count each area once (``no``) or each resident (``population``)."""

    @model_validator(mode="after")
    def _weights_fit(self) -> StandardiseDoc:
        if self.weighted == "population" and self.method != "z":
            raise ValueError(f"only mean and standard deviation (z) can be weighted by population, not {self.method}")
        return self


class CombineDoc(Document):
    """``[combine]``: how standardised inputs become one score."""

    method: Literal["sum", "mean"] = "sum"
    """``sum``: of weight times standardised value; ``mean``: the same divided by the sum of the weights."""
    standardise: bool = True
    """Whether the result is turned into standard deviations again, so that cuts have that unit."""


class ClassDoc(Document):
    """``[[classes]]``: a named class of scores, from lowest to highest; the last one has no upper end."""

    id: Identifier
    title: Text
    below: Number | None = None
    """Scores smaller than this belong to the class (and are in no earlier one)..."""
    up_to: Number | None = None
    """...or scores up to this one, which belongs to the class itself."""

    @model_validator(mode="after")
    def _one_end(self) -> ClassDoc:
        if self.below is not None and self.up_to is not None:
            raise ValueError("a class ends either with below = ... or with up_to = ..., not with both")
        return self

    @property
    def end(self) -> float | None:
        """The upper end, whether it belongs to the class or not; None where there is none."""
        return self.up_to if self.below is None else self.below

    def holds(self, score: float) -> bool:
        """Tell whether a score lies under the upper end of the class."""
        if self.below is not None:
            return score < self.below
        return self.up_to is None or score <= self.up_to


class DynamicsDoc(Document):
    """``[dynamics]``: change of the same inputs over some years, standardised, combined and cut in the same way."""

    years: Annotated[int, Field(ge=1)]
    """How many years lie between the two periods (whatever their length)."""
    classes: tuple[ClassDoc, ...]

    @model_validator(mode="after")
    def _ordered(self) -> DynamicsDoc:
        _check_classes(self.classes)
        return self


class ShrinkageDoc(Document):
    """``[shrinkage]``: shares of small areas are drawn towards the share of the larger area they lie in.

    Empirical Bayes on logits, as in the English Indices of Deprivation; every input is a share.
    """

    to: Identifier
    """The area system of the larger areas."""


class CompositeDoc(Document):
    """``composites/ID.toml``: one composite."""

    title: Text
    definition: Text
    """What a high score means, in one sentence."""
    caveats: Text
    """What the composite can not say, and where it differs from what it is modelled on."""
    sources: tuple[str, ...]
    """Where the recipe was published."""
    inputs: tuple[InputDoc, ...]
    area_systems: tuple[Identifier, ...] = ()
    """Area systems that the composite is for; without it every system that has all inputs."""
    minimum_residents: Annotated[int, Field(ge=0)] = 0
    """Areas with fewer residents are left out: they get no score and do not count for the mean of the others."""
    minimum_areas: Annotated[int, Field(ge=2)] = 5
    """Among fewer areas nothing is compared: the score is undefined."""
    standardise: StandardiseDoc = StandardiseDoc()
    combine: CombineDoc = CombineDoc()
    classes: tuple[ClassDoc, ...]
    dynamics: DynamicsDoc | None = None
    shrinkage: ShrinkageDoc | None = None
    aggregate: Literal["no", "population"] = "no"
    """Whether scores of larger areas are means of those inside them, weighted by residents, or can not be had so."""
    governance: Governance
    changes: tuple[ChangeNote, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> CompositeDoc:
        _check_classes(self.classes)
        if not self.inputs or not self.sources:
            raise ValueError("a composite has at least one of [[inputs]], and sources")
        if all(part.period == "latest" for part in self.inputs):
            raise ValueError('one input at least gives the periods of the composite: period = "same"')
        names = [part.name for part in self.inputs]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each input stands once; give it a weight instead: {', '.join(twice)}")
        if self.shrinkage and self.refers_to:
            raise ValueError("only shares can be shrunk, not the scores of other composites")
        return self

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The composites that this one is made from."""
        return tuple(part.composite for part in self.inputs if part.composite)


def _check_classes(classes: Sequence[ClassDoc]) -> None:
    if len(classes) < 2:
        raise ValueError("name at least two classes")
    *bounded, last = classes
    if last.end is not None:
        raise ValueError(f"the last class has no upper end; remove it from {last.id}")
    if open_ones := [found.id for found in bounded if found.end is None]:
        raise ValueError(f"only the last class may have no upper end; add below or up_to to {', '.join(open_ones)}")
    for lower, upper in pairwise(bounded):
        if (lower.end or 0.0) >= (upper.end or 0.0):
            raise ValueError(f"classes are written from low to high; {upper.id} does not end above {lower.id}")
    identifiers = [found.id for found in classes]
    if len(set(identifiers)) < len(identifiers):
        raise ValueError("two classes have the same id")
