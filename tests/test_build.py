"""The build makes the same bytes anywhere, writes only what differs, and the check sees what is stale."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from made_up import TEXT, edit, edit_json
from naqoura_talks.package import Package, PackageError
from scripts.build import command as build
from scripts.build import parquet, products
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
        "data/parquet/actors.parquet",
        "docs/index.html",
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
    edit(made_up_root, "actors", "act-norland", description="A state.")
    assert build.main(["--root", str(made_up_root)]) == 0
    assert "actors.parquet" in capsys.readouterr().out


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
    "data/parquet/datapackage.json", "data/parquet/events.parquet",
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
