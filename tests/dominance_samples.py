"""Firms with owners and turnover in a few areas, for tests of the rules on sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from counts_samples import code_list, system
from disclosure_samples import inside
from sozialraum.areas import AreaSystems
from sozialraum.catalogue import Measure, RulesDoc
from sozialraum.counts.contributions import Contributions, contribute
from sozialraum.counts.counting import tally_frame, tally_units
from sozialraum.disclosure import Protected, Structure, protect

SECTORS = {"sector": code_list("trade", "craft")}
ALL = Measure("firms.turnover")
TRADE = Measure.of("firms.turnover", {"sector": "trade"})

Firm = tuple[str, float] | tuple[str, float, str] | tuple[str, float, str, str | None]
"""quarter, turnover, sector (``trade``), owner (nobody else)"""


def territory(districts: Mapping[str, Sequence[str]]) -> AreaSystems:
    """A city, its districts, and the quarters in each."""
    quarters = {quarter: district for district, several in districts.items() for quarter in several}
    return AreaSystems(
        {
            "city": system("city", {"city": None}),
            "districts": system("districts", dict.fromkeys(districts, "city"), "city", level=1),
            "quarters": system("quarters", quarters, "districts", level=2),
        }
    )


def nesting_of(systems: AreaSystems) -> pl.DataFrame:
    above = {id: dict(systems[id].frame.select("code", "parent").rows()) for id in ("districts", "quarters")}
    return pl.concat([inside(above["districts"]), inside(above["quarters"], "quarters", "districts")])


def firms(rows: Sequence[Firm], systems: AreaSystems) -> pl.DataFrame:
    """Records of firms; owners are whole numbers."""
    full = [(*row, "trade", None)[: max(len(row), 2)] + ("trade", None)[max(len(row), 2) - 2 :] for row in rows]
    owners = sorted({owner for *_, owner in full if owner is not None})
    districts = dict(systems["quarters"].frame.select("code", "parent").rows())
    return pl.DataFrame(
        {
            "period": ["2024"] * len(full),
            "area:city": ["city"] * len(full),
            "area:districts": [districts[quarter] for quarter, *_ in full],
            "area:quarters": [quarter for quarter, *_ in full],
            "turnover": [float(turnover) for _, turnover, *_ in full],
            "sector": [sector for _, _, sector, _ in full],
            "id:owner": [owners.index(owner) if owner is not None else None for *_, owner in full],
        },
        schema_overrides={"period": pl.String, "sector": pl.String, "id:owner": pl.Int64, "turnover": pl.Float64},
    )


def sums_of(records: pl.DataFrame, measures: Sequence[Measure], systems: AreaSystems) -> pl.DataFrame:
    """The sums of some records as the door takes them, under the policy ``p``."""
    tally = tally_units(records, "firms", measures, systems=systems, codes=SECTORS)
    return tally_frame(tally, measures, systems, SECTORS).with_columns(policy=pl.lit("p"))


def known_of(records: pl.DataFrame, measures: Sequence[Measure], systems: AreaSystems) -> Contributions:
    return contribute(records, measures, systems=systems, codes=SECTORS, owner="id:owner")


def through(
    rows: Sequence[Firm], systems: AreaSystems, measures: Sequence[Measure] = (ALL,), **rules: object
) -> Protected:
    """Send the sums of firms through the door, with who contributes; nobody counts firms."""
    records = firms(rows, systems)
    return protect(
        sums_of(records, measures, systems),
        Structure(nesting_of(systems), (), SECTORS),
        {"p": RulesDoc.model_validate({"minimum": 1} | rules)},
        contributions=known_of(records, measures, systems),
    )


def seen(protected: Protected, measure: Measure = ALL) -> dict[str, float | None]:
    """What is told of a measure by area; None where it is withheld."""
    return dict(protected.table.measure(measure).select("area", "value").iter_rows())
