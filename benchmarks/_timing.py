"""How long something takes: the least of several runs, since other work on the machine only ever adds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def best(run: Callable[[], Found], runs: int = 5) -> tuple[float, Found]:
    """Return the least time of some runs in seconds, and what they give."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        found = run()
        times.append(time.perf_counter() - start)
    return min(times), found
