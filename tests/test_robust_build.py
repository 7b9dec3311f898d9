"""The build gives the same bytes anywhere, and what stops it leaves no torn file and nothing that the next does not complete.

Determinism is asked of fresh products: each copy of the package has none when its build begins. What
stops a build is real: it is killed, or the file system refuses to write.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import made_up
from conftest import IN_CI
from killed_builds import content
from made_up import edit_json
from scripts.build import command as build
from scripts.build import products
from scripts.trials import mutants

ROOT = Path(__file__).resolve().parent.parent


def python(*args: str | Path, before: tuple[str, ...] = (), **environment: str) -> subprocess.Popen[str]:
    """Start a Python that can import the scripts, without the coded text."""
    env = {k: v for k, v in os.environ.items() if k != "NAQOURA_TALKS_TEXT"}
    env |= {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])} | environment
    command = [*before, sys.executable, *map(str, args)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


# --- the same bytes ---


@pytest.fixture(scope="module")
def generated() -> dict[str, bytes]:
    """The generated files of the package, by path."""
    return products.products(ROOT)


def test_generated_files_are_up_to_date(generated: dict[str, bytes]) -> None:
    """What is committed is what the build makes from what is committed."""
    assert products.stale(ROOT, generated) == []


def bare(folder: Path, generated: dict[str, bytes]) -> Path:
    """Return a copy of the package without what is generated."""
    root = mutants.copied(ROOT, str(folder))
    for name in generated:
        path = root / name
        data = path.read_bytes()
        if b": generated -->" in data and path.suffix == ".md":
            # What the judges said is the one block that the build does not make.
            path.write_bytes(re.sub(rb"((?<!judges): generated -->\n).*?(<!-- /)", rb"\1\2", data, flags=re.DOTALL))
        elif name == "datapackage.json":
            edit_json(root, name, lambda d: [r.pop(f) for r in d["resources"] for f in ("bytes", "hash", "rows")])
        else:
            path.unlink()
    return root


# Build with folders read backwards, on so many processors, with this umask.
ELSEWHERE = """
import os, sys
scandir, listdir = os.scandir, os.listdir
class Backwards:
    def __init__(self, *args):
        self.entries = iter(sorted(scandir(*args), key=lambda e: e.name, reverse=bool(int(sys.argv[4]))))
    def __iter__(self): return self.entries
    def __next__(self): return next(self.entries)
    def __enter__(self): return self
    def __exit__(self, *args): pass
    def close(self): pass
os.scandir = Backwards
os.listdir = lambda *args: sorted(listdir(*args), reverse=bool(int(sys.argv[4])))
cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
if cpus: os.sched_setaffinity(0, cpus[: int(sys.argv[2])])
os.umask(int(sys.argv[3], 8))
import pathlib, pyarrow
from scripts.build import command as build
pyarrow.set_cpu_count(int(sys.argv[2]))
build.build(pathlib.Path(sys.argv[1]))
"""


def test_same_bytes_elsewhere(tmp_path: Path, generated: dict[str, bytes]) -> None:
    """Another folder, time zone, locale, hash seed, umask, number of processors and order of files: the same bytes."""
    places = {
        "a": (("1", "022", "0"), {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
        "another folder/ü": (("64", "077", "1"), {"TZ": "America/Adak", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "99"}),
    }
    running = {}
    for name, (args, environment) in places.items():
        root = bare(tmp_path / name, generated)
        running[root] = python("-c", ELSEWHERE, root, *args, **environment)
    for root, process in running.items():
        printed, _ = process.communicate()
        assert process.returncode == 0, printed
        assert products.stale(root, generated) == []


# --- what stops a build ---


@pytest.fixture
def unbuilt(tmp_path: Path) -> Path:
    """The made-up package before its first build: every product is still to be made."""
    return made_up.make(tmp_path / "package")


# The build of a package whose sources are known to be good, with files of at most so many bytes.
BUILD = """
import resource, sys
from scripts.build import command
command.check.source_problems = lambda root, texts: []
if int(sys.argv[2]): resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
sys.exit(command.main(["--root", sys.argv[1]]))
"""


def stopped(root: Path, expected: str, limit: int = 0, before: tuple[str, ...] = ()) -> None:
    """Run a build that is stopped: it says why, and leaves nothing beside its files."""
    process = python("-c", BUILD, root, str(limit), before=before)
    printed, _ = process.communicate()
    assert process.returncode == 1 and expected in printed, printed
    assert "Traceback" not in printed and not list(root.rglob("*.part"))


def assert_completed(root: Path, made: Path, before: dict[str, bytes]) -> None:
    """Nothing is torn: each file is as before or as built; and the next build gives what an undisturbed one gives."""
    expected = content(made)
    assert [p for p, data in content(root).items() if data not in (before.get(p), expected.get(p))] == []
    build.build(root)
    assert content(root) == expected


def test_killed(unbuilt: Path, tmp_path: Path) -> None:
    """Killed in the middle of writing or renaming: no torn file, and the next build completes it."""
    (tmp_path / "killed").mkdir()
    builds = 50 if IN_CI else 6
    process = python(ROOT / "tests/killed_builds.py", unbuilt, tmp_path / "killed", str(builds), "1")
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    lines = printed.splitlines()
    assert len(lines) == builds and sum(": killed" in line for line in lines) > builds / 2, printed


def test_disk_full(unbuilt: Path, whole_made_up: Path) -> None:
    """A file that the system refuses to write whole is told; nothing is left of it, and the next build completes it."""
    before = content(unbuilt)
    stopped(unbuilt, "cannot be written: File too large", limit=4096)
    assert_completed(unbuilt, whole_made_up, before)


def test_disk_really_full(unbuilt: Path, whole_made_up: Path, tmp_path: Path) -> None:
    """On a file system without room the build says so; with room again it goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        root = disk / "package"
        shutil.copytree(unbuilt, root)
        before = content(root)
        (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - 40_000))
        stopped(root, "No space left on device")
        (disk / "filler").unlink()
        assert_completed(root, whole_made_up, before)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_read_only(unbuilt: Path, whole_made_up: Path) -> None:
    """In a folder that cannot be written the build says which file, leaves nothing torn, and goes on when it can."""
    # Root writes anywhere, unless it gives that power away.
    powerless = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    if powerless and subprocess.run([*powerless, "true"], capture_output=True).returncode:
        pytest.skip("runs as root, and setpriv cannot take root's power to write anywhere")
    before, closed = content(unbuilt), unbuilt / "data"
    closed.chmod(0o555)
    stopped(unbuilt, "cannot be written: Permission denied", before=powerless)
    closed.chmod(0o755)
    assert_completed(unbuilt, whole_made_up, before)
