"""The formats of open data in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def format_words(form: str) -> str:
    """Say what a format is for."""
    words = {
        "csv": _("CSV (international)"),
        "csv-de": _("CSV (deutsch, mit Dezimalkomma)"),
        "xlsx": _("Excel"),
        "parquet": _("Parquet"),
        "sdmx-csv": _("SDMX-CSV"),
        "json-stat": _("JSON-stat"),
        "geojson": _("GeoJSON (mit Grenzen)"),
        "gpkg": _("GeoPackage (mit Grenzen)"),
    }
    return words[form]
