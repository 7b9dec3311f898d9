"""The check lets no wrong change through: a seeded sample of those that ``make mutants`` makes, and the harness itself.

A harness that changes nothing, or that calls everything legal, would find no fault with any check. So it is
tested too: that it changes what it says, that it leaves the package as it is, and that it sees a check that is blind.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from killed_builds import content
from naqoura_talks.package import Package
from scripts.check import rules
from scripts.trials import changes, mutants, operators
from scripts.trials.mutants import Result
from scripts.trials.operators import Link, Mutant

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = 25


@pytest.fixture(scope="session")
def all_mutants() -> list[Mutant]:
    """Every mutant of the real package."""
    return operators.all_mutants(ROOT)


def given_text() -> tuple[str, ...]:
    """The coded text, if there is one; the harness works without."""
    path = os.environ.get("NAQOURA_TALKS_TEXT")
    return (Path(path).read_text("utf-8"),) if path and Path(path).is_file() else ()


def test_sample_is_caught(all_mutants: list[Mutant]) -> None:
    """Of a sample over the operators each is caught, or is a legal edit for exactly one reason."""
    texts = given_text()
    chosen = mutants.sample(all_mutants, SAMPLE)
    results = mutants.ask_all(ROOT, texts, chosen)
    assert [str(r.mutant) for r in mutants.unexplained(results)] == []
    assert sum(bool(r.found) for r in results) > 0.8 * SAMPLE


def test_mutants_are_many_distinct_and_everywhere(all_mutants: list[Mutant]) -> None:
    """At least 400 that differ, over at least 40 operators, in every table and every column."""
    package = Package(ROOT)
    contents = {tuple(sorted(m.files.items(), key=str)) for m in all_mutants}
    assert len(contents) == len(all_mutants) >= 400
    assert len({m.operator for m in all_mutants}) >= 40
    changed = {(m.table, m.column) for m in all_mutants if m.column}
    assert changed >= {(name, column) for name in package.tables for column in package.fields(name)}


def test_every_mutant_changes_something(all_mutants: list[Mutant]) -> None:
    """No mutant is the package as it is."""
    for mutant in all_mutants:
        for name, data in mutant.files.items():
            before = (ROOT / name).read_bytes() if (ROOT / name).is_file() else None
            assert isinstance(data, Link) or data != before, mutant


def test_mutants_are_the_same_each_time(all_mutants: list[Mutant]) -> None:
    """The list depends on the package alone."""
    assert [(str(m), m.files) for m in operators.all_mutants(ROOT)] == [(str(m), m.files) for m in all_mutants]


def test_changes_of_several_rows() -> None:
    """Each operator of the second kind makes five or more that differ, the same each time, and has its reason."""
    found = changes.all_changes(ROOT)
    assert [(str(m), m.files) for m in found] == [(str(m), m.files) for m in changes.all_changes(ROOT)]
    counts = Counter(m.operator for m in found)
    assert set(counts) == set(changes.WHY) and min(counts.values()) >= 5
    for m in found:
        assert all((ROOT / name).read_bytes() != data for name, data in m.files.items())


def test_what_is_asked_about_is_left_as_it_is(all_mutants: list[Mutant], tmp_path: Path) -> None:
    """After each question the package is as before: cells, files removed, links."""
    package = mutants.copied(ROOT, str(tmp_path))
    before = content(package)
    wanted = ("a word left out", "file gone", "link out of the package", "orphan file")
    for operator in wanted:
        mutant = next(m for m in all_mutants if m.operator == operator)
        found = mutants.ask(package, (), mutant)
        assert bool(found) == (operator != "a word left out")
        assert content(package) == before and not any(p.is_symlink() for p in package.rglob("*")), operator


def test_a_stale_digest_gives_nothing_away(all_mutants: list[Mutant]) -> None:
    """A legal edit gets through, although the digest of its file in the descriptor is now another."""
    mutant = next(m for m in all_mutants if m.operator == "a word left out" and m.table == "events")
    assert mutants.ask(ROOT, (), mutant) == []


def test_a_blind_check_is_seen(all_mutants: list[Mutant], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the one rule that sees a change it gets through, has no reason."""
    mutant = next(m for m in all_mutants if m.operator == "another existing key" and m.table == "event_actors")
    assert mutants.ask(ROOT, (), mutant)
    monkeypatch.setattr(rules, "every", lambda *given: ())
    result = Result(mutant, mutants.ask(ROOT, (), mutant), mutants.reasons(mutant))
    assert mutants.unexplained([result]) == [result]


def test_reasons_do_not_overlap(all_mutants: list[Mutant]) -> None:
    """No change is legal for two reasons, and most for none."""
    found = [mutants.reasons(m) for m in all_mutants]
    assert max(map(len, found)) == 1
    assert sum(map(len, found)) < len(all_mutants) / 5


def test_page_is_of_these_operators(all_mutants: list[Mutant]) -> None:
    """docs/checks.md names each operator and each reason that there is, and no other: else `make mutants`."""
    page = (ROOT / mutants.REPORT).read_text("utf-8")
    table = page.split("\n## By operator\n")[1]
    assert set(re.findall(r"(?m)^\| (.+?) \| \d", table)) - {"**all**"} == {m.operator for m in all_mutants}
    assert set(re.findall(r"(?m)^\*\*([\w ]+)\*\* \(\d", page)) == {reason["name"] for reason in mutants.LEGAL}
