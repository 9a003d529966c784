"""What it costs to withhold a number for the sake of others: everything that decides what is rather kept, in one place.

Numbers go the sooner the less is lost: small ones before large ones (the logarithm, so that one large number does not
outweigh a whole row of small ones), parts before wholes, quarters before the city, and zeros last.
"""

from __future__ import annotations

import numpy as np

from sozialraum.disclosure.elimination import Flags, Floats, Ints

ZERO = 20.0
"""A zero is withheld only where nothing else helps: an attacker may know that there can not be anybody."""

WHOLE = 2.0
"""The whole of a universe is the base of many shares: it goes later than its parts."""

LEVEL = 2.0
"""Each area system further up goes later."""

KEPT = 1.5
"""What the indicators of the start page are made of goes later."""


def weights(numbers: Floats, *, whole: Flags, height: Ints, kept: Flags) -> Floats:
    """Return what it costs to withhold numbers.

    Args:
        numbers: the true numbers.
        whole: which of them count a whole universe.
        height: how many area systems lie inside the one of each, one above the other.
        kept: which of them are needed on the start page.
    """
    loss = np.where(numbers == 0, ZERO, 1.0 + np.log1p(np.abs(numbers)))
    return np.asarray(loss * np.where(whole, WHOLE, 1.0) * np.where(kept, KEPT, 1.0) * LEVEL**height)
