"""What the front end's build left: the names of its files, read from Vite's manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MANIFEST = Path(__file__).parent / "static" / "dist" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Build:
    """Addresses of the built files below ``/static/``; empty where that part was not built.

    Attributes:
        styles: the style sheet.
        script: the script that adds comfort; pages work without it.
        fonts: fonts that every page needs, to be fetched early.
    """

    styles: str = ""
    script: str = ""
    fonts: tuple[str, ...] = ()


def build() -> Build:
    """Return the built files; everything empty before the first build."""
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except OSError:
        return Build()
    return _read(changed)


@lru_cache(maxsize=1)
def _read(changed: int) -> Build:
    """Read the manifest; ``changed`` makes sure that a new build is noticed."""
    entries = json.loads(MANIFEST.read_text(encoding="utf-8"))
    page, script = entries.get("src/styles/page.scss", {}), entries.get("src/main.ts", {})
    return Build(
        styles=f"dist/{page['file']}" if page else "",
        script=f"dist/{script['file']}" if script else "",
        fonts=tuple(f"dist/{name}" for name in page.get("assets", ()) if name.endswith(".woff2")),
    )
