"""Draw the pictures of microcells.md from the synthetic town Musterstadt: ``make docs``.

Each house is a dot (a square where it is a cell of its own), tied by a line to the centre of its cell.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from sozialraum.microcells import Formation, Reading, form_cells, read_buildings
from sozialraum.microcells.search import Effort
from sozialraum.musterstadt import write_template

HERE = Path(__file__).parent
AREA = "503"
"""An observation area with single houses and blocks."""
WIDTH, GAP, TITLE = 380, 24, 34
SIDE = 260.0
"""The part of the area that is shown, metres."""
COLOURS = ("#1f5fbf", "#c2571a", "#2b7a4b", "#8a3ea8", "#9a6b00", "#b3265e", "#3a7f96", "#5b5b5b")
TITLES = {
    "walk": "1. A walk along the streets, cut into cells",
    "street": "2. Improved, streets kept (the default)",
    "geometry": "3. Improved, places alone",
}


def houses_of_the_town() -> pl.DataFrame:
    """Return the buildings as the synthetic town delivers them."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "town"
        write_template(project, "musterstadt")
        columns = {"area": "beobachtungsraum"}
        return read_buildings(project / "deliveries" / "gebaeude.gpkg", Reading(columns=columns)).houses


def panels(houses: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the members of cells, once for each way to form them."""
    yield "walk", form_cells(houses, Formation(), effort=Effort(0, False, 0)).members
    yield "street", form_cells(houses, Formation()).members
    yield "geometry", form_cells(houses, Formation(mode="geometry")).members


def drawn(members: pl.DataFrame, houses: pl.DataFrame, corner: tuple[float, float]) -> Iterator[str]:
    """Yield the lines and dots of one panel."""
    scale = WIDTH / SIDE
    known = houses.select(pl.col("building").cast(pl.String), "households")
    joined = members.join(known, on="building").drop_nulls("cell")
    for number, ((_,), cell) in enumerate(joined.group_by("cell", maintain_order=True)):
        weight = cell["households"].to_numpy()
        x = (cell["x"].to_numpy() - corner[0]) * scale
        y = WIDTH - (cell["y"].to_numpy() - corner[1]) * scale
        middle_x, middle_y = np.average(x, weights=weight), np.average(y, weights=weight)
        if not (-20 < middle_x < WIDTH + 20 and -20 < middle_y < WIDTH + 20):
            continue
        colour = COLOURS[number % len(COLOURS)]
        if cell.height == 1:
            size = 5 + min(weight[0], 30) * 0.35
            yield (
                f'<rect x="{x[0] - size / 2:.1f}" y="{y[0] - size / 2:.1f}" width="{size:.1f}" height="{size:.1f}" '
                'fill="#c9ccd6"/>'
            )
            continue
        for one_x, one_y in zip(x, y, strict=True):
            ends = f'x1="{middle_x:.1f}" y1="{middle_y:.1f}" x2="{one_x:.1f}" y2="{one_y:.1f}"'
            yield f'<line {ends} stroke="{colour}" stroke-width="2"/>'
            yield f'<circle cx="{one_x:.1f}" cy="{one_y:.1f}" r="3.4" fill="{colour}"/>'


def picture(houses: pl.DataFrame) -> str:
    """Return the three panels as SVG."""
    here = houses.filter(area=AREA)
    corner = (float(here["x"].median() or 0) - SIDE / 2, float(here["y"].median() or 0) - SIDE / 2)
    parts = []
    for place, (name, members) in enumerate(panels(here)):
        body = "".join(drawn(members, here, corner))
        shift = f'transform="translate({place * (WIDTH + GAP)} 0)"'
        parts.append(
            f'<g {shift}><text y="20" font-size="17" fill="#11132b">{TITLES[name]}</text>'
            f'<svg y="{TITLE}" width="{WIDTH}" height="{WIDTH}" viewBox="0 0 {WIDTH} {WIDTH}">'
            f'<rect width="{WIDTH}" height="{WIDTH}" fill="#f6f7fb"/>{body}</svg></g>'
        )
    width, height = 3 * WIDTH + 2 * GAP, WIDTH + TITLE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="Fira Sans, sans-serif">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def main() -> None:
    """Draw."""
    (HERE / "microcells.svg").write_text(picture(houses_of_the_town()), encoding="utf-8")


if __name__ == "__main__":
    main()
