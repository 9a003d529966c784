"""The command ``sozialraum``. It translates: arguments in, calls to the pipeline, sentences (or JSON) out.

Exit codes: 0 done, 1 faults in the input, 2 wrong use.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sozialraum import __version__, pipeline
from sozialraum.audit import audit_release
from sozialraum.catalogue import Project, load_project
from sozialraum.errors import Fault, InputError, SozialraumError
from sozialraum.releases import Release, State, Store, diff_releases, verify_release

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A municipality knows, plans, acts and listens without ever learning anything about a single person.",
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ProjectFolder = Annotated[Path, typer.Argument(help="The city's project folder (with city.toml).", metavar="DIR")]
ReleaseFolder = Annotated[Path, typer.Argument(help="A release folder (DIR/releases/ID).", metavar="RELEASE")]
Deliveries = Annotated[
    Path | None, typer.Option(help="Where the delivered files are, if not in DIR/deliveries.", metavar="DIR")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON for machines.")]
Who = Annotated[str, typer.Option(help="Who does this; written into the release's history.", envvar="USER")]


def main() -> None:
    """Run the command line; no traceback for a user's mistake."""
    with errors_as_sentences():
        app()


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Turn everything the software says on purpose into sentences and exit code 1."""
    try:
        yield
    except InputError as error:
        _print_faults(error.faults)
        sys.exit(1)
    except SozialraumError as error:
        err.print(f"[bold red]{error}[/]")
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("Stopped. Nothing was changed.")
        sys.exit(1)


def _print_faults(faults: tuple[Fault, ...], *, title: str = "fault") -> None:
    for fault in faults:
        err.print(str(fault), markup=False, soft_wrap=True)
    err.print(f"[bold]{len(faults)} {title}{'' if len(faults) == 1 else 's'}[/]")


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"sozialraum {__version__}")
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
                err.print(step.title, markup=False)

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


def _print_json(content: Any) -> None:
    out.print_json(json.dumps(content, ensure_ascii=False, default=str))


@app.command()
def new(
    folder: ProjectFolder,
    template: Annotated[
        str, typer.Option("--from", help="musterstadt, region or empty.", metavar="TEMPLATE")
    ] = "empty",
) -> None:
    """Make a project folder with everything to start."""
    pipeline.new_project(folder, template)
    out.print(f"Made the project {folder}. Next: sozialraum check {folder}")


@app.command()
def check(folder: ProjectFolder, deliveries: Deliveries = None, as_json: AsJson = False) -> None:
    """Read every TOML and every delivery, report all faults, build nothing."""
    with progress() as tell:
        notes = pipeline.check(_project(folder, deliveries), tell)
    if as_json:
        _print_json({"faults": [], "notes": [note.as_json() for note in notes]})
        return
    for note in notes:
        out.print(f"note: {note}", markup=False, soft_wrap=True)
    out.print(f"[green]No faults[/], {len(notes)} notes.")


@app.command()
def build(folder: ProjectFolder, deliveries: Deliveries = None, who: Who = "unknown", as_json: AsJson = False) -> None:
    """Make a draft release from the deliveries."""
    with progress() as tell:
        result = pipeline.build(_project(folder, deliveries), tell, who=who)
    if as_json:
        _print_json(result.as_json())
        return
    for note in result.notes:
        out.print(f"note: {note}", markup=False, soft_wrap=True)
    for table in _build_tables(result):
        out.print(table)
    verdict = "[green]passed[/]" if result.audit_passed else "[bold red]failed[/]"
    out.print(f"Draft release [bold]{result.release.id}[/] in {result.seconds:.1f} s; disclosure audit {verdict}.")
    out.print(f"Next: sozialraum approve {result.release.folder} --who NAME")


def _build_tables(result: pipeline.BuildResult) -> Iterator[Table]:
    package = Table(title="What the release holds")
    for header in ("", "public", "internal"):
        package.add_column(header, justify="left" if not header else "right")
    for name, public, internal in result.holdings():
        package.add_row(name, f"{public:,}", f"{internal:,}")
    yield package
    withheld = Table(title="What was withheld in the public package, and why")
    for header in ("policy", "counts", "too small", "to protect those", "share"):
        withheld.add_column(header, justify="left" if header == "policy" else "right")
    for row in result.withheld():
        withheld.add_row(*row)
    yield withheld
    if result.unresolved:
        missing = Table(title="Indicators without data, and why")
        missing.add_column("indicator")
        missing.add_column("why")
        for indicator, why in result.unresolved.items():
            missing.add_row(indicator, why)
        yield missing


@app.command()
def verify(release: ReleaseFolder, as_json: AsJson = False) -> None:
    """Check hashes, signature and shape, and run the disclosure audit; reads only the release."""
    faults = verify_release(release.resolve())
    report = audit_release(release.resolve()) if not faults else None
    passed = not faults and report is not None and report.passed
    if as_json:
        _print_json({"passed": passed, "faults": [f.as_json() for f in faults], "audit": report and report.as_json()})
    else:
        _print_faults(tuple(faults)) if faults else out.print("Hashes, signature and shape: [green]as signed[/]")
        if report:
            out.print(str(report), markup=False)
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
        out.print("Nothing changed.")
        return
    for name, change in difference.documents.items():
        out.print(f"{change:<8} {name}", markup=False)
    for row in difference.areas.iter_rows(named=True):
        out.print(f"{row['change']:<8} area {row['area_system']} {row['code']} {row['name']}", markup=False)
    table = Table(title=f"{difference.values.height} values")
    for header in ("change", "indicator", "area", "period", "before", "after"):
        table.add_column(header)
    for row in difference.values.head(200).iter_rows(named=True):
        sides = [_shown(row["before"], row["status_before"]), _shown(row["after"], row["status_after"])]
        table.add_row(row["change"], row["indicator"], f"{row['area_system']} {row['area']}", row["period"], *sides)
    out.print(table)


def _shown(value: float | None, status: str | None) -> str:
    if status is None:
        return ""
    return status if value is None else f"{value:.6g}" + ("" if status == "ok" else f" ({status})")


@app.command()
def approve(release: ReleaseFolder, who: Who = "unknown") -> None:
    """Approve a draft after verifying it; a release whose audit fails can not be approved."""
    store, found = _release(release)
    pipeline.approve(store, found, who)
    out.print(f"{found.id} is approved by {who}. Next: sozialraum publish {release}")


@app.command()
def publish(release: ReleaseFolder, who: Who = "unknown", as_json: AsJson = False) -> None:
    """Make an approved release the one that everyone sees, in one step."""
    store, found = _release(release)
    pipeline.publish(store, found, who)
    if as_json:
        _print_json({"release": found.id, "state": State.PUBLISHED})
        return
    out.print(f"[green]{found.id} is published.[/]")


@app.command()
def explain(
    folder: ProjectFolder,
    indicator: Annotated[str, typer.Argument(help="The indicator's id.")],
    area: Annotated[str, typer.Argument(help="The area's code or name.")],
    period: Annotated[str, typer.Argument(help="The period, e.g. 2024.")],
    deliveries: Deliveries = None,
    as_json: AsJson = False,
) -> None:
    """Show a number's way back to the rows of the deliveries."""
    found = pipeline.explain(_project(folder, deliveries), indicator, area, period)
    if as_json:
        _print_json(found.as_json())
        return
    out.print(found.as_text(), markup=False, soft_wrap=True)


@app.command()
def microcells(  # noqa: PLR0913 - a command's options are its parameters
    buildings: Annotated[Path, typer.Argument(help="Houses with a geometry, or with x and y.", metavar="BUILDINGS")],
    target: Annotated[Path, typer.Argument(help="GeoParquet to write (.parquet).", metavar="OUT")],
    minimum: Annotated[int, typer.Option(help="The fewest households of a cell.")] = 4,
    mode: Annotated[str, typer.Option(help="street or geometry.")] = "street",
    households: Annotated[str | None, typer.Option(help="Column with the households.", metavar="COLUMN")] = None,
    assume_households: Annotated[int | None, typer.Option(help="So many in every building.", metavar="N")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="street=strname: where another column is.", metavar="OURS=THEIRS")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer, or file of an archive.")] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the coordinates, e.g. EPSG:25832.")] = None,
    area_file: Annotated[Path | None, typer.Option(help="Areas that no cell crosses.")] = None,
    area_code: Annotated[str | None, typer.Option(help="The area file's column of codes.")] = None,
    threads: Annotated[int | None, typer.Option(help="All processors by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bundle buildings into microcells and report on their quality."""
    from sozialraum.microcells import Formation, Reading, form_cells, read_buildings, write_cells  # loads a compiler

    options = Formation(minimum=minimum, mode=mode, threads=threads)  # type: ignore[arg-type]
    columns = dict(pair.partition("=")[::2] for pair in column or ()) | (
        {"households": households} if households else {}
    )
    reading = Reading(layer, crs, columns, assume_households, area_file, area_code)
    if target.exists() and target.resolve() == buildings.resolve():
        raise InputError(Fault(str(target), what="this is the delivery itself", advice="name another file to write"))
    found = read_buildings(buildings, reading)
    for note in found.notes:
        err.print(f"note: {note}", markup=False, soft_wrap=True)
    cells = form_cells(found.houses, options, name=str(buildings))
    report = write_cells(target, cells)
    _print_json(cells.quality.as_json()) if as_json else out.print(cells.quality.as_text(), markup=False)
    err.print(f"Wrote {target} and {report}", markup=False)


@app.command()
def serve(
    folder: ProjectFolder,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the platform."""
    from sozialraum import web

    web.serve(_project(folder).folder, host=host, port=port)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the demo.", metavar="DIR")] = Path("demo"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
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
        out.print(f"Release {result.release.id} built in {result.seconds:.1f} s and published.")
    if build_only:
        return
    out.print("Demo accounts (never use them for a real city):")
    web.prepare(project.folder)
    for account in web.demo_accounts():
        out.print(f"  {account.role}: {account.name} / {account.password}", markup=False)
    out.print(f"[bold]http://{'localhost' if host == '127.0.0.1' else host}:{port}[/]  (Ctrl+C stops it)")
    web.serve(project.folder, host=host, port=port)


if __name__ == "__main__":
    main()
