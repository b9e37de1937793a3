"""Texts in, a label and its probability out."""
