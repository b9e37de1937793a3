"""What is counted and measured, as Prometheus reads it.

With several workers each process counts for itself in a folder of files, of which whoever is asked
makes the sums.
"""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_TOGETHER = (1, 2, 4, 8, 16, 32, 64, 128, 256)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # what prometheus_client reads where several processes count


class Metrics:
    """The numbers of a service.

    Attributes:
        requests: by path and status.
        seconds: of requests, by path.
        texts: that were answered, by model.
        together: texts that a model answered at once.
        waiting: requests that wait for a model.
        streams: answers that are being streamed.
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "textrnn_requests", "Requests", ["path", "status"], registry=registry
        )
        self.seconds = Histogram(
            "textrnn_request_seconds", "Of a request", ["path"], registry=registry, buckets=_SECONDS
        )
        self.texts = Counter("textrnn_texts", "Texts answered", ["model"], registry=registry)
        self.together = Histogram(
            "textrnn_texts_together", "Texts that a model answered at once", ["model"],
            registry=registry, buckets=_TOGETHER,
        )  # fmt: skip
        self.waiting = Gauge(
            "textrnn_requests_waiting", "Requests that wait for a model", ["model"],
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self.streams = Gauge(
            "textrnn_streams", "Answers that are being streamed", registry=registry,
            multiprocess_mode="livesum",
        )  # fmt: skip

    def text(self) -> tuple[bytes, str]:
        """All of them as Prometheus reads them, and the type of that."""
        registry = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST
