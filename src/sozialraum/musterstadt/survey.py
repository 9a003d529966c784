"""The town's survey on digital participation: residents aged 60 and over, a sample with weights."""

from __future__ import annotations

import numpy as np
import polars as pl

from sozialraum.musterstadt.population import Floats, Ints
from sozialraum.musterstadt.registers import SEX
from sozialraum.musterstadt.town import Town

PER_AREA = 100
"""Answers per observation area, where that many live there."""

ONLINE_AGES, ONLINE = (60, 70, 80, 95), (0.95, 0.88, 0.66, 0.35)
"""Share that uses the internet, by age (SIM study 2024: 60 and over 87 %, 80 and over 62 %)."""


def digital_survey(town: Town, year: int) -> pl.DataFrame:
    """Return one row per answer.

    Returns:
        Nr, Beobachtungsraum (name), Alter, Geschlecht, Gewicht (how many residents an answer stands for), Internet,
        Smartphone, Onlinebanking (ja, nein), Punkte (0 to 100).
    """
    rng = np.random.default_rng([town.seed, 9])
    persons = town.persons(year)
    area = town.houses.area[persons["building"].to_numpy()]
    old = np.flatnonzero(persons["age"].to_numpy() >= 60)
    shuffled = old[rng.permutation(len(old))]
    order = shuffled[np.argsort(area[shuffled], kind="stable")]
    first = np.searchsorted(area[order], area[order])
    asked = order[np.arange(len(order)) - first < PER_AREA]
    there = np.bincount(area[old], minlength=len(town.plan.codes))
    weight = there[area[asked]] / np.bincount(area[asked], minlength=len(there))[area[asked]]
    return _answers(town, persons[asked], area[asked], weight, rng=rng)


def _answers(
    town: Town, persons: pl.DataFrame, area: Ints, weight: Floats, *, rng: np.random.Generator
) -> pl.DataFrame:
    age = persons["age"].to_numpy()
    chance = np.interp(age, ONLINE_AGES, ONLINE) - 0.12 * town.plan.hardship[area]
    online = rng.random(len(age)) < chance
    smart = online & (rng.random(len(age)) < 0.93)
    banking = online & (rng.random(len(age)) < 0.62)
    points = np.clip(np.round(18 + 38 * online + 14 * smart + 12 * banking + rng.normal(0, 8, len(age))), 0, 100)
    yes_no = pl.Series(["nein", "ja"])
    return pl.DataFrame(
        {
            "Nr": np.arange(1, len(age) + 1),
            "Beobachtungsraum": pl.Series(town.plan.names).gather(area),
            "Alter": age.astype(np.int64),
            "Geschlecht": persons["sex"].cast(pl.String).replace_strict(SEX),
            "Gewicht": np.round(weight, 3),
            "Internet": yes_no.gather(online.astype(np.uint32)),
            "Smartphone": yes_no.gather(smart.astype(np.uint32)),
            "Onlinebanking": yes_no.gather(banking.astype(np.uint32)),
            "Punkte": points.astype(np.int64),
        }
    )
