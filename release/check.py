"""``make package``: build what is handed on, check it, install it in fresh environments and try it.

Each Python that textrnn supports is tried where this machine has it; those that it does not have
are named. The source distribution must build the wheel, and its tests must be found from there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from pythons import find_python

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SUPPORTED = ("3.10", "3.11", "3.12", "3.13")


def main() -> int:
    """Return 1 where something is wrong, else 0."""
    shutil.rmtree(DIST, ignore_errors=True)
    # Without further arguments the wheel is built from the source distribution, as others will.
    run(sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT))
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    run(sys.executable, "-m", "twine", "check", "--strict", str(sdist), str(wheel))
    collected = collect_tests(sdist)
    print(f"{sdist.name}: {megabytes(sdist)}, {collected}")
    print(f"{wheel.name}: {megabytes(wheel)}")
    wrong = False
    for version in SUPPORTED:
        told = try_wheel(wheel, version)
        wrong |= told.startswith("failed")
        print(f"Python {version}: {told}", flush=True)
    return int(wrong)


def collect_tests(sdist: Path) -> str:
    """Unpack the source distribution, have pytest look for its tests, and say how many it has."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
        (root,) = Path(folder).iterdir()
        call = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
        done = subprocess.run(call, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the tests of {sdist.name} are not found:\n{done.stdout}{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def try_wheel(wheel: Path, version: str) -> str:
    """Install the wheel for a Python in a fresh environment, and ask every model."""
    python = find_python(version)
    if python is None:
        return "not on this machine, NOT TESTED"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "env" / "bin" / "python"
        here = Path(folder) / "here"
        here.mkdir()
        steps = (
            [python, "-m", "venv", str(fresh.parents[1])],
            [str(fresh), "-m", "pip", "install", "--quiet", str(wheel)],
            [str(fresh), "-m", "pip", "check"],
            [str(fresh), "-I", str(Path(__file__).with_name("smoke.py"))],
        )
        for step in steps:
            done = subprocess.run(step, cwd=here, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                return f"failed at {' '.join(step[1:3])}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def megabytes(path: Path) -> str:
    """The size of a file."""
    return f"{path.stat().st_size / 1e6:.1f} MB"


def run(*call: str) -> None:
    """Run a step that must succeed."""
    if subprocess.run(call, check=False).returncode != 0:
        raise SystemExit(f"failed: {' '.join(call)}")


if __name__ == "__main__":
    sys.exit(main())
