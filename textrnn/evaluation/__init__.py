"""How good a model is: scores, calibration, reports. NumPy alone, pictures apart."""

from textrnn.evaluation.calibration import ReliabilityBin, expected_calibration_error, reliability
from textrnn.evaluation.classification import (
    ClassificationReport,
    ClassScore,
    Mistake,
    score_classification,
)
from textrnn.evaluation.evaluate import evaluate_classifier, evaluate_tagger
from textrnn.evaluation.generation import GenerationReport, evaluate_generator
from textrnn.evaluation.generation_report import write_generation_report
from textrnn.evaluation.novelty import NoveltyReport, novelty_of
from textrnn.evaluation.perplexity import PerplexityReport, measure_perplexity
from textrnn.evaluation.report import write_report
from textrnn.evaluation.span_report import write_span_report
from textrnn.evaluation.spans import SpanReport, SpanScore, score_spans, span_f1

__all__ = [
    "ClassScore",
    "ClassificationReport",
    "GenerationReport",
    "Mistake",
    "NoveltyReport",
    "PerplexityReport",
    "ReliabilityBin",
    "SpanReport",
    "SpanScore",
    "evaluate_classifier",
    "evaluate_generator",
    "evaluate_tagger",
    "expected_calibration_error",
    "measure_perplexity",
    "novelty_of",
    "reliability",
    "score_classification",
    "score_spans",
    "span_f1",
    "write_generation_report",
    "write_report",
    "write_span_report",
]
