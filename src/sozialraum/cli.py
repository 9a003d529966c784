"""The command ``sozialraum``. It translates: arguments in, calls to the pipeline, sentences (or JSON) out.

Exit codes: 0 done, 1 faults in the input, 2 wrong use. With ``--json`` standard output holds one JSON document, in case
of faults too (``{"error": ..., "faults": [...]}``); progress and notes go to standard error.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from sozialraum import __version__, pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import Project, load_project
from sozialraum.errors import Fault, InputError, SozialraumError
from sozialraum.musterstadt import TEMPLATES
from sozialraum.releases import Release, State, Store, diff_releases, verify_release

MOST_ROWS = 200
"""So many changed values are shown on a terminal."""

STOPPED = 130
"""Exit code after Ctrl+C, as shells use it."""


class Commands(TyperGroup):
    """Runs a command. What the software says on purpose becomes sentences (or JSON) and exit code 1, no traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except (SozialraumError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # nobody reads on (`| head`): the caller ends quietly
            _refuse(error, as_json=ctx.meta.get(AS_JSON, False))
            raise typer.Exit(1) from error
        except ModuleNotFoundError as missing:
            if str(missing.name).partition(".")[0] == "sozialraum":
                raise
            _say(f"{missing.name} is not installed; install it with: pip install 'sozialraum[web]'", to=err)
            raise typer.Exit(1) from missing
        except KeyboardInterrupt as stop:
            _say("Stopped.", to=err)
            raise typer.Exit(STOPPED) from stop


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A municipality knows, plans, acts and listens without ever learning anything about a single person.",
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

AS_JSON = "sozialraum.json"


def _remember_json(ctx: typer.Context, wanted: bool) -> bool:
    """Note for :class:`Commands` how faults are to be told."""
    ctx.meta[AS_JSON] = wanted
    return wanted


def _template(name: str) -> str:
    if name not in TEMPLATES:
        raise typer.BadParameter(f"there is no template {name!r}; choose one of {', '.join(TEMPLATES)}")
    return name


def _pairs(pairs: list[str] | None) -> list[str] | None:
    for pair in pairs or ():
        ours, _, theirs = pair.partition("=")
        if not (ours and theirs):
            raise typer.BadParameter(f"{pair!r} is no pair; write street=strname")
    return pairs


ProjectFolder = Annotated[Path, typer.Argument(help="The city's project folder (with city.toml).", metavar="DIR")]
ReleaseFolder = Annotated[Path, typer.Argument(help="A release folder (DIR/releases/ID).", metavar="RELEASE")]
Deliveries = Annotated[
    Path | None, typer.Option(help="Where the delivered files are, if not in DIR/deliveries.", metavar="DIR")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON for machines.", callback=_remember_json)]
Who = Annotated[str, typer.Option(help="Who does this; written into the release's history.", envvar="USER")]
Port = Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)]


def main() -> None:
    """Run the command line."""
    app()


def _say(text: str, *, style: str = "", to: Console = out) -> None:
    """Print a text as it is: brackets in it are no markup, and no line is broken (paths can be copied)."""
    to.print(Text(text, style=style), soft_wrap=True)


def _refuse(error: SozialraumError | OSError, *, as_json: bool) -> None:
    """Say why a command could not be done."""
    faults = error.faults if isinstance(error, InputError) else ()
    message = _how_many(faults) if faults else str(error)
    if isinstance(error, OSError):
        message = f"{error.filename or 'a file'}: it can not be read or written ({error.strerror or error})"
    if as_json:
        _print_json({"error": message, "faults": [fault.as_json() for fault in faults]})
    elif faults:
        _print_faults(faults)
    else:
        _say(message, style="bold red", to=err)


def _print_faults(faults: Sequence[Fault]) -> None:
    for fault in faults:
        _say(str(fault), to=err)
    _say(_how_many(faults), style="bold", to=err)


def _how_many(faults: Sequence[Fault]) -> str:
    return f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def _table(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], *, right: int = 0) -> Table:
    """Make a table; the last ``right`` columns hold numbers."""
    table = Table(title=title)
    for at, header in enumerate(headers):
        table.add_column(header, justify="right" if at >= len(headers) - right else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _version(wanted: bool) -> None:
    if wanted:
        _say(f"sozialraum {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


@contextmanager
def progress() -> Iterator[Callable[[pipeline.Step], None]]:
    """Show steps: a bar on a terminal, plain lines elsewhere."""
    if not err.is_terminal:
        seen: set[str] = set()

        def tell_line(step: pipeline.Step) -> None:
            if step.title not in seen:
                seen.add(step.title)
                _say(step.title, to=err)

        yield tell_line
        return
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, Any] = {}

        def tell_bar(step: pipeline.Step) -> None:
            if step.title not in tasks:
                tasks[step.title] = bars.add_task(step.title, total=step.total)
            bars.update(tasks[step.title], completed=step.done, total=step.total)

        yield tell_bar


def _project(folder: Path, deliveries: Path | None = None) -> Project:
    return load_project(folder, deliveries)


def _release(folder: Path) -> tuple[Store, Release]:
    folder = folder.resolve()
    store = Store(folder.parent)
    return store, store.release(folder.name)


@app.command()
def new(
    folder: ProjectFolder,
    template: Annotated[
        str,
        typer.Option("--from", help=f"One of {', '.join(TEMPLATES)}.", metavar="TEMPLATE", callback=_template),
    ] = "empty",
) -> None:
    """Make a project folder with everything to start."""
    pipeline.new_project(folder, template)
    _say(f"Made the project {folder}. Next: sozialraum check {folder}")


@app.command()
def check(folder: ProjectFolder, deliveries: Deliveries = None, as_json: AsJson = False) -> None:
    """Read every TOML and every delivery, report all faults, build nothing."""
    with progress() as tell:
        notes = pipeline.check(_project(folder, deliveries), tell)
    if as_json:
        _print_json({"faults": [], "notes": [note.as_json() for note in notes]})
        return
    for note in notes:
        _say(f"note: {note}")
    _say(f"No faults, {len(notes)} notes.", style="green")


@app.command()
def build(folder: ProjectFolder, deliveries: Deliveries = None, who: Who = "unknown", as_json: AsJson = False) -> None:
    """Make a draft release from the deliveries."""
    with progress() as tell:
        result = pipeline.build(_project(folder, deliveries), tell, who=who)
    if as_json:
        _print_json(result.as_json())
        return
    for note in result.notes:
        _say(f"note: {note}")
    for table in _build_tables(result):
        out.print(table)
    if rest := result.unresolved.keys() - result.own:
        _say(f"{len(rest)} indicators of the built-in catalogue have no data here (--json says why).")
    _say(f"Draft release {result.release.id} in {result.seconds:.1f} s.", style="bold")
    if result.audit_passed:
        _say("Disclosure audit passed.", style="green")
        _say(f"Next: sozialraum approve {result.release.folder} --who NAME")
    else:
        _say(f"Disclosure audit failed; see {result.release.folder / 'audit.json'}", style="bold red")


def _build_tables(result: pipeline.BuildResult) -> Iterator[Table]:
    holdings = [(name, f"{public:,}", f"{internal:,}") for name, public, internal in result.holdings()]
    yield _table("What the release holds", ("", "public", "internal"), holdings, right=2)
    headers = ("policy", "counts", "too small", "to protect those", "share")
    yield _table("What was withheld in the public package, and why", headers, result.withheld(), right=4)
    own = {name: why for name, why in result.unresolved.items() if name in result.own}
    if own:
        yield _table("Your indicators without data, and why", ("indicator", "why"), own.items())


@app.command()
def verify(release: ReleaseFolder, as_json: AsJson = False) -> None:
    """Check hashes, signature and shape, and run the disclosure audit; reads only the release."""
    faults = verify_release(release.resolve())
    report = audit_release(release.resolve()) if not faults else None
    passed = not faults and report is not None and report.passed
    if as_json:
        _print_json({"passed": passed, "faults": [f.as_json() for f in faults], "audit": report and report.as_json()})
    elif report is None:
        _print_faults(tuple(faults))
    else:
        _say("Hashes, signature and shape: as signed", style="green")
        for note in faults.notes:
            _say(f"note: {note}")
        _say(str(report))
    if not passed:
        raise typer.Exit(1)


@app.command()
def diff(before: ReleaseFolder, after: ReleaseFolder, as_json: AsJson = False) -> None:
    """Show what changed from one release to the next: values, areas, definitions, statuses."""
    difference = diff_releases(_release(before)[1], _release(after)[1])
    if as_json:
        _print_json(difference.as_json())
        return
    if difference.empty:
        _say("Nothing changed.")
        return
    for name, change in difference.documents.items():
        _say(f"{change:<8} {name}")
    for row in difference.areas.iter_rows(named=True):
        _say(f"{row['change']:<8} area {row['area_system']} {row['code']} {row['name']}")
    headers = ("change", "indicator", "area", "period", "before", "after")
    rows = [_difference(row) for row in difference.values.head(MOST_ROWS).iter_rows(named=True)]
    out.print(_table(f"{difference.values.height:,} values", headers, rows))
    if difference.values.height > MOST_ROWS:
        _say(f"These are the first {MOST_ROWS}; --json gives all.")


def _difference(row: dict[str, Any]) -> tuple[str, ...]:
    sides = _shown(row["before"], row["status_before"]), _shown(row["after"], row["status_after"])
    return row["change"], row["indicator"], f"{row['area_system']} {row['area']}", row["period"], *sides


def _shown(value: float | None, status: str | None) -> str:
    if status is None:
        return ""
    return status if value is None else f"{value:.6g}" + ("" if status == "ok" else f" ({status})")


@app.command()
def approve(release: ReleaseFolder, who: Who = "unknown") -> None:
    """Approve a draft after verifying it; a release whose audit fails can not be approved."""
    store, found = _release(release)
    pipeline.approve(store, found, who)
    _say(f"{found.id} is approved by {who}. Next: sozialraum publish {release}")


@app.command()
def publish(release: ReleaseFolder, who: Who = "unknown", as_json: AsJson = False) -> None:
    """Make an approved release the one that everyone sees, in one step."""
    store, found = _release(release)
    pipeline.publish(store, found, who)
    if as_json:
        _print_json({"release": found.id, "state": State.PUBLISHED})
        return
    _say(f"{found.id} is published.", style="green")


@app.command()
def explain(
    folder: ProjectFolder,
    indicator: Annotated[str, typer.Argument(help="The indicator's id.")],
    area: Annotated[str, typer.Argument(help="The area's code or name, or SYSTEM:CODE.")],
    period: Annotated[str, typer.Argument(help="The period, e.g. 2024.")],
    deliveries: Deliveries = None,
    as_json: AsJson = False,
) -> None:
    """Show a number's way back to the rows of the deliveries."""
    found = pipeline.explain(_project(folder, deliveries), indicator, area, period)
    if as_json:
        _print_json(found.as_json())
        return
    _say(found.as_text())


@app.command()
def microcells(  # noqa: PLR0913 - a command's options are its parameters
    buildings: Annotated[Path, typer.Argument(help="Houses with a geometry, or with x and y.", metavar="BUILDINGS")],
    target: Annotated[Path, typer.Argument(help="GeoParquet to write (.parquet).", metavar="OUT")],
    minimum: Annotated[int, typer.Option(help="The fewest households of a cell.", min=1)] = 4,
    mode: Annotated[Literal["street", "geometry"], typer.Option(help="What cells follow.")] = "street",
    households: Annotated[str | None, typer.Option(help="Column with the households.", metavar="COLUMN")] = None,
    assume_households: Annotated[int | None, typer.Option(help="So many in every building.", metavar="N")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="street=strname: where another column is.", metavar="OURS=THEIRS", callback=_pairs),
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer, or file of an archive.")] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the coordinates, e.g. EPSG:25832.")] = None,
    area_file: Annotated[Path | None, typer.Option(help="Areas that no cell crosses.")] = None,
    area_code: Annotated[str | None, typer.Option(help="The area file's column of codes.")] = None,
    threads: Annotated[int | None, typer.Option(help="All processors by default.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Bundle buildings into microcells and report on their quality."""
    from sozialraum.microcells import Formation, Reading, form_cells, read_buildings, write_cells  # loads a compiler

    options = Formation(minimum=minimum, mode=mode, threads=threads)
    columns = dict(pair.partition("=")[::2] for pair in column or ()) | (
        {"households": households} if households else {}
    )
    reading = Reading(layer, crs, columns, assume_households, area_file, area_code)
    if target.exists() and target.resolve() == buildings.resolve():
        raise InputError(Fault(str(target), what="this is the delivery itself", advice="name another file to write"))
    found = read_buildings(buildings, reading)
    for note in found.notes:
        _say(f"note: {note}", to=err)
    cells = form_cells(found.houses, options, name=str(buildings))
    report = write_cells(target, cells)
    _print_json(cells.quality.as_json()) if as_json else _say(cells.quality.as_text())
    _say(f"Wrote {target} and {report}", to=err)


@app.command()
def serve(
    folder: ProjectFolder,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Serve the platform."""
    from sozialraum import web

    project = _project(folder)
    _demand_free(host, port)
    if Store(project.releases).published_id is None:
        _say("Nothing is published yet; the pages say so. See: sozialraum publish --help")
    _announce(host, port)
    web.serve(project.folder, host=host, port=port)


def _demand_free(host: str, port: int) -> None:
    """Refuse a port at which somebody answers already: two servers would share it without a word."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        advice = "stop what is running there, or name another port"
        raise InputError(Fault("--port", what="something already answers at this port", value=str(port), advice=advice))


def _announce(host: str, port: int) -> None:
    _say(f"http://{'localhost' if host == '127.0.0.1' else host}:{port}  (Ctrl+C stops it)", style="bold")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the demo.", metavar="DIR")] = Path("demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make everything, serve nothing.")] = False,
) -> None:
    """Make the synthetic town Musterstadt, build, publish and serve it, and print demo accounts."""
    from sozialraum import web

    if not (folder / "city.toml").exists():
        pipeline.new_project(folder, "musterstadt")
    project = _project(folder)
    store = Store(project.releases)
    if store.published_id is None:
        with progress() as tell:
            result = pipeline.build(project, tell, who="demo")
        pipeline.approve(store, result.release, "demo")
        pipeline.publish(store, result.release, "demo")
        _say(f"Release {result.release.id} built in {result.seconds:.1f} s and published.")
    if build_only:
        return
    _demand_free(host, port)
    _say("Demo accounts (never use them for a real city):")
    web.prepare(project.folder)
    for account in web.demo_accounts():
        _say(f"  {account.role}: {account.name} / {account.password}")
    # A fresh process: servers fork their workers, and a fork of one whose engines have run threads hangs.
    command = [sys.executable, "-m", "sozialraum", "serve", str(project.folder), "--host", host, "--port", str(port)]
    out.file.flush()
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
