"""What the values of a package say together: its composites, by the recipes that the package carries.

Build, audit and explanation call the same function with what stands in a package and nothing else, so whoever has the
package can work out every score again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from sozialraum.analysis.composites import Surroundings, compute_composites
from sozialraum.analysis.tables import PARENT_SCHEMA, population_of
from sozialraum.areas import latest
from sozialraum.catalogue import AreaSystemDoc, Catalogue
from sozialraum.indicators import breaks_of


def composites_of(
    catalogue: Catalogue,
    documents: Mapping[str, AreaSystemDoc],
    values: pl.DataFrame,
    areas: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """Compute every composite of a catalogue from the values of one package.

    Args:
        catalogue: the recipes, and the indicators that they are made from.
        documents: the documents of the area systems.
        values: the package's values, with ``VALUE_SCHEMA``.
        areas: the areas of each system of the package, with the columns of ``areas.AREA_SCHEMA``.

    Returns:
        A frame with ``COMPOSITE_SCHEMA`` for the systems that :func:`comparable` names.

    Raises:
        ProjectError: a composite is made from itself, or from one that is not in the catalogue.
    """
    systems = comparable(documents, areas)
    here = values.filter(pl.col("area_system").is_in(systems))
    return compute_composites(catalogue.composites, here, surroundings_of(catalogue, documents, here, areas))


def comparable(documents: Mapping[str, AreaSystemDoc], areas: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return the area systems whose areas may be compared by a score, sorted.

    Microcells are none of them: they have no document, and a class of so few houses would be a verdict on their
    residents. Neither is the whole city, which has nothing to be compared with, nor are areas that somebody drew: they
    leave out those that they would have to be compared with.
    """
    return sorted(
        id for id, frame in areas.items() if id in documents and documents[id].complete and frame["code"].n_unique() > 1
    )


def surroundings_of(
    catalogue: Catalogue,
    documents: Mapping[str, AreaSystemDoc],
    values: pl.DataFrame,
    areas: Mapping[str, pl.DataFrame],
) -> Surroundings:
    """Return what composites need beside the values of a package: residents, larger areas, breaks of series.

    Arguments as in :func:`composites_of`.
    """
    inputs = {part.indicator for document in catalogue.composites.values() for part in document.inputs}
    breaks = {
        name: breaks_of(name, catalogue.indicators)
        for name in inputs
        if name is not None and name in catalogue.indicators
    }
    rows = [row for system in comparable(documents, areas) for row in _above(system, documents, areas)]
    return Surroundings(population_of(values), pl.DataFrame(rows, schema=PARENT_SCHEMA, orient="row"), breaks)


def _above(
    system: str, documents: Mapping[str, AreaSystemDoc], areas: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield each area of a system with each larger area that it lies in, in its latest state."""
    inside = {code: code for code in areas[system]["code"]}
    lower = system
    while (upper := documents[lower].parent) in areas and upper is not None:
        frame = latest(areas[lower])
        step = dict(zip(frame["code"], frame["parent"], strict=True))
        inside = {code: step[above] for code, above in inside.items() if step.get(above) is not None}
        yield from ((system, code, upper, above) for code, above in inside.items())
        lower = upper
