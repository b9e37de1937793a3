"""What writes bundles: the only part of textrnn that imports Keras. It knows no command."""

from textrnn.offline import prepare_import

prepare_import("keras")
