"""The reference page of one indicator, docs/reference/indicators/ID.md, from its document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from sozialraum.catalogue import Catalogue, ColumnDoc, IndicatorDoc, Measure, SourceDoc, universe_of
from sozialraum.indicators.descriptions import measure_text
from sozialraum.indicators.numerals import format_period, format_value
from sozialraum.indicators.reference import (
    INTERVAL,
    LANGUAGE,
    POLARITY,
    anchor,
    asked_measures,
    declared,
    plain,
    unit_words,
)
from sozialraum.tables import Status, Value

CHANGE = "../../how-to/add-an-indicator.md#change-one-that-comes-with-the-software"
DECIMALS = ("", ", 1 decimal", ", 2 decimals", ", 3 decimals", ", 4 decimals")

FORMULAS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "share": ("The numerator as a part of the denominator, in percent.", "100 · {top} / {base}"),
        "rate": ("Cases per {per} of the denominator.", "{per} · {top} / {base}"),
        "ratio": ("The numerator per {per} of the denominator, which does not contain it.", "{per} · {top} / {base}"),
        "mean": ("A sum per unit.", "{top} / {base}"),
        "median": ("What half of the units stay below: the mean of the ten in the middle.", "median({top})"),
        "quantile": ("What a part of the units stay below: the mean of the ten around it.", "quantile({top}, {at})"),
        "gini": ("How unevenly an amount is spread over units.", "ΣΣ |xᵢ − xⱼ| / (2 n² x̄), x each unit's {top}"),
        "standardised": (
            "The rate that there would be if the denominator were as old as the standard population {standard}.",
            "{per} · Σ w (z / n) / Σ w, z and n those of one age group, w its weight",
        ),
        "dissimilarity": (
            "The part of the group that would have to move for it to be spread over the areas like everybody else.",
            "½ Σ |g/G − (n − g)/(N − G)|, g and n those of one area, G and N of all",
        ),
        "isolation": (
            "The group's share where its members live, on average.",
            "Σ g/G · g/n, g and n those of one area, G that of all",
        ),
        "gini between areas": (
            "How far the shares of any two areas lie apart, against the most that they could.",
            "ΣΣ nᵢ nⱼ |pᵢ − pⱼ| / (2 N² P (1 − P)), p = g/n of one area, P of all",
        ),
        "count": ("The plain number.", "{top}"),
        "figure": ("The number as it was delivered.", "{top}"),
        "change": ("Change in percent against {since}.", "100 · ({top} − {top}₀) / {top}₀"),
        "difference": ("Difference to {since}.", "{top} − {top}₀"),
        "index": ("A series in which {since} is 100.", "100 · {top} / {top}₀"),
    }
)
"""What each formula does, in words and as it is computed; z stands on top, n below."""


def indicator_page(name: str, catalogue: Catalogue, *, text: str, sources: Mapping[str, SourceDoc]) -> str:
    """Return the reference of one indicator as Markdown.

    Args:
        name: its id.
        catalogue: all documents.
        text: the document as it is written.
        sources: sources of a city that shows it; those that answer the indicator are named as examples.
    """
    document = catalogue.indicators[name]
    theme = catalogue.themes[document.theme].title.get(LANGUAGE)
    title = plain(document.title.get(LANGUAGE))
    head = [
        f"# {title}",
        "",
        f"{plain(document.title.de)} · `{name}` · [{theme}](../indicators.md#{anchor(theme)})",
        "",
        plain(document.definition.get(LANGUAGE)),
        "",
        f"*{plain(document.definition.de)}*",
    ]
    parts = (
        _worked_out(document, catalogue),
        _facts(document),
        _columns(document, sources),
        _used_by(name, catalogue),
        _written(name, text, document),
    )
    return "\n".join([*head, *(line for part in parts for line in part)]) + "\n"


def _worked_out(document: IndicatorDoc, catalogue: Catalogue) -> Iterator[str]:
    words, formula = (text.format_map(_names(document)) for text in FORMULAS[_kind(document)])
    yield from ("", "## How it is worked out", "", words, "", f"`{formula}`", "")
    if document.refers_to:
        other = catalogue.indicators[document.refers_to].title.get(LANGUAGE)
        yield f"z is the indicator [{plain(other)}]({document.refers_to}.md)."
        return
    yield from ("| | | |", "| --- | --- | --- |")
    for letter, side, measures in _sides(document):
        for measure in measures:
            yield f"| {letter} | {side} | {plain(measure_text(measure, catalogue.codes, LANGUAGE))} |"


def _sides(document: IndicatorDoc) -> Iterator[tuple[str, str, tuple[Measure, ...]]]:
    group = document.segregation is not None
    yield "g" if group else "z", "numerator", document.numerator
    yield "m", "subtracted", document.subtracted
    yield "n", "denominator", document.denominator


def _kind(document: IndicatorDoc) -> str:
    if document.segregation:
        return "gini between areas" if document.segregation.index == "gini" else document.segregation.index
    return "difference" if document.change and not document.change.relative else document.formula


def _names(document: IndicatorDoc) -> dict[str, str]:
    table = document.rate or document.ratio or document.standardised
    before = document.index.base if document.index else document.change.base if document.change else None
    steps = document.change.steps if document.change else 0
    return {
        "top": "(z − m)" if document.subtracted else "z",
        "base": "n",
        "per": f"{table.per:,.0f}" if table else "",
        "at": f"{document.quantile.at:g}" if document.quantile else "",
        "standard": document.standardised.standard if document.standardised else "",
        "since": before or ("the period before" if steps == 1 else f"{steps} periods before"),
    }


def _facts(document: IndicatorDoc) -> Iterator[str]:
    yield from ("", "## Facts", "", "| | |", "| --- | --- |")
    base = f"{document.minimum_base}; below it a value is unreliable" if document.minimum_base else ""
    governance = document.governance
    facts = {
        "Code": document.code or "",
        "Unit": f"{unit_words(document)}{DECIMALS[document.decimals]}",
        "Polarity": POLARITY[document.polarity],
        "Interval": INTERVAL[document.interval],
        "Smallest base": base,
        "Official table": document.source_table or "",
        "Target": _target(document),
        "Caveats": document.caveats.get(LANGUAGE) if document.caveats else "",
        "Owner": f"{governance.owner}, checked by {governance.checked_by}",
        "Next review": governance.next_review.isoformat(),
    }
    yield from (f"| {label} | {plain(fact)} |" for label, fact in facts.items() if fact)
    for found in document.breaks:
        yield f"| Break {format_period(found.period, LANGUAGE)} | {plain(found.why.get(LANGUAGE))} |"
    for change in document.changes:
        compared = "" if change.comparable else " Older values can not be compared."
        yield f"| Changed {change.date.isoformat()} | {plain(change.why.get(LANGUAGE))}{compared} |"


def _target(document: IndicatorDoc) -> str:
    if document.target is None:
        return ""
    value = format_value(document, Value(document.target.value, Status.OK), LANGUAGE)
    period = format_period(document.target.by, LANGUAGE)
    return f"{value} by {period} ({document.target.source.get(LANGUAGE)})"


# --- what answers it --------------------------------------------------------------------------------------------------


def _columns(document: IndicatorDoc, sources: Mapping[str, SourceDoc]) -> Iterator[str]:
    asked = asked_measures(document)
    if not asked:
        return
    single = " It is worked out from single records." if document.tally else ""
    by_age = " All of them are needed by age." if document.standardised else ""
    yield from ("", "## Columns that answer it", "")
    yield f"Written as a source declares them; finer ones that make them up do as well.{single}{by_age}"
    yield from ("", "```toml", "[columns]")
    yield from (f"column_{number} = {declared(measure)}" for number, measure in enumerate(asked, 1))
    yield "```"
    found: dict[str, dict[str, None]] = {}
    for measure in asked:
        for source, column in _answers(measure, sources):
            found.setdefault(source, {})[column] = None
    if found:
        yield from ("", "In Musterstadt:", "", "| source | columns |", "| --- | --- |")
        yield from (f"| `sources/{source}.toml` | {', '.join(columns)} |" for source, columns in found.items())


def _answers(measure: Measure, sources: Mapping[str, SourceDoc]) -> Iterator[tuple[str, str]]:
    """Yield source and column of everything that says what a measure asks for, where all of it is said."""
    wanted = {dimension for dimension, _ in measure.where}
    for name, source in sources.items():
        if source.extends:
            continue
        related = {name: source} | {id: other for id, other in sources.items() if other.extends == name}
        columns = [(id, at, column) for id, other in related.items() for at, column in _declared(other)]
        every = [column for _, _, column in columns]
        rows = universe_of(source) == measure.universe and wanted <= {column.dimension for column in every}
        numbers = [(id, at) for id, at, column in columns if _knows(column, measure, every)]
        if rows or numbers:
            yield from [(name, "each row is one")] if rows else []
            yield from ((id, f"`{at}`") for id, at in numbers)
            yield from ((id, f"`{at}`") for id, at, column in columns if column.dimension in wanted)


def _declared(source: SourceDoc) -> Iterator[tuple[str, ColumnDoc]]:
    yield from source.columns.items()
    if source.values:
        yield "the value cells", source.values


def _knows(column: ColumnDoc, measure: Measure, every: Iterable[ColumnDoc]) -> bool:
    """Tell whether a column has a measure's number, narrowed by the dimensions of the columns beside it."""
    if column.measure is None or column.measure.universe != measure.universe:
        return False
    own = dict(column.measure.where)
    by_column = {other.dimension for other in every if other.dimension}
    wanted = {dimension for dimension, _ in measure.where}
    return wanted <= own.keys() | by_column and own.keys() <= wanted | by_column


# --- where it goes ----------------------------------------------------------------------------------------------------


def _used_by(name: str, catalogue: Catalogue) -> Iterator[str]:
    composites = [
        f"[{plain(title)}](../composites.md#{anchor(title)})"
        for composite in catalogue.composites.values()
        if name in (part.indicator for part in composite.inputs)
        for title in [composite.title.get(LANGUAGE)]
    ]
    made = [
        f"[{plain(other.title.get(LANGUAGE))}]({id}.md)"
        for id, other in catalogue.indicators.items()
        if other.refers_to == name
    ]
    if used := [*composites, *made]:
        yield from ("", "## Used by", "", *(f"- {link}" for link in used))


def _written(name: str, text: str, document: IndicatorDoc) -> Iterator[str]:
    """Quote the formula as the document writes it."""
    found = re.search(rf"^\[{document.formula}\]\n(?:(?!\[|\n).*\n)*", text, re.MULTILINE)
    path = f"src/sozialraum/catalogue/indicators/{name}.toml"
    yield from ("", "## As TOML", "", "```toml", *(found[0] if found else "").splitlines(), "```", "")
    yield f"The whole document is [`{name}.toml`](../../../{path}). A city's own of this name, in its folder"
    yield f"`indicators/`, takes its place ([how]({CHANGE}))."
