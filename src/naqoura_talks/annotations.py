"""The evidence as W3C Web Annotations, for tools that show annotations beside a text."""

from __future__ import annotations

import base64
from typing import Any

from naqoura_talks import frames
from naqoura_talks.frames import load


def annotations() -> dict[str, Any]:
    """Return the evidence as an annotation collection in JSON-LD (W3C Web Annotation Data Model).

    One annotation for each span of a coded text. Its target is a TextPositionSelector into the
    canonical text, which is named by the digest of its folded form (an ni URI, RFC 6920), as it is
    not republished; the digest of the folded words stands beside the offsets, in our namespace. Its
    body names the table, the row and, unless the span supports the row as a whole, the column. There
    is no quotation.
    """
    package = frames.installed()
    namespace = f"urn:{package.descriptor['name']}:"
    collection = f"{namespace}annotations:{package.version}"
    digests = load("sources").set_index("source_id")["text_sha256"].dropna()
    text_of = {
        source_id: "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(digest)).decode("ascii").rstrip("=")
        for source_id, digest in digests.items()
    }
    items = []
    for row in load("evidence").dropna(subset=["char_start"]).to_dict("records"):
        body = {"type": "SpecificResource", "source": f"{namespace}{row['row_id']}", "table": row["table_name"]}
        body |= {
            term: row[name]
            for term, name in (("column", "column_name"), ("support", "support"), ("note", "note"))
            if isinstance(row[name], str)
        }
        place = {"start": int(row["char_start"]), "end": int(row["char_end"]), "sha256": row["sha256"]}
        target = {"source": text_of[row["source_id"]], "selector": {"type": "TextPositionSelector"} | place}
        told = {"id": f"{namespace}{row['evidence_id']}", "type": "Annotation", "motivation": "identifying"}
        items.append(told | {"body": body, "target": target})
    terms = {term: f"{namespace}terms:{term}" for term in ("table", "column", "support", "note", "sha256")}
    return {
        "@context": ["http://www.w3.org/ns/anno.jsonld", terms],
        "id": collection,
        "type": "AnnotationCollection",
        "label": f"Evidence of {package.descriptor['title']}, version {package.version}",
        "total": len(items),
        "first": {"id": f"{collection}:page", "type": "AnnotationPage", "startIndex": 0, "items": items},
    }
