"""Metadata for open-data portals: a dataset after DCAT-AP.de, as JSON-LD.

Source: DCAT-AP.de 2.0, https://www.dcat-ap.de/def/dcatde/2.0/spec/ (GovData); controlled vocabularies of the EU
Publications Office.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sozialraum.periods import parse_period
from sozialraum.publishing.exports.table import Selection, source_text
from sozialraum.publishing.words import words

_EU = "http://publications.europa.eu/resource/authority"
_DE = "http://dcat-ap.de/def"

LICENCES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "CC0-1.0": ("cc-zero", 0),
        "dl-de/zero-2-0": ("dl-zero-de/2.0", 0),
        "dl-de/by-2-0": ("dl-by-de/2.0", 1),
        "CC-BY-4.0": ("cc-by/4.0", 1),
        "CC-BY-SA-4.0": ("cc-by-sa/4.0", 2),
        "ODbL-1.0": ("odbl", 2),
    }
)
"""Licences as sources name them: their address in DCAT-AP.de, and what they ask for (0 nothing, 1 naming, 2 more)."""

_RHYTHM = {"year": "ANNUAL", "half-year": "ANNUAL_2", "quarter": "QUARTERLY"}
_LEVELS = {
    2: ("stateKey", "state"),
    3: ("governmentDistrictKey", "administrativeDistrict"),
    5: ("districtKey", "administrativeDistrict"),
    8: ("municipalityKey", "municipality"),
}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """One file of a dataset.

    Attributes:
        address: where it can be had.
        title: what it is called.
        file_type: code of the EU list of file types (``CSV``, ``XLSX``, ``GEOJSON``).
        media_type: ``text/csv``.
        size: in bytes, where known.
    """

    address: str
    title: str
    file_type: str
    media_type: str
    size: int | None = None


def dataset(selection: Selection, distributions: Iterable[Distribution], *, address: str) -> bytes:
    """Describe what is selected (an indicator, or a whole release) as a dataset.

    Args:
        selection: what the files hold.
        distributions: the files.
        address: the dataset's own address, for example the page of the indicator.
    """
    content = {
        "@context": _CONTEXT,
        "@id": address,
        "@type": "dcat:Dataset",
        **_titles(selection),
        "dct:identifier": "/".join(filter(None, (selection.release.id, selection.indicator, selection.area_system))),
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": _publisher(selection)},
        **_contact(selection),
        "dct:issued": {"@type": "xsd:dateTime", "@value": str(selection.release.manifest["created"])},
        "dcat:version": selection.release.id,
        "dcat:landingPage": {"@id": address},
        "dcat:theme": {"@id": f"{_EU}/data-theme/SOCI"},
        "dcat:keyword": _keywords(selection),
        "dct:language": {"@id": f"{_EU}/language/DEU"},
        "dct:accrualPeriodicity": {"@id": f"{_EU}/frequency/{_RHYTHM[selection.package.city.rhythm]}"},
        **_place(selection.package.city.ags),
        **_temporal(selection),
        **_made_from(selection),
        "dcat:distribution": [_distribution(selection, found) for found in distributions],
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _titles(selection: Selection) -> dict[str, Any]:
    """Return title and description in both languages."""
    found: dict[str, list[dict[str, str]]] = {"dct:title": [], "dct:description": []}
    document = selection.documents.get(selection.indicator or "")
    for language in ("de", "en"):
        table = words(language)["dcat"]
        city = selection.package.city.name
        title = document.title.get(language) if document else str(table["title"])
        text = document.definition.get(language) if document else str(table["description"])
        found["dct:title"].append({"@language": language, "@value": f"{title} ({city})"})
        found["dct:description"].append({"@language": language, "@value": f"{text} {table['protection']}"})
    return dict(found)


def _publisher(selection: Selection) -> str:
    contact = selection.package.city.contact
    return contact.name if contact else selection.package.city.name


def _contact(selection: Selection) -> dict[str, Any]:
    contact = selection.package.city.contact
    if contact is None:
        return {}
    found: dict[str, Any] = {"@type": "vcard:Organization", "vcard:fn": contact.name}
    if contact.email:
        found["vcard:hasEmail"] = {"@id": f"mailto:{contact.email}"}
    if contact.url:
        found["vcard:hasURL"] = {"@id": contact.url}
    return {"dcat:contactPoint": found}


def _keywords(selection: Selection) -> list[str]:
    themes = selection.package.catalogue.themes
    titles = [themes[d.theme].title.de for d in selection.documents.values() if d.theme in themes]
    tags = [tag for document in selection.documents.values() for tag in document.tags]
    return list(dict.fromkeys(["Sozialstatistik", *titles, *tags]))


def _place(ags: str) -> dict[str, Any]:
    key, level = _LEVELS[len(ags)]
    return {
        "dct:spatial": {"@id": f"{_DE}/politicalGeocoding/{key}/{ags}"},
        "dcatde:politicalGeocodingURI": {"@id": f"{_DE}/politicalGeocoding/{key}/{ags}"},
        "dcatde:politicalGeocodingLevelURI": {"@id": f"{_DE}/politicalGeocoding/Level/{level}"},
    }


def _temporal(selection: Selection) -> dict[str, Any]:
    periods = [parse_period(text) for text in selection.table["period"].unique()]
    if not periods:
        return {}

    def day(moment: date) -> dict[str, str]:
        return {"@type": "xsd:date", "@value": moment.isoformat()}

    first, last = min(period.first for period in periods), max(period.last for period in periods)
    stretch = {"@type": "dct:PeriodOfTime", "dcat:startDate": day(first), "dcat:endDate": day(last)}
    return {"dct:temporal": stretch}


def _made_from(selection: Selection) -> dict[str, Any]:
    """Return where the deliveries can be had, as far as their documents say it."""
    addresses = [{"@id": source.url} for source in selection.sources.values() if source.url]
    return {"dct:source": addresses} if addresses else {}


def _distribution(selection: Selection, found: Distribution) -> dict[str, Any]:
    size = {"dcat:byteSize": {"@type": "xsd:decimal", "@value": str(found.size)}} if found.size is not None else {}
    return {
        "@type": "dcat:Distribution",
        "@id": found.address,
        "dct:title": found.title,
        "dcat:accessURL": {"@id": found.address},
        "dcat:downloadURL": {"@id": found.address},
        "dct:format": {"@id": f"{_EU}/file-type/{found.file_type}"},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{found.media_type}"},
        **size,
        **licence_of(selection),
    }


def licence_of(selection: Selection) -> dict[str, Any]:
    """Return the licence of what is made from all sources, and whom to name.

    It is the one that asks for most; where several ask for much, or one is not known, all are written out instead.
    """
    given = sorted({source.licence for source in selection.sources.values()})
    named = "; ".join(source_text(source, "de") for source in selection.sources.values())
    attribution = {"dcatde:licenseAttributionByText": named} if named else {}
    known = sorted((LICENCES[name] for name in given if name in LICENCES), key=lambda entry: -entry[1])
    alone = len(known) == len(given) and bool(known) and sum(demand > 0 for _, demand in known) <= 1
    if alone:
        return {"dct:license": {"@id": f"{_DE}/licenses/{known[0][0]}"}, **attribution}
    return {"dct:rights": "; ".join(given), **attribution}
