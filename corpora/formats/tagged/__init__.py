"""How tagged text is written down: a file a format, read into sentences or texts with their spans.

Stands on the formats of records beside this folder, in which some tagged text is written.
"""
