"""Turn the words that a curator types into offsets and digests, so that nobody counts characters.

  anchor.py add TABLE ROW COLUMN WORDS --text FILE   one row of evidence (column "-": the row as a whole)
  anchor.py external TABLE ROW COLUMN SOURCE         one row of evidence that is an outside reference
  anchor.py passages SOURCE --text FILE              the passages of a text, and its digest and length in sources
  anchor.py pass IN.json OUT.csv --text FILE         a coding pass (coding/manual.md, section 7)

FILE is the coded text. Words that are absent, or that stand in several places, are refused with the
candidates; name the sentence with --at PARAGRAPH.SENTENCE, or the occurrence in it with --nth.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection
from itertools import count
from pathlib import Path
from typing import Any

from naqoura_talks.package import Package, PackageError, read_json
from naqoura_talks.text import canonicalise, digest, find, sentences
from scripts.coding.matching import WORDS_KEPT
from scripts.files import to_csv, write

ROOT = Path(__file__).resolve().parents[2]


class Anchor:
    """A coded text in which words are looked up."""

    def __init__(self, text: str) -> None:
        self.text = canonicalise(text)
        self.spans = {f"{p}.{s}": (start, end) for p, s, start, end in sentences(self.text)}

    def locate(self, words: str, at: str | None = None, nth: int | None = None) -> tuple[int, int]:
        """Return (char_start, char_end) of the words, or raise PackageError with the candidates."""
        if at is not None and at not in self.spans:
            raise PackageError(f"there is no sentence {at}; the text has {', '.join(self.spans)}")
        start, end = self.spans[at] if at else (0, len(self.text))
        found = find(self.text, words, start, end)
        where = f"in sentence {at}" if at else "in the text"
        if not found:
            elsewhere = [name for name, span in self.spans.items() if find(self.text, words, *span)]
            hint = f"they stand in {', '.join(elsewhere)}" if elsewhere else "nor anywhere else"
            raise PackageError(f"the words {words!r} are not {where}; {hint}")
        if nth is None and len(found) > 1:
            candidates = "; ".join(f"{i}: {s}-{e}" for i, (s, e) in enumerate(found, 1))
            raise PackageError(
                f"the words {words!r} stand {len(found)} times {where} ({candidates}); "
                "give more words, the sentence, or which one (nth)"
            )
        if nth is not None and not 1 <= nth <= len(found):
            raise PackageError(f"nth is {nth}; the words stand {len(found)} time(s) {where}")
        return found[(nth or 1) - 1]

    def cells(self, start: int, end: int) -> dict[str, str]:
        """Return a span as the tables have it: offsets, and the digest of its words."""
        return {"char_start": str(start), "char_end": str(end), "sha256": digest(self.text[start:end])}


# --- a coding pass ---

PASS_COLUMNS = ["table_name", "row_id", "column_name", "value", "char_start", "char_end", "note"]


def cell_problem(column: str, field: dict[str, Any], value: object, keys: Collection[str]) -> str:
    """Return what is wrong with the value of a cell, or nothing; ``keys`` are those of the pass."""
    if not isinstance(value, bool if field["type"] == "boolean" else str | None):
        return f"{value!r} is no {field['type']}; see the column list"
    enum = field.get("constraints", {}).get("enum")
    if enum and value and value not in enum:
        return f"no code {value!r}; known: {', '.join(enum)}"
    if column.endswith("_id") and value and value not in keys:
        return f"no row {value!r} in this pass"
    return ""


def pass_rows(units: list[dict], anchor: Anchor, root: Path) -> tuple[list[list], list[str]]:
    """Turn a coder's units into long rows (PASS_COLUMNS); return them and all errors found.

    Titles, descriptions and propositions are checked by nobody and follow the text closely, so they
    are left out; so are the words of a verbatim value of more than eight words, which its offsets give.
    A cell without a row was left empty; a row with an empty value is such a long verbatim value, or a cell
    left empty with the words that a curator needs to fill it. True and false are both said.
    """
    package, rows = Package(root), []
    keys = Counter(unit.get("id", "") for unit in units)
    errors = [f"{key}: the key is used twice" for key, n in keys.items() if n > 1]

    def put(unit: dict, column: str, value: object, words: str, at: str | None = None, nth: int | None = None) -> None:
        try:
            start, end = anchor.locate(words, at, nth)
        except PackageError as error:
            errors.append(f"{unit['id']} {column or 'row'}: {error}")
            return
        verbatim = column and package.fields(unit["table"])[column]["provenance"] == "verbatim"
        if verbatim and digest(str(value)) != digest(anchor.text[start:end]):
            errors.append(
                f"{unit['id']} {column}: {value!r} is not what stands at its words {words!r}; "
                "give the value and its own words: [value, words, at]"
            )
        text = "" if value is None else str(value)
        text = text.lower() if isinstance(value, bool) else text if len(text.split()) <= WORDS_KEPT else ""
        rows.append([unit["table"], unit["id"], column, text, start, end, "" if column else unit.get("note", "")])

    for unit in units:
        table, row_id = unit.get("table", ""), unit.get("id", "")
        if table not in package.tables:
            errors.append(f"{row_id}: no table {table!r}; known: {', '.join(package.tables)}")
            continue
        fields, at, cells = package.fields(table), unit.get("at"), unit.get("cells", {})
        prefix = fields[package.key(table)]["constraints"]["pattern"].split("-")[0]
        if not row_id.startswith(prefix + "-"):
            errors.append(f"{row_id}: keys of {table} begin with {prefix}-")
        own = (unit.get("words", ""), at, unit.get("nth"))
        put(unit, "", None, *own)
        for column, cell in cells.items():
            if column not in fields:
                errors.append(f"{row_id}: {table} has no column {column!r}; it has {', '.join(fields)}")
                continue
            provenance = fields[column]["provenance"]
            value, *where = cell if isinstance(cell, list) else [cell]
            if provenance in ("editorial", "derived", "external") and not column.endswith("_id"):
                continue  # Coders' prose comes too near to the text to be published; see above.
            if problem := cell_problem(column, fields[column], value, keys):
                errors.append(f"{row_id} {column}: {problem}")
            if provenance == "verbatim" and not value:
                continue  # No words, so nothing that it could rest on.
            words, its_at, its_nth = (*where, None, None)[:3] if any(where[:1]) else own
            put(unit, column, value, words, its_at or at, its_nth)
        for column, field in fields.items():
            if field["type"] == "boolean" and column not in cells:
                errors.append(f"{row_id} {column}: say true or false; left out, it could have been overlooked")
        for words, *beside in unit.get("occurrences", []):
            put(unit, "name_words", words, words, *beside[:2])
    return rows, errors


# --- evidence ---


def read_table(package: Package, name: str) -> list[dict[str, str]]:
    """Return the rows of a table with all cells as text, an empty cell as ""."""
    return [{k: v or "" for k, v in row.items()} for row in package.read_words(name).to_pylist()]


def write_table(package: Package, name: str, rows: list[dict[str, str]]) -> None:
    """Write a table sorted by its key, whole or not at all."""
    columns = list(package.fields(name))
    rows = sorted(rows, key=lambda row: row[columns[0]])
    write(package.path(name), to_csv([columns, *([row[c] for c in columns] for row in rows)]))


def source_of(package: Package, anchor: Anchor) -> str:
    """Return the key of the coded text in sources; its digest says which one it is."""
    for row in read_table(package, "sources"):
        if row["text_sha256"] == digest(anchor.text):
            return row["source_id"]
    raise PackageError(
        f"the text (digest {digest(anchor.text)}, {len(anchor.text)} characters) is no coded text of sources.csv; "
        "give the right file, or add its row"
    )


def add_evidence(package: Package, table: str, row_id: str, column: str, support: dict[str, str]) -> str:
    """Add one row to evidence.csv for a cell, or with column "" for a row; return its key.

    ``support`` has the cells that say what supports it: source_id, support, and the span of words or a note.
    Raises PackageError if the cell is not there or is empty, or if the evidence is there already.
    """
    if table not in package.tables:
        raise PackageError(f"there is no table {table}; known: {', '.join(package.tables)}")
    rows, fields = {row[package.key(table)]: row for row in read_table(package, table)}, package.fields(table)
    if row_id not in rows:
        raise PackageError(f"{table} has no row {row_id}; add the row first")
    if column and column not in fields:
        raise PackageError(f"{table} has no column {column}; it has {', '.join(fields)}")
    if column and not rows[row_id][column]:
        raise PackageError(f"{row_id} {column} is empty; fill the cell first")
    if column and fields[column]["evidence"] == "none":
        raise PackageError(f"{table}.{column} asks for no evidence")
    known, row = read_table(package, "evidence"), dict.fromkeys(package.fields("evidence"), "") | support
    row |= {"table_name": table, "row_id": row_id, "column_name": column}
    same = ("table_name", "row_id", "column_name", "source_id", "char_start", "char_end")
    if any(all(e[c] == row[c] for c in same) for e in known):
        raise PackageError(f"{row_id} {column or 'row'} has this evidence already")
    stem, taken = f"evd-{row_id}-{column.replace('_', '-') or 'row'}", {e["evidence_id"] for e in known}
    row["evidence_id"] = next(key for n in count(1) if (key := f"{stem}-{n}") not in taken)
    write_table(package, "evidence", [*known, row])
    return row["evidence_id"]


def passage_rows(anchor: Anchor, source_id: str) -> list[dict[str, str]]:
    """Return the rows of passages for a text, all of type body; the curator sets the other types."""
    stem = f"psg-{source_id.removeprefix('src-')}"
    return [
        {
            "passage_id": f"{stem}-p{paragraph:02d}-s{sentence}",
            "source_id": source_id,
            "paragraph_no": str(paragraph),
            "sentence_no": str(sentence),
            **anchor.cells(start, end),
            "passage_type": "body",
            "not_coded_reason": "",
        }
        for paragraph, sentence, start, end in sentences(anchor.text)
    ]


# --- the command ---


def run(args: argparse.Namespace) -> None:
    """Carry out one command."""
    package = Package(args.root)
    anchor = Anchor(args.text.read_bytes().decode("utf-8")) if "text" in args else None
    if args.command == "pass":
        units = read_json(args.input, "coding pass")
        rows, errors = pass_rows(units, anchor, args.root)
        if errors:
            raise PackageError("\n".join([*errors, f"{len(errors)} error(s); nothing written"]))
        write(args.output, to_csv([PASS_COLUMNS, *rows]))
        print(f"{args.output}: {len(units)} units, {len(rows)} rows")
    elif args.command == "passages":
        rows, sources = passage_rows(anchor, args.source), read_table(package, "sources")
        mine = next((r for r in sources if r["source_id"] == args.source), None)
        if mine is None:
            raise PackageError(f"sources has no row {args.source}; add it first, with type coded_text and a citation")
        others = [r for r in read_table(package, "passages") if r["source_id"] != args.source]
        write_table(package, "passages", others + rows)
        mine |= {"text_sha256": digest(anchor.text), "text_chars": str(len(anchor.text))}
        mine["paragraphs"] = rows[-1]["paragraph_no"]
        write_table(package, "sources", sources)
        print(f"{len(rows)} passages of {args.source}, {len(anchor.text)} characters, digest {digest(anchor.text)}")
    else:
        if args.command == "external":
            support = {"source_id": args.source, "support": "external", "note": args.note}
        else:
            span = anchor.cells(*anchor.locate(args.words, args.at, args.nth))
            how = {"support": "inferred", "note": args.inferred} if args.inferred else {"support": "explicit"}
            support = {"source_id": source_of(package, anchor), **span, **how}
        key = add_evidence(package, args.table, args.row, "" if args.column == "-" else args.column, support)
        print(f"added {key}" + (f" at {support['char_start']}-{support['char_end']}" if anchor else ""))


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add, external, passages, coded = map(commands.add_parser, ("add", "external", "passages", "pass"))
    for sub in (add, external):
        for name in ("table", "row", "column"):
            sub.add_argument(name)
    add.add_argument("words")
    add.add_argument("--at", help="the sentence that holds the words: PARAGRAPH.SENTENCE")
    add.add_argument("--nth", type=int, help="which occurrence, from 1")
    add.add_argument("--inferred", metavar="NOTE", help="the words imply the value: the step, as a sentence")
    external.add_argument("source")
    external.add_argument("--note", default="")
    passages.add_argument("source", help="key of the text in sources.csv")
    coded.add_argument("input", type=Path)
    coded.add_argument("output", type=Path)
    for sub in (add, passages, coded):
        sub.add_argument("--text", type=Path, help="the coded text", required=True)
    for sub in (add, external, passages, coded):
        sub.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    try:
        run(parser.parse_args(argv))
        return 0
    except PackageError as error:
        print(error, file=sys.stderr)
    except (OSError, UnicodeDecodeError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
