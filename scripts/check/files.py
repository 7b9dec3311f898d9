"""Files: all that must be there and no other, no links, no marks of a merge, and every CSV in its canonical form."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from naqoura_talks.package import Package, PackageError, read_text
from scripts.check.problems import Problem, place_in
from scripts.files import to_csv

# Folders that hold nothing of the package, beside hidden ones.
NOT_OURS = ("node_modules", "__pycache__", "dist")
HIDDEN = (".github", ".ci", ".gitattributes", ".gitignore")
# What a checkout holds beside the tables. A package that is none, such as that in a wheel, has no pyproject.toml.
DOCUMENTS = (
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "LICENSE-DATA", "datapackage.json",
    "coding/datapackage.json", "coding/manual.md", "docs/checks.md", "docs/dataset-card.md", "docs/guide.md",
    "docs/quickstart.ipynb", "docs/speed.md",
)  # fmt: skip
# What stands in data/, schemas/ and coding/ beside the files that a descriptor names.
BESIDE = (
    "data/parquet/datapackage.json", "data/csv-metadata.json", "data/citation.json",
    "schemas/profile.json", "schemas/implications.csv",
    "coding/datapackage.json", "coding/manual.md", "coding/adding-a-source.md", "coding/AGREEMENT.md",
    "coding/agreement.csv", "coding/matches.csv", "coding/passes/README.md", "coding/passes/*/notes-?.md",
)  # fmt: skip
# The licences of the package with the address of each, and the words by which each file grants or names them.
LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/", "MIT": "https://opensource.org/license/mit"}
GRANTS = {
    "LICENSE": ("MIT License",), "LICENSE-DATA": ("creativecommons.org/licenses/by/4.0/",), "pyproject.toml": LICENCES,
}  # fmt: skip
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
            yield Problem("links", file, expected="a plain file, not a link", hint=hint)


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
    root, folders = package.root, ["data", "schemas", "releases"]
    # A release has an identifier that every file is in.
    known = {path for pattern in (*BESIDE, "releases/**/*") for path in root.glob(pattern)}
    for name in package.tables:
        known |= {package.path(name), package.schema_path(name), package.path(name, "parquet")}
    try:
        joined = package.joined
        known |= {joined.path(name, kind) for name in joined.tables for kind in ("csv", "parquet")}
        known.add(joined.root / "datapackage.json")
    except PackageError:  # The build makes the whole folder again.
        known |= set(root.glob("data/joined/*"))
    if (root / "coding/datapackage.json").exists():
        folders.append("coding")
        for resource in Package(root / "coding").descriptor["resources"]:
            known |= {root / "coding" / str(resource.get(key)) for key in ("path", "schema")}
    for path in sorted(p for folder in folders for p in (root / folder).rglob("*") if p.is_file()):
        # What a killed build leaves is hidden and ends in .part.
        if path.suffix != ".part" if path.name.startswith(".") else path not in known:
            file, hint = path.relative_to(root).as_posix(), "Remove it, or give it a resource."
            yield Problem("orphan-files", file, expected="a file that datapackage.json names", hint=hint)


def documents(root: Path) -> Iterator[Problem]:
    """A checkout has its documents, in UTF-8, and nothing is left in them that a program or a hurried hand left."""
    if not (root / "pyproject.toml").exists():
        return
    by_hand = (path.relative_to(root).as_posix() for path in (*root.glob("schemas/*.*"), *root.glob("coding/*.*")))
    for file in sorted({*DOCUMENTS, *by_hand}):
        try:
            text = read_text(root / file, "document")
        except PackageError as error:
            yield unreadable(root, "", error)
            continue
        for found in LEAVINGS.finditer(text):
            line, character = place_in(text, found.start())
            hint = "Write it by hand."
            yield Problem("leavings", file, line, "", "", found[0], "what is meant", hint, character)


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

    problem = partial(Problem, "one-account", "datapackage.json", hint="Fix one of the two.")
    licences = {licence.get("name"): licence.get("path") for licence in about["licenses"]}
    if licences != LICENCES:
        yield problem(row="licenses", value=str(licences)[:200], expected=str(LICENCES))
    told = [("licenses", file, words) for file, grants in GRANTS.items() for words in grants]
    told += [("contributors", file, one["title"]) for file in GRANTS for one in about["contributors"]]
    told.append(("name", "pyproject.toml", f'name = "{about["name"]}"'))
    texts = {file: read_text(root / file, "document") for file in GRANTS}
    for where, file, words in told:
        if words not in texts[file]:
            yield problem(row=where, value=words, expected=f"the same in {file}")
    rows = package.read_words("sources").to_pylist()
    coded = [{"title": r["citation"], "path": r["url"]} for r in rows if r["source_type"] == "coded_text"]
    if about["sources"] != coded:
        expected = f"the coded texts of data/csv/sources.csv: {coded}"
        yield problem(row="sources", value=str(about["sources"])[:200], expected=expected)


def canonical_form(package: Package, name: str) -> Iterator[Problem]:
    """A CSV is what its rows written again give: UTF-8 without a byte order mark, LF, no needless quotation mark."""
    file, data = str(package.path(name).relative_to(package.root)), package.path(name).read_bytes()
    problem = partial(Problem, "canonical-form", file)
    text = data.decode("utf-8", "replace")
    if text.startswith("\ufeff"):
        yield problem(1, expected="no byte order mark", hint="Save as UTF-8 without BOM.", character=1)
        text = text.removeprefix("\ufeff")
    if "\r\n" in text:
        line, _ = place_in(text, text.index("\r\n"))
        yield problem(line, expected="LF line ends", hint="Save with LF, not CRLF.")
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    # Where no line is blank, a line without a quotation mark is written again as it stands.
    whole = lines.pop() == "" and all(lines) and "\r" not in text
    asked = "".join(f"{line}\n" for line in lines if '"' in line) if whole else text
    if to_csv(csv.reader(io.StringIO(asked, newline=""))).decode("utf-8") == asked:
        return
    again = to_csv(csv.reader(io.StringIO(text, newline=""))).decode("utf-8")
    lines, wanted = (io.StringIO(one, newline="\n").readlines() for one in (text, again))
    hint = "Quotation marks stand only where a comma, a quotation mark or a line end needs them; no line is blank."
    for n, (found, expected) in enumerate(zip_longest(lines, wanted, fillvalue=""), 1):
        if found != expected:
            pairs = enumerate(zip(found, expected, strict=False))
            at = next((i for i, (one, other) in pairs if one != other), min(len(found), len(expected)))
            shown = repr(expected[at : at + 40]) if expected else "the end of the file"
            yield problem(n, "", "", found[at : at + 40], f"{shown} there", hint, at + 1)
            if len(lines) != len(wanted):
                return  # The lines below differ for being elsewhere.
