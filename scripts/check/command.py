"""Check the whole package and print every problem: exit code 0 if there is none, else 1.

  check.py                   everything: the official profile, frictionless, our rules, the products
  check.py --sources         without the products: what a curator edits, before the build
  check.py --root FOLDER     another package; nothing outside its folder is read, whatever it says
  check.py --format lines    one problem a line, as file:line:character: text, which editors can jump to
  check.py --format github   the same as annotations for GitHub Actions
  check.py --format json     the same as a list of objects, for programs

The coded text is used if the environment variable NAQOURA_TALKS_TEXT names it (several texts: paths
with the system's path separator between them); without it the rules that need the text are left out,
and the summary says so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from naqoura_talks.package import TABLE_LIMIT, Package, PackageError, read_bytes, read_json
from scripts.build import counts, parquet, products
from scripts.check import rules, rules_form, versions
from scripts.check.tables import Problem, Tables, json_place

ROOT = Path(__file__).resolve().parents[2]
PROFILES = Path(__file__).resolve().parent / "profiles/datapackage-2.0"
DESCRIPTOR = "datapackage.json"
# What the build fills in: not looked at before it has.
FIGURES = ("bytes", "hash", "rows")
# What each resource says of its file.
CSV = {
    "type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
    "dialect": {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"},
}  # fmt: skip
# What frictionless is asked of a field; patterns are for ``constraints`` in rules_form.
CONSTRAINTS = ("required", "unique", "enum", "minimum", "maximum")
# Folders that hold nothing of the package, beside hidden ones.
NOT_OURS = ("node_modules", "__pycache__", "dist")


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


@cache
def validator(profile: str) -> Draft7Validator:
    """Return the validator of one of the official Data Package profiles, which are vendored."""
    return Draft7Validator(read_json(PROFILES / f"{profile}.json", "profile"))


@lru_cache(maxsize=256)
def against_profile(profile: str, data: bytes) -> tuple[tuple[str, str], ...]:
    """Return where a JSON file is not what an official profile allows, and why; a file is asked once."""
    return tuple((error.json_path, error.message) for error in validator(profile).iter_errors(json.loads(data)))


def metadata(root: Path) -> Iterator[Problem]:
    """The descriptor and the schemas are valid by the official v2 profiles, and the descriptor says all it should."""
    rule = "descriptor"

    def problem(file: str, where: str, value: object, expected: str, hint: str = "Mend the file.") -> Problem:
        return Problem(rule, file, None, where, "", str(value)[:120], expected, hint)

    package = Package(root)
    about = package.descriptor
    files: list[tuple[str, Callable[[], Path]]] = [("datapackage", lambda: root / DESCRIPTOR)]
    files += [("tableschema", lambda name=name: package.schema_path(name)) for name in package.tables]
    for profile, locate in files:
        try:
            path = locate()
            read_json(path, profile)
        except PackageError as error:
            yield rules_form.unreadable(rule, root, "", error)
            continue
        for where, message in against_profile(profile, path.read_bytes()):
            yield problem(str(path.relative_to(root)), where, message, "what the official v2 profile allows")
    required = (
        "$schema", "name", "title", "description", "version", "created", "keywords", "licenses", "contributors",
        "sources", "resources",
    )  # fmt: skip
    # The DOI, if there is one, is looked at by versions.py.
    about = {prop: value for prop, value in about.items() if prop != "id"}
    for prop in required:
        if not about.get(prop):
            yield problem(DESCRIPTOR, prop, "", "a value", "Fill it in.")
    for prop in sorted(set(about) - set(required)):
        yield problem(DESCRIPTOR, prop, about[prop], f"one of {', '.join(required)}")
    if about.get("$schema") != "https://datapackage.org/profiles/2.0/datapackage.json":
        yield problem(DESCRIPTOR, "$schema", about.get("$schema"), "the profile of Data Package 2.0")
    if not re.fullmatch(r"\d+\.\d+\.\d+", package.version):
        yield problem(DESCRIPTOR, "version", package.version, "three numbers, such as 1.0.0")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", str(about.get("created"))):
        yield problem(DESCRIPTOR, "created", about.get("created"), "a time such as 2031-01-31T00:00:00Z")
    known = {"name", "title", "description", "group", "path", "schema", *CSV, *FIGURES}
    for name, resource in package.resources.items():
        pinned = CSV | {"path": f"data/csv/{name}.csv", "schema": f"schemas/{name}.json"}
        if not isinstance(resource.get("group"), str):
            resource = resource | {"group": ""}
        for prop, value in pinned.items():
            if resource.get(prop) != value:
                yield problem(DESCRIPTOR, f"{name}.{prop}", resource.get(prop), repr(value))
        for prop in sorted(set(resource) - known):
            yield problem(DESCRIPTOR, f"{name}.{prop}", resource[prop], f"one of {', '.join(sorted(known))}")
        if not str(resource.get("description", "")).startswith("One row is ") or not resource.get("title"):
            yield problem(
                DESCRIPTOR, name, resource.get("description"), "a title, and a description that begins: One row is"
            )
        if resource.get("group") not in counts.GROUPS:
            yield problem(DESCRIPTOR, f"{name}.group", resource.get("group"), f"one of {', '.join(counts.GROUPS)}")
    contributors = about.get("contributors")
    for contributor in contributors if isinstance(contributors, list) else []:
        if not isinstance(contributor, dict) or not contributor.get("title"):
            yield problem(DESCRIPTOR, "contributors", contributor, "a title for each")
    if len(package.resources) != len(about["resources"]):
        yield problem(DESCRIPTOR, "resources", "", "names that differ", "Two resources have the same name.")


def links(root: Path) -> Iterator[Problem]:
    """No file of the package is a link or anything else but a plain file, so that nothing outside is read."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in NOT_OURS:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from (p._replace(file=f"{path.name}/{p.file}") for p in links(path))
        elif path.is_symlink() or not path.is_file():
            hint = "Put the file itself there."
            yield Problem("links", path.name, None, "", "", "", "a plain file, not a link", hint)


def handed_over(package: Package, ignore: tuple[str, ...]) -> dict[str, Any]:
    """Return what frictionless is given of a package: files inside it, types, keys, constraints and figures.

    The rest of the descriptor stays here, as frictionless would follow what it says to other files
    and to the network; patterns too, as its engine can take for ever over one (``constraints`` has them).
    """
    resources = []
    for name in package.tables:
        schema = package.schema(name)
        fields = [
            {
                "name": column,
                "type": field["type"],
                "constraints": {k: v for k, v in field.get("constraints", {}).items() if k in CONSTRAINTS},
            }
            for column, field in package.fields(name).items()
        ]
        keys = {k: schema[k] for k in ("primaryKey", "foreignKeys") if k in schema}
        path = str(package.path(name).relative_to(package.root))
        figures = {k: v for k, v in package.resource(name).items() if k in FIGURES and k not in ignore}
        described = {"fields": fields, "missingValues": [""], **keys}
        resources.append({"name": name, "path": path, "schema": described} | CSV | figures)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "checked",
        "resources": resources,
    }


def frictionless_says(tables: Tables, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """frictionless finds no error: types, constraints, keys, and bytes, hashes and rows unless ignored."""
    import frictionless

    try:
        content = handed_over(tables.package, ignore)
        report = frictionless.Package.from_descriptor(content, basepath=str(tables.package.root)).validate()
    except Exception as error:
        # frictionless raises errors of its own, and on some malformed metadata any other.
        reasons = getattr(error, "reasons", None) or [getattr(error, "error", error)]
        for reason in reasons:
            note = str(getattr(reason, "note", reason))
            yield Problem("frictionless", DESCRIPTOR, None, "", "", "", "a package that it can read", note)
        return
    for error in report.errors:
        yield Problem("frictionless", DESCRIPTOR, None, "", "", "", "a valid package", error.message)
    for task in report.tasks:
        for error in task.errors:
            column, row = str(getattr(error, "field_name", "")), getattr(error, "row_number", None)
            cells, line, character = getattr(error, "cells", None), None, None
            if row is not None and 0 <= row - 2 < tables.words[task.name].num_rows:
                line, character = tables.place(task.name, row - 2, column)
            yield Problem(
                "frictionless", tables.file(task.name), line, str(cells[0]) if cells else "", column,
                str(getattr(error, "cell", "")), "a valid table", error.message, character,
            )  # fmt: skip


def coding_problems(root: Path) -> Iterator[Problem]:
    """The files of coding/ are there, and its tables can be read and keep their schemas."""
    if not (root / "coding/datapackage.json").exists():
        return
    package = Package(root / "coding")
    for resource in package.descriptor["resources"]:
        try:
            read_bytes(package.inside(resource.get("path"), f"path of {resource['name']}"), "file", TABLE_LIMIT)
        except PackageError as error:
            problem = rules_form.unreadable("readable", package.root, resource["name"], error)
            yield problem._replace(file=f"coding/{problem.file}")
    # A text that was coded has no schema.
    package.descriptor["resources"] = [r for r in package.descriptor["resources"] if "schema" in r]
    tables = Tables(package)
    found = [*rules_form.readable(tables), *rules_form.constraints(tables)]
    if not tables.unreadable:
        found += frictionless_says(tables)
    yield from (p._replace(file=f"coding/{p.file}") for p in found)


def product_problems(root: Path, made: dict[str, bytes]) -> Iterator[Problem]:
    """Every generated file is what the build would make, and Parquet and CSV hold the same."""
    rule, hint = "products", "Run `make`."
    package = Package(root)
    for name in package.tables:
        path = package.path(name, "parquet")
        if not path.is_file():
            yield Problem(rule, str(path.relative_to(root)), None, "", "", "", "the table as Parquet", hint)
        elif not parquet.same_parquet(path, parquet.parquet_table(package, name)):
            expected = "the same table, types and metadata as the CSV and its schema give"
            yield Problem(rule, str(path.relative_to(root)), None, "", "", "", expected, hint)
    for path in products.stale(root, made):
        if not path.startswith("data/parquet/") or path.endswith(".json"):
            yield Problem(rule, path, None, "", "", "", "the file as the build makes it", hint)


def source_problems(root: Path, texts: tuple[str, ...], ignore: tuple[str, ...] = FIGURES) -> list[Problem]:
    """Return all problems of what is edited by hand; ignore names the figures not yet filled in."""
    found: list[Problem] = []
    try:
        found += links(root)
        found += metadata(root)
        tables = Tables(Package(root), texts)
        found += rules.run(tables)
        found += versions.problems(tables)
        if not tables.unreadable:
            found += frictionless_says(tables, ignore)
        if not any(p.rule == "links" and p.file.startswith("coding") for p in found):
            found += coding_problems(root)
    except PackageError as error:
        return [*found, rules_form.unreadable("readable", root, "", error)]
    return placed(root, found)


def placed(root: Path, found: list[Problem]) -> list[Problem]:
    """Return the problems of descriptor and schemas with the line and character of what they are about."""
    package, texts = Package(root), dict[str, str]()

    def with_place(problem: Problem) -> Problem:
        if problem.line is not None or not problem.file.endswith(".json"):
            return problem
        try:
            if problem.file not in texts:
                path = package.inside(problem.file, "file")
                read_json(path, "file")
                texts[problem.file] = path.read_text("utf-8")
            place = json_place(texts[problem.file], problem.row, problem.column)
        except PackageError:
            return problem
        return problem if place is None else problem._replace(line=place[0], character=place[1])

    return [with_place(problem) for problem in found]


def all_problems(root: Path, texts: tuple[str, ...]) -> list[Problem]:
    """Return all problems of the package, products included if the sources can be built."""
    found = source_problems(root, texts, ignore=())
    not_looked_at = Problem("products", "", None, "", "", "", "sources that can be built", "Not looked at: ")
    if any(p.rule == "links" for p in found):
        return [*found, not_looked_at._replace(hint=not_looked_at.hint + "files of the package are links.")]
    try:
        made = products.products(root)
    except Exception as error:
        if not found:
            raise
        return [*found, not_looked_at._replace(hint=not_looked_at.hint + str(error))]
    return found + list(product_problems(root, made))


def in_order(found: list[Problem]) -> list[Problem]:
    """Return the problems in the order of files and lines, none twice."""
    return sorted(set(found), key=lambda p: (p.file, p.line or 0, p.character or 0, p.rule, *map(str, p)))


def report(found: list[Problem]) -> str:
    """Return the problems in the order of files and lines, with a count by rule at the end."""
    found = in_order(found)
    by_rule = Counter(p.rule for p in found)
    lines = [str(p) for p in found]
    return "\n".join([*lines, "", f"{len(found)} problem(s): " + ", ".join(f"{r} {n}" for r, n in by_rule.items())])


def as_json(found: list[Problem]) -> str:
    """Return the problems as a JSON list of objects."""
    return json.dumps([p._asdict() for p in in_order(found)], indent=2, ensure_ascii=False)


def as_lines(found: list[Problem]) -> str:
    """Return one problem a line, as compilers write them: file:line:character: text [rule]."""
    lines = [
        f"{p.file or DESCRIPTOR}:{p.line or 1}:{p.character or 1}: {p.sentence} [{p.rule}]" for p in in_order(found)
    ]
    return "\n".join(" ".join(line.splitlines()) for line in lines)


def as_github(found: list[Problem]) -> str:
    """Return the problems as workflow commands of GitHub Actions, which shows them beside the lines."""

    def escaped(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    return "\n".join(
        f"::error file={escaped(p.file or DESCRIPTOR)},line={p.line or 1},col={p.character or 1},title={p.rule}"
        f"::{escaped(p.sentence)}"
        for p in in_order(found)
    )


FORMATS = {"text": report, "json": as_json, "lines": as_lines, "github": as_github}


def what_was_checked(texts: tuple[str, ...]) -> str:
    """Return one line that says which checks ran."""
    n = len(rules.RULES)
    with_text = f"{len(rules.TEXT_RULES)} rules with the coded text"
    without = f"not the {with_text} (NAQOURA_TALKS_TEXT is not set)"
    return f"v2 profile, frictionless, {n} rules of our own, {with_text if texts else without}"


def main(argv: list[str] | None = None) -> int:
    """Run the check; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sources", action="store_true", help="leave out what the build makes")
    parser.add_argument("--root", type=Path, default=ROOT, help="the package's folder")
    parser.add_argument("--format", choices=FORMATS, default="text")
    args = parser.parse_args(argv)
    try:
        texts = coded_texts()
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    found = source_problems(args.root, texts) if args.sources else all_problems(args.root, texts)
    if found or args.format == "json":
        print(FORMATS[args.format](found))
    elif args.format == "text":
        print(f"No problem found. Checked: {what_was_checked(texts)}.\n{versions.since(args.root)}")
    return 1 if found else 0
