"""The README's Python examples run, and print what the README says that they print.

They are read from the file as doctests, to the letter, on the newest pandas.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_examples_run() -> None:
    """All examples in one session, from top to bottom, as a reader would type them."""
    code = "\n".join(re.findall(r"```pycon\n(.*?)```", README.read_text("utf-8"), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, "README.md", str(README), 0)
    assert len(test.examples) > 5
    out: list[str] = []
    result = doctest.DocTestRunner().run(test, out=out.append)
    assert result.failed == 0, "".join(out)


def test_links_lead_somewhere() -> None:
    """Every relative link of the README names a file that is there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text("utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
