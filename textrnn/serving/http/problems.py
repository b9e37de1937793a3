"""Errors as RFC 9457 has them: ``application/problem+json``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

from textrnn.errors import ConfigurationError, InputError

PROBLEM = "application/problem+json"


class Problem(Exception):  # noqa: N818  # the RFC's word
    """A request that is not answered.

    Args:
        status: of the response.
        detail: what is wrong, and the remedy.
        headers: of the response, besides.
        error: the name of the library's error; empty where it is none.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        headers: Mapping[str, str] | None = None,
        *,
        error: str = "",
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})
        self.error = error

    @classmethod
    def of(cls, error: Exception) -> Problem:
        """What the library says of a request: the fault is the client's, or the model's."""
        if isinstance(error, cls):
            return error
        is_clients = isinstance(error, InputError | ConfigurationError)
        status = "UNPROCESSABLE_ENTITY" if is_clients else "INTERNAL_SERVER_ERROR"
        return cls(HTTPStatus[status], str(error), error=type(error).__name__)

    def as_dict(self) -> dict[str, object]:
        """As JSON values."""
        error = {"error": self.error} if self.error else {}
        return {
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            **error,
        }

    def response(self) -> JSONResponse:
        """What is sent."""
        return JSONResponse(self.as_dict(), self.status, self.headers, media_type=PROBLEM)


def busy(detail: str, retry_after_s: int = 1) -> Problem:
    """There is too much to do now; it may be asked again."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(retry_after_s)})
