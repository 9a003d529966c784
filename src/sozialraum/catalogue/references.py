"""Checks what one document says about another: names that lead nowhere, codes nobody knows, circles."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sozialraum.catalogue.codes import parse_interval, split_codes
from sozialraum.catalogue.composites import CompositeDoc
from sozialraum.catalogue.documents import (
    AreaSystemDoc,
    CellAttributeDoc,
    CityDoc,
    CodeListDoc,
    ColumnDoc,
    MicrocellsDoc,
    PolicyDoc,
    SourceDoc,
    StandardDoc,
)
from sozialraum.catalogue.indicator import IndicatorDoc, StandardisedDoc
from sozialraum.catalogue.lines import line_of
from sozialraum.catalogue.project import display_path
from sozialraum.catalogue.typologies import TypologyDoc
from sozialraum.catalogue.units import is_unit, universe_of
from sozialraum.errors import Faults

NOUNS = {
    "sources": "source",
    "areas": "area system",
    "indicators": "indicator",
    "composites": "composite",
    "typologies": "typology",
    "policies": "policy",
    "codes": "dimension",
    "standards": "standard population",
    "themes": "theme",
}


@dataclass(slots=True)
class Reading:
    """What has been read so far.

    Attributes:
        root: the folder that paths are shown relative to.
        documents: the documents that could be read, by kind and id.
        files: every file that was found, also those that could not be read: their names are known.
        faults: collects.
    """

    root: Path
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[tuple[str, str], Path] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def names(self, kind: str) -> set[str]:
        """Return the id of every file of a kind."""
        return {identifier for found, identifier in self.files if found == kind}


@dataclass(frozen=True, slots=True)
class Place:
    """A key of a document: what a fault points at."""

    kind: str
    identifier: str
    path: tuple[str | int, ...]

    def at(self, *keys: str | int) -> Place:
        """Return a key of the same document."""
        return Place(self.kind, self.identifier, keys)


def check_references(reading: Reading) -> None:
    """Add a fault for each reference that leads nowhere, each code that nobody knows and each circle."""
    checker = _Checker(reading)
    checks: dict[str, Callable[[Any, Place], None]] = {
        "city": checker.city,
        "areas": checker.area_system,
        "sources": checker.source,
        "indicators": checker.indicator,
        "composites": checker.composite,
        "typologies": checker.typology,
        "codes": checker.code_list,
        "standards": checker.standard,
    }
    for kind, check in checks.items():
        for identifier, document in reading.documents.get(kind, {}).items():
            check(document, Place(kind, identifier, ()))
    indicators: Mapping[str, IndicatorDoc] = reading.documents["indicators"]
    areas: Mapping[str, AreaSystemDoc] = reading.documents["areas"]
    sources: Mapping[str, SourceDoc] = reading.documents["sources"]
    composites: Mapping[str, CompositeDoc] = reading.documents["composites"]
    checker.circles("indicators", "indicator", {name: document.refers_to for name, document in indicators.items()})
    checker.circles("areas", "parent", {name: document.parent for name, document in areas.items()})
    checker.circles("areas", "union_of", {name: document.union_of for name, document in areas.items()})
    checker.circles("sources", "extends", {name: document.extends for name, document in sources.items()})
    checker.circles_of_composites(composites)


@dataclass(frozen=True, slots=True)
class _Checker:
    reading: Reading

    def add(self, place: Place, what: str, *, value: str = "", advice: str = "") -> None:
        path = self.reading.files[place.kind, place.identifier]
        line = line_of(path.read_text(encoding="utf-8-sig"), place.path)
        name = display_path(path, self.reading.root)
        self.reading.faults.add(
            name, what, line=line, column=".".join(map(str, place.path)), value=value, advice=advice
        )

    def known(self, value: str | None, kind: str, place: Place) -> bool:
        """Tell whether there is a document of this kind and name; add a fault where there is none."""
        names = self.reading.names(kind)
        if value is None or value in names:
            return True
        self.add(place, f"there is no {NOUNS[kind]} of this name", value=value, advice=nearest(value, names))
        return False

    def city(self, city: CityDoc, place: Place) -> None:
        self.known(city.home, "areas", place.at("home"))
        self.known(city.whole, "areas", place.at("whole"))
        for identifier in city.key_indicators:
            self.known(identifier, "indicators", place.at("key_indicators"))
        if city.microcells:
            self.houses(city.microcells.source, place.at("microcells", "source"))
            self.known(city.microcells.within, "areas", place.at("microcells", "within"))
            for identifier in city.microcells.indicators:
                self.known(identifier, "indicators", place.at("microcells", "indicators"))
            for name, attribute in city.microcells.attributes.items():
                self.attribute(attribute, place.at("microcells", "attributes", name))
            self.rules_of_profiles(city.microcells, place.at("microcells", "attributes"))

    def houses(self, identifier: str, place: Place) -> None:
        document: SourceDoc | None = self.reading.documents["sources"].get(identifier)
        if self.known(identifier, "sources", place) and document and document.kind != "buildings":
            advice = 'name a source of kind "buildings"'
            self.add(place, f"a source of kind {document.kind!r} has no houses", value=identifier, advice=advice)

    def attribute(self, attribute: CellAttributeDoc, place: Place) -> None:
        """Check what a characteristic of cells is made from; what can not be read of its source is told there."""
        sources: Mapping[str, SourceDoc] = self.reading.documents["sources"]
        if not self.known(attribute.source, "sources", place.at(*place.path, "source")):
            return
        if (document := sources.get(attribute.source)) is None:
            return
        if problem := _no_units(document):
            self.add(place.at(*place.path, "source"), problem[0], value=attribute.source, advice=problem[1])
        added = (other for other in sources.values() if other.extends == attribute.source)
        columns = [column for one in (document, *added) for column in one.columns.values()]
        amounts = [column.amount or column.count for column in columns]
        wanted = {
            "dimension": (attribute.dimension, [column.dimension for column in columns]),
            "amount": (attribute.amount, amounts),
            "weight": (attribute.weight, amounts),
            "owner": (attribute.owner, [column.identifier for column in document.columns.values()]),
        }
        for key, (name, declared) in wanted.items():
            if name is not None and name not in declared:
                what, advice = f"the source declares no such {key}", nearest(name, set(filter(None, declared)))
                self.add(place.at(*place.path, key), what, value=name, advice=advice)
        if attribute.dimension in wanted["dimension"][1]:
            self.list_of_codes(attribute, place)

    def list_of_codes(self, attribute: CellAttributeDoc, place: Place) -> None:
        dimension = attribute.dimension or ""
        document: CodeListDoc | None = self.reading.documents["codes"].get(dimension)
        if document and document.kind != "list":
            advice = "cells tell codes of a list; an indicator can count ages and other intervals"
            self.add(
                place.at(*place.path, "dimension"),
                "this dimension has no list of codes",
                value=dimension,
                advice=advice,
            )
        elif attribute.of is not None:
            self.codes(dimension, attribute.of, place.at(*place.path, "of"))

    def rules_of_profiles(self, microcells: MicrocellsDoc, place: Place) -> None:
        policy: PolicyDoc | None = self.reading.documents["policies"].get("microcells")
        if microcells.attributes and policy and policy.profiles is None:
            advice = "add it to policies/microcells.toml, or remove that file: the built-in policy has it"
            self.add(
                place, "the policy microcells has no table [profiles], so no characteristic may leave", advice=advice
            )

    def area_system(self, document: AreaSystemDoc, place: Place) -> None:
        above: AreaSystemDoc | None = self.reading.documents["areas"].get(document.parent or "")
        if self.known(document.parent, "areas", place.at("parent")) and above and not above.complete:
            what, advice = "these areas do not fill the territory, so nothing can lie in them", "remove parent"
            self.add(place.at("parent"), what, value=document.parent or "", advice=advice)
        self.known(document.union_of, "areas", place.at("union_of"))

    def source(self, document: SourceDoc, place: Place) -> None:
        if self.known(document.policy, "policies", place.at("policy")):
            self.method(document, place.at("policy"))
        self.known(document.extends, "sources", place.at("extends"))
        if document.owner and (problem := _no_owner(document)):
            self.add(place.at("owner"), problem[0], value=document.owner, advice=problem[1])
        for system in document.area:
            self.known(system, "areas", place.at("area", system))
        self.where(document.absent, place.at("absent"))
        for name, column in document.columns.items():
            self.column(column, place.at("columns", name))
        if document.values:
            self.column(document.values, place.at("values"))

    def method(self, document: SourceDoc, place: Place) -> None:
        """Check that a source can have what the method of its policy needs."""
        policies: Mapping[str, PolicyDoc] = self.reading.documents["policies"]
        if (policy := policies.get(document.policy)) is None:
            return
        by_keys = any(rules.method == "cell_key" for rules in (policy.public, policy.internal))
        if by_keys and not document.extends and (problem := no_record_keys(document)):
            self.add(place, problem[0], value=document.policy, advice=problem[1])
        if _rounds_small(policy) and not document.personal:
            what = "this policy rounds the small groups among single records (small_counts), but this source has none"
            self.add(place, what, value=document.policy, advice='choose a policy with method = "rounding"')
        base: SourceDoc | None = self.reading.documents["sources"].get(document.extends or "")
        other = policies.get(base.policy) if base else None
        if base and other and not _methods_agree(policy, other):
            what = f"its numbers are under {base.policy} too, which changes numbers in another way"
            advice = "give both sources the same policy, or both policies the same method and parameters"
            self.add(place, what, value=document.policy, advice=advice)
        elif base and other and _rounds_small(policy) and not _rounds_small(other):
            what = (
                f"this policy rounds small groups of units that {document.extends} delivers, and {base.policy} does not"
            )
            advice = f"give {document.extends} the same policy"
            self.add(place, what, value=document.policy, advice=advice)

    def column(self, column: ColumnDoc, place: Place) -> None:
        self.known(column.area, "areas", place)
        self.where(column.where, place)
        self.where(column.of or {}, place)
        if column.dimension and self.known(column.dimension, "codes", place):
            for codes in filter(None, (column.codes or {}).values()):  # "" stands for the whole
                self.codes(column.dimension, codes, place)

    def indicator(self, document: IndicatorDoc, place: Place) -> None:
        self.known(document.theme, "themes", place.at("theme"))
        self.known(document.refers_to, "indicators", place.at(document.formula, "indicator"))
        for key, measures in document.operands.items():
            for measure in measures:
                self.where(measure.filter, place.at(document.formula, key))
        if document.standardised:
            self.standardised(document.standardised, place)
        if document.segregation:
            self.known(document.segregation.over, "areas", place.at("segregation", "over"))

    def standardised(self, table: StandardisedDoc, place: Place) -> None:
        """Check that a standard population can say how much each age counts."""
        standard: StandardDoc | None = self.reading.documents["standards"].get(table.standard)
        if not self.known(table.standard, "standards", place.at("standardised", "standard")) or standard is None:
            return
        name = standard.dimension
        asked, base = (measure.filter.get(name) for measure in (table.of.measure, table.base.measure))
        if asked != base:
            what = f"cases and base are not of the same {name}: {asked or 'all'} and {base or 'all'}"
            self.add(place.at("standardised", "in"), what, value=base or "", advice=f"write the same {name} in both")
        try:
            standard.bands(asked)
        except ValueError as error:
            self.add(place.at("standardised", "of"), str(error), value=asked or "", advice="ask for whole bands")

    def standard(self, document: StandardDoc, place: Place) -> None:
        codes: CodeListDoc | None = self.reading.documents["codes"].get(document.dimension)
        if self.known(document.dimension, "codes", place.at("dimension")) and codes and codes.kind != "interval":
            advice = "name a dimension of intervals such as age"
            self.add(place.at("dimension"), "a list has no bands", value=document.dimension, advice=advice)

    def composite(self, document: CompositeDoc, place: Place) -> None:
        indicators: Mapping[str, IndicatorDoc] = self.reading.documents["indicators"]
        if place.identifier in indicators:
            advice = "give the composite another name: both are asked for by it"
            self.add(place, "there is an indicator of this name", value=place.identifier, advice=advice)
        for system in document.area_systems:
            self.known(system, "areas", place.at("area_systems"))
        if document.shrinkage:
            self.known(document.shrinkage.to, "areas", place.at("shrinkage", "to"))
        for number, part in enumerate(document.inputs):
            self.known(part.composite, "composites", place.at("inputs", number, "composite"))
            here = place.at("inputs", number, "indicator")
            found = indicators.get(part.indicator or "") if self.known(part.indicator, "indicators", here) else None
            if found and document.shrinkage and not found.share:
                what, advice = "only shares can be shrunk, this is none", "choose a share, or remove [shrinkage]"
                self.add(here, what, value=part.name, advice=advice)

    def typology(self, document: TypologyDoc, place: Place) -> None:
        for system in document.area_systems:
            self.known(system, "areas", place.at("area_systems"))
        for number, part in enumerate(document.indicators):
            self.known(part.indicator, "indicators", place.at("indicators", number, "indicator"))

    def code_list(self, document: CodeListDoc, place: Place) -> None:
        for name, codes in document.groups.items():
            for code in split_codes(codes):
                if code not in document.codes:
                    advice = nearest(code, document.codes)
                    self.add(place.at("groups", name), "there is no such code", value=code, advice=advice)

    def where(self, where: Mapping[str, str], place: Place) -> None:
        for dimension, codes in where.items():
            if self.known(dimension, "codes", place):
                self.codes(dimension, codes, place)

    def codes(self, dimension: str, codes: str, place: Place) -> None:
        document: CodeListDoc | None = self.reading.documents["codes"].get(dimension)
        for code in split_codes(codes) or ("",):
            if document and (problem := code_problem(document, code)):
                self.add(place, f"{dimension}: {problem[0]}", value=code, advice=problem[1])

    def circles(self, kind: str, key: str, refers_to: Mapping[str, str | None]) -> None:
        reported: set[str] = set()
        for start in refers_to:
            path = [start]
            while (following := refers_to.get(path[-1])) and following not in path:
                path.append(following)
            if following == start and not reported & set(path):
                reported |= set(path)
                table = (self.reading.documents[kind][start].formula,) if kind == "indicators" else ()
                what = f"circular: {' -> '.join([*path, start])}"
                self.add(Place(kind, start, (*table, key)), what, advice="one of them must stand on its own")

    def circles_of_composites(self, composites: Mapping[str, CompositeDoc]) -> None:
        reported: set[str] = set()
        for start in composites:
            circle = circle_of(start, {name: document.refers_to for name, document in composites.items()})
            if circle and not reported & set(circle):
                reported |= set(circle)
                number = [part.composite for part in composites[start].inputs].index(circle[1])
                what = f"circular: {' -> '.join(circle)}"
                place = Place("composites", start, ("inputs", number, "composite"))
                self.add(place, what, advice="one of them must stand on its own")


def circle_of(start: str, refers_to: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return a way from ``start`` back to itself (both ends included); empty where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop()
        for following in refers_to.get(way[-1], ()):
            if following == start:
                return (*way, start)
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def _no_units(document: SourceDoc) -> tuple[str, str] | None:
    """Say why a source has no units that lie in cells, and what to do about it; None where it has."""
    if document.extends:
        return "this source extends another", f"name {document.extends}: its units get what is added here"
    if not document.personal:
        return f"a source of kind {document.kind!r} has no single units", "name a register, survey, buildings or firms"
    columns = document.columns.values()
    if document.kind == "buildings" or any(column.identifier == "building" or column.address for column in columns):
        return None
    return "the source does not know the buildings of its units", 'declare { identifier = "building" } or an address'


def _no_owner(document: SourceDoc) -> tuple[str, str] | None:
    """Say why units of a source can have no such owner, and what to do about it; None where they can."""
    if document.extends:
        return "this source extends another", f"name the owner in {document.extends}: what is added here is theirs too"
    if not document.personal:
        return f"a source of kind {document.kind!r} has no single units", "remove owner = ..."
    declared = {column.identifier for column in document.columns.values() if column.identifier}
    if document.owner not in declared:
        return "the source declares no such identifier", nearest(document.owner or "", declared)
    return None


def no_record_keys(document: SourceDoc) -> tuple[str, str] | None:
    """Say why units of a source can have no record keys, and what to do about it; None where they can."""
    what = "this policy moves counts by the keys of those counted (cell_key), but "
    if not document.personal:
        return what + "this source delivers no single records", 'choose a policy with method = "rounding"'
    identifiers = [column.identifier for column in document.columns.values() if column.identifier]
    if document.kind == "buildings" or any(is_unit(name, universe_of(document)) for name in identifiers):
        return None
    return what + "its records have no identifier", "declare the identifier of the unit, or choose another policy"


def _rounds_small(policy: PolicyDoc) -> bool:
    """Tell whether a policy rounds small counts, in either package."""
    return any(rules.method == "small_counts" for rules in (policy.public, policy.internal))


def _methods_agree(one: PolicyDoc, other: PolicyDoc) -> bool:
    """Tell whether two policies can meet in one number: one of them withholds only, or both change it alike."""
    pairs = ((one.public, other.public), (one.internal, other.internal))
    return all(
        not (a.changes_numbers and b.changes_numbers) or (a.method, a.parameters) == (b.method, b.parameters)
        for a, b in pairs
    )


def code_problem(document: CodeListDoc, code: str) -> tuple[str, str] | None:
    """Say what is wrong with a code of a dimension, and what to do about it; None where nothing is."""
    if document.kind == "interval":
        try:
            parse_interval(code)
        except ValueError as error:
            return str(error), ""
        return None
    known = {*document.codes, *document.groups}
    return None if code in known else ("there is no such code", nearest(code, known))


def nearest(value: str, known: Collection[str]) -> str:
    """Advise on a name that is not known: the most similar one, or all of them."""
    near = difflib.get_close_matches(value, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"
