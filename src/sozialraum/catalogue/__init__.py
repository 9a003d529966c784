"""Governed documents (indicators, composites, typologies, sources, area systems, policies, codes, standard populations,
themes) as TOML, and one loader.

A city's project lays its own documents over the built-in ones in this folder. Adding an indicator, a source, a code
list or a theme adds one file and touches no Python.
"""

from sozialraum.catalogue.codes import Interval, parse_interval, split_codes, tile_intervals, tile_list
from sozialraum.catalogue.composites import ClassDoc, CompositeDoc, InputDoc
from sozialraum.catalogue.documents import (
    AreaSystemDoc,
    CellAttributeDoc,
    CellKeyDoc,
    CityDoc,
    CodeListDoc,
    ColumnDoc,
    MicrocellsDoc,
    NoiseDoc,
    PolicyDoc,
    ProfileRulesDoc,
    RoundingDoc,
    RulesDoc,
    Show,
    SmallCountsDoc,
    SourceDoc,
    StandardDoc,
    SuppressionDoc,
    Text,
    ThemeDoc,
)
from sozialraum.catalogue.indicator import IndicatorDoc
from sozialraum.catalogue.loader import load_catalogue, load_project, read_catalogue
from sozialraum.catalogue.measures import Measure
from sozialraum.catalogue.methods import method_title, method_words
from sozialraum.catalogue.project import Catalogue, Project
from sozialraum.catalogue.reviews import Review, overdue_reviews, review_notes
from sozialraum.catalogue.typologies import TraitDoc, TypologyDoc
from sozialraum.catalogue.unasked import unasked, unvouched
from sozialraum.catalogue.units import is_unit, universe_of

__all__ = [
    "AreaSystemDoc",
    "Catalogue",
    "CellAttributeDoc",
    "CellKeyDoc",
    "CityDoc",
    "ClassDoc",
    "CodeListDoc",
    "ColumnDoc",
    "CompositeDoc",
    "IndicatorDoc",
    "InputDoc",
    "Interval",
    "Measure",
    "MicrocellsDoc",
    "NoiseDoc",
    "PolicyDoc",
    "ProfileRulesDoc",
    "Project",
    "Review",
    "RoundingDoc",
    "RulesDoc",
    "Show",
    "SmallCountsDoc",
    "SourceDoc",
    "StandardDoc",
    "SuppressionDoc",
    "Text",
    "ThemeDoc",
    "TraitDoc",
    "TypologyDoc",
    "is_unit",
    "load_catalogue",
    "load_project",
    "method_title",
    "method_words",
    "overdue_reviews",
    "parse_interval",
    "read_catalogue",
    "review_notes",
    "split_codes",
    "tile_intervals",
    "tile_list",
    "unasked",
    "universe_of",
    "unvouched",
]
