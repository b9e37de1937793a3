"""The server: where the application listens, and how it ends."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from textrnn.errors import ConfigurationError
from textrnn.serving.http.app import make_app
from textrnn.serving.http.connections import Connection
from textrnn.serving.http.limits import Limits
from textrnn.serving.http.metrics import FOLDER as METRICS_FOLDER
from textrnn.serving.http.service import Service, load_models

_STARTING_S = 30  # for a worker to say that it is there, before another takes its place
_BACKLOG = 2048  # connections that nobody has accepted yet


@dataclass(frozen=True)
class ServerSettings:
    """What is served, and where.

    Attributes:
        models: names or paths; none: those that ship.
        host: the address to listen at.
        port: 0 for a free one.
        threads: for each model.
        workers: processes, each with all models.
        token: what clients must know; empty where all may ask.
        origins: of whose pages scripts may ask.
        limits: of requests.
        log_requests: whether each is told in a line.
    """

    models: Sequence[str] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int | None = None
    workers: int = 1
    token: str = ""
    origins: Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)
    log_requests: bool = False


class Server:
    """A socket at which models can be asked, as soon as it runs.

    Args:
        settings: what is served, and where.

    Attributes:
        address: its URL.
        is_local: whether it can be reached from this machine alone.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: it cannot listen there, or two models have one name.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        app: Any = _App(settings)
        # What is wrong with a model is told before anything listens.
        if settings.workers == 1:
            app = app()
        else:
            for head in load_models(settings.models, threads=1):
                head.close()
        self._socket = _listen(settings.host, settings.port)
        self.address, self.is_local = _address(self._socket)
        self._config = uvicorn.Config(
            app,
            factory=settings.workers > 1,
            workers=settings.workers,
            timeout_worker_healthcheck=_STARTING_S,
            http=Connection,
            ws="none",
            lifespan="on",
            log_config=None,
            log_level=logging.ERROR,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            limit_concurrency=settings.limits.connections,
        )
        self._server = uvicorn.Server(self._config)

    def run(self) -> None:
        """Serve until :meth:`stop`, SIGTERM or Ctrl-C; what was accepted until then is answered."""
        if self._settings.workers > 1:
            _run_workers(self._config, self._socket)
            return
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: None)  # what uvicorn raises again at its end
        self._server.run([self._socket])

    def stop(self) -> None:
        """End :meth:`run`, which runs in another thread, where there are no other processes."""
        self._server.should_exit = True


@dataclass(frozen=True)
class _App:
    """Makes the application, in the process that is to serve it."""

    settings: ServerSettings

    def __call__(self) -> Starlette:
        settings = self.settings
        if settings.log_requests:
            log = logging.getLogger("textrnn.serving")
            log.setLevel(logging.INFO)
            log.addHandler(logging.StreamHandler())
        heads = load_models(settings.models, threads=settings.threads)
        return make_app(
            Service(heads, settings.limits), token=settings.token, origins=settings.origins
        )


def _run_workers(config: uvicorn.Config, listening: socket.socket) -> None:
    """Serve by several processes that share a socket; one that dies is started again."""
    with listening, tempfile.TemporaryDirectory(prefix="textrnn-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder  # which the processes inherit
        _Workers(config, [listening]).run()


class _Workers(Multiprocess):
    """The processes that serve; what one that died measured as it is now is forgotten."""

    def terminate_all(self) -> None:
        """End them; who comes now is refused, and does not wait for a process that is to come."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()

    def keep_subprocess_alive(self) -> None:
        """Start those again that have died."""
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _listen(host: str, port: int) -> socket.socket:
    with ExitStack() as opened:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, kind, protocol, _, address = found[0]
            listening = opened.enter_context(socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
        except (OSError, UnicodeError) as error:  # the latter of what is no name of a machine
            why = getattr(error, "strerror", None) or error
            raise ConfigurationError(f"cannot listen at {host}:{port}: {why}") from error
        opened.pop_all()
        return listening


def _address(listening: socket.socket) -> tuple[str, bool]:
    """The URL of a socket, and whether only this machine reaches it."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}", ipaddress.ip_address(host).is_loopback
