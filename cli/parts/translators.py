"""The translators that may be asked, by what they translate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textrnn.cli.parts.remote_option import chosen_service
from textrnn.errors import ModelNotFoundError


def translators_into(language: str) -> dict[str, str]:
    """The models that translate into a language, by the language that they read: those of the
    service that is asked, or else shipped ones and then one's own; of two that do, the one that
    reads such texts by default, or else the first.

    Args:
        language: an ISO 639-1 code.

    Raises:
        ModelNotFoundError: there is none; the message tells what there is.
    """
    from textrnn.catalog import default_models

    defaults = default_models("translator")
    pairs = sorted(_pairs(), key=lambda pair: pair[0] not in defaults)
    found = dict[str, str]()
    for name, source, target in pairs:
        if target == language.lower():
            found.setdefault(source, name)
    if not found:
        known = ", ".join(f"{name} ({source} to {target or '?'})" for name, source, target in pairs)
        raise ModelNotFoundError(f"no model translates into {language!r:.80}; there are: {known}")
    return found


def _pairs() -> Iterator[tuple[str, str, str]]:
    """Each translator's name, and the languages from and into which it translates."""
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import model_path, own_models, shipped_models
    from textrnn.heads.translator.translator import Translator
    from textrnn.serving.remote_head import remote_heads

    if service := chosen_service():
        for head in remote_heads(service, Translator):
            serving = head.card()["serving"]
            yield head.bundle.name, head.bundle.manifest.language, _target(serving)
        return
    bundles = [(name, Bundle.open(model_path(name))) for name in shipped_models()]
    bundles += [(own.name, own.bundle) for own in own_models()]
    for name, bundle in bundles:
        if bundle.manifest.task == Translator.task:
            yield name, bundle.manifest.language, _target(bundle.manifest.serving)


def _target(serving: Mapping[str, Any]) -> str:
    return str(serving.get("target_language", ""))
