"""Pages: parse what was asked for, take it from the release, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sozialraum.web import assets
from sozialraum.web.atlas import queries
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.pagecache import LOOK_COOKIE
from sozialraum.web.portal.frame import LOOKS, published
from sozialraum.web.portal.numbers import said
from sozialraum.web.portal.pages import comparison as comparing
from sozialraum.web.portal.pages import indicator as indicators
from sozialraum.web.portal.pages import profile as profiles
from sozialraum.web.portal.pages.areas import areas_page
from sozialraum.web.portal.pages.entries import area_address, indicator_entry
from sozialraum.web.portal.pages.indices import found_entries, index_entries
from sozialraum.web.portal.pages.start import start_page, theme_entries
from sozialraum.web.portal.pages.warnings import warnings_page

P = ParamSpec("P")
YEAR = 60 * 60 * 24 * 365
TEXT_PAGES = {
    "about": "portal/about.html",
    "imprint": "portal/imprint.html",
    "accessibility": "portal/accessibility.html",
    "privacy": "portal/privacy.html",
    "easy": "portal/easy.html",
}


def with_release(
    view: Callable[Concatenate[HttpRequest, Atlas, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Hand the published release to a view; without one, say so and what to do."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        atlas = published()
        if atlas is None:
            return render(request, "portal/empty.html", status=503)
        return view(request, atlas, *args, **kwargs)

    safe: Callable[..., HttpResponse] = require_safe(answer)
    return safe


@with_release
def start(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """The start page."""
    return render(request, "portal/start.html", start_page(atlas))


@with_release
def search(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """Areas, indicators, composites and typologies that have every word of the question."""
    text = request.GET.get("q", "").strip()[:100]
    found = queries.search(atlas, text)
    areas = [(area, area_address(area), said(atlas.systems[area.system].short)) for area in found.areas]
    entries = [indicator_entry(atlas, indicator) for indicator in found.indicators]
    context = {"text": text, "areas": areas, "indicators": entries, "indices": found_entries(atlas, text)}
    return render(request, "portal/search.html", context)


@with_release
def map_page(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """A large map of an indicator of the reader's choice."""
    wanted = request.GET.get("kennzahl") or _first_rate(atlas)
    page = indicators.map_page(atlas, wanted, request.GET.get("ebene") or None, request.GET.get("zeit") or None)
    options = [
        (
            said(atlas.catalogue.themes[theme].title),
            [(name, said(atlas.catalogue.indicators[name].title)) for name in names],
        )
        for theme, names in queries.by_theme(atlas).items()
    ]
    return render(request, "portal/map.html", {**page, "options": options})


def _first_rate(atlas: Atlas) -> str:
    keys = (*queries.key_indicators(atlas), *atlas.indicators)
    mapped = [name for name in keys if queries.systems_of(atlas, name)]
    rates = [name for name in mapped if atlas.catalogue.indicators[name].unit != "count"]
    if not mapped:
        raise Http404(_("Diese Veröffentlichung enthält keine Kennzahlen für Gebiete."))
    return (rates or mapped)[0]


@with_release
def areas(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """Every area, on a map and in a list."""
    return render(request, "portal/areas.html", areas_page(atlas))


@with_release
def profile(request: HttpRequest, atlas: Atlas, system: str, code: str) -> HttpResponse:
    """The profile of an area."""
    area = profiles.find_area(atlas, system, code)
    against = profiles.choose_against(request.GET.get("vergleich"))
    page = profiles.profile_page(atlas, area, request.GET.get("zeit") or None, against)
    return render(request, "portal/profile.html", page)


@with_release
def themes(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """Every theme."""
    return render(request, "portal/themes.html", {"themes": theme_entries(atlas), "indices": index_entries(atlas)})


@with_release
def theme(request: HttpRequest, atlas: Atlas, theme: str) -> HttpResponse:
    """The indicators of one theme."""
    names = queries.by_theme(atlas).get(theme)
    if names is None:
        raise Http404(_("Ein Thema „{name}“ gibt es in dieser Veröffentlichung nicht.").format(name=theme))
    entries = [indicator_entry(atlas, name) for name in names]
    return render(request, "portal/theme.html", {"theme": atlas.catalogue.themes[theme], "indicators": entries})


@with_release
def catalogue(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """Every indicator, by theme, narrowed down by a search."""
    text, wanted = request.GET.get("q", "").strip()[:100], request.GET.get("thema", "")
    found = set(queries.search(atlas, text).indicators) if text else set(atlas.indicators)
    groups = [
        (said(atlas.catalogue.themes[theme].title), [indicator_entry(atlas, name) for name in names if name in found])
        for theme, names in queries.by_theme(atlas).items()
        if wanted in ("", theme)
    ]
    context = {"text": text, "theme": wanted, "themes": theme_entries(atlas), "groups": [g for g in groups if g[1]]}
    return render(request, "portal/catalogue.html", context)


@with_release
def indicator(request: HttpRequest, atlas: Atlas, indicator: str) -> HttpResponse:
    """The page of an indicator."""
    system, period = request.GET.get("ebene") or None, request.GET.get("zeit") or None
    return render(request, "portal/indicator.html", indicators.indicator_page(atlas, indicator, system, period))


@with_release
def comparison(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """Areas side by side."""
    areas = comparing.parse_areas(atlas, request.GET.getlist("gebiet"))
    page = comparing.comparison_page(atlas, areas, request.GET.get("zeit") or None)
    return render(request, "portal/comparison.html", page)


@with_release
def warnings(request: HttpRequest, atlas: Atlas) -> HttpResponse:
    """Early warnings, by area or by theme."""
    return render(request, "portal/warnings.html", warnings_page(atlas, request.GET.get("ordnung", "")))


@require_safe
def text_page(request: HttpRequest, page: str) -> HttpResponse:
    """About, imprint, accessibility, data protection, plain language."""
    return render(request, TEXT_PAGES[page])


@require_safe
def look(request: HttpRequest, look: str) -> HttpResponse:
    """Remember how the reader wants to see pages, and go back to where they were."""
    if look not in LOOKS:
        raise Http404(_("Diese Darstellung gibt es nicht."))
    back = request.GET.get("weiter", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    response = HttpResponseRedirect(back if safe else reverse("portal:start"))
    if look == LOOKS[-1]:
        response.delete_cookie(LOOK_COOKIE)
    else:
        response.set_cookie(LOOK_COOKIE, look, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is not there, and what to do instead."""
    reason = str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
    return render(request, "404.html", {"reason": reason}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke here; needs nothing that could be what broke: no release, no database, no frame."""
    look = request.COOKIES.get(LOOK_COOKIE, "")
    context = {"build": assets.build(), "language": get_language() or "de", "look": look}
    return HttpResponse(render_to_string("500.html", context), status=500)
