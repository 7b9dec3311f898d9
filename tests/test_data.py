"""The published data: whole by the check, settled as the adjudication says, and free of the report's sentences.

What a single rule sees is in test_rules.py; here it is asked of the real tables.
"""

from __future__ import annotations

import csv
import re
import subprocess
from pathlib import Path

import pytest

from naqoura_talks.package import Package
from naqoura_talks.text import canonicalise, digest
from scripts.check import command as check
from scripts.coding import anchor

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Package(ROOT)


def test_package_is_whole() -> None:
    """The check finds nothing, without the text."""
    assert [str(p) for p in check.source_problems(ROOT, ())] == []


def test_package_is_whole_with_the_text(coded_text: str) -> None:
    """With the text too: every digest holds, and every occurrence of a name was judged."""
    assert [str(p) for p in check.source_problems(ROOT, (coded_text,))] == []


def test_one_letter_changed_is_seen(coded_text: str) -> None:
    """A change in any sentence makes the check with the text fail."""
    text = canonicalise(coded_text)
    for _, _, start, end in anchor.sentences(text):
        middle = next(i for i in range((start + end) // 2, end) if text[i].isalpha())
        changed = text[:middle] + ("x" if text[middle] != "x" else "y") + text[middle + 1 :]
        wrong = [
            r["passage_id"]
            for r in PACKAGE.read_words("passages").to_pylist()
            if digest(changed[int(r["char_start"]) : int(r["char_end"])]) != r["sha256"]
        ]
        assert len(wrong) == 1


def adjudication() -> list[dict[str, str]]:
    """Return the rows of the adjudication."""
    with (ROOT / "coding/adjudication.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_settled_cells_are_published() -> None:
    """What the adjudication settled last is what the tables have; what it left out they have not."""
    last = {(r["table_name"], r["row"], r["column_name"]): r for r in adjudication()}
    tables = {name: {r[PACKAGE.key(name)]: r for r in PACKAGE.read_words(name).to_pylist()} for name in PACKAGE.tables}
    for row in last.values():
        published = tables[row["table_name"]].get(row["row"])
        if last.get((row["table_name"], row["row"], ""), row)["settled"] == "not coded":
            assert published is None, row
        elif not row["column_name"]:
            assert (published is not None) == (row["settled"] == "coded"), row
        elif "occurrence" not in row["settled"]:
            assert published is not None and (published[row["column_name"]] or "") == row["settled"], row


def test_passes_are_of_this_text() -> None:
    """The spans of the raw passes lie inside the coded text, and every unit has a span of its own."""
    length = next(int(r["text_chars"]) for r in PACKAGE.read_words("sources").to_pylist() if r["text_chars"])
    for path in sorted((ROOT / "coding/passes").rglob("coder-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(0 <= int(r["char_start"]) < int(r["char_end"]) <= length for r in rows)
        units = {(r["table_name"], r["row_id"]) for r in rows}
        assert units == {(r["table_name"], r["row_id"]) for r in rows if not r["column_name"]}


def test_no_sentence_of_the_report_is_here(coded_text: str) -> None:
    """No file that git tracks holds nine consecutive words of the report."""

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z0-9]+", text.lower().replace("\u2019", "").replace("'", ""))

    report = words(coded_text)
    runs = {tuple(report[i : i + 9]) for i in range(len(report) - 8)}
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in (".parquet", ".png"):
            mine = words(path.read_text("utf-8"))
            assert not [mine[i : i + 9] for i in range(len(mine) - 8) if tuple(mine[i : i + 9]) in runs], name


def test_no_registry_and_no_machine_is_named() -> None:
    """No file names a package registry's host, or a path of the machine that it was made on."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(r"files\.pythonhosted|registry\.npmjs|deb\.debian|/root/|/home/\w|/work/|--index-url")
    found = [
        name
        for name in filter(None, listed.stdout.split("\0"))
        if (ROOT / name).suffix not in (".parquet", ".png") and name != "tests/test_data.py"
        if (ROOT / name).is_file() and forbidden.search((ROOT / name).read_text("utf-8"))
    ]
    assert found == []
