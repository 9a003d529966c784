"""Numbers, units and periods as a reader of the language writes them.

A number and its unit never wrap: the space between them is a no-break space. Halves are rounded away from zero, as
German offices do. Exactly zero is ``0``; a number that only rounds to it keeps its decimals (``0,0``).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sozialraum.catalogue import IndicatorDoc
from sozialraum.indicators.language import texts
from sozialraum.periods import MONTHS, parse_period
from sozialraum.tables import Status, Value

NO_BREAK = "\u00a0"
MINUS = "\u2212"


def format_number(number: float, decimals: int, language: str, *, signed: bool = False) -> str:
    """Write a number: 1.234,5 in German, 1,234.5 in English; ``signed`` puts a plus before positive ones."""
    words = texts(language)
    rounded = Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if number == 0:
        return "0"
    swapped = str.maketrans({",": words["thousands"], ".": words["decimal"]})
    sign = "" if rounded == 0 else MINUS if rounded < 0 else "+" if signed else ""
    return sign + f"{abs(rounded):,f}".translate(swapped)


def with_unit(number: str, unit: str, language: str) -> str:
    """Put a written number before, or behind, its unit; nothing in it wraps."""
    return str(texts(language)["units"][unit]).format(number=number).replace(" ", NO_BREAK)


def format_value(document: IndicatorDoc, value: Value, language: str) -> str:
    """Write a value with its unit: ``12,3 %``, ``(12,3 %)`` where unreliable, a sign where there is no number."""
    if value.value is None:
        return str(texts(language)["nothing"][value.status.value])
    signed = document.change is not None
    number = format_number(value.value, document.decimals, language, signed=signed)
    written = with_unit(number, document.unit, language)
    return f"({written})" if value.status is Status.UNRELIABLE else written


def format_difference(document: IndicatorDoc, difference: float, language: str) -> str:
    """Write a difference of two values with its sign: ``+1,2 Prozentpunkte`` for percent, else in the unit."""
    words = texts(language)
    number = format_number(difference, document.decimals, language, signed=True)
    pattern = words["differences"].get(document.unit, words["units"][document.unit])
    return str(pattern).format(number=number).replace(" ", NO_BREAK)


def format_ends(document: IndicatorDoc, value: Value, language: str) -> tuple[str, str] | None:
    """Write the ends of the interval with their unit; None where there is none."""
    if value.lower is None or value.upper is None:
        return None
    lower, upper = (format_number(end, document.decimals, language) for end in (value.lower, value.upper))
    return with_unit(lower, document.unit, language), with_unit(upper, document.unit, language)


def format_period(period: str, language: str) -> str:
    """Write a period: 2024, 1. Halbjahr 2024, 31. Dezember 2024, Schuljahr 2024/25."""
    words = texts(language)["period"]
    found = parse_period(period)
    length = MONTHS.get(found.frequency, 1)
    return (
        str(words[found.frequency.value])
        .format(
            text=found.text,
            year=found.year,
            part=(found.first.month - 1) // length + 1,
            month=words["months"][found.first.month - 1],
            day=found.first.day,
        )
        .replace(" ", NO_BREAK)
    )
