"""How texts are written down: here a file a format of records, in ``tagged/`` of tagged text.

Stands on :mod:`textrnn.corpora.files`, and knows nothing of what anybody does with what it reads.
"""
