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
from pathlib import Path

from naqoura_talks.package import Package, PackageError, read_json
from naqoura_talks.text import printable
from scripts.check import database, files, rules, schemas, versions
from scripts.check.problems import FORMATS, Problem, cell_places, json_place

ROOT = Path(__file__).resolve().parents[2]


def coded_texts() -> tuple[str, ...]:
    """Return the coded texts that NAQOURA_TALKS_TEXT names, as paths with the system's separator between."""
    texts = []
    for path in filter(None, os.environ.get("NAQOURA_TALKS_TEXT", "").split(os.pathsep)):
        try:
            texts.append(Path(path).read_bytes().decode("utf-8"))
        except OSError as error:
            raise PackageError(f"NAQOURA_TALKS_TEXT names {path}, which cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise PackageError(f"NAQOURA_TALKS_TEXT names {path}, which is not text in UTF-8.") from None
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
        if found := list(schemas.descriptor_problems(package)):
            return _with_places(root, found)
        found = [*files.documents(root), *table_problems(package, texts), *coding_problems(root)]
        return _with_places(root, found)
    except PackageError as error:
        return [files.unreadable(root, "", error)]


def table_problems(package: Package, texts: tuple[str, ...]) -> list[Problem]:
    """Return the problems of tables and schemas, and of the version. A table whose schema is broken is not read."""
    broken = {name: list(schemas.schema_problems(package, name)) for name in package.tables}
    left_out = {name: PackageError("its schema is broken") for name, problems in broken.items() if problems}
    known = database.read(package, texts, left_out)
    found = [problem for problems in broken.values() for problem in problems]
    found += [files.unreadable(package.root, n, error) for n, error in known.unreadable.items() if n not in left_out]
    found += files.orphan_files(package)
    if "sources" in known:
        found += files.one_account(package)
    for name in known.words:
        found += files.canonical_form(package, name)
    told = list(schemas_of_cells(package, list(known.words)))
    ours, not_asked = rules.ask(known, rules.every(package, bool(texts), known.words))
    # What frictionless has told of a cell is not told again.
    cells = {(p.file, p.line, column) for p in told for column in p.column.split(" + ")}
    found += told + [p for p in ours if not any((p.file, p.line, c) in cells for c in p.column.split(" + "))]
    if known.unreadable:
        n, first = len(not_asked), found[0]
        of = f"{', '.join(known.unreadable)} and what points there"
        found[0] = first._replace(
            hint=f"{first.hint} Until then frictionless, versions and {n} rules are not asked of {of}."
        )
        return found
    return found + versions.problems(package)


def schemas_of_cells(package: Package, names: list[str]) -> list[Problem]:
    """Return what frictionless finds in these tables, with the place of each cell."""
    told, texts, placed = list(schemas.frictionless_problems(package, names)), {}, []
    for problem, name, row in told:
        if row is not None:
            texts.setdefault(name, package.path(name).read_text("utf-8"))
            columns = list(package.fields(name))
            column = problem.column.split(" + ")[0]
            number = columns.index(column) if column in columns else 0
            line, character = cell_places(texts[name], [(row, number)])[0]
            problem = problem._replace(line=line, character=character)
        placed.append(problem)
    return placed


def coding_problems(root: Path) -> list[Problem]:
    """The files of coding/ are there, and its tables can be read and keep their schemas."""
    if not (root / "coding/datapackage.json").exists():
        return []
    package = Package(root / "coding")
    found, tables = [], []
    for resource in package.descriptor["resources"]:
        try:
            package.inside(resource.get("path"), f"path of {resource['name']}").read_bytes()
            # A text that was coded has no schema.
            if "schema" in resource:
                package.read_words(resource["name"])
                tables.append(resource["name"])
        except (PackageError, OSError) as error:
            problem = error if isinstance(error, PackageError) else PackageError(str(error))
            found.append(files.unreadable(package.root, resource["name"], problem))
    found += schemas_of_cells(package, tables)
    return [problem._replace(file=f"coding/{problem.file}") for problem in found]


def _with_places(root: Path, found: list[Problem]) -> list[Problem]:
    """Return the problems, those of descriptor and schemas with the line and character of what they are about."""
    texts: dict[str, str] = {}

    def placed(problem: Problem) -> Problem:
        if problem.line is not None or not problem.file.endswith(".json"):
            return problem
        if problem.file not in texts:
            read_json(root / problem.file, "file")
            texts[problem.file] = (root / problem.file).read_text("utf-8")
        place = json_place(texts[problem.file], problem.row, problem.column)
        return problem if place is None else problem._replace(line=place[0], character=place[1])

    return [placed(problem) for problem in found]


def what_was_checked(texts: tuple[str, ...]) -> str:
    """Return one line that says which checks ran."""
    n = len(rules.every(Package(ROOT), False))
    with_text = f"{rules.text_rules()} rules with the coded text"
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
