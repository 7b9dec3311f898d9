"""The build makes the same bytes anywhere, writes only what differs, and says what is stale."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from killed_builds import content
from made_up import TEXT, edit, edit_json, rewrite, rows
from naqoura_talks.package import Package, PackageError
from scripts.build import command as build
from scripts.build import joined, parquet, products
from scripts.check import rules
from scripts.files import swhid_of_folder

ROOT = Path(__file__).resolve().parent.parent


def test_second_build_writes_nothing(made_up_root: Path) -> None:
    """After a build nothing is left to do."""
    assert build.build(made_up_root) == []


def test_build_rewrites_only_what_differs(made_up_root: Path) -> None:
    """A changed cell changes its own Parquet file, the page, the descriptors and what holds digests or the SWHID."""
    edit(made_up_root, "actors", "act-norland", description="A state.")
    assert build.build(made_up_root) == [
        "CITATION.cff",
        "data/citation.json",
        "data/joined/actors.csv",
        "data/joined/actors.parquet",
        "data/parquet/actors.parquet",
        "docs/croissant.json",
        "docs/index.html",
        "data/joined/datapackage.json",
        "data/parquet/datapackage.json",
        "datapackage.json",
    ]


def test_command(made_up_root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says what there is and what was written; --check says which file is stale, and writes nothing."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    assert build.main(["--root", str(made_up_root)]) == 0
    printed = capsys.readouterr().out
    assert "rules with the coded text (NAQOURA_TALKS_TEXT is not set)" in printed and "up to date" in printed
    edit(made_up_root, "identifiers", "idn-norland-wikidata", value="Q2")
    assert build.main(["--root", str(made_up_root), "--check"]) == 1
    assert (
        "data/parquet/identifiers.parquet: expected the file as the sources make it. Run `make`."
        in capsys.readouterr().out
    )
    assert build.main(["--root", str(made_up_root)]) == 0
    assert "identifiers.parquet" in capsys.readouterr().out
    assert build.product_problems(made_up_root) == []


@pytest.mark.parametrize(
    ("table", "key", "cells"),
    [
        ("events", "evt-truce-breach", {"attribution": "narrator"}),
        # Word pastes a vertical tab for a line break.
        ("events", "evt-harbour-talks", {"title": "Talks in\x0bPort Vell"}),
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["build", "check"])
def test_nothing_is_made_of_broken_sources(
    table: str, key: str, cells: dict[str, str], arguments: tuple[str, ...], made_up_root: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """With a problem in the sources no product is made, neither to be written nor to be compared."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    monkeypatch.setattr(products, "products", lambda root: pytest.fail("products were made"))
    edit(made_up_root, table, key, **cells)
    before = content(made_up_root)
    assert build.main(["--root", str(made_up_root), *arguments]) == 1
    printed = capsys.readouterr().out
    assert key in printed and "Nothing was built" in printed
    assert content(made_up_root) == before


def test_stale_products_are_seen(made_up_root: Path) -> None:
    """Each generated file that was edited by hand or removed is named, and it alone; the build makes it again."""
    made = products.products(made_up_root)
    assert {"docs/codebook.md", "CITATION.cff", "data/parquet/events.parquet"} < made.keys()
    for path, data in made.items():
        file = made_up_root / path
        file.write_bytes(data + b" ")
        assert products.stale(made_up_root, made) == [path]
        file.unlink()
        assert products.stale(made_up_root, made) == [path]
        file.write_bytes(data)
    gone = ("docs/codebook.md", "data/parquet/events.parquet", "data/parquet/datapackage.json")
    for path in gone:
        (made_up_root / path).unlink()
    assert {p.file for p in build.product_problems(made_up_root)} == set(gone)
    assert set(build.build(made_up_root)) == set(gone) and build.product_problems(made_up_root) == []


def test_parquet_with_another_cell_is_seen(made_up_root: Path) -> None:
    """A Parquet file that disagrees with its CSV in one cell, in a type or in its description is stale."""
    package = Package(made_up_root)
    path = package.path("passages", "parquet")
    table = pq.read_table(path)
    column = table.schema.get_field_index("char_end")
    for changed in (
        table.set_column(column, table.schema.field(column), [[1] * table.num_rows]),
        table.set_column(column, "char_end", table["char_end"].cast("int32")),
        table.replace_schema_metadata({}),
    ):
        path.write_bytes(parquet.parquet_bytes(changed))
        assert not parquet.same_parquet(path, parquet.parquet_table(package, "passages"))
    assert "data/parquet/passages.parquet" in [p.file for p in build.product_problems(made_up_root)]


def test_parquet_of_another_pyarrow_is_left_alone(made_up_root: Path) -> None:
    """A file with the same table in other bytes, as another version writes it, is not rewritten."""
    path = made_up_root / "data/parquet/events.parquet"
    pq.write_table(pq.ParquetFile(path).read(), path, compression="snappy")
    assert build.build(made_up_root) == ["data/parquet/datapackage.json"]
    assert build.product_problems(made_up_root) == []


def test_parquet_metadata() -> None:
    """The files say which table of which package version they are, and describe their columns."""
    package = Package(ROOT)
    schema = pq.read_schema(package.path("events", "parquet"))
    assert schema.metadata[b"table"] == b"events"
    assert schema.metadata[b"package_version"].decode() == package.version
    assert all(field.metadata[b"description"] for field in schema)
    assert b"pandas" not in schema.metadata


def test_leftovers_of_a_killed_build_are_no_files_of_the_package(made_up_root: Path) -> None:
    """What a build that was killed left beside its files is no problem, and in no identifier."""
    before = swhid_of_folder(made_up_root / "data")
    for folder in ("data/csv", "data/parquet", "docs"):
        (made_up_root / folder / ".events.123.part").write_bytes(b"half")
    assert build.problems(made_up_root, (TEXT,)) == [] and swhid_of_folder(made_up_root / "data") == before


def test_missing_marks_are_told(made_up_root: Path) -> None:
    """A page whose generated marks were deleted is not overwritten, and the error says which mark."""
    (made_up_root / "README.md").write_text("# Without marks\n", encoding="utf-8")
    with pytest.raises(PackageError, match=r"README\.md.*`glance: generated`.*restore its marks"):
        build.build(made_up_root)


def test_codebook_has_everything() -> None:
    """Each table, column and code is in the codebook, unused codes marked, and each rule, in SQL or Python."""
    package, book = Package(ROOT), (ROOT / "docs/codebook.md").read_text("utf-8")
    for name in package.tables:
        assert f"\n### {name}\n" in book
        assert all(f"| `{column}` |" in book for column in package.fields(name))
    for row in package.read_words("codes").to_pylist():
        assert f"| `{row['code']}` | {row['label']} |" in book
    assert "0 (unused)" in book and "erDiagram" in book
    assert all(sentence in book for *_, sentence in rules.sentences(package))
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "scripts").glob("[bc]*/*.py"))
    in_python = set(re.findall(r'(?:Problem\(\s*|\brule, \w+ = )"([a-z-]+)"', sources))
    assert len(in_python) > 15 and [rule for rule in in_python if f"`{rule}`" not in book] == []


def test_codes_with_a_pipe_stay_in_their_cell(made_up_root: Path) -> None:
    """A bar in a text does not break the tables of the codebook."""
    edit(made_up_root, "codes", "cod-realis-actual", definition="This | that.")
    package = Package(made_up_root)
    book = products.pages(package, {}, joined.database(package), [])["docs/codebook.md"]
    assert b"This \\| that." in book


def test_version_stands_once(made_up_root: Path) -> None:
    """Changing the version in the descriptor changes it everywhere."""
    edit_json(made_up_root, "datapackage.json", lambda d: d.update(version="7.8.9"))
    build.build(made_up_root)
    assert "7.8.9" in (made_up_root / "CITATION.cff").read_text("utf-8")
    assert "Version 7.8.9" in (made_up_root / "docs/codebook.md").read_text("utf-8")
    assert pq.read_schema(made_up_root / "data/parquet/codes.parquet").metadata[b"package_version"] == b"7.8.9"
    for file in ("README.md", "pyproject.toml", "src/naqoura_talks/__init__.py"):
        typed = (ROOT / file).read_text("utf-8").replace(Package(ROOT).citation, "")
        assert f'"{Package(ROOT).version}"' not in typed


# --- the joined tables ---


def test_the_joined_package_is_one() -> None:
    """frictionless finds every cell, type and key as the derived schemas say, and the profile its descriptor."""
    report = frictionless.Package(str(ROOT / "data/joined/datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "fieldName", "note"])[:5]
    joined_package = Package(ROOT).joined
    for name in joined_package.tables:
        about, path = joined_package.resource(name), joined_package.path(name, "parquet")
        assert pq.read_table(path).num_rows == about["rows"]
        assert about["parquet"]["hash"] == products.sha256(path.read_bytes())


def test_a_joined_column_has_the_field_that_it_comes_from() -> None:
    """With its codelist and the order of its codes, but without what holds in its own table alone."""
    package = Package(ROOT)
    realis, actor = (package.joined.fields("event_actors")[c] for c in ("realis", "actor"))
    assert realis | {"constraints": 0} == package.fields("events")["realis"] | {"constraints": 0}
    assert realis["constraints"]["enum"] == package.fields("events")["realis"]["constraints"]["enum"]
    assert actor["description"] == package.fields("actors")["name"]["description"] and actor["name"] == "actor"
    assert not any(
        "required" in f.get("constraints", {}) for n in package.joined.tables for f in package.joined.fields(n).values()
    )


def test_every_line_on_a_column_is_used() -> None:
    """What is said of columns is of columns that a table has, and what all share is used by one at least."""
    package, used = Package(ROOT), set()
    described = json.loads((joined.VIEWS / "tables.json").read_text("utf-8"))
    for name, about in described["tables"].items():
        fields, own = set(package.joined.fields(name)), set(about.get("columns", {}))
        assert own <= fields, (name, own - fields)
        used |= fields - own
    assert set(described["shared"]) <= used


def test_a_column_that_nobody_describes_is_told() -> None:
    """The error names the view and the column."""
    with pytest.raises(PackageError, match="column mystery of joined_acts is not described"):
        joined.field(Package(ROOT), "acts", pa.field("mystery", pa.string()), {"tables": {"acts": {}}, "shared": {}})


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2031-05-04", "4 May 2031"), ("2031-05", "May 2031"), ("2031", "2031"), ("[2031..]", "2031 or later"),
        ("[..2031-05]", "May 2031 or earlier"), ("[2030..2031]", "between 2030 and 2031"), (None, None), ("2031~", "2031~"),
    ],
)  # fmt: skip
def test_dates_in_words(edtf: str | None, words: str | None) -> None:
    """Every EDTF form of the schemas is told in words; another stays as it is."""
    base = duckdb.connect()
    base.execute((joined.VIEWS / "shared.sql").read_text("utf-8").split("-- The speakers who")[0])
    assert base.execute("SELECT edtf_in_words(?)", [edtf]).fetchone() == (words,)


def test_links_in_a_circle_end(made_up_root: Path) -> None:
    """Two events that each follow the other still have a timeline, with every event once."""
    link = rows(made_up_root, "event_links")[0]
    back = link | {
        "event_link_id": "evl-truce-in-effect-follows-harbour-talks",
        "event_id": link["linked_event_id"], "linked_event_id": link["event_id"],
    }  # fmt: skip
    rewrite(made_up_root, "event_links", [link, back])
    package = Package(made_up_root)
    line = joined.tables(package, joined.database(package))["timeline"].table.to_pylist()
    assert [r["position"] for r in line] == [1, 2, 3] and len({r["event_id"] for r in line}) == 3
