"""What a steward might have tried out on the small city: four rules, one of which no build could keep."""

from __future__ import annotations

from sozialraum.releases.what_if import Cause, Effect, Outcome, Scenario, Table, WhatIf

CHILDREN = "persons", "age=0-14;sgb2=yes"


def cause(area: str, *, further: float, alone: bool = True, why: str = "minimum", system: str = "viertel") -> Cause:
    universe, where = CHILDREN
    return Cause(
        universe=universe,
        where=where,
        area_system=system,
        area=area,
        period="2024",
        why=why,
        further=further,
        alone=alone,
        indicators=("kinder_sgb2", "geplante_kennzahl"),
    )


def table(indicator: str, effect: Effect, *, blind: int = 0) -> Table:
    areas = {"viertel": {"02": (10, 5), "03": (10, 1), "04": (10, 0)}}
    return Table(indicator=indicator, effect=effect, blind=blind, gap=0.25, areas=areas)


NOW = Outcome(
    scenario=0,
    effect=Effect(numbers=1200, own={"minimum": 30, "complement": 6}, others=24, values=1500, lost=75),
    weight=100.0,
    bound=90.0,
    tables=(
        table("kinder_sgb2", Effect(numbers=400, own={"minimum": 30}, others=10, values=100, lost=60), blind=3),
        table("arbeitslose", Effect(numbers=800, own={"complement": 6}, others=14, values=200, lost=15), blind=4),
        table("miete", Effect(numbers=90, values=90)),
    ),
    areas={
        "viertel": {"01": (100, 0), "02": (100, 25), "03": (100, 5)},
        "bezirke": {"1": (100, 4)},
        "stadt": {"0": (100, 1)},
    },
    causes=(
        cause("02", further=3),
        cause("03", further=1.5, alone=False),
        cause("02 & 7", further=1, why="overlap", system="atoms of the overlay"),
        cause("0", further=1, why="earlier", system="stadt"),
        *(cause("05", further=1) for _ in range(8)),
    ),
    more_causes=7,
    between=4,
)
STRICTER = Outcome(
    scenario=1,
    effect=Effect(numbers=1200, own={"minimum": 60}, others=40, earlier=5, values=1500, lost=150),
    areas={"viertel": {"01": (100, 0), "02": (100, 40), "03": (100, 10)}},
)
ROUNDED = Outcome(
    scenario=2,
    effect=Effect(numbers=1200, values=1500, changed=1100, mean_change=1.25, most_change=2.0),
    areas={"viertel": {"01": (100, 0), "02": (100, 0)}},
)
REFUSED = Outcome(scenario=3, refused="a number can not be protected")
REPORT = WhatIf(
    made="2025-11-03",
    earlier=("2025-H2.1",),
    scenarios=(
        Scenario(text=""),
        Scenario(text="minimum = 5", policies=("register",)),
        Scenario(text="method = rounding", policies=("register",)),
        Scenario(text="minimum = 99", policies=("register",)),
    ),
    packages={"public": (NOW, STRICTER, ROUNDED, REFUSED), "internal": (NOW, STRICTER, ROUNDED, REFUSED)},
)
