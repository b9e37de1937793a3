"""One file a format of word vectors, and what they share.

A format is a callable of ``(file, path, reading, wanted)`` that gives :class:`blocks.Block`, some
words and their rows at a time; :mod:`textrnn.embeddings.reading` tells which one a file needs. No
format knows the store, or how words are looked up.
"""
