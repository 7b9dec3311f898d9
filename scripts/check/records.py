"""Records beside the tables: raw passes, audits, adjudications and earlier releases stay as they were.

In ``coding/datapackage.json`` a resource with ``record`` is one: ``raw`` is never changed, to a ``log`` rows are only
added. A release keeps the length and digest of each; ``released`` there names the identifier of each earlier release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from naqoura_talks.package import Package, read_json
from scripts.check.problems import Problem
from scripts.files import read_rows, sha256, swhid_of_folder

CODING = "coding/datapackage.json"
ADJUDICATION = "coding/adjudication.csv"
CHANGELOG = "CHANGELOG.md"


def coding(root: Path) -> dict[str, Any]:
    """Return coding/datapackage.json of a package or of a release; nothing is in it where there is none."""
    path = root / CODING
    return read_json(path, "descriptor of the coding") if path.exists() else {"resources": []}


def rows(package: Package, table: str) -> dict[str, dict[str, str]]:
    """Return the rows of a table by key, each cell as text."""
    found = package.read_words(table).to_pylist()
    return {row[package.key(table)] or "": {column: cell or "" for column, cell in row.items()} for row in found}


def identifiers(release: Package) -> list[str]:
    """Return what the changelog names of a released version: the SWHIDs of its tables and of its whole folder."""
    return [swhid_of_folder(folder) for folder in (release.root / "data/csv", release.root)]


def as_released(root: Path, released: list[Package], entries: dict[str, str]) -> Iterator[Problem]:
    """The folder of each released version has the identifiers that the changelog, and what was kept later, name."""
    folders = {release.version: identifiers(release) for release in released}
    hint = "If the folder was changed, restore it with `git checkout releases`; else restore what is named."
    for version, ours in folders.items():
        named = re.findall(r"swh:1:dir:[0-9a-f]{40}", entries.get(version, ""))
        if version in entries and named != ours:
            expected = f"{ours[0]} named for the tables, then {ours[1]} for the folder"
            yield Problem("as-released", CHANGELOG, None, version, "", " ".join(named), expected, hint)
    for keeper in (root, *(release.root for release in released)):
        about, file = coding(keeper), (keeper.relative_to(root) / CODING).as_posix()
        named = about.get("released", {})
        for version in named | (folders if keeper == root and about["resources"] else {}):
            identifier = folders.get(version, [""])[-1]
            if named.get(version) != identifier:
                expected = f"the identifier of releases/{version}: {identifier or 'there is no such folder'}"
                found = str(named.get(version, ""))
                yield Problem("as-released", file, None, "released", version, found, expected, hint)


def kept(root: Path, released: list[Package]) -> Iterator[Problem]:
    """Raw records are what they were in each release, and logs go on from what they were."""
    now = {resource["name"]: resource for resource in coding(root)["resources"]}
    # Of today's descriptor there is the digest alone, and the file is all of it.
    wanted = [("as it came", r | {"bytes": None}) for r in now.values() if "hash" in r]
    wanted += [(f"as in {one.version}", r) for one in released for r in coding(one.root)["resources"] if "record" in r]
    for when, record in wanted:
        name, path = record["name"], root / "coding" / record["path"]
        data = path.read_bytes() if path.is_file() else b""
        whole = record["record"] == "raw"
        same = sha256(data if whole else data[: record["bytes"]]) == record["hash"]
        if not same or now.get(name, {}).get("path") != record["path"] or now[name].get("record") != record["record"]:
            expected = f"{name} {when}, {'unchanged' if whole else 'with rows only added at the end'}"
            file = path.relative_to(root).as_posix()
            yield Problem("records", file, None, "", "", "", expected, "Restore it with `git checkout`.")


def settled(package: Package) -> Iterator[Problem]:
    """What was settled is what the tables have, by the last adjudication of a cell or row, if the row still stands."""
    if not (package.root / ADJUDICATION).exists():
        return
    listed = read_rows(package.root / ADJUDICATION, "adjudication")
    last = {(row["table_name"], row["row"], row["column_name"]): i for i, row in enumerate(listed)}
    tables = {table: rows(package, table) for table in {table for table, _, _ in last}}
    for (table, key, column), i in last.items():
        row, value = tables[table].get(key), listed[i]["settled"]
        has = "not coded" if row is None else row.get(column, "") if column else "coded"
        # Of the words of a name an adjudication says which occurrences count; that stands in evidence.
        asked = not column or (row is not None and (table, column) != ("names", "name_words"))
        if asked and value != has:
            name, hint = listed[i]["adjudication_id"], "Correct the table, or settle it anew in a later row."
            yield Problem("settled", ADJUDICATION, i + 2, name, "settled", value, f"{has!r}, as {table} has it", hint)
