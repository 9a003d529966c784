"""The picture's paths are the areas' borders."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import shapely

from sozialraum.releases import Package
from sozialraum.web.atlas.outlines import WIDTH, outlines
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.drawing import choropleth


def polygon(path: str) -> shapely.Polygon:
    """Read back the first ring of a path of relative steps."""
    start, steps = re.fullmatch(r"M(-?\d+ -?\d+)l([^z]*)z.*", path).groups()  # type: ignore[union-attr]
    x, y = map(int, start.split())
    points = [(x, y)]
    numbers = list(map(int, steps.split()))
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return shapely.Polygon(points)


@pytest.mark.parametrize("system", ["viertel", "bezirke", "stadt"])
def test_paths_cover_the_town_without_gaps(atlas: Atlas, system: str) -> None:
    drawn = outlines(atlas, system)
    assert drawn is not None
    shapes = [polygon(path) for path in drawn.paths.values()]
    whole = shapely.union_all(shapes)
    assert set(drawn.paths) == set(atlas.areas[system])
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=0.002)
    assert whole.bounds == pytest.approx((0, 0, WIDTH, drawn.height), abs=1.5)


def test_north_is_up(atlas: Atlas) -> None:
    drawn = outlines(atlas, "viertel")
    data = atlas.package.areas("viertel")
    centres = dict(zip(data.frame["code"], shapely.get_coordinates(shapely.centroid(data.geometry)), strict=True))
    north, south = max(centres, key=lambda code: centres[code][1]), min(centres, key=lambda code: centres[code][1])
    assert drawn is not None
    assert polygon(drawn.paths[north]).centroid.y < polygon(drawn.paths[south]).centroid.y


def test_what_somebody_drew_lies_on_the_town(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    assert atlas.city.home == "viertel"
    whole = outlines(atlas, "viertel")
    drawn = {**atlas.systems, "bezirke": atlas.systems["bezirke"].model_copy(update={"complete": False})}
    monkeypatch.setattr(Package, "area_documents", drawn)
    fresh = replace(atlas, _kept={})
    found = outlines(fresh, "bezirke")
    assert whole is not None
    assert found is not None
    assert found.ground == "".join(whole.paths.values())
    assert f'<path class="ground" d="{found.ground}" aria-hidden="true"/>' in choropleth(found, [], "Karte")
    assert whole.ground == ""
    assert "ground" not in choropleth(whole, [], "Karte")
