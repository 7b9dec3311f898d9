"""The build gives the same bytes anywhere, and what stops it leaves no torn file and nothing that the next does not mend.

Determinism is asked of fresh products: each copy of the package has none when its build begins. What
stops a build is real: it is killed, the file system refuses to write, another build is at work.
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


def start(root: Path, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start the build of a package in a process of its own."""
    return python("-m", "scripts.build", "--root", root, before=before)


# --- the same bytes ---


def bare(root: Path) -> None:
    """Take everything that is generated out of a copy of the package."""
    for name in products.products(ROOT):
        path = root / name
        data = path.read_bytes()
        if b": generated -->" in data and path.suffix == ".md":
            # What the judges said is the one block that the build does not make.
            path.write_bytes(re.sub(rb"((?<!judges): generated -->\n).*?(<!-- /)", rb"\1\2", data, flags=re.DOTALL))
        elif name == "datapackage.json":
            edit_json(root, name, lambda d: [r.pop(f) for r in d["resources"] for f in ("bytes", "hash", "rows")])
        else:
            path.unlink()


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


def test_same_bytes_elsewhere(tmp_path: Path) -> None:
    """Another folder, time zone, locale, hash seed, umask, number of processors and order of files: the same bytes."""
    places = {
        "a": (("1", "022", "0"), {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}),
        "another folder/ü": (("64", "077", "1"), {"TZ": "America/Adak", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "99"}),
    }
    built, running = {}, []
    for name, (args, environment) in places.items():
        root = mutants.copied(ROOT, str(tmp_path / name))
        bare(root)
        running.append(python("-c", ELSEWHERE, root, *args, **environment))
    for process in running:
        printed, _ = process.communicate()
        assert process.returncode == 0, printed
    for name in places:
        root = tmp_path / name / "package"
        built[name] = {p: products.sha256((root / p).read_bytes()) for p in products.products(root)}
    expected = {p: products.sha256((ROOT / p).read_bytes()) for p in products.products(ROOT)}
    assert all(digests == expected for digests in built.values())


# --- what stops a build ---


@pytest.fixture
def unbuilt(tmp_path: Path) -> Path:
    """The made-up package before its first build: every product is still to be made."""
    return made_up.make(tmp_path / "package")


def whole(root: Path) -> dict[str, bytes]:
    """Return the files of a package as an undisturbed build makes them."""
    copy = root.parent / "undisturbed"
    shutil.copytree(root, copy)
    process = start(copy)
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    return content(copy)


def assert_mended(root: Path, expected: dict[str, bytes], before: dict[str, bytes]) -> None:
    """Nothing is torn: each file is as before or as built; and the next build gives what an undisturbed one gives."""
    for path, data in content(root).items():
        assert path.endswith(".part") or data in (before.get(path), expected.get(path)), path
    printed, _ = (process := start(root)).communicate()
    assert process.returncode == 0, printed
    assert content(root) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_killed(seed: int, unbuilt: Path, tmp_path: Path) -> None:
    """Killed in the middle of writing, renaming or removing: no torn file, and the next build mends it."""
    (tmp_path / "killed").mkdir()
    builds = 25 if IN_CI else 3
    process = python(ROOT / "tests/killed_builds.py", unbuilt, tmp_path / "killed", str(builds), str(seed))
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    lines = printed.splitlines()
    assert len(lines) == builds and sum(": killed" in line for line in lines) > builds / 2, printed


def test_disk_full(unbuilt: Path) -> None:
    """A file that the system refuses to write whole is told; nothing is left of it, and the next build mends it."""
    before, expected = content(unbuilt), whole(unbuilt)
    limited = "import resource, sys, build; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
    process = python("-c", limited + "sys.exit(build.main(sys.argv[1:]))", "--root", unbuilt)
    printed, _ = process.communicate()
    assert process.returncode == 1 and "cannot be written: File too large" in printed, printed
    assert "Traceback" not in printed and not list(unbuilt.rglob("*.part"))
    assert_mended(unbuilt, expected, before)


def test_disk_really_full(unbuilt: Path, tmp_path: Path) -> None:
    """On a file system without room the build says so; with room again it goes on."""
    expected, disk = whole(unbuilt), tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        root = disk / "package"
        shutil.copytree(unbuilt, root)
        room = shutil.disk_usage(disk).free
        before = content(root)
        (disk / "filler").write_bytes(b"x" * (room - 40_000))
        process = start(root)
        printed, _ = process.communicate()
        assert process.returncode == 1 and "No space left on device" in printed, printed
        assert "Traceback" not in printed and not list(root.rglob("*.part"))
        (disk / "filler").unlink()
        assert_mended(root, expected, before)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_two_at_once(unbuilt: Path) -> None:
    """Of four builds at once each ends well, and the files are those of one build."""
    expected = whole(unbuilt)
    running = [start(unbuilt) for _ in range(4)]
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4, printed
    assert sum("Nothing has changed" in p for p in printed) == 3
    assert content(unbuilt) == expected


def test_second_build_says_that_it_waits(unbuilt: Path) -> None:
    """While another build holds the folder, a build waits and says so; then it goes on."""
    with build.alone(unbuilt):
        process = start(unbuilt)
        assert process.stdout is not None
        assert "Another build of this folder is running" in process.stdout.readline()
        assert not (unbuilt / "CODEBOOK.md").exists()
    printed, _ = process.communicate()
    assert process.returncode == 0, printed


def test_read_only(unbuilt: Path) -> None:
    """In folders that cannot be written the build says which file, leaves nothing torn, and goes on when it can."""
    # Root writes anywhere, unless it gives that power away.
    powerless = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    if powerless and subprocess.run([*powerless, "true"], capture_output=True).returncode:
        pytest.skip("runs as root, and setpriv cannot take root's power to write anywhere")
    before, expected = content(unbuilt), whole(unbuilt)
    (unbuilt / ".cache").mkdir()
    for closed in (unbuilt / "data", unbuilt / ".cache"):
        closed.chmod(0o555)
        printed, _ = (process := start(unbuilt, before=powerless)).communicate()
        closed.chmod(0o755)
        assert process.returncode == 1 and "cannot be written: Permission denied" in printed, printed
        assert "Traceback" not in printed and not list(unbuilt.rglob("*.part"))
    assert_mended(unbuilt, expected, before)
