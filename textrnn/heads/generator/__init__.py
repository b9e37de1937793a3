"""A seed in, texts out."""
