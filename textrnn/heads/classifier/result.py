"""What a classifier answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, overload

from textrnn.configuration import require
from textrnn.heads.result import Result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BAR = "display: inline-block; height: .8em; border-radius: .2em; background: hsl(205 70% 50% / .6)"
_SHOWN_LABELS = 5


@dataclass(frozen=True)
class TokenWeight:
    """One token and the share of the attention it received.

    Attributes:
        start: first code point of the token in the original text.
        end: one past its last code point.
        text: ``original[start:end]``.
        weight: share of the attention, from 0 to 1; a text's weights sum to 1.
    """

    start: int
    end: int
    text: str
    weight: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "weight": round(self.weight, 6)}


class TokenWeights(Sequence[TokenWeight]):
    """The tokens of a text with their weights, each made when it is asked for; those of one
    character, as the bytes of a rare one or the parts of a flag are, are one.

    Args:
        text: the text.
        offsets: first code point and one past the last of each token, (T, 2).
        weights: theirs, (T,).
    """

    def __init__(self, text: str, offsets: NDArray[np.int32], weights: NDArray[np.float32]) -> None:
        self._text, self._tokens = text, (offsets, weights)

    @cached_property
    def _units(self) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Offsets and weights of what is weighed as one, (U, 2) and (U,)."""
        from textrnn.text.units import shared_units, unit_offsets, unit_sums

        offsets, weights = self._tokens
        units = shared_units(offsets, self._text)
        return unit_offsets(units, offsets), unit_sums(units, weights)

    def __len__(self) -> int:
        return len(self._units[1])

    @overload
    def __getitem__(self, place: int) -> TokenWeight: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[TokenWeight, ...]: ...

    def __getitem__(self, place: int | slice) -> TokenWeight | tuple[TokenWeight, ...]:
        if isinstance(place, slice):
            return tuple(self[i] for i in range(*place.indices(len(self))))
        offsets, weights = self._units
        start, end = offsets[place].tolist()
        return TokenWeight(start, end, self._text[start:end], float(weights[place]))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True)
class Classification(Result):
    """The label of one text.

    Attributes:
        text: the text as it was given.
        label: the most probable label, or ``uncertain`` where it was asked to be more probable.
        probability: that of the most probable label, from 0 to 1.
        probabilities: every label with its probability, the most probable first.
        token_weights: attention over the tokens, where it was asked for; empty where the network
            has none. Each is made when it is read: ``tuple(…)`` keeps them as plain data.
        tokens: how many tokens the text has.
        windows: in how many overlapping windows it was read; nothing is ever cut off.
        answered_by: ``network``, a bag of n-grams beside it included, or ``bag`` where that was
            sure enough by itself and the network did not read the text.
        language: of the text, an ISO 639-1 code, where a :class:`textrnn.Router` looked for it;
            None where it found none.
    """

    text: str
    label: str
    probability: float
    probabilities: Mapping[str, float]
    token_weights: Sequence[TokenWeight] = ()
    tokens: int = 0
    windows: int = 1
    language: str | None = ""
    answered_by: str = "network"

    def top(self, k: int) -> list[tuple[str, float]]:
        """The ``k`` most probable labels with their probabilities, best first; where the answer is
        ``uncertain``, that in place of the first.
        """
        return [(self.label, self.probability), *list(self.probabilities.items())[1:]][:k]

    def among(self, labels: Collection[str]) -> Classification:
        """The answer were there no other labels: the probabilities of these sum to 1.

        Args:
            labels: some; those that the model does not have are passed over.

        Raises:
            ConfigurationError: it has none of them.

        Example:
            >>> Classification("Fine.", "so", 0.6, {"so": 0.6, "good": 0.3, "bad": 0.1}).among(
            ...     ["bad", "good"]
            ... ).label
            'good'
        """
        kept = {label: p for label, p in self.probabilities.items() if label in labels}
        require(bool(kept), f"none of {', '.join(labels)} is among {', '.join(self.probabilities)}")
        if len(kept) == len(self.probabilities):
            return self
        total = sum(kept.values()) or 1.0
        shares = {label: p / total for label, p in kept.items()}
        label, probability = next(iter(shares.items()))
        return replace(self, label=label, probability=probability, probabilities=shares)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values, with the probability of every label, the best first."""
        return self.as_dict_of_top(len(self.probabilities))

    def as_dict_of_top(self, k: int) -> dict[str, Any]:
        """The same, with the probabilities of the ``k`` best labels alone."""
        best = islice(self.probabilities.items(), k)
        return {
            "text": self.text,
            **self.found_language(),
            "label": self.label,
            "probability": round(self.probability, 6),
            "probabilities": {label: round(value, 6) for label, value in best},
            "tokens": self.tokens,
            "windows": self.windows,
            "answered_by": self.answered_by,
        }

    def columns(self) -> dict[str, Any]:
        """All of :meth:`as_dict` but the text."""
        answer = self.as_dict()
        del answer["text"]
        return answer

    def _repr_html_(self) -> str:
        return _html(self)


def _html(result: Classification) -> str:
    """The text, and a bar for the probability of each of the best labels."""
    from textrnn.reports.html import safe_html  # whose table of entities a label does not need
    from textrnn.reports.notebook import TEXT_STYLE, shortened

    rows = "".join(
        f'<tr><td style="text-align: left">{safe_html(label)}</td>'
        f'<td style="text-align: right">{value:.3f}</td>'
        f'<td style="text-align: left; width: 12em">'
        f'<span style="{_BAR}; width: {100 * value:.1f}%"></span></td></tr>'
        for label, value in result.top(_SHOWN_LABELS)
    )
    shown = safe_html(shortened(result.text))
    return f'<div style="{TEXT_STYLE}">{shown}</div><table>{rows}</table>'
