"""Texts in, names with their places out."""
