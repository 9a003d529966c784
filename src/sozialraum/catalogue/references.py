"""Checks what one document says about another: names that lead nowhere, codes nobody knows, circles."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sozialraum.catalogue.codes import parse_interval, split_codes
from sozialraum.catalogue.documents import CodeListDoc, ColumnDoc
from sozialraum.catalogue.lines import line_of
from sozialraum.errors import Faults

if TYPE_CHECKING:
    from sozialraum.catalogue.loader import Project


def check_references(project: Project, faults: Faults, *, complete: bool) -> None:
    """Add a fault for each reference that leads nowhere.

    Args:
        project: the documents.
        faults: collects.
        complete: whether every document could be read; if not, names that seem unknown are not reported.
    """
    if not complete:
        return
    checker = _Checker(project, faults)
    checker.city()
    for identifier in project.areas:
        checker.area_system(identifier)
    for identifier in project.sources:
        checker.source(identifier)
    for identifier in project.catalogue.indicators:
        checker.indicator(identifier)
    checker.circles("indicators", {i: d.refers_to for i, d in project.catalogue.indicators.items()})
    checker.circles("areas", {i: d.parent for i, d in project.areas.items()})


class _Checker:
    def __init__(self, project: Project, faults: Faults) -> None:
        self.project = project
        self.faults = faults

    def add(self, kind: str, identifier: str, key: str, *, what: str, value: str = "", advice: str = "") -> None:
        path = self.project.files[kind, identifier]
        line = line_of(path.read_text(encoding="utf-8"), key.split("."))
        name = self.project.name_of(kind, identifier)
        self.faults.add(name, what, line=line, column=key, value=value, advice=advice)

    def known(self, value: str | None, among: Collection[str], noun: str, *, at: tuple[str, str, str]) -> None:
        if value is None or value in among:
            return
        near = difflib.get_close_matches(value, among, n=1)
        advice = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(among)) or 'none'}"
        self.add(*at, what=f"there is no {noun} of this name", value=value, advice=advice)

    def city(self) -> None:
        city, areas = self.project.city, self.project.areas
        self.known(city.home, areas, "area system", at=("city", "city", "home"))
        self.known(city.whole, areas, "area system", at=("city", "city", "whole"))
        for identifier in city.key_indicators:
            self.known(
                identifier, self.project.catalogue.indicators, "indicator", at=("city", "city", "key_indicators")
            )
        if city.microcells:
            self.known(city.microcells.source, self.project.sources, "source", at=("city", "city", "microcells.source"))
            self.known(city.microcells.within, areas, "area system", at=("city", "city", "microcells.within"))

    def area_system(self, identifier: str) -> None:
        document = self.project.areas[identifier]
        self.known(document.parent, self.project.areas, "area system", at=("areas", identifier, "parent"))
        self.known(document.union_of, self.project.areas, "area system", at=("areas", identifier, "union_of"))

    def source(self, identifier: str) -> None:
        document = self.project.sources[identifier]
        self.known(document.policy, self.project.catalogue.policies, "policy", at=("sources", identifier, "policy"))
        self.known(document.extends, self.project.sources, "source", at=("sources", identifier, "extends"))
        self.where(document.absent, ("sources", identifier, "absent"))
        for name, column in document.columns.items():
            self.column(column, ("sources", identifier, f"columns.{name}"))
        if document.values:
            self.column(document.values, ("sources", identifier, "values"))

    def column(self, column: ColumnDoc, at: tuple[str, str, str]) -> None:
        self.known(column.area, self.project.areas, "area system", at=at)
        self.known(column.dimension, self.project.catalogue.codes, "dimension", at=at)
        self.where(column.where, at)
        self.where(column.of or {}, at)
        if column.dimension and column.codes and column.dimension in self.project.catalogue.codes:
            for codes in column.codes.values():
                self.codes(column.dimension, codes, at)

    def indicator(self, identifier: str) -> None:
        document = self.project.catalogue.indicators[identifier]
        self.known(document.theme, self.project.catalogue.themes, "theme", at=("indicators", identifier, "theme"))
        at = ("indicators", identifier, f"{document.formula}.indicator")
        self.known(document.refers_to, self.project.catalogue.indicators, "indicator", at=at)
        for measure in document.measures:
            self.where(measure.filter, ("indicators", identifier, f"{document.formula}.of"))

    def where(self, where: Mapping[str, str], at: tuple[str, str, str]) -> None:
        for dimension, codes in where.items():
            self.known(dimension, self.project.catalogue.codes, "dimension", at=at)
            if dimension in self.project.catalogue.codes:
                self.codes(dimension, codes, at)

    def codes(self, dimension: str, codes: str, at: tuple[str, str, str]) -> None:
        document = self.project.catalogue.codes[dimension]
        for code in split_codes(codes):
            if problem := code_problem(document, code):
                self.add(*at, what=f"{dimension}: {problem}", value=code)

    def circles(self, kind: str, refers_to: Mapping[str, str | None]) -> None:
        reported: set[str] = set()
        for start in refers_to:
            path = [start]
            while (following := refers_to.get(path[-1])) and following not in path:
                path.append(following)
            if following == start and not reported & set(path):
                reported |= set(path)
                what = f"circular: {' -> '.join([*path, start])}"
                key = "parent" if kind == "areas" else f"{self.project.catalogue.indicators[start].formula}.indicator"
                self.add(kind, start, key, what=what, advice="one of them must stand on delivered numbers")


def code_problem(document: CodeListDoc, code: str) -> str | None:
    """Say what is wrong with a code of a dimension; None where nothing is."""
    if document.kind == "interval":
        try:
            parse_interval(code)
        except ValueError as error:
            return str(error)
        return None
    known = {*document.codes, *document.groups}
    if code in known:
        return None
    near = difflib.get_close_matches(code, known, n=1)
    return f"there is no such code; {f'did you mean {near[0]}?' if near else 'known: ' + ', '.join(sorted(known))}"
