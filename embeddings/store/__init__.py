"""Our own format: word vectors in one file that is mapped into memory and checked as it is read.

It knows no other format, and not how words are looked up.
"""
