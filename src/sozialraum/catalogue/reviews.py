"""Documents whose owner promised to look at them again by a day that has passed.

A review that is overdue stops nothing. A city hears of each of its own documents; of those that came with the software
it only inherits, in one line: their owners keep the catalogue, but a city that relies on them should know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

from sozialraum.catalogue.lines import line_of
from sozialraum.catalogue.project import Catalogue, Project
from sozialraum.errors import Fault
from sozialraum.periods import calendar_day

MANY = "documents of the built-in catalogue wait"
KEY = ("governance", "next_review")


@dataclass(frozen=True, slots=True, order=True)
class Review:
    """A review that is overdue.

    Attributes:
        due: the day that it was promised for.
        kind: folder of the document (``indicators``).
        id: its name.
        owner: who answers for it.
        file: the document as the user knows it.
        line: where the day stands.
        own: whether the project itself brings the document.
    """

    due: date
    kind: str
    id: str
    owner: str
    file: str
    line: int
    own: bool

    def as_json(self) -> dict[str, str | int | bool]:
        """Return the review for machines."""
        return {
            "kind": self.kind,
            "id": self.id,
            "owner": self.owner,
            "due": self.due.isoformat(),
            "file": self.file,
            "line": self.line,
            "own": self.own,
        }


def overdue_reviews(project: Project, today: date | None = None) -> tuple[Review, ...]:
    """Return every review whose day has passed, the longest overdue first; on the day itself it is not overdue.

    Args:
        project: the city's documents.
        today: the day it is, that of the calendar if not given.
    """
    return tuple(sorted(_overdue(project, today or calendar_day())))


def _overdue(project: Project, today: date) -> Iterator[Review]:
    for kind in (field.name for field in fields(Catalogue)):
        documents: Mapping[str, object] = getattr(project.catalogue, kind)
        for id, document in documents.items():
            governance = getattr(document, "governance", None)
            if governance is None or governance.next_review >= today:
                continue
            line = line_of(project.files[kind, id].read_text(encoding="utf-8-sig"), KEY)
            place = (project.name_of(kind, id), line, project.is_own(kind, id))
            yield Review(governance.next_review, kind, id, governance.owner, *place)


def review_notes(project: Project, today: date | None = None) -> tuple[Fault, ...]:
    """Return a note for each of the project's own documents whose review is overdue, and one for all others."""
    reviews = overdue_reviews(project, today)
    inherited = [review for review in reviews if not review.own]
    notes = [_note(review) for review in reviews if review.own]
    return (*notes, _inherited(inherited)) if inherited else tuple(notes)


def _note(review: Review) -> Fault:
    what = f"its review is overdue, and {review.owner} answers for it"
    advice = "look at it again, write into [[changes]] what changed, and set the next day"
    return Fault(review.file, review.line, ".".join(KEY), what, review.due.isoformat(), advice)


def _inherited(reviews: list[Review]) -> Fault:
    subject = "1 document of the built-in catalogue waits" if len(reviews) == 1 else f"{len(reviews)} {MANY}"
    what = f"{subject} for a review, the longest since {reviews[0].due.isoformat()}"
    advice = "look for a newer version of sozialraum; `sozialraum check DIR --json` lists them under reviews"
    return Fault("catalogue", what=what, advice=advice)
