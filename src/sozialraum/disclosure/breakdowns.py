"""How often one base is broken down completely: by age, by sex, by kind of household.

Under cell keys each complete breakdown adds up to the base once more, with an error of its own, and the mean of many is
the true number. So a policy says how many may be published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sozialraum.catalogue import CodeListDoc, Interval, Measure, split_codes, tile_intervals, tile_list
from sozialraum.catalogue.codes import OPEN_END
from sozialraum.errors import DoorError


def demand_few_breakdowns(measures: Iterable[Measure], codes: Mapping[str, CodeListDoc], most: int) -> None:
    """Check that no base is broken down completely too often.

    Args:
        measures: what is published.
        codes: code lists of the dimensions; one that is not given is taken to be incomplete.
        most: so many complete breakdowns are allowed.

    Raises:
        DoorError: a base has more; says which and by what.
    """
    found = complete_breakdowns(measures, codes)
    worst = max(found, key=lambda base: (sum(found[base].values()), base), default=None)
    if worst is not None and (times := sum(found[worst].values())) > most:
        by = ", ".join(f"{name} ({n} times)" if n > 1 else name for name, n in sorted(found[worst].items()))
        raise DoorError(
            f"{worst} is broken down completely {times} times, by {by}; its policy allows {most}: the mean of their "
            "sums would tell the true number. Ask for fewer, round small counts instead (small_counts), or raise "
            "breakdowns in the policy's table cell_key"
        )


def complete_breakdowns(measures: Iterable[Measure], codes: Mapping[str, CodeListDoc]) -> dict[Measure, dict[str, int]]:
    """Return for each base, published or not, how often each dimension breaks it down completely.

    Breakdowns of one dimension that have no code in common count one by one.
    """
    offered: defaultdict[tuple[Measure, str], set[str]] = defaultdict(set)
    for measure in measures:
        for dimension, text in measure.where:
            rest = {name: other for name, other in measure.where if name != dimension}
            offered[Measure.of(measure.universe, rest), dimension].add(text)
    found: dict[Measure, dict[str, int]] = {}
    for (base, dimension), texts in sorted(offered.items()):
        if dimension in codes and (times := _tilings(texts, codes[dimension])):
            found.setdefault(base, {})[dimension] = times
    return found


def _tilings(texts: Iterable[str], document: CodeListDoc) -> int:
    left, times = {_spelled_out(text, document) for text in texts}, 0
    while (tiling := _tile(left, document)) is not None:
        left -= set(tiling)
        times += 1
    return times


def _tile(texts: Iterable[str], document: CodeListDoc) -> tuple[str, ...] | None:
    if document.kind == "list":
        return tile_list(frozenset(document.codes), texts)
    return tile_intervals(Interval(0, OPEN_END), (text for text in texts if "|" not in text))


def _spelled_out(text: str, document: CodeListDoc) -> str:
    """Return codes with the names of groups replaced by what they stand for."""
    return "|".join(sorted(one for code in split_codes(text) for one in split_codes(document.groups.get(code, code))))
