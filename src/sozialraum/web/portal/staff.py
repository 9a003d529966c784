"""Internal pages: releases with their internal package, for signed-in staff alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sozialraum.errors import ReleaseError
from sozialraum.releases import Depth, Release
from sozialraum.web.atlas.protection import protection
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.atlas.store import shelf
from sozialraum.web.portal.numbers import language, said
from sozialraum.web.portal.pages import internal as pages
from sozialraum.web.portal.pages import microcells
from sozialraum.web.portal.pages.indicator import choices, choose, ranked_rows, whole_row
from sozialraum.web.portal.pages.internal import steps
from sozialraum.web.portal.sentences import status_notes

P = ParamSpec("P")
DEPTHS: dict[str, Depth] = {"public": "public", "internal": "internal"}
"""The packages of a release by the word in an address."""

NOTHING_BUT_ITS_STYLE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""What a page may load that needs nothing beside it: no script, no picture, no request."""


class SignIn(LoginView):
    """The page to sign in; who is signed in already goes on."""

    template_name = "portal/sign_in.html"
    redirect_authenticated_user = True


def for_staff(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let signed-in staff in; others sign in first, residents are refused with a reason. Nothing is kept anywhere."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.is_staff):
            raise PermissionDenied(_("Interne Seiten sind für Beschäftigte der Stadt."))
        return view(request, *args, **kwargs)

    checked: Callable[..., HttpResponse] = never_cache(login_required(answer))
    return checked


@for_staff
def internal(request: HttpRequest) -> HttpResponse:
    """Every release, where it stands, and who did what."""
    store = shelf(settings.PROJECT_FOLDER).store
    releases = [(release, store.state(release), steps(release)) for release in reversed(store.releases())]
    return render(request, "portal/internal.html", {"releases": releases})


@for_staff
def release_page(request: HttpRequest, release: str, depth: str) -> HttpResponse:
    """One package of a release: what it holds, what was withheld and why."""
    found, atlas = _load(release, depth)
    return render(request, "portal/internal_release.html", pages.release_page(found, atlas, DEPTHS[depth]))


@for_staff
def disclosure_page(request: HttpRequest, release: str) -> HttpResponse:
    """The report on disclosure control that lies in a release, as it was signed."""
    found, _atlas = _load(release, "public")
    text = found.readable_audit(language())
    if text is None:
        raise Http404(_("Zu dieser Veröffentlichung gibt es keinen Bericht zur Geheimhaltung."))
    response = HttpResponse(text)
    response.headers["Content-Security-Policy"] = NOTHING_BUT_ITS_STYLE
    return response


@for_staff
def microcells_page(request: HttpRequest, release: str) -> HttpResponse:
    """The microcells of a release: how many, how large, and where."""
    found, atlas = _load(release, "internal")
    area, attribute = (request.GET.get(name) or None for name in ("gebiet", "merkmal"))
    page = microcells.microcells_page(found, atlas, area, attribute)
    return render(request, "portal/internal_microcells.html", page)


@for_staff
def indicator_page(request: HttpRequest, release: str, depth: str, indicator: str) -> HttpResponse:
    """The values of an indicator in one package of a release."""
    _found, atlas = _load(release, depth)
    panel, period = choose(atlas, indicator, request.GET.get("ebene") or None, request.GET.get("zeit") or None)
    rows = ranked_rows(atlas, panel, period)
    context: dict[str, Any] = {
        **choices(atlas, panel, period),
        "release": release,
        "depth": depth,
        "title": said(atlas.catalogue.indicators[indicator].title),
        "document": atlas.catalogue.indicators[indicator],
        "rows": rows,
        "whole_row": whole_row(atlas, panel, period),
        "notes": status_notes([row.value for row in rows], exact=not protection(atlas, indicator).changed),
        "back": reverse("portal:internal-release", args=(release, depth)),
    }
    return render(request, "portal/internal_indicator.html", context)


def _load(release: str, depth: str) -> tuple[Release, Atlas]:
    place = shelf(settings.PROJECT_FOLDER)
    try:
        found = place.store.release(release)
        return found, place.load(found, DEPTHS[depth])
    except (ReleaseError, KeyError) as error:
        raise Http404(_("Eine Veröffentlichung „{name}“ gibt es hier nicht.").format(name=release)) from error
