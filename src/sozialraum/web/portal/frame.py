"""What every page needs around its content: the city, the release, the way about, the look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sozialraum.errors import SozialraumError
from sozialraum.periods import Frequency, Period, period_of
from sozialraum.web import assets
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.atlas.store import shelf
from sozialraum.web.pagecache import LOOK_COOKIE

LOOKS = ("hell", "dunkel", "kontrast", "automatisch")
"""How a reader may see pages; the last one follows the system."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a navigation."""

    title: str
    address: str
    current: bool = False


def published() -> Atlas | None:
    """Return the release that is public now, None where there is none (or none that can be read)."""
    try:
        return shelf(settings.PROJECT_FOLDER).published()
    except SozialraumError:
        return None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of a page shows (Django calls this for every page)."""
    atlas = published()
    look = request.COOKIES.get(LOOK_COOKIE, "")
    return {
        "atlas": atlas,
        "city": atlas.city if atlas else None,
        "release_day": atlas.created.date() if atlas else None,
        "next_release": next_release(atlas) if atlas else None,
        "language": get_language() or "de",
        "other_language": _other_language(request),
        "navigation": _navigation(request, atlas),
        "look": look if look in LOOKS else "automatisch",
        "build": assets.build(),
    }


def _navigation(request: HttpRequest, atlas: Atlas | None) -> list[Entry]:
    """Return the main areas that have something to show: before the first release only the page about all this."""
    entries = (
        (_("Karte"), "map", ("map",)),
        (_("Gebiete"), "areas", ("areas", "profile")),
        (_("Themen"), "themes", ("themes", "theme", "catalogue", "indicator", "composite", "typology")),
        (_("Vergleich"), "comparison", ("comparison",)),
        (_("Daten"), "data", ("data",)),
        (_("Über"), "about", ("about",)),
    )
    here = request.resolver_match.url_name if request.resolver_match else ""
    found = entries if atlas else entries[-1:]
    return [Entry(title, reverse(f"portal:{name}"), here in names) for title, name, names in found]


def _other_language(request: HttpRequest) -> Entry:
    wanted, title = ("en", "English") if get_language() == "de" else ("de", "Deutsch")
    return Entry(title, translate_url(request.get_full_path(), wanted))


def next_release(atlas: Atlas) -> Period | None:
    """Return the period in which the next release is due: the one after that of this release."""
    return _following(atlas.created.date(), Frequency(atlas.city.rhythm))


@lru_cache(maxsize=32)
def _following(day: date, rhythm: Frequency) -> Period:
    return period_of(day, rhythm).earlier(-1)
