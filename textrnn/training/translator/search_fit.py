"""How a trained translator is searched, as validation pairs tell it.

A probable translation is shorter than people's, and closer to its source: what may be said in many
ways has little probability in each, what is copied or left out has all of its own. Three numbers
mend that (Murray & Chiang 2018, "Correcting length bias in neural machine translation", fit one):
what each token is rewarded with, the penalty on length that this makes needless, and what is added
to the gate between writing and copying. Each goes up by steps until two in a row gain nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from textrnn.decoding.search_options import SearchOptions

_STEP = 0.5
_LEAST_GAIN = 0.1  # of BLEU: less is chance
_MOST_STEPS = 8
_PATIENCE = 2  # steps that gain nothing: a small reward may lose what the penalty had gained


@dataclass(frozen=True)
class SearchFit:
    """What is chosen for a model.

    Attributes:
        gate_shift: added to the gate's logit before its graphs are made; above 0 it copies less.
        length_penalty: see :class:`textrnn.decoding.search_options.SearchOptions`.
        length_reward: see there.
    """

    gate_shift: float = 0.0
    length_penalty: float = SearchOptions.length_penalty
    length_reward: float = SearchOptions.length_reward

    def serving(self) -> dict[str, float]:
        """What a bundle's manifest says of it; nothing where all is as it is without."""
        return {name: value for name, value in vars(self).items() if value != _USUAL[name]}


_USUAL = vars(SearchFit())


def fit_search(
    bleu: Callable[[SearchFit], float], *, copying: bool, say: Callable[[str], None]
) -> SearchFit:
    """Choose what gives the highest BLEU.

    Args:
        bleu: measures a choice on validation pairs.
        copying: whether the model has a gate.
        say: told in a line what was chosen, and what it gains.
    """
    first = SearchFit()
    best, score = first, bleu(first)
    before = score
    if copying:
        best, score = _climb(bleu, best, score, lambda fit, shift: replace(fit, gate_shift=shift))
    best, score = _climb(
        bleu,
        best,
        score,
        lambda fit, reward: replace(fit, length_penalty=0.0, length_reward=reward),
    )
    if best != first:
        told = ", ".join(f"{name} {value:g}" for name, value in best.serving().items())
        say(f"searched with {told}: BLEU {score:.2f} of validation pairs, {before:.2f} without")
    return best


def _climb(
    bleu: Callable[[SearchFit], float],
    best: SearchFit,
    score: float,
    changed: Callable[[SearchFit, float], SearchFit],
) -> tuple[SearchFit, float]:
    """Go up by steps until some in a row gain nothing: the best, unless its gain may be chance."""
    start, before, waited = best, score, 0
    for number in range(1, _MOST_STEPS + 1):
        fit = changed(start, number * _STEP)
        found, waited = bleu(fit), waited + 1
        if found > score:
            best, score, waited = fit, found, 0
        if waited == _PATIENCE:
            break
    return (best, score) if score >= before + _LEAST_GAIN else (start, before)
