"""What the validator finds is told in plain words, whatever stands in a document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from project_samples import AREAS, CITY, INDICATOR, SOURCE, fault_of, faults_of, write_project
from pydantic import ValidationError

from sozialraum.catalogue import load_project
from sozialraum.catalogue.documents import AGS_PATTERN, IDENTIFIER_PATTERN, Document
from sozialraum.catalogue.problems import PLAIN, add_problem
from sozialraum.catalogue.schema import schemas
from sozialraum.errors import Faults

ANYTHING = (
    *(1, -1, 10**30, 1.5, float("nan"), float("inf"), True),
    *("", "x", "Ä b", "01.03.2028", "2024-13"),
    *([], ["x"], [1], [{}], {}, {"x": 1}, {"x": {}}, {"Ä": "x"}),
    *(dt.date(2024, 1, 1), dt.time(1, 2)),
    *(dt.datetime.fromisoformat("2024-01-01T05:00"), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
)
"""Every kind of value that TOML has."""


def kinds(base: type[Document] = Document) -> Iterator[type[Document]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def problems(kind: type[Document]) -> Iterator[dict[str, object]]:
    """Yield what the validator says when each key holds each kind of value."""
    for name, field in kind.model_fields.items():
        for value in ANYTHING:
            try:
                kind.model_validate({field.alias or name: value})
            except ValidationError as error:
                yield from (dict(problem) for problem in error.errors(include_url=False))


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_nothing_is_told_in_the_validators_own_words(kind: type[Document]) -> None:
    for problem in problems(kind):
        faults = Faults()
        add_problem(faults, "x.toml", "", problem=problem, kind=kind, names=lambda _: ())
        (fault,) = faults
        assert fault.what, problem
        assert fault.what != problem["msg"], problem
        assert not re.search(r"{[a-z]+}", str(fault))
        assert "Input should" not in str(fault)


def test_no_plain_words_are_there_for_nothing() -> None:
    met = {problem["type"] for kind in kinds() for problem in problems(kind)}
    assert set(PLAIN) - met == set()


def patterns(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


def test_every_form_that_a_text_must_have_is_told_without_a_regular_expression() -> None:
    assert set(patterns(schemas())) == {AGS_PATTERN, IDENTIFIER_PATTERN}


INDICATOR_FILE, SOURCE_FILE = "indicators/arme_kinder.toml", "sources/einwohner.toml"
GOVERNANCE = INDICATOR[INDICATOR.index("[governance]") :]
COLUMNS = SOURCE[SOURCE.index("[columns]") :]

WORDS: dict[str, tuple[str, str, str, str, str]] = {
    # file, its text, what of it is replaced, with what, what is said
    "no table": (
        *(INDICATOR_FILE, INDICATOR, GOVERNANCE, ""),
        "[governance]: this key is missing -> add a table [governance] with owner, checked_by, next_review",
    ),
    "no table of columns": (
        *(SOURCE_FILE, SOURCE, COLUMNS, ""),
        "[columns]: this key is missing -> add a table [columns]",
    ),
    "no title": (
        *(SOURCE_FILE, SOURCE, 'title.de = "Einwohner*innen"', ""),
        '[title]: this key is missing -> add title.de = "..."',
    ),
    "no date": (
        *(INDICATOR_FILE, INDICATOR, "next_review = 2028-03-01", ""),
        "[governance.next_review]: this key is missing -> add next_review = 2028-03-01 (year-month-day)",
    ),
    "a text for a title": (
        *(SOURCE_FILE, SOURCE, "title.de =", "title ="),
        "[title]: a table is expected here (found: 'Einwohner*innen') -> write title.de = \"...\"",
    ),
    "a text for a table": (
        *(SOURCE_FILE, SOURCE, "policy =", 'contact = "Ada"\npolicy ='),
        "[contact]: a table is expected here (found: 'Ada') -> write a table [contact] with name",
    ),
    "a text for a column": (
        *(SOURCE_FILE, SOURCE, '{ period = "year" }', '"year"'),
        "[columns.jahr]: a table is expected here (found: 'year') -> write { period = \"year\" }",
    ),
    "a text for a measure": (
        *(INDICATOR_FILE, INDICATOR, 'in = { universe = "persons", age = "0-14" }', 'in = "persons"'),
        "[share.in]: a table is expected here (found: 'persons') -> write { universe = \"persons\" }",
    ),
    "a text for a number": (
        *(INDICATOR_FILE, INDICATOR, "unit =", 'decimals = "two"\nunit ='),
        "[decimals]: a whole number is expected here (found: 'two') -> write it without quotes, like 3",
    ),
    "a number that is too large": (
        *(INDICATOR_FILE, INDICATOR, "unit =", "decimals = 9\nunit ="),
        "[decimals]: this number is too large (found: '9') -> write 4 or less",
    ),
    "a text for a list": (
        *("city.toml", CITY, "home =", 'languages = "de"\nhome ='),
        '[languages]: a list is expected here (found: \'de\') -> write it in brackets, like ["a", "b"]',
    ),
    "a key that is none": (
        *("city.toml", CITY, '"09999001"', '"9999001"'),
        "this is no official key of a municipality (AGS) (found: '9999001')"
        " -> write 2, 3, 5 or 8 digits, leading zeros included",
    ),
    "a month 13": (
        *("city.toml", CITY, "home =", 'first_period = "2024-13"\nhome ='),
        "[first_period]: '2024-13' is no period: month must be in 1..12 (found: '2024-13')",
    ),
    "two formulas": (
        *(INDICATOR_FILE, INDICATOR, "[governance]", "[count]\nof = { universe = 'persons' }\n[governance]"),
        "found: share, count",
    ),
    "a theme with an umlaut": (
        *(INDICATOR_FILE, INDICATOR, '"mindestsicherung"', '"Bevölkerung"'),
        "[theme]: nothing can have a name like this (found: 'Bevölkerung') -> did you mean bevoelkerung?",
    ),
    "a theme like no other": (
        *(INDICATOR_FILE, INDICATOR, '"mindestsicherung"', '"X-Y"'),
        "-> known: arbeit, ",
    ),
    "an area system in capitals": (
        *(SOURCE_FILE, SOURCE, 'area = "viertel"', 'area = "Viertel"'),
        "[columns.viertel.area]: nothing can have a name like this (found: 'Viertel') -> did you mean viertel?",
    ),
    "an area system that stands for all rows": (
        *(SOURCE_FILE, SOURCE, "policy =", 'area = { Viertel = "1" }\npolicy ='),
        "[area.Viertel]: nothing can have a name like this (found: 'Viertel') -> did you mean viertel?",
    ),
    "a universe with blanks": (
        *(SOURCE_FILE, SOURCE, 'count = "persons"', 'count = "Schul-Abgänger"'),
        "-> write it like schul_abgaenger: letters a-z, digits and underscores, a letter first",
    ),
    "names": (
        *(SOURCE_FILE, SOURCE, 'area = "viertel"', 'area = "viertel", by = "names"'),
        '[columns.viertel.by]: write by = "code" or by = "name"; another column needs lookup = ...',
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_in_plain_words(tmp_path, case: str) -> None:
    file, text, old, new, words = WORDS[case]
    assert old in text
    said = [str(fault) for fault in faults_of(tmp_path, {file: text.replace(old, new, 1)})]
    assert any(words in one for one in said), said
    assert all(one.startswith(file) for one in said)


def test_a_column_of_a_file_that_translates_may_have_any_name(tmp_path) -> None:
    column = 'area = "viertel", lookup = "schluessel.csv", by = "neu"'
    source = SOURCE.replace('area = "viertel"', column) + "x = 1\n"
    assert fault_of(tmp_path, {SOURCE_FILE: source}).column == "columns.x"


def test_documents_whose_names_end_in_capitals_are_read(tmp_path) -> None:
    project = load_project(write_project(tmp_path, {"areas/bezirke.TOML": AREAS, "sources/mehr.Toml": SOURCE}))
    assert set(project.areas) == {"viertel", "bezirke"}
    assert set(project.sources) == {"einwohner", "mehr"}
    assert project.name_of("areas", "bezirke") == "areas/bezirke.TOML"


def test_two_documents_of_one_name_are_not_both_read(tmp_path) -> None:
    fault = fault_of(tmp_path, {"areas/viertel.TOML": AREAS})
    assert fault.what == "there are two documents of this name: viertel.TOML and viertel.toml"
