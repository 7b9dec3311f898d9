"""A release is whole, the same whenever it is made of one commit, and refused where it should be.

The examples in its README are run as a stranger would run them, from the unpacked zip.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import conftest
import naqoura_talks as nt
from naqoura_talks.package import PackageError
from scripts.check import versions
from scripts.release import command as release

NAME = f"naqoura-talks-{nt.__version__}"


def test_two_releases_are_equal(checkout: Path, released: Path, tmp_path: Path) -> None:
    """From another folder, in another time zone, with another hash seed and locale, every byte is the same."""
    other = tmp_path / "elsewhere"
    shutil.copytree(checkout, other)
    odd = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    done = conftest.make_release(other, tmp_path / "dist", **odd)
    assert done.returncode == 0, done.stdout + done.stderr
    names = sorted(p.name for p in released.iterdir())
    assert names == sorted(p.name for p in (tmp_path / "dist").iterdir())
    for name in names:
        assert (released / name).read_bytes() == (tmp_path / "dist" / name).read_bytes(), name


def test_what_there_is(released: Path) -> None:
    """Every file that the README names is there, and the checksums hold for all of them."""
    names = {p.name for p in released.iterdir()}
    assert names >= {f"{NAME}.{s}" for s in ("zip", "sqlite", "datasette.json", "xlsx", "dta.zip", "sav.zip")}
    assert names >= {f"{NAME}.annotations.jsonld", "naqoura-talks.R", "README.md", "check.txt", "diff.txt"}
    assert {p.suffix for p in released.glob("naqoura_talks-*")} == {".whl", ".gz"}
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=released, check=True)
    listed = {line.split("  ")[1] for line in (released / "SHA256SUMS").read_text().splitlines()}
    assert listed == names - {"SHA256SUMS"}
    assert "No problem found" in (released / "check.txt").read_text("utf-8")


def test_figures_are_as_wide_as_journals_ask(released: Path) -> None:
    """Each is 170 mm wide, as PDF and as PNG of 300 dots an inch, with its caption beside it."""
    drawings = list(released.glob("*.svg"))
    assert len(drawings) == 2
    for svg in drawings:
        page = re.search(rb"/MediaBox \[0 0 ([\d.]+) ", svg.with_suffix(".pdf").read_bytes())
        assert abs(float(page[1]) - 170 / 25.4 * 72) < 1
        assert abs(int.from_bytes(svg.with_suffix(".png").read_bytes()[16:20]) - 170 / 25.4 * 300) < 2
        assert f"**{svg.stem}**" in (released / "figures.md").read_text("utf-8")


def test_zip_is_the_package(released: Path, checkout: Path) -> None:
    """The zip holds, in one folder, the files of the commit as they are, and the README says what is there."""
    with zipfile.ZipFile(released / f"{NAME}.zip") as archive:
        inside = {n.removeprefix(f"{NAME}/"): archive.read(n) for n in archive.namelist()}
    for part in ("datapackage.json", "docs/codebook.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSE-DATA"):
        assert inside[part] == (checkout / part).read_bytes(), part
    for folder in ("data", "schemas", "coding"):
        for path in (checkout / folder).rglob("*"):
            if path.is_file():
                assert inside[path.relative_to(checkout).as_posix()] == path.read_bytes(), path
    page = inside["README.md"].decode("utf-8")
    assert "{{" not in page and [line for line in nt.cite().splitlines() if f"> {line}\n" not in page] == []
    told = page.split("## What is in the zip")[0]
    others = (".svg", ".pdf", ".png")
    assert [p.name for p in released.iterdir() if p.name not in told and p.suffix not in others] == ["README.md"]
    named = re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE)
    for name in re.findall(r"`([^`]+)`", " ".join(named)):
        assert any(path.startswith(name) for path in inside), name
    assert "data/joined/acts.csv" in inside and inside["codebook.csv"].startswith(b"table_name,column_name,title")


def test_the_version_before_is_compared(released: Path) -> None:
    """What changed since the version before is there as text and as a page."""
    assert "1.0.0 → " in (released / "diff.txt").read_text("utf-8")
    assert "<h2>events</h2>" in (released / "diff.html").read_text("utf-8")


# --- the README's examples ---


@pytest.fixture(scope="session")
def unpacked(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the unpacked zip, with the single files of the release in it, as the README has it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(released / f"{NAME}.zip") as archive:
        archive.extractall(folder)
    for path in released.iterdir():
        shutil.copy(path, folder / NAME / path.name)
    return folder / NAME


def example(unpacked: Path, language: str) -> str:
    """Return the code of the README's example in a language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", (unpacked / "README.md").read_text("utf-8"), re.DOTALL)
    return code


def prints_the_counts(printed: str) -> None:
    """The output has each code of realis with the number of its events behind it."""
    counts = Counter(nt.load("events")["realis"])
    assert counts
    for code, n in counts.items():
        assert re.search(rf"\b{code}\b\W+{n}\b", printed), f"{code} {n} not in:\n{printed}"


@pytest.mark.parametrize(
    ("language", "home"), [("wheel", ""), ("pandas", ""), ("polars", "judges"), ("duckdb", "judges")]
)
def test_python_examples(unpacked: Path, language: str, home: str, tmp_path: Path) -> None:
    """The examples for the wheel, pandas, polars and DuckDB print the counts."""
    python = conftest.python_of(home) if home else Path(sys.executable)
    with zipfile.ZipFile(next(unpacked.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path)
    env = {"PYTHONPATH": str(tmp_path) if language == "wheel" else "", "PYTHONUTF8": "1", "PATH": "/usr/bin:/bin"}
    code = example(unpacked, f"python {language}")
    done = subprocess.run([python, "-c", code], cwd=unpacked, env=env, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    prints_the_counts(done.stdout)


def test_sql_example(unpacked: Path) -> None:
    """The example for SQL gives the counts."""
    base = sqlite3.connect(unpacked / f"{NAME}.sqlite")
    prints_the_counts("\n".join(f"{code}|{n}" for code, n in base.execute(example(unpacked, "sql"))))


def test_r_example(unpacked: Path) -> None:
    """The example for R prints the counts."""
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed (on Debian and Ubuntu: apt install r-base-core)")
    code = ["Rscript", "--vanilla", "-e", example(unpacked, "r")]
    done = subprocess.run(code, cwd=unpacked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    prints_the_counts(done.stdout)


def test_leading_zeros(unpacked: Path) -> None:
    """Read as the README says, codes are as they are in the data; read without it, zeros get lost."""
    script = """
import pandas as pd, sys
book, csv = sys.argv[1], "data/joined/acts.csv"
found = [pd.read_csv(csv, dtype=str), pd.read_excel(book, "acts", dtype=str), pd.read_parquet(csv[:-3] + "parquet")]
print(*("|".join(frame["cameo"].dropna()) for frame in found), sep="\\n")
"""
    book = f"{NAME}.xlsx"
    done = subprocess.run([sys.executable, "-c", script, book], cwd=unpacked, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["|".join(nt.acts()["cameo"].dropna())] * 3, done.stderr
    assert any(code.startswith("0") for code in nt.acts()["cameo"].dropna())
    code = "import polars as pl; print(*pl.read_csv('data/joined/acts.csv', infer_schema=False)['cameo'].drop_nulls())"
    done = subprocess.run(
        [conftest.python_of("judges"), "-c", code], cwd=unpacked, capture_output=True, text=True
    )  # fmt: skip
    assert done.stdout.split() == list(nt.acts()["cameo"].dropna()), done.stderr


def test_r_keeps_labels(unpacked: Path) -> None:
    """Rows and columns of a table keep their labels in R, and the codebook has every column."""
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed (on Debian and Ubuntu: apt install r-base-core)")
    script = """
      source("naqoura-talks.R"); nt <- naqoura_talks(".")
      parts <- list(nt$events[nt$events$realis == "actual", ], subset(nt$events, TRUE, c(title, realis)), head(nt$events))
      cat(sapply(parts, function(part) attr(part$realis, "label")), nrow(nt$codebook), class(parts[[1]]$realis), sep = "|")
    """
    done = subprocess.run(["Rscript", "--vanilla", "-e", script], cwd=unpacked, capture_output=True, text=True)
    columns = len(list((unpacked / "codebook.csv").open(encoding="utf-8"))) - 1
    assert done.stdout == f"Realis|Realis|Realis|{columns}|factor", done.stderr


def test_identifier_example(unpacked: Path, tmp_path: Path) -> None:
    """The README's git commands give the identifier that it states."""
    shutil.copytree(unpacked / "data", tmp_path / "data")
    (code,) = re.findall(r"```sh\n(git .*?)```", (unpacked / "README.md").read_text("utf-8"), re.DOTALL)
    done = subprocess.run(["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"`swh:1:dir:{done.stdout.strip()}`" in (unpacked / "README.md").read_text("utf-8")


# --- refusals ---


@pytest.fixture
def copy(checkout: Path, tmp_path: Path) -> Path:
    """A copy of the checkout, to be spoilt."""
    root = tmp_path / "copy"
    shutil.copytree(checkout, root)
    return root


def test_differences_from_the_version_before(copy: Path) -> None:
    """With a released version in the history, the release has the changed cell, as text and as a page."""
    path = copy / "data/csv/places.csv"
    path.write_text(path.read_text("utf-8").replace("33.89332", "33.89330").replace("Beirut", "<b>Beirut</b>"), "utf-8")
    conftest.commit(copy)
    last = versions.releases(copy)[-1].version
    found = release.differences(copy, "99.0.0")
    assert sorted(found) == ["diff.html", "diff.txt"]
    assert "places plc-beirut latitude: '33.89332' → '33.89330'" in found["diff.txt"].decode("utf-8")
    page = found["diff.html"].decode("utf-8")
    assert "<h2>places</h2>" in page and "<h2>passages</h2>" not in page and "<b>" not in page
    assert "33.89332" in page and "33.89330" in page and f"{last} → " in found["diff.txt"].decode("utf-8")
    assert sorted(release.differences(copy, "1.0.0")) == ["diff.txt"]


def test_refuses_what_is_not_committed(copy: Path, tmp_path: Path) -> None:
    """A changed or an added file is named, and nothing is made."""
    (copy / "stray.txt").write_text("x")
    (copy / "README.md").write_text("x")
    done = conftest.make_release(copy, tmp_path / "dist")
    assert done.returncode == 1 and not (tmp_path / "dist").exists()
    assert "Commit or remove these first" in done.stderr and "README.md" in done.stderr and "stray.txt" in done.stderr


def test_refuses_what_the_check_refuses(copy: Path, tmp_path: Path) -> None:
    """A committed error of the data is reported as the check reports it, and nothing is made."""
    path = copy / "data/csv/places.csv"
    path.write_text(path.read_text("utf-8").replace("33.89332", "133.89332"), "utf-8")
    conftest.commit(copy)
    done = conftest.make_release(copy, tmp_path / "dist")
    assert done.returncode == 1 and not (tmp_path / "dist").exists()
    assert "The check found problems" in done.stderr and "133.89332" in done.stderr


def test_refuses_outside_git(copy: Path, tmp_path: Path) -> None:
    """A folder without a commit is no place to release from."""
    shutil.rmtree(copy / ".git")
    done = conftest.make_release(copy, tmp_path / "dist")
    assert done.returncode == 1 and "no git checkout" in done.stderr


def test_never_replaces_another_folder(tmp_path: Path) -> None:
    """A folder that holds something else is left alone; an older release is replaced whole."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(PackageError, match="holds no release"):
        release.write({"a": b"1"}, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    out = tmp_path / "new"
    release.write({"SHA256SUMS": b"", "old": b"1"}, out)
    release.write({"SHA256SUMS": b"", "new": b"1"}, out)
    assert sorted(p.name for p in out.iterdir()) == ["SHA256SUMS", "new"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "thesis.txt"]
