"""Our own format: vectors in one file that is mapped. Knows no other format, and no lookup."""
