"""The training wing: the only part of textrnn that imports Keras. It writes model bundles."""

from textrnn.offline import prepare_import

prepare_import("keras")
