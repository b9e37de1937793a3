"""What pyproject.toml cannot say: three folders at the top are packages inside textrnn, and a page
of an index can show neither the files that README.md links to nor its pictures.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup

FOLDERS = ("corpora", "embeddings", "cli")
inside = [name for folder in FOLDERS for name in find_packages(include=[folder, f"{folder}.*"])]

_PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)\n+", re.MULTILINE)
_LOCAL_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")
readme = Path(__file__).with_name("README.md").read_text("utf-8")
page = _LOCAL_LINK.sub(r"\1", _PICTURE.sub("", readme))

setup(
    packages=[
        *find_packages(include=["textrnn", "textrnn.*"]),
        "textrnn.models",  # data alone
        "textrnn.embeddings.shipped",  # data alone
        *(f"textrnn.{name}" for name in inside),
    ],
    package_dir={f"textrnn.{folder}": folder for folder in FOLDERS},
    long_description=f"{page}\nThe documents, as Markdown, are in the source distribution.\n",
    long_description_content_type="text/markdown",
)
