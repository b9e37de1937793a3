"""A forecaster's description, two builders: Keras and ONNX Runtime must give the same numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.forecaster.baselines import RIDGE, Baselines
from textrnn.heads.forecaster.graph import compile_forecaster
from textrnn.heads.forecaster.network import ForecasterNetwork, ForecastHead
from textrnn.heads.forecaster.parts import expected_graph
from textrnn.heads.forecaster.rolling import Floats, forecast_windows
from textrnn.network import Encoder
from textrnn.runtime.graph import Weights
from textrnn.runtime.graph_check import check_graph
from textrnn.runtime.session import Session
from textrnn.training.forecaster.mixing import mixed
from textrnn.training.forecaster.model import build_forecaster
from textrnn.training.weights.named import export_weights

pytestmark = pytest.mark.train

GRU = (Encoder("gru", 6, bidirectional=False),)
SEGMENTS = ForecasterNetwork(
    12, 7, ("north", "south"), encoders=GRU, head=ForecastHead(segment=3, dropout=0.4)
)
STEPS = replace(
    SEGMENTS, encoders=(Encoder("lstm", 5, dropout=0.2),), head=ForecastHead("steps", dropout=0.4)
)
NETWORKS = {
    "segments": SEGMENTS,
    "segments of one target": replace(SEGMENTS, targets=("north",)),
    "segments by an rnn": replace(SEGMENTS, encoders=(Encoder("rnn", 6, bidirectional=False),)),
    "segments beside features": replace(
        SEGMENTS, features=("wind", "rain", "sun"), calendar=("hour",)
    ),
    "quantiles of segments": replace(
        SEGMENTS, head=ForecastHead(segment=4, quantiles=(0.1, 0.5, 0.8))
    ),
    "many segments": replace(
        SEGMENTS, window=130, encoders=GRU, head=ForecastHead(segment=1)
    ),
    "segments beside a linear forecast": replace(
        SEGMENTS, features=("wind",), head=ForecastHead(segment=3, linear=True)
    ),
    "quantiles beside a linear forecast": replace(
        STEPS, encoders=GRU, head=ForecastHead("steps", quantiles=(0.5, 0.9), linear=True)
    ),
    "lstm": STEPS,
    "rnn, one way": replace(STEPS, encoders=(Encoder("rnn", 5, bidirectional=False),)),
    "stacked, attention": replace(
        STEPS,
        features=("wind",),
        calendar=("hour", "month"),
        encoders=(Encoder("gru", 5, merge="sum"), Encoder("lstm", 4)),
        head=ForecastHead("steps", pooling="attention", attention_units=3),
    ),
    "recursive": replace(STEPS, head=ForecastHead("steps", strategy="recursive")),
    "quantiles of steps": replace(
        STEPS, encoders=GRU, head=ForecastHead("steps", quantiles=(0.5, 0.9))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_agrees(name: str) -> None:
    network = NETWORKS[name]
    model = build_forecaster(network)
    rng = np.random.default_rng(7)
    # Biases start at zero, which would hide a bias that is lost or in the wrong order.
    model.set_weights([rng.normal(0, 0.6, weight.shape) for weight in model.get_weights()])
    weights = export_weights(model, network)
    assert {key: value.shape for key, value in weights.items()} == network.weight_shapes()
    windows = rng.normal(0, 2, (4, network.window, network.inputs)).astype(np.float32)
    trained = np.asarray(model(windows))
    graph = compile_forecaster(network, weights)
    check_graph(graph, expected_graph(network))
    session = Session(graph, threads=1)
    served = session.run({"windows": windows})["forecast"]
    assert served.shape == trained.shape == (4, network.steps, len(network.targets), network.levels)
    assert np.ptp(trained) > 0.5
    np.testing.assert_allclose(served, trained, atol=1e-4)
    alone = session.run({"windows": windows[2:3]})["forecast"]
    np.testing.assert_allclose(alone, served[2:3], atol=1e-5)


def test_segments_are_those_of_their_equations() -> None:
    """Lin et al. 2023: a linear layer and ReLU, a GRU, and one step of it for each segment."""
    network = replace(SEGMENTS, window=6, horizon=5, targets=("north",))
    rng = np.random.default_rng(3)
    weights = {
        name: rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in network.weight_shapes().items()
    }

    def step(inputs: np.ndarray, state: np.ndarray) -> np.ndarray:
        kernel, recurrent, (bias, recurrent_bias) = (
            weights[f"encoder_0/forward/{what}"] for what in ("kernel", "recurrent", "bias")
        )
        update, reset, new = np.split(inputs @ kernel + bias, 3)
        held = np.split(state @ recurrent + recurrent_bias, 3)
        update, reset = (1 / (1 + np.exp(-x)) for x in (update + held[0], reset + held[1]))
        return update * state + (1 - update) * np.tanh(new + reset * held[2])

    window, state = rng.normal(0, 1, 6).astype(np.float32), np.zeros(6, np.float32)
    for segment in window.reshape(2, 3):
        state = step(
            np.maximum(segment @ weights["segments/kernel"] + weights["segments/bias"], 0.0), state
        )
    expected = []
    for position in weights["queries/positions"]:
        asked = np.concatenate([position, weights["queries/targets"][0]])
        decoded = step(asked, state)
        expected += [*(decoded @ weights["output/kernel"] + weights["output/bias"])]
    session = Session(compile_forecaster(network, weights), threads=1)
    served = session.run({"windows": window.reshape(1, 6, 1)})["forecast"]
    np.testing.assert_allclose(served.reshape(-1), expected[:5], atol=1e-5)


def test_a_linear_forecast_begins_in_the_networks_place_and_stays() -> None:
    network = replace(SEGMENTS, head=ForecastHead(segment=3, linear=True))
    model = build_forecaster(network)
    kernel = np.random.default_rng(1).normal(0, 0.3, (12, 7)).astype(np.float32)
    model.get_layer("linear").set_weights([kernel, bias := kernel[0] + 1])
    windows = np.random.default_rng(2).normal(0, 1, (3, 12, 2)).astype(np.float32)
    last = windows[:, -1:]
    expected = last + np.einsum("bwk,ws->bsk", windows - last, kernel) + bias[:, None]
    np.testing.assert_allclose(np.asarray(model(windows))[..., 0], expected, atol=1e-5)
    assert not [v.path for v in model.trainable_variables if v.path.startswith("linear")]


def test_a_mixed_network_forecasts_the_mean_of_both() -> None:
    rng = np.random.default_rng(3)
    weights = {
        name: rng.normal(0, 0.3, shape).astype(np.float32)
        for name, shape in SEGMENTS.weight_shapes().items()
    }
    ridge = rng.normal(0, 0.3, (13, 7)).astype(np.float32)
    values = rng.normal(0, 1, (4, 12, 2))

    def forecast(network: ForecasterNetwork, weights: Weights) -> Floats:
        session = Session(compile_forecaster(network, weights), threads=1)
        run = lambda windows: session.run({"windows": windows})["forecast"]  # noqa: E731
        return forecast_windows(network, run, values)[..., 0]

    alone = forecast(SEGMENTS, weights)
    linear = Baselines(0, ridge[None], 0.0).forecasts(values)[RIDGE]
    both = forecast(*mixed(SEGMENTS, weights, ridge, 0.3))
    np.testing.assert_allclose(both, 0.3 * alone + 0.7 * linear, atol=1e-5)


def test_a_graph_of_another_network_is_refused() -> None:
    weights = {name: np.ones(shape, np.float32) for name, shape in SEGMENTS.weight_shapes().items()}
    graph = compile_forecaster(SEGMENTS, weights)
    with pytest.raises(BundleError, match="not of the type or shape"):
        check_graph(graph, expected_graph(replace(SEGMENTS, horizon=8)))
    wider = replace(SEGMENTS, encoders=(Encoder("gru", 40, bidirectional=False),))
    with pytest.raises(BundleError, match="recurrent layers have 6, 6 units"):
        check_graph(graph, expected_graph(wider))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head": ForecastHead(segment=5)}, "segment must divide the window of 12 steps: 5"),
        ({"encoders": (Encoder("lstm", 6, bidirectional=False),)}, "one layer of gru or rnn"),
        ({"encoders": (Encoder("gru", 7, bidirectional=False),)}, "must be even: 7"),
        ({"features": ("north",)}, "labels repeat"),
        ({"horizon": 0}, "horizon must be at least 1"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        replace(SEGMENTS, **changes)  # type: ignore[arg-type]


def test_a_head_without_the_median_or_recursive_in_segments_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="lack the median"):
        ForecastHead(quantiles=(0.1, 0.9))
    with pytest.raises(ConfigurationError, match="must rise"):
        ForecastHead(quantiles=(0.5, 0.1))
    with pytest.raises(ConfigurationError, match="needs the architecture steps"):
        ForecastHead(strategy="recursive")
