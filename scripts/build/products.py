"""Everything that the build makes, as bytes: nothing here writes a file.

``products(root)`` returns the content of each generated file by its path. The build writes what differs, or with
--check says what differs. Nothing depends on the clock, the folder or the machine.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import duckdb

from naqoura_talks.package import Package, PackageError
from scripts.build import figures, joined, landing, teaching
from scripts.build.counts import GROUPS, by_group, cell, evidence_figures, sides, usage
from scripts.build.metadata import citation_block, citation_cff, json_files, verbatim_figures, with_front_matter
from scripts.build.parquet import parquet_files
from scripts.check import rules
from scripts.coding import agreement_page
from scripts.files import sha256, to_json

DATASET_CARD = "docs/dataset-card.md"


# --- descriptors ---


def descriptor(package: Package) -> bytes:
    """Return datapackage.json with bytes, hash and rows of each CSV filled in; the rest as it is."""
    filled = json.loads(json.dumps(package.descriptor))
    for resource in filled["resources"]:
        data = package.path(resource["name"]).read_bytes()
        resource |= {
            "bytes": len(data),
            "hash": sha256(data),
            "rows": package.read_words(resource["name"]).num_rows,
        }
    return to_json(filled)


def parquet_descriptor(package: Package, files: dict[str, bytes]) -> bytes:
    """Return the descriptor of the Parquet files: the same package, its schemas inside."""
    about = {k: v for k, v in package.descriptor.items() if k != "resources"}
    about["name"] += "-parquet"
    about["resources"] = [
        {k: resource[k] for k in ("name", "title", "description", "group")}
        | {
            "path": f"{resource['name']}.parquet",
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "bytes": len(files[resource["name"]]),
            "hash": sha256(files[resource["name"]]),
            "rows": package.read_words(resource["name"]).num_rows,
            "schema": package.schema(resource["name"]),
        }
        for resource in package.descriptor["resources"]
    ]
    return to_json(about)


# --- pages ---


def codes_by_list(package: Package) -> dict[str, list[dict[str, str | None]]]:
    """Return the rows of ``codes`` by codelist, each list in its order."""
    lists = defaultdict(list)
    for row in package.read_words("codes").to_pylist():
        lists[row["codelist"]].append(row)
    return {name: sorted(rows, key=lambda r: (int(r["code_order"] or 0), r["code"])) for name, rows in lists.items()}


def diagram(package: Package) -> str:
    """Return the tables and their foreign keys as a Mermaid entity diagram."""
    lines = ["```mermaid", "erDiagram"]
    for resources in by_group(package).values():
        for resource in resources:
            name = resource["name"]
            for foreign in package.schema(name).get("foreignKeys", []):
                target, column = foreign["reference"].get("resource", name), foreign["fields"][0]
                required = package.fields(name)[column].get("constraints", {}).get("required")
                lines.append(f'    {target} {"||" if required else "|o"}--o{{ {name} : "{column}"')
    return "\n".join([*lines, "```"])


def rule_block(package: Package, table: str) -> list[str]:
    """Return the lines that say what rules hold a table, or with "" every table, to."""
    kept = [f"- {sentence}" for name, _, _, sentence in rules.sentences(package) if name == table]
    return ["", "What `make check` holds it to:", "", *kept] if kept else []


def rules_of_codes(package: Package, codelist: str) -> list[str]:
    """Return the lines that say what rules hold the codes of a list to."""
    kept = [
        f"- `{table}`: {sentence}"
        for table, column, _, sentence in rules.sentences(package)
        if table and package.fields(table).get(column, {}).get("codelist") == codelist
    ]
    return ["", "What `make check` holds it to:", "", *kept] if kept else []


def joined_columns(views: dict[str, joined.Joined]) -> list[str]:
    """Return what the codebook says of the joined tables: what a row is, and the columns that no table has."""
    out = [
        "",
        "## Joined tables",
        "",
        "In `data/joined`. A column that is not listed here is that of the table it comes from.",
    ]
    for name, view in views.items():
        out += ["", f"### joined {name}", "", f"**{view.title}**, {view.table.num_rows} rows. {view.description}", ""]
        new = [f for f in view.schema["fields"] if f["evidence"] == "none" and f["provenance"] == "derived"]
        if new := [f for f in new if not f["name"].endswith(("_earliest", "_latest"))]:
            out += ["| column | type | what it holds |", "| --- | --- | --- |"]
            out += [f"| `{f['name']}` | {f['type']} | {cell(f['description'])} |" for f in new]
    return out


def codebook(package: Package, views: dict[str, joined.Joined]) -> bytes:
    """Return the codebook: diagram, tables by group, columns, joined tables, and codes with their live counts."""
    about = package.descriptor
    out = [
        f"# Codebook of {about['title']}",
        "",
        f"Version {package.version}. This page is generated from `datapackage.json`, `schemas/` and `data/csv/`.",
        "",
        "Of each column it says where its values come from (**provenance**: verbatim words of the text, coded from "
        "them, derived from other cells, external to the text, or editorial, that is in our own words) and what "
        "supports them (**evidence**: rows of `evidence` of the cell's own, those of its row, or none). "
        "In a coded table an empty cell means that the text does not say, or that the column does not apply; "
        "where it means something else, the column says so.",
        "",
        "Tables: "
        + ", ".join(f"[{name}](#{name})" for name in package.tables)
        + ". Then: [joined tables](#joined-tables), [codes](#codes).",
        "",
        "## How the tables hang together",
        "",
        "Each line is a foreign key, from the table that is pointed to (left) to the table that points (right). "
        "`evidence` points to any row of any table by `table_name` and `row_id`.",
        "",
        diagram(package),
        "",
        "## Rules on all tables",
        *rule_block(package, ""),
    ]
    for group, resources in by_group(package).items():
        out += ["", f"## {GROUPS[group]}"]
        for resource in resources:
            name = resource["name"]
            schema, rows = package.schema(name), package.read_words(name).num_rows
            out += ["", f"### {name}", "", f"**{resource['title']}**, {rows} rows. {resource['description']}", ""]
            targets = {f["fields"][0]: f["reference"].get("resource", name) for f in schema.get("foreignKeys", [])}
            out += ["| column | type | what it holds | provenance | evidence |", "| --- | --- | --- | --- | --- |"]
            for column, field in package.fields(name).items():
                text = field["description"]
                if column in targets:
                    text += f" Points to `{targets[column]}`."
                if "codelist" in field:
                    text += f" Codelist [{field['codelist']}](#{field['codelist']})."
                text += f" Example: `{field['example']}`."
                kind = field["type"] + (", required" if field.get("constraints", {}).get("required") else "")
                out.append(f"| `{column}` | {kind} | {cell(text)} | {field['provenance']} | {field['evidence']} |")
            if columns := schema.get("exactlyOneOf"):
                out += ["", f"Exactly one of {', '.join(f'`{c}`' for c in columns)} is filled."]
            out += rule_block(package, name)
    out += joined_columns(views)
    out += ["", "## Codes", "", "Codes with count 0 are not used by these data; they are kept for further texts."]
    users = defaultdict(list)
    for name in package.tables:
        for column, field in package.fields(name).items():
            if "codelist" in field:
                users[field["codelist"]].append(f"`{name}.{column}`")
    counts = usage(package)
    for codelist, rows in codes_by_list(package).items():
        ordered = " In order, lowest first." if rows[0]["code_order"] else ""
        out += ["", f"### {codelist}", "", f"{len(rows)} codes, used by {', '.join(users[codelist])}.{ordered}", ""]
        out += ["| code | label | definition | count |", "| --- | --- | --- | ---: |"]
        for row in rows:
            n = counts[codelist, row["code"]]
            out.append(f"| `{row['code']}` | {cell(row['label'])} | {cell(row['definition'])} | {n or '0 (unused)'} |")
        out += rules_of_codes(package, codelist)
    return ("\n".join(out) + "\n").encode("utf-8")


def replace_blocks(text: str, blocks: dict[str, str], file: str) -> bytes:
    """Return a page with its generated blocks filled; each block has a begin and an end mark."""
    for name, block in blocks.items():
        pattern = rf"(<!-- {name}: generated -->\n).*?(<!-- /{name} -->)"
        text, n = re.subn(pattern, lambda m, b=block: m[1] + b + "\n" + m[2], text, flags=re.DOTALL)
        if n != 1:
            raise PackageError(f"{file}: expected one block marked `{name}: generated`, found {n}; restore its marks.")
    return text.encode("utf-8")


def glance(package: Package) -> str:
    """Return how big it is and who says what, in two sentences."""
    rows = {name: package.read_words(name).num_rows for name in package.tables}
    voices = Counter(package.read_words("events")["attribution"].to_pylist())
    return (
        f"{rows['passages']} sentences, {rows['events']} events, {rows['statements']} statements, "
        f"{rows['ceasefire_terms']} terms, {rows['actors']} actors. Of the events, {voices['narrator']} rest on the "
        f"report's own word, {voices['speaker']} on a speaker's alone, {voices['both']} on both, "
        f"{voices['link_line']} on a link line."
    )


def table_list(package: Package) -> str:
    """Return the tables by group, with their rows and what a row is."""
    lines = ["| group | table | rows | a row is |", "| --- | --- | ---: | --- |"]
    for group, resources in by_group(package).items():
        for resource in resources:
            first = resource["description"].split(". ")[0].removeprefix("One row is ").rstrip(".")
            n = package.read_words(resource["name"]).num_rows
            lines.append(f"| {GROUPS[group]} | `{resource['name']}` | {n} | {cell(first)} |")
    return "\n".join(lines)


def figures_of_evidence(package: Package) -> str:
    """Return how many tables and rows there are, and how they are supported."""
    rows = [package.read_words(name).num_rows for name in package.tables]
    counted = {"tables": len(rows), "rows": sum(rows), **evidence_figures(package)}
    return "\n".join(["| what | number |", "| --- | ---: |", *(f"| {what} | {n} |" for what, n in counted.items())])


def dataset_card(package: Package, base: duckdb.DuckDBPyConnection) -> bytes:
    """Return the dataset card with its head and its generated blocks filled; base has the joined tables."""
    path = package.root / DATASET_CARD
    blocks = {"figures": figures_of_evidence(package), "citation": citation_block(package)}
    blocks |= {"verbatim": verbatim_figures(package), "sides": sides(base)}
    return with_front_matter(replace_blocks(path.read_text("utf-8"), blocks, DATASET_CARD), package)


EXAMPLE = ("statements", "speech_act", "accuse")


def example(package: Package) -> str:
    """Return one row of statements, transposed, with the spans that support it."""
    name, column, value = EXAMPLE
    row = next(r for r in package.read_words(name).to_pylist() if r[column] == value)
    key = row[package.key(name)]
    spans = defaultdict(list)
    for e in package.read_words("evidence").to_pylist():
        if (e["table_name"], e["row_id"]) == (name, key):
            words = f"`{e['char_start']}-{e['char_end']}`" if e["char_start"] else f"`{e['source_id']}`"
            spans[e["column_name"]].append(f"{words} {e['support']}")
    out = ["| column | value | the words that carry it |", "| --- | --- | --- |"]
    fields = package.fields(name)
    for column, value in row.items():
        if value is None:
            continue
        needs = fields[column]["evidence"]
        support = ", ".join(spans[column]) or ("as the row" if needs == "row" else "")
        if column == package.key(name):
            support = ", ".join(spans[None])
        out.append(f"| `{column}` | {cell(value)} | {support} |")
    return "\n".join(out)


CODED_TABLES = (
    "actors", "actor_relations", "names", "places", "events", "event_actors", "event_links", "agreements",
    "agreement_actors", "ceasefire_terms", "term_actors", "statements", "statement_actors", "statement_links",
    "compliance_claims",
)  # fmt: skip


def manual_blocks(package: Package) -> dict[str, str]:
    """Return the generated blocks of the manual: the columns to code, and the codes."""
    columns, used = [], set()
    for name in CODED_TABLES:
        columns += [f"### `{name}`", "", "| column | what it holds |", "| --- | --- |"]
        for column, field in package.fields(name).items():
            if "codelist" in field:
                used.add(field["codelist"])
            if field["provenance"] not in ("derived", "external"):
                code = f" Codelist `{field['codelist']}`." if "codelist" in field else ""
                columns.append(f"| `{column}` | {cell(field['description'] + code)} |")
        columns += [*rule_block(package, name), ""]
    lists, codes = codes_by_list(package), []
    for codelist in sorted(used):
        codes += [f"### `{codelist}`", "", "| code | label | definition |", "| --- | --- | --- |"]
        codes += [f"| `{r['code']}` | {cell(r['label'])} | {cell(r['definition'])} |" for r in lists[codelist]] + [""]
    return {"columns": "\n".join(columns).strip(), "codes": "\n".join(codes).strip()}


def products(root: Path) -> dict[str, bytes]:
    """Return the content that each generated file should have, by path relative to the package."""
    package = Package(root)
    made, base = {"datapackage.json": descriptor(package)}, joined.database(package)
    made |= {path: to_json(content) for path, content in json_files(package).items()}
    if (root / DATASET_CARD).exists():
        made[DATASET_CARD] = dataset_card(package, base)
    files = parquet_files(package)
    made |= {f"data/parquet/{name}.parquet": data for name, data in files.items()}
    made["data/parquet/datapackage.json"] = parquet_descriptor(package, files)
    views = joined.tables(package, base)
    made["docs/codebook.md"] = codebook(package, views)
    made["CITATION.cff"] = citation_cff(package)
    made |= agreement_page.products(root)[0]
    pages = {
        "README.md": lambda: {"glance": glance(package), "citation": citation_block(package)},
        "docs/worked-example.md": lambda: {"coded": teaching.coded(root), "differences": teaching.differences(root)},
        "docs/guide.md": lambda: {"tables": table_list(package), "example": example(package)},
        "coding/manual.md": lambda: manual_blocks(package),
    }
    for page, blocks in pages.items():
        if (root / page).exists():
            made[page] = replace_blocks((root / page).read_text("utf-8"), blocks(), page)
    made |= joined.files(package, views)
    shown = landing.Tables(package, views)
    made["docs/index.html"] = landing.page(shown)
    made |= figures.figures(shown)
    return made


def stale(root: Path, made: dict[str, bytes]) -> list[str]:
    """Return the generated files that are missing or differ from what they should be."""
    return [path for path, data in made.items() if not (root / path).is_file() or (root / path).read_bytes() != data]
