"""Deliveries are parts of a hidden truth: what the resolver answers is true, complete, and can be traced.

Every delivery tells the truth about some measures, in some areas and periods; it leaves out cells and suppresses cells.
So a number that the resolver finds, by whichever way, must be the true one.
"""

from __future__ import annotations

from itertools import combinations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counts_samples import CITY, CODES, cells, supply
from sozialraum.catalogue.measures import Measure
from sozialraum.counts import Resolution, resolve
from sozialraum.counts.filters import plain

BANDS = ((0, 2), (3, 5), (6, 9), (10, 14), (15, None))
SHARES = ("yes", "no")
QUARTERS = {"n1": ("n1", "N", "all"), "n2": ("n2", "N", "all"), "s1": ("s1", "S", "all")}
LEVELS = ("quarters", "districts", "city")
AREAS = {"quarters": ("n1", "n2", "s1"), "districts": ("N", "S"), "city": ("all",)}
PERIODS = ("2023", "2024")


def age_text(first: int, last: int) -> str:
    low, high = BANDS[first][0], BANDS[last][1]
    return f"{low}+" if high is None else f"{low}-{high}"


AGES = {age_text(i, j): frozenset(range(i, j + 1)) for i in range(len(BANDS)) for j in range(i, len(BANDS))}
MEASURE = st.builds(
    lambda where: Measure.of("persons", where),
    st.fixed_dictionaries({}, optional={"age": st.sampled_from(sorted(AGES)), "sgb2": st.sampled_from(SHARES)}),
)
ATOMS = [(quarter, period, band, share) for quarter in QUARTERS for period in PERIODS
         for band in range(len(BANDS)) for share in SHARES]  # fmt: skip
TRUTH = st.lists(st.integers(0, 5), min_size=len(ATOMS), max_size=len(ATOMS)).map(
    lambda numbers: dict(zip(ATOMS, numbers, strict=True))
)
TABLE = st.tuples(MEASURE, st.sampled_from(LEVELS), st.sampled_from([("2023",), ("2024",), PERIODS]))
DELIVERY = st.lists(TABLE, min_size=1, max_size=7, unique_by=lambda table: (table[0], table[1]))


def atoms(measure: Measure) -> frozenset[tuple[int, str]]:
    ages = AGES.get(measure.filter.get("age", ""), frozenset(range(len(BANDS))))
    shares = [measure.filter["sgb2"]] if "sgb2" in measure.filter else SHARES
    return frozenset((band, share) for band in ages for share in shares)


def true_number(truth: dict, measure: Measure, system: str, area: str, period: str) -> float:
    inside = [quarter for quarter, above in QUARTERS.items() if above[LEVELS.index(system)] == area]
    return float(sum(truth[quarter, period, *atom] for quarter in inside for atom in atoms(measure)))


def rows_of(truth: dict, delivery: list, gaps: st.DataObject | None) -> list[tuple]:
    found = []
    for measure, system, periods in delivery:
        for period in periods:
            for area in AREAS[system]:
                fate = gaps.draw(st.sampled_from(["told", "told", "told", "left out", "hidden"])) if gaps else "told"
                if fate == "told":
                    found.append((measure, system, area, period, true_number(truth, measure, system, area, period)))
                elif fate == "hidden":
                    found.append((measure, system, area, period, None, "suppressed"))
    return found


def asked(questions: list[Measure], deliveries: list[list[tuple]], priorities: list[int]) -> Resolution:
    supplies = [
        supply(cells(rows, f"table{number}"), priority=priority)
        for number, (rows, priority) in enumerate(zip(deliveries, priorities, strict=True))
    ]
    return resolve(questions, supplies, CITY, CODES)


@settings(max_examples=150, deadline=None)
@given(
    TRUTH,
    st.lists(DELIVERY, min_size=1, max_size=3),
    st.lists(MEASURE, min_size=1, max_size=6),
    st.lists(st.integers(0, 1), min_size=3, max_size=3),
    st.data(),
)
def test_every_number_is_the_true_one_and_its_trace_adds_up_to_it(truth, deliveries, questions, priorities, gaps):
    told = [rows_of(truth, delivery, gaps) for delivery in deliveries]
    found = asked(questions, told, priorities[: len(told)])
    for universe, where, system, area, period, value, status, source, _ in found.frame.rows():
        question = Measure.parse(universe, where)
        traces = found.trace(question, system, area, period)
        if value is None:
            assert status in ("suppressed", "missing")
            assert (status == "suppressed") == any(trace.status == "suppressed" for trace in traces)
            continue
        assert value == true_number(truth, question, system, area, period)
        assert sum(trace.value for trace in traces) == value
        assert {trace.source for trace in traces} == set(source.split("+"))
        assert all(told[int(t.source[5:])][t.line - 2][4] == t.value for t in traces)


@settings(max_examples=150, deadline=None)
@given(TRUTH, DELIVERY, MEASURE)
def test_whatever_adds_up_in_one_dimension_is_found_with_the_fewest_parts(truth, delivery, question):
    found = asked([question], [rows_of(truth, delivery, None)], [0])
    for system in LEVELS:
        for period in PERIODS:
            offered = sorted({m for m, s, periods in delivery if s == system and period in periods})
            fewest = brute_force(question, offered)
            answers = found.frame.filter(area_system=system, period=period)
            if fewest:
                assert answers["value"].to_list() == [
                    true_number(truth, question, system, area, period) for area in answers["area"]
                ]
                assert sorted(answers["area"]) == sorted(AREAS[system])
                assert len(found.trace(question, system, AREAS[system][0], period)) <= fewest


def brute_force(question: Measure, offered: list[Measure]) -> int:
    """The fewest offered measures that differ from the question in one dimension at most and partition it, or 0.

    A measure that does not name a dimension of the question is no part of it: it holds those whose age is unknown.
    """
    for dimension in ("age", "sgb2"):
        others = {d: text for d, text in question.where if d != dimension}
        alike = [m for m in offered if {d: text for d, text in m.where if d != dimension} == others]
        alike = [m for m in alike if set(question.filter) <= set(m.filter)]
        for size in range(1, len(alike) + 1):
            for parts in combinations(alike, size):
                pieces = [atoms(part) for part in parts]
                if sum(map(len, pieces)) == len(atoms(question)) and frozenset().union(*pieces) == atoms(question):
                    return size
    return 0


@settings(max_examples=60, deadline=None)
@given(TRUTH, DELIVERY, MEASURE)
def test_where_every_finer_area_has_a_number_the_coarser_one_has_it_too(truth, delivery, question):
    delivery = [(measure, "quarters", periods) for measure, system, periods in delivery if system == "quarters"]
    assume(delivery)
    frame = asked([question], [rows_of(truth, delivery, None)], [0]).frame
    for period in frame["period"].unique():
        here = frame.filter(period=period)
        assert sorted(here["area"]) == sorted([*AREAS["quarters"], *AREAS["districts"], "all"])
        totals = {here.filter(area_system=system)["value"].sum() for system in LEVELS}
        assert len(totals) == 1


@settings(max_examples=60, deadline=None)
@given(DELIVERY, st.lists(MEASURE, min_size=1, max_size=5, unique=True))
def test_every_question_is_answered_or_reported_for_every_area_system_and_period(delivery, questions):
    truth = dict.fromkeys(ATOMS, 1)
    found = asked(questions, [rows_of(truth, delivery, None)], [0])
    key = ["universe", "where", "area_system", "period"]
    answered, reported = (set(frame.select(key).rows()) for frame in (found.frame, found.unresolved))
    periods = {period for *_, periods in delivery for period in periods}
    assert not answered & reported
    assert answered | reported == {
        ("persons", plain(question, CODES).where_text, system, period)
        for question in questions for system in LEVELS for period in periods
    }  # fmt: skip
