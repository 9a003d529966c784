"""The characteristics that ``city.toml`` wants of microcells: tallied from single units and taken through the door."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sozialraum.catalogue import CellAttributeDoc, Project, split_codes
from sozialraum.counts import Bundled, Characteristic, Tally, tally_cells
from sozialraum.disclosure import Profile, Profiles, protect_profiles
from sozialraum.errors import DoorError
from sozialraum.periods import parse_period
from sozialraum.pipeline.assemble import MICROCELLS, Assembled
from sozialraum.pipeline.deliveries import Delivered
from sozialraum.sources import AREA_PREFIX, Records


def profiles_of_cells(project: Project, delivered: Delivered, assembled: Assembled) -> Profiles | None:
    """Return what may be seen of the cells' characteristics, in the latest period of each source.

    Returns:
        None where the city forms no cells or wants no characteristics of them.

    Raises:
        DoorError: the policy has no rules for them, so nothing may leave.
    """
    document = project.city.microcells
    if assembled.microcells is None or document is None or not document.attributes:
        return None
    rules = project.catalogue.policies[MICROCELLS].profiles
    if rules is None:
        raise DoorError(f"the policy {MICROCELLS} has no table [profiles], so no characteristic of cells may leave")
    cells = assembled.microcells
    bundled = Bundled(cells.cells.select("cell", "area", "buildings"), cells.members.select("building", "cell"))
    placed = {supply.source: supply.data for supply in assembled.supplies if isinstance(supply.data, Records)}
    tallies: dict[Characteristic, Tally] = {}
    profiles = []
    for name, attribute in document.attributes.items():
        frame, period = _latest(placed[attribute.source].frame)
        characteristic = _characteristic(project, attribute, frame)
        if characteristic not in tallies:
            units = frame.with_columns(area=pl.col(f"{AREA_PREFIX}{document.within}").cast(pl.String))
            tallies[characteristic] = tally_cells(units, bundled, characteristic)
        minimum = _minimum(project, attribute, delivered.extensions)
        of = _codes(project, attribute)
        profiles.append(Profile(name, tallies[characteristic], attribute.shows, of, period, minimum))
    return protect_profiles(profiles, rules)


def _latest(frame: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Return the units of the latest period, and that period; all units and nothing where there are no periods."""
    periods = frame["period"].unique().drop_nulls().cast(pl.String)
    latest = max(periods, key=parse_period, default="")
    return (frame.filter(pl.col("period").cast(pl.String) == latest) if latest else frame), latest


def _characteristic(project: Project, attribute: CellAttributeDoc, frame: pl.DataFrame) -> Characteristic:
    codes = tuple(project.catalogue.codes[attribute.dimension].codes) if attribute.dimension else None
    return Characteristic(
        name=f"{attribute.source}.{attribute.characteristic}",
        column=attribute.characteristic,
        codes=codes,
        owner=_owner(attribute.owner, frame) if attribute.owner else None,
        weight=attribute.weight,
    )


def _owner(kind: str, frame: pl.DataFrame) -> str:
    """Return the column with the owners; the unit itself where its own identifier is named."""
    wanted = (f"id:{kind}", kind, "unit")
    return next(name for name in wanted if name in frame.columns)


def _codes(project: Project, attribute: CellAttributeDoc) -> frozenset[str]:
    """Return the codes that are counted, groups of the code list resolved."""
    if attribute.of is None or attribute.dimension is None:
        return frozenset()
    groups = project.catalogue.codes[attribute.dimension].groups
    return frozenset(code for part in split_codes(attribute.of) for code in split_codes(groups.get(part, part)))


def _minimum(project: Project, attribute: CellAttributeDoc, extensions: Mapping[tuple[str, str], str]) -> int:
    """Return the fewest units that the policies of the deliveries demand behind a number or a base."""
    names = (attribute.characteristic, *([attribute.weight] if attribute.weight else []))
    sources = {attribute.source, *(extensions.get((attribute.source, name), attribute.source) for name in names)}
    rules = [project.catalogue.policies[project.sources[source].policy].internal for source in sources]
    return max(max(one.minimum, one.minimum_base) for one in rules)
