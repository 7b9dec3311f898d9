"""Ask the tools that users have, and validators from outside, whether they open a release.

Each judge reads the files of a release as its users would, and every cell that it reads is compared
with the CSV: text, numbers, booleans, dates and what is missing. `make judges` asks all of them about
dist/ and writes what they said into docs/guide.md. This file also runs in the judges' own environments,
so that beyond the standard library each judge imports what it needs.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from scripts.release.unpacked import OF_TEXT, Release, Wrong, compare, plain, run, unpack

ROOT = Path(__file__).resolve().parents[2]


# --- the judges: each returns its version and what it found ---


def frictionless(release: Release) -> tuple[str, str]:
    """The package is valid, and its rows are those of the CSV."""
    from frictionless import Package

    package = Package(str(release.package / "datapackage.json"))
    report = package.validate()
    if not report.valid:
        raise Wrong(str(report.flatten(["fieldName", "rowNumber", "message"])[:5]))
    same = compare(release, lambda table: [row.to_list() for row in package.get_resource(table).read_rows()])
    return version("frictionless"), f"valid, with types, keys and digests; {same}"


def profile(release: Release) -> tuple[str, str]:
    """Descriptors and schemas are valid by the profiles that the standard publishes."""
    from scripts.check import schemas

    asked = [("tableschema", schema) for schema in release.schemas.values()]
    for folder in (release.package, release.package / "data/parquet"):
        asked.append(("datapackage", json.loads((folder / "datapackage.json").read_text("utf-8"))))
    for name, value in asked:
        for error in schemas.validators(name)[0].iter_errors(value):
            raise Wrong(f"{name}: {error.json_path}: {error.message}")
    return "2.0", "valid, as are all schemas"


def datapackage(release: Release) -> tuple[str, str]:
    """datapackage for JavaScript reads the tables and follows the foreign keys."""
    home = ROOT / "node_modules"
    script = """
      const {Package} = require('datapackage')
      const plain = v => v instanceof Date ? {day: v.toLocaleDateString('sv')} : v  // Swedes write days as ISO does
      ;(async () => {
        const p = await Package.load(process.argv[1]), out = {errors: p.errors.map(String), tables: {}, followed: {}}
        for (const r of p.resources) {
          out.tables[r.name] = (await r.read()).map(row => row.map(plain))
          for (const key of r.schema.foreignKeys)
            if (!key.reference.resource) key.reference.resource = ''  // what version 1 calls the table itself
          const rows = await r.read({keyed: true, relations: true})
          out.followed[r.name] = rows.flatMap(row => Object.values(row)).filter(
            v => v && typeof v === 'object' && !(v instanceof Date)).length
        }
        process.stdout.write(JSON.stringify(out))
      })().catch(e => { console.error(e.message, (e.errors || []).map(String)); process.exit(1) })
    """
    printed = run("node", "-e", script, release.package / "datapackage.json", NODE_PATH=str(home))
    said = json.loads(printed, object_hook=lambda o: date.fromisoformat(o["day"]) if "day" in o else o)
    if said["errors"]:
        raise Wrong(str(said["errors"]))
    same = compare(release, said["tables"].__getitem__)
    for table, schema in release.schemas.items():
        columns = [key["fields"][0] for key in schema.get("foreignKeys", [])]
        where = [n for n, name in enumerate(release.fields(table)) if name in columns]
        expected = sum(row[n] is not None for row in release.rows(table) for n in where)
        if said["followed"][table] != expected:
            raise Wrong(f"{table}: {said['followed'][table]} foreign keys followed, and {expected} are filled")
    found = json.loads((home / "datapackage/package.json").read_text("utf-8"))["version"]
    return found, f"valid; {same}; follows every foreign key"


def csvw(release: Release) -> tuple[str, str]:
    """The CSV is valid by the CSVW metadata: types, enums, ranges, primary and foreign keys."""
    run(Path(sys.executable).with_name("csvwvalidate"), "--lax", release.package / "data/csv-metadata.json")
    return version("csvw"), "valid: types, enums, ranges, primary and foreign keys"


def croissant(release: Release) -> tuple[str, str]:
    """The JSON-LD is valid Croissant, and every record loads as the CSV has it."""
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=release.package / "docs/croissant.json")
    if dataset.metadata.issues.errors:
        raise Wrong(str(dataset.metadata.issues.errors))

    def read(table: str) -> list[list[Any]]:
        records, names = dataset.records(record_set=table), [f"{table}/{column}" for column in release.fields(table)]
        cells = ([record[name] for name in names] for record in records)
        return [[cell.decode("utf-8") if isinstance(cell, bytes) else cell for cell in row] for row in cells]

    return version("mlcroissant"), f"valid; {compare(release, read)}"


def cff(release: Release) -> tuple[str, str]:
    """CITATION.cff is valid, and its reference can be made."""
    command = Path(sys.executable).with_name("cffconvert")
    path = release.package / "CITATION.cff"
    run(command, "--validate", "-i", path)
    reference = run(command, "-i", path, "-f", "apalike").strip()
    if "Naqoura Talks" not in reference:
        raise Wrong(f"its reference is {reference!r}")
    return version("cffconvert"), "valid; makes the reference"


def pandas(release: Release) -> tuple[str, str]:
    """The wheel's loader, with no other package, gives the tables."""
    (wheel,) = release.folder.glob("naqoura_talks-*-py3-none-any")
    sys.path.insert(0, str(wheel))
    import naqoura_talks as nt

    if not Path(nt.__file__).is_relative_to(wheel):
        raise Wrong(f"another copy was loaded: {nt.__file__}")
    return version("pandas"), compare(release, lambda table: nt.load(table).astype(object).values.tolist())


def pyarrow(release: Release) -> tuple[str, str]:
    """The Parquet files."""
    from pyarrow.parquet import read_table

    same = compare(release, lambda table: [row.values() for row in read_table(release.parquet(table)).to_pylist()])
    return version("pyarrow"), same


def polars(release: Release) -> tuple[str, str]:
    """The Parquet files."""
    import polars

    return polars.__version__, compare(release, lambda table: polars.read_parquet(release.parquet(table)).rows())


def duckdb(release: Release) -> tuple[str, str]:
    """The Parquet files, and the CSV files with its own guess at their types."""
    import duckdb

    same = compare(release, lambda table: duckdb.sql(f"FROM '{release.parquet(table)}'").fetchall())
    for table in release.schemas:
        rows = duckdb.sql(f"FROM '{release.package}/data/csv/{table}.csv'").fetchall()
        if len(rows) != len(release.rows(table)):
            raise Wrong(f"{table}.csv: {len(rows)} rows")
    return duckdb.__version__, f"{same}; the CSV files open too"


def questions(release: Release) -> dict[str, str]:
    """Return the rules that are asked of all packages at once, each a query for the rows that break it."""
    asked = {}
    for table, schema in release.schemas.items():
        (key,) = schema["primaryKey"]
        asked[f"keys of {table}"] = f"SELECT source, {key} FROM {table} GROUP BY ALL HAVING count(*) > 1"
        for foreign in schema.get("foreignKeys", []):
            (column,), reference = foreign["fields"], foreign["reference"]
            other, target = reference.get("resource") or table, reference["fields"][0]
            asked[f"{table}.{column}"] = (
                f"SELECT t.source FROM {table} t LEFT ANTI JOIN {other} o ON t.source = o.source AND "
                f"t.{column} = o.{target} WHERE t.{column} IS NOT NULL"
            )
        if "attribution" in release.fields(table) and key in release.fields("statement_links"):
            asked[f"who asserts {table}"] = f"""
                SELECT t.source FROM {table} t LEFT JOIN (
                  SELECT DISTINCT source, {key} FROM statement_links WHERE link_role = 'asserts') s
                ON t.source = s.source AND t.{key} = s.{key}
                WHERE (t.attribution IN ('speaker', 'both')) <> (s.{key} IS NOT NULL)"""
    return asked


def spark(release: Release) -> tuple[str, str]:
    """The Parquet files, cell by cell; a hundred packages partitioned by source, with the rules on keys and claims."""
    from pyspark.sql import SparkSession

    packages = 100
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.log.level": "ERROR"}
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    same = compare(release, lambda table: session.read.parquet(str(release.parquet(table))).collect())
    with tempfile.TemporaryDirectory() as folder:
        for table in release.schemas:
            file = release.parquet(table)
            for n in range(packages):
                part = Path(folder) / table / f"source=src-{n:03}"
                part.mkdir(parents=True)
                shutil.copyfile(file, part / file.name)
            many, one = session.read.parquet(f"{folder}/{table}"), session.read.parquet(str(file))
            many.createOrReplaceTempView(table)
            counted = many.groupBy(*one.columns).count()
            if counted.count() != one.count() or counted.filter(f"count <> {packages}").count():
                raise Wrong(f"{table}: {packages} packages side by side do not hold each row {packages} times")
        for rule, query in questions(release).items():
            if broken := session.sql(query).count():
                raise Wrong(f"{rule}: {broken} rows of {packages} packages break the rule")
    found = session.version
    session.stop()
    return found, f"{same}; {packages} packages partitioned by source; keys and who asserts what hold there too"


def sqlite(release: Release) -> tuple[str, str]:
    """The database: cells, keys, and that no key leads nowhere."""
    import sqlite3

    base = sqlite3.connect(f"file:{release.folder / release.name}.sqlite?mode=ro", uri=True)
    for question, wanted in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        if (said := base.execute(f"PRAGMA {question}").fetchall()) != wanted:
            raise Wrong(f"{question}: {said[:3]}")
    for table, schema in release.schemas.items():
        declared = base.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
        if len(declared) != len(schema.get("foreignKeys", [])):
            raise Wrong(f"{table}: {len(declared)} foreign keys are declared")

    def read(table: str) -> list[list[Any]]:
        rows = base.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
        return release.typed(table, rows, {"boolean": bool, "date": date.fromisoformat})

    found = compare(release, read)
    base.close()
    return sqlite3.sqlite_version, f"{found}; keys are declared and hold"


def excel(release: Release) -> tuple[str, str]:
    """The workbook: about first, frozen headers with filters and notes, no formula, cells."""
    import openpyxl

    book = openpyxl.load_workbook(release.folder / f"{release.name}.xlsx")
    if book.sheetnames[0] != "about":
        raise Wrong(f"the first sheet is {book.sheetnames[0]}")
    for sheet in book:
        if sheet.freeze_panes != "B2" or not sheet.auto_filter.ref:
            raise Wrong(f"{sheet.title}: header not frozen, or no filter")
        if formulas := [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]:
            raise Wrong(f"{sheet.title}: formulas at {formulas[:3]}")

    def read(table: str) -> list[list[Any]]:
        sheet = book[table]
        for cell, (column, field) in zip(sheet[1], release.fields(table).items(), strict=True):
            if cell.value != column or not cell.comment or field["description"] not in cell.comment.text:
                raise Wrong(f"{table}: the header {cell.value} lacks its description")
        return list(sheet.iter_rows(min_row=2, values_only=True))

    return f"openpyxl {version('openpyxl')}", f"{compare(release, read)}; no formula"


def statistics(suffix: str, release: Release) -> tuple[str, str]:
    """The files of Stata (dta) or SPSS (sav): cells, and the labels of variables and values."""
    import pyreadstat

    codes = [dict(zip(release.fields("codes"), row, strict=True)) for row in release.rows("codes")]
    labels = {(code["codelist"], code["code"]): code["label"] for code in codes}
    reader = getattr(pyreadstat, f"read_{suffix}")

    def read(table: str) -> list[list[Any]]:
        path = release.folder / f"{release.name}.{suffix}/{table}.{suffix}"
        # The labels in place of the numbers that have one.
        frame, about = reader(str(path), apply_value_formats=True, formats_as_category=False)
        cells = {column: [plain(cell) for cell in frame[column].astype(object)] for column in frame}
        for column, field in release.fields(table).items():
            if about.column_names_to_labels[column] != field["title"]:
                raise Wrong(f"{table}.{column}: its label is {about.column_names_to_labels[column]!r}")
            wanted = [labels.get((field.get("codelist"), code)) for code in cells[column]]
            if "codelist" in field and cells[f"{column}_lbl"] != wanted:
                raise Wrong(f"{table}.{column}: its codes have other labels than in codes")
        rows = zip(*(cells[column] for column in release.fields(table)), strict=True)
        return release.typed(table, rows, {"boolean": OF_TEXT["boolean"]})

    same = compare(release, read)
    return f"pyreadstat {version('pyreadstat')}", f"{same}; labels of variables and codes"


def r(release: Release) -> tuple[str, str]:
    """The R script reads the zip in base R, with types, factors, order of codes, and labels."""
    script = """
      arguments <- commandArgs(TRUE)
      source(file.path(arguments[1], "naqoura-talks.R"))
      nt <- naqoura_talks(arguments[2])
      words <- function(x) {
        values <- if (is.numeric(x)) formatC(x, digits = 15, format = "g") else as.character(x)
        if (is.logical(x)) values <- tolower(values)
        values[is.na(x)] <- NA
        c(class(x)[1], paste(levels(x), collapse = " "), attr(x, "label"), values)
      }
      for (name in names(nt))
        utils::write.table(as.data.frame(lapply(nt[[name]], words)), file.path(arguments[3], name), sep = ",",
                           qmethod = "double", row.names = FALSE, na = "")
      cat(paste(R.version$major, R.version$minor, sep = "."))
    """
    classes = {
        "string": "character", "integer": "integer", "number": "numeric", "boolean": "logical", "date": "Date",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        package = release.folder / f"{release.name}.zip"
        found = run("Rscript", "--vanilla", "-e", script, release.folder, package, folder, LC_ALL="C.UTF-8")

        def read(table: str) -> list[list[Any]]:
            with (Path(folder) / table).open(encoding="utf-8", newline="") as file:
                _, kinds, levels, labels, *rows = csv.reader(file)
            for field, kind, level, label in zip(release.fields(table).values(), kinds, levels, labels, strict=True):
                codes = field.get("categories", sorted(field.get("constraints", {}).get("enum", [])))
                wanted = "ordered" if "categoriesOrdered" in field else "factor" if codes else classes[field["type"]]
                if label != field["title"] or level.split() != codes or kind != wanted:
                    raise Wrong(f"{table}.{field['name']}: {kind}, label {label!r}, levels {level!r}")
            return release.typed(table, rows, OF_TEXT)

        return found, f"{compare(release, read)}; factors with all codes, in order, and labels"


class Judge(NamedTuple):
    """A judge: its name in the table, what it is asked about, its environment, and the function that asks it."""

    name: str
    about: str
    home: str
    ask: Callable[[Release], tuple[str, str]]


HERE = "maintainers"
JUDGES = [
    Judge("frictionless", "the data package", HERE, frictionless),
    Judge("Data Package profile", "descriptors and schemas", HERE, profile),
    Judge("datapackage for JavaScript", "the data package", "node", datapackage),
    Judge("csvwvalidate", "CSVW metadata", "csvw", csvw),
    Judge("mlcroissant", "Croissant JSON-LD", "judges", croissant),
    Judge("cffconvert", "CITATION.cff", "cffconvert", cff),
    Judge("pandas", "the wheel", HERE, pandas),
    Judge("pandas, oldest", "the wheel", "oldest", pandas),
    Judge("pyarrow", "Parquet", HERE, pyarrow),
    Judge("polars", "Parquet", "judges", polars),
    Judge("DuckDB", "Parquet and CSV", "judges", duckdb),
    Judge("Spark", "Parquet, of one package and of a hundred", "spark", spark),
    Judge("SQLite", "the database", HERE, sqlite),
    Judge("R", "the zip, with the R script", "R", r),
    Judge("Excel", "the workbook", HERE, excel),
    Judge("Stata", "the .dta files", HERE, partial(statistics, "dta")),
    Judge("SPSS", "the .sav files", HERE, partial(statistics, "sav")),
]


def hindrance(judge: Judge) -> str | None:
    """Return why a judge cannot be asked here, if its environment is not there."""
    if judge.home == "R":
        return None if shutil.which("Rscript") else "R is not installed (on Debian and Ubuntu: apt install r-base-core)"
    if judge.home == "node":
        there = shutil.which("node") and (ROOT / "node_modules/datapackage").is_dir()
        return None if there else "Node.js or its package datapackage is not installed (make judges)"
    if judge.home == "spark" and not shutil.which("java"):
        return "Java is not installed (on Debian and Ubuntu: apt install default-jre-headless)"
    return None if interpreter(judge).exists() else f".venv-{judge.home} is not there (make judges)"


def interpreter(judge: Judge) -> Path:
    """Return the Python of a judge's environment; R and Node.js are asked from the maintainers' own."""
    own = judge.home in (HERE, "R", "node")
    return Path(sys.executable) if own else ROOT / f".venv-{judge.home}/bin/python"


def verdict(judge: Judge, folder: Path) -> tuple[str, str]:
    """Ask a judge about a release that is unpacked, in the judge's environment; return version and what it found.

    Raises Wrong with what it has against the release, or with why it fails.
    """
    command = [interpreter(judge), "-X", "utf8", "-m", "scripts.release.judges", "--ask", judge.name, folder]
    return tuple(json.loads(run(*command, PYTHONPATH=str(ROOT), TQDM_DISABLE="1").splitlines()[-1]))


def main(argv: list[str] | None = None) -> int:
    """Ask all judges; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the folder of the release")
    parser.add_argument("--ask", nargs=2, metavar=("JUDGE", "FOLDER"), help="one judge in this environment, as JSON")
    args = parser.parse_args(argv)
    if args.ask:
        name, folder = args.ask
        try:
            print(json.dumps(next(j for j in JUDGES if j.name == name).ask(Release(Path(folder)))))
        except Wrong as error:
            sys.exit(str(error))
        return 0
    # All judges are asked from the maintainers' environment alone, which has what these need.
    from scripts import files
    from scripts.build import products

    if not (args.dist / "SHA256SUMS").is_file():
        print(f"{args.dist}: there is no release. Make it first: make release", file=sys.stderr)
        return 1
    lines, failed = ["| judge | version | asked about | found |", "| --- | --- | --- | --- |"], 0
    with tempfile.TemporaryDirectory() as folder:
        unpack(args.dist, Path(folder))
        for judge in JUDGES:
            try:
                if reason := hindrance(judge):
                    raise Wrong(reason)
                number, found = verdict(judge, Path(folder))
                lines.append(f"| {judge.name} | {number} | {judge.about} | {found} |")
                print(f"{judge.name} {number}: {found}", flush=True)
            except Wrong as error:
                failed += 1
                print(f"{judge.name}: NO: {error}", flush=True)
    if failed:
        print(f"\n{failed} judge(s) did not pass it; docs/guide.md was left as it is.")
        return 1
    guide = ROOT / "docs/guide.md"
    filled = products.replace_blocks(guide.read_text("utf-8"), {"judges": "\n".join(lines)}, guide.name)
    if filled != guide.read_bytes():
        files.write(guide, filled)
        print("\ndocs/guide.md has the new table; commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
