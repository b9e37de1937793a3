"""A model on disk: plain data, never code; every size is bounded and every part checked."""
