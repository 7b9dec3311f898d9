"""Rules of form: what files, cells, keys, schemas and codes must be, whatever was coded."""

from __future__ import annotations

import mmap
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from naqoura_talks.package import PackageError
from scripts.check.tables import Problem, Tables, both, by_value, differ, either, groups, no, one_of, raw, yes

# --- what users and rules count on ---

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


def _metadata(rule: str, file: str, where: str, column: str, value: object, expected: str, hint: str) -> Problem:
    return Problem(rule, file, None, where, column, str(value), expected, hint)


def whole(t: Tables) -> bool:
    """Whether all tables and columns are there; if not, other rules say so, and these cannot be asked."""
    return all(
        name in t and set(columns.split()) <= set(t.words[name].column_names) for name, columns in CONTRACT.items()
    )


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


# --- files ---


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
    named = {
        package.root / f"data/{name}" for name in ("parquet/datapackage.json", "csv-metadata.json", "citation.json")
    }
    for name in package.tables:
        for locate in (package.path, package.schema_path, lambda n: package.path(n, "parquet")):
            try:
                named.add(locate(name))
            except PackageError as error:
                yield _metadata("orphan-files", "datapackage.json", name, "path", "", "a path inside", str(error))
    try:
        joined = package.joined
        named |= {joined.root / "datapackage.json"}
        named |= {joined.path(name, kind) for name in joined.tables for kind in ("csv", "parquet")}
    except PackageError:  # told with the other generated files, and the build makes it again
        named |= set(_files(package.root / "data/joined"))
    for path in _files(package.root / "data", package.root / "schemas"):
        relative = str(path.relative_to(package.root))
        if path.is_symlink():
            yield _metadata(
                "orphan-files", relative, "file", "", "a symbolic link", "a file", "Put the file itself there."
            )
        elif path not in named and not path.name.startswith("."):
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


# --- cells ---


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


# Characters of a pattern of a schema; the longest of ours has 200.
PATTERN_LIMIT = 1000


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


# --- keys ---


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
    if not whole(t):
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


# --- schemas and codes ---

PROVENANCE = ("verbatim", "coded", "derived", "external", "editorial")
EVIDENCE = ("own", "row", "none")
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
