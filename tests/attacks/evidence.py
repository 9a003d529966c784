"""What the attacks are tried on: releases of Musterstadt, and the same data without, or with poor, protection."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio
import shapely
from outsider import COLUMNS, PEOPLE, Claim, Key, Package, where_of
from sixteen import ATTACKS, COLUMNS_OF_COUNTS, Attack
from upheaval import Upheaval, change

from pipeline_samples import write_part
from sozialraum import pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import Measure, Project, load_project
from sozialraum.catalogue.documents import DominanceDoc
from sozialraum.indicators import compute
from sozialraum.musterstadt import Town, make_town
from sozialraum.pipeline import silent
from sozialraum.pipeline.assemble import MICROCELLS, count_microcells
from sozialraum.pipeline.counting import Counted, count_everything, counts_at
from sozialraum.releases import Release, Store
from sozialraum.sources import Records, Vault, load_key
from sozialraum.tables import COUNT_SCHEMA, STATUS
from sozialraum.tables.seal import seal

YEAR = 2017
UNIVERSE = ["universe", "where"]
READ = {
    "personen",
    "haushalte",
    "sgb2",
    "gebaeude",
    "geburten",
    "einkommen",
    "kita",
    "angebote",
    "marktdaten",
    "betriebe",
}

INDICATORS = {"umsatz_je_betrieb": "", "umsatz_je_handelsbetrieb": ', sector = "trade"'}
"""Sums over firms, some of which have one owner: means of what they take in, of all and in one sector."""

TURNOVER = """
Umsatz = { amount = "turnover", universe = "firms" }
"""

INDICATOR = """
title.de = "Umsatz je Betrieb"
definition.de = "So viel nimmt ein Betrieb im Durchschnitt ein."
theme = "arbeit"
unit = "euro"
polarity = "neutral"

[mean]
of = {{ universe = "firms", amount = "turnover"{where} }}
in = {{ universe = "firms"{where} }}

[governance]
owner = "Wirtschaftsförderung"
checked_by = "Statistikstelle"
next_review = 2028-03-01
"""


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

    @cached_property
    def owners(self) -> Mapping[Key, Mapping[Any, float]]:
        """What each owner has of the turnover of firms, and each person of all ages, in every sum of them."""
        found: defaultdict[Key, defaultdict[Any, float]] = defaultdict(lambda: defaultdict(float))
        for universe, amount, owner, wheres in (
            ("firms", "turnover", "id:owner", {"": None, "sector=trade": "trade"}),
            ("persons", "age_years", "unit", {"": None}),
        ):
            for row in self._units(universe).iter_rows(named=True):
                places = [(name[5:], row[name]) for name in row if name.startswith("area:") and row[name] is not None]
                for (where, sector), place in itertools.product(wheres.items(), places):
                    if row[amount] is not None and (sector is None or row["sector"] == sector):
                        found[f"{universe}.{amount}", where, *place, row["period"]][row[owner]] += row[amount]
        return {key: dict(owners) for key, owners in found.items()}

    def _units(self, universe: str) -> pl.DataFrame:
        records = (supply.data for supply in self.counted.assembled.supplies if isinstance(supply.data, Records))
        frame = next(one.frame for one in records if one.universe == universe)
        return frame.with_columns(pl.col("period").cast(pl.String))

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


def write_key(project: Path) -> None:
    """Give a project always the same key of pseudonyms, so that whatever depends on it is always the same."""
    path = project / ".key"
    path.write_text("0123456789abcdef" * 4, encoding="utf-8")
    path.chmod(0o600)


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
    """Two releases of the town: before the second households moved, houses were pulled down, people left.

    Attributes:
        naive: the second release's counts, protected without regard to the first.
        anew: what the second release would be counted in if its cells were formed anew.
    """

    town: Town
    first: Evidence
    second: Evidence
    naive: Package
    anew: Counted
    upheaval: Upheaval
    deliveries: Path

    def cases(self) -> Cases:
        """By attack: the package that it is tried on, and the control."""
        one, public = self.first, self.first.public
        return table_cases(one) | {
            4: (lambda: knowing(self.second.public, public), lambda: knowing(self.naive, public)),
            5: (
                lambda: knowing(self.second.internal, one.internal),
                lambda: knowing(self.formed_anew, one.internal),
            ),
            6: (
                lambda: owned(surveyed(public), one),
                lambda: owned(surveyed(one.copy("struck", one.struck())), one),
            ),
            7: (lambda: owned(public, one), lambda: owned(lenient(one, "no rules", WITHOUT_RULES), one)),
            12: (lambda: public, lambda: Package(self.deliveries)),
            13: (
                lambda: knowing(one.internal, self.houses),
                lambda: knowing(hulls(one, self.houses), self.houses),
            ),
            14: (lambda: one.internal, lambda: one.copy("edge", moved(one, house_leaves), depth="internal")),
        }

    @property
    def formed_anew(self) -> Package:
        """The second release with cells that do not continue those of the first."""
        frame = self.second.release.internal.counts.frame
        asked = sorted({Measure.parse(*row) for row in frame.filter(area_system=MICROCELLS).select(UNIVERSE).rows()})
        cells = count_microcells(self.second.project, self.anew.assembled, asked).select(frame.columns)
        told = pl.concat(
            [frame.filter(pl.col("area_system") != MICROCELLS), cells.filter(~pl.col("area").str.ends_with("rest"))]
        )
        return self.second.copy("anew", told, depth="internal")

    def set_apart(self, package: Package) -> Mapping[str, set[int]]:
        """How many households that stayed changed their cell, by cell."""
        anew = package.folder != self.second.internal.folder
        before, after = (
            counted.assembled.microcells.members.select("x", "y", "cell")
            for counted in (self.first.counted, self.anew if anew else self.second.counted)
        )
        return self.upheaval.set_apart(before, after)

    @property
    def houses(self) -> np.ndarray:
        return shapely.centroid(shapely.from_wkb(pyogrio.raw.read(self.deliveries / "gebaeude.gpkg")[2]))

    def true(self, attack: Attack, package: Package, claim: Claim) -> bool:
        if attack.number == 12:
            return True  # no table of counts
        if attack.number == 5:  # about households that still live where they lived
            return claim.number in self.set_apart(package).get(claim.about[3], ())
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
    return replace(package, insider=insider)


def surveyed(package: Package) -> Package:
    return knowing(package, intervals(package))


def owned(package: Package, evidence: Evidence) -> Package:
    return replace(package, owners=evidence.owners)


WITHOUT_RULES = {"dominance": DominanceDoc(share=1), "p_percent": 0.0}
"""No rule on who contributes to sums."""

EACH_ALONE = {"secondary": False}
"""Each number is looked at, and not what several tell together."""


def lenient(evidence: Evidence, name: str, changed: Mapping[str, Any]) -> Package:
    """The release as the door would have made it under other rules."""
    catalogue = evidence.project.catalogue
    policies = {
        name: one.model_copy(update={"public": one.public.model_copy(update=changed)})
        for name, one in catalogue.policies.items()
    }
    project = replace(evidence.project, catalogue=replace(catalogue, policies=policies))
    return evidence.copy(name, crossed_again(evidence, project))


def crossed_again(evidence: Evidence, project: Project) -> pl.DataFrame:
    """The public counts of a release as the door would tell them, if there were no earlier one."""
    crossing = sys.modules["sozialraum.pipeline.crossing"]
    systems = {id: evidence.counted.delivered.systems[id] for id in evidence.release.public.area_systems}
    return crossing._cross(project, evidence.counted, ("public", systems), ()).content.counts.frame


Blocked = Mapping[str, set[float]]
"""For indicators the shares that may not be told of them, in percent."""


def blocked(package: Package) -> Blocked:
    """What policies block: shares of everybody, or of nobody, of what is counted on top of an indicator."""
    manifest = package.manifest
    found = {}
    for name, document in shares(package).items():
        several = document["share"]["of"]
        tops = [where_of(of) for of in (several if isinstance(several, list) else [several])]
        policies = {policy for top in tops for policy in _policies(manifest, *top)}
        rules = [manifest["policies"][policy]["public"] for policy in policies]
        everybody, nobody = (any(one[key] for one in rules) for key in ("block_all", "block_none"))
        found[name] = ({100.0} if everybody else set()) | ({0.0} if nobody else set())
    return found


def _policies(manifest: Mapping[str, Any], universe: str, where: str) -> list[str]:
    return [policy for policy in manifest["measures"].get(universe, {}).get(where, "").split("+") if policy]


def shares(package: Package) -> Mapping[str, dict[str, Any]]:
    """The documents of indicators that are shares and have values."""
    told = set(package.values["indicator"])
    return {name: document for name, document in package.indicators.items() if "share" in document and name in told}


def every_share(package: Package) -> Blocked:
    return {name: {0.0, 100.0} for name in shares(package)}


def moved(evidence: Evidence, change: Callable[[pl.DataFrame, list[str]], pl.DataFrame]) -> pl.DataFrame:
    counts = evidence.release.internal.counts.frame
    cells = counts.filter(area_system="microcells", universe="households").sort("value")["area"].to_list()
    return change(counts, cells)


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
    write_part(project, town, READ, YEAR)
    write_key(project)
    firms = project / "sources" / "betriebe.toml"
    declared = firms.read_text(encoding="utf-8")
    firms.write_text(declared.replace("\n[columns]\n", f"\n[columns]{TURNOVER}"), encoding="utf-8")
    (project / "indicators").mkdir(exist_ok=True)
    for name, where in INDICATORS.items():
        (project / "indicators" / f"{name}.toml").write_text(INDICATOR.format(where=where), encoding="utf-8")
    first = built(load_project(project), folder / "first")
    upheaval = change(project / "deliveries", YEAR)
    second = built(load_project(project), folder / "second")
    naive = second.copy("naive", crossed_again(second, second.project))
    vault = Vault(None, load_key(project / ".key", create=False))
    anew = count_everything(second.project, vault, silent)
    return Musterstadt(town, first, second, naive, anew, upheaval, project / "deliveries")


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
