"""Checks a release by reading only the release: is it complete, unchanged, signed and of a known shape?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sozialraum.errors import DoorError, Faults, InputError, ReleaseError
from sozialraum.releases.files import sha256_of
from sozialraum.releases.release import MANIFEST, PROFILES, SIGNATURE, STATE, Release
from sozialraum.releases.signature import PUBLIC_KEY, is_signed

_NOT_IN_MANIFEST = {MANIFEST, SIGNATURE, STATE}


def verify_release(folder: Path, public_key: str | None = None) -> Faults:
    """Check hashes, signature and shape of a release.

    Args:
        folder: the release folder.
        public_key: hex key of whom to trust; without it the ``key.pub`` beside the releases.

    Returns:
        Every fault found; empty where the release is what its builder signed.
    """
    faults = Faults()
    release = Release(folder)
    try:
        manifest = release.manifest
    except ReleaseError as error:
        faults.extend(error.faults)
        return faults
    _check_signature(release, public_key, faults)
    if manifest.get("id") != release.id:
        advice = "a release keeps the name it was built under; do not trust one that was renamed"
        faults.add(
            release.id, "the folder has another name than the release", value=str(manifest.get("id")), advice=advice
        )
    _check_files(release, manifest.get("files"), faults)
    if not faults:
        _check_shape(release, faults)
    return faults


def _check_signature(release: Release, public_key: str | None, faults: Faults) -> None:
    name = f"{release.id}/{SIGNATURE}"
    trusted_file = release.folder.parent / PUBLIC_KEY
    if public_key is None and trusted_file.is_file():
        public_key = trusted_file.read_text(encoding="ascii", errors="replace").strip()
    try:
        signed = json.loads((release.folder / SIGNATURE).read_text(encoding="utf-8"))
        signature, own_key = str(signed["signature"]), str(signed["public_key"])
    except (OSError, ValueError, KeyError, TypeError):
        faults.add(name, "the signature is missing or unreadable", advice="do not trust this release; build it again")
        return
    key = own_key if public_key is None else public_key
    if not is_signed((release.folder / MANIFEST).read_bytes(), signature, key):
        faults.add(name, "the manifest was changed, or was signed by somebody else", advice="do not trust this release")
    elif public_key is None:
        faults.note(name, "there is no trusted key to compare with", advice=f"put the city's {PUBLIC_KEY} beside it")


def _check_files(release: Release, listed: Any, faults: Faults) -> None:
    expected = {name: entry.get("sha256") for name, entry in listed.items()} if _is_list(listed) else {}
    if not expected:
        faults.add(f"{release.id}/{MANIFEST}", "the manifest lists no files", advice="do not trust this release")
        return
    paths = {p.relative_to(release.folder).as_posix(): p for p in release.folder.rglob("*") if p.is_file()}
    present = {name: path for name, path in paths.items() if name not in _NOT_IN_MANIFEST}
    for name in sorted(expected.keys() - present.keys()):
        faults.add(f"{release.id}/{name}", "the file is missing")
    for name in sorted(present.keys() - expected.keys()):
        faults.add(f"{release.id}/{name}", "the file does not belong to the release")
    for name in sorted(expected.keys() & present.keys()):
        if sha256_of(present[name]) != expected[name]:
            faults.add(f"{release.id}/{name}", "the file was changed after the release was built")


def _is_list(listed: Any) -> bool:
    """Tell whether something is a mapping of names to what is known of each file."""
    return isinstance(listed, Mapping) and all(isinstance(entry, Mapping) for entry in listed.values())


def _check_shape(release: Release, faults: Faults) -> None:
    for package in (release.public, release.internal):
        try:
            _ = package.values, package.counts, package.origins, package.catalogue, package.profiles
            _ = package.composites, package.typologies
            for system in package.area_systems:
                package.areas(system)
        except InputError as error:
            faults.extend(error.faults)
        except DoorError as error:
            name = f"{release.id}/{package.depth}"
            faults.add(name, f"a table is none that has passed the door: {error}", advice="do not trust this release")
        else:
            for one in package.disagreements():
                name = f"{release.id}/{package.depth}"
                faults.add(name, f"this does not follow from the values beside it: {one}", advice="build it again")
    if (release.public.folder / PROFILES).exists():
        name = f"{release.id}/public/{PROFILES}"
        faults.add(name, "characteristics of microcells are never public", advice="do not publish this release")
