"""Commands about releases: verify, diff, approve, publish, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from sozialraum import pipeline
from sozialraum.cli.arguments import AsJson, ProjectFolder, ReleaseFolder, Somebody, Yes, confirm
from sozialraum.cli.terminal import out, print_faults, print_json, say, table, typed
from sozialraum.errors import Fault, ReleaseError
from sozialraum.releases import Release, State, Store, diff_releases, verify_release

app = typer.Typer()

MOST_ROWS = 200
"""So many changed values are shown on a terminal."""


def _release(folder: Path) -> tuple[Store, Release]:
    folder = _demand_one(folder).resolve()
    store = Store(folder.parent)
    return store, store.release(folder.name)


def _demand_one(folder: Path) -> Path:
    """Return the folder; where it holds releases instead of being one, say what to type.

    Raises:
        ReleaseError: the folder is a project, or all of its releases.
    """
    if (folder / "manifest.json").is_file():
        return folder
    below = folder / "releases" if (folder / "city.toml").is_file() else folder
    found = [typed(release.folder) for release in Store(below).releases()]
    if below != folder and not found:
        advice = f"there is no release in it yet; make one: sozialraum build {typed(folder)}"
        raise ReleaseError(Fault(str(folder), what="this is a project, not a release", advice=advice))
    if found:
        what = f"this is {'a project' if below != folder else 'the folder of all releases'}, not a release"
        raise ReleaseError(Fault(str(folder), what=what, advice=f"name one of {', '.join(found)}"))
    return folder


def _reason(text: str) -> str:
    if not text.strip():
        raise typer.BadParameter("say why, in a few words")
    return text.strip()


@app.command()
def verify(release: ReleaseFolder, as_json: AsJson = False) -> None:
    """Check hashes, signature and shape, and run the disclosure audit; reads only releases.

    The release is attacked together with those beside it that were approved and not withdrawn.
    """
    faults = verify_release(_demand_one(release).resolve())
    report = pipeline.audit_together(release.resolve()) if not faults else None
    passed = not faults and report is not None and report.passed
    if as_json:
        print_json({"passed": passed, "faults": [f.as_json() for f in faults], "audit": report and report.as_json()})
    elif report is None:
        print_faults(tuple(faults))
    else:
        say("Hashes, signature and shape: as signed", style="green")
        for note in faults.notes:
            say(f"note: {note}")
        say(str(report))
        if passed and (found := Release(release.resolve())).stored_state in (State.DRAFT, State.IN_REVIEW):
            say(f"Next: sozialraum approve {typed(found.folder)} --who NAME")
    if not passed:
        raise typer.Exit(1)


@app.command()
def diff(before: ReleaseFolder, after: ReleaseFolder, as_json: AsJson = False) -> None:
    """Show what changed from one release to the next: values, scores, types, areas, definitions, statuses."""
    difference = diff_releases(_release(before)[1], _release(after)[1])
    if as_json:
        print_json(difference.as_json())
        return
    if difference.empty:
        say("Nothing changed.")
        return
    for name, change in difference.documents.items():
        say(f"{change:<8} {name}")
    for row in difference.areas.iter_rows(named=True):
        say(f"{row['change']:<8} area {row['area_system']} {row['code']} {row['name']}")
    for row in difference.types.iter_rows(named=True):
        say(f"{row['change']:<8} types of {row['typology']} in {row['area_system']}")
    _print("values", "indicator", difference.values, _difference)
    if not difference.scores.is_empty():
        _print("scores", "composite", difference.scores, _score_difference)


def _print(what: str, of: str, frame: pl.DataFrame, row_of: Callable[[dict[str, Any]], tuple[str, ...]]) -> None:
    headers = ("change", of, "area", "period", "before", "after")
    rows = [row_of(row) for row in frame.head(MOST_ROWS).iter_rows(named=True)]
    out.print(table(f"{frame.height:,} {what}", headers, rows))
    if frame.height > MOST_ROWS:
        say(f"These are the first {MOST_ROWS}; --json gives all.")


def _score_difference(row: dict[str, Any]) -> tuple[str, ...]:
    sides = (_classed(row, "before"), _classed(row, "after"))
    return row["change"], row["composite"], f"{row['area_system']} {row['area']}", row["period"], *sides


def _classed(row: dict[str, Any], side: str) -> str:
    """Return score and class, and the class of the dynamics."""
    shown = _shown(row[side], row[f"status_{side}"])
    classes = [row[f"{name}_{side}"] for name in ("class", "dynamics_class") if row[f"{name}_{side}"]]
    return ", ".join([shown, *classes])


def _difference(row: dict[str, Any]) -> tuple[str, ...]:
    sides = _shown(row["before"], row["status_before"]), _shown(row["after"], row["status_after"])
    return row["change"], row["indicator"], f"{row['area_system']} {row['area']}", row["period"], *sides


def _shown(value: float | None, status: str | None) -> str:
    if status is None:
        return ""
    return status if value is None else f"{value:.6g}" + ("" if status == "ok" else f" ({status})")


@app.command()
def approve(release: ReleaseFolder, who: Somebody = "") -> None:
    """Approve a draft after verifying it; a release whose audit fails can not be approved."""
    store, found = _release(release)
    pipeline.approve(store, found, who)
    say(f"{found.id} is approved by {who}.", style="green")
    say(f"Next: sozialraum publish {typed(found.folder)}")


@app.command()
def publish(release: ReleaseFolder, who: Somebody = "", yes: Yes = False, as_json: AsJson = False) -> None:
    """Make an approved release the one that everyone sees, in one step.

    Where a newer release is public, it asks first: everyone would see older numbers again.
    """
    store, found = _release(release)

    def consent(public: pipeline.Replaced) -> None:
        if public.newer:
            confirm(f"{found.id} would replace {public.id}, which is newer.", yes=yes, as_json=as_json)

    before = pipeline.publish(store, found, who, consent=consent)
    if as_json:
        print_json({"release": found.id, "state": State.PUBLISHED, "replaces": before.id if before else None})
        return
    say(f"{found.id} is published." + (f" It replaces {before.id}." if before else ""), style="green")
    say(f"Next: sozialraum serve {typed(found.folder.parent.parent)}")


@app.command()
def withdraw(
    folder: ProjectFolder,
    release: Annotated[str, typer.Argument(help="The release's id, or its folder.", metavar="RELEASE")],
    reason: Annotated[
        str, typer.Option(help="Why; written into the release's history.", metavar="TEXT", callback=_reason)
    ],
    who: Somebody = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Take a release back for good; the public sees the release before it, or none.

    The folder stays for the record. Where the release was public, the pages go back to the newest older release that
    was public before and is still as signed; where there is none, they say that nothing is published.
    """
    store = Store(folder.resolve() / "releases")
    found = store.release(Path(release).name)
    confirm(f"{found.id} can never be published again.", yes=yes, as_json=as_json)
    was_public = found.id == store.published_id
    instead = pipeline.withdraw(store, found, who, reason)
    if as_json:
        print_json({"release": found.id, "state": State.WITHDRAWN, "published": store.published_id})
        return
    say(f"{found.id} is withdrawn.", style="green")
    if was_public:
        say(f"The public sees {instead.id} again." if instead else "Nothing is public now; the pages say so.")
