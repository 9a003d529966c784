"""Types of areas and similar areas: what is found, why so many, how stable, and in which words."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from analysis_samples import values_of
from sozialraum.analysis.clustering import cluster, connected_ward, neighbours_of, silhouette, without
from sozialraum.analysis.profiles import Profiles, profiles_of, similar_areas
from sozialraum.analysis.sentences import number_sentence, similar_sentence, type_sentence
from sozialraum.analysis.typology import AreaType, Settings, find_types
from sozialraum.tables import Status

TITLES = {"poor": "Armut", "old": "Ältere", "density": "Dichte"}
GROUPS = """
    area | poor | old
    A1   | 30   | 10
    A2   | 31   | 11
    A3   | 29   | 10
    A4   | 30   | 12
    B1   | 10   | 30
    B2   | 11   | 31
    B3   | 9    | 29
    C1   | 10   | 10
    C2   | 11   | 11
"""


def profiles(text=GROUPS, names=("poor", "old")) -> Profiles:
    return profiles_of(values_of(text), names, area_system="areas", period="2024")


# --- profiles and similar areas ---------------------------------------------------------------------------------------


def test_a_profile_is_standardised_among_the_areas_that_have_everything():
    found = profiles(
        """
        area | poor | old
        A    | 10   | 5
        B    | 20   | 7
        C    | .    | 100
        D    | 100  |
        """
    )
    assert found.areas == ("A", "B")
    assert found.z.tolist() == [pytest.approx([-1, -1]), pytest.approx([1, 1])]
    assert found.left_out == {"C": Status.SUPPRESSED, "D": Status.MISSING}


def test_an_indicator_that_is_the_same_everywhere_tells_nothing():
    found = profiles("area | poor | old\nA | 1 | 5\nB | 2 | 5")
    assert (found.indicators, found.equal) == (("poor",), ("old",))


@pytest.mark.parametrize(
    ("names", "why"),
    [((), "at least one"), (("poor", "poor"), "each one once"), (("rich",), "no value of rich in areas in 2024")],
)
def test_what_a_profile_refuses(names, why):
    with pytest.raises(ValueError, match=why):
        profiles(names=names)


def test_similar_areas_are_the_nearest_and_say_what_differs():
    # z of poor: -1.3416 -0.4472 0.4472 1.3416; z of old: -1 1 -1 1
    found = profiles("area | poor | old\nA | 10 | 5\nB | 20 | 7\nC | 30 | 5\nD | 40 | 7")
    nearest, second = similar_areas(found, "A", count=2)
    assert (nearest.area, second.area) == ("C", "B")
    assert nearest.distance == pytest.approx(1.78885, abs=1e-5)
    assert nearest.differences[0] == ("poor", pytest.approx(1.78885, abs=1e-5))
    assert second.distance == pytest.approx(np.hypot(0.894427, 2), abs=1e-5)
    assert [name for name, _ in second.differences] == ["old", "poor"]


def test_equally_near_areas_are_in_the_order_of_their_codes():
    found = profiles("area | poor\nB | 1\nC | 3\nA | 3\nM | 2", ("poor",))
    assert [similar.area for similar in similar_areas(found, "M", count=3)] == ["A", "B", "C"]


def test_an_area_without_a_profile_has_no_similar_areas():
    with pytest.raises(KeyError):
        similar_areas(profiles("area | poor | old\nA | 1 | 5\nB | 2 | 6\nC | . | 5"), "C")


def test_similar_in_words():
    found = similar_areas(profiles("area | poor | old\nA | 10 | 5\nB | 20 | 7\nC | 30 | 5\nD | 40 | 7"), "A", count=2)
    assert similar_sentence(found[0], "Nord", TITLES, "de") == (
        "Am ähnlichsten ist Nord (Abstand 1,79). Am meisten unterscheidet sich dort: mehr „Armut“."
    )
    assert similar_sentence(found[1], "Nord", TITLES, "en") == (
        "The most similar area is Nord (distance 2.19). What differs most there: more “Ältere” and more “Armut”."
    )


# --- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["ward", "k_means"])
@pytest.mark.parametrize("choose", ["silhouette", "gap"])
def test_three_groups_are_three_types(method, choose):
    found = find_types(profiles(), Settings(method=method, choose=choose, most=5))
    assert [area_type.areas for area_type in found.types] == [
        ("A1", "A2", "A3", "A4"),
        ("B1", "B2", "B3"),
        ("C1", "C2"),
    ]
    assert found.k == found.chosen.k == 3
    assert [candidate.k for candidate in found.candidates] == [2, 3, 4, 5]
    assert found.type_of("B2") == 2
    assert find_types(profiles(), Settings(method=method, choose=choose, most=5)) == found, "nothing is left to chance"


def test_a_type_is_described_by_what_stands_out():
    first, second, third = find_types(profiles()).types
    assert [name for name, _ in first.standing_out] == ["poor", "old"]
    assert first.means["poor"] > 0.5
    assert first.means["old"] < -0.5
    assert type_sentence(first, TITLES, "de").startswith(
        "Typ 1 (4 Gebiete): über dem Durchschnitt bei „Armut“, unter dem Durchschnitt bei „Ältere“."
    )
    assert "above average in “Ältere”, below average in “Armut”" in type_sentence(second, TITLES, "en")
    assert "below average in “Armut” and “Ältere”" in type_sentence(third, TITLES, "en")


def test_clear_types_are_stable_and_parts_of_nothing_are_not():
    assert all(found.stability > 0.75 for found in find_types(profiles()).types)
    draw = np.random.default_rng(1)
    noise = Profiles(tuple(f"{n:02}" for n in range(60)), ("poor", "old"), draw.normal(size=(60, 2)))
    assert min(found.stability for found in find_types(noise, Settings(fewest=5, most=5)).types) < 0.6


@pytest.mark.parametrize(
    ("stability", "words"),
    [(0.75, "The type is stable."), (0.5, "moderately stable"), (0.49, "is not stable")],
)
def test_stability_in_words(stability, words):
    found = AreaType(1, ("A",), {"poor": 0.1}, (), stability)
    sentence = type_sentence(found, TITLES, "en")
    assert sentence.startswith("Type 1 (1 area): close to the average in everything. ")
    assert words in sentence


def test_the_number_of_types_in_words():
    found = find_types(profiles(), Settings(most=5))
    assert number_sentence(found, "de").startswith(
        "3 Typen: von 2 bis 5 Typen heben sich diese am besten voneinander ab (Silhouette 0,9"
    )
    assert "gap statistic" in number_sentence(find_types(profiles(), Settings(choose="gap", most=5)), "en")
    draw = np.random.default_rng(1)
    noise = Profiles(tuple(f"{n:02}" for n in range(60)), tuple("abcdefgh"), draw.normal(size=(60, 8)))
    assert number_sentence(find_types(noise), "en").endswith("a map of the single indicators says more.")


@pytest.mark.parametrize(
    ("found", "settings", "why"),
    [
        (profiles("area | poor\nA | 1\nB | 2", ("poor",)), Settings(), "2 areas are too few for 2 types"),
        (profiles("area | poor\nA | 1\nB | 1\nC | 1", ("poor",)), Settings(), "alike in every indicator"),
        (profiles(), Settings(method="connected_ward"), "need the neighbours of each area"),
        (profiles(), Settings(fewest=1), "too few for 1 types"),
        (
            profiles(),
            Settings(method="connected_ward", neighbours={}),
            "9 territories have no common border; ask for at least so many types",
        ),
        (
            profiles(),
            Settings(method="connected_ward", choose="gap", neighbours={a: {"A1"} for a in profiles().areas}),
            "choose by silhouette",
        ),
    ],
)
def test_what_can_not_be_typed(found, settings, why):
    with pytest.raises(ValueError, match=why):
        find_types(found, settings)


# --- types of neighbours ----------------------------------------------------------------------------------------------

STREET = {"A": {"B"}, "B": {"A", "C"}, "C": {"B", "D"}, "D": {"C", "E"}, "E": {"D", "F"}, "F": {"E"}}


def test_connected_types_are_territories():
    # along a street: poor, poor, rich, rich, poor, poor. Two types of areas, three connected ones
    found = profiles("area | poor\nA | 30\nB | 31\nC | 10\nD | 11\nE | 30\nF | 31", ("poor",))
    anywhere = find_types(found, Settings(most=2))
    assert {area_type.areas for area_type in anywhere.types} == {("A", "B", "E", "F"), ("C", "D")}
    connected = find_types(found, Settings(method="connected_ward", neighbours=STREET, fewest=3, most=3))
    assert {area_type.areas for area_type in connected.types} == {("A", "B"), ("C", "D"), ("E", "F")}


def test_an_area_without_a_profile_does_not_cut_the_territory():
    found = profiles("area | poor\nA | 30\nB | .\nC | 31\nD | 10\nE | 11\nF | 10", ("poor",))
    connected = find_types(found, Settings(method="connected_ward", neighbours=STREET, most=2))
    assert {area_type.areas for area_type in connected.types} == {("A", "C"), ("D", "E", "F")}


def test_left_out_areas_connect_those_on_both_sides():
    # 0 - 1 - 2 - 3, without 1 and 2
    assert without([0, 3], [[1], [0, 2], [1, 3], [2]]) == [[1], [0]]


def test_neighbours_share_a_border_or_a_corner():
    squares = np.array(
        [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(1, 1, 2, 2), shapely.box(5, 5, 6, 6)]
    )
    assert neighbours_of(["A", "B", "C", "D"], squares) == {
        "A": {"B", "C"},
        "B": {"A", "C"},
        "C": {"A", "B"},
        "D": set(),
    }


def test_connected_ward_merges_what_costs_least_first():
    z = np.array([[0.0], [1.0], [1.5], [5.0]])
    assert connected_ward(z, 3, [[1], [2], [3], []]).tolist() == [0, 1, 1, 2]
    assert connected_ward(z, 2, [[1], [2], [3], []]).tolist() == [0, 0, 0, 1]
    assert connected_ward(z, 3, [[1], [], [3], []]).tolist() == [0, 0, 1, 2], "1 and 2 do not touch"


# --- measures ---------------------------------------------------------------------------------------------------------


def test_silhouette_by_hand():
    # two pairs on a line: a(0) = 1, b(0) = (10 + 11) / 2
    z = np.array([[0.0], [1.0], [10.0], [11.0]])
    widths = [(10.5 - 1) / 10.5, (9.5 - 1) / 9.5, (9.5 - 1) / 9.5, (10.5 - 1) / 10.5]
    assert silhouette(z, np.array([0, 0, 1, 1])) == pytest.approx(np.mean(widths))
    assert silhouette(z, np.array([0, 0, 0, 1])) < 0.5, "an area alone counts nothing"


def test_clusters_are_numbered_by_their_first_area():
    z = np.array([[9.0], [0.0], [9.1], [0.1]])
    assert cluster(z, 2, "ward").tolist() == cluster(z, 2, "k_means").tolist() == [0, 1, 0, 1]
