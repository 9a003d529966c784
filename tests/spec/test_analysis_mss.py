"""The shipped recipes: Berlin's Monitoring Soziale Stadtentwicklung and Hamburg's RISE, as their files say."""

from __future__ import annotations

import random
from statistics import fmean, pstdev

import pytest
from method_tables import rows

from analysis_samples import population_from, values_of
from sozialraum.analysis import class_of, compute_composites
from sozialraum.catalogue import load_catalogue

COMPOSITES = load_catalogue().composites
MSS, RISE = COMPOSITES["mss"], COMPOSITES["rise"]

PUBLISHED = rows("mss", "published")
"""Berlin, MSS 2021, table 3 (Senatsverwaltung für Stadtentwicklung): planning areas on both sides of each cut."""


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["area"])
def test_the_published_classes_follow_from_the_cuts(row):
    assert class_of(MSS.classes, float(row["status"])) == row["class"]
    assert class_of(MSS.dynamics.classes, float(row["dynamics"])) == row["moves"]


def test_the_published_index_is_the_sum_divided_by_its_deviation():
    for sums, scores in (("sum", "status"), ("dsum", "dynamics")):
        pairs = [(float(row[sums]), float(row[scores])) for row in PUBLISHED]
        deviation = max(abs(total) for total, _ in pairs) / max(abs(score) for _, score in pairs)
        assert all(total / deviation == pytest.approx(score, abs=0.012) for total, score in pairs)


def test_the_published_sum_is_the_plain_sum_of_the_z_scores():
    for row in PUBLISHED:
        assert sum(float(row[z]) for z in ("zS1", "zS3", "zS4")) == pytest.approx(float(row["sum"]), abs=0.016)
        assert sum(float(row[z]) for z in ("zD1", "zD3", "zD4")) == pytest.approx(float(row["dsum"]), abs=0.016)


def test_four_status_and_three_dynamics_classes():
    for document, years in ((MSS, 2), (RISE, 3)):
        assert [found.id for found in document.classes] == ["hoch", "mittel", "niedrig", "sehr_niedrig"]
        assert [found.end for found in document.classes] == [-1.0, 1.0, 1.5, None]
        assert [found.id for found in document.dynamics.classes] == ["positiv", "stabil", "negativ"]
        assert [found.end for found in document.dynamics.classes] == [-1.0, 1.0, None]
        assert document.dynamics.years == years
        assert document.minimum_residents == 300


@pytest.mark.parametrize(("document", "inputs"), [(MSS, 4), (RISE, 7)], ids=["mss", "rise"])
def test_inputs_are_shares_of_the_catalogue_in_which_much_is_bad(document, inputs):
    indicators = load_catalogue().indicators
    assert len(document.inputs) == inputs
    assert all(indicators[part.indicator].share for part in document.inputs)
    assert {part.weight for part in document.inputs} == {1.0}
    assert {part.direction for part in document.inputs} == {"raises"}
    assert not any(indicators[part.indicator].polarity == "high_is_good" for part in document.inputs)


@pytest.mark.parametrize("document", COMPOSITES.values(), ids=COMPOSITES)
def test_every_class_and_text_is_in_german_and_english(document):
    classes = [*document.classes, *(document.dynamics.classes if document.dynamics else ())]
    for text in (document.title, document.definition, document.caveats, *(found.title for found in classes)):
        assert text.de
        assert text.en


def test_mss_step_by_step():
    """Sixty invented areas: the recipe written down once more in plain Python, from the report."""
    draw = random.Random(7)
    names = [part.indicator for part in MSS.inputs]
    areas = [f"{number:08}" for number in range(60)]
    shares = {period: {name: [draw.uniform(2, 30) for _ in areas] for name in names} for period in ("2022", "2024")}
    lines = ["area | period | residents | " + " | ".join(names)]
    for period, columns in shares.items():
        for at, area in enumerate(areas):
            lines.append(f"{area} | {period} | 5000 | " + " | ".join(repr(columns[name][at]) for name in names))
    table = "\n".join(lines)
    scores = compute_composites({"mss": MSS}, values_of(table), population_from(table)).filter(period="2024")

    def z(values):
        return [(value - fmean(values)) / pstdev(values) for value in values]

    now, before = shares["2024"], shares["2022"]
    status = z([sum(parts) for parts in zip(*(z(now[name]) for name in names), strict=True)])
    changes = [[b - a for a, b in zip(before[name], now[name], strict=True)] for name in names]
    dynamics = z([sum(parts) for parts in zip(*map(z, changes), strict=True)])
    assert scores["score"].to_list() == pytest.approx(status)
    assert scores["dynamics"].to_list() == pytest.approx(dynamics)
    assert scores["class"].to_list() == [
        "hoch" if s < -1 else "mittel" if s <= 1 else "niedrig" if s <= 1.5 else "sehr_niedrig" for s in status
    ]
    assert scores["dynamics_class"].to_list() == [
        "positiv" if d < -1 else "stabil" if d <= 1 else "negativ" for d in dynamics
    ]
    assert set(scores["class"]) == {"hoch", "mittel", "niedrig", "sehr_niedrig"}
