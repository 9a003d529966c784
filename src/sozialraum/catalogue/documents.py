"""The documents a city writes: what may stand in each TOML file.

Each class is one kind of file; its fields are the keys, its docstrings the help an editor shows (the JSON Schema is
made from here). Cross references between documents are checked by :mod:`sozialraum.catalogue.loader`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sozialraum.catalogue.codes import parse_interval, tile_intervals
from sozialraum.catalogue.measures import FIGURE, Measure
from sozialraum.periods import parse_period

IDENTIFIER_PATTERN = r"^[a-z][a-z0-9_]*$"
AGS_PATTERN = r"^\d{2}(\d|\d{3}|\d{6})?$"

Identifier = Annotated[str, Field(pattern=IDENTIFIER_PATTERN)]
"""Lower-case letters, digits and underscores: the name of a file, a universe, a dimension."""

Language = Literal["de", "en"]


def _period_text(text: str) -> str:
    return parse_period(text).text


PeriodText = Annotated[str, AfterValidator(_period_text)]
"""A period as SDMX writes it: 2024, 2024-H1, 2024-Q3, 2024-05, 2024-12-31; a school year is 2024/25."""


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("this is no date; write year-month-day without quotes, like 2028-03-01") from None


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day: 2028-03-01. A bare number is none (and not a count of seconds, as it would be without this check)."""

ONE, SEVERAL = "<one>", "<several>"


def one_or_several(value: Any) -> str:
    """Tell which of the two forms a value has that may stand alone or in a list."""
    return SEVERAL if isinstance(value, list | tuple) else ONE


Texts = Annotated[
    Annotated[str, Tag(ONE)] | Annotated[tuple[str, ...], Tag(SEVERAL)],
    Discriminator(one_or_several),
]
"""One text, or a list of them."""


class Document(BaseModel):
    """Base of every document and every table inside one: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Text(Document):
    """A text in German and, where it is translated, in English."""

    de: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)] | None = None

    def get(self, language: str) -> str:
        """Return the text in ``language``, German where it is not translated."""
        return self.en if language == "en" and self.en else self.de


# --- the city ---------------------------------------------------------------------------------------------------------


class Contact(Document):
    """Who answers questions about the platform or a delivery."""

    name: str
    email: str | None = None
    phone: str | None = None
    url: str | None = None


Show = Literal["count", "share", "mean", "type"]
"""What is said of a characteristic of cells: a number of units, a share in percent, a mean, the most frequent code."""

Shows = Annotated[
    Annotated[Show, Tag(ONE)] | Annotated[tuple[Show, ...], Tag(SEVERAL)],
    Discriminator(one_or_several),
]
"""One of these, or a list of them."""


class CellAttributeDoc(Document):
    """``[microcells.attributes.ID]``: a characteristic that microcells get (internal release only)."""

    title: Text
    unit: Text | None = None
    """What a mean is measured in: Euro im Jahr, m²."""
    source: Identifier
    """A source of single units (register, survey, buildings, firms) that knows the building of each."""
    dimension: Identifier | None = None
    """What is counted: codes of this dimension (a list)..."""
    amount: Identifier | None = None
    """...or averaged: this amount. The source declares either, or a source that extends it."""
    show: Shows
    """``count``, ``share`` or ``type`` of a dimension, ``mean`` of an amount; or a list of them."""
    of: Annotated[str, Field(min_length=1)] | None = None
    """For count and share: which codes (``single_mother|single_father``); without it count counts known values."""
    owner: Identifier | None = None
    """Identifier of whoever several units belong to (``owner``): protected as one, since they know all of theirs."""
    weight: Identifier | None = None
    """Amount that says how many units an answer stands for; shares and means are weighted by it."""

    @model_validator(mode="after")
    def _fits(self) -> CellAttributeDoc:
        if (self.dimension is None) == (self.amount is None):
            raise ValueError("an attribute of cells needs either dimension = ... or amount = ...")
        fitting = ("mean",) if self.amount else ("count", "share", "type")
        if not self.shows or set(self.shows) - set(fitting):
            what = "an amount" if self.amount else "a dimension"
            raise ValueError(f"show of {what} is {' or '.join(fitting)}; found: {', '.join(self.shows) or 'nothing'}")
        if "share" in self.shows and self.of is None:
            raise ValueError("a share needs of = ... (the codes whose share it is)")
        if self.of is not None and not {"count", "share"} & set(self.shows):
            raise ValueError("of = ... says which codes are counted; it goes with count and share")
        return self

    @property
    def shows(self) -> tuple[Show, ...]:
        """What is shown, as a list without repetition."""
        return tuple(dict.fromkeys((self.show,) if isinstance(self.show, str) else self.show))

    @property
    def characteristic(self) -> str:
        """The dimension or the amount."""
        return self.dimension or self.amount or ""


class MicrocellsDoc(Document):
    """``[microcells]`` in ``city.toml``: form microcells from a delivery of buildings (internal release only)."""

    source: Identifier
    """The source of kind ``buildings`` that delivers houses with coordinates and households."""
    minimum: Annotated[int, Field(ge=2)] = 4
    mode: Literal["street", "geometry", "quality"] = "street"
    within: Identifier
    """No cell crosses a border of this area system."""
    indicators: tuple[Identifier, ...] = ()
    """Indicators computed for microcells, in the latest period that the register delivers."""
    attributes: dict[Identifier, CellAttributeDoc] = {}
    """Characteristics of microcells under the rules ``[profiles]`` of the policy ``microcells``."""


class CityDoc(Document):
    """``city.toml``: who publishes, for which territory."""

    name: str
    """Name of the city or region as residents know it."""
    ags: Annotated[str, Field(pattern=AGS_PATTERN)]
    """Official key (Amtlicher Gemeindeschlüssel) with leading zeros: 2, 3, 5 or 8 digits."""
    languages: tuple[Language, ...] = ("de", "en")
    crs: str = "EPSG:25832"
    """Coordinate reference system used inside; deliveries are transformed into it."""
    home: Identifier
    """The area system that pages show first."""
    whole: Identifier | None = None
    """The area system whose single area is the whole city or region: the benchmark of every comparison."""
    rhythm: Literal["year", "half-year", "quarter"] = "half-year"
    first_period: PeriodText | None = None
    """Earlier periods are left out of releases."""
    key_indicators: tuple[Identifier, ...] = ()
    """Up to six indicators for the start page."""
    contact: Contact | None = None
    microcells: MicrocellsDoc | None = None


# --- deliveries -------------------------------------------------------------------------------------------------------

Frequency = Literal["year", "school-year", "half-year", "quarter", "month", "date"]


def _check_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    if not groups:
        raise ValueError(f"{pattern!r} has no group; put what is wanted in parentheses")


class ColumnDoc(Document):
    """What one delivered column means. Exactly one role; a column without an entry is not read."""

    period: Frequency | None = None
    """Role: the period of the row."""
    area: Identifier | None = None
    """Role: the area, as a code (or a name, see ``by``) of this area system."""
    dimension: Identifier | None = None
    """Role: a property of the unit or row, in codes of this dimension."""
    count: Identifier | None = None
    """Role: a number of units of this universe."""
    amount: Identifier | None = None
    """Role: a sum of this quantity (``income``) over units of ``universe``."""
    figure: Identifier | None = None
    """Role: a number delivered ready made that can not be added up (a median, a published rate)."""
    percent: Identifier | None = None
    """Role: a share in percent of units of this universe; with ``of`` it is turned into an estimated count."""
    identifier: Identifier | None = None
    """Role: the key of a unit (``person``, ``household``, ``building``, ``firm``), replaced by a keyed hash."""
    address: Literal["street", "house_number", "suffix", "full", "postcode", "place"] | None = None
    """Role: a part of an address, matched to a building and then forgotten."""
    coordinate: Literal["x", "y"] | None = None
    """Role: a coordinate in the source's ``crs``."""
    attribute: Identifier | None = None
    """Role: a property that is kept as it is (offers, buildings): name, capacity, opening hours."""

    lookup: str | None = None
    """A delivered file that translates: its first column is the key, its column named as ``by`` the area or code."""
    by: str = "code"
    """For areas: whether the column holds ``code`` or ``name``; with ``lookup`` the column of that file to take."""
    pad: int | None = None
    """Zero-pad keys to this length (a spreadsheet has eaten the leading zeros)."""
    pattern: str | None = None
    """A regular expression whose groups make up the key: ``(\\d{5})\\d{4}(\\d{3})`` turns 12 digits into an AGS."""
    codes: dict[str, str] | None = None
    """Translates delivered values into codes of the dimension or the area system; in aggregates "" is the whole."""
    elsewhere: Literal["fault", "skip"] = "fault"
    """For areas: whether rows of areas that the system does not have are a fault or are left out (national tables)."""
    missing: tuple[str, ...] = ()
    """For numbers: delivered values which say that nothing is known (``-1``, ``999``)."""
    reads: Literal["code", "number", "birth-date", "birth-year"] = "code"
    """For dimensions: how the value becomes a code. Birth dates become ages at the row's reference date."""
    format: str | None = None
    """For dates: the pattern, e.g. ``%d.%m.%Y``."""
    where: dict[str, str] = {}
    """For counts, amounts and percents: the filter that the column stands for."""
    of: dict[str, str] | None = None
    """For percents: the filter of the base that 100 % stand for."""
    universe: Identifier | None = None
    """For amounts: whose amounts are summed."""
    factor: float = 1.0
    """Multiply delivered numbers by this (thousands of euros)."""

    @field_validator("by")
    @classmethod
    def _code_or_name(cls, by: str, info: ValidationInfo) -> str:
        if by not in ("code", "name") and not info.data.get("lookup"):
            raise ValueError('write by = "code" or by = "name"; another column needs lookup = ...')
        return by

    @model_validator(mode="after")
    def _one_role(self) -> ColumnDoc:
        if len(self.roles) != 1:
            found = ", ".join(self.roles) or "none"
            raise ValueError(f"a column has exactly one of the roles {', '.join(ROLES)}; found: {found}")
        if self.amount and not self.universe:
            raise ValueError("an amount needs universe = ... (whose amounts are summed)")
        if self.pattern is not None:
            _check_pattern(self.pattern)
        if self.percent and self.of is None:
            raise ValueError("a percent needs of = {...} (the base that 100 % stand for; {} for the whole universe)")
        return self

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that are filled in; a valid column has one."""
        return tuple(role for role in ROLES if getattr(self, role) is not None)

    @property
    def role(self) -> str:
        """The one role of the column."""
        return self.roles[0]

    @property
    def measure(self) -> Measure | None:
        """The measure that a count, amount, figure or percent column delivers, without the row's own dimensions."""
        if self.figure:
            return Measure.of(f"{FIGURE}.{self.figure}", self.where)
        if self.amount:
            return Measure.of(f"{self.universe}.{self.amount}", self.where)
        universe = self.count or self.percent
        return Measure.of(universe, self.where) if universe else None


ROLES = (
    "period",
    "area",
    "dimension",
    "count",
    "amount",
    "figure",
    "percent",
    "identifier",
    "address",
    "coordinate",
    "attribute",
)


class SourceDoc(Document):
    """``sources/ID.toml``: one delivery, what it holds and what of it is read."""

    title: Text
    description: Text | None = None
    provider: str
    licence: str
    contact: Contact | None = None
    url: str | None = None
    """Where the delivery can be had; shown to readers. An address in ``file`` is fetched, this one is not."""
    file: str
    """Name in the deliveries folder (``*`` for several files of the same kind) or the address of a WFS / OGC API."""
    kind: Literal["aggregate", "register", "buildings", "firms", "survey", "offers"]
    universe: Identifier | None = None
    """For registers and surveys: what one row is."""
    extends: Identifier | None = None
    """For registers: the source whose units this one adds dimensions to (linked by identifier and period)."""
    owner: Identifier | None = None
    """For single units: the identifier of whoever several of them belong to. In the rules on sums of amounts an owner
    counts as one, since they know all of theirs."""
    absent: dict[str, str] = {}
    """With ``extends``: the code that units get which do not appear here (``sgb2 = "no"``)."""
    policy: Identifier
    layout: Literal["long", "wide-periods", "ffcsv"] = "long"
    format: Literal["csv", "xlsx", "xls", "ods", "parquet", "geo"] | None = None
    sheet: str | None = None
    layer: str | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: Literal[",", "."] | None = None
    header_rows: Annotated[int, Field(ge=1, le=3)] = 1
    skip_rows: Annotated[int, Field(ge=0)] = 0
    crs: str | None = None
    period: str | None = None
    """The period of every row, where no column and no file name (see ``period_in_name``) says it."""
    period_in_name: str | None = None
    """A regular expression with one group that finds the period in a file's name: ``personen_(\\d{4})``."""
    area: dict[Identifier, str] = {}
    """Area system and code of every row, where no column says it (``stadt = "01001000"``)."""
    filter: dict[str, Texts] = {}
    """Only rows with these values are read; ``*`` at the end stands for any rest (``03241*``)."""
    columns: dict[str, ColumnDoc]
    values: ColumnDoc | None = None
    """For the layouts ``wide-periods`` and ``ffcsv``: what the value cells hold. Where a file holds several measures,
    ``columns`` may name them instead: by what stands before the period, or by the code of the value variable."""
    grid: Identifier | None = None
    """For census grids with columns x and y: the area system whose areas are the cells; ``-1`` is not known."""
    priority: int = 0
    """Where several sources answer the same question the higher number wins."""
    provisional: tuple[str, ...] = ()
    """Periods whose values are preliminary."""
    across_reforms: Literal["people", "surface", "no"] = "people"
    """What numbers of an area that was divided are divided like, for the time before: like its people, like its surface
    (land), or not at all (what lies in one place: building sites). The result is marked as estimated."""
    retention_years: Annotated[int, Field(ge=0)] | None = None
    """How long records of this delivery are kept in the vault; registers must say it."""

    @model_validator(mode="after")
    def _consistent(self) -> SourceDoc:
        if self.kind in ("register", "survey") and not self.universe:
            raise ValueError(f"a {self.kind} needs universe = ... (what one row is)")
        if self.kind == "register" and self.retention_years is None:
            raise ValueError("a register needs retention_years = ... (how long its records are kept)")
        if self.period_in_name is not None:
            _check_pattern(self.period_in_name)
        if self.layout != "long" and not (self.values or any(column.measure for column in self.columns.values())):
            raise ValueError(f"the layout {self.layout} needs a table [values] (what the value cells hold)")
        return self

    @property
    def personal(self) -> bool:
        """Whether rows are single persons, households, houses or firms."""
        return self.kind in ("register", "buildings", "firms", "survey")


# --- areas ------------------------------------------------------------------------------------------------------------


class AreaSystemDoc(Document):
    """``areas/ID.toml``: a complete division of the territory."""

    title: Text
    short: Text | None = None
    """One area of it in the singular: Stadtteil, district."""
    file: str | None = None
    """Delivered file with geometry or, without geometry, a table of codes and names."""
    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    code: str | None = None
    """Column with the area's code."""
    name: str | None = None
    """Column with the area's name."""
    name_pattern: str | None = None
    """A regular expression with one group that finds the name in the column: ``\\d+ (.*)`` for ``03 Nordstadt``."""
    parent: Identifier | None = None
    """The next coarser area system in the hierarchy."""
    parent_code: str | None = None
    """Column with the code of the parent area; without it the parent is found by location."""
    valid_from: str | None = None
    """Column with (or an ISO date as) the first day of validity."""
    valid_to: str | None = None
    """Column with (or an ISO date as) the last day of validity."""
    codes: dict[str, str] | None = None
    """Translates delivered codes into the codes used here."""
    pad: int | None = None
    filter: dict[str, Texts] = {}
    """Only rows with these values are read."""
    union_of: Identifier | None = None
    """Instead of a file: the system has one single area, the union of this other system."""
    single_code: str | None = None
    """With ``union_of``: code of the single area."""
    single_name: str | None = None
    """With ``union_of``: name of the single area."""
    depth: Literal["public", "internal"] = "public"
    """Whether the public release may show this system."""
    complete: bool = True
    """Whether its areas fill the territory; false for areas that somebody drew: who lives outside lies in none."""

    @model_validator(mode="after")
    def _file_or_union(self) -> AreaSystemDoc:
        if self.union_of:
            if not (self.single_code and self.single_name):
                raise ValueError("union_of needs single_code and single_name")
        elif not (self.file and self.code and self.name):
            raise ValueError("an area system needs file, code and name (or union_of, single_code and single_name)")
        if not self.complete and (self.parent or self.union_of):
            raise ValueError("areas that do not fill the territory have no parent: numbers do not add up to its own")
        return self


# --- rules ------------------------------------------------------------------------------------------------------------


Method = Literal["suppression", "cell_key", "small_counts", "rounding", "noise"]
"""What is done to numbers: withhold some of them, or change all of them a little."""


class CellKeyDoc(Document):
    """``[public.cell_key]``: each count is moved by a little that depends on who is counted, and on nothing else."""

    maximum: Annotated[int, Field(ge=1, le=20)] = 5
    """The furthest that a count is moved: D."""
    variance: Annotated[float, Field(gt=0, le=100)] = 2.0
    """The mean square of the movements: V."""
    forbidden: Annotated[int, Field(ge=0, le=10)] = 2
    """Numbers from 1 to this are never published: js."""
    monotone: bool = True
    """Whether a count is not moved far down more often than a little."""
    breakdowns: Annotated[int, Field(ge=0)] = 3
    """So many complete breakdowns of one base may be published (by age, by sex): the mean of many gives it away."""

    @model_validator(mode="after")
    def _possible(self) -> CellKeyDoc:
        if self.maximum < self.forbidden:
            raise ValueError(f"with forbidden = {self.forbidden} maximum must be at least {self.forbidden}")
        least = (self.forbidden + 1) ** 2 // 4  # a count i goes to 0 or to forbidden + 1: i (forbidden + 1 - i)
        if self.variance < least:
            raise ValueError(f"with forbidden = {self.forbidden} the variance must be at least {least}")
        return self


class SmallCountsDoc(Document):
    """``[public.small_counts]``: small groups are rounded so that no published number is too small."""

    base: Annotated[int, Field(ge=2, le=100)] = 3
    """No published number lies from 1 up to below this."""


class RoundingDoc(Document):
    """``[public.rounding]``: each count is rounded to a multiple, always in the same way."""

    base: Annotated[int, Field(ge=2, le=100)] = 5
    """Numbers are multiples of this: usually 5 or 10."""


class NoiseDoc(Document):
    """``[public.noise]``: each count gets random noise (differential privacy)."""

    epsilon: Annotated[float, Field(gt=0)]
    """How much one count tells; the scale of its noise is 1 / epsilon persons. Smaller protects more."""
    budget: Annotated[float, Field(gt=0)]
    """How much all counts of a release may tell together about one person."""
    budget_total: Annotated[float, Field(gt=0)] | None = None
    """How much all releases together may tell about one person, withdrawn ones included; ``budget`` if not given: then
    later releases can repeat what was told, and tell of new periods as long as the first one left room."""

    @model_validator(mode="after")
    def _total_holds_one_release(self) -> NoiseDoc:
        if self.budget_total is not None and self.budget_total < self.budget:
            raise ValueError("budget_total is for all releases together, so it is at least the budget of one")
        return self

    @property
    def total(self) -> float:
        """How much all releases together may tell about one person."""
        return self.budget if self.budget_total is None else self.budget_total


class SuppressionDoc(Document):
    """How long the best choice of further numbers to withhold is looked for. What is safe does not depend on it."""

    optimum: bool = True
    """Whether the best choice is looked for; else, and where there is no time for it, a good one is taken."""
    seconds: Annotated[float, Field(ge=0)] = 6.0
    """About how long, over all tables of a package. Counted in steps of the solver, so that the same numbers give the
    same choice on every machine."""
    gap: Annotated[float, Field(ge=0, le=1)] = 0.005
    """The search ends when no choice can be better by more than this share."""


class DominanceDoc(Document):
    """A sum is dominated where its largest contributions make up too much of it."""

    largest: Annotated[int, Field(ge=1, le=3)] = 2
    """How many of the largest contributions are looked at: *n* of the (n, k) rule."""
    share: Annotated[float, Field(gt=0, le=1)] = 0.9
    """The largest share that they may make up: *k*."""

    @classmethod
    def strictest(cls, several: Iterable[DominanceDoc]) -> DominanceDoc:
        """Return a rule as strict as each of several: more contributions may make up less."""
        rules = list(several)
        return cls(largest=max(one.largest for one in rules), share=min(one.share for one in rules))


class RulesDoc(Document):
    """What a table must satisfy to leave."""

    method: Method = "suppression"
    """What is done to numbers; the table of the same name holds its parameters."""
    cell_key: CellKeyDoc | None = None
    """For ``method = "cell_key"``."""
    small_counts: SmallCountsDoc | None = None
    """For ``method = "small_counts"``."""
    rounding: RoundingDoc | None = None
    """For ``method = "rounding"``."""
    noise: NoiseDoc | None = None
    """For ``method = "noise"``; must be given."""
    minimum: Annotated[int, Field(ge=0)] = 3
    """Counts from 1 up to below this are suppressed."""
    minimum_base: Annotated[int, Field(ge=0)] = 0
    """Parts of a base below this are suppressed (a share of 20 people says too much)."""
    minimum_cases: Annotated[int, Field(ge=0)] = 10
    """Standardised rates of fewer cases are suppressed: their intervals do not hold, and the cases' ages show through
    (the rule of Public Health England's Fingertips)."""
    minimum_tally: Annotated[int, Field(ge=0)] = 30
    """Medians, quantiles and Gini coefficients of fewer units are suppressed."""
    complement: bool = True
    """Whether the rest (base minus part) must reach the minimum too."""
    block_all: bool = False
    """Whether shares of 100 % are suppressed."""
    block_none: bool = False
    """Whether shares of 0 % are suppressed."""
    dominance: DominanceDoc = DominanceDoc()
    """For sums of amounts: the (n, k) rule on contributions by owner, or by unit where the source names no owner."""
    p_percent: Annotated[float, Field(ge=0)] = 10.0
    """For sums of amounts: nobody who contributes may be able to narrow down the largest other to so many percent."""
    ready_made_sums: bool = False
    """Whether sums of amounts leave of which nobody here knows who contributes, because they were delivered ready made:
    their provider must have protected them."""
    secondary: bool = True
    """Whether further cells are suppressed so that none follows from totals."""
    suppression: SuppressionDoc = SuppressionDoc()
    """How further cells are chosen."""

    @model_validator(mode="after")
    def _one_method(self) -> RulesDoc:
        tables = ("cell_key", "small_counts", "rounding", "noise")
        if others := [name for name in tables if name != self.method and getattr(self, name) is not None]:
            raise ValueError(f'the table {others[0]} needs method = "{others[0]}"; found: {self.method}')
        if self.method == "noise" and self.noise is None:
            raise ValueError("noise needs a table with epsilon (of one count) and budget (of the release)")
        return self

    @property
    def changes_numbers(self) -> bool:
        """Whether published numbers are changed ones, and not some of the true ones."""
        return self.method != "suppression"

    @property
    def parameters(self) -> CellKeyDoc | SmallCountsDoc | RoundingDoc | NoiseDoc | None:
        """The parameters of the method, its defaults where no table gives them; None where it changes no number."""
        if not self.changes_numbers:
            return None
        defaults = {"cell_key": CellKeyDoc, "small_counts": SmallCountsDoc, "rounding": RoundingDoc}
        given = getattr(self, self.method, None)
        return given or (defaults[self.method]() if self.method in defaults else None)


class ProfileRulesDoc(Document):
    """``[profiles]`` of the policy ``microcells``: what a characteristic of a cell must satisfy to leave."""

    minimum: Annotated[int, Field(ge=2)] = 4
    """The fewest units (households, persons) with a known value behind what is said of a cell."""
    diversity: Annotated[int, Field(ge=2)] = 2
    """The fewest different values among them; never more than the code list has codes."""
    insiders: Annotated[int, Field(ge=0, le=1)] = 1
    """How many of those behind it may take out their own values, and the rest must still be as diverse."""
    one_house_minimum: Annotated[int, Field(ge=2)] = 6
    """``minimum`` for cells of a single building: whoever knows the address knows the cell."""
    one_house_diversity: Annotated[int, Field(ge=2)] = 3
    """``diversity`` for cells of a single building."""
    dominance: DominanceDoc = DominanceDoc()
    """For means: the (n, k) rule on contributions by owner, or by unit where no owner is delivered."""
    p_percent: Annotated[float, Field(ge=0)] = 10.0
    """For means: nobody with a contribution may be able to narrow down the largest other to so many percent."""
    secondary: bool = True
    """Whether further cells are withheld so that none follows from the total of the area."""


class PolicyDoc(Document):
    """``policies/ID.toml``: how numbers of a source are protected, in rules and in plain words."""

    title: Text
    why: Text
    """In plain words for the page of each indicator."""
    public: RulesDoc
    internal: RulesDoc
    profiles: ProfileRulesDoc | None = None
    """For the policy ``microcells``: the rules of characteristics of cells."""


# --- codes and themes -------------------------------------------------------------------------------------------------


class CodeListDoc(Document):
    """``codes/ID.toml``: a dimension and its codes."""

    title: Text
    kind: Literal["interval", "list"]
    unit: Text | None = None
    codes: dict[str, Text] = {}
    """For lists: every code with its title; together they are complete (they add up to the whole)."""
    groups: dict[str, str] = {}
    """Names for unions: ``single_parent = "single_mother|single_father"``."""

    @model_validator(mode="after")
    def _list_has_codes(self) -> CodeListDoc:
        if self.kind == "list" and not self.codes:
            raise ValueError("a list needs codes")
        return self


class StandardDoc(Document):
    """``standards/ID.toml``: a standard population, which says how much the rate of each band counts."""

    title: Text
    source: str
    """Who publishes it."""
    dimension: Identifier
    """What it is divided by: an interval dimension such as age."""
    weights: Annotated[dict[str, Annotated[float, Field(gt=0)]], Field(min_length=1)]
    """How many of the standard population are in each band."""

    @model_validator(mode="after")
    def _no_overlap(self) -> StandardDoc:
        bands = sorted(parse_interval(band) for band in self.weights)
        if wrong := [str(later) for earlier, later in pairwise(bands) if later.low < earlier.high]:
            raise ValueError(f"bands overlap: {wrong[0]} begins before the one below it ends")
        return self

    def bands(self, within: str | None) -> dict[str, float]:
        """Return the bands that lie in an interval (all for None), and their weights.

        Raises:
            ValueError: they do not make it up.
        """
        if within is None:
            return dict(self.weights)
        found = tile_intervals(parse_interval(within), self.weights)
        if found is None:
            raise ValueError(f"the bands {', '.join(self.weights)} do not make up {within}")
        return {band: self.weights[band] for band in found}


class ThemeDoc(Document):
    """``themes/ID.toml``: a chapter of the catalogue."""

    title: Text
    description: Text
    order: int
