"""The two graphs of a translator at work: sources are read once, then written on step by step.

Shapes: B sources, W beginnings kept of each, R = B x W rows, S tokens of a source, V tokens that
may be written.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.search import IMPOSSIBLE, Candidates, Hypothesis, search
from textrnn.decoding.search_options import SearchOptions
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.runtime.session import Inputs, Session, pad
from textrnn.text.tokenizer import Tokenizer

# A text of so many tokens for each of the source's, and some more, has lost its way.
_MOST_TIMES, _MOST_MORE = 3, 20


class Searcher:
    """Finds what is best written of sources.

    Args:
        network: the description.
        encoder: the graph that reads.
        decoder: the graph of a step.
    """

    def __init__(self, network: TranslatorNetwork, encoder: Session, decoder: Session) -> None:
        self._network, self._encoder, self._decoder = network, encoder, decoder

    def search(
        self, sources: Sequence[NDArray[np.int32]], options: SearchOptions
    ) -> list[list[Hypothesis]]:
        """The best texts of some sources, which are read together.

        Args:
            sources: token ids, (S,) each, at least one.
            options: how.

        Returns:
            Up to ``options.n_best`` texts of each source, the best first; one at least.
        """
        tokens, lengths = pad(sources)
        read = self._encoder.run({"tokens": tokens, "lengths": lengths})
        memory: dict[str, NDArray[np.generic]] = {
            "keys": read["keys"],
            "values": read["values"],
            "lengths": lengths,
        }
        if self._network.head.copying:
            memory["copied"] = tokens
        states = {
            name: np.repeat(read[f"first/{name}"], options.beam, axis=0)
            if name in self._network.bridged_units
            else np.zeros((len(sources) * options.beam, units), np.float32)
            for name, units in self._network.state_units.items()
        }
        writer = _GraphWriter(self._decoder, memory, states, self._network.vocabulary_size)
        counts = lengths.tolist()
        return search(writer, counts, list(map(most_tokens, counts)), options)


def most_tokens(count: int) -> int:
    """How many tokens are written at most of a source of so many."""
    return _MOST_TIMES * count + _MOST_MORE


class _GraphWriter:
    """Writes with the graph of a step: a :class:`textrnn.decoding.search.Writer`."""

    def __init__(
        self,
        session: Session,
        memory: dict[str, NDArray[np.generic]],
        states: dict[str, NDArray[np.float32]],
        size: int,
    ) -> None:
        self._session, self._memory, self._states, self._size = session, memory, states, size
        self._mask = np.zeros((1, size), np.float32)
        self._mask[0, [Tokenizer.PAD, Tokenizer.START]] = IMPOSSIBLE

    def next(
        self,
        tokens: NDArray[np.int32],
        *,
        candidates: int,
        banned: Sequence[NDArray[np.int64]] | None = None,
    ) -> Candidates:
        """See :meth:`textrnn.decoding.search.Writer.next`."""
        mask = self._mask
        if banned is not None:
            mask = np.repeat(mask, len(tokens), axis=0)
            for row, some in zip(mask, banned, strict=True):
                row[some] = IMPOSSIBLE
        given: Inputs = {
            "tokens": tokens,
            "candidates": np.zeros(min(candidates, self._size), np.int64),  # its length counts
            "mask": mask,
        }
        found = self._session.run({**given, **self._states, **self._memory})
        self._states = {name: found[f"new/{name}"] for name in self._states}
        return Candidates(found["next"], found["log_probabilities"], found["attention"])

    def keep(self, sources: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """See :meth:`textrnn.decoding.search.Writer.keep`."""
        self._states = {name: state[rows] for name, state in self._states.items()}
        if len(sources) < len(self._memory["lengths"]):
            self._memory = {name: part[sources] for name, part in self._memory.items()}
