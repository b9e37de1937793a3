"""``textrnn export``: models made into something else than a bundle."""

from __future__ import annotations

from pathlib import Path

import click

from textrnn.cli.parts.command import Command, Group
from textrnn.cli.parts.model_name import ModelName
from textrnn.cli.parts.notes import show_line


@click.group(cls=Group)
def command() -> None:
    """Make a site of models, which answers in the visitor's browser.

    A model as one zip, for another textrnn, is written by `textrnn models export`.
    """


@command.command(cls=Command)
@click.argument("models", nargs=-1, required=True, type=ModelName(), metavar="MODEL…")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FOLDER",
              help="The site: a new folder, or a site that is replaced.")  # fmt: skip
@click.option("--runtime", type=click.Path(path_type=Path), default=Path("node_modules"),
              show_default=True, metavar="FOLDER",
              help="Where npm installed onnxruntime-web.")  # fmt: skip
@click.pass_obj
def web(settings: dict[str, bool], models: tuple[str, ...], out: Path, runtime: Path) -> None:
    """Write a static site on which models answer in the visitor's browser, without a server.

    Any file server serves it; what was fetched once answers offline. Nothing is downloaded here:
    npm installs ONNX Runtime for browsers.

    \b
        npm install onnxruntime-web@1.30.0
        textrnn export web sentiment-en ner-en --out site
        python3 -m http.server --directory site
    """
    from textrnn.browser.site import export_site

    sizes = export_site(models, out, runtime=runtime)
    if settings["quiet"]:
        return
    parts = {"the page": sizes.page, "ONNX Runtime": sizes.runtime, **sizes.models}
    told = ", ".join(f"{name} {count / 1e6:.1f} MB" for name, count in parts.items())
    show_line(f"wrote {out}; a visitor fetches {told}")
