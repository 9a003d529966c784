"""Cells are maintained between releases, never formed anew: two releases together tell no more than each alone.

**The attack.** Whoever has the numbers of two releases and knows which houses are in which cells subtracts. If houses
that did not change are a cell of 6 households in one release, and 4 of these households with others are a cell in the
next, a piece of 2 households may come out. Every combination of numbers of any releases is such an attack.

**The rule.**

1. A cell goes on, under its id, with those of its houses that are left. It never takes in a house that was in another
   cell or in none.
2. It goes on as long as its houses that have been in it in every release since they were first in one have the minimum
   of households together, each counted with the fewest it ever had. Otherwise it has *fallen*: what is left of it is in
   no cell from then on. (It can not merge with a neighbour: their common number less the neighbour's earlier one would
   be the number of the fewer than ``minimum`` households that are left.)
3. Houses that were never in a cell *wait* until several of them, near each other, can open a cell of their own. None
   joins a cell that exists: the cell's number less its earlier one would be the number of that house. A group of them
   might, and would be told all the same; by itself it is a smaller cell.
4. If a new border parts a cell, rule 2 holds for each part. If all parts go on, the cell is *split* and they get new
   ids; else it has fallen, for the part that goes on would tell about the other. A cell that is in another area as a
   whole *moves* and gets a new id. Cells are not split for any other reason: formation leaves hardly one of which
   rule 2 would allow two.

**Why it is safe.** Take any sum of numbers of cells, of whatever releases, each with any factor. Houses that are in one
cell in its last release, and have been in a cell in every release since they were first in one, have always been in the
same cell as each other (rules 1, 3 and 4), so the factors of their cells add up to the same number for all of them. If
it is 0, the sum says nothing about those of them that have not changed. If it is not, every one of them remains in the
sum, in one of its states at least, and by rule 2 these are at least ``minimum`` households. So: *whatever is computed
from cells of any releases and depends on a household that has stayed depends on at least* ``minimum`` *households.* In
particular, what any two cells of two releases have in common holds none or at least ``minimum`` households, counted in
either release.

**What stays.** The difference between a cell's numbers in two releases tells about who left and who came in between,
be it by moving, building, demolition or vacancy: if it was one household and the others' answers are the same, about
that one. No choice of cells prevents this, short of withholding every cell in which somebody moved. And an area's
number less those of its cells is that of its houses without a cell; so is the growth of this rest from release to
release. The door has to treat the rest as one more cell. :attr:`Changes.small_rests` names the areas where it holds
fewer than ``minimum`` households. Lastly, a household that changes while the number of households in its house does
not is taken for one that stayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from sozialraum.errors import DoorError, Faults, InputError
from sozialraum.microcells.addresses import street_codes
from sozialraum.microcells.checks import check_houses
from sozialraum.microcells.comparison import paid_and_least
from sozialraum.microcells.compiled import Ints, Sites
from sozialraum.microcells.costs import costs
from sozialraum.microcells.formation import Cells, Formation, form_cells, quality_of
from sozialraum.microcells.history import History
from sozialraum.microcells.measures import measure
from sozialraum.microcells.quality import shown

REACH = 100.0
"""Waiting houses open a cell that is at most so many metres wide."""
# Half of the buildings in common may not be farther than this from where they were.
SAME_PLACE = 1_000.0


@dataclass(frozen=True, slots=True)
class Rest:
    """The houses of an area that are in no cell."""

    area: str
    buildings: int
    households: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one release to the next.

    Attributes:
        release: the number of the new one.
        kept: cells with the same houses and households as before.
        changed: cells that go on under their id and lost a house, got one back, or have other households.
        split, moved, opened: new cells: parts of a cell that a border parted, cells that are in another area as a
            whole, cells of houses that were in none before.
        fallen, gone: cells that are no more: too few households are left, or none.
        waiting_buildings, waiting_households: never in a cell so far.
        left_buildings, left_households: were in a cell that has fallen, or came back when it was no more.
        covered: the share of all households that are in a cell, from 0 to 1.
        small_rests: areas with cells where fewer than the minimum of households are in none. Their numbers and those of
            all their cells must not be published together.
        cost, fresh_cost: square metres a household in a cell, of these cells and of cells formed anew; None if not
            asked for.
    """

    release: int
    kept: int
    changed: int
    split: int
    moved: int
    opened: int
    fallen: int
    gone: int
    waiting_buildings: int
    waiting_households: int
    left_buildings: int
    left_households: int
    covered: float
    small_rests: tuple[Rest, ...]
    cost: float | None = None
    fresh_cost: float | None = None

    def as_json(self) -> dict[str, object]:
        """Return the changes as nested mappings and lists for a JSON file or ``--json``."""
        return {**asdict(self), "small_rests": [asdict(rest) for rest in self.small_rests]}

    def as_text(self, language: str = "de") -> str:
        """Return the changes as a table of plain text, in German ("de") or English ("en")."""
        labels = _LABELS[language]
        lines = [(labels[key], shown(value, language)) for key, value in self._figures()]
        width = max(len(label) for label, _ in lines)
        rests = [labels["rest"].format(**asdict(rest)) for rest in self.small_rests]
        return "\n".join([f"{label:<{width}}  {value:>12}" for label, value in lines] + rests)

    def _figures(self) -> Iterator[tuple[str, float]]:
        """Yield what the plain text shows, in its order."""
        for name, value in asdict(self).items():
            if name == "covered":
                yield name, 100.0 * value
            elif name != "small_rests" and value is not None:
                yield name, value


_LABELS = {
    "de": {
        "release": "Veröffentlichung Nummer",
        "kept": "unveränderte Zellen",
        "changed": "fortgeführte Zellen mit anderen Häusern oder Haushalten",
        "split": "Zellen aus geteilten Zellen",
        "moved": "Zellen, die in ein anderes Gebiet kamen",
        "opened": "Zellen aus neuen Häusern",
        "fallen": "aufgelöste Zellen (zu wenige Haushalte)",
        "gone": "verschwundene Zellen (keine Häuser)",
        "waiting_buildings": "wartende neue Häuser",
        "waiting_households": "Haushalte darin",
        "left_buildings": "Häuser aus aufgelösten Zellen",
        "left_households": "Haushalte darin",
        "covered": "Haushalte in einer Zelle, in %",
        "cost": "Kosten je Haushalt in m²",
        "fresh_cost": "Kosten je Haushalt in m², neu gebildet",
        "rest": "Gebiet {area}: nur {households} Haushalte in {buildings} Häusern ohne Zelle; "
        "Gebiet und Zellen nicht zusammen herausgeben",
    },
    "en": {
        "release": "release number",
        "kept": "unchanged cells",
        "changed": "cells that go on with other houses or households",
        "split": "cells from split cells",
        "moved": "cells that came into another area",
        "opened": "cells of new houses",
        "fallen": "dissolved cells (too few households)",
        "gone": "vanished cells (no houses)",
        "waiting_buildings": "new houses that wait",
        "waiting_households": "households in them",
        "left_buildings": "houses of dissolved cells",
        "left_households": "households in them",
        "covered": "households in a cell, in %",
        "cost": "cost a household in m²",
        "fresh_cost": "cost a household in m², formed anew",
        "rest": "area {area}: only {households} households in {buildings} houses without a cell; "
        "do not hand out the area together with its cells",
    },
}


@dataclass(frozen=True, slots=True)
class Maintained:
    """The cells of one release, and what came before.

    Attributes:
        cells: the cells.
        history: what all releases so far have said.
        changes: what changed, None in the first release.
        rests: areas with cells where houses are in none, with what these hold; none in the first release.
    """

    cells: Cells
    history: History
    changes: Changes | None = None
    rests: tuple[Rest, ...] = ()


def first_release(houses: pl.DataFrame, options: Formation | None = None, *, name: str = "houses") -> Maintained:
    """Form cells, and begin their history.

    Args:
        houses, options, name: as in ``form_cells``.

    Raises:
        DeliveryError: with every fault of the table.
    """
    options = options or Formation()
    cells = form_cells(houses, options, name=name)
    now = cells.members.join(check_houses(houses, name).select("building", "households"), on="building")
    return Maintained(cells, History.empty(options.minimum).followed(now, _births(cells.cells)))


def maintain_cells(
    previous: History,
    houses: pl.DataFrame,
    options: Formation | None = None,
    *,
    reach: float = REACH,
    compare: bool = False,
    name: str = "houses",
) -> Maintained:
    """Continue the cells of the last release with the houses there are now.

    Args:
        previous: what all releases so far have said.
        houses: as in ``form_cells``. A house is the same as before if its ``building`` is.
        options: how cells of new houses are formed. The minimum must be that of the earlier releases.
        reach: how wide a cell of houses that waited may be, in metres. In an area of which nothing was published so far
            it may be wider, as in a first release.
        compare: whether to form cells anew as well, to compare their cost.
        name: what the user knows the table as, for faults.

    Returns:
        The cells; a house without one has null. Ids are never used again.

    Raises:
        InputError: the earlier releases had another minimum, or are of another city.
        DeliveryError: with every fault of the table.
        DoorError: a cell that must not leave was about to.
    """
    options = options or Formation(minimum=previous.minimum)
    checked = check_houses(houses, name)
    inhabited = checked.filter(pl.col("households") > 0).sort("area", "building")
    _refuse_strangers(previous, checked, options, name)
    survivors = _continued(previous, previous.survivors(inhabited))
    opened = _opened(previous, inhabited, replace(options, cap=reach))
    given = _with_ids(pl.concat([survivors, opened]), previous)
    now = inhabited.join(given.select("building", "cell"), on="building", how="left", maintain_order="left")
    begun = given.drop_nulls("begun").unique("cell", keep="first", maintain_order=True)
    history = previous.followed(now, begun.select("cell", "area", "begun", "parents"))
    cells = _as_cells(now, checked, options)
    rests = _rests(now)
    changes = _changes(previous, history, now, rests)
    if compare:
        fresh = form_cells(houses, options, name=name)
        changes = replace(changes, cost=cost_of(cells, checked, options), fresh_cost=cost_of(fresh, checked, options))
    return Maintained(cells, history, changes, rests)


def cost_of(cells: Cells, houses: pl.DataFrame, options: Formation) -> float | None:
    """Return what the cells cost in square metres a household that is in one; None without any cell."""
    houses = check_houses(houses).select("building", "households", "street", "attribute")
    members = cells.members.drop_nulls("cell").join(houses, on="building", maintain_order="left")
    if members.is_empty():
        return None
    sites = Sites(
        x=members["x"].to_numpy(),
        y=members["y"].to_numpy(),
        z=options.likeness_of(members),
        households=members["households"].to_numpy(),
        street=street_codes(members["street"]),
    )
    cell = _ranks(members["cell"])
    return float(costs(sites, cell, int(cell.max()) + 1, options.rules.impurity).sum() / sites.households.sum())


def _refuse_strangers(previous: History, checked: pl.DataFrame, options: Formation, name: str) -> None:
    """Refuse a history that does not belong to these houses or options.

    Raises:
        InputError: with all that does not fit.
    """
    faults = Faults()
    if options.minimum != previous.minimum:
        what = f"the earlier releases have cells of at least {previous.minimum} households"
        advice = f"Use {previous.minimum}, or begin anew without earlier releases and withdraw those."
        faults.add("options", what, column="minimum", value=str(options.minimum), advice=advice)
    common = checked.join(previous.houses, on="building", suffix="_before")
    advice = "Name the earlier cells of this city; building ids must last from release to release."
    if previous.houses.height and common.is_empty():
        faults.add(name, "the earlier release and the houses have no building in common", advice=advice)
    east, north = pl.col("x") - pl.col("x_before"), pl.col("y") - pl.col("y_before")
    apart = common.select((east**2 + north**2).sqrt().median()).item() or 0.0
    if apart > SAME_PLACE:
        what = (
            "the buildings of the earlier release are elsewhere: half of those in common have moved by more than 1 km"
        )
        faults.add(name, what, value=f"{apart:,.0f} m", advice=advice)
    faults.throw(InputError)


def _continued(previous: History, survivors: pl.DataFrame) -> pl.DataFrame:
    """Return the houses whose cells go on with ``key`` (the cell), and how it begins where it gets a new id."""
    parts = survivors.select("origin", "area").unique()
    parts = parts.join(previous.cells.select(origin="cell", home="area"), on="origin").with_columns(
        begun=pl.when(pl.len().over("origin") > 1)
        .then(pl.lit("split"))
        .when(pl.col("area") != pl.col("home"))
        .then(pl.lit("moved"))
    )
    return survivors.join(parts, on=["origin", "area"]).select(
        "building",
        "area",
        "begun",
        key=pl.when(pl.col("begun").is_null()).then("origin").otherwise(pl.format("{} {}", "origin", "area")),
        parents=pl.concat_list("origin"),
    )


def _opened(previous: History, inhabited: pl.DataFrame, options: Formation) -> pl.DataFrame:
    """Return the houses that open cells, as ``_continued`` does. ``options.cap`` says how wide these may be."""
    fresh = inhabited.join(previous.houses, on="building", how="anti")
    known = inhabited.join(previous.houses, on="building", how="semi")["area"].unique()
    grouped = fresh.with_columns(
        bare=~pl.col("area").is_in(known.implode()), group=pl.Series(_neighbourhoods(fresh, options.cap))
    )
    # Where nothing was published so far the whole area is formed, as in a first release.
    group = pl.format("{} {}", "area", pl.when("bare").then(-1).otherwise("group"))
    formed = form_cells(grouped.with_columns(area=group), options)
    found = grouped.join(formed.members.select("building", "cell"), on="building").join(
        formed.cells.select("cell", "flagged"), on="cell"
    )
    alone = ~pl.col("bare") & pl.col("flagged")
    return found.filter(~alone | (pl.col("households") >= options.minimum)).select(
        "building",
        "area",
        begun=pl.lit("formed"),
        key=pl.when(alone).then(pl.format("alone {}", "building")).otherwise(pl.format("new {}", "cell")),
        parents=pl.lit([], pl.List(pl.String)),
    )


def _neighbourhoods(fresh: pl.DataFrame, reach: float) -> Ints:
    """Return the number of each house's neighbourhood: houses of one area, from each to the next within reach."""
    if fresh.is_empty():
        return np.empty(0, np.int64)
    area = _ranks(fresh["area"])
    pairs = KDTree(fresh.select("x", "y").to_numpy()).query_pairs(reach, output_type="ndarray")
    pairs = pairs[area[pairs[:, 0]] == area[pairs[:, 1]]]
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(area), len(area)))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _ranks(texts: pl.Series) -> Ints:
    return (texts.rank("dense").cast(pl.Int64) - 1).to_numpy()


def _with_ids(given: pl.DataFrame, previous: History) -> pl.DataFrame:
    """Return the houses with the ``cell`` they are in: an id that was never used, where the cell begins."""
    begin = given.drop_nulls("begun").group_by("area", "key").agg(pl.col("building").min()).sort("area", "building")
    used = previous.cells.group_by("area").agg(used=pl.col("cell").str.extract(r"-(\d+)$").cast(pl.Int64).max())
    number = pl.int_range(1, pl.len() + 1).over("area") + pl.col("used").fill_null(0)
    ids = begin.join(used, on="area", how="left", maintain_order="left").select(
        "key", "area", id=pl.format("{}-{}", "area", number.cast(pl.String).str.zfill(6))
    )
    named = given.join(ids, on=["key", "area"], how="left").with_columns(cell=pl.coalesce("id", "key"))
    return named.sort("area", "cell", "building")


def _births(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select("cell", "area", begun=pl.lit("formed"), parents=pl.lit([], pl.List(pl.String)))


def _as_cells(now: pl.DataFrame, checked: pl.DataFrame, options: Formation) -> Cells:
    """Return the cells with their measures and the report, as a formation does.

    Raises:
        DoorError: a cell is below the minimum or crosses an area.
    """
    housed = now.drop_nulls("cell")
    ids = housed.select("cell", "area").unique().sort("area", "cell")
    row = housed.select("cell").join(ids.with_row_index("row"), on="cell", how="left", maintain_order="left")["row"]
    if ids["cell"].is_duplicated().any():
        raise DoorError(f"a microcell crosses areas: {ids.filter(pl.col('cell').is_duplicated())['cell'][0]}")
    x, y, households = (housed[name].to_numpy() for name in ("x", "y", "households"))
    measures = measure(row.cast(pl.Int64).to_numpy(), ids.height, x, y, households, street_codes(housed["street"]))
    cells = ids.with_columns(**{name: pl.Series(column) for name, column in measures._asdict().items()})
    cells = cells.with_columns(flagged=pl.col("diameter") > options.cap)
    small = cells.filter(pl.col("households") < options.minimum)
    if small.height:
        raise DoorError(f"{small.height} microcells have fewer than {options.minimum} households")
    paid, least = paid_and_least(now, options)
    outside = int(now.filter(pl.col("cell").is_null())["households"].sum())
    quality = quality_of(cells, checked, options, outside=outside, paid=paid, least=least)
    return Cells(now.select("building", "cell", "area", "x", "y"), cells, quality)


def _rests(now: pl.DataFrame) -> tuple[Rest, ...]:
    outside = now.filter(pl.col("cell").is_null()).join(now.drop_nulls("cell"), on="area", how="semi")
    rests = outside.group_by("area").agg(pl.len(), pl.col("households").sum()).sort("area")
    return tuple(Rest(*row) for row in rests.iter_rows())


def _changes(previous: History, history: History, now: pl.DataFrame, rests: tuple[Rest, ...]) -> Changes:
    born = history.cells.filter(first=history.release)["begun"]
    ended = history.cells.filter(pl.col("ended").is_not_null(), last=previous.release)["ended"]
    going = history.cells.filter(pl.col("ended").is_null(), pl.col("first") < history.release)
    kept = _unchanged(previous, now)
    outside = now.filter(pl.col("cell").is_null())
    left = outside.join(previous.houses, on="building", how="semi")
    waiting = outside.join(previous.houses, on="building", how="anti")
    households = int(now["households"].sum())
    return Changes(
        release=history.release,
        kept=kept,
        changed=going.height - kept,
        split=int((born == "split").sum()),
        moved=int((born == "moved").sum()),
        opened=int((born == "formed").sum()),
        fallen=int((ended == "fallen").sum()),
        gone=int((ended == "gone").sum()),
        waiting_buildings=waiting.height,
        waiting_households=int(waiting["households"].sum()),
        left_buildings=left.height,
        left_households=int(left["households"].sum()),
        covered=1.0 - int(outside["households"].sum()) / households if households else 0.0,
        small_rests=tuple(rest for rest in rests if rest.households < history.minimum),
    )


def _unchanged(previous: History, now: pl.DataFrame) -> int:
    """Return how many cells have exactly the houses and households that they had in the last release."""
    before = previous.houses.filter(last=previous.release).select("building", "cell", "households")
    both = before.join(now, on="building", how="full", suffix="_now", coalesce=True)
    same = (pl.col("cell").eq_missing(pl.col("cell_now"))) & (pl.col("households") == pl.col("households_now"))
    differ = both.filter(~same.fill_null(False))
    touched = pl.concat([differ["cell"], differ["cell_now"]]).drop_nulls().unique()
    return before.filter(~pl.col("cell").is_in(touched.implode()))["cell"].n_unique()
