"""The page of a service, as a browser reads it: HTML, style, ES modules, nothing to build.

Its modules ask models by ``client.js`` alone; whoever puts another one in its place has the same
page over something else than a service.
"""

from __future__ import annotations

from pathlib import Path

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
}
FIRST = "index.html"


def page_files() -> dict[str, bytes]:
    """The files of the page by their paths below it, as ``tabs/tag.js``; all are of KINDS."""
    folder = Path(__file__).parent
    paths = sorted(path for path in folder.rglob("*") if path.suffix in KINDS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
