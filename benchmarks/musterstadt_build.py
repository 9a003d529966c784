"""How long does Musterstadt (1.5 M person-years) take from deliveries to a published release, and how much memory?

The town is made first and not counted. The build, the approval (which verifies the release once more) and the
publication run in a process of their own, so that the peak memory is theirs; three times, since whatever else the
machine does only adds to the time, and the best one counts.

Run: ``python benchmarks/musterstadt_build.py``
"""

from __future__ import annotations

import resource
import shutil
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
TURNS = 3


def main() -> None:
    """Make the town, then measure in another process."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "musterstadt"
        write_template(project, "musterstadt")
        done = [turn(project) for _ in range(TURNS)]
    seconds, megabytes = min(seconds for seconds, _ in done), max(megabytes for _, megabytes in done)
    print(f"{'the best of all':<32} {seconds:6.2f} s   {seconds / MOST_SECONDS:.2f} of the bar of {MOST_SECONDS:.0f} s")
    print(
        f"{'peak memory':<32} {megabytes:6.0f} MB  {megabytes / MOST_MEGABYTES:.2f} of the bar of {MOST_MEGABYTES} MB"
    )


def turn(project: Path) -> tuple[float, float]:
    """Build and publish in a process of its own; return its seconds and megabytes."""
    for made in ("releases", "vault"):
        shutil.rmtree(project / made, ignore_errors=True)
    done = subprocess.run([sys.executable, __file__, str(project)], check=True, stdout=subprocess.PIPE, text=True)
    *lines, figures = done.stdout.splitlines()
    print("\n".join(lines), flush=True)
    seconds, megabytes = figures.split()
    return float(seconds), float(megabytes)


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
    print(f"{'in all':<32} {seconds:6.2f} s\n")
    print(seconds, megabytes)


if __name__ == "__main__":
    main()
