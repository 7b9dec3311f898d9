"""Ask the check about many changed packages, and say which it lets through.

  python -m scripts.trials.mutants                 some hundreds of both kinds; writes docs/checks.md
  python -m scripts.trials.mutants --sample 60     a seeded sample, some of each operator; writes nothing
  python -m scripts.trials.mutants --list          what would be asked, without asking

A mutant of the first kind is one change to a table (``operators.py``), of the second one intention carried through
all rows that it touches (``changes.py``). It is caught offline if a rule that needs no text finds
a problem, or with the text if only those do that need it.

What gets through of the first kind must be a legal edit: LEGAL has the reasons, and each must fall under exactly
one. A reason is decided by what was changed, never by what the check said. If one gets through without a reason, or
with two, the command fails. The coded text is named by NAQOURA_TALKS_TEXT, as for the check; without it those that
only the text can catch are counted apart, and nothing is written.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow as pa

from naqoura_talks.package import Package
from scripts.check import command as check
from scripts.check import database, files, rules, versions
from scripts.files import write
from scripts.trials import changes, operators
from scripts.trials.operators import Link, Mutant

ROOT = Path(__file__).resolve().parents[2]
REPORT = "docs/checks.md"
# How many of the first kind are asked about: each operator in turn, in a seeded order.
TRIED = 500
NOT_COPIED = shutil.ignore_patterns(".*", "build", *files.NOT_OURS)
# Since a release these find that anything at all has changed, so they say nothing of what the check sees.
ANY_CHANGE = {"version-fits", "corrections", "changelog"}
WITH_TEXT = {rule.name for rule in rules.in_folder() if rule.needs_text}


class Answer(NamedTuple):
    """Which rules found a problem in a mutant: those that work offline, and those that need the text."""

    offline: tuple[str, ...]
    with_text: tuple[str, ...]

    @property
    def caught(self) -> bool:
        return bool(self.offline or self.with_text)


# --- asking ---


def apply(root: Path, mutant: Mutant, outside: Path) -> None:
    """Change the copy of the package as the mutant says; links lead to a folder outside."""
    for name, content in mutant.files.items():
        path = root / name
        if isinstance(content, Link):
            shutil.copy(path, outside / path.name)
            path.unlink()
            path.symlink_to(outside / path.name)
        elif content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def undo(root: Path, paths: set[str], whole: Path) -> None:
    """Make the copy's files those of the whole package again."""
    for name in paths:
        path = root / name
        path.unlink(missing_ok=True)
        if (whole / name).is_file():
            shutil.copyfile(whole / name, path)


def found_by(root: Path, texts: tuple[str, ...]) -> set[str]:
    """Return rules that find a problem in the changed copy: frictionless and versions are asked if no other has."""
    package = Package(root)
    known = database.read(package, texts)
    if known.unreadable:
        return {"readable"}
    told = [p for name in package.tables for p in files.canonical_form(package, name)]
    told += rules.ask(known, rules.every(package, bool(texts)))[0] or files.orphan_files(package)
    told = told or check.schemas_of_cells(package, package.tables) + versions.problems(package)
    return {p.rule for p in told} - ANY_CHANGE


def ask(root: Path, whole: Path, texts: tuple[str, ...], mutant: Mutant) -> Answer:
    """Change the copy, ask the check, and undo the change."""
    with tempfile.TemporaryDirectory() as outside:
        try:
            apply(root, mutant, Path(outside))
            found = found_by(root, texts)
        finally:
            undo(root, set(mutant.files), whole)
    return Answer(tuple(sorted(found - WITH_TEXT)), tuple(sorted(found & WITH_TEXT)))


def copied(whole: Path, folder: str) -> Path:
    """Return a copy of the package in a folder."""
    return Path(shutil.copytree(whole, Path(folder) / "package", ignore=NOT_COPIED))


_worker: tuple[Path, Path, tuple[str, ...], list[Mutant]]


def _start(whole: Path, folder: str, texts: tuple[str, ...]) -> None:
    global _worker
    pa.set_cpu_count(1)
    copy = copied(whole, tempfile.mkdtemp(dir=folder))
    _worker = copy, whole, texts, both_kinds(whole)


def _ask(index: int) -> Answer:
    copy, whole, texts, mutants = _worker
    return ask(copy, whole, texts, mutants[index])


def ask_all(whole: Path, texts: tuple[str, ...], chosen: list[int], processes: int) -> list[Answer]:
    """Ask about the chosen mutants of a package, each process with a copy of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(processes, get_context("spawn"), _start, (whole, folder, texts)) as pool,
    ):
        return list(pool.map(_ask, chosen, chunksize=8))


def both_kinds(root: Path) -> list[Mutant]:
    """Return all mutants of the first kind, and behind them those of the second."""
    return operators.all_mutants(root) + changes.all_changes(root)


def sample(mutants: list[Mutant], size: int, seed: int = 0) -> list[int]:
    """Return the places of a sample: operators in a seeded order, one mutant of each in turn."""
    rng = Random(seed)
    by_operator = defaultdict(list)
    for i, mutant in enumerate(mutants):
        by_operator[mutant.operator].append(i)
    for places in by_operator.values():
        rng.shuffle(places)
    order = list(by_operator)
    rng.shuffle(order)
    chosen: list[int] = []
    while len(chosen) < min(size, len(mutants)):
        chosen += [by_operator[o].pop() for o in order if by_operator[o]][: size - len(chosen)]
    return sorted(chosen)


# --- what may get through ---

SAYING_ELSE = ("two values swapped", "value of another row", "another valid code", "emptied", "filled")
MISWRITING = ("one character changed", "a word left out", "number off by one", "date off by one")
OWN_WORDS = {
    "actors": ("name", "description"), "places": ("name",), "identifiers": ("note",), "agreements": ("name",),
    "events": ("title", "description"), "statements": ("proposition",), "ceasefire_terms": ("title", "description"),
    "sources": ("title", "citation", "note"), "evidence": ("note",), "codes": ("label", "definition"),
}  # fmt: skip
JUDGED = {
    "actors": ("actor_type",), "places": ("place_type",), "events": ("event_type", "realis", "aggregation"),
    "agreements": ("agreement_type", "status", "status_as_of_edtf"), "names": ("name_type",),
    "ceasefire_terms": ("term_type", "conduct_type"), "statements": ("mode", "speech_act", "certainty", "polarity"),
    "compliance_claims": ("claim_type",), "identifiers": ("match_type",), "crosswalk": ("match_type",),
}  # fmt: skip
OUTSIDE = {
    "places": ("latitude", "longitude", "country_code"), "identifiers": ("value",), "crosswalk": ("scheme_code",),
    "sources": ("url", "publisher", "language", "accessed_on"),
}  # fmt: skip


def says_else(mutant: Mutant, columns: dict[str, tuple[str, ...]]) -> bool:
    """Whether the mutant says something else in one of the columns, in a form that the column allows."""
    return mutant.column in columns.get(mutant.table, ()) and mutant.operator in (*SAYING_ELSE, *MISWRITING)


# Why a change is a legal edit, by what was changed alone.
LEGAL: dict[str, tuple[str, Callable[[Mutant], bool]]] = {
    "own words": (
        "Titles, descriptions, propositions, notes and the like are our own words: any other words are as legal. "
        "Whether they are right, and rightly spelt, only a reader can say.",
        lambda m: says_else(m, OWN_WORDS),
    ),
    "judgement": (
        "Another code of the codelist, where no other cell and no rule of the manual decides between the two: a coder "
        "with the text may come to it. Agreement between coders is what measures these.",
        lambda m: says_else(m, JUDGED),
    ),
    "outside fact": (
        "A value that an outside reference gives, in the form that it should have: only the reference can tell.",
        lambda m: says_else(m, OUTSIDE),
    ),
    "reckoned date": (
        "A bound that is reckoned from words without a date, such as a length of time: the note gives the step, and "
        "only a reader can take it.",
        lambda m: m.operator == "date off by one, with its bounds" and ".." in m.what,
    ),
    "open list": (
        "A row of the crosswalk fewer: it says that a code has no counterpart in a scheme, which may be so.",
        lambda m: m.table == "crosswalk" and m.operator in ("row dropped", "last line cut off"),
    ),
    "spare evidence": (
        "One of several spans that support a cell or row taken away: the others still do.",
        lambda m: m.table == "evidence" and m.operator in ("row dropped", "last line cut off"),
    ),
}
WITHOUT_TEXT = (
    "Not asked with the coded text: where a span lies, and what its digest should be, only the text can tell.",
    lambda m: (
        m.table in ("evidence", "passages", "sources")
        and (m.column in ("char_start", "char_end", "sha256", "text_sha256") or m.operator == "row dropped")
    ),
)


def reasons(mutant: Mutant, with_text: bool = True) -> list[str]:
    """Return the reasons for which a mutant that gets through is a legal edit; one, if all is well."""
    found = [name for name, (_, holds) in LEGAL.items() if holds(mutant)]
    return found or ["without the text"] if not with_text and WITHOUT_TEXT[1](mutant) else found


# --- the report ---


class Result(NamedTuple):
    """A mutant, what the check said, and why it is legal if it said nothing."""

    mutant: Mutant
    answer: Answer
    reasons: list[str]


def score(results: list[Result]) -> float:
    """Return the share that is caught of the mutants that are not legal edits."""
    wrong = [r for r in results if r.answer.caught or len(r.reasons) != 1]
    return sum(r.answer.caught for r in wrong) / len(wrong)


def unexplained(results: list[Result]) -> list[Result]:
    """Return the mutants that got through without a reason, or with more than one."""
    return [r for r in results if not r.answer.caught and len(r.reasons) != 1]


def place(mutant: Mutant) -> str:
    """Return table and column of a mutant, or the file."""
    return ".".join(x for x in (mutant.table, mutant.column) if x) or next(iter(mutant.files))


def by_operator(results: list[Result]) -> Iterator[str]:
    """Yield a row of a table for each operator."""
    yield "| operator | tried | caught offline | with the text alone | legal | rules that found it first |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.mutant.operator].append(result)
    for operator, group in groups.items():
        offline = sum(bool(r.answer.offline) for r in group)
        caught = sum(r.answer.caught for r in group)
        found = Counter(rule for r in group for rule in (*r.answer.offline, *r.answer.with_text))
        rules_ = ", ".join(f"{rule} {n}" for rule, n in sorted(found.items(), key=lambda x: (-x[1], x[0])))
        yield f"| {operator} | {len(group)} | {offline} | {caught - offline} | {len(group) - caught} | {rules_} |"


def counted(results: list[Result]) -> list[str]:
    """Return how many were tried, caught and not, as the rows of a table."""
    offline, caught = sum(bool(r.answer.offline) for r in results), sum(r.answer.caught for r in results)
    return [
        "| what | number |", "| --- | ---: |", f"| changes tried | {len(results)} |",
        f"| caught without the coded text | {offline} |", f"| caught only with it | {caught - offline} |",
        f"| got through | {len(results) - caught} |", "",
    ]  # fmt: skip


def report(results: list[Result], second: list[Result]) -> str:
    """Return docs/checks.md: what was tried of both kinds, what gets through and why, and the table by operator."""
    lines = [
        "# What the check catches",
        "",
        "This page is written by `make mutants`. It changes the tables, asks the check, undoes the change and makes "
        "the next one, the same ones on every machine. Both lists are of changes that we thought of: no figure here "
        "is a rate at which errors would be found. Generated files are compared with what the tables make, byte by "
        "byte, so that no change to them is tried here.",
        "",
        "What no check of this folder can tell: words that only a reader can judge; and a released version rewritten "
        "together with its entry in the changelog, its identifier in `coding/datapackage.json` and what later releases "
        "keep of it. The history of git, and a deposit elsewhere, are what tells that.",
        "",
        "## Several rows at a time",
        "",
        "One intention carried through all rows that it touches, with keys, links and digests put right "
        "(`scripts/trials/changes.py`).",
        "",
        *counted(second),
        *by_operator(second),
        "",
        "What gets through, and why:",
        "",
        *(
            f"- {r.mutant.operator}, {r.mutant.what}: {changes.WHY[r.mutant.operator]}."
            for r in second
            if not r.answer.caught
        ),
        "",
        "## One small change",
        "",
        f"One cell, row or file (`scripts/trials/operators.py`): {TRIED} of {len(operators.all_mutants(ROOT))}, of "
        "each operator in turn; tests ask about a smaller sample each time.",
        "",
        *counted(results),
        "## What gets through, and why",
        "",
        "Each of these small changes that gets through falls under exactly one of these reasons; if one did not, "
        "`make mutants` would fail. The reason is decided by what was changed, not by what the check said.",
    ]
    for name, (why, _) in LEGAL.items():
        mine = [r.mutant for r in results if not r.answer.caught and name in r.reasons]
        lines += ["", f"**{name}** ({len(mine)}). {why}", ""]
        places = Counter(f"`{place(m)}`" for m in mine)
        lines.append(", ".join(f"{where} {n}" for where, n in sorted(places.items())) + "." if mine else "None.")
    lines += [
        "",
        "## Each change that gets through",
        "",
        "| operator | where | row | reason |",
        "| --- | --- | --- | --- |",
        *(
            f"| {m.operator} | `{place(m)}` | {m.row} | {why[0]} |"
            for m, answer, why in results
            if not answer.caught and why
        ),
        "",
        "## By operator",
        "",
        "One problem is enough: of each change the first rule is counted that finds one, in the order in which they "
        "are asked; frictionless and the versions come last.",
        "",
        *by_operator(results),
        "",
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Ask about the mutants; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="ask about N of them only, and write nothing")
    parser.add_argument("--list", action="store_true", help="list them, ask nothing")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    first, mutants = operators.all_mutants(ROOT), both_kinds(ROOT)
    chosen = sample(first, args.sample or TRIED) + ([] if args.sample else list(range(len(first), len(mutants))))
    if args.list:
        print(*(mutants[i] for i in chosen), sep="\n")
        return 0
    texts = check.coded_texts()
    print(f"Asking the check about {len(chosen)} changed packages ...", flush=True)
    answers = ask_all(ROOT, texts, chosen, args.processes)
    every = [Result(mutants[i], a, reasons(mutants[i], bool(texts))) for i, a in zip(chosen, answers, strict=True)]
    second = [r for r in every if r.mutant.operator in changes.WHY]
    results = [r for r in every if r not in second]
    print(
        *(f"{r.mutant}: {', '.join(r.answer.offline + r.answer.with_text) or 'got through'}" for r in second), sep="\n"
    )
    caught = sum(r.answer.caught for r in results)
    print(
        f"{len(results)} small changes tried, {caught} caught, {len(results) - caught} got through; "
        f"caught of those that are no legal edits: {score(results):.1%}"
    )
    for reason, n in Counter(tuple(r.reasons) for r in results if not r.answer.caught).items():
        print(f"  {n:>4}  {' and '.join(reason) or 'no reason'}")
    if left := unexplained(results):
        print("Got through, and not for exactly one reason:", *(f"  {r.mutant} {r.reasons}" for r in left), sep="\n")
        return 1
    if not args.sample and not texts:
        print(f"{REPORT} is left as it is: it needs the coded text. Set NAQOURA_TALKS_TEXT to a file with it.")
    elif not args.sample:
        write(ROOT / REPORT, report(results, second).encode("utf-8"))
        print(f"Written: {REPORT}")
    return 0 if score(results) >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main())
