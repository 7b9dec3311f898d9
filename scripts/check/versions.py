"""What changed from one version to another, which kind of version that makes, and the rules that hold it to that.

A *snapshot* is what a version promises to its users: the columns of each table with type and
constraints, and the rows by key. A *record*, in releases/, is the snapshot of a released version with
digests in place of cells, so that the check can compare without the old tables.

  major  a table, column, code or row removed or renamed; a type, a constraint or a key changed
  minor  a table, column, code or row added
  patch  a cell or its evidence corrected, a text improved

Rows of ``evidence`` that come or go are evidence corrected: a patch. A renamed thing is one removed and
one added. Anything that changes what a column may hold, other than a code more, breaks either those who
read (it may hold what it could not) or those who write to the schema (it may no longer).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from naqoura_talks.package import Package, PackageError, read_json
from scripts.build import metadata
from scripts.check.database import Database as Tables
from scripts.check.problems import Problem
from scripts.files import read_rows

LEVELS = ("patch", "minor", "major")
# The table whose rows come and go as cells are corrected.
EVIDENCE = "evidence"
CORRECTIONS = "coding/corrections.csv"


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
        where = " ".join(part for part in (self.table, self.row, self.column) if part)
        values = f": {self.old!r} → {self.new!r}" if self.old or self.new else ""
        return f"{self.level}  {self.what:<18} {where}{values}"


# --- snapshots and records ---


def digest(values: list[Any]) -> str:
    """Return a short digest of the cells of a row, or of texts."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode("utf-8")).hexdigest()[:12]


def _column(field: dict[str, Any]) -> dict[str, Any]:
    """Return what a column promises: type and constraints, its codes, their order, and a digest of its text."""
    constraints = dict(field.get("constraints", {}))
    codes = constraints.pop("enum", [])
    order = field["categories"] if field.get("categoriesOrdered") else []
    text = [field.get(k) for k in ("title", "description", "example", "provenance", "evidence")]
    promise = {"type": field["type"], "constraints": constraints, "codelist": field.get("codelist")}
    promise = {k: v for k, v in promise.items() if v}
    return {"promise": promise, "text": digest(text)} | {k: v for k, v in (("codes", codes), ("order", order)) if v}


def snapshot(package: Package) -> dict[str, Any]:
    """Return the version and, by table, its file and keys, its text, its columns and its rows."""
    tables = {}
    for name in package.tables:
        schema, resource = package.schema(name), package.resource(name)
        keys = {k: v for k, v in schema.items() if k not in ("$schema", "fields")} | {"path": resource["path"]}
        tables[name] = {
            "promise": keys,
            "text": digest([resource["title"], resource["description"]]),
            "columns": {column: _column(field) for column, field in package.fields(name).items()},
            "rows": {
                row[package.key(name)]: {column: cell or "" for column, cell in row.items()}
                for row in package.read_words(name).to_pylist()
            },
        }
    return {"version": package.version, "tables": tables}


def record_bytes(package: Package) -> bytes:
    """Return the record of a package as its file in releases/: the snapshot, with a digest for each row."""
    taken = snapshot(package)
    for table in taken["tables"].values():
        table["rows"] = {key: digest(list(row.values())) for key, row in table["rows"].items()}
    return (json.dumps(taken, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def number(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version."""
    return tuple(map(int, version.split(".")))


def records(root: Path) -> list[dict[str, Any]]:
    """Return the records in releases/, oldest version first. Raises PackageError for a file that is none."""
    found = []
    for path in (root / "releases").glob("*.json"):
        record = read_json(path, "record of a release")
        if not isinstance(record, dict) or record.get("version") != path.stem or "tables" not in record:
            raise PackageError(f"{path}: is not the record of version {path.stem}. Restore it with `git checkout`.")
        found.append(record)
    return sorted(found, key=lambda record: number(record["version"]))


# --- comparing ---


def _differing(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what two promises do not share, the old and the new, as text."""
    sides = old["promise"], new["promise"]
    return [
        json.dumps({k: v for k, v in one.items() if v != other.get(k)}, ensure_ascii=False)
        for one, other in (sides, sides[::-1])
    ]


def _columns(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Say how the columns of a table differ."""
    for column in [*old, *(c for c in new if c not in old)]:
        if column not in new:
            yield Change("column removed", name, "", column, "", "", "major")
            continue
        if column not in old:
            yield Change("column added", name, "", column, "", "", "minor")
            continue
        before, after = old[column], new[column]
        if before["promise"] != after["promise"]:
            yield Change("column changed", name, "", column, *_differing(before, after), "major")
        (old_codes, new_codes), (old_order, new_order) = (
            [side.get(what, []) for side in (before, after)] for what in ("codes", "order")
        )
        if bool(old_codes) != bool(new_codes):
            what = "codes lifted" if old_codes else "codes set"
            yield Change(what, name, "", column, ", ".join(old_codes), ", ".join(new_codes), "major")
        else:
            yield from (
                Change("code removed", name, "", column, c, "", "major") for c in old_codes if c not in new_codes
            )
            yield from (Change("code added", name, "", column, "", c, "minor") for c in new_codes if c not in old_codes)
        kept = [c for c in old_order if c in new_order], [c for c in new_order if c in old_order]
        if kept[0] != kept[1] or bool(old_order) != bool(new_order):
            yield Change("order changed", name, "", column, " < ".join(old_order), " < ".join(new_order), "major")
        if before["text"] != after["text"]:
            yield Change("text improved", name, "", column, "", "", "patch")


def _rows(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    """Say how the rows of a table differ: by cell, or by row where the older is a record.

    A record has a digest of all columns of a row, so rows that have lost a column are not compared with it.
    """
    lost, gained = ("patch", "patch") if name == EVIDENCE else ("major", "minor")
    columns = [column for column in old["columns"] if column in new["columns"]]
    for key in old["rows"].keys() - new["rows"].keys():
        yield Change("row removed", name, key, "", "", "", lost)
    for key in new["rows"].keys() - old["rows"].keys():
        yield Change("row added", name, key, "", "", "", gained)
    for key in old["rows"].keys() & new["rows"].keys():
        before, after = old["rows"][key], new["rows"][key]
        if isinstance(before, str):
            after = after if isinstance(after, str) else digest([after[column] for column in columns])
            if before != after and len(columns) == len(old["columns"]):
                yield Change("row corrected", name, key, "", "", "", "patch")
            continue
        for column in columns:
            if before[column] != after[column]:
                yield Change("cell corrected", name, key, column, before[column], after[column], "patch")


def _comparable(old: dict[str, Any], new: dict[str, Any], table: str) -> bool:
    """Say whether rows can be compared with a record, whose digests are of all columns that there were."""
    return table in old["tables"] and old["tables"][table]["columns"].keys() <= new["tables"][table]["columns"].keys()


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return how two snapshots differ, by table, row and column. The older, or both, may be records."""
    found = []
    for name in old["tables"].keys() - new["tables"].keys():
        found.append(Change("table removed", name, "", "", "", "", "major"))
    for name in new["tables"].keys() - old["tables"].keys():
        found.append(Change("table added", name, "", "", "", "", "minor"))
    for name in old["tables"].keys() & new["tables"].keys():
        before, after = old["tables"][name], new["tables"][name]
        if before["promise"] != after["promise"]:
            found.append(Change("keys changed", name, "", "", *_differing(before, after), "major"))
        if before["text"] != after["text"]:
            found.append(Change("text improved", name, "", "", "", "", "patch"))
        found += _columns(name, before["columns"], after["columns"])
        found += _rows(name, before, after)
    return sorted(found, key=lambda c: (c.table, c.row, c.column, c.what, c.old, c.new))


def verdict(changes: list[Change]) -> str | None:
    """Return the kind of version that changes make: major, minor or patch; None if nothing changed."""
    return max((c.level for c in changes), key=LEVELS.index, default=None)


def allowed(last: str, changes: list[Change]) -> list[str]:
    """Return the versions that may follow a version with these changes; a larger step is always honest."""
    major, minor, patch = number(last)
    steps = [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"]
    kind = verdict(changes)
    return steps[LEVELS.index(kind) :] if kind else [last, *steps]


def since(root: Path) -> str:
    """Return what changed since the last release, one line a change, for people."""
    released = records(root)
    if not released:
        return "No version is released yet, so there is nothing to compare with."
    last = released[-1]
    changes = compare(last, snapshot(Package(root)))
    if not changes:
        return f"Nothing has changed since {last['version']}."
    return "\n".join([f"Since {last['version']} ({verdict(changes)}):", *(f"  {change}" for change in changes)])


# --- rules ---


def version_fits(t: Tables) -> Iterator[Problem]:
    """The version in the descriptor fits what changed since the last release."""
    rule, released = "version-fits", records(t.package.root)
    if not released:
        return
    last = released[-1]["version"]
    changes = compare(released[-1], snapshot(t.package))
    fitting = allowed(last, changes)
    if t.package.version in fitting:
        return
    kind = verdict(changes) or "none"
    yield Problem(
        rule, "datapackage.json", None, "version", "", t.package.version, " or ".join(fitting),
        f"{len(changes)} change(s) since {last}, the largest {kind}: raise the version, or take them back.",
    )  # fmt: skip
    for change in changes:
        file = t.file(change.table) if change.table in t else "datapackage.json"
        yield Problem(
            rule, file, None, change.row or change.table, change.column, change.new, f"as in {last}",
            f"{change.what}: {change.level}.",
        )  # fmt: skip


def corrections(t: Tables) -> Iterator[Problem]:
    """Each cell that differs from the last release is in coding/corrections.csv, with its very old and new value."""
    rule, path, current = "corrections", t.package.root / CORRECTIONS, t.package.version
    listed = read_rows(path, "list of corrections") if path.exists() else []
    released = records(t.package.root)
    versions = list(dict.fromkeys([*(record["version"] for record in released), current]))

    def problem(i: int, column: str, expected: str, hint: str) -> Problem:
        row = listed[i]
        return Problem(rule, CORRECTIONS, i + 2, row["correction_id"], column, row[column], expected, hint)

    latest: dict[tuple[str, str, str], int] = {}
    known = [i for i, row in enumerate(listed) if row["version"] in versions]
    for i in sorted(set(range(len(listed))) - set(known)):
        yield problem(i, "version", f"one of {', '.join(versions)}", "Name the version that has the new value.")
    for i in sorted(known, key=lambda i: versions.index(listed[i]["version"])):
        row = listed[i]
        cell = (row["table_name"], row["row_id"], row["column_name"])
        before = listed[latest[cell]] if cell in latest else None
        if row["old"] == row["new"]:
            yield problem(i, "new", "another value than old", "Remove the row, or mend it.")
        if before and before["version"] == row["version"]:
            yield problem(i, "version", "one correction of a cell in a version", "Keep the first old and the last new.")
        elif before and before["new"] != row["old"]:
            yield problem(i, "old", f"{before['new']!r}, as corrected before", "Mend old.")
        latest[cell] = i
    now = snapshot(t.package)
    for (table, key, column), i in latest.items():
        row = now["tables"][table]["rows"].get(key) if table in now["tables"] else None
        if row is None or column not in row:
            # A correction of an earlier version stays when a later one takes the row away.
            if listed[i]["version"] == current:
                yield problem(i, "row_id", "a row, and a column, that are there", "Mend table, row or column.")
        elif row[column] != listed[i]["new"]:
            yield problem(i, "new", f"{row[column]!r}, as the cell has it", "Mend new, or the cell.")
    if not released:
        return
    last = released[-1]
    mine: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (table, key, _), i in latest.items():
        if listed[i]["version"] == current != last["version"] and _comparable(last, now, table):
            mine[table, key].append(i)
    hint = f"`python -m scripts.release.diff v{last['version']} . --corrections` prints what to list."
    for change in compare(last, now):
        if change.what != "row corrected":
            continue
        # Undoing the corrections must give back the row whose digest was recorded: none is missing, each old is exact.
        undone, rows = dict(now["tables"][change.table]["rows"][change.row]), mine.pop((change.table, change.row), [])
        undone |= {listed[i]["column_name"]: listed[i]["old"] for i in rows}
        recorded = last["tables"][change.table]
        if digest([undone[column] for column in recorded["columns"]]) == recorded["rows"][change.row]:
            continue
        expected = f"corrections that give back the row of {last['version']}: all its cells, with the very old values"
        if rows:
            yield problem(rows[0], "old", expected, hint)
        else:
            yield Problem(rule, t.file(change.table), None, change.row, "", "", expected, f"In {CORRECTIONS}: {hint}")
    for i in (i for rows in mine.values() for i in rows):
        yield problem(i, "row_id", f"a row that differs from {last['version']}", "Remove the correction.")


def doi(t: Tables) -> Iterator[Problem]:
    """The id of the descriptor is a DOI; it comes after the release of its version, and goes with the next."""
    if "id" not in t.package.descriptor:
        return
    value, version = str(t.package.descriptor["id"]), t.package.version
    if version not in [record["version"] for record in records(t.package.root)]:
        hint = "Take it out until this version has a DOI of its own."
        yield Problem("doi", "datapackage.json", None, "id", "", value, f"no id, as {version} is not released", hint)
    elif not metadata.DOI.fullmatch(value):
        yield Problem("doi", "datapackage.json", None, "id", "", value, "a DOI as https://doi.org/10.…", "Mend it.")


ENTRY = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2}|not yet released)\)\n", re.MULTILINE)
UNCHANGED = "no need to change your code"


def changelog(t: Tables) -> Iterator[Problem]:
    """The changelog has an entry for each version, with its date, that names what changed since the one before."""
    rule, file, path = "changelog", "CHANGELOG.md", t.package.root / "CHANGELOG.md"
    if not path.exists():
        return

    def problem(where: str, value: str, expected: str, hint: str) -> Problem:
        return Problem(rule, file, None, where, "", value, expected, hint)

    parts = ENTRY.split(path.read_text("utf-8"))
    heads, entries = list(zip(parts[1::3], parts[2::3], strict=True)), dict(zip(parts[1::3], parts[3::3], strict=True))
    released, current = records(t.package.root), t.package.version
    done = [record["version"] for record in released]
    created = t.package.descriptor["created"][:10]
    dates = [created] if current in done else [created, "not yet released"]
    if not heads or heads[0][0] != current or heads[0][1] not in dates:
        top = f"{heads[0][0]} ({heads[0][1]})" if heads else ""
        expected = " or ".join(f"## {current} ({day})" for day in dates)
        yield problem("first entry", top, expected, "The version and its date stand in datapackage.json.")
    order = [number(version) for version, _ in heads]
    if order != sorted(set(order), reverse=True):
        yield problem("entries", ", ".join(entries), "each version once, the newest first", "Sort the entries.")
    for version in done:
        if version not in entries:
            yield problem(version, "", "an entry for each released version", "Restore it.")
    snapshots = released if current in done else [*released, snapshot(t.package)]
    for before, after in pairwise(snapshots):
        changes, entry = compare(before, after), entries.get(after["version"], "")
        for table in sorted({change.table for change in changes}):
            if f"`{table}`" not in entry:
                yield problem(after["version"], "", f"`{table}` named, as it has changed", "Say what changed in it.")
        kind = verdict(changes)
        if kind == "major" and "**" not in entry:
            yield problem(after["version"], "", "what breaks in **bold**", "Say it so that readers see it.")
        if kind in ("minor", "patch") and UNCHANGED not in entry.lower():
            yield problem(after["version"], "", f"the words: {UNCHANGED}", "Nothing here breaks code; say so.")
        if kind == "major" and UNCHANGED in entry.lower():
            yield problem(after["version"], UNCHANGED, "no such promise, as something breaks", "Remove the words.")


RULES = [version_fits, corrections, doi, changelog]


def problems(t: Tables) -> list[Problem]:
    """Return what the rules of this module find; a package that cannot be read is the other rules' matter."""
    if t.unreadable:
        return []
    try:
        return [problem for rule in RULES for problem in rule(t)]
    except PackageError as error:
        why = str(error)
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
    return [Problem("versions", "releases", None, "", "", "", "files that can be compared", why)]
