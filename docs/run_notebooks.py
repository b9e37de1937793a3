"""Run the notebooks of docs/notebooks and keep what they show: python docs/run_notebooks.py [NAME…]

What differs from one run to the next, as times and the version of Python, is not kept.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import CoalesceStreamsPreprocessor, ExecutePreprocessor

FOLDER = Path(__file__).parent / "notebooks"
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(notebook: Any, folder: Path) -> Any:
    """A notebook with what its cells show when they run in a folder."""
    ran = deepcopy(notebook)
    runner = ExecutePreprocessor(timeout=300, kernel_name="python3", record_timing=False)
    runner.preprocess(ran, {"metadata": {"path": str(folder)}})
    # What a cell prints comes in as many pieces as the kernel's timing has it.
    CoalesceStreamsPreprocessor().preprocess(ran, {})
    for cell in ran.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = {}
            if "image/png" in output.get("data", {}):
                output.data.pop("text/plain", None)  # the size of the picture
    ran.metadata = _METADATA
    return ran


def main() -> None:
    """Run those that are named, or all."""
    for name in sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.ipynb")):
        path = FOLDER / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(executed(notebook, FOLDER), path)


if __name__ == "__main__":
    main()
