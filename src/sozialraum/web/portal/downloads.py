"""Open data: files of the release as they are, and the values of one indicator as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sozialraum.tables import Status, Value
from sozialraum.web.atlas import outlines
from sozialraum.web.atlas.queries import listed_systems, shown_systems
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import said
from sozialraum.web.portal.views import with_release


@dataclass(frozen=True, slots=True)
class Download:
    """One file of the release."""

    name: str
    title: str
    kind: str
    size: int


def _files(atlas: Atlas) -> dict[str, Path]:
    folder = atlas.package.folder
    tables = [path for path in (folder / "values.parquet", folder / "counts.parquet") if path.exists()]
    areas = {f"{path.stem}.parquet": path for path in sorted((folder / "areas").glob("*.parquet"))}
    return {path.name: path for path in tables} | areas | {"manifest.json": atlas.release.folder / "manifest.json"}


@with_release
def data(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """What can be downloaded, and how it may be used."""
    titles = {
        "values.parquet": _("Alle Werte"),
        "counts.parquet": _("Alle Zählungen"),
        "manifest.json": _("Verzeichnis und Prüfsummen"),
    }
    names = {f"{name}.parquet": said(document.title) for name, document in atlas.systems.items()}
    downloads = [
        Download(name, titles.get(name) or names.get(name, name), path.suffix[1:], path.stat().st_size)
        for name, path in _files(atlas).items()
    ]
    systems = [(name, said(atlas.systems[name].title)) for name in shown_systems(atlas)]
    indicators = [(name, said(atlas.catalogue.indicators[name].title)) for name in atlas.indicators]
    context = {"downloads": downloads, "systems": systems, "indicators": indicators, "sources": atlas.sources.values()}
    return render(request, "portal/data.html", context)


@with_release
def data_file(request: HttpRequest, atlas: Atlas, name: str) -> HttpResponse:
    """One file of the public package, byte for byte; its sha256 stands in the manifest."""
    path = _files(atlas).get(name)
    if path is None:
        raise Http404(_("Eine Datei „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=name))
    kind = "application/json" if path.suffix == ".json" else "application/vnd.apache.parquet"
    stream = path.open("rb")
    return FileResponse(stream, as_attachment=True, filename=f"{atlas.id}-{name}", content_type=kind)  # type: ignore[return-value]


@with_release
def geojson(request: HttpRequest, atlas: Atlas, system: str) -> HttpResponse:
    """Borders of an area system, for the zoomable map and for everyone else."""
    if system not in shown_systems(atlas):
        raise Http404(
            _("Eine Gebietsgliederung „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=system)
        )
    return HttpResponse(outlines.geojson(atlas, system), content_type="application/geo+json")


@with_release
def indicator_csv(request: HttpRequest, atlas: Atlas, indicator: str) -> HttpResponse:
    """All values of an indicator with their status; ``?format=de`` with decimal comma and semicolon."""
    if indicator not in atlas.indicators:
        raise Http404(
            _("Eine Kennzahl mit der Adresse „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=indicator)
        )
    german = request.GET.get("format") == "de"
    response = HttpResponse(_csv(atlas, indicator, german=german), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{atlas.id}-{indicator}.csv"'
    return response


COLUMNS = (
    "indicator",
    "area_system",
    "area",
    "name",
    "period",
    "value",
    "lower",
    "upper",
    "numerator",
    "denominator",
    "status",
)
SYMBOLS = {Status.SUPPRESSED: ".", Status.MISSING: "...", Status.UNDEFINED: "x"}
"""What stands in place of a number, as in German official statistics."""


def _csv(atlas: Atlas, indicator: str, *, german: bool) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    systems = [atlas.city.whole, *listed_systems(atlas)] if atlas.city.whole else listed_systems(atlas)
    for system in systems:
        panel = atlas.panel(indicator, system)
        for (area, period), value in sorted(panel.values.items()) if panel else ():
            name = atlas.areas[system][area].name if area in atlas.areas[system] else area
            writer.writerow(
                (indicator, system, area, name, period, *_numbers(value, german=german), value.status.value)
            )
    return out.getvalue().encode("utf-8-sig" if german else "utf-8")


def _numbers(value: Value, *, german: bool) -> tuple[str, ...]:
    first = SYMBOLS[value.status] if value.value is None else repr(value.value)
    rest = (
        "" if part is None else repr(part) for part in (value.lower, value.upper, value.numerator, value.denominator)
    )
    return tuple(
        text.replace(".", ",") if german and text != "." and text != "..." else text for text in (first, *rest)
    )
