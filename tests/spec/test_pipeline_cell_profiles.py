"""From deliveries to characteristics of cells in a release: internal alone, signed, and what the registers say."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl
import pytest

from pipeline_samples import run, tree, write_city
from sozialraum.catalogue import load_project
from sozialraum.errors import DoorError
from sozialraum.pipeline import silent
from sozialraum.pipeline.cell_profiles import profiles_of_cells
from sozialraum.pipeline.counting import count_everything
from sozialraum.releases import PackageContent, Release, verify_release
from sozialraum.releases.release import PROFILES
from sozialraum.releases.write import _write_package
from sozialraum.sources import Vault, load_key

title = "Characteristics of microcells in a release"

ATTRIBUTES = """
[microcells.attributes.geschlecht]
title.de = "Frauen"
source = "personen"
dimension = "sex"
show = ["count", "share", "type"]
of = "female"

[microcells.attributes.rente]
title.de = "Rente"
source = "personen"
amount = "pension"
show = "mean"
owner = "payer"
"""
COLUMNS = '\nRente = { amount = "pension", universe = "persons" }\nKasse = { identifier = "payer" }\n'


def pension(number: str) -> int | None:
    at = int(number[1:])
    return None if at % 11 == 0 else 800 + 37 * (at % 29)


def write_profiled_city(folder: Path, payer: str = "") -> Path:
    """Write the small city with two attributes; who pays a pension is known for all or for nobody."""
    city = write_city(folder)
    with (city / "city.toml").open("a", encoding="utf-8") as stream:
        stream.write(ATTRIBUTES)
    source = city / "sources" / "personen.toml"
    source.write_text(source.read_text(encoding="utf-8") + COLUMNS, encoding="utf-8")
    register = city / "deliveries" / "personen_2025.csv"
    head, *rows = register.read_text(encoding="utf-8").splitlines()
    more = [f"{row};{pension(row.split(';')[0]) or ''};{payer}" for row in rows]
    register.write_text("\n".join([f"{head};Rente;Kasse", *more, ""]), encoding="utf-8")
    return city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_profiled_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def release(city: Path) -> Release:
    answer = run("build", city, "--json")
    assert answer.code == 0, answer.err
    return Release(city / "releases" / answer.json["release"])


def test_it_works(release: Release) -> None:
    profiles = release.internal.profiles
    assert profiles is not None
    frame = profiles.frame
    assert set(frame["attribute"]) == {"geschlecht", "rente"}
    assert set(frame["period"]) == {"2025"}
    told = frame.filter(pl.col("status") == "ok")
    assert told.height > 30
    share = told.filter(attribute="geschlecht", show="share")
    assert share["value"].is_between(1, 99).all()
    means = told.filter(attribute="rente")["value"]
    assert means.is_between(800, 800 + 37 * 28).all()


def test_the_numbers_are_those_of_the_cells_houses(city: Path) -> None:
    project = load_project(city)
    counted = count_everything(project, Vault(None, load_key(city / ".key", create=False)), silent)
    profiles = profiles_of_cells(project, counted.delivered, counted.assembled)
    assert profiles is not None
    assert counted.assembled.microcells is not None
    records = counted.delivered.records["personen"].frame.with_columns(pl.col("building").cast(pl.String))
    joined = records.join(counted.assembled.microcells.members, on="building").select("cell", "sex", "pension")
    known: dict[str, list[tuple[str, float | None]]] = defaultdict(list)
    for cell, sex, amount in joined.iter_rows():
        known[cell].append((sex, amount))
    compared = 0
    for show, cell, value, code in (
        profiles.table.frame.filter(status="ok").select("show", "cell", "value", "type").iter_rows()
    ):
        sexes = Counter(sex for sex, _ in known[cell])
        amounts = [amount for _, amount in known[cell] if amount is not None]
        expected = {
            "count": sexes["female"],
            "share": round(100 * sexes["female"] / sexes.total()),
            "mean": sum(amounts) / len(amounts),
        }
        compared += 1
        if show == "type":
            (first, most), *others = sexes.most_common()
            assert code == ("(none)" if others and others[0][1] == most else first)
        else:
            assert value == pytest.approx(expected[show], **({"rel": 0.005} if show == "mean" else {"abs": 0.5}))
    assert compared > 50


def test_it_is_in_the_internal_package_alone(release: Release) -> None:
    assert f"internal/{PROFILES}" in release.manifest["files"]
    assert [name for name in tree(release.folder) if "profile" in name] == [f"internal/{PROFILES}"]
    assert release.public.profiles is None
    assert not any(
        b"geschlecht" in content for name, content in tree(release.folder / "public").items() if "catalogue" not in name
    )
    assert list(verify_release(release.folder)) == []
    summary = {row["attribute"]: row for row in release.manifest["cell_profiles"]["attributes"]}
    assert summary["rente"]["cells"] == summary["rente"]["shown"] + summary["rente"]["withheld"]


def test_the_public_package_refuses_it(release: Release, tmp_path: Path) -> None:
    internal = release.internal
    content = PackageContent(internal.values, internal.counts, {}, internal.origins, profiles=internal.profiles)
    with pytest.raises(DoorError, match="never public"):
        _write_package(tmp_path, "public", content, None)


def test_a_payer_of_all_is_one_contributor(city: Path, release: Release, tmp_path: Path) -> None:
    """Where one office pays every pension of a cell, its mean tells what the office pays: nothing leaves."""
    assert release.internal.profiles is not None
    assert (release.internal.profiles.frame.filter(attribute="rente")["status"] == "ok").any()
    again = write_profiled_city(tmp_path, payer="Rentenkasse Nord")
    built = Release(again / "releases" / run("build", again, "--json").json["release"])
    assert built.internal.profiles is not None
    assert set(built.internal.profiles.frame.filter(attribute="rente")["status"]) == {"suppressed"}
    for name, content in tree(again / "releases").items():
        assert b"Rentenkasse" not in content, f"the name is in {name}"
    records = [c for n, c in tree(again / "vault").items() if n.endswith(".parquet") and "snapshot" not in n]
    assert not any(b"Rentenkasse" in content for content in records)


def test_verify_knows_it(release: Release, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(release.folder, tmp_path / release.id))
    path = copy / "internal" / PROFILES
    pl.read_parquet(path).with_columns(pl.col("value") + 1).write_parquet(path)
    assert "was changed" in str(next(iter(verify_release(copy))))


def test_without_attributes_there_is_no_file(tmp_path: Path) -> None:
    city = write_city(tmp_path)
    release = Release(city / "releases" / run("build", city, "--json").json["release"])
    assert release.internal.profiles is None
    assert "cell_profiles" not in release.manifest
