"""JSON Schema for editors: it accepts what the loader accepts, refuses unknown keys, and is in sync with the code."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from project_samples import AREAS, CITY, INDICATOR, SOURCE

from sozialraum.catalogue.loader import KINDS
from sozialraum.catalogue.project import BUILT_IN
from sozialraum.catalogue.schema import schemas, write_schemas

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
