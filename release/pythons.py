"""The Pythons of this machine, by version: on the path, of uv and of pyenv."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


def find_python(version: str) -> str | None:
    """A Python of a version, as ``3.12``, that runs and can make environments; None without one."""
    asked = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    for path in _candidates(version):
        if _says(path, "-c", asked) == version:
            return path
    return None


def _candidates(version: str) -> Iterator[str]:
    if path := shutil.which(f"python{version}"):
        yield path
    if (uv := shutil.which("uv")) and (path := _says(uv, "python", "find", "--offline", version)):
        yield path
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(root.glob(f"versions/{version}.*/bin/python")))


def _says(*call: str) -> str:
    """What a program prints; nothing where it fails."""
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
