"""The portal: throughput of a warm profile page over that of an empty page of the same server, time of a cold page.

The town is made up: 24 areas, 40 indicators, 10 years. Both pages come from the same granian server, asked by the same
client over kept connections, alternately, so that what else the machine does hits both.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from web.city import write_city

ROUNDS, REQUESTS = 9, 150
PROFILE, EMPTY = "/gebiete/viertel/{code}/", "/leer/"
SERVE = """
import sys
from pathlib import Path
from sozialraum.web import prepare
prepare(Path(sys.argv[1]))
from django.http import HttpResponse
from django.urls import path
from sozialraum.web import urls
urls.urlpatterns.append(path("leer/", lambda request: HttpResponse(b"")))
from granian import Granian
from granian.constants import Interfaces
Granian("sozialraum.web.wsgi:application", port=int(sys.argv[2]), interface=Interfaces.WSGI, log_access=False,
        log_level="error", blocking_threads=4).serve()
"""


def main() -> int:
    """Serve, measure, print. Returns 0 if both bars are met."""
    with tempfile.TemporaryDirectory() as folder:
        write_city(Path(folder), quarters=24, copies=7)
        port = _free_port()
        server = subprocess.Popen([sys.executable, "-c", SERVE, folder, str(port)], env=_environment())
        try:
            return _measure(_connect(port))
        finally:
            server.terminate()
            server.wait(timeout=20)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SOZIALRAUM_")}


def _measure(client: http.client.HTTPConnection) -> int:
    _get(client, "/gebiete/stadt/0/")  # the release is loaded, the server has answered its first page
    cold = [_time(client, PROFILE.format(code=f"{number:02}"), 1) for number in range(1, 25)]
    warm, empty = [], []
    for _ in range(ROUNDS):
        warm.append(_time(client, PROFILE.format(code="03"), REQUESTS))
        empty.append(_time(client, EMPTY, REQUESTS))
    ratio = median(empty) / median(warm)
    print(f"warm profile page: {REQUESTS / median(warm):,.0f} a second; empty page: {REQUESTS / median(empty):,.0f}")
    print(f"throughput over the empty page: {ratio:.2f} (at least 0.20)")
    print(f"cold profile page: median {median(cold) * 1000:.0f} ms, slowest {max(cold) * 1000:.0f} ms (at most 100)")
    return 0 if ratio >= 0.2 and median(cold) <= 0.1 else 1


def _time(client: http.client.HTTPConnection, address: str, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        _get(client, address)
    return time.perf_counter() - start


def _get(client: http.client.HTTPConnection, address: str) -> bytes:
    client.request("GET", address, headers={"Accept-Encoding": "gzip"})
    response = client.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{address} answered {response.status}")
    return body


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _connect(port: int) -> http.client.HTTPConnection:
    for _ in range(200):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            _get(client, "/ueber/")
        except OSError:
            time.sleep(0.1)
        else:
            return client
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    sys.exit(main())
