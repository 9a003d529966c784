"""What the attacks are tried on: releases of Musterstadt, and the same data without, or with poor, protection."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio
import shapely
from outsider import COLUMNS, PEOPLE, Claim, Package
from sixteen import ATTACKS, COLUMNS_OF_COUNTS, Attack

from sozialraum import pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import Project, load_project
from sozialraum.indicators import compute
from sozialraum.musterstadt import Town, make_town, write_project
from sozialraum.pipeline import silent
from sozialraum.pipeline.counting import Counted, counts_at
from sozialraum.releases import Release, Store
from sozialraum.tables import COUNT_SCHEMA, STATUS
from sozialraum.tables.seal import seal

YEAR = 2017
READ = {"personen", "haushalte", "sgb2", "gebaeude", "geburten", "einkommen", "kita", "angebote", "marktdaten"}


@dataclass
class Evidence:
    """A built release, what was counted for it, and copies with other tables."""

    project: Project
    release: Release
    counted: Counted
    copies: Path
    small: int = 3

    @cached_property
    def truth(self) -> Mapping[tuple[str, ...], float]:
        rows = self.counted.frame.select(*COLUMNS, "value").drop_nulls("value").iter_rows()
        return {tuple(row[:5]): row[5] for row in rows}

    def true(self, package: Package, claim: Claim) -> bool:
        """Whether somebody learnt something: a claim about a count must be so, and not have been told anyway."""
        if claim.about not in package.numbers:
            return True
        told = package.numbers[claim.about]
        return self.right(claim) and (told is None or told < package.small or told != self.truth[claim.about])

    def right(self, claim: Claim) -> bool:
        true = self.truth.get(claim.about)
        return true is not None and true > 0 and abs(true - claim.number) < 0.5

    def open(self, depth: str = "public") -> pl.DataFrame:
        """The counts as they were before the door, and as it would see them published."""
        systems = {path.stem for path in (self.release.folder / depth / "areas").glob("*.parquet")}
        frame = counts_at(self.project, self.counted, depth, systems)
        told = {(tuple(row)) for row in self.release.package(depth).counts.frame.select(COLUMNS).iter_rows()}
        frame = frame.select(*(pl.col(name).cast(kind) for name, kind in COUNT_SCHEMA.items())).sort(COLUMNS_OF_COUNTS)
        return frame.filter(pl.Series([tuple(row) in told for row in frame.select(COLUMNS).iter_rows()]))

    def struck(self) -> pl.DataFrame:
        """The small counts struck out, and no more."""
        small = pl.col("universe").is_in(PEOPLE) & pl.col("value").is_between(1, self.small - 1)
        status = pl.when(small).then(pl.lit("suppressed", STATUS)).otherwise("status")
        return self.open().with_columns(value=pl.when(~small).then("value"), status=status)

    def noisy(self) -> pl.DataFrame:
        """Every count moved on its own, by 2 at most."""
        frame = self.open()
        noise = np.random.default_rng(1).integers(-2, 3, frame.height)
        moved = pl.when(pl.col("value") > 0).then((pl.col("value") + pl.Series(noise)).clip(1)).otherwise("value")
        return frame.with_columns(value=moved)

    def copy(
        self, name: str, counts: pl.DataFrame, *, depth: str = "public", values_of: pl.DataFrame | None = None
    ) -> Package:
        """The release with another table of counts, and the values that follow from it."""
        folder = self.copies / name / self.release.id
        if not folder.exists():
            shutil.copytree(self.release.folder, folder)
            counts.write_parquet(folder / depth / "counts.parquet")
            made_from = seal((counts if values_of is None else values_of).select(list(COUNT_SCHEMA)))
            compute(self.project.catalogue.indicators, made_from, first_period=None).write_parquet(
                folder / depth / "values.parquet"
            )
        return Package(folder / depth, small=self.small)

    @property
    def public(self) -> Package:
        return Package(self.release.folder / "public", small=self.small)

    @property
    def internal(self) -> Package:
        return Package(self.release.folder / "internal")


def intervals(package: Package) -> list[tuple[tuple[str, ...], float, float | None]]:
    """What can be said about each withheld count of people, by linear programming over the package."""
    report = audit_release(package.folder.parent)
    places = (
        (f.place.universe, f.place.where, f.place.area_system, f.place.area, f.place.period) for f in report.suppressed
    )
    found = zip(places, report.suppressed, strict=True)
    return [(place, finding.low, finding.high) for place, finding in found if finding.exact and place[0] in PEOPLE]


@contextmanager
def keeping(kept: list[Counted]):
    """Keep what a build counts on the way."""
    module = sys.modules[pipeline.build.__module__]
    count = module.count_everything

    def count_and_keep(*arguments: Any) -> Counted:
        kept.append(count(*arguments))
        return kept[-1]

    module.count_everything = count_and_keep
    try:
        yield
    finally:
        module.count_everything = count


def built(project: Project, copies: Path, small: int = 3) -> Evidence:
    """Build a project, and make the release public."""
    kept: list[Counted] = []
    with keeping(kept):
        release = pipeline.build(project, silent, who="Test").release
    store = Store(project.releases)
    pipeline.approve(store, release, "Test")
    pipeline.publish(store, release, "Test")
    return Evidence(project, release, kept[0], copies, small)


Cases = Mapping[int, tuple[Callable[[], Package], Callable[[], Package]]]
"""By the number of an attack: the package that it is tried on, and its control."""


@dataclass
class Musterstadt:
    """Two releases of the town: in the second, a part of the register was delivered without some people."""

    town: Town
    first: Evidence
    second: Evidence
    naive: Package
    deliveries: Path

    def cases(self) -> Cases:
        """By attack: the package that it is tried on, and the control."""
        one, public = self.first, self.first.public
        return table_cases(one) | {
            4: (lambda: knowing(self.second.public, public), lambda: knowing(self.naive, public)),
            5: (
                lambda: knowing(self.second.internal, one.internal),
                lambda: knowing(one.copy("reformed", moved(one, house_moves), depth="internal"), one.internal),
            ),
            7: (lambda: knowing(public, self.ages), lambda: knowing(public, firms)),
            12: (lambda: public, lambda: Package(self.deliveries)),
            13: (
                lambda: knowing(one.internal, self.houses),
                lambda: knowing(hulls(one, self.houses), self.houses),
            ),
            14: (lambda: one.internal, lambda: one.copy("edge", moved(one, house_leaves), depth="internal")),
        }

    @property
    def houses(self) -> np.ndarray:
        return shapely.centroid(shapely.from_wkb(pyogrio.raw.read(self.deliveries / "gebaeude.gpkg")[2]))

    def ages(self, package: Package) -> Mapping[tuple, list[float]]:
        """Everybody's age in the areas whose sum is told: what somebody would have to work out."""
        people = self.town.persons(YEAR)
        area = np.array(self.town.plan.codes)[self.town.houses.area[people["building"].to_numpy()]]
        by_area = people.with_columns(pl.Series("area", area)).group_by("area").agg("age").rows()
        known = {key[3] for key, number in package.numbers.items() if key[0] == "persons.age_years" and number}
        return {("age_years", code): [float(a) for a in ages] for code, ages in by_area if code in known}

    def true(self, attack: Attack, package: Package, claim: Claim) -> bool:
        if attack.number == 12:
            return True  # no table of counts
        if attack.number == 4:
            return self.first.right(claim)  # about the number that the first release withheld
        return self.first.true(package, claim)

    def learnt(self, attack: Attack) -> tuple[list[Claim], list[Claim]]:
        """What an attack learns from the control and from the release."""
        release, control = (package() for package in self.cases()[attack.number])
        sides = []
        for package in (control, release):
            sides.append([claim for claim in attack.run(package) if self.true(attack, package, claim)])
        return sides[0], sides[1]


def table_cases(one: Evidence) -> Cases:
    """The attacks on the public tables of one release."""
    public = one.public
    return {
        1: (lambda: public, lambda: one.copy("struck", one.struck())),
        2: (lambda: public, lambda: one.copy("noisy", one.noisy())),
        3: (lambda: public, lambda: one.copy("open", one.open())),
        6: (lambda: surveyed(public), lambda: surveyed(one.copy("struck", one.struck()))),
        8: (
            lambda: knowing(public, blocked(public)),
            lambda: knowing(one.copy("open", one.open()), every_share(public)),
        ),
        9: (lambda: surveyed(public), lambda: surveyed(one.copy("struck", one.struck()))),
        10: (lambda: public, lambda: one.copy("open", one.open())),
        11: (lambda: public, lambda: one.copy("values", one.struck(), values_of=one.open())),
        16: (lambda: public, lambda: decided(one)),
    }


def knowing(package: Package, insider: Any) -> Package:
    return Package(package.folder, insider, package.small)


def surveyed(package: Package) -> Package:
    return knowing(package, intervals(package))


def firms(package: Package) -> Mapping[tuple, list[float]]:
    """Turnover of firms in two areas, told as sums: in one of them one firm has nearly all."""
    return {("turnover", "101"): [900.0, 60.0, 15.0], ("turnover", "102"): [300.0, 280.0, 250.0]}


def blocked(package: Package) -> frozenset[str]:
    """Indicators under a policy that blocks shares of everybody or nobody."""
    manifest = package.manifest
    strict = {name for name, rules in manifest["policies"].items() if rules["public"]["block_all"]}
    found = set()
    for name, document in package.indicators.items():
        of = document.get("share", {}).get("of")
        if isinstance(of, dict):
            policies = "+".join(manifest["measures"].get(of["universe"], {}).values()).split("+")
            found |= {name} if strict & set(policies) else set()
    return frozenset(found)


def every_share(package: Package) -> frozenset[str]:
    return frozenset(name for name, document in package.indicators.items() if "share" in document)


def moved(evidence: Evidence, change: Callable[[pl.DataFrame, list[str]], pl.DataFrame]) -> pl.DataFrame:
    counts = evidence.release.internal.counts.frame
    cells = counts.filter(area_system="microcells", universe="households").sort("value")["area"].to_list()
    return change(counts, cells)


def house_moves(counts: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    """Two households of the largest cell are in another cell now."""
    change = pl.col("area").replace_strict({cells[-1]: -2.0, cells[0]: 2.0}, default=0.0)
    return counts.with_columns(value=pl.col("value") + change)


def house_leaves(counts: pl.DataFrame, cells: list[str]) -> pl.DataFrame:
    """A cell of each area has two households less, and the area has them still."""
    first = list({cell.split("-")[0]: cell for cell in cells}.values())
    return counts.with_columns(value=pl.col("value") - pl.when(pl.col("area").is_in(first)).then(2.0).otherwise(0.0))


def hulls(evidence: Evidence, houses: np.ndarray) -> Package:
    """Cells drawn as the hulls of their houses (here of houses that stand together)."""
    package = evidence.copy("hulls", evidence.release.internal.counts.frame, depth="internal")
    path = package.folder / "areas" / "microcells.parquet"
    frame = pl.read_parquet(path)
    tree = shapely.STRtree(houses)
    shapes = shapely.from_wkb(frame["geometry"].to_list())
    chosen = [tree.query(shapely.buffer(shapely.centroid(shape), 60.0), predicate="intersects") for shape in shapes]
    drawn = [
        shapely.convex_hull(shapely.multipoints(houses[several])) if len(several) > 2 else shape
        for several, shape in zip(chosen, shapes, strict=True)
    ]
    frame.with_columns(geometry=pl.Series(shapely.to_wkb(drawn).tolist())).write_parquet(path)
    return package


def decided(evidence: Evidence) -> Package:
    """The table as the steward could see it: with the reason, in the order of reasons."""
    small = pl.when(pl.col("status") == "suppressed").then(pl.lit("primary")).otherwise(pl.lit(None))
    package = evidence.copy("decided", evidence.struck())
    frame = evidence.struck().with_columns(reason=small).sort("reason", nulls_last=True)
    frame.write_parquet(package.folder / "counts.parquet")
    return package


def musterstadt(folder: Path) -> Musterstadt:
    """Build the town twice."""
    project, town = folder / "town", make_town(houses=1_000, years=3)
    project.mkdir(parents=True)
    write_project(project, town)
    for document in (project / "sources").glob("*.toml"):
        if document.stem not in READ:
            document.unlink()
    for year in range(2015, YEAR):
        for path in (project / "deliveries").glob(f"*_{year}.csv"):
            path.unlink()
    first = built(load_project(project), folder / "first")
    register = project / "deliveries" / f"personen_{YEAR}.csv"
    head, *lines = register.read_text(encoding="utf-8").splitlines()
    register.write_text("\n".join([head, *(line for at, line in enumerate(lines) if at % 97), ""]), encoding="utf-8")
    second = built(load_project(project), folder / "second")
    crossing = sys.modules["sozialraum.pipeline.crossing"]
    systems = {id: second.counted.delivered.systems[id] for id in second.release.public.area_systems}
    crossed = crossing._cross(second.project, second.counted, ("public", systems), ())
    naive = second.copy("naive", crossed.content.counts.frame)
    return Musterstadt(town, first, second, naive, project / "deliveries")


def table(town: Musterstadt) -> str:
    """The attacks as a table: what each learnt from its control and from the release."""
    head = "| | attack | tried on | control | learnt from the control | from the release |"
    rows = [head, "| ---: | --- | --- | --- | --- | ---: |"]
    for attack in sorted(ATTACKS, key=lambda attack: attack.number):
        control, release = town.learnt(attack)
        learnt = f"{len(control)}, e.g. {control[0]}" if control else "0"
        cells = (attack.number, attack.name, attack.package, attack.control, learnt, len(release))
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)
