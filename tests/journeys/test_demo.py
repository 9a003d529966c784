"""The demo, from the command to a page: built, published and answering, all by one command."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from pipeline_samples import write_city


def test_it_answers_after_it_has_built(tmp_path: Path) -> None:
    write_city(tmp_path / "city")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sozialraum", "demo", str(tmp_path / "city"), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as demo:
        try:
            assert answer(f"http://127.0.0.1:{port}/", demo) == 200
        finally:
            demo.send_signal(signal.SIGINT)


def answer(address: str, demo: subprocess.Popen[bytes]) -> int:
    """Ask until somebody answers; a server that takes the question and never answers is a failure."""
    for _ in range(240):
        assert demo.poll() is None, "the demo ended by itself"
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return int(page.status)
        except ConnectionRefusedError:
            pass
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                raise
        time.sleep(0.25)
    return 0
