"""The quality report of a formation: how large the cells are, how wide, and whom they leave out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import polars as pl

from sozialraum.microcells.bounds import SIZES, AgainstBounds

_QUANTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Spread:
    """How a figure is spread over cells: mean, smallest, quantiles (of the values that occur, not between), largest."""

    mean: float
    minimum: float
    p25: float
    median: float
    p75: float
    p95: float
    p99: float
    maximum: float

    @classmethod
    def of(cls, values: pl.Series) -> Spread | None:
        """Return the spread of a column of numbers, None where it is empty."""
        if values.is_empty():
            return None
        # Sorted once: each quantile would sort a copy of its own.
        figures = (
            values.sort()
            .to_frame("v")
            .select(
                mean=pl.col("v").mean(),
                minimum=pl.col("v").min().cast(pl.Float64),
                maximum=pl.col("v").max().cast(pl.Float64),
                **{name: pl.col("v").quantile(share, "nearest") for name, share in _QUANTILES.items()},
            )
        )
        return cls(**figures.row(0, named=True))


@dataclass(frozen=True, slots=True)
class AreaWithoutCells:
    """An area whose households together stay below the minimum."""

    area: str
    buildings: int
    households: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What a formation achieved.

    Attributes:
        mode, minimum, cap: the options it was made with (cap in metres).
        areas, buildings, households: what was given; buildings with and without households.
        buildings_without_households: they belong to no cell.
        areas_without_cells: areas below the minimum, with what they hold.
        cells, multi_house_cells: how many cells there are, and how many of them hold more than one house.
        households_per_cell: over all cells; None where there is no cell.
        diameter: the greatest distance inside a cell in metres, over cells of more than one house; None without any.
        cost: how far households are from the middle of their cell, squared, on average, in square metres; over cells
            of more than one house, places alone whatever the mode. None without any.
        paid, least: what cells of houses with fewer households than the minimum cost all together, and what no cells of
            these houses could cost less than by their nearest neighbours (square metres times households, streets and
            likeness left aside).
        flagged: cells wider than the cap.
        one_street_share: the share of the cells of more than one house that lie on one street, from 0 to 1; None where
            no street is known or no such cell exists.
        households_lost: households given, less those in cells and in areas without cells. Always 0.
        bounds: what no cells of some areas could cost less than, exactly, where it was asked for.
    """

    mode: str
    minimum: int
    cap: float
    areas: int
    buildings: int
    households: int
    buildings_without_households: int
    areas_without_cells: tuple[AreaWithoutCells, ...]
    cells: int
    multi_house_cells: int
    households_per_cell: Spread | None
    diameter: Spread | None
    cost: float | None
    paid: int
    least: int
    flagged: int
    one_street_share: float | None
    households_lost: int
    bounds: AgainstBounds | None = None

    @property
    def over_nearest(self) -> float | None:
        """What cells cost over the nearest-neighbour bound, at least 1; None where nothing was bundled."""
        return round(self.paid / self.least, 4) if self.least else None

    def as_json(self) -> dict[str, object]:
        """Return the report as nested mappings and lists for a JSON file or ``--json``."""
        areas = [asdict(area) for area in self.areas_without_cells]
        return {**asdict(self), "over_nearest": self.over_nearest, "areas_without_cells": areas}

    def as_text(self, language: str = "de") -> str:
        """Return the report as a table of plain text, in German ("de") or English ("en")."""
        labels = _LABELS[language]
        lines = [(labels[key].format(cap=self.cap), shown(value, language)) for key, value in _figures(self)]
        width = max(len(label) for label, _ in lines)
        left_out = [
            labels["left_out"].format(area=a.area, buildings=a.buildings, households=a.households)
            for a in self.areas_without_cells
        ]
        unbounded = [labels["unbounded"].format(*SIZES)] if self.bounds and self.bounds.over_linear is None else []
        return "\n".join([f"{label:<{width}}  {value:>12}" for label, value in lines] + unbounded + left_out)


_LABELS = {
    "de": {
        "buildings": "Häuser mit Haushalten",
        "buildings_without_households": "Häuser ohne Haushalte (in keiner Zelle)",
        "households": "Haushalte",
        "areas": "Gebiete",
        "cells": "Mikrozellen",
        "multi_house_cells": "davon aus mehreren Häusern",
        "mean": "Haushalte je Zelle, Mittel",
        "minimum": "Haushalte je Zelle, kleinste",
        "median": "Haushalte je Zelle, Median",
        "p95": "Haushalte je Zelle, 95 %-Quantil",
        "maximum": "Haushalte je Zelle, größte",
        "diameter": "Durchmesser in m, Mittel",
        "diameter_p95": "Durchmesser in m, 95 %-Quantil",
        "diameter_p99": "Durchmesser in m, 99 %-Quantil",
        "cost": "quadrierter Abstand zur Mitte in m²",
        "flagged": "Zellen mit mehr als {cap:g} m Durchmesser",
        "one_street": "Zellen in einer Straße, in %",
        "lost": "verlorene Haushalte",
        "over_nearest": "Kosten über der einfachen Schranke, in %",
        "bound_areas": "Gebiete, für die es die genaue Schranke gibt",
        "over_linear": "Kosten über der genauen Schranke, Mittel, in %",
        "worst": "Kosten über der genauen Schranke, größte, in %",
        "proved": "davon bewiesen genau",
        "unbounded": "Eine genaue Schranke haben nur Gebiete mit {} bis {} Häusern unter dem Minimum: hier keines.",
        "left_out": "Gebiet {area}: keine Zelle, nur {households} Haushalte in {buildings} Häusern",
    },
    "en": {
        "buildings": "houses with households",
        "buildings_without_households": "houses without households (in no cell)",
        "households": "households",
        "areas": "areas",
        "cells": "microcells",
        "multi_house_cells": "of them with more than one house",
        "mean": "households a cell, mean",
        "minimum": "households a cell, smallest",
        "median": "households a cell, median",
        "p95": "households a cell, 95 % quantile",
        "maximum": "households a cell, largest",
        "diameter": "diameter in m, mean",
        "diameter_p95": "diameter in m, 95 % quantile",
        "diameter_p99": "diameter in m, 99 % quantile",
        "cost": "squared distance to the middle in m²",
        "flagged": "cells with a diameter above {cap:g} m",
        "one_street": "cells on one street, in %",
        "lost": "households lost",
        "over_nearest": "cost above the simple bound, in %",
        "bound_areas": "areas that have the close bound",
        "over_linear": "cost above the close bound, mean, in %",
        "worst": "cost above the close bound, largest, in %",
        "proved": "of these areas, bound proved exact",
        "unbounded": "There is a close bound only for areas of {} to {} houses below the minimum: here for none.",
        "left_out": "area {area}: no cell, only {households} households in {buildings} houses",
    },
}


def _figures(quality: Quality) -> Iterator[tuple[str, float]]:
    """Yield what the plain text shows, in its order."""
    counts = ("areas", "buildings", "buildings_without_households", "households", "cells", "multi_house_cells")
    yield from ((name, getattr(quality, name)) for name in counts)
    if size := quality.households_per_cell:
        yield "mean", size.mean
        yield from ((name, int(getattr(size, name))) for name in ("minimum", "median", "p95", "maximum"))
    if width := quality.diameter:
        yield from (("diameter", width.mean), ("diameter_p95", width.p95), ("diameter_p99", width.p99))
    if quality.cost is not None:
        yield "cost", quality.cost
    if quality.over_nearest is not None:
        yield "over_nearest", 100 * (quality.over_nearest - 1)
    yield "flagged", quality.flagged
    if quality.one_street_share is not None:
        yield "one_street", 100 * quality.one_street_share
    yield "lost", quality.households_lost
    if quality.bounds:
        yield from _bound_figures(quality.bounds)


def _bound_figures(bounds: AgainstBounds) -> Iterator[tuple[str, float]]:
    """Yield by how many per cent cells cost more than they must; a linear bound there is where it was worked out."""
    if bounds.over_linear is not None and bounds.worst is not None:
        yield "bound_areas", bounds.areas
        yield "proved", bounds.proved
        yield from (("over_linear", 100 * (bounds.over_linear - 1)), ("worst", 100 * (bounds.worst - 1)))


def cost_a_household(cells: pl.DataFrame) -> float | None:
    """Return :attr:`Quality.cost` of cells, to a hundredth; ``cells`` as in ``formation.Cells``."""
    several = cells.filter(pl.col("buildings") > 1)
    return round(float(several["cost"].sum()) / int(several["households"].sum()), 2) if several.height else None


def shown(value: float, language: str) -> str:
    """Return whole numbers whole and others with one decimal, with the language's separators."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text
