"""New project folders to start from."""

from __future__ import annotations

from pathlib import Path

from sozialraum.errors import Fault, InputError
from sozialraum.musterstadt import TEMPLATES, write_template


def new_project(folder: Path, template: str) -> None:
    """Write a project folder with everything to start.

    Args:
        folder: must not exist yet, or be empty.
        template: ``musterstadt``, ``region`` or ``empty``.

    Raises:
        InputError: the folder holds something, or there is no such template.
    """
    if template not in TEMPLATES:
        advice = f"choose one of {', '.join(TEMPLATES)}"
        raise InputError(Fault("--from", what="there is no such template", value=template, advice=advice))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(Fault(str(folder), what="the folder is not empty", advice="name a new folder"))
    write_template(folder, template)
