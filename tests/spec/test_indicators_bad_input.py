"""What can not be computed has a status and a sentence in both languages: one table for each kind."""

from __future__ import annotations

import pytest
from method_tables import rows

from indicator_samples import indicator, m, protected, share, value_and_status
from sozialraum.indicators import (
    Point,
    against_parent,
    against_similar,
    against_target,
    break_before,
    compute,
    fifth_sentence,
    fifths,
    recent_trend,
    standing_sentence,
    status_sentence,
    trend_sentence,
)
from sozialraum.tables import Status, Value

WHY = {"de": "Neue Zählung.", "en": "New counting."}
DOCUMENTS = {
    "share": share(interval="wilson", minimum_base=50),
    "growth": indicator(change={"of": m("people")}),
    "broken growth": indicator(change={"of": m("people")}, breaks=[{"period": "2024", "why": WHY}]),
}


def counts(given: str) -> str:
    """The counts of area A, beside an area B that has them all."""
    lines = ["area | period | poor | children | people"]
    lines += ["B | 2022 | 12 | 100 | 90", "B | 2023 | 12 | 100 | 100", "B | 2024 | 12 | 100 | 100"]
    for part in given.split(","):
        period, *cells = part.split()
        found = dict(cell.split("=") for cell in cells)
        lines.append(" | ".join(["A", period, *(found.get(name, "") for name in ("poor", "children", "people"))]))
    return "\n".join(lines)


@pytest.mark.parametrize("row", rows("bad_input", "values"), ids=lambda row: row["case"])
def test_a_value(row):
    document = DOCUMENTS[row["asked"]]
    frame = compute({"this": document}, protected(counts(row["given"]))).filter(area="A", period="2024")
    value = Value.of(frame.row(0, named=True))
    assert value.status == row["status"]
    broken = break_before("this", {"this": document}, "2024") if document.change else None
    for language, column in (("de", "German"), ("en", "English")):
        assert status_sentence(document, value, language, broken_by=broken) == row[column]


def points(given: str, base: float = 1000.0) -> list[Point]:
    return [_point(*cell.split("="), base) for cell in given.split()]


def _point(period: str, cell: str, base: float) -> Point:
    number, status = value_and_status(cell)
    if number is None:
        return Point(period, Value(None, Status(status)))
    return Point(period, Value(100 * number / base, Status(status), number, base))


@pytest.mark.parametrize("row", rows("bad_input", "trends"), ids=lambda row: row["case"])
def test_a_trend(row):
    breaks = [{"period": row["broken in"], "why": WHY}] if row["broken in"] else []
    document = share(interval="wilson", breaks=breaks)
    trend = recent_trend(document, points(row["given"]))
    assert ": ".join(filter(None, [trend.direction, trend.obstacle])) == row["result"]
    for language, column in (("de", "German"), ("en", "English")):
        assert trend_sentence(document, trend, language) == row[column]


@pytest.mark.parametrize("row", rows("bad_input", "comparisons"), ids=lambda row: row["case"])
def test_a_comparison(row):
    document = share(polarity="low_is_good")
    if row["with"] == "fifths":
        values = {str(place): Value(float(cell), Status.OK) for place, cell in enumerate(row["given"].split())}
        fifth = fifths(document, values, "2024")["0"]
        assert f"{str(fifth.number).lower()}: {fifth.obstacle}" == row["result"]
        said = {language: fifth_sentence(document, fifth, language) for language in ("de", "en")}
    else:
        own, *others = row["given"].split("/")
        series = [points(other) for other in others if other.strip() != "none"]
        standing = {
            "parent": lambda: against_parent(document, points(own), series[0] if series else None),
            "similar": lambda: against_similar(document, points(own), series),
            "target": lambda: against_target(document, points(own)),
        }[row["with"]]()
        assert f"{standing.comparison.position}: {standing.obstacle}" == row["result"]
        said = {lang: standing_sentence(document, standing, name="Stadt", language=lang) for lang in ("de", "en")}
    assert said == {"de": row["German"], "en": row["English"]}
