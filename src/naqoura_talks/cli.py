"""The command naqoura-talks: look at the tables from a terminal, or pipe them on."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import textwrap
import unicodedata

import pandas as pd

import naqoura_talks
from naqoura_talks.citing import STYLES
from naqoura_talks.frames import installed
from naqoura_talks.package import PackageError, UnreadableCopyError, unknown
from naqoura_talks.verify import Verification


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return text + "…"


# A column that is cut keeps at least so many characters, so that it can still be read.
_READABLE = 20


def as_table(frame: pd.DataFrame, width: int) -> str:
    """Return the frame as aligned text that is no wider than ``width`` columns of a terminal.

    Columns without a value are left out, and so are those that do not fit at a readable width; lines
    under the table name them. Wide cells are cut and end in an ellipsis; numbers stand right.
    """
    if frame.empty:
        return "No rows."
    cells = frame.astype(object).where(frame.notna(), "").astype(str)
    wants = {c: max(map(_width, [c, *cells[c]])) for c in cells if (cells[c] != "").any()}
    columns: list[str] = []
    for column in wants:
        needed = sum(min(wants[c], _READABLE) for c in [*columns, column]) + 2 * len(columns)
        if not columns or needed <= width:
            columns.append(column)
    left = width - 2 * (len(columns) - 1)
    widths = {}
    for n, column in enumerate(sorted(columns, key=wants.__getitem__)):
        # Narrow columns first: what they do not use goes to the wide ones.
        widths[column] = min(wants[column], left // (len(columns) - n))
        left -= widths[column]
    right = {c for c in columns if pd.api.types.is_integer_dtype(frame[c].dtype)}

    def line(values: list[str]) -> str:
        parts = []
        for column, value in zip(columns, values, strict=True):
            part = _cut(value, widths[column])
            blank = " " * (widths[column] - _width(part))
            parts.append(blank + part if column in right else part + blank)
        return "  ".join(parts).rstrip()

    lines = [line(columns), line(["─" * widths[c] for c in columns])]
    lines += [line(list(row)) for row in cells[columns].itertuples(index=False)]
    notes = {
        "Too wide to show": [c for c in wants if c not in columns],
        "Empty": [c for c in cells if c not in wants],
    }
    for what, names in notes.items():
        if names:
            hint = " (use a pipe, or --format csv, for all; show has --columns)" if what != "Empty" else ""
            lines += ["", *textwrap.wrap(f"{what}: {', '.join(names)}{hint}.", width)]
    return "\n".join(lines)


def show(frame: pd.DataFrame, format: str | None) -> None:
    """Print a frame: a table in a terminal, CSV in a pipe, or the format that is asked for."""
    terminal = sys.stdout.isatty()
    chosen = format or ("table" if terminal else "csv")
    if chosen == "table":
        text = as_table(frame, shutil.get_terminal_size((100, 24)).columns) + "\n"
    else:
        # As in the published CSV: dates as ISO dates, true and false.
        frame = frame.copy()
        for column, dtype in frame.dtypes.items():
            if "date32" in str(dtype):
                frame[column] = frame[column].map(lambda d: d.isoformat(), na_action="ignore").astype(object)
            elif str(dtype) == "boolean" and chosen == "csv":
                frame[column] = frame[column].map({True: "true", False: "false"})
        if chosen == "csv":
            text = frame.to_csv(index=False, lineterminator="\n")
        else:
            text = frame.to_json(orient="records", indent=2, force_ascii=False) + "\n"
    sys.stdout.write(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="naqoura-talks",
        description="Look at the tables of Naqoura Talks. In a terminal they are aligned and cut to its "
        "width; in a pipe they are whole, as CSV.",
    )
    parser.add_argument("--version", action="store_true", help="print the version of the data and how to cite it")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.add_argument("--format", choices=["table", "csv", "json"], help="instead of the one that fits")
        return sub

    command("tables", "What tables there are, with their rows.")
    sub = command("show", "Print one table.")
    sub.add_argument("table", help="name of a table; acts, act_pairs (with PLOVER and CAMEO codes) and timeline too")
    joined = "with names beside or in place of keys: actors, events, event_actors and others"
    sub.add_argument("--joined", action="store_true", help=joined)
    sub.add_argument("--columns", help="only these columns, separated by commas")
    sub = command("codebook", "What the columns of a table, or of all, hold.")
    sub.add_argument("table", nargs="?", help="name of a table")
    sub = command("codes", "The codes of a codelist, or of all, with how often they are used.")
    sub.add_argument("codelist", nargs="?", help="name of a codelist")
    sub = command("why", "What supports a row or one of its cells; with a copy of the report, in its words.")
    sub.add_argument("row", help="key of the row, such as evt-naqoura-talks")
    sub.add_argument("column", nargs="?", help="name of a column")
    either = sub.add_mutually_exclusive_group()
    either.add_argument("--text", metavar="FILE", help="a copy of the report, as plain text or saved page")
    either.add_argument("--passes", action="store_true", help="what each coding pass said, and why it was settled")
    command("agreement", "How far independent coding passes agree, figure by figure.")
    sub = command("coverage", "How much of each passage is under evidence; with a copy, which words are not.")
    sub.add_argument("--text", metavar="FILE", help="a copy of the report")
    sub = commands.add_parser("verify", help="Check a copy of the report against all digests: exit code 0 if whole.")
    sub.add_argument("file", help="plain text or saved page")
    sub.add_argument("--json", action="store_true", help="the result as JSON")
    sub = commands.add_parser("read", help="Read a copy sentence by sentence, with the rows that each supports.")
    sub.add_argument("file", help="plain text or saved page")
    sub = commands.add_parser("export", help="Write all tables into one file for SQL, Excel, Stata or SPSS.")
    sub.add_argument("file", help="its name ends in .sqlite, .xlsx, .dta.zip or .sav.zip")
    commands.add_parser("annotations", help="The evidence as W3C Web Annotations (JSON-LD), without the words.")
    sub = commands.add_parser("cite", help="How to cite this version, or rows of it, and the coded report.")
    sub.add_argument("rows", nargs="*", metavar="ROW", help="key of a row, such as evt-naqoura-talks")
    sub.add_argument("--style", default="apa", help=f"one of {', '.join(STYLES)}")
    return parser


def _frame(args: argparse.Namespace) -> pd.DataFrame:
    if args.command == "tables":
        return naqoura_talks.tables()
    if args.command == "agreement":
        return naqoura_talks.agreement()
    if args.command == "codebook":
        return naqoura_talks.codebook(args.table)
    if args.command == "codes":
        return naqoura_talks.codes(args.codelist)
    if args.command == "why" and args.passes:
        return naqoura_talks.passes(args.row, args.column)
    if args.command == "why":
        columns = ["column_name", "support", "char_start", "char_end", "note", "source_id"]
        found = naqoura_talks.evidence(args.row, args.column, text=args.text)
        if found.empty:
            raise PackageError(f"{args.row} {args.column or ''} needs no evidence: it is derived or in our own words.")
        if args.text and found.loc[found["char_start"].notna(), "words"].isna().any():
            print(f"naqoura-talks: {args.text} lacks words of this row; `verify` says what it holds.", file=sys.stderr)
        return found[(["words"] if args.text else []) + columns]
    if args.command == "coverage":
        return naqoura_talks.coverage(args.text)
    joined = args.joined or args.table in ("acts", "act_pairs", "timeline")
    frame = naqoura_talks.joined(args.table) if joined else naqoura_talks.load(args.table)
    if args.columns:
        wanted = [c.strip() for c in args.columns.split(",")]
        for column in wanted:
            if column not in frame.columns:
                raise unknown(f"column of {args.table}", column, list(frame.columns))
        frame = frame[wanted]
    return frame


def passes_report(frame: pd.DataFrame, width: int) -> str:
    """Return what each pass said as a table, and below it what was settled, with the reason in full."""
    lines = [as_table(frame.drop(columns=["settled", "reason"]), width)]
    for cell in frame.dropna(subset=["reason"]).to_dict("records"):
        what = cell["column_name"] if isinstance(cell["column_name"], str) else "the row"
        told = f"{what}: settled as {cell['settled']}. {cell['reason']}"
        lines += ["", *textwrap.wrap(told, width, subsequent_indent="  ")]
    return "\n".join(lines)


def verification_report(file: str, result: Verification) -> str:
    """Return what a copy holds, in words: the verdict, what is not as it was, and the rows concerned."""
    passages, evidence, rows = result.passages, result.evidence, result.rows
    found = int((passages["status"] == "found").sum())
    if result.holds_nothing:
        return f"{file}: {result.verdict}\nNothing of {result.source_id} is here. Is this the right file?"
    lines = [
        f"{file}: {result.verdict}",
        f"Text {result.source_id}: {found} of {len(passages)} passages found, "
        f"{int(evidence['held'].sum())} of {len(evidence)} spans hold.",
    ]
    spans = naqoura_talks.load("passages").set_index("passage_id")
    for passage in passages[(passages["status"] != "found") | passages["between"].notna()].to_dict("records"):
        key, held = passage["passage_id"], f"{passage['spans_held']} of {passage['spans']} spans hold"
        if passage["status"] != "found":
            lines.append(f"  {passage['status']:<8} {key}: {held}")
        if passage["status"] in ("changed", "missing"):
            span = spans.loc[key]
            mine = evidence[(evidence["char_start"] < span["char_end"]) & (evidence["char_end"] > span["char_start"])]
            words = dict.fromkeys(mine.loc[mine["held"]].sort_values("char_start")["words"])
            lines += [f"           holds: {' | '.join(_cut(each, 60) for each in words)}"] if words else []
        if isinstance(passage["between"], str):
            lines.append(f"  between  {key} and the next found stands: {_cut(passage['between'][:400], 400)}")
    if result.again:
        lines.append(f"{result.again} of its sentences stand here once more.")
    if len(rows):
        lines.append(f"{len(rows)} rows rest on words that were not found:")
        lines += [f"  {row.table_name:<18} {row.row_id} ({row.columns})" for row in rows.itertuples()]
    return "\n".join(lines)


def verification_json(file: str, result: Verification) -> str:
    """Return the same as JSON: file, source_id, holds, verdict, counts, passages with what stands between, rows."""
    content = {
        "file": file, "source_id": result.source_id, "holds": result.holds, "verdict": result.verdict,
        "spans": len(result.evidence), "spans_held": int(result.evidence["held"].sum()),
        "words_before": result.words_before, "words_after": result.words_after, "again": result.again,
        "passages": result.passages.drop(columns="words").to_dict("records"), "rows": result.rows.to_dict("records"),
    }  # fmt: skip
    return json.dumps(content, indent=2, ensure_ascii=False)


def reading(result: Verification, width: int) -> str:
    """Return a copy sentence by sentence, each with the rows and cells that rest on it."""
    evidence, blocks = result.evidence, []
    spans = naqoura_talks.load("passages").set_index("passage_id")
    for passage in result.passages.to_dict("records"):
        span = spans.loc[passage["passage_id"]]
        mine = evidence[(evidence["char_start"] < span["char_end"]) & (evidence["char_end"] > span["char_start"])]
        words = passage["words"] if isinstance(passage["words"], str) else f"[{passage['status']} in this copy]"
        head = f"{span['paragraph_no']}.{span['sentence_no']}  "
        lines = textwrap.wrap(words, width, initial_indent=head, subsequent_indent=" " * len(head))
        for (table, row), part in mine.groupby(["table_name", "row_id"]):
            columns = ", ".join(dict.fromkeys(part["column_name"].fillna("row")))
            line = f"{table}  {row}: {columns}"
            lines += textwrap.wrap(line, width, initial_indent="      ", subsequent_indent="          ")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code.

    0: it did what was asked, and with verify the copy is whole. 1: an error, or a copy that was read and is not
    whole. 2: a wrong call, or a copy that cannot be read.
    """
    # A name or word that the terminal's encoding lacks is no reason to stop.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    parser = _parser()
    args, code = parser.parse_args(argv), 0
    try:
        if args.version:
            print(f"naqoura-talks {naqoura_talks.__version__}\n{installed().citation}")
        elif args.command is None:
            parser.print_help()
            return 2
        elif args.command == "annotations":
            print(json.dumps(naqoura_talks.annotations(), indent=2, ensure_ascii=False))
        elif args.command == "export":
            print(naqoura_talks.export(args.file))
        elif args.command == "verify":
            result = naqoura_talks.verify(args.file)
            print((verification_json if args.json else verification_report)(args.file, result))
            code = 0 if result.holds else 1
        elif args.command == "read":
            result = naqoura_talks.verify(args.file)
            if result.holds_nothing:
                raise PackageError(verification_report(args.file, result))
            if not result.holds:
                print(f"naqoura-talks: {args.file}: {result.verdict}", file=sys.stderr)
            print(reading(result, min(shutil.get_terminal_size((100, 24)).columns, 120)))
        elif getattr(args, "passes", False) and (args.format or ("table" if sys.stdout.isatty() else "")) == "table":
            print(passes_report(_frame(args), shutil.get_terminal_size((100, 24)).columns))
        elif args.command == "cite":
            print(naqoura_talks.cite(args.rows or None, style=args.style))
        else:
            show(_frame(args), args.format)
        sys.stdout.flush()
    except PackageError as error:
        print(f"naqoura-talks: {error}", file=sys.stderr)
        return 2 if isinstance(error, UnreadableCopyError) else 1
    except BrokenPipeError:
        # The reader of the pipe has gone (head, less): that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
