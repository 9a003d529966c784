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

from sozialraum.errors import ReleaseError, SozialraumError
from sozialraum.releases import Depth, Release
from sozialraum.releases.what_if import read_what_if
from sozialraum.web.accounts import Role, role_of
from sozialraum.web.atlas.protection import protection
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.atlas.store import shelf
from sozialraum.web.portal.numbers import language, said
from sozialraum.web.portal.pages import internal as pages
from sozialraum.web.portal.pages import microcells, what_if
from sozialraum.web.portal.pages.indicator import choices, choose, ranked_rows, whole_row
from sozialraum.web.portal.pages.internal import steps
from sozialraum.web.portal.pages.what_if_choice import choose as choose_what_if
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
    return _guarded(view, why_no_staff)


def for_stewards(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let signed-in stewards in; other staff is refused with a reason too. Nothing is kept anywhere."""
    return _guarded(view, why_no_steward)


def _guarded(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse], refusal: Callable[[HttpRequest], str]
) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if reason := refusal(request):
            raise PermissionDenied(reason)
        return view(request, *args, **kwargs)

    checked: Callable[..., HttpResponse] = never_cache(login_required(answer))
    return checked


def why_no_staff(request: HttpRequest) -> str:
    """Say why somebody may not see internal pages; nothing where they may."""
    is_staff = isinstance(request.user, User) and request.user.is_staff
    return "" if is_staff else _("Interne Seiten sind für Beschäftigte der Stadt.")


def why_no_steward(request: HttpRequest) -> str:
    """Say why somebody may not see which numbers are withheld because they are small; nothing where they may."""
    if reason := why_no_staff(request):
        return reason
    is_steward = isinstance(request.user, User) and role_of(request.user) is Role.STEWARD
    return "" if is_steward else _("Diese Seite sagt, welche Zahlen klein sind. Sie ist für Datenverantwortliche.")


@for_staff
def internal(request: HttpRequest) -> HttpResponse:
    """Every release, where it stands, and who did what."""
    store = shelf(settings.PROJECT_FOLDER).store
    releases = [(release, store.state(release), steps(release)) for release in reversed(store.releases())]
    return render(request, "portal/internal.html", {"releases": releases, "is_steward": not why_no_steward(request)})


@for_stewards
def what_if_page(request: HttpRequest) -> HttpResponse:
    """What the policies withhold, and what others would, as the command ``disclosure`` kept it."""
    place = shelf(settings.PROJECT_FOLDER)
    try:
        report = read_what_if(place.store.folder)
    except ReleaseError as error:
        return render(request, "portal/internal_what_if.html", {"problem": error.faults[0]})
    if report is None:
        return render(request, "portal/internal_what_if.html", {})
    atlas = _newest(request.GET.get("paket") or next(iter(report.packages), "public"))
    choice = choose_what_if(report, atlas, request.GET)
    return render(request, "portal/internal_what_if.html", what_if.page(report, atlas, choice))


def _newest(depth: str) -> Atlas | None:
    """Return a package of the newest release that can be read, for names and borders of areas."""
    place = shelf(settings.PROJECT_FOLDER)
    releases = place.store.releases()
    try:
        return place.load(releases[-1], DEPTHS[depth]) if releases and depth in DEPTHS else None
    except SozialraumError:
        return None


@for_staff
def release_page(request: HttpRequest, release: str, depth: str) -> HttpResponse:
    """One package of a release: what it holds, what was withheld and why."""
    found, atlas = _load(release, depth)
    page = pages.release_page(found, atlas, DEPTHS[depth])
    return render(request, "portal/internal_release.html", page | {"is_steward": not why_no_steward(request)})


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
