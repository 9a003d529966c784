"""Which step may follow which."""

from __future__ import annotations

import pytest

from sozialraum.errors import NotAllowedError
from sozialraum.releases import TRANSITIONS, State, check_transition, draw_states

#                draft  in_review  approved  published  superseded  withdrawn
TABLE = {
    "draft":      "  .       x         .         .          .          x",
    "in_review":  "  x       .         x         .          .          x",
    "approved":   "  .       x         .         x          .          x",
    "published":  "  .       .         .         .          x          x",
    "superseded": "  .       .         .         x          .          x",
    "withdrawn":  "  .       .         .         .          .          .",
}  # fmt: skip


@pytest.mark.parametrize("current", list(State))
@pytest.mark.parametrize("wanted", list(State))
def test_the_table(current: State, wanted: State) -> None:
    open_step = TABLE[current].split()[list(State).index(wanted)] == "x"
    if open_step:
        check_transition("2024-H1.1", current, wanted)
    else:
        with pytest.raises(NotAllowedError, match=f"is {current}; it can not become {wanted}"):
            check_transition("2024-H1.1", current, wanted)


def test_a_refusal_names_what_is_possible() -> None:
    with pytest.raises(NotAllowedError, match=r"possible: in_review, withdrawn"):
        check_transition("2024-H1.1", State.DRAFT, State.PUBLISHED)


def test_the_drawing_has_every_step() -> None:
    drawing = draw_states()
    assert drawing.count("-->") == 1 + sum(len(targets) for targets in TRANSITIONS.values())
