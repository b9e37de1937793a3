"""The server: where the application listens, and how it ends."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import uvicorn

from textrnn.errors import ConfigurationError
from textrnn.serving.http.app import make_app
from textrnn.serving.http.limits import Limits
from textrnn.serving.http.models import Service, load_models

_BACKLOG = 2048  # connections that nobody has accepted yet


@dataclass(frozen=True)
class ServerSettings:
    """What is served, and where.

    Attributes:
        models: names or paths; none: those that ship.
        host: the address to listen at.
        port: 0 for a free one.
        threads: for each model.
        limits: of requests.
    """

    models: Sequence[str] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int | None = None
    limits: Limits = field(default_factory=Limits)


class Server:
    """Models, loaded, and a socket at which they can be asked.

    Args:
        settings: what is served, and where.

    Attributes:
        address: its URL.
        is_local: whether it can be reached from this machine alone.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: it cannot listen there.
    """

    def __init__(self, settings: ServerSettings) -> None:
        heads = load_models(settings.models, threads=settings.threads)
        self._socket = _listen(settings.host, settings.port)
        self.address, self.is_local = _address(self._socket)
        self._server = uvicorn.Server(
            uvicorn.Config(
                make_app(Service(heads, settings.limits)),
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=_BACKLOG,
                limit_concurrency=settings.limits.connections,
            )
        )

    def run(self) -> None:
        """Serve until :meth:`stop`, SIGTERM or Ctrl-C; what was accepted until then is answered."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: None)  # what uvicorn raises again at its end
        self._server.run([self._socket])

    def stop(self) -> None:
        """End :meth:`run`, which runs in another thread."""
        self._server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    with ExitStack() as opened:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, kind, protocol, _, address = found[0]
            listening = opened.enter_context(socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
        except OSError as error:
            raise ConfigurationError(f"cannot listen at {host}:{port}: {error.strerror}") from error
        opened.pop_all()
        return listening


def _address(listening: socket.socket) -> tuple[str, bool]:
    """The URL of a socket, and whether only this machine reaches it."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}", ipaddress.ip_address(host).is_loopback
