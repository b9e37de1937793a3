"""Sites of models that answer in the browser: exported by the command, served by a plain server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from calling import textrnn_in
from in_node import RUNTIME


class _Quiet(SimpleHTTPRequestHandler):
    """A plain file server that writes no lines."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def served_folder(folder: Path) -> Iterator[str]:
    """The address of a folder, while it is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def exported(folder: Path, *models: object, out: str = "site", runtime: object = RUNTIME) -> str:
    """What a call says, on standard error."""
    call = ("export", "web", *map(str, models), "--out", out, "--runtime", str(runtime))
    return textrnn_in(folder, *call).stderr
