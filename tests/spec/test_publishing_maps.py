"""Choropleths for files and reports: every area painted, named, and honest about nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
import shapely
from publishing_samples import NAMES, children_document, quarters, value

from sozialraum.areas import AreaSystem
from sozialraum.periods import parse_period
from sozialraum.publishing import theme
from sozialraum.publishing.charts import Picture, to_png
from sozialraum.publishing.classes import fixed
from sozialraum.publishing.maps import MapSubject, Outlines, choropleth, legend_entries, outlines, ring_places
from sozialraum.publishing.theme import GROUND, LINE, MAP_COLOURS

VALUES = {
    "01": value(22.25, reach=1.0),
    "02": value(None, "suppressed"),
    "03": value(0.0, "zero"),
    "04": value(None, "missing"),
    "05": value(10.0),
    "06": value(15.0, "unreliable"),
}
SUBJECT = MapSubject(children_document(), "2023", NAMES, VALUES, fixed((0, 5, 10, 15, 20, 25)))


def borders() -> Outlines:
    return outlines(quarters().at(parse_period("2023")), 300, 300)


def areas(picture: Picture) -> dict[str, ElementTree.Element]:
    """Painted areas by their title; the swatches of the legend have none."""
    found = ElementTree.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}path")
    return {title: path for path in found if (title := path.findtext("{*}title"))}


def test_it_works() -> None:
    found = areas(choropleth(borders(), SUBJECT))
    assert {title: str(path.get("class")).removeprefix("sr-area ") for title, path in found.items()} == {
        "Altstadt: 22,3\u00a0% (21,3\u00a0% – 23,3\u00a0%)": "c5",
        "Hafen: zum Schutz verdeckt": "suppressed",
        "Süd <&>: 0\u00a0%": "zero",
        "Übersee: nicht geliefert": "missing",
        "Wald: 10,0\u00a0%": "c3",
        "Neustadt: (15,0\u00a0%), wenig belastbar": "c4",
    }


def test_an_area_that_ended_is_not_drawn() -> None:
    assert "99" not in borders().shapes
    assert "99" in outlines(quarters()).shapes


def test_the_map_fits_its_frame_and_keeps_its_proportions() -> None:
    drawn = borders()
    assert (drawn.width, drawn.height) == pytest.approx((300, 200))
    tall = outlines(quarters().at(parse_period("2023")), 300, 100)
    assert (tall.width, tall.height) == pytest.approx((150, 100))
    assert shapely.total_bounds(list(drawn.shapes.values())).tolist() == pytest.approx([0, 0, 300, 200])


def test_north_is_up() -> None:
    shapes = borders().shapes
    assert shapes["01"].centroid.y > shapes["04"].centroid.y


def test_hatching_stays_inside_its_area() -> None:
    root = ElementTree.fromstring(choropleth(borders(), SUBJECT).svg)
    hatch = next(path for path in root.iter() if path.get("class") == "sr-hatch")
    west, north, east, south = borders().shapes["02"].bounds
    for point in str(hatch.get("d"))[1:].replace("M", "L").split("L"):
        x, y = (float(part) for part in point.split(","))
        assert west - 0.1 <= x <= east + 0.1
        assert north - 0.1 <= y <= south + 0.1


def test_holes_and_islands_are_drawn() -> None:
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    shapes = {"01": ring.union(shapely.box(200, 0, 210, 10))}
    picture = choropleth(Outlines(210, 100, shapes), replace(SUBJECT, names={"01": "Insel"}))
    (path,) = areas(picture).values()
    assert str(path.get("d")).count("M") == 3


def test_the_legend_names_what_occurs() -> None:
    kinds = {"c5", "zero", "suppressed", "missing"}
    assert legend_entries(SUBJECT, kinds) == [
        ("c1", "0 bis unter 5,0\u00a0%"),
        ("c2", "5,0 bis unter 10,0\u00a0%"),
        ("c3", "10,0 bis unter 15,0\u00a0%"),
        ("c4", "15,0 bis unter 20,0\u00a0%"),
        ("c5", "20,0 bis 25,0\u00a0%"),
        ("zero", "0\u00a0%"),
        ("suppressed", "zum Schutz verdeckt"),
        ("missing", "nicht geliefert"),
    ]
    assert [kind for kind, _ in legend_entries(SUBJECT, {"c1"})] == ["c1", "c2", "c3", "c4", "c5"]


def test_the_legend_is_also_a_sentence() -> None:
    legend = choropleth(borders(), SUBJECT).telling.legend
    assert legend.endswith(" (%), 2023; je kräftiger die Farbe, desto höher der Wert.")
    around = replace(SUBJECT, classes=fixed((-5, -1, 1, 5)))
    assert "blau über null, orange unter null" in choropleth(borders(), around).telling.legend
    english = replace(SUBJECT, language="en")
    assert "the stronger the colour, the higher the value" in choropleth(borders(), english).telling.legend


def test_every_area_is_told() -> None:
    summary = choropleth(borders(), SUBJECT).telling.summary
    assert all(name in summary for name in NAMES.values())
    assert "Hafen: zum Schutz verdeckt." in summary


def test_the_picture_keeps_the_rules_of_a_page() -> None:
    picture = choropleth(borders(), SUBJECT)
    root = ElementTree.fromstring(picture.svg)
    names = {name for element in root.iter() for name in element.attrib}
    assert not names & {"style", "id", "href"}
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.telling.title
    assert "url(" not in picture.svg
    assert choropleth(borders(), SUBJECT) == picture


def test_it_becomes_png() -> None:
    assert to_png(choropleth(borders(), SUBJECT).svg, scale=1).startswith(b"\x89PNG")


def test_a_system_without_borders_is_refused() -> None:
    nothing = AreaSystem("viertel", {}, None, pl.DataFrame({"code": ["01"]}), None)
    with pytest.raises(ValueError, match="no borders"):
        outlines(nothing)
    with pytest.raises(ValueError, match="no borders"):
        outlines(replace(nothing, geometry=np.array([], dtype=object)))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2.2."""
    lights = sorted(luminance(colour) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("beside", [MAP_COLOURS["zero"], MAP_COLOURS["c1"], MAP_COLOURS["missing"], GROUND])
def test_the_border_of_zero_is_seen_beside_its_pale_neighbours(beside: str) -> None:
    assert contrast(LINE, beside) >= 3


def test_rings_are_seen_on_zero() -> None:
    assert contrast(MAP_COLOURS["ring"], MAP_COLOURS["zero"]) >= 3


def test_zero_is_filled_with_rings_that_stay_inside() -> None:
    square = shapely.box(3, 3, 90, 60)
    places = ring_places(square)
    assert len(places) > 6
    assert all(square.buffer(-3).contains(shapely.Point(place)) for place in places)


def test_a_narrow_area_of_zero_still_has_a_ring() -> None:
    narrow = {"03": shapely.box(0, 0, 100, 3)}
    assert len(ring_places(narrow["03"])) == 0
    drawn = choropleth(Outlines(100, 3, narrow), SUBJECT).svg
    assert drawn.count('class="sr-rings"') == 2  # on the map and in the legend


def test_rings_are_for_zero_alone() -> None:
    without = replace(SUBJECT, values={"01": value(22.25), "02": value(None, "suppressed")})
    assert "sr-rings" in choropleth(borders(), SUBJECT).svg
    assert "sr-rings" not in choropleth(borders(), without).svg


def test_pages_and_pictures_have_the_same_zero() -> None:
    styles = Path(theme.__file__).parents[1] / "web/frontend/src/styles/_themes.scss"
    light = styles.read_text(encoding="utf-8").partition("@mixin dark")[0]
    assert {f"--map-{name}: {MAP_COLOURS[name]};" in light for name in ("zero", "ring")} == {True}
