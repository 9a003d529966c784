"""How long does Musterstadt (1.5 M person-years) take from deliveries to a published release, and how much memory?

The town is made first and not counted. The build, the approval (which attacks the release once more) and the
publication run in a process of their own, so that the peak memory is theirs.

Run: ``python benchmarks/musterstadt_build.py``
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sozialraum import pipeline
from sozialraum.catalogue import load_project
from sozialraum.musterstadt import write_template
from sozialraum.releases import Store

MOST_SECONDS, MOST_MEGABYTES = 10.0, 1024


def main() -> None:
    """Make the town, then measure in another process."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "musterstadt"
        write_template(project, "musterstadt")
        subprocess.run([sys.executable, __file__, str(project)], check=True)


def measure(folder: Path) -> None:
    """Build and publish, and print the time of each step."""
    started = time.perf_counter()
    last = started

    def tell(step: pipeline.Step) -> None:
        nonlocal last
        if step.done == step.total:
            now = time.perf_counter()
            print(f"{step.title:<32} {now - last:6.2f} s")
            last = now

    project = load_project(folder)
    result = pipeline.build(project, tell, who="benchmark")
    store = Store(project.releases)
    pipeline.approve(store, result.release, "benchmark")
    pipeline.publish(store, result.release, "benchmark")
    seconds = time.perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'approving and publishing':<32} {time.perf_counter() - last:6.2f} s")
    print(f"{'in all':<32} {seconds:6.2f} s   {seconds / MOST_SECONDS:.2f} of the bar of {MOST_SECONDS:.0f} s")
    print(
        f"{'peak memory':<32} {megabytes:6.0f} MB  {megabytes / MOST_MEGABYTES:.2f} of the bar of {MOST_MEGABYTES} MB"
    )


if __name__ == "__main__":
    main()
