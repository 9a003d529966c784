"""Charts: what is drawn, what is said, and what a page may rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair
import jsonschema
import pytest
from publishing_samples import children_document, new_count, rent_document, value

from sozialraum.publishing.charts import (
    NARROW,
    WIDE,
    AgeGroup,
    BarsChart,
    Chart,
    HistogramChart,
    Line,
    MultiplesChart,
    PyramidChart,
    ScatterChart,
    SeriesChart,
    for_print,
    regression,
    render,
    render_many,
    spec_of,
    to_png,
)
from sozialraum.tables import Value

CHILDREN, RENT = children_document(), rent_document()

SERIES = SeriesChart(
    CHILDREN,
    Line(
        "Nord <&>",
        (
            ("2018", value(8.1, reach=1.0)),
            ("2019", value(8.6, reach=1.0)),
            ("2020", value(None, "suppressed")),
            ("2021", value(9.4, reach=1.0)),
            ("2022", value(9.1, reach=1.0)),
            ("2023", value(None, "missing")),
            ("2024", value(12.3, "unreliable", reach=3.0)),
        ),
    ),
    Line("Stadt", tuple((str(year), value(9.0 + year / 1000)) for year in range(2018, 2025))),
    (new_count("2022"),),
)
AREAS = (
    ("Nord", value(12.0, reach=1.0)),
    ("Süd", value(4.0, reach=1.0)),
    ("West", value(9.5, reach=2.0)),
    ("Ost", value(22.0, "unreliable", reach=9.0)),
    ("Mitte", value(0.0, "zero")),
    ("Hafen", value(None, "suppressed")),
    ("Wald", value(None, "missing")),
)
BARS = BarsChart(CHILDREN, "2024", AREAS, ("Stadt", value(9.0)), "Süd")
HISTOGRAM = HistogramChart(CHILDREN, "2024", AREAS, ("Stadt", value(9.0)), "Süd")
MULTIPLES = MultiplesChart(
    CHILDREN,
    tuple(replace(SERIES.line, name=name) for name in ("Nord", "Süd", "West", "Ost", "Mitte")),
    SERIES.benchmark,
    SERIES.breaks,
)
SCATTER = ScatterChart(
    CHILDREN, RENT, "2024", tuple((name, number, value(6 + n / 2)) for n, (name, number) in enumerate(AREAS)), "Süd"
)
PYRAMID = PyramidChart(
    "Nord",
    "2024",
    (
        AgeGroup(0, 14, value(100.0), value(95.0)),
        AgeGroup(15, 64, value(400.0), value(410.0)),
        AgeGroup(65, None, value(90.0), value(None, "suppressed")),
    ),
)
CHARTS: dict[str, Chart] = {
    "series": SERIES,
    "bars": BARS,
    "histogram": HISTOGRAM,
    "multiples": MULTIPLES,
    "scatter": SCATTER,
    "pyramid": PYRAMID,
}
EVERY = [
    pytest.param(replace(chart, width=width, language=language), id=f"{name}-{width}-{language}")
    for name, chart in CHARTS.items()
    for width in (WIDE, NARROW)
    for language in ("de", "en")
]


def tree(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(render(chart).svg)


def marks(chart: Chart, name: str) -> list[ElementTree.Element]:
    """Elements of the marks of this name, hatching left out."""
    groups = [found for found in tree(chart).iter() if found.get("class") == f"sr-{name}"]
    return [child for group in groups for child in group if child.get("class") != "sr-hatch"]


def titles(chart: Chart, name: str) -> list[str]:
    return [found.findtext("{*}title", "") for found in marks(chart, name)]


def texts(chart: Chart) -> list[str]:
    return ["".join(found.itertext()) for found in tree(chart).iter("{http://www.w3.org/2000/svg}text")]


@cache
def vega_lite_schema() -> dict[str, Any]:
    path = Path(altair.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("chart", [pytest.param(chart, id=name) for name, chart in CHARTS.items()])
def test_every_specification_is_valid_vega_lite(chart: Chart) -> None:
    schema = {"$ref": "#/definitions/TopLevelLayerSpec", "definitions": vega_lite_schema()["definitions"]}
    faults = [fault.message for fault in jsonschema.Draft7Validator(schema).iter_errors(spec_of(chart))]
    assert faults == []


@pytest.mark.parametrize("chart", EVERY)
def test_every_picture_keeps_the_rules_of_a_page(chart: Chart) -> None:
    picture = render(chart)
    root = ElementTree.fromstring(picture.svg)
    elements = list(root.iter())
    # scales, has a name and a description, speaks as one image
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root.get("width") == str(chart.width)
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.telling.title == root.findtext("{*}title")
    assert root.findtext("{*}desc") == picture.telling.summary != ""
    assert picture.telling.legend
    # nothing that a strict policy forbids, nothing that could collide or be fetched
    names = {name for element in elements for name in element.attrib}
    assert not names & {"style", "id", "href", "{http://www.w3.org/1999/xlink}href", "aria-roledescription"}
    assert not {element.tag.rpartition("}")[2] for element in elements} & {
        "style",
        "script",
        "image",
        "a",
        "use",
        "defs",
    }
    assert "url(" not in picture.svg
    # every colour follows the theme, type is inherited
    colours = {element.get(name) for element in elements for name in ("fill", "stroke")} - {None, "none"}
    assert all(str(colour).startswith("var(--") for colour in colours)
    assert [element for element in elements if element.get("font-family")] == [root]
    assert "NaN" not in picture.svg
    assert "undefined" not in picture.svg
    assert "null" not in picture.svg


@pytest.mark.parametrize("chart", EVERY)
def test_no_text_leaves_the_picture(chart: Chart) -> None:
    """Estimated from the widths that the layout itself uses: names are shortened, labels stay inside."""
    root = tree(chart)
    origin = next(found for found in root if found.tag.endswith("}g")).get("transform") or "translate(0,0)"
    left, top = (float(part) for part in origin[10:-1].split(","))
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        x, y = (float(part) for part in str(text.get("transform"))[10:-1].split(","))
        assert -0.5 <= left + x <= chart.width + 0.5
        assert 8 <= top + y <= float(str(root.get("height")))


@pytest.mark.parametrize("chart", [pytest.param(chart, id=name) for name, chart in CHARTS.items()])
def test_equal_questions_have_equal_pictures(chart: Chart) -> None:
    first = render(chart)
    render.cache_clear()
    assert render(replace(chart)).svg == first.svg
    assert render(chart) is render(replace(chart))


def test_many_charts_come_in_their_order() -> None:
    pictures = render_many([BARS, SERIES, BARS])
    assert [picture.telling.title for picture in pictures] == [
        render(chart).telling.title for chart in (BARS, SERIES, BARS)
    ]


def test_a_printed_picture_has_fixed_colours() -> None:
    printed = for_print(render(SERIES).svg)
    assert "var(" not in printed
    assert 'fill="#3a5eb9"' in printed


def test_a_picture_becomes_png() -> None:
    assert to_png(render(PYRAMID).svg).startswith(b"\x89PNG")


class TestSeries:
    def test_a_line_is_drawn_through_each_stretch_without_gap_and_break(self) -> None:
        # 2018-2019 | 2020 withheld | 2021 | break | 2022 | 2023 missing | 2024: only the first has two periods
        assert len(marks(SERIES, "line")) == 1
        assert len(marks(SERIES, "benchmark")) == 2

    def test_every_period_with_a_number_has_a_dot_that_says_it(self) -> None:
        assert titles(SERIES, "dot") == [
            "2018: 8,1\u00a0% (7,1\u00a0% – 9,1\u00a0%)",
            "2019: 8,6\u00a0% (7,6\u00a0% – 9,6\u00a0%)",
            "2021: 9,4\u00a0% (8,4\u00a0% – 10,4\u00a0%)",
            "2022: 9,1\u00a0% (8,1\u00a0% – 10,1\u00a0%)",
        ]
        assert titles(SERIES, "dot-doubtful") == ["2024: (12,3\u00a0%) (9,3\u00a0% – 15,3\u00a0%), wenig belastbar"]

    def test_the_kinds_of_nothing(self) -> None:
        assert titles(SERIES, "suppressed") == ["2020: zum Schutz verdeckt"]
        assert titles(SERIES, "missing") == ["2023: nicht geliefert"]
        assert [found.get("stroke-dasharray") for found in marks(SERIES, "missing")] == ["4,3"]
        hatch = [found for found in tree(SERIES).iter() if found.get("class") == "sr-hatch"]
        assert len(hatch) == 1

    def test_a_break_is_a_dashed_line_between_two_periods(self) -> None:
        (line,) = marks(SERIES, "break")
        assert line.get("stroke-dasharray") == "4,4"

    def test_the_interval_is_a_band_or_a_stroke_where_a_period_stands_alone(self) -> None:
        assert [found.tag.rpartition("}")[2] for found in marks(SERIES, "band")] == ["path", "line", "line", "line"]

    def test_it_is_told(self) -> None:
        telling = render(SERIES).telling
        assert telling.summary.startswith(
            "Nord <&>: erst 8,1\u00a0% (2018), zuletzt (12,3\u00a0%) (2024); am niedrigsten 8,1\u00a0% (2018), "
        )
        assert "2020: zum Schutz verdeckt. 2023: nicht geliefert." in telling.summary
        assert "ab 2022 nicht mehr mit früher vergleichbar. Neue Zählweise." in telling.legend
        assert "Hohler Punkt: wenig belastbar." in telling.legend
        assert "beginnt nicht bei null" not in telling.legend

    def test_an_axis_far_from_zero_says_so(self) -> None:
        line = Line("Nord", (("2023", value(8000.0)), ("2024", value(8100.0))))
        assert "Die Achse beginnt nicht bei null." in render(SeriesChart(CHILDREN, line)).telling.legend

    def test_numbers_are_written_in_the_language(self) -> None:
        assert "12.3%" in " ".join(texts(replace(SERIES, language="en")))
        assert "12,3\u00a0%" in " ".join(texts(SERIES))

    @pytest.mark.parametrize(
        ("periods", "shown"),
        [
            (["2022", "2023", "2024"], ["2022", "2023", "2024"]),
            (["2022-12-31", "2023-12-31"], ["2022", "2023"]),
            (["2023-06-30", "2023-12-31"], ["30.6.2023", "31.12.2023"]),
            (["2023-H1", "2023-H2"], ["1. Hj. 2023", "2. Hj. 2023"]),
            (["2023/24", "2024/25"], ["2023/24", "2024/25"]),
            (["2023-Q1", "2023-Q2"], ["1. Qu. 2023", "2. Qu. 2023"]),
            (["2023-05", "2023-06"], ["5/2023", "6/2023"]),
        ],
    )
    def test_periods_are_named_in_short(self, periods: list[str], shown: list[str]) -> None:
        line = Line("Nord", tuple((period, value(5.0 + n)) for n, period in enumerate(periods)))
        found = texts(SeriesChart(CHILDREN, line))
        assert [text for text in found if text in shown] == shown

    def test_periods_are_thinned_out_the_latest_stays(self) -> None:
        line = Line("Nord", tuple((str(year), value(5.0)) for year in range(1994, 2025)))
        years = [text for text in texts(SeriesChart(CHILDREN, line, width=NARROW)) if text.isdigit() and len(text) == 4]
        assert years[-1] == "2024"
        assert 2 <= len(years) <= 7

    def test_a_late_value_names_its_period(self) -> None:
        line = Line("Nord", (("2023", value(5.0)), ("2024", value(None, "suppressed"))))
        assert "5,0\u00a0% (2023)" in texts(SeriesChart(CHILDREN, line))

    def test_nothing_known_is_a_picture_too(self) -> None:
        line = Line("Nord", (("2023", value(None, "suppressed")), ("2024", value(None, "missing"))))
        picture = render(SeriesChart(CHILDREN, line))
        assert picture.telling.summary == "Nord: keine Zahlen. 2023: zum Schutz verdeckt. 2024: nicht geliefert."
        assert marks(SeriesChart(CHILDREN, line), "line") == []


class TestBars:
    def test_areas_are_ordered_and_those_without_a_number_follow(self) -> None:
        names = [text for text in texts(BARS) if text in dict(AREAS)]
        assert sorted(names) == sorted(dict(AREAS))
        assert render(BARS).telling.summary == (
            "Ost: (22,0\u00a0%); Nord: 12,0\u00a0%; West: 9,5\u00a0%; Süd: 4,0\u00a0%; Mitte: 0\u00a0%; "
            "Hafen: zum Schutz verdeckt; Wald: nicht geliefert. Stadt: 9,0\u00a0%."
        )

    def test_only_a_clear_difference_is_strong(self) -> None:
        assert titles(BARS, "bar-differs") == [
            "Ost: (22,0\u00a0%) (13,0\u00a0% – 31,0\u00a0%), wenig belastbar",
            "Nord: 12,0\u00a0% (11,0\u00a0% – 13,0\u00a0%)",
            "Süd: 4,0\u00a0% (3,0\u00a0% – 5,0\u00a0%)",
        ]
        assert titles(BARS, "bar") == ["West: 9,5\u00a0% (7,5\u00a0% – 11,5\u00a0%)"]

    def test_without_a_benchmark_nothing_differs(self) -> None:
        chart = replace(BARS, benchmark=None)
        assert marks(chart, "bar-differs") == marks(chart, "benchmark") == []

    def test_the_four_kinds_of_nothing(self) -> None:
        assert titles(BARS, "zero") == ["Mitte: 0\u00a0%"]
        assert titles(BARS, "suppressed") == ["Hafen: zum Schutz verdeckt"]
        assert titles(BARS, "missing") == ["Wald: nicht geliefert"]
        assert {"•", "–", "0\u00a0%", "(22,0\u00a0%)"} <= set(texts(BARS))

    def test_the_area_of_the_reader_is_bold(self) -> None:
        (name,) = marks(BARS, "here")
        assert (name.text, name.get("font-weight")) == ("Süd", "600")

    def test_losses_go_to_the_left(self) -> None:
        chart = BarsChart(CHILDREN, "2024", (("Nord", value(-4.0)), ("Süd", value(2.0))))
        assert len(marks(chart, "bar")) == 2
        assert any("−4,0" in text for text in texts(chart))

    @pytest.mark.parametrize("bars", [(), (("Nord", value(None, "missing")),), (("Nord", value(0.0, "zero")),)])
    def test_little_or_nothing_is_a_picture_too(self, bars: tuple[tuple[str, Value], ...]) -> None:
        assert render(BarsChart(CHILDREN, "2024", bars)).svg.startswith("<svg")


class TestHistogram:
    def test_every_area_is_in_one_column(self) -> None:
        columns = [*titles(HISTOGRAM, "step"), *titles(HISTOGRAM, "step-here")]
        assert sorted(columns) == [
            "0 bis 10,0\u00a0%: Süd, West und Mitte",
            "10,0 bis 20,0\u00a0%: Nord",
            "20,0 bis 30,0\u00a0%: Ost",
        ]

    def test_areas_without_a_number_have_columns_of_their_own(self) -> None:
        assert titles(HISTOGRAM, "suppressed") == ["zum Schutz verdeckt: Hafen"]
        assert titles(HISTOGRAM, "missing") == ["nicht geliefert: Wald"]

    def test_nothing_known_is_a_picture_too(self) -> None:
        chart = HistogramChart(CHILDREN, "2024", (("Nord", value(None, "suppressed")),))
        assert titles(chart, "suppressed") == ["zum Schutz verdeckt: Nord"]


class TestMultiples:
    def test_every_area_has_its_name_its_last_number_and_its_lines(self) -> None:
        assert {"Nord", "Süd", "West", "Ost", "Mitte"} <= set(texts(MULTIPLES))
        assert texts(MULTIPLES).count("(12,3\u00a0%)") == 5
        assert len(marks(MULTIPLES, "line")) == 5
        assert len(marks(MULTIPLES, "benchmark")) == 10
        assert len(marks(MULTIPLES, "suppressed")) == len(marks(MULTIPLES, "missing")) == 5

    def test_they_share_one_scale_and_say_so(self) -> None:
        assert "dieselbe Skala von 0 bis 12,3\u00a0%" in render(MULTIPLES).telling.legend

    @pytest.mark.parametrize(("name", "higher"), [("Nord", 0), ("Friesischer Berg und Umgebung", 20)])
    def test_names_that_need_room_stand_above_their_numbers(self, name: str, higher: int) -> None:
        chart = replace(MULTIPLES, lines=(replace(MULTIPLES.lines[0], name=name),))
        assert float(str(tree(chart).get("height"))) == 30 + 72 + 34 + higher

    def test_gains_and_losses_stand_on_zero(self) -> None:
        line = Line("Nord", (("2023", value(-4.0)), ("2024", value(4.0))))
        (floor,) = marks(MultiplesChart(CHILDREN, (line,)), "floor")
        assert floor.get("transform") == "translate(0,66)"

    def test_a_phone_has_fewer_columns(self) -> None:
        heights = [float(str(tree(replace(MULTIPLES, width=width)).get("height"))) for width in (WIDE, NARROW)]
        assert heights[0] < heights[1]


class TestScatter:
    def test_only_areas_with_both_numbers_have_dots(self) -> None:
        dots = [*titles(SCATTER, "dot"), *titles(SCATTER, "dot-doubtful"), *titles(SCATTER, "dot-here")]
        assert sorted(text.partition(":")[0] for text in dots) == ["Mitte", "Nord", "Ost", "Süd", "West"]
        assert "Ohne Punkt, weil eine der Zahlen fehlt oder nicht gezeigt wird: 2." in render(SCATTER).telling.legend

    def test_no_line_through_a_handful_of_dots(self) -> None:
        assert marks(replace(SCATTER, dots=SCATTER.dots[:4]), "fit") == []
        assert len(marks(SCATTER, "fit")) == 1

    def test_the_area_of_the_reader_is_named(self) -> None:
        assert "Süd" in texts(SCATTER)

    @pytest.mark.parametrize(
        ("points", "slope", "intercept", "r"),
        [
            ([(0, 1), (1, 3), (2, 5), (3, 7), (4, 9)], 2.0, 1.0, 1.0),
            ([(0, 4), (1, 3), (2, 2), (3, 1), (4, 0)], -1.0, 4.0, -1.0),
            # Anscombe's first quartet
            (
                list(
                    zip(
                        [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
                        [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
                        strict=True,
                    )
                ),
                0.5001,
                3.0001,
                0.8164,
            ),
        ],
    )
    def test_least_squares(self, points: list[tuple[float, float]], slope: float, intercept: float, r: float) -> None:
        fit = regression(points)
        assert fit is not None
        assert (fit.slope, fit.intercept, fit.r) == pytest.approx((slope, intercept, r), abs=1e-4)

    @pytest.mark.parametrize("points", [[], [(1, 1)] * 4, [(1, n) for n in range(9)], [(n, 1) for n in range(9)]])
    def test_no_line_without_spread(self, points: list[tuple[float, float]]) -> None:
        assert regression(points) is None


class TestPyramid:
    def test_every_group_says_its_numbers(self) -> None:
        assert titles(PYRAMID, "men") == [
            "Männer, 0 bis 14 Jahre: 100",
            "Männer, 15 bis 64 Jahre: 400",
            "Männer, 65 Jahre und älter: 90",
        ]
        assert titles(PYRAMID, "women") == ["Frauen, 0 bis 14 Jahre: 95", "Frauen, 15 bis 64 Jahre: 410"]
        assert titles(PYRAMID, "suppressed") == ["Frauen, 65 Jahre und älter: zum Schutz verdeckt"]

    def test_groups_of_different_spans_are_drawn_by_year_of_age(self) -> None:
        assert "je Lebensjahr" in render(PYRAMID).telling.legend
        even = replace(PYRAMID, groups=(AgeGroup(0, 4, value(1.0), value(2.0)), AgeGroup(5, 9, value(1.0), value(2.0))))
        assert "je Lebensjahr" not in render(even).telling.legend

    def test_no_groups_is_a_picture_too(self) -> None:
        assert render(replace(PYRAMID, groups=())).svg.startswith("<svg")
