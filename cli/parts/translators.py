"""The installed translators, by what they translate."""

from __future__ import annotations

from textrnn.errors import ModelNotFoundError


def translators_into(language: str) -> dict[str, str]:
    """The models that translate into a language, by the language that they read: shipped ones, of
    two the one that reads such texts by default, and then one's own.

    Args:
        language: an ISO 639-1 code.

    Raises:
        ModelNotFoundError: there is none; the message tells what there is.
    """
    from textrnn.bundle.bundle import Bundle
    from textrnn.catalog import default_models, model_path, own_models, shipped_models

    shipped = dict.fromkeys([*default_models("translator"), *shipped_models()])
    bundles = [(name, Bundle.open(model_path(name))) for name in shipped]
    bundles += [(own.name, own.bundle) for own in own_models()]
    found, known = dict[str, str](), list[str]()
    for name, bundle in bundles:
        manifest = bundle.manifest
        if manifest.task == "translator":
            into = str(manifest.serving.get("target_language", ""))
            known.append(f"{name} ({manifest.language} to {into or '?'})")
            if into == language.lower():
                found.setdefault(manifest.language, name)
    if not found:
        raise ModelNotFoundError(
            f"no model translates into {language!r:.80}; there are: {', '.join(known)}"
        )
    return found
