"""Scores of composites and types of areas as tables, and the recipes behind them as a code book."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from sozialraum.catalogue import ClassDoc, CompositeDoc, InputDoc
from sozialraum.publishing.exports.table import Selection, names_of, statuses
from sozialraum.tables import Status

SCORE_COLUMNS = (
    "composite",
    "title",
    "area_system",
    "area",
    "name",
    "period",
    "score",
    "class",
    "class_title",
    "status",
    "status_text",
    "sign",
    "reason",
    "dynamics_from",
    "dynamics",
    "dynamics_class",
    "dynamics_class_title",
    "dynamics_status",
    "dynamics_reason",
    "release",
)
"""Columns of the table of scores. ``reason`` says why there is no score: a value of ``analysis.Reason``."""

RECIPE_COLUMNS = (
    "composite",
    "title",
    "definition",
    "caveats",
    "inputs",
    "standardised",
    "combined",
    "classes",
    "dynamics_years",
    "dynamics_classes",
    "minimum_residents",
    "minimum_areas",
    "shrunk_to",
    "larger_areas",
    "sources",
    "owner",
    "checked_by",
    "next_review",
    "release",
)
"""Columns of the code book of scores."""

TYPE_COLUMNS = (
    "typology",
    "title",
    "area_system",
    "area",
    "name",
    "period",
    "type",
    "stability",
    "status",
    "status_text",
    "sign",
    "without",
    "release",
)
"""Columns of the table of types. ``without`` names what an area without a type lacks."""


def scores_table(selection: Selection) -> pl.DataFrame:
    """Return a row for each score of the selected areas, columns as in :data:`SCORE_COLUMNS`."""
    recipes, language = selection.package.catalogue.composites, selection.language
    rows = _chosen(selection, selection.package.composites)
    titles = {name: recipe.title.get(language) for name, recipe in recipes.items()}
    classes = [(name, one.id, one.title.get(language)) for name, recipe in recipes.items() for one in recipe.classes]
    moves = [
        (name, one.id, one.title.get(language))
        for name, recipe in recipes.items()
        for one in (recipe.dynamics.classes if recipe.dynamics else ())
    ]
    return (
        _with_names(selection, rows)
        .with_columns(pl.col("status", "dynamics_status").cast(pl.String), release=pl.lit(selection.release.id))
        .join(_lookup([*titles.items()], "composite", "title"), on="composite", how="left")
        .join(_lookup(classes, "composite", "class", "class_title"), on=["composite", "class"], how="left")
        .join(
            _lookup(moves, "composite", "dynamics_class", "dynamics_class_title"),
            on=["composite", "dynamics_class"],
            how="left",
        )
        .join(statuses(language), on="status", how="left")
        .select(SCORE_COLUMNS)
        .sort("composite", "area_system", "area", "period")
    )


def scores_csv(selection: Selection) -> bytes:
    """Return the scores as CSV: comma, decimal point, UTF-8."""
    return scores_table(selection).write_csv(line_terminator="\r\n").encode()


def scores_parquet(selection: Selection) -> bytes:
    """Return the scores as Parquet, with the release in the file's own metadata."""
    out = io.BytesIO()
    about = {"release": selection.release.id, "publisher": selection.package.city.name}
    scores_table(selection).write_parquet(out, compression="zstd", metadata=about)
    return out.getvalue()


def composites_csv(selection: Selection) -> bytes:
    """Return the recipes of the scores, one row each: what they mean and how they are computed, to be done again."""
    there = set(selection.package.composites["composite"])
    recipes = selection.package.catalogue.composites
    rows = (_recipe(selection, name, recipes[name]) for name in sorted(there & recipes.keys()))
    return _csv(RECIPE_COLUMNS, rows)


def types_csv(selection: Selection) -> bytes:
    """Return the type of each selected area as CSV: comma, decimal point, UTF-8."""
    return types_table(selection).write_csv(line_terminator="\r\n").encode()


def types_table(selection: Selection) -> pl.DataFrame:
    """Return the type of each selected area, columns as in :data:`TYPE_COLUMNS`."""
    schema = {**dict.fromkeys(TYPE_COLUMNS, pl.String), "type": pl.Int64, "stability": pl.Float64}
    kept = [name for name in TYPE_COLUMNS if name not in ("title", "name", "status_text", "sign", "release")]
    rows = pl.DataFrame(list(_types(selection)), schema={name: schema[name] for name in kept}, orient="row")
    documents = selection.package.catalogue.typologies
    titles = [(name, document.title.get(selection.language)) for name, document in documents.items()]
    table = (
        _with_names(selection, _chosen(selection, rows))
        .join(_lookup(titles, "typology", "title"), on="typology", how="left")
        .join(statuses(selection.language), on="status", how="left")
        .with_columns(release=pl.lit(selection.release.id))
    )
    return table.select(TYPE_COLUMNS).sort("typology", "area_system", "area")


def _types(selection: Selection) -> Iterator[tuple[object, ...]]:
    for one in selection.package.typologies:
        place = (one.typology, one.area_system)
        for found in one.found.types if one.found else ():
            for area in found.areas:
                yield *place, area, one.period, found.number, found.stability, Status.OK.value, ""
        for area, why in one.unplaced.items():
            yield *place, area, one.period, None, None, why.status.value, ", ".join(why.without)


def _chosen(selection: Selection, rows: pl.DataFrame) -> pl.DataFrame:
    wanted = {"area_system": selection.area_system, "area": selection.area}
    return rows.filter(*(pl.col(name) == text for name, text in wanted.items() if text is not None))


def _with_names(selection: Selection, rows: pl.DataFrame) -> pl.DataFrame:
    names = names_of(selection.package, rows["area_system"].unique().to_list())
    return rows.join(names, on=["area_system", "area"], how="left")


def _lookup(rows: Sequence[tuple[str, ...]], *columns: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _recipe(selection: Selection, name: str, recipe: CompositeDoc) -> tuple[object, ...]:
    language, dynamics = selection.language, recipe.dynamics
    again = ", standardised again" if recipe.combine.standardise else ""
    weighted = ", weighted by residents" if recipe.standardise.weighted == "population" else ""
    return (
        name,
        recipe.title.get(language),
        recipe.definition.get(language),
        recipe.caveats.get(language),
        "; ".join(_input(part) for part in recipe.inputs),
        f"{recipe.standardise.method}{weighted}",
        f"{recipe.combine.method}{again}",
        _classes(recipe.classes, language),
        dynamics.years if dynamics else "",
        _classes(dynamics.classes, language) if dynamics else "",
        recipe.minimum_residents,
        recipe.minimum_areas,
        recipe.shrinkage.to if recipe.shrinkage else "",
        "by themselves" if recipe.aggregate == "no" else "means of areas inside, weighted by residents",
        "; ".join(recipe.sources),
        recipe.governance.owner,
        recipe.governance.checked_by,
        recipe.governance.next_review.isoformat(),
        selection.release.id,
    )


def _input(part: InputDoc) -> str:
    """Return an input as the recipe counts it: ``2 x sgb2_quote``, ``-1 x beschaeftigungsquote``."""
    sign = "" if part.direction == "raises" else "-"
    return f"{sign}{part.weight:g} x {part.name}"


def _classes(classes: Iterable[ClassDoc], language: str) -> str:
    """Return classes with their upper ends: ``hoch (Status hoch): < -1; mittel (...): <= 1; ...``."""
    return "; ".join(f"{one.id} ({one.title.get(language)}): {_end(one)}" for one in classes)


def _end(one: ClassDoc) -> str:
    if one.end is None:
        return "above"
    return f"< {one.end:g}" if one.below is not None else f"<= {one.end:g}"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
