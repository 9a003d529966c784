"""Open data: everything that pages show as files, and the files of the release as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sozialraum.publishing.opendata import FORMATS, Export, Selection, catalogue_csv, describe, export, formats_of
from sozialraum.releases.release import TYPOLOGIES
from sozialraum.web.atlas import outlines
from sozialraum.web.atlas.queries import shown_systems
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.formats import format_words
from sozialraum.web.portal.numbers import language, said
from sozialraum.web.portal.pages.source import source_page
from sozialraum.web.portal.views import with_release

WHOLE = ("csv-de", "csv", "parquet", "sdmx-csv")
"""Formats in which all values can be had at once."""


@dataclass(frozen=True, slots=True)
class Download:
    """One file of the release as it lies on disk."""

    name: str
    title: str
    size: int


def _files(atlas: Atlas) -> dict[str, Path]:
    folder = atlas.package.folder
    found = [*sorted(folder.glob("*.parquet")), *folder.glob(TYPOLOGIES), *sorted((folder / "areas").glob("*.parquet"))]
    return {path.name: path for path in found}


MANIFEST = "manifest.json"
TOLD = ("id", "created", "software", "city", "policies", "measures", "changed")


def _manifest(atlas: Atlas) -> bytes:
    """Return what everyone may know of the manifest: the rules, and the hashes of the public files alone.

    With the hash of a delivery or of an internal table, withheld numbers can be found by trying all that fit; how many
    numbers were withheld for themselves is nobody's business either.
    """
    whole = atlas.release.manifest
    files = {name: entry for name, entry in whole["files"].items() if name.startswith("public/")}
    told = {name: whole[name] for name in TOLD if name in whole} | {"files": files}
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _titles(atlas: Atlas) -> dict[str, str]:
    titles = {
        "values.parquet": _("Alle Werte"),
        "counts.parquet": _("Alle Zählungen"),
        "composites.parquet": _("Werte der Indizes"),
        TYPOLOGIES: _("Typen von Gebieten"),
        "offers.parquet": _("Hilfsangebote"),
        "origins.parquet": _("Aus welcher Lieferung jede Zählung stammt"),
        MANIFEST: _("Verzeichnis und Prüfsummen"),
    }
    return titles | {f"{name}.parquet": said(document.title) for name, document in atlas.systems.items()}


@with_release
def data(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """What can be downloaded, and how it may be used."""
    titles = _titles(atlas)
    sizes = {name: path.stat().st_size for name, path in _files(atlas).items()} | {MANIFEST: len(_manifest(atlas))}
    context = {
        "whole": [(form, format_words(form)) for form in WHOLE],
        "downloads": [Download(name, titles.get(name, name), size) for name, size in sizes.items()],
        "systems": [(name, said(atlas.systems[name].title)) for name in shown_systems(atlas)],
        "indicators": [(name, said(atlas.catalogue.indicators[name].title)) for name in atlas.indicators],
        "sources": atlas.sources,
    }
    return render(request, "portal/data.html", context)


@with_release
def source(request: HttpRequest, atlas: Atlas, source: str) -> HttpResponse:
    """One source: who delivers it, what of it is read, how its people are protected, what is made from it."""
    if source not in atlas.sources:
        raise Http404(_("Eine Quelle „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=source))
    return render(request, "portal/source.html", source_page(atlas, source))


@with_release
def release_file(request: HttpRequest, atlas: Atlas, name: str) -> HttpResponse:
    """One file of the public package, byte for byte; its sha256 stands in the public part of the manifest."""
    if name == MANIFEST:
        return _as_file(_manifest(atlas), "application/json", f"{atlas.id}-{name}")
    path = _files(atlas).get(name)
    if path is None:
        raise Http404(_("Eine Datei „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=name))
    kind = FORMATS["parquet"].media_type if path.suffix == ".parquet" else "application/json"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{atlas.id}-{name}", content_type=kind)
    return response  # type: ignore[return-value]  # a streaming answer is one too


@with_release
def values(request: HttpRequest, atlas: Atlas, form: str) -> HttpResponse:
    """All values of the release in one format, or of one area system with its borders."""
    system = request.GET.get("ebene") or None
    if system is not None and system not in shown_systems(atlas):
        raise Http404(
            _("Eine Gebietsgliederung „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=system)
        )
    return _answer(Selection(atlas.package, area_system=system, language=language()), form)


@with_release
def indicator_values(request: HttpRequest, atlas: Atlas, indicator: str, form: str) -> HttpResponse:
    """All values of one indicator in one format, of one area system if ``ebene`` names it."""
    if indicator not in atlas.indicators:
        raise Http404(
            _("Eine Kennzahl mit der Adresse „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=indicator)
        )
    system = request.GET.get("ebene") or None
    if system is not None and (indicator, system) not in atlas.parts:
        raise Http404(_("Für die Gebietsgliederung „{name}“ gibt es diese Kennzahl nicht.").format(name=system))
    selection = Selection(atlas.package, indicator=indicator, area_system=system, language=language())
    return _answer(selection, form)


def _answer(selection: Selection, form: str) -> HttpResponse:
    if form not in formats_of(selection):
        raise Http404(_("Ein Format „{name}“ gibt es dafür nicht.").format(name=form))
    return as_file(export(selection, form))


def as_file(file: Export) -> HttpResponse:
    """Return an answer that a browser keeps as a file."""
    return _as_file(file.content, file.media_type, file.name)


def _as_file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@with_release
def catalogue(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """What each indicator means and who answers for it, as a table."""
    content = catalogue_csv(Selection(atlas.package, language=language()))
    return _as_file(content, FORMATS["csv"].media_type, f"{atlas.id}-catalogue.csv")


@with_release
def metadata(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """The description of the open data for data portals (DCAT-AP.de)."""
    content = describe(
        Selection(atlas.package, language=language()),
        address=request.build_absolute_uri(reverse("portal:data")),
        file_address=lambda form: request.build_absolute_uri(reverse("portal:values", args=(form,))),
    )
    return HttpResponse(content, content_type="application/ld+json")


@with_release
def geojson(request: HttpRequest, atlas: Atlas, system: str) -> HttpResponse:
    """Light borders of an area system for the zoomable map."""
    if system not in shown_systems(atlas):
        raise Http404(
            _("Eine Gebietsgliederung „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=system)
        )
    return HttpResponse(outlines.geojson(atlas, system), content_type="application/geo+json")
