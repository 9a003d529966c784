"""Which column of a delivered table of buildings is which; the usual German names are known."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sozialraum.errors import Faults

# Compared without regard to upper and lower case; the first that a table has counts. The short ones are those of the
# land surveys' house coordinates (oid, stn, hnr, adz) and of municipal open data (strname, hsnr, hsnrzu).
USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "building": (
        "building",
        "building_id",
        "gebaeude",
        "gebäude",
        "gebaeude_id",
        "gebäude_id",
        "oid",
        "objectid",
        "id",
    ),
    "households": ("households", "haushalte", "anzahl_haushalte"),
    "area": ("area", "gebiet", "gebiet_id"),
    "street": ("street", "strasse", "straße", "strname", "strassenname", "straßenname", "stn"),
    "house_number": ("house_number", "hausnummer", "hausnr", "hsnr", "hnr"),
    "suffix": ("house_number_suffix", "hausnummernzusatz", "hausnrzusatz", "hsnrzu", "zusatz", "adz"),
    "x": ("x", "ostwert", "rechtswert", "easting", "east"),
    "y": ("y", "nordwert", "hochwert", "northing", "north"),
    # Which number makes houses alike is for the user to say: a name alone does not tell.
    "attribute": (),
}


def find_columns(table: pl.DataFrame, chosen: Mapping[str, str], name: str, faults: Faults) -> dict[str, str]:
    """Return for each of our column names the column of the table that holds it.

    Args:
        table: the table as delivered.
        chosen: what the user said, our name to the table's; it goes before the usual names.
        name: the file as faults call it.
        faults: where a chosen column that does not exist, or a name that is not ours, is recorded.
    """
    found: dict[str, str] = {}
    for ours in sorted(set(chosen) - set(USUAL_NAMES)):
        advice = f"The columns that can be chosen are: {', '.join(USUAL_NAMES)}."
        faults.add(name, "there is no column of this meaning", column=ours, advice=advice)
    delivered = {column.lower(): column for column in reversed(table.columns)}
    for ours, usual in USUAL_NAMES.items():
        known = next((delivered[candidate] for candidate in usual if candidate in delivered), None)
        column = chosen.get(ours, known)
        if column in table.columns:
            found[ours] = str(column)
        elif column:
            advice = f"The file has: {', '.join(table.columns)}."
            faults.add(name, "the file has no such column", column=ours, value=column, advice=advice)
    return found
