"""What pyproject.toml cannot say: three folders at the top are packages inside textrnn."""

from setuptools import find_packages, setup

FOLDERS = ("corpora", "embeddings", "cli")
inside = [name for folder in FOLDERS for name in find_packages(include=[folder, f"{folder}.*"])]

setup(
    packages=[
        *find_packages(include=["textrnn", "textrnn.*"]),
        "textrnn.models",  # data alone
        "textrnn.embeddings.shipped",  # data alone
        *(f"textrnn.{name}" for name in inside),
    ],
    package_dir={f"textrnn.{folder}": folder for folder in FOLDERS},
)
