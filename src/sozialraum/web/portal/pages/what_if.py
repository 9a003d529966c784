"""The stewards' page about what the policies withhold, and what others would: from the file beside the releases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sozialraum.releases import Depth
from sozialraum.releases.what_if import Cause, Effect, Outcome, WhatIf
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import day_words
from sozialraum.web.portal.pages.cell_quality import percent, whole_number
from sozialraum.web.portal.pages.what_if_areas import area_rows, share_map, shares_of
from sozialraum.web.portal.pages.what_if_choice import ALL, Choice, indicator_title, system_title, systems_of
from sozialraum.web.portal.pages.what_if_tables import (
    cause_row,
    names_of,
    ordered,
    orders,
    reason_words,
    short,
    table_row,
)

FIRST_CAUSES = 10
"""So many numbers that take others with them are seen at once; the others unfold."""


def page(report: WhatIf, atlas: Atlas | None, choice: Choice) -> dict[str, Any]:
    """Return what the page shows.

    Args:
        report: the what-if.
        atlas: the same package of the newest release, for names and borders; None before the first release.
        choice: what of it is shown.
    """
    outcomes = report.packages[choice.depth]
    outcome, now = outcomes[choice.rules], outcomes[0]
    table = next((one for one in outcome.tables if one.indicator == choice.indicator), None)
    effect = table.effect if table else outcome.effect
    shares = [shares_of(one, choice) for one in outcomes]
    causes = [cause_row(one, atlas, choice) for one in outcome.causes if _concerns(one, choice)]
    return {
        "choice": choice,
        "made": day_words(date.fromisoformat(report.made)),
        "earlier": ", ".join(report.earlier),
        "answer": answer(now, choice.depth),
        "scenarios": [scenario_row(report, one, now, choice) for one in outcomes],
        "refused": outcome.refused,
        "rules": [(number, _rules_title(one.text)) for number, one in enumerate(report.scenarios)],
        "rules_title": _rules_title(report.scenarios[choice.rules].text),
        "packages": [(name, package_title(name)) for name in report.packages],
        "package": package_title(choice.depth),
        "systems": list(systems_of(outcomes, atlas).items()),
        "system_title": system_title(atlas, choice.system),
        "indicators": [(ALL, _("alle zusammen")), *names_of(atlas, outcome.tables)],
        "where": indicator_title(atlas, choice.indicator) if choice.indicator else _("Alle Kennzahlen"),
        "map": share_map(atlas, shares, choice) if atlas else None,
        "areas": area_rows(atlas, shares[choice.rules].get(choice.system, {}), choice.system),
        "reasons": reasons(effect, None if table else outcome.between),
        "changes": changes(effect),
        "orders": orders(),
        "tables": [table_row(one, atlas, choice) for one in ordered(outcome.tables, atlas, choice.order)],
        "causes": causes[:FIRST_CAUSES],
        "other_causes": causes[FIRST_CAUSES:],
        "more_causes": whole_number(outcome.more_causes) if outcome.more_causes and not choice.indicator else "",
    }


def _concerns(cause: Cause, choice: Choice) -> bool:
    return choice.indicator is None or choice.indicator in cause.indicators


# --- answers ----------------------------------------------------------------------------------------------------------


def package_title(depth: str) -> str:
    """Name a package."""
    return _("öffentlicher Teil") if depth == "public" else _("interner Teil")


def _rules_title(text: str) -> str:
    return text or _("die Regeln, wie sie sind")


def answer(outcome: Outcome, depth: Depth) -> list[str]:
    """Say how much the policies as they are withhold in a package, and what is lost by that."""
    if outcome.refused:
        return [_("Mit den Regeln, wie sie sind, käme keine Veröffentlichung zustande.")]
    effect = outcome.effect
    words = {
        "public": _("Im öffentlichen Teil sind {withheld} von {numbers} Zahlen verdeckt, also {share}."),
        "internal": _("Im internen Teil sind {withheld} von {numbers} Zahlen verdeckt, also {share}."),
    }
    lost = _("Dadurch fehlen {lost} von {values} Werten der Kennzahlen: {share}.")
    own = _("{own} davon sind selbst zu schützen, {others} weitere schützen sie.")
    return [
        words[depth].format(
            withheld=whole_number(effect.withheld),
            numbers=whole_number(effect.numbers),
            share=percent(1 - effect.kept),
        ),
        own.format(own=whole_number(effect.themselves + effect.earlier), others=whole_number(effect.others)),
        lost.format(lost=whole_number(effect.lost), values=whole_number(effect.values), share=percent(effect.loss)),
    ]


def scenario_row(report: WhatIf, outcome: Outcome, now: Outcome, choice: Choice) -> dict[str, Any]:
    """Return what rules would withhold, and how that differs from the policies as they are."""
    scenario, effect = report.scenarios[outcome.scenario], outcome.effect
    row: dict[str, Any] = {
        "title": _rules_title(scenario.text),
        "is_code": bool(scenario.text),
        "address": choice.address(regeln=outcome.scenario, kennzahl=ALL),
        "chosen": outcome.scenario == choice.rules,
        "refused": outcome.refused,
    }
    if outcome.refused:
        return row
    return row | {
        "withheld": whole_number(effect.withheld),
        "more": "" if outcome is now or now.refused else _signed(effect.withheld - now.effect.withheld),
        "own": whole_number(effect.themselves + effect.earlier),
        "others": whole_number(effect.others),
        "share": percent(1 - effect.kept),
        "loss": percent(effect.loss),
        "moved": "–" if effect.mean_change is None else short(effect.mean_change),
        "gap": percent(outcome.gap) if outcome.weight else "–",
    }


def _signed(number: int) -> str:
    return "±0" if number == 0 else f"{'+' if number > 0 else '−'}{whole_number(abs(number))}"


def reasons(effect: Effect, between: float | None) -> list[tuple[str, str]]:
    """Return why numbers are withheld, and how many for each reason.

    Args:
        effect: on some numbers.
        between: how many protect what is left between published numbers; None where nobody counted.
    """
    own = {**effect.own, "earlier": effect.earlier}
    found = [(title, float(own.get(name, 0))) for name, title in reason_words().items()]
    if between is None:
        found.append((_("zum Schutz anderer"), effect.others))
    else:
        found.append((_("zum Schutz der oben genannten"), effect.others - between))
        found.append((_("zum Schutz dessen, was zwischen gezeigten Zahlen übrig bleibt"), between))
    return [(title, short(number)) for title, number in found if number]


def changes(effect: Effect) -> str:
    """Say how far a method changes numbers; nothing where none does."""
    if effect.mean_change is None or effect.most_change is None:
        return ""
    words = _("{count} Zahlen werden verändert gezeigt: im Mittel um {mean}, höchstens um {most}.")
    most = short(effect.most_change)
    return words.format(count=whole_number(effect.changed), mean=short(effect.mean_change), most=most)
