"""The curator's tool: words in, offsets and digests out, and nothing written when in doubt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from made_up import SOURCE, TEXT, edit, rows
from scripts.check import command as check
from scripts.coding import anchor


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """The made-up text in a file, with CRLF and straight quotes, as a curator's copy may be."""
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.replace("\u201c", '"').replace("\u201d", '"').replace("\n", "\r\n\r\n").encode())
    return path


def run(root: Path, text: Path, *args: str) -> int:
    """Run the command on a package with a text."""
    command, *rest = args
    return anchor.main([command, *rest, "--root", str(root), *([] if command == "external" else ["--text", str(text)])])


def test_add_makes_valid_evidence(made_up_root: Path, text_file: Path) -> None:
    """An added row has the next free key, the table stays sorted, and the check has nothing to say."""
    assert (
        run(made_up_root, text_file, "add", "events", "evt-truce-breach", "-", "Sudland of breaking", "--at", "2.1")
        == 0
    )
    added = [r for r in rows(made_up_root, "evidence") if r["row_id"] == "evt-truce-breach" and not r["column_name"]]
    assert [r["evidence_id"][-5:] for r in added] == ["row-1", "row-2"]
    assert TEXT[int(added[1]["char_start"]) : int(added[1]["char_end"])] == "Sudland of breaking"
    assert check.source_problems(made_up_root, (TEXT,)) == []


def test_add_inferred_and_external(made_up_root: Path, text_file: Path) -> None:
    """The step of an inference and the reference of an external value are kept."""
    step = "The truce is of that month."
    args = ("agreements", "agr-harbour-truce", "status", "March 2031", "--inferred", step)
    assert run(made_up_root, text_file, "add", *args) == 0
    assert run(made_up_root, text_file, "external", "places", "plc-port-vell", "place_id", "src-gazetteer") == 1
    edit(made_up_root, "places", "plc-port-vell", country_code="NOR")
    assert run(made_up_root, text_file, "external", "places", "plc-port-vell", "country_code", "src-gazetteer") == 0
    assert check.source_problems(made_up_root, (TEXT,)) == []
    assert step in {r["note"] for r in rows(made_up_root, "evidence")}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("events", "evt-truce-breach", "-", "no such words"), "nor anywhere else"),
        (("events", "evt-truce-breach", "-", "accused", "--at", "1.1"), "they stand in 2.1"),
        (("events", "evt-truce-breach", "-", "truce"), "stand 3 times in the text (1: 90-95"),
        (("events", "evt-truce-breach", "-", "accused", "--at", "9.9"), "there is no sentence 9.9; the text has 1.1"),
        (("events", "evt-truce-breach", "-", "truce", "--at", "2.1", "--nth", "2"), "nth is 2; the words stand 1"),
        (("event", "evt-truce-breach", "-", "accused"), "there is no table event; known:"),
        (("events", "evt-gone", "-", "accused"), "events has no row evt-gone"),
        (("events", "evt-truce-breach", "place", "accused"), "events has no column place"),
        (("events", "evt-truce-breach", "place_id", "accused"), "place_id is empty; fill the cell first"),
        (("events", "evt-truce-breach", "title", "accused"), "asks for no evidence"),
        (("events", "evt-truce-breach", "-", "breaking the truce"), "has this evidence already"),
    ],
)
def test_doubt_is_refused(
    args: tuple[str, ...], message: str, made_up_root: Path, text_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Absent or ambiguous words and cells that are not there: said with the candidates, nothing written."""
    before = (made_up_root / "data/csv/evidence.csv").read_bytes()
    assert run(made_up_root, text_file, "add", *args) == 1
    assert message in capsys.readouterr().err
    assert (made_up_root / "data/csv/evidence.csv").read_bytes() == before


def test_another_text_is_refused(made_up_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words of a text that is not in sources are not anchored."""
    other = tmp_path / "other.txt"
    other.write_text("Another text that accused nobody.", encoding="utf-8")
    assert run(made_up_root, other, "add", "events", "evt-truce-breach", "-", "accused") == 1
    assert "is no coded text of sources.csv" in capsys.readouterr().err
    assert run(made_up_root, tmp_path / "missing.txt", "add", "events", "evt-truce-breach", "-", "x") == 1


def test_passages_are_made_again(made_up_root: Path, text_file: Path) -> None:
    """The command makes the table that the package has, but for what a curator adds."""
    before = rows(made_up_root, "passages")
    assert run(made_up_root, text_file, "passages", SOURCE) == 0
    assert rows(made_up_root, "passages") == [r | {"not_coded_reason": ""} for r in before]


def test_pass_becomes_rows(made_up_root: Path, text_file: Path, tmp_path: Path) -> None:
    """A coder's units become long rows with offsets, without prose."""
    units = [
        {
            "table": "events", "id": "evt-x", "at": "1.1", "words": "met for talks", "title": "Left out",
            "cells": {"event_type": "talks", "realis": ["actual", "met"], "description": "Left out"},
        },
        {
            "table": "names", "id": "nam-x", "at": "1.1", "words": "Sudland", "note": "seen",
            "cells": {"name_words": "Sudland", "name_type": "proper_name"},
            "occurrences": [["Sudland", "1.1"], ["Sudland", "2.2"]],
        },
    ]  # fmt: skip
    source, target = tmp_path / "in.json", tmp_path / "out.csv"
    source.write_text(json.dumps(units), encoding="utf-8")
    assert run(made_up_root, text_file, "pass", str(source), str(target)) == 0
    text = target.read_text(encoding="utf-8")
    assert "events,evt-x,realis,actual,20,23," in text and "Left out" not in text
    assert text.count("nam-x,name_words,Sudland") == 3 and ",seen" in text


def test_bad_pass_names_all_errors(
    made_up_root: Path, text_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown tables, columns, codes, keys and words are all told, and nothing is written."""
    units = [
        {"table": "event", "id": "evt-a", "words": "met"},
        {
            "table": "events",
            "id": "ev-b",
            "words": "met",
            "cells": {"type": "x", "realis": "real", "place_id": "plc-x"},
        },
        {"table": "events", "id": "ev-b", "words": "nowhere"},
    ]
    source, target = tmp_path / "in.json", tmp_path / "out.csv"
    source.write_text(json.dumps(units), encoding="utf-8")
    assert run(made_up_root, text_file, "pass", str(source), str(target)) == 1
    err = capsys.readouterr().err
    for part in (
        "no table 'event'",
        "begin with evt-",
        "no column 'type'",
        "no code 'real'",
        "no row 'plc-x'",
        "used twice",
        "nowhere",
    ):
        assert part in err, part
    assert not target.exists()
