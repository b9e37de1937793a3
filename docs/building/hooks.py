"""What MkDocs calls while it builds the site: pages from elsewhere, and links that lead there."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from api_pages import api_pages, source_tree
from command_pages import command_pages
from formulas import formula
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from notebook_pages import notebook_page
from pages import ROOT, outside_docs, relinked
from recipe_page import recipe_page

_log = logging.getLogger("mkdocs.hooks.textrnn")


@event_priority(100)  # before mkdocstrings looks
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Show mkdocstrings where the package lies; set formulas; list pages that are made."""
    fence = {"name": "math", "class": "math", "format": formula}
    config.mdx_configs["pymdownx.superfences"] = {"custom_fences": [fence]}
    config.nav = _expanded(config.nav, sorted(_made()))
    python: dict[str, Any] = config.plugins["mkdocstrings"].config.handlers["python"]
    python["paths"] = [str(source_tree())]
    return config


def _expanded(nav: Any, uris: Sequence[str]) -> Any:
    """A navigation in which ``folder/*`` stands for the pages of a folder that are made."""
    if isinstance(nav, dict):
        return {title: _expanded(inner, uris) for title, inner in nav.items()}
    if not isinstance(nav, list):
        return nav
    found: list[Any] = []
    for item in nav:
        if isinstance(item, str) and item.endswith("/*"):
            found += [uri for uri in uris if uri.startswith(item[:-1]) and uri.endswith(".md")]
        else:
            found.append(_expanded(item, uris))
    return found


@cache
def _made() -> dict[str, str | Path]:
    """The pages and pictures that do not lie in docs/: their content, or the file that has it."""
    made: dict[str, str | Path] = {uri: ROOT / source for source, uri in outside_docs().items()}
    made |= {f"reference/command/{name}.md": page for name, page in command_pages()}
    made |= {f"reference/python/{name}.md": page for name, page in api_pages()}
    for path in sorted(ROOT.glob("docs/notebooks/*.ipynb")):
        made[f"notebooks/{path.stem}.md"] = notebook_page(path)
    return made | {"reference/recipe.md": recipe_page()}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in docs/, and those that are made of the code."""
    for uri, made in _made().items():
        where = {"content": made} if isinstance(made, str) else {"abs_src_path": str(made)}
        files.append(File.generated(config, uri, **where))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Lead links to where things are on the site."""
    uri = page.file.src_uri
    places = {home: source for source, home in outside_docs().items()}
    return relinked(markdown, places.get(uri, f"docs/{uri}"), uri, _log.warning)


def on_post_build(config: MkDocsConfig) -> None:
    """Leave nothing behind."""
    python = config.plugins["mkdocstrings"].config.handlers["python"]
    for folder in python["paths"]:
        shutil.rmtree(Path(folder), ignore_errors=True)
