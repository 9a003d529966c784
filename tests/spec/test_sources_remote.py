"""A WFS and an OGC API Features service, on this machine, that behave well and badly."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from source_samples import HEAD, Town, rows

from sozialraum.sources.formats import remote

Answer = tuple[int, str, bytes]
Query = dict[str, str]
KITAS = [(f"Kita {number}", 9.4 + number / 100, 54.7 + number / 100) for number in range(5)]
GML = "http://www.opengis.net/gml/3.2"


class Service:
    """Answers requests by path; remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Query], Answer]] = {}
        self.asked: list[tuple[str, Query]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.answer()

            def answer(self) -> None:
                parts = urlsplit(self.path)
                query = {key.lower(): values[0] for key, values in parse_qs(parts.query).items()}
                service.asked.append((parts.path, query))
                status, kind, content = service.answers[parts.path](query)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(remote, "PAGE", 2)
    return Town(tmp_path / "town")


def feature(name: str, x: float, y: float) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [x, y]},
        "properties": {"name": name, "leitung": "geheim"},
    }


def geojson(kitas: list[tuple[str, float, float]], **more: object) -> Answer:
    collection = {"type": "FeatureCollection", "features": [feature(*kita) for kita in kitas], **more}
    return 200, "application/geo+json", json.dumps(collection).encode()


def gml(kitas: list[tuple[str, float, float]], matched: int) -> Answer:
    members = "".join(
        f'<wfs:member><k:kita gml:id="k{name[-1]}"><k:name>{name}</k:name><k:ort>'
        f'<gml:Point srsName="EPSG:25832" gml:id="p{name[-1]}"><gml:pos>{5e5 + x} {6e6 + y}</gml:pos></gml:Point>'
        "</k:ort></k:kita></wfs:member>"
        for name, x, y in kitas
    )
    text = (
        '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        f'xmlns:gml="{GML}" xmlns:k="http://example.org/k" numberMatched="{matched}" '
        f'numberReturned="{len(kitas)}">{members}</wfs:FeatureCollection>'
    )
    return 200, "text/xml", text.encode()


def exception(text: str) -> Answer:
    return (
        400,
        "text/xml",
        f"<ows:ExceptionReport><ows:ExceptionText>{text}</ows:ExceptionText></ows:ExceptionReport>".encode(),
    )


def declare(town: Town, url: str) -> None:
    toml = '[columns]\nname = { attribute = "name" }\n'
    town.declare("lieferung", f'{HEAD}kind = "offers"\nfile = "{url}"\n{toml}')


def told(town: Town, url: str) -> list[str]:
    declare(town, url)
    return [f"{fault.what} {fault.value}".strip() for fault in town.refusal()]


# --- OGC API Features -------------------------------------------------------------------------------------------------


def items(service: Service, path: str = "/collections/kitas/items") -> str:
    def page(query: Query) -> Answer:
        start, size = int(query.get("offset", 0)), int(query["limit"])
        after = f"{path}?f=json&limit={size}&offset={start + size}"
        links = [{"rel": "self", "href": path}]
        if start + size < len(KITAS):
            links.append({"rel": "next", "href": after})
        return geojson(KITAS[start : start + size], links=links)

    service.answers[path] = page
    return service.url + path


def test_all_pages_of_a_collection_are_read(town: Town, service: Service) -> None:
    url = items(service)
    declare(town, url)
    found = town.read()
    assert found.frame["name"].to_list() == [name for name, _, _ in KITAS]
    assert rows(found.frame, "file", "line")[0] == (url, 1)
    assert [query["limit"] for _, query in service.asked] == ["2", "2", "2"]
    assert [snapshot.file for snapshot in found.snapshots] == [url]
    assert "geheim" not in str(found.frame.to_dict())


def test_a_next_page_on_another_server_is_refused(town: Town, service: Service) -> None:
    links = [{"rel": "next", "href": "http://localhost:1/evil/items"}]
    service.answers["/c/items"] = lambda query: geojson(KITAS, links=links)
    assert told(town, service.url + "/c/items") == ["the next page is on another server http://localhost:1/evil/items"]


def test_pages_without_end_are_refused(town: Town, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MAX_PAGES", 3)
    service.answers["/c/items"] = lambda query: geojson(KITAS, links=[{"rel": "next", "href": "/c/items"}])
    assert told(town, service.url + "/c/items") == ["there are more than 3 pages"]


# --- WFS --------------------------------------------------------------------------------------------------------------


def wfs(service: Service, answer: Callable[[list[tuple[str, float, float]], Query], Answer]) -> str:
    def page(query: Query) -> Answer:
        start, size = int(query.get("startindex", 0)), int(query["count"])
        return answer(KITAS[start : start + size], query)

    service.answers["/wfs"] = page
    return service.url + "/wfs?service=WFS&typeNames=kitas"


def test_all_pages_of_a_wfs_are_read_as_geojson(town: Town, service: Service) -> None:
    declare(town, wfs(service, lambda kitas, query: geojson(kitas, numberMatched=len(KITAS))))
    assert town.read().frame["name"].to_list() == [name for name, _, _ in KITAS]
    assert {(query["request"], query["version"], query["typenames"]) for _, query in service.asked} == {
        ("GetFeature", "2.0.0", "kitas")
    }
    assert [query["startindex"] for _, query in service.asked] == ["0", "2", "4"]


def test_a_wfs_without_geojson_is_read_as_gml(town: Town, service: Service) -> None:
    def answer(kitas: list[tuple[str, float, float]], query: Query) -> Answer:
        return exception("format not supported") if "outputformat" in query else gml(kitas, len(KITAS))

    declare(town, wfs(service, answer))
    found = town.read().frame
    assert found["name"].to_list() == [name for name, _, _ in KITAS]
    assert round(found["x"][1], 2) == 500009.41


def test_what_a_wfs_says_is_passed_on(town: Town, service: Service) -> None:
    url = wfs(service, lambda kitas, query: exception("unknown type kitas"))
    assert told(town, url) == ["the server answers 400 Bad Request unknown type kitas"]


def test_a_wfs_that_can_not_page_is_found_out(town: Town, service: Service) -> None:
    service.answers["/wfs"] = lambda query: geojson(KITAS[:2])
    assert told(town, service.url + "/wfs?service=WFS&typeNames=kitas") == ["the server repeats its pages"]


def test_a_wfs_must_know_what_is_wanted(town: Town, service: Service) -> None:
    assert told(town, service.url + "/wfs?service=WFS") == ["the address does not say which features are wanted"]


# --- what any server can do -------------------------------------------------------------------------------------------


def test_a_plain_file_is_fetched(town: Town, service: Service) -> None:
    service.answers["/kitas.geojson"] = lambda query: geojson(KITAS)
    declare(town, service.url + "/kitas.geojson")
    assert town.read().frame.height == 5


def test_a_web_page_is_no_data(town: Town, service: Service) -> None:
    service.answers["/c/items"] = lambda query: (200, "text/html", b"<html>Wartung</html>")
    assert told(town, service.url + "/c/items") == ["the answer is no GeoJSON with features <html>Wartung</html>"]


def test_an_error_of_the_server_is_named(town: Town, service: Service) -> None:
    service.answers["/c/items"] = lambda query: (503, "text/plain", b"")
    assert told(town, service.url + "/c/items") == ["the server answers 503 Service Unavailable"]


def test_a_server_that_is_not_there(town: Town, service: Service) -> None:
    url = service.url + "/c/items"
    service.close()
    assert [text.startswith("the server can not be reached") for text in told(town, url)] == [True]


def test_a_server_that_does_not_answer(town: Town, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "TIMEOUT", 0.2)
    release = threading.Event()

    def wait(query: Query) -> Answer:
        release.wait(10)
        return geojson(KITAS)

    service.answers["/c/items"] = wait
    try:
        assert told(town, service.url + "/c/items") == ["the server can not be reached timed out"]
    finally:
        release.set()


def test_too_much_is_not_read(town: Town, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MAX_BYTES", 1000)
    assert told(town, items(service))[0].startswith("the answer is larger than")
