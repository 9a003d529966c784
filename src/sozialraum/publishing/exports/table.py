"""The long table behind every export: a row for each value, with everything that is needed to use it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from sozialraum.areas.systems import latest
from sozialraum.catalogue import IndicatorDoc, SourceDoc
from sozialraum.indicators import status_word, with_unit
from sozialraum.periods import parse_period
from sozialraum.publishing.words import words
from sozialraum.releases import Package, Release
from sozialraum.tables import NO_VALUE, Status

OFFICIAL_SIGNS = {
    Status.OK: "",
    Status.ZERO: "-",
    Status.SUPPRESSED: ".",
    Status.MISSING: "...",
    Status.UNDEFINED: "x",
    Status.UNRELIABLE: "()",
    Status.ESTIMATED: "s",
    Status.PROVISIONAL: "p",
}
"""Signs of German official statistics (Statistisches Bundesamt, Zeichenerklärung)."""

COLUMNS = (
    "indicator",
    "title",
    "unit",
    "area_system",
    "area",
    "name",
    "period",
    "breakdown",
    "value",
    "lower",
    "upper",
    "numerator",
    "denominator",
    "status",
    "status_text",
    "sign",
    "source",
    "licence",
    "release",
)
"""Columns of every table, the same in each format."""

NUMBERS = ("value", "lower", "upper", "numerator", "denominator")


@dataclass(frozen=True)
class Selection:
    """What is exported: everything, or what these name.

    Attributes:
        package: of a finished release.
        indicator: only this one.
        area_system: only this one.
        area: only this area's code.
        language: of titles and words, ``de`` or ``en``.
    """

    package: Package
    indicator: str | None = None
    area_system: str | None = None
    area: str | None = None
    language: str = "de"

    @property
    def release(self) -> Release:
        """The release that the package belongs to."""
        return Release(self.package.folder.parent)

    @cached_property
    def documents(self) -> Mapping[str, IndicatorDoc]:
        """The documents of the selected indicators that have values, by id."""
        found = self.package.values["indicator"].unique().to_list()
        known = self.package.catalogue.indicators
        chosen = [self.indicator] if self.indicator else sorted(found)
        return {name: known[name] for name in chosen if name in known and name in found}

    @cached_property
    def sources(self) -> Mapping[str, SourceDoc]:
        """The deliveries that the selected indicators may be made from, by id."""
        found = {name for indicator in self.documents for name in sources_of(indicator, self.package)}
        return {name: self.package.sources[name] for name in sorted(found)}

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row for each value, columns as in :data:`COLUMNS`, sorted; no number where the status allows none."""
        rows = self.package.values.filter(self._wanted())
        whole = (
            rows.join(
                names_of(self.package, rows["area_system"].unique().to_list()), on=["area_system", "area"], how="left"
            )
            .join(self._about(), on="indicator", how="left")
            .with_columns(pl.col("status").cast(pl.String))
            .join(statuses(self.language), on="status", how="left")
            .with_columns(pl.when(~_silent()).then(pl.col(name)).alias(name) for name in NUMBERS)
            .with_columns(release=pl.lit(self.release.id))
        )
        days = {text: parse_period(text).last for text in whole["period"].unique()}
        day = pl.col("period").replace_strict(days, return_dtype=pl.Date)
        return whole.sort("indicator", "area_system", "area", day, "period", "breakdown").select(COLUMNS)

    def _wanted(self) -> pl.Expr:
        known = pl.col("indicator").is_in(list(self.documents))
        chosen = [("area_system", self.area_system), ("area", self.area)]
        return pl.all_horizontal(known, *(pl.col(name) == text for name, text in chosen if text is not None))

    def _about(self) -> pl.DataFrame:
        rows = [
            (
                name,
                document.title.get(self.language),
                unit_text(document, self.language),
                "; ".join(source_text(source, self.language) for source in self.sources_of(name)),
                "; ".join(dict.fromkeys(source.licence for source in self.sources_of(name))),
            )
            for name, document in self.documents.items()
        ]
        return pl.DataFrame(
            rows, schema=dict.fromkeys(("indicator", "title", "unit", "source", "licence"), pl.String), orient="row"
        )

    def sources_of(self, indicator: str) -> list[SourceDoc]:
        """Return the deliveries that an indicator is made from."""
        return [self.package.sources[name] for name in sources_of(indicator, self.package)]


def sources_of(indicator: str, package: Package) -> tuple[str, ...]:
    """Return the deliveries that an indicator's numbers were found in, by id; for a change those of its subject."""
    documents = package.catalogue.indicators
    asked = {(measure.universe, measure.where_text) for measure in documents[indicator].measures}
    subject = documents[indicator].refers_to
    inherited = sources_of(subject, package) if subject and subject in documents else ()
    found = {source for universe, where, source in package.origins.iter_rows() if (universe, where) in asked}
    return tuple(sorted((found | set(inherited)) & package.sources.keys()))


def source_text(source: SourceDoc, language: str) -> str:
    """Return a delivery as it is to be named: provider and title."""
    return f"{source.provider}: {source.title.get(language)}"


def unit_text(document: IndicatorDoc, language: str) -> str:
    """Return the unit alone: ``%``, ``je 1.000``; for plain counts the word for it."""
    text = with_unit("", document.unit, language).strip("\u00a0 ")
    return text or str(words(language)["units"].get(document.unit, document.unit))


def _silent() -> pl.Expr:
    return pl.col("status").is_in([status.value for status in NO_VALUE])


def names_of(package: Package, systems: list[str]) -> pl.DataFrame:
    """Return the latest name of each area of some systems: area_system, area, name."""
    schema = dict.fromkeys(("area_system", "area", "name"), pl.String)
    frames = [
        latest(package.areas(system).frame).select(
            pl.lit(system).alias("area_system"), pl.col("code").alias("area"), pl.col("name")
        )
        for system in sorted(set(systems) & set(package.area_systems))
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def statuses(language: str) -> pl.DataFrame:
    """Return the words and the official sign of each status: status, status_text, sign."""
    rows = [(status.value, status_word(status, language), sign) for status, sign in OFFICIAL_SIGNS.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("status", "status_text", "sign"), pl.String), orient="row")


def latest_period(table: pl.DataFrame) -> str | None:
    """Return the latest period in which any row has a number, the last of all where none has; None without rows."""
    told = table.filter(pl.col("value").is_not_null())
    periods = (told if told.height else table)["period"].unique().to_list()
    return max(periods, key=parse_period, default=None)
