"""The Python in README.md and docs/ runs as it is printed.

That of the pages called first-model.md and of docs/experimenting.md, which goes on from their
commands, runs in tests/docs.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from made_up import made_up_reviews

ROOT = Path(__file__).parents[1]
_BLOCKS = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = {
    path.relative_to(ROOT).as_posix(): blocks
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if path.name not in ("first-model.md", "experimenting.md")
    and (blocks := _BLOCKS.findall(path.read_text("utf-8")))
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what stands for the user's own files."""
    (tmp_path / "reviews.txt").write_text("A joy.\nTwo hours I want back.\n", "utf-8")
    words = ["frog", "toad", "man", "woman", "king", "queen", "the"]
    vectors = "".join(f"{word} {n} {n * n % 5} {n % 3}\n" for n, word in enumerate(words, 1))
    (tmp_path / "glove.6B.100d.txt").write_text(vectors, "utf-8")
    with zipfile.ZipFile(tmp_path / "glove.6B.zip", "w") as packed:
        packed.writestr("glove.6B.100d.txt", vectors)
    rows = "".join(f'"{review.text}",{review.label}\n' for review in made_up_reviews(24))
    (tmp_path / "tickets.csv").write_text(f"body,queue\n{rows}", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.train
@pytest.mark.parametrize("page", PAGES)
def test_python_runs_as_printed(page: str, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, block in enumerate(PAGES[page], 1):
        exec(compile(block, f"{page}, block {number}", "exec"), names)
    if page == "README.md":
        assert names["tagged"].entities[0].text == "Ada Lovelace"
        assert names["model"].labels == ("negative", "positive")
        assert (folder / "models" / "tickets" / "bundle.json").exists()
