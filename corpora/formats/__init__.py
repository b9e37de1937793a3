"""How texts are written down: a file a format, read into records or tagged sentences with places.

Stands on :mod:`textrnn.corpora.files`, and knows nothing of what anybody does with what it reads.
"""
