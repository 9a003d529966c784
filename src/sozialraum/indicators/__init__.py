"""Definitions, a small vocabulary of formulas, uncertainty, trends, comparison and plain sentences."""

from sozialraum.indicators.benchmarks import (
    Against,
    Fifth,
    Incomparable,
    Standing,
    against_parent,
    against_similar,
    against_target,
    against_whole,
    fifths,
)
from sozialraum.indicators.compare import (
    Comparison,
    Judgement,
    Position,
    compare,
    judge_direction,
    latest_common_period,
    spine_position,
)
from sozialraum.indicators.descriptions import denominator_text, measure_text, numerator_text
from sozialraum.indicators.engine import compute
from sozialraum.indicators.numerals import (
    format_difference,
    format_ends,
    format_number,
    format_period,
    format_value,
    with_unit,
)
from sozialraum.indicators.reforms import DIVISIONS
from sozialraum.indicators.revisions import with_revisions
from sozialraum.indicators.segregation import Inside
from sozialraum.indicators.sentences import (
    comparison_sentence,
    fifth_sentence,
    interval_sentence,
    standing_sentence,
    status_sentence,
    status_word,
    trend_sentence,
    trend_word,
    value_sentence,
)
from sozialraum.indicators.series import break_before, break_between, breaks_of
from sozialraum.indicators.trend import Direction, Obstacle, Point, Trend, recent_trend

__all__ = [
    "DIVISIONS",
    "Against",
    "Comparison",
    "Direction",
    "Fifth",
    "Incomparable",
    "Inside",
    "Judgement",
    "Obstacle",
    "Point",
    "Position",
    "Standing",
    "Trend",
    "against_parent",
    "against_similar",
    "against_target",
    "against_whole",
    "break_before",
    "break_between",
    "breaks_of",
    "compare",
    "comparison_sentence",
    "compute",
    "denominator_text",
    "fifth_sentence",
    "fifths",
    "format_difference",
    "format_ends",
    "format_number",
    "format_period",
    "format_value",
    "interval_sentence",
    "judge_direction",
    "latest_common_period",
    "measure_text",
    "numerator_text",
    "recent_trend",
    "spine_position",
    "standing_sentence",
    "status_sentence",
    "status_word",
    "trend_sentence",
    "trend_word",
    "value_sentence",
    "with_revisions",
    "with_unit",
]
