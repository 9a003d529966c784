"""The page of all areas: each system as a map to choose from and a list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sozialraum.web.atlas.outlines import outlines
from sozialraum.web.atlas.queries import current_areas, listed_systems, whole
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.drawing import Mark, choropleth
from sozialraum.web.portal.numbers import said
from sozialraum.web.portal.pages.entries import area_address


def areas_page(atlas: Atlas) -> dict[str, Any]:
    """Return what the page of all areas shows."""
    area = whole(atlas)
    return {
        "whole": area and (area.name, area_address(area)),
        "systems": [_system(atlas, name) for name in listed_systems(atlas)],
    }


def _system(atlas: Atlas, name: str) -> dict[str, Any]:
    areas = current_areas(atlas, name)
    title = said(atlas.systems[name].title)
    shapes = outlines(atlas, name)
    marks = [Mark(code, "plain", area.name, area_address(area)) for code, area in areas.items()]
    label = _("Karte: {title}, zum Auswählen eines Gebiets. Dieselben Gebiete stehen in der Liste.").format(title=title)
    return {
        "id": name,
        "title": title,
        "areas": [(area, area_address(area)) for area in areas.values()],
        "drawing": choropleth(shapes, marks, label) if shapes else "",
    }
