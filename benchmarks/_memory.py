"""How much memory this process uses, as the kernel tells it (Linux)."""

from __future__ import annotations

from pathlib import Path


def memory(name: str) -> float:
    """Return a figure of the kernel about this process in MiB: ``VmRSS`` now, ``VmHWM`` at the peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 2**10
