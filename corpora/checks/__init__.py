"""What ruins training, found in a file before it does.

Stands on the readers, and nothing else of corpora stands on it.
"""
