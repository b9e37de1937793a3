"""An ONNX graph, loaded and ready to run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Timer
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from textrnn.errors import BundleError, ConfigurationError, UnwantedError
from textrnn.runtime.cores import chosen_threads

_MOST = 1e9  # of a logit: beyond, sums that decoding makes of them may not be finite
_SOURCE = re.compile(r"/\S+\.(?:cc|h|cpp|hpp):\d+\s*")  # a place in ONNX Runtime
_FATAL = 4  # errors come as exceptions: ONNX Runtime need not write them down as well

_IS_WANTED: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=lambda: True)

Inputs = Mapping[str, NDArray[np.generic]]
Outputs = Mapping[str, NDArray[np.float32]]


class Session:
    """Runs a graph that textrnn wrote.

    Args:
        graph: the serialised model.
        threads: how many threads share the work of one run; by default as many as this process has
            cores. With one, runs may be made at the same time by threads of the caller's.
        name: the bundle's, which errors begin with.

    Attributes:
        outputs: the names of the graph's outputs.
        run_limit_s: seconds after which a run is ended; None, as at first, for any time.

    Raises:
        BundleError: ONNX Runtime cannot read the graph.
        ConfigurationError: ``threads`` is below 1.
    """

    def __init__(self, graph: bytes, *, threads: int | None = None, name: str = "") -> None:
        self._place = f"{name}: " if name else ""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = chosen_threads(threads)
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL
        # Batches differ in length; a plan of memory kept for each shape would only grow.
        options.enable_mem_pattern = False
        self._session: onnxruntime.InferenceSession | None
        try:
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise BundleError(
                f"{self._place}ONNX Runtime cannot load the graph: {_said(error)}"
            ) from error
        self.run_limit_s: float | None = None
        self.outputs: tuple[str, ...] = tuple(output.name for output in self._session.get_outputs())

    def run(self, inputs: Inputs, outputs: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
        """Run the graph once.

        Args:
            inputs: an array for each of the graph's inputs that has no value of its own.
            outputs: the outputs to copy out of the graph; by default all.

        Returns:
            Those outputs by name.

        Raises:
            ConfigurationError: the session is closed.
            BundleError: the graph cannot be run, its numbers are not finite, or it took longer than
                it may.
            UnwantedError: see :func:`while_wanted`.
        """
        names = self.outputs if outputs is None else outputs
        session = self._session  # which another thread may close meanwhile
        if session is None:
            raise ConfigurationError("the model is closed: load it again to use it")
        if not _IS_WANTED.get()():
            raise UnwantedError("nobody waits for the answer any more")
        with _bounded(self.run_limit_s) as options:
            try:
                found = session.run(names, dict(inputs), options)
            except Exception as error:  # ONNX Runtime's errors have no common class of their own
                if options is not None and options.terminate:
                    raise BundleError(
                        f"{self._place}a run of the graph took longer than {self.run_limit_s:g} s, "
                        "and was ended"
                    ) from error
                raise BundleError(
                    f"{self._place}the graph cannot be run: {_said(error)}"
                ) from error
        for name, values in zip(names, found, strict=True):
            if values.dtype.kind == "f" and not np.abs(values).max(initial=0.0) <= _MOST:
                raise BundleError(
                    f"{self._place}the graph's {name} are not finite, or very large: its weights "
                    "are damaged"
                )
        return dict(zip(names, found, strict=True))

    def close(self) -> None:
        """Free the graph's memory, once the runs that are under way have ended."""
        self._session = None


@contextmanager
def while_wanted(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Have runs of graphs in this thread end by :class:`UnwantedError` once nobody waits for what
    they are for, as texts are written by a run a token.

    Args:
        is_wanted: asked before each run.
    """
    token = _IS_WANTED.set(is_wanted)
    try:
        yield
    finally:
        _IS_WANTED.reset(token)


def _said(error: Exception) -> str:
    """What ONNX Runtime says, in one line and without places in its own code."""
    return " ".join(_SOURCE.sub("", str(error)).split())[:500]


@contextmanager
def _bounded(limit_s: float | None) -> Iterator[onnxruntime.RunOptions | None]:
    """Options that end a run after some seconds; None where it may take any time."""
    if limit_s is None:
        yield None
        return
    options = onnxruntime.RunOptions()
    timer = Timer(limit_s, lambda: setattr(options, "terminate", True))
    timer.daemon = True
    timer.start()
    try:
        yield options
    finally:
        timer.cancel()


def pad(
    sequences: Sequence[NDArray[np.int32]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Token ids (batch, longest), padded with 0 and at least one column wide, and lengths."""
    lengths = np.array([len(sequence) for sequence in sequences], np.int32)
    tokens = np.zeros((len(sequences), max(1, int(lengths.max(initial=0)))), np.int32)
    for row, sequence in zip(tokens, sequences, strict=True):
        row[: len(sequence)] = sequence
    return tokens, lengths
