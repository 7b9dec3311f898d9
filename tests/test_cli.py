"""The command in a terminal, where nothing is cut, in a pipe, where all is CSV or JSON, and when it goes wrong."""

from __future__ import annotations

import csv
import inspect
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import naqoura_talks as nt
from naqoura_talks import cli, frames

COMMANDS = ["show", "why", "read", *(n for n in nt.__all__ if inspect.isfunction(getattr(nt, n)))]
NO_COPY = "Rain fell on the harbour all day.\n"


def run(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """Run the command, which must succeed, and return what it printed."""
    assert cli.main(list(args)) == 0
    return capsys.readouterr().out


def piped(*args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own, in a pipe."""
    command = [sys.executable, "-m", "naqoura_talks", *args]
    return subprocess.run(command, capture_output=True, env=os.environ | environment)


def in_terminal(width: int, *args: str, **environment: str) -> str:
    """Run the command in a terminal of a width; return what it printed there, errors too."""
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (24, width))
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | environment
    command = [sys.executable, "-m", "naqoura_talks", *args]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=env, close_fds=True):
        os.close(its)
        found = b""
        try:
            while part := os.read(ours, 1 << 16):
                found += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return found.decode("utf-8").replace("\r\n", "\n")


def squeezed(text: object) -> str:
    """A text without white space, so that lines may break anywhere between words."""
    return "".join(str(text).split())


# --- in a terminal ---


@pytest.mark.parametrize("width", [40, 80, 100, 200])
@pytest.mark.parametrize("name", ["events", "statements", "ceasefire_terms", "timeline"])
def test_nothing_is_cut(name: str, width: int) -> None:
    """Every cell is there whole, and no line is wider than the terminal unless a single word is."""
    frame = nt.joined(name)
    text = cli.as_table(frame, width)
    told = squeezed(text)
    for column in frame.select_dtypes(exclude="number"):
        # Beside each other, cells of prose alternate line by line: each of their words is there.
        for cell in frame[column].dropna().astype(str):
            assert all(word.lower() in told.lower() for word in cell.replace(" 00:00:00", "").split()), (column, cell)
    long = [line for line in text.splitlines() if len(line) > width]
    assert [line for line in long if max(map(len, line.split())) < width - 60] == []
    assert width < 80 or long == []


@pytest.mark.parametrize("name", list(nt.load()))
def test_keys_are_whole_at_80_columns(name: str) -> None:
    """Every key of every table stands in one piece at the begin of a line."""
    lines = cli.as_table(nt.load(name), 80).splitlines()
    assert {line.split()[0] for line in lines if line.strip()} >= set(nt.load(name).iloc[:, 0])


@pytest.mark.parametrize("width", [80, 100])
def test_agreement_shows_its_figures(width: int) -> None:
    """Each figure stands in a line with its measure, and each column but headings has its name above it."""
    lines = cli.as_table(nt.agreement(), width).splitlines()
    figures = nt.agreement().dropna(subset=["value"])
    found = [line.split() for line in lines]
    for measure, value in figures[["measure", "value"]].drop_duplicates().itertuples(index=False):
        assert any(measure in words and str(value) in words for words in found), (measure, value)
    assert sum(bool(re.search(r"measure +value +low +high +n$", line)) for line in lines) > 3
    assert sum(any(words and words[-1] == str(n) for n in figures["n"].unique()) for words in found) >= len(figures)


def test_one_row_stands_downwards() -> None:
    """show TABLE KEY: a line for each column, prose wrapped beside its name."""
    text = in_terminal(80, "show", "events", "evt-naqoura-talks")
    columns = [line.split()[0] for line in text.splitlines() if not line.startswith(" ")]
    assert columns == list(nt.load("events").columns)
    assert max(map(len, text.splitlines())) <= 80
    row = nt.load("events").set_index("event_id").loc["evt-naqoura-talks"]
    assert squeezed(row["description"]) in squeezed(text)


def test_words_are_shown_at_80_columns(coded_text: str) -> None:
    """why KEY --text shows the words, each as the text has it."""
    text = in_terminal(80, "why", "evt-naqoura-talks", "place_id", "--text", os.environ["NAQOURA_TALKS_TEXT"])
    (span,) = nt.evidence("evt-naqoura-talks", "place_id")[["char_start", "char_end"]].dropna().to_numpy()
    assert squeezed(coded_text[span[0] : span[1]]) in squeezed(text) and max(map(len, text.splitlines())) <= 80


def test_what_all_rows_share_stands_once() -> None:
    """A column with one value is a heading, an empty one is named; columns that repeat are headings if there is need."""
    assert cli.as_table(nt.codes("realis"), 80).startswith("codelist: realis\n")
    assert cli.as_table(pd.DataFrame({"a": ["x", "y"], "b": [None, None]}), 40).endswith("\n\nEmpty: b")
    assert cli.as_table(pd.DataFrame({"a": ["x", "x"]}), 40).splitlines()[2:] == ["x", "x"]
    assert cli.as_table(pd.DataFrame({"a": [], "b": []}), 40) == "No rows."
    text = cli.as_table(nt.codebook(), 60)
    assert [line for line in text.splitlines() if line.startswith("table: ")] == [f"table: {t}" for t in nt.load()]


def test_table_of_odd_cells() -> None:
    """Numbers stand right, what is missing is nothing, wide characters keep the columns aligned."""
    assert cli.as_table(pd.DataFrame({"n": [5, 10]}), 40).splitlines()[2:] == [" 5", "10"]
    assert cli.as_table(pd.DataFrame({"a": ["x", None], "b": [None, "y"]}), 40).split("\n")[2:] == ["x", "   y"]
    lines = cli.as_table(pd.DataFrame({"a": ["日本", "x"], "b": ["y", "z"]}), 40).splitlines()
    assert lines[2:] == ["日本  y", "x     z"]


ESCAPE = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"


def test_no_escape_reaches_the_terminal(tmp_path: Path) -> None:
    """Control characters in cells, column names, keys, options and names of files are printed as escapes."""
    table = cli.as_table(pd.DataFrame({ESCAPE: ["a", ESCAPE], "b": [ESCAPE, "c"]}), 80)
    file = tmp_path / "\x1b[31mred"
    file.write_text(NO_COPY)
    shown = [in_terminal(80, "verify", str(file)), in_terminal(80, "read", str(file)), in_terminal(80, "why", ESCAPE)]
    shown += [in_terminal(80, ESCAPE), in_terminal(80, "show", ESCAPE), in_terminal(80, "tables", f"--{ESCAPE}")]
    shown += [in_terminal(80, "show", "events", "--columns", ESCAPE), in_terminal(80, "export", ESCAPE)]
    for text in [table, *shown]:
        assert re.search(r"\\x1b", text) and all(c.isprintable() or c == "\n" for c in text), text


def test_cells_of_a_stranger(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON escapes what a terminal would obey, and loses nothing of it."""

    def tables() -> pd.DataFrame:
        """Return what a stranger wrote."""
        return pd.DataFrame({"a": [ESCAPE]})

    monkeypatch.setattr(nt, "tables", tables)
    text = run(capsys, "tables", "--format", "json")
    assert json.loads(text) == [{"a": ESCAPE}] and all(c.isprintable() or c == "\n" for c in text)


# --- in a pipe ---


def test_pipe_gets_whole_csv(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a table is the published CSV, cell by cell."""
    for name in nt.load():
        printed = list(csv.reader(io.StringIO(run(capsys, "show", name))))
        assert printed == list(csv.reader(io.StringIO(nt.path(name).read_text("utf-8")))), name


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has one object for each row, ISO dates, true and false, and null where there is nothing."""
    rows = json.loads(run(capsys, "show", "events", "--format", "json"))
    talks = next(r for r in rows if r["event_id"] == "evt-naqoura-talks")
    assert talks["start_earliest"] == "2025-12-03"
    assert next(r for r in rows if r["date_basis"] == "undated")["start_edtf"] is None
    assert {r["is_repeated"] for r in json.loads(run(capsys, "load", "statements", "--format", "json"))} == {
        True,
        False,
    }


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_pipe_gets_utf_8(encoding: str) -> None:
    """Whatever the encoding of the terminal, a pipe gets UTF-8, line feeds, and the same bytes."""
    done = piped("cite", PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0 and done.stdout == f"{nt.cite()}\n".encode() and b"\xe2\x80\x93" in done.stdout


@pytest.mark.parametrize("args", [["show", "evidence"], ["--help"], ["annotations"], []])
def test_closed_pipe_and_full_disk(args: list[str]) -> None:
    """A reader that goes is no error; a full disk, or no output at all, is one line and 2; never a traceback."""
    command = f"{sys.executable} -m naqoura_talks {' '.join(args)}"
    done = subprocess.run(["bash", "-c", f"{command} | head -c 1"], capture_output=True, text=True)
    assert len(done.stdout) == 1 and done.stderr == ""
    full = [">&-"] + (["> /dev/full"] if Path("/dev/full").exists() else [])
    for where in full:
        done = subprocess.run(["bash", "-c", f"{command} {where}"], capture_output=True, text=True)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
        assert done.stderr.startswith("naqoura-talks: standard output: ")


# --- commands ---


@pytest.mark.parametrize("name", COMMANDS)
def test_each_function_is_a_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has a description, and the same choice of formats."""
    told = " ".join(run(capsys, name, "--help").split())
    assert "{table,csv,json}" in told and "in place of the one that fits" in told
    about = told.split("] ", 1)[1]
    assert len(about.split(" positional arguments:")[0].split(" options:")[0].split()) > 8
    assert re.search(rf"\b{name}\b", run(capsys, "--help"))


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ("tables", "ceasefire_terms"),
        ("codebook places", "latitude"),
        ("codebook", "crosswalk"),
        ("codes realis", "hypothetical"),
        ("codes", "polarity"),
        ("why evt-naqoura-talks place_id", "src-naqoura-report"),
        ("evidence evt-naqoura-talks place_id", "sha256"),
        ("passes evt-naqoura-talks", "round-1 a"),
        ("show acts", "ACCUSE:allege"),
        ("acts", "ACCUSE:allege"),
        ("act_pairs", "ACCUSE:allege"),
        ("timeline", "position,event_id"),
        ("joined events", "asserted_by"),
        ("show --joined events evt-naqoura-talks", "UN peacekeeping force"),
        ("show events --joined --columns event_id,asserted_by evt-naqoura-talks", "event_id,asserted_by"),
        ("show evt-naqoura-talks", "Direct talks of Israel and Lebanon"),
        ("show evt-naqoura-talks evt-talks-1983 --joined --columns event_id,place", "evt-talks-1983"),
        ("cite evt-naqoura-talks --style bibtex", "@misc"),
        ("coverage", "psg-naqoura-report-p01-s1"),
        ("annotations", "TextPositionSelector"),
        ("path events --as parquet", "events.parquet"),
        ("--version", nt.__version__),
        ("help show", "KEY"),
    ],
)
def test_commands(args: str, found: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command prints what it is for, in each format."""
    assert found in run(capsys, *args.split())
    if not args.startswith(("--version", "help")):
        assert json.loads(run(capsys, *args.split(), "--format", "json"))
        assert run(capsys, *args.split(), "--format", "csv") and run(capsys, *args.split(), "--format", "table")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("show event", "Did you mean 'events'"),
        ("show events evt-naqoura", "Near: evt-naqoura-talks"),
        ("show evt-naqoura", "Near: evt-naqoura-talks"),
        ("show evt-naqoura-talks stm-salam-still-far", "in events"),
        ("show events --columns place", "Add --joined."),
        ("show places --columns speaker", "no column of places 'speaker'"),
        ("show places --joined", "joined table 'places'"),
        ("show", "required: TABLE. `naqoura-talks show --help`"),
        ("show events --format xml", "choose from"),
        ("codes x", "Known: actor_type"),
        ("show events --columns x", "no column of events 'x'. Known: event_id"),
        ("events", "`naqoura-talks show events` prints it"),
        ("shwo", "Did you mean 'show'"),
        ("--format csv tables", "Put it behind"),
        ("why evt-naqoura-talks title", "needs no evidence"),
        ("path events --as xml", "choose from"),
        ("export x.txt --as txt", "choose from"),
        ("export x.txt", "expected one of sqlite, xlsx"),
        ("tables --what", "unrecognized arguments: --what"),
    ],
)
def test_errors_are_one_line(args: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake gives exit code 2 and one line on standard error, no traceback."""
    assert cli.main(args.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and message in printed.err and printed.err.count("\n") == 1


def test_no_data_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither is there a traceback if the tables cannot be read."""
    monkeypatch.setattr(frames.installed(), "root", Path("/nowhere"))
    monkeypatch.setattr(frames, "installed", lambda: frames.Package("/nowhere"))
    assert cli.main(["show", "events"]) == 2 and capsys.readouterr().err.count("\n") == 1


def test_no_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help is printed, and the exit code says that nothing was done."""
    assert cli.main([]) == 2
    assert "codebook" in capsys.readouterr().out


def test_a_text_that_is_no_copy(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nothing of the report: verify says so and ends with 1; what would have no words to show errs."""
    other = tmp_path / "other.txt"
    other.write_text(NO_COPY)
    assert cli.main(["verify", str(other)]) == 1
    assert "Is this the right file?" in capsys.readouterr().out
    for command in (["read"], ["why", "evt-naqoura-talks", "--text"], ["coverage", "--text"]):
        assert cli.main([*command, str(other)]) == 2
        printed = capsys.readouterr()
        assert printed.out == "" and "Is this the right file?" in printed.err and printed.err.count("\n") == 1


def test_a_copy_with_a_change(coded_text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A copy that is not whole is shown as far as it goes, with exit code 1 and a line that says so."""
    changed = tmp_path / "changed.txt"
    changed.write_text(coded_text.replace("Wednesday", "Thursday", 1), "utf-8")
    for command in (["read"], ["why", "evt-naqoura-talks", "--text"], ["coverage", "--text"]):
        assert cli.main([*command, str(changed)]) == 1
        printed = capsys.readouterr()
        assert printed.out and "with changes" in printed.err and printed.err.count("\n") == 1
