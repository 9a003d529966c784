"""Firms and offers: the one delivered with addresses as people type them, the others with coordinates."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.musterstadt.names import name_lists
from sozialraum.musterstadt.town import Town

SECTORS = {
    "Industrie und Handwerk": (0.2, 2.2),
    "Handel": (0.22, 1.6),
    "Gastgewerbe": (0.1, 1.5),
    "Gesundheit und Pflege": (0.12, 2.1),
    "Dienstleistungen": (0.24, 1.5),
    "Öffentlicher Dienst und Bildung": (0.04, 3.1),
    "Sonstiges": (0.08, 1.3),
}
"""Share of firms, and logarithm of the median number of employees."""

FIRMS_A_HOUSE = 0.16
UNKNOWN_ADDRESSES = ("Postfach 12 03 40", "Gewerbepark Musterland 7", "unbekannt")
"""Addresses that lead to no house, as every real list has some."""

OFFERS = {
    "Schuldnerberatung": (5, ("Schuldnerberatung {}", "Soziale Schuldnerhilfe {}")),
    "Digitalkurs": (14, ("Digitalcafé {}", "Smartphone-Sprechstunde {}", "Internet für Ältere {}")),
    "Treffpunkt": (24, ("Nachbarschaftstreff {}", "Begegnungsstätte {}", "Familienzentrum {}")),
    "Kita": (62, ("Kita {}", "Kindertagesstätte {}", "Waldkindergarten {}")),
    "Schule": (28, ("Grundschule {}", "Gesamtschule {}", "Gymnasium {}")),
    "Sozialberatung": (16, ("Allgemeine Sozialberatung {}", "Migrationsberatung {}", "Pflegestützpunkt {}")),
    "Gesundheit": (30, ("Hausarztpraxis {}", "Tagespflege {}", "Pflegedienst {}")),
}
"""How many offers of each kind a town of normal size has, and what they are called."""
PROVIDERS = (
    "Stadt Musterstadt",
    "Caritasverband",
    "Diakonisches Werk",
    "AWO Kreisverband",
    "DRK",
    "Volkshochschule",
    "Verein Miteinander e. V.",
)


def firms_list(town: Town) -> pl.DataFrame:
    """Return the trade office's list of firms: address in one field, written in many ways, no building.

    Returns:
        Betriebsnummer, Name, Wirtschaftszweig, Beschäftigte, Umsatz (Euro; a few have nearly all), Inhaber, Anschrift,
        Ort.
    """
    rng = np.random.default_rng([town.seed, 7])
    count = int(len(town.houses) * FIRMS_A_HOUSE)
    weight = np.where(town.houses.kind >= 3, 3.0, 0.7) * (town.houses.built < 2015)
    house = rng.choice(len(town.houses), size=count, p=weight / weight.sum())
    share = np.array([part for part, _ in SECTORS.values()])
    sector = rng.choice(len(share), size=count, p=share / share.sum())
    median = np.array([size for _, size in SECTORS.values()])[sector]
    owner = np.where(rng.random(count) < 0.06, rng.integers(0, 12, count), 100 + np.arange(count))
    names = name_lists()["surnames"]
    labels = np.array(list(SECTORS))[sector]
    chain = [f"{names[number * 3 % len(names)]} Holding GmbH" for number in range(12)]
    owners = [chain[n] if n < 12 else f"{names[n * 7 % len(names)]}, {chr(65 + n % 26)}." for n in owner]
    employees = np.maximum(1, np.round(np.exp(rng.normal(median, 1.0)))).astype(np.int64)
    turnover = employees * np.exp(np.random.default_rng([town.seed, 70]).normal(11.0, 1.5, count))
    return pl.DataFrame(
        {
            "Betriebsnummer": np.arange(30_001, 30_001 + count),
            "Name": [f"{names[n * 11 % len(names)]} {labels[n].split()[0]}" for n in range(count)],
            "Wirtschaftszweig": labels.tolist(),
            "Beschäftigte": employees,
            "Umsatz": (turnover / 1000).round().astype(np.int64) * 1000,
            "Inhaber": owners,
            "Anschrift": _as_typed(town, house, rng),
            "Ort": ["Musterstadt"] * count,
        }
    )


def _as_typed(town: Town, house: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    """Write addresses as people do: abbreviated, in capitals, without umlauts, with blanks before the suffix."""
    rows = town.addresses.select("street", "number", "suffix").rows()
    style, typed = rng.random(len(house)), []
    for index, chance in zip(house, style, strict=True):
        street, number, suffix = rows[index]
        full = f"{street} {number}{suffix}"
        if chance < 0.15:
            full = full.replace("straße", "str.").replace("Straße", "Str.")
        elif chance < 0.20:
            full = full.upper().replace("ß", "SS")
        elif chance < 0.24:
            full = full.translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
        elif chance < 0.29:
            full = f"{street}  {number} {suffix.upper()}".rstrip()
        elif chance < 0.30:
            full = f"{street} {number}-{number + 2}"
        typed.append(full)
    for at, address in zip(rng.integers(0, len(typed), len(UNKNOWN_ADDRESSES)), UNKNOWN_ADDRESSES, strict=True):
        typed[at] = address
    return typed


def offers_list(town: Town) -> pl.DataFrame:
    """Return what help there is: name, kind, provider, address and coordinates (EPSG:25832, decimal comma)."""
    rng = np.random.default_rng([town.seed, 8])
    part = town.plan.names
    rows = []
    for kind, (usual, patterns) in OFFERS.items():
        for number in range(max(1, round(usual * min(1.0, len(town.houses) / 24_000)))):
            house = int(rng.choice(np.flatnonzero(town.houses.built < 2015)))
            street, number_of, suffix = town.addresses.row(house)[1:]
            name = patterns[number % len(patterns)].format(part[town.houses.area[house]])
            place = [f"{value:.1f}".replace(".", ",") for value in (town.houses.x[house], town.houses.y[house])]
            provider = PROVIDERS[int(rng.integers(len(PROVIDERS)))]
            barrier_free = "ja" if rng.random() < 0.7 else "nein"
            rows.append((name, kind, provider, street, f"{number_of}{suffix}", *place, barrier_free))
    names = ["Name", "Art", "Träger", "Straße", "Hausnummer", "Rechtswert", "Hochwert", "barrierefrei"]
    return pl.DataFrame(rows, schema=names, orient="row")
