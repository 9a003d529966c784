"""Compiles the translations (``locale/*/LC_MESSAGES/django.po``) without the gettext tools.

Run as ``python -m sozialraum.web.messages`` after editing a ``.po`` file. The ``.mo`` beside it is kept too, so
that nobody who only runs the platform needs a compiler. Format: GNU gettext manual, section 10.3.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
MAGIC = 0x950412DE
_LINE = re.compile(r'^(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d)\])?)\s+)?(".*")$')


def read_messages(text: str) -> dict[str, str]:
    """Return the translations of a ``.po`` file as gettext looks them up: context and plural are part of the key.

    Entries without a translation are left out.
    """
    found = {}
    for entry in _entries(text):
        key = entry["msgid"]
        if "msgctxt" in entry:
            key = f"{entry['msgctxt']}\x04{key}"
        if "msgid_plural" in entry:
            key = f"{key}\x00{entry['msgid_plural']}"
        forms = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
        if all(forms):
            found[key] = "\x00".join(forms)
    return found


def _entries(text: str) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n\s*\n", text):
        entry: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#") or not (match := _LINE.match(line.strip())):
                continue
            name = match[1] or name
            entry[name] = entry.get(name, "") + ast.literal_eval(match[3])
        if "msgid" in entry and "#, fuzzy" not in block:
            yield entry


def compile_messages(text: str) -> bytes:
    """Return the ``.mo`` file of a ``.po`` file."""
    pairs = sorted((key.encode(), value.encode()) for key, value in read_messages(text).items())
    start = 7 * 4 + 16 * len(pairs)
    keys, values = b"".join(key + b"\0" for key, _ in pairs), b"".join(value + b"\0" for _, value in pairs)
    tables = [_table([key for key, _ in pairs], start), _table([value for _, value in pairs], start + len(keys))]
    head = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + b"".join(tables) + keys + values


def _table(texts: list[bytes], offset: int) -> bytes:
    """Return length and offset of each text, one after the other from ``offset``."""
    rows = []
    for text in texts:
        rows.append(struct.pack("<2I", len(text), offset))
        offset += len(text) + 1
    return b"".join(rows)


def main() -> None:
    """Compile every language."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        path.with_suffix(".mo").write_bytes(compile_messages(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
