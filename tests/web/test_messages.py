"""English is complete and compiled; the compiler agrees with gettext."""

from __future__ import annotations

import gettext
import io
import re
from pathlib import Path

import pytest

from sozialraum.web.messages import LOCALE, compile_messages, read_messages

PO = LOCALE / "en" / "LC_MESSAGES" / "django.po"
WEB = Path(LOCALE).parent
MARKED = re.compile(r"""\b_\(\s*"((?:[^"\\]|\\.)*)"\s*\)""")
IN_TEMPLATES = re.compile(r"""\{% translate ("[^"]*"|'[^']*') %\}""")

SAMPLE = """
# a comment
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Über"
msgstr "About"

msgctxt "mark"
msgid "v"
msgstr "p"

msgid "{n} Gebiet"
msgid_plural "{n} Gebiete"
msgstr[0] "{n} area"
msgstr[1] "{n} areas"

msgid ""
"zwei "
"Zeilen \\"mit\\" Zeichen\\n"
msgstr "two lines"

msgid "ohne"
msgstr ""

#, fuzzy
msgid "ungefähr"
msgstr "wrong"
"""


def test_compiled_as_gettext_reads_it() -> None:
    texts = gettext.GNUTranslations(io.BytesIO(compile_messages(SAMPLE)))
    assert texts.gettext("Über") == "About"
    assert texts.pgettext("mark", "v") == "p"
    assert texts.gettext("v") == "v"
    assert [texts.ngettext("{n} Gebiet", "{n} Gebiete", n) for n in (1, 2)] == ["{n} area", "{n} areas"]
    assert texts.gettext('zwei Zeilen "mit" Zeichen\n') == "two lines"
    assert texts.gettext("ohne") == "ohne"
    assert texts.gettext("ungefähr") == "ungefähr"


def test_the_compiled_file_is_current() -> None:
    compiled = compile_messages(PO.read_text(encoding="utf-8"))
    assert PO.with_suffix(".mo").read_bytes() == compiled, "run python -m sozialraum.web.messages"


def test_every_entry_is_translated() -> None:
    text = PO.read_text(encoding="utf-8")
    assert re.findall(r'msgid "(.+)"\nmsgstr ""\n(?!")', text) == []
    assert "fuzzy" not in text


def _texts_in_source() -> set[str]:
    """Return what Django looks up: it doubles the percent signs of texts in templates."""
    found = set()
    for path in WEB.rglob("*.py"):
        if "node_modules" not in path.parts:
            found |= set(MARKED.findall(path.read_text(encoding="utf-8")))
    for path in WEB.rglob("templates/**/*.html"):
        found |= {text[1:-1].replace("%", "%%") for text in IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))}
    return found


def test_every_marked_text_has_an_entry() -> None:
    known = {key.partition("\x00")[0].rpartition("\x04")[2] for key in read_messages(PO.read_text(encoding="utf-8"))}
    assert _texts_in_source() - known == set()


@pytest.mark.parametrize("pattern", [r"%\((\w+)\)s", r"\{(\w+)\}"])
def test_translations_keep_their_placeholders(pattern: str) -> None:
    for key, value in read_messages(PO.read_text(encoding="utf-8")).items():
        if key:
            for form in value.split("\x00"):
                assert set(re.findall(pattern, form)) == set(re.findall(pattern, key)), key


WORDS = re.compile(r">([^<>{}]*[A-Za-zÄÖÜäöüß]{3,}[^<>{}]*)<")
ALLOWED = {"GeoJSON", "GeoPackage"}  # names


@pytest.mark.parametrize("path", sorted(WEB.rglob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_text_is_hard_wired_in_templates(path: Path) -> None:
    source = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source)
    source = re.sub(r"<(script|style|svg)\b.*?</\1>", "", source, flags=re.S)
    assert {text.strip() for text in WORDS.findall(source)} - ALLOWED == set()
