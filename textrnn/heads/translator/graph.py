"""From a translator's weights to two ONNX graphs: one reads a source, one writes a token at a time.

Shapes: B sentences, S tokens of a source, K values and A key numbers of a token, U units of a
decoder layer, E embedding units, V tokens that may be written. Of each sentence several beginnings
may be written on at once: W of each make R = B x W rows, a sentence's side by side.

``encoder.onnx`` has the inputs ``tokens`` (B, S), int32, padded with 0, and ``lengths`` (B,),
int32, and the outputs ``keys`` (B, A, S), ``values`` (B, S, K) and the decoder's first states,
``first/state_0/h`` … (B, U).

``decoder.onnx`` reads one token of each row, ``tokens`` (R,), the states by their names (R, U),
``keys``, ``values`` and ``lengths`` as they are, and where there is copying the source's ``copied``
tokens (B, S). It gives the new states, named ``new/…``, the ``attention`` (R, S), and the most
probable tokens to come, ``next`` (R, candidates), int64, best first, with their logarithms
``log_probabilities``. ``candidates``, int64, is as long as there are to be such tokens; a ``mask``
(R or 1, V) may be added to the logarithms before they are chosen.

With ``precision="int8"`` recurrent layers and the matrices of a step are as
:mod:`textrnn.runtime.recurrent` and :mod:`textrnn.runtime.step_graph` say; attention is float32.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.runtime.graph import Tensor, Weights
from textrnn.runtime.pins import usual_bound
from textrnn.runtime.recurrent import RecurrentGraph, Vectors
from textrnn.runtime.step_graph import StepGraph

_NOWHERE = -1e9  # the score of what is no token: its softmax is 0
_LEAST = 1e-30  # of a probability whose logarithm is taken


def compile_translator(
    network: TranslatorNetwork,
    weights: Weights,
    *,
    precision: str = "int8",
    gate_shift: float = 0.0,
) -> dict[str, bytes]:
    """The serialised graphs.

    Args:
        network: the description.
        weights: arrays by the names that ``TranslatorNetwork.weight_shapes`` gives.
        precision: ``int8`` or ``float32``.
        gate_shift: added to the logit of the gate between writing and copying, if there is one;
            above 0 the model copies less than it learned to.

    Returns:
        ``encoder.onnx`` and ``decoder.onnx``.

    Raises:
        ConfigurationError: the precision is unknown.
    """
    if network.head.copying and gate_shift:
        weights = {**weights, "gate/bias": weights["gate/bias"] + np.float32(gate_shift)}
    return {
        "encoder.onnx": _EncoderGraph(weights, precision).serialize(network),
        "decoder.onnx": _DecoderGraph(weights, precision).serialize(network),
    }


class _EncoderGraph(RecurrentGraph):
    """Embedding, encoders, what the attention reads, and the bridge to the decoder."""

    def serialize(self, network: TranslatorNetwork) -> bytes:
        """The whole graph."""
        table = self.weights["embedding" if network.is_joint else "source_embedding"]
        sequence = Vectors.plain(self.embed(table), network.embedding.units, usual_bound(table))
        *before, last = enumerate(network.encoders)
        for number, encoder in before:
            sequence, _ = self.encode(encoder, f"encoder_{number}", sequence)
        number, encoder = last
        sequence, final = self.encode(encoder, f"encoder_{number}", sequence, texts_first=True)
        self._remember(network, self.unpinned(sequence))
        self._bridge(network, self.unpinned(final))
        inputs: list[Tensor] = [
            ("tokens", TensorProto.INT32, ["batch", "time"]),
            ("lengths", TensorProto.INT32, ["batch"]),
        ]
        first: list[Tensor] = [
            (f"first/{name}", TensorProto.FLOAT, ["batch", units])
            for name, units in network.bridged_units.items()
        ]
        return self.model(inputs, [*_memory(network), *first])

    def _remember(self, network: TranslatorNetwork, encoded: str) -> None:
        """From (B, S, K) to the values and the keys, which the attention reads at each step."""
        self.node("Identity", [encoded], output="values")
        memory = self.stored("attention/memory", self.weights["attention/memory"], axis=0)
        keys = self.node("MatMul", [encoded, memory])
        if network.head.attention == "additive":
            bias = self.constant("attention/bias", self.weights["attention/bias"])
            keys = self.node("Add", [keys, bias])
        self.node("Transpose", [keys], perm=[0, 2, 1], output="keys")

    def _bridge(self, network: TranslatorNetwork, final: str) -> None:
        """From the encoder's last states (B, K) to the decoder's first ones."""
        kernel, bias = self.weights["bridge/kernel"], self.weights["bridge/bias"]
        begin = 0
        for name, units in network.bridged_units.items():
            columns = slice(begin, begin + units)
            matrix = self.stored("bridge/kernel", kernel[:, columns], axis=0)
            vector = self.node("Gemm", [final, matrix, self.constant("bias", bias[columns])])
            self.node("Tanh", [vector], output=f"first/{name}")
            begin += units


class _DecoderGraph(StepGraph):
    """One step: decoder layers, attention, the next tokens."""

    def serialize(self, network: TranslatorNetwork) -> bytes:
        """The whole graph."""
        head, size = network.head, network.vocabulary_size
        rows = self.embed("tokens")  # (R, E)
        if head.input_feeding:
            rows = self.node("Concat", [rows, "attentional"], axis=1)
        top, context = rows, ""
        for number, decoder in enumerate(network.decoders):
            if context:
                top = self.node("Concat", [top, context], axis=1)
            top = self.step(decoder, f"decoder_{number}", f"state_{number}", top)
            context = context or self._attend(network, top)
        joined = self.node("Concat", [top, context], axis=1)
        vector = self._affine("attentional", joined)
        output = "new/attentional" if head.input_feeding else ""
        vector = self.node("Tanh", [vector], output=output)  # (R, E)
        if head.tied:
            logits = self.tied_product(vector)
        else:
            logits = self.product(vector, "output", self.weights["output/kernel"])
        bias = self.constant("bias", self.weights["output/bias"])
        logits = self.node("Add", [logits, bias])
        if head.copying:
            logs = self._copied(logits, self.node("Concat", [vector, context], axis=1))
        else:
            logs = self.node("LogSoftmax", [logits], axis=1)
        self._choose(logs)
        return self.model(*self._ports(network, size))

    def _ports(self, network: TranslatorNetwork, size: int) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs and outputs."""
        states = network.state_units.items()
        rows: list[Tensor] = [(name, TensorProto.FLOAT, ["rows", units]) for name, units in states]
        inputs: list[Tensor] = [
            ("tokens", TensorProto.INT32, ["rows"]),
            *rows,
            *_memory(network),
            ("lengths", TensorProto.INT32, ["batch"]),
            ("candidates", TensorProto.INT64, ["candidates"]),
            self.optional("mask", np.zeros((1, 1), np.float32), ["masks", "columns"]),
        ]
        if network.head.copying:
            inputs.append(("copied", TensorProto.INT32, ["batch", "time"]))
        outputs: list[Tensor] = [
            ("next", TensorProto.INT64, ["rows", "candidates"]),
            ("log_probabilities", TensorProto.FLOAT, ["rows", "candidates"]),
            ("attention", TensorProto.FLOAT, ["rows", "time"]),
            *((f"new/{name}", kind, shape) for name, kind, shape in rows),
        ]
        return inputs, outputs

    def _attend(self, network: TranslatorNetwork, top: str) -> str:
        """The context (R, K) of the bottom layer's output (R, U); ``attention`` is an output."""
        present = self._present()  # (B, 1, S)
        if network.head.attention == "additive":
            query = self._by_sentence(
                self.product(top, "query", self.weights["attention/query"]), network.keys
            )
            asked = self.node("Unsqueeze", [query, self.integers(3)])  # (B, W, A, 1)
            known = self.node("Unsqueeze", ["keys", self.integers(1)])  # (B, 1, A, S)
            hidden = self.node("Tanh", [self.node("Add", [asked, known])])
            score = self.constant("attention/score", self.weights["attention/score"].T)
            scores = self.node("MatMul", [score, hidden])  # (B, W, 1, S)
            scores = self.node("Squeeze", [scores, self.integers(2)])
        else:
            scores = self.node("MatMul", [self._by_sentence(top, network.keys), "keys"])
        scores = self.node("Where", [present, scores, self.number(_NOWHERE)])
        weights = self.node("Softmax", [scores], axis=2)  # (B, W, S)
        is_there = self.node("Cast", [present], to=TensorProto.FLOAT)
        # Of a source without tokens nothing.
        weights = self.node("Mul", [weights, is_there], output="by_sentence")
        flat = self.node("Concat", [self.integers(-1), self._length()], axis=0)
        self.node("Reshape", [weights, flat], output="attention")
        context = self.node("MatMul", [weights, "values"])
        return self.node("Reshape", [context, self.integers(-1, network.values)])

    def _by_sentence(self, rows: str, width: int) -> str:
        """Rows (R, width) by sentence, (B, W, width)."""
        batch = self.node("Shape", ["values"], start=0, end=1)
        shape = self.node("Concat", [batch, self.integers(-1, width)], axis=0)
        return self.node("Reshape", [rows, shape])

    def _length(self) -> str:
        """S, as a vector of one number."""
        return self.node("Shape", ["values"], start=1, end=2)

    def _present(self) -> str:
        """(B, 1, S), true where a source has a token."""
        lengths = self.node("Cast", ["lengths"], to=TensorProto.INT64)
        column = self.node("Unsqueeze", [lengths, self.integers(1)])
        present = self.node("Less", [self.numbers("values", axis=1), column])
        return self.node("Unsqueeze", [present, self.integers(1)])

    def _affine(self, name: str, rows: str) -> str:
        """Rows times the matrix of that name, with its bias."""
        product = self.product(rows, name, self.weights[f"{name}/kernel"])
        return self.node("Add", [product, self.constant("bias", self.weights[f"{name}/bias"])])

    def _copied(self, logits: str, reader: str) -> str:
        """The logarithms (R, V) of what is written or copied (See et al. 2017, eq. 8 and 9).

        Args:
            logits: (R, V).
            reader: what the gate reads, (R, E + K).
        """
        gate = self.node("Sigmoid", [self._affine("gate", reader)])  # (R, 1)
        written = self.node("Mul", [self.node("Softmax", [logits], axis=1), gate])
        rest = self.node("Sub", [self.number(1.0), gate])
        shares = self.node("Mul", ["attention", rest])  # (R, S)
        sentences = self.node("Unsqueeze", ["copied", self.integers(1)])  # (B, 1, S)
        spread = self.node("Expand", [sentences, self.node("Shape", ["by_sentence"])])  # (B, W, S)
        flat = self.node("Concat", [self.integers(-1), self._length()], axis=0)
        places = self.node("Reshape", [spread, flat])
        inputs = [written, places, shares]
        both = self.node("ScatterElements", inputs, axis=1, reduction="add")
        return self.node("Log", [self.node("Max", [both, self.number(_LEAST)])])

    def _choose(self, logs: str) -> None:
        """From logarithms (R, V) to the most probable tokens."""
        masked = self.node("Add", [logs, "mask"])
        count = self.node("Shape", ["candidates"])
        self.several("TopK", [masked, count], ["log_probabilities", "next"], axis=1)


def _memory(network: TranslatorNetwork) -> list[Tensor]:
    """What the encoder hands to each step."""
    return [
        ("keys", TensorProto.FLOAT, ["batch", network.keys, "time"]),
        ("values", TensorProto.FLOAT, ["batch", "time", network.values]),
    ]
