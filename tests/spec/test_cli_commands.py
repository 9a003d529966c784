"""The command line: exit codes, sentences and JSON, in good cases and in bad ones."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline_samples import Answer, run, tree, write_city
from sozialraum import pipeline
from sozialraum.pipeline.approval import NOT_APPROVABLE, NOT_PUBLISHABLE
from sozialraum.releases import TRANSITIONS, State, verify_release
from sozialraum.releases.files import canonical_json, sha256_of
from sozialraum.web import address_of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with a draft."""
    city = write_city(tmp_path_factory.mktemp("city"))
    assert run("build", city, "--who", "Mara").code == 0
    return city


@pytest.fixture
def city(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "city"))


@pytest.fixture
def draft(city: Path) -> Path:
    return next(city.glob("releases/*/manifest.json")).parent


def fault_of(answer: Answer) -> dict[str, object]:
    """Return the one fault of a JSON answer."""
    assert answer.code == 1
    (fault,) = answer.json["faults"]
    return dict(fault)


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_from_draft_to_public(city: Path, draft: Path) -> None:
    before = tree(draft)
    assert run("verify", draft).code == 0
    approved = run("approve", draft, "--who", "Mara Muster")
    assert (approved.code, approved.out) == (
        0,
        f"{draft.name} is approved by Mara Muster.\nNext: sozialraum publish {draft}\n",
    )
    published = run("publish", draft, "--who", "Ali Amt", "--json")
    assert (published.code, published.json) == (
        0,
        {"release": draft.name, "state": "published", "replaces": None},
    )
    assert (city / "releases" / "published").read_text() == f"{draft.name}\n"
    history = json.loads((draft / "state.json").read_text())["history"]
    assert [(step["state"], step["who"]) for step in history] == [
        ("draft", "Mara"),
        ("in_review", "Mara Muster"),
        ("approved", "Mara Muster"),
        ("published", "Ali Amt"),
    ]
    assert {name for name, content in tree(draft).items() if content != before.get(name)} == {"state.json"}


def test_what_a_build_says(city: Path) -> None:
    answer = run("build", city)
    assert answer.code == 0
    assert "Disclosure audit passed." in answer.out
    assert f"Next: sozialraum approve {city}/releases/" in answer.out  # in one line, to be copied
    assert "indicators of the built-in catalogue have no data here" in answer.out
    assert answer.err.splitlines() == [
        "Reading areas",
        "Reading deliveries",
        "Finding the areas of records",
        "Forming microcells",
        "Counting",
        "Protecting",
        "Writing the release",
        "Attacking the public package",
    ]


def test_a_build_says_why_an_own_indicator_has_no_data(city: Path) -> None:
    own = city / "indicators" / "anteil_unter_6.toml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace('age = "0-5" }', 'age = "0-5", sgb2 = "yes" }'), encoding="utf-8")
    said = " ".join(run("build", city).out.split())
    assert "anteil_unter_6 │ no delivery has persons by sgb2" in said


def test_build_for_machines(city: Path) -> None:
    found = run("build", city, "--json").json
    assert verify_release(Path(found["folder"])).faults == []
    assert found["audit_passed"] is True
    assert found["holdings"]["areas"] == {"public": 5, "internal": 5 + 58}
    assert found["unresolved"]["kinder_in_sgb2"] == "no delivery has persons by sgb2"
    assert {row["depth"] for row in found["suppression"]} == {"public", "internal"}


def test_the_same_deliveries_make_the_same_release(city: Path, draft: Path) -> None:
    second = Path(run("build", city, "--json").json["folder"])
    assert run("diff", draft, second).out == "Nothing changed.\n"
    assert run("diff", draft, second, "--json").json == {
        "values": [],
        "documents": {},
        "areas": [],
        "scores": [],
        "types": [],
    }
    first, again = (json.loads((folder / "manifest.json").read_text())["files"] for folder in (draft, second))
    reports = {"audit.de.html", "audit.en.html"}
    assert {name: first[name] for name in first.keys() - reports} == {n: again[n] for n in again.keys() - reports}
    for name in reports:  # which name the release
        page = (draft / name).read_text(encoding="utf-8")
        assert page.replace(draft.name, second.name) == (second / name).read_text(encoding="utf-8")


def test_the_difference_of_two_releases(city: Path, draft: Path) -> None:
    table = city / "deliveries" / "einwohner.csv"
    table.write_text(table.read_text().replace("2024;01;8066;394", "2024;01;8066;404"))
    note = city / "indicators" / "anteil_unter_6.toml"
    note.write_text(
        note.read_text().replace("decimals = 1", "").replace('unit = "percent"', 'unit = "percent"\ndecimals = 2')
    )
    after = Path(run("build", city, "--json").json["folder"])
    found = run("diff", draft, after, "--json").json
    assert found["documents"] == {"indicators/anteil_unter_6.toml": "changed"}
    changed = {(row["indicator"], row["area"]): (row["before"], row["after"]) for row in found["values"]}
    assert changed["anteil_unter_6", "01"] == (pytest.approx(100 * 394 / 8066), pytest.approx(100 * 404 / 8066))
    assert {area for _, area in changed} == {"01", "03999001"}
    answer = run("diff", draft, after)
    assert "changed  indicators/anteil_unter_6.toml" in answer.out
    assert f"{len(changed)} values" in answer.out


# --- documents --------------------------------------------------------------------------------------------------------

DOCUMENTS: dict[str, tuple[str, str, str, str, str, str]] = {
    # file, old text, new text, and of the fault: column, value, a part of what or advice
    "an unknown key": (
        *("sources/einwohner.toml", "licence =", "lizenz =", "lizenz", "dl-de/by-2-0", "did you mean licence?"),
    ),
    "an unknown code": (
        *("sources/personen.toml", 'w = "female"', 'w = "femail"', "columns.Geschlecht", "femail"),
        "did you mean female?",
    ),
    "an unknown dimension": (
        *("sources/personen.toml", 'dimension = "age"', 'dimension = "aeg"', "columns.Alter", "aeg"),
        "did you mean age?",
    ),
    "an unknown policy": (
        *("sources/einwohner.toml", '"official_statistics"', '"secret"', "policy", "secret"),
        "known: eigene_regel, microcells",
    ),
    "a file that is no TOML": (
        *("sources/einwohner.toml", 'kind = "aggregate"', "kind = aggregate", "", ""),
        "this is not valid TOML",
    ),
    "an unknown area system": ("city.toml", 'home = "stadtteile"', 'home = "quartiere"', "home", "quartiere", "known:"),
    "microcells of no houses": (
        *("city.toml", 'source = "gebaeude"', 'source = "einwohner"', "microcells.source", "einwohner"),
        "a source of kind 'aggregate' has no houses",
    ),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_fault_in_a_document_is_told_with_its_line(city: Path, case: str) -> None:
    name, old, new, column, value, words = DOCUMENTS[case]
    path = city / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    rows = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, row in enumerate(rows, 1) if new in row and not row.startswith("#"))
    faults = run("check", city, "--json").json["faults"]
    (fault,) = [fault for fault in faults if fault["what"] != "this key is missing"]
    assert (fault["file"], fault["line"], fault["column"], fault["value"]) == (name, line, column, value)
    assert words in f"{fault['what']} {fault['advice']}"


def test_circular_indicators(city: Path) -> None:
    text = (city / "indicators" / "anteil_unter_6.toml").read_text(encoding="utf-8")
    head, _, tail = text.partition("[share]")
    tail = tail[tail.index("[governance]") :].replace("wilson", "none")
    for name, other in (("huhn", "ei"), ("ei", "huhn")):
        formula = f'[change]\nindicator = "{other}"\nrelative = false\n\n'
        document = head.replace('"percent"', '"points"').replace('"wilson"', '"none"') + formula + tail
        (city / "indicators" / f"{name}.toml").write_text(document, encoding="utf-8")
    fault = fault_of(run("build", city, "--json"))
    assert fault["what"] == "circular: ei -> huhn -> ei"
    assert fault["file"] == "indicators/ei.toml"


def test_faults_of_documents_are_told_in_sentences_too(city: Path) -> None:
    (city / "city.toml").write_text('name = "X"\n', encoding="utf-8")
    answer = run("check", city)
    assert answer.code == 1
    assert "city.toml [ags]: this key is missing -> add ags = ..." in answer.err
    assert answer.err.rstrip().endswith("2 faults")


def test_no_project(tmp_path: Path) -> None:
    fault = fault_of(run("build", tmp_path, "--json"))
    assert fault["what"] == f"there is no project in {tmp_path.name}"
    assert "sozialraum new DIR" in str(fault["advice"])


@pytest.mark.parametrize("name", ["[/bold]", "[red]x", "a b"])
def test_brackets_in_names_are_no_markup(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name.replace("/", "∕")
    assert run("new", folder).out == f"Made the project {folder}. Next: sozialraum check {folder}\n"
    assert f"there is no project in {name.rpartition('/')[2]}" in run("check", tmp_path / "no" / name).err


def test_a_folder_that_holds_something_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    answer = run("new", tmp_path)
    assert answer.code == 1
    assert "the folder is not empty" in answer.err
    assert tree(tmp_path) == {"diary.txt": b"mine"}


# --- releases that were meddled with ----------------------------------------------------------------------------------


def _change_value(release: Path) -> None:
    path = release / "public" / "values.parquet"
    pl.read_parquet(path).with_columns(value=pl.lit(1.0)).write_parquet(path)


def _change_manifest(release: Path, change: Callable[[dict[str, object]], object]) -> None:
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (release / "manifest.json").write_bytes(canonical_json(manifest))


def _forge(release: Path) -> None:
    _change_value(release)
    digest = sha256_of(release / "public" / "values.parquet")
    _change_manifest(release, lambda manifest: manifest["files"]["public/values.parquet"].update(sha256=digest))


def _write(name: str, text: str) -> Callable[[Path], object]:
    return lambda release: (release / name).write_text(text, encoding="utf-8")


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a value changed": (_change_value, "the file was changed after the release was built"),
    "value and manifest changed": (_forge, "the manifest was changed, or was signed by somebody else"),
    "a file added": (_write("public/names.csv", "x"), "the file does not belong to the release"),
    "a file removed": (lambda release: (release / "internal/counts.parquet").unlink(), "the file is missing"),
    "the audit changed": (
        _write("audit.json", '{"passed": true}'),
        "the file was changed after the release was built",
    ),
    "a document changed": (
        _write("public/catalogue/city.toml", "x = 1"),
        "the file was changed after the release was built",
    ),
    "no signature": (lambda release: (release / "manifest.sig").unlink(), "the signature is missing or unreadable"),
    "a signature that is none": (_write("manifest.sig", "[]"), "the signature is missing or unreadable"),
    "a signature of numbers": (
        _write("manifest.sig", '{"signature": 1, "public_key": 2}'),
        "the manifest was changed, or was signed by somebody else",
    ),
    "a manifest that is none": (_write("manifest.json", "[1]"), "the file holds no JSON object"),
    "a manifest of nothing": (_write("manifest.json", "{}"), "the manifest lists no files"),
    "a manifest without hashes": (
        lambda release: _change_manifest(release, lambda manifest: manifest.update(files=["x"])),
        "the manifest lists no files",
    ),
    "another key beside it": (
        lambda release: (release.parent / "key.pub").write_text("00" * 32),
        "the manifest was changed, or was signed by somebody else",
    ),
    "an empty key beside it": (
        lambda release: (release.parent / "key.pub").write_text(""),
        "the manifest was changed, or was signed by somebody else",
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_release_that_was_meddled_with_goes_nowhere(draft: Path, case: str) -> None:
    tamper, what = TAMPERED[case]
    tamper(draft)
    state = (draft / "state.json").read_bytes()
    verdict = run("verify", draft, "--json")
    assert verdict.code == 1
    assert verdict.json["passed"] is False
    assert what in verdict.whats
    assert run("approve", draft).code == 1
    refused = run("publish", draft, "--json")
    assert refused.code == 1
    assert what in refused.whats
    assert (draft / "state.json").read_bytes() == state
    assert not (draft.parent / "published").exists()


def test_an_approved_release_that_is_changed_is_not_published(draft: Path) -> None:
    assert run("approve", draft).code == 0
    _change_value(draft)
    assert run("publish", draft).code == 1
    assert not (draft.parent / "published").exists()


def test_a_release_keeps_its_name(draft: Path) -> None:
    renamed = draft.rename(draft.with_name("2030.1"))
    answer = run("verify", renamed)
    assert answer.code == 1
    assert f"the folder has another name than the release (found: '{draft.name}')" in answer.err
    assert run("approve", renamed).code == 1


def test_without_the_citys_key_nothing_is_approved(draft: Path) -> None:
    (draft.parent / "key.pub").unlink()
    verified = run("verify", draft)
    assert verified.code == 0
    assert "note: " in verified.out
    assert "there is no trusted key to compare with" in verified.out
    assert "the city's public key is missing" in run("approve", draft).err


def test_a_release_that_says_too_much_goes_nowhere(city: Path) -> None:
    """A city whose rule protects too little gets its release, but can neither approve nor publish it."""
    weak = city / "policies" / "register.toml"
    text = 'title.de = "Register"\nwhy.de = "x"\n[public]\nminimum = 5\nsecondary = false\n[internal]\n'
    weak.write_text(text, encoding="utf-8")
    register = city / "deliveries" / "personen_2025.csv"
    rows = register.read_text(encoding="utf-8").splitlines()
    young = [row for row in rows if row.split(";")[3] in ("0", "1", "2") and row.split(";")[2].startswith("G01")]
    kept = [row for row in rows if row not in young[2:]]
    register.write_text("\n".join([*kept, ""]), encoding="utf-8")
    answer = run("build", city)
    assert answer.code == 0
    assert "Disclosure audit failed; see " in answer.out
    assert "Next:" not in answer.out
    release = max(city.glob("releases/2*"), key=lambda folder: int(folder.name.rpartition(".")[2]))
    verdict = run("verify", release, "--json")
    assert (verdict.code, verdict.json["passed"], verdict.json["faults"]) == (1, False, [])
    assert verdict.json["audit"]["exposed"]
    for command in ("approve", "publish"):
        refused = run(command, release)
        assert refused.code == 1
        assert "fails the disclosure audit and can not go on" in refused.err
    said = run("publish", release, "--json").json
    assert said["faults"] == []
    assert "fails the disclosure audit" in said["error"]


BROKEN_STATES = {"gone": None, "empty": "{}", "unknown": '{"state": "secret", "history": []}', "a list": "[]"}


@pytest.mark.parametrize("case", BROKEN_STATES)
def test_a_release_that_does_not_say_where_it_stands(draft: Path, case: str) -> None:
    text = BROKEN_STATES[case]
    (draft / "state.json").unlink()
    if text is not None:
        (draft / "state.json").write_text(text, encoding="utf-8")
    assert str(fault_of(run("publish", draft, "--json"))["file"]) == f"{draft.name}/state.json"


def test_steps_that_the_table_does_not_have(city: Path, draft: Path) -> None:
    answer = run("publish", draft, "--json")
    assert (answer.code, answer.json["faults"]) == (1, [])
    assert answer.json["error"] == (
        f"release {draft.name} is draft; approve it first: sozialraum approve {draft} --who NAME"
    )
    assert run("approve", draft).code == 0
    assert run("approve", draft).err == (f"release {draft.name} is approved; publish it: sozialraum publish {draft}\n")
    assert run("publish", draft).code == 0
    for command in ("approve", "publish"):
        assert run(command, draft).err == f"release {draft.name} is published; everyone sees it already\n"
    assert run("withdraw", city, draft.name, "--reason", "x", "--yes").code == 0
    for command in ("approve", "publish"):
        assert run(command, draft).err.endswith("it was taken back for good; build another one\n")


@pytest.mark.parametrize("instead", [{State.DRAFT, State.IN_REVIEW}, {State.APPROVED, State.SUPERSEDED}])
def test_every_state_that_a_step_can_not_leave_has_an_advice(instead: set[State]) -> None:
    table, wanted = (NOT_APPROVABLE, State.APPROVED) if State.DRAFT in instead else (NOT_PUBLISHABLE, State.PUBLISHED)
    assert set(State) - set(table) == instead
    for state in table:
        assert wanted not in TRANSITIONS[state], state


STEPS = {
    "approve": lambda city, draft: ("approve", draft),
    "publish": lambda city, draft: ("publish", draft),
    "withdraw": lambda city, draft: ("withdraw", city, draft.name, "--reason", "x", "--yes"),
}


@pytest.mark.parametrize("who", [(), ("--who", " ")])
@pytest.mark.parametrize("step", STEPS)
def test_nobody_can_take_a_step(
    city: Path, draft: Path, monkeypatch: pytest.MonkeyPatch, step: str, who: tuple[str, ...]
) -> None:
    """In a container that runs under a bare number nobody has a name."""

    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1001")

    monkeypatch.setattr("getpass.getuser", nameless)
    before = tree(city)
    answer = run(*STEPS[step](city, draft), *who, user=None)
    assert answer.code == 2
    assert "nobody is known here; add --who" in " ".join(answer.err.replace("│", "").split())
    assert tree(city) == before


def test_whoever_is_signed_in_takes_the_step(draft: Path) -> None:
    assert "is approved by Mara." in run("approve", draft, user="Mara").out


def test_the_way_to_the_public_is_shown_step_by_step(city: Path, draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed can be typed where the user is."""
    monkeypatch.chdir(city.parent)
    release = f"city/releases/{draft.name}"
    assert f"Next: sozialraum approve {release} --who NAME\n" in run("verify", release).out
    assert f"Next: sozialraum publish {release}\n" in run("approve", release).out
    assert run("publish", release).out == f"{draft.name} is published.\nNext: sozialraum serve city\n"
    assert "Next:" not in run("verify", release).out


def test_publishing_says_what_it_replaces_and_asks_before_it_goes_back(city: Path, draft: Path) -> None:
    assert run("approve", draft).code == 0
    second = Path(run("build", city, "--json").json["folder"])
    assert run("approve", second).code == 0
    assert run("publish", draft).code == 0
    assert f"{second.name} is published. It replaces {draft.name}.\n" in run("publish", second).out
    before = tree(city)
    asked = run("publish", draft)
    assert asked.code == 1
    assert asked.err.startswith(f"{draft.name} would replace {second.name}, which is newer. Go on? [y/N]")
    assert tree(city) == before
    assert run("publish", draft, "--yes", "--json").json["replaces"] == second.name
    assert (city / "releases" / "published").read_text() == f"{draft.name}\n"


@pytest.mark.parametrize("command", ["verify", "approve", "publish"])
@pytest.mark.parametrize(("below", "what"), [("", "this is a project"), ("releases", "this is the folder of all")])
def test_a_project_instead_of_a_release(
    city: Path, draft: Path, command: str, below: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(city.parent)
    answer = run(command, Path("city", below))
    assert answer.code == 1
    assert f"city{'/' if below else ''}{below}: {what}" in answer.err
    assert f"-> name one of city/releases/{draft.name}\n" in answer.err


def test_a_project_without_a_release_instead_of_one(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(city.parent)
    shutil.rmtree(city / "releases")
    assert "make one: sozialraum build city\n" in run("approve", "city").err


def test_a_misspelt_universe_is_told_at_check_and_build(city: Path) -> None:
    source = city / "sources" / "einwohner.toml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('Einwohner = { count = "persons" }', 'Einwohner = { count = "person" }'), "utf-8")
    for command in ("check", "build"):
        said = run(command, city).out
        assert "[columns.Einwohner]: this is counted, and no indicator asks for it" in said
        assert "(found: 'person') -> did you mean persons?" in said


@pytest.mark.parametrize("command", ["verify", "approve", "publish"])
def test_no_such_release(city: Path, command: str) -> None:
    answer = run(command, city / "releases" / "1999.1", *([] if command == "approve" else ["--json"]))
    assert answer.code == 1
    assert "1999.1" in answer.out + answer.err


def test_the_difference_to_a_release_that_can_not_be_read(draft: Path) -> None:
    (draft / "public" / "values.parquet").write_bytes(b"PAR1")
    fault = fault_of(run("diff", draft, draft, "--json"))
    assert fault["file"] == "public/values.parquet"
    assert "the file can not be read" in str(fault["what"])


def test_what_is_public_may_be_repaired_by_publishing_again(city: Path, draft: Path) -> None:
    (city / "releases" / "published").write_bytes(b"\xff nonsense")
    assert run("approve", draft).code == 0
    assert run("publish", draft).code == 0
    assert (city / "releases" / "published").read_text() == f"{draft.name}\n"


def test_foreign_folders_beside_the_releases_do_not_matter(city: Path, draft: Path) -> None:
    for name in (f"{draft.name.rpartition('.')[0]}.x", "archive"):
        (city / "releases" / name).mkdir()
        (city / "releases" / name / "manifest.json").write_text("?")
    assert run("build", city, "--json").json["release"] == draft.name.replace(".1", ".2")


# --- stopped, unreadable ----------------------------------------------------------------------------------------------


def test_ctrl_c_stops_without_a_traceback_and_leaves_nothing(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(city / "releases")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules[pipeline.build.__module__], "cross", interrupt)
    answer = run("build", city)
    assert answer.code == 130
    assert answer.err.splitlines()[-1] == "Stopped."
    assert tree(city / "releases") == before
    assert not list(city.glob("releases/.building-*"))


def test_what_the_disk_refuses_is_said(city: Path) -> None:
    shutil.rmtree(city / "releases")
    (city / "releases").write_text("a file where a folder should be")
    answer = run("build", city, "--json")
    assert answer.code == 1
    assert answer.json == {
        "error": f"{city / 'releases'}: it can not be read or written (File exists)",
        "faults": [],
    }


def test_a_broken_key_is_said_and_never_replaced(city: Path) -> None:
    (city / ".signing-key").write_text("half a k")
    fault = fault_of(run("build", city, "--json"))
    assert (fault["file"], fault["what"]) == (".signing-key", "the file holds no signing key")
    assert (city / ".signing-key").read_text() == "half a k"


def test_a_lost_signing_key_is_told_before_anything_is_made(city: Path, draft: Path) -> None:
    """Or the next release would be signed by somebody whom nobody trusts."""
    (city / ".signing-key").unlink()
    before = tree(city)
    fault = fault_of(run("build", city, "--json"))
    assert fault["file"] == ".signing-key"
    assert fault["what"] == (
        f"the signing key is missing; releases here are trusted by its public half, {draft.parent / 'key.pub'}"
    )
    assert str(fault["advice"]).startswith("restore .signing-key from a backup; if it is lost for good, move key.pub")
    assert tree(city) == before


def test_another_signing_key_is_told_before_anything_is_made(city: Path) -> None:
    (city / ".signing-key").write_text("42" * 32)
    before = tree(city)
    fault = fault_of(run("build", city, "--json"))
    assert str(fault["what"]).startswith("this is not the signing key whose public half everyone trusts")
    assert tree(city) == before


def test_a_signing_key_that_is_lost_for_good_is_replaced_when_the_old_public_half_is_moved_away(
    city: Path, draft: Path
) -> None:
    (city / ".signing-key").unlink()
    (draft.parent / "key.pub").rename(draft.parent / "key-2025.pub")
    after = Path(run("build", city, "--json").json["folder"])
    assert run("verify", after).code == 0
    assert run("verify", draft).code == 1


# --- serving ----------------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_refused(city: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("serve", city, "--port", port)
    assert answer.code == 1
    assert f"--port: something already answers at this port (found: '{port}')" in answer.err


def test_the_platform_is_served_where_it_says(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[Path, str, int]] = []

    def serve(folder: Path, *, host: str, port: int, ready: Callable[[], None]) -> None:
        served.append((folder, host, port))
        ready()

    monkeypatch.setattr("sozialraum.web.serve", serve)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = run("serve", city, "--port", port)
    assert answer.code == 0
    assert answer.out.splitlines()[0].startswith("Nothing is published yet")
    assert f"http://localhost:{port}" in answer.out
    assert served == [(city.resolve(), "127.0.0.1", port)]


def test_a_public_release_that_is_gone_is_said_before_it_is_served(city: Path) -> None:
    (city / "releases" / "published").write_text("1999.1\n")
    answer = run("serve", city, "--port", 8099)
    assert answer.code == 1
    assert "1999.1: there is no such release -> releases here: " in answer.err


def test_a_demo_at_a_taken_port_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = run("demo", tmp_path / "demo", "--port", taken.getsockname()[1])
    assert answer.code == 1
    assert "--port: something already answers at this port" in answer.err
    assert not (tmp_path / "demo").exists()


HOSTS = {"no such name": "nonsense.invalid", "another machine's": "192.0.2.1"}


@pytest.mark.parametrize("case", HOSTS)
def test_an_address_that_is_not_this_machines_is_refused(city: Path, case: str) -> None:
    answer = run("serve", city, "--host", HOSTS[case])
    assert answer.code == 1
    assert f"--host: this machine has no such address (found: '{HOSTS[case]}')" in answer.err


ADDRESSES = {
    "127.0.0.1": "http://localhost:80",
    "0.0.0.0": "http://localhost:80",
    "::": "http://localhost:80",
    "::1": "http://localhost:80",
    "10.1.2.3": "http://10.1.2.3:80",
    "fe80::1": "http://[fe80::1]:80",
    "zahlen.local": "http://zahlen.local:80",
}


@pytest.mark.parametrize("host", ADDRESSES)
def test_the_address_that_is_told_leads_there(host: str) -> None:
    assert address_of(host, 80) == ADDRESSES[host]


def test_without_the_extra_for_the_web_it_says_what_to_install(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'django'", name="django")

    monkeypatch.setattr("sozialraum.web.serve", not_there)
    answer = run("serve", city, "--port", 8099)
    assert answer.code == 1
    assert answer.err == "django is not installed; install it with: pip install 'sozialraum[web]'\n"


def test_the_demo_builds_and_publishes_once(city: Path, draft: Path) -> None:
    first = run("demo", city, "--build-only")
    assert first.code == 0
    public = (city / "releases" / "published").read_text().strip()
    assert f"Release {public} built in" in first.out
    assert public != draft.name
    again = run("demo", city, "--build-only")
    assert (again.code, again.out) == (0, "")
    assert (city / "releases" / "published").read_text().strip() == public
