"""The command serve: the platform for one project."""

from __future__ import annotations

import os

import typer

from sozialraum import web
from sozialraum.catalogue import load_project
from sozialraum.cli.arguments import Host, Port, ProjectFolder
from sozialraum.cli.terminal import out, say
from sozialraum.releases import Store
from sozialraum.web.instance import HOSTS
from sozialraum.web.serving import EVERYWHERE

app = typer.Typer()


@app.command()
def serve(folder: ProjectFolder, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the platform."""
    project = load_project(folder)
    web.demand_address(host, port)
    if Store(project.releases).published() is None:
        say("Nothing is published yet; the pages say so. See: sozialraum publish --help")

    def announce() -> None:
        if host in EVERYWHERE and not os.environ.get(HOSTS):
            say(f"note: other machines are refused until {HOSTS} names the host that they ask for")
        say(f"{web.address_of(host, port)}  (Ctrl+C stops it)", style="bold")
        out.file.flush()

    web.serve(project.folder, host=host, port=port, ready=announce)
