"""Generate docs/reference from what the software says of itself: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from typer.main import get_command

from sozialraum.catalogue import load_catalogue
from sozialraum.catalogue.schema import write_schemas
from sozialraum.cli import app
from sozialraum.indicators.reference import indicator_reference
from sozialraum.releases import draw_states
from sozialraum.tables.status import PRECEDENCE, SDMX_OBSERVATION, SYMBOLS

HERE = Path(__file__).parent


def command_reference() -> str:
    """Return the help of every command as Markdown."""
    command = get_command(app)
    parts = ["# The command line\n", "Exit codes: 0 done, 1 faults in the input, 2 wrong use.\n"]
    for name, sub in command.commands.items():  # type: ignore[attr-defined]
        parts += [
            f"## sozialraum {name}\n",
            f"{(sub.help or '').strip()}\n",
            "| argument or option | |",
            "| --- | --- |",
        ]
        parts += [_parameter_row(parameter) for parameter in sub.params if parameter.name != "help"]
        parts.append("")
    return "\n".join(parts)


def _parameter_row(parameter: object) -> str:
    options = getattr(parameter, "opts", [])
    shown = ", ".join(f"`{option}`" if option.startswith("-") else f"`{option.upper()}`" for option in options)
    return f"| {shown} | {getattr(parameter, 'help', None) or ''} |"


def states_reference() -> str:
    """Return the states of a release as a diagram."""
    return f"# States of a release\n\n```mermaid\n{draw_states()}\n```\n"


def status_reference() -> str:
    """Return the statuses of a value as a table."""
    symbols = {status: symbol for symbol, status in SYMBOLS.items()}
    rows = [
        f"| `{status}` | `{symbols[status]}` | {SDMX_OBSERVATION[status]} |"
        if status in symbols
        else f"| `{status}` | | {SDMX_OBSERVATION[status]} |"
        for status in PRECEDENCE
    ]
    intro = "A value made from several takes over the first of these that one of them has.\n"
    return "\n".join(
        ["# Status of a value\n", intro, "| status | official symbol | SDMX |", "| --- | --- | --- |", *rows, ""]
    )


def pages() -> dict[str, str]:
    """Return every generated page by name."""
    return {
        "commands.md": command_reference(),
        "indicators.md": indicator_reference(load_catalogue()),
        "states.md": states_reference(),
        "status.md": status_reference(),
    }


def main() -> None:
    """Write all pages and the JSON Schemas."""
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
    write_schemas(HERE / "schema")


if __name__ == "__main__":
    main()
