"""What several tests share: the made-up package, and the coded text where it may be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("NAQOURA_TALKS_CI"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the browser, which `make test` leaves to `make test-page`, and those that use the text."""
    for item in items:
        for fixture, marker in (("in_browser", "browser"), ("coded_text", "text")):
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.fixture(scope="session")
def whole_made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up package, built; tests must not change it."""
    import made_up
    from scripts.build import command as build

    root = made_up.make(tmp_path_factory.mktemp("made-up") / "package")
    build.build(root)
    return root


@pytest.fixture
def made_up_root(whole_made_up: Path, tmp_path: Path) -> Path:
    """A copy of the made-up package, to be broken."""
    root = tmp_path / "package"
    shutil.copytree(whole_made_up, root)
    return root


@pytest.fixture(scope="session")
def coded_text() -> str:
    """The text of the coded report; the tests that need it are skipped where it is not given."""
    path = os.environ.get("NAQOURA_TALKS_TEXT")
    if not path or not Path(path).is_file():
        message = "needs the coded text, which is under copyright: set NAQOURA_TALKS_TEXT to a file with it"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return Path(path).read_text(encoding="utf-8")


def missing(what: str) -> None:
    """Skip a test for want of what is missing; in CI, where nothing may be, fail it."""
    (pytest.fail if IN_CI else pytest.skip)(what)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree as it is, committed in a repository of its own; tests must not change it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("a release is made from a git checkout, and this is none")
    root = tmp_path_factory.mktemp("checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    commit(root)
    return root


def commit(root: Path) -> None:
    """Commit all that is in a repository of the tests."""
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)
    subprocess.run(["git", *who, "commit", "--quiet", "--message", "Everything"], cwd=root, check=True)


def make_release(root: Path, out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the checkout's own release script on it."""
    env = os.environ | {"PYTHONPATH": str(root / "src")} | environment
    command = [sys.executable, "-m", "scripts.release", "--draft", "--out", str(out)]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)


@pytest.fixture(scope="session")
def released(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of the working tree; tests must not change it."""
    out = tmp_path_factory.mktemp("release") / "dist"
    done = make_release(checkout, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def python_of(environment: str) -> Path:
    """Return the python of an environment of `make environments`; skip the test where it is not there, in CI fail it."""
    python = ROOT / f".venv-{environment}/bin/python"
    if not python.exists():
        missing(f".venv-{environment} is not there: make environments")
    return python
