"""The package under check: its tables as Arrow text, and the problems found in them with their places.

The rules ask whole columns at once. What they share is here: columns by name, the row that a key
stands for, which evidence supports which row, and where a cell or a property stands in its file.
Nulls (empty cells) never answer a question by being null: masks are true or false.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, wraps
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from naqoura_talks.package import Package, PackageError


class Problem(NamedTuple):
    """One thing that is wrong: where, what was found, what was expected, and what to do.

    ``line`` and ``character`` say where it stands in the file, both from 1, in code points.
    """

    rule: str
    file: str
    line: int | None
    row: str
    column: str
    value: str
    expected: str
    hint: str
    character: int | None = None

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, without the place."""
        what = ", ".join(x for x in (self.row, self.column) if x)
        found = f"{what or 'it'} is {self.value!r}; " if self.value or self.column else f"{what}: " if what else ""
        return f"{found}expected {self.expected}. {self.hint}"

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "")
        return f"{where}: {self.sentence} [{self.rule}]"


# No offset into a text is as large: several texts can be put in one order by adding it for each.
FAR = 10**12

# --- masks ---


def yes(mask: Any) -> pa.Array:
    """Return a mask without nulls: where the question had no answer, the answer is no."""
    mask = mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask
    return pc.fill_null(mask, False) if mask.null_count else mask


def no(mask: Any) -> pa.Array:
    """Return the opposite of a mask, without nulls: true also where the question had no answer."""
    return pc.invert(yes(mask))


def either(*masks: Any) -> pa.Array:
    """Return where any of the masks is true."""
    first, *others = map(yes, masks)
    for mask in others:
        first = pc.or_(first, mask)
    return first


def both(*masks: Any) -> pa.Array:
    """Return where all of the masks are true."""
    first, *others = map(yes, masks)
    for mask in others:
        first = pc.and_(first, mask)
    return first


def differ(a: pa.Array, b: pa.Array) -> pa.Array:
    """Return where two columns differ; null equals null and nothing else."""
    return either(pc.not_equal(a, b), pc.xor(pc.is_valid(a), pc.is_valid(b)))


def pairs(left: pa.Array, right: pa.Array) -> pa.Array:
    """Return two columns as one, to be looked up together; null if one is."""
    return pc.binary_join_element_wise(left, right, "\t")


def one_of(cells: pa.Array, values: Any) -> pa.Array:
    """Return where a cell is one of the values; a null is none of them."""
    values = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    return pc.is_in(cells, value_set=values, skip_nulls=True)


def by_value(answer: Callable[[pa.Array], pa.Array], cells: pa.Array) -> pa.Array:
    """Return what a function of columns gives for each cell, asked once for each distinct value."""
    encoded = cells.dictionary_encode()
    return answer(encoded.dictionary).take(encoded.indices)


def whole_numbers(cells: pa.Array) -> np.ndarray:
    """Return cells as integers; -1 for a null and for what is none from 0 to FAR."""
    try:
        whole = cells.cast(pa.int64())
    except pa.ArrowInvalid:
        plain = yes(pc.match_substring_regex(cells, r"\A[0-9]{1,12}\z"))
        whole = pc.if_else(plain, cells, pa.scalar(None, pa.string())).cast(pa.int64())
    found = numbers(whole)
    return np.where((found >= 0) & (found < FAR), found, -1)


def raw(cells: pa.Array) -> np.ndarray:
    """Return the bytes of all cells of a text column, one after the other, without copying them."""
    _, offsets, data = cells.buffers()
    if data is None or not len(cells):
        return np.array([], np.uint8)
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return np.frombuffer(data, np.uint8)[int(ends[0]) : int(ends[-1])]


def codes(encoded: pa.DictionaryArray) -> np.ndarray:
    """Return the number of each row's value among the distinct ones; -1 for null."""
    return numbers(encoded.indices)


def numbers(rows: pa.Array) -> np.ndarray:
    """Return whole numbers of Arrow as those of numpy; -1 for null."""
    return (pc.fill_null(rows, -1) if rows.null_count else rows).to_numpy(zero_copy_only=False)


def groups(*columns: pa.DictionaryArray) -> np.ndarray:
    """Return a number for each row, the same for rows that are equal in all columns; null equals null."""
    number, size = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        n = len(column.dictionary) + 1
        if size * n >= 1 << 62:
            number, size = codes(pa.array(number).dictionary_encode()).astype(np.int64), len(number)
        number, size = number * n + codes(column) + 1, size * n
    return number


def _rows_by_value(encoded: pa.DictionaryArray) -> dict[str | None, np.ndarray]:
    """Return the numbers of the rows with each value of a column, null among them."""
    values = [None, *encoded.dictionary.to_pylist()]
    # Of small numbers sorting takes one step a row.
    of_value = codes(encoded).astype(np.int16 if len(values) < 1 << 15 else np.int32)
    order = np.argsort(of_value, kind="stable")
    bounds = np.searchsorted(of_value[order], np.arange(-1, len(values)))
    parts = {value: order[bounds[i] : bounds[i + 1]] for i, value in enumerate(values)}
    return {value: rows for value, rows in parts.items() if len(rows)}


# --- places in files ---


def row_lines(data: bytes, rows: int) -> list[int] | None:
    """Return on which line of a CSV each row begins; None if each row is one line, as most are."""
    if data.count(b"\n") + (not data.endswith(b"\n")) == rows + 1:
        return None
    lines, reader = [], csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    before = 0
    for _ in reader:
        lines.append(before + 1)
        before = reader.line_num
    return lines[1:]


def cell_character(record: str, n: int) -> int:
    """Return at which character of a CSV record, from 1, its cell number n from 0 begins."""
    at = 0
    for _ in range(n):
        at = re.compile(r'(?:"(?:[^"]|"")*"|[^,"])*').match(record, at).end() + 1
    return at + 1


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


@cache
def json_places(text: str) -> dict[tuple[str | int, ...], int]:
    """Return where each value of a JSON text begins (with its name, if it has one), by its path."""
    places: dict[tuple[str | int, ...], int] = {(): 0}
    path: list[str | int] = []
    name_at: int | None = None
    expects_name = False
    for match in _JSON_TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            places.setdefault(tuple(path), match.start() if name_at is None else name_at)
            path.append("" if token == "{" else 0)
            name_at, expects_name = None, token == "{"
        elif token in "}]":
            path.pop()
            name_at, expects_name = None, False
        elif token == ",":
            if isinstance(path[-1], int):
                path[-1] += 1
            name_at, expects_name = None, isinstance(path[-1], str)
        elif token == ":":
            expects_name = False
        elif expects_name:
            path[-1], name_at = json.loads(token), match.start()
        else:
            places.setdefault(tuple(path), match.start() if name_at is None else name_at)
    return places


def json_place(text: str, where: str, prop: str) -> tuple[int, int] | None:
    """Return line and character, from 1, of what a problem in a descriptor or schema is about.

    ``where`` is the name of a field or resource, one of its properties behind a full stop, a property
    of the file, or a JSON path such as $.resources[0].path; ``prop`` a property or constraint of it.
    """
    places = json_places(text)
    content = json.loads(text)
    tries: list[tuple[str | int, ...]] = []
    if where.startswith("$"):
        tries.append(tuple(int(i) if i else n for n, i in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", where)))
    else:
        name, _, inner = where.partition(".")
        for group in ("fields", "resources"):
            things = content.get(group) if isinstance(content, dict) else None
            for i, thing in enumerate(things if isinstance(things, list) else []):
                if isinstance(thing, dict) and thing.get("name") == name:
                    tries += [(group, i, "constraints", prop), (group, i, prop), (group, i, inner), (group, i)]
        tries += [(where,), (prop,)]
    at = next((places[t] for t in tries if t in places), None)
    return None if at is None else (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


# --- the tables ---


# Bytes of a package that are worth more than one thread: with fewer, threads mostly wait for Python.
MANY = 10 << 20


def pool(package: Package) -> ThreadPoolExecutor:
    """Return threads for the rules: as many as Arrow has, whose work lets others run; one for a small package."""
    size = 0
    with suppress(PackageError, OSError):
        size = sum(package.path(name).stat().st_size for name in package.tables)
    return ThreadPoolExecutor(pa.cpu_count() if size > MANY else 1)


def once(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method of Tables answer each question once: of several threads that ask it, the others wait."""

    @wraps(method)
    def answer(self: Tables, *question: Any) -> Any:
        key = (method.__name__, *question)
        if key not in self._answers:
            with self._lock:
                lock = self._locks.setdefault(key, Lock())
            with lock:
                if key not in self._answers:
                    self._answers[key] = method(self, *question)
        return self._answers[key]

    return answer


@dataclass
class Tables:
    """The package under check: every table that can be read, with all cells as text."""

    package: Package
    texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._answers: dict[tuple[Any, ...], Any] = {}
        self._locks: dict[tuple[Any, ...], Lock] = {}
        self._lock = Lock()

    @once
    def _read(self, name: str) -> pa.Table | PackageError:
        try:
            self.package.arrow_schema(name)
            return self.package.read_words(name).combine_chunks()
        except PackageError as error:
            return error

    @once
    def _sorted_out(self) -> tuple[dict[str, pa.Table], dict[str, PackageError]]:
        tables = {name: self._read(name) for name in self.package.tables}
        errors = {name: error for name, error in tables.items() if isinstance(error, PackageError)}
        return {name: table for name, table in tables.items() if name not in errors}, errors

    @property
    def unreadable(self) -> dict[str, PackageError]:
        """The tables that cannot be read, with the error."""
        return self._sorted_out()[1]

    @property
    def words(self) -> dict[str, pa.Table]:
        """The tables that can be read, by name."""
        return self._sorted_out()[0]

    def __contains__(self, name: str) -> bool:
        return name in self.words

    def column(self, name: str, column: str) -> pa.Array:
        """Return one column; an empty one if the table cannot be read or lacks it."""
        table = self._read(name) if name in self.package.resources else None
        if not isinstance(table, pa.Table) or column not in table.column_names:
            return pa.array([], pa.string())
        cells = table[column]
        return cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()

    @once
    def encoded(self, name: str, column: str) -> pa.DictionaryArray:
        """Return one column as distinct values (``dictionary``) and the number of each row's (``indices``)."""
        return self.column(name, column).dictionary_encode()

    def distinct(self, name: str, column: str) -> pa.Array:
        """Return the values of one column without null, each once; a key stands in one row only anyway."""
        if isinstance(self._read(name), pa.Table) and column == self.package.key(name):
            return self.column(name, column).drop_null()
        return self.encoded(name, column).dictionary

    @once
    def byte_range(self, name: str, column: str) -> tuple[int, int]:
        """Return the least and the greatest byte in the cells of a column; (255, 0) if all are empty."""
        data = raw(self.distinct(name, column))
        return (int(data.min()), int(data.max())) if len(data) else (255, 0)

    def rows(self, name: str) -> list[dict[str, str | None]]:
        """Return the rows of a table as dictionaries: for the tables that do not grow with the texts."""
        return self.words[name].to_pylist() if name in self.words else []

    def file(self, name: str) -> str:
        """Return the path of the table's CSV, relative to the package."""
        return str(self.package.path(name).relative_to(self.package.root))

    def keys(self, name: str) -> pa.Array:
        """Return the table's keys."""
        return self.column(name, self.package.key(name)) if name in self.words else pa.array([], pa.string())

    def row_of(self, name: str, keys: pa.Array) -> pa.Array:
        """Return in which row of a table each key stands, from 0; null if in none."""
        return pc.index_in(keys, value_set=self.keys(name), skip_nulls=True)

    @once
    def points_to(self, name: str, column: str, target: str) -> pa.Array:
        """Return to which row of the target each row of a column of keys points, from 0; null if to none."""
        cells = self.encoded(name, column)
        return self.row_of(target, cells.dictionary).take(cells.indices)

    def through(self, name: str, column: str, target: str, cell: str) -> pa.Array:
        """Return, for each key in a column, the cell of the target's row that has it; null if there is none."""
        return self.column(target, cell).take(self.points_to(name, column, target))

    @once
    def ascending(self, name: str) -> bool:
        """Say whether each key of a table comes after the one before, so that none is empty or doubled."""
        keys = self.keys(name)
        before, after = keys[: max(len(keys) - 1, 0)], keys[1:]
        return not keys.null_count and pc.all(pc.less(before, after), min_count=0).as_py()

    def marked(self, name: str, rows: Any) -> np.ndarray:
        """Return a mask of a table's rows, true for these; of a doubled key each row is what the first is."""
        mask = np.zeros(len(self.keys(name)), bool)
        mask[rows] = True
        if self.ascending(name):
            return mask
        first = numbers(self.row_of(name, self.keys(name)))
        return np.where(first >= 0, mask[first], mask)

    def pointed_to(self, target: str, *columns: tuple[str, str], of: Any = None) -> pa.Array:
        """Return to which rows of a table any of these columns points; of a mask, only where it is true."""
        rows = [self.points_to(name, column, target) for name, column in columns]
        rows = [to if of is None else to.filter(of) for to in rows]
        return pa.array(self.marked(target, np.concatenate([[], *(to.drop_null() for to in rows)]).astype(np.int64)))

    @once
    def says(self, name: str, column: str, *values: str) -> pa.Array:
        """Return where a cell of a column of few distinct values is one of these."""
        encoded = self.encoded(name, column)
        return pa.array(np.append(one_of(encoded.dictionary, values), False)[codes(encoded)])

    def whole_numbers(self, name: str, column: str) -> np.ndarray:
        """Return the cells of a column as integers; -1 for a null and for what is none from 0 to FAR."""
        encoded = self.encoded(name, column)
        return np.append(whole_numbers(encoded.dictionary), -1)[codes(encoded)]

    @once
    def spans(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return start and end of each row of passages or evidence in the one order of all texts; -1 if it has none."""
        text = numbers(self.points_to(name, "source_id", "sources")).astype(np.int64) * FAR
        start, end = (self.whole_numbers(name, column) for column in ("char_start", "char_end"))
        good = (text >= 0) & (start >= 0) & (start < end)
        return np.where(good, text + start, -1), np.where(good, text + end, -1)

    @once
    def passages_of(self) -> np.ndarray:
        """For each row of evidence the row of the passage that its span begins in; -1 without one."""
        begins, _ = self.spans("passages")
        order = np.argsort(begins, kind="stable")
        start, _ = self.spans("evidence")
        found = np.searchsorted(begins[order], start, side="right") - 1
        return np.where((start >= 0) & (found >= 0), order[found] if len(order) else -1, -1)

    @once
    def _support(self) -> dict[str, tuple[dict[str | None, tuple[np.ndarray, np.ndarray]], np.ndarray]]:
        """By table and column (None: for its rows) the rows of evidence and those they support; and of no row."""
        table, row_id, column = (self.encoded("evidence", c) for c in ("table_name", "row_id", "column_name"))
        # Keys are looked up once in the table with which they last stand, and where they stand with others.
        of_table, of_key = codes(table), codes(row_id)
        usual = np.full(len(row_id.dictionary) + 1, -1)
        usual[of_key] = of_table
        found = np.full(len(usual), -1)
        supported = {}
        for number, name in enumerate(table.dictionary.to_pylist()):
            if name in self:
                keys = np.flatnonzero(usual[:-1] == number)
                found[keys] = numbers(self.row_of(name, row_id.dictionary.take(pa.array(keys))))
        for name, rows in _rows_by_value(table).items():
            if name in self:
                to = found[of_key[rows]]
                other = usual[of_key[rows]] != of_table[rows]
                to[other] = numbers(self.row_of(name, self.column("evidence", "row_id").take(pa.array(rows[other]))))
                rows, to, none = rows[to >= 0], to[to >= 0], rows[to < 0]
                parts = _rows_by_value(column.take(pa.array(rows))).items()
                supported[name] = {value: (rows[part], to[part]) for value, part in parts}, none
        return supported

    def support_of_no_row(self, name: str) -> np.ndarray:
        """Return the rows of evidence that support a row which a table does not have."""
        return self._support()[name][1] if name in self._support() else np.array([], np.int64)

    def evidence_columns(self, name: str) -> list[str]:
        """Return the columns of a table for which there is evidence, known or not."""
        return [column for column in self._support()[name][0] if column is not None] if name in self._support() else []

    def support(self, name: str, column: str | None, of: pa.Array | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of evidence for a column of a table (None: for its rows), and the rows supported.

        Evidence for a row that is not there is left out, and so is evidence where the mask ``of``,
        a mask of the table evidence, is false.
        """
        nothing = np.array([], np.int64)
        by_column, _ = self._support().get(name, ({}, nothing))
        rows, to = by_column.get(column, (nothing, nothing))
        if of is not None:
            keep = yes(of).to_numpy(zero_copy_only=False)[rows]
            rows, to = rows[keep], to[keep]
        return rows, to

    def prepare(self, workers: ThreadPoolExecutor) -> None:
        """Read the tables and find out what many rules ask, on several threads, so that rules need not wait."""

        def read(name: str) -> None:
            table = self._read(name)
            for column in table.column_names if isinstance(table, pa.Table) else ():
                workers.submit(self.byte_range, name, column)

        # Evidence has most of the rows.
        names = sorted(self.package.tables, key=lambda name: name != "evidence")
        wait([workers.submit(read, name) for name in names])
        workers.submit(self._support)
        workers.submit(self.passages_of)

    # --- problems ---

    @once
    def _lines(self, name: str) -> tuple[bytes, np.ndarray, list[int] | None]:
        """Return a table's file, where its lines end, and on which line each row begins, None if on its own."""
        data = self.package.path(name).read_bytes()
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
        return data, ends, row_lines(data, self.words[name].num_rows)

    def place(self, name: str, i: int, column: str) -> tuple[int, int | None]:
        """Return the line, and the character in it, where a cell of row number i begins, from 1."""
        data, ends, lines = self._lines(name)
        line = i + 2 if lines is None else lines[i] if i < len(lines) else 1
        columns = self.words[name].column_names
        if column not in columns:
            return line, None
        start = int(ends[line - 2]) + 1 if 1 < line <= len(ends) + 1 else 0
        n_lines = 1 if lines is None else max((lines[i + 1] if i + 1 < len(lines) else len(ends) + 1) - line, 1)
        stop = int(ends[line - 2 + n_lines]) if line - 2 + n_lines < len(ends) else len(data)
        record = data[start:stop].decode("utf-8", "replace")
        at = cell_character(record, columns.index(column))
        return line + record.count("\n", 0, at - 1), at - record.rfind("\n", 0, at - 1) - 1

    def cell(
        self, rule: str, name: str, i: int, column: str, expected: str, hint: str, value: str | None = None
    ) -> Problem:
        """Return the problem of one cell, row number i from 0; of several cells "a + b" the first is the place."""
        words = self.words[name]
        if value is None and column in words.column_names:
            value = words[column][i].as_py()
        key = words[self.package.key(name)][i].as_py() or "(no key)"
        line, character = self.place(name, i, column.split(" + ")[0])
        return Problem(rule, self.file(name), line, key, column, value or "", expected, hint, character)

    def at(
        self, rule: str, name: str, rows: Iterable[int], column: str, expected: str | Callable[[int], str], hint: str
    ) -> list[Problem]:
        """Return the problems of one column in these rows; what was expected may depend on the row."""
        return [
            self.cell(rule, name, int(i), column, expected(int(i)) if callable(expected) else expected, hint)
            for i in rows
        ]

    def where(
        self, rule: str, name: str, column: str, mask: Any, expected: str | Callable[[int], str], hint: str
    ) -> list[Problem]:
        """Return the problems of one column where the mask is true."""
        return self.at(rule, name, pc.indices_nonzero(yes(mask)).to_pylist(), column, expected, hint)

    def where_among(
        self, rule: str, name: str, column: str, wrong: pa.Array, expected: str | Callable[[int], str], hint: str
    ) -> list[Problem]:
        """Return the problems of one column where the cell is one of the wrong values; mostly there are none."""
        mask = one_of(self.column(name, column), wrong) if len(wrong) else pa.array([], pa.bool_())
        return self.where(rule, name, column, mask, expected, hint)
