"""The errors a user can meet. The one module that all four rooms may import."""

from __future__ import annotations


class TextRNNError(Exception):
    """The root: catch this to catch everything that textrnn raises on purpose."""


class InputError(TextRNNError):
    """A file or text that the user gave cannot be used; the message says where it is wrong."""


class TooMuchError(InputError):
    """A service is asked for more than it answers at once."""


class ConfigurationError(TextRNNError):
    """An option, a network description or a recipe is wrong."""


class SeedError(ConfigurationError):
    """A seed cannot begin what is to be written; another seed could."""


class ModelNotFoundError(TextRNNError):
    """No model of that name ships with textrnn, and no bundle lies at that path."""


class BundleError(TextRNNError):
    """A model bundle is damaged, or made by a newer version of textrnn."""


class MissingExtraError(TextRNNError):
    """The work needs an optional part of textrnn that is not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        from textrnn.installation import command_for

        super().__init__(f"{purpose} needs the extra {extra}: {command_for(extra)}")


class UnwantedError(TextRNNError):
    """The work was stopped since nobody waits for it any more."""


class WeakModelWarning(UserWarning):
    """A model was trained, and is of no use as it is; the message says why and what may help."""


class TrainingError(TextRNNError):
    """Training cannot go on: the loss is not finite, or the data cannot be learned from."""
