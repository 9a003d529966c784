"""The attacks: each reads a package as an outsider would and says what it learnt. Method and numbers: disclosure.md."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely
from outsider import PEOPLE, Claim, Key, Package, where_of

FEWEST_HOUSEHOLDS = 4
"""Of a cell."""


def differences(package: Package) -> Iterator[Claim]:
    """A larger area less all of its parts but one; and what larger areas leave beside their parts."""
    for (system, parent_system), inside in package.families.items():
        for universe, where, area_system, area, period in package.numbers:
            whole = package.numbers[universe, where, area_system, area, period]
            if area_system != parent_system or area not in inside or whole is None or universe not in PEOPLE:
                continue
            keys = [(universe, where, system, code, period) for code in inside[area]]
            told = [package.numbers.get(key) for key in keys]
            if told.count(None) == 1:
                missing = keys[told.index(None)]
                if missing in package.numbers:
                    yield Claim(missing, whole - sum(number for number in told if number is not None))


def overlaps(package: Package) -> Iterator[Claim]:
    """Areas of one system that lie in an area of another, found on the map: the rest of that one."""
    systems = [path.stem for path in sorted((package.folder / "areas").glob("*.parquet"))]
    for outer, inner in itertools.permutations(systems, 2):
        codes, shapes = zip(*package.shapes(inner).items(), strict=True)
        tree = shapely.STRtree(shapes)
        for area, shape in package.shapes(outer).items():
            near = tree.query(shape)
            inside = [codes[i] for i in near if shapes[i].intersection(shape).area > 0.99 * shapes[i].area]
            for (universe, where, system, code, period), whole in package.numbers.items():
                if (system, code) != (outer, area) or universe not in PEOPLE or not inside or not whole:
                    continue
                told = [package.numbers.get((universe, where, inner, one, period)) for one in inside]
                rest = None if None in told else whole - sum(told)
                if rest is not None and 0 < rest < package.small:
                    yield Claim((universe, where, outer, f"{area} beside {inner}", period), rest)


def nested(package: Package) -> Iterator[Claim]:
    """1. Nested and overlapping areas."""
    yield from differences(package)
    if (package.folder / "areas" / "microcells.parquet").exists():
        return  # attack 14
    yield from overlaps(package)


def averaging(package: Package) -> Iterator[Claim]:
    """2. Several ways to add up the same base: their mean is better than each."""
    ways: defaultdict[tuple, list[float]] = defaultdict(list)
    lists: defaultdict[tuple, dict[str, float]] = defaultdict(dict)
    for (universe, where, *spot), number in package.numbers.items():
        if number is None or universe not in PEOPLE or where.count("=") != 1:
            continue
        dimension, _, codes = where.partition("=")
        lists[universe, dimension, *spot][codes] = number
    for (universe, dimension, *spot), parts in lists.items():
        for one, other in itertools.combinations(sorted(parts), 2):
            if (dimension, one, other) in COMPLETE:
                ways[universe, "", *spot].append(parts[one] + parts[other])
    for key, sums in ways.items():
        direct = package.numbers.get(key)
        known = sums if direct is None else [*sums, direct]
        if direct is None or len(set(known)) > 1:
            yield Claim(key, float(round(np.mean(known))))


COMPLETE = frozenset({("age", "0-17", "18+"), ("age", "0-64", "65+"), ("sex", "female", "male"),
                      ("sgb2", "no", "yes"), ("age", "0-20", "21+")})  # fmt: skip
"""Pairs of codes that are everybody."""


def complements(package: Package) -> Iterator[Claim]:
    """3. What a published share leaves of its published base."""
    for document in package.indicators.values():
        if "share" not in document or not isinstance(document["share"].get("of"), dict):
            continue
        top, base = (where_of(document["share"][side]) for side in ("of", "in"))
        for (universe, where, *spot), number in package.numbers.items():
            whole = package.numbers.get((*base, *spot))
            both = (universe, where) == top and top != base and number is not None and whole is not None
            if both and universe in PEOPLE and 0 < whole - number < package.small:
                yield Claim((f"not {universe}", where, *spot), whole - number)


def successive(package: Package) -> Iterator[Claim]:
    """4. What this release tells of what another one withheld."""
    other: Package = package.insider
    for key, number in package.numbers.items():
        before = other.numbers.get(key, 0.0)
        if (number is None) != (before is None) and key[0] in PEOPLE and before is None:
            yield Claim(key, number)


def reformed(package: Package) -> Iterator[Claim]:
    """5. Cells of two releases that differ by a household or a few."""
    other: Package = package.insider
    for key, number in package.numbers.items():
        before = other.numbers.get(key)
        if (
            key[0] == "households"
            and key[2] == "microcells"
            and number
            and before
            and 0 < abs(number - before) < FEWEST_HOUSEHOLDS
        ):
            yield Claim(("moved", *key[1:]), abs(number - before))


def insiders(package: Package) -> Iterator[Claim]:
    """6. Somebody who is counted knows of one, two who talk to each other of two: is the rest certain then?"""
    for key, low, high in package.insider:
        for own in (1, 2):
            if high is not None and high - max(low, own) < 1 and high >= own:
                yield Claim(key, high)
                break
    for about, total, amounts in sums(package):
        if len(amounts) <= 3:  # whoever of them takes out their own, or two together, have what the last one has
            yield Claim(("single", *about), total - sum(amounts[:-1]))


def sums(package: Package) -> Iterator[tuple[tuple[str, ...], float, list[float]]]:
    """Sums that are told, and what larger areas leave beside all of their parts that are told: what it is about, how
    much it is, and what truly is behind it, the largest contribution first."""
    for key, owners in package.owners.items():
        total, parts = package.numbers.get(key), list(told_inside(package, key))
        if total is None:
            continue
        left = dict(owners)
        for part in parts:
            for owner, amount in package.owners.get(part, {}).items():
                left[owner] -= amount
        rest = total - sum(package.numbers[part] for part in parts)
        beside = [(("beside", *key), rest, left)] if parts else []
        for about, number, own in ((key, total, owners), *beside):
            amounts = sorted((amount for amount in own.values() if amount > 1e-6), reverse=True)
            if amounts and abs(sum(amounts) - number) < 1e-6:
                yield about, number, amounts


def told_inside(package: Package, key: Key) -> Iterator[Key]:
    """The largest areas inside one whose sums are told."""
    universe, where, area_system, area, period = key
    for (system, parent_system), inside in package.families.items():
        for code in inside.get(area, ()) if parent_system == area_system else ():
            part = (universe, where, system, code, period)
            if package.numbers.get(part) is not None:
                yield part
            else:
                yield from told_inside(package, part)


def dominated(package: Package) -> Iterator[Claim]:
    """7. The second largest takes their own amount from a sum, or from what is left of it, and has the largest to
    10 %."""
    for about, total, amounts in sums(package):
        first, second = (*amounts, 0.0)[:2]
        if total - second <= 1.1 * first:
            yield Claim(("largest", *about), total - second)


def homogeneous(package: Package) -> Iterator[Claim]:
    """8. Shares of 100 % and 0 %: it is known of everybody. Where the policy says that they may not be shown."""
    told = package.values.filter(pl.col("value").is_in([0.0, 100.0]))
    for name, system, area, period, value in told.select("indicator", "area_system", "area", "period", "value").rows():
        if value in package.insider.get(name, ()):
            yield Claim((name, system, area, period), value)


def not_zero(package: Package) -> Iterator[Claim]:
    """9. Zeros are hardly ever withheld: so what is withheld is one at least. Is it certain then?"""
    for key, low, high in package.insider:
        if high is not None and high - max(low, 1) < 1 and high > 0:
            yield Claim(key, high)


def uniques(package: Package) -> Iterator[Claim]:
    """10. Single units in tables of several dimensions."""
    for key, number in package.numbers.items():
        if key[0] in PEOPLE and ";" in key[1] and number is not None and 0 < number < package.small:
            yield Claim(key, number)


def ratios(package: Package) -> Iterator[Claim]:
    """11. A published share or rate of a published base: does one whole number alone fit, though it is withheld?"""
    for name, document in package.indicators.items():
        formula = document.get("share") or document.get("rate")
        if not formula or not isinstance(formula.get("of"), dict):
            continue
        top, base = (where_of(formula[side]) for side in ("of", "in"))
        told = package.values.filter(pl.col("indicator") == name, pl.col("value").is_not_null(), breakdown="")
        for system, area, period, value in told.select("area_system", "area", "period", "value").iter_rows():
            whole = package.numbers.get((*base, system, area, period))
            key = (*top, system, area, period)
            if key in package.numbers and package.numbers[key] is None and whole:
                digits = len(f"{value!r}".partition(".")[2])
                possible = formula.get("per", 100) * np.arange(int(whole) + 1) / whole
                fitting = np.flatnonzero(np.abs(possible - value) <= 0.5 * 10.0**-digits + 1e-12 * value)
                if len(fitting) == 1:
                    yield Claim(key, float(fitting[0]))


PLACES = {"x", "y", "lat", "lon", "building", "street", "house_number", "address",
          "gebäude", "straße", "hausnummer", "anschrift", "adresse"}  # fmt: skip


def geocodes(package: Package) -> Iterator[Claim]:
    """12. Columns with the place of single houses. (Offers of help have a public address; nobody lives there.)"""
    for path in sorted(package.folder.rglob("*")):
        if path.suffix in (".parquet", ".csv") and path.name != "offers.parquet":
            names = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, separator=";")
            for column in sorted({name.lower() for name in names.collect_schema().names()} & PLACES):
                yield Claim((path.name, column), 1.0)


def corners(package: Package) -> Iterator[Claim]:
    """13. Shapes of cells: a corner that is a house says that the house belongs to the cell."""
    houses = package.insider
    tree = shapely.STRtree(houses)
    for cell, shape in package.shapes("microcells").items():
        points = shapely.points(shapely.get_coordinates(shape)[:-1])
        near, _ = tree.query(points, predicate="dwithin", distance=0.05)
        if len(set(near.tolist())) >= 2:
            yield Claim(("cell", cell), float(len(set(near.tolist()))))


def edges(package: Package) -> Iterator[Claim]:
    """14. What the cells of an area leave of it: a few households whose number nobody would tell."""
    for (system, parent), inside in package.families.items():
        for area, cells in inside.items() if system == "microcells" else ():
            for universe, where, area_system, code, period in list(package.numbers):
                whole = package.numbers[universe, where, area_system, code, period]
                told = [package.numbers.get((universe, where, system, cell, period)) for cell in cells]
                complete = (area_system, code) == (parent, area) and whole is not None and None not in told
                if complete and 0 < whole - sum(told) < FEWEST_HOUSEHOLDS:
                    yield Claim(("rest", universe, where, area, period), whole - sum(told))


TELLING = ("primary", "secondary", "reason", "for_others", "minimum", "contributors")


def metadata(package: Package) -> Iterator[Claim]:
    """16. Words, columns and orders that tell why something is withheld."""
    for name in ("counts", "values"):
        frame = pl.read_parquet(package.folder / f"{name}.parquet")
        for column in frame.columns:
            texts = (
                set() if frame[column].dtype.is_numeric() else set(frame[column].cast(pl.String).unique().drop_nulls())
            )
            for word in TELLING:
                if column == word or (column not in ("universe", "where", "indicator") and word in texts):
                    yield Claim((name, column, word), 1.0)
    keys = package.counts.select(COLUMNS_OF_COUNTS)
    if not keys.equals(keys.sort(COLUMNS_OF_COUNTS)):
        yield Claim(("counts", "order"), 1.0)
    hidden = package.counts.filter(pl.col("value").is_null())["status"].cast(pl.String).unique().to_list()
    for status in set(hidden) - {"suppressed", "missing", "undefined"}:
        yield Claim(("counts", "status", status), 1.0)


COLUMNS_OF_COUNTS = ["universe", "where", "area_system", "area", "period"]


@dataclass(frozen=True)
class Attack:
    """One of the sixteen.

    Attributes:
        number: in the list.
        name: in a few words.
        run: what an outsider does.
        package: which package is attacked.
        control: on which package it succeeds.
    """

    number: int
    name: str
    run: Callable[[Package], Iterator[Claim]]
    package: str
    control: str


ATTACKS = (
    Attack(1, "nested and overlapping areas", nested, "public", "struck"),
    Attack(2, "averaging over breakdowns of one base", averaging, "public", "noisy"),
    Attack(3, "complements", complements, "public", "open"),
    Attack(4, "successive releases", successive, "public, two releases", "naive second release"),
    Attack(5, "cells re-formed between releases", reformed, "internal, two releases", "cells formed anew"),
    Attack(6, "single contributor, colluding pair", insiders, "public", "struck"),
    Attack(7, "dominance", dominated, "public", "without rules on sums"),
    Attack(8, "homogeneity", homogeneous, "public, blocked by policy", "open, every share"),
    Attack(9, "zeros", not_zero, "public", "struck"),
    Attack(10, "uniques in cross-tables", uniques, "public", "open"),
    Attack(11, "ratios", ratios, "public", "struck, with values"),
    Attack(12, "geocodes", geocodes, "public", "the delivered register"),
    Attack(13, "geometry of cells", corners, "internal", "hulls of houses"),
    Attack(14, "remainders at area edges", edges, "internal", "a house taken out of its cell"),
    Attack(16, "metadata", metadata, "public", "the door's own decisions"),
)
