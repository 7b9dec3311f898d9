"""mypy sees the package's types: it finds a table's name that does not exist, and knows what the functions return."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import naqoura_talks as nt

RIGHT = """
import naqoura_talks as nt

for frame in (nt.load("events"), nt.load("acts"), nt.load().events, nt.load()["events"], nt.timeline()):
    n: int = len(frame[frame["realis"] == "actual"])
nt.joined("event_actors").merge(nt.load("actors"), on="actor_id")
cited: str = nt.cite([nt.load("events").head(2), "act-israel"], style="bibtex")
spans = nt.evidence(nt.load("events").iloc[0], "place")
whole: bool = nt.verify("report.txt").holds
"""
WRONG = [
    "nt.load('event')",
    "nt.joined('places')",
    "nt.path('events', format='xlsx')",
    "nt.cite(style='mla')",
    "nt.code('realis')",
]


def mypy(folder: Path, code: str) -> list[str]:
    (folder / "script.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--no-error-summary", "script.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout.splitlines()


def test_mypy(tmp_path: Path) -> None:
    """What is right passes the strictest checks; each wrong line is one error, which names the argument or the name."""
    assert (Path(nt.__file__).parent / "py.typed").is_file()
    assert mypy(tmp_path, RIGHT) == []
    found = mypy(tmp_path, "\n".join(["import naqoura_talks as nt", *WRONG]))
    assert [int(line.split(":")[1]) for line in found if ": error:" in line] == list(range(2, len(WRONG) + 2)), found
