"""What one request may ask for, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass

from textrnn.configuration import check_settings, setting


@dataclass(frozen=True)
class Limits:
    """What is refused, so that no client takes the service from the others.

    What each field means and what its option is called stands beside it.
    """

    body_bytes: int = setting(2 << 20, "Bytes of a request.", least=1, option="--max-bytes")
    held_bytes: int = setting(
        64 << 20, "Bytes of all requests at a time, before 503.", least=1, option="--max-held-bytes"
    )
    texts: int = setting(1000, "Texts of a request.", least=1, option="--max-texts")
    characters: int = setting(
        200_000,
        "Characters to read and tokens to write for a request.",
        least=1,
        option="--max-characters",
    )
    places: int = setting(
        256,
        "Requests to a task that are read and not answered; others wait in line.",
        least=1,
        option="--max-waiting",
    )
    streams: int = setting(16, "Answers streamed at a time.", least=1, option="--max-streams")
    connections: int = setting(1000, "Open connections.", least=1, option="--max-connections")
    wait_s: float = setting(
        5.0, "For a place, before 503, where too many ask.", above=0, option="--waiting-seconds"
    )
    answer_s: float = setting(
        30.0, "For an answer, before 504: the work stops.", above=0, option="--answer-seconds"
    )
    request_s: float = setting(
        10.0, "For a request to arrive.", above=0, option="--request-seconds"
    )

    def __post_init__(self) -> None:
        check_settings(self)
