"""What a package holds, counted: tables by group, what has evidence, and the sides."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import duckdb

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
    """Return the resources by the title of their group, in the order of GROUPS."""
    return {
        title: [r for r in package.descriptor["resources"] if r["group"] == group] for group, title in GROUPS.items()
    }


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


# Sides are what actors belong to in the end: states and armed groups that the report names as party to an agreement.
SIDES = """
WITH side AS (
  SELECT belongs.actor_id, name AS side FROM belongs JOIN actors ON actors.actor_id = side
  WHERE actor_type IN ('state', 'armed_group') AND side IN (SELECT actor_id FROM agreement_actors
    WHERE actor_role = 'reported_party')
), force AS (
  SELECT event_id, coalesce(side, 'no side stated') AS side, actor_role, p.attribution = 'speaker' AS claimed,
    event_id IN (SELECT linked_event_id FROM event_links WHERE link_type = 'resulted_in') AS resulted
  FROM joined_event_actors p LEFT JOIN side USING (actor_id)
  WHERE realis IN ('actual', 'ongoing', 'attempted') AND event_type IN ('air_strike', 'attack', 'civilian_harm',
    'invasion', 'killing', 'occupation', 'offensive', 'shelling', 'weapons_destroyed', 'ceasefire_breach', 'rearmament')
), counted AS (
  SELECT if(claimed, 'is said to have done', 'did') AS what, side, event_id AS thing FROM force
  WHERE actor_role = 'initiator'
  UNION ALL SELECT unnest(['suffered'] || if(resulted, ['suffered as a consequence'], [])), side, event_id FROM force
  WHERE actor_role IN ('target', 'affected')
  UNION ALL SELECT unnest(['acted'] || if(plover LIKE 'ASSAULT%', ['assaulted'], [])), side, row_id
  FROM joined_act_pairs JOIN side USING (actor_id)
  UNION ALL SELECT unnest(['received'] || if(plover LIKE 'ASSAULT%', ['was assaulted'], [])), side, row_id
  FROM joined_act_pairs JOIN side ON side.actor_id = recipient_id
  UNION ALL SELECT 'spoke', side, statement_id FROM statements JOIN side ON side.actor_id = speaker_actor_id
  UNION ALL SELECT 'was spoken of', side, statement_id FROM statement_actors JOIN side USING (actor_id)
  WHERE actor_role = 'subject'
  UNION ALL SELECT 'was assessed', side, claim_id FROM compliance_claims JOIN side ON side.actor_id = assessed_actor_id
)
SELECT what, side, count(DISTINCT thing) FROM counted GROUP BY ALL
"""


def sides(base: duckdb.DuckDBPyConnection) -> Counter[tuple[str, str]]:
    """Count what each side did, suffered and said, by what and side, in a database that has the joined tables."""
    return Counter({(what, side): n for what, side, n in base.sql(SIDES).fetchall()})
