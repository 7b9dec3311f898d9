"""A problem that the check found, where it stands in its file, and how problems are printed."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from naqoura_talks.text import printable


class Problem(NamedTuple):
    """One thing that is wrong: where, what was found, what was expected, and what to do.

    ``line`` and ``character`` say where it stands in the file, both from 1, in code points.
    """

    rule: str
    file: str
    line: int | None = None
    row: str = ""
    column: str = ""
    value: str = ""
    expected: str = ""
    hint: str = ""
    character: int | None = None

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, without the place."""
        what = ", ".join(x for x in (self.row, self.column) if x)
        found = f"{what or 'it'} is {self.value!r}; " if self.value or self.column else f"{what}: " if what else ""
        return f"{found}expected {self.expected}. {self.hint}"

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "")
        return printable(f"{where}: {self.sentence} [{self.rule}]")


def in_order(found: list[Problem]) -> list[Problem]:
    """Return the problems with files that cannot be read first, then in the order of files and lines, none twice."""
    return sorted(
        set(found), key=lambda p: (p.rule != "readable", p.file, p.line or 0, p.character or 0, p.rule, *map(str, p))
    )


def as_text(found: list[Problem]) -> str:
    """Return the problems in order, with a count by rule at the end."""
    found = in_order(found)
    by_rule = ", ".join(f"{rule} {n}" for rule, n in Counter(p.rule for p in found).items())
    return "\n".join([*map(str, found), "", f"{len(found)} problem(s): {by_rule}"])


def as_json(found: list[Problem]) -> str:
    """Return the problems as a JSON list of objects."""
    return json.dumps([p._asdict() for p in in_order(found)], indent=2)


def as_lines(found: list[Problem]) -> str:
    """Return one problem a line, as compilers write them: file:line:character: text [rule]."""
    lines = [f"{p.file}:{p.line or 1}:{p.character or 1}: {p.sentence} [{p.rule}]" for p in in_order(found)]
    return "\n".join(printable(" ".join(line.splitlines())) for line in lines)


FORMATS = {"text": as_text, "lines": as_lines, "json": as_json}


# --- places in files ---


_SPACE = re.compile(r"[\s,:]*")
_CELL = re.compile(r'(?:"(?:[^"]|"")*")?[^,\r\n]*(,|\r?\n|\r|\Z)')


def place_in(text: str, at: int) -> tuple[int, int]:
    """Return line and character, from 1, of a position in a text."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def cell_places(text: str, cells: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return line and character, from 1, where cells of a CSV begin; of a row from 0 below the header, and a column."""
    begins = [[0]]
    for cell in _CELL.finditer(text):
        if cell[1] == ",":
            begins[-1].append(cell.end())
        else:
            begins.append([cell.end()])
    # A row that is too short, or none, is told at what is nearest to it.
    rows = [(begins[min(row + 1, len(begins) - 1)], column) for row, column in cells]
    return [place_in(text, row[min(column, len(row) - 1)]) for row, column in rows]


@cache
def json_places(text: str) -> dict[tuple[str | int, ...], int]:
    """Return where each value of a JSON text begins (with its name, if it has one), by its path."""
    decoder, places = json.JSONDecoder(), {}

    def read(path: tuple[str | int, ...], begin: int, at: int) -> int:
        """Note where a value begins and return where it ends."""
        places[path] = begin
        if text[at] not in "[{":
            return decoder.raw_decode(text, at)[1]
        named, n, at = text[at] == "{", 0, _SPACE.match(text, at + 1).end()
        while text[at] not in "]}":
            name, value = decoder.raw_decode(text, at) if named else (n, at)
            end = read((*path, name), at, _SPACE.match(text, value).end())
            n, at = n + 1, _SPACE.match(text, end).end()
        return at + 1

    read((), 0, _SPACE.match(text).end())
    return places


def json_place(text: str, where: str, prop: str) -> tuple[int, int] | None:
    """Return line and character, from 1, of what a problem in a descriptor or schema is about.

    ``where`` is the name of a field or resource, one of its properties behind a full stop, a property
    of the file, or a JSON path such as $.resources[0].path; ``prop`` a property or constraint of it.
    """
    places, tries = json_places(text), []
    if where.startswith("$"):
        tries.append(tuple(int(i) if i else n for n, i in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", where)))
    else:
        name, _, inner = where.partition(".")
        named = re.compile(r'"name"\s*:\s*' + re.escape(json.dumps(name, ensure_ascii=False)))
        for path, at in places.items():
            if path[:1] in (("fields",), ("resources",)) and path[2:] == ("name",) and named.match(text, at):
                thing = path[:2]
                tries += [(*thing, "constraints", prop or inner), (*thing, prop), (*thing, inner), thing]
        tries += [(where,), (prop,)]
    at = next((places[path] for path in tries if path in places), None)
    return None if at is None else place_in(text, at)
