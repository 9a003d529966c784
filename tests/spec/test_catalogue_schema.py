"""JSON Schema for editors: it accepts what the loader accepts, refuses unknown keys, and is in sync with the code."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest
from jsonschema import Draft202012Validator
from project_samples import AREAS, CITY, INDICATOR, SOURCE

from sozialraum.catalogue.loader import KINDS
from sozialraum.catalogue.project import BUILT_IN
from sozialraum.catalogue.schema import SCHEMAS, schemas, write_editor_settings, write_schemas
from sozialraum.musterstadt import TEMPLATES
from sozialraum.musterstadt.project import PROJECTS

COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "schema"
SAMPLES = {"city": CITY, "areas": AREAS, "sources": SOURCE, "indicators": INDICATOR}


def as_json(text: str):
    return json.loads(json.dumps(tomllib.loads(text), default=str))


@pytest.mark.parametrize("kind", ["city", *KINDS])
def test_each_kind_has_a_valid_schema(kind):
    Draft202012Validator.check_schema(schemas()[kind])


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_sample_documents_fit_their_schema(kind):
    assert list(Draft202012Validator(schemas()[kind]).iter_errors(as_json(SAMPLES[kind]))) == []


@pytest.mark.parametrize("kind", SAMPLES)
def test_unknown_keys_do_not_fit(kind):
    document = as_json(SAMPLES[kind]) | {"unbekannt": 1}
    assert list(Draft202012Validator(schemas()[kind]).iter_errors(document))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_built_in_document_fits_its_schema(kind):
    validator = Draft202012Validator(schemas()[kind])
    for path in sorted((BUILT_IN / kind).glob("*.toml")):
        assert list(validator.iter_errors(as_json(path.read_text(encoding="utf-8")))) == [], path.name


def test_keys_carry_their_help():
    properties = schemas()["indicators"]["properties"]
    assert properties["minimum_base"]["description"] == "Below this base a value is shown as unreliable."


def test_a_measure_takes_any_dimension_as_a_text():
    validator = Draft202012Validator(schemas()["indicators"])
    document = as_json(INDICATOR)
    document["share"]["of"] = {"universe": "persons", "augenfarbe": "blau"}
    assert list(validator.iter_errors(document)) == []
    document["share"]["of"] = {"universe": "persons", "age": 7}
    assert list(validator.iter_errors(document))


def test_the_committed_schemas_are_those_of_the_code(tmp_path):
    for path in write_schemas(tmp_path / "schema"):
        committed = COMMITTED / path.name
        assert committed.is_file(), f"{path.name} is missing: run make docs"
        assert committed.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), f"{path.name}: run make docs"


# --- in a project -----------------------------------------------------------------------------------------------------


def by_taplo(settings: dict) -> list[tuple[str, str]]:
    return [(rule["include"][0], rule["schema"]["path"].removeprefix("./")) for rule in settings["rule"]]


def by_tombi(settings: dict) -> list[tuple[str, str]]:
    assert settings["schema"]["catalog"]["paths"] == [], "nothing is fetched from elsewhere"
    return [(one["include"][0], one["path"]) for one in settings["schemas"]]


@pytest.mark.parametrize(("name", "read"), [(".taplo.toml", by_taplo), (".tombi.toml", by_tombi)])
def test_every_document_of_every_template_finds_its_schema_and_fits(
    tmp_path: Path, name: str, read: Callable[[dict], list[tuple[str, str]]]
) -> None:
    """Both servers were tried by hand (taplo 0.9.3, tombi 1.9.6); here their settings are read as they read them."""
    write_editor_settings(tmp_path)
    rules = read(tomllib.loads((tmp_path / name).read_text("utf-8")))
    found = 0
    for template in TEMPLATES:
        for path in sorted((PROJECTS / template).rglob("*.toml")):
            place = PurePosixPath(path.relative_to(PROJECTS / template))
            (schema,) = {schema for pattern, schema in rules if place.match(pattern.removeprefix("**/"))}
            text = (tmp_path / schema).read_text("utf-8")
            errors = Draft202012Validator(json.loads(text)).iter_errors(as_json(path.read_text("utf-8")))
            assert list(errors) == [], path
            found += 1
    assert found > 50


def test_the_schemas_of_a_project_are_those_of_the_code(tmp_path: Path) -> None:
    files = write_editor_settings(tmp_path)
    kinds = {path.stem: path for path in files if path.parent.name == SCHEMAS}
    assert kinds.keys() == schemas().keys()
    assert all(json.loads(path.read_text("utf-8")) == schemas()[kind] for kind, path in kinds.items())
    assert {path.name for path in tmp_path.iterdir()} == {SCHEMAS, ".taplo.toml", ".tombi.toml"}
