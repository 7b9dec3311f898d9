"""What others' formats say of the package is what descriptor, schemas and tables say, and no more.

Each format's own validator is asked by the judges; here the content is compared, which no validator does.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from made_up import edit_json, rows
from naqoura_talks.package import Package, PackageError
from scripts import files
from scripts.build import command as build
from scripts.build import metadata
from scripts.build.figures import TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Package(ROOT)
CROISSANT = json.loads((ROOT / "docs/croissant.json").read_text("utf-8"))
CSVW = json.loads((ROOT / "data/csv-metadata.json").read_text("utf-8"))
CFF = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def foreign_keys(name: str) -> dict[str, tuple[str, str]]:
    """Return table and column by column, as the Table Schema has them."""
    keys = PACKAGE.schema(name).get("foreignKeys", [])
    return {k["fields"][0]: (k["reference"].get("resource", name), k["reference"]["fields"][0]) for k in keys}


def test_about_agrees() -> None:
    """Title, version, licences, authors and keywords are the descriptor's, in each file."""
    about = PACKAGE.descriptor
    assert CFF["title"] == CSVW["dc:title"] == CROISSANT["alternateName"] == about["title"]
    assert CFF["version"] == CSVW["schema:version"] == CROISSANT["version"] == about["version"]
    authors = [c["title"] for c in about["contributors"]]
    assert (
        [a["name"] for a in CFF["authors"]]
        == [c["name"] for c in CROISSANT["creator"]]
        == CSVW["dc:creator"]
        == authors
    )
    assert [x["@id"] for x in CSVW["dc:license"]] == CROISSANT["license"] == [x["path"] for x in about["licenses"]]
    assert CFF["keywords"] == CROISSANT["keywords"] == about["keywords"]


def test_one_identifier_everywhere() -> None:
    """The SWHID of the tables is the same in all of them."""
    swhid = metadata.swhid(PACKAGE)
    assert CFF["identifiers"][0]["value"] == swhid and swhid in CROISSANT["identifier"]
    for file in ("data/citation.json", "README.md", "docs/dataset-card.md"):
        assert swhid in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("name", PACKAGE.tables)
def test_croissant_describes_each_table(name: str) -> None:
    """File with digest and size, fields with types in the schema's order, key, and where foreign keys point to."""
    resource, fields = PACKAGE.resource(name), PACKAGE.fields(name)
    (file,) = (f for f in CROISSANT["distribution"] if f["name"] == f"{name}.csv")
    assert (f"sha256:{file['sha256']}", file["contentUrl"]) == (resource["hash"], f"../{resource['path']}")
    assert file["contentSize"] == f"{resource['bytes']} B"
    (records,) = (r for r in CROISSANT["recordSet"] if r["name"] == name)
    assert (
        [f["name"] for f in records["field"]]
        == [f["source"]["extract"]["column"] for f in records["field"]]
        == list(fields)
    )
    assert [f["dataType"] for f in records["field"]] == [f"sc:{metadata.TYPES[f['type']]}" for f in fields.values()]
    assert records["key"]["@id"] == f"{name}/{PACKAGE.key(name)}"
    pointing = {
        f["name"]: (f["references"]["fileObject"]["@id"].removesuffix(".csv"), f["references"]["extract"]["column"])
        for f in records["field"]
        if "references" in f
    }
    assert pointing == foreign_keys(name)


@pytest.mark.parametrize("name", PACKAGE.tables)
def test_csvw_describes_each_table(name: str) -> None:
    """Columns with type, codes, pattern, bounds and what is required; primary and foreign keys."""
    (table,) = (t for t in CSVW["tables"] if f"data/{t['url']}" == PACKAGE.resource(name)["path"])
    schema = table["tableSchema"]
    for column, (key, field) in zip(schema["columns"], PACKAGE.fields(name).items(), strict=True):
        constraints, datatype = field.get("constraints", {}), column["datatype"]
        assert column["name"] == column["titles"] == key
        assert datatype["base"] == {"number": "double"}.get(field["type"], field["type"])
        assert column["required"] == constraints.get("required", False)
        for value in constraints.get("enum", []):
            assert re.fullmatch(datatype["format"], value)
        if "enum" in constraints:
            assert not re.fullmatch(datatype["format"], "".join(constraints["enum"]))
        elif "pattern" in constraints:
            assert datatype["format"] == constraints["pattern"]
        for bound in ("minimum", "maximum"):
            assert datatype.get(bound) == constraints.get(bound)
    assert schema["primaryKey"] == PACKAGE.key(name)
    url = {n: PACKAGE.resource(n)["path"].removeprefix("data/") for n in PACKAGE.tables}
    pointing = {k["columnReference"]: tuple(k["reference"].values()) for k in schema.get("foreignKeys", [])}
    assert pointing == {c: (url[table], target) for c, (table, target) in foreign_keys(name).items()}


def test_a_release_has_its_day(made_up_root: Path) -> None:
    """A version that is recorded in releases/ has the day of its release; another is none and has none."""
    files = ("CITATION.cff", "docs/croissant.json")
    edit_json(made_up_root, "datapackage.json", lambda d: d.update(version="1.0.0", created="2031-05-06T00:00:00Z"))
    build.build(made_up_root)
    assert not any(re.search("date-released|datePublished", (made_up_root / f).read_text("utf-8")) for f in files)
    (made_up_root / "releases/1.0.0").mkdir(parents=True)
    build.build(made_up_root)
    assert yaml.safe_load((made_up_root / files[0]).read_text("utf-8"))["date-released"] == "2031-05-06"
    assert json.loads((made_up_root / files[1]).read_text("utf-8"))["datePublished"] == "2031-05-06"


# --- the dataset card and the form for data errors ---

CARD = (ROOT / "docs/dataset-card.md").read_text("utf-8")
# What the Hugging Face hub takes in these fields.
HUB = {
    "annotations_creators": {
        "crowdsourced",
        "expert-generated",
        "found",
        "machine-generated",
        "no-annotation",
        "other",
    },
    "language_creators": {"crowdsourced", "expert-generated", "found", "machine-generated", "other"},
    "multilinguality": {"monolingual", "multilingual", "translation", "other"},
    "size_categories": {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M"},
    "source_datasets": {"original", "extended"},
}


def test_card_has_valid_front_matter() -> None:
    """The YAML is what the hub reads: its fields, its vocabulary, and a configuration for each table that is there."""
    front = yaml.safe_load(CARD.split("---\n")[1])
    assert front["license"] == "cc-by-4.0" and front["language"] == ["en"] and CARD.startswith("---\n")
    for name, values in HUB.items():
        assert set(front[name]) <= values
    assert [c["config_name"] for c in front["configs"]] == PACKAGE.tables
    assert all((ROOT / c["data_files"]).is_file() for c in front["configs"])


def test_card_without_its_head_is_told() -> None:
    """If the lines around the YAML are gone, the card is not written over."""
    with pytest.raises(PackageError, match="two lines `---`"):
        metadata.with_front_matter(b"# Card\n", PACKAGE)


def test_card_says_what_is_not_known() -> None:
    """The first screen says that headline, publisher and date are not stated, and the heads are all there."""
    assert "headline, publisher and date are not stated" in CARD.split("## ")[0]
    for head in (
        "Motivation",
        "What the population is",
        "How it was made",
        "Uses",
        "Biases and limits",
        "Upkeep",
        "Citation",
    ):
        assert f"\n## {head}\n" in CARD
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", CARD)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_verbatim_figures(made_up_root: Path) -> None:
    """The longest verbatim cell is counted in words."""
    blocks = TEMPLATES.get_template("blocks.md").module
    figures = blocks.verbatim(metadata.verbatim(Package(made_up_root)))
    longest = max(len(r["name_words"].split()) for r in rows(made_up_root, "names"))
    assert f"| `names.name_words` | {len(rows(made_up_root, 'names'))} | {longest} |" in figures


def test_form_for_data_errors() -> None:
    """The form is one that GitHub takes, asks for no quotation, and offers all tables and no other."""
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/data-error.yml").read_text("utf-8"))
    assert {"name", "description", "body"} <= set(form)
    fields = {item["id"]: item for item in form["body"] if item["type"] != "markdown"}
    assert all(item["type"] in ("dropdown", "input", "textarea", "markdown") for item in form["body"])
    assert all(item["attributes"]["label"] for item in fields.values())
    assert fields["table"]["attributes"]["options"] == PACKAGE.tables
    assert "Do not quote" in form["body"][0]["attributes"]["value"]
    assert {"rows", "column", "value", "expected", "words", "severity", "version"} <= set(fields)


def test_corrections_know_all_tables() -> None:
    """A correction can be listed for each table."""
    schema = json.loads((ROOT / "coding/corrections-schema.json").read_text("utf-8"))
    assert schema["fields"][1]["constraints"]["enum"] == PACKAGE.tables


@pytest.mark.parametrize("path", ["data/citation.json", "docs/croissant.json", "data/csv-metadata.json"])
def test_products_are_json_of_the_project(path: str) -> None:
    """The generated JSON is written as all of ours: two spaces, UTF-8, one LF at the end."""
    data = (ROOT / path).read_bytes()
    assert data == files.to_json(json.loads(data))
