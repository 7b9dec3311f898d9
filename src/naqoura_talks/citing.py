"""How to cite the dataset, the rows in hand and the coded text. The printed styles are made by the build."""

from __future__ import annotations

import json
from collections import defaultdict
from hashlib import sha256
from typing import Any, Literal, get_args

from naqoura_talks.frames import installed
from naqoura_talks.package import PackageError, read_json, unknown
from naqoura_talks.rows import keys_of

Style = Literal["apa", "chicago", "bibtex", "ris", "csl-json"]
STYLES = get_args(Style)
# So many keys of a table are listed; of more, the number and a digest.
LISTED = 20


def rows_used(rows: Any) -> str:
    """Say which rows of which tables these are: their keys if they are few, else how many and a digest.

    The digest is SHA-256 over the keys, sorted, one a line (as `sort -u keys.txt | LC_ALL=C sha256sum`);
    its first 16 digits are given.
    """
    found, package = keys_of(rows), installed()
    if not found:
        raise PackageError("There are no rows to cite. Cite the dataset as a whole with cite().")
    parts: list[str] = []
    for table in package.tables:
        mine, of = sorted(key for key in found if found[key] == table), package.resource(table)["rows"]
        if len(mine) == of:
            parts.append(f"all {of} rows of {table}")
        elif len(mine) > LISTED:
            digest = sha256("".join(f"{key}\n" for key in mine).encode("utf-8")).hexdigest()[:16]
            parts.append(f"{len(mine)} of {of} rows of {table} (SHA-256 of their sorted keys: {digest}…)")
        elif mine:
            parts.append(f"{len(mine)} of {of} rows of {table} ({', '.join(mine)})")
    return "; ".join(parts)


def _date(record: dict[str, Any], what: str, between: str = "-") -> str:
    """Return the year in which a record was ``issued``, or the day on which it was ``accessed``, if it has one."""
    return between.join(f"{n:02}" for n in record[what]["date-parts"][0]) if what in record else ""


def bibtex(record: dict[str, Any]) -> str:
    """Return a BibTeX entry; @misc, which all styles know, with the version in the note, which all print."""

    def escaped(text: str) -> str:
        return "".join("\\" + c if c in "&%$#_{}" else c for c in text)

    of = defaultdict(str, record)
    version = f"Version {of['version']}. " if of["version"] else ""
    authors = " and ".join(f"{{{escaped(a['literal'])}}}" for a in record.get("author", []))
    fields = {
        "author": authors,
        # Braced once more, so that the capitals stay.
        "title": f"{{{escaped(of['title'])}}}",
        "year": _date(record, "issued"),
        "version": of["version"],
        "howpublished": of["genre"],
        "doi": of["DOI"],
        "url": of["URL"],
        "urldate": _date(record, "accessed"),
        "note": escaped(version + of["note"]),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{record['id']},", *lines, "}"])


def _ris(record: dict[str, Any]) -> str:
    of = defaultdict(str, record)
    tags = [("TY", "DATA" if record["type"] == "dataset" else "NEWS"), ("ID", record["id"])]
    tags += [("AU", author["literal"]) for author in record.get("author", [])]
    tags += [("TI", of["title"]), ("PY", _date(record, "issued")), ("ET", of["version"]), ("DO", of["DOI"])]
    tags += [("UR", of["URL"]), ("Y2", _date(record, "accessed", "/")), ("N1", of["note"])]
    return "\n".join([f"{tag}  - {value}" for tag, value in tags if value] + ["ER  - "])


def printed(cited: dict[str, Any], style: str, used: str | None = None) -> str:
    """Return a citation in a printed style; ``cited`` is data/citation.json, ``used`` says which rows were used."""
    lines = [cited["styled"][style], f"Tables (data/csv): {cited['swhid']}"]
    lines += [f"Rows used: {used}."] if used else []
    for text in cited["records"][1:]:
        seen = f", seen {_date(text, 'accessed')}" if "accessed" in text else ""
        where = f" {text['URL']} (one public copy{seen})." if "URL" in text else ""
        lines.append(f"Coded text: {text['title']}.{where}")
    return "\n".join(lines)


def cite(rows: Any = None, style: Style = "apa") -> str:
    """Return how to cite this version of the dataset, the rows in hand, and the coded text.

    ``rows`` is a frame of ``load``, ``joined`` or ``acts``, whole or in part, merged or concatenated, of
    pandas, polars or Arrow; a row; a key; or several of these. Every row is named, by the keys that stand
    in its columns or index; keys that only point to other rows are not. ``style`` is one of

    - ``apa``, ``chicago`` (author-date): lines of text, formatted by the Citation Style Language
      styles of those names;
    - ``bibtex``, ``ris``, ``csl-json``: entries for reference managers, the dataset first.

    All name the version and the SWHID of ``data/csv`` (swh:1:dir:…, ISO/IEC 18670), which anyone can
    recompute from the files, so that a citation can be verified without a register; and the DOI if
    this version has one. Few rows are listed by their keys; of more, their number and the digest of
    their keys is given. The coded text states no title, publisher or date; its citation says so.

    Raises UnknownNameError for other styles and for keys that no table has, and PackageError if
    there are no rows, if one has lost its key, or if they are of another version.
    """
    if style not in STYLES:
        raise unknown("style", style, list(STYLES))
    package = installed()
    cited = read_json(package.root / "data/citation.json", "citation")
    if cited["version"] != package.version:
        raise PackageError(
            f"{package.root / 'data/citation.json'}: is of {cited['version']}, the tables are of {package.version}. "
            "In a checkout run `make`; otherwise install naqoura-talks again."
        )
    used = None if rows is None else rows_used(rows)
    if style in cited["styled"]:
        return printed(cited, style, used)
    dataset, *texts = cited["records"]
    if used:
        dataset = dataset | {"note": f"{dataset['note']}. Rows used: {used}"}
    records = [dataset, *texts]
    if style == "csl-json":
        return json.dumps(records, indent=2, ensure_ascii=False)
    if style == "bibtex":
        return "\n\n".join(map(bibtex, records))
    return "\n".join(map(_ris, records))
