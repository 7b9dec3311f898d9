"""Paths and links of a descriptor: nothing outside the folder is read or asked; odd files end in errors of our own.

What Python opens and connects to is watched while the reader and the whole check look at the package,
so that a test does not rest on the problem that is reported. hypothesis looks for descriptors,
schemas, tables and texts that end in anything but an error of our own.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_up import TEXT, edit_json
from naqoura_talks.package import DEPTH_LIMIT, Package, PackageError, read_json
from naqoura_talks.text import canonicalise, digest, find, fold
from naqoura_talks.verify import Span, locate
from scripts.build import command as build
from scripts.build import parquet
from scripts.check import command as check
from scripts.check import files
from scripts.check.problems import Problem, as_lines

SEEN: list[tuple[str, str]] = []
_watching = False


def _watch(event: str, arguments: tuple) -> None:
    if _watching and (event == "open" or event.startswith(("socket.", "urllib.", "subprocess."))):
        SEEN.append((event, str(arguments[0]) if arguments else ""))


sys.addaudithook(_watch)


@pytest.fixture
def secret(tmp_path: Path, made_up_root: Path) -> Path:
    """A whole package beside the one that is looked at; nothing may open its files."""
    return Path(shutil.copytree(made_up_root, tmp_path / "secret"))


def looked_at(root: Path, secret: Path) -> list[Problem]:
    """Return what the whole check finds, after making sure that it left the secret and the network alone."""
    global _watching
    SEEN.clear()
    _watching = True
    try:
        found = build.problems(root, (TEXT,))
        package = Package(root)
        for read in (package.read_words, package.read_csv, package.schema, package.arrow_schema):
            try:
                for name in package.tables:
                    read(name)
            except PackageError:
                pass
    except PackageError:
        pass
    finally:
        _watching = False
    opened = [Path(path).resolve() for event, path in SEEN if event == "open" and not path.isdigit()]
    assert not [p for p in opened if p.is_relative_to(secret.resolve())]
    assert not [(event, what) for event, what in SEEN if event != "open"]
    return found


def first(**properties: object) -> Callable[[Path], None]:
    return lambda root: edit_json(root, "datapackage.json", lambda d: d["resources"][0].update(properties))


ELSEWHERE = {
    "a path upwards": first(path="../secret/data/csv/actors.csv"),
    "a path down and upwards": first(path="data/../../secret/data/csv/actors.csv"),
    "a schema upwards": first(schema="../secret/schemas/actors.json"),
    "a name upwards": first(name="../../../secret/data/csv/actors"),
    "a path on the network": first(path="http://127.0.0.1:9/actors.csv"),
    "a schema on the network": first(schema="http://127.0.0.1:9/actors.json"),
    "a dialect on the network": first(dialect="http://127.0.0.1:9/dialect.json"),
    "a profile on the network": first(profile="http://127.0.0.1:9/profile.json"),
    "another scheme": first(path="file:///etc/hostname"),
    "a scheme beside the path": first(scheme="http", path="127.0.0.1"),
    "several paths": first(path=["data/csv/actors.csv", "../secret/data/csv/actors.csv"]),
    "more paths": first(extrapaths=["../secret/data/csv/actors.csv"]),
    "a path inside an archive": first(compression="zip", innerpath="x.csv"),
    "a drive": first(path="C:\\secret\\actors.csv"),
    "data inside": first(data="http://127.0.0.1:9/actors.csv", path=None),
    "a schema that refers": first(schema={"$ref": "http://127.0.0.1:9/actors.json"}),
    "a package that is a list": lambda root: (root / "datapackage.json").write_text("[1, 2]"),
    "a base path": lambda root: edit_json(root, "datapackage.json", lambda d: d.update(basepath="../secret")),
    "a foreign key to another package": lambda root: edit_json(
        root, "schemas/events.json", lambda s: s["foreignKeys"][0]["reference"].update(package="http://127.0.0.1:9/p.json")
    ),
    "a foreign key to a file": lambda root: edit_json(
        root, "schemas/events.json", lambda s: s["foreignKeys"][0]["reference"].update(resource="../secret/data/csv/actors.csv")
    ),
    "a schema of the coding": lambda root: [
        (root / "coding").mkdir(exist_ok=True),
        (root / "coding/datapackage.json").write_text(
            json.dumps({"resources": [{"name": "x", "path": "http://127.0.0.1:9/x.csv", "schema": "../../secret/schemas/actors.json"}]})
        ),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", ELSEWHERE)
def test_descriptor_leads_nowhere_else(case: str, made_up_root: Path, secret: Path) -> None:
    """Whatever descriptor and schemas name, files outside and the network are left alone, and a problem says so."""
    ELSEWHERE[case](made_up_root)
    found = looked_at(made_up_root, secret)
    assert found and all(p.hint for p in found)


LINKED = [
    "datapackage.json",
    "data",
    "data/csv",
    "data/csv/actors.csv",
    "schemas",
    "schemas/actors.json",
    "data/parquet",
    "docs/codebook.md",
]


@pytest.mark.parametrize("path", LINKED)
def test_links_lead_nowhere_else(path: str, made_up_root: Path, secret: Path) -> None:
    """A link anywhere in a path is not followed out of the package, and is a problem."""
    place = made_up_root / path
    place.rename(made_up_root / ".was")
    place.symlink_to(secret / path)
    found = looked_at(made_up_root, secret)
    assert any(p.rule == "links" and p.file == path for p in found), found


def test_watching_sees(made_up_root: Path, secret: Path) -> None:
    """The tests above would see a file that is opened: they see one that is."""
    global _watching
    SEEN.clear()
    _watching = True
    (secret / "docs/codebook.md").read_bytes()
    _watching = False
    assert [path for event, path in SEEN if event == "open"] == [str(secret / "docs/codebook.md")]


@pytest.mark.parametrize("path", ["datapackage.json", "data/csv/actors.csv", "schemas/actors.json"])
def test_what_is_no_plain_file_is_not_read(path: str, made_up_root: Path) -> None:
    """A pipe, a folder, a link to a device or to itself ends in an error, not in waiting."""
    place = made_up_root / path
    for make in (os.mkfifo, os.mkdir, lambda p: p.symlink_to("/dev/zero"), lambda p: p.symlink_to(p)):
        if place.is_dir() and not place.is_symlink():
            place.rmdir()
        else:
            place.unlink()
        make(place)
        with pytest.raises(PackageError):
            Package(made_up_root).read_words("actors")
        assert check.source_problems(made_up_root, ())


# --- nothing runs away ---

JSON = {
    "deep": ("[" * 200_000, "nested too deeply"),
    "deep, but whole": ('{"a":' * 40 + "1" + "}" * 40, f"at most {DEPTH_LIMIT} levels"),
    "a number of ten thousand digits": ("[" + "9" * 10_000 + "]", "not JSON"),
    "NaN": ('{"a": NaN}', "NaN is no value of JSON"),
    "a name twice": ('{"path": "a", "path": "b"}', "'path' stands twice"),
    "half a surrogate pair": (r'{"name": "\ud800"}', "no character"),
    "no JSON": ("{", ":1:2: the descriptor is not JSON"),
    "nothing": ("", "not JSON"),
}


@pytest.mark.parametrize("case", JSON)
def test_odd_json_is_refused(case: str, made_up_root: Path) -> None:
    """What Python's reader takes or chokes on is refused with the reason."""
    text, why = JSON[case]
    (made_up_root / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(PackageError) as error:
        Package(made_up_root).descriptor  # noqa: B018
    assert why in str(error.value)
    assert [p.file for p in check.source_problems(made_up_root, ())][:1] == ["datapackage.json"]


def test_deepest_json_is_read(tmp_path: Path) -> None:
    """The limit is where it is said to be."""
    file = tmp_path / "x.json"
    file.write_text("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT, encoding="utf-8")
    assert read_json(file, "file")
    file.write_text("[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1), encoding="utf-8")
    with pytest.raises(PackageError):
        read_json(file, "file")


def test_parquet_with_other_rows_is_not_read(made_up_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Parquet file can declare millions of rows in few bytes: with another number than the CSV's it is not read."""
    path = made_up_root / "data/parquet/actors.parquet"
    pq.write_table(pa.table({"actor_id": pa.nulls(10**6, pa.null())}), path)
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *args, **kwargs: pytest.fail("read"))
    package = Package(made_up_root)
    assert not parquet.same_parquet(path, parquet.parquet_table(package, "actors"))


# --- no crash but errors of our own ---

FUNCTION_FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=8, deadline=None, suppress_health_check=FUNCTION_FIXTURES)
@given(
    content=st.binary(max_size=60)
    | st.text(alphabet=',"\n\r\x00 a\u00e9\ufeff1', max_size=60).map(lambda t: t.encode())
)
def test_any_bytes_for_a_table(made_up_root: Path, content: bytes) -> None:
    """Whatever bytes stand below the header of a table, or for the whole of it."""
    package = Package(made_up_root)
    head = (",".join(package.fields("places")) + "\n").encode()
    for data in (content, head + content):
        package.path("places").write_bytes(data)
        for name in ("read_words", "read_csv"):
            try:
                getattr(package, name)("places")
            except PackageError as error:
                assert str(package.path("places")) in str(error)
        found = check.table_problems(Package(made_up_root), ()) if data == content else []
        assert len(as_lines(found).splitlines()) == len(set(found))


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)


@settings(max_examples=100, deadline=None, suppress_health_check=FUNCTION_FIXTURES)
@given(rows=st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=5))
def test_tables_come_back(made_up_root: Path, rows: list[list[str]]) -> None:
    """Any cells that Python's csv module writes are read as they were, and our canonical form is its own."""
    package = Package(made_up_root)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(package.fields("places")), *rows])
    package.path("places").write_bytes(text.getvalue().encode("utf-8"))
    words = package.read_words("places")
    assert [[cell or "" for cell in row.values()] for row in words.to_pylist()] == rows
    assert list(files.canonical_form(package, "places")) == []


def test_an_error_names_its_row(made_up_root: Path) -> None:
    """A row of any length is read, quoted line ends too; the first with too few cells is told, with its number."""
    package = Package(made_up_root)
    path, head = package.path("places"), ",".join(package.fields("places")) + "\n"
    rows = "a,b,c,,,,\n" * 50 + f"{'long ' * 400_000},,,,,,\n"
    path.write_text(head + rows + '"long\nlonger",,,,,,\n', encoding="utf-8", newline="")
    assert package.read_words("places").num_rows == 52
    path.write_text(head + rows + "too,few\n" + rows, encoding="utf-8", newline="")
    with pytest.raises(PackageError, match=r"places\.csv:53: not a table of 7 columns.*too,few"):
        package.read_words("places")


# --- the text finder ---

ANY_TEXT = st.text(st.characters() | st.sampled_from(" \n\u00a0\u00ad\u2019\u201c\u2013e\u0301.\ud800"), max_size=80)


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_has_its_laws(text: str, words: str) -> None:
    """Half characters too: folding keeps the length, digests do not see it, and what is found is what was asked for."""
    once = canonicalise(text)
    assert canonicalise(once) == once and len(fold(text)) == len(text)
    assert digest(fold(text)) == digest(text)
    for start, end in find(once, words):
        assert digest(once[start:end]) == digest(canonicalise(words))


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, st.data())
def test_anchored_spans_are_found_again(before: str, text: str, after: str, data: st.DataObject) -> None:
    """A span from word to word is found in any copy by its digest alone, whatever stands around the text."""
    text = canonicalise(text).replace("\n", " ")
    starts = [i for i in range(len(text)) if not text[i].isspace() and (i == 0 or text[i - 1].isspace())]
    ends = [i for i in range(1, len(text) + 1) if i == len(text) or not (text[i].isalnum() and text[i - 1].isalnum())]
    if not starts:
        return
    start = data.draw(st.sampled_from(starts))
    end = data.draw(st.sampled_from([e for e in ends if e > start]))
    copy = fold(f"{before} {text} {after}")
    (at,), _ = locate(copy, [Span(start, end, digest(text[start:end]))])
    assert at is not None and digest(copy[at : at + end - start]) == digest(text[start:end])
