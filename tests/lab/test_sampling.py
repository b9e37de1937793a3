"""The next token's distribution, against decoding's own draws and against arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

import textrnn
from textrnn import lab
from textrnn.errors import ConfigurationError
from textrnn.lab.next_tokens import NextTokens, Setting


@pytest.fixture(scope="module")
def found() -> NextTokens:
    return lab.sampling("prose-en", "It was", temperature=(0.0, 0.5), top_k=(3,), top_p=(0.2,))


def setting(found: NextTokens, name: str) -> Setting:
    (one,) = (one for one in found.settings if one.name == name)
    return one


def test_the_model_s_own_distribution_is_that_of_its_choices(found: NextTokens) -> None:
    choices = textrnn.load("prose-en").choices("It was", 10)
    assert [token.replace("␣", " ") for token in found.tokens] == [one.text for one in choices]
    own = setting(found, "T 1").probabilities
    np.testing.assert_allclose(own, [one.probability for one in choices], rtol=1e-5)


def test_a_temperature_is_a_power_of_the_probabilities(found: NextTokens) -> None:
    own, cool = (np.array(setting(found, name).probabilities) for name in ("T 1", "T 0.5"))
    np.testing.assert_allclose(cool / cool[0], (own / own[0]) ** 2, rtol=1e-4)
    best = setting(found, "T 0")
    assert (best.probabilities[0], best.left, best.entropy_bits) == (1.0, 1, 0.0)


def test_filters_keep_the_most_probable_and_scale_them(found: NextTokens) -> None:
    own = np.array(setting(found, "T 1").probabilities)
    three = setting(found, "top-k 3")
    assert three.left == 3
    np.testing.assert_allclose(three.probabilities[:3], own[:3] / own[:3].sum(), rtol=1e-5)
    assert three.probabilities[3:] == (0.0,) * 7
    few = setting(found, "top-p 0.2")
    assert few.left == int(np.searchsorted(np.cumsum(own), 0.2)) + 1
    shares = np.array(three.probabilities[:3])
    assert three.entropy_bits == pytest.approx(-np.sum(shares * np.log2(shares)), rel=1e-5)


def test_entropy_falls_with_temperature(found: NextTokens) -> None:
    entropies = [setting(found, name).entropy_bits for name in ("T 0", "T 0.5", "T 1")]
    assert entropies == sorted(entropies)
    assert entropies[2] > 6


def test_what_is_no_generator_or_number_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="lab sampling"):
        lab.sampling("sentiment-en", "It")
    with pytest.raises(ConfigurationError, match="top-p must be above 0"):
        lab.sampling("prose-en", "It", top_p=(2.0,))
