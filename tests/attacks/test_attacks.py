"""The attacks fail on Musterstadt's releases, and each succeeds on its control: the same data, less well protected."""

from __future__ import annotations

import pytest
from evidence import Musterstadt
from sixteen import ATTACKS, Attack


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.number} {attack.name}")
def test_attack(town: Musterstadt, attack: Attack) -> None:
    control, release = town.learnt(attack)
    assert control, "the control teaches nothing, so the attack proves nothing"
    assert not release, "; ".join(map(str, release[:5]))
