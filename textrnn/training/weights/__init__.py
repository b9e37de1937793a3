"""Weights by their names: kept, read, and begun with."""
