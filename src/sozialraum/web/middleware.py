"""Two wrappers around every answer: what a browser may load, and pages that are finished already."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sozialraum.web import pagecache

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No request ever leaves the instance. ``data:`` and ``blob:`` are addresses inside the page itself (icons, map)."""

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security(get_response: Handler) -> Handler:
    """Send the policy with every answer, errors and static files included. A stricter one of a page stays."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return answer


def finished_pages(get_response: Handler) -> Handler:
    """Answer from finished pages of the current release where there is one, and keep what is new."""

    def answer(request: HttpRequest) -> HttpResponse:
        key = pagecache.key_of(request)
        if key is None:
            return get_response(request)
        page = pagecache.find(key)
        if page is None:
            response = get_response(request)
            if not pagecache.may_keep(request, response):
                return response
            page = pagecache.keep(key, response)
        return pagecache.respond(request, page)

    return answer
