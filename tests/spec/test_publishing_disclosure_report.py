"""The report on disclosure control in a release: what was done, by which rules, how it was attacked, what remains."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline_samples import write_lines
from sozialraum import pipeline
from sozialraum.audit import audit_release
from sozialraum.audit.report import AuditReport, Finding, Place
from sozialraum.catalogue import load_project
from sozialraum.musterstadt import write_template
from sozialraum.pipeline import silent
from sozialraum.publishing.disclosure_report import disclosure_report
from sozialraum.publishing.words import LANGUAGES
from sozialraum.releases import Release, verify_release

HEADER = "Jahr;Stadtteil;Einwohner;unter 6;6 bis 17;65 und älter"
CHILDREN = {"01": 2, "02": 3, "03": 30, "04": 40}
"""Two quarters are below the minimum of 5; so nothing more has to go."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("report") / "city"
    write_template(folder, "empty")
    source = folder / "sources" / "einwohner.toml"
    source.write_text(source.read_text(encoding="utf-8").replace('"official_statistics"', '"small_cells"'))
    rows = [f"2024;{area};900;{children};100;200" for area, children in CHILDREN.items()]
    write_lines(folder / "deliveries" / "einwohner.csv", HEADER, rows)
    city = folder / "city.toml"
    city.write_text(re.sub(r"^name = .*$", 'name = "Burg & <Tal>"', city.read_text(encoding="utf-8"), flags=re.M))
    return pipeline.build(load_project(folder), silent, who="Test").release


def text(html: str) -> str:
    """What is to be read on a page."""
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", words).strip()


def rows(html: str, caption: str) -> list[list[str]]:
    """The cells of a table by its caption."""
    (table,) = [one for one in re.findall(r"<table>.*?</table>", html, flags=re.S) if f"<caption>{caption}" in one]
    lines = re.findall(r"<tr>(.*?)</tr>", table, flags=re.S)
    return [[text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", one, flags=re.S)] for one in lines[1:]]


def report_of(release: Release, report: AuditReport, language: str = "en") -> str:
    return disclosure_report(release, report.as_json(), language)


def test_every_release_holds_it_signed_in_each_language(release: Release, tmp_path: Path) -> None:
    assert not verify_release(release.folder)
    for language in LANGUAGES:
        html = release.readable_audit(language)
        assert html is not None
        assert f'<html lang="{language}">' in html
        assert release.id in text(html)
    page = release.folder / "audit.en.html"
    true = page.read_bytes()
    page.write_bytes(true.replace(b"Checked", b"Cheeked"))
    try:
        assert "audit.en.html" in str(next(iter(verify_release(release.folder))))
    finally:
        page.write_bytes(true)


def test_it_needs_nothing_beside_it_and_writes_names_as_they_are(release: Release) -> None:
    html = str(release.readable_audit("de"))
    assert not re.search(r"(src|href)=|url\(|@import|<script", html)
    assert "Burg &amp; &lt;Tal&gt;" in html
    assert "$" not in html


def test_what_was_done_and_how_good_that_is(release: Release) -> None:
    html = str(release.readable_audit("en"))
    done = rows(html, "Numbers and withheld numbers")
    noted = [row for row in release.manifest["suppression"] if row["depth"] == "public"]
    public = [row for row in done if row[0] == "public"]
    assert [[int(cell.replace(",", "")) for cell in row[2:5]] for row in public] == [
        [row["cells"], row["primary"], row["secondary"]] for row in noted
    ]
    assert sum(row["primary"] for row in noted) == 2
    assert "that is proved for 1 of 1 tables; of all together no other choice would be better by more than 0" in text(
        html
    )
    assert "No number was changed" in text(html)


def test_the_rules_of_each_package_in_words(release: Release) -> None:
    (policy,) = rows(str(release.readable_audit("en")), "Policies that this release was made under")
    assert "small_cells" in policy[0]
    assert policy[1].startswith("Numbers from 1 to 4 are not shown")
    assert policy[2].startswith("Numbers from 1 to 2 are not shown")


def test_how_uncertain_each_withheld_number_stays(release: Release) -> None:
    report = audit_release(release.folder)
    html = report_of(release, report)
    widths = rows(html, "How uncertain withheld numbers stay")
    assert sum(int(row[1]) for row in widths) == len(report.suppressed)
    assert report.passed
    assert "Checked: whoever knows everything" in text(html)


def test_what_says_too_much_is_named_with_its_place(release: Release) -> None:
    report = audit_release(release.folder)
    place = Place("persons", "age=0-5", "stadtteile", "01", "2024")
    failed = replace(report, exposed=(Finding(place, 2, 2, exact=True, kind="exact", how="by hand"),))
    html = report_of(release, failed)
    assert "Failed. Numbers that say too much: 1. This release can not be approved." in text(html)
    ((measure, area, period, possible),) = rows(html, "What says too much")
    assert "0 to 5" in measure
    assert area.endswith("(01)")
    assert (period, possible) == ("2024", "2 to 2")


def test_a_number_without_an_upper_end_and_one_where_the_attack_stopped(release: Release) -> None:
    place = Place("persons", "", "stadtteile", "01", "2024")
    found = (Finding(place, 3, None, exact=True), Finding(place, 0, 9, exact=False))
    html = report_of(release, replace(audit_release(release.folder), suppressed=found))
    assert [row[:2] for row in rows(html, "How uncertain withheld numbers stay")] == [
        ["5 to 9", "1"],
        ["20 and more", "1"],
    ]
    ((*_, possible),) = rows(html, "The least uncertain numbers")
    assert possible == "from 3"


def test_what_remains_names_what_this_release_has(release: Release) -> None:
    html = str(release.readable_audit("en"))
    risks = [text(one) for one in re.findall(r"<li>(.*?)</li>", html[html.index("What remains as risk") :])]
    assert "In this public package all area systems lie in each other." in risks[0]
    assert "Here are 0 shares of 100 % and 0 of 0 %." in risks[2]
    assert not any("Without a minimum leave" in one for one in risks)
    assert not any(one.startswith("Sums") for one in risks)


def test_changed_numbers_rounding_and_noise_are_told(release: Release) -> None:
    changed = Release(release.folder)
    manifest = release.manifest | {
        "changed_internal": [{"universe": "persons", "where": "", "policy": "small_cells", "periods": ["2024"]}],
        "small_counts": [{"depth": "public", "universe": "persons", "period": "2024", "moved": 9, "largest": 2.0}],
        "noise": {"budgets": [{"depth": "public", "policy": "small_cells", "before": 1, "spends": 0.5, "total": 1.5}]},
    }
    object.__setattr__(changed, "manifest", manifest)
    words = text(report_of(changed, audit_release(release.folder)))
    assert "Some numbers are changed under their rules" in words
    assert "no number is off by more than 2 for that" in words
    assert "(public) this release tells 0.50 of a person, with all earlier ones 1.50" in words


def test_rules_on_sums_are_told_where_there_are_sums(release: Release) -> None:
    caption = "Policies that this release was made under"
    assert not any("contributions" in cell for row in rows(str(release.readable_audit("en")), caption) for cell in row)
    summed = Release(release.folder)
    measures = release.manifest["measures"] | {"persons.income": {"": "small_cells"}}
    object.__setattr__(summed, "manifest", release.manifest | {"measures": measures})
    ((_, public, _internal),) = rows(report_of(summed, audit_release(release.folder)), caption)
    assert "the 2 largest contributions make up more than 90 % of a sum" in public
    assert "could work out another contribution to 10 %" in public
    assert "Ready-made sums are withheld." in public


def test_rules_on_medians_and_standardised_rates_are_told_where_there_are_some(release: Release) -> None:
    caption = "Policies that this release was made under"
    plain = str(release.readable_audit("en"))
    assert not any("Medians" in cell or "Standardised" in cell for row in rows(plain, caption) for cell in row)
    told = Release(release.folder)
    tallies = {"persons.income@median": {"": "small_cells"}, "persons.standardised@european_2013/persons": {"": "x"}}
    object.__setattr__(told, "manifest", release.manifest | {"measures": release.manifest["measures"] | tallies})
    ((_, public, _internal),) = rows(report_of(told, audit_release(release.folder)), caption)
    assert "Medians, quantiles and Gini coefficients are made from at least 30 single values" in public
    assert "Standardised rates" not in public  # those are under another policy
