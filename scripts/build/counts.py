"""What a package holds, counted: tables by group, the use of each code, and what has evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
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


def by_group(package: Package) -> dict[str, list[dict[str, Any]]]:
    """Return the resources by group, in the order of GROUPS."""
    return {g: [r for r in package.descriptor["resources"] if r["group"] == g] for g in GROUPS}


def usage(package: Package) -> Counter[tuple[str, str]]:
    """Count how often each code is used in the data, by codelist and code."""
    counts: Counter[tuple[str, str]] = Counter()
    for name in package.tables:
        for column, field in package.fields(name).items():
            if "codelist" in field:
                for value, n in Counter(package.read_words(name)[column].to_pylist()).items():
                    counts[field["codelist"], value] += n
    return counts


def evidence_figures(package: Package) -> dict[str, str]:
    """Count what needs evidence and what has it, and the shares of cells by how they are supported.

    A cell is external if an outside reference supports it, with or without words; else explicit if
    the words state it, and inferred if not all of them do.
    """
    supports: dict[tuple, set] = defaultdict(set)
    for row in package.read_words("evidence").to_pylist():
        supports[row["table_name"], row["row_id"], row["column_name"]].add(row["support"])
    rows, own, resting = [], [], 0
    for name in package.tables:
        fields, table = package.fields(name), package.read_words(name)
        keys = table[package.key(name)].to_pylist()
        if any(f["evidence"] == "row" for f in fields.values()):
            rows += [(name, key, None) for key in keys]
        for column, field in fields.items():
            filled = [(name, k, column) for k, v in zip(keys, table[column].to_pylist(), strict=True) if v is not None]
            own += filled if field["evidence"] == "own" else []
            resting += len(filled) if field["evidence"] == "row" else 0
    kinds = Counter(
        "external" if "external" in supports[c] else "explicit" if supports[c] == {"explicit"} else "inferred"
        for c in own
        if c in supports
    )
    figures = {
        "coded rows": str(len(rows)),
        "coded rows with evidence": str(sum(r in supports for r in rows)),
        "cells that rest on their row's evidence": str(resting),
        "cells that need evidence of their own": str(len(own)),
        "cells with evidence of their own": str(sum(kinds.values())),
    }
    passages = package.read_words("passages").to_pylist()
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in package.read_words("evidence").to_pylist():
        if row["char_start"] is not None:
            spans[row["source_id"]].append((int(row["char_start"]), int(row["char_end"])))
    length = under = 0
    for passage in passages:
        reached, last = int(passage["char_start"]), int(passage["char_end"])
        length += last - reached
        for start, end in sorted(spans[passage["source_id"]]):
            under += max(min(end, last) - max(start, reached), 0)
            reached = max(reached, end)
    for kind in ("explicit", "inferred", "external"):
        figures[f"of these, {kind}"] = f"{kinds[kind]} ({kinds[kind] / max(sum(kinds.values()), 1):.0%})"
    excused = sum(p["not_coded_reason"] is not None for p in passages)
    figures["passages, each coded or excused"] = f"{len(passages)} ({excused} excused)"
    figures["characters of the passages under evidence"] = f"{under} of {length} ({under / max(length, 1):.0%})"
    return figures
