"""A release unpacked into a folder, what its tables hold, and how what a tool reads is compared with that.

This module and ``judges`` run in the judges' own environments too, with nothing but the standard library.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any


class Wrong(Exception):  # noqa: N818 (it is a verdict)
    """What a judge has against the release."""


# --- the release, and what its tables hold ---

# How text becomes a value, by the type of its column.
OF_TEXT = {
    "integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__, "date": date.fromisoformat,
}  # fmt: skip


class Release:
    """A release unpacked into a folder: the data package in ``package``, the single files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.package,) = (path.parent for path in folder.glob("naqoura-talks-*/datapackage.json"))
        self.name = self.package.name

    @cached_property
    def schemas(self) -> dict[str, dict[str, Any]]:
        """The Table Schema of each table."""
        resources = json.loads((self.package / "datapackage.json").read_text("utf-8"))["resources"]
        return {r["name"]: json.loads((self.package / r["schema"]).read_text("utf-8")) for r in resources}

    def fields(self, table: str) -> dict[str, dict[str, Any]]:
        """Return the fields of a table by column."""
        return {f["name"]: f for f in self.schemas[table]["fields"]}

    def parquet(self, table: str) -> Path:
        """Return the path of a table's Parquet file."""
        return self.package / f"data/parquet/{table}.parquet"

    def rows(self, table: str) -> list[list[Any]]:
        """Return the rows of a table's CSV as Python values by the table's schema."""
        with (self.package / f"data/csv/{table}.csv").open(encoding="utf-8", newline="") as file:
            return self.typed(table, list(csv.reader(file))[1:], OF_TEXT)

    def typed(self, table: str, rows: Iterable[Iterable[Any]], of: dict[str, Callable[[Any], Any]]) -> list[list[Any]]:
        """Return rows with each filled cell as the function for its column's type makes it, where there is one."""
        makers = [of.get(field["type"], lambda cell: cell) for field in self.fields(table).values()]
        return [[None if c in (None, "") else make(c) for make, c in zip(makers, row, strict=True)] for row in rows]


def unpack(dist: Path, folder: Path) -> Release:
    """Unpack a release: what is a zip becomes a folder, the rest stands beside."""
    for path in sorted(dist.iterdir()):
        target = folder / path.name
        if path.suffix in (".zip", ".whl"):
            # The package's zip has its folder inside, and R reads it as it is.
            inside = folder if re.fullmatch(r"naqoura-talks-[\d.]+\d\.zip", path.name) else target.with_suffix("")
            with zipfile.ZipFile(path) as archive:
                archive.extractall(inside)
        if path.suffix != ".whl":
            target.write_bytes(path.read_bytes())
    return Release(folder)


def plain(value: Any) -> Any:
    """Return a value as Python has it: NaN, NaT, NA and empty text are None, whole times are days."""
    if value is None or (isinstance(value, float) and value != value) or str(value) in ("", "<NA>", "NaT"):
        return None
    if isinstance(value, datetime):
        if (value.hour, value.minute, value.second) != (0, 0, 0):
            raise Wrong(f"{value} has a time of day")
        return value.date()
    return value


def alike(value: Any, wanted: Any) -> bool:
    """Whether a value that was read is the one in the CSV, and of its kind; whole numbers may come as floats."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, int | float):
        return not isinstance(value, str) and value is not None and float(value) == wanted
    return value == wanted


def compare(release: Release, read: Callable[[str], Iterable[Iterable[Any]]]) -> str:
    """Compare all cells of all tables with the CSV; say that they are alike, or raise Wrong at the first other."""
    for table in release.schemas:
        columns, wanted = list(release.fields(table)), release.rows(table)
        found = [[plain(value) for value in row] for row in read(table)]
        if len(found) != len(wanted):
            raise Wrong(f"{table}: {len(found)} rows, and the CSV has {len(wanted)}")
        for n, (row, expected) in enumerate(zip(found, wanted, strict=True)):
            if len(row) != len(columns):
                raise Wrong(f"{table}: {len(row)} columns, and the CSV has {len(columns)}")
            for column, a, b in zip(columns, row, expected, strict=True):
                if not alike(a, b):
                    raise Wrong(f"{table}, row {n + 1} ({expected[0]}), column {column}: {a!r}, and the CSV has {b!r}")
    return "every cell as in the CSV"


def run(*command: str | Path, **environment: str) -> str:
    """Run a command that must succeed; return what it printed. Raises Wrong with what it printed if it fails."""
    env = os.environ | environment
    done = subprocess.run([str(c) for c in command], env=env, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise Wrong(f"{Path(command[0]).name} fails: {(done.stdout + done.stderr).strip()[-2000:]}")
    return done.stdout
