"""What a package holds, counted: tables by group, and what has evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from naqoura_talks.package import Package

GROUPS = {
    "actors": "Actors",
    "events": "Events",
    "statements": "Statements",
    "agreements": "Agreements and ceasefire terms",
    "provenance": "Provenance",
    "codebook": "Codebook",
}


def grouped(rows: Iterable[dict[str, Any]], column: str) -> dict[Any, list[dict[str, Any]]]:
    """Return rows by the value of a column; groups, and the rows in them, are in the order in which they come."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def by_group(package: Package) -> dict[str, list[dict[str, Any]]]:
    """Return the resources by the title of their group, in the order of GROUPS."""
    groups = grouped(package.descriptor["resources"], "group")
    return {title: groups[group] for group, title in GROUPS.items()}


def evidence_figures(package: Package) -> dict[str, str]:
    """Count what needs evidence and what has it, and the shares of cells by how they are supported.

    A cell is external if an outside reference supports it, with or without words; else explicit if
    the words state it, and inferred if not all of them do.
    """
    evidence, passages = (package.read_words(name).to_pylist() for name in ("evidence", "passages"))
    supports: dict[tuple, set] = defaultdict(set)
    for row in evidence:
        supports[row["table_name"], row["row_id"], row["column_name"]].add(row["support"])
    rows, own, resting = [], [], 0
    for name in package.tables:
        fields, records, key = package.fields(name), package.read_words(name).to_pylist(), package.key(name)
        mine, by_row = ([c for c, f in fields.items() if f["evidence"] == need] for need in ("own", "row"))
        rows += [(name, r[key], None) for r in records if by_row]
        own += [(name, r[key], column) for r in records for column in mine if r[column] is not None]
        resting += sum(r[column] is not None for r in records for column in by_row)
    kinds = Counter(
        "external" if "external" in supports[c] else "explicit" if supports[c] == {"explicit"} else "inferred"
        for c in own
        if c in supports
    )

    def characters(spans: list[dict[str, str | None]]) -> set[tuple[str, int]]:
        ranges = ((s["source_id"], range(int(s["char_start"]), int(s["char_end"]))) for s in spans if s["char_start"])
        return {(source, at) for source, places in ranges for at in places}

    length, under = len(characters(passages)), len(characters(passages) & characters(evidence))
    excused = sum(p["not_coded_reason"] is not None for p in passages)
    return {
        "coded rows": str(len(rows)),
        "coded rows with evidence": str(sum(r in supports for r in rows)),
        "cells that rest on their row's evidence": str(resting),
        "cells that need evidence of their own": str(len(own)),
        "cells with evidence of their own": str(sum(kinds.values())),
        **{
            f"of these, {kind}": f"{kinds[kind]} ({kinds[kind] / max(sum(kinds.values()), 1):.0%})"
            for kind in ("explicit", "inferred", "external")
        },
        "passages, each coded or excused": f"{len(passages)} ({excused} excused)",
        "characters of the passages under evidence": f"{under} of {length} ({under / max(length, 1):.0%})",
    }
