"""The catalogue of indicators as a table."""

from __future__ import annotations

import csv
import io

from sozialraum.indicators import denominator_text, numerator_text
from sozialraum.publishing.exports.table import Selection, source_text, unit_text

CATALOGUE_COLUMNS = (
    "indicator",
    "code",
    "title",
    "definition",
    "theme",
    "unit",
    "polarity",
    "numerator",
    "denominator",
    "interval",
    "minimum_base",
    "source",
    "source_table",
    "owner",
    "checked_by",
    "next_review",
    "tags",
    "release",
)


def catalogue_csv(selection: Selection) -> bytes:
    """Return the selected indicators that have values in the release, one row each: what they mean, who answers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CATALOGUE_COLUMNS)
    for indicator in selection.documents:
        writer.writerow(_row(selection, indicator))
    return out.getvalue().encode()


def _row(selection: Selection, indicator: str) -> tuple[object, ...]:
    language, catalogue = selection.language, selection.package.catalogue
    document = selection.documents[indicator]
    theme = catalogue.themes.get(document.theme)
    return (
        indicator,
        document.code or "",
        document.title.get(language),
        document.definition.get(language),
        theme.title.get(language) if theme else document.theme,
        unit_text(document, language),
        document.polarity,
        numerator_text(document, catalogue.codes, language),
        denominator_text(document, catalogue.codes, language),
        document.interval,
        document.minimum_base,
        "; ".join(source_text(source, language) for source in selection.sources_of(indicator)),
        document.source_table or "",
        document.governance.owner,
        document.governance.checked_by,
        document.governance.next_review.isoformat(),
        ", ".join(document.tags),
        selection.release.id,
    )
