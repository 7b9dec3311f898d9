"""What changed from one version to another, which kind of version that makes, and the rules that hold it to that.

A released version is a folder of releases/ with its descriptor, schemas and CSV, as released. What a change asks for:

  major  a table, column, code or row removed or renamed; a type, a constraint, a key or the order of codes changed;
         less said for a column: see ``weaker``
  minor  a table, column, code or row added
  patch  a cell or its evidence corrected, a text improved

Rows of ``evidence`` that come or go are evidence corrected: a patch. A renamed thing is one removed and one added.
Whatever else changes what a column may hold breaks either those who read or those who write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from naqoura_talks.package import Package, PackageError, read_text
from naqoura_talks.text import printable
from scripts.check import records
from scripts.check.problems import Problem
from scripts.check.records import CHANGELOG
from scripts.files import read_rows

LEVELS = ("patch", "minor", "major")
VERSION = re.compile(r"\d+\.\d+\.\d+")
DOI = re.compile(r"https://doi\.org/(10\.\d{4,9}/\S+)")
CORRECTIONS = "coding/corrections.csv"
# What a schema says beside what it promises to programs: compared as text, or on its own.
TEXT = ("title", "description", "example")
ON_THEIR_OWN = ("name", "constraints", "categories", "categoriesOrdered", "provenance", "evidence", *TEXT)


class Change(NamedTuple):
    """One thing that differs: what happened, where, the old and new value, and the kind of version it makes."""

    what: str
    table: str
    row: str
    column: str
    old: str
    new: str
    level: str

    def __str__(self) -> str:
        where = " ".join(printable(part) for part in (self.table, self.row, self.column) if part)
        values = f": {self.old!r} → {self.new!r}" if self.old or self.new else ""
        return f"{self.level}  {self.what:<18} {where}{values}"


class Step(NamedTuple):
    """A version, the one before it, and what changed between them."""

    before: Package
    after: Package
    changes: list[Change]


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
    """Whether a column's ``provenance`` or ``evidence`` says less in support of its cells than it did.

    Evidence is weaker where fewer cells need it: own, row, none. Provenance is weaker where cells no longer prove
    themselves (verbatim before), where nothing but our own words is behind them (editorial after), and where they
    rest on something else than before (coded, derived, external).
    """
    if what == "evidence":
        strength = {"own": 2, "row": 1, "none": 0}
        return strength[new] < strength[old]
    return new != "verbatim" and old != "editorial"


def _differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what two dictionaries do not share, the old and the new, as text."""
    return [
        json.dumps({k: v for k, v in one.items() if v != other.get(k)}, ensure_ascii=False)
        for one, other in ((old, new), (new, old))
    ]


def _columns(table: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Say how the columns of a table differ; the fields of a schema by name are given."""

    def change(what: str, column: str, before: object, after: object, level: str) -> Change:
        return Change(what, table, "", column, str(before), str(after), level)

    def promise(field: dict[str, Any]) -> dict[str, Any]:
        constraints = {k: v for k, v in field.get("constraints", {}).items() if k != "enum"}
        return {k: v for k, v in field.items() if k not in ON_THEIR_OWN} | constraints

    for column in old.keys() - new.keys():
        yield change("column removed", column, "", "", "major")
    for column in new.keys() - old.keys():
        yield change("column added", column, "", "", "minor")
    for column in old.keys() & new.keys():
        before, after = old[column], new[column]
        if promise(before) != promise(after):
            yield change("column changed", column, *_differing(promise(before), promise(after)), "major")
        codes = [field.get("constraints", {}).get("enum", []) for field in (before, after)]
        if bool(codes[0]) != bool(codes[1]):
            yield change("codes lifted" if codes[0] else "codes set", column, *map(", ".join, codes), "major")
        else:
            yield from (change("code removed", column, code, "", "major") for code in codes[0] if code not in codes[1])
            yield from (change("code added", column, "", code, "minor") for code in codes[1] if code not in codes[0])
        order = [field["categories"] if field.get("categoriesOrdered") else [] for field in (before, after)]
        kept = [[code for code in one if code in other] for one, other in (order, order[::-1])]
        if kept[0] != kept[1] or bool(order[0]) != bool(order[1]):
            yield change("order changed", column, *map(" < ".join, order), "major")
        for what in ("provenance", "evidence"):
            if (was := before.get(what)) != (now := after.get(what)):
                level = "major" if weaker(what, was, now) else "patch"
                yield change(f"{what} changed", column, was, now, level)
        if any(before.get(k) != after.get(k) for k in TEXT):
            yield change("text improved", column, "", "", "patch")


def rows(package: Package, table: str) -> dict[str, dict[str, str]]:
    """Return the rows of a table by key, each cell as text."""
    found = package.read_words(table).to_pylist()
    return {row[package.key(table)] or "": {column: cell or "" for column, cell in row.items()} for row in found}


def _rows(table: str, old: Package, new: Package) -> Iterator[Change]:
    """Say how the rows of a table differ, by cell of the columns that both have."""
    lost, gained = ("patch", "patch") if table == "evidence" else ("major", "minor")
    before, after = rows(old, table), rows(new, table)
    columns = old.fields(table).keys() & new.fields(table).keys()
    yield from (Change("row removed", table, key, "", "", "", lost) for key in before.keys() - after.keys())
    yield from (Change("row added", table, key, "", "", "", gained) for key in after.keys() - before.keys())
    for key in before.keys() & after.keys():
        for column in columns:
            if (was := before[key][column]) != (now := after[key][column]):
                yield Change("cell corrected", table, key, column, was, now, "patch")


def compare(old: Package, new: Package) -> list[Change]:
    """Return how two versions differ, by table, row and column. Raises PackageError if they cannot be compared."""
    try:
        found = [
            Change("table removed", name, "", "", "", "", "major") for name in old.tables if name not in new.tables
        ]
        found += [Change("table added", name, "", "", "", "", "minor") for name in new.tables if name not in old.tables]
        for name in old.resources.keys() & new.resources.keys():
            keys = [
                {k: v for k, v in package.schema(name).items() if k not in ("$schema", "fields")}
                | {"path": package.resource(name).get("path")}
                for package in (old, new)
            ]
            if keys[0] != keys[1]:
                found.append(Change("keys changed", name, "", "", *_differing(*keys), "major"))
            if any(old.resource(name).get(k) != new.resource(name).get(k) for k in TEXT):
                found.append(Change("text improved", name, "", "", "", "", "patch"))
            found += _columns(name, old.fields(name), new.fields(name))
            found += _rows(name, old, new)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
        raise PackageError(f"{old.root} and {new.root} cannot be compared: {why}. Check both first.") from None
    return sorted(found, key=lambda c: (c.table, c.row, c.column, c.what, c.old, c.new))


def verdict(changes: list[Change]) -> str | None:
    """Return the kind of version that changes make: major, minor or patch; None if nothing changed."""
    return max((c.level for c in changes), key=LEVELS.index, default=None)


def allowed(last: str, changes: list[Change]) -> list[str]:
    """Return the versions that may follow a version with these changes; a larger step is always allowed."""
    major, minor, patch = number(last)
    steps = [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"]
    kind = verdict(changes)
    return steps[LEVELS.index(kind) :] if kind else [last, *steps]


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
    fitting = allowed(last.version, changes)
    if package.version in fitting:
        return
    yield Problem(
        rule, "datapackage.json", None, "version", "", package.version, " or ".join(fitting),
        f"{len(changes)} change(s) since {last.version}, the largest {verdict(changes) or 'none'}: "
        "raise the version, or undo them.",
    )  # fmt: skip
    for change in changes:
        file = package.resources.get(change.table, {}).get("path", "datapackage.json")
        yield Problem(
            rule, file, None, change.row or change.table, change.column, change.new, f"as in {last.version}",
            f"{change.what}: {change.level}.",
        )  # fmt: skip


def corrections(root: Path, first: Package, steps: list[Step], released: list[str]) -> Iterator[Problem]:
    """The cells that differ from one version to the next are those in coding/corrections.csv, with old and new value.

    What came before the first version is not there to compare with: of its corrections the new value must be right.
    A correction is made from the day of the version that it corrects to that of its own, once that is released; its
    key begins with its version, and the keys that its evidence names are there.
    """
    path = root / CORRECTIONS
    listed = read_rows(path, "list of corrections") if path.exists() else []
    versions = [first, *(step.after for step in steps)]
    names = [version.version for version in versions]

    def problem(i: int, column: str, expected: str, hint: str) -> Problem:
        row = listed[i]
        return Problem("corrections", CORRECTIONS, i + 2, row["correction_id"], column, row[column], expected, hint)

    known = {key for name in versions[-1].tables for key in versions[-1].read_words(name)[0].to_pylist()}
    if listed and (root / records.ADJUDICATION).exists():
        known |= {row["adjudication_id"] for row in read_rows(root / records.ADJUDICATION, "adjudication")}
    of_version: dict[str, dict[tuple[str, ...], int]] = {name: {} for name in names}
    for i, row in enumerate(listed):
        cell = (row["table_name"], row["row_id"], row["column_name"])
        if row["version"] not in names:
            yield problem(i, "version", f"one of {', '.join(names)}", "Name the version that has the new value.")
        elif cell in of_version[row["version"]]:
            yield problem(i, "version", "one correction of a cell in a version", "Keep the first old and the last new.")
        else:
            of_version[row["version"]][cell] = i
            n = names.index(row["version"])
            earliest = day(versions[n - 1]) if n else ""
            latest = day(versions[n]) if row["version"] in released else "9999"
            if not earliest <= row["date"] <= latest:
                expected = f"a day from {earliest or 'any'} to {latest}, those of the versions"
                yield problem(i, "date", expected, "Correct the date.")
            if not row["correction_id"].startswith(start := f"cor-{row['version'].replace('.', '-')}-"):
                yield problem(i, "correction_id", f"a key that begins with {start}", "Correct the key.")
            if lost := [key for key in re.findall(r"\b[a-z]{3}-[a-z0-9-]+", row["evidence"]) if key not in known]:
                yield problem(i, "evidence", f"keys that are there, not {lost[0]}", "Correct the key.")
    for (table, key, column), i in of_version[first.version].items():
        row = rows(first, table).get(key, {}) if table in first.resources else {}
        if column not in row:
            yield problem(i, "row_id", "a row, and a column, that are there", "Correct table, row or column.")
        elif row[column] != listed[i]["new"]:
            yield problem(i, "new", f"{row[column]!r}, as the cell has it", "Correct new, or the cell.")
    for before, after, changes in steps:
        corrected = {change[1:4]: change for change in changes if change.what == "cell corrected"}
        for cell, i in of_version[after.version].items():
            if cell not in corrected:
                yield problem(i, "row_id", f"a cell that differs from {before.version}", "Remove the correction.")
                continue
            for column in ("old", "new"):
                if listed[i][column] != (value := getattr(corrected[cell], column)):
                    yield problem(i, column, f"{value!r}, as the cell has it", "Correct this, or the cell.")
        hint = (
            f"`python -m scripts.release.diff {before.version} . --corrections` prints what to list in {CORRECTIONS}."
        )
        for cell, change in corrected.items():
            if cell not in of_version[after.version]:
                file = after.path(change.table).relative_to(root).as_posix()
                expected = f"a correction that says why {change.old!r} was changed"
                yield Problem("corrections", file, None, change.row, change.column, change.new, expected, hint)


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

    def problem(where: str, value: str, expected: str, hint: str) -> Problem:
        return Problem("changelog", CHANGELOG, None, where, "", value, expected, hint)

    listed = entries_of(package.root)
    numbers = [number(version) for version, *_ in listed]
    dates, entries = ({entry[0]: entry[n] for entry in listed} for n in (1, 2))
    folders = {one.version: one for one in released}
    if numbers != sorted(set(numbers), reverse=True):
        found = ", ".join(version for version, *_ in listed)
        yield problem("entries", found, "each version once, the newest first", "Sort the entries.")
    if next(iter(entries), None) != current:
        top = f"## {current} ({day(package)})"
        yield problem("first entry", next(iter(entries), ""), top, "The version stands in datapackage.json.")
    for version, date in dates.items():
        if version not in folders and version != current:
            yield problem(version, "", f"the folder releases/{version}", "Restore it with `git checkout`.")
            continue
        days = [day(folders.get(version, package))] + ([UNRELEASED] if version not in folders else [])
        if date not in days:
            expected = " or ".join(f"## {version} ({one})" for one in days)
            yield problem(version, date, expected, "The date is that of `created` in its datapackage.json.")
    for version in folders.keys() - entries.keys():
        yield problem(version, "", "an entry for each released version", "Restore it.")
    for before, after, changes in steps:
        if day(after) < day(before):
            expected = f"a day from {day(before)} on, that of {before.version}"
            yield problem(after.version, day(after), expected, "Correct `created` in datapackage.json.")
        entry, kind = entries.get(after.version, ""), verdict(changes)
        for table in sorted({change.table for change in changes}):
            if f"`{table}`" not in entry:
                yield problem(after.version, "", f"`{table}` named, as it has changed", "Say what changed in it.")
        if kind == "major" and "**" not in entry:
            yield problem(after.version, "", "what breaks in **bold**", "Say it so that readers see it.")
        if kind in ("minor", "patch") and UNCHANGED not in entry.lower():
            yield problem(after.version, "", f"the words: {UNCHANGED}", "Nothing here breaks code; say so.")
        if kind == "major" and UNCHANGED in entry.lower():
            yield problem(after.version, UNCHANGED, "no such promise, as something breaks", "Remove the words.")


def problems(package: Package, releasing: bool = False) -> list[Problem]:
    """Return what the rules of this module and of records find in a package whose tables can be read.

    ``releasing``: as if the version were released already.
    """
    try:
        root, released = package.root, releases(package.root)
        entries = {version: text for version, _, text in entries_of(root)} if released else {}
        if found := list(records.as_released(root, released, entries)):
            return found
        names = [one.version for one in released] + ([package.version] if releasing else [])
        versions = released if package.version in [one.version for one in released] else [*released, package]
        steps = [Step(before, after, compare(before, after)) for before, after in pairwise(versions)]
        return [
            *(version_fits(package, released[-1]) if released else ()),
            *records.kept(root, released),
            *records.settled(package),
            *corrections(root, versions[0], steps, names),
            *doi(package, released),
            *changelog(package, [*released, package] if releasing else released, steps),
        ]
    except PackageError as error:
        why = str(error)
    except (OSError, KeyError, TypeError, ValueError) as error:
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
    return [Problem("versions", "releases", None, "", "", "", "files that can be compared", why)]
