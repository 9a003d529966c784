"""From Vega's SVG to a page's, hatching without ids, widths of type without fonts."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.publishing.svg import Telling, clean, hatch_lines
from sozialraum.publishing.theme import HATCHED, MARK, for_print, paint, paint_map, shorten, text_width
from sozialraum.publishing.words import enumerate_words, sentences, words

TELLING = Telling('Kinder & "Jugend"', "Nord: 1 < 2", "Legende")


def vega(inner: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="100" height="50" viewBox="0 0 100 50">'
        f'<rect width="100" height="50" fill="white"/><g transform="translate(5.00001,0)">{inner}</g></svg>'
    )


def drawn(inner: str) -> str:
    """What is left of an inner part."""
    svg = clean(vega(inner), TELLING)
    _, found, rest = svg.partition('<g transform="translate(5,0)">')
    return rest.removesuffix("</g></svg>") if found else svg.partition("</desc>")[2].removesuffix("</svg>")


def test_it_works() -> None:
    svg = clean(vega('<path d="M0,0L1.23456,2" fill="#3a5eb9"/>'), TELLING)
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == 'Kinder & "Jugend"'
    assert root.findtext("{*}desc") == "Nord: 1 < 2"
    assert '<path d="M0,0L1.23,2" fill="var(--mark, #3a5eb9)"/>' in svg


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # groups that say nothing go, groups with marks that were given a name keep it
        ('<g><g transform="translate(0,0)"><line x2="9"/></g></g>', '<line x2="9"/>'),
        (
            '<g class="mark-rule role-mark bar_differs_3_marks" role="graphics-object"><line x2="9"/></g>',
            '<g class="sr-bar-differs"><line x2="9"/></g>',
        ),
        ('<g class="mark-rule role-axis-grid"><line x2="9"/></g>', '<line x2="9"/>'),
        ('<g class="mark-text role-mark layer_0_marks"/>', ""),
        # backgrounds and empty paths go
        ('<path class="background" d="M0,0h9"/><path class="foreground" d=""/><path d=""/>', ""),
        # what Vega says in English goes, what the specification says stays as a title
        (
            '<path aria-label="Nord: 1 &lt; 2" role="graphics-symbol" aria-roledescription="bar" d="M0,0"/>',
            '<path d="M0,0"><title>Nord: 1 &lt; 2</title></path>',
        ),
        # type is inherited, sizes need no unit, marks of the default go
        (
            '<text font-family="sans-serif" font-size="14px" opacity="1" fill="#131525">A &amp; B</text>',
            '<text fill="var(--text, #131525)" font-size="14">A &amp; B</text>',
        ),
        ('<line y2="0" x2="5" opacity="0.6" pointer-events="none"/>', '<line x2="5" opacity="0.6"/>'),
        # a colour that is none of the theme stays
        ('<path d="M0,0" fill="none" stroke="#abcdef"/>', '<path d="M0,0" fill="none" stroke="#abcdef"/>'),
        ('<path d="M0,0" transform="translate(-0.001,3.14159)"/>', '<path d="M0,0" transform="translate(0,3.14)"/>'),
    ],
)
def test_what_is_left_of_an_element(before: str, after: str) -> None:
    assert drawn(before) == after


@pytest.mark.parametrize("path", ["M2,4h10v6h-10Z", "M2,4H12V10H2Z", "m2,4l10,0l0,6l-10,0z", "M2,4L12,4L12,10L2,10Z"])
def test_a_rectangle_in_the_colour_of_suppression_is_hatched(path: str) -> None:
    svg = drawn(f'<path d="{path}" fill="{HATCHED}" transform="translate(1,1)"/>')
    hatch = '<path class="sr-hatch" d="M2,4L2,4'
    assert svg.count("<path") == 2
    assert hatch not in svg
    assert 'd="M2,10L8,4M8,10L12,6" transform="translate(1,1)"' in svg


def test_no_xml_is_refused() -> None:
    with pytest.raises(ElementTree.ParseError):
        clean("<svg", TELLING)


@given(
    st.floats(-50, 50), st.floats(-50, 50), st.floats(0.5, 60), st.floats(0.5, 60), st.sampled_from([3.0, 6.0, 11.0])
)
def test_hatching_stays_inside_and_lies_on_common_diagonals(
    x: float, y: float, wide: float, high: float, step: float
) -> None:
    lines = hatch_lines(x, y, x + wide, y + high, step)
    for (x1, y1), (x2, y2) in lines:
        assert x - 1e-9 <= x1 < x2 <= x + wide + 1e-9
        assert y - 1e-9 <= y2 < y1 <= y + high + 1e-9
        assert x1 + y1 == pytest.approx(x2 + y2)
        assert (x1 + y1) / step == pytest.approx(round((x1 + y1) / step))
    assert abs(len(lines) - (wide + high) / step) <= 1.0001


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Nordstadt", 200, "Nordstadt"),
        ("Friesischer Berg", 100, "Friesischer…"),
        ("Neue-Weststadt", 55, "Neue…"),
        ("Öde", 1, "Ö…"),
    ],
)
def test_names_that_are_too_long_are_shortened(text: str, limit: float, expected: str) -> None:
    assert shorten(text, 15, limit) == expected


@given(st.text(max_size=30), st.floats(30, 300))
def test_a_shortened_text_fits(text: str, limit: float) -> None:
    assert text_width(shorten(text, 15, limit), 15) <= max(limit, text_width(text[:1] + "…", 15))


def test_wide_and_bold_letters_need_more_room() -> None:
    assert text_width("mmm", 15) > text_width("nnn", 15) > text_width("iii", 15)
    assert text_width("nnn", 15, bold=True) > text_width("nnn", 15)


def test_colours_are_variables_with_a_fallback() -> None:
    assert paint(MARK) == "var(--mark, #3a5eb9)"
    assert paint("#123456") == "#123456"
    assert for_print(f'fill="{paint_map("c5")}" stroke="{paint(MARK)}"') == 'fill="#03007f" stroke="#3a5eb9"'


def test_the_fallback_language_is_german() -> None:
    assert words("fr") is words("de") or words("fr") == words("de")
    assert words("en") != words("de")


def test_both_languages_have_the_same_texts() -> None:
    def keys(table: object, path: str = "") -> set[str]:
        if not isinstance(table, dict):
            return {path}
        return {key for name, inner in table.items() for key in keys(inner, f"{path}.{name}")}

    assert keys(dict(words("de"))) == keys(dict(words("en")))


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["A"], "A"), (["A", "B"], "A und B"), (["A", "B", "C"], "A, B und C")]
)
def test_words_are_enumerated(items: list[str], expected: str) -> None:
    assert enumerate_words(items, "de") == expected


def test_empty_sentences_are_left_out() -> None:
    assert sentences(["A.", "", "B."]) == "A. B."
