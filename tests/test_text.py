"""The laws of the canonical text, on any text: offsets and digests stand on them.

Examples are our own; hypothesis looks for texts that break a law.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naqoura_talks.text import canonicalise, digest, find, fold, sentences

# Characters that cleaning and folding are about, among all others.
AWKWARD = "\u00a0\u00ad\u200b\ufeff\r\n\t\u2028\u2019\u201c\u201d\u2013\u2014e\u0301 .\u202f'\"- "
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(AWKWARD), st.characters(exclude_categories=["Cs"])))


@given(TEXTS)
def test_canonicalise_is_idempotent(text: str) -> None:
    """Doing it twice changes nothing, so it does not matter who did it before."""
    once = canonicalise(text)
    assert canonicalise(once) == once


@given(TEXTS)
def test_canonical_form(text: str) -> None:
    """NFC, no blank lines, no space at the edges of lines or doubled, no dropped characters."""
    once = canonicalise(text)
    assert unicodedata.is_normalized("NFC", once)
    assert not re.search(r"\A\n|\n\n|\n\Z|^ | $|  |[\r\t\u00a0\u00ad\ufeff\u2028]", once, re.MULTILINE)


@given(TEXTS)
def test_fold_keeps_length_and_is_idempotent(text: str) -> None:
    """Offsets into the text are offsets into its folded form."""
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(TEXTS, st.data())
def test_a_span_is_always_found_again(text: str, data: st.DataObject) -> None:
    """Any words of a text, from word edge to word edge, are found where they stand."""
    text = canonicalise(text)
    words = list(re.finditer(r"\w+", text))
    if not words:
        return
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    span = words[first].start(), words[last].end()
    assert span in find(text, text[slice(*span)])


@given(TEXTS)
def test_sentences_cover_the_text(text: str) -> None:
    """Sentences lie in order, one character apart, and leave no word out."""
    text = canonicalise(text)
    spans = [(start, end) for _, _, start, end in sentences(text)]
    assert "".join(text[s:e] for s, e in spans) == re.sub(r"\n", "", "".join(text[s:e] for s, e in spans))
    if text:
        assert spans[0][0] == 0 and spans[-1][1] == len(text)
        assert all(b[0] == a[1] + 1 for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("One\r\n\r\nTwo\u2029Three", "One\nTwo\nThree"),
        ("  soft\u00adhyphen\u00a0and  \tspaces ", "softhyphen and spaces"),
        ("\ufeffcafe\u0301", "caf\u00e9"),
        ("e\u00ad\u0301", "\u00e9"),
        ("", ""),
        ("\n \n", ""),
    ],
)
def test_canonicalise_examples(raw: str, canonical: str) -> None:
    """What copies of one text differ in is gone."""
    assert canonicalise(raw) == canonical


def test_digest_does_not_see_typography() -> None:
    """Curly and straight quotes, dashes and odd spaces give one digest; letters give another."""
    assert digest("\u201cNew\u201d \u2013 it\u2019s") == digest('"New" - it\'s')
    assert digest("New") != digest("new")
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_find_respects_word_edges_and_bounds() -> None:
    """A name is not found inside a longer word, nor outside the part that is asked for."""
    text = "State and statement. The state's \u201cstate\u201d."
    assert find(text, "state") == [(25, 30), (34, 39)]
    assert find(text, "state", 26) == [(34, 39)]
    assert find(text, "state", 0, 30) == [(25, 30)]
    assert find(text, "the state's") == []
    assert find(text, 'The state\u2019s "state"') == [(21, 40)]
    assert find(text, " ") == [] and find("", "x") == []


def test_sentences_example() -> None:
    """A closing quotation mark belongs to its sentence; a comma inside one ends nothing."""
    text = "He said \u201cno.\u201d \u201cNever,\u201d she said. Then?\nA new paragraph"
    found = [(p, s, text[a:b]) for p, s, a, b in sentences(text)]
    assert found == [
        (1, 1, "He said \u201cno.\u201d"),
        (1, 2, "\u201cNever,\u201d she said."),
        (1, 3, "Then?"),
        (2, 1, "A new paragraph"),
    ]
