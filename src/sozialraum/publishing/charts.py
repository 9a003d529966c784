"""Charts: one Vega-Lite specification each, rendered here to SVG for pages, files and reports.

::

    picture = render(SeriesChart(document, Line("Nordstadt", points), Line("Flensburg", city)))
    picture.svg                # inline in a page; follows its theme
    for_print(picture.svg)     # fixed colours, for Typst and files
    picture.telling.legend     # sentences to stand below it

Questions are frozen and hashable, pictures immutable: equal questions have equal pictures, byte for byte, and those
asked for last are kept. Nothing is loaded from anywhere, and no font of the machine matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import vl_convert

from sozialraum.publishing.drawing.bars import bars_spec
from sozialraum.publishing.drawing.histogram import histogram_spec
from sozialraum.publishing.drawing.multiples import multiples_spec
from sozialraum.publishing.drawing.parts import Spec
from sozialraum.publishing.drawing.pyramid import age_groups, pyramid_spec
from sozialraum.publishing.drawing.scatter import regression, scatter_spec
from sozialraum.publishing.drawing.series import series_spec
from sozialraum.publishing.kinds import (
    AgeGroup,
    BarsChart,
    Chart,
    HistogramChart,
    Line,
    MultiplesChart,
    PyramidChart,
    ScatterChart,
    SeriesChart,
)
from sozialraum.publishing.svg import Telling, clean
from sozialraum.publishing.telling import (
    tell_bars,
    tell_histogram,
    tell_multiples,
    tell_pyramid,
    tell_scatter,
    tell_series,
)
from sozialraum.publishing.theme import NARROW, WIDE, for_print

__all__ = [
    "NARROW",
    "WIDE",
    "AgeGroup",
    "BarsChart",
    "Chart",
    "HistogramChart",
    "Line",
    "MultiplesChart",
    "Picture",
    "PyramidChart",
    "ScatterChart",
    "SeriesChart",
    "Telling",
    "age_groups",
    "for_print",
    "regression",
    "render",
    "render_many",
    "spec_of",
    "to_png",
]

_KINDS: Mapping[type[Any], tuple[Callable[[Any], Spec], Callable[[Any], Telling]]] = {
    SeriesChart: (series_spec, tell_series),
    MultiplesChart: (multiples_spec, tell_multiples),
    BarsChart: (bars_spec, tell_bars),
    HistogramChart: (histogram_spec, tell_histogram),
    ScatterChart: (scatter_spec, tell_scatter),
    PyramidChart: (pyramid_spec, tell_pyramid),
}
"""How each kind is specified and told."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished chart.

    Attributes:
        svg: to be put into a page as it is: it has a name and a description, no ids and no styles.
        telling: its title, its text alternative and its legend.
    """

    svg: str
    telling: Telling


def spec_of(chart: Chart) -> Spec:
    """Return a chart's Vega-Lite specification (version 6), self-contained."""
    return _KINDS[type(chart)][0](chart)


@lru_cache(maxsize=256)
def render(chart: Chart) -> Picture:
    """Render a chart; the first one of a process takes about a second, each further one some hundredths."""
    telling = _KINDS[type(chart)][1](chart)
    drawn = vl_convert.vegalite_to_svg(spec_of(chart), vl_version="6.4", allowed_base_urls=[])
    return Picture(clean(drawn, telling), telling)


def to_png(svg: str, *, scale: float = 2.0) -> bytes:
    """Return a picture (a chart or a map) as PNG on white, in fixed colours; its type is the renderer's own sans-serif.

    Args:
        svg: a picture's SVG.
        scale: pixels of the image for one of the picture.
    """
    white = for_print(svg).replace("</desc>", '</desc><rect width="100%" height="100%" fill="#ffffff"/>', 1)
    return bytes(vl_convert.svg_to_png(white, scale=scale))


def render_many(charts: Iterable[Chart]) -> tuple[Picture, ...]:
    """Render charts in the order given (a report's): equal ones once."""
    return tuple(render(chart) for chart in charts)
