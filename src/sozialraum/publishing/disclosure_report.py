"""What was done in a release so that nothing is told of anybody: a report for whoever answers for data protection.

One page of HTML that needs nothing beside it, in each language; it lies in the release beside ``audit.json`` and is
signed with it. It is made from what the release says of itself and from the attacker's report, never from a delivery,
and stays in the administration: how many numbers were withheld for themselves is nobody else's business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import Any

import polars as pl

from sozialraum.catalogue import Measure, RulesDoc, method_words
from sozialraum.indicators import format_number
from sozialraum.indicators.descriptions import measure_text
from sozialraum.publishing.limits import limit_sentences, limits_of
from sozialraum.publishing.words import LANGUAGES, enumerate_words, words
from sozialraum.releases import Depth, Release
from sozialraum.releases.release import READABLE_AUDIT
from sozialraum.tables import Status

DEPTHS: tuple[Depth, ...] = ("public", "internal")

WIDTHS = (0, 5, 10, 20)
"""How uncertain withheld numbers are, in classes that begin here; what has no limit is in the last one."""

NARROWEST = 10
"""So many of the least uncertain numbers are named, of those whose interval is known exactly."""

_PAGE = Path(__file__).parent / "texts" / "disclosure_report.html"


def disclosure_reports(release: Release, audit: Mapping[str, Any]) -> dict[str, str]:
    """Return the report on a release in every language, by the name of its file.

    Args:
        release: the release, whole but for its audit.
        audit: what the attacker found (see :meth:`sozialraum.audit.AuditReport.as_json`).
    """
    return {READABLE_AUDIT.format(language=one): disclosure_report(release, audit, one) for one in LANGUAGES}


def disclosure_report(release: Release, audit: Mapping[str, Any], language: str) -> str:
    """Return the report on a release in one language."""
    report = _Report(release, audit, language)
    title = report.say("title", id=release.manifest["id"])
    return Template(_PAGE.read_text(encoding="utf-8")).substitute(
        language=language, title=escape(title), city=escape(release.public.city.name), body="\n".join(report.body())
    )


@dataclass(frozen=True, slots=True)
class _Report:
    """The parts of the page, each as HTML."""

    release: Release
    audit: Mapping[str, Any]
    language: str

    def say(self, key: str, **more: object) -> str:
        """Return a sentence of the texts."""
        return str(words(self.language)["disclosure_report"][key]).format(**more)

    def number(self, value: float) -> str:
        """Write a whole number."""
        return format_number(value, 0, self.language)

    def body(self) -> Iterator[str]:
        """Yield the sections."""
        yield self._verdict()
        for name, section in (
            ("done", self._done),
            ("rules", self._rules),
            ("attack", self._attack),
            ("risks", self._risks),
        ):
            yield f"<section><h2>{escape(self.say(name))}</h2>"
            yield from section()
            yield "</section>"

    # --- the verdict ------------------------------------------------------------------------------------------------

    def _verdict(self) -> str:
        exposed = len(self.audit["exposed"])
        lead = self.say("passed") if not exposed else self.say("failed", exposed=self.number(exposed))
        made = self.release.manifest["created"][:10]
        version = self.release.manifest["software"]["version"]
        kind = "passed" if not exposed else "failed"
        return (
            f'<p class="verdict {kind}">{escape(lead)}</p><p>{escape(self.say("made", day=made, version=version))}</p>'
        )

    # --- what was done ----------------------------------------------------------------------------------------------

    def _done(self) -> Iterator[str]:
        yield _paragraph(self.say("done_how"))
        headers = [self.say(name) for name in ("package", "policies", "cells", "primary", "secondary", "kept")]
        rows = [
            [
                self.say(row["depth"]),
                self._titles(row["policy"]),
                *(self.number(row[name]) for name in ("cells", "primary", "secondary")),
                self._kept(row),
            ]
            for depth in DEPTHS
            for row in self.release.manifest["suppression"]
            if row["depth"] == depth
        ]
        yield _table(self.say("done_table"), headers, rows, texts=2)
        yield from (_paragraph(text) for text in (*self._choices(), *self._changes()))

    def _kept(self, row: Mapping[str, Any]) -> str:
        kept = 100 * (1 - (row["primary"] + row["secondary"]) / row["cells"]) if row["cells"] else 100.0
        return f"{format_number(kept, 1, self.language)} %"

    def _titles(self, policies: str) -> str:
        known = self.release.public.catalogue.policies
        found = [known[name].title.get(self.language) if name in known else name for name in policies.split("+")]
        return enumerate_words(found, self.language)

    def _choices(self) -> Iterator[str]:
        """Say how good the choice of further numbers is."""
        for depth in DEPTHS:
            choice = self.release.manifest.get("choices", {}).get(depth)
            if not choice or not choice["tables"]:
                continue
            best, tables = (self.number(choice[name]) for name in ("best", "tables"))
            gap = 100 * (1 - choice["bound"] / choice["weight"]) if choice["weight"] else 0.0
            written = format_number(gap, 1, self.language)
            yield self.say("choices", package=self.say(depth), best=best, tables=tables, gap=written)

    def _changes(self) -> Iterator[str]:
        """Say whether numbers were changed, how far, and what noise has told of a person so far."""
        manifest = self.release.manifest
        changed = [*manifest.get("changed", []), *manifest.get("changed_internal", [])]
        yield self.say("changed" if changed else "unchanged")
        if rounded := manifest.get("small_counts"):
            yield self.say("rounded", largest=self.number(max(row["largest"] for row in rounded)))
        for row in manifest.get("noise", {}).get("budgets", []):
            spent = {name: format_number(row[name], 2, self.language) for name in ("spends", "total")}
            yield self.say("noise", policy=self._titles(row["policy"]), package=self.say(row["depth"]), **spent)

    # --- the rules --------------------------------------------------------------------------------------------------

    def _rules(self) -> Iterator[str]:
        yield _paragraph(self.say("rules_how"))
        headers = [self.say(name) for name in ("policy", "public", "internal")]
        used = {name for row in self.release.manifest["suppression"] for name in row["policy"].split("+")}
        known = self.release.public.catalogue.policies
        kinds = {
            "sums": self._policies_of(lambda measure: not measure.counts_units),
            "tallies": self._policies_of(lambda measure: bool(measure.statistic) and measure.base is None),
            "standardised": self._policies_of(lambda measure: measure.base is not None),
        }
        rows = [
            [
                f"<strong>{escape(known[name].title.get(self.language))}</strong> <code>{escape(name)}</code><br>"
                + escape(known[name].why.get(self.language)),
                *(
                    _list(self._of_rules(getattr(known[name], depth), {kind: name in kinds[kind] for kind in kinds}))
                    for depth in DEPTHS
                ),
            ]
            for name in sorted(used & known.keys())
        ]
        yield _table(self.say("rules_table"), headers, rows, texts=3, ready=True)

    def _policies_of(self, asks: Callable[[Measure], bool]) -> set[str]:
        """Return the policies that measures of a kind are under."""
        measures = self.release.manifest.get("measures", {}).items()
        several = [own.values() for universe, own in measures if asks(Measure(universe))]
        return {name for own in several for text in own for name in text.split("+")}

    def _of_rules(self, rules: RulesDoc, kinds: Mapping[str, bool]) -> Iterator[str]:
        """Say what rules demand; of sums, medians and standardised rates only where there are some."""
        limits = limits_of(rules, **kinds)
        if changes := method_words(rules):
            yield from (text.get(self.language) for text in changes)
        elif limits.minimum < 2:
            yield self.say("no_minimum")
        yield from limit_sentences(limits, self.language)
        if limits.sums:
            yield self.say("ready_made" if rules.ready_made_sums else "no_ready_made")

    # --- the attack -------------------------------------------------------------------------------------------------

    def _attack(self) -> Iterator[str]:
        withheld = self.audit["suppressed"]
        cells = self.number(self.audit["cells"])
        yield _paragraph(self.say("attack_how", cells=cells, withheld=self.number(len(withheld))))
        others = self.audit["parameters"].get("together_with", [])
        yield _paragraph(
            self.say("together", others=enumerate_words(others, self.language)) if others else self.say("alone")
        )
        if withheld:
            yield self._widths(withheld)
        if known := [one for one in withheld if one["exact"]]:
            yield _table(self.say("narrowest"), *self._of_cells(sorted(known, key=_width)[:NARROWEST]), texts=3)
        if self.audit["exposed"]:
            yield _table(self.say("exposed"), *self._of_cells(self.audit["exposed"]), texts=3)
        if contradictions := len(self.audit["contradictions"]):
            yield _paragraph(self.say("contradictions", number=self.number(contradictions)))

    def _widths(self, withheld: Sequence[Mapping[str, Any]]) -> str:
        counted = Counter(max(start for start in WIDTHS if _width(one) >= start) for one in withheld)
        ends = [self.say("width", low=low, high=above - 1) for low, above in pairwise(WIDTHS)]
        labels = [*ends, self.say("widest", low=WIDTHS[-1])]
        most = max(counted.values())
        rows = [
            [
                escape(label),
                self.number(counted[start]),
                f'<span class="bar" style="width:{100 * counted[start] / most:.0f}%"></span>',
            ]
            for start, label in zip(WIDTHS, labels, strict=True)
            if counted[start]
        ]
        headers = [self.say("uncertain"), self.say("numbers"), ""]
        return _table(self.say("widths"), headers, rows, texts=1, ready=True) + _paragraph(self.say("widths_note"))

    def _of_cells(self, cells: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
        headers = [self.say(name) for name in ("measure", "area", "period", "range")]
        return headers, [[*self._named(one), self._range(one)] for one in cells]

    def _named(self, one: Mapping[str, Any]) -> tuple[str, str, str]:
        catalogue = self.release.public.catalogue
        made = catalogue.composites.get(one["universe"]) or catalogue.typologies.get(one["universe"])
        counted = Measure.parse(one["universe"], one["where"])
        measure = made.title.get(self.language) if made else measure_text(counted, catalogue.codes, self.language)
        return measure, self._area(one["area_system"], one["area"]), one["period"]

    def _area(self, system: str, code: str) -> str:
        if system not in self.release.public.area_systems:
            return code
        frame = self.release.public.areas(system).frame
        names = frame.filter(pl.col("code") == code)["name"].to_list()
        return f"{names[0]} ({code})" if names else code

    def _range(self, one: Mapping[str, Any]) -> str:
        low = self.number(one["low"])
        if one["high"] is None:
            return self.say("from", low=low)
        return self.say("between" if one["exact"] else "at_least", low=low, high=self.number(one["high"]))

    # --- what remains -----------------------------------------------------------------------------------------------

    def _risks(self) -> Iterator[str]:
        yield _paragraph(self.say("risks_how"))
        yield _list(self._of_release(), ordered=True)

    def _of_release(self) -> Iterator[str]:
        """Say what remains, with what of it there is in this release."""
        yield self.say("risk_overlap") + " " + self._overlapping()
        yield self.say("risk_time")
        whole, nothing = self._extreme_shares()
        yield self.say("risk_all", whole=self.number(whole), nothing=self.number(nothing))
        yield self.say("risk_rules")
        yield self.say("risk_people")
        if sums := self._sums():
            yield self.say("risk_sums", sums=enumerate_words(sums, self.language))
        if free := self._unprotected():
            yield self.say("risk_free", sources=enumerate_words(free, self.language))
        yield self.say("risk_nowhere")
        yield self.say("risk_internal")
        yield self.say("risk_folder")
        yield self.say("risk_young")

    def _overlapping(self) -> str:
        """Name the finest area systems of the public package where there are several."""
        documents = self.release.public.area_documents
        shown = [name for name in self.release.public.area_systems if name in documents]
        parents = {documents[name].parent for name in shown}
        finest = [documents[name].title.get(self.language) for name in shown if name not in parents]
        if len(finest) < 2:
            return self.say("overlap_none")
        return self.say("overlap_some", systems=enumerate_words(finest, self.language))

    def _extreme_shares(self) -> tuple[int, int]:
        """Count the published shares of 100 % and of 0 %."""
        package = self.release.public
        shares = [name for name, document in package.catalogue.indicators.items() if document.share]
        told = pl.col("status") == Status.OK.value
        values = package.values.filter(pl.col("indicator").is_in(shares), told)["value"]
        return int((values == 100).sum()), int((values == 0).sum())

    def _sums(self) -> list[str]:
        package = self.release.public
        measures = sorted({m for document in package.catalogue.indicators.values() for m in document.measures})
        told = set(package.counts.frame["universe"].unique())
        amounts = [Measure(m.universe) for m in measures if m.additive and not m.counts_units and m.universe in told]
        found = (measure_text(measure, package.catalogue.codes, self.language) for measure in amounts)
        return list(dict.fromkeys(found))

    def _unprotected(self) -> list[str]:
        """Name the deliveries whose policy withholds nothing."""
        package = self.release.public
        rules = {name: policy.public for name, policy in package.catalogue.policies.items()}
        return [
            source.title.get(self.language)
            for source in package.sources.values()
            if source.policy in rules and rules[source.policy].minimum < 2 and not rules[source.policy].changes_numbers
        ]


def _width(one: Mapping[str, Any]) -> float:
    return float("inf") if one["high"] is None else one["high"] - one["low"]


# --- HTML ------------------------------------------------------------------------------------------------------------


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(items: Iterable[str], *, ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{escape(item)}</li>' for item in items)}</{tag}>"


def _table(
    caption: str, headers: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int, ready: bool = False
) -> str:
    """Return a table.

    Args:
        caption: what it shows.
        headers: of its columns.
        rows: their cells.
        texts: the columns before this one hold words, the others numbers.
        ready: whether the cells are HTML already.
    """
    written = [[cell if ready else escape(cell) for cell in row] for row in rows]
    head = _row("th", [escape(header) for header in headers], texts)
    body = "".join(_row("td", row, texts) for row in written)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>'
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def _row(tag: str, cells: Sequence[str], texts: int) -> str:
    kinds = ["" if place < texts else ' class="number"' for place in range(len(cells))]
    opened = f'{tag} scope="col"' if tag == "th" else tag
    return f"<tr>{''.join(f'<{opened}{kind}>{cell}</{tag}>' for cell, kind in zip(cells, kinds, strict=True))}</tr>"
