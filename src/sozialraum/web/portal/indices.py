"""Pages of composites and typologies: parse what was asked for, take it from the release, render."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.pages.composite import Asked, composite_page
from sozialraum.web.portal.pages.typology import typology_page
from sozialraum.web.portal.views import with_release


@with_release
def composite(request: HttpRequest, atlas: Atlas, composite: str) -> HttpResponse:
    """The page of a composite."""
    asked = Asked(*(request.GET.get(name) or None for name in ("ebene", "zeit", "gebiet", "ordnung")))
    return render(request, "portal/composite.html", composite_page(atlas, composite, asked))


@with_release
def typology(request: HttpRequest, atlas: Atlas, typology: str) -> HttpResponse:
    """The page of a typology."""
    return render(request, "portal/typology.html", typology_page(atlas, typology, request.GET.get("ebene") or None))
