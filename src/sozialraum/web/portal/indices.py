"""Pages of composites and typologies: parse what was asked for, take it from the release, render."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sozialraum.publishing.opendata import INDEX_FORMATS, Selection, export_scores, export_types
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.downloads import as_file
from sozialraum.web.portal.numbers import language
from sozialraum.web.portal.pages.composite import Asked, composite_page
from sozialraum.web.portal.pages.composite_view import find_composite
from sozialraum.web.portal.pages.typology import find_typology, typology_page
from sozialraum.web.portal.views import with_release


@with_release
def composite(request: HttpRequest, atlas: Atlas, composite: str) -> HttpResponse:
    """The page of a composite."""
    asked = Asked(*(request.GET.get(name) or None for name in ("ebene", "zeit", "gebiet", "ordnung")))
    return render(request, "portal/composite.html", composite_page(atlas, composite, asked))


@with_release
def composite_scores(request: HttpRequest, atlas: Atlas, composite: str, form: str) -> HttpResponse:
    """All scores of a composite as a file."""
    find_composite(atlas, composite)
    _check(form)
    return as_file(export_scores(_selection(atlas), composite, form))


@with_release
def typology_areas(request: HttpRequest, atlas: Atlas, typology: str, form: str) -> HttpResponse:
    """The types of all areas as a file."""
    find_typology(atlas, typology)
    _check(form)
    return as_file(export_types(_selection(atlas), typology, form))


def _selection(atlas: Atlas) -> Selection:
    return Selection(atlas.package, language=language())


def _check(form: str) -> None:
    if form not in INDEX_FORMATS:
        raise Http404(_("Ein Format „{name}“ gibt es dafür nicht.").format(name=form))


@with_release
def typology(request: HttpRequest, atlas: Atlas, typology: str) -> HttpResponse:
    """The page of a typology."""
    return render(request, "portal/typology.html", typology_page(atlas, typology, request.GET.get("ebene") or None))
