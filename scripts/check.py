"""Check the whole package and print every problem: exit code 0 if there is none, else 1.

  check.py            everything: the official profile, frictionless, our rules, the products
  check.py --sources  without the products: what a curator edits, before the build

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
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

import products
import rules
import versions
from naqoura_talks.package import Package, PackageError, read_json
from rules import Problem, Tables

ROOT = Path(__file__).resolve().parent.parent
PROFILES = Path(__file__).resolve().parent / "profiles/datapackage-2.0"
DESCRIPTOR = "datapackage.json"
# What the build fills in: not looked at before it has.
FIGURES = ("bytes", "hash", "rows")


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


def metadata(root: Path) -> Iterator[Problem]:
    """The descriptor and the schemas are valid by the official v2 profiles, and the descriptor says all it should."""
    rule = "descriptor"

    def problem(file: str, where: str, value: object, expected: str, hint: str = "Mend the file.") -> Problem:
        return Problem(rule, file, None, where, "", str(value)[:120], expected, hint)

    package = Package(root)
    about = package.descriptor
    for file, profile in [(DESCRIPTOR, "datapackage"), *((f"schemas/{n}.json", "tableschema") for n in package.tables)]:
        try:
            content = read_json(root / file, profile)
        except PackageError as error:
            yield problem(file, "", "", "a JSON file", str(error))
            continue
        for error in validator(profile).iter_errors(content):
            yield problem(file, error.json_path, error.message, "what the official v2 profile allows")
    required = (
        "$schema", "name", "title", "description", "version", "created", "keywords", "licenses", "contributors",
        "sources", "resources",
    )  # fmt: skip
    # The DOI, if there is one, is looked at by versions.py.
    about = {prop: value for prop, value in about.items() if prop != "id"}
    for prop in required:
        if not about.get(prop):
            yield problem(DESCRIPTOR, prop, "", "a value", "Fill it in.")
    for prop in set(about) - set(required):
        yield problem(DESCRIPTOR, prop, about[prop], f"one of {', '.join(required)}")
    if about.get("$schema") != "https://datapackage.org/profiles/2.0/datapackage.json":
        yield problem(DESCRIPTOR, "$schema", about.get("$schema"), "the profile of Data Package 2.0")
    if not re.fullmatch(r"\d+\.\d+\.\d+", package.version):
        yield problem(DESCRIPTOR, "version", package.version, "three numbers, such as 1.0.0")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", str(about.get("created"))):
        yield problem(DESCRIPTOR, "created", about.get("created"), "a time such as 2031-01-31T00:00:00Z")
    expected = {
        "type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "dialect": {"header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"},
    }  # fmt: skip
    known = {"name", "title", "description", "group", "path", "schema", *expected, *FIGURES}
    for name, resource in package.resources.items():
        pinned = expected | {"path": f"data/csv/{name}.csv", "schema": f"schemas/{name}.json"}
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
        if resource.get("group") not in products.GROUPS:
            yield problem(DESCRIPTOR, f"{name}.group", resource.get("group"), f"one of {', '.join(products.GROUPS)}")
    contributors = about.get("contributors")
    for contributor in contributors if isinstance(contributors, list) else []:
        if not isinstance(contributor, dict) or not contributor.get("title"):
            yield problem(DESCRIPTOR, "contributors", contributor, "a title for each")
    if len(package.resources) != len(about["resources"]):
        yield problem(DESCRIPTOR, "resources", "", "names that differ", "Two resources have the same name.")


def frictionless_says(root: Path, descriptor: str, ignore: tuple[str, ...] = ()) -> Iterator[Problem]:
    """frictionless finds no error: types, constraints, keys, and bytes, hashes and rows unless ignored."""
    import frictionless

    content = read_json(root / descriptor, "descriptor")
    for resource in content["resources"]:
        for figure in ignore:
            resource.pop(figure, None)
    folder = (root / descriptor).parent
    try:
        report = frictionless.Package.from_descriptor(content, basepath=str(folder)).validate()
    except Exception as error:
        # frictionless raises errors of its own, and on some malformed metadata any other.
        reasons = getattr(error, "reasons", None) or [getattr(error, "error", error)]
        for reason in reasons:
            note = str(getattr(reason, "note", reason))
            yield Problem("frictionless", descriptor, None, "", "", "", "a package that it can read", note)
        return
    for error in report.errors:
        yield Problem("frictionless", descriptor, None, "", "", "", "a valid package", error.message)
    for task in report.tasks:
        path = (folder / str(task.place)).relative_to(root) if (folder / str(task.place)).exists() else task.place
        for error in task.errors:
            line = getattr(error, "row_number", None)
            cells = getattr(error, "cells", None)
            yield Problem(
                "frictionless", str(path), line, str(cells[0]) if cells else "",
                str(getattr(error, "field_name", "")), str(getattr(error, "cell", "")), "a valid table", error.message,
            )  # fmt: skip


def product_problems(root: Path, made: dict[str, bytes]) -> Iterator[Problem]:
    """Every generated file is what the build would make, and Parquet and CSV hold the same."""
    rule, hint = "products", "Run `make`."
    package = Package(root)
    for name in package.tables:
        path = package.path(name, "parquet")
        if not path.is_file():
            yield Problem(rule, str(path.relative_to(root)), None, "", "", "", "the table as Parquet", hint)
        elif not products.same_parquet(path, products.parquet_table(package, name)):
            expected = "the same table, types and metadata as the CSV and its schema give"
            yield Problem(rule, str(path.relative_to(root)), None, "", "", "", expected, hint)
    for path in products.stale(root, made):
        if not path.endswith(".parquet"):
            yield Problem(rule, path, None, "", "", "", "the file as the build makes it", hint)


def source_problems(root: Path, texts: tuple[str, ...], ignore: tuple[str, ...] = FIGURES) -> list[Problem]:
    """Return all problems of what is edited by hand; ignore names the figures not yet filled in."""
    try:
        found = list(metadata(root))
        tables = Tables(Package(root), texts)
        found += rules.run(tables)
        found += versions.problems(tables)
        if not tables.unreadable:
            found += frictionless_says(root, DESCRIPTOR, ignore)
        if (root / "coding/datapackage.json").exists():
            found += frictionless_says(root, "coding/datapackage.json")
    except PackageError as error:
        return [Problem("readable", DESCRIPTOR, None, "", "", "", "a package that can be read", str(error))]
    return found


def all_problems(root: Path, texts: tuple[str, ...]) -> list[Problem]:
    """Return all problems of the package, products included if the sources can be built."""
    found = source_problems(root, texts, ignore=())
    try:
        made = products.products(root)
    except Exception as error:
        if not found:
            raise
        return [
            *found,
            Problem("products", "", None, "", "", "", "sources that can be built", f"Not looked at: {error}"),
        ]
    return found + list(product_problems(root, made))


def report(found: list[Problem]) -> str:
    """Return the problems in the order of files and lines, with a count by rule at the end."""
    found = sorted(set(found), key=lambda p: (p.file, p.line or 0, p.rule, p.column))
    counts = Counter(p.rule for p in found)
    lines = [str(p) for p in found]
    return "\n".join([*lines, "", f"{len(found)} problem(s): " + ", ".join(f"{r} {n}" for r, n in counts.items())])


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
    parser.add_argument("--format", choices=["text", "json"], default="text")
    args = parser.parse_args(argv)
    try:
        texts = coded_texts()
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    found = source_problems(args.root, texts) if args.sources else all_problems(args.root, texts)
    if args.format == "json":
        print(json.dumps([p._asdict() for p in found], indent=2, ensure_ascii=False))
    elif found:
        print(report(found))
    else:
        print(f"No problem found. Checked: {what_was_checked(texts)}.\n{versions.since(args.root)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
