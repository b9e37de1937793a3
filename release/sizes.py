"""Measure what textrnn takes on disk: a fresh environment for the core, and one for each extra.

    python release/sizes.py dist/textrnn-*.whl

What pip and the empty environment take is left out. A row a size, as docs/installing.md has them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path


def main(wheel: Path) -> None:
    """Print the table."""
    extras = metadata.metadata("textrnn").get_all("Provides-Extra", [])
    print("| installed | MB on disk | packages |\n| --- | ---: | ---: |")
    for extra in ("", *(extra for extra in extras if extra not in ("dev", "docs", "all"))):
        wanted = f"{wheel.resolve()}[{extra}]" if extra else str(wheel.resolve())
        megabytes, packages = measured(wanted)
        print(f"| {extra or 'the core'} | {megabytes:,.0f} | {packages} |", flush=True)


def measured(wanted: str) -> tuple[float, int]:
    """How many megabytes, and how many packages, come with what pip is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        empty, before = size(folder), packages(folder)
        python = Path(folder) / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "-q", "--no-compile", wanted]
        subprocess.run(install, check=True)
        return (size(folder) - empty) / 1e6, packages(folder) - before


def size(folder: str) -> int:
    """The bytes of all files below a folder."""
    return sum(path.lstat().st_size for path in Path(folder).rglob("*") if not path.is_symlink())


def packages(folder: str) -> int:
    """How many distributions an environment has."""
    return len(list(Path(folder).rglob("*.dist-info")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
