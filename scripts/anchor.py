"""Turn the words that a curator types into offsets and digests, so that nobody counts characters.

  anchor.py find WORDS --text FILE [--at 3.2]          where the words stand
  anchor.py passages SOURCE --text FILE                rows for data/csv/passages.csv, to be read by a curator
  anchor.py add TABLE ROW [COLUMN] WORDS --text FILE   one row of evidence (column "-": the row as a whole)
  anchor.py batch FILE.json --text FILE                many at once, all or none
  anchor.py recheck --text FILE                        every span and digest of the package against the text
  anchor.py pass IN.json OUT.csv --text FILE           a coding pass (coding/manual.md, section 7)

FILE is the coded text. Words that are absent, or that stand in several places, are refused with the
candidates; name the sentence with --at PARAGRAPH.SENTENCE, or the occurrence in it with --nth.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

from naqoura_talks.text import canonicalise, find, sentences

ROOT = Path(__file__).resolve().parent.parent


class AnchorError(Exception):
    """The words cannot be anchored; the message says why and what to do."""


class Anchor:
    """A coded text in which words are looked up."""

    def __init__(self, text: str) -> None:
        self.text = canonicalise(text)
        self.spans = {f"{p}.{s}": (start, end) for p, s, start, end in sentences(self.text)}

    def locate(self, words: str, at: str | None = None, nth: int | None = None) -> tuple[int, int]:
        """Return (char_start, char_end) of the words, or raise AnchorError with the candidates."""
        if at is not None and at not in self.spans:
            raise AnchorError(f"there is no sentence {at}; the text has {', '.join(self.spans)}")
        start, end = self.spans[at] if at else (0, len(self.text))
        found = find(self.text, words, start, end)
        where = f"in sentence {at}" if at else "in the text"
        if not found:
            elsewhere = [name for name, span in self.spans.items() if find(self.text, words, *span)]
            hint = f"they stand in {', '.join(elsewhere)}" if elsewhere else "nor anywhere else"
            raise AnchorError(f"the words {words!r} are not {where}; {hint}")
        if nth is None and len(found) > 1:
            candidates = "; ".join(f"{i}: {s}-{e}" for i, (s, e) in enumerate(found, 1))
            raise AnchorError(
                f"the words {words!r} stand {len(found)} times {where} ({candidates}); "
                "give more words, the sentence, or which one (nth)"
            )
        if nth is not None and not 1 <= nth <= len(found):
            raise AnchorError(f"nth is {nth}; the words stand {len(found)} time(s) {where}")
        return found[(nth or 1) - 1]


# --- a coding pass ---

PASS_COLUMNS = ["table_name", "row_id", "column_name", "value", "char_start", "char_end", "note"]


def read_schemas(root: Path) -> dict[str, dict[str, dict]]:
    """Return the fields of every schema by table and column."""
    return {
        path.stem: {f["name"]: f for f in json.loads(path.read_text("utf-8"))["fields"]}
        for path in sorted((root / "schemas").glob("*.json"))
    }


def pass_rows(units: list[dict], anchor: Anchor, root: Path) -> tuple[list[list], list[str]]:
    """Turn a coder's units into long rows (PASS_COLUMNS); return them and all errors found.

    Titles, descriptions and propositions are checked by nobody and follow the text closely, so they
    are left out; so are the words of a verbatim value of more than eight words, which its offsets give.
    """
    schemas, rows, errors = read_schemas(root), [], []
    keys: dict[str, str] = {}
    for unit in units:
        if unit.get("id") in keys:
            errors.append(f"{unit['id']}: the key is used twice")
        keys[unit.get("id", "")] = unit.get("table", "")
    for unit in units:
        table, row_id = unit.get("table", ""), unit.get("id", "")
        if table not in schemas:
            errors.append(f"{row_id}: no table {table!r}; known: {', '.join(schemas)}")
            continue
        fields, at = schemas[table], unit.get("at")
        key = next(iter(fields))
        prefix = fields[key]["constraints"]["pattern"].split("-")[0]
        if not row_id.startswith(prefix + "-"):
            errors.append(f"{row_id}: keys of {table} begin with {prefix}-")

        def put(column: str, value: object, words: str, at: str | None, nth: int | None, unit=unit) -> None:
            try:
                start, end = anchor.locate(words, at, nth)
            except AnchorError as error:
                errors.append(f"{unit['id']} {column or 'row'}: {error}")
                return
            note = unit.get("note", "") if not column else ""
            if isinstance(value, str) and len(value.split()) > 8:
                value = ""
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            rows.append([unit["table"], unit["id"], column, text, start, end, note])

        words, nth = unit.get("words", ""), unit.get("nth")
        put("", None, words, at, nth)
        for column, cell in unit.get("cells", {}).items():
            value, cell_words, cell_at, cell_nth = (
                (list(cell) + [None] * 4)[:4] if isinstance(cell, list) else (cell, None, None, None)
            )
            if column not in fields:
                errors.append(f"{row_id}: {table} has no column {column!r}; it has {', '.join(fields)}")
                continue
            if fields[column]["provenance"] in ("editorial", "derived", "external") and not column.endswith("_id"):
                continue  # Coders' prose comes too near to the text to be published; see pass_rows.
            enum = fields[column].get("constraints", {}).get("enum")
            if enum and value and value not in enum:
                errors.append(f"{row_id} {column}: no code {value!r}; known: {', '.join(enum)}")
            if column.endswith("_id") and value and value not in keys:
                errors.append(f"{row_id} {column}: no row {value!r} in this pass")
            if cell_words is None:
                put(column, value, words, at, nth)
            else:
                put(column, value, cell_words, cell_at or at, cell_nth)
        for occurrence in unit.get("occurrences", []):
            o_words, o_at, o_nth = (list(occurrence) + [None] * 3)[:3]
            put("name_words", o_words, o_words, o_at, o_nth)
    return rows, errors


def write_csv(path: Path, header: list[str], rows: list[list]) -> None:
    """Write a CSV file whole or not at all: beside it first, then renamed."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    beside.replace(path)


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    sub = parser.add_subparsers(dest="command", required=True)
    p = sub.add_parser("pass")
    p.add_argument("input", type=Path)
    p.add_argument("output", type=Path)
    p.add_argument("--text", type=Path, required=True)
    args = parser.parse_args(argv)
    anchor = Anchor(args.text.read_text(encoding="utf-8"))
    units = json.loads(args.input.read_text(encoding="utf-8"))
    rows, errors = pass_rows(units, anchor, ROOT)
    for error in errors:
        print(error, file=sys.stderr)
    if errors:
        print(f"{len(errors)} error(s); nothing written", file=sys.stderr)
        return 1
    write_csv(args.output, PASS_COLUMNS, rows)
    print(f"{args.output}: {len(units)} units, {len(rows)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
