"""How long work is shown: bars on a terminal, gone when the work is done; plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sozialraum.cli.terminal import err, say
from sozialraum.pipeline import Step
from sozialraum.pipeline.progress import Tell


@contextmanager
def progress() -> Iterator[Tell]:
    """Give a listener that shows every step it hears of, but for those where there is nothing to do."""
    if not err.is_terminal:
        yield _unless_empty(_lines())
        return
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        yield _unless_empty(_bars(bars))


def _unless_empty(show: Tell) -> Tell:
    def tell(step: Step) -> None:
        if step.total:
            show(step)

    return tell


def _lines() -> Tell:
    seen: set[str] = set()

    def tell(step: Step) -> None:
        if step.title not in seen:
            seen.add(step.title)
            say(step.title, to=err)

    return tell


def _bars(bars: Progress) -> Tell:
    tasks: dict[str, TaskID] = {}

    def tell(step: Step) -> None:
        if step.title not in tasks:
            tasks[step.title] = bars.add_task(step.title, total=step.total)
        bars.update(tasks[step.title], completed=step.done, total=step.total)

    return tell
