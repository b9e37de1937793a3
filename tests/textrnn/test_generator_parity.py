"""Training's and serving's generators are one network: same logits, same states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from textrnn.decoding.sampling import draw, log_probabilities, softmax
from textrnn.decoding.step import take
from textrnn.errors import ConfigurationError
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorHead, GeneratorNetwork
from textrnn.network import Embedding, Encoder
from textrnn.runtime.session import Session
from textrnn.runtime.stepper import Stepper

TOKENS = np.array([[2, 7, 9, 4, 2, 8], [5, 5, 2, 11, 6, 3]], np.int32)


def network(*cells: str, tied: bool = True, units: int = 6, embedding: int = 6) -> GeneratorNetwork:
    encoders = tuple(Encoder(cell, units, bidirectional=False) for cell in cells)
    return GeneratorNetwork(13, GeneratorHead(tied=tied), Embedding(embedding), encoders)


def drawn_weights(net: GeneratorNetwork) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {
        name: rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in net.weight_shapes().items()
    }


def stepper(
    net: GeneratorNetwork, weights: dict[str, np.ndarray], precision: str = "float32"
) -> Stepper:
    graph = compile_generator(net, weights, precision=precision)
    return Stepper(Session(graph, threads=1), net.state_units, precision=precision)


def served(step: Stepper) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    states, logits = step.start(2), []
    for column in TOKENS.T:
        found, states = step.step(column, states)
        logits.append(found)
    return np.stack(logits, axis=1), states


@pytest.mark.train
@pytest.mark.parametrize(
    "net",
    [
        network("lstm"),
        network("gru"),
        network("rnn"),
        network("lstm", "gru", "rnn"),
        network("lstm", units=9),
        network("gru", tied=False, units=9),
    ],
    ids=["lstm", "gru", "rnn", "stack", "projected", "untied"],
)
def test_one_description_two_builders(net: GeneratorNetwork) -> None:
    from textrnn.training.generator.model import build_generator, zero_states
    from textrnn.training.weights.named import export_weights, import_weights

    weights = drawn_weights(net)
    model = build_generator(net)
    import_weights(model, net, weights)
    assert export_weights(model, net).keys() == weights.keys()
    found = model(TOKENS, zero_states(net, 2))
    logits, states = served(stepper(net, weights))
    assert logits == pytest.approx(np.asarray(found["logits"]), abs=1e-4)
    for name, state in states.items():
        assert state == pytest.approx(np.asarray(found[name]), abs=1e-4)


@pytest.mark.train
def test_windows_carry_the_state() -> None:
    from textrnn.training.generator.model import build_generator, zero_states

    net = network("lstm", "gru")
    model = build_generator(net)
    whole = model(TOKENS, zero_states(net, 2))
    first = model(TOKENS[:, :2], zero_states(net, 2))
    second = model(TOKENS[:, 2:], {name: first[name] for name in net.state_units})
    assert np.asarray(second["logits"]) == pytest.approx(
        np.asarray(whole["logits"])[:, 2:], abs=1e-6
    )


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_document_s_start_forgets_what_came_before(precision: str) -> None:
    net = network("lstm", "gru")
    step = stepper(net, drawn_weights(net), precision)
    _, states = step.step([7, 8], step.start(2))
    after, _ = step.step([2, 2], states)
    fresh, _ = step.step([2, 2], step.start(2))
    assert np.array_equal(after, fresh)


@pytest.mark.parametrize("precision", ["float32", "int8"])
@pytest.mark.parametrize("net", [network("lstm", units=9), network("gru", "rnn", tied=False)])
def test_a_text_s_logits_do_not_depend_on_its_company(
    net: GeneratorNetwork, precision: str
) -> None:
    step = stepper(net, drawn_weights(net), precision)
    rng = np.random.default_rng(0)
    states = {
        name: rng.normal(size=(37, units)).astype(np.float32)
        for name, units in net.state_units.items()
    }
    tokens = rng.integers(0, 13, 37)
    together, moved = step.step(tokens, states)
    for row in (0, 5, 36):
        alone, own = step.step(tokens[row : row + 1], take(states, [row]))
        assert np.array_equal(alone[0], together[row])
        assert all(np.array_equal(own[name][0], moved[name][row]) for name in own)


def test_int8_stays_close_and_small() -> None:
    net = network("lstm", units=64, embedding=48)
    weights = drawn_weights(net)
    exact, rough = served(stepper(net, weights))[0], served(stepper(net, weights, "int8"))[0]
    # Such weights are wide, and 7 bits coarse: those of trained networks lie closer.
    assert np.abs(exact - rough).max() < 0.07 * np.abs(exact).max()
    sizes = {p: len(compile_generator(net, weights, precision=p)) for p in ("int8", "float32")}
    assert sizes["int8"] < 0.4 * sizes["float32"]


def test_the_lstm_is_that_of_its_equations() -> None:
    net = network("lstm")
    w = drawn_weights(net)
    kernel, recurrent, bias = (
        w[f"encoder_0/forward/{name}"] for name in ("kernel", "recurrent", "bias")
    )
    h = c = np.zeros(6)
    for token in TOKENS[0]:
        if token == 2:
            h = c = np.zeros(6)
        i, f, g, o = np.split(w["embedding"][token] @ kernel + h @ recurrent + bias, 4)
        sigmoid = [1 / (1 + np.exp(-x)) for x in (i, f, o)]
        c = sigmoid[1] * c + sigmoid[0] * np.tanh(g)
        h = sigmoid[2] * np.tanh(c)
    expected = h @ w["embedding"].T + w["output/bias"]
    assert served(stepper(net, w))[0][0, -1] == pytest.approx(expected, abs=1e-4)


def test_descriptions_are_checked() -> None:
    with pytest.raises(ConfigurationError, match="read forward"):
        GeneratorNetwork(10, encoders=(Encoder(),))
    head = ClassifierHead(labels=("a", "b"))
    with pytest.raises(ConfigurationError, match="weight_dropout belongs to generators"):
        ClassifierNetwork(10, head, encoders=(Encoder(weight_dropout=0.1),))
    net = network("lstm", "gru")
    assert GeneratorNetwork.from_dict(net.as_dict()) == net
    assert list(net.state_units) == ["state_0/h", "state_0/c", "state_1/h"]


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_the_graph_draws_as_numpy_does(precision: str) -> None:
    net = replace(network("lstm"), vocabulary_size=300)  # three blocks, the last one not full
    step = stepper(net, drawn_weights(net), precision)
    rng = np.random.default_rng(1)
    states = {name: rng.normal(size=(200, 6)).astype(np.float32) for name in net.state_units}
    tokens, points = rng.integers(3, 300, 200), rng.random(200)
    points[:3] = 0.0, 1 - 2.0**-53, 0.5
    masks = np.zeros((200, 300), np.float32)
    masks[rng.random(masks.shape) < 0.5] = -np.inf
    masks[7] = -np.inf
    masks[7, 299] = 0.0
    masks[8, 128:] = -np.inf
    logits, moved = step.step(tokens, states)
    for mask in (masks, masks[:1], np.zeros((1, 300), np.float32)):
        for temperature in (0.01, 0.7, 1.0, 100.0):
            how = {"temperature": temperature, "points": points}
            drawn, logs, new = step.draw(tokens, states, mask=mask, **how)
            shares = softmax(logits + mask, temperature=temperature)
            expected = draw(shares, points)
            # Sums in another order can set one draw in a great many apart.
            assert (drawn != expected).mean() <= 0.01
            assert (np.broadcast_to(mask, masks.shape)[range(200), drawn] == 0.0).all()
            assert logs == pytest.approx(log_probabilities(logits, drawn), abs=1e-5)
            assert all(np.array_equal(new[name], moved[name]) for name in new)
            for row in (0, 8, 199):
                own = mask if len(mask) == 1 else mask[row : row + 1]
                alone = step.draw(
                    tokens[row : row + 1],
                    take(states, [row]),
                    mask=own,
                    temperature=temperature,
                    points=points[row : row + 1],
                )
                assert (alone[0][0], alone[1][0]) == (drawn[row], logs[row])


def test_without_points_nothing_is_drawn() -> None:
    """Those who ask for logits do not pay for a draw: its mask is not even looked at."""
    net = network("lstm")
    session = Session(compile_generator(net, drawn_weights(net)), threads=1)
    inputs = {"tokens": np.array([5, 6], np.int32)}
    inputs |= {name: np.zeros((2, 6), np.float32) for name in net.state_units}
    inputs["mask"] = np.full((1, 13), np.nan, np.float32)
    every = session.run(inputs)
    assert every.keys() == set(session.outputs)
    assert len(every["drawn"]) == len(every["log_probabilities"]) == 0
    some = session.run({**inputs, "points": np.array([0.5])}, ("drawn", "logits"))
    assert list(some) == ["drawn", "logits"]
    assert some["drawn"].shape == (1,)
    assert np.array_equal(some["logits"], every["logits"])
