"""What the check tells: where a problem stands, in which order, and in which formats.

A problem without its place sends a curator searching; one with a wrong place is worse, so hypothesis
compares places with what stands there.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_up import TEXT, edit, edit_json, rewrite, rows
from naqoura_talks.package import Package
from scripts.check import command as check
from scripts.check import rules, schemas
from scripts.check.problems import FORMATS, Problem, as_lines, as_text, cell_places, json_place, json_places
from scripts.trials import bench


def broken_in_three_places(root: Path) -> list[Problem]:
    """Return the problems of a package with two bad cells and a misspelt property."""
    edit(root, "events", "evt-harbour-talks", title="Talks,  in Port Vell")
    edit(root, "actors", "act-sudland", actor_type="kingdom")
    edit_json(root, "schemas/places.json", lambda s: s["fields"][1].update(exampel="x"))
    return check.source_problems(root)


def test_lines_lead_to_the_place(made_up_root: Path) -> None:
    """file:line:character: text [rule], and at that place stands the value."""
    lines = as_lines(broken_in_three_places(made_up_root)).splitlines()
    assert len(lines) >= 3 and lines == sorted(lines, key=lambda line: line.split(":")[0])
    places = {}
    for line in lines:
        file, row, character, text = re.fullmatch(r"([\w./-]+):(\d+):(\d+): (.+ \[[a-z-]+\])", line).groups()
        there = (made_up_root / file).read_text("utf-8").splitlines()[int(row) - 1][int(character) - 1 :]
        places[text.rsplit("[")[-1], file] = there
    assert places["no-padding]", "data/csv/events.csv"].startswith('"Talks,  in Port Vell"')
    assert places["frictionless]", "data/csv/actors.csv"].startswith("kingdom,")
    assert places["tableschema]", "schemas/places.json"].startswith('"exampel": "x"')


@pytest.fixture
def without_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is run without the coded text, which is another than the made-up one."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)


@pytest.mark.usefixtures("without_text")
def test_formats_say_the_same(made_up_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text, lines and JSON hold the same problems in the same order; JSON has every field."""
    found = broken_in_three_places(made_up_root)
    printed = {}
    for name in FORMATS:
        assert check.main(["--root", str(made_up_root), "--format", name]) == 1
        printed[name] = capsys.readouterr().out.strip()
    assert printed["text"] == as_text(found)
    objects = json.loads(printed["json"])
    assert [set(o) for o in objects] == [set(Problem._fields)] * len(objects)
    assert [o["rule"] for o in objects] == re.findall(r"\[([a-z-]+)\]$", printed["lines"], re.MULTILINE)
    counts = printed["text"].splitlines()[-1]
    assert counts.startswith(f"{len(objects)} problem(s): ")
    assert sum(int(n) for n in re.findall(r"[a-z-]+ (\d+)", counts)) == len(objects)


@pytest.mark.usefixtures("without_text")
def test_nothing_wrong_prints_nothing_for_programs(made_up_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An editor gets no line, a program an empty list."""
    for name, nothing in (("lines", ""), ("json", "[]\n")):
        assert check.main(["--root", str(made_up_root), "--format", name]) == 0
        assert capsys.readouterr().out == nothing


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem("r", "f", 1, "", "", "", "no byte order mark", "Save it."), "expected no byte order mark. Save it."),
        (Problem("r", "f", 1, "act-x", "", "", "evidence", "Add it."), "act-x: expected evidence. Add it."),
        (
            Problem("r", "f", 1, "act-x", "name", "", "a value", "Fill it."),
            "act-x, name is ''; expected a value. Fill it.",
        ),
        (Problem("r", "f", 1, "", "", "x", "y", "Fix it."), "it is 'x'; expected y. Fix it."),
    ],
)
def test_sentences(problem: Problem, sentence: str) -> None:
    """A problem reads as a sentence whatever parts it has."""
    assert problem.sentence == sentence


CELLS = st.text(st.sampled_from('ab,"\n \u00e9\U0001f600'), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=4))
def test_places_of_cells(made_up_root: Path, content: list[list[str]]) -> None:
    """At the line and character of a cell the cell begins, with commas, quotation marks and lines in cells or not."""
    package = Package(made_up_root)
    columns = list(package.fields("places"))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *content])
    package.path("places").write_text(text.getvalue(), encoding="utf-8", newline="")
    lines, cells = text.getvalue().split("\n"), [(i, n) for i in range(len(content)) for n in range(7)]
    for (i, n), (line, character) in zip(cells, cell_places(text.getvalue(), cells), strict=True):
        there = "\n".join([lines[line - 1][character - 1 :], *lines[line:]])
        assert (next(csv.reader(io.StringIO(there, newline=""))) or [""])[0] == content[i][n]
        assert n == 0 or lines[line - 1][character - 2] == ","


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3),
    max_leaves=10,
)


def values(content: object, path: tuple = ()) -> Iterator[tuple[tuple, object]]:
    """Return all values of a JSON content with their paths."""
    yield path, content
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from values(value, (*path, key))


@given(JSON, st.sampled_from([None, 2]))
def test_places_in_json(content: object, indent: int | None) -> None:
    """Each value of a JSON text has a place, and there it stands, behind its name if it has one."""
    text = json.dumps(content, indent=indent, ensure_ascii=False)
    places, decoder = json_places(text), json.JSONDecoder()
    assert set(places) == {path for path, _ in values(content)}
    for path, value in values(content):
        at = places[path]
        if path and isinstance(path[-1], str):
            name, end = decoder.raw_decode(text, at)
            assert name == path[-1]
            at = re.compile(r"\s*:\s*").match(text, end).end()
        assert decoder.raw_decode(text, at)[0] == value


def test_place_of_what_a_problem_names() -> None:
    """A column with its property or constraint, a resource's property, one of the file, a JSON path."""
    schema = '{\n  "fields": [\n    {"name": "a", "constraints": {"pattern": "x"}}\n  ],\n  "primaryKey": "a"\n}\n'
    assert json_place(schema, "a", "pattern") == (3, 35)
    assert json_place(schema, "a", "title") == (3, 5)
    assert json_place(schema, "x", "primaryKey") == (5, 3)
    assert json_place(schema, "$.fields[0].name", "") == (3, 6)
    assert json_place(schema, "nothing", "nowhere") is None
    assert json_place('{"resources": [{"name": "a",\n"path": "x"}]}', "a.path", "") == (2, 1)


def test_files_that_cannot_be_read_have_a_place(made_up_root: Path) -> None:
    """The problem of a broken table or schema names the file within the package and the line."""
    path = made_up_root / "data/csv/places.csv"
    path.write_bytes(path.read_bytes() + b"plc-x,too,few\n")
    (made_up_root / "schemas/events.json").write_text('{\n  "fields": [}\n', "utf-8")
    found = [p for p in check.source_problems(made_up_root, ()) if p.rule == "readable"]
    assert {(p.file, p.line) for p in found} == {("data/csv/places.csv", 3), ("schemas/events.json", 2)}
    assert not any(str(made_up_root) in str(p) for p in found)


def test_coding_tables_are_checked(made_up_root: Path) -> None:
    """A raw pass that breaks its schema is a problem of the file in coding/."""
    shutil.copytree(check.ROOT / "coding", made_up_root / "coding")
    for name in ("corrections", "adjudication"):  # of rows that are not made up
        path = made_up_root / f"coding/{name}.csv"
        path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    edit_json(made_up_root, "coding/datapackage.json", lambda d: d.pop("released"))
    assert check.source_problems(made_up_root, (TEXT,)) == []
    path = made_up_root / "coding/passes/round-1/coder-a.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + lines[1].replace(lines[1].split(",")[1], "Not A Key") + "".join(lines[2:]), "utf-8")
    found = check.source_problems(made_up_root, (TEXT,))
    assert {(p.rule, p.file, p.line, p.column) for p in found} == {
        ("frictionless", "coding/passes/round-1/coder-a.csv", 2, "row_id"),
        ("records", "coding/passes/round-1/coder-a.csv", None, ""),
    }


@pytest.fixture(scope="session")
def whole_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout; tests must put back what they change."""
    ignored = shutil.ignore_patterns(".*", "node_modules", "dist", "__pycache__")
    return Path(shutil.copytree(check.ROOT, tmp_path_factory.mktemp("checkout") / "package", ignore=ignored))


MARK = "<" * 7
SPOILT = {
    "a mark of a merge in Python": ("conflicts", "scripts/files.py", f"{MARK} HEAD\n"),
    "a mark of a merge in a table": ("conflicts", "data/csv/events.csv", f"{MARK} HEAD\n"),
    "no changelog": ("readable", "CHANGELOG.md", None),
    "no readme": ("readable", "README.md", None),
    "no manual": ("readable", "coding/manual.md", None),
    "no card": ("readable", "docs/dataset-card.md", None),
    "no licence": ("readable", "LICENSE-DATA", None),
    "no citation": ("readable", "CITATION.cff", None),
    "a bad byte": ("readable", "README.md", b"\xff"),
    "a stray pass": ("orphan-files", "coding/passes/round-1/coder-z.csv", "x\n"),
    "a hidden stray": ("orphan-files", "data/csv/.~lock.events.csv#", "x"),
    "a raw pass": ("records", "coding/passes/round-2/coder-d.csv", "x\n"),
    "a thing to do": ("leavings", "CHANGELOG.md", "TO" + "DO\n"),
    "an entity": ("leavings", "coding/adjudication.csv", "&am" + "p;"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_files_beside_the_tables(name: str, whole_checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, stray, left behind or not text is told with its file, whatever the rules on tables say."""
    monkeypatch.setattr(rules, "every", lambda *args: [])
    monkeypatch.setattr(schemas, "frictionless_problems", lambda *args: [])
    rule, file, added = SPOILT[name]
    path = whole_checkout / file
    before = path.read_bytes() if path.exists() else None
    try:
        if added is None:
            path.unlink()
        else:
            path.write_bytes((before or b"") + (added if isinstance(added, bytes) else added.encode()))
        found = check.source_problems(whole_checkout)
        assert (rule, file) in {(p.rule, p.file) for p in found}
    finally:
        path.unlink(missing_ok=True)
        if before is not None:
            path.write_bytes(before)


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        ("licenses", "java" + "script:alert(1)", "links-on-pages"),
        ("sources", "da" + "ta:text/html,x", "links-on-pages"),
        ("licenses", "https://creativecommons.org/licenses/by-nc/4.0/", "one-account"),
        ("sources", "https://example.org/", "one-account"),
    ],
)
def test_one_account_of_licences_and_sources(place: str, value: str, rule: str, whole_checkout: Path) -> None:
    """A link that would run, and a licence or source that the files beside do not have, are told."""
    path = whole_checkout / "datapackage.json"
    before = path.read_bytes()
    try:
        edit_json(whole_checkout, "datapackage.json", lambda d: d[place][0].update(path=value))
        assert rule in {p.rule for p in check.source_problems(whole_checkout)}
    finally:
        path.write_bytes(before)


def test_root_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is told, and no control character is printed."""
    assert check.main(["--root", str(tmp_path / "no\x1b[2Jthing")]) == 1
    printed = capsys.readouterr().err
    assert "is no folder" in printed and "\x1b" not in printed


def test_no_escapes_are_printed() -> None:
    """What a terminal would obey in a key, a file name or a value comes out as its escape, in every format."""
    problem = Problem("r", "f\x1b[2J", 1, "act-\x9b31m", "c\x07", "v", "e\u202e", "Fix it.")
    for write in FORMATS.values():
        assert not set(write([problem])) & set("\x1b\x9b\x07\u202e")


def test_nulls_hide_nothing(made_up_root: Path) -> None:
    """Empty cells are where whole-column questions go wrong: null is equal to null, and no answer is not a yes."""
    twin = rows(made_up_root, "identifiers")[0] | {"identifier_id": "idn-x", "note": "Another."}
    rewrite(made_up_root, "identifiers", [*rows(made_up_root, "identifiers"), twin])
    edit(made_up_root, "statements", "stm-spokesman-breach", speech_act="", mode="")
    edit(made_up_root, "events", "evt-truce-breach", attribution="", date_basis="")
    edit(made_up_root, "evidence", "evd-act-norland-row-1", support="", sha256="")
    edit(
        made_up_root, "compliance_claims", "clm-spokesman-breach-sudland", term_id="trm-leave-harbour", agreement_id=""
    )
    found = {(p.rule, p.row, p.column) for p in check.source_problems(made_up_root, (TEXT,))}
    assert {
        ("rows-differ", "idn-x", "actor_id + place_id + agreement_id + event_id + scheme"),
        ("frictionless", "evt-truce-breach", "attribution"),
        ("frictionless", "evd-act-norland-row-1", "support"),
        ("claims-about-terms-of-the-agreement", "clm-spokesman-breach-sudland", "term_id"),
        ("frictionless", "stm-spokesman-breach", "speech_act"),
    } <= found


def test_many_articles_are_whole(tmp_path: Path) -> None:
    """The packages that the bench measures are valid, as large as they say, and have keys and words of their own."""
    root = bench.many_articles(tmp_path / "package", 2)
    package, ours = Package(root), Package(bench.ROOT)
    assert bench.our_rules(package) == []
    for name in ("events", "statements", "event_actors", "statement_links", "passages"):
        assert package.read_words(name).num_rows == 2 * ours.read_words(name).num_rows
    for table, column in (("events", "event_id"), ("evidence", "evidence_id"), ("statements", "proposition")):
        mine, theirs = (p.read_words(table)[column].unique().drop_null() for p in (package, ours))
        assert len(mine) > 1.9 * len(theirs)
    evidence = rows(root, "evidence")
    evidence[-1]["sha256"] = "0" * 64
    rewrite(root, "evidence", evidence)
    edit(root, "statements", rows(root, "statements")[-1]["statement_id"], cue_words="other")
    assert {p.rule for p in bench.our_rules(Package(root))} >= {"verbatim-cells-prove-themselves"}
    bench.frictionless(root)
    evidence[-1]["sha256"] = "x"
    rewrite(root, "evidence", evidence)
    with pytest.raises(AssertionError):
        bench.frictionless(root)
