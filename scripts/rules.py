"""The rules that the package keeps and frictionless does not know.

Each rule is a function from a Tables to the problems that it finds; RULES lists them in the order
in which they are run. A rule never stops at the first problem. Rules marked "with the text" are in
TEXT_RULES and need the coded text; all others work offline.
"""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from naqoura_talks.package import Package, PackageError
from naqoura_talks.text import canonicalise, digest, find, fold
from naqoura_talks.verify import Span, hold

CORE_TABLES = ("actors", "events", "ceasefire_terms", "statements")
PROVENANCE = ("verbatim", "coded", "derived", "external", "editorial")
EVIDENCE = ("own", "row", "none")
NO_TRUTH_VALUE = ("urge", "demand", "consent", "commit", "threaten")
# Which column of statement_links points to the rows of a table that has an attribution.
ASSERTED_BY = {
    "events": "event_id",
    "event_actors": "event_actor_id",
    "event_links": "event_link_id",
    "ceasefire_terms": "term_id",
}
# What users may count on, and what the rules below stand on: each table with its columns. A column may be
# added; one that is taken away or renamed is a breaking change.
CONTRACT = {
    "actors": "actor_id name actor_type country_code role_title plover_country plover_sector description",
    "actor_relations": "relation_id actor_id relation_type related_actor_id attribution",
    "names": "name_id actor_id place_id agreement_id name_words name_type",
    "places": "place_id name place_type parent_place_id country_code latitude longitude",
    "identifiers": "identifier_id actor_id place_id agreement_id event_id scheme value match_type source_id note",
    "events": (
        "event_id title event_type realis aggregation attribution start_edtf start_earliest start_latest end_edtf "
        "end_earliest end_latest date_words date_basis place_id description"
    ),
    "event_actors": "event_actor_id event_id actor_id actor_role attribution",
    "event_links": "event_link_id event_id link_type linked_event_id attribution",
    "statements": (
        "statement_id speaker_actor_id mode speech_act cue_words quote_words proposition certainty polarity "
        "is_repeated start_edtf start_earliest start_latest end_edtf end_earliest end_latest date_words "
        "date_basis"
    ),
    "statement_actors": "statement_actor_id statement_id actor_id actor_role",
    "statement_links": (
        "statement_link_id statement_id link_role event_id event_actor_id event_link_id term_id agreement_id"
    ),
    "agreements": ("agreement_id name agreement_type status status_as_of_edtf concluded_event_id effective_event_id"),
    "agreement_actors": "agreement_actor_id agreement_id actor_id actor_role attribution",
    "ceasefire_terms": "term_id agreement_id title term_type term_basis conduct_type attribution description",
    "term_actors": "term_actor_id term_id actor_id actor_role",
    "compliance_claims": "claim_id statement_id agreement_id term_id assessed_actor_id claim_type",
    "sources": (
        "source_id source_type title publisher url language published_edtf accessed_on text_sha256 text_chars "
        "paragraphs citation note"
    ),
    "passages": (
        "passage_id source_id paragraph_no sentence_no char_start char_end sha256 passage_type not_coded_reason"
    ),
    "evidence": "evidence_id table_name row_id column_name source_id char_start char_end sha256 support note",
    "codes": "code_id codelist code code_order label definition",
    "crosswalk": "crosswalk_id codelist code scheme scheme_version scheme_code match_type condition",
}
# Tables whose rows point to one of several kinds of thing.
ONE_OF_SEVERAL = ("identifiers", "names", "statement_links")


class Problem(NamedTuple):
    """One thing that is wrong: where, what was found, what was expected, and what to do."""

    rule: str
    file: str
    line: int | None
    row: str
    column: str
    value: str
    expected: str
    hint: str

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "")
        what = ", ".join(x for x in (self.row, self.column) if x)
        found = f" is {self.value!r}" if self.value or self.column else ""
        return f"{where}: {what}{found}; expected {self.expected}. {self.hint} [{self.rule}]"


@dataclass
class Tables:
    """The package under check: every table that can be read, with all cells as text."""

    package: Package
    texts: tuple[str, ...] = ()

    @cached_property
    def unreadable(self) -> dict[str, PackageError]:
        """The tables that cannot be read, with the error."""
        errors = {}
        for name in self.package.tables:
            try:
                self.package.read_words(name)
                self.package.arrow_schema(name)
            except PackageError as error:
                errors[name] = error
        return errors

    @cached_property
    def words(self) -> dict[str, pa.Table]:
        """The tables that can be read, by name."""
        return {n: self.package.read_words(n) for n in self.package.tables if n not in self.unreadable}

    def __contains__(self, name: str) -> bool:
        return name in self.words

    def column(self, name: str, column: str) -> list[str | None]:
        """Return one column as a list; an empty list if the table cannot be read or lacks it."""
        if name not in self.words or column not in self.words[name].column_names:
            return []
        return self.words[name][column].to_pylist()

    def rows(self, name: str) -> list[dict[str, str | None]]:
        """Return the rows of a table as dictionaries."""
        return self.words[name].to_pylist() if name in self.words else []

    def file(self, name: str) -> str:
        """Return the path of the table's CSV, relative to the package."""
        return str(self.package.path(name).relative_to(self.package.root))

    def keys(self, name: str) -> list[str | None]:
        """Return the table's keys."""
        return self.column(name, self.package.key(name)) if name in self.words else []

    def cell(
        self, rule: str, name: str, i: int, column: str, expected: str, hint: str, value: str | None = None
    ) -> Problem:
        """Return the problem of one cell, row number i from 0."""
        words = self.words[name]
        if value is None and column in words.column_names:
            value = words[column][i].as_py()
        key = words[self.package.key(name)][i].as_py() or "(no key)"
        return Problem(rule, self.file(name), i + 2, key, column, value or "", expected, hint)

    def where(self, rule: str, name: str, column: str, mask: Any, expected: str, hint: str) -> list[Problem]:
        """Return the problems of one column where the mask is true."""
        return [
            self.cell(rule, name, i, column, expected, hint)
            for i in pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()
        ]


Rule = Callable[[Tables], Iterable[Problem]]


def _metadata(rule: str, file: str, where: str, column: str, value: object, expected: str, hint: str) -> Problem:
    return Problem(rule, file, None, where, column, str(value), expected, hint)


# --- files and form ---


def contract(t: Tables) -> Iterator[Problem]:
    """The tables and columns that users and rules count on are there."""
    for name, columns in CONTRACT.items():
        if name not in t.package.resources:
            yield _metadata("contract", "datapackage.json", name, "", "", "a resource of that name", "Restore it.")
            continue
        if name not in t:
            continue
        for column in columns.split():
            if column not in t.package.fields(name):
                yield _metadata(
                    "contract", f"schemas/{name}.json", column, "", "", "a column of that name", "Restore it."
                )
        if name in ONE_OF_SEVERAL and len(t.package.schema(name).get("exactlyOneOf") or ()) < 2:
            yield _metadata(
                "contract",
                f"schemas/{name}.json",
                "exactlyOneOf",
                "",
                "",
                "the columns of which one is filled",
                "Restore.",
            )


def readable(t: Tables) -> Iterator[Problem]:
    """Every table can be read: it is there, UTF-8, comma-separated, with the schema's columns."""
    for name, error in t.unreadable.items():
        yield Problem("readable", name, None, "", "", "", "a readable table", str(error))


def orphan_files(t: Tables) -> Iterator[Problem]:
    """Every file in data/ and schemas/ is named by the descriptor; none is a link."""
    package = t.package
    named = {package.root / "data/parquet/datapackage.json"}
    for name in package.tables:
        for locate in (package.path, package.schema_path, lambda n: package.path(n, "parquet")):
            try:
                named.add(locate(name))
            except PackageError as error:
                yield _metadata("orphan-files", "datapackage.json", name, "path", "", "a path inside", str(error))
    for folder in ("data", "schemas"):
        for path in sorted((package.root / folder).rglob("*")):
            relative = str(path.relative_to(package.root))
            if path.is_symlink():
                yield _metadata(
                    "orphan-files", relative, "file", "", "a symbolic link", "a file", "Put the file itself there."
                )
            elif path.is_file() and path not in named:
                yield _metadata(
                    "orphan-files", relative, "file", "", "", "a file that datapackage.json names",
                    "Remove it, or give it a resource.",
                )  # fmt: skip


def canonical_csv(table: pa.Table) -> bytes:
    """Return a typed table as canonical CSV: UTF-8, LF, minimal quoting, empty for missing."""

    def spell(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value.isoformat() if isinstance(value, date) else str(value)

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*([spell(v) for v in c.to_pylist()] for c in table.columns), strict=True))
    return buffer.getvalue().encode("utf-8")


def canonical_form(t: Tables) -> Iterator[Problem]:
    """Parsed by the schema's types and written again, each CSV gives the same bytes."""
    rule = "canonical-form"
    for name in t.words:
        try:
            again = canonical_csv(t.package.read_csv(name))
        except PackageError as error:
            yield _metadata(rule, t.file(name), "", "", "", "cells of the schema's types", str(error))
            continue
        data = t.package.path(name).read_bytes()
        if data == again:
            continue
        if data.startswith(b"\xef\xbb\xbf"):
            yield Problem(rule, t.file(name), 1, "", "", "", "no byte order mark", "Save as UTF-8 without BOM.")
        if b"\r" in data:
            yield Problem(rule, t.file(name), 1, "", "", "", "LF line ends", "Save with LF, not CRLF.")
        for line, (found, expected) in enumerate(zip(data.splitlines(), again.splitlines(), strict=False), 1):
            if found != expected:
                where = next((i for i, pair in enumerate(zip(found, expected, strict=False)) if len(set(pair)) > 1), 0)
                part = slice(max(where - 20, 0), where + 40)
                yield Problem(
                    rule, t.file(name), line, "line", "", found[part].decode("utf-8", "replace"),
                    repr(expected[part].decode("utf-8", "replace")) + f" at byte {where}",
                    "Write numbers, dates and quotation marks in the plain form.",
                )  # fmt: skip
        if len(data.splitlines()) != len(again.splitlines()) or not data.endswith(b"\n"):
            yield Problem(
                rule, t.file(name), None, "", "", "", f"{len(again.splitlines())} lines, the last one ended by LF",
                "Remove blank lines; end the file with one LF.",
            )  # fmt: skip


def clean_cells(t: Tables) -> Iterator[Problem]:
    """Cells are NFC, not padded, without control, format, private or odd space characters."""
    rule = "clean-cells"
    odd = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|[^\P{Zs} ]"
    for name, table in t.words.items():
        for column in table.column_names:
            cells = table[column]
            if pc.all(pc.is_null(cells)).as_py():
                continue
            yield from t.where(
                rule, name, column, pc.match_substring_regex(cells, odd),
                "no control, format or odd space characters", "Type the cell again by hand.",
            )  # fmt: skip
            yield from t.where(
                rule, name, column, pc.not_equal(cells, pc.utf8_normalize(cells, form="NFC")),
                "Unicode NFC", "Write accented letters as one character.",
            )  # fmt: skip
            yield from t.where(
                rule, name, column, pc.match_substring_regex(cells, r"^ | $|  "),
                "no space at the edges and none doubled", "Remove the spaces.",
            )  # fmt: skip
            yield from t.where(
                rule, name, column, pc.match_substring_regex(cells, r"^(?i:n/?a|nan|null|none|-99|-9|-1|\?)$"),
                "an empty cell where there is no value", "Leave the cell empty.",
            )  # fmt: skip


def keys(t: Tables) -> Iterator[Problem]:
    """Rows are sorted by key; no key is empty or doubled; keys of a table share its own prefix."""
    owner: dict[str, str] = {}
    for name, table in t.words.items():
        keys = table[t.package.key(name)].to_pylist()
        for i, (before, key) in enumerate(zip([None, *keys], keys, strict=False)):
            column = t.package.key(name)
            if not key:
                yield t.cell("keys", name, i, column, "a key", "Give the row a key of its own.")
            elif before and key == before:
                yield t.cell("keys", name, i, column, "a key that no other row has", "Rename or remove the row.")
            elif before and key < before:
                yield t.cell("keys", name, i, column, f"a key after {before!r}", "Sort the rows by key.")
        field = t.package.schema(name)["fields"][0]
        pattern = str(field.get("constraints", {}).get("pattern", ""))
        prefix = re.fullmatch(r"([a-z]{3})-\[a-z0-9\]\+\(-\[a-z0-9\]\+\)\*", pattern)
        schema = f"schemas/{name}.json"
        if not prefix or owner.setdefault(prefix[1], name) != name:
            yield _metadata(
                "keys", schema, field["name"], "pattern", pattern, "a slug pattern with a prefix of the table's own",
                "Write xyz-[a-z0-9]+(-[a-z0-9]+)* with three letters that no other table has.",
            )  # fmt: skip
        rest = t.package.schema(name)
        if rest.get("primaryKey") != [field["name"]] or not field.get("constraints", {}).get("unique"):
            yield _metadata(
                "keys", schema, field["name"], "primaryKey", rest.get("primaryKey"), "the first column, alone, unique",
                "Make the first column the primary key and give it required and unique.",
            )  # fmt: skip


def unique_keys(t: Tables) -> Iterator[Problem]:
    """No two rows of a table say the same: uniqueKeys of the schema, with empty equal to empty."""
    for name, table in t.words.items():
        for columns in t.package.schema(name).get("uniqueKeys", []):
            if missing := [c for c in columns if c not in table.column_names]:
                yield _metadata(
                    "unique-keys", f"schemas/{name}.json", "uniqueKeys", "", missing, "columns of the table", "Mend."
                )
                continue
            seen: dict[tuple, str] = {}
            keys = t.keys(name)
            for i, row in enumerate(zip(*(table[c].to_pylist() for c in columns), strict=True)):
                if row in seen:
                    yield t.cell(
                        "unique-keys", name, i, " + ".join(columns), f"other values than {seen[row]}",
                        "Remove one of the two rows, or tell them apart.", " | ".join(v or "" for v in row),
                    )  # fmt: skip
                else:
                    seen[row] = keys[i] or ""


def exactly_one_of(t: Tables) -> Iterator[Problem]:
    """Where a row points to one of several kinds of thing, exactly one column is filled."""
    for name, table in t.words.items():
        columns = t.package.schema(name).get("exactlyOneOf")
        if not columns:
            continue
        for i, row in enumerate(zip(*(table[c].to_pylist() for c in columns), strict=True)):
            if sum(v is not None for v in row) != 1:
                yield t.cell(
                    "exactly-one-of", name, i, " + ".join(columns), "exactly one of them filled",
                    "Fill one and leave the others empty.", " | ".join(v or "" for v in row),
                )  # fmt: skip


# --- schemas and codes ---

_SCHEMA = {"$schema", "fields", "primaryKey", "uniqueKeys", "exactlyOneOf", "foreignKeys", "missingValues"}
_FIELD = {
    "name", "title", "description", "type", "example", "constraints", "provenance", "evidence", "codelist",
    "categories", "categoriesOrdered",
}  # fmt: skip
_CONSTRAINTS = {"required", "unique", "pattern", "enum", "minimum", "maximum"}
_LEXICAL = {
    "integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "boolean": "true|false", "date": r"\d{4}-\d{2}-\d{2}",
}  # fmt: skip
_SUFFIX = {
    "_id": "string", "_words": "string", "_edtf": "string", "_code": "string", "_earliest": "date", "_latest": "date",
    "_on": "date", "_type": "string", "_role": "string", "_status": "string", "_basis": "string",
}  # fmt: skip


def schema_form(t: Tables) -> Iterator[Problem]:
    """Every field is described whole, with known properties only and an example that is valid."""
    for name in t.words:
        schema, file = t.package.schema(name), f"schemas/{name}.json"

        def wrong(
            where: str, prop: str, value: object, expected: str, hint: str = "Mend the schema.", file: str = file
        ) -> Problem:
            return _metadata("schema-form", file, where, prop, value, expected, hint)

        for prop in set(schema) - _SCHEMA:
            yield wrong("schema", prop, schema[prop], "a known property", f"Known: {', '.join(sorted(_SCHEMA))}.")
        for column, field in t.package.fields(name).items():
            if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", column):
                yield wrong(column, "name", column, "snake_case")
            for prop in sorted(set(field) - _FIELD):
                yield wrong(column, prop, field[prop], "a known property", f"Known: {', '.join(sorted(_FIELD))}.")
            constraints = field.get("constraints", {})
            for prop in sorted(set(constraints) - _CONSTRAINTS):
                yield wrong(column, prop, constraints[prop], f"one of {', '.join(sorted(_CONSTRAINTS))}")
            for prop in ("title", "description", "example"):
                if field.get(prop) in (None, ""):
                    yield wrong(column, prop, "", "some text", "Say it; readers see it in the codebook.")
            if not re.search(r"\w+ .*\.$", str(field.get("description", ""))):
                yield wrong(column, "description", field.get("description"), "full sentences")
            if field.get("provenance") not in PROVENANCE:
                yield wrong(column, "provenance", field.get("provenance"), f"one of {', '.join(PROVENANCE)}")
            if field.get("evidence") not in EVIDENCE:
                yield wrong(column, "evidence", field.get("evidence"), f"one of {', '.join(EVIDENCE)}")
            if field.get("provenance") == "verbatim" and field.get("evidence") != "own":
                yield wrong(column, "evidence", field.get("evidence"), "own, as the column is verbatim")
            for suffix, kind in _SUFFIX.items():
                if column.endswith(suffix) and field.get("type") != kind:
                    yield wrong(column, "type", field.get("type"), f"{kind}, as columns in {suffix} are")
            if column.endswith("_words") and field.get("provenance") != "verbatim":
                yield wrong(column, "provenance", field.get("provenance"), "verbatim, as columns in _words are")
            pattern = constraints.get("pattern")
            try:
                regex = re.compile(pattern) if pattern else None
            except re.error as error:
                yield wrong(column, "pattern", pattern, f"a regular expression ({error})")
                continue
            if pattern and _bare_alternation(pattern):
                yield wrong(column, "pattern", pattern, "alternatives in parentheses", "Write (A|B), not A|B.")
            # The profile of Data Package v2 wants examples as text, whatever the type.
            example = str(field.get("example", ""))
            if not re.fullmatch(_LEXICAL.get(field.get("type", ""), ".+"), example):
                yield wrong(column, "example", example, f"a value of type {field.get('type')}, as text")
            elif (regex and not regex.fullmatch(example)) or example not in constraints.get("enum", [example]):
                yield wrong(column, "example", example, "a value that the constraints allow")


def _bare_alternation(pattern: str) -> bool:
    depth = 0
    for token in re.findall(r"\\.|\[(?:\\.|[^\]])*\]|.", pattern):
        depth += (token == "(") - (token == ")")
        if token == "|" and depth == 0:
            return True
    return False


def codelists(t: Tables) -> Iterator[Problem]:
    """Enums equal the codelists in codes, in order; each codelist is used and is ordered or not."""
    rule = "codelists"
    lists: dict[str, list[dict]] = defaultdict(list)
    for row in t.rows("codes"):
        lists[row["codelist"] or ""].append(row)
    used = set()
    for name in t.words:
        for column, field in t.package.fields(name).items():
            codelist, enum = field.get("codelist"), field.get("constraints", {}).get("enum")
            file = f"schemas/{name}.json"
            if codelist is None:
                if enum is not None:
                    yield _metadata(
                        rule, file, column, "enum", enum, "a codelist beside the enum", "Name the codelist."
                    )
                continue
            used.add(codelist)
            rows = lists.get(codelist, [])
            ordered = bool(rows) and all(r["code_order"] for r in rows)
            codes = [r["code"] for r in (sorted(rows, key=lambda r: int(r["code_order"])) if ordered else rows)]
            if ordered and (enum != codes or field.get("categories") != codes or not field.get("categoriesOrdered")):
                yield _metadata(
                    rule, file, column, "categories", field.get("categories"), f"{codes}, ordered, as enum too",
                    f"Make enum and categories equal to codelist {codelist}, in code_order.",
                )  # fmt: skip
            elif not ordered and (sorted(enum or []) != sorted(codes) or "categories" in field):
                difference = sorted(set(enum or []) ^ set(codes))
                yield _metadata(
                    rule, file, column, "enum", difference, f"the codes of codelist {codelist}, no more and no fewer",
                    "Change the enum or data/csv/codes.csv.",
                )  # fmt: skip
    for codelist, rows in lists.items():
        orders = [r["code_order"] for r in rows]
        numbers = sorted(int(o) for o in orders if o and o.isdigit())
        if any(orders) and numbers != list(range(1, len(rows) + 1)):
            yield _metadata(
                rule, t.file("codes"), codelist, "code_order", orders, f"1 to {len(rows)}, or empty for all",
                "Number the codes of an ordered list without gaps.",
            )  # fmt: skip
        if codelist not in used:
            yield _metadata(
                rule, t.file("codes"), codelist, "codelist", codelist, "a codelist that a column uses",
                "Remove it, or name it in a schema.",
            )  # fmt: skip
    known = set(zip(t.column("codes", "codelist"), t.column("codes", "code"), strict=True))
    for i, row in enumerate(t.rows("crosswalk")):
        if (row["codelist"], row["code"]) not in known:
            yield t.cell(rule, "crosswalk", i, "code", f"a code of codelist {row['codelist']}", "See codes.csv.")


def foreign_keys(t: Tables) -> Iterator[Problem]:
    """Foreign keys point to the primary key of a table that there is; each *_id column has one."""
    rule = "foreign-keys"
    for name in t.words:
        schema, file = t.package.schema(name), f"schemas/{name}.json"
        pointing = set()
        for foreign in schema.get("foreignKeys", []):
            reference = foreign.get("reference", {})
            target = reference.get("resource", name)
            columns, to = foreign.get("fields"), reference.get("fields")
            pointing.update(columns or [])
            if target in t.unreadable:
                continue
            if target not in t or to != [t.package.key(target)]:
                yield _metadata(
                    rule, file, str(columns), "reference", reference, "the key column of a table of the package",
                    "Name the table in resource (leave it out for the table itself) and its key in fields.",
                )  # fmt: skip
                continue
            if not columns or columns[0] not in t.words[name].column_names:
                continue
            cells = t.words[name][columns[0]]
            known = pc.is_in(cells, value_set=t.words[target][to[0]].combine_chunks())
            yield from t.where(
                rule, name, columns[0], pc.and_(pc.is_valid(cells), pc.invert(known)),
                f"a key of {target}", f"Add the row to data/csv/{target}.csv, or mend the key.",
            )  # fmt: skip
        for column in list(t.package.fields(name))[1:]:
            if column.endswith("_id") and column not in pointing and (name, column) != ("evidence", "row_id"):
                yield _metadata(
                    rule, file, column, "foreignKeys", "", "a foreign key", "Say what the column points to."
                )


# --- dates ---

_D = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
_EDTF = re.compile(rf"(?:(?P<whole>{_D})|\[(?P<low>{_D})?\.\.(?P<high>{_D})?\])")


@cache
def edtf_bounds(value: str) -> tuple[date | None, date | None]:
    """Return the first and last day that an EDTF value of the closed list allows.

    The forms are D, [..D], [D..] and [D..D] of EDTF (ISO 8601-2:2019, level 2 sets), where D is a
    day, a month or a year. None stands for no bound. Raises ValueError for anything else.
    """
    match = _EDTF.fullmatch(value)
    if not match or value == "[..]":
        raise ValueError(f"{value!r} is none of the EDTF forms D, [..D], [D..], [D..D]")

    def day(words: str | None, last: bool) -> date | None:
        if words is None:
            return None
        year, month, day = ([int(x) for x in words.split("-")] + [0, 0])[:3]
        if len(words) == 4:
            month = 12 if last else 1
        if not 1 <= month <= 12:
            raise ValueError(f"{value!r} has no such month")
        if len(words) < 10:
            day = calendar.monthrange(year, month)[1] if last else 1
        return date(year, month, day)

    low = match["whole"] or match["low"]
    high = match["whole"] or match["high"]
    bounds = day(low, False), day(high, True)
    if None not in bounds and bounds[0] > bounds[1]:
        raise ValueError(f"{value!r} ends before it begins")
    return bounds


def dates(t: Tables) -> Iterator[Problem]:
    """EDTF values are of the closed list and agree with their bounds; starts come before ends."""
    rule = "dates"
    for name, table in t.words.items():
        columns = table.column_names
        for column in (c for c in columns if c.endswith("_edtf")):
            stem = column.removesuffix("_edtf")
            for i, value in enumerate(table[column].to_pylist()):
                try:
                    low, high = edtf_bounds(value) if value else (None, None)
                except ValueError as error:
                    yield t.cell(
                        rule, name, i, column, f"an EDTF date of the schema's forms ({error})", "Mend the date."
                    )
                    continue
                for bound, day in ((f"{stem}_earliest", low), (f"{stem}_latest", high)):
                    expected = day.isoformat() if day else ""
                    if bound in columns and (table[bound][i].as_py() or "") != expected:
                        yield t.cell(
                            rule, name, i, bound, repr(expected), f"It is the bound of {column} {value or '(empty)'!r}."
                        )
        if "start_edtf" not in columns:
            continue
        order = pc.greater(table["start_earliest"], table["end_latest"])
        yield from t.where(rule, name, "end_latest", order, "a day not before start_earliest", "Mend start or end.")
        later = pc.or_kleene(
            pc.greater(table["start_earliest"], table["end_earliest"]),
            pc.greater(table["start_latest"], table["end_latest"]),
        )
        yield from t.where(
            rule, name, "end_edtf", later, "an end no bound of which is before the start's",
            "An end cannot be earlier than the start: narrow its bounds.",
        )  # fmt: skip
        undated = pc.equal(table["date_basis"], "undated")
        for column in ("start_edtf", "end_edtf", "date_words"):
            both = pc.and_(undated, pc.is_valid(table[column]))
            yield from t.where(rule, name, column, both, "no date, as date_basis is undated", "Mend one of the two.")
        dated = pc.or_(pc.is_valid(table["start_edtf"]), pc.is_valid(table["end_edtf"]))
        for column, filled in (("start_edtf", dated), ("date_words", pc.is_valid(table["date_words"]))):
            empty = pc.and_(pc.invert(undated), pc.invert(filled))
            yield from t.where(rule, name, column, empty, "a date with its words", "Or set date_basis to undated.")


# --- meaning ---


def attribution(t: Tables) -> Iterator[Problem]:
    """Attribution is speaker or both exactly when a statement asserts the row."""
    rule = "attribution"
    for name, table in t.words.items():
        if "attribution" not in table.column_names:
            continue
        spoken = pc.is_in(table["attribution"], value_set=pa.array(["speaker", "both"]))
        if name not in ASSERTED_BY:
            yield from t.where(
                rule, name, "attribution", spoken, "narrator or link_line",
                "statement_links cannot point to rows of this table.",
            )  # fmt: skip
            continue
        link = ASSERTED_BY[name]
        asserted = pa.array(
            {r[link] for r in t.rows("statement_links") if r["link_role"] == "asserts" and r[link]}, pa.string()
        )
        has = pc.is_in(table[t.package.key(name)], value_set=asserted)
        yield from t.where(
            rule, name, "attribution", pc.and_(spoken, pc.invert(has)),
            "narrator or link_line, as no statement asserts it",
            "Add the row of statement_links with link_role asserts, or mend the attribution.",
        )  # fmt: skip
        yield from t.where(
            rule, name, "attribution", pc.and_(has, pc.invert(spoken)), "speaker or both, as a statement asserts it",
            "Mend the attribution, or the link_role in statement_links.",
        )  # fmt: skip


def statements(t: Tables) -> Iterator[Problem]:
    """Certainty, polarity, quotation and mode of a statement agree with its speech act."""
    rule = "statements"
    if "statements" not in t:
        return
    s = t.words["statements"]
    truthless = pc.is_in(s["speech_act"], value_set=pa.array(NO_TRUTH_VALUE))
    for column in ("certainty", "polarity"):
        filled = pc.is_valid(s[column])
        yield from t.where(
            rule,
            "statements",
            column,
            pc.and_(truthless, filled),
            "empty: the speech act has no truth value",
            "Empty it.",
        )
        empty = pc.and_(pc.invert(truthless), pc.invert(filled))
        yield from t.where(rule, "statements", column, empty, "a code, as the speech act has a truth value", "Fill it.")
    quoting = pc.is_in(s["mode"], value_set=pa.array(["direct", "mixed"]))
    yield from t.where(
        rule, "statements", "quote_words", pc.xor(quoting, pc.is_valid(s["quote_words"])),
        "words exactly if mode is direct or mixed", "Mend mode or quote_words.",
    )  # fmt: skip
    speech_act = dict(zip(t.keys("statements"), t.column("statements", "speech_act"), strict=True))
    term_of = dict(zip(t.keys("ceasefire_terms"), t.column("ceasefire_terms", "agreement_id"), strict=True))
    charging = ("accuse", "criticise", "report", "assess", "deny")
    for i, row in enumerate(t.rows("compliance_claims")):
        act = speech_act.get(row["statement_id"])
        if act is not None and act not in charging:
            yield t.cell(
                rule, "compliance_claims", i, "statement_id", f"a statement that makes a claim, not one of act {act}",
                "A warning, a condition and an offer are no compliance claims.",
            )  # fmt: skip
        if row["term_id"] and term_of.get(row["term_id"], row["agreement_id"]) != row["agreement_id"]:
            yield t.cell(
                rule, "compliance_claims", i, "term_id", f"a term of {row['agreement_id']}", "Mend one of the two."
            )


def parts(t: Tables) -> Iterator[Problem]:
    """Nothing stands alone: actors and sources are used, things are named, possible events are linked."""
    rule = "parts"

    def used(*columns: tuple[str, str]) -> set[str | None]:
        return {value for name, column in columns for value in t.column(name, column)}

    pointing = defaultdict(list)
    for name in t.words:
        for foreign in t.package.schema(name).get("foreignKeys", []):
            pointing[foreign.get("reference", {}).get("resource", name)].append((name, foreign["fields"][0]))
    for name in ("actors", "sources"):
        inside = used(*(p for p in pointing[name] if p[0] != "names"))
        for i, key in enumerate(t.keys(name)):
            if key not in inside:
                yield t.cell(
                    rule, name, i, t.package.key(name), "a row that another row uses",
                    "Give it its part, or remove it with its names and evidence.",
                )  # fmt: skip
    for name in ("actors", "places", "agreements"):
        named = used(("names", t.package.key(name))) if name in t else set()
        for i, key in enumerate(t.keys(name)):
            if key not in named:
                yield t.cell(rule, name, i, t.package.key(name), "a row of names", "Add the words that name it.")
    linked = used(
        ("event_links", "event_id"), ("event_links", "linked_event_id"), ("statement_links", "event_id"),
        ("agreements", "concluded_event_id"), ("agreements", "effective_event_id"),
    )  # fmt: skip
    for i, row in enumerate(t.rows("events")):
        if row["realis"] == "hypothetical" and row["event_id"] not in linked:
            yield t.cell(
                rule, "events", i, "realis", "a link, term or statement that needs the event",
                "A possible event has a row only as the object of one; add it, or remove the event.",
            )  # fmt: skip
    obliged = {r["term_id"] for r in t.rows("term_actors") if r["actor_role"] == "obligated"}
    for i, row in enumerate(t.rows("ceasefire_terms")):
        if row["conduct_type"] == "no_conduct" and row["term_id"] in obliged:
            yield t.cell(rule, "ceasefire_terms", i, "conduct_type", "a conduct, as an actor is obligated", "Mend one.")
    for i, row in enumerate(t.rows("event_links")):
        if row["event_id"] == row["linked_event_id"]:
            yield t.cell(rule, "event_links", i, "linked_event_id", "another event", "Remove the link.")
    for i, row in enumerate(t.rows("places")):
        pointed = row["latitude"] is not None, row["longitude"] is not None
        if any(pointed) and (not all(pointed) or row["place_type"] not in ("town", "site")):
            yield t.cell(rule, "places", i, "latitude", "both coordinates, for towns and sites only", "Mend the place.")


def plover_actors(t: Tables) -> Iterator[Problem]:
    """PLOVER country and sector of an actor follow from country_code, type and the crosswalk."""
    sector_of = {
        r["code"]: r["scheme_code"]
        for r in t.rows("crosswalk")
        if r["codelist"] == "actor_type" and r["scheme"] == "plover"
    }
    offices = {
        r["actor_id"] for r in t.rows("actor_relations") if r["relation_type"] in ("holds_office_in", "speaks_for")
    }
    for i, row in enumerate(t.rows("actors")):
        country = row["country_code"] or (
            "UNO" if row["actor_type"] in ("international_force", "international_organisation") else None
        )
        if row["plover_country"] != country:
            yield t.cell("plover-actors", "actors", i, "plover_country", repr(country or ""), "It is derived: copy it.")
        if row["actor_type"] in ("person", "role_holder"):
            sector = "GOV" if row["actor_id"] in offices and row["country_code"] else None
        else:
            sector = sector_of.get(row["actor_type"] or "")
        if row["plover_sector"] != sector:
            yield t.cell("plover-actors", "actors", i, "plover_sector", repr(sector or ""), "It is derived: copy it.")


# --- evidence and passages ---


def evidence(t: Tables) -> Iterator[Problem]:
    """Each row of evidence supports a filled cell or a row that there is, in the form its support asks."""
    rule, name = "evidence", "evidence"
    kinds = dict(zip(t.keys("sources"), t.column("sources", "source_type"), strict=True))
    index = {table: {key: i for i, key in enumerate(t.keys(table))} for table in t.words}
    passages = defaultdict(list)
    for p in t.rows("passages"):
        passages[p["source_id"]].append((_int(p["char_start"]), _int(p["char_end"])))
    for i, row in enumerate(t.rows(name)):
        table, row_id, column = row["table_name"] or "", row["row_id"], row["column_name"]
        if table not in t.package.resources:
            yield t.cell(
                rule, name, i, "table_name", "a table of the package", f"Known: {', '.join(t.package.tables)}."
            )
            continue
        if table not in t:
            continue
        if row_id not in index[table]:
            yield t.cell(rule, name, i, "row_id", f"a key of {table}", "Remove the evidence, or mend the key.")
        elif column is not None:
            field = t.package.fields(table).get(column)
            if field is None:
                yield t.cell(
                    rule, name, i, "column_name", f"a column of {table}", "Mend it, or leave it empty for the row."
                )
            elif t.words[table][column][index[table][row_id]].as_py() is None:
                yield t.cell(
                    rule, name, i, "column_name", "a column that is filled in that row", "Fill it or remove this."
                )
            elif field.get("evidence") == "none":
                yield t.cell(
                    rule, name, i, "column_name", "a column whose schema asks for evidence", "Remove the evidence."
                )
        span = (row["char_start"], row["char_end"], row["sha256"])
        external = row["support"] == "external"
        if external and any(span):
            yield t.cell(rule, name, i, "char_start", "no offsets and no digest, as support is external", "Empty them.")
        if not external and not all(span):
            yield t.cell(rule, name, i, "char_start", "offsets and digest of the words", "Use scripts/anchor.py.")
        expected = "reference" if external else "coded_text"
        if kinds.get(row["source_id"], expected) != expected:
            yield t.cell(rule, name, i, "source_id", f"a source of type {expected}", "Mend source_id or support.")
        if row["support"] == "inferred" and not row["note"]:
            yield t.cell(rule, name, i, "note", "the step from the words to the value", "Say how it is inferred.")
        if not external and all(span):
            start, end = _int(span[0]), _int(span[1])
            if not any(low <= start < end <= high for low, high in passages[row["source_id"]]):
                yield t.cell(
                    rule, name, i, "char_start", "a span within one passage", "Use scripts/anchor.py.", f"{start}-{end}"
                )


def _int(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,12}", value) else -1


def evidence_complete(t: Tables) -> Iterator[Problem]:
    """Every cell has the evidence that its field asks for, and every coded row has row evidence."""
    rule = "evidence-complete"
    if "evidence" not in t:
        return
    have: dict[tuple, set] = defaultdict(set)
    for row in t.rows("evidence"):
        have[row["table_name"], row["row_id"], row["column_name"]].add(row["support"])
    for name, table in t.words.items():
        fields = t.package.fields(name)
        if not any(f.get("evidence") in ("own", "row") for f in fields.values()):
            continue
        keys = t.keys(name)
        if any(f.get("evidence") == "row" for f in fields.values()):
            for i, key in enumerate(keys):
                if not have[name, key, None]:
                    yield t.cell(
                        rule,
                        name,
                        i,
                        t.package.key(name),
                        "evidence for the row",
                        "Anchor its words with scripts/anchor.py.",
                    )
        for column, field in fields.items():
            if field.get("evidence") != "own":
                continue
            for i, value in enumerate(table[column].to_pylist()):
                if value is None:
                    continue
                support = have[name, keys[i], column]
                if not support:
                    yield t.cell(
                        rule, name, i, column, "evidence of its own", "Anchor its words with scripts/anchor.py."
                    )
                elif field.get("provenance") == "external" and "external" not in support:
                    yield t.cell(rule, name, i, column, "external evidence that names the reference", "Add it.")


def verbatim(t: Tables) -> Iterator[Problem]:
    """A verbatim cell proves itself: its digest is that of each span that supports it explicitly."""
    spans: dict[tuple, set] = defaultdict(set)
    for row in t.rows("evidence"):
        if row["support"] == "explicit":
            spans[row["table_name"], row["row_id"], row["column_name"]].add(row["sha256"])
    for name, table in t.words.items():
        keys = t.keys(name)
        for column, field in t.package.fields(name).items():
            if field.get("provenance") != "verbatim" or column not in table.column_names:
                continue
            for i, value in enumerate(table[column].to_pylist()):
                if value is not None and spans[name, keys[i], column] != {digest(value)}:
                    yield t.cell(
                        "verbatim", name, i, column, "the very words whose digest its evidence has",
                        "Copy the words as they stand, or anchor them again.",
                    )  # fmt: skip


def passages(t: Tables) -> Iterator[Problem]:
    """Passages lie in order without overlap, and each is coded or excused, not both."""
    rule, name = "passages", "passages"
    spans = defaultdict(list)
    for row in t.rows("evidence"):
        if row["table_name"] in CORE_TABLES and row["column_name"] is None:
            spans[row["source_id"]].append((_int(row["char_start"]), _int(row["char_end"])))
    length = dict(zip(t.keys("sources"), t.column("sources", "text_chars"), strict=True))
    before: dict[str | None, dict] = {}
    for i, row in enumerate(t.rows(name)):
        source, start, end = row["source_id"], _int(row["char_start"]), _int(row["char_end"])
        last = before.get(source)
        place = (_int(row["paragraph_no"]), _int(row["sentence_no"]))
        if last:
            previous = (_int(last["paragraph_no"]), _int(last["sentence_no"]))
            expected = ((previous[0], previous[1] + 1), (previous[0] + 1, 1))
            if place not in expected or start != _int(last["char_end"]) + 1:
                yield t.cell(
                    rule, name, i, "char_start", f"the passage right after {last['passage_id']}",
                    "Make the table with `scripts/anchor.py passages`.",
                )  # fmt: skip
        elif start != 0 or place != (1, 1):
            yield t.cell(rule, name, i, "char_start", "0 for the first passage of a text", "Use scripts/anchor.py.")
        if not start < end <= _int(length.get(source)):
            yield t.cell(
                rule, name, i, "char_end", "an end after the start and inside the text", "Use scripts/anchor.py."
            )
        covered = any(s < end and e > start for s, e in spans[source])
        if not covered and not row["not_coded_reason"]:
            yield t.cell(
                rule, name, i, "not_coded_reason", "a reason, as no row of a core table rests on the passage",
                "Code the passage, or say why not.",
            )  # fmt: skip
        if covered and row["not_coded_reason"]:
            yield t.cell(rule, name, i, "not_coded_reason", "empty, as rows rest on the passage", "Empty it.")
        before[source] = row
    for i, row in enumerate(t.rows("sources")):
        mine = before.get(row["source_id"])
        if row["source_type"] != "coded_text":
            continue
        if mine is None or mine["char_end"] != row["text_chars"] or mine["paragraph_no"] != row["paragraphs"]:
            yield t.cell(
                rule, "sources", i, "text_chars", "the end of the text's last passage, with as many paragraphs",
                "Make passages and sources from the same text.",
            )  # fmt: skip


# --- with the text ---


def coded_texts(t: Tables) -> dict[str, str]:
    """Return the canonical texts that were given, by the key of the source whose digest they have."""
    sources = {r["text_sha256"]: r["source_id"] for r in t.rows("sources") if r["source_type"] == "coded_text"}
    canonical = [canonicalise(text) for text in t.texts]
    return {sources[digest(text)] or "": text for text in canonical if digest(text) in sources}


def text(t: Tables) -> Iterator[Problem]:
    """With the text: its digest, its length and the digest of every passage and span are right."""
    rule, texts = "text", coded_texts(t)
    coded = [i for i, r in enumerate(t.rows("sources")) if r["source_type"] == "coded_text"]
    if len(texts) < len(t.texts):
        given = ", ".join(digest(canonicalise(text)) for text in t.texts)
        for i in coded:
            if t.keys("sources")[i] not in texts:
                yield t.cell(
                    rule, "sources", i, "text_sha256", f"the digest of a text that was given ({given})",
                    "Give the text that was coded, or mend the row.",
                )  # fmt: skip
    for name in ("passages", "evidence"):
        rows = t.rows(name)
        for source, text in texts.items():
            mine = [i for i, r in enumerate(rows) if r["source_id"] == source and r["char_start"] is not None]
            spans = [
                Span(_int(rows[i]["char_start"]), _int(rows[i]["char_end"]), rows[i]["sha256"] or "") for i in mine
            ]
            for i, span, good in zip(mine, spans, hold(fold(text), spans), strict=True):
                if not good:
                    yield t.cell(
                        rule, name, i, "sha256", f"{digest(text[max(span.start, 0) : max(span.end, 0)])}, "
                        "the digest of the text there", "The offsets or the digest are wrong: anchor the words again.",
                    )  # fmt: skip


def names_judged(t: Tables) -> Iterator[Problem]:
    """With the text: every occurrence of a name was judged, so that some row of names has it."""
    judged = defaultdict(list)
    for r in t.rows("evidence"):
        if r["table_name"] == "names" and r["char_start"]:
            judged[r["source_id"]].append((_int(r["char_start"]), _int(r["char_end"])))
    for source, text in coded_texts(t).items():
        for i, row in enumerate(t.rows("names")):
            if row["name_type"] in ("anaphor", "description"):
                continue
            for start, end in find(text, row["name_words"] or ""):
                if not any(s <= start and end <= e for s, e in judged[source]):
                    yield t.cell(
                        "names-judged", "names", i, "name_words", f"evidence for the occurrence at {start}-{end}",
                        "Say what it names there: a row of names, with the occurrence in evidence.",
                    )  # fmt: skip


# --- what the tables imply of each other ---
#
# Each of these rules was written because a change to the data got through without it (scripts/mutants.py).


def _cells(t: Tables, name: str, column: str) -> pa.Array:
    """Return one column of a table as one array of text."""
    return t.words[name][column].combine_chunks()


def _of(t: Tables, keys: pa.Array, name: str, column: str) -> pa.Array:
    """Return, for each key of a table, that row's cell in a column; null if there is none."""
    there = pc.index_in(keys, value_set=_cells(t, name, t.package.key(name)), skip_nulls=True)
    return _cells(t, name, column).take(there)


def _whole(t: Tables) -> bool:
    """Whether all tables and columns are there; if not, other rules say so, and these cannot be asked."""
    return all(
        name in t and set(columns.split()) <= set(t.words[name].column_names) for name, columns in CONTRACT.items()
    )


def _is(cells: pa.Array, *values: str) -> pa.Array:
    return pc.is_in(cells, value_set=pa.array(values, pa.string()), skip_nulls=True)


def _and(*masks: pa.Array) -> pa.Array:
    first, *others = (pc.fill_null(mask, False) for mask in masks)
    for mask in others:
        first = pc.and_(first, mask)
    return first


def _not(mask: pa.Array) -> pa.Array:
    return pc.invert(pc.fill_null(mask, False))


def _differ(a: pa.Array, b: pa.Array) -> pa.Array:
    return pc.not_equal(pc.fill_null(a, ""), pc.fill_null(b, ""))


# The parts of which the key of a row is made; the rest of the key of the table pointed to, codes with hyphens.
KEY_PARTS = {
    "actor_relations": ("rel", "actor_id", "relation_type", "related_actor_id"),
    "event_actors": ("eva", "event_id", "actor_id", "actor_role"),
    "event_links": ("evl", "event_id", "link_type", "linked_event_id"),
    "agreement_actors": ("aga", "agreement_id", "actor_id", "actor_role"),
    "term_actors": ("tra", "term_id", "actor_id", "actor_role"),
    "statement_actors": ("sta", "statement_id", "actor_id", "actor_role"),
    "compliance_claims": ("clm", "statement_id", "assessed_actor_id"),
    "codes": ("cod", "codelist", "code"),
    "crosswalk": ("cwk", "codelist", "code", "scheme"),
}


def keys_of_parts(t: Tables, name: str) -> list[pa.Array]:
    """Return the keys that rows of a table may have by their parts, an array for each form; none if keys are free."""

    def cells(column: str) -> pa.Array:
        return _cells(t, name, column)

    def slug(column: str) -> pa.Array:
        if column.endswith("_id"):
            return pc.utf8_slice_codeunits(cells(column), 4)
        return pc.replace_substring(cells(column), "_", "-")

    def joined(*parts: pa.Array | str) -> pa.Array:
        return pc.binary_join_element_wise(*parts, "-")

    if name in KEY_PARTS:
        prefix, *columns = KEY_PARTS[name]
        key = joined(prefix, *map(slug, columns))
        if name == "crosswalk":
            # The usual conditions are not in the key.
            usual = pc.or_(pc.is_null(cells("condition")), _is(cells("condition"), "as_occurrence", "no_addressee"))
            return [pc.if_else(usual, key, joined(key, slug("condition")))]
        return [key, joined(key, slug("term_id"))] if name == "compliance_claims" else [key]
    if name == "statement_links":
        thing = pc.coalesce(*map(cells, ("event_id", "event_actor_id", "event_link_id", "term_id", "agreement_id")))
        start = joined("stl", slug("statement_id"), slug("link_role"))
        return [joined(start, thing), joined(start, pc.utf8_slice_codeunits(thing, 0, 3))]
    if name == "identifiers":
        thing = pc.coalesce(slug("actor_id"), *map(cells, ("place_id", "agreement_id", "event_id")))
        return [joined("idn", thing, cells("scheme"))]
    if name == "names":
        thing = joined("nam", pc.coalesce(slug("actor_id"), cells("place_id"), cells("agreement_id")))
        form = pc.replace_substring_regex(pc.utf8_lower(cells("name_words")), "[^a-z0-9]+", "-")
        form = joined(thing, pc.utf8_trim(pc.utf8_slice_codeunits(pc.utf8_trim(form, "-"), 0, 40), "-"))
        # Only an adjective needs its kind in the key: "Norland" the name and "Norland's" are the same form.
        plain = pc.if_else(pc.equal(cells("name_type"), "adjectival"), None, form)
        return [thing, plain, joined(form, slug("name_type"))]
    if name == "passages":
        paragraph = pc.binary_join_element_wise("p", pc.utf8_lpad(cells("paragraph_no"), 2, "0"), "")
        sentence = pc.binary_join_element_wise("s", cells("sentence_no"), "")
        return [joined("psg", slug("source_id"), paragraph, sentence)]
    if name == "evidence":
        return [joined("evd", cells("row_id"), pc.fill_null(slug("column_name"), "row"))]
    return []


def key_parts(t: Tables) -> Iterator[Problem]:
    """A key that is made of its row's parts says what the row says: the keys that it joins, and its code."""
    if not _whole(t):
        return
    for name in t.words:
        forms = keys_of_parts(t, name)
        if not forms:
            continue
        column = t.package.key(name)
        keys = _cells(t, name, column)
        if name == "evidence":
            keys = pc.replace_substring_regex(keys, "-[0-9]+$", "")
        good = pc.equal(keys, forms[0])
        for form in forms[1:]:
            good = pc.or_(pc.fill_null(good, False), pc.fill_null(pc.equal(keys, form), False))
        for i in pc.indices_nonzero(_not(good)).to_pylist():
            yield t.cell(
                "key-parts", name, i, column, f"a key made of the row's parts, such as {forms[0][i].as_py()}",
                "Mend the cell that is wrong, or give the row the key of its parts, in evidence.csv too.",
            )  # fmt: skip


def _passage_of(t: Tables) -> pa.Array:
    """Return for each row of evidence the number of the passage that its span begins in; null without one."""
    order = {source: n for n, source in enumerate(_cells(t, "sources", "source_id").to_pylist())}
    far = 10**12

    def place(name: str) -> Any:
        source = pc.index_in(_cells(t, name, "source_id"), value_set=pa.array(list(order), pa.string()))
        start = _cells(t, name, "char_start").cast(pa.int64())
        return pc.add(pc.multiply(source.cast(pa.int64()), far), start)

    passages = place("passages")
    by_place = pc.sort_indices(passages)
    begins = passages.take(by_place).drop_null().to_numpy()
    spans = place("evidence")
    found = begins.searchsorted(pc.fill_null(spans, -1).to_numpy(zero_copy_only=False), side="right") - 1
    mine = pc.if_else(pc.and_(pc.is_valid(spans), pa.array(found >= 0)), pa.array(found), None)
    return by_place.take(mine)


def _pairs(ids: pa.Array, passages: pa.Array) -> pa.Array:
    """Return row and passage as one text each, to be looked up together; null if one is."""
    return pc.binary_join_element_wise(ids, passages.cast(pa.string()), "\t")


# Columns whose words may stand in other sentences than those their row rests on: dates are carried from one
# event to another, and every occurrence of a name is evidence for it.
ELSEWHERE = r"(_edtf|^date_words|^name_words)$"


def same_sentence(t: Tables) -> Iterator[Problem]:
    """The words of a cell stand in a sentence that its row rests on, but for dates; a name's row on its first."""
    if not _whole(t):
        return
    row_id, column = _cells(t, "evidence", "row_id"), _cells(t, "evidence", "column_name")
    passage = _passage_of(t)
    pairs = _pairs(row_id, passage)
    of_rows = pairs.filter(pc.is_null(column))
    bound = _and(pc.invert(pc.match_substring_regex(column, ELSEWHERE)), pc.is_valid(pairs))
    yield from t.where(
        "same-sentence",
        "evidence",
        "char_start",
        _and(bound, pc.invert(pc.is_in(pairs, value_set=of_rows))),
        "words in a sentence that the row rests on",
        "Anchor the words there, or add that sentence to the row's evidence.",
    )
    # Of a name's occurrences in a text the first carries its row.
    table = pa.table({"row": row_id, "source": _cells(t, "evidence", "source_id"), "passage": passage})
    names = pc.equal(_cells(t, "evidence", "table_name"), "names")
    firsts = [
        table.filter(_and(names, mask)).group_by(["row", "source"]).aggregate([("passage", "min")])
        for mask in (pc.is_null(column), pc.equal(column, "name_words"))
    ]
    both = firsts[0].join(firsts[1], ["row", "source"], join_type="inner", right_suffix="_name").combine_chunks()
    late = both["row"].filter(pc.greater(both["passage_min"], both["passage_min_name"])).combine_chunks()
    yield from t.where(
        "same-sentence", "names", "name_words", pc.is_in(_cells(t, "names", "name_id"), value_set=late),
        "a row that rests on the first occurrence", "Anchor the row on the first sentence that has the name.",
    )  # fmt: skip


def who_asserts(t: Tables) -> Iterator[Problem]:
    """A speaker's row rests on the statement's words, one of both on others too, one of a link line on that line."""
    if not _whole(t):
        return
    rule, passage = "who-asserts", _passage_of(t)
    row_id = _cells(t, "evidence", "row_id")
    of_row = pc.and_(pc.is_null(_cells(t, "evidence", "column_name")), pc.is_valid(passage))
    pairs = _pairs(row_id, passage).filter(of_row)
    ids, passage = row_id.filter(of_row), passage.filter(of_row)
    pointers = pc.equal(_cells(t, "passages", "passage_type").take(passage), "link")
    links = t.words["statement_links"].filter(pc.equal(t.words["statement_links"]["link_role"], "asserts"))
    of_statements = pa.table({"statement_id": ids, "passage": passage}).join(
        links.select(["statement_id", *ASSERTED_BY.values()]), "statement_id", join_type="inner"
    )
    for name, table in t.words.items():
        if "attribution" not in table.column_names:
            continue
        said, keys = _cells(t, name, "attribution"), _cells(t, name, t.package.key(name))
        rests = pc.is_in(keys, value_set=ids)
        on_text = pc.is_in(keys, value_set=ids.filter(_not(pointers)))
        wrong = _and(rests, pc.equal(on_text, pc.equal(said, "link_line")))
        yield from t.where(
            rule, name, "attribution", wrong, "link_line exactly if all its words stand in a link line",
            "Mend the attribution, or the passage_type of the sentence.",
        )  # fmt: skip
        if name not in ASSERTED_BY:
            continue
        asserted = _pairs(
            of_statements[ASSERTED_BY[name]].combine_chunks(), of_statements["passage"].combine_chunks()
        ).drop_null()
        outside = pc.is_in(keys, value_set=ids.filter(pc.invert(pc.is_in(pairs, value_set=asserted))))
        yield from t.where(
            rule, name, "attribution", _and(rests, outside, pc.equal(said, "speaker")),
            "both or narrator, as it rests on words outside the statements that assert it", "Mend it, or its evidence.",
        )  # fmt: skip
        yield from t.where(
            rule,
            name,
            "attribution",
            _and(rests, pc.invert(outside), pc.equal(said, "both")),
            "speaker, as all its words stand where the statements stand that assert it",
            "Mend it, or add the narrator's words.",
        )
    part = _and(
        pc.equal(_of(t, _cells(t, "event_actors", "event_id"), "events", "attribution"), "speaker"),
        pc.not_equal(_cells(t, "event_actors", "attribution"), "speaker"),
    )
    yield from t.where(
        rule,
        "event_actors",
        "attribution",
        part,
        "speaker, as only a speaker asserts the event",
        "Mend one of the two.",
    )


def _spans(t: Tables, mask: pa.Array, thing: pa.Array) -> pa.Table:
    """Return the spans of some rows of evidence, each with the number of its row and the thing it stands for."""
    number = pa.array(range(len(mask)), pa.int64()).filter(mask)
    start, end = (_cells(t, "evidence", c).filter(mask).cast(pa.int64()) for c in ("char_start", "char_end"))
    source = _cells(t, "evidence", "source_id").filter(mask)
    return pa.table({"thing": thing, "source": source, "number": number, "start": start, "end": end})


def _apart(spans: pa.Table, names: pa.Table) -> list[int]:
    """Return the rows of evidence whose span neither holds nor lies in a name of the thing it stands for."""
    both = spans.join(names, ["thing", "source"], join_type="inner", right_suffix="_name").combine_chunks()
    holds = pc.and_(pc.less_equal(both["start"], both["start_name"]), pc.greater_equal(both["end"], both["end_name"]))
    lies = pc.and_(pc.greater_equal(both["start"], both["start_name"]), pc.less_equal(both["end"], both["end_name"]))
    near = both["number"].filter(pc.or_(holds, lies)).combine_chunks()
    return spans["number"].filter(pc.invert(pc.is_in(spans["number"], value_set=near))).to_pylist()


def _spans_of(t: Tables, name: str, column: str | None) -> pa.Array:
    """Return which rows of evidence are spans for a column of a table; None stands for its rows."""
    of = _cells(t, "evidence", "column_name")
    mine = pc.is_null(of) if column is None else pc.equal(of, column)
    spanned = pc.and_(pc.is_valid(_cells(t, "evidence", "char_start")), pc.is_valid(_cells(t, "evidence", "char_end")))
    return _and(pc.equal(_cells(t, "evidence", "table_name"), name), mine, spanned)


def named(t: Tables) -> Iterator[Problem]:
    """The words of a cell that points to an actor, place or agreement hold or lie in a name of that thing."""
    if not _whole(t):
        return
    row_id = _cells(t, "evidence", "row_id")
    mask = _spans_of(t, "names", "name_words")
    forms = row_id.filter(mask)
    things = pc.coalesce(*(_of(t, forms, "names", c) for c in ("actor_id", "place_id", "agreement_id")))
    by_form, by_thing = _spans(t, mask, forms), _spans(t, mask, things)
    # A name's row, too, rests on an occurrence of that very form.
    mask = _spans_of(t, "names", None)
    found = [("names", "name_words", n) for n in _apart(_spans(t, mask, row_id.filter(mask)), by_form)]
    for name in t.words:
        for column, field in t.package.fields(name).items():
            if field.get("evidence") == "own" and column.endswith(("actor_id", "place_id", "agreement_id")):
                mask = _spans_of(t, name, column)
                mine = _spans(t, mask, _of(t, row_id.filter(mask), name, column))
                found += [(name, column, n) for n in _apart(mine, by_thing)]
    for name, column, n in found:
        i = pc.index(_cells(t, name, t.package.key(name)), row_id[n]).as_py()
        if i >= 0:
            words = f"{_cells(t, 'evidence', 'char_start')[n]}-{_cells(t, 'evidence', 'char_end')[n]}"
            yield t.cell(
                "named", name, i, column, f"what the words at {words} name",
                "Mend the cell, or anchor a name of it; each form is a row of names with all its occurrences.",
            )  # fmt: skip


def spans_and_digests(t: Tables) -> Iterator[Problem]:
    """The same span has the same digest wherever it stands, and the same digest the same length."""
    if not _whole(t):
        return
    rule = "spans-and-digests"
    for name in ("evidence", "passages"):
        table = t.words[name]
        start, end = (table[c].combine_chunks().cast(pa.int64()) for c in ("char_start", "char_end"))
        digests = _cells(t, name, "sha256")
        span = pc.binary_join_element_wise(
            _cells(t, name, "source_id"), _cells(t, name, "char_start"), _cells(t, name, "char_end"), "\t"
        )
        of_span = pa.table({"span": span, "digest": digests}).group_by("span").aggregate([("digest", "count_distinct")])
        torn = of_span["span"].filter(pc.greater(of_span["digest_count_distinct"], 1)).combine_chunks()
        yield from t.where(
            rule, name, "sha256", pc.is_in(span, value_set=torn, skip_nulls=True),
            "the digest that the same span has in other rows", "Anchor the words again.",
        )  # fmt: skip
        lengths = pa.table({"digest": digests, "length": pc.subtract(end, start)}).group_by("digest")
        lengths = lengths.aggregate([("length", "min"), ("length", "max")])
        uneven = pc.not_equal(lengths["length_min"], lengths["length_max"])
        yield from t.where(
            rule, name, "char_end",
            pc.is_in(digests, value_set=lengths["digest"].filter(uneven).combine_chunks(), skip_nulls=True),
            "a span as long as others with its digest", "Anchor the words again.",
        )  # fmt: skip


def notes_of_evidence(t: Tables) -> Iterator[Problem]:
    """Only words that do not state the value have a note; a pronoun's row is inferred; an identifier has one source."""
    if not _whole(t):
        return
    rule, support = "notes-of-evidence", _cells(t, "evidence", "support")
    noted = pc.is_valid(_cells(t, "evidence", "note"))
    yield from t.where(
        rule, "evidence", "note", _and(pc.equal(support, "explicit"), noted), "no note, as the words state the value",
        "If there is a step from the words to the value, support is inferred.",
    )  # fmt: skip
    row_id, column = _cells(t, "evidence", "row_id"), _cells(t, "evidence", "column_name")
    stated = row_id.filter(_and(pc.is_null(column), pc.equal(support, "explicit")))
    name = pc.and_(
        _is(_cells(t, "names", "name_type"), "anaphor"), pc.is_in(_cells(t, "names", "name_id"), value_set=stated)
    )
    yield from t.where(
        rule, "names", "name_type", name, "inferred support, or another type", "Whom it means is inferred."
    )
    of = _of(t, row_id, "identifiers", "source_id")
    value = _and(pc.is_valid(of), pc.equal(column, "value"), pc.not_equal(of, _cells(t, "evidence", "source_id")))
    yield from t.where(
        rule, "evidence", "source_id", value, "the source that the identifier names", "Mend one of the two."
    )


_MONTHS = {name: f"{n:02}" for n, name in enumerate(calendar.month_name) if name}
_DAYS = {name: n for n, name in enumerate(calendar.day_name)}


@cache
def _unlike_words(words: str, dates: str) -> str | None:
    """Return what the date words say and the dates do not have, or None."""
    for month, year in re.findall(rf"\b(?:({'|'.join(_MONTHS)}) )?(\d{{4}})\b", words):
        wanted = f"{year}-{_MONTHS[month]}" if month else year
        if wanted not in dates:
            return f"a date in {wanted}"
    for day in re.findall(rf"\b({'|'.join(_DAYS)})\b", words):
        found = [date.fromisoformat(d) for d in re.findall(r"\d{4}-\d{2}-\d{2}", dates)]
        if found and any(d.weekday() != _DAYS[day] for d in found):
            return f"a {day}"
    return None


def dates_and_words(t: Tables) -> Iterator[Problem]:
    """Year, month and weekday of the date words are those of the dates; the basis is what dates and evidence show."""
    if not _whole(t):
        return
    rule, days = "dates-and-words", set()
    support = _cells(t, "evidence", "support")
    dated = pc.match_substring_regex(_cells(t, "evidence", "column_name"), "^(start|end)_edtf$")
    not_stated = _cells(t, "evidence", "row_id").filter(_and(dated, pc.not_equal(support, "explicit")))
    for name in ("events", "statements"):
        cells = {c: _cells(t, name, c) for c in ("date_words", "start_edtf", "end_edtf", "date_basis")}
        words, start, end, basis = (pc.fill_null(c, "") for c in cells.values())
        # Words that give the date as it is coded give each of the two; else one may come from elsewhere.
        for column, mine in (("start_edtf", pc.if_else(pc.equal(start, ""), end, start)), ("end_edtf", end)):
            either = pc.binary_join_element_wise(start, end, " ")
            dates = pc.if_else(_is(basis, "stated"), mine, either)
            dates = pc.if_else(pc.equal(mine, ""), "", dates)
            pairs = pa.table({"w": words, "d": dates}).group_by(["w", "d"]).aggregate([]).to_pylist()
            for w, d in ((r["w"], r["d"]) for r in pairs if r["w"] and r["d"]):
                if expected := _unlike_words(w, d):
                    where = _and(pc.equal(words, w), pc.equal(dates, d))
                    yield from t.where(rule, name, column, where, expected, f"The words are {w!r}.")
        both = pc.binary_join_element_wise(start, end, " ")
        days.update(d for x in both.unique().to_pylist() for d in re.findall(r"\d{4}-\d{2}-\d{2}", x))
        open_end = pc.match_substring(both, "..")
        told = pc.is_in(_cells(t, name, t.package.key(name)), value_set=not_stated)
        expected = pc.if_else(open_end, "bounded", pc.if_else(told, "resolved", "stated"))
        unlike = _and(pc.not_equal(basis, "undated"), pc.not_equal(basis, expected))
        yield from t.where(
            rule, name, "date_basis", unlike, "bounded if a date has .., resolved if its evidence is not all explicit, "
            "else stated", "Mend the basis, the dates, or the support of their evidence.",
        )  # fmt: skip
    once = pc.equal(_cells(t, "statements", "is_repeated"), "false")
    spread = _and(once, _differ(_cells(t, "statements", "start_edtf"), _cells(t, "statements", "end_edtf")))
    yield from t.where(rule, "statements", "end_edtf", spread, "the start, as it was said once", "Mend one of the two.")
    ended = t.words["event_links"].filter(pc.equal(t.words["event_links"]["link_type"], "ended"))
    by = _of(t, ended["event_id"].combine_chunks(), "events", "start_edtf")
    end = _of(t, ended["linked_event_id"].combine_chunks(), "events", "end_edtf")
    uneven = ended["event_link_id"].filter(_differ(by, end)).combine_chunks()
    yield from t.where(
        rule, "event_links", "linked_event_id", pc.is_in(_cells(t, "event_links", "event_link_id"), value_set=uneven),
        "an event that ends when the event begins that ended it", "Mend end_edtf there, or start_edtf here.",
    )  # fmt: skip
    ongoing = _and(pc.equal(_cells(t, "events", "realis"), "ongoing"), pc.is_valid(_cells(t, "events", "end_edtf")))
    yield from t.where(
        rule, "events", "realis", ongoing, "another code, as the event has ended", "Mend it, or the end."
    )
    as_of = _cells(t, "agreements", "status_as_of_edtf")
    foreign = [v for v in as_of.unique().to_pylist() if v and not set(re.findall(r"\d{4}-\d{2}-\d{2}", v)) <= days]
    yield from t.where(
        rule, "agreements", "status_as_of_edtf", _is(as_of, *foreign), "a day that an event or a statement has",
        "The time of a status is that of the talks or of the words that give it.",
    )  # fmt: skip


PERIODS = ("armed_conflict", "ceasefire_in_effect", "occupation", "tension")


def events_and_agreements(t: Tables) -> Iterator[Problem]:
    """Types that are states are periods; an agreement and the events of its conclusion and effect agree."""
    if not _whole(t):
        return
    rule = "events-and-agreements"
    kind, realis = _cells(t, "events", "event_type"), _cells(t, "events", "realis")
    moment = _and(_is(kind, *PERIODS), pc.invert(_is(_cells(t, "events", "aggregation"), "period", "type")))
    yield from t.where(rule, "events", "aggregation", moment, "period, as the type is a state", "Mend one of the two.")
    breach = _and(pc.equal(kind, "ceasefire_breach"), pc.not_equal(realis, "actual"))
    yield from t.where(
        rule, "events", "realis", breach, "actual, as a breach is charged as one", "Mend one of the two."
    )
    status = _cells(t, "agreements", "status")
    types = {
        "concluded_event_id": ("agreement_concluded", "ceasefire_declared"),
        "effective_event_id": ("ceasefire_in_effect",),
    }
    for column, allowed in types.items():
        to = _cells(t, "agreements", column)
        found, how = _of(t, to, "events", "event_type"), _of(t, to, "events", "realis")
        yield from t.where(
            rule, "agreements", column, _and(pc.is_valid(found), pc.invert(_is(found, *allowed))),
            f"an event of type {' or '.join(allowed)}", "Mend one of the two.",
        )  # fmt: skip
        counts = to.drop_null().value_counts()
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        shared = pc.is_in(to, value_set=twice, skip_nulls=True)
        yield from t.where(rule, "agreements", column, shared, "an event of no other agreement", "Mend one of the two.")
        alone = _and(_is(kind, *allowed), pc.invert(pc.is_in(_cells(t, "events", "event_id"), value_set=to)))
        yield from t.where(rule, "events", "event_type", alone, f"an agreement whose {column} it is", "Name it there.")
        if column == "concluded_event_id":
            unlike = pc.not_equal(pc.equal(status, "prospective"), _is(how, "hypothetical", "required"))
            expected = "prospective exactly if its conclusion is still to come"
        else:
            unlike = pc.not_equal(pc.equal(status, "in_effect"), pc.equal(how, "ongoing"))
            expected = "in_effect exactly if its being in effect is ongoing"
        yield from t.where(
            rule, "agreements", "status", _and(pc.is_valid(to), unlike), expected, "Mend one of the two."
        )
    ceasefire = pc.equal(_cells(t, "agreements", "agreement_type"), "ceasefire")
    holds = pc.equal(
        _of(t, _cells(t, "agreements", "effective_event_id"), "events", "event_type"), "ceasefire_in_effect"
    )
    yield from t.where(
        rule,
        "agreements",
        "agreement_type",
        _and(holds, _not(ceasefire)),
        "ceasefire, as a ceasefire is in effect by it",
        "Mend one of the two.",
    )


HAPPENED = ("actual", "ongoing")
# Links that say that both events came about, and links to what has not come about.
OF_FACTS = ("ended", "escalated_into", "resulted_in")
TO_THE_OPEN = ("could_lead_to", "precondition_of", "step_toward")
ASKING = ("commit", "consent", "demand", "urge")


def links_and_realis(t: Tables) -> Iterator[Problem]:
    """What is linked as a fact has come about, and what is only possible, asked for or a condition has not."""
    if not _whole(t):
        return
    rule = "links-and-realis"
    kind = _cells(t, "event_links", "link_type")
    left, right = (_of(t, _cells(t, "event_links", c), "events", "realis") for c in ("event_id", "linked_event_id"))
    facts = pc.and_(_is(left, *HAPPENED), _is(right, *HAPPENED))
    yield from t.where(
        rule, "event_links", "link_type", _and(_is(kind, *OF_FACTS), pc.invert(facts)),
        "a link between two events that came about", "Mend the link, or the realis of an event.",
    )  # fmt: skip
    earlier = _and(pc.equal(kind, "prior_instance"), pc.invert(_is(right, *HAPPENED)))
    yield from t.where(
        rule, "event_links", "link_type", earlier, "an earlier event that came about", "Mend one of the two."
    )
    yield from t.where(
        rule, "event_links", "link_type", _and(_is(kind, *TO_THE_OPEN), _is(right, *HAPPENED)),
        "a link to an event that has not come about", "Mend the link, or the realis of the event.",
    )  # fmt: skip
    role, of = _cells(t, "statement_links", "link_role"), _cells(t, "statement_links", "statement_id")
    realis = _of(t, _cells(t, "statement_links", "event_id"), "events", "realis")
    asked = _and(pc.equal(role, "asserts"), _is(_of(t, of, "statements", "speech_act"), *ASKING))
    came = pc.or_(_and(pc.equal(role, "conditions_on"), _is(realis, *HAPPENED)), _and(asked, _is(realis, *HAPPENED)))
    yield from t.where(
        rule,
        "statement_links",
        "event_id",
        came,
        "an event that has not come about, as it is asked for or a condition",
        "Mend the realis of the event, or the link.",
    )


# By the basis of a term: who asserts it, whether the text ties it to an agreement, and by which speech acts.
TERM_BASES = {
    "agreed_term": (("narrator", "both"), True, ()),
    "linked_arrangement": (("narrator", "both"), True, ()),
    "attributed_term": (("speaker",), True, ()),
    "conditional_step": (("speaker", "both"), None, ("set_condition",)),
    "party_condition": (("speaker", "both"), None, ("set_condition",)),
    "party_demand": (("speaker", "both"), None, ("urge", "demand")),
    "party_offer": (("speaker", "both"), None, ("consent", "commit")),
}


def term_bases(t: Tables) -> Iterator[Problem]:
    """A term's basis fits who asserts it, by which speech act, its agreement, its conduct and its actors."""
    if not _whole(t):
        return
    rule, name = "term-bases", "ceasefire_terms"
    key, basis, attributed, agreement, conduct, kind = (
        _cells(t, name, c)
        for c in ("term_id", "term_basis", "attribution", "agreement_id", "conduct_type", "term_type")
    )
    links = t.words["statement_links"].filter(pc.equal(t.words["statement_links"]["link_role"], "asserts"))
    terms, acts = (
        links["term_id"].combine_chunks(),
        _of(t, links["statement_id"].combine_chunks(), "statements", "speech_act"),
    )
    for code, (who, tied, by) in TERM_BASES.items():
        mine = pc.equal(basis, code)
        yield from t.where(
            rule, name, "term_basis", _and(mine, pc.invert(_is(attributed, *who))),
            f"another basis: {code} is asserted by {' or '.join(who)}", "Mend one of the two.",
        )  # fmt: skip
        if tied:
            yield from t.where(
                rule,
                name,
                "agreement_id",
                _and(mine, pc.is_null(agreement)),
                f"an agreement, as the basis is {code}",
                "Fill it.",
            )
        if by:
            spoken = pc.is_in(key, value_set=terms.filter(_is(acts, *by)))
            yield from t.where(
                rule, name, "term_basis", _and(mine, pc.invert(spoken)),
                f"another basis: {code} is asserted by a statement that does {' or '.join(by)}", "Mend one of the two.",
            )  # fmt: skip
    roles = _cells(t, "term_actors", "actor_role")
    proposed, obliged = (
        pc.is_in(key, value_set=_cells(t, "term_actors", "term_id").filter(pc.equal(roles, r)))
        for r in ("proponent", "obligated")
    )
    of_party = pc.starts_with(basis, "party_")
    yield from t.where(
        rule,
        name,
        "term_basis",
        _and(of_party, pc.invert(proposed)),
        "a proponent among its actors, as it is a party's",
        "Add it.",
    )
    agreed = _is(basis, "agreed_term", "linked_arrangement")
    yield from t.where(rule, name, "term_basis", _and(agreed, proposed), "no proponent, as it is agreed", "Mend one.")
    none = pc.fill_null(pc.equal(conduct, "no_conduct"), False)
    yield from t.where(
        rule,
        name,
        "conduct_type",
        _and(pc.invert(none), pc.or_(pc.equal(kind, "joint_body"), pc.equal(basis, "linked_arrangement"))),
        "no_conduct, as it is a body or an arrangement",
        "Mend one of the two.",
    )
    yield from t.where(
        rule,
        name,
        "conduct_type",
        _and(none, pc.or_(of_party, pc.equal(basis, "agreed_term"))),
        "a conduct, as someone is to act",
        "Mend one of the two.",
    )
    yield from t.where(
        rule,
        name,
        "term_basis",
        _and(pc.equal(basis, "agreed_term"), pc.invert(obliged)),
        "an obligated actor",
        "Add it.",
    )


REPEATING = r"\b(repeatedly|again|often|always|frequently|many times|several times|continually|constantly)\b"
NEGATION = r"\b(not|no|never|nobody|nothing|none|neither|nor|without|cannot)\b|n't\b"
MODALS = {
    "possible": r"\b(can|could|may|might|possible|possibly|perhaps)\b",
    "probable": r"\b(likely|probably|probable|expected|expects?|should)\b",
}
# Which claims a speech act can make; others can make any.
CLAIMS = {"accuse": ("violated",), "criticise": ("insufficient",), "deny": ("denied", "disputed_term")}


def speech(t: Tables) -> Iterator[Problem]:
    """Speech act, mode, certainty, polarity, cue, addressee, links and claims of a statement fit together."""
    if not _whole(t):
        return
    rule, name = "speech", "statements"
    key, act, mode, certainty, polarity, cue, repeated = (
        _cells(t, name, c)
        for c in ("statement_id", "speech_act", "mode", "certainty", "polarity", "cue_words", "is_repeated")
    )
    says = pc.match_substring_regex(cue, REPEATING, ignore_case=True)
    yield from t.where(
        rule,
        name,
        "is_repeated",
        pc.not_equal(says, pc.equal(repeated, "true")),
        "true exactly if the cue words say so",
        "Take the adverb into cue_words, or mend is_repeated.",
    )
    links = t.words["statement_links"]
    conditions = (
        links["statement_id"].combine_chunks().filter(pc.equal(links["link_role"], "conditions_on").combine_chunks())
    )
    conditional = pc.equal(act, "set_condition")
    yield from t.where(
        rule, name, "speech_act", pc.not_equal(conditional, pc.is_in(key, value_set=conditions)),
        "set_condition exactly if a statement link has conditions_on", "Mend the act, or the link.",
    )  # fmt: skip
    actors = t.words["statement_actors"]
    addressed = (
        actors["statement_id"].combine_chunks().filter(pc.equal(actors["actor_role"], "addressee").combine_chunks())
    )
    alone = _and(_is(act, "accuse", "demand", "urge"), pc.invert(pc.is_in(key, value_set=addressed)))
    yield from t.where(
        rule, name, "speech_act", alone, "an addressee: who is accused or asked", "Add it, or mend the act."
    )
    withheld = pc.equal(act, "withhold")
    for column, cells, value in (("mode", mode, "position"), ("certainty", certainty, "uncommitted")):
        yield from t.where(
            rule,
            name,
            column,
            pc.not_equal(withheld, pc.fill_null(pc.equal(cells, value), False))
            if column == "certainty"
            else _and(withheld, pc.not_equal(cells, value)),
            f"{value}, as an endorsement is withheld"
            if column == "mode"
            else f"{value} exactly if the act is withhold",
            "Mend one of the two.",
        )
    stance = _and(pc.equal(mode, "position"), pc.invert(_is(act, "withhold", "endorse", "reject")))
    yield from t.where(rule, name, "mode", stance, "a mode of saying: only a stance is a position", "Mend mode or act.")
    yield from t.where(
        rule,
        name,
        "polarity",
        _and(withheld, pc.not_equal(polarity, "negative")),
        "negative, as an endorsement is withheld",
        "Mend one of the two.",
    )
    said = pc.utf8_lower(_cells(t, name, "proposition"))
    denied = pc.match_substring_regex(said, NEGATION)
    for code, unlike in (("negative", pc.invert(denied)), ("positive", denied)):
        yield from t.where(
            rule,
            name,
            "polarity",
            _and(pc.equal(polarity, code), unlike),
            "negative exactly if the proposition has a negation",
            "Polarity is that of the proposition as it is written.",
        )
    for code, words in MODALS.items():
        flat = _and(pc.equal(certainty, code), pc.invert(pc.match_substring_regex(said, words)))
        yield from t.where(
            rule, name, "certainty", flat, f"a proposition that says how far it is {code}", "Mend one of the two."
        )
    name = "compliance_claims"
    of, claim, agreement, term, assessed = (
        _cells(t, name, c) for c in ("statement_id", "claim_type", "agreement_id", "term_id", "assessed_actor_id")
    )
    for code, allowed in CLAIMS.items():
        unlike = _and(pc.equal(_of(t, of, "statements", "speech_act"), code), pc.invert(_is(claim, *allowed)))
        yield from t.where(
            rule, name, "claim_type", unlike, f"{' or '.join(allowed)}, as the statement does {code}", "Mend one."
        )
    about = {
        c: _pairs(links["statement_id"].combine_chunks(), links[c].combine_chunks()).drop_null()
        for c in ("agreement_id", "term_id")
    }
    mine = _pairs(of, agreement)
    apart = _and(pc.is_valid(term), pc.invert(pc.is_in(_pairs(of, term), value_set=about["term_id"])))
    yield from t.where(
        rule, name, "term_id", apart, "a term to which the statement points", "Add the link, or mend it."
    )
    of_term = pc.is_in(_pairs(of, term), value_set=about["term_id"], skip_nulls=True)
    of_whole = pc.is_in(mine, value_set=about["agreement_id"], skip_nulls=True)
    yield from t.where(
        rule, name, "agreement_id", pc.invert(pc.or_(of_term, of_whole)),
        "an agreement or term to which a link of the statement points", "Add the statement link, or mend the claim.",
    )  # fmt: skip
    to_term = links["statement_id"].combine_chunks().filter(pc.is_valid(links["term_id"]).combine_chunks())
    whole = _and(pc.is_null(term), pc.is_in(of, value_set=to_term), pc.invert(of_whole))
    yield from t.where(rule, name, "term_id", whole, "the term to which the statement points", "Fill it.")
    told = _pairs(actors["statement_id"].combine_chunks(), actors["actor_id"].combine_chunks())
    yield from t.where(
        rule, name, "assessed_actor_id", pc.invert(pc.is_in(_pairs(of, assessed), value_set=told)),
        "an actor of the statement", "Add the part to statement_actors, or mend the claim.",
    )  # fmt: skip


RELATED = {
    "holds_office_in": ("person", "role_holder"),
    "member_of": ("person", "role_holder", "group_members"),
    "office_of": ("office",),
    "part_of": ("armed_forces", "delegation", "government", "international_force", "joint_body", "office"),
    "speaks_for": ("person", "role_holder", "office", "delegation"),
}


def actors_and_places(t: Tables) -> Iterator[Problem]:
    """An actor's type fits its title, names and relations; countries agree along relations and within places."""
    if not _whole(t):
        return
    rule, name = "actors-and-places", "actors"
    key, kind, title = (_cells(t, name, c) for c in ("actor_id", "actor_type", "role_title"))
    person, holder = pc.equal(kind, "person"), pc.equal(kind, "role_holder")
    yield from t.where(
        rule, name, "actor_type", _and(pc.is_valid(title), pc.invert(pc.or_(person, holder))),
        "person or role_holder, as the actor has a title", "Mend one of the two.",
    )  # fmt: skip
    own_name = _cells(t, "names", "actor_id").filter(_is(_cells(t, "names", "name_type"), "proper_name", "titled_name"))
    is_named = pc.is_in(key, value_set=own_name)
    yield from t.where(
        rule, name, "actor_type", pc.or_(_and(person, pc.invert(is_named)), _and(holder, is_named)),
        "person exactly if a name of the actor is given, else role_holder", "Mend the type, or the types of its names.",
    )  # fmt: skip
    name = "actor_relations"
    relation, left, right = (_cells(t, name, c) for c in ("relation_type", "actor_id", "related_actor_id"))
    types = _of(t, left, "actors", "actor_type")
    for code, allowed in RELATED.items():
        unlike = _and(pc.equal(relation, code), pc.is_valid(types), pc.invert(_is(types, *allowed)))
        yield from t.where(
            rule, name, "actor_id", unlike, f"an actor of type {', '.join(allowed)}", "Mend the type or the relation."
        )
    mine, theirs = (_of(t, side, "actors", "country_code") for side in (left, right))
    abroad = _and(_is(relation, "holds_office_in", "office_of", "part_of", "speaks_for"), _differ(mine, theirs))
    yield from t.where(
        rule, name, "actor_id", abroad, "an actor of the related actor's country", "Mend a country_code."
    )
    name = "places"
    parent, country = _cells(t, name, "parent_place_id"), _cells(t, name, "country_code")
    above = _of(t, parent, name, "country_code")
    yield from t.where(
        rule,
        name,
        "country_code",
        _and(pc.is_valid(above), _differ(country, above)),
        "the country of the place in which it lies",
        "Mend one.",
    )
    itself = _and(pc.is_valid(parent), pc.equal(parent, _cells(t, name, "place_id")))
    yield from t.where(rule, name, "parent_place_id", itself, "another place", "Mend it.")


# ISO 3166-1 alpha-3, officially assigned.
COUNTRIES = frozenset(
    (  # noqa: SIM905
        "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH "
        "BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB "
        "CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO "
        "GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN "
        "IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA "
        "MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER "
        "NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU "
        "RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA "
        "TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT "
        "WLF WSM YEM ZAF ZMB ZWE "
    ).split()
)


def country_codes(t: Tables) -> Iterator[Problem]:
    """A country code is one of ISO 3166-1, and the words under it hold or lie in a name of a thing that has it."""
    if not _whole(t):
        return
    rule, row_id = "country-codes", _cells(t, "evidence", "row_id")
    mask = _spans_of(t, "names", "name_words")
    forms = row_id.filter(mask)
    things = [_of(t, _of(t, forms, "names", f"{x}_id"), f"{x}s", "country_code") for x in ("actor", "place")]
    by_code = _spans(t, mask, pc.coalesce(*things))
    for name in ("actors", "places"):
        code, keys = _cells(t, name, "country_code"), _cells(t, name, t.package.key(name))
        none = _and(pc.is_valid(code), pc.invert(_is(code, *COUNTRIES)))
        yield from t.where(rule, name, "country_code", none, "a code of ISO 3166-1 alpha-3", "Look it up.")
        mask = _spans_of(t, name, "country_code")
        apart = _apart(_spans(t, mask, _of(t, row_id.filter(mask), name, "country_code")), by_code)
        other = pc.is_in(keys, value_set=row_id.take(pa.array(apart, pa.int64())))
        yield from t.where(
            rule,
            name,
            "country_code",
            _and(pc.is_valid(code), other),
            "the code of what the words under it name",
            "Mend it.",
        )


_EVENTS = ("event_type", "speech_act")
SCHEME_CODES = {"cameo": "^[0-9]{2,4}$", "plover": "^[A-Z]+(:[a-z]+(-[a-z]+)*)?$"}
IDENTIFIERS = {"wikidata": r"^Q[1-9][0-9]*$", "geonames": r"^[1-9][0-9]*$"}


def outside_schemes(t: Tables) -> Iterator[Problem]:
    """Identifiers and outside codes have their scheme's form, a scheme one version, a reference its date."""
    if not _whole(t):
        return
    rule, name = "outside-schemes", "identifiers"
    scheme, value, match = (_cells(t, name, c) for c in ("scheme", "value", "match_type"))
    for code, form in IDENTIFIERS.items():
        unlike = _and(pc.equal(scheme, code), pc.invert(pc.match_substring_regex(value, form)))
        yield from t.where(rule, name, "value", unlike, f"an identifier of {code}, like {form}", "Look it up again.")
    counts = _pairs(scheme, value).value_counts()
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    yield from t.where(
        rule, name, "value", pc.is_in(_pairs(scheme, value), value_set=twice, skip_nulls=True),
        "an identifier that no other thing has", "One identifier stands for one thing.",
    )  # fmt: skip
    untold = _and(pc.not_equal(match, "exact"), pc.is_null(_cells(t, name, "note")))
    yield from t.where(rule, name, "match_type", untold, "exact, or a note that says how they differ", "Add the note.")
    name = "crosswalk"
    scheme, version = _cells(t, name, "scheme"), pc.fill_null(_cells(t, name, "scheme_version"), "")
    versions = pa.table({"s": scheme, "v": version}).group_by("s").aggregate([("v", "count_distinct")])
    mixed = versions["s"].filter(pc.greater(versions["v_count_distinct"], 1)).combine_chunks()
    yield from t.where(
        rule, name, "scheme_version", pc.is_in(scheme, value_set=mixed), "one version of a scheme", "Mend it."
    )
    events, code = _is(_cells(t, name, "codelist"), *_EVENTS), _cells(t, name, "scheme_code")
    for key, form in SCHEME_CODES.items():
        unlike = _and(events, pc.equal(scheme, key), pc.invert(pc.match_substring_regex(code, form)))
        yield from t.where(rule, name, "scheme_code", unlike, f"a code of {key}, like {form}", "Look it up again.")
    untied = _and(pc.equal(_cells(t, name, "codelist"), "event_type"), pc.is_null(_cells(t, name, "condition")))
    yield from t.where(rule, name, "condition", untied, "as_occurrence or as_intent, as it is for events", "Fill it.")
    for i, row in enumerate(t.rows("sources")):
        of_text = [c for c in ("text_sha256", "text_chars", "paragraphs") if row[c]]
        if len(of_text) != (3 if row["source_type"] == "coded_text" else 0):
            yield t.cell(
                rule,
                "sources",
                i,
                "text_sha256",
                "digest, length and paragraphs of a coded text, and of no other",
                "Mend.",
            )
        dated = re.search(r"\d{1,2} (\w+) \d{4}", row["citation"] or "")
        if dated and dated[1] in _MONTHS and row["source_type"] == "reference" and not row["published_edtf"]:
            yield t.cell(
                rule, "sources", i, "published_edtf", f"the date that the citation gives, {dated[0]}", "Fill it."
            )
        day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", row["published_edtf"] or "")
        told = f"{int(day[3])} {calendar.month_name[int(day[2])]} {day[1]}" if day and 0 < int(day[2]) < 13 else ""
        for column, words in (("published_edtf", told), ("publisher", row["publisher"] or "")):
            if words not in (row["citation"] or ""):
                yield t.cell(rule, "sources", i, column, f"{words!r} in the citation too", "Mend one of the two.")


# Letters of the Latin script as our texts write them, digits, and hyphens: look-alikes of these are odd.
_LATIN = r"[A-Za-z\x{00c0}-\x{024f}\x{1e00}-\x{1eff}]"
_OTHER = r"[^\P{L}A-Za-z\x{00aa}\x{00ba}\x{00c0}-\x{024f}\x{1e00}-\x{1eff}]"


def look_alikes(t: Tables) -> Iterator[Problem]:
    """No cell mixes scripts, has look-alike digits or hyphens, is in quotation marks, or begins like a formula."""
    rule = "look-alikes"
    for name, table in t.words.items():
        for column in table.column_names:
            cells = table[column].combine_chunks()
            other = cells.filter(pc.fill_null(pc.invert(pc.string_is_ascii(cells)), False)).unique()
            if len(other):
                mixed = pc.and_(pc.match_substring_regex(other, _LATIN), pc.match_substring_regex(other, _OTHER))
                odd = pc.match_substring_regex(
                    other, r"[^\P{Nd}0-9]|[\x{2010}\x{2011}\x{2012}\x{2212}\x{ff01}-\x{ff5e}]|^[^\P{L}\x{00}-\x{24f}]$"
                )
                for mask, expected in ((mixed, "letters of one script"), (odd, "plain digits, letters and hyphens")):
                    where = pc.is_in(cells, value_set=other.filter(mask), skip_nulls=True)
                    yield from t.where(rule, name, column, where, expected, "Type the cell again by hand.")
            if t.package.fields(name)[column].get("type") != "string":
                continue
            yield from t.where(
                rule,
                name,
                column,
                pc.match_substring_regex(cells, r"^[=+@]|^-[^0-9]|[\"\x{201c}\x{201d}\x{201e}\x{ab}\x{bb}]"),
                "no quotation mark, and no sign with which a formula begins",
                "Leave it out: sheets would take it as more than text.",
            )


# Columns that may be empty; all others are required. Users count on both.
MAY_BE_EMPTY = {
    "actors": "country_code role_title plover_country plover_sector",
    "names": "actor_id place_id agreement_id",
    "places": "parent_place_id country_code latitude longitude",
    "identifiers": "actor_id place_id agreement_id event_id note",
    "events": (
        "start_edtf start_earliest start_latest end_edtf end_earliest end_latest date_words place_id"
    ),
    "statements": (
        "quote_words certainty polarity start_edtf start_earliest start_latest end_edtf end_earliest end_latest "
        "date_words"
    ),
    "statement_links": "event_id event_actor_id event_link_id term_id agreement_id",
    "agreements": "status_as_of_edtf concluded_event_id effective_event_id",
    "ceasefire_terms": "agreement_id conduct_type",
    "compliance_claims": "term_id",
    "sources": "title publisher url language published_edtf accessed_on text_sha256 text_chars paragraphs note",
    "passages": "not_coded_reason",
    "evidence": "column_name char_start char_end sha256 note",
    "codes": "code_order",
    "crosswalk": "scheme_version condition",
}  # fmt: skip
_DAY = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
# Type and constraints by the name of a column; the first that fits counts. Text without constraints is the rest.
FORMS: list[tuple[str, str, dict[str, Any]]] = [
    (r"(country_code|plover_country|plover_sector)", "string", {"pattern": "[A-Z]{3}"}),
    (r".*_edtf", "string", {"pattern": rf"({_DAY}|\[\.\.{_DAY}\]|\[{_DAY}\.\.\]|\[{_DAY}\.\.{_DAY}\])"}),
    (r".*(_earliest|_latest|_on)", "date", {}),
    (r"(.*_)?sha256", "string", {"pattern": "[0-9a-f]{64}"}),
    (r"char_start", "integer", {"minimum": 0}),
    (r"(char_end|paragraph_no|sentence_no|paragraphs|text_chars|code_order)", "integer", {"minimum": 1}),
    (r"latitude", "number", {"minimum": -90, "maximum": 90}),
    (r"longitude", "number", {"minimum": -180, "maximum": 180}),
    (r"is_.*", "boolean", {}),
    (r"(codelist|code|table_name)", "string", {"pattern": "[a-z]+(_[a-z]+)*"}),
    (r"column_name", "string", {"pattern": "[a-z0-9]+(_[a-z0-9]+)*"}),
    (r"row_id", "string", {"pattern": "[a-z]{3}-[a-z0-9]+(-[a-z0-9]+)*"}),
    (r"url", "string", {"pattern": "https?://[^ ]+"}),
    (r"language", "string", {"pattern": "[a-z]{2,3}"}),
    (r".*", "string", {}),
]
# Provenance by the name of a column; of all others the values are coded or editorial.
FROM = [
    (r".*_words|role_title", ("verbatim",)),
    (r"country_code|latitude|longitude|value|scheme_code", ("external",)),
    (
        r".*_earliest|.*_latest|plover_.*|(.*_)?sha256|char_.*|text_chars|paragraphs|paragraph_no|sentence_no",
        ("derived",),
    ),
]
# What evidence a column of each provenance can have; the exceptions by name.
SUPPORTED = {
    "verbatim": ("own",),
    "coded": ("own", "row"),
    "external": ("own",),
    "derived": ("none",),
    "editorial": ("none",),
}
EXCEPT = {"proposition": ("row",), "scheme_code": ("none",)}


def schema_promises(t: Tables) -> Iterator[Problem]:
    """Types, constraints, emptiness, uniqueness and evidence of a column are what users and rules count on."""
    rule = "schema-promises"
    for name in t.words:
        schema, file = t.package.schema(name), f"schemas/{name}.json"
        may = MAY_BE_EMPTY.get(name, "").split()
        for prop, value in (
            ("missingValues", [""]),
            ("$schema", "https://datapackage.org/profiles/2.0/tableschema.json"),
        ):
            if schema.get(prop) != value:
                yield _metadata(rule, file, "schema", prop, schema.get(prop), repr(value), "Restore it.")
        unique = schema.get("uniqueKeys") or []
        if not unique or any(t.package.key(name) in columns for columns in unique):
            yield _metadata(
                rule, file, "schema", "uniqueKeys", unique, "columns that tell rows apart, without the key",
                "Say which cells no two rows may share.",
            )  # fmt: skip
        for column, field in t.package.fields(name).items():
            constraints = field.get("constraints") or {}
            if bool(constraints.get("required")) == (column in may) and column in CONTRACT.get(name, "").split():
                expected = "a column that may be empty" if column in may else "a required column"
                yield _metadata(
                    rule, file, column, "required", constraints.get("required", ""), expected, "Restore it."
                )
            kind, form = next((k, f) for pattern, k, f in FORMS if re.fullmatch(pattern, column))
            found = {k: v for k, v in constraints.items() if k in ("pattern", "minimum", "maximum")}
            if column == t.package.key(name):
                form = {"pattern": constraints.get("pattern")}  # The rule on keys has its say on that.
            if field.get("type") != kind or found != form:
                yield _metadata(
                    rule,
                    file,
                    column,
                    "constraints",
                    (field.get("type"), found),
                    f"{kind}, {form}",
                    "Columns of this name have it.",
                )
            among = next((p for pattern, p in FROM if re.fullmatch(pattern, column)), ("coded", "editorial"))
            if field.get("provenance") not in among and (name, column) != ("passages", "source_id"):
                yield _metadata(
                    rule,
                    file,
                    column,
                    "provenance",
                    field.get("provenance"),
                    " or ".join(among),
                    "Columns of this name have it.",
                )
            allowed = EXCEPT.get(column) or SUPPORTED.get(str(field.get("provenance")), EVIDENCE)
            if field.get("evidence") not in allowed:
                yield _metadata(
                    rule, file, column, "evidence", field.get("evidence"),
                    f"{' or '.join(allowed)}, as the column is {field.get('provenance')}", "Mend one of the two.",
                )  # fmt: skip
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", str(t.package.descriptor.get("name"))):
        yield _metadata(rule, "datapackage.json", "name", "", t.package.descriptor.get("name"), "a slug", "Restore it.")


def evidence_asked_for(t: Tables) -> Iterator[Problem]:
    """Evidence names a column only if its schema asks for evidence of the cell's own."""
    if not _whole(t):
        return
    columns = _cells(t, "evidence", "column_name")
    for name in t.words:
        own = [c for c, f in t.package.fields(name).items() if f.get("evidence") == "own"]
        wrong = _and(
            pc.equal(_cells(t, "evidence", "table_name"), name), pc.is_valid(columns), pc.invert(_is(columns, *own))
        )
        yield from t.where(
            "evidence-asked-for", "evidence", "column_name", wrong, "a column whose cells need evidence of their own",
            "Leave column_name empty: the row's evidence is enough.",
        )  # fmt: skip


def passage_types(t: Tables) -> Iterator[Problem]:
    """A standfirst is the first paragraph of a text."""
    if not _whole(t):
        return
    late = _and(
        pc.equal(_cells(t, "passages", "passage_type"), "standfirst"),
        pc.not_equal(_cells(t, "passages", "paragraph_no"), "1"),
    )
    yield from t.where(
        "passage-types", "passages", "passage_type", late, "body or link below the first paragraph", "Mend it."
    )


RULES: list[Rule] = [
    readable,
    contract,
    orphan_files,
    canonical_form,
    clean_cells,
    keys,
    unique_keys,
    exactly_one_of,
    schema_form,
    codelists,
    foreign_keys,
    dates,
    attribution,
    statements,
    parts,
    plover_actors,
    evidence,
    evidence_complete,
    verbatim,
    passages,
    key_parts,
    same_sentence,
    who_asserts,
    named,
    spans_and_digests,
    notes_of_evidence,
    dates_and_words,
    events_and_agreements,
    links_and_realis,
    term_bases,
    speech,
    actors_and_places,
    country_codes,
    outside_schemes,
    look_alikes,
    schema_promises,
    evidence_asked_for,
    passage_types,
]
TEXT_RULES: list[Rule] = [text, names_judged]


def run(t: Tables) -> list[Problem]:
    """Return what all rules find; those that need the text are left out if none was given.

    A rule that cannot be carried out, as the tables or schemas lack what it stands on, is a problem
    too: it neither stops the others nor passes.
    """
    found: list[Problem] = []
    for rule in RULES + (TEXT_RULES if t.texts else []):
        try:
            found += list(rule(t))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, pa.ArrowException) as error:
            name = rule.__name__.replace("_", "-")
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
            found.append(
                Problem(name, "datapackage.json", None, "", "", "", "a package that the rule can be asked of", why)
            )
    return found
