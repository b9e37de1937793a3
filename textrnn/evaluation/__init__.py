"""How good a model is: scores, calibration, reports. NumPy alone, pictures apart."""

from textrnn.evaluation.calibration import ReliabilityBin, expected_calibration_error, reliability
from textrnn.evaluation.classification import (
    ClassificationReport,
    ClassScore,
    Mistake,
    score_classification,
)
from textrnn.evaluation.evaluate import evaluate_classifier, evaluate_tagger
from textrnn.evaluation.report import write_report
from textrnn.evaluation.span_report import write_span_report
from textrnn.evaluation.spans import SpanReport, SpanScore, score_spans, span_f1

__all__ = [
    "ClassScore",
    "ClassificationReport",
    "Mistake",
    "ReliabilityBin",
    "SpanReport",
    "SpanScore",
    "evaluate_classifier",
    "evaluate_tagger",
    "expected_calibration_error",
    "reliability",
    "score_classification",
    "score_spans",
    "span_f1",
    "write_report",
    "write_span_report",
]
