"""The reference of composites, docs/reference/composites.md, from their documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sozialraum.catalogue import Catalogue, ClassDoc, CompositeDoc, InputDoc
from sozialraum.indicators.reference import LANGUAGE, anchor, plain

HEAD = """\
# Composites

One figure made from several indicators by a published recipe, with named classes. What stands in a document is what is
computed, step by step; how, and what a composite can not say, is in
[Composites, types, similar areas, inequality](../explanation/composites.md). A city adds its own, or replaces one, with
a file of the same name in its folder `composites/`. Made from the documents in `src/sozialraum/catalogue/composites`.
"""

STANDARDISED = {
    "z": "distance from the mean in standard deviations",
    "min_max": "0 for the lowest, 1 for the highest",
    "exponential_ranks": "ranks from 0 to 100, the highest spread out",
}


def composite_reference(catalogue: Catalogue) -> str:
    """Return every composite as Markdown, by title."""
    ordered = sorted(catalogue.composites.items(), key=lambda item: item[1].title.get(LANGUAGE))
    sections = [line for name, document in ordered for line in _section(name, document, catalogue)]
    return "\n".join([*HEAD.splitlines(), *sections]) + "\n"


def _section(name: str, document: CompositeDoc, catalogue: Catalogue) -> Iterator[str]:
    yield from ("", f"## {plain(document.title.get(LANGUAGE))}", "", f"{plain(document.title.de)} · `{name}`", "")
    yield from (plain(document.definition.get(LANGUAGE)), "", f"*{plain(document.definition.de)}*", "")
    yield from ("| input | weight | a high value | period |", "| --- | --- | --- | --- |")
    for part in document.inputs:
        yield f"| {_link(part, catalogue)} | {part.weight:g} | {part.direction} the score | {part.period} |"
    yield from ("", "| | |", "| --- | --- |")
    yield from (f"| {label} | {plain(text)} |" for label, text in _facts(document) if text)


def _link(part: InputDoc, catalogue: Catalogue) -> str:
    if part.indicator:
        return f"[{plain(catalogue.indicators[part.indicator].title.get(LANGUAGE))}](indicators/{part.indicator}.md)"
    title = catalogue.composites[part.name].title.get(LANGUAGE)
    return f"[{plain(title)}](#{anchor(title)})"


def _facts(document: CompositeDoc) -> Iterator[tuple[str, str]]:
    weighted = ", each resident counts once" if document.standardise.weighted == "population" else ""
    yield "Standardised", f"{STANDARDISED[document.standardise.method]}{weighted}"
    again = ", then standardised again" if document.combine.standardise else ""
    yield "Combined", f"{document.combine.method} of weight times standardised value{again}"
    yield "Classes", _classes(document.classes)
    if document.dynamics:
        yield f"Dynamics over {document.dynamics.years} years", _classes(document.dynamics.classes)
    if document.shrinkage:
        yield "Shrunk towards", f"the larger area of {document.shrinkage.to}"
    yield "Smallest areas", f"{document.minimum_residents} residents" if document.minimum_residents else ""
    yield "At least", f"{document.minimum_areas} areas"
    yield "Larger areas", "mean of those inside, by residents" if document.aggregate == "population" else "no score"
    yield "Caveats", document.caveats.get(LANGUAGE)
    yield "Sources", " ".join(f"{source}." for source in document.sources)
    yield "Owner", f"{document.governance.owner}, checked by {document.governance.checked_by}"
    yield "Next review", document.governance.next_review.isoformat()
    yield "Changes", " ".join(f"{change.date.isoformat()}: {change.why.get(LANGUAGE)}" for change in document.changes)


def _classes(classes: Sequence[ClassDoc]) -> str:
    return "; ".join(f"{found.title.get(LANGUAGE)} ({_end(found)})" for found in classes)


def _end(found: ClassDoc) -> str:
    if found.below is not None:
        return f"below {found.below:g}"
    return "the highest" if found.up_to is None else f"up to {found.up_to:g}"
