"""Rows in hand, however they were come by: which keys they have, and of which tables these are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from naqoura_talks.frames import installed, load
from naqoura_talks.package import PackageError, unknown, unknown_row


def tables_by_key() -> dict[str, str]:
    """Return the table of each row by its key; no key stands in two tables."""
    return {key: name for name in installed().tables for key in load(name).iloc[:, 0]}


def _shapes() -> list[tuple[str, str, set[str]]]:
    """Return name, key column and columns of each table and joined table."""
    return [
        # A pair of actors has the key of its act.
        (name, *package.schema(name).get("primaryKey", ["row_id"]), set(package.fields(name)))
        for package in (installed(), installed().joined)
        for name in package.tables
    ]


def keys_of(rows: Any) -> dict[str, str]:
    """Return the keys of rows, each once, and the table of each.

    ``rows`` is a key, a row (of ``iloc``, ``itertuples`` or ``to_dict``), a frame of pandas, polars or
    Arrow, or several of these, mixed or not. Raises PackageError if a row has no key, and
    UnknownNameError if no table has the key.
    """
    tables = tables_by_key()
    found = dict.fromkeys(_keys(rows, tables))
    for key in found:
        if key not in tables:
            raise unknown_row(key, tables)
    return {key: tables[key] for key in found}


def _keys(rows: Any, tables: dict[str, str]) -> list[str]:
    if isinstance(rows, str):
        return [rows]
    if hasattr(rows, "to_pandas"):
        rows = rows.to_pandas()
    if hasattr(rows, "_asdict"):
        rows = rows._asdict()
    if isinstance(rows, Mapping) and not any(isinstance(value, pd.DataFrame) for value in rows.values()):
        rows = pd.Series(dict(rows), dtype=object)
    if isinstance(rows, pd.Series) and (
        rows.name in tables or not {key for _, key, _ in _shapes()}.isdisjoint(rows.index)
    ):
        rows = rows.to_frame().T
    if isinstance(rows, pd.DataFrame):
        return _keys_of_frame(rows, tables)
    if not isinstance(rows, Iterable):
        raise PackageError(f"Found {type(rows).__name__}; expected keys, rows or frames of load().")
    parts = rows.values() if isinstance(rows, Mapping) else rows
    return [key for part in parts for key in ([part] if pd.api.types.is_scalar(part) else _keys(part, tables))]


def _keys_of_frame(frame: pd.DataFrame, tables: dict[str, str]) -> list[str]:
    """Return the keys of a frame's rows: of each table whose rows these are, not of those that they point to."""
    version, known = installed().version, defaultdict(set)
    if frame.attrs.get("version", version) != version:
        raise PackageError(
            f"These rows are of version {frame.attrs['version']}, and {version} is installed. Load them again."
        )
    for _, key, columns in _shapes():
        known[key] |= columns
    key_of = {name: key for name, key, _ in _shapes()}
    own_key = key_of.get(str(frame.attrs.get("table", "")).removeprefix("joined "), "")
    levels = [name for name in frame.index.names if name is not None and name not in frame.columns]
    frame = (frame.reset_index(levels) if levels else frame).reset_index()
    # merge() marks what both sides have.
    names = [re.sub("_[xy]$", "", str(column)) for column in frame.columns]
    there = [key for key in known if key in names]
    if (own_key or next(iter(there), None)) not in there:
        if "index" in frame and set(frame["index"]) & set(tables):
            return list(frame["index"])
        wanted = f"column {own_key!r}" if own_key else "first column"
        raise PackageError(f"The rows have no key: keep the {wanted} of load().")
    # A key comes after those of the rows in which it points to another, and what most columns are of comes first.
    there = sorted(there, key=lambda key: (sum(key in known[k] for k in there), -len(known[key].intersection(names))))
    told: set[str] = set()
    found: list[str] = []
    keyed, alone = pd.Series(False, index=frame.index), False
    for key in there:
        own = frame.loc[:, [name in known[key] - told - {key} for name in names]]
        # One that may only point to another row counts where cells of that row stand beside it.
        here = own.notna().any(axis=1) if key in told else True
        alone |= key not in told and own.shape[1] == 0
        for _, cells in frame.loc[:, [name == key for name in names]].items():
            found += list(cells[here & cells.notna()])
            keyed |= here & cells.notna()
        told |= known[key]
    left = set(names) & set().union(*known.values()) - told
    if alone and left and not own_key:
        raise PackageError(
            f"{', '.join(sorted(left))} are columns of rows whose key is not among the columns ({', '.join(there)}). "
            "Keep the first column of load()."
        )
    if not keyed.all():
        raise PackageError(
            f"Row {keyed.idxmin()} (from 0) of the {len(keyed)} has no key. Keep the first column of load()."
        )
    return found


def column_of(table: str, name: str) -> str:
    """Return the column of a table that a name means: its own, or one of the joined table that it is the key of.

    ``speaker`` of a statement is ``speaker_actor_id``. Raises PackageError for a column of the joined table
    that is put together from other rows, and UnknownNameError for other names.
    """
    package, joined = installed(), installed().joined
    fields = list(package.fields(table))
    if name in fields:
        return name
    keys = [column for column in fields if re.fullmatch(rf"{re.escape(str(name))}(_[a-z]+)?_id", column)]
    if len(keys) == 1:
        return keys[0]
    if table in joined.tables and name in joined.fields(table):
        raise PackageError(f"{name} of joined({table!r}) is put together from other cells; ask for those.")
    raise unknown(f"column of {table}", name, fields)
