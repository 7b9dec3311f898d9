"""A citation names version, identifier, rows and report, in each style, and anyone can recompute the identifier.

BibTeX and RIS are read back by a strict parser of our own, and by bibtexparser and rispy where the judges'
environment is there (requirements/judges.txt in .venv-judges).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pandas as pd
import pyarrow as pa
import pytest

import naqoura_talks as nt
from made_up import edit_json, rows
from naqoura_talks import citing, cli, frames
from naqoura_talks.package import Package, PackageError
from scripts.build import metadata

ROOT = Path(__file__).resolve().parent.parent
SWHID = json.loads((ROOT / "data/citation.json").read_text("utf-8"))["swhid"]


def bibtex(text: str) -> list[dict[str, str]]:
    """Parse entries of `name = {value},` lines with balanced braces; anything else fails."""
    entries = []
    for part in text.split("\n\n"):
        head, *fields, end = part.split("\n")
        kind, key = re.fullmatch(r"@([a-z]+)\{([A-Za-z0-9.:-]+),", head).groups()
        assert end == "}"
        entry = {"type": kind, "key": key}
        for line in fields:
            name, value = re.fullmatch(r"  ([a-z]+) = \{(.+)\},", line).groups()
            bare = re.sub(r"\\[&%$#_{}]", "", value)
            assert name not in entry and bare.count("{") == bare.count("}") and not re.search(r"[&%$#_]", bare)
            entry[name] = value
        entries.append(entry)
    return entries


def ris(text: str) -> list[dict[str, str]]:
    """Parse records of `XX  - value` lines from TY to ER; anything else fails."""
    records: list[dict[str, str]] = []
    for line in text.split("\n"):
        tag, value = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line).groups()
        if tag == "TY":
            records.append({})
        assert "ER" not in records[-1] and tag not in records[-1]
        records[-1][tag] = value
    assert all((*r,)[:: len(r) - 1] == ("TY", "ER") for r in records)
    return records


@pytest.mark.parametrize("style", citing.STYLES)
def test_every_style_names_all(style: str) -> None:
    """Version, identifier, the report with what it does not state, and the rows: in each style."""
    text = nt.cite(["evt-naqoura-talks"], style=style)
    assert nt.__version__ in text and SWHID in text and "evt-naqoura-talks" in text
    assert "headline, publisher and date not stated" in text and "https://dailytimes247.com" in text
    assert "None" not in text and "Rows" not in nt.cite(style=style)


def test_printed_styles() -> None:
    """The styles' own forms: APA with version and kind in brackets, Chicago with the year after the author."""
    title = frames.installed().descriptor["title"]
    apa, chicago = nt.cite().splitlines()[0], nt.cite(style="chicago").splitlines()[0]
    assert apa == f"Naqoura Talks contributors. (2026). {title} (Version {nt.__version__}) [Data set]."
    assert chicago.startswith("Naqoura Talks contributors. 2026. “Naqoura Talks: Actors, Events,")
    assert chicago.endswith(f".” Data set. Version {nt.__version__}.")


def test_bibtex_and_ris_are_read_back() -> None:
    """Both have the dataset and the report, each field once and in the tag that it belongs to."""
    dataset, report = bibtex(nt.cite(style="bibtex"))
    assert dataset["author"] == "{Naqoura Talks contributors}" and dataset["year"] == "2026"
    assert dataset["version"] == nt.__version__ and "author" not in report and report["urldate"] == "2026-11-22"
    dataset, report = ris(nt.cite(style="ris"))
    assert (dataset["TY"], dataset["ET"], report["TY"], report["Y2"]) == ("DATA", nt.__version__, "NEWS", "2026/11/22")


def test_csl_json() -> None:
    """CSL-JSON has the records that the printed styles were made from, the rows in the note."""
    dataset, report = json.loads(nt.cite(nt.load("places"), style="csl-json"))
    assert dataset["type"] == "dataset" and dataset["version"] == nt.__version__
    assert dataset["note"].endswith(f"all {len(nt.load('places'))} rows of places") and "issued" not in report


EVENTS = nt.load("events")


@pytest.mark.parametrize(
    "frame",
    [
        EVENTS.head(2),
        EVENTS.head(2).set_index("event_id"),
        EVENTS.head(2)[["title", "event_id"]],
        nt.joined("events").head(2),
        EVENTS.head(2).merge(nt.load("event_actors"), on="event_id", how="left"),
        list(EVENTS["event_id"].head(2)),
        EVENTS["event_id"].head(2),
        [EVENTS.iloc[0], EVENTS.iloc[1]],
        [EVENTS.iloc[0], EVENTS["event_id"].iloc[1]],
        EVENTS.set_index("event_id").head(2).rename_axis(None),
        EVENTS.set_index(["realis", "event_id"]).sort_index(level="event_id").head(2),
        [row for _, row in EVENTS.set_index("event_id").head(2).iterrows()],
        EVENTS.head(2).itertuples(),
        EVENTS.head(2).to_dict("records"),
        EVENTS.head(2).assign(note="mine", n=1),
        {"first": EVENTS.head(1), "second": EVENTS.iloc[[1]]},
        pa.Table.from_pandas(EVENTS.head(2)),
    ],
    ids=["load", "index", "columns", "joined", "merged", "keys", "column", "rows", "row and key", "bare index",
         "levels", "rows by key", "tuples", "dicts", "own columns", "dict of frames", "arrow"],
)  # fmt: skip
def test_rows_in_hand(frame: pd.DataFrame | list[str]) -> None:
    """However the rows were come by, their keys are those of the table, each once."""
    first, second = EVENTS["event_id"].head(2)
    assert f"2 of {len(EVENTS)} rows of events ({first}, {second})" in nt.cite(frame)


def test_many_rows_have_a_digest_that_can_be_recomputed() -> None:
    """The digest is that of the sorted keys, one a line, whatever the order of the rows."""
    some = EVENTS.iloc[3:27].sort_values("title")
    keys = "".join(f"{key}\n" for key in sorted(some["event_id"]))
    assert (
        f"24 of {len(EVENTS)} rows of events (SHA-256 of their sorted keys: {sha256(keys.encode()).hexdigest()[:16]}…)"
        in (nt.cite(some))
    )


STATEMENTS, PARTS = nt.load("statements"), nt.load("event_actors")


@pytest.mark.parametrize(
    "rows",
    [
        pd.concat([EVENTS.head(2), STATEMENTS.head(2)]),
        pd.concat([STATEMENTS.head(2), EVENTS.head(2)], ignore_index=True),
        [EVENTS.head(2), STATEMENTS.head(2)],
        [nt.joined("events").head(2), *STATEMENTS["statement_id"].head(2)],
    ],
)
def test_rows_of_two_tables(rows: object) -> None:
    """All four rows are named, and nothing to which they point."""
    (used,) = re.findall(r"Rows used: (.*)\.\n", nt.cite(rows))
    (first, second), (third, fourth) = EVENTS["event_id"].head(2), STATEMENTS["statement_id"].head(2)
    assert (
        used
        == f"2 of {len(EVENTS)} rows of events ({first}, {second}); 2 of {len(STATEMENTS)} rows of statements ({third}, {fourth})"
    )


def test_rows_and_what_they_point_to() -> None:
    """A part points to an event and an actor, which are cited only where their own cells are in hand too."""

    def used(rows: object) -> list[str]:
        (text,) = re.findall(r"Rows used: (.*)\.\n", nt.cite(rows))
        return re.findall(r"rows of (\w+)", text)

    for part in (
        PARTS.head(3),
        nt.joined("event_actors").head(3),
        PARTS.iloc[0],
        nt.load("evidence").iloc[0],
        nt.load("evidence").head(3),
    ):
        assert len(used(part)) == 1
    assert used(PARTS.head(3).merge(nt.load("actors"), on="actor_id")) == ["actors", "event_actors"]
    assert used(pd.concat([EVENTS.head(1), PARTS.head(1)])) == ["events", "event_actors"]
    assert used(nt.load()) == list(nt.tables()["table"])


@pytest.mark.parametrize(
    "name", [*get_args(frames.TableName), *(f"joined_{name}" for name in get_args(frames.JoinedName))]
)
def test_each_table_is_cited_whole(name: str) -> None:
    """Every table and joined table is cited as its own rows, all of them, and as no others."""
    frame = nt.load(name)
    (used,) = re.findall(r"Rows used: (.*)\.\n", nt.cite(frame))
    if name.removeprefix("joined_") in ("acts", "act_pairs"):
        assert used.count("rows of") == 2
    else:
        table = {"timeline": "events"}.get(name.removeprefix("joined_"), name.removeprefix("joined_"))
        assert used == f"all {len(frame)} rows of {table}"


def test_acts_are_rows_of_two_tables() -> None:
    """Acts come from events and statements, and are cited as rows of both."""
    assert re.search(r"Rows used: \d+ of \d+ rows of events .*; \d+ of \d+ rows of statements", nt.cite(nt.acts()))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt.cite(style="mla"), "There is no style 'mla'.*apa, chicago"),
        (lambda: nt.cite("evt-nowhere"), "There is no row 'evt-nowhere'"),
        (lambda: nt.cite(EVENTS[["title"]]), "have no key: keep the column 'event_id'"),
        (lambda: nt.cite(pd.DataFrame({"title": ["x"]})), "have no key"),
        (lambda: nt.cite(EVENTS["title"]), "There is no row 'Conclusion"),
        (lambda: nt.cite(EVENTS[["title", "place_id"]]), "have no key: keep the column 'event_id'"),
        (lambda: nt.cite(EVENTS[["title", "place_id"]].dropna().to_dict("records")), "title .*key is not among"),
        (lambda: nt.cite(pd.concat([EVENTS.head(1), EVENTS.head(1).drop(columns="event_id")])), "Row 1 .*has no key"),
        (lambda: nt.cite(EVENTS.groupby("realis").size()), "There is no row"),
        (lambda: nt.cite(EVENTS.groupby("realis").size().reset_index()), "have no key"),
        (lambda: nt.cite([None]), "There is no row None"),
        (lambda: nt.cite([EVENTS.head(1), "evt-nowhere"]), "There is no row 'evt-nowhere'"),
        (lambda: nt.cite(3), "Found int; expected keys, rows or frames"),
        (lambda: nt.cite([]), "no rows to cite"),
        (lambda: nt.cite(nt.tables()), "have no key"),
        (lambda: nt.cite(pd.DataFrame()), "have no key"),
        (lambda: nt.cite(EVENTS.head(0)), "no rows to cite"),
    ],
)
def test_what_cannot_be_cited(call, message: str) -> None:
    """An unknown style or row, and rows without keys, are told plainly."""
    with pytest.raises(PackageError, match=message):
        call()


def test_rows_of_another_version() -> None:
    """Rows that were loaded from another version are not cited as this one."""
    old = EVENTS.head(1).copy()
    old.attrs = old.attrs | {"version": "0.0.1"}
    for used in (old, [EVENTS.tail(1), old]):
        with pytest.raises(PackageError, match=r"of version 0\.0\.1"):
            nt.cite(used)


def test_citation_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the generated file is not of the descriptor's version, no citation is given."""
    (tmp_path / "data").mkdir()
    for name in ("datapackage.json", "data/citation.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    edit_json(tmp_path, "data/citation.json", lambda c: c.update(version="9.9.9"))
    monkeypatch.setattr(citing, "installed", lambda: Package(tmp_path))
    with pytest.raises(PackageError, match=r"citation\.json: is of 9\.9\.9.*make"):
        nt.cite()


def test_swhid_is_what_git_says(tmp_path: Path) -> None:
    """git gives the tables' folder the identifier that is cited, as anyone can see in a checkout."""
    environment = {**os.environ, "GIT_INDEX_FILE": str(tmp_path / "index")}

    def git(*command: str) -> str:
        done = subprocess.run(["git", "-C", str(ROOT), *command], env=environment, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"not a git checkout: {done.stderr}")
        return done.stdout.strip()

    git("add", "data/csv")
    assert f"swh:1:dir:{git('write-tree', '--prefix=data/csv/')}" == SWHID
    if not git("status", "--porcelain", "data/csv"):
        assert f"swh:1:dir:{git('rev-parse', 'HEAD:data/csv')}" == SWHID


def test_swhid_changes_with_a_cell(made_up_root: Path) -> None:
    """One letter more in one table gives another identifier."""
    before = metadata.swhid(Package(made_up_root))
    path = made_up_root / "data/csv/actors.csv"
    path.write_bytes(path.read_bytes() + b"x")
    assert metadata.swhid(Package(made_up_root)) != before


def test_with_a_doi(made_up_root: Path) -> None:
    """Once the descriptor has a DOI, every form of the citation has it; without one, none has."""
    assert metadata.doi(Package(made_up_root)) is None
    assert b"doi" not in metadata.citation_cff(Package(made_up_root)).lower()
    edit_json(made_up_root, "datapackage.json", lambda d: d.update(id="https://doi.org/10.1234/made.up"))
    package = Package(made_up_root)
    cited = metadata.citations(package)
    assert all("https://doi.org/10.1234/made.up" in text for text in cited["styled"].values())
    assert "DO  - 10.1234/made.up" in citing._ris(cited["records"][0])
    assert bibtex(citing.bibtex(cited["records"][0]))[0]["doi"] == "10.1234/made.up"
    assert b"value: 10.1234/made.up" in metadata.citation_cff(package)
    assert package.citation.endswith("[Data set]. https://doi.org/10.1234/made.up")
    assert metadata.croissant(package)["identifier"][0] == "https://doi.org/10.1234/made.up"


def test_bibtex_escapes() -> None:
    """Characters that BibTeX would take as commands come escaped."""
    (entry,) = bibtex(citing.bibtex({"id": "a", "type": "dataset", "title": "R&D_50% {x}", "note": "#1"}))
    assert entry["title"] == r"{R\&D\_50\% \{x\}}"


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints what the function returns, for the whole and for rows."""
    assert cli.main(["cite"]) == 0
    assert capsys.readouterr().out == nt.cite() + "\n"
    assert cli.main(["cite", "evt-naqoura-talks", "--style", "ris"]) == 0
    assert capsys.readouterr().out == nt.cite(["evt-naqoura-talks"], style="ris") + "\n"
    assert cli.main(["cite", "--style", "mla"]) == 2
    assert "There is no style 'mla'" in capsys.readouterr().err


def test_texts_of_another_package(made_up_root: Path) -> None:
    """A coded text without an address or a day is cited with what there is."""
    (source,) = [r for r in rows(made_up_root, "sources") if r["source_type"] == "coded_text"]
    assert metadata.csl_records(Package(made_up_root))[1]["title"] == source["citation"]
    assert "URL" not in metadata.csl_records(Package(made_up_root))[1]
