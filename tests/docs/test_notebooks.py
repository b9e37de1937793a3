"""The notebooks of docs/notebooks run from the first cell to the last, and are kept as they ran."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import nbformat
import pytest

DOCS = Path(__file__).parents[2] / "docs"
RUN = runpy.run_path(str(DOCS / "run_notebooks.py"))
NOTEBOOKS = ("sentiment", "names", "verse", "series")
_MOST_BYTES = 150_000


def kinds_of_outputs(notebook: Any) -> list[list[tuple[str, ...]]]:
    """What each cell shows: text of which stream, or data of which kinds."""
    return [
        [
            (output["output_type"], output.get("name", ""), *sorted(output.get("data", {})))
            for output in cell.get("outputs", ())
        ]
        for cell in notebook.cells
    ]


def test_all_of_them_are_tested() -> None:
    assert {path.stem for path in (DOCS / "notebooks").glob("*.ipynb")} == set(NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_shows_what_is_kept(name: str, tmp_path: Path) -> None:
    shutil.copytree(DOCS / "samples", tmp_path / "samples")
    (tmp_path / "notebooks").mkdir()
    kept = nbformat.read(DOCS / "notebooks" / f"{name}.ipynb", as_version=4)
    ran = RUN["executed"](kept, tmp_path / "notebooks")
    assert kinds_of_outputs(ran) == kinds_of_outputs(kept)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_is_kept_is_small_and_nobodys_own(name: str) -> None:
    path = DOCS / "notebooks" / f"{name}.ipynb"
    text = path.read_text("utf-8")
    assert len(text) < _MOST_BYTES
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.keys() == {"kernelspec", "language_info"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not any(cell.metadata for cell in notebook.cells)
    outputs = [output for cell in code for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert {output.output_type for output in outputs} <= {"stream", "display_data"}
    assert all(output.get("name") != "stderr" for output in outputs)
    shown = "".join(output.get("text", "") for output in outputs)
    assert not any(str(place) in shown for place in (Path.home(), gettempdir(), DOCS.parent))
    assert "## Exercise" in notebook.cells[-1].source
