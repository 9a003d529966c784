"""Finished pages of the current release, kept in memory as they go over the wire.

A public page depends on nothing but the release, the host, the address, how the reader wants to see it and the build of
the front end. So it is rendered once per release; afterwards the answer is a look-up. Pages of signed-in people are
never kept: they live elsewhere.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from sozialraum.web import assets
from sozialraum.web.atlas.store import shelf

LOOK_COOKIE = "darstellung"
"""Cookie that says how the reader wants to see pages; part of what identifies a finished page."""

ROOM = 64 * 1024 * 1024
"""Bytes that finished pages may take; the one asked for longest ago goes first."""

PRIVATE = ("/intern", "/en/internal", "/anmelden", "/en/sign-in", "/static/")

Key = tuple[str, str, str, str, assets.Build]


@dataclass(frozen=True, slots=True)
class Page:
    """One finished page."""

    body: bytes
    packed: bytes
    kind: str
    etag: str

    @property
    def size(self) -> int:
        """Bytes it takes in memory."""
        return len(self.body) + len(self.packed)


_pages: OrderedDict[Key, Page] = OrderedDict()
_lock = Lock()
_taken = 0


def key_of(request: HttpRequest) -> Key | None:
    """Return what identifies the page, or None where the request is not for a public page.

    Raises:
        DisallowedHost: the instance does not answer to this host name.
    """
    if request.method != "GET" or request.path_info.startswith(PRIVATE):
        return None
    release = shelf(settings.PROJECT_FOLDER).published_id
    if release is None:
        return None
    look = request.COOKIES.get(LOOK_COOKIE, "")[:16]
    return release, request.get_host(), look, request.get_full_path(), assets.build()


def find(key: Key) -> Page | None:
    """Return the finished page, if there is one."""
    with _lock:
        if (page := _pages.get(key)) is not None:
            _pages.move_to_end(key)
        return page


def may_keep(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Tell whether an answer is a whole public page that says nothing about who asked."""
    match = request.resolver_match
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and not response.has_header("Content-Disposition")
        and match is not None
        and match.namespace == "portal"
    )


def keep(key: Key, response: HttpResponse) -> Page:
    """Keep an answer, packed and plain, and make room if needed."""
    global _taken
    body = response.content
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    page = Page(body, gzip.compress(body, 6, mtime=0), response.headers["Content-Type"], etag)
    with _lock:
        if (old := _pages.pop(key, None)) is not None:
            _taken -= old.size
        _pages[key] = page
        _taken += page.size
        while _taken > ROOM and len(_pages) > 1:
            _taken -= _pages.popitem(last=False)[1].size
    return page


def respond(request: HttpRequest, page: Page) -> HttpResponse:
    """Make the answer from a finished page: not modified, packed or plain."""
    if request.headers.get("If-None-Match") == page.etag:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page.packed, content_type=page.kind)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.body, content_type=page.kind)
    response.headers["ETag"] = page.etag
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    return response


def forget() -> None:
    """Drop every finished page (tests)."""
    global _taken
    with _lock:
        _pages.clear()
        _taken = 0
