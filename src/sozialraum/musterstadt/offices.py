"""Tables of offices that say how many of a group have something: schools, health, jobs, benefits, places, integration.

None of it is a property of the simulated residents: each number is drawn from the group above it, so that a part is
never more than its whole, and it is more (or less) frequent where hardship is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sozialraum.musterstadt.departments import MEAN_HARDSHIP, day_care_table, labelled, resident_counts
from sozialraum.musterstadt.town import Town


@dataclass(frozen=True, slots=True)
class Part:
    """How many of a group are drawn.

    ``of`` is a group of :meth:`Town.tally` or a column before this one; ``share`` of it are meant on the city's
    average, ``slope`` times as many at full hardship as at none. From the year ``since`` on the share is ``times`` as
    large.
    """

    of: str
    share: float
    slope: float = 1.0
    since: int | None = None
    times: float = 1.0

    def chance(self, year: int, hardship: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chance to be drawn by hardship (0 to 1)."""
        level = self.share * (self.times if self.since and year >= self.since else 1)
        tilt = (1 + (self.slope - 1) * hardship) / (1 + (self.slope - 1) * MEAN_HARDSHIP)
        return np.clip(level * tilt, 0, 1)


OFFICES: Mapping[str, Mapping[str, Part]] = {
    "schuleingang": {
        "Untersuchte": Part("aged_5", 0.96),
        "Sprache auffällig": Part("Untersuchte", 0.18, 2.6),
        "Übergewicht": Part("Untersuchte", 0.1, 2.4),
        "Motorik auffällig": Part("Untersuchte", 0.12, 1.8),
        "Untersuchungsheft": Part("Untersuchte", 0.91, 0.92),
        "U8": Part("Untersuchungsheft", 0.9, 0.9),
        "Impfausweis": Part("Untersuchte", 0.92, 0.93),
        "Masern zweimal": Part("Impfausweis", 0.91, 0.98, 2020, 1.03),
    },
    "schulen": {
        "Grundschulkinder": Part("aged_6_to_9", 0.97),
        "Ganztag": Part("Grundschulkinder", 0.52, 1.2),
        "Klasse 4": Part("Grundschulkinder", 0.25),
        "Gymnasium": Part("Klasse 4", 0.42, 0.4),
        "Schüler*innen": Part("aged_6_to_15", 0.97),
        "Förderbedarf": Part("Schüler*innen", 0.07, 2.2),
        "davon inklusiv": Part("Förderbedarf", 0.6, 0.9),
    },
    "arbeitsmarkt": {
        "Beschäftigte": Part("aged_15_to_64", 0.6, 0.8),
        "Teilzeit": Part("Beschäftigte", 0.3, 1.1),
        "ohne Abschluss": Part("Beschäftigte", 0.14, 2.6),
        "akademisch": Part("Beschäftigte", 0.19, 0.35),
        "Auspendler*innen": Part("Beschäftigte", 0.38, 0.9),
        "Vollzeit Kerngruppe": Part("Beschäftigte", 0.58, 0.95),
        "Niedriglohn": Part("Vollzeit Kerngruppe", 0.18, 2.5),
        "Minijob 15 bis 64": Part("aged_15_to_64", 0.07, 1.2, 2022, 1.04),
    },
    "leistungsbezug": {
        "ELB": Part("aged_15_to_64", 0.09, 5.0),
        "Langzeitbezug": Part("ELB", 0.62, 1.15),
        "erwerbstätig": Part("ELB", 0.23, 0.9),
        "BG mit Wohnkosten": Part("households", 0.09, 5.0),
        "nicht voll anerkannt": Part("BG mit Wohnkosten", 0.15, 0.9, 2023, 0.75),
    },
    "sozialamt": {
        "Hilfe zum Lebensunterhalt": Part("residents", 0.0028, 4.0),
        "Eingliederungshilfe unter 18": Part("minors", 0.013, 1.6),
        "Eingliederungshilfe ab 18": Part("adults", 0.0105, 1.5),
        "BuT Anspruch": Part("minors", 0.2, 5.0),
        "BuT erhalten": Part("BuT Anspruch", 0.5, 0.95, 2019, 1.15),
    },
    "kinderschutz": {
        "Gefährdungen": Part("minors", 0.0075, 4.0),
        "Unterhaltsvorschuss": Part("minors", 0.028, 3.0, 2017, 2.0),
    },
    "plaetze": {
        "Krippenplätze": Part("below_3", 0.36, 0.85),
        "Kindergartenplätze": Part("aged_3_to_5", 0.95, 0.97),
        "Pflegeplätze": Part("aged_80", 0.14, 1.1),
        "Tagespflegeplätze": Part("aged_80", 0.016, 0.9, 2018, 1.3),
    },
    "integration": {
        "Schutzsuchende": Part("residents", 0.021, 3.0, 2022, 1.5),
        "Ukraine": Part("residents", 0.0017, 1.6, 2022, 7.0),
        "Einbürgerungspotenzial": Part("residents", 0.07, 3.0),
        "Eingebürgerte": Part("Einbürgerungspotenzial", 0.026, 0.9, 2024, 1.5),
    },
    "beratung_wohnen": {
        "Pflegeberatungen": Part("old", 0.045, 1.3),
        "Wohnberechtigungsscheine": Part("households", 0.017, 4.0),
    },
    "breitband": {
        "Haushalte": Part("households", 1.0),
        "ab 100 Mbit/s": Part("Haushalte", 0.78, 1.02, 2020, 1.18),
    },
}
"""By file: the columns that an office delivers every year for each observation area."""

DAY_CARE = {
    "davon ganztags": Part("betreute Kinder 3 bis 5", 0.55, 1.1),
    "davon andere Familiensprache": Part("betreute Kinder 3 bis 5", 0.24, 3.0),
}
CARE_ALLOWANCE = Part("residents", 0.46, 1.05)
"""Of those in need of care; ``of`` is not looked at."""


def office_table(town: Town, years: Sequence[int], office: str) -> pl.DataFrame:
    """Return the table of an office by year and area (``Beobachtungsraum``)."""
    rng = np.random.default_rng([town.seed, 20, list(OFFICES).index(office)])
    parts = []
    for year in years:
        counted = resident_counts(town, year)
        drawn = _drawn(rng, year, counted, OFFICES[office])
        parts.append(labelled(town, year, counted, "area").with_columns(**drawn))
    return pl.concat(parts)


def day_care_details(town: Town, years: Sequence[int]) -> pl.DataFrame:
    """Return children in day care by year and area, and how many of them stay all day or speak another language."""
    rng, table = np.random.default_rng([town.seed, 21]), day_care_table(town, years)
    parts = []
    for year in years:
        mine = table.filter(pl.col("Jahr") == year)
        hardship = resident_counts(town, year)["hardship"]
        parts.append(mine.with_columns(**_drawn(rng, year, mine.with_columns(hardship=hardship), DAY_CARE)))
    return pl.concat(parts)


def with_care_allowance(town: Town, care: pl.DataFrame) -> pl.DataFrame:
    """Add to a table of people in need of care how many of them only receive care allowance."""
    rng = np.random.default_rng([town.seed, 22])
    drawn = []
    for (year,), mine in care.group_by("Jahr", maintain_order=True):
        everybody = (mine["unter 65"] + mine["65 und älter"]).to_numpy()
        hardship = resident_counts(town, int(str(year)))["hardship"].to_numpy()
        drawn.append(rng.binomial(everybody, CARE_ALLOWANCE.chance(int(str(year)), hardship)))
    return care.with_columns(pl.Series("nur Pflegegeld", np.concatenate(drawn)))


def _drawn(
    rng: np.random.Generator, year: int, counted: pl.DataFrame, columns: Mapping[str, Part]
) -> dict[str, pl.Series]:
    hardship = counted["hardship"].to_numpy()
    found: dict[str, pl.Series] = {}
    for name, part in columns.items():
        whole = found[part.of] if part.of in found else counted[part.of]
        found[name] = pl.Series(name, rng.binomial(whole.to_numpy(), part.chance(year, hardship)))
    return found
