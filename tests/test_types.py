"""A user's script, as type checkers read it beside the installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tests" / "typing" / "users_script.py"


def test_mypy_finds_nothing_wrong_with_a_user_s_script(tmp_path: Path) -> None:
    """The folders lie as a wheel has them; other packages are those of this process."""
    venv.create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    ignored = shutil.ignore_patterns("models", "__pycache__")
    shutil.copytree(ROOT / "textrnn", site / "textrnn", ignore=ignored)
    for folder in ("corpora", "embeddings", "cli"):
        shutil.copytree(ROOT / folder, site / "textrnn" / folder, ignore=ignored)
    others = [path for path in sys.path if "site-packages" in path]
    (site / "others.pth").write_text("\n".join(others), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python),
         "--cache-dir", str(tmp_path / "cache"), str(SCRIPT)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "Success: no issues found in 1 source file\n", done.stdout + done.stderr
