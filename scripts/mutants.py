"""Ask the check about some two thousand packages, each with one small change, and say which it lets through.

  mutants.py                 all of them; writes docs/checks.md
  mutants.py --sample 60     a seeded sample, some of each operator; writes nothing
  mutants.py --list          what would be asked, without asking

Each mutant is one change to data, schema, descriptor or generated file (``operators.py``). After a change to
what is edited by hand everything derived is built anew, so that a stale digest never gives the change away;
a change to what is generated is asked without a build, which would mend it. A mutant is caught offline if a
rule that needs no text finds a problem, or with the text if only those do that need it.

What survives must be a legal edit: LEGAL has the reasons, and each survivor must fall under exactly one. A
reason is decided by what was changed, never by what the check said. If a survivor has no reason, or two,
the command fails. The coded text is named by NAQOURA_TALKS_TEXT, as for the check; without it the mutants
that only the text can catch are listed apart, and nothing is written.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import NamedTuple

import pyarrow as pa

import build
import check
import operators
import products
import rules
from naqoura_talks.package import Package, PackageError
from operators import Link, Mutant

ROOT = Path(__file__).resolve().parent.parent
REPORT = "docs/checks.md"
NOT_COPIED = shutil.ignore_patterns(".*", "dist", "node_modules", "__pycache__", "build")
WITH_TEXT = {rule.__name__.replace("_", "-") for rule in rules.TEXT_RULES}


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


def found_by(root: Path, texts: tuple[str, ...], mutant: Mutant) -> tuple[set[str], set[str]]:
    """Return the rules that find a problem in the changed copy, and the paths that a build wrote.

    The cheap rules come first; frictionless and the products are asked only where no rule that works
    offline has found anything, as one problem is enough.
    """
    if mutant.rebuild:
        try:
            found = {p.rule for p in rules.run(rules.Tables(Package(root), texts))}
            if any(name.endswith(".json") for name in mutant.files):
                found |= {p.rule for p in check.metadata(root)}
        except PackageError:
            return {"readable"}, set()
        if found - WITH_TEXT:
            return found, set()
        try:
            written = set(build.build(root))
        except Exception:
            # Whatever stops the build, be it one of our errors or not, the change did not get through.
            return {"build"}, set()
        return found | {p.rule for p in check.all_problems(root, ())}, written
    if set(mutant.files) != {"datapackage.json"} and products.stale(root, products.products(root)):
        return {"products"}, set()
    return {p.rule for p in check.all_problems(root, ())}, set()


def ask(root: Path, whole: Path, texts: tuple[str, ...], mutant: Mutant) -> Answer:
    """Change the copy, ask the check, and undo the change."""
    with tempfile.TemporaryDirectory() as outside:
        written: set[str] = set()
        try:
            apply(root, mutant, Path(outside))
            found, written = found_by(root, texts, mutant)
        finally:
            undo(root, set(mutant.files) | written, whole)
    return Answer(tuple(sorted(found - WITH_TEXT)), tuple(sorted(found & WITH_TEXT)))


def copied(whole: Path, folder: str) -> Path:
    """Return a copy of the package in a folder."""
    return Path(shutil.copytree(whole, Path(folder) / "package", ignore=NOT_COPIED))


_worker: tuple[Path, Path, tuple[str, ...], list[Mutant]]


def _start(whole: Path, folder: str, texts: tuple[str, ...]) -> None:
    global _worker
    pa.set_cpu_count(1)
    copy = copied(whole, tempfile.mkdtemp(dir=folder))
    _worker = copy, whole, texts, operators.all_mutants(whole)


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


LEGAL: dict[str, tuple[str, Callable[[Mutant], bool]]] = {}


def reasons(mutant: Mutant) -> list[str]:
    """Return the reasons for which a mutant is a legal edit."""
    return [name for name, (_, holds) in LEGAL.items() if holds(mutant)]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="ask about N of them only")
    parser.add_argument("--list", action="store_true", help="list them, ask nothing")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    mutants = operators.all_mutants(ROOT)
    chosen = sample(mutants, args.sample) if args.sample else list(range(len(mutants)))
    if args.list:
        print(*(mutants[i] for i in chosen), sep="\n")
        return 0
    texts = check.coded_texts()
    answers = ask_all(ROOT, texts, chosen, args.processes)
    import pickle

    pickle.dump([(mutants[i]._replace(files=None), a) for i, a in zip(chosen, answers)], open("/tmp/answers.pkl", "wb"))
    for i, answer in zip(chosen, answers, strict=True):
        if not answer.caught:
            print(mutants[i], reasons(mutants[i]))
    print(len(chosen), sum(a.caught for a in answers), sum(bool(a.offline) for a in answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
