"""Project folders to start from: the town, a region of municipalities, and an empty one with explanations."""

from __future__ import annotations

import shutil
from pathlib import Path

from sozialraum.musterstadt.deliveries import write_deliveries
from sozialraum.musterstadt.region import write_region_deliveries
from sozialraum.musterstadt.town import Town, make_town

PROJECTS = Path(__file__).parent / "projects"

TEMPLATES = ("musterstadt", "region", "empty")
"""What ``sozialraum new --from`` offers."""


def write_project(folder: Path, town: Town) -> None:
    """Write a town's project folder: documents and every delivery, ready to be built.

    Files that the project has too are replaced; nothing else in ``folder`` is touched.
    """
    _copy_documents("musterstadt", folder)
    write_deliveries(folder / "deliveries", town)


def write_template(folder: Path, template: str) -> None:
    """Write a project to start from.

    Args:
        folder: the project folder; it is made where it does not exist.
        template: one of :data:`TEMPLATES`.

    Raises:
        ValueError: there is no such template.
    """
    if template not in TEMPLATES:
        raise ValueError(f"there is no template {template!r}; choose one of {', '.join(TEMPLATES)}")
    if template == "musterstadt":
        write_project(folder, make_town())
        return
    _copy_documents(template, folder)
    if template == "region":
        write_region_deliveries(folder / "deliveries")


def _copy_documents(template: str, folder: Path) -> None:
    shutil.copytree(PROJECTS / template, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
