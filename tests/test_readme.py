"""The README's Python examples run, and print what the README says that they print.

They are read from the file as doctests, to the letter, on the newest pandas.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"


def test_examples_run() -> None:
    """All examples in one session, from top to bottom, as a reader would type them."""
    code = "\n".join(re.findall(r"```pycon\n(.*?)```", README.read_text("utf-8"), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, "README.md", str(README), 0)
    assert len(test.examples) > 5
    out: list[str] = []
    result = doctest.DocTestRunner().run(test, out=out.append)
    assert result.failed == 0, "".join(out)


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/guide.md", "docs/dataset-card.md", "docs/worked-example.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link of a page names a file that is there."""
    path = README.parent / page
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8"))
    assert links and [link for link in links if not (path.parent / link).exists()] == []


def test_it_is_short() -> None:
    """Who comes for the first time reads it to the end."""
    assert len(README.read_text("utf-8").split()) <= 1000
