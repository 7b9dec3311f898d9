"""Files: all that must be there and no other, no links, no marks of a merge, and every CSV in its canonical form."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import zip_longest
from pathlib import Path
from typing import Any

from naqoura_talks.package import Package, PackageError, read_text
from scripts.check.problems import Problem
from scripts.files import to_csv

# Folders that hold nothing of the package, beside hidden ones.
NOT_OURS = ("node_modules", "__pycache__", "dist")
HIDDEN = (".github", ".ci", ".gitattributes", ".gitignore")
# What a checkout holds beside the tables. A package that is none, such as that in a wheel, has no pyproject.toml.
DOCUMENTS = (
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "LICENSE-DATA", "datapackage.json",
    "coding/datapackage.json", "coding/manual.md", "docs/dataset-card.md",
)  # fmt: skip
# What stands in data/, schemas/ and coding/ beside the files that a descriptor names.
BESIDE = (
    "data/parquet/datapackage.json", "data/csv-metadata.json", "data/citation.json",
    "schemas/profile.json", "schemas/implications.csv",
    "coding/datapackage.json", "coding/manual.md", "coding/adding-a-source.md", "coding/AGREEMENT.md",
    "coding/agreement.csv", "coding/matches.csv", "coding/passes/README.md", "coding/passes/*/notes-?.md",
)  # fmt: skip
# The licences that the package may have: where each is to be read, and the file that grants it with its words.
LICENCES = {
    "CC-BY-4.0": (
        "https://creativecommons.org/licenses/by/4.0/",
        "LICENSE-DATA",
        "creativecommons.org/licenses/by/4.0/",
    ),
    "MIT": ("https://opensource.org/license/mit", "LICENSE", "MIT License"),
}
CONFLICT = re.compile(rb"^(<{7} |>{7} |\|{7} |={7}$)", re.MULTILINE)
# The same as the rule no-leavings asks of cells, of what is written by hand beside them.
LEAVINGS = re.compile(
    r"#(REF|N/A|VALUE|NAME|DIV/0|NULL|NUM)[!?]|\ufffd|&(amp|lt|gt|quot|apos|nbsp|#x?[0-9a-f]+);"
    r"|[ÂÃÄÅÐÑØÙ][\x80-\xbf]|â€|\b(TODO|FIXME|TBD)\b"
)
# What would run, or leave the package, where a page makes a link of it; browsers skip control characters.
SCRIPTED = re.compile(r"(^|[(\[<\"'=])\s*(javascript|vbscript|data|file|blob):\S", re.IGNORECASE)


def walk(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder of the package, but for what is hidden or of tools alone; folders are opened."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or (path.name.startswith(".") and path.name not in HIDDEN):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)
        else:
            yield path


def links(root: Path) -> Iterator[Problem]:
    """No file of the package is a link, a pipe or anything else but a plain file, so that nothing outside is read."""
    for path in walk(root):
        if path.is_symlink() or not path.is_file():
            hint = "Put the file itself there; until then nothing else is read or asked."
            file = path.relative_to(root).as_posix()
            yield Problem("links", file, None, "", "", "", "a plain file, not a link", hint)


def conflicts(root: Path) -> Iterator[Problem]:
    """No text file has a mark of two versions that git could not merge."""
    for path in walk(root):
        data = path.read_bytes()
        if (mark := CONFLICT.search(data)) and b"\0" not in data:
            file, line = path.relative_to(root).as_posix(), data.count(b"\n", 0, mark.start()) + 1
            hint = "Keep one of the two versions, without the marks; until then nothing else is asked."
            yield Problem("conflicts", file, line, "", "", mark[0].decode(), "no mark of a merge", hint, 1)


def unreadable(root: Path, row: str, error: PackageError) -> Problem:
    """Return the problem of a file that cannot be read, with the place that the error names."""
    file, why = "datapackage.json", str(error)
    if error.path is not None and error.path.is_relative_to(root):
        file, why = str(error.path.relative_to(root)), why.replace(f"{root}{os.sep}", "")
    return Problem("readable", file, error.line, row, "", "", "a file that can be read", why, error.character)


def orphan_files(package: Package) -> Iterator[Problem]:
    """Every file in data/, schemas/ and coding/ is named by a descriptor or one of those beside them."""
    root = package.root
    named, folders = {*BESIDE}, ["data", "schemas", "releases"]
    for name in package.tables:
        for path in (package.path(name), package.schema_path(name), package.path(name, "parquet")):
            named.add(path.relative_to(root).as_posix())
    try:
        joined = package.joined
        paths = [joined.path(name, kind) for name in joined.tables for kind in ("csv", "parquet")]
        named |= {path.relative_to(root).as_posix() for path in (joined.root / "datapackage.json", *paths)}
    except PackageError:  # The build makes the whole folder again.
        named.add("data/joined/*")
    if (root / "coding/datapackage.json").exists():
        for resource in Package(root / "coding").descriptor["resources"]:
            named |= {f"coding/{resource.get(key)}" for key in ("path", "schema")}
        folders.append("coding")
    for path in sorted(p for f in folders for p in (root / f).rglob("*")):
        file, hidden = path.relative_to(root).as_posix(), path.name.startswith(".")
        # What a killed build leaves there ends in .part; a release has an identifier that every file is in.
        known = (
            path.suffix == ".part" if hidden else file.startswith("releases/") or any(fnmatch(file, n) for n in named)
        )
        if path.is_file() and not known:
            expected = "a file that datapackage.json names"
            yield Problem("orphan-files", file, None, "", "", "", expected, "Remove it, or give it a resource.")


def documents(root: Path) -> Iterator[Problem]:
    """A checkout has its documents, in UTF-8, and nothing is left in them that a program or a hurried hand left."""
    if not (root / "pyproject.toml").exists():
        return
    for file in DOCUMENTS:
        try:
            read_text(root / file, "document")
        except PackageError as error:
            yield unreadable(root, "", error)
    by_hand = {"datapackage.json", "README.md", "CHANGELOG.md", "CITATION.cff", "docs/dataset-card.md"}
    by_hand |= {path.relative_to(root).as_posix() for f in ("schemas", "coding") for path in (root / f).glob("*")}
    for file in sorted(by_hand):
        text = (root / file).read_bytes().decode("utf-8", "ignore") if (root / file).is_file() else ""
        for found in LEAVINGS.finditer(text):
            line, at = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
            yield Problem("leavings", file, line, "", "", found[0], "what is meant", "Write it by hand.", at)


def scripted_links(file: str, content: Any, where: str = "$") -> Iterator[Problem]:
    """No text of a descriptor or schema holds a link that runs something or leads into this machine."""
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from scripted_links(file, value, f"{where}[{key}]" if isinstance(content, list) else f"{where}.{key}")
    elif isinstance(content, str) and SCRIPTED.search(re.sub(r"[\x00-\x1f\x7f]", "", content).strip()):
        yield Problem("links-on-pages", file, None, where, "", content[:120], "a link with https:", "Correct the link.")


def one_account(package: Package) -> Iterator[Problem]:
    """Licences, authors and coded texts are the same in descriptor, LICENSE files, pyproject.toml and sources."""
    root, about = package.root, package.descriptor
    if not (root / "pyproject.toml").exists():
        return

    def problem(where: str, value: object, expected: str) -> Problem:
        hint = "Fix one of the two."
        return Problem("one-account", "datapackage.json", None, where, "", str(value)[:200], expected, hint)

    texts = {file: read_text(root / file, "document") for file in ("LICENSE", "LICENSE-DATA", "pyproject.toml")}
    licences = {licence.get("name"): licence.get("path") for licence in about["licenses"]}
    if licences != {name: path for name, (path, _, _) in LICENCES.items()}:
        yield problem("licenses", licences, f"{ {name: path for name, (path, _, _) in LICENCES.items()} }")
    for name, (_, file, words) in LICENCES.items():
        for where, wanted in ((file, words), ("pyproject.toml", name)):
            if wanted not in texts[where]:
                yield problem("licenses", name, f"{wanted!r} in {where} too")
    for contributor in about["contributors"]:
        for file, text in texts.items():
            if contributor["title"] not in text:
                yield problem("contributors", contributor["title"], f"the same name in {file}")
    if f'name = "{about["name"]}"' not in texts["pyproject.toml"]:
        yield problem("name", about["name"], "the name in pyproject.toml")
    rows = package.read_words("sources").to_pylist()
    coded = [{"title": r["citation"], "path": r["url"]} for r in rows if r["source_type"] == "coded_text"]
    if about["sources"] != coded:
        yield problem("sources", about["sources"], f"the coded texts of data/csv/sources.csv: {coded}")


def canonical_form(package: Package, name: str) -> Iterator[Problem]:
    """A CSV is what its rows written again give: UTF-8 without a byte order mark, LF, no needless quotation mark."""
    rule, path = "canonical-form", package.path(name)
    file, data = str(path.relative_to(package.root)), path.read_bytes()
    text = data.decode("utf-8", "replace")
    if text.startswith("\ufeff"):
        yield Problem(rule, file, 1, "", "", "", "no byte order mark", "Save as UTF-8 without BOM.", 1)
        text = text.removeprefix("\ufeff")
    if "\r\n" in text:
        line = text.count("\n", 0, text.index("\r\n")) + 1
        yield Problem(rule, file, line, "", "", "", "LF line ends", "Save with LF, not CRLF.")
        text = text.replace("\r\n", "\n")
    again = to_csv(csv.reader(io.StringIO(text, newline=""))).decode("utf-8")
    if again == text:
        return
    lines, wanted = text.split("\n"), again.split("\n")
    hint = "Write quotation marks only where a comma, a quotation mark or a line end needs them; no blank lines."
    for n, (found, expected) in enumerate(zip_longest(lines, wanted), 1):
        if found is None:
            at = len(lines[-1]) + 1
            yield Problem(rule, file, len(lines), "", "", "", "an LF after the last row", "End the line.", at)
            return
        if found != expected:
            pairs = zip(found, expected or "", strict=False)
            at = next((i for i, (one, other) in enumerate(pairs) if one != other), min(len(found), len(expected or "")))
            shown = (
                repr(expected[at : at + 40])
                if expected is not None
                else "the end of the file, one LF after the last row"
            )
            yield Problem(rule, file, n, "", "", found[at : at + 40], f"{shown} there", hint, at + 1)
            if len(lines) != len(wanted):
                return  # The lines below differ for being elsewhere.
