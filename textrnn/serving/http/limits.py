"""What one request may ask for, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass

from textrnn.configuration import check_settings, setting


@dataclass(frozen=True)
class Limits:
    """What is refused, so that no client takes the service from the others.

    Attributes are settings: see the help of each.
    """

    body_bytes: int = setting(2 << 20, "The most bytes of a request.", least=1)
    texts: int = setting(1000, "The most texts of a request.", least=1)
    characters: int = setting(
        200_000, "The most characters to read and tokens to write for a request.", least=1
    )
    queue: int = setting(256, "Requests that wait for a model; more are answered 503.", least=1)
    streams: int = setting(16, "Answers that are streamed at the same time.", least=1)
    connections: int = setting(1000, "Connections that are open at the same time.", least=1)
    answer_s: float = setting(30.0, "Seconds for an answer; then 504, and the work stops.", above=0)
    request_s: float = setting(10.0, "Seconds for a request to arrive whole.", above=0)

    def __post_init__(self) -> None:
        check_settings(self)
