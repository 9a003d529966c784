"""A project is read: its documents lie over the built-in ones, every one replaced as a whole."""

from __future__ import annotations

import pytest
from project_samples import CITY, FILES, INDICATOR, fault_of, faults_of, write_project

from sozialraum.catalogue import Measure, load_catalogue, load_project, read_catalogue
from sozialraum.errors import ProjectError


def test_a_project_holds_its_documents_and_the_built_in_ones(tmp_path):
    project = load_project(write_project(tmp_path))
    assert project.city.name == "Kleinstadt"
    assert set(project.sources) == {"einwohner"}
    assert set(project.areas) == {"viertel"}
    assert set(project.catalogue.indicators) == {*load_catalogue().indicators, "arme_kinder"}
    assert "register" in project.catalogue.policies


def test_a_projects_document_replaces_the_built_in_one_as_a_whole(tmp_path):
    project = load_project(write_project(tmp_path, {"indicators/kinder_in_sgb2.toml": INDICATOR}))
    replaced = project.catalogue.indicators["kinder_in_sgb2"]
    assert replaced.title.de == "Kinder in Armut"
    assert replaced.code is None
    assert len(project.catalogue.indicators) == len(load_catalogue().indicators) + 1


def test_documents_are_named_as_the_user_knows_them(tmp_path):
    project = load_project(write_project(tmp_path))
    assert project.name_of("sources", "einwohner") == "sources/einwohner.toml"
    assert project.name_of("city", "city") == "city.toml"
    assert project.name_of("codes", "age") == "catalogue/codes/age.toml"


def test_deliveries_may_lie_elsewhere(tmp_path):
    project = load_project(write_project(tmp_path / "project"), tmp_path / "files")
    assert project.deliveries == (tmp_path / "files").resolve()
    assert load_project(tmp_path / "project").deliveries == (tmp_path / "project" / "deliveries").resolve()
    assert project.vault.parent == project.releases.parent == project.folder


def test_a_folder_without_a_city_is_no_project(tmp_path):
    with pytest.raises(ProjectError, match=r"there is no project in .*`sozialraum new DIR`"):
        load_project(tmp_path)


def test_the_copy_in_a_release_is_read_without_the_built_in_documents(tmp_path):
    city, sources, areas, catalogue = read_catalogue(write_project(tmp_path))
    assert city.name == "Kleinstadt"
    assert set(sources) == {"einwohner"}
    assert set(areas) == {"viertel"}
    assert set(catalogue.indicators) == {"arme_kinder"}
    assert not catalogue.codes


def test_a_document_that_changed_is_read_again(tmp_path):
    folder = write_project(tmp_path)
    assert load_project(folder).city.name == "Kleinstadt"
    (folder / "city.toml").write_text(CITY.replace("Kleinstadt", "Neustadt"), encoding="utf-8")
    assert load_project(folder).city.name == "Neustadt"


def test_a_fault_is_told_every_time_under_the_name_of_its_file(tmp_path):
    broken = INDICATOR.replace("theme =", "thema =")
    for name in ("first", "first", "second"):
        faults = faults_of(tmp_path / name, {f"indicators/{name}.toml": broken})
        assert {fault.file for fault in faults} == {f"indicators/{name}.toml"}


def test_a_damaged_copy_in_a_release_says_so(tmp_path):
    with pytest.raises(ProjectError, match=r"city\.toml.*can not be read"):
        read_catalogue(tmp_path)


def test_all_faults_of_all_documents_come_at_once(tmp_path):
    changes = {
        "city.toml": CITY.replace("viertel", "stadtteil"),
        "indicators/arme_kinder.toml": INDICATOR.replace("unit", "unti").replace("sgb2", "sgb22"),
        "sources/einwohner.toml": "title.de = ",
        "sources/zweite.toml": FILES["sources/einwohner.toml"].replace('"register"', '"registr"'),
    }
    found = {(fault.file, fault.column) for fault in faults_of(tmp_path, changes)}
    assert found == {
        ("city.toml", "home"),
        ("indicators/arme_kinder.toml", "unti"),
        ("indicators/arme_kinder.toml", "unit"),
        ("sources/einwohner.toml", ""),
        ("sources/zweite.toml", "policy"),
    }


def test_a_name_is_known_even_if_its_document_is_at_fault(tmp_path):
    fault = fault_of(tmp_path, {"areas/viertel.toml": "title.de = 1 2"})
    assert fault.file == "areas/viertel.toml"


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("name = ", 1, "not valid TOML"),
        ('name = "a"\nags = 1 2\n', 2, "not valid TOML"),
        ('name = "a"\n\nname = "b"\n', 3, "not valid TOML"),
        ('name = "a"\nlist = [\n  1,\n', 3, "not valid TOML"),
        ("[table\n", 1, "not valid TOML"),
        ("name = " + "9" * 5000, 0, "not valid TOML"),
        ("name = " + "[" * 100_000, 0, "nested too deeply"),
        ("name = 'Köln'".encode("latin-1"), 0, "not UTF-8"),
        (b"\xff\xfe\x00", 0, "not UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_says_where(tmp_path, content, line, what):
    fault = fault_of(tmp_path, {"city.toml": content})
    assert (fault.file, fault.line) == ("city.toml", line)
    assert what in fault.what


def test_an_empty_file_lacks_its_keys(tmp_path):
    faults = faults_of(tmp_path, {"city.toml": ""})
    assert {(fault.column, fault.what) for fault in faults} == {
        (key, "this key is missing") for key in ("name", "ags", "home")
    }


def test_a_byte_order_mark_does_no_harm(tmp_path):
    content = b"\xef\xbb\xbf" + CITY.encode()
    assert load_project(write_project(tmp_path, {"city.toml": content})).city.name == "Kleinstadt"


def test_a_folder_in_place_of_a_file_can_not_be_read(tmp_path):
    write_project(tmp_path)
    (tmp_path / "sources" / "ordner.toml").mkdir()
    with pytest.raises(ProjectError, match=r"sources/ordner\.toml.*can not be read"):
        load_project(tmp_path)


@pytest.mark.parametrize("name", ["Arme Kinder", "arme-kinder", "Kinder", "1kind", "kinder_ü"])
def test_the_name_of_a_file_is_an_identifier(tmp_path, name):
    fault = fault_of(tmp_path, {f"indicators/{name}.toml": INDICATOR})
    assert (fault.value, fault.advice) == (name, "rename it with lower-case letters, digits and underscores")


def test_the_built_in_catalogue_is_without_fault():
    catalogue = load_catalogue()
    assert catalogue.indicators["kinder_in_sgb2"].numerator == (Measure.of("persons", {"age": "0-14", "sgb2": "yes"}),)
