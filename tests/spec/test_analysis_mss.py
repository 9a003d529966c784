"""The shipped recipes: Berlin's Monitoring Soziale Stadtentwicklung and Hamburg's RISE, as their files say."""

from __future__ import annotations

import random
from statistics import fmean, pstdev

import pytest

from analysis_samples import population_from, values_of
from indicator_samples import rows_of
from sozialraum.analysis import class_of, compute_composites
from sozialraum.catalogue import load_catalogue

COMPOSITES = load_catalogue().composites
MSS, RISE = COMPOSITES["mss"], COMPOSITES["rise"]

PUBLISHED = """
    area                  |zS1  |zS3  |zS4  |sum  |status|class       |zD1  |zD3  |zD4  |dsum |dynamics|moves
    Stülerstraße          |-0.25|-0.41|-0.31|-0.97|-0.33 |mittel      |0.41 |0.91 |1.31 |2.64 |1.27    |negativ
    Großer Tiergarten     |-1.30|-1.05|-0.97|-3.32|-1.12 |hoch        |-0.92|1.28 |1.57 |1.93 |0.93    |stabil
    Charitéviertel        |-1.22|-1.17|-1.19|-3.59|-1.21 |hoch        |-0.72|0.60 |0.39 |0.27 |0.13    |stabil
    Huttenkiez            |1.18 |1.55 |2.05 |4.79 |1.62  |sehr_niedrig|0.53 |-1.77|-1.95|-3.19|-1.53   |positiv
    Beusselkiez           |1.00 |1.20 |1.59 |3.79 |1.28  |niedrig     |0.69 |-1.16|-0.21|-0.67|-0.32   |stabil
    Emdener Straße        |0.91 |0.77 |1.04 |2.72 |0.92  |mittel      |1.22 |-1.65|-1.59|-2.02|-0.97   |stabil
    Heidestraße           |-0.49|-0.22|-0.17|-0.88|-0.30 |mittel      |-2.85|-4.36|-2.78|-9.99|-4.80   |positiv
    Lübecker Straße       |1.53 |1.59 |1.37 |4.49 |1.52  |sehr_niedrig|1.78 |-1.47|-0.44|-0.13|-0.06   |stabil
    Zillesiedlung         |2.12 |2.09 |1.31 |5.52 |1.87  |sehr_niedrig|3.78 |0.54 |2.59 |6.91 |3.32    |negativ
    Afrikanische Straße   |1.05 |0.92 |1.10 |3.07 |1.04  |niedrig     |0.91 |-0.90|-1.11|-1.10|-0.53   |stabil
    Schillerpark          |0.99 |0.80 |1.13 |2.92 |0.99  |mittel      |1.38 |-1.41|-0.49|-0.52|-0.25   |stabil
    Westliche Müllerstraße|0.74 |0.88 |1.39 |3.01 |1.02  |niedrig     |0.55 |-1.33|-1.46|-2.24|-1.07   |positiv
    Moritzplatz           |2.40 |2.24 |1.95 |6.59 |2.23  |sehr_niedrig|1.30 |-0.37|1.20 |2.12 |1.02    |negativ
    Lausitzer Platz       |1.16 |1.23 |0.76 |3.15 |1.07  |niedrig     |1.49 |-0.03|0.59 |2.05 |0.99    |stabil
    Kollwitzplatz         |-1.02|-0.94|-1.10|-3.05|-1.03 |hoch        |-0.65|0.91 |0.81 |1.07 |0.51    |stabil
    Nordbahnhof           |-1.05|-0.95|-0.91|-2.90|-0.98 |mittel      |-0.48|0.31 |0.56 |0.38 |0.18    |stabil
"""
"""Berlin, MSS 2021, table 3 (Senatsverwaltung für Stadtentwicklung): planning areas on both sides of each cut."""


@pytest.mark.parametrize("row", rows_of(PUBLISHED), ids=lambda row: row["area"])
def test_the_published_classes_follow_from_the_cuts(row):
    assert class_of(MSS.classes, float(row["status"])) == row["class"]
    assert class_of(MSS.dynamics.classes, float(row["dynamics"])) == row["moves"]


def test_the_published_index_is_the_sum_divided_by_its_deviation():
    for sums, scores in (("sum", "status"), ("dsum", "dynamics")):
        pairs = [(float(row[sums]), float(row[scores])) for row in rows_of(PUBLISHED)]
        deviation = max(abs(total) for total, _ in pairs) / max(abs(score) for _, score in pairs)
        assert all(total / deviation == pytest.approx(score, abs=0.012) for total, score in pairs)


def test_the_published_sum_is_the_plain_sum_of_the_z_scores():
    for row in rows_of(PUBLISHED):
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
