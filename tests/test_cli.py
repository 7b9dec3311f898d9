"""The command shows aligned tables in a terminal and whole CSV or JSON in a pipe, and errs plainly."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import naqoura_talks as nt
from naqoura_talks import cli


def run(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """Run the command, which must succeed, and return what it printed."""
    assert cli.main(list(args)) == 0
    return capsys.readouterr().out


def test_pipe_gets_whole_csv(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal the table is CSV, nothing cut, all rows."""
    rows = list(csv.DictReader(io.StringIO(run(capsys, "show", "evidence"))))
    assert [r["evidence_id"] for r in rows] == list(nt.load("evidence")["evidence_id"])


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has one object a row, and null where there is nothing; dates are ISO dates."""
    rows = json.loads(run(capsys, "show", "events", "--format", "json"))
    talks = next(r for r in rows if r["event_id"] == "evt-naqoura-talks")
    assert talks["start_earliest"].startswith("2025-12-03")
    assert next(r for r in rows if r["date_basis"] == "undated")["start_edtf"] is None


@pytest.mark.parametrize("width", [40, 80, 200])
def test_table_fits_the_terminal(width: int) -> None:
    """No line is wider than the terminal, and columns that are left out are named."""
    text = cli.as_table(nt.joined("statements"), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert len(text.splitlines()) >= len(nt.load("statements")) + 2
    assert "Too wide to show" in text and "relay" in text


def test_table_is_whole_where_there_is_room() -> None:
    """With room for all, nothing is cut and nothing but empty columns is left out."""
    text = cli.as_table(nt.load("ceasefire_terms")[["term_id", "term_type", "description"]], 400)
    assert "…" not in text and "Too wide" not in text
    assert "……" not in cli.as_table(pd.DataFrame({"a": ["日本語" * 20]}), 20)
    assert cli.as_table(pd.DataFrame({"a": [], "b": []}), 40) == "No rows."
    assert "Empty: b." in cli.as_table(pd.DataFrame({"a": ["x"], "b": [None]}), 40)
    assert cli.as_table(pd.DataFrame({"n": [5, 10]}), 40).splitlines()[2:] == [" 5", "10"]


def test_table_shows_missing_as_nothing() -> None:
    """A missing value is an empty cell, not nan or None."""
    assert cli.as_table(pd.DataFrame({"a": ["x", None], "b": [None, "y"]}), 40).split("\n")[2:] == ["x", "   y"]


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["tables"], "ceasefire_terms"),
        (["codebook", "places"], "latitude"),
        (["codebook"], "crosswalk"),
        (["codes", "realis"], "hypothetical"),
        (["codes"], "polarity"),
        (["why", "evt-naqoura-talks", "place_id"], "src-naqoura-report"),
        (["show", "acts"], "ACCUSE:allege"),
        (["show", "events", "--joined", "--columns", "event_id,asserted_by"], "event_id,asserted_by"),
        (["--version"], nt.__version__),
    ],
)
def test_commands(args: list[str], found: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command prints what it is for."""
    assert found in run(capsys, *args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["show", "event"], "Did you mean 'events'"),
        (["show", "places", "--joined"], "joined table 'places'"),
        (["codes", "x"], "Known: actor_type"),
        (["show", "events", "--columns", "x"], "no column of events 'x'. Known: event_id"),
    ],
)
def test_errors_are_one_line(args: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake gives exit code 1 and one line on standard error, no traceback."""
    assert cli.main(args) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and message in printed.err and printed.err.count("\n") == 1


def test_no_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help is printed, and the exit code says that nothing was done."""
    assert cli.main([]) == 2
    assert "codebook" in capsys.readouterr().out


def test_closed_pipe_is_no_error() -> None:
    """`naqoura-talks show evidence | head -1` ends quietly."""
    command = f"{sys.executable} -m naqoura_talks show evidence | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert done.stdout.startswith("evidence_id") and done.stderr == ""


def test_a_text_that_is_no_copy(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nothing of the report: verify and read say so in two lines, and why says that words are lacking."""
    other = tmp_path / "other.txt"
    other.write_text("Rain fell on the harbour all day.\n")
    for command in ("verify", "read"):
        assert cli.main([command, str(other)]) == 1
        said = "".join(capsys.readouterr())
        assert "Is this the right file?" in said and len(said.splitlines()) == 2
    assert cli.main(["why", "evt-naqoura-talks", "--text", str(other)]) == 0
    assert "lacks words of this row" in capsys.readouterr().err
