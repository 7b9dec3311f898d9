"""Files: no links, none that nothing names, every table readable, and every CSV in its canonical form."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from naqoura_talks.package import Package, PackageError
from scripts.check.problems import Problem
from scripts.files import to_csv

# Folders that hold nothing of the package, beside hidden ones.
NOT_OURS = ("node_modules", "__pycache__", "dist")
# What stands in data/ and schemas/ beside the files that the descriptor names.
BESIDE = (
    "data/parquet/datapackage.json", "data/csv-metadata.json", "data/citation.json",
    "schemas/profile.json", "schemas/implications.csv",
)  # fmt: skip


def links(root: Path) -> Iterator[Problem]:
    """No file of the package is a link, a pipe or anything else but a plain file, so that nothing outside is read."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in NOT_OURS:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from (p._replace(file=f"{path.name}/{p.file}") for p in links(path))
        elif path.is_symlink() or not path.is_file():
            hint = "Put the file itself there; until then nothing else is read or asked."
            yield Problem("links", path.name, None, "", "", "", "a plain file, not a link", hint)


def unreadable(root: Path, row: str, error: PackageError) -> Problem:
    """Return the problem of a file that cannot be read, with the place that the error names."""
    file, why = "datapackage.json", str(error)
    if error.path is not None and error.path.is_relative_to(root):
        file, why = str(error.path.relative_to(root)), why.replace(f"{root}{os.sep}", "")
    return Problem("readable", file, error.line, row, "", "", "a file that can be read", why, error.character)


def orphan_files(package: Package) -> Iterator[Problem]:
    """Every file in data/ and schemas/ is named by the descriptor."""
    root = package.root
    named = {str(package.root / path) for path in BESIDE}
    for name in package.tables:
        for path in (package.path(name), package.schema_path(name), package.path(name, "parquet")):
            named.add(str(path))
    try:
        joined = package.joined
        named.add(str(joined.root / "datapackage.json"))
        named |= {str(joined.path(name, kind)) for name in joined.tables for kind in ("csv", "parquet")}
    except PackageError:  # The build makes the whole folder again.
        named |= {str(path) for path in (root / "data/joined").glob("*")}
    for path in sorted(p for folder in ("data", "schemas") for p in (root / folder).rglob("*") if p.is_file()):
        if str(path) not in named and not path.name.startswith("."):
            expected = "a file that datapackage.json names"
            file = str(path.relative_to(root))
            yield Problem("orphan-files", file, None, "", "", "", expected, "Remove it, or give it a resource.")


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
    if text == again:
        return
    lines, wanted = text.split("\n"), again.split("\n")
    for n, (found, expected) in enumerate(zip_longest(lines, wanted), 1):
        if found is None:
            at = len(lines[-1]) + 1
            yield Problem(rule, file, len(lines), "", "", "", "an LF after the last row", "End the line.", at)
            return
        if found != expected:
            pairs = zip(found, expected or "", strict=False)
            at = next((i for i, (one, other) in enumerate(pairs) if one != other), min(len(found), len(expected or "")))
            shown = (
                "the end of the file, one LF after the last row" if expected is None else repr(expected[at : at + 40])
            )
            hint = (
                "Write quotation marks only where a comma, a quotation mark or a line end needs them; no blank lines."
            )
            yield Problem(rule, file, n, "", "", found[at : at + 40], f"{shown} there", hint, at + 1)
            if len(lines) != len(wanted):
                return  # The lines below differ for being elsewhere.
