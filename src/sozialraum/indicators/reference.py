"""The reference of the catalogue, docs/reference/indicators.md: one section for each indicator, from its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from sozialraum.catalogue import Catalogue, CodeListDoc, IndicatorDoc, Measure
from sozialraum.catalogue.measures import FIGURE
from sozialraum.indicators.descriptions import denominator_text, numerator_text
from sozialraum.indicators.language import texts
from sozialraum.indicators.numerals import format_period, format_value, with_unit
from sozialraum.tables import Status, Value

LANGUAGE = "en"
POLARITY = {
    "high_is_good": "a high value is favourable",
    "low_is_good": "a low value is favourable",
    "neutral": "neither high nor low is judged",
}
INTERVAL = {"wilson": "Wilson, 95 %", "byar": "Byar, 95 %", "dobson": "Dobson, 95 %", "none": "none"}

HEAD = """\
# Indicators

{number} indicators are built in. A city adds its own, or replaces one, with a file of
the same name in its folder `indicators/`. Made from the documents in `src/sozialraum/catalogue/indicators`.

**Asks for** says which numbers an indicator needs, in the words with which a source declares a column of a table (see
[Add a source](../how-to/add-a-source.md)). Finer tables do as well, where their codes make up what is asked: ages 0-5
and 6-17 make 0-17, women and men make everybody. A register has no such columns: it says `universe = "persons"` and has
a column for each dimension. All codes are [at the end](#dimensions-and-their-codes).
"""


def indicator_reference(catalogue: Catalogue) -> str:
    """Return the reference of every indicator as Markdown, by theme and title."""
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
        yield f"| `{name}` | {_plain(document.title.get(LANGUAGE))} | {shown} |"


def _theme(catalogue: Catalogue, theme: str) -> Iterator[str]:
    found = {name: document for name, document in catalogue.indicators.items() if document.theme == theme}
    if not found:
        return
    yield from ("", f"## {catalogue.themes[theme].title.get(LANGUAGE)}")
    for name, document in sorted(found.items(), key=lambda item: (item[1].code or "~", item[0])):
        yield from _section(name, document, catalogue)


def _section(name: str, document: IndicatorDoc, catalogue: Catalogue) -> Iterator[str]:
    yield from ("", f"### {_plain(document.title.get(LANGUAGE))}", "", f"{_plain(document.title.de)} · `{name}`", "")
    yield from (_plain(document.definition.get(LANGUAGE)), "")
    yield from ("| | |", "| --- | --- |")
    for label, text in _facts(document, catalogue):
        if text:
            yield f"| {label} | {_plain(text)} |"


def _facts(document: IndicatorDoc, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield "Code", document.code or ""
    yield "Formula", _formula(document)
    yield "Numerator", numerator_text(document, catalogue.codes, LANGUAGE)
    yield "Denominator", denominator_text(document, catalogue.codes, LANGUAGE)
    yield "Asks for", _asked(document)
    yield "Unit", _unit(document)
    yield "Polarity", POLARITY[document.polarity]
    yield "Interval", INTERVAL[document.interval]
    yield "Smallest base", f"{document.minimum_base}; below it a value is unreliable" if document.minimum_base else ""
    yield "Official table", document.source_table or ""
    yield "Caveats", document.caveats.get(LANGUAGE) if document.caveats else ""
    yield "Target", _target(document)
    yield "Breaks", " ".join(f"{format_period(b.period, LANGUAGE)}: {b.why.get(LANGUAGE)}" for b in document.breaks)
    yield "Owner", f"{document.governance.owner}, checked by {document.governance.checked_by}"
    yield "Next review", document.governance.next_review.isoformat()
    yield "Changes", " ".join(f"{change.date.isoformat()}: {change.why.get(LANGUAGE)}" for change in document.changes)


def _asked(document: IndicatorDoc) -> str:
    """Return what the indicator asks for as columns of a source declare it."""
    own = (measure for measure in document.measures if measure.base is None)
    measures = dict.fromkeys(measure.summed if measure.statistic else measure for measure in own)
    other = [f"what `{document.refers_to}` asks for"] if document.refers_to else []
    single = " (single records)" if document.tally else ""
    by_age = ", all by age" if document.standardised else ""
    return ", ".join([*other, *(f"`{_declared(measure)}`" for measure in measures)]) + single + by_age


def _declared(measure: Measure) -> str:
    """Return a measure as a column of a source declares it."""
    universe, _, amount = measure.universe.partition("@")[0].partition(".")
    role = f'count = "{universe}"' if not amount else f'amount = "{amount}", universe = "{universe}"'
    if universe == FIGURE:
        role = f'figure = "{amount}"'
    where = ", ".join(f'{dimension} = "{codes}"' for dimension, codes in measure.where)
    return f"{{ {role}, where = {{ {where} }} }}" if where else f"{{ {role} }}"


def _formula(document: IndicatorDoc) -> str:
    if document.change:
        since = f"since {document.change.base}" if document.change.base else f"over {document.change.steps} periods"
        kind = "relative change" if document.change.relative else "change"
        return f"{kind} {since}"
    if document.standardised:
        return f"rate, directly standardised to {document.standardised.standard}"
    return f"index, {document.index.base} = 100" if document.index else document.formula


def _unit(document: IndicatorDoc) -> str:
    """Return the unit as it stands behind a number; a plain number has none to show."""
    pattern = str(texts(LANGUAGE)["units"][document.unit])
    return with_unit("…", document.unit, LANGUAGE).replace("…", "").strip() if pattern != "{number}" else "number"


def _target(document: IndicatorDoc) -> str:
    if document.target is None:
        return ""
    value = format_value(document, Value(document.target.value, Status.OK), LANGUAGE)
    period = format_period(document.target.by, LANGUAGE)
    return f"{value} by {period} ({document.target.source.get(LANGUAGE)})"


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, also in a table."""
    return text.replace("\u00a0", " ").replace("\n", " ").replace("*", "\\*").replace("|", "\\|")
