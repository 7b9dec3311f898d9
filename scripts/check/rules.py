"""The rules that the package keeps and frictionless does not know: which there are, and how they are asked.

Each rule is a function from a Tables to the problems that it finds; RULES lists them in the order
in which they are told. A rule never stops at the first problem. Rules marked "with the text" are in
TEXT_RULES and need the coded text; all others work offline.

Rules ask whole columns at once: Python goes row by row only over the problems found, and value by
value only over distinct dates, digests and names. The codebook (codes, crosswalk), the schemas and
the descriptor do not grow with the texts that are coded; rules on them are plain loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from scripts.check import rules_coding as coding
from scripts.check import rules_evidence as evidence
from scripts.check import rules_form as form
from scripts.check.tables import Problem, Tables, pool

Rule = Callable[[Tables], Iterable[Problem]]

RULES: list[Rule] = [
    form.readable,
    form.contract,
    form.orphan_files,
    form.canonical_form,
    form.clean_cells,
    form.constraints,
    form.keys,
    form.unique_keys,
    form.exactly_one_of,
    form.schema_form,
    form.codelists,
    form.foreign_keys,
    coding.dates,
    coding.attribution,
    coding.statements,
    coding.parts,
    coding.plover_actors,
    evidence.evidence,
    evidence.evidence_complete,
    evidence.verbatim,
    evidence.passages,
    form.key_parts,
    evidence.same_sentence,
    evidence.who_asserts,
    evidence.named,
    evidence.spans_and_digests,
    evidence.notes_of_evidence,
    coding.dates_and_words,
    coding.events_and_agreements,
    coding.links_and_realis,
    coding.term_bases,
    coding.speech,
    coding.actors_and_places,
    evidence.country_codes,
    coding.outside_schemes,
    form.look_alikes,
    form.schema_promises,
    evidence.evidence_asked_for,
    evidence.passage_types,
]
TEXT_RULES: list[Rule] = [evidence.text, evidence.names_judged]


def run(t: Tables) -> list[Problem]:
    """Return what all rules find; those that need the text are left out if none was given.

    A rule that cannot be carried out, as the tables or schemas lack what it stands on, is a problem
    too: it neither stops the others nor passes.
    """

    def ask(rule: Rule) -> list[Problem]:
        found: list[Problem] = []
        try:
            found.extend(rule(t))
        except Exception as error:
            name = rule.__name__.replace("_", "-")
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
            expected = "a package that the rule can be asked of"
            found.append(Problem(name, "datapackage.json", None, "", "", "", expected, why))
        return found

    with pool(t.package) as workers:
        # Of what cannot be read or answered the rules that ask for it say so.
        with suppress(Exception):
            t.prepare(workers)
        found = workers.map(ask, RULES + (TEXT_RULES if t.texts else []))
        return [problem for problems in found for problem in problems]
