"""The projects to start from: complete, without a fault, the same every time."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import polars as pl
import pyogrio
import pytest

from sozialraum.areas import read_area_systems
from sozialraum.catalogue import Project, load_project
from sozialraum.errors import Faults
from sozialraum.musterstadt import TEMPLATES, make_town, write_project, write_template
from sozialraum.sources.read import read_source
from sozialraum.sources.records import Records
from sozialraum.sources.vault import Vault

PRIVATE = {"Nachname", "Vorname", "Einzug", "BG-Nummer", "Umsatz", "Nr", "Gewicht"}
"""Delivered and not to be read."""


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_project(folder, make_town(houses=1_000, years=6))
    return folder


@pytest.fixture(scope="module", params=["small", "region", "empty"])
def project(request, tmp_path_factory) -> Project:
    if request.param == "small":
        return load_project(request.getfixturevalue("small"))
    folder = tmp_path_factory.mktemp(request.param)
    write_template(folder, request.param)
    return load_project(folder)


def test_the_templates():
    assert TEMPLATES == ("musterstadt", "region", "empty")


def test_an_unknown_template_is_refused(tmp_path):
    with pytest.raises(ValueError, match="musterstadt, region, empty"):
        write_template(tmp_path, "bremen")
    assert not list(tmp_path.iterdir())


def test_every_area_system_can_be_read(project):
    faults = Faults()
    systems = read_area_systems(project.areas, lambda name: project.deliveries / name, faults)
    assert list(faults) == []
    assert faults.notes == []
    assert set(systems) == set(project.areas)
    assert systems[project.city.whole].frame.height == 1


def test_every_delivery_can_be_read(project):
    faults = Faults()
    systems = read_area_systems(project.areas, lambda name: project.deliveries / name, faults)
    vault = Vault(None, b"a key that only this test knows, 40 bytes")
    for source in project.sources:
        read = read_source(project, source, vault, systems=systems)
        assert read.frame.height > 0, source
        columns = set(read.frame.columns) if isinstance(read, Records) else set()
        assert not columns & PRIVATE


def test_every_delivered_file_is_read_by_a_source_or_an_area_system(project):
    patterns = [doc.file for doc in project.sources.values()] + [doc.file for doc in project.areas.values() if doc.file]
    read = {path for pattern in patterns for path in project.deliveries.glob(pattern)}
    beside = {path.with_suffix(ending) for path in read for ending in (".dat", ".map", ".id")}
    assert set(project.deliveries.iterdir()) - read - beside == set()


def test_nothing_private_is_declared():
    folder = Path(__file__).parents[2] / "src/sozialraum/musterstadt/projects"
    declared = {
        name
        for path in folder.glob("*/sources/*.toml")
        for name in re.findall(r'^"?([\w -]+)"? = \{', path.read_text(), re.M)
    }
    assert "Personennummer" in declared
    assert not declared & PRIVATE


def test_the_town_delivers_what_most_indicators_ask_for(small):
    project = load_project(small)
    universes = {doc.universe for doc in project.sources.values() if doc.universe} | {"firms", "buildings", "offers"}
    columns = [column for doc in project.sources.values() for column in (*doc.columns.values(), doc.values) if column]
    universes |= {column.measure.universe for column in columns if column.measure}
    dimensions = {column.dimension for column in columns} | {name for column in columns for name in column.where}
    asked = project.catalogue.indicators
    answered = [
        name
        for name, document in asked.items()
        if all(m.universe in universes and {d for d, _ in m.where} <= dimensions for m in document.measures)
    ]
    assert len(answered) >= 80
    assert len(answered) >= 0.9 * len(asked)


def test_the_empty_project_explains_its_keys(tmp_path):
    write_template(tmp_path, "empty")
    for path in tmp_path.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        explained = [line for line in text.splitlines() if "#" in line]
        assert len(explained) >= 3, path.name
        assert any(letter in text for letter in "äöüß"), path.name


def test_the_same_seed_writes_the_same_files(small, tmp_path):
    write_project(tmp_path, make_town(houses=1_000, years=6))
    files = sorted(path.relative_to(small) for path in small.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    for name in files:
        if name.suffix == ".gpkg":
            assert _content(small / name) == _content(tmp_path / name), name
        else:
            assert _digest(small / name) == _digest(tmp_path / name), name


def test_another_seed_writes_another_town(small, tmp_path):
    write_project(tmp_path, make_town(houses=1_000, years=6, seed=99))
    assert _digest(small / "city.toml") == _digest(tmp_path / "city.toml")
    for name in ("personen_2015.csv", "haushalte_2020.csv", "12612_geburten.csv", "angebote_2020.csv"):
        assert _digest(small / "deliveries" / name) != _digest(tmp_path / "deliveries" / name), name


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _content(path: Path) -> str:
    table = pl.from_arrow(pyogrio.read_arrow(path)[1])
    return hashlib.sha256(repr(table.rows()).encode()).hexdigest()
