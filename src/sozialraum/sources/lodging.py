"""Units find the buildings they live in, and their addresses are forgotten."""

from __future__ import annotations

from collections import Counter
from threading import Lock

import polars as pl

from sozialraum.errors import Fault
from sozialraum.sources.addresses import PARTS, How, Matcher
from sozialraum.sources.reading import Reading

_HINT = "declare a source of kind buildings with columns address = 'street' and 'house_number'"


class Lodging:
    """Replaces the addresses of a source by buildings, and keeps account of how well that went."""

    def __init__(self, matcher: Matcher, *, forget: bool) -> None:
        """Take the matcher; offers do not ``forget`` their address, it is public."""
        self._matcher = matcher
        self._forget = forget
        self._lock = Lock()
        self._ways: Counter[str] = Counter()
        self._lowest = 1.0
        self._alone: list[pl.DataFrame] = []

    @classmethod
    def of(cls, reading: Reading, buildings: pl.DataFrame | None) -> Lodging | None:
        """Return what houses the units of a source; None where they come without addresses."""
        doc = reading.doc
        parts = {"street" if column.address == "full" else column.address for column in doc.columns.values()}
        if doc.kind == "buildings" or "street" not in parts:
            return None
        if buildings is None or "street" not in buildings.columns:
            what = "there are addresses and no buildings to match them to"
            reading.faults.add(reading.toml, what, advice=_HINT)
            buildings = pl.DataFrame(schema=dict.fromkeys(("building", *PARTS), pl.String))
        return cls(Matcher(buildings, {part for part in parts if part}), forget=doc.kind != "offers")

    def house(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add ``building`` to the units of a file, and drop their addresses."""
        parts = [part for part in PARTS if part in frame.columns]
        with self._lock:
            matches = self._matcher.match(frame.select(parts))
            self._account(frame, matches)
        return (frame.drop(parts) if self._forget else frame).with_columns(matches["building"])

    def _account(self, frame: pl.DataFrame, matches: pl.DataFrame) -> None:
        for how, number, lowest in matches.group_by("how").agg(pl.len(), pl.col("confidence").min()).iter_rows():
            self._ways[how] += number
            if lowest:
                self._lowest = min(self._lowest, lowest)
        alone = frame.with_columns(matches["how"]).filter(matches["building"].is_null())
        shown = [pl.col(part).fill_null("") for part in ("street", "house_number") if part in frame.columns]
        self._alone.append(alone.select("file", "line", "how", pl.concat_str(shown, separator=" ").alias("address")))

    def report(self, reading: Reading) -> None:
        """Note the match rate and every address that found no building, with the lines it stands in."""
        total = self._ways.total()
        alone = pl.concat(self._alone) if self._alone else pl.DataFrame()
        ways = ", ".join(f"{self._ways[how.value]:,} {how.value}" for how in How if self._ways[how.value])
        rate = 100 * (total - alone.height) / total if total else 0.0
        lowest = f"; lowest confidence {self._lowest:.2f}" if self._lowest < 1 else ""
        reading.faults.note(reading.toml, f"{rate:.1f} % of {total:,} addresses have a building ({ways}{lowest})")
        if alone.is_empty():
            return
        addresses = alone.sort("file", "line").group_by("file", "address", "how", maintain_order=True).agg("line")
        for file, address, how, lines in addresses.iter_rows():
            more = f" (also in lines {_shown(lines[1:])})" if len(lines) > 1 else ""
            reading.faults.notes.append(Fault(file, lines[0], "street", f"{how}{more}", address.strip()))


def _shown(lines: list[int]) -> str:
    return ", ".join(str(line) for line in lines)
