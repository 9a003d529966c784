"""What is said about a composite's recipe: steps, cuts, deliveries, missing inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sozialraum.catalogue import ClassDoc, CompositeDoc, SourceDoc
from sozialraum.indicators import format_number
from sozialraum.web.atlas.release import Atlas
from sozialraum.web.portal.numbers import language, said
from sozialraum.web.portal.origin import deliveries_of
from sozialraum.web.portal.scores import cut_words


def composite_address(composite: str) -> str:
    """Return where a composite's page is."""
    return reverse("portal:composite", args=(composite,))


def deliveries(atlas: Atlas, document: CompositeDoc) -> Mapping[str, SourceDoc]:
    """Return the deliveries that the inputs of a composite were found in, those of composites in it too."""
    return deliveries_of(atlas, _indicators_in(atlas, document))


def _indicators_in(atlas: Atlas, document: CompositeDoc) -> Iterator[str]:
    for part in document.inputs:
        if part.indicator:
            yield part.indicator
        elif part.name in atlas.catalogue.composites:
            yield from _indicators_in(atlas, atlas.catalogue.composites[part.name])


def missing_inputs(atlas: Atlas, document: CompositeDoc) -> list[str]:
    """Return the titles of inputs of which the release has no value at all."""
    indicators = atlas.catalogue.indicators
    absent = [part.name for part in document.inputs if part.indicator and part.indicator not in atlas.indicators]
    return [said(indicators[name].title) if name in indicators else name for name in absent]


def class_words(classes: tuple[ClassDoc, ...]) -> list[tuple[str, str]]:
    """Return title and scores of each class, from low to high."""
    return [(said(found.title), cut) for found, cut in zip(classes, cut_words(classes), strict=True)]


def recipe_sentences(document: CompositeDoc) -> Iterator[str]:
    """Say step by step how a score comes about."""
    if document.shrinkage:
        yield _(
            "Anteile aus wenigen Fällen werden zuerst zum Anteil des größeren Gebiets hingezogen: je weniger Menschen, "
            "desto stärker."
        )
    yield _standardise(document)
    yield _combine(document)
    yield from _left_out(document)
    if document.dynamics:
        yield ngettext(
            "Die Dynamik entsteht genauso aus den Veränderungen derselben Kennzahlen in {years} Jahr.",
            "Die Dynamik entsteht genauso aus den Veränderungen derselben Kennzahlen in {years} Jahren.",
            document.dynamics.years,
        ).format(years=document.dynamics.years)


def _standardise(document: CompositeDoc) -> str:
    words = {
        "z": _(
            "Damit sich Kennzahlen vergleichen lassen, steht für jede ihr Abstand vom Mittel der Gebiete, in "
            "Standardabweichungen (z-Wert): 0 ist der Durchschnitt, 1 liegt schon deutlich darüber."
        ),
        "min_max": _("Jede Kennzahl wird umgerechnet: 0 für das niedrigste Gebiet, 1 für das höchste."),
        "exponential_ranks": _(
            "Für jede Kennzahl zählt der Rang des Gebiets, von 0 bis 100; die höchsten Ränge zählen besonders viel."
        ),
    }
    sentence = words[document.standardise.method]
    if document.standardise.weighted == "population":
        weighted = _("Gebiete mit vielen Menschen zählen für das Mittel entsprechend mehr.")
        return f"{sentence} {weighted}"
    return sentence


def _combine(document: CompositeDoc) -> str:
    weighted = len({part.weight for part in document.inputs}) > 1
    words = {
        ("sum", False): _("Diese Zahlen werden addiert."),
        ("sum", True): _("Diese Zahlen werden mit ihren Gewichten malgenommen und addiert."),
        ("mean", False): _("Aus diesen Zahlen wird der Mittelwert gebildet."),
        ("mean", True): _("Aus diesen Zahlen wird der gewichtete Mittelwert gebildet."),
    }
    sentence = words[document.combine.method, weighted]
    if document.combine.standardise:
        again = _("Das Ergebnis wird noch einmal ebenso in Standardabweichungen umgerechnet: das ist der Wert.")
        return f"{sentence} {again}"
    return sentence


def _left_out(document: CompositeDoc) -> Iterator[str]:
    if document.minimum_residents:
        yield _("Gebiete mit weniger als {number} Menschen bleiben außen vor, auch für das Mittel der anderen.").format(
            number=format_number(document.minimum_residents, 0, language())
        )
    yield _("Fehlt in einem Gebiet eine einzige Kennzahl, hat es keinen Wert.")
