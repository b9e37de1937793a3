"""ONNX graphs: written from trained weights, checked, and run. No task is known here."""
