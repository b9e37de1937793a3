"""The training wing: the only part of textrnn that imports Keras. It writes model bundles."""
