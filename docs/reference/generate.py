"""Generate docs/reference from what the software says of itself: ``make docs``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sozialraum.analysis.reference import composite_reference
from sozialraum.catalogue import load_catalogue, load_project
from sozialraum.catalogue.project import BUILT_IN
from sozialraum.catalogue.schema import write_schemas
from sozialraum.cli.commands import COMMANDS, load
from sozialraum.indicators.reference import indicator_reference
from sozialraum.indicators.reference_page import indicator_page
from sozialraum.musterstadt.project import PROJECTS
from sozialraum.releases import draw_states
from sozialraum.tables.status import PRECEDENCE, SDMX_OBSERVATION, SYMBOLS

HERE = Path(__file__).parent
INDICATORS = "indicators"
ATTACKS = HERE.parents[1] / "tests" / "attacks"


def command_reference() -> str:
    """Return the help of every command as Markdown."""
    parts = ["# The command line\n", "Exit codes: 0 done, 1 faults in the input, 2 wrong use.\n"]
    for name in COMMANDS:
        parts += _command(f"sozialraum {name}", load(name))
    return "\n".join(parts)


def _command(name: str, command: Any) -> Iterator[str]:
    """Yield the lines of a command, and those of the commands below it."""
    yield f"## {name}\n"
    yield f"{(command.help or '').strip()}\n"
    if parameters := [parameter for parameter in command.params if parameter.name != "help"]:
        yield from ("| argument or option | |", "| --- | --- |")
        yield from (_parameter_row(parameter) for parameter in parameters)
        yield ""
    for sub, below in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {sub}", below)


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


def attacks_reference() -> str:
    """Return what each attack of tests/attacks learns from its control and from Musterstadt's releases; builds both."""
    sys.path[:0] = [str(ATTACKS), str(ATTACKS.parent)]
    import keyed
    from evidence import musterstadt, table
    from sixteen import reformed

    with tempfile.TemporaryDirectory() as folder:
        town = musterstadt(Path(folder) / "town")
        rows, seen = table(town), len(list(reformed(town.cases()[5][0]())))
        keys = keyed.table(
            keyed.town(Path(folder) / "keyed", limit=3),
            keyed.town(Path(folder) / "careless", limit=1_000, ages=keyed.AGES),
        )
    intro = f"""Each attack reads the files of a release of Musterstadt (1,000 houses) as an outsider would. It is tried
on the release, and on a control: the same data less well protected, where it must succeed. *struck*: numbers below 3
are struck out and no more; *open*: nothing is; *noisy*: each number is moved on its own by 2 at most. What is learnt
counts only where it is true.

Sums (attacks 6 and 7) are those of the turnover of firms, some of which have one owner, and of ages. Each owner knows
their own; tried are the sums that are told, and what larger areas leave *beside* their parts.

Before the second release {town.upheaval.moved} households moved to another house, {town.upheaval.demolished} houses
were pulled down with those who lived there, and one person in 97 was struck off the register. Attack 5 then sees {seen}
cells that differ by one to three households. They tell who came and went, which is
[a risk that remains](../explanation/disclosure.md#what-remains-as-risk); what counts as learnt is a number of
households that still live where they lived.

One thing is not proved by this table. Shares of 100 % and 0 % count only where the policy blocks them. It does for
shares of people on benefits; those of age, household, origin and day care are not sensitive and are shown.
"""
    return "\n".join(["# Attacks on a release\n", intro, rows, "", KEYED, keys, "", OTHERS])


KEYED = """## Cell keys

No policy of the town uses cell keys. So attack 15 (known perturbation table, secret key) is tried on a release with the
same register of persons under `method = "cell_key"`, and attack 2 once more. An outsider reads the public counts and
the table, which the manifest tells; a claim is a number that somebody takes for certain.
"""

OTHERS = """With a limit of 3 breakdowns the release of the last row is not built.

## Flensburg

The attacks on tables run on Flensburg's release too, where its open data lies beside the project. Its smallest rest of
a share is 30 people and its smallest count of several dimensions 11, so attacks 3 and 10 find nothing in it, protected
or not; they are tried with a small number planted, which they find, and do not find behind the door.

## Changed by hand

`tests/attacks/test_by_hand.py` takes a release that passed and changes one thing: a withheld number is told, a true one
is written over a rounded one, a school district is added that leaves 3 people of a quarter. The audit names the number.
"""


def pages() -> dict[str, str]:
    """Return every generated page by name."""
    sys.path.insert(0, str(HERE))  # for whoever loads this file without running it
    from methods_page import methods_reference

    return {
        "commands.md": command_reference(),
        "composites.md": composite_reference(load_catalogue()),
        "indicators.md": indicator_reference(load_catalogue()),
        "methods.md": methods_reference(),
        "states.md": states_reference(),
        "status.md": status_reference(),
        **indicator_pages(),
    }


def indicator_pages() -> dict[str, str]:
    """Return the page of every built-in indicator by name; Musterstadt's sources are its examples."""
    catalogue, sources = load_catalogue(), load_project(PROJECTS / "musterstadt").sources
    return {
        f"{INDICATORS}/{name}.md": indicator_page(
            name, catalogue, text=(BUILT_IN / INDICATORS / f"{name}.toml").read_text("utf-8"), sources=sources
        )
        for name in catalogue.indicators
    }


def write_pages() -> None:
    """Write all pages but that of the attacks, and the JSON Schemas; pages of indicators that are no more go."""
    found = pages()
    for path in (HERE / INDICATORS).glob("*.md"):
        if f"{INDICATORS}/{path.name}" not in found:
            path.unlink()
    (HERE / INDICATORS).mkdir(exist_ok=True)
    for name, text in found.items():
        (HERE / name).write_text(text, encoding="utf-8")
    write_schemas(HERE / "schema")


def main() -> None:
    """Write all pages; with ``--quick`` without that of the attacks, for which towns are built."""
    write_pages()
    if "--quick" not in sys.argv:
        (HERE / "attacks.md").write_text(attacks_reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
