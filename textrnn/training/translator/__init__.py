"""Training translators."""
