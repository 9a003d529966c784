"""A real server on the small city and a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sozialraum.releases.what_if import write_what_if
from sozialraum.web.assets import MANIFEST
from web.city import write_city
from web.what_if_samples import REPORT

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STEWARD, PASSWORD = "ada", "ein-langes-passwort"
ADD_STEWARD = """
import sys
from pathlib import Path
from sozialraum.web import accounts, open_database
open_database(Path(sys.argv[1]))
accounts.add_account(name=sys.argv[2], role=accounts.Role.STEWARD, password=sys.argv[3])
"""
SERVE = """
import sys
from pathlib import Path
from sozialraum.web import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]))
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server at {address} did not start")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served small city."""
    if not MANIFEST.exists():
        pytest.skip("the front end is not built: run `make frontend`")
    project = tmp_path_factory.mktemp("kleinstadt")
    write_city(project)
    write_what_if(project / "releases", REPORT)
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SOZIALRAUM_")}
    environment.pop("DATABASE_URL", None)
    add = [sys.executable, "-c", ADD_STEWARD, str(project), STEWARD, PASSWORD]
    subprocess.run(add, env=environment, check=True)
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(project), str(port)], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/ueber/", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("Chromium is not installed: run `make system`")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, city: str) -> Iterator[Page]:
    """A page of a desktop browser whose relative addresses belong to the city."""
    context = browser.new_context(base_url=city, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, as the front end's development dependencies bring it."""
    path = Path(__file__).parents[2] / "src/sozialraum/web/frontend/node_modules/axe-core/axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is not installed: run `make frontend`")
    return path.read_text(encoding="utf-8")
