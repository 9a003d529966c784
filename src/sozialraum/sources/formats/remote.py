"""A WFS 2.0 or OGC API Features address becomes a file, page by page, within limits.

Sources: OGC 09-025r2 (WFS 2.0), OGC 17-069r4 (OGC API - Features - Part 1).
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import pyarrow as pa
import pyogrio

from sozialraum.errors import DeliveryError, Fault, Faults

PAGE = 1000
"""Features asked for at a time."""

TIMEOUT = 60.0
"""Seconds without an answer after which a server counts as gone."""

MAX_BYTES = 2 * 2**30
"""All pages of one address together."""

MAX_PAGES = 10_000

_LATER = "try again later; if it goes on, look at the address in a browser"
_EXCEPTION = re.compile(r"<(?:ows:)?ExceptionText>(.*?)</(?:ows:)?ExceptionText>", re.DOTALL)


def is_remote(file: str) -> bool:
    """Tell whether a source's ``file`` is an address."""
    return file.startswith(("http://", "https://"))


def fetch(url: str, folder: Path, faults: Faults) -> Path | None:
    """Fetch all features of an address into one file.

    Args:
        url: a WFS (``service=WFS`` with ``typeNames``), the items of an OGC API collection, or a plain file.
        folder: where to put the file.
        faults: collects.

    Returns:
        The file, or None where it could not be fetched.
    """
    query = {key.lower(): value for key, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    client = _Client(url)
    try:
        if query.get("service", "").lower() == "wfs" or "/wfs" in urlsplit(url).path.lower():
            return _fetch_wfs(client, url, query, folder)
        if urlsplit(url).path.rstrip("/").endswith("/items"):
            return _write(_items(client, url), folder)
        return _fetch_file(client, url, folder)
    except DeliveryError as error:
        faults.extend(error.faults)
        return None


class _Client:
    """Reads addresses, and adds up what it has read."""

    def __init__(self, url: str) -> None:
        self.shown = url
        self.left = MAX_BYTES

    def refuse(self, what: str, value: str = "", advice: str = _LATER) -> DeliveryError:
        return DeliveryError(Fault(self.shown, what=what, value=value, advice=advice))

    def get(self, url: str) -> bytes:
        request = urllib.request.Request(url, headers={"User-Agent": "sozialraum", "Accept": "*/*"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                content: bytes = answer.read(self.left + 1)
        except urllib.error.HTTPError as error:
            detail = _exception_text(error.read(1 << 16))
            raise self.refuse(f"the server answers {error.code} {error.reason}", detail) from error
        except (OSError, ValueError) as error:
            raise self.refuse("the server can not be reached", str(getattr(error, "reason", error))) from error
        self.left -= len(content)
        if self.left < 0:
            raise self.refuse(f"the answer is larger than {MAX_BYTES / 2**30:.0f} GiB", "", "ask for fewer features")
        return content

    def json(self, url: str) -> dict[str, Any]:
        content = self.get(url)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("features"), list):
            shown = _exception_text(content) or content[:80].decode("utf-8", errors="replace")
            raise self.refuse("the answer is no GeoJSON with features", shown, "look at the address in a browser")
        return answer


def _exception_text(content: bytes) -> str:
    found = _EXCEPTION.search(content.decode("utf-8", errors="replace"))
    return " ".join(found[1].split())[:200] if found else ""


# --- OGC API Features -------------------------------------------------------------------------------------------------


def _items(client: _Client, url: str) -> Iterator[dict[str, Any]]:
    """Follow the links called next."""
    following: str | None = _with(url, {"f": "json", "limit": str(PAGE)}, keep=True)
    for _ in range(MAX_PAGES):
        page = client.json(following or url)
        yield page
        links = [link for link in page.get("links", []) if link.get("rel") == "next"]
        if not links:
            return
        following = urljoin(following or url, links[0]["href"])
        if urlsplit(following).netloc != urlsplit(url).netloc:
            raise client.refuse("the next page is on another server", following, "do not use this address")
    raise client.refuse(f"there are more than {MAX_PAGES:,} pages", "", "ask for fewer features")


def _with(url: str, more: dict[str, str], *, keep: bool) -> str:
    """Add to the query of an address; ``keep`` leaves what is there already."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    lower = {key.lower(): key for key in query}
    for key, value in more.items():
        if key.lower() not in lower or not keep:
            query[lower.get(key.lower(), key)] = value
    return urlunsplit(parts._replace(query=urlencode(query)))


# --- WFS --------------------------------------------------------------------------------------------------------------


def _fetch_wfs(client: _Client, url: str, query: dict[str, str], folder: Path) -> Path:
    if not (query.get("typenames") or query.get("typename")):
        raise client.refuse("the address does not say which features are wanted", "", "add typeNames=... to it")
    fixed = {"service": "WFS", "version": "2.0.0", "request": "GetFeature"}
    asked = _with(_with(url, fixed, keep=False), {"count": str(PAGE)}, keep=True)
    size = int(dict(parse_qsl(urlsplit(asked).query)).get("count", PAGE))
    formats = [query["outputformat"]] if "outputformat" in query else ["application/json", ""]
    first = b""
    for format_ in formats:
        base = _with(asked, {"outputFormat": format_}, keep=False) if format_ else asked
        try:
            first = client.get(_with(base, {"startIndex": "0"}, keep=False))
        except DeliveryError:
            if format_ == formats[-1]:
                raise
            continue
        if not _exception_text(first):
            break
    if detail := _exception_text(first):
        raise client.refuse("the server refuses", detail, "correct the address")
    pages = _wfs_pages(client, base, first, size)
    if first.lstrip()[:1] == b"{":
        return _write((_features(client, page) for page in pages), folder)
    return _write_gml(client, pages, folder)


def _wfs_pages(client: _Client, base: str, first: bytes, size: int) -> Iterator[bytes]:
    """Ask for page after page until one is not full, or is the same again (the server can not page)."""
    page, start, seen = first, 0, {hash(first)}
    for _ in range(MAX_PAGES):
        yield page
        number = _returned(page)
        start += number
        if number < size or start >= _matched(page):
            return
        page = client.get(_with(base, {"startIndex": str(start)}, keep=False))
        if hash(page) in seen:
            raise client.refuse("the server repeats its pages", "", "add count=... large enough for all features")
        seen.add(hash(page))
    raise client.refuse(f"there are more than {MAX_PAGES:,} pages", "", "ask for fewer features")


def _returned(page: bytes) -> int:
    if page.lstrip()[:1] == b"{":
        return len(json.loads(page).get("features", ()))
    found = re.search(rb'numberReturned="(\d+)"', page)
    return int(found[1]) if found else len(re.findall(rb"<(?:\w+:)?member\b", page))


def _matched(page: bytes) -> float:
    found = re.search(rb'number[mM]atched"?\s*[=:]\s*"?(\d+)', page)
    return int(found[1]) if found else float("inf")


def _features(client: _Client, page: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(page)
    except ValueError as error:
        raise client.refuse("the answer is cut off", "", _LATER) from error
    if not isinstance(answer, dict) or not isinstance(answer.get("features"), list):
        raise client.refuse("the answer is no GeoJSON with features", "", "look at the address in a browser")
    return answer


# --- writing ----------------------------------------------------------------------------------------------------------


def _fetch_file(client: _Client, url: str, folder: Path) -> Path:
    content = client.get(url)
    name = Path(urlsplit(url).path).name or "download"
    target = folder / (name if Path(name).suffix else f"{name}.geojson" if content.lstrip()[:1] == b"{" else name)
    target.write_bytes(content)
    return target


def _write(pages: Iterator[dict[str, Any]], folder: Path) -> Path:
    """Write the features of all pages as one GeoJSON, with the CRS of the first page."""
    merged: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    for page in pages:
        if "crs" in page:
            merged.setdefault("crs", page["crs"])
        merged["features"].extend(page["features"])
    target = folder / "features.geojson"
    target.write_text(json.dumps(merged, ensure_ascii=False), encoding="utf-8")
    return target


@dataclass(frozen=True, slots=True)
class _Layer:
    table: pa.Table
    meta: dict[str, Any]


def _write_gml(client: _Client, pages: Iterator[bytes], folder: Path) -> Path:
    """Turn pages of GML into one GeoPackage."""
    layers = []
    for number, page in enumerate(pages):
        file = folder / f"page_{number}.gml"
        file.write_bytes(page)
        try:
            meta, table = pyogrio.read_arrow(file)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError) as error:
            raise client.refuse("the answer is no GML that can be read", str(error)[:120]) from error
        layers.append(_Layer(table, meta))
        file.unlink()
    first = layers[0].meta
    table = pa.concat_tables([layer.table for layer in layers], promote_options="default")
    target = folder / "features.gpkg"
    geometry = first["geometry_name"] or "wkb_geometry"
    kind = first["geometry_type"] or "Unknown"
    pyogrio.write_arrow(
        table, target, layer="features", driver="GPKG", geometry_name=geometry, geometry_type=kind, crs=first["crs"]
    )
    return target
