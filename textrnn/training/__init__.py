"""What writes bundles: the only part of textrnn that imports Keras. It knows no command.

Plans and recipes can be read without Keras, which is therefore prepared for when it is imported.
"""

from textrnn.offline import prepare_later

prepare_later("keras")
