"""The numbers on the page about methods are what the software gives."""

from __future__ import annotations

import math
import re
from pathlib import Path

import polars as pl
import pytest

from sozialraum.catalogue import RulesDoc
from sozialraum.disclosure.ptable import perturbation_table
from sozialraum.disclosure.rounding import round_to

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "disclosure-methods.md").read_text(encoding="utf-8")


def row(name: str) -> list[str]:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


@pytest.mark.parametrize("base", [5, 10])
def test_rounding(base):
    true = pl.DataFrame({"n": [11.0, 15.0, 6.0, 3.0, 35.0]})
    assert [float(cell) for cell in row(f"base {base}")] == true.select(round_to(pl.col("n"), base))["n"].to_list()


@pytest.mark.parametrize(
    ("name", "count"), [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("5", 5), ("8 or more (here 8)", 8)]
)
def test_cell_keys(name, count):
    defaults = RulesDoc(method="cell_key").parameters
    table = perturbation_table(defaults.maximum, defaults.variance, defaults.forbidden, defaults.monotone)
    told = {int(target): float(percent) for target, percent in re.findall(r"(\d+): ([\d.]+)", row(name)[0])}
    expected = dict(zip(table.rows[count].movements + count, 100 * table.rows[count].probabilities, strict=True))
    assert told == {target: pytest.approx(percent, abs=0.05) for target, percent in expected.items() if target in told}
    assert sum(expected[target] for target in told) == pytest.approx(100, abs=0.1)


def test_noise():
    ratio = math.exp(-0.5)
    most = [int(cell) for cell in row("the noise is at most")]
    within = [100 * sum((1 - ratio) / (1 + ratio) * ratio ** abs(z) for z in range(-k, k + 1)) for k in most]
    assert [int(cell) for cell in row("in percent of all cases")] == [round(percent) for percent in within]
