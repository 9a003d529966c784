"""Why a question has no answer, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sozialraum.catalogue.measures import Measure
from sozialraum.counts.attempts import Offers
from sozialraum.counts.filters import Codes, intervals, members
from sozialraum.counts.shelves import Shelf


def why_not(
    question: Measure, system: str, answered: NDArray[np.bool_], *, offers: Offers
) -> Iterator[tuple[str, str]]:
    """Yield each period in which a question has no answer, with the reason.

    Args:
        question: a plain measure.
        system: the area system it is asked for.
        answered: for which periods it has an answer.
        offers: the deliveries.
    """
    frame = offers.frame
    shelves = {id: [stock.full[id] for stock in offers.stocks if id in stock.full] for id in frame.territory.axes}
    delivered = [_periods(question.universe, shelves[id], len(frame.periods)) for id in shelves]
    anywhere = np.any(delivered, axis=0) if delivered else np.zeros(0, dtype=bool)
    if not anywhere.any():
        yield "", f"no delivery has {question.universe} with the dimensions that are asked for"
        return
    for place in np.flatnonzero(anywhere & ~answered):
        offered = {id: _offered(question.universe, shelves[id], int(place)) for id in shelves}
        yield frame.periods[place], _reason(question, system, offered, frame.codes)


def _periods(universe: str, shelves: list[Shelf], periods: int) -> NDArray[np.bool_]:
    found = np.zeros(periods, dtype=bool)
    for shelf in shelves:
        for pattern, _ in shelf.patterns.get(universe, ()):
            found |= pattern
    return found


def _offered(universe: str, shelves: list[Shelf], period: int) -> set[Measure]:
    return {
        m for shelf in shelves for places, found in shelf.patterns.get(universe, ()) if places[period] for m in found
    }


def _reason(question: Measure, system: str, offered: dict[str, set[Measure]], codes: Codes) -> str:
    here = offered[system]
    if not here:
        others = ", ".join(id for id, found in offered.items() if found)
        return f"{question.universe} is delivered for {others}, not for {system}"
    if not question.additive:
        return "a ready-made figure is used as it is delivered: it can not be added up"
    for dimension, _ in question.where:
        if not any(dimension in measure.filter for measure in here):
            return f"no delivery has {question.universe} by {dimension}"
    found = [f"{d} {_gap(d, text, here, codes)}" for d, text in question.where if _gap(d, text, here, codes)]
    if found:
        return "the delivered codes do not make up what is asked: " + "; ".join(found)
    return "no delivered combination of codes makes up what is asked"


def _gap(dimension: str, text: str, offered: set[Measure], codes: Codes) -> str:
    """Return asked and delivered codes where no delivered ones lie inside what is asked and cover it."""
    document = codes[dimension]
    texts = {measure.filter[dimension] for measure in offered if dimension in measure.filter}
    if document.kind == "list":
        asked = members(text, document)
        inside = [members(code, document) for code in texts]
        covered = frozenset().union(*(part for part in inside if part <= asked))
        complete = covered == asked
    else:
        edges = {edge for code in texts for part in intervals(code, document) for edge in (part.low, part.high)}
        complete = all({part.low, part.high} <= edges for part in intervals(text, document))
    return "" if complete else f"{text} from {', '.join(sorted(texts)[:8])}"
