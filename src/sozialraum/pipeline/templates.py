"""New project folders to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

from sozialraum.catalogue.schema import write_editor_settings
from sozialraum.errors import Fault, InputError, disk_faults
from sozialraum.musterstadt import write_template


def new_project(folder: Path, template: str) -> None:
    """Write a project folder with everything to start; it is there as a whole or not at all.

    Args:
        folder: must not exist yet, or be empty.
        template: one of ``musterstadt.TEMPLATES``.

    Raises:
        InputError: the folder holds something or lies in a file, or the disk is full or read-only.
        ValueError: there is no such template.
    """
    _demand_new(folder)
    folder = folder.resolve()
    making = folder.with_name(f".{folder.name}.new")
    with disk_faults(folder):
        shutil.rmtree(making, ignore_errors=True)
        try:
            making.mkdir(parents=True)
            write_template(making, template)
            write_editor_settings(making)
            making.replace(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _demand_new(folder: Path) -> None:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise InputError(Fault(str(existing), what="this is a file, not a folder", advice="name a new folder"))
    if existing == folder and any(folder.iterdir()):
        raise InputError(Fault(str(folder), what="the folder is not empty", advice="name a new folder"))
