"""The descriptions of the package in the words of others, all made from descriptor, schemas and tables.

data/citation.json       how to cite this version, in each style; what ``naqoura_talks.cite`` reads
CITATION.cff             the same for reference managers and code hosts (Citation File Format 1.2.0)
docs/croissant.json      a schema.org Dataset that is also Croissant 1.0 (JSON-LD)
data/csv-metadata.json   CSV on the Web: types, keys and constraints of each CSV
the front matter of docs/dataset-card.md, as the Hugging Face hub reads it

Nothing here is a fact of its own, and nothing writes a file: the build does.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import yaml

from naqoura_talks.package import Package, PackageError, read_json
from scripts.check.versions import DOI
from scripts.files import swhid_of_folder

YAML = {"sort_keys": False, "allow_unicode": True, "width": 100}
STYLES = ("apa", "chicago")
# Chicago style leaves these in lower case inside a title.
SMALL_WORDS = ["a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]


def doi(package: Package) -> str | None:
    """Return the DOI of this version, which the descriptor has as ``id`` once there is one."""
    return DOI.fullmatch(package.descriptor["id"])[1] if "id" in package.descriptor else None


def swhid(package: Package) -> str:
    """Return the SWHID of data/csv: swh:1:dir: and what `git rev-parse HEAD:data/csv` prints in a commit of it."""
    return swhid_of_folder(package.root / "data/csv")


def _released(package: Package) -> str | None:
    """Return the day of the release, if the version is recorded in releases/."""
    recorded = (package.root / "releases" / package.version).is_dir()
    return package.descriptor["created"][:10] if recorded else None


def _stated(about: dict[str, Any]) -> dict[str, Any]:
    """Return what is stated, without what is not."""
    return {name: value for name, value in about.items() if value is not None}


def _coded_texts(package: Package) -> list[dict[str, str | None]]:
    """Return the rows of ``sources`` that are coded texts."""
    return [row for row in package.read_words("sources").to_pylist() if row["source_type"] == "coded_text"]


# --- citing ---


def csl_records(package: Package) -> list[dict[str, Any]]:
    """Return the dataset and each coded text as CSL-JSON: what all styles are made from."""
    about = package.descriptor
    dataset = {
        "id": f"naqoura-talks-{package.version}",
        "type": "dataset",
        "genre": "Data set",
        "title": about["title"],
        "author": [{"literal": c["title"]} for c in about["contributors"]],
        "issued": {"date-parts": [[int(about["created"][:4])]]},
        "version": package.version,
        "note": f"Identifier of the tables (data/csv): {swhid(package)}",
        "DOI": doi(package),
    }
    texts = []
    for row in _coded_texts(package):
        # Title, publisher and date are not stated: the citation says so in their place.
        text = {"id": row["source_id"], "type": "article-newspaper", "title": row["citation"], "URL": row["url"]}
        if row["accessed_on"]:
            text["accessed"] = {"date-parts": [[int(n) for n in row["accessed_on"].split("-")]]}
        text["note"] = "The coded text, which is not part of the dataset; the address is that of one public copy."
        texts.append(text)
    return [_stated(record) for record in (dataset, *texts)]


def styled(record: dict[str, Any], style: str) -> str:
    """Return the record of the dataset as a line of a bibliography; a test asks citeproc and the style for the same."""
    author, year = record["author"][0]["literal"], record["issued"]["date-parts"][0][0]
    title, version, genre = record["title"], record["version"], record["genre"]
    link = f" https://doi.org/{record['DOI']}" if "DOI" in record else ""
    if style == "apa":
        return f"{author}. ({year}). {title} (Version {version}) [{genre}].{link}"
    words = [word if word in SMALL_WORDS else word[0].upper() + word[1:] for word in title.split()]
    return f"{author}. {year}. “{' '.join(words)}.” {genre}. Version {version}.{link and link + '.'}"


def citations(package: Package) -> dict[str, Any]:
    """Return data/citation.json: version, SWHID, the CSL-JSON records, and the dataset in each printed style.

    A coded text without title, author and date leaves a style nothing to arrange; it is cited in the
    words of ``sources.citation``.
    """
    records = csl_records(package)
    styles = {style: styled(records[0], style) for style in STYLES}
    return {"version": package.version, "swhid": swhid(package), "records": records, "styled": styles}


def citation_cff(package: Package) -> bytes:
    """Return CITATION.cff (version 1.2.0)."""
    about = package.descriptor
    identifiers = [
        {"type": "swh", "value": swhid(package), "description": "The tables of this version (data/csv)."},
        {"type": "doi", "value": doi(package), "description": "This version."},
    ]
    fields = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them with their version, and the coded report.",
        "type": "dataset",
        "title": about["title"],
        "version": about["version"],
        "date-released": _released(package),
        "identifiers": [identifier for identifier in identifiers if identifier["value"]],
        "authors": [{"name": c["title"]} for c in about["contributors"]],
        "abstract": about["description"],
        "keywords": about["keywords"],
        "license": [licence["name"] for licence in about["licenses"]],
        "references": [
            {"type": "newspaper-article", "title": s["title"], "url": s["path"], "authors": [{"name": "Unsigned"}]}
            for s in about["sources"]
        ],
    }
    return yaml.safe_dump(_stated(fields), **YAML).encode("utf-8")


# --- JSON-LD: schema.org and Croissant ---

# As Croissant 1.0 prescribes it.
CROISSANT_CONTEXT = read_json(Path(__file__).with_name("croissant-context.json"), "context")
TYPES = {"string": "Text", "integer": "Integer", "number": "Float", "boolean": "Boolean", "date": "Date"}


def _references(package: Package, name: str) -> dict[str, tuple[str, str]]:
    """Return the table and column that each foreign key of one column points to, by column."""
    return {
        key["fields"][0]: (key["reference"].get("resource", name), key["reference"]["fields"][0])
        for key in package.schema(name).get("foreignKeys", [])
        if len(key["fields"]) == 1
    }


def schema_org(package: Package) -> dict[str, Any]:
    """Return the package as a schema.org Dataset, without its files."""
    about = package.descriptor
    fields = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": about["title"],
        "description": about["description"],
        "version": about["version"],
        "dateCreated": about["created"][:10],
        "datePublished": _released(package),
        "license": [licence["path"] for licence in about["licenses"]],
        "creator": [{"@type": "Organization", "name": c["title"]} for c in about["contributors"]],
        "keywords": about["keywords"],
        "isAccessibleForFree": True,
        "identifier": [*filter(None, [about.get("id")]), swhid(package)],
        "isBasedOn": [{"@type": "CreativeWork", "name": s["title"], "url": s["path"]} for s in about["sources"]],
    }
    return _stated(fields)


def croissant(package: Package) -> dict[str, Any]:
    """Return one description that is a schema.org Dataset and Croissant 1.0: files with digests, typed fields, keys."""
    about = package.descriptor
    files, record_sets = [], []
    for name in package.tables:
        data, resource = package.path(name).read_bytes(), package.resource(name)
        described = {"name": f"{name}.csv", "description": resource["description"]}
        file = {"@type": "cr:FileObject", "@id": f"{name}.csv", **described, "contentUrl": f"../{resource['path']}"}
        size = {"contentSize": f"{len(data)} B", "encodingFormat": "text/csv"}
        files.append(file | size | {"sha256": hashlib.sha256(data).hexdigest()})
        points_to, fields = _references(package, name), []
        for column, field in package.fields(name).items():
            described = {"name": column, "description": field["description"], "dataType": f"sc:{TYPES[field['type']]}"}
            described["source"] = {"fileObject": {"@id": f"{name}.csv"}, "extract": {"column": column}}
            if column in points_to:
                table, target = points_to[column]
                # To the file and not to the other record set: mlcroissant loses rows of that kind when it loads.
                described["references"] = {"fileObject": {"@id": f"{table}.csv"}, "extract": {"column": target}}
            fields.append({"@type": "cr:Field", "@id": f"{name}/{column}"} | described)
        described = {"name": name, "description": resource["description"]}
        keyed = {"key": {"@id": f"{name}/{package.key(name)}"}, "field": fields}
        record_sets.append({"@type": "cr:RecordSet", "@id": name} | described | keyed)
    described = {"@context": CROISSANT_CONTEXT, "conformsTo": "http://mlcommons.org/croissant/1.0"}
    named = {"name": about["name"], "alternateName": about["title"], "citeAs": citations(package)["styled"]["apa"]}
    return schema_org(package) | described | named | {"distribution": files, "recordSet": record_sets}


# --- CSV on the Web ---


def _csvw_datatype(field: dict[str, Any]) -> dict[str, Any]:
    """Return a column's type with its codes, pattern and bounds, as CSVW has them."""
    limits = field.get("constraints", {})
    form = "|".join(map(re.escape, limits["enum"])) if "enum" in limits else limits.get("pattern")
    datatype = {
        "base": "double" if field["type"] == "number" else field["type"],
        "format": "true|false" if field["type"] == "boolean" else form,
    }
    return _stated(datatype | {bound: limits.get(bound) for bound in ("minimum", "maximum")})


def csvw(package: Package) -> dict[str, Any]:
    """Return the CSV on the Web metadata of all tables, as a table group."""
    about, tables = package.descriptor, []
    url = {name: f"csv/{package.path(name).name}" for name in package.tables}
    for name in package.tables:
        columns = []
        for column, field in package.fields(name).items():
            titles = {"titles": column, "dc:title": field["title"], "dc:description": field["description"]}
            required = bool(field.get("constraints", {}).get("required"))
            columns.append({"name": column, **titles, "datatype": _csvw_datatype(field), "required": required})
        references = [
            {"columnReference": column, "reference": {"resource": url[table], "columnReference": target}}
            for column, (table, target) in _references(package, name).items()
        ]
        schema = {"columns": columns, "primaryKey": package.key(name)}
        schema |= {"foreignKeys": references} if references else {}
        titles = {"dc:title": package.resource(name)["title"], "dc:description": package.resource(name)["description"]}
        tables.append({"url": url[name], **titles, "tableSchema": schema})
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": about["title"],
        "dc:description": about["description"],
        "dc:creator": [c["title"] for c in about["contributors"]],
        "dc:license": [{"@id": licence["path"]} for licence in about["licenses"]],
        "schema:version": about["version"],
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "tables": tables,
    }


# --- the dataset card ---


def with_front_matter(card: bytes, package: Package) -> bytes:
    """Return the dataset card with the YAML at its head, between two lines ---, as the Hugging Face hub reads it."""
    about = package.descriptor
    rows = sum(package.read_words(name).num_rows for name in package.tables)
    fields = {
        "pretty_name": about["title"].split(":")[0],
        "language": sorted({row["language"] for row in _coded_texts(package) if row["language"]}),
        "license": about["licenses"][0]["name"].lower(),
        # The coders were language models: see coding/passes.
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "source_datasets": ["original"],
        "size_categories": ["n<1K" if rows < 1_000 else "1K<n<10K" if rows < 10_000 else "10K<n<100K"],
        "tags": [keyword.lower() for keyword in about["keywords"]],
        "configs": [{"config_name": n, "data_files": f"data/parquet/{n}.parquet"} for n in package.tables],
    }
    head = f"---\n{yaml.safe_dump(fields, **YAML)}---\n"
    text, n = re.subn(r"\A---\n(?:.*?\n)??---\n", lambda _: head, card.decode("utf-8"), flags=re.DOTALL)
    if n != 1:
        raise PackageError("docs/dataset-card.md: expected a block between two lines `---` at its head; restore them.")
    return text.encode("utf-8")


def verbatim(package: Package) -> dict[str, list[int]]:
    """Return how many words each cell has that holds words of the coded texts, by column."""
    return {
        f"{name}.{column}": [len(cell.split()) for cell in package.read_words(name)[column].to_pylist() if cell]
        for name in package.tables
        for column, field in package.fields(name).items()
        if field["provenance"] == "verbatim"
    }
