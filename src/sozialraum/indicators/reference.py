"""The reference of the catalogue, docs/reference/indicators.md: one section for each indicator, from its document."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sozialraum.catalogue import Catalogue, IndicatorDoc
from sozialraum.indicators.descriptions import denominator_text, numerator_text
from sozialraum.indicators.language import texts
from sozialraum.indicators.numerals import format_period, with_unit

LANGUAGE = "en"
POLARITY = {
    "high_is_good": "a high value is favourable",
    "low_is_good": "a low value is favourable",
    "neutral": "neither high nor low is judged",
}
INTERVAL = {"wilson": "Wilson, 95 %", "byar": "Byar, 95 %", "none": "none"}


def indicator_reference(catalogue: Catalogue) -> str:
    """Return the reference of every indicator as Markdown, by theme and title."""
    themes = sorted(catalogue.themes.items(), key=lambda item: item[1].order)
    sections = chain.from_iterable(_theme(catalogue, name) for name, _ in themes)
    head = [
        "# Indicators",
        "",
        f"{len(catalogue.indicators)} indicators are built in. A city adds its own, or replaces one, with a file of",
        "the same name in its folder `indicators/`. Made from the documents in `src/sozialraum/catalogue/indicators`.",
    ]
    return "\n".join([*head, *sections]) + "\n"


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
    yield "Unit", _unit(document)
    yield "Polarity", POLARITY[document.polarity]
    yield "Interval", INTERVAL[document.interval]
    yield "Smallest base", f"{document.minimum_base}; below it a value is unreliable" if document.minimum_base else ""
    yield "Official table", document.source_table or ""
    yield "Caveats", document.caveats.get(LANGUAGE) if document.caveats else ""
    yield "Breaks", " ".join(f"{format_period(b.period, LANGUAGE)}: {b.why.get(LANGUAGE)}" for b in document.breaks)
    yield "Owner", f"{document.governance.owner}, checked by {document.governance.checked_by}"
    yield "Next review", document.governance.next_review.isoformat()
    yield "Changes", " ".join(f"{change.date.isoformat()}: {change.why.get(LANGUAGE)}" for change in document.changes)


def _formula(document: IndicatorDoc) -> str:
    if document.change:
        since = f"since {document.change.base}" if document.change.base else f"over {document.change.steps} periods"
        kind = "relative change" if document.change.relative else "change"
        return f"{kind} {since}"
    return f"index, {document.index.base} = 100" if document.index else document.formula


def _unit(document: IndicatorDoc) -> str:
    """Return the unit as it stands behind a number; a plain number has none to show."""
    pattern = str(texts(LANGUAGE)["units"][document.unit])
    return with_unit("…", document.unit, LANGUAGE).replace("…", "").strip() if pattern != "{number}" else "number"


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, also in a table."""
    return text.replace("\u00a0", " ").replace("\n", " ").replace("*", "\\*").replace("|", "\\|")
