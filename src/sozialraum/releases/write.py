"""Writes the content of a release into a folder: tables, areas, documents, manifest and signature."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray

from sozialraum import __version__
from sozialraum.analysis import COMPOSITE_SCHEMA, AreaTypes
from sozialraum.areas import AreaSystem, write_geoparquet
from sozialraum.catalogue import PolicyDoc
from sozialraum.errors import DoorError
from sozialraum.periods import since
from sozialraum.releases.files import canonical_json, sha256_of, write_atomic
from sozialraum.releases.release import AUDIT, COMPOSITES, MANIFEST, PROFILES, SIGNATURE, STATE, TYPOLOGIES, Depth
from sozialraum.releases.signature import public_hex, sign
from sozialraum.releases.store import initial_state
from sozialraum.tables import ProtectedProfiles, ProtectedTable


@dataclass(frozen=True, slots=True)
class PackageContent:
    """What one depth of a release holds.

    Attributes:
        values: a frame with ``tables.VALUE_SCHEMA``.
        counts: the protected counts that the values were made from.
        areas: area systems by id.
        origins: which deliveries each measure was found in, with ``ORIGIN_SCHEMA``.
        offers: offers of help with their place, where the city delivers any.
        profiles: characteristics of microcells, in the internal package alone.
        composites: scores made from the values, with ``analysis.COMPOSITE_SCHEMA``.
        typologies: types of areas, found in the values.
    """

    values: pl.DataFrame
    counts: ProtectedTable
    areas: Mapping[str, AreaSystem]
    origins: pl.DataFrame
    offers: pl.DataFrame | None = None
    profiles: ProtectedProfiles | None = None
    composites: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COMPOSITE_SCHEMA))
    typologies: Sequence[AreaTypes] = ()


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """Everything that goes into a release.

    Attributes:
        public: what everyone may see.
        internal: what signed-in staff may see.
        documents: path inside ``catalogue/`` to the TOML file to copy.
        snapshots: the deliveries: sha256, file, source, size, provider, licence.
        policies: rules the counts were protected under.
        suppression: what was withheld and why, in numbers.
        crs: of the geometries.
        first_period: counts of earlier periods are not written (values of them are the concern of who computes them).
        details: further entries of the manifest.
    """

    public: PackageContent
    internal: PackageContent
    documents: Mapping[str, Path]
    snapshots: list[dict[str, Any]]
    policies: Mapping[str, PolicyDoc]
    suppression: list[dict[str, Any]]
    crs: str
    first_period: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def write_release(folder: Path, content: ReleaseContent, *, identifier: str, key: Ed25519PrivateKey, who: str) -> None:
    """Write a release into an empty folder (see :meth:`sozialraum.releases.store.Store.new_release`).

    Args:
        folder: the empty folder.
        content: what goes in.
        identifier: the release's id.
        key: signs the manifest.
        who: started the build.
    """
    rows = {
        **_write_package(folder, "public", content.public, content),
        **_write_package(folder, "internal", content.internal, content),
    }
    _write_signed(folder, _manifest(folder, content, identifier, rows), key)
    write_atomic(folder / STATE, initial_state(who))


def _write_package(folder: Path, depth: Depth, content: PackageContent, release: ReleaseContent) -> dict[str, int]:
    if depth == "public" and content.profiles is not None:
        raise DoorError("characteristics of microcells are never public")
    package = folder / depth
    (package / "areas").mkdir(parents=True)
    frames = {
        "values.parquet": content.values,
        "counts.parquet": _from(content.counts.frame, release.first_period),
        "origins.parquet": content.origins,
        COMPOSITES: content.composites,
    }
    if content.offers is not None:
        frames["offers.parquet"] = content.offers
    if content.profiles is not None:
        frames[PROFILES] = content.profiles.frame
    for name, frame in frames.items():
        _write_parquet(package / name, frame)
    types = {"typologies": [found.as_json() for found in content.typologies]}
    (package / TYPOLOGIES).write_bytes(canonical_json(types))
    for system, areas in content.areas.items():
        write_geoparquet(package / "areas" / f"{system}.parquet", areas.frame, _shapes(areas), release.crs)
    for name, source in release.documents.items():
        target = package / "catalogue" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    sizes = {f"areas/{system}.parquet": areas.frame.height for system, areas in content.areas.items()}
    sizes |= {name: frame.height for name, frame in frames.items()}
    return {f"{depth}/{name}": height for name, height in sizes.items()}


def _from(frame: pl.DataFrame, first_period: str | None) -> pl.DataFrame:
    if first_period is None:
        return frame
    return frame.filter(pl.col("period").is_in(since(first_period, frame["period"].unique())))


def _write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write by way of memory: a full disk is then an ``OSError``, not one of the engine's own."""
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd")
    path.write_bytes(content.getbuffer())


def _shapes(areas: AreaSystem) -> NDArray[np.object_]:
    return np.full(areas.frame.height, None, dtype=object) if areas.geometry is None else areas.geometry


def _manifest(folder: Path, content: ReleaseContent, identifier: str, rows: Mapping[str, int]) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        "id": identifier,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": {"name": "sozialraum", "version": __version__},
        "files": {name: _file_entry(path, rows.get(name)) for name, path in names.items()},
        "snapshots": content.snapshots,
        "policies": {
            name: {"public": policy.public.model_dump(), "internal": policy.internal.model_dump()}
            for name, policy in content.policies.items()
        },
        "suppression": content.suppression,
        **content.details,
    }


def write_audit(folder: Path, report: dict[str, Any], readable: Mapping[str, str], key: Ed25519PrivateKey) -> None:
    """Put the attacker's report beside the packages that it attacked, into the manifest, and sign that again.

    So a report that was changed afterwards is noticed like any other file (see :mod:`sozialraum.releases.verify`).

    Args:
        folder: the release.
        report: what the attacker found.
        readable: the same for people, and what was done: texts by the name of their file.
        key: the signing key.
    """
    contents = {AUDIT: canonical_json(report)} | {name: text.encode() for name, text in readable.items()}
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name, content in contents.items():
        write_atomic(folder / name, content)
        manifest["files"][name] = _file_entry(folder / name, None)
    _write_signed(folder, manifest, key)


def _write_signed(folder: Path, manifest: dict[str, Any], key: Ed25519PrivateKey) -> None:
    content = canonical_json(manifest)
    write_atomic(folder / MANIFEST, content)
    write_atomic(folder / SIGNATURE, canonical_json({"signature": sign(content, key), "public_key": public_hex(key)}))


def _file_entry(path: Path, rows: int | None) -> dict[str, Any]:
    return {"sha256": sha256_of(path), "bytes": path.stat().st_size, "rows": rows}


def snapshot_entry(snapshot: Any) -> dict[str, Any]:
    """Return a snapshot (a dataclass of the sources room) as the manifest writes it."""
    return {name: value for name, value in asdict(snapshot).items() if value not in ("", {}, None)}
