"""Keras layers of our own, one a file, written with keras.ops."""
