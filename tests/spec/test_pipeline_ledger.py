"""The ledger of noise: what releases tell about a person adds up, and what is told again unchanged costs nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline_samples import REGISTER_YEAR, persons, write_city, write_lines
from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.errors import DoorError, NotAllowedError
from sozialraum.releases import Release, Store
from sozialraum.tables import COUNT_KEY

title = "The ledger of noise"

EPSILON = 0.25
POLICY = """\
title.de = "Register"
why.de = "Zum Schutz der Gezählten."
[public]
method = "noise"
minimum = 0
noise = { epsilon = 0.25, budget = 30, budget_total = TOTAL }
[internal]
"""
HEAD = "Nr;Nachname;Gebäude;Alter;Geschlecht"


class City:
    """A small city whose register is under noise in the public package."""

    def __init__(self, folder: Path, total: float) -> None:
        self.folder = write_city(folder)
        city = self.folder / "city.toml"
        city.write_text(city.read_text("utf-8").partition("[microcells]")[0], "utf-8")
        (self.folder / "policies").mkdir(exist_ok=True)
        text = POLICY.replace("TOTAL", str(total))
        (self.folder / "policies" / "register.toml").write_text(text, encoding="utf-8")

    @property
    def store(self) -> Store:
        return Store(self.folder / "releases")

    def deliver(self, leave_out: int, year: str = REGISTER_YEAR) -> None:
        """Deliver the register of a year without every so many-th person."""
        kept = [f"{p.number};{p.name};{p.house};{p.age};{p.sex}" for n, p in enumerate(persons()) if n % leave_out]
        write_lines(self.folder / "deliveries" / f"personen_{year}.csv", HEAD, kept)

    def build(self) -> Release:
        return pipeline.build(load_project(self.folder), pipeline.silent, who="Test").release

    def publish(self) -> Release:
        release = self.build()
        pipeline.approve(self.store, release, "Test")
        pipeline.publish(self.store, release, "Test")
        return release


def budget(release: Release) -> dict[str, float]:
    (row,) = release.manifest["noise"]["budgets"]
    assert (row["depth"], row["policy"]) == ("public", "register")
    return {name: row[name] for name in ("before", "spends", "total")}


def noisy(release: Release) -> pl.DataFrame:
    counts = release.public.counts.frame.filter(period=REGISTER_YEAR, universe="persons")
    return counts.sort(COUNT_KEY)


def test_a_release_writes_down_what_it_spends(tmp_path):
    first = City(tmp_path, 30).publish()
    tables = noisy(first).select("where", "area_system").unique().height
    assert tables > 20
    assert budget(first) == {"before": 0, "spends": tables * EPSILON, "total": tables * EPSILON}
    assert {row["epsilon"] for row in first.manifest["noise"]["tables"]} == {EPSILON}


def test_what_has_not_changed_is_told_again_and_costs_nothing(tmp_path):
    city = City(tmp_path, 30)
    first = city.publish()
    second = city.publish()
    assert noisy(first).equals(noisy(second))
    assert budget(second) == {"before": budget(first)["total"], "spends": 0, "total": budget(first)["total"]}
    third = city.publish()
    assert budget(third)["total"] == budget(first)["total"]


def test_a_draft_has_told_nothing(tmp_path):
    """It is drawn again after a draft that nobody approved, at the same price."""
    city = City(tmp_path, 30)
    draft = city.build()
    first = city.publish()
    assert not noisy(draft).equals(noisy(first))
    assert budget(first)["before"] == 0


def test_a_new_delivery_is_drawn_anew_and_adds_up(tmp_path):
    city = City(tmp_path, 30)
    first = city.publish()
    city.deliver(leave_out=50)
    second = city.publish()
    spent = budget(first)["spends"]
    assert budget(second) == {"before": spent, "spends": spent, "total": 2 * spent}
    assert not noisy(first).equals(noisy(second))


def test_where_one_number_has_changed_all_are_drawn_anew(tmp_path):
    """If only changed numbers were, the others would tell that nobody in them came or went."""
    city = City(tmp_path, 30)
    first = city.publish()
    city.deliver(leave_out=len(persons()) - 1)  # the first and the last person have left, both in quarters of their own
    second = city.publish()
    both = noisy(first).join(noisy(second), on=COUNT_KEY).filter(area="02")
    assert both.height > 15
    assert (both["value"] != both["value_right"]).any(), "nobody of this quarter has left"


def test_a_new_year_leaves_the_others_as_they_were(tmp_path):
    city = City(tmp_path, 30)
    first = city.publish()
    city.deliver(leave_out=50, year="2026")
    second = city.publish()
    assert noisy(first).equals(noisy(second))
    assert budget(second)["spends"] == budget(first)["spends"], "the new year costs what the old one did"


def test_beyond_the_budget_of_all_releases_nothing_is_built(tmp_path):
    """Two releases of corrected registers cost 11 each, and 30 are allowed."""
    city = City(tmp_path, 30)
    for leave_out in (50, 51):
        city.deliver(leave_out)
        city.publish()
    city.deliver(leave_out=52)
    words = r"budget_total = 30\) is exceeded: releases so far have spent 22, withdrawn ones included, and new .* 11\."
    with pytest.raises(DoorError, match=words):
        city.build()
    assert len(city.store.releases()) == 2, "the refused one left nothing"


def test_a_withdrawn_release_has_spent_all_the_same(tmp_path):
    """What was told was told; and nothing of it is repeated, since it was not right."""
    city = City(tmp_path, 30)
    first = city.publish()
    pipeline.withdraw(city.store, first, "Test", "a mistake")
    second = city.publish()
    spent = budget(first)["spends"]
    assert budget(second) == {"before": spent, "spends": spent, "total": 2 * spent}
    assert not noisy(first).equals(noisy(second))


def test_a_draft_that_knows_nothing_of_the_others_is_not_approved(tmp_path):
    """Three were built before any was approved, at 11 each; the third would make it 33."""
    city = City(tmp_path, 30)
    drafts = []
    for leave_out in (50, 51, 52):
        city.deliver(leave_out)
        drafts.append(city.build())
    for draft in drafts[:2]:
        pipeline.approve(city.store, draft, "Test")
    words = r"spends 11 of the noise's budget of register \(public\); with all .* makes 33, and budget_total is 30"
    with pytest.raises(NotAllowedError, match=words):
        pipeline.approve(city.store, drafts[2], "Test")


def test_without_noise_there_is_no_ledger(tmp_path):
    release = pipeline.build(load_project(write_city(tmp_path)), pipeline.silent, who="Test").release
    assert "noise" not in release.manifest
