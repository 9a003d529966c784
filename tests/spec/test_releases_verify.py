"""Whatever is changed in a release is noticed and named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sozialraum.analysis import COMPOSITE_SCHEMA
from sozialraum.errors import ReleaseError
from sozialraum.releases import Release, Store, diff_releases, verify_release
from sozialraum.releases.files import canonical_json, sha256_of

Write = Callable[..., str]


@pytest.fixture
def release(tmp_path: Path, write_tiny_release: Write) -> Path:
    return Store(tmp_path / "releases").folder / write_tiny_release()


def test_it_works(release: Path) -> None:
    assert list(verify_release(release)) == []


def test_it_reads_back_what_was_written(release: Path) -> None:
    public = Release(release).public
    assert public.values["status"].to_list() == ["ok", "suppressed"]
    assert public.counts.frame["value"].to_list() == [100.0, 80.0, 20.0, None]
    assert public.areas("viertel").frame["name"].to_list() == ["Nord", "Süd"]
    assert public.city.name == "Kleinstadt"
    assert Release(release).manifest["files"]["public/values.parquet"]["rows"] == 2


def test_a_release_from_before_composites_has_none_and_can_be_read(release: Path) -> None:
    for depth in ("public", "internal"):
        (release / depth / "composites.parquet").unlink()
        old = Release(release).package(depth).composites
        assert old.equals(pl.DataFrame(schema=COMPOSITE_SCHEMA))


def test_a_release_from_before_typologies_has_none_and_can_be_read(release: Path) -> None:
    (release / "public" / "typologies.json").unlink()
    assert Release(release).public.typologies == ()


@pytest.mark.parametrize(
    "content", ["{", "1", "[]", "{}", '{"typologies": [{"typology": "x"}]}', '{"typologies": ["x"]}']
)
def test_types_of_another_shape_are_refused(release: Path, content: str) -> None:
    (release / "public" / "typologies.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReleaseError, match="does not hold types of areas"):
        _ = Release(release).public.typologies


def test_a_table_of_composites_of_another_shape_is_refused(release: Path) -> None:
    pl.DataFrame({"composite": ["x"]}).write_parquet(release / "public" / "composites.parquet")
    with pytest.raises(ReleaseError, match="other columns"):
        _ = Release(release).public.composites


def test_scores_that_do_not_follow_from_the_values_are_named(tmp_path: Path, write_tiny_release: Write) -> None:
    columns = {"composite": "mss", "area_system": "viertel", "area": "02", "period": "2023", "score": 1.5}
    invented = pl.DataFrame([columns], schema=COMPOSITE_SCHEMA)
    faults = list(verify_release(Store(tmp_path / "releases").folder / write_tiny_release(composites=invented)))
    assert [fault.file for fault in faults] == ["2024-H1.1/public", "2024-H1.1/internal"]
    for fault in faults:
        assert fault.what.endswith("mss in viertel 02, 2023: the values give no score")


def _change_value(folder: Path) -> None:
    path = folder / "public" / "values.parquet"
    pl.read_parquet(path).with_columns(value=pl.lit(99.0)).write_parquet(path)


def _forge(folder: Path) -> None:
    """Change a value and make the manifest agree; only the signature tells."""
    _change_value(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["public/values.parquet"]["sha256"] = sha256_of(folder / "public" / "values.parquet")
    (folder / "manifest.json").write_bytes(canonical_json(manifest))


TAMPERING = {
    "a value changed": (_change_value, "public/values.parquet", "was changed after the release was built"),
    "a file removed": (lambda f: (f / "public/counts.parquet").unlink(), "public/counts.parquet", "is missing"),
    "a file added": (lambda f: (f / "public/x.csv").write_text("1"), "public/x.csv", "does not belong"),
    "value and manifest changed": (_forge, "manifest.sig", "signed by somebody else"),
    "signature removed": (lambda f: (f / "manifest.sig").unlink(), "manifest.sig", "missing or unreadable"),
    "manifest removed": (lambda f: (f / "manifest.json").unlink(), "manifest.json", "no such file"),
    "manifest is no JSON": (lambda f: (f / "manifest.json").write_text("{"), "manifest.json", "no JSON"),
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_is_named(release: Path, tampering: str) -> None:
    tamper, file, what = TAMPERING[tampering]
    tamper(release)
    faults = list(verify_release(release))
    assert len(faults) == 1
    assert faults[0].file.endswith(file)
    assert what in faults[0].what


def test_a_table_of_another_shape_is_refused(release: Path) -> None:
    path = release / "public" / "values.parquet"
    pl.read_parquet(path).drop("lower").write_parquet(path)
    with pytest.raises(ReleaseError, match="other columns"):
        _ = Release(release).public.values


def test_the_difference_names_values_documents_and_areas(tmp_path: Path, write_tiny_release: Write) -> None:
    row = ("anteil_unter_18", "viertel", "01", "2023", "", 21.0, 21.0, 100.0, "ok", 14.0, 30.0, 0)
    new = ("anteil_unter_18", "viertel", "02", "2024", "", 10.0, 8.0, 80.0, "ok", 5.0, 18.0, 0)
    extra = tmp_path / "extra.toml"
    extra.write_text("", encoding="utf-8")
    store = Store(tmp_path / "releases")
    before = store.release(write_tiny_release())
    after = store.release(write_tiny_release([row, new], {"themes/extra.toml": extra}))
    difference = diff_releases(before, after)
    changes = difference.values.select("area", "period", "change", "before", "after").rows()
    assert changes == [
        ("01", "2023", "value", 20.0, 21.0),
        ("02", "2023", "removed", None, None),
        ("02", "2024", "added", None, 10.0),
    ]
    assert difference.documents == {"themes/extra.toml": "added"}
    assert difference.areas.is_empty()
    assert diff_releases(before, before).empty


def score(area: str, score: float | None, label: str | None, **more: object) -> dict[str, object]:
    usual = {"composite": "mss", "area_system": "viertel", "period": "2023", "status": "ok", "reason": ""}
    return usual | {"area": area, "score": score, "class": label} | more


def test_the_difference_tells_scores_and_classes(tmp_path: Path, write_tiny_release: Write) -> None:
    hidden = score("04", None, None, status="suppressed", reason="input")
    same = score("05", 0.5, "mittel", dynamics=0.1, dynamics_class="stabil")
    before = [score("01", 0.9, "mittel"), score("02", 0.2, "mittel"), score("03", -2.0, "hoch"), hidden, same]
    moved = score("05", 0.5, "mittel", dynamics=1.1, dynamics_class="negativ")
    after = [score("01", 1.1, "niedrig"), score("02", 0.3, "mittel"), score("04", 1.0, "mittel"), moved]
    after += [score("06", 0.0, "mittel")]
    store = Store(tmp_path / "releases")
    old, new = (
        store.release(write_tiny_release(composites=pl.DataFrame(rows, schema=COMPOSITE_SCHEMA)))
        for rows in (before, after)
    )
    found = diff_releases(old, new)
    assert not found.empty
    assert found.scores.select("area", "change", "before", "after", "class_before", "class_after").rows() == [
        ("01", "class", 0.9, 1.1, "mittel", "niedrig"),
        ("02", "score", 0.2, 0.3, "mittel", "mittel"),
        ("03", "removed", -2.0, None, "hoch", None),
        ("04", "class", None, 1.0, None, "mittel"),
        ("05", "class", 0.5, 0.5, "mittel", "mittel"),
        ("06", "added", None, 0.0, None, "mittel"),
    ]
    assert found.as_json()["scores"][4]["dynamics_class_after"] == "negativ"
    assert diff_releases(old, old).empty


def test_the_difference_tells_types(tmp_path: Path, write_tiny_release: Write) -> None:
    store = Store(tmp_path / "releases")
    old, new = (store.release(write_tiny_release()) for _ in range(2))
    none = {"found": None, "indicators": [], "equal": [], "unplaced": {}, "obstacle": "few_areas"}
    rows = {"a": ("2023", "2023"), "b": ("2023", "2024"), "c": ("2023", None), "d": (None, "2023")}
    for side, release in enumerate((old, new)):
        types = [
            {"typology": name, "area_system": "viertel", "period": periods[side], **none}
            for name, periods in rows.items()
            if periods[side]
        ]
        (release.public.folder / "typologies.json").write_bytes(canonical_json({"typologies": types}))
    assert diff_releases(old, new).types.rows() == [
        ("b", "viertel", "period"),
        ("c", "viertel", "removed"),
        ("d", "viertel", "added"),
    ]
