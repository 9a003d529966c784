"""What a reader of the stewards' page about policies chose to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404
from django.utils.translation import gettext as _

from sozialraum.releases import Depth
from sozialraum.releases.what_if import Outcome, Table, WhatIf
from sozialraum.web.atlas.cells import MICROCELLS
from sozialraum.web.atlas.queries import listed_systems
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import said

ALL = "alle"
"""What an address says for all indicators together."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to see: package, rules, area system, indicator (None for all), and the order of the table."""

    depth: Depth
    rules: int
    system: str
    indicator: str | None
    order: str

    @property
    def others(self) -> list[tuple[str, str | int]]:
        """What an address says of it, but for the order."""
        found: list[tuple[str, str | int]] = [("paket", self.depth), ("regeln", self.rules), ("ebene", self.system)]
        return [*found, ("kennzahl", self.indicator or ALL)]

    def address(self, **changed: str | int) -> str:
        """Return the page's address with some choices made otherwise."""
        return "?" + urlencode({**dict(self.others), "sortierung": self.order, **changed})


ORDERS: Mapping[str, Callable[[Table], tuple[object, ...]]] = {
    "werte": lambda table: (-table.effect.loss, -table.effect.withheld),
    "verdeckt": lambda table: (table.effect.kept,),
    "selbst": lambda table: (-table.effect.themselves - table.effect.earlier,),
    "andere": lambda table: (-table.effect.others,),
    "gebiete": lambda table: (-table.blind,),
    "name": lambda table: (),
}
"""How the table of indicators can be sorted, the worst first; equal ones by their name."""


def choose(report: WhatIf, atlas: Atlas | None, asked: Mapping[str, str]) -> Choice:
    """Return what the page's address asks for, what suits where it says nothing.

    Where another package or other rules have the indicator or the area system and these do not, all indicators and the
    first system are shown: who changes one of them in the page's form asks for the others too.

    Args:
        report: what there is.
        atlas: names and borders of areas; None before the first release.
        asked: the address's choices.

    Raises:
        Http404: it asks for what there is nowhere.
    """
    depth = next((name for name in report.packages if name == (asked.get("paket") or name)), None)
    rules, order = asked.get("regeln") or "0", asked.get("sortierung") or next(iter(ORDERS))
    every = [outcome for outcomes in report.packages.values() for outcome in outcomes]
    system, indicator = asked.get("ebene") or "", asked.get("kennzahl") or ALL
    known = (
        rules.isdecimal() and int(rules) < len(report.scenarios),
        order in ORDERS,
        system in {"", *(name for outcome in every for name in outcome.areas)},
        indicator in {ALL, *(table.indicator for outcome in every for table in outcome.tables)},
    )
    if depth is None or not all(known):
        raise Http404(_("Das wurde nicht ausprobiert."))
    outcomes = report.packages[depth]
    systems, tables = systems_of(outcomes, atlas), outcomes[int(rules)].tables
    return Choice(
        depth=depth,
        rules=int(rules),
        system=system if system in systems else next(iter(systems), ""),
        indicator=next((table.indicator for table in tables if table.indicator == indicator), None),
        order=order,
    )


def systems_of(outcomes: Sequence[Outcome], atlas: Atlas | None) -> dict[str, str]:
    """Return title of each area system with numbers, those of the portal first and in its order."""
    found = {system for outcome in outcomes for system in outcome.areas}
    listed = [name for name in listed_systems(atlas) if name in found] if atlas else []
    return {name: system_title(atlas, name) for name in (*listed, *sorted(found - set(listed)))}


def system_title(atlas: Atlas | None, system: str) -> str:
    """Name an area system; by its id where the release does not know it."""
    document = atlas.systems.get(system) if atlas else None
    return said(document.title) if document else _("Mikrozellen") if system == MICROCELLS else system


def indicator_title(atlas: Atlas | None, indicator: str) -> str:
    """Name an indicator; by its id where the release does not know it."""
    document = atlas.catalogue.indicators.get(indicator) if atlas else None
    return said(document.title) if document else indicator
