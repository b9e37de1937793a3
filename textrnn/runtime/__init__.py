"""Serving: ONNX graphs written from trained weights, and run with ONNX Runtime."""
