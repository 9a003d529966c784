"""Where a number comes from, in plain words: formula, sources, privacy, breaks, who answers for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sozialraum.catalogue import IndicatorDoc, Measure, PolicyDoc, SourceDoc
from sozialraum.web.atlas.release import Atlas


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything that a reader needs to judge an indicator.

    Attributes:
        formula: how the number is calculated, one sentence.
        numerator: what stands on top of the fraction (or alone), one text per part.
        denominator: what stands below; empty where nothing does.
        sources: deliveries that can supply what is asked for.
        policies: the privacy rules of those sources in plain words, with their rules as numbers.
        breaks: period and reason from which on a series starts anew.
        changes: date and reason of each change of the definition.
    """

    formula: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    sources: tuple[SourceDoc, ...]
    policies: tuple[PolicyDoc, ...]
    document: IndicatorDoc


def origin(atlas: Atlas, document: IndicatorDoc) -> Origin:
    """Return where an indicator's numbers come from."""
    asked = {measure.universe for measure in document.measures}
    sources = tuple(source for source in atlas.sources.values() if asked & _supplied(source))
    policies = dict.fromkeys(source.policy for source in sources)
    return Origin(
        formula=formula_words(document),
        numerator=tuple(measure_words(atlas, measure) for measure in document.numerator),
        denominator=tuple(measure_words(atlas, measure) for measure in document.denominator),
        sources=sources,
        policies=tuple(atlas.catalogue.policies[name] for name in policies if name in atlas.catalogue.policies),
        document=document,
    )


def _supplied(source: SourceDoc) -> set[str]:
    """Return the universes, amounts and figures that a delivery can say something about."""
    columns = [*source.columns.values(), *([source.values] if source.values else [])]
    found = {column.measure.universe for column in columns if column.measure}
    return found | ({source.universe} if source.universe else set())


def formula_words(document: IndicatorDoc) -> str:
    """Say how the number is calculated."""
    words = {
        "share": _("Zähler geteilt durch Nenner, in Prozent."),
        "rate": _("Zähler geteilt durch Nenner, mal {per}."),
        "ratio": _("Zähler geteilt durch Nenner."),
        "mean": _("Summe geteilt durch die Zahl der Fälle."),
        "count": _("Gezählt, nicht berechnet."),
        "figure": _("So übernommen, wie die Quelle sie angibt."),
        "change": _("Veränderung gegenüber einem früheren Zeitraum."),
        "index": _("Reihe, in der der Ausgangszeitraum gleich 100 gesetzt ist."),
    }
    per = document.rate.per if document.rate else 1
    return words[document.formula].format(per=f"{per:,}".replace(",", "." if get_language() != "en" else ","))


def measure_words(atlas: Atlas, measure: Measure) -> str:
    """Write a measure as people say it: ``Personen: Alter 0 bis 14; Bezug von SGB II ja``."""
    universe, _dot, amount = measure.universe.partition(".")
    head = _universes().get(universe, universe)
    if universe == "figure":
        head = amount.replace("_", " ")
    elif amount:
        head = _("Summe ({amount}) über {units}").format(amount=amount.replace("_", " "), units=head)
    filters = "; ".join(_filter_words(atlas, dimension, codes) for dimension, codes in measure.where)
    return f"{head}: {filters}" if filters else head


def _universes() -> dict[str, str]:
    return {
        "persons": _("Personen"),
        "households": _("Haushalte"),
        "buildings": _("Gebäude"),
        "dwellings": _("Wohnungen"),
        "firms": _("Betriebe"),
        "cases": _("Fälle"),
        "births": _("Geburten"),
        "deaths": _("Todesfälle"),
        "moves_in": _("Zuzüge"),
        "moves_out": _("Wegzüge"),
        "debtors": _("überschuldete Personen"),
        "employees": _("Beschäftigte"),
        "offers": _("Angebote"),
        "area": _("Fläche"),
    }


def _filter_words(atlas: Atlas, dimension: str, codes: str) -> str:
    language = get_language() or "de"
    document = atlas.catalogue.codes.get(dimension)
    if document is None:
        return f"{dimension} {codes}"
    names = (
        document.codes[code].get(language) if code in document.codes else _interval(code) for code in codes.split("|")
    )
    return f"{document.title.get(language)} {_(' oder ').join(names)}"


def _interval(code: str) -> str:
    """Write an interval as people say it: ``0 bis 14``, ``80 und mehr``."""
    if code.endswith("+"):
        return _("{low} und mehr").format(low=code[:-1])
    low, dash, high = code.partition("-")
    return _("{low} bis {high}").format(low=low, high=high) if dash and low and high else code
