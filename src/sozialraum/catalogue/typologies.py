"""The typology: areas that are alike in several indicators are put together into types.

The file says what is compared and how; which types there are, and how many, the values say
(:mod:`sozialraum.analysis.typology`). Types have numbers: nobody gives them names.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sozialraum.catalogue.documents import Document, Identifier, Text
from sozialraum.catalogue.indicator import ChangeNote, Governance

Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class TraitDoc(Document):
    """``[[indicators]]``: one indicator that areas are compared by.

    It has no direction: types are no better or worse, they differ.
    """

    indicator: Identifier
    weight: Weight = 1.0
    """How often the indicator counts: 2 is as if it stood there twice."""


class TypologyDoc(Document):
    """``typologies/ID.toml``: one typology."""

    title: Text
    definition: Text
    """What areas of a type have in common, in one sentence."""
    caveats: Text
    """What types can not say."""
    sources: tuple[str, ...]
    """Where the method was published."""
    indicators: tuple[TraitDoc, ...]
    area_systems: tuple[Identifier, ...] = ()
    """Area systems that types are looked for in; without it every system with enough areas."""
    method: Literal["ward", "k_means", "connected_ward"] = "ward"
    """``connected_ward``: only neighbours belong to a type, so that each is one territory."""
    fewest: Annotated[int, Field(ge=2)] = 2
    """The smallest number of types that is tried."""
    most: Annotated[int, Field(ge=2)] = 8
    """The largest. The same as ``fewest`` where the number is a decision."""
    choose: Literal["silhouette", "gap"] = "silhouette"
    """What decides how many types there are: how well they stand apart, or whether there is any structure."""
    minimum_areas: Annotated[int, Field(ge=3)] = 10
    """Among fewer areas no types are looked for."""
    governance: Governance
    changes: tuple[ChangeNote, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> TypologyDoc:
        if len(self.indicators) < 2 or not self.sources:
            raise ValueError("a typology has at least two of [[indicators]], and sources")
        names = self.names
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each indicator stands once; give it a weight instead: {', '.join(twice)}")
        if self.most < self.fewest:
            raise ValueError(f"most = {self.most} is smaller than fewest = {self.fewest}")
        if self.minimum_areas <= self.fewest:
            raise ValueError(f"{self.fewest} types need more than {self.minimum_areas} areas: raise minimum_areas")
        if self.choose == "gap" and self.method == "connected_ward":
            raise ValueError('the number of connected types is chosen by silhouette, not by gap: choose = "silhouette"')
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The indicators."""
        return tuple(part.indicator for part in self.indicators)
