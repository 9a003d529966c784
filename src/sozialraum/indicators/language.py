"""The texts of plain sentences, one TOML file for each language in ``texts/``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("de", "en")


@lru_cache
def texts(language: str, folder: Path = TEXTS) -> Mapping[str, Any]:
    """Return the texts of a language by table and key; German where there is no such language.

    Args:
        language: ``de`` or ``en``.
        folder: where the files are; another room has texts of its own.
    """
    name = language if language in LANGUAGES else LANGUAGES[0]
    return MappingProxyType(tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))


def join(*sentences: str) -> str:
    """Join sentences to a paragraph, leaving out empty ones."""
    return " ".join(sentence for sentence in sentences if sentence)
