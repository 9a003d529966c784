"""The demo, from the command to a page: built, published and answering, all by one command."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from threading import Timer

from pipeline_samples import write_city


def test_the_address_that_it_prints_answers(tmp_path: Path) -> None:
    """At once: it is printed when somebody listens there, not before."""
    write_city(tmp_path / "city")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sozialraum", "demo", str(tmp_path / "city"), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        patience = Timer(120, demo.kill)
        patience.start()
        try:
            told = told_until_it_serves(demo)
            address = told[-1].split()[0]
            assert address == f"http://localhost:{port}"
            with urllib.request.urlopen(address, timeout=20) as page:
                assert page.status == 200
        finally:
            patience.cancel()
            demo.send_signal(signal.SIGINT)
    accounts = [line.split(":")[0].strip() for line in told if re.fullmatch(r"  \w+: \w+ / \S+", line)]
    assert accounts == ["Steward", "Planner", "Resident"]


def told_until_it_serves(demo: subprocess.Popen[str]) -> list[str]:
    """Return the lines up to the one with the address; the demo ends by itself where there is none."""
    told = []
    for line in demo.stdout or ():
        told.append(line.rstrip("\n"))
        if line.startswith("http://"):
            return told
    raise AssertionError(f"the demo ended by itself: {told}")
