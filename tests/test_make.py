"""make says what is missing, what it can do, and where the environment comes from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("missing", ["venv", "old python"])
def test_make_says_what_is_missing(missing: str, tmp_path: Path) -> None:
    """Without the venv module, or with too old a Python, make stops with a line that says what to do."""
    code = "3" if missing == "venv" else "1"
    fake = tmp_path / "python"
    # Stands for a python that fails at `import ensurepip, venv`, or at the question of its version.
    fake.write_text(
        f'#!/bin/sh\ncase "$2" in *ensurepip*) exit {code};; *version_info*) exit {0 if missing == "venv" else 1};; esac\n'
    )
    fake.chmod(0o755)
    for name in ("Makefile", "requirements/maintainers.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(["make", f"PYTHON={fake}"], cwd=tmp_path, capture_output=True, text=True)
    expected = "apt install python3-venv" if missing == "venv" else "Python 3.11 or later"
    assert done.returncode != 0 and expected in done.stdout
    assert not (tmp_path / ".venv").exists()


def test_help_lists_every_target() -> None:
    """`make help` has a line for each target that is no file, with what it does."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    printed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split(None, 1)[0] for line in printed.splitlines()] == targets
    assert all(len(line.split(None, 1)[1]) > 5 for line in printed.splitlines())
