"""One answer of a web server, block by block, however the server behaves."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from queue import Empty, Full, Queue
from typing import IO

from textrnn.errors import ConfigurationError, InputError

_BLOCK_BYTES = 1 << 16
_WAITING_BLOCKS = 64
SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class Patience:
    """What a server may take its time for.

    Attributes:
        timeout_s: how long it may say nothing.
        window_s: in so many seconds there must be an answer, or ``window_bytes`` more of it.
        window_bytes: how many bytes are progress.
        max_bytes: of a file whose size is not announced.
    """

    timeout_s: float = 20.0
    window_s: float = 20.0
    window_bytes: int = 1 << 14
    max_bytes: int = 1 << 35


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few redirects, to the web alone, and reads nothing of what stands beside them."""

    max_redirections = 5

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        fp.close()
        if not newurl.lower().startswith(SCHEMES):
            raise InputError(f"{req.full_url}: the server leads to {newurl}: refused")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Answer:
    """A server's answer, received by a thread: what it holds up it holds up that thread alone.

    Args:
        url: ``http`` or ``https``; redirects are followed.
        headers: of the request.
        patience: with the server.

    Attributes:
        status: 200 or the like.
        headers: those of the answer.

    Raises:
        ConfigurationError: the address is of another kind.
        InputError: it leads to an address of another kind, or one that is none.
        urllib.error.HTTPError: the server refuses.
        OSError, http.client.HTTPException: it cannot be reached, or does not answer.
    """

    status: int
    headers: Message

    def __init__(self, url: str, headers: Mapping[str, str], patience: Patience) -> None:
        if not url.startswith(SCHEMES):
            raise ConfigurationError(f"{url}: expected an address that begins with http or https")
        self._url, self._patience = url, patience
        self._items: Queue[bytes | Exception | None] = Queue(_WAITING_BLOCKS)
        self._is_left = threading.Event()
        request = urllib.request.Request(url, headers=dict(headers))
        threading.Thread(target=self._receive, args=(request,), daemon=True).start()
        try:
            self._next(time.monotonic() + patience.window_s)  # an empty block: the headers are here
        except BaseException:
            self.close()
            raise

    def blocks(self) -> Iterator[bytes]:
        """The content.

        Raises:
            OSError, http.client.HTTPException: the connection broke off, or is too slow.
        """
        gained, deadline = 0, time.monotonic() + self._patience.window_s
        while (block := self._next(deadline)) is not None:
            yield block
            gained += len(block)
            if gained >= self._patience.window_bytes:
                gained, deadline = 0, time.monotonic() + self._patience.window_s

    def close(self) -> None:
        """Wait for nothing more."""
        self._is_left.set()

    def _next(self, deadline: float) -> bytes | None:
        try:
            item = self._items.get(timeout=max(deadline - time.monotonic(), 0.0))
        except Empty:
            raise TimeoutError(
                f"the server sent next to nothing in {self._patience.window_s:g} seconds"
            ) from None
        if isinstance(item, Exception):
            raise item
        return item

    def _receive(self, request: urllib.request.Request) -> None:
        try:
            opener = urllib.request.build_opener(_Redirects)
            with opener.open(request, timeout=self._patience.timeout_s) as answer:
                self.status, self.headers = answer.status, answer.headers
                self._pass_on(b"")
                while block := answer.read1(_BLOCK_BYTES):
                    if not self._pass_on(block):
                        return
            self._pass_on(None)
        except urllib.error.HTTPError as error:
            error.close()
            self._pass_on(error)
        except (OSError, http.client.HTTPException, InputError) as error:
            self._pass_on(error)
        except Exception as error:  # an address or a header that is none
            self._pass_on(InputError(f"{self._url}: {error}"))

    def _pass_on(self, item: bytes | Exception | None) -> bool:
        """Hand something over; whether anybody still waits for it."""
        while not self._is_left.is_set():
            try:
                self._items.put(item, timeout=0.2)
            except Full:
                continue
            return True
        return False
