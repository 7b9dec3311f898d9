"""The tables as pandas DataFrames, and what they hold."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal, overload

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from naqoura_talks.package import Package, PackageError, UnknownNameError, unknown

TableName = Literal[
    "actors", "actor_relations", "names", "places", "identifiers", "events", "event_actors", "event_links",
    "statements", "statement_actors", "statement_links", "agreements", "agreement_actors", "ceasefire_terms",
    "term_actors", "compliance_claims", "sources", "passages", "evidence", "codes", "crosswalk",
]  # fmt: skip
JoinedName = Literal[
    "events", "statements", "ceasefire_terms", "actors", "agreements", "event_actors", "event_links",
    "statement_actors", "actor_relations", "statement_links", "agreement_actors", "term_actors", "compliance_claims",
    "act_pairs", "acts", "timeline",
]  # fmt: skip
ViewName = Literal["act_pairs", "acts", "timeline"]

ACCOUNT = (
    "Records the account of one unsigned news report, and who in it says what; not what happened. "
    "Read realis and attribution before counting."
)


class Tables(dict[str, pd.DataFrame]):
    """All tables by name: a dict whose tables are attributes too, so that they complete on Tab."""

    def __getattr__(self, name: str) -> pd.DataFrame:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(str(unknown("table", name, list(self)))) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        return "\n".join(f"{name:<18} {len(t):>5,} rows × {t.shape[1]:>2} columns" for name, t in self.items())


@cache
def installed() -> Package:
    """Return the data package that this installation carries.

    Raises PackageError if there is none: neither in the installed package nor in a checkout.
    """
    here = Path(__file__).resolve().parent
    for root in (here / "datapackage", here.parents[1]):
        if (root / "datapackage.json").is_file() and (root / "schemas").is_dir():
            return Package(root)
    if archive := next((folder for folder in here.parents if folder.is_file()), None):
        raise PackageError(
            f"{archive}: this is imported without being installed, and its data cannot be read from there. "
            f"Install it: pip install {archive.name}"
        )
    raise PackageError(
        f"{here}: this installation of naqoura-talks carries no data. "
        "Install the wheel again, or build it with `make wheel` in a checkout."
    )


def tables() -> pd.DataFrame:
    """Return what tables there are: columns table, group, rows, title, description."""
    resources = pd.DataFrame(installed().descriptor["resources"])
    return resources[["name", "group", "rows", "title", "description"]].rename(columns={"name": "table"})


def find(name: object) -> tuple[Package, str]:
    """Return the package that has a table, and its name there: ``events``, ``joined_events``, ``acts``.

    Raises UnknownNameError for other names.
    """
    package, wanted = installed(), str(name)
    if wanted in package.resources:
        return package, wanted
    if wanted.removeprefix("joined_") in package.joined.resources:
        return package.joined, wanted.removeprefix("joined_")
    raise unknown("table", name, [*package.tables, *(n for n in package.joined.tables if n not in package.resources)])


def path(name: TableName | ViewName, format: Literal["csv", "parquet"] = "csv") -> Path:
    """Return where the file of a table is, as CSV or Parquet. Raises UnknownNameError for other names."""
    package, name = find(name)
    return package.path(name, format)


@overload
def load(name: None = None) -> Tables: ...
@overload
def load(name: TableName | ViewName) -> pd.DataFrame: ...
def load(name: str | None = None) -> pd.DataFrame | Tables:
    """Return one table, or without a name all tables by name.

    The columns are those of ``codebook(name)``, the key among them. Text is text, integers are
    Int64, booleans are boolean, dates are ``datetime64[s]`` at midnight, and columns whose codes have
    an order are ordered categories; an empty cell is missing. Dates compare with ``"2025-12-03"`` and
    ``pd.Timestamp``; in ``query`` write ``start_earliest == @day``, as pandas 3 finds no text equal to a
    date there. ``attrs`` holds table, version, citation and the reminder that this is one report's account.

    Raises UnknownNameError, which lists the names, and PackageError if the file is missing, damaged, or
    not the one that the descriptor describes.
    """
    if name is None:
        return Tables((n, load(n)) for n in installed().tables)
    return _frame(*find(name))


def _frame(package: Package, name: str) -> pd.DataFrame:
    """Return a table of a package from its Parquet file, which must be what the descriptor says."""
    file, whole = package.path(name, "parquet"), installed()
    types = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    try:
        parquet = pq.ParquetFile(file)
        about, rows = parquet.schema_arrow.metadata or {}, parquet.metadata.num_rows
        named = [about.get(key, b"?").decode("utf-8", "replace") for key in (b"table", b"package_version")]
        found, expected = [*named, str(rows)], [name, package.version, str(package.resource(name).get("rows"))]
        wrong = ""
        if found != expected:
            wrong = f"holds table, version, rows {', '.join(found)}; expected {', '.join(expected)}"
        elif not parquet.schema_arrow.equals(package.arrow_schema(name)):
            wrong = "has other columns or types than the schema"
        else:
            frame = parquet.read().to_pandas(types_mapper=types.get, date_as_object=False)
    except (OSError, pa.ArrowException) as error:
        wrong = "is missing" if isinstance(error, FileNotFoundError) else f"is damaged ({' '.join(str(error).split())})"
    if wrong:
        raise PackageError(
            f"{file}: the Parquet file of {name} {wrong}. In a checkout run `make`, which builds it again; "
            "otherwise install naqoura-talks again."
        )
    for column, field in package.fields(name).items():
        if field["type"] == "date":
            frame[column] = frame[column].astype("datetime64[s]")
        elif field.get("categoriesOrdered"):
            frame[column] = pd.Categorical(frame[column], categories=field["categories"], ordered=True)
    title = name if package is whole else f"joined {name}"
    frame.attrs = {"table": title, "version": whole.version, "citation": whole.citation, "account": ACCOUNT}
    return frame


def joined(name: JoinedName) -> pd.DataFrame:
    """Return a joined table: names beside or in place of keys, as the files in ``data/joined`` have it.

    - ``events``, ``statements``, ``ceasefire_terms``, ``actors``, ``agreements``: one row per row of the
      table, for reading. Several names in one cell are separated by "; ".
    - ``event_actors``, ``event_links``, ``statement_actors``, ``statement_links``, ``agreement_actors``,
      ``term_actors``, ``actor_relations``, ``compliance_claims``: one row per part, for counting and
      filtering, with keys, names, role, realis, and in ``attribution`` and ``asserted_by`` whose word it is.
    - ``acts``, ``act_pairs``, ``timeline``: see the functions of these names.

    ``codebook("joined_events")`` says what the columns hold; types are as of ``load``, and the key comes
    first. Raises UnknownNameError for other names, and PackageError as ``load`` does.
    """
    package = installed().joined
    if name not in package.resources:
        raise unknown("joined table", name, package.tables)
    return _frame(package, name)


def acts() -> pd.DataFrame:
    """Return one row per act, from events and statements, with PLOVER and CAMEO codes by the crosswalk.

    Who does it is in ``actor_id`` and ``actor``, toward whom in ``recipient_id`` and ``recipient``; several
    are separated by "; ", and all sides of a ``joint`` act are actors. ``codebook("joined_acts")`` says
    what counts as an act. CAMEO codes are text: "010" is not 10. Counting rows is not counting incidents.
    """
    return joined("acts")


def act_pairs() -> pd.DataFrame:
    """Return one row per ordered pair of an actor and a recipient in an act, to merge with dyadic data.

    The columns are those of ``acts``; an act with several actors or recipients has several rows.
    """
    return joined("act_pairs")


def timeline() -> pd.DataFrame:
    """Return one row per event, those that dates or links place first, in the order in which they began.

    ``position`` counts them from 1 and is empty for the others. ``codebook("joined_timeline")`` says how the
    order is made; ``begins_earliest``, ``begins_latest`` and ``comes_after`` say how much of it is certain.
    """
    return joined("timeline")


def codebook(name: str | None = None) -> pd.DataFrame:
    """Return the columns of one table, or of all: one row per column.

    ``acts``, ``act_pairs``, ``timeline``, and ``joined_events`` for ``joined("events")``, are tables here too.

    Columns: table, column, type, description, provenance (verbatim, coded, derived, external,
    editorial), evidence (own, row, none), codelist, example. Raises UnknownNameError for other names.
    """
    told = ("type", "description", "provenance", "evidence", "codelist", "example")
    rows = []
    for table in [name] if name else installed().tables:
        package, found = find(table)
        for column, field in package.fields(found).items():
            rows.append({"table": table, "column": column} | {k: field.get(k) for k in told})
    return pd.DataFrame(rows)


def codes(codelist: str | None = None) -> pd.DataFrame:
    """Return the codes of one codelist, or of all: columns codelist, code, label, definition, count.

    ``count`` is how often the data use the code. Raises UnknownNameError, which lists the codelists, or
    those that have such a code.
    """
    p, found = installed(), load("codes")
    known = sorted(set(found["codelist"]))
    if codelist is not None and codelist not in known:
        if having := ", ".join(sorted(set(found["codelist"][found["code"] == codelist]))):
            hint = f"it is a code of {having}. Ask for that codelist."
            raise UnknownNameError(f"There is no codelist {codelist!r}: {hint}")
        raise unknown("codelist", codelist, known)
    wanted = known if codelist is None else [codelist]
    found = found[found["codelist"].isin(wanted)]
    counts: Counter[tuple[str, str]] = Counter()
    for table in p.tables:
        for column, field in p.fields(table).items():
            if field.get("codelist") in wanted:
                counts.update((field["codelist"], code) for code in load(table)[column].dropna())
    found = found.sort_values(["codelist", "code_order", "code"]).reset_index(drop=True)
    found["count"] = [counts[pair] for pair in zip(found["codelist"], found["code"], strict=True)]
    return found[["codelist", "code", "label", "definition", "count"]]
