"""Install what the tests need from the system where it is missing and where that is allowed; else say what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def missing() -> list[str]:
    needed = {
        "chromium": shutil.which("chromium") or shutil.which("chromium-browser"),
        "postgresql": next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None),
        "default-jre-headless": shutil.which("java"),
        "poppler-utils": shutil.which("pdftoppm"),
    }
    return [package for package, found in needed.items() if not found]


def main() -> int:
    packages = missing()
    if not packages:
        return 0
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print(f"These packages are missing; their tests will be skipped: {', '.join(packages)}", file=sys.stderr)
        print(f"On Debian or Ubuntu install them with: sudo {command}", file=sys.stderr)
        return 0
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    return subprocess.run(command.split(), check=False, env=environment, stdout=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
