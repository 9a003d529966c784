"""A score's way back: released score and inputs, then delivered cells, for an index of a domain and an indicator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline_samples import run, tree, write_city
from sozialraum.releases import Store

DOMAIN = """
title.de = "Familien"
definition.de = "Je höher, desto mehr Kinder."
caveats.de = "Keine."
sources = ["ein Bericht"]
inputs = [{ indicator = "anteil_unter_6", weight = 2 }, { indicator = "anteil_ab_65", direction = "lowers" }]
minimum_areas = 3
classes = [
    { id = "wenig", up_to = 0, title.de = "wenig" },
    { id = "viel", title.de = "viel" },
]
governance = { owner = "A", checked_by = "B", next_review = 2028-03-01 }
"""
INDEX = (
    DOMAIN.replace('inputs = [{ indicator = "anteil_unter_6", weight = 2 }', 'inputs = [{ composite = "familien" }')
    .replace('{ indicator = "anteil_ab_65", direction = "lowers" }', '{ indicator = "anteil_unter_18" }')
    .replace("[governance]", "")
    + """
[dynamics]
years = 1
classes = [
    { id = "abwaerts", up_to = 0, title.de = "abwärts" },
    { id = "aufwaerts", title.de = "aufwärts" },
]
"""
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_city(tmp_path_factory.mktemp("city"))
    (folder / "composites").mkdir()
    (folder / "composites" / "familien.toml").write_text(DOMAIN, encoding="utf-8")
    (folder / "composites" / "index.toml").write_text(INDEX, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(city: Path) -> Path:
    assert run("build", city, "--json").code == 0
    return city


def explained(city: Path, *asked: str) -> dict[str, Any]:
    answer = run("explain", city, *asked, "--json")
    assert answer.code == 0, answer.out
    return dict(answer.json)


def test_the_score_is_the_released_one_and_its_inputs_add_up(built: Path) -> None:
    found = explained(built, "familien", "01", "2024")
    assert found["confidential"].startswith("Confidential")
    assert (found["composite"], found["area_system"], found["area"]) == ("familien", "stadtteile", "01")
    (release,) = Store(built / "releases").releases()
    (row,) = release.public.composites.filter(composite="familien", area="01", period="2024").to_dicts()
    published = found["published"]
    assert (published["release"], published["depth"], published["compared"]) == (release.id, "public", 4)
    assert (published["score"], published["class"]) == (row["score"], row["class"])
    first, second = found["inputs"]
    assert (first["input"], first["weight"], first["direction"]) == ("anteil_unter_6", 2.0, "raises")
    assert second["direction"] == "lowers"
    assert first["published"]["contribution"] == pytest.approx(2 * first["published"]["standardised"])
    # the sum of the contributions, standardised again among the four quarters
    sums = {
        area: sum(one["published"]["contribution"] for one in explained(built, "familien", area, "2024")["inputs"])
        for area in ("01", "02", "03", "04")
    }
    mean = sum(sums.values()) / 4
    deviation = (sum((value - mean) ** 2 for value in sums.values()) / 4) ** 0.5
    assert row["score"] == pytest.approx((sums["01"] - mean) / deviation)


def test_an_input_leads_to_the_delivered_cells(built: Path) -> None:
    (young, _) = explained(built, "familien", "01", "2024")["inputs"]
    numerator, denominator = young["delivered"]["terms"]
    (cell,) = numerator["traces"]
    assert (cell["file"], cell["line"], cell["column"], cell["value"]) == ("einwohner.csv", 18, "unter 6", 394)
    header, *rows = (built / "deliveries" / "einwohner.csv").read_text(encoding="utf-8-sig").splitlines()
    delivered = dict(zip(header.split(";"), rows[cell["line"] - 2].split(";"), strict=True))
    assert delivered[cell["column"]] == "394"
    assert young["published"]["value"] == pytest.approx(100 * 394 / denominator["value"])


def test_an_index_leads_through_its_domain(built: Path) -> None:
    domain, share = explained(built, "index", "01", "2024")["inputs"]
    assert (domain["kind"], share["kind"]) == ("composite", "indicator")
    assert domain["published"]["value"] == domain["delivered"]["published"]["score"]
    inner = [one["input"] for one in domain["delivered"]["inputs"]]
    assert inner == ["anteil_unter_6", "anteil_ab_65"]
    assert domain["delivered"]["inputs"][0]["delivered"]["terms"][0]["traces"][0]["column"] == "unter 6"


def test_dynamics_lead_to_both_periods(built: Path) -> None:
    found = explained(built, "index", "01", "2024")
    assert found["published"]["dynamics_from"] == "2023"
    domain, share = found["inputs"]
    assert share["published_before"]["period"] == "2023"
    assert {term["period"] for term in share["delivered_before"]["terms"]} == {"2023"}
    assert domain["delivered_before"]["period"] == "2023"
    changes = sum(one["published_before"]["contribution"] for one in (domain, share))
    assert (changes > 0) == (found["published"]["dynamics"] > 0)


def test_in_sentences(built: Path) -> None:
    lines = run("explain", built, "familien", "Mitte", "2024").out.splitlines()
    assert lines[0].startswith("Confidential: numbers as delivered, before protection.")
    assert lines[1] == "familien (composite), stadtteile 01, 2024"
    assert lines[2].startswith("  as released in ")
    assert lines[2].endswith("(public), made from protected values:")
    assert "4 areas compared" in lines[3]
    assert lines[4] == "  input anteil_unter_6, weight 2, a high value raises the score"
    assert lines[5].startswith("    released: 2024, ")
    assert lines[6] == "    as delivered, before protection:"
    assert lines[7].strip() == "anteil_unter_6 (share), stadtteile 01, 2024"
    assert "einwohner.csv:18 [unter 6]: 394" in lines[9]


def test_an_area_that_no_release_tells_a_score_of(built: Path) -> None:
    found = explained(built, "familien", "stadt:03999001", "2024")
    assert found["published"] is None
    assert found["inputs"][0]["published"] is None
    assert found["inputs"][0]["delivered"]["terms"][0]["value"] > 0
    assert "no release tells a score of this area" in run("explain", built, "familien", "Meine Stadt", "2024").out


def test_before_the_first_release_the_numbers_are_explained_alone(tmp_path: Path) -> None:
    city = write_city(tmp_path / "city")
    (city / "composites").mkdir()
    (city / "composites" / "familien.toml").write_text(DOMAIN, encoding="utf-8")
    before = tree(city)
    found = explained(city, "familien", "01", "2024")
    assert found["published"] is None
    assert found["inputs"][0]["delivered"]["terms"][0]["value"] == 394
    assert tree(city) == before
