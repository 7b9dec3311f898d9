"""Rules of coding: what dates, actors, events, agreements, terms and statements imply of each other.

Most of these were written because a change to the data got through without them (``mutants.py``).
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scripts.check.rules_form import whole
from scripts.check.tables import Problem, Tables, both, by_value, differ, either, no, one_of, pairs

# --- dates ---

_D = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
_EDTF = re.compile(rf"(?:(?P<whole>{_D})|\[(?P<low>{_D})?\.\.(?P<high>{_D})?\])")


@cache
def edtf_bounds(value: str) -> tuple[date | None, date | None]:
    """Return the first and last day that an EDTF value of the closed list allows.

    The forms are D, [..D], [D..] and [D..D] of EDTF (ISO 8601-2:2019, level 2 sets), where D is a
    day, a month or a year. None stands for no bound. Raises ValueError for anything else.
    """
    match = _EDTF.fullmatch(value)
    if not match or value == "[..]":
        raise ValueError(f"{value!r} is none of the EDTF forms D, [..D], [D..], [D..D]")

    def day(words: str | None, last: bool) -> date | None:
        if words is None:
            return None
        year, month, day = ([int(x) for x in words.split("-")] + [0, 0])[:3]
        if len(words) == 4:
            month = 12 if last else 1
        if not 1 <= month <= 12:
            raise ValueError(f"{value!r} has no such month")
        if len(words) < 10:
            day = calendar.monthrange(year, month)[1] if last else 1
        return date(year, month, day)

    low = match["whole"] or match["low"]
    high = match["whole"] or match["high"]
    bounds = day(low, False), day(high, True)
    if None not in bounds and bounds[0] > bounds[1]:
        raise ValueError(f"{value!r} ends before it begins")
    return bounds


DATE_COLUMNS = ("start_edtf", "start_earliest", "start_latest", "end_edtf", "end_earliest", "end_latest")


def dates(t: Tables) -> Iterator[Problem]:
    """EDTF values are of the closed list and agree with their bounds; starts come before ends."""
    rule = "dates"
    for name, table in t.words.items():
        columns = table.column_names
        for column in (c for c in columns if c.endswith("_edtf")):
            cells, stem = t.column(name, column), column.removesuffix("_edtf")
            distinct = cells.unique().drop_null()
            lows, highs, wrong = [], [], {}
            for value in distinct.to_pylist():
                try:
                    low, high = edtf_bounds(value)
                except ValueError as error:
                    low, high, wrong[value] = None, None, str(error)
                lows.append(low and low.isoformat())
                highs.append(high and high.isoformat())
            of_no_form = one_of(cells, wrong)
            yield from t.where(
                rule, name, column, of_no_form,
                lambda i, cells=cells, wrong=wrong: f"an EDTF date of the schema's forms ({wrong[cells[i].as_py()]})",
                "Mend the date.",
            )  # fmt: skip
            which = pc.index_in(cells, value_set=distinct, skip_nulls=True)
            for bound, days in ((f"{stem}_earliest", lows), (f"{stem}_latest", highs)):
                if bound not in columns:
                    continue
                day = pa.array(days, pa.string()).take(which)
                yield from t.where(
                    rule, name, bound, both(no(of_no_form), differ(t.column(name, bound), day)),
                    lambda i, day=day: repr(day[i].as_py() or ""), f"It is the bound of {column}.",
                )  # fmt: skip
        if "start_edtf" not in columns:
            continue
        start, start_earliest, start_latest, end, end_earliest, end_latest = (t.column(name, c) for c in DATE_COLUMNS)
        order = pc.greater(start_earliest, end_latest)
        yield from t.where(rule, name, "end_latest", order, "a day not before start_earliest", "Mend start or end.")
        later = either(pc.greater(start_earliest, end_earliest), pc.greater(start_latest, end_latest))
        yield from t.where(
            rule, name, "end_edtf", later, "an end no bound of which is before the start's",
            "An end cannot be earlier than the start: narrow its bounds.",
        )  # fmt: skip
        undated = pc.equal(t.column(name, "date_basis"), "undated")
        for column in ("start_edtf", "end_edtf", "date_words"):
            filled = both(undated, pc.is_valid(t.column(name, column)))
            yield from t.where(rule, name, column, filled, "no date, as date_basis is undated", "Mend one of the two.")
        dated = either(pc.is_valid(start), pc.is_valid(end))
        for column, filled in (("start_edtf", dated), ("date_words", pc.is_valid(t.column(name, "date_words")))):
            empty = both(no(undated), no(filled))
            yield from t.where(rule, name, column, empty, "a date with its words", "Or set date_basis to undated.")


_MONTHS = {name: f"{n:02}" for n, name in enumerate(calendar.month_name) if name}
_DAYS = {name: n for n, name in enumerate(calendar.day_name)}


@cache
def _unlike_words(words: str, dates: str) -> str | None:
    """Return what the date words say and the dates do not have, or None."""
    for month, year in re.findall(rf"\b(?:({'|'.join(_MONTHS)}) )?(\d{{4}})\b", words):
        wanted = f"{year}-{_MONTHS[month]}" if month else year
        if wanted not in dates:
            return f"a date in {wanted}"
    for day in re.findall(rf"\b({'|'.join(_DAYS)})\b", words):
        found = [date.fromisoformat(d) for d in re.findall(r"\d{4}-\d{2}-\d{2}", dates)]
        if found and any(d.weekday() != _DAYS[day] for d in found):
            return f"a {day}"
    return None


def dates_and_words(t: Tables) -> Iterator[Problem]:
    """Year, month and weekday of the date words are those of the dates; the basis is what dates and evidence show."""
    if not whole(t):
        return
    rule, days = "dates-and-words", set()
    implied = no(t.says("evidence", "support", "explicit"))
    for name in ("events", "statements"):
        cells = {c: t.column(name, c) for c in ("date_words", "start_edtf", "end_edtf", "date_basis")}
        words, start, end, basis = (pc.fill_null(c, "") for c in cells.values())
        of_both = pc.binary_join_element_wise(start, end, " ")
        # Words that give the date as it is coded give each of the two; else one may come from elsewhere.
        for column, mine in (("start_edtf", pc.if_else(pc.equal(start, ""), end, start)), ("end_edtf", end)):
            dates = pc.if_else(pc.equal(basis, "stated"), mine, of_both)
            dates = pc.if_else(pc.equal(mine, ""), "", dates)
            pairs = pa.table({"w": words, "d": dates}).group_by(["w", "d"]).aggregate([]).to_pylist()
            for w, d in ((r["w"], r["d"]) for r in pairs if r["w"] and r["d"]):
                if expected := _unlike_words(w, d):
                    where = both(pc.equal(words, w), pc.equal(dates, d))
                    yield from t.where(rule, name, column, where, expected, f"The words are {w!r}.")
        days.update(d for x in of_both.unique().to_pylist() for d in re.findall(r"\d{4}-\d{2}-\d{2}", x))
        open_end = pc.match_substring(of_both, "..")
        told = np.zeros(len(words), bool)
        for column in ("start_edtf", "end_edtf"):
            told[t.support(name, column, implied)[1]] = True
        expected = pc.if_else(open_end, "bounded", pc.if_else(pa.array(told), "resolved", "stated"))
        unlike = both(pc.not_equal(basis, "undated"), pc.not_equal(basis, expected))
        yield from t.where(
            rule, name, "date_basis", unlike, "bounded if a date has .., resolved if its evidence is not all explicit, "
            "else stated", "Mend the basis, the dates, or the support of their evidence.",
        )  # fmt: skip
    once = pc.equal(t.column("statements", "is_repeated"), "false")
    spread = both(once, differ(t.column("statements", "start_edtf"), t.column("statements", "end_edtf")))
    yield from t.where(rule, "statements", "end_edtf", spread, "the start, as it was said once", "Mend one of the two.")
    ended = pc.equal(t.column("event_links", "link_type"), "ended")
    by = t.through("event_links", "event_id", "events", "start_edtf")
    end = t.through("event_links", "linked_event_id", "events", "end_edtf")
    yield from t.where(
        rule, "event_links", "linked_event_id", both(ended, differ(by, end)),
        "an event that ends when the event begins that ended it", "Mend end_edtf there, or start_edtf here.",
    )  # fmt: skip
    ongoing = both(pc.equal(t.column("events", "realis"), "ongoing"), pc.is_valid(t.column("events", "end_edtf")))
    yield from t.where(
        rule, "events", "realis", ongoing, "another code, as the event has ended", "Mend it, or the end."
    )
    as_of = t.column("agreements", "status_as_of_edtf")
    foreign = [v for v in as_of.unique().to_pylist() if v and not set(re.findall(r"\d{4}-\d{2}-\d{2}", v)) <= days]
    yield from t.where(
        rule, "agreements", "status_as_of_edtf", one_of(as_of, foreign), "a day that an event or a statement has",
        "The time of a status is that of the talks or of the words that give it.",
    )  # fmt: skip


# --- actors and places ---


def plover_actors(t: Tables) -> Iterator[Problem]:
    """PLOVER country and sector of an actor follow from country_code, type and the crosswalk."""
    rule, name = "plover-actors", "actors"
    actor_type, country_code = t.column(name, "actor_type"), t.column(name, "country_code")
    none = pa.scalar(None, pa.string())
    international = one_of(actor_type, ["international_force", "international_organisation"])
    country = pc.coalesce(country_code, pc.if_else(international, "UNO", none))
    plover = [r for r in t.rows("crosswalk") if r["codelist"] == "actor_type" and r["scheme"] == "plover"]
    codes, sectors = (pa.array([r[c] for r in plover], pa.string()) for c in ("code", "scheme_code"))
    in_office = one_of(t.column("actor_relations", "relation_type"), ["holds_office_in", "speaks_for"])
    governs = both(
        t.pointed_to(name, ("actor_relations", "actor_id"), of=in_office),
        pc.is_valid(country_code),
    )
    sector = pc.if_else(
        one_of(actor_type, ["person", "role_holder"]),
        pc.if_else(governs, "GOV", none),
        sectors.take(pc.index_in(actor_type, value_set=codes, skip_nulls=True)),
    )
    for column, derived in (("plover_country", country), ("plover_sector", sector)):
        yield from t.where(
            rule, name, column, differ(t.column(name, column), derived),
            lambda i, derived=derived: repr(derived[i].as_py() or ""), "It is derived: copy it.",
        )  # fmt: skip


RELATED = {
    "holds_office_in": ("person", "role_holder"),
    "member_of": ("person", "role_holder", "group_members"),
    "office_of": ("office",),
    "part_of": ("armed_forces", "delegation", "government", "international_force", "joint_body", "office"),
    "speaks_for": ("person", "role_holder", "office", "delegation"),
}


def actors_and_places(t: Tables) -> Iterator[Problem]:
    """An actor's type fits its title, names and relations; countries agree along relations and within places."""
    if not whole(t):
        return
    rule, name = "actors-and-places", "actors"
    key, kind, title = (t.column(name, c) for c in ("actor_id", "actor_type", "role_title"))
    person, holder = pc.equal(kind, "person"), pc.equal(kind, "role_holder")
    yield from t.where(
        rule, name, "actor_type", both(pc.is_valid(title), pc.invert(pc.or_(person, holder))),
        "person or role_holder, as the actor has a title", "Mend one of the two.",
    )  # fmt: skip
    own_name = t.column("names", "actor_id").filter(
        one_of(t.column("names", "name_type"), ["proper_name", "titled_name"])
    )
    is_named = pc.is_in(key, value_set=own_name)
    yield from t.where(
        rule, name, "actor_type", pc.or_(both(person, pc.invert(is_named)), both(holder, is_named)),
        "person exactly if a name of the actor is given, else role_holder", "Mend the type, or the types of its names.",
    )  # fmt: skip
    name = "actor_relations"
    relation = t.column(name, "relation_type")
    types = t.through(name, "actor_id", "actors", "actor_type")
    for code, allowed in RELATED.items():
        unlike = both(pc.equal(relation, code), pc.is_valid(types), no(one_of(types, allowed)))
        yield from t.where(
            rule, name, "actor_id", unlike, f"an actor of type {', '.join(allowed)}", "Mend the type or the relation."
        )
    mine, theirs = (t.through(name, side, "actors", "country_code") for side in ("actor_id", "related_actor_id"))
    abroad = both(one_of(relation, ["holds_office_in", "office_of", "part_of", "speaks_for"]), differ(mine, theirs))
    yield from t.where(
        rule, name, "actor_id", abroad, "an actor of the related actor's country", "Mend a country_code."
    )
    name = "places"
    parent, country = t.column(name, "parent_place_id"), t.column(name, "country_code")
    above = t.through(name, "parent_place_id", name, "country_code")
    yield from t.where(
        rule,
        name,
        "country_code",
        both(pc.is_valid(above), differ(country, above)),
        "the country of the place in which it lies",
        "Mend one.",
    )
    itself = both(pc.is_valid(parent), pc.equal(parent, t.column(name, "place_id")))
    yield from t.where(rule, name, "parent_place_id", itself, "another place", "Mend it.")


# --- events, agreements and terms ---

PERIODS = ("armed_conflict", "ceasefire_in_effect", "occupation", "tension")


def events_and_agreements(t: Tables) -> Iterator[Problem]:
    """Types that are states are periods; an agreement and the events of its conclusion and effect agree."""
    if not whole(t):
        return
    rule = "events-and-agreements"
    kind, realis = t.column("events", "event_type"), t.column("events", "realis")
    moment = both(one_of(kind, PERIODS), no(one_of(t.column("events", "aggregation"), ["period", "type"])))
    yield from t.where(rule, "events", "aggregation", moment, "period, as the type is a state", "Mend one of the two.")
    breach = both(pc.equal(kind, "ceasefire_breach"), pc.not_equal(realis, "actual"))
    yield from t.where(
        rule, "events", "realis", breach, "actual, as a breach is charged as one", "Mend one of the two."
    )
    status = t.column("agreements", "status")
    types = {
        "concluded_event_id": ("agreement_concluded", "ceasefire_declared"),
        "effective_event_id": ("ceasefire_in_effect",),
    }
    for column, allowed in types.items():
        to = t.column("agreements", column)
        found, how = (t.through("agreements", column, "events", c) for c in ("event_type", "realis"))
        yield from t.where(
            rule, "agreements", column, both(pc.is_valid(found), no(one_of(found, allowed))),
            f"an event of type {' or '.join(allowed)}", "Mend one of the two.",
        )  # fmt: skip
        counts = to.drop_null().value_counts()
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        shared = pc.is_in(to, value_set=twice, skip_nulls=True)
        yield from t.where(rule, "agreements", column, shared, "an event of no other agreement", "Mend one of the two.")
        alone = both(one_of(kind, allowed), pc.invert(pc.is_in(t.column("events", "event_id"), value_set=to)))
        yield from t.where(rule, "events", "event_type", alone, f"an agreement whose {column} it is", "Name it there.")
        if column == "concluded_event_id":
            unlike = pc.not_equal(pc.equal(status, "prospective"), one_of(how, ["hypothetical", "required"]))
            expected = "prospective exactly if its conclusion is still to come"
        else:
            unlike = pc.not_equal(pc.equal(status, "in_effect"), pc.equal(how, "ongoing"))
            expected = "in_effect exactly if its being in effect is ongoing"
        yield from t.where(
            rule, "agreements", "status", both(pc.is_valid(to), unlike), expected, "Mend one of the two."
        )
    ceasefire = pc.equal(t.column("agreements", "agreement_type"), "ceasefire")
    holds = pc.equal(t.through("agreements", "effective_event_id", "events", "event_type"), "ceasefire_in_effect")
    yield from t.where(
        rule,
        "agreements",
        "agreement_type",
        both(holds, no(ceasefire)),
        "ceasefire, as a ceasefire is in effect by it",
        "Mend one of the two.",
    )


HAPPENED = ("actual", "ongoing")
# Links that say that both events came about, and links to what has not come about.
OF_FACTS = ("ended", "escalated_into", "resulted_in")
TO_THE_OPEN = ("could_lead_to", "precondition_of", "step_toward")
ASKING = ("commit", "consent", "demand", "urge")


def links_and_realis(t: Tables) -> Iterator[Problem]:
    """What is linked as a fact has come about, and what is only possible, asked for or a condition has not."""
    if not whole(t):
        return
    rule = "links-and-realis"
    kind = t.column("event_links", "link_type")
    left, right = (t.through("event_links", c, "events", "realis") for c in ("event_id", "linked_event_id"))
    facts = pc.and_(one_of(left, HAPPENED), one_of(right, HAPPENED))
    yield from t.where(
        rule, "event_links", "link_type", both(one_of(kind, OF_FACTS), pc.invert(facts)),
        "a link between two events that came about", "Mend the link, or the realis of an event.",
    )  # fmt: skip
    earlier = both(pc.equal(kind, "prior_instance"), no(one_of(right, HAPPENED)))
    yield from t.where(
        rule, "event_links", "link_type", earlier, "an earlier event that came about", "Mend one of the two."
    )
    yield from t.where(
        rule, "event_links", "link_type", both(one_of(kind, TO_THE_OPEN), one_of(right, HAPPENED)),
        "a link to an event that has not come about", "Mend the link, or the realis of the event.",
    )  # fmt: skip
    role = t.column("statement_links", "link_role")
    realis = t.through("statement_links", "event_id", "events", "realis")
    act = t.through("statement_links", "statement_id", "statements", "speech_act")
    asked = both(pc.equal(role, "asserts"), one_of(act, ASKING))
    came = pc.or_(
        both(pc.equal(role, "conditions_on"), one_of(realis, HAPPENED)), both(asked, one_of(realis, HAPPENED))
    )
    yield from t.where(
        rule,
        "statement_links",
        "event_id",
        came,
        "an event that has not come about, as it is asked for or a condition",
        "Mend the realis of the event, or the link.",
    )


# By the basis of a term: who asserts it, whether the text ties it to an agreement, and by which speech acts.
TERM_BASES = {
    "agreed_term": (("narrator", "both"), True, ()),
    "linked_arrangement": (("narrator", "both"), True, ()),
    "attributed_term": (("speaker",), True, ()),
    "conditional_step": (("speaker", "both"), None, ("set_condition",)),
    "party_condition": (("speaker", "both"), None, ("set_condition",)),
    "party_demand": (("speaker", "both"), None, ("urge", "demand")),
    "party_offer": (("speaker", "both"), None, ("consent", "commit")),
}


def term_bases(t: Tables) -> Iterator[Problem]:
    """A term's basis fits who asserts it, by which speech act, its agreement, its conduct and its actors."""
    if not whole(t):
        return
    rule, name = "term-bases", "ceasefire_terms"
    basis, attributed, agreement, conduct, kind = (
        t.column(name, c) for c in ("term_basis", "attribution", "agreement_id", "conduct_type", "term_type")
    )
    asserts = pc.equal(t.column("statement_links", "link_role"), "asserts")
    acts = t.through("statement_links", "statement_id", "statements", "speech_act")
    for code, (who, tied, by) in TERM_BASES.items():
        mine = pc.equal(basis, code)
        yield from t.where(
            rule, name, "term_basis", both(mine, no(one_of(attributed, who))),
            f"another basis: {code} is asserted by {' or '.join(who)}", "Mend one of the two.",
        )  # fmt: skip
        if tied:
            yield from t.where(
                rule,
                name,
                "agreement_id",
                both(mine, pc.is_null(agreement)),
                f"an agreement, as the basis is {code}",
                "Fill it.",
            )
        if by:
            spoken = t.pointed_to(name, ("statement_links", "term_id"), of=both(asserts, one_of(acts, by)))
            yield from t.where(
                rule, name, "term_basis", both(mine, pc.invert(spoken)),
                f"another basis: {code} is asserted by a statement that does {' or '.join(by)}", "Mend one of the two.",
            )  # fmt: skip
    roles = t.column("term_actors", "actor_role")
    proposed, obliged = (
        t.pointed_to(name, ("term_actors", "term_id"), of=pc.equal(roles, r)) for r in ("proponent", "obligated")
    )
    of_party = pc.starts_with(basis, "party_")
    yield from t.where(
        rule,
        name,
        "term_basis",
        both(of_party, pc.invert(proposed)),
        "a proponent among its actors, as it is a party's",
        "Add it.",
    )
    agreed = one_of(basis, ["agreed_term", "linked_arrangement"])
    yield from t.where(rule, name, "term_basis", both(agreed, proposed), "no proponent, as it is agreed", "Mend one.")
    none = pc.fill_null(pc.equal(conduct, "no_conduct"), False)
    yield from t.where(
        rule,
        name,
        "conduct_type",
        both(pc.invert(none), pc.or_(pc.equal(kind, "joint_body"), pc.equal(basis, "linked_arrangement"))),
        "no_conduct, as it is a body or an arrangement",
        "Mend one of the two.",
    )
    yield from t.where(
        rule,
        name,
        "conduct_type",
        both(none, pc.or_(of_party, pc.equal(basis, "agreed_term"))),
        "a conduct, as someone is to act",
        "Mend one of the two.",
    )
    yield from t.where(
        rule,
        name,
        "term_basis",
        both(pc.equal(basis, "agreed_term"), pc.invert(obliged)),
        "an obligated actor",
        "Add it.",
    )


# --- statements ---

# Which column of statement_links points to the rows of a table that has an attribution.
ASSERTED_BY = {
    "events": "event_id",
    "event_actors": "event_actor_id",
    "event_links": "event_link_id",
    "ceasefire_terms": "term_id",
}


def attribution(t: Tables) -> Iterator[Problem]:
    """Attribution is speaker or both exactly when a statement asserts the row."""
    rule = "attribution"
    asserts = pc.equal(t.column("statement_links", "link_role"), "asserts")
    for name, table in t.words.items():
        if "attribution" not in table.column_names:
            continue
        spoken = one_of(t.column(name, "attribution"), ["speaker", "both"])
        if name not in ASSERTED_BY:
            yield from t.where(
                rule, name, "attribution", spoken, "narrator or link_line",
                "statement_links cannot point to rows of this table.",
            )  # fmt: skip
            continue
        asserted = t.pointed_to(name, ("statement_links", ASSERTED_BY[name]), of=asserts)
        yield from t.where(
            rule, name, "attribution", both(spoken, no(asserted)), "narrator or link_line, as no statement asserts it",
            "Add the row of statement_links with link_role asserts, or mend the attribution.",
        )  # fmt: skip
        yield from t.where(
            rule, name, "attribution", both(asserted, no(spoken)), "speaker or both, as a statement asserts it",
            "Mend the attribution, or the link_role in statement_links.",
        )  # fmt: skip


NO_TRUTH_VALUE = ("urge", "demand", "consent", "commit", "threaten")


def statements(t: Tables) -> Iterator[Problem]:
    """Certainty, polarity, quotation and mode of a statement agree with its speech act."""
    rule, name = "statements", "statements"
    speech_act = t.column(name, "speech_act")
    truthless = one_of(speech_act, NO_TRUTH_VALUE)
    for column in ("certainty", "polarity"):
        filled = pc.is_valid(t.column(name, column))
        yield from t.where(
            rule, name, column, both(truthless, filled), "empty: the speech act has no truth value", "Empty it."
        )
        yield from t.where(
            rule, name, column, both(no(truthless), no(filled)), "a code, as the speech act has a truth value",
            "Fill it.",
        )  # fmt: skip
    quoting = one_of(t.column(name, "mode"), ["direct", "mixed"])
    yield from t.where(
        rule, name, "quote_words", pc.xor(quoting, pc.is_valid(t.column(name, "quote_words"))),
        "words exactly if mode is direct or mixed", "Mend mode or quote_words.",
    )  # fmt: skip
    name = "compliance_claims"
    act = t.through(name, "statement_id", "statements", "speech_act")
    charging = one_of(act, ["accuse", "criticise", "report", "assess", "deny"])
    yield from t.where(
        rule, name, "statement_id", both(pc.is_valid(act), no(charging)),
        lambda i: f"a statement that makes a claim, not one of act {act[i].as_py()}",
        "A warning, a condition and an offer are no compliance claims.",
    )  # fmt: skip
    agreement, term = t.column(name, "agreement_id"), t.points_to(name, "term_id", "ceasefire_terms")
    of_other = differ(t.through(name, "term_id", "ceasefire_terms", "agreement_id"), agreement)
    yield from t.where(
        rule, name, "term_id", both(pc.is_valid(term), of_other),
        lambda i: f"a term of {agreement[i].as_py()}", "Mend one of the two.",
    )  # fmt: skip


REPEATING = r"\b(repeatedly|again|often|always|frequently|many times|several times|continually|constantly)\b"
NEGATION = r"\b(not|no|never|nobody|nothing|none|neither|nor|without|cannot)\b|n't\b"
MODALS = {
    "possible": r"\b(can|could|may|might|possible|possibly|perhaps)\b",
    "probable": r"\b(likely|probably|probable|expected|expects?|should)\b",
}
# Which claims a speech act can make; others can make any.
CLAIMS = {"accuse": ("violated",), "criticise": ("insufficient",), "deny": ("denied", "disputed_term")}


def speech(t: Tables) -> Iterator[Problem]:
    """Speech act, mode, certainty, polarity, cue, addressee, links and claims of a statement fit together."""
    if not whole(t):
        return
    rule, name = "speech", "statements"
    key, act, mode, certainty, polarity, cue, repeated = (
        t.column(name, c)
        for c in ("statement_id", "speech_act", "mode", "certainty", "polarity", "cue_words", "is_repeated")
    )
    says = pc.match_substring_regex(cue, REPEATING, ignore_case=True)
    yield from t.where(
        rule,
        name,
        "is_repeated",
        pc.not_equal(says, pc.equal(repeated, "true")),
        "true exactly if the cue words say so",
        "Take the adverb into cue_words, or mend is_repeated.",
    )
    links = t.words["statement_links"]
    conditions = (
        links["statement_id"].combine_chunks().filter(pc.equal(links["link_role"], "conditions_on").combine_chunks())
    )
    conditional = pc.equal(act, "set_condition")
    yield from t.where(
        rule, name, "speech_act", pc.not_equal(conditional, pc.is_in(key, value_set=conditions)),
        "set_condition exactly if a statement link has conditions_on", "Mend the act, or the link.",
    )  # fmt: skip
    actors = t.words["statement_actors"]
    addressed = (
        actors["statement_id"].combine_chunks().filter(pc.equal(actors["actor_role"], "addressee").combine_chunks())
    )
    alone = both(one_of(act, ["accuse", "demand", "urge"]), pc.invert(pc.is_in(key, value_set=addressed)))
    yield from t.where(
        rule, name, "speech_act", alone, "an addressee: who is accused or asked", "Add it, or mend the act."
    )
    withheld = pc.equal(act, "withhold")
    for column, cells, value in (("mode", mode, "position"), ("certainty", certainty, "uncommitted")):
        yield from t.where(
            rule,
            name,
            column,
            pc.not_equal(withheld, pc.fill_null(pc.equal(cells, value), False))
            if column == "certainty"
            else both(withheld, pc.not_equal(cells, value)),
            f"{value}, as an endorsement is withheld"
            if column == "mode"
            else f"{value} exactly if the act is withhold",
            "Mend one of the two.",
        )
    stance = both(pc.equal(mode, "position"), no(one_of(act, ["withhold", "endorse", "reject"])))
    yield from t.where(rule, name, "mode", stance, "a mode of saying: only a stance is a position", "Mend mode or act.")
    yield from t.where(
        rule,
        name,
        "polarity",
        both(withheld, pc.not_equal(polarity, "negative")),
        "negative, as an endorsement is withheld",
        "Mend one of the two.",
    )
    said = pc.utf8_lower(t.column(name, "proposition"))
    denied = pc.match_substring_regex(said, NEGATION)
    for code, unlike in (("negative", pc.invert(denied)), ("positive", denied)):
        yield from t.where(
            rule,
            name,
            "polarity",
            both(pc.equal(polarity, code), unlike),
            "negative exactly if the proposition has a negation",
            "Polarity is that of the proposition as it is written.",
        )
    for code, words in MODALS.items():
        flat = both(pc.equal(certainty, code), pc.invert(pc.match_substring_regex(said, words)))
        yield from t.where(
            rule, name, "certainty", flat, f"a proposition that says how far it is {code}", "Mend one of the two."
        )
    name = "compliance_claims"
    of, claim, agreement, term, assessed = (
        t.column(name, c) for c in ("statement_id", "claim_type", "agreement_id", "term_id", "assessed_actor_id")
    )
    for code, allowed in CLAIMS.items():
        unlike = both(
            pc.equal(t.through(name, "statement_id", "statements", "speech_act"), code), no(one_of(claim, allowed))
        )
        yield from t.where(
            rule, name, "claim_type", unlike, f"{' or '.join(allowed)}, as the statement does {code}", "Mend one."
        )
    about = {
        c: pairs(links["statement_id"].combine_chunks(), links[c].combine_chunks()).drop_null()
        for c in ("agreement_id", "term_id")
    }
    mine = pairs(of, agreement)
    apart = both(pc.is_valid(term), pc.invert(pc.is_in(pairs(of, term), value_set=about["term_id"])))
    yield from t.where(
        rule, name, "term_id", apart, "a term to which the statement points", "Add the link, or mend it."
    )
    of_term = pc.is_in(pairs(of, term), value_set=about["term_id"], skip_nulls=True)
    of_whole = pc.is_in(mine, value_set=about["agreement_id"], skip_nulls=True)
    yield from t.where(
        rule, name, "agreement_id", pc.invert(pc.or_(of_term, of_whole)),
        "an agreement or term to which a link of the statement points", "Add the statement link, or mend the claim.",
    )  # fmt: skip
    to_term = links["statement_id"].combine_chunks().filter(pc.is_valid(links["term_id"]).combine_chunks())
    unnamed = both(pc.is_null(term), pc.is_in(of, value_set=to_term), pc.invert(of_whole))
    yield from t.where(rule, name, "term_id", unnamed, "the term to which the statement points", "Fill it.")
    told = pairs(actors["statement_id"].combine_chunks(), actors["actor_id"].combine_chunks())
    yield from t.where(
        rule, name, "assessed_actor_id", pc.invert(pc.is_in(pairs(of, assessed), value_set=told)),
        "an actor of the statement", "Add the part to statement_actors, or mend the claim.",
    )  # fmt: skip


# --- all of it ---


def parts(t: Tables) -> Iterator[Problem]:
    """Nothing stands alone: actors and sources are used, things are named, possible events are linked."""
    rule = "parts"
    pointing = defaultdict(list)
    for name in t.words:
        for foreign in t.package.schema(name).get("foreignKeys", []):
            pointing[foreign.get("reference", {}).get("resource", name)].append((name, foreign["fields"][0]))
    for name in ("actors", "sources"):
        used = t.pointed_to(name, *(p for p in pointing[name] if p[0] != "names"))
        yield from t.where(
            rule, name, t.package.key(name), no(used), "a row that another row uses",
            "Give it its part, or remove it with its names and evidence.",
        )  # fmt: skip
    for name in ("actors", "places", "agreements"):
        key = t.package.key(name)
        unnamed = no(t.pointed_to(name, ("names", key)))
        yield from t.where(rule, name, key, unnamed, "a row of names", "Add the words that name it.")
    linked = t.pointed_to(
        "events", ("event_links", "event_id"), ("event_links", "linked_event_id"), ("statement_links", "event_id"),
        ("agreements", "concluded_event_id"), ("agreements", "effective_event_id"),
    )  # fmt: skip
    hypothetical = pc.equal(t.column("events", "realis"), "hypothetical")
    yield from t.where(
        rule, "events", "realis", both(hypothetical, no(linked)),
        "a link, term or statement that needs the event",
        "A possible event has a row only as the object of one; add it, or remove the event.",
    )  # fmt: skip
    obliging = pc.equal(t.column("term_actors", "actor_role"), "obligated")
    obliged = t.pointed_to("ceasefire_terms", ("term_actors", "term_id"), of=obliging)
    no_conduct = pc.equal(t.column("ceasefire_terms", "conduct_type"), "no_conduct")
    yield from t.where(
        rule, "ceasefire_terms", "conduct_type", both(no_conduct, obliged), "a conduct, as an actor is obligated",
        "Mend one.",
    )  # fmt: skip
    to_itself = pc.equal(t.column("event_links", "event_id"), t.column("event_links", "linked_event_id"))
    yield from t.where(rule, "event_links", "linked_event_id", to_itself, "another event", "Remove the link.")
    latitude, longitude = (pc.is_valid(t.column("places", c)) for c in ("latitude", "longitude"))
    a_point = one_of(t.column("places", "place_type"), ["town", "site"])
    yield from t.where(
        rule, "places", "latitude", both(either(latitude, longitude), no(both(latitude, longitude, a_point))),
        "both coordinates, for towns and sites only", "Mend the place.",
    )  # fmt: skip


_EVENTS = ("event_type", "speech_act")
SCHEME_CODES = {"cameo": "^[0-9]{2,4}$", "plover": "^[A-Z]+(:[a-z]+(-[a-z]+)*)?$"}
IDENTIFIERS = {"wikidata": r"^Q[1-9][0-9]*$", "geonames": r"^[1-9][0-9]*$"}


def outside_schemes(t: Tables) -> Iterator[Problem]:
    """Identifiers and outside codes have their scheme's form, a scheme one version, a reference its date."""
    if not whole(t):
        return
    rule, name = "outside-schemes", "identifiers"
    scheme, value, match = (t.column(name, c) for c in ("scheme", "value", "match_type"))
    for code, form in IDENTIFIERS.items():
        unlike = both(pc.equal(scheme, code), pc.invert(pc.match_substring_regex(value, form)))
        yield from t.where(rule, name, "value", unlike, f"an identifier of {code}, like {form}", "Look it up again.")
    counts = pairs(scheme, value).value_counts()
    twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    yield from t.where(
        rule, name, "value", pc.is_in(pairs(scheme, value), value_set=twice, skip_nulls=True),
        "an identifier that no other thing has", "One identifier stands for one thing.",
    )  # fmt: skip
    untold = both(pc.not_equal(match, "exact"), pc.is_null(t.column(name, "note")))
    yield from t.where(rule, name, "match_type", untold, "exact, or a note that says how they differ", "Add the note.")
    name = "crosswalk"
    scheme, version = t.column(name, "scheme"), pc.fill_null(t.column(name, "scheme_version"), "")
    versions = pa.table({"s": scheme, "v": version}).group_by("s").aggregate([("v", "count_distinct")])
    mixed = versions["s"].filter(pc.greater(versions["v_count_distinct"], 1)).combine_chunks()
    yield from t.where(
        rule, name, "scheme_version", pc.is_in(scheme, value_set=mixed), "one version of a scheme", "Mend it."
    )
    events, code = one_of(t.column(name, "codelist"), _EVENTS), t.column(name, "scheme_code")
    for key, form in SCHEME_CODES.items():
        unlike = both(events, pc.equal(scheme, key), pc.invert(pc.match_substring_regex(code, form)))
        yield from t.where(rule, name, "scheme_code", unlike, f"a code of {key}, like {form}", "Look it up again.")
    untied = both(pc.equal(t.column(name, "codelist"), "event_type"), pc.is_null(t.column(name, "condition")))
    yield from t.where(rule, name, "condition", untied, "as_occurrence or as_intent, as it is for events", "Fill it.")
    name = "sources"
    coded = pc.equal(t.column(name, "source_type"), "coded_text")
    filled = [pc.is_valid(t.column(name, c)) for c in ("text_sha256", "text_chars", "paragraphs")]
    yield from t.where(
        rule, name, "text_sha256", either(both(coded, no(both(*filled))), both(no(coded), either(*filled))),
        "digest, length and paragraphs of a coded text, and of no other", "Mend.",
    )  # fmt: skip
    citation, published = (pc.fill_null(t.column(name, c), "") for c in ("citation", "published_edtf"))
    reference = pc.equal(t.column(name, "source_type"), "reference")
    date_cited = rf"\b[0-9]{{1,2}} ({'|'.join(_MONTHS)}) [0-9]{{4}}"
    yield from t.where(
        rule, name, "published_edtf",
        both(reference, pc.equal(published, ""), pc.match_substring_regex(citation, date_cited)),
        lambda i: f"the date that the citation gives, {re.search(date_cited, citation[i].as_py())[0]}", "Fill it.",
    )  # fmt: skip
    told = by_value(lambda days: pa.array([_as_cited(day) for day in days.to_pylist()], pa.string()), published)
    for column, words in (("published_edtf", told), ("publisher", pc.fill_null(t.column(name, "publisher"), ""))):
        yield from t.where(
            rule, name, column, no(_holds(citation, words)),
            lambda i, words=words: f"{words[i].as_py()!r} in the citation too", "Mend one of the two.",
        )  # fmt: skip


def _as_cited(day: str) -> str:
    """Return a day as citations write it; nothing for what is no day."""
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", day)
    if not parts or not 0 < int(parts[2]) < 13:
        return ""
    return f"{int(parts[3])} {calendar.month_name[int(parts[2])]} {parts[1]}"


def _holds(cells: pa.Array, words: pa.Array) -> pa.Array:
    """Return where a cell holds the words beside it, whole; no words are in each."""
    return pa.array([word in cell for cell, word in zip(cells.to_pylist(), words.to_pylist(), strict=True)], pa.bool_())
