"""The page of a source: who delivers it, what of it is read, how its people are protected, what is made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.catalogue import SourceDoc
from sozialraum.indicators.descriptions import measure_text
from sozialraum.publishing.opendata import sources_of
from sozialraum.web.atlas.protection import protection_of_source
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import language, said
from sozialraum.web.portal.origin import rules_sentences
from sozialraum.web.portal.pages.entries import indicator_address


def source_page(atlas: Atlas, name: str) -> dict[str, Any]:
    """Return what the page of a source shows."""
    source = atlas.sources[name]
    rules = protection_of_source(atlas, source)
    documents = atlas.catalogue.indicators
    return {
        "source": source,
        "kind": _kinds()[source.kind],
        "read": list(_read(atlas, source)),
        "kept": _kept(source),
        "policy": rules.policies[0] if rules else None,
        "rules": list(rules_sentences(rules)) if rules else [],
        "indicators": [
            (said(documents[one].title), indicator_address(one))
            for one in atlas.indicators
            if name in sources_of(one, atlas.package)
        ],
    }


def _kinds() -> Mapping[str, str]:
    """Return what one row of a delivery is, by the kind of source."""
    return {
        "aggregate": _("Fertige Zahlen für ganze Gebiete, keine einzelnen Menschen."),
        "register": _("Einzelne Fälle, ohne Namen. Sie bleiben in der Statistikstelle; hinaus gehen nur Zahlen."),
        "buildings": _("Einzelne Gebäude. Sie bleiben in der Statistikstelle; hinaus gehen nur Zahlen."),
        "firms": _("Einzelne Betriebe. Sie bleiben in der Statistikstelle; hinaus gehen nur Zahlen."),
        "survey": _("Antworten einzelner Menschen, ohne Namen. Hinaus gehen nur Zahlen."),
        "offers": _("Angebote für alle, mit ihrem Ort."),
    }


def _read(atlas: Atlas, source: SourceDoc) -> Iterator[str]:
    """Name what is read of single records: their properties, and whether they have a place. Nothing else is."""
    if not source.personal:
        return
    codes, columns = atlas.catalogue.codes, source.columns.values()
    dimensions = [column.dimension for column in columns if column.dimension]
    yield from dict.fromkeys(said(codes[name].title) if name in codes else name for name in dimensions)
    yield from dict.fromkeys(measure_text(column.measure, codes, language()) for column in columns if column.measure)
    if any(column.address or column.coordinate or column.identifier for column in columns):
        yield _("wozu es gehört (Gebäude oder Fall), als Zeichenfolge, aus der sich nichts zurückrechnen lässt")


def _kept(source: SourceDoc) -> str:
    """Say how long single records are kept; empty where there are none, or where it is not said."""
    if source.retention_years is None:
        return ""
    return ngettext(
        "Einzelne Fälle werden {years} Jahr lang aufbewahrt und dann gelöscht.",
        "Einzelne Fälle werden {years} Jahre lang aufbewahrt und dann gelöscht.",
        source.retention_years,
    ).format(years=source.retention_years)
