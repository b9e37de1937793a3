"""Whether a graph is one that textrnn could have compiled for a network.

Three things are looked at before ONNX Runtime sees a graph: what it is made of
(:mod:`textrnn.runtime.onnx_file` and the operators of :mod:`textrnn.runtime.graph_shapes`); that
its inputs, outputs, tables and layers are those of the network that the manifest describes; and,
for a large batch, that no tensor is larger than the network's own are.

Shapes: B texts, T tokens, U units, V tokens of the vocabulary, L labels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textrnn.errors import BundleError
from textrnn.network import Encoder, GeneratorNetwork, Network, TaggerNetwork
from textrnn.runtime.graph_shapes import Shapes
from textrnn.runtime.onnx_file import DOUBLE, FLOAT, INT32, INT64, OnnxFile, Port, Shape, read_onnx
from textrnn.runtime.weights import (
    generator_weight_shapes,
    tagger_weight_shapes,
    weight_shapes,
)

# Large and without a common divisor, so that no product of lengths looks like another.
_BATCH, _TIME = 1009, 997
_MORE_UNITS = 16  # that a layer may have besides those of the network
_SLACK = 4  # times the network's own widths
_NODES, _LAYER_NODES = 400, 100
_OPSETS = {"": 17, "com.microsoft": 1}
_RECURRENT = ("RNN", "LSTM", "GRU", "DynamicQuantizeLSTM")

Ports = Mapping[str, tuple[int, Shape]]


@dataclass(frozen=True)
class GraphPlan:
    """What a graph must be like, for a batch of 1,009 texts of 997 tokens.

    Attributes:
        inputs: type and shape of each.
        outputs: likewise.
        optional: inputs and outputs that may be missing.
        tables: the inputs that name rows of tables, each with the rows that it may name.
        layers: the units of the recurrent layers, in order.
        token_units: the widest row of numbers that a token has on its way.
        pair_units: likewise of a pair of tokens.
        weights: the numbers that the network learns.
    """

    inputs: Ports
    outputs: Ports
    tables: Mapping[str, int]
    layers: Sequence[int]
    token_units: int
    weights: int
    pair_units: int = 0
    optional: frozenset[str] = frozenset()

    @property
    def most_bytes(self) -> int:
        """A graph's file is no larger: four bytes a number, twice, and its operations."""
        return 8 * self.weights + (1 << 20)


def classifier_plan(network: Network) -> GraphPlan:
    """What a classifier's graph must be like."""
    shapes = weight_shapes(network)
    outputs = {"logits": (FLOAT, (_BATCH, len(network.head.labels)))}
    if network.has_attention:
        outputs["attention"] = (FLOAT, (_BATCH, _TIME))
    return GraphPlan(
        {"tokens": (INT32, (_BATCH, _TIME)), "lengths": (INT32, (_BATCH,))},
        outputs,
        {"tokens": network.vocabulary_size},
        _units(network.encoders),
        _widest(shapes),
        _count(shapes),
    )


def tagger_plans(network: TaggerNetwork) -> dict[str, GraphPlan]:
    """What a tagger's graphs must be like, by their files."""
    shapes = tagger_weight_shapes(network)
    spelled = {name: shape for name, shape in shapes.items() if name.startswith("characters/")}
    units = max(network.feature_units, _widest(shapes))
    plans = {
        "model.onnx": GraphPlan(
            {
                "features": (FLOAT, (_TIME, _BATCH, network.feature_units)),
                "lengths": (INT32, (_BATCH,)),
            },
            {"emissions": (FLOAT, (_BATCH, _TIME, len(network.head.tags)))},
            {},
            _units(network.encoders),
            units,
            _count({name: shape for name, shape in shapes.items() if name not in spelled}),
            pair_units=network.head.attention_heads,
        )
    }
    if network.characters is not None:
        encoder = network.characters
        plans["words.onnx"] = GraphPlan(
            {"characters": (INT32, (_BATCH, _TIME)), "lengths": (INT32, (_BATCH,))},
            {"encoded": (FLOAT, (_BATCH, encoder.output_units))},
            {"characters": network.character_count},
            [encoder.units] if encoder.kind == "lstm" else [],
            _widest(spelled),
            _count(spelled),
        )
    return plans


def generator_plan(network: GeneratorNetwork) -> GraphPlan:
    """What a generator's graph must be like; it need not be able to draw."""
    shapes, size = generator_weight_shapes(network), network.vocabulary_size
    inputs: dict[str, tuple[int, Shape]] = {"tokens": (INT32, (_BATCH,))}
    outputs: dict[str, tuple[int, Shape]] = {"logits": (FLOAT, (_BATCH, size))}
    for name, units in network.state_units.items():
        inputs[name] = outputs[f"new/{name}"] = (FLOAT, (_BATCH, units))
    draws_from = {"mask": (FLOAT, (_BATCH, size)), "sharpness": (FLOAT, ())}
    draws_from["points"] = (DOUBLE, (_BATCH,))
    drawn = {"drawn": (INT64, (_BATCH,)), "log_probabilities": (FLOAT, (_BATCH,))}
    return GraphPlan(
        inputs | draws_from,
        outputs | drawn,
        {"tokens": size},
        [],
        size + _widest(shapes),
        _count(shapes),
        optional=frozenset(draws_from | drawn),
    )


def check_graph(content: bytes, plan: GraphPlan) -> None:
    """See that a graph is like its plan.

    Args:
        content: the ONNX file.
        plan: of the network that the manifest describes.

    Raises:
        BundleError: it is not, which is said without the name of its file.
    """
    graph = read_onnx(content)
    most = _NODES + _LAYER_NODES * len(plan.layers or plan.inputs)
    if len(graph.nodes) > most:
        raise BundleError(f"it has {len(graph.nodes):,} operations; at most {most:,} are needed")
    for domain, version in graph.opsets.items():
        if _OPSETS.get(domain) != version:
            raise BundleError(
                f"it is of an operator set that textrnn does not write: {domain!r:.80}"
            )
    _check_ports(graph.inputs, plan.inputs, plan.optional, "input")
    _check_ports(graph.outputs, plan.outputs, plan.optional, "output")
    given = {name: plan.inputs[name][1] for name in graph.inputs}
    shapes = Shapes(graph, given)
    for name in graph.outputs:
        wanted = plan.outputs[name][1]
        if shapes.of.get(name) != wanted:
            raise BundleError(f"its output {name!r} is not of the shape that the network has")
    _check_sizes(graph, shapes, plan)
    _check_tables(graph, shapes, plan)
    _check_layers(graph, plan)


def _check_ports(
    found: Mapping[str, Port], wanted: Ports, optional: frozenset[str], what: str
) -> None:
    missing = wanted.keys() - found.keys() - optional
    if missing or found.keys() - wanted.keys():
        raise BundleError(
            f"it has the {what}s {', '.join(found) or 'none'!s:.200}; the network has "
            f"{', '.join(wanted)}"
        )
    for name, port in found.items():
        kind, shape = wanted[name]
        fits = len(port.shape) == len(shape) and all(
            isinstance(have, str) or have == want
            for have, want in zip(port.shape, shape, strict=True)
        )
        if port.type != kind or not fits:
            raise BundleError(
                f"its {what} {name!r} is not of the type or shape that the network has"
            )


def _check_sizes(graph: OnnxFile, shapes: Shapes, plan: GraphPlan) -> None:
    """No tensor is much larger than those that the network has."""
    time = _TIME if "lengths" in plan.inputs else 1  # a generator reads a token at a time
    read = _BATCH * time * (plan.token_units + time * plan.pair_units)
    constant = sum(math.prod(each.shape) for each in graph.constants.values())
    for name, shape in shapes.of.items():
        most = constant if name in shapes.fixed else read
        if math.prod(shape) > _SLACK * most:
            raise BundleError(f"its tensor {name!r:.80} is larger than any of such a network")


def _check_tables(graph: OnnxFile, shapes: Shapes, plan: GraphPlan) -> None:
    """Tables have a row for each token that may be read."""
    rows = dict(plan.tables)
    for node in graph.nodes:
        if node.operator in ("Transpose", "Cast", "Identity") and node.inputs[0] in rows:
            rows[node.outputs[0]] = rows[node.inputs[0]]
        elif node.operator == "Gather" and node.inputs[1] in rows:
            have, want = shapes.of[node.inputs[0]][0], rows[node.inputs[1]]
            if node.attributes.get("axis", 0) != 0 or have != want:
                raise BundleError(
                    f"its table has {have:,} rows; the manifest's network has {want:,}"
                )


def _check_layers(graph: OnnxFile, plan: GraphPlan) -> None:
    """The recurrent layers are those of the network, or a little wider."""
    found = [
        node.attributes.get("hidden_size", 0) for node in graph.nodes if node.operator in _RECURRENT
    ]
    fits = len(found) == len(plan.layers) and all(
        isinstance(have, int) and units <= have <= units + _MORE_UNITS
        for have, units in zip(found, plan.layers, strict=True)
    )
    if not fits:
        have, want = (", ".join(map(str, units)) or "none" for units in (found, plan.layers))
        raise BundleError(f"its recurrent layers have {have:.200} units; the manifest says {want}")


def _units(encoders: Sequence[Encoder]) -> list[int]:
    return [encoder.units for encoder in encoders]


def _count(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The numbers of all weights."""
    return sum(map(math.prod, shapes.values()))


def _widest(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """The longest row that the matrices read or write; of tables a row's length."""
    tables = ("embedding", "shapes", "bigrams", "lexicon", "characters/embedding")
    return 2 * max(
        shape[-1] if name in tables or len(shape) == 1 else max(math.prod(shape[:-1]), shape[-1])
        for name, shape in shapes.items()
    )
