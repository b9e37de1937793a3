"""The page of the service, at ``/``: its files, as they were when the service began."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from textrnn.serving.page import FIRST, KINDS, page_files

# Scripts and styles are files of its own, and it asks nobody but the service.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_routes() -> list[Route]:
    """A route for each file of the page."""
    return [
        Route(
            "/" if path == FIRST else f"/{path}",
            partial(_file, KINDS[PurePath(path).suffix], content),
        )
        for path, content in page_files().items()
    ]


async def _file(kind: str, content: bytes, request: Request) -> Response:
    return Response(content, headers={**_HEADERS, "Content-Type": kind})
