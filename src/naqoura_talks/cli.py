"""The command naqoura-talks: look at the tables from a terminal, or pipe them on."""

from __future__ import annotations

import argparse
import errno
import inspect
import json
import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from itertools import zip_longest
from typing import Any, NamedTuple, NoReturn

import pandas as pd

import naqoura_talks as nt
from naqoura_talks.citing import STYLES
from naqoura_talks.copies import read_copy
from naqoura_talks.export import FORMATS
from naqoura_talks.frames import installed
from naqoura_talks.package import PackageError, unknown, unknown_row
from naqoura_talks.rows import keys_of
from naqoura_talks.text import printable
from naqoura_talks.verify import rows_of, within

# --- frames as text ---

# A column of prose that stands beside others has at least so many characters.
_PROSE = 24


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _wrapped(text: str, width: int, first: str = "", later: str | None = None) -> list[str]:
    """Return a text in lines of a width; a word, and so a key, is never broken, and goes beyond it if it must."""
    later = " " * len(first) if later is None else later
    whole = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=later, **whole)


def _cells(frame: pd.DataFrame, csv: bool = False) -> pd.DataFrame:
    """Return the cells as JSON, or CSV, has them: dates as ISO dates, None for what is missing."""

    def plain(value: Any) -> Any:
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return None
        if csv and pd.api.types.is_bool(value):
            return str(value).lower()
        return value.isoformat()[:10] if isinstance(value, date) else value

    return pd.DataFrame({c: pd.Series(map(plain, frame[c]), dtype=object) for c in frame})


def as_table(frame: pd.DataFrame, width: int) -> str:
    """Return the frame as text that is no wider than ``width`` unless a word is; nothing of it is left out.

    One row stands downwards. Of more, columns with one value stand once, as a heading; so do leading columns that
    repeat their values if the others would not fit. The last columns that do not fit stand below each row.
    """
    if frame.empty:
        return "No rows."
    numbers = set(frame.select_dtypes("number"))
    cells = _cells(frame, csv=True).map(lambda v: "" if v is None else printable(" ".join(str(v).split())))
    cells.columns = list(map(printable, cells))
    if len(cells) == 1:
        indent = max(map(_width, cells)) + 2
        rows = [_wrapped(v, max(width, indent + _PROSE), f"{c:<{indent}}") or [c] for c, v in cells.iloc[0].items()]
        return "\n".join(line for row in rows for line in row)
    full = {c: max(map(_width, [c, *cells[c]])) for c in cells}
    need = {c: min(full[c], max(_PROSE, *map(_width, " ".join([c, *cells[c]]).split()))) for c in cells}
    headings = [c for c in cells if cells[c].nunique() == 1]
    headings = headings if len(headings) < len(cells.columns) else []
    rest = [c for c in cells if c not in headings]

    def fit(columns: list[str]) -> bool:
        return sum(need[c] + 2 for c in columns) - 2 <= width

    def begins(columns: list[str]) -> pd.Series:
        return (cells[columns] != cells[columns].shift()).any(axis=1) | (cells.index == 0)

    while not fit([c for c in rest if need[c] == full[c]]) and 3 * begins([*headings, rest[0]]).sum() <= len(cells):
        headings.append(rest.pop(0))
    count = max([n for n in range(1, len(rest) + 1) if fit(rest[:n])], default=1)
    beside, below = rest[:count], rest[count:]
    widths, widest = {c: need[c] for c in beside}, max(beside, key=full.__getitem__)
    left = width - sum(need[c] + 2 for c in beside) + 2
    widths[widest] += max(0, min(full[widest] - need[widest], left))

    def aligned(row: dict[str, str]) -> Iterator[str]:
        for parts in zip_longest(*(_wrapped(row[c], widths[c]) or [""] for c in beside), fillvalue=""):
            line = []
            for column, part in zip(beside, parts, strict=True):
                gap = " " * (widths[column] - _width(part))
                line.append(gap + part if column in numbers else part + gap)
            yield "  ".join(line).rstrip()

    def told(row: dict[str, str], columns: list[str], indent: str) -> list[str]:
        return _wrapped(" | ".join(f"{c}: {row[c]}" for c in columns if row[c]), width, indent, "    ")

    lines = []
    for row, new in zip(cells.to_dict("records"), begins(headings), strict=True):
        if new:
            rules = ["-" * min(widths[c], width) for c in beside]
            lines += [""] if lines and lines[-1] else []
            lines += [*told(row, headings, ""), *aligned({c: c for c in beside}), "  ".join(rules)]
        more = told(row, below, "    ")
        lines += [*aligned(row), *more, *([""] if more else [])]
    if empty := [c for c in headings if not cells[c].any()]:
        lines += ["", *_wrapped(f"Empty: {', '.join(empty)}", width, later="    ")]
    return "\n".join(lines).rstrip("\n")


# --- what commands print ---


class Answer(NamedTuple):
    """What a command prints: a frame; for people other words, and as JSON another value, where there are such."""

    frame: pd.DataFrame
    words: Callable[[int], str] | None = None
    json: Any = None
    code: int = 0


def _write(answer: Answer, format: str | None) -> None:
    """Print an answer in a format; if none is asked for, as words or a table in a terminal, as data in a pipe."""
    terminal = sys.stdout.isatty()
    chosen = format or ("table" if terminal or answer.words else "json" if answer.json else "csv")
    if chosen == "csv":
        text = _cells(answer.frame, csv=True).to_csv(index=False, lineterminator="\n")
    elif chosen == "json":
        value = _cells(answer.frame).to_dict("records") if answer.json is None else answer.json
        text = json.dumps(value, indent=2, ensure_ascii=False, default=lambda v: v.item()) + "\n"
        # As JSON escapes them, so that nothing is lost.
        text = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    else:
        width = max(20, shutil.get_terminal_size((100, 24)).columns)
        text = (answer.words(width) if answer.words else as_table(answer.frame, width)) + "\n"
    if terminal or chosen == "table":
        text = "\n".join(map(printable, text.split("\n")))
    sys.stdout.write(text)


def _complain(message: str) -> None:
    with suppress(OSError):
        print(f"naqoura-talks: {printable(' '.join(message.split()))}", file=sys.stderr)


def _copy(file: str) -> nt.Verification:
    """Return what a copy holds, and complain of one that is not whole; one that holds nothing is an error."""
    result = nt.verify(file)
    if result.holds_nothing:
        raise PackageError(f"{file}: {result.verdict} Is this the right file?")
    if not result.holds:
        _complain(f"{file}: {result.verdict}")
    return result


def show(name: str, rows: list[str] | None = None, joined: bool = False) -> pd.DataFrame:
    """Print a table, or the rows of some keys, of which the first may stand alone; acts, act_pairs and timeline too."""
    if "-" in name:
        name, rows = keys_of(name)[name], [name, *(rows or [])]
    frame = nt.joined(name) if joined else nt.load(name)
    column = next(c for c in frame.columns if c.endswith("_id"))
    known = set(frame[column])
    for key in rows or []:
        if key not in known:
            raise unknown_row(key, known, f" in {name}")
    return frame[frame[column].isin(rows)] if rows else frame


def why(row_id: str, column: str | None = None, text: str | None = None, passes: bool = False) -> pd.DataFrame:
    """Print what supports a row or one of its cells, in short; with a copy of the report, in its words."""
    if passes:
        if text:
            raise PackageError("--text and --passes are two questions. Ask one of the two.")
        return nt.passes(row_id, column)
    found = nt.evidence(row_id, column, text=text)
    if found.empty:
        raise PackageError(f"{row_id} {column or ''} needs no evidence: it is derived or in our own words.")
    columns = ["column_name", "support", "char_start", "char_end", "source_id", "note"]
    return found[(["words"] if text else []) + columns]


def read(copy: str) -> Answer:
    """Print a copy of the report sentence by sentence, with the rows and cells that each supports."""
    result = _copy(copy)
    where = nt.load("passages")[["passage_id", "paragraph_no", "sentence_no"]]
    frame = where.merge(result.passages[["passage_id", "status", "words"]], how="right")
    frame["rows"] = [
        "\n".join(f"{of.table_name}  {of.row_id}: {of.columns}" for of in rows_of(mine).itertuples())
        for mine in _evidence_within(result)
    ]

    def words(width: int) -> str:
        lines, width = [], min(width, 120)
        for of in frame.fillna("").itertuples():
            text = of.words or f"[{of.status} in this copy]"
            lines += ["", *_wrapped(text, width, f"{of.paragraph_no}.{of.sentence_no}  ")]
            lines += [line for row in of.rows.split("\n") for line in _wrapped(row, width, " " * 6, " " * 10)]
        return "\n".join(lines[1:])

    return Answer(frame, words, code=0 if result.holds else 1)


def _evidence_within(result: nt.Verification) -> Iterator[pd.DataFrame]:
    """Yield the evidence within each passage of a copy."""
    spans = nt.load("passages").set_index("passage_id")
    for start, end in spans.loc[result.passages["passage_id"], ["char_start", "char_end"]].to_numpy():
        yield within(result.evidence, start, end)


def _verified(file: str, result: nt.Verification) -> Answer:
    """Answer with the passages of a copy; in words, the verdict, what is not as it was, and the rows concerned."""
    passages, rows, spans = result.passages.drop(columns="words"), result.rows, result.evidence["held"]
    passages["holds"] = [
        " | ".join(dict.fromkeys(mine.loc[mine["held"]].sort_values("char_start")["words"])) or None
        for mine in _evidence_within(result)
    ]
    passages.loc[passages["status"].isin(["found", "moved"]), "holds"] = None
    content = {
        "file": file, "source_id": result.source_id, "holds": result.holds, "verdict": result.verdict,
        "spans": len(spans), "spans_held": int(spans.sum()), "words_before": result.words_before,
        "words_after": result.words_after, "again": result.again, "passages": _cells(passages).to_dict("records"),
        "rows": rows.to_dict("records"),
    }  # fmt: skip

    def words(width: int) -> str:
        found = passages["status"] == "found"
        told = f"{found.sum()} of {len(found)} passages found, {spans.sum()} of {len(spans)} spans hold."
        if result.again:
            told += f" {result.again} of its sentences stand here once more."
        if result.holds_nothing:
            told = "nothing of it is here. Is this the right file?"
        lines = [*_wrapped(f"{file}: {result.verdict}", width), *_wrapped(f"Text {result.source_id}: {told}", width)]
        odd = passages[~found | passages["between"].notna()]
        for title, part in (("Not as they were:", odd), (f"{len(rows)} rows rest on words not found:", rows)):
            if len(part) and not result.holds_nothing:
                lines += ["", title, as_table(part, width)]
        return "\n".join(lines)

    return Answer(passages, words, content, 0 if result.holds else 1)


def _answer(args: argparse.Namespace) -> Answer:
    """Call the function of a command; return what is to be printed."""
    given, code = {name: getattr(args, name) or None for name in args.parameters}, 0
    file = given.get("text") or given.get("copy")
    if args.function in (nt.canonicalise, nt.fold):
        given["text"] = read_copy(file).text
    elif file and args.function not in (nt.verify, read):
        code = 0 if _copy(file).holds else 1
    found = args.function(**given)
    if isinstance(found, nt.Verification):
        found = _verified(file, found)
    elif args.function is nt.annotations:
        found = Answer(pd.json_normalize(found["first"]["items"]), json=found)
    elif isinstance(found, pd.DataFrame | dict):  # load() without a name has all tables
        found = Answer(found if isinstance(found, pd.DataFrame) else nt.tables(), code=code)
    elif not isinstance(found, Answer):
        text = str(found)
        found = Answer(pd.DataFrame({args.command: [text]}), lambda _: text)
    if args.columns:
        known, wanted = list(found.frame.columns), [c.strip() for c in args.columns.split(",")]
        joined, table = installed().joined, found.frame.attrs.get("table")
        for column in set(wanted) - set(known):
            if table in joined.tables and column in joined.fields(table):
                raise PackageError(f"{column} is a column of the joined table. Add --joined.")
            raise unknown(f"column of {getattr(args, 'name', 'this')}", column, known)
        found = Answer(found.frame[list(dict.fromkeys(wanted))], code=found.code)
    return found


# --- the command line ---

_TOLD = {
    "name": ("TABLE", "name of a table, or a key for `show`; `naqoura-talks tables` lists the tables"),
    "rows": ("KEY", "keys of rows, such as evt-naqoura-talks"),
    "row_id": ("KEY", "key of a row, such as evt-naqoura-talks"),
    "column": ("COLUMN", "name of one of its columns"),
    "codelist": ("CODELIST", "name of a codelist, such as realis"),
    "text": ("FILE", "a copy of the report: plain text or saved page"),
    "copy": ("FILE", "a copy of the report: plain text or saved page"),
    "path": ("FILE", "its name ends in .sqlite, .xlsx, .dta.zip or .sav.zip"),
    "format": ("FORMAT", "the kind of file"),
    "style": ("STYLE", f"one of {', '.join(STYLES)}"),
    "joined": ("", "with names beside or in place of keys: events, statements, event_actors and others"),
    "passes": ("", "what each coding pass said, and why it was settled"),
    "overwrite": ("", "replace a file that is there"),
}


class _Parser(argparse.ArgumentParser):
    def print_help(self, file: Any = None) -> None:
        sys.stdout.write(self.format_help())  # argparse would hide that it cannot be written

    def error(self, message: str) -> NoReturn:
        raise PackageError(f"{message}. `{self.prog} --help` says how.")


def _parser() -> tuple[_Parser, dict[str, _Parser]]:
    """Return the parser, and that of each command by its name: the functions of the package, and those above."""
    parser = _Parser(
        prog="naqoura-talks",
        description="Look at the tables of Naqoura Talks. In a terminal they are wrapped to its width; in a pipe they "
        "are CSV. Nothing is cut. Each function of the Python package is a command of the same name.",
        epilog="Begin with: naqoura-talks tables; naqoura-talks show events; naqoura-talks show events "
        "evt-naqoura-talks; naqoura-talks timeline; naqoura-talks codes realis; naqoura-talks why evt-naqoura-talks.",
    )
    parser.add_argument("--version", action="store_true", help="print the version of the data and how to cite it")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    of_package = {n: getattr(nt, n) for n in nt.__all__ if inspect.isfunction(getattr(nt, n))}
    for name, function in ({"show": show, "why": why, "read": read} | of_package).items():
        doc = " ".join(inspect.getdoc(function).replace("``", "").split())
        about = re.sub("^Return", "Print", re.split(r"(?<=\.) ", doc)[0])
        sub = commands.add_parser(name, help=about.replace("%", "%%"), description=about)
        parameters = inspect.signature(function).parameters
        sub.set_defaults(function=function, command=name, parameters=list(parameters))
        for each in parameters.values():
            metavar, told = _TOLD.get(each.name, ("VALUE", None))
            option = {"format": "--as", "copy": "--text"}.get(each.name, f"--{each.name}")
            told = {"metavar": metavar, "help": told}
            if each.default is False:
                sub.add_argument(option, action="store_true", help=told["help"])
            elif each.default is each.empty or each.name in ("rows", "name", "column", "codelist"):
                nargs = None if each.default is each.empty else "*" if each.name == "rows" else "?"
                sub.add_argument(each.name, nargs=nargs, default=[], **told)
            else:
                kinds = {"path": ("csv", "parquet"), "export": tuple(FORMATS)}.get(name)
                sub.add_argument(option, dest=each.name, default=each.default, choices=kinds, **told)
        sub.add_argument("--columns", help="only these columns, separated by commas")
        formats = ("table", "csv", "json")
        sub.add_argument("--format", dest="printed_as", choices=formats, help="in place of the one that fits")
    return parser, commands.choices


def _run(argv: list[str]) -> int:
    parser, commands = _parser()
    if argv[:1] == ["help"]:
        argv = [*argv[1:], "--help"]
    first = argv[0] if argv else ""
    if first.startswith("-") and first not in ("-h", "--help", "--version"):
        raise PackageError(f"{first} stands before the command. Put it behind: naqoura-talks tables --format csv.")
    if first and not first.startswith("-") and first not in commands:
        if first in set(nt.tables()["table"]):
            raise PackageError(f"{first} is a table: `naqoura-talks show {first}` prints it.")
        raise unknown("command", first, list(commands))
    try:
        # So that options may stand between a command's other words.
        args = commands[first].parse_intermixed_args(argv[1:]) if first in commands else parser.parse_args(argv)
    except SystemExit:  # the help was asked for, and printed
        return 0
    if first in commands:
        answer = _answer(args)
        _write(answer, args.printed_as)
        return answer.code
    if args.version:
        _write(Answer(pd.DataFrame(), lambda _: f"naqoura-talks {nt.__version__}\n{nt.cite()}"), "table")
        return 0
    parser.print_help()
    return 2


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code.

    0: it did what was asked, and a copy that it read is whole. 1: it read a copy that is not whole, and says so.
    2: an error, with one line that says what and what to do.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal has an encoding of its own; a pipe gets the same bytes everywhere.
            kept = {} if stream.isatty() else {"encoding": "utf-8", "newline": "\n"}
            stream.reconfigure(errors="backslashreplace", **kept)
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        code = _run(list(sys.argv[1:]) if argv is None else argv)
        sys.stdout.flush()
        return code
    except PackageError as error:
        _complain(str(error))
        return 2
    except OSError as error:
        # What is left in the buffer must not be tried again at the end.
        with suppress(OSError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # The reader of the pipe has gone (head, less): that is no error of ours.
        _complain(f"{error.filename or 'standard output'}: {error.strerror}.")
        return 2
    except KeyboardInterrupt:
        return 130
