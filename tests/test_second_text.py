"""A second text is coded with no change to code: the walk-through of coding/adding-a-source.md, end to end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import naqoura_talks as nt
from made_up import TEXT, rows
from naqoura_talks import cli, frames
from naqoura_talks.package import Package
from scripts.build import command as build
from scripts.check import command as check
from scripts.coding import anchor

SECOND = "The Harbour Gazette\nNorland and Sudland met again in Port Vell on 9 June 2031. Nobody spoke to reporters."
SOURCE = "src-second-report"


def add_row(root: Path, table: str, **cells: str) -> None:
    """Add a row to a table, as a curator does in an editor, and keep it sorted."""
    package = Package(root)
    empty = dict.fromkeys(package.fields(table), "")
    anchor.write_table(package, table, [*rows(root, table), empty | cells])


@pytest.fixture
def coded(made_up_root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The made-up package with the second text coded; the package and the text's file."""
    root, text = made_up_root, tmp_path / "second.txt"
    text.write_text(SECOND, encoding="utf-8")

    def run(command: str, *args: str) -> None:
        assert anchor.main([command, *args, "--root", str(root), "--text", str(text)]) == 0

    add_row(root, "sources", source_id=SOURCE, source_type="coded_text", citation="A second made-up report")
    run("passages", SOURCE)
    passages = rows(root, "passages")
    for row in passages:
        if row["source_id"] == SOURCE and row["paragraph_no"] == "1":
            row |= {"passage_type": "standfirst", "not_coded_reason": "no_content"}
        elif row["source_id"] == SOURCE and row["sentence_no"] == "2":
            row["not_coded_reason"] = "no_content"
    anchor.write_table(Package(root), "passages", passages)
    add_row(
        root, "events", event_id="evt-second-talks", title="Second meeting", event_type="meeting", realis="actual",
        aggregation="single", attribution="narrator", start_edtf="2031-06-09", start_earliest="2031-06-09",
        start_latest="2031-06-09", end_edtf="2031-06-09", end_earliest="2031-06-09", end_latest="2031-06-09",
        date_words="on 9 June 2031", date_basis="stated", place_id="plc-port-vell", description="Both sides met.",
    )  # fmt: skip
    run("add", "events", "evt-second-talks", "-", "Norland and Sudland met again")
    for column in ("start_edtf", "end_edtf", "date_words", "date_basis"):
        run("add", "events", "evt-second-talks", column, "on 9 June 2031")
    run("add", "events", "evt-second-talks", "place_id", "Port Vell", "--at", "2.1")
    for actor, words in (("norland", "Norland"), ("sudland", "Sudland")):
        key = f"eva-second-talks-{actor}-participant"
        add_row(
            root, "event_actors", event_actor_id=key, event_id="evt-second-talks", actor_id=f"act-{actor}",
            actor_role="participant", attribution="narrator",
        )  # fmt: skip
        run("add", "event_actors", key, "-", "Norland and Sudland met")
        run("add", "event_actors", key, "actor_id", words)
        run("add", "event_actors", key, "actor_role", "met")
        run("add", "names", f"nam-{actor}", "name_words", words)
    run("add", "names", "nam-plc-port-vell", "name_words", "Port Vell")
    return root, text


def test_end_to_end(coded: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked with both texts, built, loaded, and each text verified on its own."""
    root, second = coded
    first = tmp_path / "first.txt"
    first.write_text(TEXT, encoding="utf-8")
    assert check.source_problems(root, (TEXT, SECOND)) == []
    monkeypatch.setenv("NAQOURA_TALKS_TEXT", f"{first}{os.pathsep}{second}")
    assert build.main(["--root", str(root)]) == 0
    package = Package(root)
    monkeypatch.setattr(frames, "installed", lambda: package)
    assert list(nt.evidence("evt-second-talks", "place_id", text=second)["words"]) == ["Port Vell"]
    assert nt.acts().set_index("row_id").loc["evt-second-talks", "actor"] == "Norland; Sudland"
    assert nt.verify(first).source_id == "src-harbour-report" and nt.verify(first).holds
    assert nt.verify(second).source_id == SOURCE and nt.verify(second).holds
    assert cli.main(["verify", str(second)]) == 0
    uncovered = nt.coverage(second).set_index("passage_id")["uncovered"]
    assert uncovered["psg-second-report-p02-s2"] == "Nobody spoke to reporters"


def test_each_text_is_checked_for_itself(coded: tuple[Path, Path]) -> None:
    """An occurrence in the second text is not judged by evidence in the first, nor its offsets."""
    root, _ = coded
    kept = [r for r in rows(root, "evidence") if not (r["row_id"] == "nam-sudland" and r["source_id"] == SOURCE)]
    anchor.write_table(Package(root), "evidence", kept)
    found = check.source_problems(root, (TEXT, SECOND))
    part = "eva-second-talks-sudland-participant"
    told = {("words-name-what-the-cell-points-to", part), ("parts-stand-with-their-actor", part)}
    of_the_text = {("every-name-is-judged", "nam-sudland"), ("names-have-rows", "psg-second-report-p02-s1")}
    assert {(p.rule, p.row) for p in found} == told | of_the_text
    assert {(p.rule, p.row) for p in check.source_problems(root, (TEXT,))} == told


def test_a_text_that_is_not_coded_is_told(coded: tuple[Path, Path]) -> None:
    """A file that is none of the coded texts is one problem for each text that was not given."""
    found = check.source_problems(coded[0], (TEXT, "Something else."))
    assert [(p.rule, p.row, p.column) for p in found] == [("the-text-that-was-coded", SOURCE, "text_sha256")]
