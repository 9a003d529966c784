"""The attacks on the public tables of Flensburg's release, where the data lies beside the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from evidence import Evidence, built, table_cases
from outsider import Claim
from sixteen import ATTACKS, Attack

from sozialraum.catalogue import load_project

pytestmark = pytest.mark.realdata

EXAMPLE = Path(__file__).parents[2] / "examples" / "flensburg"
NOTHING_TO_LEARN = {
    3: "no share leaves 1 to 4 of its base",
    10: "no count of several dimensions is below 5",
    11: "no small count has a share",
}
"""Attacks whose control finds nothing in this city's data either: it has 14 small counts, in tables without totals."""


@pytest.fixture(scope="module")
def city(flensburg: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("attacked")
    shutil.copytree(EXAMPLE, folder / "city")
    return built(load_project(folder / "city", flensburg), folder / "copies", small=5)


def _as_delivered(claim: Claim) -> bool:
    """The city's open data: in some years 1 to 4 persons of an age are in the city's table and in no quarter's.

    The number is told by the deliveries themselves, which are public. The door takes it that quarters fill the city, so
    it does not know that there is a rest, and the audit sees two numbers that contradict each other.
    """
    return claim.about[0] == "persons" and claim.about[2:4] == ("stadt", "01001000 beside stadtteile")


TRIED = [attack for attack in ATTACKS if attack.number in (1, 2, 3, 6, 8, 9, 10, 11, 16)]


@pytest.mark.parametrize("attack", TRIED, ids=lambda attack: f"{attack.number} {attack.name}")
def test_attack(city: Evidence, attack: Attack) -> None:
    release, control = (package() for package in table_cases(city)[attack.number])
    learnt = [claim for claim in attack.run(release) if city.true(release, claim) and not _as_delivered(claim)]
    assert not learnt, "; ".join(map(str, learnt[:5]))
    teaches = any(city.true(control, claim) for claim in attack.run(control))
    assert teaches == (attack.number not in NOTHING_TO_LEARN), NOTHING_TO_LEARN.get(attack.number, "nothing is learnt")
