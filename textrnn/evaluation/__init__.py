"""How good a model is: scores, calibration, reports. NumPy alone, pictures apart."""

from textrnn.evaluation.calibration import ReliabilityBin, expected_calibration_error, reliability
from textrnn.evaluation.classification import (
    ClassificationReport,
    ClassScore,
    Mistake,
    score_classification,
)
from textrnn.evaluation.evaluate import evaluate_classifier
from textrnn.evaluation.report import write_report

__all__ = [
    "ClassScore",
    "ClassificationReport",
    "Mistake",
    "ReliabilityBin",
    "evaluate_classifier",
    "expected_calibration_error",
    "reliability",
    "score_classification",
    "write_report",
]
