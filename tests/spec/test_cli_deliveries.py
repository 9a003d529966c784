"""Every delivery that is not what it should be has a clear answer: file, line, column, what is wrong, exit code 1."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_samples import run, tree, write_city

Break = Callable[[Path], None]

TABLE, REGISTER, HOUSES, AREAS = "einwohner.csv", "personen_2025.csv", "gebaeude.csv", "stadtteile.geojson"
TABLE_TOML = "sources/einwohner.toml"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("city"))


@pytest.fixture
def city(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "city"))


def changed(name: str, change: Callable[[bytes], bytes]) -> Break:
    """Change the bytes of a delivery."""

    def apply(city: Path) -> None:
        path = city / "deliveries" / name
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before

    return apply


def replaced(name: str, old: str, new: str) -> Break:
    return changed(name, lambda content: content.replace(old.encode(), new.encode(), 1))


def declared(name: str, old: str, new: str) -> Break:
    """Change a TOML document."""

    def apply(city: Path) -> None:
        text = (city / name).read_text(encoding="utf-8")
        assert old in text
        (city / name).write_text(text.replace(old, new), encoding="utf-8")

    return apply


def several(*breaks: Break) -> Break:
    def apply(city: Path) -> None:
        for one in breaks:
            one(city)

    return apply


def missing(name: str) -> Break:
    return lambda city: (city / "deliveries" / name).unlink()


def last_line_again(name: str) -> Break:
    return changed(name, lambda content: content + content.splitlines(keepends=True)[-1])


def delivered_as(name: str, pack: Callable[[Path, bytes], None]) -> Break:
    """Deliver the table in an archive instead."""

    def apply(city: Path) -> None:
        folder = city / "deliveries"
        pack(folder / name, (folder / TABLE).read_bytes())
        declared(TABLE_TOML, f'file = "{TABLE}"', f'file = "{name}"')(city)

    return apply


def bomb(path: Path, _: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TABLE, b"0" * (24 << 20))


DELIVERIES: dict[str, tuple[Break, str, int, str, str]] = {
    # what is broken, file, line, column, what is said
    "missing": (missing(TABLE), TABLE, 0, "", "the file is missing"),
    "missing areas": (missing(AREAS), AREAS, 0, "", "the file does not exist"),
    "0 bytes": (changed(TABLE, lambda _: b""), TABLE, 0, "", "the file is empty (0 bytes)"),
    "register of 0 bytes": (changed(REGISTER, lambda _: b""), REGISTER, 0, "", "the file is empty (0 bytes)"),
    "areas of 0 bytes": (changed(AREAS, lambda _: b""), AREAS, 0, "", "the file is empty (0 bytes)"),
    "empty": (
        changed(TABLE, lambda content: content.splitlines(keepends=True)[0]),
        *(TABLE, 0, "", "the file has a header and no data"),
    ),
    "truncated": (changed(TABLE, lambda content: content[:-12]), TABLE, 21, "", "the row has 4 of 6 fields"),
    "truncated areas": (
        changed(AREAS, lambda content: content[: len(content) // 2]),
        *(AREAS, 0, "", "this is no readable GeoJSON, it is cut off or damaged"),
    ),
    "truncated archive": (
        delivered_as("einwohner.csv.gz", lambda path, content: _write(path, gzip.compress(content)[:-30])),
        *("einwohner.csv.gz", 0, "", "the archive is damaged or incomplete"),
    ),
    "mis-encoded": (
        several(
            changed(TABLE, lambda content: content.decode().encode("latin-1")),
            declared(TABLE_TOML, '# encoding = "ISO-8859-1"', 'encoding = "UTF-8"'),
        ),
        *(TABLE, 1, "", "the file is not in the encoding UTF-8"),
    ),
    "declared in an encoding that it has not": (
        declared(TABLE_TOML, '# encoding = "ISO-8859-1"', 'encoding = "ISO-8859-1"'),
        *(TABLE, 1, "65 und älter", "this column is missing"),
    ),
    "wrong separator": (
        declared(TABLE_TOML, '# separator = ";"', 'separator = ","'),
        *(TABLE, 1, "", "the columns seem to be separated by ';'"),
    ),
    "wrong column": (replaced(TABLE, "Einwohner", "Bewohner"), TABLE, 1, "Einwohner", "this column is missing"),
    "duplicated key": (last_line_again(TABLE), TABLE, 22, "Einwohner", "the same number is delivered twice"),
    "duplicated person": (
        last_line_again(REGISTER),
        *(REGISTER, 602, "Nr", "the same unit is delivered twice in one period"),
    ),
    "duplicated area": (
        replaced(AREAS, '"02"', '"01"'),
        *(AREAS, 2, "nr", "the code appears twice at the same time"),
    ),
    "wrong CRS": (
        declared("sources/gebaeude.toml", "EPSG:4326", "EPSG:25832"),
        *(HOUSES, 0, "", "120 of 120 coordinates lie outside Germany - wrong CRS?"),
    ),
    "areas in another CRS than declared": (
        declared("areas/stadtteile.toml", '# crs = "EPSG:25832"', 'crs = "EPSG:25832"'),
        *(AREAS, 0, "crs", "the declared CRS contradicts the file"),
    ),
    "no CRS": (
        changed(AREAS, lambda content: content.replace(b"52.3", b"5789000.3").replace(b"10.0", b"549000.0")),
        *(AREAS, 0, "", "the file does not say its CRS"),
    ),
    "unknown area": (
        replaced(TABLE, "2024;04", "2024;99"),
        *(TABLE, 21, "Stadtteil", "there is no area of this code in stadtteile"),
    ),
    "negative count": (replaced(TABLE, ";4250;", ";-4250;"), TABLE, 21, "Einwohner", "a count is negative"),
    "no number": (replaced(TABLE, ";4250;", ";viele;"), TABLE, 21, "Einwohner", "this is no number"),
    "mixed periods": (
        replaced(TABLE, "2024;04", "2024-H1;04"),
        *(TABLE, 21, "Jahr", "this is a half-year, the column is declared as year"),
    ),
    "no period in the file's name": (
        lambda city: (city / "deliveries" / REGISTER).rename(city / "deliveries" / "personen_neu.csv"),
        *("personen_neu.csv", 0, "", "no period is found in the file's name"),
    ),
    "unknown code": (replaced(REGISTER, ";w\n", ";q\n"), REGISTER, 2, "Geschlecht", "sex: there is no such code"),
    "negative age": (replaced(REGISTER, ";7;", ";-7;"), REGISTER, 6, "Alter", "this is no whole number from 0"),
    "zip bomb": (
        delivered_as("einwohner.zip", bomb),
        *("einwohner.zip", 0, "", "the archive unpacks to more than 16 MiB (zip bomb?)"),
    ),
}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.mark.parametrize("case", DELIVERIES)
def test_a_bad_delivery_is_named_and_leaves_no_trace(city: Path, case: str) -> None:
    spoil, file, line, column, what = DELIVERIES[case]
    spoil(city)
    before = tree(city)
    answer = run("check", city, "--json")
    assert answer.code == 1
    places = [(fault["file"], fault["line"], fault["column"], fault["what"]) for fault in answer.json["faults"]]
    assert (file, line, column, what) in places
    assert all(fault["what"] for fault in answer.json["faults"])
    assert tree(city) == before


DIRT_THAT_IS_READ = {
    "another encoding, not declared": lambda content: content.decode().encode("latin-1"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "commas": lambda content: content.replace(b";", b","),
    "Windows line ends": lambda content: content.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("case", DIRT_THAT_IS_READ)
def test_what_can_be_found_out_is_no_fault(city: Path, case: str) -> None:
    changed(TABLE, DIRT_THAT_IS_READ[case])(city)
    answer = run("explain", city, "anteil_unter_6", "04", "2024", "--json")
    assert answer.code == 0
    assert [term["value"] for term in answer.json["terms"]] == [280, 4250]


def test_all_faults_of_all_deliveries_are_told_at_once(city: Path) -> None:
    replaced(TABLE, ";4250;", ";viele;")(city)
    replaced(TABLE, "2020;02", "2020;77")(city)
    replaced(REGISTER, ";w\n", ";q\n")(city)
    replaced(HOUSES, ";2\n", ";-2\n")(city)
    answer = run("check", city)
    assert answer.code == 1
    assert answer.out == ""
    assert "einwohner.csv:3 [Stadtteil]: there is no area of this code in stadtteile (found: '77')" in answer.err
    assert "einwohner.csv:21 [Einwohner]: this is no number (found: 'viele')" in answer.err
    assert "gebaeude.csv:2 [Haushalte]: a count is negative" in answer.err
    assert "personen_2025.csv:2 [Geschlecht]: sex: there is no such code (found: 'q')" in answer.err
    assert answer.err.rstrip().endswith("4 faults")


@pytest.mark.parametrize("command", ["check", "build", "explain"])
def test_every_command_that_reads_says_the_same(city: Path, command: str) -> None:
    replaced(TABLE, ";4250;", ";viele;")(city)
    asked = ["einwohner", "01", "2024"] if command == "explain" else []
    answer = run(command, city, *asked, "--json")
    assert answer.code == 1
    assert answer.json["error"] == "1 fault"
    assert [(f["file"], f["line"], f["value"]) for f in answer.json["faults"]] == [(TABLE, 21, "viele")]
    assert not list(city.glob("releases/2*"))
    assert not list(city.glob("releases/.building*"))


def test_deliveries_may_lie_elsewhere(city: Path, tmp_path: Path) -> None:
    (city / "deliveries").rename(tmp_path / "elsewhere")
    assert run("check", city).code == 1
    assert run("check", city, "--deliveries", tmp_path / "elsewhere").code == 0


def test_a_check_without_faults_leaves_no_trace(city: Path) -> None:
    before = tree(city)
    answer = run("check", city, "--json")
    assert answer.code == 0
    assert answer.json == {"faults": [], "notes": [], "reviews": []}
    assert tree(city) == before
    assert not (city / "vault").exists()
    assert not (city / ".key").exists()
