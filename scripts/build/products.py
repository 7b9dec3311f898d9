"""Everything that the build makes, as bytes: nothing here writes a file.

``products(root)`` returns the content of each generated file by its path. The build writes what differs, or with
--check says what differs. Nothing depends on the clock, the folder or the machine.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import duckdb

from naqoura_talks.package import Package, PackageError
from scripts.build import figures, joined, landing, metadata
from scripts.build.counts import by_group, evidence_figures, grouped
from scripts.build.parquet import parquet_files
from scripts.check import rules
from scripts.coding import agreement_page
from scripts.coding.reliability import Figure
from scripts.files import read_rows, sha256, to_json

DATASET_CARD = "docs/dataset-card.md"


# --- descriptors ---


def descriptor(package: Package) -> bytes:
    """Return datapackage.json with bytes, hash and rows of each CSV filled in; the rest as it is."""
    resources = []
    for resource in package.descriptor["resources"]:
        data, rows = package.path(resource["name"]).read_bytes(), package.read_words(resource["name"]).num_rows
        resources.append(resource | {"bytes": len(data), "hash": sha256(data), "rows": rows})
    return to_json(package.descriptor | {"resources": resources})


def parquet_descriptor(package: Package, files: dict[str, bytes]) -> bytes:
    """Return the descriptor of the Parquet files: the same package, its schemas inside."""
    resources = []
    for name, data in files.items():
        resource = {k: package.resource(name)[k] for k in ("name", "title", "description", "group")}
        resource |= {"path": f"{name}.parquet", "format": "parquet", "mediatype": "application/vnd.apache.parquet"}
        resource |= {"bytes": len(data), "hash": sha256(data), "rows": package.read_words(name).num_rows}
        resources.append(resource | {"schema": package.schema(name)})
    return to_json(package.descriptor | {"name": f"{package.descriptor['name']}-parquet", "resources": resources})


# --- pages ---


def pages(
    package: Package, views: dict[str, joined.Joined], base: duckdb.DuckDBPyConnection, agreed: list[Figure]
) -> dict[str, bytes]:
    """Return the codebook, and the pages written by hand with their generated blocks filled, by path.

    The database has the joined tables; the figures are those of the agreement between coders.
    """
    root, groups = package.root, by_group(package)
    codes = base.sql("FROM codes ORDER BY codelist, code_order NULLS FIRST, code").to_arrow_table().to_pylist()
    lists = grouped(codes, "codelist")
    users, of_tables, of_codes = (defaultdict(list) for _ in range(3))
    usage: Counter[tuple[str, str]] = Counter()
    for name in package.tables:
        for column, field in package.fields(name).items():
            if "codelist" in field:
                users[field["codelist"]].append(f"`{name}.{column}`")
                usage.update((field["codelist"], code) for code in package.read_words(name)[column].to_pylist())
    for table, column, name, sentence in rules.sentences(package):
        of_tables[table].append(sentence if name == "implications" else f"`{name}`: {sentence}")
        if table and (codelist := package.fields(table).get(column, {}).get("codelist")):
            of_codes[codelist].append(f"`{table}`: {sentence}")

    rows = {name: package.read_words(name).num_rows for name in package.tables}
    codebook = figures.TEMPLATES.get_template("codebook.md").render(
        package=package, views=views, groups=groups, rows=rows, lists=lists, users=users, usage=usage,
        rules=of_tables, code_rules=of_codes,
    )  # fmt: skip
    blocks, citation = figures.TEMPLATES.get_template("blocks.md").module, metadata.citations(package)
    coded = {f["codelist"] for n in CODED_TABLES for f in package.fields(n).values() if "codelist" in f}
    sides = Counter({(what, side): n for what, side, n in base.sql("FROM sides").fetchall()})
    voices = Counter(package.read_words("events")["attribution"].to_pylist())
    counted = {"tables": len(package.tables), "rows": sum(rows.values()), **evidence_figures(package)}
    made = {"docs/codebook.md": codebook.encode("utf-8")}
    blocks_of = {
        "README.md": lambda: {"glance": blocks.glance(rows, voices), "citation": blocks.citation(citation)},
        "docs/worked-example.md": lambda: {
            "coded": blocks.coded(coded_sentence(root)),
            "differences": blocks.differences(read_rows(root / "coding/adjudication.csv", "adjudication")),
        },
        "docs/guide.md": lambda: {
            "tables": blocks.tables(groups, rows),
            "example": blocks.example(package.fields("statements"), *example(package)),
        },
        "coding/manual.md": lambda: {
            "columns": blocks.columns(package, CODED_TABLES, of_tables),
            "codes": blocks.codes({name: lists[name] for name in sorted(coded)}),
        },
        DATASET_CARD: lambda: {
            "figures": blocks.figures(counted), "citation": blocks.citation(citation),
            "verbatim": blocks.verbatim(metadata.verbatim(package)), "sides": blocks.sides(sides),
            "recall": "\n".join(agreement_page.omissions(agreement_page.Index(agreed))),
        },
    }  # fmt: skip
    for page, filled in blocks_of.items():
        if (root / page).exists():
            made[page] = replace_blocks((root / page).read_text("utf-8"), filled(), page)
    if DATASET_CARD in made:
        made[DATASET_CARD] = metadata.with_front_matter(made[DATASET_CARD], package)
    return made


def replace_blocks(text: str, blocks: dict[str, str], file: str) -> bytes:
    """Return a page with its generated blocks filled; each block has a begin and an end mark."""
    for name, block in blocks.items():
        pattern = rf"(<!-- {name}: generated -->\n).*?(<!-- /{name} -->)"
        text, n = re.subn(pattern, lambda m, b=block: m[1] + b.strip() + "\n" + m[2], text, flags=re.DOTALL)
        if n != 1:
            raise PackageError(f"{file}: expected one block marked `{name}: generated`, found {n}; restore its marks.")
    return text.encode("utf-8")


def example(package: Package) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the cells of one accusation, by column, and what each of them rests on."""
    row = next(r for r in package.read_words("statements").to_pylist() if r["speech_act"] == "accuse")
    rests = defaultdict(list)
    for e in package.read_words("evidence").to_pylist():
        if e["row_id"] == row["statement_id"]:
            words = f"{e['char_start']}-{e['char_end']}" if e["char_start"] else e["source_id"]
            rests[e["column_name"] or "statement_id"].append(f"`{words}` {e['support']}")
    return {column: value for column, value in row.items() if value is not None}, rests


def coded_sentence(root: Path) -> list[tuple[str, str, str, list[str]]]:
    """Return coder, key, words and codes of the events and links that each coder coded of one sentence, as they did."""
    shown = {
        "events": ("event_type", "realis", "start_edtf", "end_edtf"),
        "event_links": ("event_id", "link_type", "linked_event_id"),
    }
    folder, found = root / "coding/passes/manual-test", []
    text = (folder / "report-1.txt").read_text("utf-8")
    start = text.index("Kalvia and the brigade have observed a truce")
    for path in sorted(folder.glob("report-1-coder-*.csv")):
        rows = read_rows(path, "raw pass")
        for unit in rows:
            at = int(unit["char_start"] or -1)
            if unit["table_name"] in shown and not unit["column_name"] and start <= at < text.index(".", start):
                cells = {r["column_name"]: r["value"] for r in rows if r["row_id"] == unit["row_id"]}
                codes = [cells[c] for c in shown[unit["table_name"]] if cells.get(c)]
                found.append((path.stem[-1].upper(), unit["row_id"], text[at : int(unit["char_end"])], codes))
    return found


CODED_TABLES = (
    "actors", "actor_relations", "names", "places", "events", "event_actors", "event_links", "agreements",
    "agreement_actors", "ceasefire_terms", "term_actors", "statements", "statement_actors", "statement_links",
    "compliance_claims",
)  # fmt: skip


def products(root: Path) -> dict[str, bytes]:
    """Return the content that each generated file should have, by path relative to the package."""
    package = Package(root)
    base, files = joined.database(package), parquet_files(package)
    views = joined.tables(package, base)
    of_passes, agreed = agreement_page.products(root)
    shown = joined.Tables(package, views)
    made = {
        "datapackage.json": descriptor(package),
        "data/citation.json": to_json(metadata.citations(package)),
        "docs/croissant.json": to_json(metadata.croissant(package)),
        "data/csv-metadata.json": to_json(metadata.csvw(package)),
        "CITATION.cff": metadata.citation_cff(package),
        "data/parquet/datapackage.json": parquet_descriptor(package, files),
        "docs/index.html": landing.page(shown),
    }
    made |= {f"data/parquet/{name}.parquet": data for name, data in files.items()}
    made |= of_passes | pages(package, views, base, agreed) | joined.files(package, views)
    return made | figures.figures(shown)


def stale(root: Path, made: dict[str, bytes]) -> list[str]:
    """Return the generated files that are missing or differ from what they should be."""
    return [path for path, data in made.items() if not (root / path).is_file() or (root / path).read_bytes() != data]
