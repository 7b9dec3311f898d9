"""The build makes the same bytes anywhere, writes only what differs, and the check sees what is stale."""

from __future__ import annotations

from pathlib import Path

import duckdb
import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from made_up import TEXT, edit, edit_json, rewrite, rows
from naqoura_talks.package import Package, PackageError
from scripts.build import command as build
from scripts.build import joined, parquet, products
from scripts.check import command as check

ROOT = Path(__file__).resolve().parent.parent


def test_generated_files_are_up_to_date() -> None:
    """What is committed is what the build makes from what is committed."""
    assert products.stale(ROOT, products.products(ROOT)) == []


def test_second_build_writes_nothing(made_up_root: Path) -> None:
    """After a build nothing is left to do."""
    assert build.build(made_up_root) == []


def test_build_rewrites_only_what_differs(made_up_root: Path) -> None:
    """A changed cell changes its own Parquet file, the page, the descriptors and what holds digests or the SWHID."""
    edit(made_up_root, "actors", "act-norland", description="A state.")
    assert build.build(made_up_root) == [
        "CITATION.cff",
        "citation.json",
        "croissant.json",
        "data/joined/actors.csv",
        "data/joined/actors.parquet",
        "data/parquet/actors.parquet",
        "docs/index.html",
        "data/joined/datapackage.json",
        "data/parquet/datapackage.json",
        "datapackage.json",
    ]


def test_command_builds_once(
    made_up_root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command says what there is; the second time it says that nothing has changed; an edit wakes it."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    assert build.main(["--root", str(made_up_root)]) == 0
    first = capsys.readouterr().out
    assert "evidence" in first and "not the 2 rules with the coded text" in first
    assert build.main(["--root", str(made_up_root)]) == 0
    assert "Nothing has changed" in capsys.readouterr().out
    edit(made_up_root, "identifiers", "idn-norland-wikidata", value="Q2")
    assert build.main(["--root", str(made_up_root)]) == 0
    assert "identifiers.parquet" in capsys.readouterr().out


def test_broken_sources_are_not_built(
    made_up_root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a problem in the sources nothing is written, and the exit code is 1."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    edit(made_up_root, "events", "evt-truce-breach", attribution="narrator")
    before = {p: p.read_bytes() for p in made_up_root.rglob("*") if p.is_file() and p.name != "lock"}
    assert build.main(["--root", str(made_up_root)]) == 1
    assert "Nothing was built" in capsys.readouterr().out
    assert {p: p.read_bytes() for p in made_up_root.rglob("*") if p.is_file() and p.name != "lock"} == before


STALE = [
    "CODEBOOK.md", "CITATION.cff", "citation.json", "croissant.json", "csv-metadata.json",
    "data/parquet/datapackage.json", "data/parquet/events.parquet", "data/joined/datapackage.json", "data/joined/acts.csv",
    "data/joined/timeline.parquet",
]  # fmt: skip


@pytest.mark.parametrize("path", STALE)
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_stale_products_are_seen(path: str, how: str, made_up_root: Path) -> None:
    """A generated file that was edited by hand or removed fails the check, and the build heals it."""
    file = made_up_root / path
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes() + b" ")
    found = [p for p in check.all_problems(made_up_root, (TEXT,)) if p.rule == "products"]
    assert [p.file for p in found] and all(path.split("/")[1 if "/" in path else 0] in p.file for p in found)
    assert path in build.build(made_up_root)
    assert check.all_problems(made_up_root, (TEXT,)) == []


def test_parquet_with_another_cell_is_seen(made_up_root: Path) -> None:
    """A Parquet file that disagrees with its CSV in one cell, or in a type, fails the check."""
    path = made_up_root / "data/parquet/passages.parquet"
    table = pq.read_table(path)
    column = table.schema.get_field_index("char_end")
    for changed in (
        table.set_column(column, table.schema.field(column), [[1] * table.num_rows]),
        table.set_column(column, "char_end", table["char_end"].cast("int32")),
        table.replace_schema_metadata({}),
    ):
        path.write_bytes(parquet.parquet_bytes(changed))
        assert any(p.file.endswith("passages.parquet") for p in check.all_problems(made_up_root, (TEXT,)))


def test_parquet_of_another_pyarrow_is_left_alone(made_up_root: Path) -> None:
    """A file with the same table in other bytes, as another version writes it, is not rewritten."""
    path = made_up_root / "data/parquet/events.parquet"
    pq.write_table(pq.ParquetFile(path).read(), path, compression="snappy")
    assert build.build(made_up_root) == ["data/parquet/datapackage.json"]
    assert check.all_problems(made_up_root, (TEXT,)) == []


def test_parquet_metadata() -> None:
    """The files say which table of which package version they are, and describe their columns."""
    package = Package(ROOT)
    schema = pq.read_schema(package.path("events", "parquet"))
    assert schema.metadata[b"table"] == b"events"
    assert schema.metadata[b"package_version"].decode() == package.version
    assert all(field.metadata[b"description"] for field in schema)
    assert b"pandas" not in schema.metadata


def test_leftovers_of_a_killed_build_go(made_up_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-written files beside their place are removed by the next build."""
    monkeypatch.delenv("NAQOURA_TALKS_TEXT", raising=False)
    leftover = made_up_root / "data/parquet/events.parquet.123.part"
    leftover.write_bytes(b"half")
    assert build.main(["--root", str(made_up_root)]) == 0
    assert not leftover.exists()


def test_missing_marks_are_told(made_up_root: Path) -> None:
    """A page whose generated marks were deleted is not overwritten, and the error says which mark."""
    (made_up_root / "README.md").write_text("# Without marks\n", encoding="utf-8")
    with pytest.raises(PackageError, match=r"README\.md.*`tables: generated`.*restore its marks"):
        build.build(made_up_root)


def test_codebook_has_everything() -> None:
    """Each table, column and code is in the codebook, unused codes marked."""
    package, book = Package(ROOT), (ROOT / "CODEBOOK.md").read_text("utf-8")
    for name in package.tables:
        assert f"\n### {name}\n" in book
        assert all(f"| `{column}` |" in book for column in package.fields(name))
    for row in package.read_words("codes").to_pylist():
        assert f"| `{row['code']}` | {row['label']} |" in book
    assert "0 (unused)" in book and "erDiagram" in book


def test_codes_with_a_pipe_stay_in_their_cell(made_up_root: Path) -> None:
    """A bar in a text does not break the tables of the codebook."""
    edit(made_up_root, "codes", "cod-realis-actual", definition="This | that.")
    assert b"This \\| that." in products.codebook(Package(made_up_root))


def test_version_stands_once(made_up_root: Path) -> None:
    """Changing the version in the descriptor changes it everywhere."""
    edit_json(made_up_root, "datapackage.json", lambda d: d.update(version="7.8.9"))
    build.build(made_up_root)
    assert "7.8.9" in (made_up_root / "CITATION.cff").read_text("utf-8")
    assert "Version 7.8.9" in (made_up_root / "CODEBOOK.md").read_text("utf-8")
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
    """What a view says of columns is of columns that it has, and what all share is used by one at least."""
    package, used = Package(ROOT), set()
    shared = joined.columns((joined.VIEWS / "shared.sql").read_text("utf-8"))
    for file in joined.FILES:
        for comment, name in joined.BLOCK.findall((joined.VIEWS / f"{file}.sql").read_text("utf-8")):
            fields, own = set(package.joined.fields(name)), set(joined.columns(comment))
            assert own <= fields, (name, own - fields)
            used |= fields - own
    assert set(shared) <= used


def test_a_column_that_nobody_describes_is_told() -> None:
    """The error names the view and the column."""
    with pytest.raises(PackageError, match="column mystery of joined_acts is not described"):
        joined.field(Package(ROOT), "acts", pa.field("mystery", pa.string()), {}, {})


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2031-05-04", "4 May 2031"), ("2031-05", "May 2031"), ("2031", "2031"), ("[2031..]", "2031 or later"),
        ("[..2031-05]", "May 2031 or earlier"), (None, None), ("2031~", "2031~"),
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
    line = joined.tables(Package(made_up_root))["timeline"].table.to_pylist()
    assert [r["position"] for r in line] == [1, 2, None] and len({r["event_id"] for r in line}) == 3
