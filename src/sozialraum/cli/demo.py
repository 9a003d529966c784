"""The command demo: a synthetic town, from nothing to a served platform."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from sozialraum import pipeline, web
from sozialraum.catalogue import load_project
from sozialraum.cli.arguments import Host, Port
from sozialraum.cli.progress import progress
from sozialraum.cli.terminal import out, say
from sozialraum.releases import Store

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the demo.", metavar="DIR")] = Path("demo"),
    host: Host = "127.0.0.1",
    port: Port = 8000,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make everything, serve nothing.")] = False,
) -> None:
    """Make the synthetic town Musterstadt, build, publish and serve it, and print demo accounts."""
    if not build_only:
        web.demand_address(host, port)
    _make(folder)
    if not build_only:
        web.prepare(folder)  # what is wrong with the database is told before the long work
    _publish(folder)
    if not build_only:
        _print_accounts()
        _serve_afresh(folder, host, port)


def _make(folder: Path) -> None:
    if not (folder / "city.toml").exists():
        pipeline.new_project(folder, "musterstadt")


def _publish(folder: Path) -> None:
    """Build and publish a release where none is published yet."""
    project = load_project(folder)
    store = Store(project.releases)
    if store.published_id is not None:
        return
    with progress() as tell:
        result = pipeline.build(project, tell, who="demo")
    pipeline.approve(store, result.release, "demo")
    pipeline.publish(store, result.release, "demo")
    say(f"Release {result.release.id} built in {result.seconds:.1f} s and published.")


def _print_accounts() -> None:
    from sozialraum.web.accounts import demo_accounts  # knows Django, which --build-only can do without

    say("Demo accounts (never use them for a real city):")
    for account in demo_accounts():
        say(f"  {account.role.title()}: {account.name} / {account.password}")


def _serve_afresh(folder: Path, host: str, port: int) -> None:
    """Hand over to a new process: a server forks its workers, and a fork of one whose engines ran threads hangs."""
    command = [sys.executable, "-m", "sozialraum", "serve", str(folder), "--host", host, "--port", str(port)]
    out.file.flush()
    os.execv(sys.executable, command)
