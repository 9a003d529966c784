"""Texts of pictures and exports, one TOML file for each language in ``texts/``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sozialraum.publishing.kinds import AgeGroup

_TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("de", "en")


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Mapping[str, Any]:
    """Return the texts of a language by table and key; German where there is no such language."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    return MappingProxyType(tomllib.loads((_TEXTS / f"{name}.toml").read_text(encoding="utf-8")))


def sentences(parts: Iterable[str]) -> str:
    """Join sentences to a paragraph, leaving out empty ones."""
    return " ".join(part for part in parts if part)


def enumerate_words(items: Iterable[str], language: str) -> str:
    """Join words as a sentence lists them: ``A, B und C``."""
    found = list(items)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {words(language)['and']} {found[-1]}"


def ages_words(group: AgeGroup, language: str) -> str:
    """Return an age group in words: ``15 bis 17 Jahre``, ``80 Jahre und älter``."""
    key = "open" if group.high is None else "single" if group.high == group.low else "range"
    return str(words(language)["pyramid"][key]).format(low=group.low, high=group.high)
