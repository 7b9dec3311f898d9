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
import re
import sys
from pathlib import Path

from naqoura_talks.package import Package, PackageError, read_json
from naqoura_talks.text import canonicalise, digest, find, sentences
from scripts.coding.matching import WORDS_KEPT
from scripts.files import to_csv, write

ROOT = Path(__file__).resolve().parents[2]


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


def pass_rows(units: list[dict], anchor: Anchor, root: Path) -> tuple[list[list], list[str]]:
    """Turn a coder's units into long rows (PASS_COLUMNS); return them and all errors found.

    Titles, descriptions and propositions are checked by nobody and follow the text closely, so they
    are left out; so are the words of a verbatim value of more than eight words, which its offsets give.
    A cell without a row was left empty; a row with an empty value is such a long verbatim value, or a cell
    left empty with the words that a curator needs to fill it. True and false are both said.
    """
    package, rows, errors = Package(root), [], []
    schemas = {name: package.fields(name) for name in package.tables}
    keys: dict[str, str] = {}
    for unit in units:
        if unit.get("id") in keys:
            errors.append(f"{unit['id']}: the key is used twice")
        keys[unit.get("id", "")] = unit.get("table", "")

    def put(unit: dict, column: str, value: object, words: str, at: str | None, nth: int | None) -> None:
        try:
            start, end = anchor.locate(words, at, nth)
        except AnchorError as error:
            errors.append(f"{unit['id']} {column or 'row'}: {error}")
            return
        verbatim = column and schemas[unit["table"]][column]["provenance"] == "verbatim"
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
        if table not in schemas:
            errors.append(f"{row_id}: no table {table!r}; known: {', '.join(schemas)}")
            continue
        fields, at = schemas[table], unit.get("at")
        key = next(iter(fields))
        prefix = fields[key]["constraints"]["pattern"].split("-")[0]
        if not row_id.startswith(prefix + "-"):
            errors.append(f"{row_id}: keys of {table} begin with {prefix}-")

        words, nth = unit.get("words", ""), unit.get("nth")
        put(unit, "", None, words, at, nth)
        for column, cell in unit.get("cells", {}).items():
            value, cell_words, cell_at, cell_nth = (
                (list(cell) + [None] * 4)[:4] if isinstance(cell, list) else (cell, None, None, None)
            )
            if column not in fields:
                errors.append(f"{row_id}: {table} has no column {column!r}; it has {', '.join(fields)}")
                continue
            if fields[column]["provenance"] in ("editorial", "derived", "external") and not column.endswith("_id"):
                continue  # Coders' prose comes too near to the text to be published; see pass_rows.
            if not isinstance(value, str | bool | None):
                errors.append(f"{row_id} {column}: {value!r} is neither a text nor true, false or null")
                continue
            if (fields[column]["type"] == "boolean") != isinstance(value, bool):
                errors.append(f"{row_id} {column}: {value!r} is no {fields[column]['type']}; see the column list")
                continue
            if fields[column]["provenance"] == "verbatim" and not value:
                continue  # No words, so nothing that it could rest on.
            enum = fields[column].get("constraints", {}).get("enum")
            if enum and value and value not in enum:
                errors.append(f"{row_id} {column}: no code {value!r}; known: {', '.join(enum)}")
            if column.endswith("_id") and value and value not in keys:
                errors.append(f"{row_id} {column}: no row {value!r} in this pass")
            where = (words, at, nth) if cell_words is None else (cell_words, cell_at or at, cell_nth)
            put(unit, column, value, *where)
        for column, field in fields.items():
            if field["type"] == "boolean" and column not in unit.get("cells", {}):
                errors.append(f"{row_id} {column}: say true or false; left out, it could have been overlooked")
        for occurrence in unit.get("occurrences", []):
            o_words, o_at, o_nth = (list(occurrence) + [None] * 3)[:3]
            put(unit, "name_words", o_words, o_words, o_at, o_nth)
    return rows, errors


# --- evidence ---


def slug(text: str) -> str:
    """Return a text as part of a key: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


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
    raise AnchorError(
        f"the text (digest {digest(anchor.text)}, {len(anchor.text)} characters) is no coded text of sources.csv; "
        "give the right file, or add its row"
    )


def add_evidence(
    package: Package,
    table: str,
    row_id: str,
    column: str,
    *,
    source_id: str,
    span: tuple[int, int] | None = None,
    words: str = "",
    support: str = "explicit",
    note: str = "",
) -> dict[str, str]:
    """Add one row to evidence.csv for a cell, or with column "" for a row; return it.

    ``span`` and ``words`` are the offsets and the words there; without them the support is external.
    Raises AnchorError if the cell is not there or is empty, or if the evidence is there already.
    """
    if table not in package.tables:
        raise AnchorError(f"there is no table {table}; known: {', '.join(package.tables)}")
    rows = {row[package.key(table)]: row for row in read_table(package, table)}
    if row_id not in rows:
        raise AnchorError(f"{table} has no row {row_id}; add the row first")
    if column and column not in package.fields(table):
        raise AnchorError(f"{table} has no column {column}; it has {', '.join(package.fields(table))}")
    if column and not rows[row_id][column]:
        raise AnchorError(f"{row_id} {column} is empty; fill the cell first")
    if column and package.fields(table)[column]["evidence"] == "none":
        raise AnchorError(f"{table}.{column} asks for no evidence")
    if support == "inferred" and not note:
        raise AnchorError("inferred evidence needs a note that says the step")
    known = read_table(package, "evidence")
    mine = [e for e in known if (e["table_name"], e["row_id"], e["column_name"]) == (table, row_id, column)]
    start, end = (str(span[0]), str(span[1])) if span else ("", "")
    if any((e["source_id"], e["char_start"], e["char_end"]) == (source_id, start, end) for e in mine):
        raise AnchorError(f"{row_id} {column or 'row'} has this evidence already")
    stem, taken = f"evd-{row_id}-{slug(column) if column else 'row'}", {e["evidence_id"] for e in known}
    number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
    row = {
        "evidence_id": f"{stem}-{number}", "table_name": table, "row_id": row_id, "column_name": column,
        "source_id": source_id, "char_start": start, "char_end": end, "sha256": digest(words) if span else "",
        "support": support if span else "external", "note": note,
    }  # fmt: skip
    write_table(package, "evidence", [*known, row])
    return row


def passage_rows(anchor: Anchor, source_id: str) -> list[dict[str, str]]:
    """Return the rows of passages for a text, all of type body; the curator sets the other types."""
    rows = []
    for paragraph, sentence, start, end in sentences(anchor.text):
        stem = source_id.removeprefix("src-")
        rows.append(
            {
                "passage_id": f"psg-{stem}-p{paragraph:02d}-s{sentence}", "source_id": source_id,
                "paragraph_no": str(paragraph), "sentence_no": str(sentence), "char_start": str(start),
                "char_end": str(end), "sha256": digest(anchor.text[start:end]), "passage_type": "body",
                "not_coded_reason": "",
            }
        )  # fmt: skip
    return rows


# --- the command ---


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name)
        sub.add_argument("--text", type=Path, help="the coded text", required=name != "external")
        sub.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
        return sub

    sub = command("passages")
    sub.add_argument("source", help="key of the text in sources.csv")
    sub = command("add")
    for name in ("table", "row", "column"):
        sub.add_argument(name)
    sub.add_argument("words")
    sub.add_argument("--at", help="the sentence that holds the words: PARAGRAPH.SENTENCE")
    sub.add_argument("--nth", type=int, help="which occurrence, from 1")
    sub.add_argument("--inferred", metavar="NOTE", help="the words imply the value: the step, as a sentence")
    sub = command("external")
    for name in ("table", "row", "column", "source"):
        sub.add_argument(name)
    sub.add_argument("--note", default="")
    sub = command("pass")
    sub.add_argument("input", type=Path)
    sub.add_argument("output", type=Path)
    return parser


def run(args: argparse.Namespace) -> int:
    """Carry out one command; return the exit code."""
    package = Package(args.root)
    if args.command == "external":
        column = "" if args.column == "-" else args.column
        row = add_evidence(package, args.table, args.row, column, source_id=args.source, note=args.note)
        print(f"added {row['evidence_id']}")
        return 0
    anchor = Anchor(args.text.read_bytes().decode("utf-8"))
    if args.command == "passages":
        rows, sources = passage_rows(anchor, args.source), read_table(package, "sources")
        mine = next((r for r in sources if r["source_id"] == args.source), None)
        if mine is None:
            raise AnchorError(f"sources has no row {args.source}; add it first, with type coded_text and a citation")
        others = [r for r in read_table(package, "passages") if r["source_id"] != args.source]
        write_table(package, "passages", others + rows)
        mine |= {"text_sha256": digest(anchor.text), "text_chars": str(len(anchor.text))}
        mine["paragraphs"] = rows[-1]["paragraph_no"]
        write_table(package, "sources", sources)
        print(f"{len(rows)} passages of {args.source}, {len(anchor.text)} characters, digest {digest(anchor.text)}")
    elif args.command == "add":
        span = anchor.locate(args.words, args.at, args.nth)
        row = add_evidence(
            package, args.table, args.row, "" if args.column == "-" else args.column,
            source_id=source_of(package, anchor), span=span, words=anchor.text[span[0] : span[1]],
            support="inferred" if args.inferred else "explicit", note=args.inferred or "",
        )  # fmt: skip
        print(f"added {row['evidence_id']} at {span[0]}-{span[1]}")
    else:
        units = read_json(args.input, "coding pass")
        rows, errors = pass_rows(units, anchor, args.root)
        if errors:
            raise AnchorError("\n".join([*errors, f"{len(errors)} error(s); nothing written"]))
        write(args.output, to_csv([PASS_COLUMNS, *rows]))
        print(f"{args.output}: {len(units)} units, {len(rows)} rows")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command; see the module's text."""
    try:
        return run(_parser().parse_args(argv))
    except (AnchorError, PackageError) as error:
        print(error, file=sys.stderr)
    except (OSError, UnicodeDecodeError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
