"""Rules of evidence: each row and cell is carried by spans of the text, and spans, passages and digests agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from naqoura_talks.text import canonicalise, digest, digest_all, find, fold
from naqoura_talks.verify import Span, hold
from scripts.check.rules_coding import ASSERTED_BY
from scripts.check.rules_form import whole
from scripts.check.tables import FAR, Problem, Tables, both, codes, differ, either, groups, no, numbers, one_of, yes

# --- passages ---

CORE_TABLES = ("actors", "events", "ceasefire_terms", "statements")


def passages(t: Tables) -> Iterator[Problem]:
    """Passages lie in order without overlap, and each is coded or excused, not both."""
    rule, name = "passages", "passages"
    sources = t.keys("sources")
    # The passages of one text after another; in each text in the order of the table.
    text = numbers(t.points_to(name, "source_id", "sources"))
    order = np.argsort(text, kind="stable")
    paragraph, sentence, start, end = (
        t.whole_numbers(name, c) for c in ("paragraph_no", "sentence_no", "char_start", "char_end")
    )
    before, after = order[:-1], order[1:]
    follows = text[before] == text[after]
    next_sentence = (paragraph[after] == paragraph[before]) & (sentence[after] == sentence[before] + 1)
    next_paragraph = (paragraph[after] == paragraph[before] + 1) & (sentence[after] == 1)
    in_order = (next_sentence | next_paragraph) & (start[after] == end[before] + 1)
    for i, last in zip(after[follows & ~in_order], before[follows & ~in_order], strict=True):
        yield t.cell(
            rule, name, int(i), "char_start", f"the passage right after {t.keys(name)[int(last)].as_py()}",
            "Make the table with `python -m scripts.coding.anchor passages`.",
        )  # fmt: skip
    first = order[np.concatenate([[True], ~follows])] if len(order) else order
    odd = first[(start[first] != 0) | (paragraph[first] != 1) | (sentence[first] != 1)]
    yield from t.at(
        rule, name, odd, "char_start", "0 for the first passage of a text", "Use `python -m scripts.coding.anchor`."
    )
    length = t.whole_numbers("sources", "text_chars")
    beyond = (start >= end) | (end > np.append(length, -1)[text])
    yield from t.at(
        rule, name, np.flatnonzero(beyond), "char_end", "an end after the start and inside the text",
        "Use `python -m scripts.coding.anchor`.",
    )  # fmt: skip
    covered, excused = _overlap(t), pc.is_valid(t.column(name, "not_coded_reason"))
    yield from t.where(
        rule, name, "not_coded_reason", both(no(covered), no(excused)),
        "a reason, as no row of a core table rests on the passage", "Code the passage, or say why not.",
    )  # fmt: skip
    yield from t.where(
        rule, name, "not_coded_reason", both(covered, excused), "empty, as rows rest on the passage", "Empty it."
    )
    # Of each text the last passage, which the source must agree with.
    last_of = np.full(len(sources), -1)
    last_of[text[order][text[order] >= 0]] = order[text[order] >= 0]
    paragraphs = t.whole_numbers("sources", "paragraphs")
    agrees = (
        (last_of >= 0) & (np.append(end, -1)[last_of] == length) & (np.append(paragraph, -1)[last_of] == paragraphs)
    )
    coded = pc.equal(t.column("sources", "source_type"), "coded_text")
    yield from t.where(
        rule, "sources", "text_chars", both(coded, pa.array(~agrees)),
        "the end of the text's last passage, with as many paragraphs",
        "Make passages and sources from the same text.",
    )  # fmt: skip


def _overlap(t: Tables) -> pa.Array:
    """Return where a passage is overlapped by evidence for a row of a core table."""
    of_core_rows = both(t.says("evidence", "table_name", *CORE_TABLES), pc.is_null(t.column("evidence", "column_name")))
    of_core_rows = of_core_rows.to_numpy(zero_copy_only=False)
    starts, ends = (np.sort(edge[of_core_rows & (edge >= 0)]) for edge in t.spans("evidence"))
    start, end = t.spans("passages")
    # Spans that begin before the passage ends, less those that end before it starts; both orders keep texts apart.
    return pa.array(np.searchsorted(starts, end, "left") > np.searchsorted(ends, start, "right"))


def passage_types(t: Tables) -> Iterator[Problem]:
    """A standfirst is the first paragraph of a text."""
    if not whole(t):
        return
    late = both(
        pc.equal(t.column("passages", "passage_type"), "standfirst"),
        pc.not_equal(t.column("passages", "paragraph_no"), "1"),
    )
    yield from t.where(
        "passage-types", "passages", "passage_type", late, "body or link below the first paragraph", "Mend it."
    )


# --- what is supported ---


def evidence(t: Tables) -> Iterator[Problem]:
    """Each row of evidence supports a filled cell or a row that there is, in the form its support asks."""
    rule, name = "evidence", "evidence"
    yield from t.where(
        rule, name, "table_name", no(t.says(name, "table_name", *t.package.tables)), "a table of the package",
        f"Known: {', '.join(t.package.tables)}.",
    )  # fmt: skip
    for table in t.words:
        yield from t.at(
            rule, name, t.support_of_no_row(table), "row_id", f"a key of {table}",
            "Remove the evidence, or mend the key.",
        )  # fmt: skip
        fields = t.package.fields(table)
        for column in t.evidence_columns(table):
            rows, supported = t.support(table, column)
            if column not in fields:
                yield from t.at(
                    rule, name, rows, "column_name", f"a column of {table}", "Mend it, or leave it empty for the row."
                )
                continue
            empty = ~pc.is_valid(t.column(table, column)).to_numpy(zero_copy_only=False)[supported]
            yield from t.at(
                rule, name, rows[empty], "column_name", "a column that is filled in that row", "Fill it or remove this."
            )
            if fields[column].get("evidence") == "none":
                yield from t.at(
                    rule, name, rows[~empty], "column_name", "a column whose schema asks for evidence",
                    "Remove the evidence.",
                )  # fmt: skip
    span = [pc.is_valid(t.column(name, column)) for column in ("char_start", "char_end", "sha256")]
    external = t.says(name, "support", "external")
    yield from t.where(
        rule, name, "char_start", both(external, either(*span)), "no offsets and no digest, as support is external",
        "Empty them.",
    )  # fmt: skip
    yield from t.where(
        rule, name, "char_start", both(no(external), no(both(*span))), "offsets and digest of the words",
        "Use `python -m scripts.coding.anchor`.",
    )  # fmt: skip
    row = t.points_to(name, "source_id", "sources")
    kind = t.column("sources", "source_type")
    reference, coded_text = (yes(pc.equal(kind, value)).take(row) for value in ("reference", "coded_text"))
    other_kind = both(pc.is_valid(row), no(pc.if_else(external, reference, coded_text)))
    yield from t.where(
        rule, name, "source_id", other_kind,
        lambda i: f"a source of type {'reference' if external[i].as_py() else 'coded_text'}",
        "Mend source_id or support.",
    )  # fmt: skip
    unsaid = both(t.says(name, "support", "inferred"), pc.is_null(t.column(name, "note")))
    yield from t.where(rule, name, "note", unsaid, "the step from the words to the value", "Say how it is inferred.")
    across = ~_within(*t.spans(name), *t.spans("passages"))
    yield from t.where(
        rule, name, "char_start", both(no(external), both(*span), pa.array(across)), "a span within one passage",
        "Use `python -m scripts.coding.anchor`.",
    )  # fmt: skip


def evidence_complete(t: Tables) -> Iterator[Problem]:
    """Every cell has the evidence that its field asks for, and every coded row has row evidence."""
    rule, anchor = "evidence-complete", "Anchor its words with `python -m scripts.coding.anchor`."
    if "evidence" not in t:
        return
    external = t.says("evidence", "support", "external")

    for name in t.words:
        fields = t.package.fields(name)
        if not any(f.get("evidence") in ("own", "row") for f in fields.values()):
            continue

        def without(column: str | None, of: pa.Array | None = None, name: str = name) -> pa.Array:
            """Return where a row of the table has no evidence for the column, None for the row itself."""
            # Of a row without a key only that is told.
            return both(pc.is_valid(t.keys(name)), pa.array(~t.marked(name, t.support(name, column, of)[1])))

        if any(f.get("evidence") == "row" for f in fields.values()):
            yield from t.where(rule, name, t.package.key(name), without(None), "evidence for the row", anchor)
        for column, field in fields.items():
            if field.get("evidence") != "own":
                continue
            filled, bare = pc.is_valid(t.column(name, column)), without(column)
            yield from t.where(rule, name, column, both(filled, bare), "evidence of its own", anchor)
            if field.get("provenance") == "external":
                only_words = both(filled, no(bare), without(column, external))
                yield from t.where(
                    rule, name, column, only_words, "external evidence that names the reference", "Add it."
                )


def evidence_asked_for(t: Tables) -> Iterator[Problem]:
    """Evidence names a column only if its schema asks for evidence of the cell's own."""
    if not whole(t):
        return
    for name in t.words:
        for column in t.evidence_columns(name):
            if t.package.fields(name).get(column, {}).get("evidence") != "own":
                yield from t.at(
                    "evidence-asked-for", "evidence", t.support(name, column)[0], "column_name",
                    "a column whose cells need evidence of their own",
                    "Leave column_name empty: the row's evidence is enough.",
                )  # fmt: skip


def verbatim(t: Tables) -> Iterator[Problem]:
    """A verbatim cell proves itself: its digest is that of each span that supports it explicitly."""
    explicit = t.says("evidence", "support", "explicit")
    for name in t.words:
        for column, field in t.package.fields(name).items():
            if field.get("provenance") != "verbatim":
                continue
            cells = t.encoded(name, column)
            digests = pa.array(digest_all(cells.dictionary.to_pylist()), pa.string())
            rows, supported = t.support(name, column, explicit)
            expected = digests.take(cells.indices).take(pa.array(supported))
            other = differ(t.column("evidence", "sha256").take(pa.array(rows)), expected)
            unproven = np.ones(len(cells), bool)
            unproven[supported] = False
            unproven[supported[other.to_numpy(zero_copy_only=False)]] = True
            yield from t.where(
                "verbatim", name, column, both(pc.is_valid(cells.indices), pa.array(unproven)),
                "the very words whose digest its evidence has",
                "Copy the words as they stand, or anchor them again.",
            )  # fmt: skip


def notes_of_evidence(t: Tables) -> Iterator[Problem]:
    """Only words that do not state the value have a note; a pronoun's row is inferred; an identifier has one source."""
    if not whole(t):
        return
    rule, explicit = "notes-of-evidence", t.says("evidence", "support", "explicit")
    noted = pc.is_valid(t.column("evidence", "note"))
    yield from t.where(
        rule, "evidence", "note", both(explicit, noted), "no note, as the words state the value",
        "If there is a step from the words to the value, support is inferred.",
    )  # fmt: skip
    kind = t.column("names", "name_type")
    _, stated = t.support("names", None, explicit)
    pronouns = stated[pc.equal(kind, "anaphor").to_numpy(zero_copy_only=False)[stated]]
    yield from t.at(
        rule,
        "names",
        np.unique(pronouns),
        "name_type",
        "inferred support, or another type",
        "Whom it means is inferred.",
    )
    rows, to = t.support("identifiers", "value")
    given = t.column("evidence", "source_id").take(pa.array(rows))
    other = pc.not_equal(given, t.column("identifiers", "source_id").take(pa.array(to)))
    yield from t.at(
        rule, "evidence", rows[other.to_numpy(zero_copy_only=False)], "source_id",
        "the source that the identifier names", "Mend one of the two.",
    )  # fmt: skip


# --- where it stands ---


def _within(start: np.ndarray, end: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Say of each span whether it lies within one of the spans from low to high; -1 lies nowhere."""
    order = np.argsort(low, kind="stable")
    # Of the spans that begin no later, the furthest end decides, whatever overlaps.
    furthest = np.concatenate([[-1], np.maximum.accumulate(high[order])])
    return (start >= 0) & (end <= furthest[np.searchsorted(low[order], start, side="right")])


def spans_and_digests(t: Tables) -> Iterator[Problem]:
    """The same span has the same digest wherever it stands, and the same digest the same length."""
    if not whole(t):
        return
    rule = "spans-and-digests"
    for name in ("evidence", "passages"):
        start, end = t.spans(name)
        digests = codes(t.encoded(name, "sha256")).astype(np.int64)
        span = groups(*(t.encoded(name, c) for c in ("source_id", "char_start", "char_end")))
        rows = np.flatnonzero((start >= 0) & (digests >= 0))
        digests, span, length = digests[rows], span[rows], (end - start)[rows]
        for column, group, values, expected in (
            ("sha256", span, digests, "the digest that the same span has in other rows"),
            ("char_end", digests, length, "a span as long as others with its digest"),
        ):
            torn = _torn(group, values)
            yield from t.at(rule, name, rows[np.isin(group, torn)], column, expected, "Anchor the words again.")


def _torn(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the groups of rows that have more than one value; group and values are not negative."""
    size = int(values.max(initial=0)) + 1
    if int(group.max(initial=0)) >= (1 << 62) // size:
        # Numbers too large to be put together are counted through first.
        few, values = (codes(pa.array(x).dictionary_encode()).astype(np.int64) for x in (group, values))
        return np.unique(group[np.isin(few, _torn(few, values))])
    pairs = np.sort(group * size + values)
    ahead, behind = pairs[1:], pairs[:-1]
    return np.unique((ahead // size)[(ahead != behind) & (ahead // size == behind // size)])


def _in(numbers: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which numbers are among the others."""
    return pc.is_in(pa.array(numbers), value_set=pa.array(others)).to_numpy(zero_copy_only=False)


def _sentences(t: Tables, passages: np.ndarray, name: str, column: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the evidence with a span for a column of a table (None: its rows), and row and passage as one number."""
    rows, to = t.support(name, column)
    there = passages[rows] >= 0
    return rows[there], to[there].astype(np.int64) * FAR + passages[rows][there]


# Columns whose words may stand in other sentences than those their row rests on: dates are carried from one
# event to another, and every occurrence of a name is evidence for it.
ELSEWHERE = ("_edtf", "date_words", "name_words")


def same_sentence(t: Tables) -> Iterator[Problem]:
    """The words of a cell stand in a sentence that its row rests on, but for dates; a name's row on its first."""
    if not whole(t):
        return
    rule, passages = "same-sentence", t.passages_of()
    for name in t.words:
        _, of_rows = _sentences(t, passages, name, None)
        for column in t.evidence_columns(name):
            if not column.endswith(ELSEWHERE):
                rows, pairs = _sentences(t, passages, name, column)
                yield from t.at(
                    rule, "evidence", rows[~_in(pairs, of_rows)], "char_start",
                    "words in a sentence that the row rests on", "Anchor them there, or add it to the row's evidence.",
                )  # fmt: skip
    # Of a name's occurrences in a text the first carries its row.
    source = t.points_to("evidence", "source_id", "sources")
    (row_at, row_first), (name_at, name_first) = (
        _first_passages(*_sentences(t, passages, "names", column), numbers(source)) for column in (None, "name_words")
    )
    both_at, of_row, of_name = np.intersect1d(row_at, name_at, assume_unique=True, return_indices=True)
    late = np.unique(both_at[row_first[of_row] > name_first[of_name]] // FAR)
    yield from t.at(
        rule, "names", late, "name_words", "a row that rests on the first occurrence",
        "Anchor the row on the first sentence that has the name.",
    )  # fmt: skip


def _first_passages(rows: np.ndarray, pairs: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return row and source as one number for each of both that the evidence has, and its first passage."""
    place, passage = pairs // FAR * FAR + source[rows], pairs % FAR
    order = np.lexsort((passage, place))
    place, passage = place[order], passage[order]
    new = np.append(True, place[1:] != place[:-1])[: len(place)]
    return place[new], passage[new]


def who_asserts(t: Tables) -> Iterator[Problem]:
    """A speaker's row rests on the statement's words, one of both on others too, one of a link line on that line."""
    if not whole(t):
        return
    rule, passages = "who-asserts", t.passages_of()
    pointer = pc.equal(t.column("passages", "passage_type"), "link").to_numpy(zero_copy_only=False)
    asserts = pc.equal(t.column("statement_links", "link_role"), "asserts")
    by = t.points_to("statement_links", "statement_id", "statements").filter(asserts)
    _, pairs = _sentences(t, passages, "statements", None)
    said_in = pa.table({"statement": pa.array(pairs // FAR).cast(by.type), "passage": pairs % FAR})
    for name, table in t.words.items():
        if "attribution" not in table.column_names:
            continue
        said = t.column(name, "attribution")
        _, pairs = _sentences(t, passages, name, None)
        rests, on_text = (np.zeros(len(said), bool) for _ in range(2))
        rests[pairs // FAR] = True
        on_text[(pairs // FAR)[~pointer[pairs % FAR]]] = True
        unlike = pc.equal(pa.array(on_text), pc.equal(said, "link_line"))
        yield from t.where(
            rule, name, "attribution", both(pa.array(rests), unlike),
            "link_line exactly if all its words stand in a link line",
            "Mend the attribution, or the passage_type of the sentence.",
        )  # fmt: skip
        if name not in ASSERTED_BY:
            continue
        to = t.points_to("statement_links", ASSERTED_BY[name], name).filter(asserts)
        links = pa.table({"statement": by, "row": to}).filter(pc.is_valid(to))
        asserted = links.join(said_in, "statement", join_type="inner")
        asserted = asserted["row"].to_numpy().astype(np.int64) * FAR + asserted["passage"].to_numpy()
        outside = np.zeros(len(said), bool)
        outside[(pairs // FAR)[~_in(pairs, asserted)]] = True
        yield from t.where(
            rule, name, "attribution", both(pa.array(rests & outside), pc.equal(said, "speaker")),
            "both or narrator, as it rests on words outside the statements that assert it", "Mend it, or its evidence.",
        )  # fmt: skip
        yield from t.where(
            rule, name, "attribution", both(pa.array(rests & ~outside), pc.equal(said, "both")),
            "speaker, as all its words stand where the statements stand that assert it",
            "Mend it, or add the narrator's words.",
        )  # fmt: skip
    part = both(
        pc.equal(t.through("event_actors", "event_id", "events", "attribution"), "speaker"),
        pc.not_equal(t.column("event_actors", "attribution"), "speaker"),
    )
    yield from t.where(
        rule,
        "event_actors",
        "attribution",
        part,
        "speaker, as only a speaker asserts the event",
        "Mend one of the two.",
    )


class _Spans(NamedTuple):
    """Rows of evidence with a span, in the one order of all texts, and the thing that each stands for, by number."""

    rows: np.ndarray
    start: np.ndarray
    end: np.ndarray
    thing: np.ndarray


def _spans_for(start: np.ndarray, end: np.ndarray, rows: np.ndarray, thing: pa.Array) -> _Spans:
    thing = numbers(thing)
    good = (thing >= 0) & (start[rows] >= 0)
    rows = rows[good]
    return _Spans(rows, start[rows], end[rows], thing[good])


def _apart(spans: _Spans, names: _Spans) -> np.ndarray:
    """Return the rows of evidence whose span neither holds nor lies in a name of the thing that it stands for."""
    # One thing after another, and one text after another for each: only a name of the same thing in it is near.
    n, both_ = len(spans.rows), _Spans(*(np.concatenate(pair) for pair in zip(spans, names, strict=True)))
    text, at = np.divmod(both_.start, FAR)
    size = both_.end - both_.start
    far, texts = int((at + size).max(initial=0)) + 1, int(text.max(initial=0)) + 1
    place = both_.thing.astype(np.int64) * texts + text
    if (int(place.max(initial=0)) + 1) * far >= 1 << 62:
        place = codes(pa.array(place).dictionary_encode()).astype(np.int64)
    start = place * far + at
    end = start + size
    order = np.argsort(start[n:])
    start, end, low, high = start[:n], end[:n], start[n:][order], end[n:][order]
    # Of the names that begin no earlier, the nearest end decides.
    nearest = np.append(np.minimum.accumulate(high[::-1])[::-1], np.iinfo(np.int64).max)
    holds = nearest[np.searchsorted(low, start, side="left")] <= end
    return np.unique(spans.rows[~holds & ~_within(start, end, low, high)])


def named(t: Tables) -> Iterator[Problem]:
    """The words of a cell that points to an actor, place or agreement hold or lie in a name of that thing."""
    if not whole(t):
        return
    start, end = t.spans("evidence")
    rows, to = t.support("names", "name_words")
    # A name's row, too, rests on an occurrence of that very form.
    own, of = t.support("names", None)
    apart = _apart(_spans_for(start, end, own, pa.array(of)), _spans_for(start, end, rows, pa.array(to)))
    found = [("names", "name_words", own, apart)]
    for kind in ("actor_id", "place_id", "agreement_id"):
        table = f"{kind.removesuffix('_id')}s"
        names = _spans_for(start, end, rows, t.points_to("names", kind, table).take(pa.array(to)))
        cells, things = [], [pa.array([], pa.int32())]
        for name in t.words:
            for column, field in t.package.fields(name).items():
                if field.get("evidence") == "own" and column.endswith(kind):
                    mine, of = t.support(name, column)
                    cells.append((name, column, mine))
                    things.append(t.points_to(name, column, table).take(pa.array(of)))
        mine = np.concatenate([own[:0], *(mine for _, _, mine in cells)])
        apart = _apart(_spans_for(start, end, mine, pa.concat_arrays(things)), names)
        found += [(*cell, apart) for cell in cells]
    for name, column, mine, apart in found:
        for n in np.intersect1d(mine, apart).tolist() if len(apart) else []:
            words = f"{t.column('evidence', 'char_start')[n]}-{t.column('evidence', 'char_end')[n]}"
            i = t.row_of(name, t.column("evidence", "row_id").slice(n, 1))[0].as_py()
            yield t.cell(
                "named", name, i, column, f"what the words at {words} name",
                "Mend the cell, or anchor a name of it; each form is a row of names with all its occurrences.",
            )  # fmt: skip


# ISO 3166-1 alpha-3, officially assigned.
COUNTRIES = frozenset(
    (  # noqa: SIM905
        "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH "
        "BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB "
        "CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO "
        "GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN "
        "IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA "
        "MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER "
        "NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU "
        "RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA "
        "TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT "
        "WLF WSM YEM ZAF ZMB ZWE "
    ).split()
)


def country_codes(t: Tables) -> Iterator[Problem]:
    """A country code is one of ISO 3166-1, and the words under it hold or lie in a name of a thing that has it."""
    if not whole(t):
        return
    rule, known = "country-codes", pa.array(sorted(COUNTRIES))
    start, end = t.spans("evidence")
    rows, to = t.support("names", "name_words")
    forms = pa.array(to)
    codes = pc.coalesce(
        *(t.through("names", f"{x}_id", f"{x}s", "country_code").take(forms) for x in ("actor", "place"))
    )
    names = _spans_for(start, end, rows, pc.index_in(codes, value_set=known))
    for name in ("actors", "places"):
        code = t.column(name, "country_code")
        none = both(pc.is_valid(code), no(one_of(code, COUNTRIES)))
        yield from t.where(rule, name, "country_code", none, "a code of ISO 3166-1 alpha-3", "Look it up.")
        rows, to = t.support(name, "country_code")
        things = pc.index_in(code.take(pa.array(to)), value_set=known)
        apart = np.isin(rows, _apart(_spans_for(start, end, rows, things), names))
        yield from t.at(
            rule, name, np.unique(to[apart]), "country_code", "the code of what the words under it name", "Mend it."
        )


# --- with the text ---


def coded_texts(t: Tables) -> dict[str, str]:
    """Return the canonical texts that were given, by the key of the source whose digest they have."""
    coded = pc.equal(t.column("sources", "source_type"), "coded_text")
    digests, ids = (t.column("sources", c).filter(coded).to_pylist() for c in ("text_sha256", "source_id"))
    sources = dict(zip(digests, ids, strict=True))
    canonical = [canonicalise(text) for text in t.texts]
    return {sources[digest(text)] or "": text for text in canonical if digest(text) in sources}


def text(t: Tables) -> Iterator[Problem]:
    """With the text: its digest, its length and the digest of every passage and span are right."""
    rule, texts = "text", coded_texts(t)
    if len(texts) < len(t.texts):
        given = ", ".join(digest(canonicalise(text)) for text in t.texts)
        coded = pc.equal(t.column("sources", "source_type"), "coded_text")
        yield from t.where(
            rule, "sources", "text_sha256", both(coded, no(one_of(t.keys("sources"), texts))),
            f"the digest of a text that was given ({given})", "Give the text that was coded, or mend the row.",
        )  # fmt: skip
    for name in ("passages", "evidence"):
        starts, ends = (t.whole_numbers(name, c) for c in ("char_start", "char_end"))
        for source, text in texts.items():
            mine = both(pc.equal(t.column(name, "source_id"), source), pc.is_valid(t.column(name, "char_start")))
            rows = pc.indices_nonzero(mine)
            digests = t.column(name, "sha256").take(rows).to_pylist()
            spans = [
                Span(int(starts[i]), int(ends[i]), d or "") for i, d in zip(rows.to_pylist(), digests, strict=True)
            ]
            for i, span, good in zip(rows.to_pylist(), spans, hold(fold(text), spans), strict=True):
                if not good:
                    yield t.cell(
                        rule, name, i, "sha256", f"{digest(text[max(span.start, 0) : max(span.end, 0)])}, "
                        "the digest of the text there", "The offsets or the digest are wrong: anchor the words again.",
                    )  # fmt: skip


def names_judged(t: Tables) -> Iterator[Problem]:
    """With the text: every occurrence of a name was judged, so that some row of names has it."""
    sources, of_names = t.keys("sources").to_pylist(), yes(pc.equal(t.column("evidence", "table_name"), "names"))
    low, high = (edge[of_names.to_numpy(zero_copy_only=False)] for edge in t.spans("evidence"))
    general = one_of(t.column("names", "name_type"), ["anaphor", "description"])
    rows = pc.indices_nonzero(no(general)).to_pylist()
    for source, text in coded_texts(t).items():
        far = sources.index(source) * FAR
        for i in rows:
            found = find(text, t.column("names", "name_words")[i].as_py() or "")
            start, end = (np.array([far + span[side] for span in found], np.int64) for side in (0, 1))
            for n in np.flatnonzero(~_within(start, end, low, high)):
                yield t.cell(
                    "names-judged", "names", i, "name_words",
                    f"evidence for the occurrence at {found[n][0]}-{found[n][1]}",
                    "Say what it names there: a row of names, with the occurrence in evidence.",
                )  # fmt: skip
