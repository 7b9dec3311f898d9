"""What changed from one version to another, which kind of version that makes, and the rules that hold it to that.

A released version is a folder of releases/ with its descriptor, schemas and CSV, as released. CONTRIBUTING.md says
what a change asks for. A renamed thing is one removed and one added; whatever else changes what a column may hold is
major, as it breaks either those who read or those who write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from naqoura_talks.package import Package, PackageError, read_text
from naqoura_talks.text import printable
from scripts.check import records
from scripts.check.problems import Problem
from scripts.check.records import CHANGELOG, rows
from scripts.files import read_rows

LEVELS = ("patch", "minor", "major")
VERSION = re.compile(r"\d+\.\d+\.\d+")
DOI = re.compile(r"https://doi\.org/(10\.\d{4,9}/\S+)")
CORRECTIONS = "coding/corrections.csv"
# What a schema says beside what it promises to programs: compared as text, or on its own.
TEXT = ("title", "description", "example")
ON_THEIR_OWN = ("name", "constraints", "categories", "categoriesOrdered", "provenance", "evidence", *TEXT)


class Change(NamedTuple):
    """One thing that differs: what happened, the kind of version it makes, where, and the old and new value."""

    what: str
    level: str
    table: str
    row: str = ""
    column: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        where = " ".join(printable(part) for part in (self.table, self.row, self.column) if part)
        values = f": {self.old!r} → {self.new!r}" if self.old or self.new else ""
        return f"{self.level}  {self.what:<18} {where}{values}"


# A version, the one after it, and what changed between them.
Step = tuple[Package, Package, list[Change]]


# --- comparing ---


def number(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version."""
    return tuple(map(int, version.split(".")))


def releases(root: Path) -> list[Package]:
    """Return the released versions, oldest first. Raises PackageError for what is none in releases/."""
    found = []
    for path in (root / "releases").glob("[!.]*"):
        package = Package(path)
        if not path.is_dir() or not VERSION.fullmatch(path.name) or package.version != path.name:
            raise PackageError(f"{path}: is not the folder of the version {path.name}. Restore it with `git checkout`.")
        found.append(package)
    return sorted(found, key=lambda package: number(package.version))


def weaker(what: str, old: str, new: str) -> bool:
    """Whether a column's ``provenance`` or ``evidence`` says less in support of its cells, or something else."""
    if what == "evidence":
        strength = ("none", "row", "own")
        return strength.index(new) < strength.index(old)
    return new != "verbatim" and old != "editorial"


def _differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what two dictionaries do not share, the old and the new, as text."""
    return [
        json.dumps({k: v for k, v in one.items() if v != other.get(k)}, ensure_ascii=False)
        for one, other in ((old, new), (new, old))
    ]


def _columns(table: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Say how the columns of a table differ; the fields of a schema by name are given."""

    def promise(field: dict[str, Any]) -> dict[str, Any]:
        constraints = {k: v for k, v in field.get("constraints", {}).items() if k != "enum"}
        return {k: v for k, v in field.items() if k not in ON_THEIR_OWN} | constraints

    for column in old.keys() - new.keys():
        yield Change("column removed", "major", table, "", column)
    for column in new.keys() - old.keys():
        yield Change("column added", "minor", table, "", column)
    for column in old.keys() & new.keys():
        before, after = old[column], new[column]
        change = partial(Change, table=table, column=column)
        if promise(before) != promise(after):
            was, now = _differing(promise(before), promise(after))
            yield change("column changed", "major", old=was, new=now)
        had, has = (field.get("constraints", {}).get("enum", []) for field in (before, after))
        if bool(had) != bool(has):
            yield change("codes lifted" if had else "codes set", "major", old=", ".join(had), new=", ".join(has))
        else:
            yield from (change("code removed", "major", old=code) for code in had if code not in has)
            yield from (change("code added", "minor", new=code) for code in has if code not in had)
        had, has = (field["categories"] if field.get("categoriesOrdered") else [] for field in (before, after))
        if [c for c in had if c in has] != [c for c in has if c in had] or bool(had) != bool(has):
            yield change("order changed", "major", old=" < ".join(had), new=" < ".join(has))
        for what in ("provenance", "evidence"):
            if (was := before.get(what)) != (now := after.get(what)):
                level = "major" if weaker(what, was, now) else "patch"
                yield change(f"{what} changed", level, old=str(was), new=str(now))
        if any(before.get(k) != after.get(k) for k in TEXT):
            yield change("text improved", "patch")


def _rows(table: str, old: Package, new: Package) -> Iterator[Change]:
    """Say how the rows of a table differ, by cell of the columns that both have."""
    # Rows of evidence that come or go are evidence corrected.
    lost, gained = ("patch", "patch") if table == "evidence" else ("major", "minor")
    before, after = rows(old, table), rows(new, table)
    columns = old.fields(table).keys() & new.fields(table).keys()
    yield from (Change("row removed", lost, table, key) for key in before.keys() - after.keys())
    yield from (Change("row added", gained, table, key) for key in after.keys() - before.keys())
    for key in before.keys() & after.keys():
        for column in columns:
            if (was := before[key][column]) != (now := after[key][column]):
                yield Change("cell corrected", "patch", table, key, column, was, now)


def compare(old: Package, new: Package) -> list[Change]:
    """Return how two versions differ, by table, row and column. Raises PackageError if they cannot be compared."""
    try:
        found = [Change("table removed", "major", name) for name in old.tables if name not in new.tables]
        found += [Change("table added", "minor", name) for name in new.tables if name not in old.tables]
        for name in old.resources.keys() & new.resources.keys():
            was, now = (
                {k: v for k, v in package.schema(name).items() if k not in ("$schema", "fields")}
                | {"path": package.resource(name).get("path")}
                for package in (old, new)
            )
            if was != now:
                found.append(Change("keys changed", "major", name, "", "", *_differing(was, now)))
            if any(old.resource(name).get(k) != new.resource(name).get(k) for k in TEXT):
                found.append(Change("text improved", "patch", name))
            found += _columns(name, old.fields(name), new.fields(name))
            found += _rows(name, old, new)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"{old.root} and {new.root} cannot be compared: {repr(error)[:120]}. Check both first."
        raise PackageError(why) from None
    return sorted(found, key=lambda c: (c.table, c.row, c.column, c.what, c.old, c.new))


def verdict(changes: list[Change]) -> str | None:
    """Return the kind of version that changes make: major, minor or patch; None if nothing changed."""
    return max((c.level for c in changes), key=LEVELS.index, default=None)


def since(package: Package) -> str:
    """Return what changed since the last release, one line a change, for people."""
    released = releases(package.root)
    if not released:
        return "No version is released yet, so there is nothing to compare with."
    changes = compare(released[-1], package)
    if not changes:
        return f"Nothing has changed since {released[-1].version}."
    return "\n".join([f"Since {released[-1].version} ({verdict(changes)}):", *(f"  {change}" for change in changes)])


# --- rules ---


def version_fits(package: Package, last: Package) -> Iterator[Problem]:
    """The version in the descriptor fits what changed since the last release."""
    rule, changes = "version-fits", compare(last, package)
    kind, (major, minor, patch) = verdict(changes), number(last.version)
    # A larger step than the changes ask for is always allowed.
    steps = [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"]
    fitting = steps[LEVELS.index(kind) :] if kind else [last.version, *steps]
    if package.version in fitting:
        return
    found = f"{len(changes)} change(s) since {last.version}, the largest {kind or 'none'}"
    hint, expected = f"{found}: raise the version, or undo them.", " or ".join(fitting)
    yield Problem(rule, "datapackage.json", None, "version", "", package.version, expected, hint)
    for change in changes:
        file = package.resources.get(change.table, {}).get("path", "datapackage.json")
        expected, hint = f"as in {last.version}", f"{change.what}: {change.level}."
        yield Problem(rule, file, None, change.row or change.table, change.column, change.new, expected, hint)


def corrections(root: Path, versions: list[Package], steps: list[Step], released: list[str]) -> Iterator[Problem]:
    """The cells that differ from one version to the next are those in coding/corrections.csv, with old and new value.

    What came before the first version is not there to compare with: of its corrections the new value must be right.
    A correction is made from the day of the version that it corrects to that of its own, once that is released; its
    key begins with its version, and the keys that its evidence names are there.
    """
    path = root / CORRECTIONS
    listed = read_rows(path, "list of corrections") if path.exists() else []
    first, names = versions[0], [version.version for version in versions]

    def problem(i: int, column: str, expected: str, hint: str) -> Problem:
        row = listed[i]
        return Problem("corrections", CORRECTIONS, i + 2, row["correction_id"], column, row[column], expected, hint)

    known = {key for name in versions[-1].tables for key in versions[-1].read_words(name)[0].to_pylist()}
    if listed and (root / records.ADJUDICATION).exists():
        known |= {row["adjudication_id"] for row in read_rows(root / records.ADJUDICATION, "adjudication")}
    at: dict[tuple[str, ...], int] = {}
    for i, row in enumerate(listed):
        version = row["version"]
        cell = (version, row["table_name"], row["row_id"], row["column_name"])
        if version not in names:
            yield problem(i, "version", f"one of {', '.join(names)}", "Name the version that has the new value.")
            continue
        if cell in at:
            yield problem(i, "version", "one correction of a cell in a version", "Keep the first old and the last new.")
            continue
        at[cell], n = i, names.index(version)
        earliest, latest = day(versions[n - 1]) if n else "", day(versions[n]) if version in released else "9999"
        if not earliest <= row["date"] <= latest:
            expected = f"a day from {earliest or 'any'} to {latest}, those of the versions"
            yield problem(i, "date", expected, "Correct the date.")
        if not row["correction_id"].startswith(start := f"cor-{version.replace('.', '-')}-"):
            yield problem(i, "correction_id", f"a key that begins with {start}", "Correct the key.")
        if lost := [key for key in re.findall(r"\b[a-z]{3}-[a-z0-9-]+", row["evidence"]) if key not in known]:
            yield problem(i, "evidence", f"keys that are there, not {lost[0]}", "Correct the key.")
    wanted = {
        (first.version, table, key, column): {"new": value}
        for table in first.tables for key, row in rows(first, table).items() for column, value in row.items()
    }  # fmt: skip
    for before, after, changes in steps:
        command = f"python -m scripts.release.diff {before.version} . --corrections"
        for change in (change for change in changes if change.what == "cell corrected"):
            cell = (after.version, change.table, change.row, change.column)
            wanted[cell] = {"old": change.old, "new": change.new}
            if cell not in at:
                file = after.path(change.table).relative_to(root).as_posix()
                expected = f"a correction that says why {change.old!r} was changed"
                hint = f"`{command}` prints what to list in {CORRECTIONS}."
                yield Problem("corrections", file, None, change.row, change.column, change.new, expected, hint)
    for cell, i in at.items():
        if cell not in wanted:
            expected = "a row and a column that are there, and after the first version a cell that differs"
            yield problem(i, "row_id", expected, "Correct table, row or column, or remove the correction.")
        for column, value in wanted.get(cell, {}).items():
            if listed[i][column] != value:
                yield problem(i, column, f"{value!r}, as the cell has it", "Correct this, or the cell.")


def doi(package: Package, released: list[Package]) -> Iterator[Problem]:
    """The id of the descriptor is a DOI; it comes after the release of its version, and goes with the next."""
    if "id" not in package.descriptor:
        return
    value, version = str(package.descriptor["id"]), package.version
    if version not in [one.version for one in released]:
        hint = "Take it out until this version has a DOI of its own."
        yield Problem("doi", "datapackage.json", None, "id", "", value, f"no id, as {version} is not released", hint)
    elif not DOI.fullmatch(value):
        yield Problem("doi", "datapackage.json", None, "id", "", value, "a DOI as https://doi.org/10.…", "Correct it.")


UNRELEASED = "not yet released"
ENTRY = re.compile(rf"^## (\d+\.\d+\.\d+) \((\d{{4}}-\d{{2}}-\d{{2}}|{UNRELEASED})\)\n", re.MULTILINE)
UNCHANGED = "no need to change your code"


def entries_of(root: Path) -> list[tuple[str, str, str]]:
    """Return version, date and text of each entry of the changelog, in its order."""
    parts = ENTRY.split(read_text(root / CHANGELOG, "changelog"))
    return list(zip(parts[1::3], parts[2::3], parts[3::3], strict=True))


def day(package: Package) -> str:
    """Return the day of a version: that on which it was, or is to be, released."""
    return package.descriptor["created"][:10]


def changelog(package: Package, released: list[Package], steps: list[Step]) -> Iterator[Problem]:
    """The changelog has an entry for each version: its date, and what changed since the one before."""
    current = package.version
    if not released and not (package.root / CHANGELOG).exists():
        return

    problem = partial(Problem, "changelog", CHANGELOG, None)
    listed = entries_of(package.root)
    entries = {version: text for version, _, text in listed}
    folders = {one.version: one for one in released}
    numbers = [number(version) for version, _, _ in listed]
    if numbers != sorted(set(numbers), reverse=True):
        found = ", ".join(version for version, _, _ in listed)
        yield problem("entries", "", found, "each version once, the newest first", "Sort the entries.")
    if (top := next(iter(entries), "")) != current:
        expected = f"## {current} ({day(package)})"
        yield problem("first entry", "", top, expected, "The version stands in datapackage.json.")
    for version, date, _ in listed:
        if version not in folders and version != current:
            yield problem(version, "", "", f"the folder releases/{version}", "Restore it with `git checkout`.")
            continue
        days = [day(folders.get(version, package))] + ([UNRELEASED] if version not in folders else [])
        if date not in days:
            expected = " or ".join(f"## {version} ({one})" for one in days)
            yield problem(version, "", date, expected, "The date is that of `created` in its datapackage.json.")
    for version in folders.keys() - entries.keys():
        yield problem(version, "", "", "an entry for each released version", "Restore it.")
    for before, after, changes in steps:
        if day(after) < day(before):
            expected = f"a day from {day(before)} on, that of {before.version}"
            yield problem(after.version, "", day(after), expected, "Correct `created` in datapackage.json.")
        entry, kind = entries.get(after.version, ""), verdict(changes)
        for table in sorted({change.table for change in changes}):
            if f"`{table}`" not in entry:
                yield problem(after.version, "", "", f"`{table}` named, as it has changed", "Say what changed in it.")
        if kind == "major" and "**" not in entry:
            yield problem(after.version, "", "", "what breaks in **bold**", "Say it so that readers see it.")
        if kind in ("minor", "patch") and UNCHANGED not in entry.lower():
            yield problem(after.version, "", "", f"the words: {UNCHANGED}", "Nothing here breaks code; say so.")
        if kind == "major" and UNCHANGED in entry.lower():
            yield problem(after.version, "", UNCHANGED, "no such promise, as something breaks", "Remove the words.")


def problems(package: Package, releasing: bool = False) -> list[Problem]:
    """Return what the rules of this module and of records find in a package whose tables can be read.

    ``releasing``: as if the version were released already.
    """
    try:
        root, released = package.root, releases(package.root)
        entries = {version: text for version, _, text in entries_of(root)} if released else {}
        if found := list(records.as_released(root, released, entries)):
            return found
        recorded = [*released, package] if releasing else released
        names = [one.version for one in recorded]
        versions = recorded if package.version in names else [*recorded, package]
        steps = [(before, after, compare(before, after)) for before, after in pairwise(versions)]
        return [
            *(version_fits(package, released[-1]) if released else ()),
            *records.kept(root, released),
            *records.settled(package),
            *corrections(root, versions, steps, names),
            *doi(package, released),
            *changelog(package, recorded, steps),
        ]
    except (PackageError, OSError, KeyError, TypeError, ValueError) as error:
        why = str(error) if isinstance(error, PackageError) else repr(error)[:120]
    return [Problem("versions", "releases", expected="files that can be compared", hint=why)]
