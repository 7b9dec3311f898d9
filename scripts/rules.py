"""The rules that the package keeps and frictionless does not know.

Each rule is a function from a Tables to the problems that it finds; RULES lists them in the order
in which they are run. A rule never stops at the first problem. Rules marked "with the text" are in
TEXT_RULES and need the coded text; all others work offline.

Rules ask whole columns at once: Python goes row by row only over the problems found, and value by
value only over distinct dates, digests and names. The codebook (codes, crosswalk), the schemas and
the descriptor do not grow with the texts that are coded; rules on them are plain loops.
"""

from __future__ import annotations

import calendar
import mmap
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from naqoura_talks.package import PackageError
from naqoura_talks.text import canonicalise, digest, digest_all, find, fold
from naqoura_talks.verify import Span, hold
from tables import (
    FAR,
    Problem,
    Tables,
    both,
    by_value,
    codes,
    differ,
    either,
    groups,
    no,
    numbers,
    one_of,
    pool,
    raw,
    yes,
)

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
# Characters of a pattern of a schema; the longest of ours has 200.
PATTERN_LIMIT = 1000
# Tables whose rows point to one of several kinds of thing.
ONE_OF_SEVERAL = ("identifiers", "names", "statement_links")


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
        yield unreadable("readable", t.package.root, name, error)


def unreadable(rule: str, root: Path, row: str, error: PackageError) -> Problem:
    """Return the problem of a file that cannot be read, with the place that the error names."""
    file, why = "datapackage.json", str(error)
    if error.path is not None and error.path.is_relative_to(root):
        file, why = str(error.path.relative_to(root)), why.replace(f"{root}{os.sep}", "")
    return Problem(rule, file, error.line, row, "", "", "a file that can be read", why, error.character)


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
    for path in _files(package.root / "data", package.root / "schemas"):
        relative = str(path.relative_to(package.root))
        if path.is_symlink():
            yield _metadata(
                "orphan-files", relative, "file", "", "a symbolic link", "a file", "Put the file itself there."
            )
        elif path not in named:
            yield _metadata(
                "orphan-files", relative, "file", "", "", "a file that datapackage.json names",
                "Remove it, or give it a resource.",
            )  # fmt: skip


def _files(*paths: Path) -> Iterator[Path]:
    """Return all files in these folders, and links as they are: one to a folder is not followed."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            yield from _files(*sorted(path.iterdir()))
        elif path.is_symlink() or path.exists():
            yield path


def _spelled(cells: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the cells of a column as their type spells them. Raises ArrowInvalid for a cell of another type."""
    values = cells.cast(kind)
    if kind == pa.float64():
        # Shortest form that gives the number back, with a decimal point, as Python has it; few are distinct.
        distinct = values.unique().drop_null()
        spelled = pa.array([str(v) for v in distinct.to_pylist()], pa.string())
        return spelled.take(pc.index_in(values, value_set=distinct))
    return values.cast(pa.string())


def _not_of_type(cells: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the distinct cells that are not of a type."""

    def fits(value: pa.Scalar) -> bool:
        try:
            value.cast(kind)
        except pa.ArrowInvalid:
            return False
        return True

    return pa.array([v.as_py() for v in cells.unique() if not fits(v)], pa.string())


# What a cell needs quotation marks for; a comma has the greatest byte of these.
_QUOTED = '[",\n\r]'
# Rows, and bytes, that are gone over at a time, where else a copy of a table would be made: as many as the
# processor keeps at hand.
_ROWS, _BYTES = 1 << 14, 1 << 18


def canonical_csv(table: pa.Table) -> Iterator[bytes]:
    """Return a table of text as canonical CSV, in parts: UTF-8, LF, empty for null, and quotation marks
    only where a comma, a quotation mark or a line end needs them.
    """
    yield _header(table)
    for rows in table.to_batches(max_chunksize=_ROWS):
        written = []
        for cells in rows.columns:
            if raw(cells).min(initial=255) <= ord(","):
                quoted = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
                cells = pc.if_else(pc.match_substring_regex(cells, _QUOTED), quoted, cells)
            written.append(cells)
        written[-1] = pc.binary_join_element_wise(written[-1], "\n", "", null_handling="replace")
        lines = pc.binary_join_element_wise(*written, ",", null_handling="replace")
        yield raw(lines.cast(pa.binary())).tobytes()


def _header(table: pa.Table) -> bytes:
    return (",".join(table.column_names) + "\n").encode("utf-8")


def is_canonical(t: Tables, name: str) -> bool:
    """Say whether the CSV is the table as canonical CSV, without writing it again if that can be told.

    Where no cell holds a quotation mark and the file has no CR, each quotation mark in the file opens
    or closes a cell. If each that opens one follows a comma or a line end, each that closes one is
    followed by one, and there are as many pairs as cells that need them, nothing is left to differ.
    """
    table, needed, path = t.words[name], 0, t.package.path(name)
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with data:
        if data[: len(_header(table))] != _header(table) or data[-1:] != b"\n":
            return False
        for column in table.column_names:
            if t.byte_range(name, column)[0] <= ord(","):
                values = t.distinct(name, column)
                if pc.any(pc.match_substring(values, '"')).as_py():
                    return data[:] == b"".join(canonical_csv(table))
                marked = values.filter(pc.match_substring_regex(values, _QUOTED))
                needed += pc.sum(one_of(t.column(name, column), marked)).as_py() if len(marked) else 0
        # An empty line is read as a row of empty cells.
        if t.keys(name).null_count or data.find(b"\r") >= 0:
            return data[:] == b"".join(canonical_csv(table))
        marks = _places(data, ord('"'))
        beside = np.frombuffer(data, np.uint8)[np.where(np.arange(len(marks)) % 2, marks + 1, marks - 1)]
        return len(marks) == 2 * needed and bool(np.isin(beside, (ord(","), ord("\n"))).all())


def _places(data: mmap.mmap, byte: int) -> np.ndarray:
    """Return where a byte stands in a file."""
    found = np.frombuffer(data, np.uint8)
    parts = [np.flatnonzero(found[i : i + _BYTES] == byte) + i for i in range(0, len(found), _BYTES)]
    return np.concatenate(parts)


def canonical_form(t: Tables) -> Iterator[Problem]:
    """Each cell is spelled as its type spells it, and the rows written again give the same bytes."""
    rule = "canonical-form"
    for name, table in t.words.items():
        for field in t.package.arrow_schema(name):
            if field.type == pa.string():
                continue
            cells, values = t.column(name, field.name), t.distinct(name, field.name)
            try:
                unlike = values.filter(differ(values, _spelled(values, field.type)))
            except pa.ArrowInvalid:
                odd = _not_of_type(values, field.type)
                expected = t.package.fields(name)[field.name]["type"]
                yield from t.where_among(rule, name, field.name, odd, f"a value of type {expected}", "Mend the cell.")
                continue
            yield from t.where_among(
                rule, name, field.name, unlike,
                lambda i, cells=cells, kind=field.type: repr(_spelled(cells.slice(i, 1), kind)[0].as_py()),
                "Write numbers, dates, true and false in the plain form.",
            )  # fmt: skip
        if not is_canonical(t, name):
            data, again = t.package.path(name).read_bytes(), b"".join(canonical_csv(table))
            yield from _other_bytes(t.file(name), data, again)


def _other_bytes(file: str, data: bytes, again: bytes) -> Iterator[Problem]:
    """Say where a CSV differs from its canonical form, line by line."""
    rule = "canonical-form"
    if data.startswith(b"\xef\xbb\xbf"):
        yield Problem(rule, file, 1, "", "", "", "no byte order mark", "Save as UTF-8 without BOM.", 1)
    if b"\r" in data:
        line = data.count(b"\n", 0, data.index(b"\r")) + 1
        yield Problem(rule, file, line, "", "", "", "LF line ends", "Save with LF, not CRLF.")
    for line, (found, expected) in enumerate(zip(data.splitlines(), again.splitlines(), strict=False), 1):
        if found != expected:
            where = next((i for i, pair in enumerate(zip(found, expected, strict=False)) if len(set(pair)) > 1), 0)
            part = slice(max(where - 20, 0), where + 40)
            yield Problem(
                rule, file, line, "line", "", found[part].decode("utf-8", "replace"),
                repr(expected[part].decode("utf-8", "replace")) + f" at byte {where}",
                "Write quotation marks only where a comma, a quotation mark or a line end needs them.",
                len(found[:where].decode("utf-8", "replace")) + 1,
            )  # fmt: skip
    if len(data.splitlines()) != len(again.splitlines()) or not data.endswith(b"\n"):
        yield Problem(
            rule, file, len(data.splitlines()), "", "", "",
            f"{len(again.splitlines())} lines, the last one ended by LF",
            "Remove blank lines; end the file with one LF.",
        )  # fmt: skip


_ODD = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]|[^\P{Zs} ]"
_MISSING = r"\A(?i:n/?a|nan|null|none|-99|-9|-1|\?)\z"
_MISSING_CHARS = 4


def clean_cells(t: Tables) -> Iterator[Problem]:
    """Cells are NFC, not padded, without control, format, private or odd space characters."""
    rule = "clean-cells"
    for name, table in t.words.items():
        for column in table.column_names:
            values = t.distinct(name, column)
            # Most columns are printable ASCII or have no space, which their bytes show at once.
            low, high = t.byte_range(name, column)
            if low < ord(" ") or high > ord("~"):
                yield from t.where_among(
                    rule, name, column, values.filter(pc.match_substring_regex(values, _ODD)),
                    "no control, format or odd space characters", "Type the cell again by hand.",
                )  # fmt: skip
                yield from t.where_among(
                    rule, name, column, values.filter(pc.not_equal(values, pc.utf8_normalize(values, form="NFC"))),
                    "Unicode NFC", "Write accented letters as one character.",
                )  # fmt: skip
            if low <= ord(" "):
                yield from t.where_among(
                    rule, name, column, values.filter(pc.match_substring_regex(values, r"\A | \z|  ")),
                    "no space at the edges and none doubled", "Remove the spaces.",
                )  # fmt: skip
            short = values.filter(pc.less_equal(pc.binary_length(values), _MISSING_CHARS))
            yield from t.where_among(
                rule, name, column, short.filter(pc.match_substring_regex(short, _MISSING)),
                "an empty cell where there is no value", "Leave the cell empty.",
            )  # fmt: skip


def constraints(t: Tables) -> Iterator[Problem]:
    """Cells keep the constraints of their field: required, unique, enum, pattern, minimum and maximum.

    Patterns run on Arrow's RE2, whose time is linear in the text whatever the pattern; frictionless,
    which is not given them, would use Python's engine, whose time some patterns make explode.
    """
    rule = "constraints"
    for name in t.words:
        types = t.package.arrow_schema(name)
        for column, field in t.package.fields(name).items():
            cells, values = t.column(name, column), t.distinct(name, column)
            limits, kind = field.get("constraints", {}), types.field(column).type
            if limits.get("required"):
                yield from t.where(rule, name, column, pc.is_null(cells), "a value", "Fill the cell.")
            if limits.get("unique") and len(values) < len(cells) - cells.null_count:
                counts = cells.drop_null().value_counts()
                doubled = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
                yield from t.where(rule, name, column, one_of(cells, doubled), "a value of one row only", "Mend one.")
            if "enum" in limits:
                yield from t.where_among(
                    rule, name, column, values.filter(no(one_of(values, map(str, limits["enum"])))),
                    f"one of {', '.join(map(str, limits['enum']))}", "Use one of these, or add the code to codes.csv.",
                )  # fmt: skip
            if limits.get("pattern"):
                try:
                    odd = values.filter(no(matches(values, limits["pattern"])))
                except pa.ArrowInvalid:
                    continue  # schema_form says that it is none
                yield from t.where_among(
                    rule, name, column, odd, f"a value of the form {limits['pattern']}",
                    "See the column's example in the codebook.",
                )  # fmt: skip
            for limit, beyond in (("minimum", pc.less), ("maximum", pc.greater)):
                if limit in limits:
                    try:
                        odd = values.filter(beyond(values.cast(kind), pa.scalar(str(limits[limit])).cast(kind)))
                    except pa.ArrowInvalid:
                        continue  # canonical_form says which cell is of another type, schema_form that a limit is
                    yield from t.where_among(
                        rule, name, column, odd, f"a {limit} of {limits[limit]}", "Mend the value."
                    )


def matches(cells: pa.Array, pattern: str) -> pa.Array:
    """Return where a cell as a whole is of a pattern. Raises ArrowInvalid for what RE2 does not take."""
    if len(pattern) > PATTERN_LIMIT:
        raise pa.ArrowInvalid(f"a pattern of more than {PATTERN_LIMIT} characters")
    return pc.match_substring_regex(cells, rf"\A(?:{pattern})\z")


def keys(t: Tables) -> Iterator[Problem]:
    """Rows are sorted by key; no key is empty or doubled; keys of a table share its own prefix."""
    owner: dict[str, str] = {}
    for name in t.words:
        column, keys = t.package.key(name), t.keys(name)
        yield from t.where("keys", name, column, pc.is_null(keys), "a key", "Give the row a key of its own.")
        if not t.ascending(name):
            before, after = keys[: max(len(keys) - 1, 0)], keys[1:]
            doubled, unsorted = (
                np.flatnonzero(yes(mask)) + 1 for mask in (pc.equal(after, before), pc.less(after, before))
            )
            yield from t.at("keys", name, doubled, column, "a key that no other row has", "Rename or remove the row.")
            yield from t.at(
                "keys", name, unsorted, column,
                lambda i, keys=keys: f"a key after {keys[i - 1].as_py()!r}", "Sort the rows by key.",
            )  # fmt: skip
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
            keys = t.keys(name)
            for first, *others in _equal_rows(t, name, columns):
                for i in others:
                    value = " | ".join(table[c][i].as_py() or "" for c in columns)
                    yield t.cell(
                        "unique-keys", name, i, " + ".join(columns), f"other values than {keys[first].as_py()}",
                        "Remove one of the two rows, or tell them apart.", value,
                    )  # fmt: skip


def _equal_rows(t: Tables, name: str, columns: list[str]) -> list[list[int]]:
    """Return the rows that are equal in these columns, null equal to null: a list for each that is not alone."""
    group = groups(*(t.encoded(name, column) for column in columns))
    ordered = np.sort(group)
    doubled = ordered[1:][ordered[1:] == ordered[:-1]]
    equal: dict[int, list[int]] = defaultdict(list)
    for i in np.flatnonzero(np.isin(group, doubled)).tolist() if len(doubled) else []:
        equal[group[i]].append(i)
    return list(equal.values())


def exactly_one_of(t: Tables) -> Iterator[Problem]:
    """Where a row points to one of several kinds of thing, exactly one column is filled."""
    for name, table in t.words.items():
        columns = t.package.schema(name).get("exactlyOneOf")
        if not columns:
            continue
        filled = sum(pc.is_valid(t.column(name, c)).to_numpy(zero_copy_only=False).astype(int) for c in columns)
        for i in np.flatnonzero(filled != 1).tolist():
            value = " | ".join(table[c][i].as_py() or "" for c in columns)
            yield t.cell(
                "exactly-one-of", name, i, " + ".join(columns), "exactly one of them filled",
                "Fill one and leave the others empty.", value,
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
        schema, types, file = t.package.schema(name), t.package.arrow_schema(name), f"schemas/{name}.json"

        def wrong(
            where: str, prop: str, value: object, expected: str, hint: str = "Mend the schema.", file: str = file
        ) -> Problem:
            return _metadata("schema-form", file, where, prop, value, expected, hint)

        for prop in sorted(set(schema) - _SCHEMA):
            yield wrong("schema", prop, schema[prop], "a known property", f"Known: {', '.join(sorted(_SCHEMA))}.")
        if schema.get("missingValues") != [""]:
            yield wrong("missingValues", "", schema.get("missingValues"), "[''], so that only an empty cell is missing")
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
            if pattern and _bare_alternation(str(pattern)):
                yield wrong(column, "pattern", pattern, "alternatives in parentheses", "Write (A|B), not A|B.")
            # The profile of Data Package v2 wants examples as text, whatever the type.
            example, kind = str(field.get("example", "")), str(field.get("type"))
            if not re.fullmatch(_LEXICAL.get(kind, "(?s).+"), example):
                yield wrong(column, "example", example, f"a value of type {kind}, as text")
                continue
            try:
                fits = not pattern or matches(pa.array([example]), str(pattern))[0].as_py()
            except pa.ArrowInvalid as error:
                yield wrong(
                    column, "pattern", pattern, f"a regular expression that RE2 takes ({error})",
                    "Write it without look-around and back references, so that its time is linear.",
                )  # fmt: skip
                continue
            if not fits or example not in map(str, constraints.get("enum", [example])):
                yield wrong(column, "example", example, "a value that the constraints allow")
            for limit in ("minimum", "maximum"):
                try:
                    pa.scalar(str(constraints.get(limit, example))).cast(types.field(column).type)
                except pa.ArrowInvalid:
                    yield wrong(column, limit, constraints[limit], f"a value of type {kind}")


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
            if ordered:
                rows = sorted(rows, key=lambda r: (len(r["code_order"]), r["code_order"]))
            codes = [r["code"] or "" for r in rows]
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
    known = {(r["codelist"], r["code"]) for r in t.rows("codes")}
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
            to_none = both(pc.is_valid(t.column(name, columns[0])), pc.is_null(t.points_to(name, columns[0], target)))
            yield from t.where(
                rule, name, columns[0], to_none,
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


DATE_COLUMNS = ("start_edtf", "start_earliest", "start_latest", "end_edtf", "end_earliest", "end_latest")


def dates(t: Tables) -> Iterator[Problem]:
    """EDTF values are of the closed list and agree with their bounds; starts come before ends."""
    rule = "dates"
    for name, table in t.words.items():
        columns = table.column_names
        for column in (c for c in columns if c.endswith("_edtf")):
            cells, stem = t.column(name, column), column.removesuffix("_edtf")
            distinct = cells.unique().drop_null()
            lows, highs, wrong = [], [], {}
            for value in distinct.to_pylist():
                try:
                    low, high = edtf_bounds(value)
                except ValueError as error:
                    low, high, wrong[value] = None, None, str(error)
                lows.append(low and low.isoformat())
                highs.append(high and high.isoformat())
            of_no_form = one_of(cells, wrong)
            yield from t.where(
                rule, name, column, of_no_form,
                lambda i, cells=cells, wrong=wrong: f"an EDTF date of the schema's forms ({wrong[cells[i].as_py()]})",
                "Mend the date.",
            )  # fmt: skip
            which = pc.index_in(cells, value_set=distinct, skip_nulls=True)
            for bound, days in ((f"{stem}_earliest", lows), (f"{stem}_latest", highs)):
                if bound not in columns:
                    continue
                day = pa.array(days, pa.string()).take(which)
                yield from t.where(
                    rule, name, bound, both(no(of_no_form), differ(t.column(name, bound), day)),
                    lambda i, day=day: repr(day[i].as_py() or ""), f"It is the bound of {column}.",
                )  # fmt: skip
        if "start_edtf" not in columns:
            continue
        start, start_earliest, start_latest, end, end_earliest, end_latest = (t.column(name, c) for c in DATE_COLUMNS)
        order = pc.greater(start_earliest, end_latest)
        yield from t.where(rule, name, "end_latest", order, "a day not before start_earliest", "Mend start or end.")
        later = either(pc.greater(start_earliest, end_earliest), pc.greater(start_latest, end_latest))
        yield from t.where(
            rule, name, "end_edtf", later, "an end no bound of which is before the start's",
            "An end cannot be earlier than the start: narrow its bounds.",
        )  # fmt: skip
        undated = pc.equal(t.column(name, "date_basis"), "undated")
        for column in ("start_edtf", "end_edtf", "date_words"):
            filled = both(undated, pc.is_valid(t.column(name, column)))
            yield from t.where(rule, name, column, filled, "no date, as date_basis is undated", "Mend one of the two.")
        dated = either(pc.is_valid(start), pc.is_valid(end))
        for column, filled in (("start_edtf", dated), ("date_words", pc.is_valid(t.column(name, "date_words")))):
            empty = both(no(undated), no(filled))
            yield from t.where(rule, name, column, empty, "a date with its words", "Or set date_basis to undated.")


# --- meaning ---


def attribution(t: Tables) -> Iterator[Problem]:
    """Attribution is speaker or both exactly when a statement asserts the row."""
    rule = "attribution"
    asserts = pc.equal(t.column("statement_links", "link_role"), "asserts")
    for name, table in t.words.items():
        if "attribution" not in table.column_names:
            continue
        spoken = one_of(t.column(name, "attribution"), ["speaker", "both"])
        if name not in ASSERTED_BY:
            yield from t.where(
                rule, name, "attribution", spoken, "narrator or link_line",
                "statement_links cannot point to rows of this table.",
            )  # fmt: skip
            continue
        asserted = t.pointed_to(name, ("statement_links", ASSERTED_BY[name]), of=asserts)
        yield from t.where(
            rule, name, "attribution", both(spoken, no(asserted)), "narrator or link_line, as no statement asserts it",
            "Add the row of statement_links with link_role asserts, or mend the attribution.",
        )  # fmt: skip
        yield from t.where(
            rule, name, "attribution", both(asserted, no(spoken)), "speaker or both, as a statement asserts it",
            "Mend the attribution, or the link_role in statement_links.",
        )  # fmt: skip


def statements(t: Tables) -> Iterator[Problem]:
    """Certainty, polarity, quotation and mode of a statement agree with its speech act."""
    rule, name = "statements", "statements"
    speech_act = t.column(name, "speech_act")
    truthless = one_of(speech_act, NO_TRUTH_VALUE)
    for column in ("certainty", "polarity"):
        filled = pc.is_valid(t.column(name, column))
        yield from t.where(
            rule, name, column, both(truthless, filled), "empty: the speech act has no truth value", "Empty it."
        )
        yield from t.where(
            rule, name, column, both(no(truthless), no(filled)), "a code, as the speech act has a truth value",
            "Fill it.",
        )  # fmt: skip
    quoting = one_of(t.column(name, "mode"), ["direct", "mixed"])
    yield from t.where(
        rule, name, "quote_words", pc.xor(quoting, pc.is_valid(t.column(name, "quote_words"))),
        "words exactly if mode is direct or mixed", "Mend mode or quote_words.",
    )  # fmt: skip
    name = "compliance_claims"
    act = _of(t, name, "statement_id", "statements", "speech_act")
    charging = one_of(act, ["accuse", "criticise", "report", "assess", "deny"])
    yield from t.where(
        rule, name, "statement_id", both(pc.is_valid(act), no(charging)),
        lambda i: f"a statement that makes a claim, not one of act {act[i].as_py()}",
        "A warning, a condition and an offer are no compliance claims.",
    )  # fmt: skip
    agreement, term = t.column(name, "agreement_id"), t.points_to(name, "term_id", "ceasefire_terms")
    of_other = differ(_of(t, name, "term_id", "ceasefire_terms", "agreement_id"), agreement)
    yield from t.where(
        rule, name, "term_id", both(pc.is_valid(term), of_other),
        lambda i: f"a term of {agreement[i].as_py()}", "Mend one of the two.",
    )  # fmt: skip


def parts(t: Tables) -> Iterator[Problem]:
    """Nothing stands alone: actors and sources are used, things are named, possible events are linked."""
    rule = "parts"
    pointing = defaultdict(list)
    for name in t.words:
        for foreign in t.package.schema(name).get("foreignKeys", []):
            pointing[foreign.get("reference", {}).get("resource", name)].append((name, foreign["fields"][0]))
    for name in ("actors", "sources"):
        used = t.pointed_to(name, *(p for p in pointing[name] if p[0] != "names"))
        yield from t.where(
            rule, name, t.package.key(name), no(used), "a row that another row uses",
            "Give it its part, or remove it with its names and evidence.",
        )  # fmt: skip
    for name in ("actors", "places", "agreements"):
        key = t.package.key(name)
        unnamed = no(t.pointed_to(name, ("names", key)))
        yield from t.where(rule, name, key, unnamed, "a row of names", "Add the words that name it.")
    linked = t.pointed_to(
        "events", ("event_links", "event_id"), ("event_links", "linked_event_id"), ("statement_links", "event_id"),
        ("agreements", "concluded_event_id"), ("agreements", "effective_event_id"),
    )  # fmt: skip
    hypothetical = pc.equal(t.column("events", "realis"), "hypothetical")
    yield from t.where(
        rule, "events", "realis", both(hypothetical, no(linked)),
        "a link, term or statement that needs the event",
        "A possible event has a row only as the object of one; add it, or remove the event.",
    )  # fmt: skip
    obliging = pc.equal(t.column("term_actors", "actor_role"), "obligated")
    obliged = t.pointed_to("ceasefire_terms", ("term_actors", "term_id"), of=obliging)
    no_conduct = pc.equal(t.column("ceasefire_terms", "conduct_type"), "no_conduct")
    yield from t.where(
        rule, "ceasefire_terms", "conduct_type", both(no_conduct, obliged), "a conduct, as an actor is obligated",
        "Mend one.",
    )  # fmt: skip
    to_itself = pc.equal(t.column("event_links", "event_id"), t.column("event_links", "linked_event_id"))
    yield from t.where(rule, "event_links", "linked_event_id", to_itself, "another event", "Remove the link.")
    latitude, longitude = (pc.is_valid(t.column("places", c)) for c in ("latitude", "longitude"))
    a_point = one_of(t.column("places", "place_type"), ["town", "site"])
    yield from t.where(
        rule, "places", "latitude", both(either(latitude, longitude), no(both(latitude, longitude, a_point))),
        "both coordinates, for towns and sites only", "Mend the place.",
    )  # fmt: skip


def plover_actors(t: Tables) -> Iterator[Problem]:
    """PLOVER country and sector of an actor follow from country_code, type and the crosswalk."""
    rule, name = "plover-actors", "actors"
    actor_type, country_code = t.column(name, "actor_type"), t.column(name, "country_code")
    none = pa.scalar(None, pa.string())
    international = one_of(actor_type, ["international_force", "international_organisation"])
    country = pc.coalesce(country_code, pc.if_else(international, "UNO", none))
    plover = [r for r in t.rows("crosswalk") if r["codelist"] == "actor_type" and r["scheme"] == "plover"]
    codes, sectors = (pa.array([r[c] for r in plover], pa.string()) for c in ("code", "scheme_code"))
    in_office = one_of(t.column("actor_relations", "relation_type"), ["holds_office_in", "speaks_for"])
    governs = both(
        t.pointed_to(name, ("actor_relations", "actor_id"), of=in_office),
        pc.is_valid(country_code),
    )
    sector = pc.if_else(
        one_of(actor_type, ["person", "role_holder"]),
        pc.if_else(governs, "GOV", none),
        sectors.take(pc.index_in(actor_type, value_set=codes, skip_nulls=True)),
    )
    for column, derived in (("plover_country", country), ("plover_sector", sector)):
        yield from t.where(
            rule, name, column, differ(t.column(name, column), derived),
            lambda i, derived=derived: repr(derived[i].as_py() or ""), "It is derived: copy it.",
        )  # fmt: skip


# --- evidence and passages ---


def _within(start: np.ndarray, end: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Say of each span whether it lies within one of the spans from low to high; -1 lies nowhere."""
    order = np.argsort(low, kind="stable")
    # Of the spans that begin no later, the furthest end decides, whatever overlaps.
    furthest = np.concatenate([[-1], np.maximum.accumulate(high[order])])
    return (start >= 0) & (end <= furthest[np.searchsorted(low[order], start, side="right")])


def evidence(t: Tables) -> Iterator[Problem]:
    """Each row of evidence supports a filled cell or a row that there is, in the form its support asks."""
    rule, name = "evidence", "evidence"
    yield from t.where(
        rule, name, "table_name", no(t.says(name, "table_name", *t.package.tables)), "a table of the package",
        f"Known: {', '.join(t.package.tables)}.",
    )  # fmt: skip
    for table in t.words:
        yield from t.at(
            rule, name, t.support_of_no_row(table), "row_id", f"a key of {table}",
            "Remove the evidence, or mend the key.",
        )  # fmt: skip
        fields = t.package.fields(table)
        for column in t.evidence_columns(table):
            rows, supported = t.support(table, column)
            if column not in fields:
                yield from t.at(
                    rule, name, rows, "column_name", f"a column of {table}", "Mend it, or leave it empty for the row."
                )
                continue
            empty = ~pc.is_valid(t.column(table, column)).to_numpy(zero_copy_only=False)[supported]
            yield from t.at(
                rule, name, rows[empty], "column_name", "a column that is filled in that row", "Fill it or remove this."
            )
            if fields[column].get("evidence") == "none":
                yield from t.at(
                    rule, name, rows[~empty], "column_name", "a column whose schema asks for evidence",
                    "Remove the evidence.",
                )  # fmt: skip
    span = [pc.is_valid(t.column(name, column)) for column in ("char_start", "char_end", "sha256")]
    external = t.says(name, "support", "external")
    yield from t.where(
        rule, name, "char_start", both(external, either(*span)), "no offsets and no digest, as support is external",
        "Empty them.",
    )  # fmt: skip
    yield from t.where(
        rule, name, "char_start", both(no(external), no(both(*span))), "offsets and digest of the words",
        "Use scripts/anchor.py.",
    )  # fmt: skip
    row = t.points_to(name, "source_id", "sources")
    kind = t.column("sources", "source_type")
    reference, coded_text = (yes(pc.equal(kind, value)).take(row) for value in ("reference", "coded_text"))
    other_kind = both(pc.is_valid(row), no(pc.if_else(external, reference, coded_text)))
    yield from t.where(
        rule, name, "source_id", other_kind,
        lambda i: f"a source of type {'reference' if external[i].as_py() else 'coded_text'}",
        "Mend source_id or support.",
    )  # fmt: skip
    unsaid = both(t.says(name, "support", "inferred"), pc.is_null(t.column(name, "note")))
    yield from t.where(rule, name, "note", unsaid, "the step from the words to the value", "Say how it is inferred.")
    across = ~_within(*t.spans(name), *t.spans("passages"))
    yield from t.where(
        rule, name, "char_start", both(no(external), both(*span), pa.array(across)), "a span within one passage",
        "Use scripts/anchor.py.",
    )  # fmt: skip


def evidence_complete(t: Tables) -> Iterator[Problem]:
    """Every cell has the evidence that its field asks for, and every coded row has row evidence."""
    rule, anchor = "evidence-complete", "Anchor its words with scripts/anchor.py."
    if "evidence" not in t:
        return
    external = t.says("evidence", "support", "external")

    for name in t.words:
        fields = t.package.fields(name)
        if not any(f.get("evidence") in ("own", "row") for f in fields.values()):
            continue

        def without(column: str | None, of: pa.Array | None = None, name: str = name) -> pa.Array:
            """Return where a row of the table has no evidence for the column, None for the row itself."""
            # Of a row without a key only that is told.
            return both(pc.is_valid(t.keys(name)), pa.array(~t.marked(name, t.support(name, column, of)[1])))

        if any(f.get("evidence") == "row" for f in fields.values()):
            yield from t.where(rule, name, t.package.key(name), without(None), "evidence for the row", anchor)
        for column, field in fields.items():
            if field.get("evidence") != "own":
                continue
            filled, bare = pc.is_valid(t.column(name, column)), without(column)
            yield from t.where(rule, name, column, both(filled, bare), "evidence of its own", anchor)
            if field.get("provenance") == "external":
                only_words = both(filled, no(bare), without(column, external))
                yield from t.where(
                    rule, name, column, only_words, "external evidence that names the reference", "Add it."
                )


def verbatim(t: Tables) -> Iterator[Problem]:
    """A verbatim cell proves itself: its digest is that of each span that supports it explicitly."""
    explicit = t.says("evidence", "support", "explicit")
    for name in t.words:
        for column, field in t.package.fields(name).items():
            if field.get("provenance") != "verbatim":
                continue
            cells = t.encoded(name, column)
            digests = pa.array(digest_all(cells.dictionary.to_pylist()), pa.string())
            rows, supported = t.support(name, column, explicit)
            expected = digests.take(cells.indices).take(pa.array(supported))
            other = differ(t.column("evidence", "sha256").take(pa.array(rows)), expected)
            unproven = np.ones(len(cells), bool)
            unproven[supported] = False
            unproven[supported[other.to_numpy(zero_copy_only=False)]] = True
            yield from t.where(
                "verbatim", name, column, both(pc.is_valid(cells.indices), pa.array(unproven)),
                "the very words whose digest its evidence has",
                "Copy the words as they stand, or anchor them again.",
            )  # fmt: skip


def passages(t: Tables) -> Iterator[Problem]:
    """Passages lie in order without overlap, and each is coded or excused, not both."""
    rule, name = "passages", "passages"
    sources = t.keys("sources")
    # The passages of one text after another; in each text in the order of the table.
    text = numbers(t.points_to(name, "source_id", "sources"))
    order = np.argsort(text, kind="stable")
    paragraph, sentence, start, end = (
        t.whole_numbers(name, c) for c in ("paragraph_no", "sentence_no", "char_start", "char_end")
    )
    before, after = order[:-1], order[1:]
    follows = text[before] == text[after]
    next_sentence = (paragraph[after] == paragraph[before]) & (sentence[after] == sentence[before] + 1)
    next_paragraph = (paragraph[after] == paragraph[before] + 1) & (sentence[after] == 1)
    in_order = (next_sentence | next_paragraph) & (start[after] == end[before] + 1)
    for i, last in zip(after[follows & ~in_order], before[follows & ~in_order], strict=True):
        yield t.cell(
            rule, name, int(i), "char_start", f"the passage right after {t.keys(name)[int(last)].as_py()}",
            "Make the table with `scripts/anchor.py passages`.",
        )  # fmt: skip
    first = order[np.concatenate([[True], ~follows])] if len(order) else order
    odd = first[(start[first] != 0) | (paragraph[first] != 1) | (sentence[first] != 1)]
    yield from t.at(rule, name, odd, "char_start", "0 for the first passage of a text", "Use scripts/anchor.py.")
    length = t.whole_numbers("sources", "text_chars")
    beyond = (start >= end) | (end > np.append(length, -1)[text])
    yield from t.at(
        rule, name, np.flatnonzero(beyond), "char_end", "an end after the start and inside the text",
        "Use scripts/anchor.py.",
    )  # fmt: skip
    covered, excused = _overlap(t), pc.is_valid(t.column(name, "not_coded_reason"))
    yield from t.where(
        rule, name, "not_coded_reason", both(no(covered), no(excused)),
        "a reason, as no row of a core table rests on the passage", "Code the passage, or say why not.",
    )  # fmt: skip
    yield from t.where(
        rule, name, "not_coded_reason", both(covered, excused), "empty, as rows rest on the passage", "Empty it."
    )
    # Of each text the last passage, which the source must agree with.
    last_of = np.full(len(sources), -1)
    last_of[text[order][text[order] >= 0]] = order[text[order] >= 0]
    paragraphs = t.whole_numbers("sources", "paragraphs")
    agrees = (
        (last_of >= 0) & (np.append(end, -1)[last_of] == length) & (np.append(paragraph, -1)[last_of] == paragraphs)
    )
    coded = pc.equal(t.column("sources", "source_type"), "coded_text")
    yield from t.where(
        rule, "sources", "text_chars", both(coded, pa.array(~agrees)),
        "the end of the text's last passage, with as many paragraphs",
        "Make passages and sources from the same text.",
    )  # fmt: skip


def _overlap(t: Tables) -> pa.Array:
    """Return where a passage is overlapped by evidence for a row of a core table."""
    of_core_rows = both(t.says("evidence", "table_name", *CORE_TABLES), pc.is_null(t.column("evidence", "column_name")))
    of_core_rows = of_core_rows.to_numpy(zero_copy_only=False)
    starts, ends = (np.sort(edge[of_core_rows & (edge >= 0)]) for edge in t.spans("evidence"))
    start, end = t.spans("passages")
    # Spans that begin before the passage ends, less those that end before it starts; both orders keep texts apart.
    return pa.array(np.searchsorted(starts, end, "left") > np.searchsorted(ends, start, "right"))


# --- with the text ---


def coded_texts(t: Tables) -> dict[str, str]:
    """Return the canonical texts that were given, by the key of the source whose digest they have."""
    coded = pc.equal(t.column("sources", "source_type"), "coded_text")
    digests, ids = (t.column("sources", c).filter(coded).to_pylist() for c in ("text_sha256", "source_id"))
    sources = dict(zip(digests, ids, strict=True))
    canonical = [canonicalise(text) for text in t.texts]
    return {sources[digest(text)] or "": text for text in canonical if digest(text) in sources}


def text(t: Tables) -> Iterator[Problem]:
    """With the text: its digest, its length and the digest of every passage and span are right."""
    rule, texts = "text", coded_texts(t)
    if len(texts) < len(t.texts):
        given = ", ".join(digest(canonicalise(text)) for text in t.texts)
        coded = pc.equal(t.column("sources", "source_type"), "coded_text")
        yield from t.where(
            rule, "sources", "text_sha256", both(coded, no(one_of(t.keys("sources"), texts))),
            f"the digest of a text that was given ({given})", "Give the text that was coded, or mend the row.",
        )  # fmt: skip
    for name in ("passages", "evidence"):
        starts, ends = (t.whole_numbers(name, c) for c in ("char_start", "char_end"))
        for source, text in texts.items():
            mine = both(pc.equal(t.column(name, "source_id"), source), pc.is_valid(t.column(name, "char_start")))
            rows = pc.indices_nonzero(mine)
            digests = t.column(name, "sha256").take(rows).to_pylist()
            spans = [
                Span(int(starts[i]), int(ends[i]), d or "") for i, d in zip(rows.to_pylist(), digests, strict=True)
            ]
            for i, span, good in zip(rows.to_pylist(), spans, hold(fold(text), spans), strict=True):
                if not good:
                    yield t.cell(
                        rule, name, i, "sha256", f"{digest(text[max(span.start, 0) : max(span.end, 0)])}, "
                        "the digest of the text there", "The offsets or the digest are wrong: anchor the words again.",
                    )  # fmt: skip


def names_judged(t: Tables) -> Iterator[Problem]:
    """With the text: every occurrence of a name was judged, so that some row of names has it."""
    sources, of_names = t.keys("sources").to_pylist(), yes(pc.equal(t.column("evidence", "table_name"), "names"))
    low, high = (edge[of_names.to_numpy(zero_copy_only=False)] for edge in t.spans("evidence"))
    general = one_of(t.column("names", "name_type"), ["anaphor", "description"])
    rows = pc.indices_nonzero(no(general)).to_pylist()
    for source, text in coded_texts(t).items():
        far = sources.index(source) * FAR
        for i in rows:
            found = find(text, t.column("names", "name_words")[i].as_py() or "")
            start, end = (np.array([far + span[side] for span in found], np.int64) for side in (0, 1))
            for n in np.flatnonzero(~_within(start, end, low, high)):
                yield t.cell(
                    "names-judged", "names", i, "name_words",
                    f"evidence for the occurrence at {found[n][0]}-{found[n][1]}",
                    "Say what it names there: a row of names, with the occurrence in evidence.",
                )  # fmt: skip


# --- what the tables imply of each other ---
#
# Each of these rules was written because a change to the data got through without it (scripts/mutants.py).


def _of(t: Tables, name: str, column: str, target: str, cell: str) -> pa.Array:
    """Return, for each key in a column, the cell of the target's row that has it; null if there is none."""
    return t.column(target, cell).take(t.points_to(name, column, target))


def _whole(t: Tables) -> bool:
    """Whether all tables and columns are there; if not, other rules say so, and these cannot be asked."""
    return all(
        name in t and set(columns.split()) <= set(t.words[name].column_names) for name, columns in CONTRACT.items()
    )


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


def keys_of_parts(cells: Callable[[str], pa.Array], name: str) -> list[pa.Array]:
    """Return the keys that rows of a table may have by their parts, an array for each form; none if keys are free.

    ``cells`` gives the cells of a column of these rows.
    """

    def slug(column: str) -> pa.Array:
        if column.endswith("_id"):
            return pc.utf8_slice_codeunits(cells(column), 4)
        return by_value(lambda values: pc.replace_substring(values, "_", "-"), cells(column))

    def joined(*parts: pa.Array | str) -> pa.Array:
        return pc.binary_join_element_wise(*parts, "-")

    if name in KEY_PARTS:
        prefix, *columns = KEY_PARTS[name]
        key = joined(prefix, *map(slug, columns))
        if name == "crosswalk":
            # The usual conditions are not in the key.
            usual = pc.or_(
                pc.is_null(cells("condition")), one_of(cells("condition"), ["as_occurrence", "no_addressee"])
            )
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
        # A number follows, which key_parts takes off.
        return [joined("evd", cells("row_id"), pc.fill_null(slug("column_name"), "row"), "")]
    return []


def key_parts(t: Tables) -> Iterator[Problem]:
    """A key that is made of its row's parts says what the row says: the keys that it joins, and its code."""
    if not _whole(t):
        return
    for name in t.words:
        column, keys = t.package.key(name), t.keys(name)
        for first in range(0, len(keys), _ROWS):
            rows = slice(first, first + _ROWS)
            forms, mine = keys_of_parts(lambda c, name=name, rows=rows: t.column(name, c)[rows], name), keys[rows]
            if not forms:
                break
            if name == "evidence":
                mine = pc.utf8_rtrim(mine, "0123456789")
            fits = either(*(pc.equal(mine, form) for form in forms))
            for i in pc.indices_nonzero(pc.invert(fits)).to_pylist():
                yield t.cell(
                    "key-parts", name, first + i, column,
                    f"a key made of the row's parts, such as {forms[0][i].as_py()}",
                    "Mend the cell that is wrong, or give the row the key of its parts, in evidence.csv too.",
                )  # fmt: skip


def _pairs(left: pa.Array, right: pa.Array) -> pa.Array:
    """Return two columns as one, to be looked up together; null if one is."""
    return pc.binary_join_element_wise(left, right, "\t")


def _in(numbers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which numbers are among the others."""
    return pc.is_in(pa.array(numbers), value_set=pa.array(others)).to_numpy(zero_copy_only=False)


def _sentences(t: Tables, passages: np.ndarray, name: str, column: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the evidence with a span for a column of a table (None: its rows), and row and passage as one number."""
    rows, to = t.support(name, column)
    there = passages[rows] >= 0
    return rows[there], to[there].astype(np.int64) * FAR + passages[rows][there]


# Columns whose words may stand in other sentences than those their row rests on: dates are carried from one
# event to another, and every occurrence of a name is evidence for it.
ELSEWHERE = ("_edtf", "date_words", "name_words")


def same_sentence(t: Tables) -> Iterator[Problem]:
    """The words of a cell stand in a sentence that its row rests on, but for dates; a name's row on its first."""
    if not _whole(t):
        return
    rule, passages = "same-sentence", t.passages_of()
    for name in t.words:
        _, of_rows = _sentences(t, passages, name, None)
        for column in t.evidence_columns(name):
            if not column.endswith(ELSEWHERE):
                rows, pairs = _sentences(t, passages, name, column)
                yield from t.at(
                    rule, "evidence", rows[~_in(pairs, of_rows)], "char_start",
                    "words in a sentence that the row rests on", "Anchor them there, or add it to the row's evidence.",
                )  # fmt: skip
    # Of a name's occurrences in a text the first carries its row.
    source = t.points_to("evidence", "source_id", "sources")
    (row_at, row_first), (name_at, name_first) = (
        _first_passages(*_sentences(t, passages, "names", column), numbers(source)) for column in (None, "name_words")
    )
    both_at, of_row, of_name = np.intersect1d(row_at, name_at, assume_unique=True, return_indices=True)
    late = np.unique(both_at[row_first[of_row] > name_first[of_name]] // FAR)
    yield from t.at(
        rule, "names", late, "name_words", "a row that rests on the first occurrence",
        "Anchor the row on the first sentence that has the name.",
    )  # fmt: skip


def _first_passages(rows: np.ndarray, pairs: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return row and source as one number for each of both that the evidence has, and its first passage."""
    place, passage = pairs // FAR * FAR + source[rows], pairs % FAR
    order = np.lexsort((passage, place))
    place, passage = place[order], passage[order]
    new = np.append(True, place[1:] != place[:-1])[: len(place)]
    return place[new], passage[new]


def who_asserts(t: Tables) -> Iterator[Problem]:
    """A speaker's row rests on the statement's words, one of both on others too, one of a link line on that line."""
    if not _whole(t):
        return
    rule, passages = "who-asserts", t.passages_of()
    pointer = pc.equal(t.column("passages", "passage_type"), "link").to_numpy(zero_copy_only=False)
    asserts = pc.equal(t.column("statement_links", "link_role"), "asserts")
    by = t.points_to("statement_links", "statement_id", "statements").filter(asserts)
    _, pairs = _sentences(t, passages, "statements", None)
    said_in = pa.table({"statement": pa.array(pairs // FAR).cast(by.type), "passage": pairs % FAR})
    for name, table in t.words.items():
        if "attribution" not in table.column_names:
            continue
        said = t.column(name, "attribution")
        _, pairs = _sentences(t, passages, name, None)
        rests, on_text = (np.zeros(len(said), bool) for _ in range(2))
        rests[pairs // FAR] = True
        on_text[(pairs // FAR)[~pointer[pairs % FAR]]] = True
        unlike = pc.equal(pa.array(on_text), pc.equal(said, "link_line"))
        yield from t.where(
            rule, name, "attribution", both(pa.array(rests), unlike),
            "link_line exactly if all its words stand in a link line",
            "Mend the attribution, or the passage_type of the sentence.",
        )  # fmt: skip
        if name not in ASSERTED_BY:
            continue
        to = t.points_to("statement_links", ASSERTED_BY[name], name).filter(asserts)
        links = pa.table({"statement": by, "row": to}).filter(pc.is_valid(to))
        asserted = links.join(said_in, "statement", join_type="inner")
        asserted = asserted["row"].to_numpy().astype(np.int64) * FAR + asserted["passage"].to_numpy()
        outside = np.zeros(len(said), bool)
        outside[(pairs // FAR)[~_in(pairs, asserted)]] = True
        yield from t.where(
            rule, name, "attribution", both(pa.array(rests & outside), pc.equal(said, "speaker")),
            "both or narrator, as it rests on words outside the statements that assert it", "Mend it, or its evidence.",
        )  # fmt: skip
        yield from t.where(
            rule, name, "attribution", both(pa.array(rests & ~outside), pc.equal(said, "both")),
            "speaker, as all its words stand where the statements stand that assert it",
            "Mend it, or add the narrator's words.",
        )  # fmt: skip
    part = both(
        pc.equal(_of(t, "event_actors", "event_id", "events", "attribution"), "speaker"),
        pc.not_equal(t.column("event_actors", "attribution"), "speaker"),
    )
    yield from t.where(
        rule,
        "event_actors",
        "attribution",
        part,
        "speaker, as only a speaker asserts the event",
        "Mend one of the two.",
    )


class _Spans(NamedTuple):
    """Rows of evidence with a span, in the one order of all texts, and the thing that each stands for, by number."""

    rows: np.ndarray
    start: np.ndarray
    end: np.ndarray
    thing: np.ndarray


def _spans_for(start: np.ndarray, end: np.ndarray, rows: np.ndarray, thing: pa.Array) -> _Spans:
    thing = numbers(thing)
    good = (thing >= 0) & (start[rows] >= 0)
    rows = rows[good]
    return _Spans(rows, start[rows], end[rows], thing[good])


def _apart(spans: _Spans, names: _Spans) -> np.ndarray:
    """Return the rows of evidence whose span neither holds nor lies in a name of the thing that it stands for."""
    # One thing after another, and one text after another for each: only a name of the same thing in it is near.
    n, both_ = len(spans.rows), _Spans(*(np.concatenate(pair) for pair in zip(spans, names, strict=True)))
    text, at = np.divmod(both_.start, FAR)
    size = both_.end - both_.start
    far, texts = int((at + size).max(initial=0)) + 1, int(text.max(initial=0)) + 1
    place = both_.thing.astype(np.int64) * texts + text
    if (int(place.max(initial=0)) + 1) * far >= 1 << 62:
        place = codes(pa.array(place).dictionary_encode()).astype(np.int64)
    start = place * far + at
    end = start + size
    order = np.argsort(start[n:])
    start, end, low, high = start[:n], end[:n], start[n:][order], end[n:][order]
    # Of the names that begin no earlier, the nearest end decides.
    nearest = np.append(np.minimum.accumulate(high[::-1])[::-1], np.iinfo(np.int64).max)
    holds = nearest[np.searchsorted(low, start, side="left")] <= end
    return np.unique(spans.rows[~holds & ~_within(start, end, low, high)])


def named(t: Tables) -> Iterator[Problem]:
    """The words of a cell that points to an actor, place or agreement hold or lie in a name of that thing."""
    if not _whole(t):
        return
    start, end = t.spans("evidence")
    rows, to = t.support("names", "name_words")
    # A name's row, too, rests on an occurrence of that very form.
    own, of = t.support("names", None)
    apart = _apart(_spans_for(start, end, own, pa.array(of)), _spans_for(start, end, rows, pa.array(to)))
    found = [("names", "name_words", own, apart)]
    for kind in ("actor_id", "place_id", "agreement_id"):
        table = f"{kind.removesuffix('_id')}s"
        names = _spans_for(start, end, rows, t.points_to("names", kind, table).take(pa.array(to)))
        cells, things = [], [pa.array([], pa.int32())]
        for name in t.words:
            for column, field in t.package.fields(name).items():
                if field.get("evidence") == "own" and column.endswith(kind):
                    mine, of = t.support(name, column)
                    cells.append((name, column, mine))
                    things.append(t.points_to(name, column, table).take(pa.array(of)))
        mine = np.concatenate([own[:0], *(mine for _, _, mine in cells)])
        apart = _apart(_spans_for(start, end, mine, pa.concat_arrays(things)), names)
        found += [(*cell, apart) for cell in cells]
    for name, column, mine, apart in found:
        for n in np.intersect1d(mine, apart).tolist() if len(apart) else []:
            words = f"{t.column('evidence', 'char_start')[n]}-{t.column('evidence', 'char_end')[n]}"
            i = t.row_of(name, t.column("evidence", "row_id").slice(n, 1))[0].as_py()
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
        start, end = t.spans(name)
        digests = codes(t.encoded(name, "sha256")).astype(np.int64)
        span = groups(*(t.encoded(name, c) for c in ("source_id", "char_start", "char_end")))
        rows = np.flatnonzero((start >= 0) & (digests >= 0))
        digests, span, length = digests[rows], span[rows], (end - start)[rows]
        for column, group, values, expected in (
            ("sha256", span, digests, "the digest that the same span has in other rows"),
            ("char_end", digests, length, "a span as long as others with its digest"),
        ):
            torn = _torn(group, values)
            yield from t.at(rule, name, rows[np.isin(group, torn)], column, expected, "Anchor the words again.")


def _torn(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the groups of rows that have more than one value; group and values are not negative."""
    size = int(values.max(initial=0)) + 1
    if int(group.max(initial=0)) >= (1 << 62) // size:
        # Numbers too large to be put together are counted through first.
        few, values = (codes(pa.array(x).dictionary_encode()).astype(np.int64) for x in (group, values))
        return np.unique(group[np.isin(few, _torn(few, values))])
    pairs = np.sort(group * size + values)
    ahead, behind = pairs[1:], pairs[:-1]
    return np.unique((ahead // size)[(ahead != behind) & (ahead // size == behind // size)])


def notes_of_evidence(t: Tables) -> Iterator[Problem]:
    """Only words that do not state the value have a note; a pronoun's row is inferred; an identifier has one source."""
    if not _whole(t):
        return
    rule, explicit = "notes-of-evidence", t.says("evidence", "support", "explicit")
    noted = pc.is_valid(t.column("evidence", "note"))
    yield from t.where(
        rule, "evidence", "note", both(explicit, noted), "no note, as the words state the value",
        "If there is a step from the words to the value, support is inferred.",
    )  # fmt: skip
    kind = t.column("names", "name_type")
    _, stated = t.support("names", None, explicit)
    pronouns = stated[pc.equal(kind, "anaphor").to_numpy(zero_copy_only=False)[stated]]
    yield from t.at(
        rule,
        "names",
        np.unique(pronouns),
        "name_type",
        "inferred support, or another type",
        "Whom it means is inferred.",
    )
    rows, to = t.support("identifiers", "value")
    given = t.column("evidence", "source_id").take(pa.array(rows))
    other = pc.not_equal(given, t.column("identifiers", "source_id").take(pa.array(to)))
    yield from t.at(
        rule, "evidence", rows[other.to_numpy(zero_copy_only=False)], "source_id",
        "the source that the identifier names", "Mend one of the two.",
    )  # fmt: skip


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
    implied = no(t.says("evidence", "support", "explicit"))
    for name in ("events", "statements"):
        cells = {c: t.column(name, c) for c in ("date_words", "start_edtf", "end_edtf", "date_basis")}
        words, start, end, basis = (pc.fill_null(c, "") for c in cells.values())
        of_both = pc.binary_join_element_wise(start, end, " ")
        # Words that give the date as it is coded give each of the two; else one may come from elsewhere.
        for column, mine in (("start_edtf", pc.if_else(pc.equal(start, ""), end, start)), ("end_edtf", end)):
            dates = pc.if_else(pc.equal(basis, "stated"), mine, of_both)
            dates = pc.if_else(pc.equal(mine, ""), "", dates)
            pairs = pa.table({"w": words, "d": dates}).group_by(["w", "d"]).aggregate([]).to_pylist()
            for w, d in ((r["w"], r["d"]) for r in pairs if r["w"] and r["d"]):
                if expected := _unlike_words(w, d):
                    where = both(pc.equal(words, w), pc.equal(dates, d))
                    yield from t.where(rule, name, column, where, expected, f"The words are {w!r}.")
        days.update(d for x in of_both.unique().to_pylist() for d in re.findall(r"\d{4}-\d{2}-\d{2}", x))
        open_end = pc.match_substring(of_both, "..")
        told = np.zeros(len(words), bool)
        for column in ("start_edtf", "end_edtf"):
            told[t.support(name, column, implied)[1]] = True
        expected = pc.if_else(open_end, "bounded", pc.if_else(pa.array(told), "resolved", "stated"))
        unlike = both(pc.not_equal(basis, "undated"), pc.not_equal(basis, expected))
        yield from t.where(
            rule, name, "date_basis", unlike, "bounded if a date has .., resolved if its evidence is not all explicit, "
            "else stated", "Mend the basis, the dates, or the support of their evidence.",
        )  # fmt: skip
    once = pc.equal(t.column("statements", "is_repeated"), "false")
    spread = both(once, differ(t.column("statements", "start_edtf"), t.column("statements", "end_edtf")))
    yield from t.where(rule, "statements", "end_edtf", spread, "the start, as it was said once", "Mend one of the two.")
    ended = pc.equal(t.column("event_links", "link_type"), "ended")
    by = _of(t, "event_links", "event_id", "events", "start_edtf")
    end = _of(t, "event_links", "linked_event_id", "events", "end_edtf")
    yield from t.where(
        rule, "event_links", "linked_event_id", both(ended, differ(by, end)),
        "an event that ends when the event begins that ended it", "Mend end_edtf there, or start_edtf here.",
    )  # fmt: skip
    ongoing = both(pc.equal(t.column("events", "realis"), "ongoing"), pc.is_valid(t.column("events", "end_edtf")))
    yield from t.where(
        rule, "events", "realis", ongoing, "another code, as the event has ended", "Mend it, or the end."
    )
    as_of = t.column("agreements", "status_as_of_edtf")
    foreign = [v for v in as_of.unique().to_pylist() if v and not set(re.findall(r"\d{4}-\d{2}-\d{2}", v)) <= days]
    yield from t.where(
        rule, "agreements", "status_as_of_edtf", one_of(as_of, foreign), "a day that an event or a statement has",
        "The time of a status is that of the talks or of the words that give it.",
    )  # fmt: skip


PERIODS = ("armed_conflict", "ceasefire_in_effect", "occupation", "tension")


def events_and_agreements(t: Tables) -> Iterator[Problem]:
    """Types that are states are periods; an agreement and the events of its conclusion and effect agree."""
    if not _whole(t):
        return
    rule = "events-and-agreements"
    kind, realis = t.column("events", "event_type"), t.column("events", "realis")
    moment = both(one_of(kind, PERIODS), no(one_of(t.column("events", "aggregation"), ["period", "type"])))
    yield from t.where(rule, "events", "aggregation", moment, "period, as the type is a state", "Mend one of the two.")
    breach = both(pc.equal(kind, "ceasefire_breach"), pc.not_equal(realis, "actual"))
    yield from t.where(
        rule, "events", "realis", breach, "actual, as a breach is charged as one", "Mend one of the two."
    )
    status = t.column("agreements", "status")
    types = {
        "concluded_event_id": ("agreement_concluded", "ceasefire_declared"),
        "effective_event_id": ("ceasefire_in_effect",),
    }
    for column, allowed in types.items():
        to = t.column("agreements", column)
        found, how = (_of(t, "agreements", column, "events", c) for c in ("event_type", "realis"))
        yield from t.where(
            rule, "agreements", column, both(pc.is_valid(found), no(one_of(found, allowed))),
            f"an event of type {' or '.join(allowed)}", "Mend one of the two.",
        )  # fmt: skip
        counts = to.drop_null().value_counts()
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        shared = pc.is_in(to, value_set=twice, skip_nulls=True)
        yield from t.where(rule, "agreements", column, shared, "an event of no other agreement", "Mend one of the two.")
        alone = both(one_of(kind, allowed), pc.invert(pc.is_in(t.column("events", "event_id"), value_set=to)))
        yield from t.where(rule, "events", "event_type", alone, f"an agreement whose {column} it is", "Name it there.")
        if column == "concluded_event_id":
            unlike = pc.not_equal(pc.equal(status, "prospective"), one_of(how, ["hypothetical", "required"]))
            expected = "prospective exactly if its conclusion is still to come"
        else:
            unlike = pc.not_equal(pc.equal(status, "in_effect"), pc.equal(how, "ongoing"))
            expected = "in_effect exactly if its being in effect is ongoing"
        yield from t.where(
            rule, "agreements", "status", both(pc.is_valid(to), unlike), expected, "Mend one of the two."
        )
    ceasefire = pc.equal(t.column("agreements", "agreement_type"), "ceasefire")
    holds = pc.equal(_of(t, "agreements", "effective_event_id", "events", "event_type"), "ceasefire_in_effect")
    yield from t.where(
        rule,
        "agreements",
        "agreement_type",
        both(holds, no(ceasefire)),
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
    kind = t.column("event_links", "link_type")
    left, right = (_of(t, "event_links", c, "events", "realis") for c in ("event_id", "linked_event_id"))
    facts = pc.and_(one_of(left, HAPPENED), one_of(right, HAPPENED))
    yield from t.where(
        rule, "event_links", "link_type", both(one_of(kind, OF_FACTS), pc.invert(facts)),
        "a link between two events that came about", "Mend the link, or the realis of an event.",
    )  # fmt: skip
    earlier = both(pc.equal(kind, "prior_instance"), no(one_of(right, HAPPENED)))
    yield from t.where(
        rule, "event_links", "link_type", earlier, "an earlier event that came about", "Mend one of the two."
    )
    yield from t.where(
        rule, "event_links", "link_type", both(one_of(kind, TO_THE_OPEN), one_of(right, HAPPENED)),
        "a link to an event that has not come about", "Mend the link, or the realis of the event.",
    )  # fmt: skip
    role = t.column("statement_links", "link_role")
    realis = _of(t, "statement_links", "event_id", "events", "realis")
    act = _of(t, "statement_links", "statement_id", "statements", "speech_act")
    asked = both(pc.equal(role, "asserts"), one_of(act, ASKING))
    came = pc.or_(
        both(pc.equal(role, "conditions_on"), one_of(realis, HAPPENED)), both(asked, one_of(realis, HAPPENED))
    )
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
    basis, attributed, agreement, conduct, kind = (
        t.column(name, c) for c in ("term_basis", "attribution", "agreement_id", "conduct_type", "term_type")
    )
    asserts = pc.equal(t.column("statement_links", "link_role"), "asserts")
    acts = _of(t, "statement_links", "statement_id", "statements", "speech_act")
    for code, (who, tied, by) in TERM_BASES.items():
        mine = pc.equal(basis, code)
        yield from t.where(
            rule, name, "term_basis", both(mine, no(one_of(attributed, who))),
            f"another basis: {code} is asserted by {' or '.join(who)}", "Mend one of the two.",
        )  # fmt: skip
        if tied:
            yield from t.where(
                rule,
                name,
                "agreement_id",
                both(mine, pc.is_null(agreement)),
                f"an agreement, as the basis is {code}",
                "Fill it.",
            )
        if by:
            spoken = t.pointed_to(name, ("statement_links", "term_id"), of=both(asserts, one_of(acts, by)))
            yield from t.where(
                rule, name, "term_basis", both(mine, pc.invert(spoken)),
                f"another basis: {code} is asserted by a statement that does {' or '.join(by)}", "Mend one of the two.",
            )  # fmt: skip
    roles = t.column("term_actors", "actor_role")
    proposed, obliged = (
        t.pointed_to(name, ("term_actors", "term_id"), of=pc.equal(roles, r)) for r in ("proponent", "obligated")
    )
    of_party = pc.starts_with(basis, "party_")
    yield from t.where(
        rule,
        name,
        "term_basis",
        both(of_party, pc.invert(proposed)),
        "a proponent among its actors, as it is a party's",
        "Add it.",
    )
    agreed = one_of(basis, ["agreed_term", "linked_arrangement"])
    yield from t.where(rule, name, "term_basis", both(agreed, proposed), "no proponent, as it is agreed", "Mend one.")
    none = pc.fill_null(pc.equal(conduct, "no_conduct"), False)
    yield from t.where(
        rule,
        name,
        "conduct_type",
        both(pc.invert(none), pc.or_(pc.equal(kind, "joint_body"), pc.equal(basis, "linked_arrangement"))),
        "no_conduct, as it is a body or an arrangement",
        "Mend one of the two.",
    )
    yield from t.where(
        rule,
        name,
        "conduct_type",
        both(none, pc.or_(of_party, pc.equal(basis, "agreed_term"))),
        "a conduct, as someone is to act",
        "Mend one of the two.",
    )
    yield from t.where(
        rule,
        name,
        "term_basis",
        both(pc.equal(basis, "agreed_term"), pc.invert(obliged)),
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
        t.column(name, c)
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
    alone = both(one_of(act, ["accuse", "demand", "urge"]), pc.invert(pc.is_in(key, value_set=addressed)))
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
            else both(withheld, pc.not_equal(cells, value)),
            f"{value}, as an endorsement is withheld"
            if column == "mode"
            else f"{value} exactly if the act is withhold",
            "Mend one of the two.",
        )
    stance = both(pc.equal(mode, "position"), no(one_of(act, ["withhold", "endorse", "reject"])))
    yield from t.where(rule, name, "mode", stance, "a mode of saying: only a stance is a position", "Mend mode or act.")
    yield from t.where(
        rule,
        name,
        "polarity",
        both(withheld, pc.not_equal(polarity, "negative")),
        "negative, as an endorsement is withheld",
        "Mend one of the two.",
    )
    said = pc.utf8_lower(t.column(name, "proposition"))
    denied = pc.match_substring_regex(said, NEGATION)
    for code, unlike in (("negative", pc.invert(denied)), ("positive", denied)):
        yield from t.where(
            rule,
            name,
            "polarity",
            both(pc.equal(polarity, code), unlike),
            "negative exactly if the proposition has a negation",
            "Polarity is that of the proposition as it is written.",
        )
    for code, words in MODALS.items():
        flat = both(pc.equal(certainty, code), pc.invert(pc.match_substring_regex(said, words)))
        yield from t.where(
            rule, name, "certainty", flat, f"a proposition that says how far it is {code}", "Mend one of the two."
        )
    name = "compliance_claims"
    of, claim, agreement, term, assessed = (
        t.column(name, c) for c in ("statement_id", "claim_type", "agreement_id", "term_id", "assessed_actor_id")
    )
    for code, allowed in CLAIMS.items():
        unlike = both(
            pc.equal(_of(t, name, "statement_id", "statements", "speech_act"), code), no(one_of(claim, allowed))
        )
        yield from t.where(
            rule, name, "claim_type", unlike, f"{' or '.join(allowed)}, as the statement does {code}", "Mend one."
        )
    about = {
        c: _pairs(links["statement_id"].combine_chunks(), links[c].combine_chunks()).drop_null()
        for c in ("agreement_id", "term_id")
    }
    mine = _pairs(of, agreement)
    apart = both(pc.is_valid(term), pc.invert(pc.is_in(_pairs(of, term), value_set=about["term_id"])))
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
    whole = both(pc.is_null(term), pc.is_in(of, value_set=to_term), pc.invert(of_whole))
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
    key, kind, title = (t.column(name, c) for c in ("actor_id", "actor_type", "role_title"))
    person, holder = pc.equal(kind, "person"), pc.equal(kind, "role_holder")
    yield from t.where(
        rule, name, "actor_type", both(pc.is_valid(title), pc.invert(pc.or_(person, holder))),
        "person or role_holder, as the actor has a title", "Mend one of the two.",
    )  # fmt: skip
    own_name = t.column("names", "actor_id").filter(
        one_of(t.column("names", "name_type"), ["proper_name", "titled_name"])
    )
    is_named = pc.is_in(key, value_set=own_name)
    yield from t.where(
        rule, name, "actor_type", pc.or_(both(person, pc.invert(is_named)), both(holder, is_named)),
        "person exactly if a name of the actor is given, else role_holder", "Mend the type, or the types of its names.",
    )  # fmt: skip
    name = "actor_relations"
    relation = t.column(name, "relation_type")
    types = _of(t, name, "actor_id", "actors", "actor_type")
    for code, allowed in RELATED.items():
        unlike = both(pc.equal(relation, code), pc.is_valid(types), no(one_of(types, allowed)))
        yield from t.where(
            rule, name, "actor_id", unlike, f"an actor of type {', '.join(allowed)}", "Mend the type or the relation."
        )
    mine, theirs = (_of(t, name, side, "actors", "country_code") for side in ("actor_id", "related_actor_id"))
    abroad = both(one_of(relation, ["holds_office_in", "office_of", "part_of", "speaks_for"]), differ(mine, theirs))
    yield from t.where(
        rule, name, "actor_id", abroad, "an actor of the related actor's country", "Mend a country_code."
    )
    name = "places"
    parent, country = t.column(name, "parent_place_id"), t.column(name, "country_code")
    above = _of(t, name, "parent_place_id", name, "country_code")
    yield from t.where(
        rule,
        name,
        "country_code",
        both(pc.is_valid(above), differ(country, above)),
        "the country of the place in which it lies",
        "Mend one.",
    )
    itself = both(pc.is_valid(parent), pc.equal(parent, t.column(name, "place_id")))
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
    rule, known = "country-codes", pa.array(sorted(COUNTRIES))
    start, end = t.spans("evidence")
    rows, to = t.support("names", "name_words")
    forms = pa.array(to)
    codes = pc.coalesce(*(_of(t, "names", f"{x}_id", f"{x}s", "country_code").take(forms) for x in ("actor", "place")))
    names = _spans_for(start, end, rows, pc.index_in(codes, value_set=known))
    for name in ("actors", "places"):
        code = t.column(name, "country_code")
        none = both(pc.is_valid(code), no(one_of(code, COUNTRIES)))
        yield from t.where(rule, name, "country_code", none, "a code of ISO 3166-1 alpha-3", "Look it up.")
        rows, to = t.support(name, "country_code")
        things = pc.index_in(code.take(pa.array(to)), value_set=known)
        apart = np.isin(rows, _apart(_spans_for(start, end, rows, things), names))
        yield from t.at(
            rule, name, np.unique(to[apart]), "country_code", "the code of what the words under it name", "Mend it."
        )


_EVENTS = ("event_type", "speech_act")
SCHEME_CODES = {"cameo": "^[0-9]{2,4}$", "plover": "^[A-Z]+(:[a-z]+(-[a-z]+)*)?$"}
IDENTIFIERS = {"wikidata": r"^Q[1-9][0-9]*$", "geonames": r"^[1-9][0-9]*$"}


def outside_schemes(t: Tables) -> Iterator[Problem]:
    """Identifiers and outside codes have their scheme's form, a scheme one version, a reference its date."""
    if not _whole(t):
        return
    rule, name = "outside-schemes", "identifiers"
    scheme, value, match = (t.column(name, c) for c in ("scheme", "value", "match_type"))
    for code, form in IDENTIFIERS.items():
        unlike = both(pc.equal(scheme, code), pc.invert(pc.match_substring_regex(value, form)))
        yield from t.where(rule, name, "value", unlike, f"an identifier of {code}, like {form}", "Look it up again.")
    counts = _pairs(scheme, value).value_counts()
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    yield from t.where(
        rule, name, "value", pc.is_in(_pairs(scheme, value), value_set=twice, skip_nulls=True),
        "an identifier that no other thing has", "One identifier stands for one thing.",
    )  # fmt: skip
    untold = both(pc.not_equal(match, "exact"), pc.is_null(t.column(name, "note")))
    yield from t.where(rule, name, "match_type", untold, "exact, or a note that says how they differ", "Add the note.")
    name = "crosswalk"
    scheme, version = t.column(name, "scheme"), pc.fill_null(t.column(name, "scheme_version"), "")
    versions = pa.table({"s": scheme, "v": version}).group_by("s").aggregate([("v", "count_distinct")])
    mixed = versions["s"].filter(pc.greater(versions["v_count_distinct"], 1)).combine_chunks()
    yield from t.where(
        rule, name, "scheme_version", pc.is_in(scheme, value_set=mixed), "one version of a scheme", "Mend it."
    )
    events, code = one_of(t.column(name, "codelist"), _EVENTS), t.column(name, "scheme_code")
    for key, form in SCHEME_CODES.items():
        unlike = both(events, pc.equal(scheme, key), pc.invert(pc.match_substring_regex(code, form)))
        yield from t.where(rule, name, "scheme_code", unlike, f"a code of {key}, like {form}", "Look it up again.")
    untied = both(pc.equal(t.column(name, "codelist"), "event_type"), pc.is_null(t.column(name, "condition")))
    yield from t.where(rule, name, "condition", untied, "as_occurrence or as_intent, as it is for events", "Fill it.")
    name = "sources"
    coded = pc.equal(t.column(name, "source_type"), "coded_text")
    filled = [pc.is_valid(t.column(name, c)) for c in ("text_sha256", "text_chars", "paragraphs")]
    yield from t.where(
        rule, name, "text_sha256", either(both(coded, no(both(*filled))), both(no(coded), either(*filled))),
        "digest, length and paragraphs of a coded text, and of no other", "Mend.",
    )  # fmt: skip
    citation, published = (pc.fill_null(t.column(name, c), "") for c in ("citation", "published_edtf"))
    reference = pc.equal(t.column(name, "source_type"), "reference")
    date_cited = rf"\b[0-9]{{1,2}} ({'|'.join(_MONTHS)}) [0-9]{{4}}"
    yield from t.where(
        rule, name, "published_edtf",
        both(reference, pc.equal(published, ""), pc.match_substring_regex(citation, date_cited)),
        lambda i: f"the date that the citation gives, {re.search(date_cited, citation[i].as_py())[0]}", "Fill it.",
    )  # fmt: skip
    told = by_value(lambda days: pa.array([_as_cited(day) for day in days.to_pylist()], pa.string()), published)
    for column, words in (("published_edtf", told), ("publisher", pc.fill_null(t.column(name, "publisher"), ""))):
        yield from t.where(
            rule, name, column, no(_holds(citation, words)),
            lambda i, words=words: f"{words[i].as_py()!r} in the citation too", "Mend one of the two.",
        )  # fmt: skip


def _as_cited(day: str) -> str:
    """Return a day as citations write it; nothing for what is no day."""
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", day)
    if not parts or not 0 < int(parts[2]) < 13:
        return ""
    return f"{int(parts[3])} {calendar.month_name[int(parts[2])]} {parts[1]}"


def _holds(cells: pa.Array, words: pa.Array) -> pa.Array:
    """Return where a cell holds the words beside it, whole; no words are in each."""
    return pa.array([word in cell for cell, word in zip(cells.to_pylist(), words.to_pylist(), strict=True)], pa.bool_())


# Letters of the Latin script as our texts write them, digits, and hyphens: look-alikes of these are odd.
_LATIN = r"[A-Za-z\x{00c0}-\x{024f}\x{1e00}-\x{1eff}]"
_OTHER = r"[^\P{L}A-Za-z\x{00aa}\x{00ba}\x{00c0}-\x{024f}\x{1e00}-\x{1eff}]"


_NOT_PLAIN = r"[^\P{Nd}0-9]|[\x{2010}\x{2011}\x{2012}\x{2212}\x{ff01}-\x{ff5e}]|^[^\P{L}\x{00}-\x{24f}]$"
_SIGNS = r"^[=+@]|^-[^0-9]|[\"\x{201c}\x{201d}\x{201e}\x{ab}\x{bb}]"


def look_alikes(t: Tables) -> Iterator[Problem]:
    """No cell mixes scripts, has look-alike digits or hyphens, is in quotation marks, or begins like a formula."""
    rule = "look-alikes"
    for name, table in t.words.items():
        for column in table.column_names:
            values, field = t.distinct(name, column), t.package.fields(name)[column]
            limits = field.get("constraints") or {}
            if column.endswith("_id") or "enum" in limits or "[^" not in str(limits.get("pattern", "[^")):
                continue  # Other rules hold these to plain letters.
            plain = t.byte_range(name, column)[1] < 128
            other = pa.array([], pa.string()) if plain else values.filter(pc.invert(pc.string_is_ascii(values)))
            mixed = pc.and_(pc.match_substring_regex(other, _LATIN), pc.match_substring_regex(other, _OTHER))
            odd = pc.match_substring_regex(other, _NOT_PLAIN)
            for mask, expected in ((mixed, "letters of one script"), (odd, "plain digits, letters and hyphens")):
                yield from t.where_among(
                    rule, name, column, other.filter(mask), expected, "Type the cell again by hand."
                )
            if field.get("type") == "string":
                yield from t.where_among(
                    rule, name, column, values.filter(pc.match_substring_regex(values, _SIGNS)),
                    "no quotation mark, and no sign with which a formula begins",
                    "Leave it out: sheets would take it as more than text.",
                )  # fmt: skip


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
    for name in t.words:
        for column in t.evidence_columns(name):
            if t.package.fields(name).get(column, {}).get("evidence") != "own":
                yield from t.at(
                    "evidence-asked-for", "evidence", t.support(name, column)[0], "column_name",
                    "a column whose cells need evidence of their own",
                    "Leave column_name empty: the row's evidence is enough.",
                )  # fmt: skip


def passage_types(t: Tables) -> Iterator[Problem]:
    """A standfirst is the first paragraph of a text."""
    if not _whole(t):
        return
    late = both(
        pc.equal(t.column("passages", "passage_type"), "standfirst"),
        pc.not_equal(t.column("passages", "paragraph_no"), "1"),
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
    constraints,
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

    def ask(rule: Rule) -> list[Problem]:
        found: list[Problem] = []
        try:
            found.extend(rule(t))
        except Exception as error:
            name = rule.__name__.replace("_", "-")
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
            expected = "a package that the rule can be asked of"
            found.append(Problem(name, "datapackage.json", None, "", "", "", expected, why))
        return found

    with pool(t.package) as workers:
        # Of a package that cannot be read each rule says so.
        with suppress(PackageError):
            t.prepare(workers)
        found = workers.map(ask, RULES + (TEXT_RULES if t.texts else []))
        return [problem for problems in found for problem in problems]
