"""Which commands there are. Each lives in a module that is imported only when the command runs, so that help is quick.

What the software says on purpose becomes sentences (or JSON) and exit code 1, no traceback.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from sozialraum.cli.arguments import AS_JSON
from sozialraum.cli.terminal import err, refuse, say
from sozialraum.errors import SozialraumError


class Entry(NamedTuple):
    """A line of the help: the module that holds the command, and the first sentence of the command's own help."""

    module: str
    help: str


COMMANDS: Mapping[str, Entry] = MappingProxyType(
    {
        "new": Entry("project", "Make a project folder with everything to start."),
        "schemas": Entry(
            "project",
            "Write the documents' JSON Schemas into a project, and what tells editors of them; again after an update.",
        ),
        "check": Entry("project", "Read every TOML and every delivery, report all faults, build nothing."),
        "build": Entry("project", "Make a draft release from the deliveries."),
        "area": Entry("area", "Add areas that somebody drew on a map; the next build counts who lives in them."),
        "verify": Entry(
            "review", "Check hashes, signature and shape, and run the disclosure audit; reads only releases."
        ),
        "diff": Entry(
            "review",
            "Show what changed from one release to the next: values, scores, types, areas, definitions, statuses.",
        ),
        "approve": Entry(
            "review", "Approve a draft after verifying it; a release whose audit fails can not be approved."
        ),
        "publish": Entry("review", "Make an approved release the one that everyone sees, in one step."),
        "withdraw": Entry("review", "Take a release back for good; the public sees the release before it, or none."),
        "explain": Entry("project", "Show a number's way back to the rows of the deliveries. Confidential."),
        "disclosure": Entry(
            "disclosure",
            "Show what the policies withhold, what others would, and which numbers take others along. Confidential.",
        ),
        "retention": Entry("retention", "List deliveries in the vault that are kept longer than their source allows."),
        "microcells": Entry("microcells", "Bundle buildings into microcells and report on their quality."),
        "users": Entry("users", "Accounts of the platform: add, list, change, remove."),
        "serve": Entry("serving", "Serve the platform."),
        "demo": Entry(
            "demo", "Make the synthetic town Musterstadt, build, publish and serve it, and print demo accounts."
        ),
    }
)

EXTRAS = {"psycopg": "postgresql", "pyspark": "spark"}
"""Optional packages and the extra that brings them; every other comes with ``web``."""

STOPPED = 130
"""Exit code after Ctrl+C, as shells use it."""


def load(name: str) -> Any:
    """Import what a command needs and return the command; a module without one of this name is a group itself."""
    group = get_group(import_module(f"sozialraum.cli.{COMMANDS[name].module}").app)
    return group.commands.get(name, group)


class Commands(TyperGroup):
    """Lists every command without importing one, and runs the one that is named."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands.update({name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the arguments name and load it."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else found, rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except (SozialraumError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # nobody reads on (`| head`): the caller ends quietly
            refuse(error, as_json=ctx.meta.get(AS_JSON, False))
            raise typer.Exit(1) from error
        except ModuleNotFoundError as missing:
            package = str(missing.name).partition(".")[0]
            if package == "sozialraum":
                raise
            extra = EXTRAS.get(package, "web")
            say(f"{missing.name} is not installed; install it with: pip install 'sozialraum[{extra}]'", to=err)
            raise typer.Exit(1) from missing
        except KeyboardInterrupt as stop:
            say("Stopped.", to=err)
            raise typer.Exit(STOPPED) from stop
