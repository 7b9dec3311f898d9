"""Spark as a judge: the Parquet files of one package, and those of a hundred side by side, partitioned by source.

Run in its own environment, with Java (on Debian and Ubuntu: apt install default-jre-headless).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from scripts.release.unpacked import Release, Wrong, compare

PACKAGES = 100


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

    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.log.level": "ERROR"}
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    same = compare(release, lambda table: session.read.parquet(str(release.parquet(table))).collect())
    with tempfile.TemporaryDirectory() as folder:
        for table in release.schemas:
            file = release.parquet(table)
            for n in range(PACKAGES):
                part = Path(folder) / table / f"source=src-{n:03}"
                part.mkdir(parents=True)
                shutil.copyfile(file, part / file.name)
            many, one = session.read.parquet(f"{folder}/{table}"), session.read.parquet(str(file))
            many.createOrReplaceTempView(table)
            counted = many.groupBy(*one.columns).count()
            if counted.count() != one.count() or counted.filter(f"count <> {PACKAGES}").count():
                raise Wrong(f"{table}: {PACKAGES} packages side by side do not hold each row {PACKAGES} times")
        for rule, query in questions(release).items():
            if broken := session.sql(query).count():
                raise Wrong(f"{rule}: {broken} rows of {PACKAGES} packages break the rule")
    found = session.version
    session.stop()
    return found, f"{same}; {PACKAGES} packages partitioned by source; keys and who asserts what hold there too"
