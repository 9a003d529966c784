"""Every error a user of sozialraum can meet.

::

    SozialraumError                     anything the software says on purpose
    ├── InputError                      the input is at fault: carries every Fault found, exit code 1
    │   ├── ProjectError                a TOML document of the project
    │   ├── DeliveryError               a delivered file
    │   └── ReleaseError                a release folder: incomplete, changed, of another software
    ├── DoorError                       something tried to leave without being protected
    ├── NotAllowedError                 the state table or a policy refuses; says why
    └── BusyError                       another process works on the same project

A fault says what is wrong, where, and what to do. Faults are collected, not thrown one by one: whoever repairs a
delivery wants to see them all at once.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in somebody's input.

    Attributes:
        file: the file as the user knows it (relative to the project where possible).
        line: 1-based line of a text file or row of a sheet, 0 where there is none.
        column: the column or TOML key, empty where there is none.
        what: what is wrong, one sentence without the place.
        value: the offending value as text, empty where there is none.
        advice: what to do about it, one sentence.
    """

    file: str
    line: int = 0
    column: str = ""
    what: str = ""
    value: str = ""
    advice: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        column = f" [{self.column}]" if self.column else ""
        value = f" (found: {self.value!r})" if self.value else ""
        advice = f" -> {self.advice}" if self.advice else ""
        return f"{place}{column}: {self.what}{value}{advice}"

    def as_json(self) -> dict[str, str | int]:
        """Return the fault as a mapping for ``--json``."""
        return {name: getattr(self, name) for name in ("file", "line", "column", "what", "value", "advice")}


class SozialraumError(Exception):
    """Base of everything the software says on purpose."""


class InputError(SozialraumError):
    """Somebody's input is at fault. ``faults`` holds every fault found, sorted by place."""

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ProjectError(InputError):
    """A TOML document of a project is at fault."""


class DeliveryError(InputError):
    """A delivered file is at fault."""


class ReleaseError(InputError):
    """A release folder is incomplete, was changed, or was made by another software."""


class DoorError(SozialraumError):
    """Something tried to leave the confidential wing without being protected."""


class NotAllowedError(SozialraumError):
    """A state table or a policy refuses; the message says why and what would be allowed."""


class BusyError(SozialraumError):
    """Another process works on the same project."""


@dataclass(slots=True)
class Faults:
    """Collects faults and throws them together.

    ``notes`` are worth telling and stop nothing (a repaired polygon, totals that disagree by a few persons).
    """

    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def add(self, file: str, what: str, *, line: int = 0, column: str = "", value: str = "", advice: str = "") -> None:
        """Record a fault that stops the build."""
        self.faults.append(Fault(file, line, column, what, value, advice))

    def note(self, file: str, what: str, *, line: int = 0, column: str = "", value: str = "", advice: str = "") -> None:
        """Record something worth telling that stops nothing."""
        self.notes.append(Fault(file, line, column, what, value, advice))

    def extend(self, faults: Iterable[Fault]) -> None:
        """Take over faults that somebody else found."""
        self.faults.extend(faults)

    def throw(self, kind: type[InputError] = InputError) -> None:
        """Raise ``kind`` with all faults, if there are any."""
        if self.faults:
            raise kind(self.faults)

    def __bool__(self) -> bool:
        return bool(self.faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)


FULL_OR_CLOSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.ENOTDIR)


@contextmanager
def disk_faults(
    folder: Path, left: str = "nothing was changed", advice: str = "make room or give write access, then try again"
) -> Iterator[None]:
    """Turn a full or read-only disk into a clear error.

    Args:
        folder: what is written to.
        left: how things stand then.
        advice: what to do.

    Raises:
        InputError: says which folder can not be written and what to do.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL_OR_CLOSED:
            raise
        what = f"the folder can not be written ({os.strerror(error.errno)}); {left}"
        raise InputError(Fault(str(folder), what=what, advice=advice)) from error
