"""Cells from release to release: what goes on, what is dissolved, who waits."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from microcells_samples import released, small_pieces, years
from pipeline_samples import run
from sozialraum.errors import InputError
from sozialraum.microcells import (
    Changes,
    Formation,
    Rest,
    first_release,
    maintain_cells,
    read_history,
    write_release,
)

title = "Cells between releases"

BY_PLACE = Formation(mode="geometry")


def houses(text: str, area: str = "Nord") -> pl.DataFrame:
    """Read houses written as ``name:households@place`` or ``name:households@place/area``; the place is in metres."""
    rows = []
    for word in text.split():
        name, _, rest = word.partition(":")
        count, _, place = rest.partition("@")
        place, _, own = place.partition("/")
        rows.append((name, own or area, 360_000.0 + float(place), 5_700_000.0, int(count)))
    schema = ["building", "area", "x", "y", "households"]
    return pl.DataFrame(
        rows, schema=dict(zip(schema, [pl.String] * 2 + [pl.Float64] * 2 + [pl.Int64], strict=True)), orient="row"
    )


def told(*releases: str, **options):
    """Maintain cells through releases; return the last, as cells with their houses and the houses without."""
    made = first_release(houses(releases[0]), BY_PLACE)
    for text in releases[1:]:
        made = maintain_cells(made.history, houses(text), BY_PLACE, **options)
    return made


def cells(made) -> dict[str | None, str]:
    """Return the houses of every cell."""
    found = made.cells.members.group_by("cell").agg(pl.col("building").sort().str.join(" "))
    return dict(found.iter_rows())


ROW = "a:2@0 b:3@10 c:2@100 d:2@110 e:9@200"


def test_the_same_houses_are_the_same_cells():
    made = told(ROW, ROW, ROW)
    assert cells(made) == {"Nord-000001": "a b", "Nord-000002": "c d", "Nord-000003": "e"}
    assert (made.changes.kept, made.changes.changed, made.changes.opened, made.changes.covered) == (3, 0, 0, 1.0)
    assert made.history.release == 3


@pytest.mark.parametrize(
    ("next_release", "expected", "figures"),
    [
        # another number of households, enough left
        (
            "a:2@0 b:2@10 c:2@100 d:2@110 e:9@200",
            {"Nord-000001": "a b", "Nord-000002": "c d", "Nord-000003": "e"},
            (2, 1, 0, 0),
        ),
        # a house is demolished: the other can not stay, and its neighbours do not take it in
        ("b:3@10 c:2@100 d:2@110 e:9@200", {None: "b", "Nord-000002": "c d", "Nord-000003": "e"}, (2, 0, 1, 0)),
        # nobody lives in it any more
        ("a:0@0 b:3@10 c:2@100 d:2@110 e:9@200", {None: "b", "Nord-000002": "c d", "Nord-000003": "e"}, (2, 0, 1, 0)),
        # too few households in the same houses
        ("a:2@0 b:1@10 c:2@100 d:2@110 e:9@200", {None: "a b", "Nord-000002": "c d", "Nord-000003": "e"}, (2, 0, 1, 0)),
        # b alone would be enough now, and was not before
        ("b:5@10 c:2@100 d:2@110 e:9@200", {None: "b", "Nord-000002": "c d", "Nord-000003": "e"}, (2, 0, 1, 0)),
        # everybody is gone
        ("a:2@0 b:3@10 e:9@200", {"Nord-000001": "a b", "Nord-000003": "e"}, (2, 0, 0, 1)),
    ],
)
def test_a_cell_goes_on_while_enough_households_stay(next_release, expected, figures):
    made = told(ROW, next_release)
    assert cells(made) == expected
    changes = made.changes
    assert (changes.kept, changes.changed, changes.fallen, changes.gone) == figures


def test_a_large_cell_loses_a_house_and_keeps_its_id():
    made = told("a:3@0 b:3@10 c:2@20", "a:3@0 b:3@10")
    assert cells(made) == {"Nord-000001": "a b"}
    assert made.changes.changed == 1


def test_what_is_left_of_a_cell_never_comes_back():
    made = told(ROW, "b:3@10 c:2@100 d:2@110 e:9@200", ROW + " n:3@20")
    assert cells(made) == {None: "a b n", "Nord-000002": "c d", "Nord-000003": "e"}
    assert (made.changes.left_buildings, made.changes.left_households) == (2, 5)
    assert (made.changes.waiting_buildings, made.changes.waiting_households) == (1, 3)


def test_new_houses_wait_until_they_are_enough_near_each_other():
    made = told(ROW, ROW + " n:3@50")
    assert cells(made)[None] == "n"
    assert made.changes.small_rests == (Rest("Nord", 1, 3),)
    made = told(ROW, ROW + " n:3@50", ROW + " n:3@50 o:1@90")
    assert cells(made)["Nord-000004"] == "n o"
    far = told(ROW, ROW + " n:3@50", ROW + " n:3@50 o:1@190")
    assert cells(far)[None] == "n o"
    wider = told(ROW, ROW + " n:3@50 o:1@190", reach=150.0)
    assert cells(wider)["Nord-000004"] == "n o"


def test_a_new_house_with_enough_households_is_a_cell_at_once():
    made = told(ROW, ROW + " n:4@50")
    assert cells(made)["Nord-000004"] == "n"


def test_a_large_new_house_does_not_wait_for_its_small_neighbours():
    made = told(ROW, ROW + " n:4@300 o:1@390 p:1@480")
    assert cells(made)["Nord-000004"] == "n"
    assert cells(made)[None] == "o p"


def test_an_area_of_which_nothing_was_published_is_formed_as_at_first():
    made = told(ROW + " n:3@0/Süd", ROW + " n:3@0/Süd o:1@900/Süd")
    assert cells(made)["Süd-000001"] == "n o"


def test_ids_are_never_used_again():
    made = told(ROW + " f:5@300", ROW, ROW + " g:5@400")
    assert cells(made)["Nord-000005"] == "g"
    assert "Nord-000004" not in cells(made)


def larger(text: str):
    """Form cells of at least 12 households, of which the next releases need 4: cells that can be split."""
    made = first_release(houses(text), Formation(minimum=12, mode="geometry"))
    return replace(made.history, minimum=4)


def test_a_border_through_a_cell_splits_it_where_both_parts_may_go_on():
    history = larger("a:3@0 b:3@10 c:3@20 d:3@30")
    made = maintain_cells(history, houses("a:3@0/Süd b:3@10/Süd c:3@20 d:3@30"), BY_PLACE)
    assert cells(made) == {"Nord-000002": "c d", "Süd-000001": "a b"}
    begun = made.history.cells.filter(first=2)
    assert begun["begun"].to_list() == ["split", "split"]
    assert begun["parents"].to_list() == [["Nord-000001"], ["Nord-000001"]]
    assert made.changes.split == 2


def test_a_border_through_a_cell_dissolves_it_where_a_part_is_too_small():
    """What b, c and d are now less what all four were would be a."""
    history = larger("a:3@0 b:3@10 c:3@20 d:3@30")
    made = maintain_cells(history, houses("a:3@0/Süd b:3@10 c:3@20 d:3@30"), BY_PLACE)
    assert cells(made) == {None: "a b c d"}
    assert made.changes.fallen == 1


def test_a_cell_in_another_area_has_a_new_id():
    made = told(ROW, "a:2@0/Süd b:3@10/Süd c:2@100 d:2@110 e:9@200")
    assert cells(made) == {"Süd-000001": "a b", "Nord-000002": "c d", "Nord-000003": "e"}
    assert made.changes.moved == 1


def test_a_house_that_was_empty_comes_back_to_its_cell_and_does_not_hold_it():
    first = "a:3@0 b:3@10 c:2@20"
    assert cells(told("a:2@0 b:2@10 c:3@20", "a:2@0 b:2@10", "a:2@0 b:2@10 c:3@20")) == {"Nord-000001": "a b c"}
    assert cells(told(first, "a:3@0 b:3@10", first, "a:3@0 c:2@20")) == {None: "a c"}


def test_changes_one_after_the_other_do_not_add_up_to_a_small_piece():
    """Of the first, less the second, plus the third release 3 households would be left: a, x after, and y before."""
    made = told("a:1@0 x:3@1 y:1@2", "a:1@0 x:3@1 y:3@2", "a:1@0 x:1@1 y:3@2")
    assert cells(made) == {None: "a x y"}


def test_the_history_tells_every_cell_and_its_parents():
    events = told(
        ROW + " f:5@300", "b:3@10 c:2@100 d:2@110 e:9@200/Süd", "c:2@100 d:2@110 e:9@200/Süd"
    ).history.events()
    assert events.select("release", "cell", "event", pl.col("parents").list.join(" ")).rows() == [
        (1, "Nord-000001", "formed", ""),
        (1, "Nord-000002", "formed", ""),
        (1, "Nord-000003", "formed", ""),
        (1, "Nord-000004", "formed", ""),
        (2, "Nord-000001", "fallen", ""),
        (2, "Nord-000002", "kept", ""),
        (2, "Nord-000003", "moved", ""),
        (2, "Nord-000004", "gone", ""),
        (2, "Süd-000001", "moved", "Nord-000003"),
        (3, "Nord-000002", "kept", ""),
        (3, "Süd-000001", "kept", ""),
    ]


@pytest.mark.parametrize(
    ("text", "options", "what"),
    [
        (ROW, Formation(minimum=5), "the earlier releases have cells of at least 4 households"),
        ("f:5@0 g:5@10", BY_PLACE, "the earlier release and the houses have no building in common"),
        (
            "a:2@90000 b:3@90010 c:2@90100",
            BY_PLACE,
            "the buildings of the earlier release are elsewhere: half of those in common have moved by more than 1 km",
        ),
    ],
)
def test_a_history_that_does_not_fit_is_refused(text, options, what):
    history = first_release(houses(ROW), BY_PLACE).history
    with pytest.raises(InputError) as refused:
        maintain_cells(history, houses(text), options, name="h.csv")
    assert [fault.what for fault in refused.value.faults] == [what]


CHANGES = Changes(3, 1200, 30, 2, 1, 9, 20, 4, 87, 103, 366, 420, 0.934, (Rest("Süd", 2, 3),), 95.91, 97.96)

GERMAN = """
Veröffentlichung Nummer                                             3
unveränderte Zellen                                             1.200
fortgeführte Zellen mit anderen Häusern oder Haushalten            30
Zellen aus geteilten Zellen                                         2
Zellen, die in ein anderes Gebiet kamen                             1
Zellen aus neuen Häusern                                            9
aufgelöste Zellen (zu wenige Haushalte)                            20
verschwundene Zellen (keine Häuser)                                 4
wartende neue Häuser                                               87
Haushalte darin                                                   103
Häuser aus aufgelösten Zellen                                     366
Haushalte darin                                                   420
Haushalte in einer Zelle, in %                                   93,4
Kosten je Haushalt in m²                                         95,9
Kosten je Haushalt in m², neu gebildet                           98,0
Gebiet Süd: nur 3 Haushalte in 2 Häusern ohne Zelle; Gebiet und Zellen nicht zusammen herausgeben
""".strip()


def test_the_changes_in_words():
    assert CHANGES.as_text() == GERMAN
    english = CHANGES.as_text("en").splitlines()
    assert english[1].split() == ["unchanged", "cells", "1,200"]
    assert english[-1].startswith("area Süd: only 3 households in 2 houses without a cell")
    assert json.loads(json.dumps(CHANGES.as_json()))["small_rests"] == [
        {"area": "Süd", "buildings": 2, "households": 3}
    ]
    assert "cost" not in told(ROW, ROW).changes.as_text("en")


def test_the_history_lies_beside_the_cells(tmp_path):
    made = told(ROW, ROW + " n:3@50")
    write_release(tmp_path / "two.parquet", made)
    names = {"two.parquet", "two.quality.json", "two.history.parquet", "two.houses.parquet", "two.changes.json"}
    assert {path.name for path in tmp_path.iterdir()} == names
    read = read_history(tmp_path / "two.parquet")
    assert (read.minimum, read.release) == (4, 2)
    assert read.houses.equals(made.history.houses)
    assert read.cells.equals(made.history.cells)


def test_a_history_that_can_not_be_read_is_refused(tmp_path):
    write_release(tmp_path / "one.parquet", told(ROW))
    write_release(tmp_path / "two.parquet", told(ROW, ROW))
    (tmp_path / "two.houses.parquet").replace(tmp_path / "one.houses.parquet")
    with pytest.raises(InputError, match="of different releases"):
        read_history(tmp_path / "one.parquet")
    with pytest.raises(InputError, match=r"two\.houses\.parquet: the file is missing"):
        read_history(tmp_path / "two.parquet")
    (tmp_path / "two.houses.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="damaged or no history"):
        read_history(tmp_path / "two.parquet")


def test_the_command_continues_cells(tmp_path):
    def command(*words):
        return run("microcells", "--mode", "geometry", "--crs", "EPSG:25832", *map(str, words))

    one, two, target = tmp_path / "one.csv", tmp_path / "two.csv", tmp_path / "two.parquet"
    houses(ROW).write_csv(one)
    houses(ROW + " n:3@50").write_csv(two)
    assert command(one, tmp_path / "one.parquet").code == 0
    said = command(two, target, "--previous", tmp_path / "one.parquet", "--compare", "--json")
    assert said.code == 0
    changes = json.loads(said.out)["changes"]
    assert (changes["kept"], changes["waiting_buildings"]) == (3, 1)
    assert changes["cost"] > 0
    assert json.loads(target.with_suffix(".changes.json").read_text(encoding="utf-8")) == changes
    refused = command(two, target, "--previous", target)
    assert (refused.code, "this is the last release itself" in refused.err) == (1, True)
    refused = command(two, tmp_path / "three.parquet", "--previous", tmp_path / "none.parquet")
    assert (refused.code, "the file is missing" in refused.err) == (1, True)
    refused = command(tmp_path, tmp_path / "all", "--previous", target)
    assert (refused.code, "the cells of a folder are not continued" in refused.err) == (1, True)


@pytest.mark.parametrize("mode", ["street", "geometry"])
def test_ten_releases_tell_of_no_small_piece_at_nearly_the_cost_of_new_cells(mode):
    options, said, made = Formation(mode=mode, threads=1), [], None
    for table in years(3_000):
        made = maintain_cells(made.history, table, options, compare=True) if made else first_release(table, options)
        said.append(released(made.cells.members, table))
    assert len(said) == 10
    assert small_pieces(said, options.minimum) == []
    assert made.changes.cost < 1.1 * made.changes.fresh_cost
    assert made.changes.covered > 0.9
