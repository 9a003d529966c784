"""The door for profiles: characteristics of microcells become something that may be seen inside the administration.

Of each characteristic all that is asked of a cell leaves, or nothing: a share, a count and the most frequent code of
the same units would otherwise tell each other. Numbers leave as coarsely as they are meant: shares in whole percent,
means with three significant digits, and of the units behind them only about how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sozialraum.catalogue import ProfileRulesDoc, Show
from sozialraum.counts.profiles import Tally
from sozialraum.disclosure.cover import cover
from sozialraum.disclosure.crowds import REASON, Judge
from sozialraum.errors import DoorError
from sozialraum.tables import NO_DOMINANT_TYPE, PROFILE_SCHEMA, STATUS, ProtectedProfiles, Status
from sozialraum.tables.seal import seal_profiles

SIGNIFICANT = 3
"""Digits of a mean that are told."""

STEP = 5
"""Of how many units stand behind a value only the nearest multiple of this is told."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is asked of cells.

    Attributes:
        attribute: its id.
        tally: the characteristic, confidential.
        shows: what is said of it.
        of: codes whose number or share is asked for; empty for all known units.
        period: of the delivery.
        minimum: the fewest units that the policies of its deliveries demand, where they are stricter.
    """

    attribute: str
    tally: Tally
    shows: tuple[Show, ...]
    of: frozenset[str] = frozenset()
    period: str = ""
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Profiles:
    """What comes out of the door.

    Attributes:
        table: the profiles that may be seen; why something is withheld is not told there.
        summary: for the steward alone, one row an attribute: attribute, cells, shown, missing, undefined, withheld, why
            (reasons with their number of cells, ``minimum 3; secondary 4``).
    """

    table: ProtectedProfiles
    summary: pl.DataFrame


def protect_profiles(profiles: Sequence[Profile], rules: ProfileRulesDoc) -> Profiles:
    """Withhold everything that says too much of a cell, and of further cells what it would follow from.

    Args:
        profiles: what is asked; those of one characteristic are decided together.
        rules: the table ``[profiles]`` of the policy.

    Raises:
        DoorError: an attribute is asked for twice, a characteristic comes in two different tallies, or what is asked
            does not fit it (the mean of codes, a share of nothing).
    """
    _check(profiles)
    tallies = {profile.tally.of.name: profile.tally for profile in profiles}
    decided = {name: _decide([p for p in profiles if p.tally.of.name == name], rules) for name in tallies}
    rows = [_rows(profile, show, decided[profile.tally.of.name]) for profile in profiles for show in profile.shows]
    frame = pl.concat(rows) if rows else pl.DataFrame(schema=PROFILE_SCHEMA)
    return Profiles(seal_profiles(frame), _summarise(profiles, decided))


def _check(profiles: Sequence[Profile]) -> None:
    tallies: dict[str, Tally] = {}
    for profile in profiles:
        if tallies.setdefault(profile.tally.of.name, profile.tally) is not profile.tally:
            raise DoorError(f"{profile.tally.of.name!r} was tallied twice, so it can not be protected as one")
        for show in profile.shows:
            if (show == "mean") != (profile.tally.of.codes is None) or (show == "share" and not profile.of):
                raise DoorError(f"a {show} of {profile.tally.of.name!r} can not be told")
    if len({profile.attribute for profile in profiles}) < len(profiles):
        raise DoorError("each attribute is asked for once")


def _decide(profiles: Sequence[Profile], rules: ProfileRulesDoc) -> pl.DataFrame:
    """Return the places of a characteristic with ``reason``, null where it may be told."""
    tally = profiles[0].tally
    minimum = max(rules.minimum, *(profile.minimum for profile in profiles))
    counted = tuple({profile.of for profile in profiles if profile.of})
    judge = Judge(tally, rules.model_copy(update={"minimum": minimum}), counted)
    every = tally.places.select(crowd="place", place="place")
    reasons = judge(every).rename({"crowd": "place"})
    decided = tally.places.join(reasons, on="place", how="left")
    if not rules.secondary:
        return decided
    others = pl.col("place").is_in(cover(judge, reasons))
    return decided.with_columns(pl.coalesce("reason", pl.when(others).then(pl.lit("secondary", REASON))))


def _rows(profile: Profile, show: Show, decided: pl.DataFrame) -> pl.DataFrame:
    said = _type(profile.tally) if show == "type" else _numbers(profile, show)
    cells = decided.drop_nulls("cell").join(said, on="place", how="left")
    status = pl.col("status")
    told = status.is_in([Status.OK.value, Status.ZERO.value])
    about = (pl.col("known") / STEP).round().cast(pl.Int64).clip(1) * STEP
    return cells.with_columns(_status(), period=pl.lit(profile.period)).select(
        pl.lit(profile.attribute).alias("attribute"),
        pl.lit(show, PROFILE_SCHEMA["show"]).alias("show"),
        "cell",
        "period",
        pl.when(told).then("value").alias("value"),
        pl.when(told).then("type").alias("type"),
        pl.when(told).then(about).alias("units"),
        status,
    )


def _status() -> pl.Expr:
    plain = pl.when("is_zero").then(pl.lit(Status.ZERO.value)).otherwise(pl.lit(Status.OK.value))
    return (
        pl.when(pl.col("units") == 0)
        .then(pl.lit(Status.UNDEFINED.value))
        .when(pl.col("known") == 0)
        .then(pl.lit(Status.MISSING.value))
        .when(pl.col("reason").is_not_null())
        .then(pl.lit(Status.SUPPRESSED.value))
        .otherwise(plain)
        .cast(STATUS)
        .alias("status")
    )


def _numbers(profile: Profile, show: Show) -> pl.DataFrame:
    """Return place, value, type (none) and whether the number is exactly zero."""
    places, number = profile.tally.places, pl.col("number")
    if show == "mean":
        found = places.select("place", number=pl.col("total") / pl.col("weight"))
    else:
        chosen = pl.col("value").is_in(list(profile.of)) if profile.of else pl.lit(value=True)
        part = profile.tally.values.filter(chosen).group_by("place").agg(part=pl.col("weight").sum())
        joined = places.select("place", "weight").join(part, on="place", how="left")
        amount = pl.col("part").fill_null(0)  # of a cell's known units nobody has the code: a true zero
        found = joined.select("place", number=100 * amount / pl.col("weight") if show == "share" else amount)
    coarse = number.round_sig_figs(SIGNIFICANT) if show == "mean" else number.round()
    return found.select(
        "place", value=coarse, type=pl.lit(None, pl.String), is_zero=(number == 0).fill_null(value=False)
    )


def _type(tally: Tally) -> pl.DataFrame:
    """Return the most frequent code of each place; where two are, there is none, and which they are is not told."""
    weight = pl.col("weight").round(6)  # sums of fractions differ in the last digits
    most = tally.values.with_columns(weight).filter(weight == weight.max().over("place"))
    dominant = pl.when(pl.len() == 1).then(pl.col("value").first()).otherwise(pl.lit(NO_DOMINANT_TYPE))
    found = most.group_by("place").agg(dominant.alias("type"))
    return found.select("place", value=pl.lit(None, pl.Float64), type="type", is_zero=pl.lit(value=False))


def _summarise(profiles: Sequence[Profile], decided: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    rows = []
    for profile in profiles:
        cells = decided[profile.tally.of.name].drop_nulls("cell")
        undefined = cells.filter(pl.col("units") == 0).height
        missing = cells.filter(pl.col("known") == 0).height - undefined
        reasons = cells["reason"].drop_nulls().cast(pl.String).value_counts(sort=True)
        why = "; ".join(f"{reason} {count}" for reason, count in sorted(reasons.iter_rows()))
        withheld = cells["reason"].count()
        shown = cells.height - undefined - missing - withheld
        rows.append((profile.attribute, cells.height, shown, missing, undefined, withheld, why))
    numbers = ("cells", "shown", "missing", "undefined", "withheld")
    schema = {"attribute": pl.String, **dict.fromkeys(numbers, pl.Int64), "why": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("attribute")
