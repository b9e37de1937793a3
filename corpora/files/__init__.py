"""Any file, whatever it holds: opened, read, written whole or not at all, fetched and unpacked.

Knows nothing of records, tags or labels: what is read here is lines, blocks and bytes.
"""
