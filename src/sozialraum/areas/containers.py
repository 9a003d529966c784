"""Folders, zip and gzip: a delivered path becomes plain files in a folder, within limits.

Archives are unpacked into a temporary folder instead of being read through GDAL's virtual file systems: the limits are
then enforced on the bytes that really come out, not on what the archive's index claims, and every check that looks at a
file works the same for all deliveries.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from sozialraum.errors import DeliveryError, Fault

MAX_BYTES = 8 * 2**30
"""No archive may unpack to more than this. Germany's house coordinates with all attributes stay below it."""

MAX_RATIO = 200
"""No archive may grow by more than this factor: geodata shrinks to a tenth, a bomb to a thousandth."""

FREE_BYTES = 16 * 2**20
"""Below this size the ratio says nothing (an empty DBF column compresses very well)."""

_CHUNK = 1 << 20


def refuse(name: str, what: str, *, value: str = "", advice: str = "") -> DeliveryError:
    """Return the error for a delivery that can not be used, to be raised by the caller.

    ``name`` is the file as the user knows it.
    """
    return DeliveryError(Fault(name, what=what, value=value, advice=advice))


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[Path]:
    """Yield a plain file or folder for a delivered path; ``.zip`` and ``.gz`` are unpacked and removed afterwards.

    Args:
        path: the delivered file or folder.
        name: how faults call it.

    Raises:
        DeliveryError: there is nothing at ``path``, it is empty, or it is an archive that is damaged, encrypted,
            reaches outside its folder or is larger inside than the limits allow.
    """
    _check_presence(path, name)
    if path.is_dir() or path.suffix.lower() not in (".zip", ".gz"):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="sozialraum-") as folder:
        try:
            _unpack(path, Path(folder), name)
        except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, NotImplementedError) as error:
            raise refuse(
                name,
                "the archive is damaged or incomplete",
                value=str(error),
                advice="Ask for the file again or download it again.",
            ) from error
        yield Path(folder)


def _check_presence(path: Path, name: str) -> None:
    if not path.exists():
        raise refuse(name, "the file does not exist", advice="Put it into the deliveries folder or correct its name.")
    if path.is_file() and path.stat().st_size == 0:
        raise refuse(name, "the file is empty (0 bytes)", advice="Ask for the file again or download it again.")


def _unpack(path: Path, folder: Path, name: str) -> None:
    allowance = _Allowance(path.stat().st_size, name)
    if path.suffix.lower() == ".gz":
        with gzip.open(path) as source:
            _copy(cast(IO[bytes], source), folder / path.stem, allowance)
        return
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            target = folder / _inside(member.filename, name)
            if member.is_dir() or _is_clutter(member.filename):
                continue
            if member.flag_bits & 1:
                raise refuse(name, "the archive is encrypted", advice="Deliver it without a password.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source:
                _copy(source, target, allowance)


class _Allowance:
    """How many more bytes an archive may unpack."""

    def __init__(self, packed: int, name: str) -> None:
        self.name = name
        self.limit = min(MAX_BYTES, max(FREE_BYTES, packed * MAX_RATIO))
        self.left = self.limit

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise refuse(
                self.name,
                f"the archive unpacks to more than {self.limit / 2**20:,.0f} MiB (zip bomb?)",
                advice="Deliver the file itself, or an archive that holds nothing else.",
            )


def _copy(source: IO[bytes], target: Path, allowance: _Allowance) -> None:
    with target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            allowance.take(len(chunk))
            sink.write(chunk)


def _inside(member: str, name: str) -> PurePosixPath:
    inner = PurePosixPath(member.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in member:
        raise refuse(
            name,
            "the archive holds a file that would be written outside its folder",
            value=member,
            advice="Do not use this archive; ask the provider for a clean one.",
        )
    return inner


def _is_clutter(member: str) -> bool:
    return member.startswith("__MACOSX/") or PurePosixPath(member).name.startswith(".")
