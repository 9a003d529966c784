"""The quality report as a planner reads it."""

from __future__ import annotations

import json

import polars as pl

from sozialraum.microcells import Spread, form_cells

title = "The quality report"

HOUSES = pl.DataFrame(
    {
        "building": list("ABCDEFGH"),
        "area": ["Nord"] * 6 + ["Alm", "Alm"],
        "street": ["Am Anger"] * 5 + ["Zum Tor", "Am Hang", "Am Hang"],
        "house_number": ["1", "3", "5", "7", "9", "1", "1", "3"],
        "x": [360_000.0, 360_040.0, 360_500.0, 360_900.0, 361_000.0, 361_010.0, 350_000.0, 350_100.0],
        "y": [5_700_000.0] * 8,
        "households": [1, 3, 1250, 2, 0, 2, 1, 2],
    }
)

GERMAN = """
Gebiete                                              2
Häuser mit Haushalten                                7
Häuser ohne Haushalte (in keiner Zelle)              1
Haushalte                                        1.261
Mikrozellen                                          3
davon aus mehreren Häusern                           2
Haushalte je Zelle, Mittel                       419,3
Haushalte je Zelle, kleinste                         4
Haushalte je Zelle, Median                           4
Haushalte je Zelle, 95 %-Quantil                 1.250
Haushalte je Zelle, größte                       1.250
Durchmesser in m, Mittel                          75,0
Durchmesser in m, 95 %-Quantil                   110,0
Durchmesser in m, 99 %-Quantil                   110,0
quadrierter Abstand zur Mitte in m²            1.662,5
Kosten über der einfachen Schranke, in %           0,0
Zellen mit mehr als 250 m Durchmesser                0
Zellen in einer Straße, in %                      50,0
verlorene Haushalte                                  0
Gebiet Alm: keine Zelle, nur 3 Haushalte in 2 Häusern
""".strip()


def test_the_report_in_german():
    assert form_cells(HOUSES).quality.as_text() == GERMAN


def test_the_report_in_english():
    lines = form_cells(HOUSES).quality.as_text("en").splitlines()
    assert [line.split() for line in lines if line.startswith("households  ")] == [["households", "1,261"]]
    assert ["diameter", "in", "m,", "mean", "75.0"] in [line.split() for line in lines]
    assert lines[-1] == "area Alm: no cell, only 3 households in 2 houses"


def test_the_report_for_machines():
    report = json.loads(json.dumps(form_cells(HOUSES).quality.as_json()))
    assert report["areas_without_cells"] == [{"area": "Alm", "buildings": 2, "households": 3}]
    assert report["households_per_cell"]["maximum"] == 1250
    assert report["diameter"]["mean"] == 75
    assert report["cost"] == 1662.5  # 4 households at 300 m² each, and 4 at 55 m x 55 m
    assert (report["paid"], report["least"], report["over_nearest"]) == (13_300, 13_300, 1)
    assert (report["mode"], report["minimum"], report["cap"]) == ("street", 4, 250)
    assert report["households_lost"] == 0


def test_without_streets_there_is_no_share_of_one_street():
    quality = form_cells(HOUSES.drop("street", "house_number")).quality
    assert quality.one_street_share is None
    assert "Straße" not in quality.as_text()


def test_without_cells_there_are_no_figures_of_cells():
    quality = form_cells(HOUSES.filter(area="Alm")).quality
    assert (quality.households_per_cell, quality.diameter, quality.cost, quality.one_street_share) == (None,) * 4
    assert "Mittel" not in quality.as_text()


def test_a_spread_shows_values_that_occur():
    spread = Spread.of(pl.Series(range(1, 101)))
    assert spread == Spread(mean=50.5, minimum=1, p25=26, median=51, p75=75, p95=95, p99=99, maximum=100)
