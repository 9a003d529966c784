"""The reference of the catalogue: docs/reference/indicators.md lists every indicator, each has a page of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from sozialraum.catalogue import Catalogue, CodeListDoc, IndicatorDoc, Measure
from sozialraum.catalogue.measures import FIGURE
from sozialraum.indicators.language import texts
from sozialraum.indicators.numerals import with_unit

LANGUAGE = "en"
POLARITY = {
    "high_is_good": "a high value is favourable",
    "low_is_good": "a low value is favourable",
    "neutral": "neither high nor low is judged",
}
INTERVAL = {"wilson": "Wilson, 95 %", "byar": "Byar, 95 %", "dobson": "Dobson, 95 %", "none": "none"}

HEAD = """\
# Indicators

{number} indicators are built in, each with a page of its own. A city adds its own, or replaces one, with a file of
the same name in its folder `indicators/`. Made from the documents in `src/sozialraum/catalogue/indicators`.

Each page says which columns of a source answer its indicator, in the words with which a source declares them (see
[Add a source](../how-to/add-a-source.md)). Finer tables do as well, where their codes make up what is asked: ages 0-5
and 6-17 make 0-17, women and men make everybody. A register has no such columns: it says `universe = "persons"` and has
a column for each dimension. All codes are [at the end](#dimensions-and-their-codes).
"""


def indicator_reference(catalogue: Catalogue) -> str:
    """Return the list of all indicators as Markdown, by theme and code."""
    themes = sorted(catalogue.themes.items(), key=lambda item: item[1].order)
    sections = chain.from_iterable(_theme(catalogue, name) for name, _ in themes)
    head = HEAD.format(number=len(catalogue.indicators)).splitlines()
    return "\n".join([*head, *sections, *_dimensions(catalogue.codes)]) + "\n"


def _dimensions(codes: Mapping[str, CodeListDoc]) -> Iterator[str]:
    """List the dimensions with the codes that a source may deliver."""
    yield from ("", "## Dimensions and their codes", "", "| dimension | | codes |", "| --- | --- | --- |")
    for name, document in sorted(codes.items()):
        written = [f"`{code}`" for code in (*document.codes, *document.groups)]
        shown = ", ".join(written) or "whole numbers and ranges: `7`, `0-14`, `65+`"
        yield f"| `{name}` | {plain(document.title.get(LANGUAGE))} | {shown} |"


def _theme(catalogue: Catalogue, theme: str) -> Iterator[str]:
    found = {name: document for name, document in catalogue.indicators.items() if document.theme == theme}
    if not found:
        return
    yield from ("", f"## {catalogue.themes[theme].title.get(LANGUAGE)}", "")
    yield from ("| code | indicator | | formula | unit |", "| --- | --- | --- | --- | --- |")
    for name, document in sorted(found.items(), key=lambda item: (item[1].code or "~", item[0])):
        titles = f"[{plain(document.title.get(LANGUAGE))}](indicators/{name}.md) | {plain(document.title.de)}"
        yield f"| {document.code or ''} | {titles} | {document.formula} | {plain(unit_words(document))} |"


def asked_measures(document: IndicatorDoc) -> tuple[Measure, ...]:
    """Return what an indicator asks deliveries for, each once; empty where it is made from another indicator."""
    own = (measure for measure in document.measures if measure.base is None)
    return tuple(dict.fromkeys(measure.summed if measure.statistic else measure for measure in own))


def declared(measure: Measure) -> str:
    """Return a measure as a column of a source declares it."""
    universe, _, amount = measure.universe.partition("@")[0].partition(".")
    role = f'count = "{universe}"' if not amount else f'amount = "{amount}", universe = "{universe}"'
    if universe == FIGURE:
        role = f'figure = "{amount}"'
    where = ", ".join(f'{dimension} = "{codes}"' for dimension, codes in measure.where)
    return f"{{ {role}, where = {{ {where} }} }}" if where else f"{{ {role} }}"


def unit_words(document: IndicatorDoc) -> str:
    """Return the unit as it stands behind a number; a plain number has none to show."""
    pattern = str(texts(LANGUAGE)["units"][document.unit])
    return with_unit("…", document.unit, LANGUAGE).replace("…", "").strip() if pattern != "{number}" else "number"


def anchor(title: str) -> str:
    """Return the anchor that Markdown gives a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.strip().replace(" ", "-")


def plain(text: str) -> str:
    """Return a text that Markdown shows as it is, also in a table."""
    return text.replace("\u00a0", " ").replace("\n", " ").replace("*", "\\*").replace("|", "\\|")
