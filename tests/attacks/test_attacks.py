"""The attacks fail on Musterstadt's releases, and each succeeds on its control: the same data, less well protected."""

from __future__ import annotations

import pytest
from evidence import EACH_ALONE, Musterstadt, blocked, lenient, owned
from sixteen import ATTACKS, Attack, dominated, reformed


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.number} {attack.name}")
def test_attack(town: Musterstadt, attack: Attack) -> None:
    control, release = town.learnt(attack)
    assert control, "the control teaches nothing, so the attack proves nothing"
    assert not release, "; ".join(map(str, release[:5]))


@pytest.mark.parametrize("number", [6, 7])
def test_sums_of_firms_are_attacked_too(town: Musterstadt, number: int) -> None:
    control, _ = town.learnt(ATTACKS[number - 1])
    assert [claim for claim in control if "firms.turnover" in claim.about]
    told = town.first.public.counts.filter(universe="firms.turnover", status="ok")
    assert told.height > 10, "nothing is told, so nothing is proved"


def test_what_larger_areas_leave_beside_their_parts_is_attacked_too(town: Musterstadt) -> None:
    """If each sum is looked at alone, the total of a district gives a firm away."""
    alone = owned(lenient(town.first, "each alone", EACH_ALONE), town.first)
    assert [claim for claim in dominated(alone) if "beside" in claim.about]


SENSITIVE = {"kinder_in_sgb2", "mindestsicherung_unter_18", "mindestsicherungsquote", "sgb2_quote"}
NOT_SENSITIVE = {
    *("anteil_unter_3", "anteil_3_bis_5", "anteil_unter_18", "anteil_18_bis_24", "anteil_ab_65", "anteil_ab_80"),
    *("alleinerziehende", "alleinlebende_ab_65", "einpersonenhaushalte", "haushalte_mit_kindern"),
    *("kinderreiche_haushalte", "auslaenderanteil", "migrationshintergrund", "kinder_mit_migrationshintergrund"),
    *("betreuungsquote_unter_3", "betreuungsquote_3_bis_5", "ganztag_kita", "andere_familiensprache"),
}


def test_shares_of_everybody_are_blocked_where_they_would_harm(town: Musterstadt) -> None:
    """Who receives benefits is nobody's business. Who is old, or in day care, is no secret that a share tells."""
    found = blocked(town.first.public)
    assert {name for name, values in found.items() if values} == SENSITIVE
    assert {name for name, values in found.items() if not values} == NOT_SENSITIVE


def test_much_has_changed_before_the_second_release(town: Musterstadt) -> None:
    """Attack 5 has something to look at: cells of both releases that differ by a household or a few. All that they tell
    is who came and went; of those who stayed none is set apart."""
    assert town.upheaval.moved > 20
    assert town.upheaval.demolished >= 5
    release, _ = town.cases()[5]
    assert len(list(reformed(release()))) > 10
    assert town.set_apart(release()).keys() == set()
