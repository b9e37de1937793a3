"""Notebooks as pages: their texts, their code, and what it showed when they were run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def notebook_page(path: Path) -> str:
    """The Markdown of a notebook."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n\n".join(part for cell in cells for part in _cell(cell)) + "\n"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"]).strip()
    if cell["cell_type"] != "code":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        yield _shown(output)


def _shown(output: dict[str, Any]) -> str:
    """What a cell printed, drew or gave."""
    data = output.get("data", {})
    if "image/png" in data:
        packed = "".join(data["image/png"]).replace("\n", "")
        return f'<img alt="" src="data:image/png;base64,{packed}">'
    if "image/svg+xml" in data:
        return "<div>" + "".join("".join(data["image/svg+xml"]).split("?>")[-1]) + "</div>"
    if "text/html" in data:
        html = "".join(data["text/html"])
        return "<div>" + "\n".join(line for line in html.splitlines() if line.strip()) + "</div>"
    text = "".join(output.get("text", data.get("text/plain", ""))).rstrip()
    return f"```text\n{text}\n```"
