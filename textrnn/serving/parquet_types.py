"""The types of what heads answer, for Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textrnn.corpora.formats.parquet import load_pyarrow

Types = list[tuple[str, Any]]


def classification_types(labels: Sequence[str]) -> Types:
    """Names and PyArrow's types of what ``Classification.as_dict`` gives."""
    arrow, _ = load_pyarrow()
    number, text, share = arrow.int64(), arrow.string(), arrow.float64()
    shares = arrow.struct([(label, share) for label in labels])
    first = [("language", text), ("label", text), ("probability", share), ("probabilities", shares)]
    return [*first, ("tokens", number), ("windows", number)]


def tagging_types(*, readings: bool) -> Types:
    """Names and PyArrow's types of :meth:`textrnn.heads.tagger.result.TaggedText.as_dict`."""
    arrow, _ = load_pyarrow()
    number, text, share = arrow.int64(), arrow.string(), ("probability", arrow.float64())
    place = [("start", number), ("end", number), ("text", text), ("label", text)]
    types: Types = [("language", text), ("entities", arrow.list_(arrow.struct([*place, share])))]
    if readings:
        entities = ("entities", arrow.list_(arrow.struct(place)))
        types.append(("readings", arrow.list_(arrow.struct([share, entities]))))
    return types


def explanation_types() -> Types:
    """Names and PyArrow's types of :meth:`textrnn.explaining.explanation.Explanation.as_dict`."""
    arrow, _ = load_pyarrow()
    number, text, share = arrow.int64(), arrow.string(), arrow.float64()
    weight = [("start", number), ("end", number), ("text", text), ("weight", share)]
    first = [("language", text), ("label", text), ("probability", share)]
    first += [("method", text), ("faithfulness", share), ("together", number)]
    curves = [("curve", arrow.list_(share)), ("random_curve", arrow.list_(share))]
    return [*first, ("weights", arrow.list_(arrow.struct(weight))), *curves]


def generation_types() -> Types:
    """Names and PyArrow's types of :meth:`textrnn.heads.generator.result.Generation.as_dict`."""
    arrow, _ = load_pyarrow()
    number, text, share = arrow.int64(), arrow.string(), arrow.float64()
    first = [("seed", text), ("continuation", text), ("tokens", number)]
    return [*first, ("log_probability", share), ("perplexity", share), ("finish", text),
            ("random_state", number)]  # fmt: skip
