"""What is chosen of a translator's search by the BLEU of validation pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from textrnn.training.translator.search_fit import SearchFit, fit_search


def hill(*, shift: float, reward: float, asked: list[SearchFit]) -> Callable[[SearchFit], float]:
    """BLEU that is highest at a shift and a reward."""

    def bleu(fit: SearchFit) -> float:
        asked.append(fit)
        off = abs(fit.gate_shift - shift) + abs(fit.length_reward - reward)
        return 20.0 - 4 * off - (fit.length_penalty if reward else 0.0)

    return bleu


@pytest.mark.parametrize("copying", [True, False])
def test_each_number_goes_up_as_long_as_bleu_does(copying: bool) -> None:
    asked, said = list[SearchFit](), list[str]()
    found = fit_search(hill(shift=1.0, reward=1.5, asked=asked), copying=copying, say=said.append)
    shift = 1.0 if copying else 0.0
    assert found == SearchFit(shift, 0.0, 1.5)
    assert {fit.gate_shift for fit in asked} == ({0.0, 0.5, 1.0, 1.5, 2.0} if copying else {0.0})
    assert {fit.length_reward for fit in asked} == {0.0, 0.5, 1.0, 1.5, 2.0, 2.5}
    assert len(said) == 1
    assert "length_penalty 0, length_reward 1.5: BLEU " in said[0]
    assert found.serving() == {
        **({"gate_shift": 1.0} if copying else {}), "length_penalty": 0.0, "length_reward": 1.5,
    }  # fmt: skip


def test_what_gains_nothing_is_left_as_it_is() -> None:
    asked, said = list[SearchFit](), list[str]()
    found = fit_search(hill(shift=0.0, reward=0.0, asked=asked), copying=True, say=said.append)
    assert found == SearchFit()
    assert (found.serving(), said) == ({}, [])
    assert len(asked) == 5  # as it is, and two steps of each


def test_a_gain_by_chance_is_none() -> None:
    found = fit_search(lambda fit: 9 + 0.01 * fit.gate_shift, copying=True, say=lambda line: None)
    assert found == SearchFit()


def test_a_reward_may_lose_before_it_gains() -> None:
    bleus = {0.0: 9.0, 0.5: 8.0, 1.0: 9.5, 1.5: 9.4, 2.0: 9.3, 2.5: 99.0}
    found = fit_search(lambda fit: bleus[fit.length_reward], copying=False, say=lambda line: None)
    assert found == SearchFit(0.0, 0.0, 1.0)
