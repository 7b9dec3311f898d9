"""Check what is edited by hand and print every problem: exit code 0 if there is none, else 1.

  python -m scripts.check                   links, profiles, files, frictionless, our rules, versions
  python -m scripts.check --root FOLDER     a copy of this package
  python -m scripts.check --format lines    one problem a line, as file:line:character: text, for editors
  python -m scripts.check --format json     the same as a list of objects, for programs

The coded text is used if the environment variable NAQOURA_TALKS_TEXT names it (several texts: paths
with the system's path separator between them); without it the rules that need the text are left out,
and the summary says so.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import chain
from pathlib import Path

from naqoura_talks.package import Package, PackageError, read_bytes, read_json, read_text
from naqoura_talks.text import printable
from scripts.check import database, files, rules, schemas, versions
from scripts.check.problems import FORMATS, Problem, json_place

ROOT = Path(__file__).resolve().parents[2]


def coded_texts() -> tuple[str, ...]:
    """Return the coded texts that NAQOURA_TALKS_TEXT names, as paths with the system's separator between."""
    texts = []
    for path in filter(None, os.environ.get("NAQOURA_TALKS_TEXT", "").split(os.pathsep)):
        try:
            texts.append(Path(path).read_bytes().decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise PackageError(f"NAQOURA_TALKS_TEXT names {path}, which is not read as UTF-8: {error}.") from None
    return tuple(texts)


def source_problems(root: Path, texts: tuple[str, ...] = ()) -> list[Problem]:
    """Return all problems of what is edited by hand: nothing is opened if a file is a link, and what cannot be
    read is told first, with what was therefore not asked. Raises PackageError if there is no such folder.
    """
    if not root.is_dir():
        raise PackageError(f"{root}: is no folder. Name the folder that holds datapackage.json.")
    if found := list(files.links(root)) or list(files.conflicts(root)):
        return found
    try:
        package = Package(root)
        found = list(schemas.descriptor_problems(package))
        if not found:
            found = [*files.documents(root), *table_problems(package, texts), *coding_problems(root)]
        return [_with_place(root, problem) for problem in found]
    except PackageError as error:
        return [files.unreadable(root, "", error)]


def table_problems(package: Package, texts: tuple[str, ...]) -> list[Problem]:
    """Return the problems of tables and schemas, and of the version. A table whose schema is broken is not read."""
    broken = {name: list(schemas.schema_problems(package, name)) for name in package.tables}
    left_out = {name: PackageError("its schema is broken") for name, problems in broken.items() if problems}
    known = database.read(package, texts, left_out)
    found = list(chain(*broken.values()))
    found += [files.unreadable(package.root, n, error) for n, error in known.unreadable.items() if n not in left_out]
    found += files.orphan_files(package)
    if "sources" in known.words:
        found += files.one_account(package)
    for name in known.words:
        found += files.canonical_form(package, name)
    told = list(schemas.frictionless_problems(package, list(known.words)))
    ours, not_asked = rules.ask(known, rules.every(package, bool(texts), known.words))
    # What frictionless has told of a cell is not told again.
    cells = {(p.file, p.line, column) for p in told for column in p.column.split(" + ")}
    found += told + [p for p in ours if not any((p.file, p.line, c) in cells for c in p.column.split(" + "))]
    if known.unreadable:
        what = f"frictionless, versions and {len(not_asked)} rules are not asked of {', '.join(known.unreadable)}"
        found[0] = found[0]._replace(hint=f"{found[0].hint} Until then {what} and what points there.")
        return found
    return found + versions.problems(package)


def coding_problems(root: Path) -> list[Problem]:
    """The files of coding/ are there, and its tables can be read and keep their schemas."""
    if not (root / "coding/datapackage.json").exists():
        return []
    package = Package(root / "coding")
    found, tables = [], []
    for name, resource in package.resources.items():
        try:
            # A text that was coded has no schema.
            if "schema" in resource:
                package.read_words(name)
                tables.append(name)
            else:
                read_bytes(package.path(name), name)
        except PackageError as error:
            found.append(files.unreadable(package.root, name, error))
    found += schemas.frictionless_problems(package, tables)
    return [problem._replace(file=f"coding/{problem.file}") for problem in found]


def _with_place(root: Path, problem: Problem) -> Problem:
    """Return a problem of descriptor or schemas with the line and character of what it is about."""
    if problem.line is not None or not problem.file.endswith(".json"):
        return problem
    read_json(root / problem.file, "file")
    place = json_place(read_text(root / problem.file, "file"), problem.row, problem.column)
    return problem if place is None else problem._replace(line=place[0], character=place[1])


def what_was_checked(texts: tuple[str, ...]) -> str:
    """Return one line that says which checks ran."""
    n, all_rules = (len(rules.every(Package(ROOT), with_text)) for with_text in (False, True))
    with_text = f"{all_rules - n} rules with the coded text"
    without = f"not the {with_text} (NAQOURA_TALKS_TEXT is not set)"
    return f"v2 profile, frictionless, {n} rules of our own, {with_text if texts else without}"


def main(argv: list[str] | None = None) -> int:
    """Run the check; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    parser.add_argument("--format", choices=FORMATS, default="text")
    args = parser.parse_args(argv)
    try:
        texts = coded_texts()
        found = source_problems(args.root, texts)
    except PackageError as error:
        print(printable(str(error)), file=sys.stderr)
        return 1
    if found or args.format == "json":
        print(FORMATS[args.format](found))
    elif args.format == "text":
        print(f"No problem found. Checked: {what_was_checked(texts)}.\n{versions.since(Package(args.root))}")
    return 1 if found else 0
