"""Ask the check about many changed packages, and say which it lets through: ``python -m scripts.trials.mutants``.

A mutant of the first kind is one change to a table (``operators.py``), of the second one intention carried through
all rows that it touches (``changes.py``). It is caught offline if a rule that needs no text finds a problem, or with
the text if only those do that need it.

What gets through of the first kind must be a legal edit: ``legal.json`` has the reasons, and each must fall under
exactly one. A reason is decided by what was changed, never by what the check said. If one gets through without a
reason, or with two, the command fails. The coded text is named by NAQOURA_TALKS_TEXT, as for the check; without it
those that only the text can catch are counted apart, and nothing is written.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow as pa

from naqoura_talks.package import Package
from scripts.check import command as check
from scripts.check import database, files, rules, schemas, versions
from scripts.files import write
from scripts.trials import changes, operators
from scripts.trials.operators import Link, Mutant

ROOT = Path(__file__).resolve().parents[2]
REPORT = "docs/checks.md"
TEMPLATE = Path(__file__).with_name("checks.md")
# How many of the first kind are asked about: each operator in turn, in a seeded order.
TRIED = 500
NOT_COPIED = shutil.ignore_patterns(".*", "build", *files.NOT_OURS)
# Since a release these find that anything at all has changed, so they say nothing of what the check sees.
ANY_CHANGE = {"version-fits", "corrections", "changelog"}
WITH_TEXT = {rule.name for rule in rules.in_folder() if rule.needs_text}
# Why a change is a legal edit: the operators, columns and words of the change.
LEGAL = json.loads(Path(__file__).with_name("legal.json").read_text("utf-8"))


class Result(NamedTuple):
    """A mutant, which rules found a problem in it, and why it is legal if none did."""

    mutant: Mutant
    found: list[str]
    reasons: list[str]


# --- asking ---


def found_by(root: Path, texts: tuple[str, ...], changed: Collection[str]) -> set[str]:
    """Return rules that find a problem in the changed copy: frictionless and versions are asked if no other has.

    Where tables alone were changed, only rules that read one of these are asked, and those on all tables.
    """
    package = Package(root)
    asked = rules.every(package, bool(texts))
    if all(name.startswith("data/csv/") for name in changed):
        read = {Path(name).stem for name in changed} | {"things"}
        asked = [rule for rule in asked if rule.each or read & rules.reads(rule.query)]
    known = database.read(package, texts)
    if known.unreadable:
        return {"readable"}
    told = [p for name in package.tables for p in files.canonical_form(package, name)]
    told += rules.ask(known, asked)[0] or files.orphan_files(package)
    told = told or [*schemas.frictionless_problems(package, package.tables), *versions.problems(package)]
    return {p.rule for p in told} - ANY_CHANGE


def copied(whole: Path, folder: str) -> Path:
    """Return a copy of the package in a folder."""
    return Path(shutil.copytree(whole, Path(folder) / "package", ignore=NOT_COPIED))


def ask(whole: Path, texts: tuple[str, ...], mutant: Mutant) -> list[str]:
    """Change a copy of the package as the mutant says, and ask the check; return the rules that found a problem."""
    with tempfile.TemporaryDirectory() as folder:
        root = copied(whole, folder)
        for name, content in mutant.files.items():
            path = root / name
            path.unlink(missing_ok=True)
            if isinstance(content, Link):
                path.symlink_to(whole / name)
            elif content is not None:
                path.write_bytes(content)
        return sorted(found_by(root, texts, mutant.files))


def ask_all(whole: Path, texts: tuple[str, ...], chosen: list[Mutant]) -> list[Result]:
    """Ask about mutants of a package, several at a time; each process keeps to one processor, as there are others."""
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=pa.set_cpu_count, initargs=(1,)) as pool:
        answers = pool.map(partial(ask, whole, texts), chosen, chunksize=8)
        return [Result(m, found, reasons(m, bool(texts))) for m, found in zip(chosen, answers, strict=True)]


def sample(mutants: list[Mutant], size: int) -> list[Mutant]:
    """Return a sample in the order of the list: operators in a seeded order, one mutant of each in turn."""
    rng, by_operator = Random(0), defaultdict(list)
    for mutant in mutants:
        by_operator[mutant.operator].append(mutant)
    groups = list(by_operator.values())
    for group in groups:
        rng.shuffle(group)
    rng.shuffle(groups)
    in_turn = [mutant for turn in zip_longest(*(group[::-1] for group in groups)) for mutant in turn if mutant]
    return sorted(in_turn[:size], key=mutants.index)


# --- what may get through ---


def reasons(mutant: Mutant, with_text: bool = True) -> list[str]:
    """Return the reasons for which a mutant that gets through is a legal edit; one, if all is well."""
    found = [
        reason["name"]
        for reason in LEGAL
        if mutant.operator in reason["operators"]
        and mutant.column in reason["columns"].get(mutant.table, [])
        and reason.get("what", "") in mutant.what
    ]
    # Where a span lies, and what its digest should be, only the text can tell.
    spans = mutant.column in ("char_start", "char_end", "sha256", "text_sha256") or mutant.operator == "row dropped"
    if not (found or with_text) and spans and mutant.table in ("evidence", "passages", "sources"):
        return ["without the text"]
    return found


# --- the report ---


def unexplained(results: list[Result]) -> list[Result]:
    """Return the mutants that got through without a reason, or with more than one."""
    return [r for r in results if not r.found and len(r.reasons) != 1]


def by_operator(results: list[Result]) -> str:
    """Return the rows of a table with one for each operator, and one for all."""
    lines = []
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.mutant.operator].append(result)
    for operator, group in (groups | {"**all**": results}).items():
        n, caught = len(group), sum(bool(r.found) for r in group)
        offline = sum(bool(set(r.found) - WITH_TEXT) for r in group)
        found = Counter(rule for r in group for rule in r.found) if group is not results else {}
        first = ", ".join(f"{rule} {n}" for rule, n in sorted(found.items(), key=lambda x: (-x[1], x[0])))
        lines.append(f"| {operator} | {n} | {offline} | {caught - offline} | {n - caught} | {first} |")
    return "\n".join(lines)


def report(results: list[Result], second: list[Result], possible: int) -> str:
    """Return docs/checks.md: what was tried of both kinds, what gets through and why, and the table by operator.

    ``possible`` is how many mutants of the first kind there are.
    """
    through = [r.mutant for r in second if not r.found]
    legal = []
    for reason in LEGAL:
        mine = [r.mutant for r in results if not r.found and reason["name"] in r.reasons]
        places = Counter(f"`{m.table}.{m.column}`" if m.column else f"`{m.table}`" for m in mine)
        where = ", ".join(f"{place} {n}" for place, n in sorted(places.items())) or "None"
        legal.append(f"**{reason['name']}** ({len(mine)}). {reason['why']}\n\n{where}.")
    values = {
        "second": by_operator(second), "first": by_operator(results), "legal": "\n\n".join(legal),
        "through": "\n".join(f"- {m.operator}, {m.what}: {changes.WHY[m.operator]}." for m in through),
        "tried": len(results), "of": possible,
    }  # fmt: skip
    return database.filled_in(TEMPLATE.read_text("utf-8"), values)


def main() -> int:
    """Ask about the mutants; see the module's text."""
    first, second, texts = operators.all_mutants(ROOT), changes.all_changes(ROOT), check.coded_texts()
    chosen = sample(first, TRIED)
    print(f"Asking the check about {len(chosen) + len(second)} changed packages ...", flush=True)
    results, of_second = (ask_all(ROOT, texts, mutants) for mutants in (chosen, second))
    print(*(f"{r.mutant}: {', '.join(r.found) or 'got through'}" for r in of_second), sep="\n")
    through = Counter(" and ".join(r.reasons) or "no reason" for r in results if not r.found)
    print(f"{len(results)} small changes tried; got through:")
    print(*(f"  {n:>4}  {why}" for why, n in through.items()), sep="\n")
    if left := unexplained(results):
        print("Got through, and not for exactly one reason:", *(f"  {r.mutant} {r.reasons}" for r in left), sep="\n")
        return 1
    if not texts:
        print(f"{REPORT} is left as it is: it needs the coded text. Set NAQOURA_TALKS_TEXT to a file with it.")
        return 0
    write(ROOT / REPORT, report(results, of_second, len(first)).encode("utf-8"))
    print(f"Written: {REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
