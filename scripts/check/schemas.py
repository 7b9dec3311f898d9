"""Descriptor and schemas: the official profiles, our own profile, and frictionless, the judge of what schemas say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from jsonschema import Draft7Validator, Draft202012Validator

from naqoura_talks.package import Package, PackageError, read_json
from scripts.check.files import scripted_links, unreadable
from scripts.check.problems import Problem, cell_places

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = Path(__file__).resolve().parent / "profiles/datapackage-2.0"
OURS = ROOT / "schemas/profile.json"
DESCRIPTOR = "datapackage.json"


@cache
def validators(profile: str) -> tuple[Draft7Validator | Draft202012Validator, ...]:
    """Return the validators of "datapackage" or "tableschema": the official profile, and ours on top."""
    ours = read_json(OURS, "profile")
    return (
        Draft7Validator(read_json(OFFICIAL / f"{profile}.json", "profile")),
        Draft202012Validator({"$ref": f"#/$defs/{profile}", "$defs": ours["$defs"]}),
    )


@lru_cache(maxsize=64)
def profile_problems(file: str, profile: str, as_json: str) -> tuple[Problem, ...]:
    """A descriptor or schema is what the official profile and ours allow, and no text of it is a link that runs.

    Tests and trials ask of the same many times.
    """
    content, found = json.loads(as_json), []
    for validator in validators(profile):
        for error in validator.iter_errors(content):
            steps = list(error.absolute_path)
            # What is said of a field or resource is told with its name.
            named = content[steps[0]][steps[1]] if len(steps) > 1 and steps[0] in ("fields", "resources") else None
            name = str(named.get("name", "")) if isinstance(named, dict) else ""
            # Of a property too many or too few the name stands in the message alone.
            named_there = error.validator in ("required", "additionalProperties")
            missing = re.search(r"'([\w$]+)'", error.message) if named_there else None
            prop = missing[1] if missing else str(steps[-1]) if steps else ""
            # An index is no property, and of no name the path says where it is.
            where = name or (error.json_path if len(steps) > 1 else prop)
            value = "" if missing or isinstance(error.instance, dict | list) else str(error.instance)[:120]
            hint = error.schema.get("description", "Fix the file.") if error.schema else "Fix the file."
            said = error.message if len(error.message) < 300 else f"{error.message[:300]} …"
            expected = f"what the profile allows: {said}"
            found.append(Problem(profile, file, None, where, prop if name else "", value, expected, hint))
    return (*found, *scripted_links(file, content))


def descriptor_problems(package: Package) -> Iterator[Problem]:
    """The descriptor is what the profiles allow, and each resource has the file and the schema of its name."""
    yield from profile_problems(DESCRIPTOR, "datapackage", json.dumps(package.descriptor))
    names = [resource["name"] for resource in package.descriptor["resources"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("datapackage", DESCRIPTOR, None, name, "name", name, "names that differ", "Rename one resource.")
    for name, resource in package.resources.items():
        for prop, expected in (("path", f"data/csv/{name}.csv"), ("schema", f"schemas/{name}.json")):
            if resource.get(prop) != expected:
                value = str(resource.get(prop))[:120]
                yield Problem("datapackage", DESCRIPTOR, None, name, prop, value, repr(expected), "Restore it.")


def schema_problems(package: Package, name: str) -> Iterator[Problem]:
    """A schema is what the profiles allow, and its examples are values that it allows."""
    try:
        schema = package.schema(name)
    except PackageError as error:
        yield unreadable(package.root, name, error)
        return
    found = profile_problems(f"schemas/{name}.json", "tableschema", json.dumps(schema))
    yield from found or example_problems(package, name)


def example_problems(package: Package, name: str) -> Iterator[Problem]:
    """frictionless takes each field's type and constraints, and finds the example of the field valid."""
    from frictionless import Schema

    for field in package.schema(name)["fields"]:
        asked = {k: field[k] for k in ("name", "type", "example", "constraints") if k in field}
        try:
            _, told = Schema.from_descriptor({"fields": [asked]}).read_cells([field["example"]])
            notes = [note for of_cell in told if of_cell for note in of_cell.values()]
        except Exception as error:
            # frictionless raises what it cannot take, such as a pattern that is none, without saying where.
            notes = [_said(error)]
        for note in notes:
            column, example, expected = str(field["name"]), str(field["example"]), f"a valid field: {note}"
            hint = "Fix the example, the type or the constraint."
            yield Problem("tableschema", f"schemas/{name}.json", None, column, "example", example, expected, hint)


def _said(error: Exception) -> str:
    reasons = getattr(error, "reasons", None) or [getattr(error, "error", error)]
    return "; ".join(str(getattr(reason, "note", reason)) for reason in reasons)


def frictionless_problems(package: Package, tables: list[str]) -> Iterator[Problem]:
    """Yield what frictionless finds in these tables, with the place of each cell.

    It is given types, constraints and keys, and files inside the package; the rest of the descriptor stays
    here, as it would follow what that says to other files and to the network. Figures are the build's.
    """
    from frictionless import Package as Judged

    files = {name: str(package.path(name).relative_to(package.root)) for name in tables}
    form = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    form["dialect"] = {"csv": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"}}
    resources = []
    for name in tables:
        schema = package.schema(name)
        fields = [{k: f[k] for k in ("name", "type", "constraints") if k in f} for f in schema["fields"]]
        keys = [k for k in schema.get("foreignKeys", []) if k["reference"].get("resource", name) in tables]
        described = {"fields": fields, "primaryKey": schema.get("primaryKey", []), "foreignKeys": keys}
        resources.append(form | {"name": name, "path": files[name], "schema": described | {"missingValues": [""]}})
    profile = "https://datapackage.org/profiles/2.0/datapackage.json"
    try:
        content = {"$schema": profile, "name": "checked", "resources": resources}
        report = Judged.from_descriptor(content, basepath=str(package.root)).validate()
    except Exception as error:
        expected = "a package that frictionless can read"
        yield Problem("frictionless", DESCRIPTOR, expected=expected, hint=_said(error))
        return
    for error in report.errors:
        yield Problem("frictionless", DESCRIPTOR, expected=error.note, hint="Fix the package.")
    for task in (task for task in report.tasks if task.errors):
        text = package.path(task.name).read_text("utf-8")
        position = {column: n for n, column in enumerate(package.fields(task.name))}
        told = [error.to_dict() for error in task.errors]
        named = [error.get("fieldNames") or [error.get("fieldName", "")] for error in told]
        # What is said of a whole row stands at its key, and what is said of the file in its header.
        at = [(e.get("rowNumber", 1) - 2, position.get(n[0], 0)) for e, n in zip(told, named, strict=True)]
        for error, names, (line, character) in zip(told, named, cell_places(text, at), strict=True):
            key, cell = (error.get("cells") or [""])[0], error.get("cell") or ""
            column, note = " + ".join(names), error["note"]
            yield Problem("frictionless", files[task.name], line, key, column, cell, note, "Fix the cell.", character)
