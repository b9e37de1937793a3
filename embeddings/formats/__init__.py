"""One file a format of word vectors, and what they share. No reader knows the store or a lookup."""
