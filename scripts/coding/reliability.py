"""How far independent passes agree, computed from their matched units: the figures of coding/agreement.csv.

Three kinds of figure for each round and text: the units found, the values of the coded columns of matched units,
and their spans (`figures`); and the verdicts of the audit (`audit_figures`). Each function names its source.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import krippendorff
import numpy as np

from naqoura_talks.package import Package, PackageError
from scripts.coding.matching import JOINS, TABLES, Matched, dice, match, matched, read_codings, references
from scripts.files import read_rows

ENOUGH = 20  # units, below which no coefficient is given
RESAMPLES, SEED = 2000, 1983
F1_GOAL, ALPHA_GOAL = 0.90, 0.80
EMPTY = "(empty)"


# --- measures ---


def coincidences(counts: np.ndarray) -> np.ndarray:
    """Return each unit's contribution to the coincidence matrix: units × values × values.

    ``counts`` holds how many coders gave each unit each value (units × values); a unit with fewer than two
    coders contributes nothing. Krippendorff, Content Analysis, 4th ed. (2019), chapter 12.
    """
    coders = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs -= np.eye(counts.shape[1], dtype=counts.dtype) * counts[:, None, :]
    return np.where(coders > 1, 1 / np.maximum(coders - 1, 1), 0.0)[:, None, None] * pairs


def alpha_of(coincidence: np.ndarray, ordinal: bool = False) -> np.ndarray:
    """Return Krippendorff's alpha of coincidence matrices (… × values × values); nan if one value alone occurs."""
    n_c = coincidence.sum(axis=-1)
    n = n_c.sum(axis=-1)
    values = n_c.shape[-1]
    expected = n_c[..., :, None] * n_c[..., None, :] - np.eye(values) * n_c[..., None]
    if ordinal:
        before = np.cumsum(n_c, axis=-1) - n_c / 2
        distance = (before[..., :, None] - before[..., None, :]) ** 2
    else:
        distance = np.broadcast_to(1 - np.eye(values), expected.shape)
    observed_sum = (coincidence * distance).sum(axis=(-1, -2))
    expected_sum = (expected * distance).sum(axis=(-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (n - 1) * observed_sum / expected_sum


def resamples(n: int) -> np.ndarray:
    """Return how often each of n units is in each of ``RESAMPLES`` bootstrap samples, drawn with ``SEED``."""
    return np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)


def resampled_alphas(counts: np.ndarray, ordinal: bool = False) -> np.ndarray:
    """Return alpha of each bootstrap sample of the units; nan where one value alone occurs."""
    each, values = coincidences(counts), counts.shape[1]
    times = resamples(len(each))
    if ordinal:
        return alpha_of((times @ each.reshape(len(each), -1)).reshape(-1, values, values), ordinal)
    # With codes that are alike or not, margins and disagreements are enough; many values would make large matrices.
    margins, apart = times @ each.sum(axis=-1), times @ (each.sum(axis=(-1, -2)) - each.trace(axis1=1, axis2=2))
    n = margins.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (n - 1) * apart / (n**2 - (margins**2).sum(axis=-1))


def alpha_interval(counts: np.ndarray, ordinal: bool = False) -> tuple[float, float]:
    """Return the 95% percentile interval of alpha over bootstrap samples of the units.

    Samples in which one value alone occurs have no alpha and are left out.
    """
    low, high = np.nanpercentile(resampled_alphas(counts, ordinal), [2.5, 97.5])
    return float(low), float(high)


def u_alpha_of(unitings: list[int], length: int, squares: int) -> float:
    """Return |uα from each coder's marked characters and the sum of all units' squared lengths; see ``u_alpha``."""
    m = len(unitings)
    disagreement = sum((a ^ b).bit_count() for a, b in combinations(unitings, 2)) / (m - 1)
    total, relevant = m * length, sum(u.bit_count() for u in unitings)
    within = squares + total - relevant
    if not 0 < relevant < total or total**2 == within:
        return float("nan")
    return 1 - disagreement / (total * relevant * (total - relevant) / (total**2 - within))


def u_alpha(unitings: list[int], length: int) -> float:
    """Return |uα: how reliably coders tell relevant from irrelevant matter on one continuum; nan if undefined.

    Krippendorff, Mathet, Bouvry and Widlöcher (2016), On the reliability of unitizing textual continua,
    Quality & Quantity 50:2347–2364, equations 1, 4 and 6; Krippendorff (2019), eq. 35. In the expected
    coincidences a unit is not paired with itself, so the square of its length is taken off; of a gap, only
    its length. Alpha over single characters takes off the length of both, and is another figure. A coder's
    units are here the maximal runs of marked characters, as those of one table can overlap.
    """
    squares = 0
    for u in unitings:
        runs = f"{u:0{length}b}".split("0")
        squares += sum(len(run) ** 2 for run in runs)
    return u_alpha_of(unitings, length, squares)


def proportion(k: int, n: int) -> tuple[float, float, float]:
    """Return a share with its 95% Wilson interval."""
    z, p = NormalDist().inv_cdf(0.975), k / n
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return p, (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


# --- figures ---


class Figure(NamedTuple):
    """One row of coding/agreement.csv; what a measure is, agreement_page.MEASURES says."""

    round: str
    text: str
    table_name: str
    column_name: str
    coder: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    remark: str


class Found(NamedTuple):
    """What is measured of some units; without a value, ``remark`` says why there is none."""

    measure: str
    value: float | None
    n: int
    remark: str = ""
    coder: str = ""
    low: float | None = None
    high: float | None = None


def share(part: float, whole: int, remark: str) -> tuple[float | None, int, str]:
    """Return a share with what it is of; of nothing there is none, and the remark stands in its place."""
    return (part / whole, whole, "") if whole else (None, 0, remark)


def f1(common: int, a: int, b: int) -> float | None:
    """Return F1 of two sets of units from the number in common and their sizes; None if both are empty."""
    return 2 * common / (a + b) if a + b else None


def unit_figures(group: list[Matched], tables: tuple[str, ...]) -> Iterator[Found]:
    """Yield what was found, over all units of some tables and texts."""
    units = [(m, unit) for m in group for table in tables for unit in m.found(table)]
    coders, none = group[0].coders, "no units"
    sets = [{n for n, (_, unit) in enumerate(units) if i in unit} for i in range(len(coders))]
    yield Found("units", len(units), len(units))
    yield Found("units_by_all", sum(len(unit) == len(coders) for _, unit in units), len(units))
    yield Found("units_by_one", sum(len(unit) == 1 for _, unit in units), len(units))
    pairs = []
    for (a, mine), (b, other) in combinations(zip(coders, sets, strict=True), 2):
        pairs.append(f1(len(mine & other), len(mine), len(other)))
        yield Found("f1_pair", pairs[-1], len(mine | other), "" if mine | other else none, f"{a} {b}")
    yield mean("f1_between", pairs, len(units))
    if all(m.published is not None for m in group):
        everything = [(m, unit) for m in group for table in tables for unit in m.units[table]]
        size, scores = sum(m.published in unit for m, unit in everything), []
        for i, coder in enumerate(coders):
            own = len(sets[i])
            right = sum(i in unit and m.published in unit for m, unit in everything)
            scores.append(f1(right, own, size))
            yield Found("precision", *share(right, own, none), coder)
            yield Found("recall", *share(right, size, none), coder)
            yield Found("f1_published", scores[-1], size, "" if own or size else none, coder)
        yield mean("f1_published", scores, size)


def mean(measure: str, scores: list[float | None], n: int) -> Found:
    """Return the mean of the scores that there are."""
    known = [score for score in scores if score is not None]
    return Found(measure, *((sum(known) / len(known), n) if known else (None, n, "no units")))


def span_figures(group: list[Matched], table: str, column: str) -> Iterator[Found]:
    """Yield how alike the spans of matched units, or the words of one verbatim column, are, over pairs of coders."""
    pairs = []
    for m in group:
        for unit in m.found(table):
            rows = [m.row(table, i, key) for i, key in unit.items()]
            pairs += combinations([row.spans.get(column, 0) if column else row.span for row in rows], 2)
    pairs = [(a, b) for a, b in pairs if a or b]
    none = "no pair of coders has such words"
    yield Found("span_exact", *share(sum(a == b for a, b in pairs), len(pairs), none))
    yield Found("span_overlap", *share(sum(dice(a, b) for a, b in pairs), len(pairs), none))


def marked_figure(group: list[Matched], table: str) -> Found:
    """Return |uα of a table, its texts one behind the other; see ``u_alpha``."""
    unitings, length = [0] * len(group[0].coders), 0
    for m in group:
        for i, coded in enumerate(m.coding.passes.values()):
            for row in coded[table].values():
                unitings[i] |= (row.spans.get("name_words", 0) if table == "names" else row.span) << length
        length += m.coding.length + 1  # a gap between two texts, so that no unit goes over it
    value = u_alpha(unitings, length)
    if np.isnan(value):
        return Found("u_alpha", None, length, "nothing, or everything, is marked: undefined")
    return Found("u_alpha", value, length)


def values(m: Matched, table: str, column: str) -> list[list[str]]:
    """Return for each unit that two coders or more found the values that they gave.

    A key stands as the unit that it points to: its published key, or the first coder's with the coder before
    it. A cell left empty is a value of its own.
    """
    names: dict[tuple[int, str], str] = {}
    for unit in m.units[target] if (target := references()[table].get(column)) else []:
        first = min(unit)
        name = unit[m.published] if m.published in unit else f"{m.coders[first]}:{unit[first]}"
        names.update(((i, key), name) for i, key in unit.items())
    found = []
    for unit in m.found(table):
        if len(unit) > 1:
            given = {i: m.row(table, i, key).cells.get(column, "") for i, key in unit.items()}
            found.append([names.get((i, v), v) or EMPTY for i, v in given.items()])
    return found


def column_figures(group: list[Matched], table: str, column: str, order: list[str] | None) -> Iterator[Found]:
    """Yield how alike the values of a coded column are, over pairs of coders.

    ``order`` are the codes of an ordered codelist; there a cell left empty has no place and is left out
    of alpha.
    """
    # Keys of different texts are different things, also where the numbers of their units are the same.
    many = len(group) > 1 and column in references()[table]
    units = [
        [f"{m.coding.text} {v}" if many and v != EMPTY else v for v in unit]
        for m in group
        for unit in values(m, table, column)
    ]
    pairs = Counter(tuple(sorted(pair)) for unit in units for pair in combinations(unit, 2))
    total = sum(pairs.values())
    alike = sum(n for (a, b), n in pairs.items() if a == b)
    filled = sum(any(v != EMPTY for v in unit) for unit in units)
    some = f"filled by some coder in {filled} of {len(units)} units" if filled < len(units) else ""
    yield Found("observed_agreement", alike / total if total else None, len(units), some)
    for (a, b), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0])):
        if a != b:
            yield Found("confusion", n, total, f"{a} / {b}")
    pairable = [[v for v in unit if not order or v != EMPTY] for unit in units]
    pairable = [unit for unit in pairable if len(unit) > 1]
    occurring = {v for unit in pairable for v in unit}
    domain = [c for c in order if c in occurring] if order else sorted(occurring)
    n = len(pairable)
    if len(domain) < 2:
        what = f"only {domain[0]} occurs" if domain else "no unit has two values"
        yield Found("alpha", None, n, f"{what}: alpha is undefined")
    elif n < ENOUGH:
        yield Found("alpha", None, n, f"{n} units are too few for a coefficient")
    else:
        counts = np.array([[unit.count(v) for v in domain] for unit in pairable])
        level = "ordinal" if order else "nominal"
        value = krippendorff.alpha(value_counts=counts, value_domain=np.arange(len(domain)), level_of_measurement=level)
        commonest = int(counts.sum(axis=0).max())
        rest = int(counts.sum()) - commonest
        remark = f"rests on the {rest} of {counts.sum()} values that are not the commonest" if rest < ENOUGH else ""
        yield Found("alpha", float(value), n, remark, "", *alpha_interval(counts, ordinal=bool(order)))


def coded_columns(package: Package, table: str) -> dict[str, list[str] | None]:
    """Return the columns whose values coders choose, each with its codes if they have an order.

    What matching rests on, the ends of a row that joins things, is left out: there coders agree by rule.
    """
    fixed = JOINS[table][0] if table in JOINS else ()
    return {
        column: field["categories"] if field.get("categoriesOrdered") else None
        for column, field in package.fields(table).items()
        if field["provenance"] == "coded" and column not in fixed
    }


def figures(package: Package, all_matched: list[Matched]) -> list[Figure]:
    """Return all figures: for each round those of each text and, if it has several, of all its texts together."""
    out: list[Figure] = []

    def add(place: tuple[str, str, str, str], found: Iterable[Found]) -> None:
        out.extend(Figure(*place, f.coder, f.measure, f.value, f.low, f.high, f.n, f.remark) for f in found)

    rounds: dict[str, list[Matched]] = defaultdict(list)
    for m in all_matched:
        if len(m.coders) > 1:
            rounds[m.coding.round].append(m)
    for name, texts in rounds.items():
        groups = [(m.coding.text, [m]) for m in texts]
        if len(texts) > 1 and len({tuple(m.coders) for m in texts}) == 1:
            groups.insert(0, ("", texts))
        by_words = {m.coding.text: Matched(m.coding, match([*m.coding.passes.values()], None, True)) for m in texts}
        for text, group in groups:
            add((name, text, "", ""), unit_figures(group, TABLES))
            strict = unit_figures([by_words[m.coding.text] for m in group], TABLES)
            add((name, text, "", ""), (f._replace(measure="f1_by_words") for f in strict if f.measure == "f1_between"))
            for table in TABLES:
                add((name, text, table, ""), unit_figures(group, (table,)))
                add((name, text, table, ""), span_figures(group, table, ""))
                add((name, text, table, ""), [marked_figure(group, table)])
                for column, order in coded_columns(package, table).items():
                    add((name, text, table, column), column_figures(group, table, column, order))
                for column, field in package.fields(table).items():
                    if field["provenance"] == "verbatim":
                        add((name, text, table, column), span_figures(group, table, column))
    return out


# --- audit ---

AUDIT = ["table_name", "row_id", "column_name", "value", "verdict", "note"]
VERDICTS = ("carried", "not_carried", "debatable")


def audit_cells(package: Package) -> list[list[str]]:
    """Return every published cell that needs evidence: table, key, column, value."""
    cells = []
    for table in package.tables:
        fields, key = package.fields(table), package.key(table)
        for row in package.read_words(table).to_pylist():
            for column, value in row.items():
                if fields[column]["evidence"] in ("own", "row") and value is not None:
                    cells.append([table, row[key], column, value])
    return sorted(cells)


def audit_figures(root: Path) -> list[Figure]:
    """Return the share of each verdict of the audit with its Wilson interval; nothing if there is no audit.

    Raises PackageError for a cell without a verdict, or with one that is not known.
    """
    path = root / "coding/audit.csv"
    if not path.exists():
        return []
    rows = read_rows(path, "audit")
    for i, row in enumerate(rows, 2):
        if row.get("verdict") not in VERDICTS:
            raise PackageError(
                f"{path}:{i}: {row.get('row_id')} {row.get('column_name')}: the verdict is {row.get('verdict')!r}; "
                f"expected one of {', '.join(VERDICTS)}. Judge the cell."
            )
    counts, n = Counter(row["verdict"] for row in rows), len(rows)
    return [
        Figure("audit", "", "", "", "", verdict, *proportion(counts[verdict], n), n, f"{counts[verdict]} of {n} cells")
        for verdict in VERDICTS
        if n
    ]


def omission_figures(root: Path) -> list[Figure]:
    """Return recall, of cells and of rows, by two readers who were asked for what is missing (omissions.csv).

    Recall is filled / (filled + found due by both), with its Wilson interval, of the tables of 1.0.0, which they read:
    of cells those that coders fill, of rows those of the tables that coders fill.
    """
    path = root / "coding/omissions.csv"
    if not (path.exists() and (root / "releases/1.0.0").exists()):
        return []
    package, rows = Package(root / "releases/1.0.0"), read_rows(path, "omissions")
    tables = [t for t in package.tables if any(f["evidence"] == "row" for f in package.fields(t).values())]
    coded = {t: [c for c, f in package.fields(t).items() if f["provenance"] in ("coded", "verbatim")] for t in tables}
    there = {
        "recall_of_cells": sum(
            len(package.read_words(t)) - package.read_words(t)[c].null_count for t in tables for c in coded[t]
        ),
        "recall_of_rows": sum(len(package.read_words(t)) for t in tables),
    }
    found = []
    for measure, filled in there.items():
        asked = [r for r in rows if bool(r["column_name"]) == (measure == "recall_of_cells")]
        due = sum(r["reader_1"] == r["reader_2"] == "due" for r in asked)
        one = sum("due" in (r["reader_1"], r["reader_2"]) for r in asked) - due
        remark = f"{filled} there, {due} found due by both readers, {one} by one of them"
        found.append(
            Figure("omissions", "", "", "", "", measure, *proportion(filled, filled + due), filled + due, remark)
        )
    return found


def compute(root: Path) -> tuple[list[Matched], list[Figure]]:
    """Return the matched codings and all figures of a package, those of the audits last."""
    all_matched = [matched(coding) for coding in read_codings(root)]
    return all_matched, [*figures(Package(root), all_matched), *audit_figures(root), *omission_figures(root)]
