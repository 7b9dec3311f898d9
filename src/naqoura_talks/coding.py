"""How the tables were coded: the agreement between independent passes, and what each pass said of a row."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from naqoura_talks import frames
from naqoura_talks.frames import load
from naqoura_talks.package import PackageError, read_json, read_text, unknown_row
from naqoura_talks.rows import column_of, tables_by_key

EMPTY, NOT_CODED = "(empty)", "not coded"


def _coding(name: str) -> Path:
    return frames.installed().root / "coding" / name


@cache
def _read(name: str) -> pd.DataFrame:
    """Return a CSV file of the record of the coding with all cells as text; an empty cell is missing."""
    path = _coding(name)
    text = read_text(path, "record of the coding")
    try:
        # Only an empty cell is missing: NA would be a word.
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, na_values=[""])
    except (ValueError, pd.errors.ParserError) as error:
        raise PackageError(f"{path}: not a table: {' '.join(str(error).split())}. Restore the file.") from None


def agreement() -> pd.DataFrame:
    """Return the agreement between the passes, each figure of it: one row per figure.

    Columns: round, text (missing: all texts of the round together), table_name (missing: all tables),
    column_name (missing: the units of the table), coder (missing: all), measure, value, low, high, n,
    remark. Values are shares or coefficients, counts for ``units…`` and ``confusion``; low and high are
    the bounds of a 95% interval; n is the number of units, pairs, characters or cells that the figure
    rests on. A missing value means that the remark says why there is none: n below 20, or one value only.

    Measures: units, units_by_all, units_by_one (units found), f1_pair, f1_between (F1 of passes with each
    other), f1_by_words (the same with units matched by words alone), precision, recall, f1_published (with
    the published tables), observed_agreement, alpha (Krippendorff's), confusion (pairs of coders that gave
    the two values in remark), span_exact, span_overlap (Dice), u_alpha (Krippendorff and others 2016), and
    of the round ``audit`` carried, not_carried, debatable. coding/AGREEMENT.md says how each is computed.

    The passes were made by language models, each in a session of its own with the manual as the only
    instruction; they are not several human experts. The figures say how far manual and text determine
    the coding for coders of this kind. They do not say that it is right: an error that all passes make is
    agreement here.
    """
    frame = _read("agreement.csv").copy()
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column]).astype("Float64")
    frame["n"] = pd.to_numeric(frame["n"]).astype("Int64")
    frame.attrs = {**load("actors").attrs, "table": "agreement"}
    return frame


def passes(row_id: str, column: str | None = None) -> pd.DataFrame:
    """Return what each pass said of a row, and why it was settled: one row per column of the table.

    Columns: column_name (missing in the first row: the row as a whole), published, one for each pass,
    named by round and coder ("round-1 a"), then settled and reason, from the adjudication; these are missing
    where nothing had to be settled. Where a cell was settled more than once, ``settled`` is the last, and
    ``reason`` gives the earlier ones after it. Of the row as a whole a pass says ``coded`` or
    ``not coded``. A cell that a pass left empty is ``(empty)``; keys are those of the published rows where
    the pass's own unit was matched to one. Verbatim values of more than eight words are given by their
    offsets in the text, as in the raw pass. With ``column`` only the row as a whole and this column.

    Of a row that was settled and is not published there are only the cells that were settled. Columns that
    coders do not fill (derived, external, our own words) are left out unless they were settled. Raises
    UnknownNameError if no coded row has that key, or the row no such column.
    """
    matches, adjudged = _read("matches.csv"), _read("adjudication.csv")
    tables, mine = tables_by_key(), adjudged[adjudged["row"] == row_id].fillna({"column_name": "row"})
    table = tables.get(row_id, next(iter(mine["table_name"]), None))
    if table not in set(matches["table_name"]):
        coded = {*matches["published_row_id"].dropna(), *adjudged["row"]}
        raise unknown_row(row_id, coded, " that coders coded")
    fields = frames.installed().fields(table)
    asked = [c for c, f in fields.items() if f["provenance"] in ("coded", "verbatim")]
    if column is not None:
        column = column_of(table, column)
        if column not in asked:
            raise PackageError(f"{table}.{column} is not coded: its provenance is {fields[column]['provenance']}.")
        asked = [column]
    else:
        # Also what was settled of a column that a later version has not, or that coders do not fill.
        asked += [c for c in mine["column_name"].unique() if c not in ("row", *asked)]
    if row_id in tables:
        published = {"row": "coded"} | load(table).set_index(frames.installed().key(table)).loc[row_id].to_dict()
    else:
        asked = [c for c in asked if c in set(mine["column_name"])]
        published = {"row": NOT_CODED}
    frame = pd.DataFrame({"column_name": [None, *asked]})
    names = ["row", *asked]
    frame["published"] = [_text(published[name]) if name in published else None for name in names]
    texts = set(matches["text"][matches["published_row_id"] == row_id]) or set(load("passages")["source_id"])
    for one in read_json(_coding("datapackage.json"), "descriptor of the coding")["resources"]:
        if "coder" not in one or one["text"] not in texts:
            continue
        if row_id in tables:
            cells = _said(one, matches, row_id)
        elif (coder := f"coder_{one['coder']}") in mine:
            # Of a row that is not published the adjudication says what each pass gave.
            cells = dict(mine[["column_name", coder]].dropna().to_numpy()) or None
        else:
            continue
        row, other = (NOT_CODED, None) if cells is None else ("coded", EMPTY)
        frame[f"{one['round']} {one['coder']}"] = [row, *((cells or {}).get(name, other) for name in asked)]
    settled = _settled(mine)
    frame["settled"], frame["reason"] = zip(*(settled.get(name, (None, None)) for name in names), strict=True)
    frame = frame.astype(load(table).iloc[:, 0].dtype)
    frame.attrs = {**load(table).attrs, "table": f"passes of {row_id}"}
    return frame


def _settled(mine: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return for each cell of a row, and for the row, how it was settled last, and why; earlier times after that."""
    found = {}
    for name, times in mine.groupby("column_name"):
        last, *before = zip(times["settled"].map(_text)[::-1], times["reason"][::-1], strict=True)
        earlier = (f" Before that it was settled as {value}: {reason}" for value, reason in before)
        found[name] = last[0], last[1] + "".join(earlier)
    return found


def _text(value: Any) -> str:
    """Return a published value as the CSV has it."""
    if pd.isna(value):
        return EMPTY
    return str(value).lower() if str(value) in ("True", "False") else str(value)


def _said(resource: dict[str, Any], matches: pd.DataFrame, row_id: str) -> dict[str, str] | None:
    """Return what a pass over the row's text gave of it: the cells of its unit, or None without one."""
    named = ["round", "text", "coder"]
    own = matches[(matches[named] == [resource[name] for name in named]).all(axis=1)]
    keys = own.dropna(subset=["published_row_id"]).set_index("row_id")["published_row_id"]
    unit = keys.index[keys == row_id][:1]
    if unit.empty:
        return None
    cells = _read(resource["path"])
    cells = cells[cells["row_id"].isin(unit) & cells["column_name"].notna()]
    given: dict[str, str] = {}
    for cell in cells.drop_duplicates("column_name").to_dict("records"):
        column, value, fields = cell["column_name"], cell["value"], frames.installed().fields(cell["table_name"])
        if pd.isna(value):
            # A column that a later version has not is none of these.
            verbatim = fields.get(column, {}).get("provenance") == "verbatim"
            value = f"words at {cell['char_start']}-{cell['char_end']}" if verbatim else EMPTY
        given[column] = keys.get(value, value) if column.endswith("_id") else value
    return given
