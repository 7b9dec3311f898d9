"""A version says what changed: each kind of change is seen against the last release, and asks for its number.

The made-up package is released as 1.0.0 and then changed in one way; the check must say which version that
makes, name the row, and ask for the correction to be listed and the changelog to say it.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from made_up import edit, edit_json, rewrite, rows
from naqoura_talks.package import Package, PackageError
from scripts.build import products
from scripts.check import command as check
from scripts.check import records, schemas, versions
from scripts.check.problems import Problem
from scripts.files import swhid_of_folder
from scripts.release import diff

ROOT = Path(__file__).resolve().parent.parent
Breaker = Callable[[Path], None]


@pytest.fixture
def released(made_up_root: Path) -> Path:
    """The made-up package as released in version 1.0.0, with its folder and changelog."""
    edit_json(made_up_root, "datapackage.json", lambda d: d.update(version="1.0.0", created="2026-11-22T00:00:00Z"))
    (made_up_root / "CHANGELOG.md").write_text("# Changelog\n\n## 1.0.0 (2026-11-22)\n\nFirst.\n", "utf-8")
    record(made_up_root)
    return made_up_root


def record(root: Path) -> None:
    """Record the version, and name its identifiers in its entry of the changelog."""
    (root / "datapackage.json").write_bytes(products.descriptor(Package(root)))
    named = "\n".join(records.identifiers(Package(diff.record(root))))
    path, version = root / "CHANGELOG.md", Package(root).version
    heading, entry = path.read_text("utf-8").split(f"## {version} ", 1)
    day, rest = entry.split("\n", 1)
    path.write_text(f"{heading}## {version} {day}\n\n{named}\n{rest}", "utf-8")


def problems(root: Path, rule: str | None = None) -> list[Problem]:
    """Return what the rules on versions find, or one of them."""
    return [p for p in versions.problems(Package(root)) if rule in (None, p.rule)]


def move_to(root: Path, version: str, entry: str, day: str = "2027-01-31") -> None:
    """Give the package another version and day, and the changelog an entry for it."""
    edit_json(root, "datapackage.json", lambda d: d.update(version=version, created=f"{day}T00:00:00Z"))
    path = root / "CHANGELOG.md"
    path.write_text(
        path.read_text("utf-8").replace("# Changelog\n", f"# Changelog\n\n## {version} ({day})\n\n{entry}\n"), "utf-8"
    )


def correct(root: Path, *listed: tuple[str, ...]) -> None:
    """Write coding/corrections.csv: table, row, column, old, new, version of each."""
    columns = json.loads((ROOT / "coding/corrections-schema.json").read_text("utf-8"))["fields"]
    (root / "coding").mkdir(exist_ok=True)
    with (root / "coding/corrections.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field["name"] for field in columns)
        for n, (table, row, column, old, new, version) in enumerate(listed, 1):
            writer.writerow(
                [
                    f"cor-{version.replace('.', '-')}-{n}",
                    table,
                    row,
                    column,
                    old,
                    new,
                    "Why.",
                    "",
                    version,
                    "2027-01-31",
                ]
            )


def schema(table: str, change: Callable[[dict], None]) -> Breaker:
    return lambda root: edit_json(root, f"schemas/{table}.json", change)


def field(table: str, column: str, **properties: object) -> Breaker:
    return schema(table, lambda s: next(f for f in s["fields"] if f["name"] == column).update(properties))


def constraint(table: str, column: str, **constraints: object) -> Breaker:
    def change(s: dict) -> None:
        next(f for f in s["fields"] if f["name"] == column).setdefault("constraints", {}).update(constraints)

    return schema(table, change)


def codes(change: Callable[[list], list]) -> Breaker:
    def apply(s: dict) -> None:
        constraints = next(f for f in s["fields"] if f["name"] == "realis")["constraints"]
        constraints["enum"] = change(constraints["enum"])

    return schema("events", apply)


def without(table: str, key: str) -> Breaker:
    return lambda root: rewrite(root, table, [r for r in rows(root, table) if next(iter(r.values())) != key])


def another(table: str, key: str, new: str) -> Breaker:
    def add(root: Path) -> None:
        had = rows(root, table)
        copy = next(dict(r) for r in had if next(iter(r.values())) == key)
        rewrite(root, table, sorted([*had, copy | {next(iter(copy)): new}], key=lambda r: next(iter(r.values()))))

    return add


def new_column(root: Path) -> None:
    column = {"name": "nickname", "title": "Nickname", "description": "Another name.", "type": "string"}
    edit_json(root, "schemas/places.json", lambda s: s["fields"].append(column))
    rewrite(root, "places", [r | {"nickname": "x"} for r in rows(root, "places")])


def lost_column(root: Path) -> None:
    edit_json(root, "schemas/places.json", lambda s: s["fields"].pop())
    rewrite(root, "places", [dict(list(r.items())[:-1]) for r in rows(root, "places")])


def lost_table(root: Path) -> None:
    edit_json(
        root, "datapackage.json", lambda d: d.update(resources=[r for r in d["resources"] if r["name"] != "crosswalk"])
    )


def reordered(root: Path) -> None:
    edit_json(
        root,
        "schemas/evidence.json",
        lambda s: next(f for f in s["fields"] if "categories" in f)["categories"].reverse(),
    )


# what happens, which kind of version it makes, and what the change is called
CHANGES: dict[str, tuple[Breaker, str, str]] = {
    "cell corrected": (lambda r: edit(r, "places", "plc-port-vell", name="Port Bell"), "patch", "cell corrected"),
    "evidence row added": (another("evidence", "evd-evt-truce-breach-row-1", "evd-evt-truce-breach-row-2"), "patch", "row added"),
    "evidence row removed": (without("evidence", "evd-evt-truce-breach-row-1"), "patch", "row removed"),
    "column text": (field("places", "name", description="The name of it."), "patch", "text improved"),
    "table text": (lambda r: edit_json(r, "datapackage.json", lambda d: d["resources"][3].update(title="Sites")), "patch", "text improved"),
    "row added": (another("places", "plc-port-vell", "plc-port-zell"), "minor", "row added"),
    "column added": (new_column, "minor", "column added"),
    "code added": (codes(lambda c: [*c, "zealous"]), "minor", "code added"),
    "row removed": (without("actors", "act-sudland"), "major", "row removed"),
    "row renamed": (lambda r: edit(r, "places", "plc-port-vell", place_id="plc-port-bell"), "major", "row removed"),
    "column removed": (lost_column, "major", "column removed"),
    "table removed": (lost_table, "major", "table removed"),
    "code removed": (codes(lambda c: c[1:]), "major", "code removed"),
    "codes lifted": (codes(lambda c: []), "major", "codes lifted"),
    "codes set": (constraint("places", "name", enum=["Port Vell"]), "major", "codes set"),
    "order of codes": (reordered, "major", "order changed"),
    "type changed": (field("passages", "char_start", type="string"), "major", "column changed"),
    "constraint changed": (constraint("places", "parent_place_id", required=True), "major", "column changed"),
    "less evidence": (field("statements", "speaker_actor_id", evidence="row"), "major", "evidence changed"),
    "no evidence": (field("statements", "mode", evidence="none"), "major", "evidence changed"),
    "more evidence": (field("statements", "mode", evidence="own"), "patch", "evidence changed"),
    "only our word": (field("statements", "speaker_actor_id", provenance="editorial"), "major", "provenance changed"),
    "no proof by digest": (field("statements", "quote_words", provenance="coded"), "major", "provenance changed"),
    "another ground": (field("statements", "mode", provenance="external"), "major", "provenance changed"),
    "more than our word": (field("places", "name", provenance="coded"), "patch", "provenance changed"),
    "key changed": (schema("places", lambda s: s.update(uniqueKeys=[])), "major", "keys changed"),
}  # fmt: skip


def test_nothing_changed(released: Path) -> None:
    """Right after the release there is no problem, and the next version of any kind would do."""
    assert problems(released) == []
    assert versions.since(Package(released)) == "Nothing has changed since 1.0.0."
    move_to(released, "1.1.0", "The loader can do more.")
    assert problems(released) == []


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_asks_for_its_version(name: str, released: Path) -> None:
    """The version is refused until it is of the right kind; the change is named with its table."""
    change, kind, what = CHANGES[name]
    change(released)
    assert f"({kind}):" in versions.since(Package(released))
    found = problems(released, "version-fits")
    assert found[0].row == "version" and any(what in p.hint for p in found[1:])
    steps = {"patch": "1.0.1", "minor": "1.1.0", "major": "2.0.0"}
    for step, version in steps.items():
        edit_json(released, "datapackage.json", lambda d, v=version: d.update(version=v))
        fits = versions.LEVELS.index(step) >= versions.LEVELS.index(kind)
        assert (problems(released, "version-fits") == []) == fits, version
    for version in ("1.0.0", "0.9.0", "1.0.2", "3.0.0"):
        edit_json(released, "datapackage.json", lambda d, v=version: d.update(version=v))
        assert problems(released, "version-fits"), version


def constraints_of(schema: dict, name: str) -> list[dict]:
    return [f["constraints"] for f in schema["fields"] if name in f.get("constraints", {})]


def no_longer(name: str) -> Callable[[dict], None]:
    """Return what takes a constraint off every column that has it."""

    def loosen(schema: dict) -> None:
        for constraints in constraints_of(schema, name):
            del constraints[name]

    return loosen


def any_word(schema: dict) -> None:
    for constraints in constraints_of(schema, "pattern"):
        constraints["pattern"] = f"({constraints['pattern']}|.*)"


def one_code_more(schema: dict) -> None:
    for constraints in constraints_of(schema, "enum"):
        constraints["enum"].append("zealous")


def evidence_of_the_row(schema: dict) -> None:
    for column in schema["fields"]:
        if column["evidence"] == "own":
            column["evidence"] = "row"


# How schemas are loosened wherever they can be, and which kind of version that makes.
LOOSENED: dict[str, tuple[Callable[[dict], None], str]] = {
    "required taken off": (no_longer("required"), "major"),
    "unique taken off": (no_longer("unique"), "major"),
    "minimum taken off": (no_longer("minimum"), "major"),
    "pattern removed": (no_longer("pattern"), "major"),
    "pattern loosened": (any_word, "major"),
    "codes lifted": (no_longer("enum"), "major"),
    "enum widened": (one_code_more, "minor"),
    "evidence weakened": (evidence_of_the_row, "major"),
    "exactlyOneOf removed": (lambda schema: schema.pop("exactlyOneOf", None), "major"),
    "uniqueKeys removed": (lambda schema: schema.pop("uniqueKeys", None), "major"),
    "foreignKeys removed": (lambda schema: schema.pop("foreignKeys", None), "major"),
}


@pytest.fixture
def our_schemas(tmp_path: Path) -> Path:
    """A copy of the descriptor, schemas and tables of the real package, to be loosened."""
    for folder in ("schemas", "data/csv"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "datapackage.json", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", LOOSENED)
def test_loosened_schemas_are_told(name: str, our_schemas: Path) -> None:
    """Each place of the real schemas that is loosened is named, under the same version and under a patch of it."""
    loosen, kind = LOOSENED[name]
    last, wanted = Package(ROOT), set()
    for table in last.tables:
        before = last.schema(table)
        edit_json(our_schemas, f"schemas/{table}.json", loosen)
        after = Package(our_schemas).schema(table)
        pairs = zip(before["fields"], after["fields"], strict=True)
        wanted |= {(table, one["name"]) for one, other in pairs if one != other}
        wanted |= {(table, "")} if before | {"fields": []} != after | {"fields": []} else set()
    assert wanted
    major, minor, patch = versions.number(last.version)
    for version in (last.version, f"{major}.{minor}.{patch + 1}"):
        edit_json(our_schemas, "datapackage.json", lambda d, v=version: d.update(version=v))
        found = list(versions.version_fits(Package(our_schemas), last))
        assert found[0].row == "version" and {(p.row, p.column) for p in found[1:]} == wanted
        assert all(p.hint.endswith(f": {kind}.") for p in found[1:])


def test_the_check_says_so(released: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole check fails with the row's name, and when all fits prints what changed."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    edit(released, "events", "evt-truce-breach", description="Said of Sudland.")
    assert check.main(["--root", str(released)]) == 1
    assert "evt-truce-breach" in capsys.readouterr().out
    move_to(released, "1.0.1", "`events`: corrected. No need to change your code.")
    cell = ("events", "evt-truce-breach", "description")
    correct(released, (*cell, "Alleged of Sudland.", "Said of Sudland.", "1.0.1"))
    assert check.main(["--root", str(released)]) == 0
    assert (
        "Since 1.0.0 (patch):\n  patch  cell corrected     events evt-truce-breach description: 'Alleged"
        in capsys.readouterr().out
    )


CELL = ("events", "evt-truce-breach", "description")
OLD, NEW = "Alleged of Sudland.", "Said of Sudland."


@pytest.mark.parametrize(
    ("listed", "column", "expected"),
    [
        ([], "description", "a correction that says why"),
        ([(*CELL, "Alleged of Norland.", NEW, "1.0.1")], "old", "'Alleged of Sudland.', as the cell has it"),
        ([(*CELL, OLD, "Something else.", "1.0.1")], "new", "as the cell has it"),
        ([(*CELL, OLD, NEW, "1.0.0")], "description", "a correction that says why"),
        ([(*CELL, OLD, NEW, "1.0.2")], "version", "one of 1.0.0, 1.0.1"),
        ([(*CELL, NEW, NEW, "1.0.1")], "old", "'Alleged of Sudland.', as the cell has it"),
        ([(*CELL, OLD, "x", "1.0.1"), (*CELL, "x", NEW, "1.0.1")], "version", "one correction of a cell"),
        ([(*CELL, "y", "x", "1.0.0"), (*CELL, OLD, NEW, "1.0.1")], "new", "'Alleged of Sudland.', as the cell has it"),
        ([(*CELL, OLD, NEW, "1.0.1"), ("places", "plc-port-vell", "name", "x", "Port Vell", "1.0.1")], "row_id", "a cell that differs"),
        ([(*CELL, OLD, NEW, "1.0.1"), ("places", "plc-nowhere", "name", "x", "y", "1.0.1")], "row_id", "a cell that differs"),
        ([(*CELL, OLD, NEW, "1.0.1"), ("places", "plc-port-vell", "nickname", "x", "y", "1.0.1")], "row_id", "a cell that differs"),
        ([(*CELL, OLD, NEW, "1.0.1"), ("places", "plc-nowhere", "name", "x", "y", "1.0.0")], "row_id", "that are there"),
    ],
)  # fmt: skip
def test_corrections_are_whole_and_exact(listed: list[tuple], column: str, expected: str, released: Path) -> None:
    """A changed cell must be listed once, under this version, with the very old and new values; nothing else may be."""
    edit(released, CELL[0], CELL[1], description=NEW)
    move_to(released, "1.0.1", "`events`: corrected. No need to change your code.")
    correct(released, (*CELL, OLD, NEW, "1.0.1"))
    assert problems(released) == []
    correct(released, *listed)
    assert any(p.column == column and expected in p.expected for p in problems(released, "corrections"))


def test_corrections_before_the_first_release(made_up_root: Path) -> None:
    """With no release yet the old value is taken on trust, but the new one must be in the cell."""
    correct(made_up_root, (*CELL, "Whatever.", OLD, Package(made_up_root).version))
    assert problems(made_up_root) == []
    correct(made_up_root, (*CELL, OLD, "Whatever.", Package(made_up_root).version))
    assert [p.column for p in problems(made_up_root)] == ["new"]


def test_a_doi_is_of_one_version(released: Path) -> None:
    """A released version may have a DOI; the next one may not have that of the one before."""
    for value in ("10.1234/x", 7, ""):
        edit_json(released, "datapackage.json", lambda d, v=value: d.update(id=v))
        assert [p.expected for p in problems(released)] == ["a DOI as https://doi.org/10.…"]
    edit_json(released, "datapackage.json", lambda d: d.update(id="https://doi.org/10.1234/x"))
    assert problems(released) == [] and not any(p.row == "id" for p in schemas.descriptor_problems(Package(released)))
    move_to(released, "1.1.0", "The loader can do more.")
    assert [p.row for p in problems(released)] == ["id"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"row,column\nx,y\n"], ids=["not UTF-8", "other columns"])
def test_corrections_that_cannot_be_read(content: bytes, released: Path) -> None:
    """A list that is no list of corrections is a problem, not a crash."""
    correct(released)
    (released / "coding/corrections.csv").write_bytes(content)
    assert [p.rule for p in problems(released)] == ["versions"]


def test_no_record_yet(made_up_root: Path) -> None:
    """Before the first release any change passes, and the check says that there is nothing to compare with."""
    lost_column(made_up_root)
    assert problems(made_up_root) == []
    assert "No version is released yet" in versions.since(Package(made_up_root))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("## 1.0.1 (2027-01-31)\n\nNo need to change your code.\n", "`events` named"),
        ("## 1.0.1 (2027-01-31)\n\n`events`: corrected.\n", "no need to change your code"),
        ("## 1.0.1 (2027-02-01)\n\n`events`. No need to change your code.\n", "## 1.0.1 (2027-01-31)"),
        ("## 1.0.2 (2027-01-31)\n\n`events`. No need to change your code.\n", "## 1.0.1 (2027-01-31)"),
        ("", "## 1.0.1 (2027-01-31)"),
    ],
)
def test_changelog(entry: str, expected: str, released: Path) -> None:
    """The top entry is this version with its day, names each changed table, and says that no code need change."""
    edit(released, CELL[0], CELL[1], description=NEW)
    move_to(released, "1.0.1", "")
    path = released / "CHANGELOG.md"
    log = "# Changelog\n\n{}" + path.read_text("utf-8")[path.read_text("utf-8").index("## 1.0.0") :]
    path.write_text(log.format("## 1.0.1 (2027-01-31)\n\n`events`. No need to change your code.\n\n"), "utf-8")
    assert problems(released, "changelog") == []
    path.write_text(log.format(entry), "utf-8")
    assert any(expected in p.expected for p in problems(released, "changelog"))


def test_changelog_of_what_breaks(released: Path) -> None:
    """What breaks is in bold, and nobody is told that their code may stay as it is."""
    lost_column(released)
    move_to(released, "2.0.0", "`places`: a column is gone. No need to change your code.")
    assert [p.expected[:20] for p in problems(released, "changelog")] == [
        "what breaks in **bol",
        "no such promise, as ",
    ]
    path = released / "CHANGELOG.md"
    path.write_text(
        path.read_text("utf-8").replace("a column is gone. No need to change your code", "**a column is gone**"),
        "utf-8",
    )
    assert problems(released, "changelog") == []


def test_changelog_keeps_every_release(released: Path) -> None:
    """The entry of a released version is not lost, the newest is first, and none is of a version without its folder."""
    path = released / "CHANGELOG.md"
    first = path.read_text("utf-8").removeprefix("# Changelog\n")
    move_to(released, "1.0.1", "")
    path.write_text("# Changelog\n\n## 1.0.1 (2027-01-31)\n\nx\n", "utf-8")
    assert [p.row for p in problems(released, "changelog")] == ["1.0.0"]
    path.write_text(f"{path.read_text('utf-8')}{first}{first}", "utf-8")
    assert [p.row for p in problems(released, "changelog")] == ["entries"]
    path.write_text(f"# Changelog\n\n## 1.0.1 (2027-01-31)\n{first}\n## 0.9.0 (2026-01-01)\n\nx\n", "utf-8")
    assert [p.expected for p in problems(released, "changelog")] == ["the folder releases/0.9.0"]


def test_our_changelog_has_the_form() -> None:
    """The changelog of this package is there and fits its version."""
    assert (ROOT / "CHANGELOG.md").is_file()
    assert problems(ROOT, "changelog") == []


def test_record_is_written_once(released: Path) -> None:
    """A released version is kept as it is, and none is for one that does not fit, is not built or before 1.0.0."""
    kept = released / "releases/1.0.0"
    for part in ("datapackage.json", "schemas/places.json", "data/csv/places.csv"):
        assert (kept / part).read_bytes() == (released / part).read_bytes()
    with pytest.raises(PackageError, match="is there already and is never changed"):
        diff.record(released)
    edit(released, "places", "plc-port-vell", name="Port Bell")
    edit_json(released, "datapackage.json", lambda d: d.update(version="1.0.2"))
    with pytest.raises(PackageError, match=r"expected 1\.0\.1 or 1\.1\.0 or 2\.0\.0.*(?s:.*)Nothing was recorded"):
        diff.record(released)
    edit_json(released, "datapackage.json", lambda d: d.update(version="1.0.0"))
    move_to(released, "1.0.1", "`places`. No need to change your code.")
    correct(released, ("places", "plc-port-vell", "name", "Port Vell", "Port Bell", "1.0.1"))
    with pytest.raises(PackageError, match="Run make"):
        diff.record(released)
    record(released)
    assert problems(released) == [] and [p.name for p in sorted((released / "releases").iterdir())] == [
        "1.0.0",
        "1.0.1",
    ]
    edit_json(released, "datapackage.json", lambda d: d.update(version="0.2.0"))
    with pytest.raises(PackageError, match=r"before 1\.0\.0"):
        diff.record(released)


@pytest.mark.parametrize("part", ["datapackage.json", "schemas/events.json", "data/csv/events.csv", "data/csv/new.csv"])
def test_a_release_that_was_changed(part: str, released: Path) -> None:
    """A byte more in any file of a released version, or a file more, gives it another identifier than the changelog's."""
    path = released / "releases/1.0.0" / part
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b" \n")
    assert problems(released)[0].rule == "as-released"


def test_what_is_no_release(released: Path) -> None:
    """A file in releases/, and a folder with another version than its name, are told by name."""
    path = released / "releases/1.0.0"
    path.rename(path.with_name("1.0.1"))
    with pytest.raises(PackageError, match=r"1\.0\.1: is not the folder of the version 1\.0\.1"):
        versions.releases(released)
    assert any("1.0.1" in str(p) for p in check.source_problems(released, ()))
    path.with_name("1.0.1").rename(path)
    path.with_name("1.0.1.json").write_text("{}", "utf-8")
    with pytest.raises(PackageError, match=r"1\.0\.1\.json"):
        versions.releases(released)


def coding_of(root: Path) -> Path:
    """Give the package records of its coding, with its release and one adjudication; return their descriptor."""
    (root / "coding/adjudication.csv").parent.mkdir(exist_ok=True)
    (root / "coding/pass.csv").write_text("a\n1\n", "utf-8")
    head = "adjudication_id,table_name,row,column_name,settled\n"
    (root / "coding/adjudication.csv").write_text(f"{head}adj-001,places,plc-port-vell,name,Port Vell\n", "utf-8")
    about = {
        "released": {"1.0.0": records.identifiers(Package(root / "releases/1.0.0"))[-1]},
        "resources": [
            {"name": "pass", "path": "pass.csv", "record": "raw"},
            {"name": "adjudication", "path": "adjudication.csv", "record": "log"},
        ],
    }
    (root / records.CODING).write_text(json.dumps(about), "utf-8")
    return root / records.CODING


def test_records_stay_as_released(released: Path) -> None:
    """A release keeps digests: a raw record may not change, a log may only go on, and no release may be rewritten."""
    coding_of(released)
    assert problems(released) == []
    move_to(released, "1.1.0", "The loader can do more.")
    record(released)
    assert problems(released) == [] and set(records.coding(released)["released"]) == {"1.0.0", "1.1.0"}
    log, raw = released / "coding/adjudication.csv", released / "coding/pass.csv"
    log.write_text(log.read_text("utf-8") + "adj-002,places,plc-nowhere,,not coded\n", "utf-8")
    assert problems(released) == []
    log.write_text(log.read_text("utf-8").replace("adj-001", "adj-009"), "utf-8")
    raw.write_text("a\n1\n2\n", "utf-8")
    assert {p.file for p in problems(released, "records")} == {"coding/adjudication.csv", "coding/pass.csv"}


def test_a_release_rewritten_with_its_entry(released: Path) -> None:
    """The changelog made to fit a release that was rewritten, or to forget it, does not hide it."""
    coding_of(released)
    kept, log = released / "releases/1.0.0", released / "CHANGELOG.md"
    old = records.identifiers(Package(kept))
    (kept / "data/csv/places.csv").write_text("x\n", "utf-8")
    text = log.read_text("utf-8")
    for before, after in zip(old, records.identifiers(Package(kept)), strict=True):
        text = text.replace(before, after)
    log.write_text(text, "utf-8")
    assert {p.rule for p in problems(released)} == {"as-released"}
    shutil.rmtree(kept)
    log.unlink()
    assert {p.rule for p in problems(released)} == {"as-released"}


def test_identifiers_of_a_release_stand_each_for_its_own(released: Path) -> None:
    """The identifiers of tables and folder, exchanged, are told."""
    log = released / "CHANGELOG.md"
    tables, folder = records.identifiers(Package(released / "releases/1.0.0"))
    text = log.read_text("utf-8").replace(tables, "one").replace(folder, tables).replace("one", folder)
    log.write_text(text, "utf-8")
    assert [(p.rule, p.file) for p in problems(released)] == [("as-released", "CHANGELOG.md")]


@pytest.mark.parametrize(
    ("row", "value"), [("plc-port-vell,name", "Port Bell"), ("plc-port-vell,", "not coded"), ("plc-no,", "coded")]
)
def test_settled_is_what_the_table_has(row: str, value: str, released: Path) -> None:
    """A cell, or whether a row is there, that was settled otherwise last is told; an earlier row is not."""
    coding_of(released)
    log = released / "coding/adjudication.csv"
    log.write_text(f"{log.read_text('utf-8')}adj-002,places,{row},{value}\n", "utf-8")
    assert [(p.row, p.value) for p in problems(released, "settled")] == [("adj-002", value)]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("2027-01-31", "2026-11-21", "date"), ("cor-1-0-1-1", "cor-1-0-0-1", "correction_id"),
        ("Why.,", "Why.,adj-999", "evidence"),
    ],
)  # fmt: skip
def test_corrections_that_cannot_be(old: str, new: str, column: str, released: Path) -> None:
    """A correction made before the version that it corrects, or with keys that there are not, is told."""
    edit(released, CELL[0], CELL[1], description=NEW)
    move_to(released, "1.0.1", "`events`: corrected. No need to change your code.")
    correct(released, (*CELL, OLD, NEW, "1.0.1"))
    path = released / "coding/corrections.csv"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert [p.column for p in problems(released, "corrections")] == [column]


def test_versions_are_dated_in_order(released: Path) -> None:
    """No version is of a day before the one before, and none that is not yet released is recorded as released."""
    move_to(released, "1.1.0", "x", day="2026-11-21")
    assert any("a day from 2026-11-22 on" in p.expected for p in problems(released, "changelog"))
    path = released / "CHANGELOG.md"
    path.write_text(path.read_text("utf-8").replace("(2026-11-21)", "(not yet released)"), "utf-8")
    edit_json(released, "datapackage.json", lambda d: d.update(created="2027-01-31T00:00:00Z"))
    assert problems(released) == []
    with pytest.raises(PackageError, match=r"expected ## 1\.1\.0 \(2027-01-31\)"):
        diff.record(released)


def test_our_release_is_as_released() -> None:
    """The tables of 1.0.0 have the identifier under which it is cited, which git gives them too."""
    tables = "swh:1:dir:5419300c55017d1b9e06ab85456a075c0b6a8588"
    assert records.identifiers(Package(ROOT / "releases/1.0.0"))[0] == tables
    done = subprocess.run(["git", "rev-parse", "HEAD:releases/1.0.0"], cwd=ROOT, capture_output=True, text=True)
    if not done.returncode:
        assert swhid_of_folder(ROOT / "releases/1.0.0") == f"swh:1:dir:{done.stdout.strip()}"


def test_diff_of_folders_and_zip_files(released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Folders and zip files give the same: table, row, column, old, new and the verdict."""
    packed = tmp_path / "old.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in released.rglob("*"):
            if path.is_file():
                archive.write(path, Path("naqoura-talks-1.0.0") / path.relative_to(released))
    edit(released, CELL[0], CELL[1], description=NEW, title="<b>Breach</b>")
    assert diff.main([str(packed), str(released)]) == 0
    printed = capsys.readouterr().out
    assert f"cell corrected     events evt-truce-breach description: {OLD!r} → {NEW!r}" in printed
    assert printed.endswith("2 change(s), patch.\n")
    assert diff.main([str(released), str(released)]) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_diff_prints_corrections(released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What --corrections prints, with reasons filled in, is what the rule asks for."""
    packed = tmp_path / "old.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in released.rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(released))
    edit(released, CELL[0], CELL[1], description=NEW, title="Breach, as said")
    move_to(released, "1.0.1", "`events`: corrected. No need to change your code.")
    assert problems(released)
    assert diff.main([str(packed), str(released), "--corrections"]) == 0
    correct(released)
    with (released / "coding/corrections.csv").open("a", encoding="utf-8") as file:
        file.write(capsys.readouterr().out)
    assert problems(released) == []


def test_diff_of_git_revisions(capsys: pytest.CaptureFixture[str]) -> None:
    """The commit that is checked out is compared with itself, and a name that is none is told."""
    if subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True).returncode:
        pytest.skip("not a git checkout")
    assert diff.main(["HEAD", "HEAD"]) == 0
    assert "HEAD → HEAD: nothing changed." in capsys.readouterr().out
    assert diff.main(["HEAD", "no-such-thing"]) == 1
    assert "no-such-thing: is no release, folder, zip file or git revision" in capsys.readouterr().err


def test_diff_of_a_release(capsys: pytest.CaptureFixture[str]) -> None:
    """A released version is named by its number, in any clone, tags or not."""
    assert diff.main(["1.0.0", str(ROOT / "releases/1.0.0")]) == 0
    assert capsys.readouterr().out.endswith(": nothing changed.\n")


def spoilt(data: bytes, at: int, byte: int) -> bytes:
    return data[:at] + bytes([byte]) + data[at + 1 :]


NO_PACKAGE: dict[str, tuple[dict[str, bytes], Callable[[bytes], bytes], str]] = {
    "no zip": ({}, lambda z: b"x", "is no zip file"),
    "cut off": ({"datapackage.json": b"{}"}, lambda z: z[:-30], "is no zip file"),
    "no package": ({"c.txt": b"x"}, lambda z: z, "holds no datapackage.json"),
    "no JSON": ({"datapackage.json": b"["}, lambda z: z, "is not JSON"),
    "a list": ({"datapackage.json": b"[]"}, lambda z: z, "expected a list `resources`"),
    "a folder": ({"datapackage.json/x": b""}, lambda z: z, "holds no datapackage.json"),
    "wrong sum": ({"datapackage.json": b'{"resources": []}'}, lambda z: z.replace(b"resources", b"resourcez"), "zip file"),
    "encrypted": ({"datapackage.json": b"{}"}, lambda z: spoilt(z, z.index(b"PK\1\2") + 8, 1), "cannot be unpacked"),
    "unknown packing": ({"datapackage.json": b"{}"}, lambda z: spoilt(z, z.index(b"PK\1\2") + 10, 97), "cannot be unpacked"),
    "a name too long": ({"datapackage.json": b"{}", f"schemas/{'x' * 300}": b""}, lambda z: z, "cannot be unpacked"),
    "file and folder": ({"datapackage.json": b"{}", "schemas/a": b"", "schemas/a/b": b""}, lambda z: z, "cannot be unpacked"),
    "another version": ({"datapackage.json": b'{"resources": [{"name": "actors", "path": 7, "schema": {}}]}'}, lambda z: z, "expected a list `fields`"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_PACKAGE)
def test_diff_of_what_is_no_package(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no zip, and a zip that cannot be unpacked or holds no package, are told by name."""
    files, change, message = NO_PACKAGE[name]
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file, data in files.items():
            archive.writestr(file, data)
    path.write_bytes(change(path.read_bytes()))
    assert diff.main([str(path), str(ROOT)]) == 1
    assert message in capsys.readouterr().err


def test_diff_unpacks_no_bomb(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would fill the disk is not unpacked; what is beside the tables is not either, and does not count."""
    monkeypatch.setattr(diff, "LIMIT", 1000)
    for name, size, message in (
        ("data/csv/a.csv", 1001, "1,003 bytes, and at most 1,000"),
        ("b", 10**7, "expected a list `resources`"),
    ):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("datapackage.json", "{}")
            archive.writestr(name, bytes(size))
        assert diff.main([str(tmp_path / "a.zip"), str(ROOT)]) == 1
        assert message in capsys.readouterr().err


def test_diff_prints_no_escapes(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a terminal would obey in a key comes out as its escape."""
    another("places", "plc-port-vell", "plc-\x1b[2J\x07")(released)
    assert diff.main([str(released / "releases/1.0.0"), str(released)]) == 0
    printed = capsys.readouterr().out
    assert "plc-\\x1b[2J\\x07" in printed and "\x1b" not in printed
