"""A service of textrnn in another process, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from textrnn import errors
from textrnn.configuration import require
from textrnn.errors import ConfigurationError, TextRNNError
from textrnn.version import __version__

# The errors that stand for a status, where the service names none.
_ERRORS = {404: "ModelNotFoundError", 413: "TooMuchError", 422: "InputError", 401: "InputError"}
_MOST_TRIES = 60  # of a request that the service is too busy to answer
_TIMEOUT_S = 120.0


class RemoteService:
    """A service of textrnn, at its URL.

    Args:
        url: as ``http://127.0.0.1:8000``.
        token: what the service asks for; empty for nothing.

    Raises:
        ConfigurationError: it is no URL of a service.
    """

    def __init__(self, url: str, *, token: str = "") -> None:
        message = f"server: expected a URL, as http://127.0.0.1:8000; received {url!r}"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:  # of a port or an IPv6 address that is none
            raise ConfigurationError(message) from error
        require(parts.scheme in ("http", "https") and bool(host), message)
        self.url = url.rstrip("/")
        self._path = parts.path.rstrip("/")
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._connection = kind(host, port, timeout=_TIMEOUT_S)
        self._headers = {"User-Agent": f"textrnn/{__version__}"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def models(self) -> list[dict[str, Any]]:
        """What is told of each model that is served."""
        found: list[dict[str, Any]] = self.ask("GET", "/v1/models")["models"]
        return found

    def ask(self, method: str, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        """What a request is answered; one that the service is too busy for is sent again.

        Raises:
            InputError, ConfigurationError: what is asked is wrong, or too much.
            TextRNNError: the service cannot be reached, or has a fault.
        """
        for _ in range(_MOST_TRIES):
            response = self._send(method, path, asked)
            body = response.read()
            if response.status != http.client.SERVICE_UNAVAILABLE:
                break
            time.sleep(float(response.headers.get("Retry-After", "1")))
        return self._checked(response, body)

    def events(self, path: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """The events of a streamed answer, each with its name.

        Raises:
            InputError, TextRNNError: as :meth:`ask`.
        """
        response = self._send("POST", path, asked)
        if response.status != http.client.OK:
            self._checked(response, response.read())
        name = ""
        for line in response:
            field, _, value = line.decode("utf-8").rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                found = json.loads(value)
                if name == "problem":
                    raise TextRNNError(f"{self.url}: {found['detail']}")
                yield name, found

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(
        self, method: str, path: str, asked: Mapping[str, Any] | None
    ) -> http.client.HTTPResponse:
        """The beginning of a response, over the connection that there is, or over a new one."""
        body = None if asked is None else json.dumps(asked).encode()
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        is_new = self._connection.sock is None
        try:
            try:
                self._connection.request(method, self._path + path, body, headers)
                return self._connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionError):
                self._connection.close()
                if is_new:
                    raise
            self._connection.request(method, self._path + path, body, headers)
            return self._connection.getresponse()
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or error
            raise TextRNNError(f"{self.url} cannot be asked: {reason}") from error

    def _checked(self, response: http.client.HTTPResponse, body: bytes) -> Any:
        try:
            found = json.loads(body)
        except ValueError:
            found = {"detail": f"{response.status} {response.reason}"}
        if response.status == http.client.OK:
            return found
        told = found if isinstance(found, dict) else {}
        name = told.get("error") or _ERRORS.get(response.status, "TextRNNError")
        kind = getattr(errors, name, TextRNNError)
        remedy = " (TEXTRNN_TOKEN)" if response.status == http.client.UNAUTHORIZED else ""
        raise kind(f"{self.url}: {told.get('detail') or response.status}{remedy}")
