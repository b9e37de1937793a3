"""Which files of the repository are pages of the site, and where their links lead there.

Every file links as it lies in the repository, so that it can be read there, too. On the site a link
leads to the page or picture that the file became; a file that is none is named, not linked.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]

_HOMES = {
    "README.md": "index.md",
    "README.zh-CN.md": "zh/index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks/index.md",
    "benchmarks/RESULTS.md": "benchmarks/results.md",
    "quality/README.md": "quality.md",
    "recipes/names/README.md": "recipes/names.md",
    "recipes/sentences/README.md": "recipes/sentences.md",
    "recipes/teachers/README.md": "recipes/teachers.md",
}
NOTEBOOKS = "notebooks/sentiment.md"  # the first of them, for links to all
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`(?!\])", re.MULTILINE | re.DOTALL)


def outside_docs() -> dict[str, str]:
    """The files that do not lie in docs/, by their places in the repository: theirs on the site."""
    found = {source: uri for source, uri in _HOMES.items() if (ROOT / source).exists()}
    for card in sorted(ROOT.glob("textrnn/models/*/README.md")):
        found[_place(card)] = f"cards/{card.parent.name}.md"
        picture = card.with_name("training.png")
        if picture.exists():
            found[_place(picture)] = f"cards/{card.parent.name}.png"
    for card in sorted(ROOT.glob("embeddings/shipped/*.md")):
        found[_place(card)] = f"cards/{card.name}"
    for picture in sorted(ROOT.glob("benchmarks/*.svg")):
        found[_place(picture)] = _place(picture)
    return found


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def relinked(markdown: str, source: str, uri: str, complain: Callable[[str], None]) -> str:
    """A page with its links as they are on the site.

    Args:
        markdown: the page.
        source: the place of its file in the repository.
        uri: its own on the site.
        complain: told of links to what is not there.
    """
    places = outside_docs()

    def change(link: re.Match[str]) -> str:
        picture, text, target = link.groups()
        if "://" in target or target.startswith(("#", "mailto:")):
            return link.group()
        path, mark, anchor = target.partition("#")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if (ROOT / place).is_dir() and (ROOT / place / "README.md").exists():
            place = f"{place}/README.md"
        found = places.get(place) or (place[5:] if place.startswith("docs/") else None)
        if place == "docs/notebooks":
            found = NOTEBOOKS
        elif found and found.endswith(".ipynb"):
            found = found.replace(".ipynb", ".md")
        elif (ROOT / place).is_dir():
            found = None
        if not (ROOT / place).exists():
            complain(f"{source}: links to {target}, which is not there")
        if found is None:
            return text if text.strip("`") == place else f"{text} (`{place}`)"
        way = posixpath.relpath(found, posixpath.dirname(uri) or ".")
        return f"{picture}[{text}]({way}{mark}{anchor})"

    pieces, end = [], 0
    for code in _CODE.finditer(markdown):
        pieces += [_LINK.sub(change, markdown[end : code.start()]), code.group()]
        end = code.end()
    return "".join([*pieces, _LINK.sub(change, markdown[end:])])
