"""The Compose files of a backend, as text and as what a reader of YAML finds in them."""

from pathlib import Path

import yaml

from stead.render.compose.overlay import merged
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]
BACKENDS = ("rewards", "tigrit")
PLACES = ("dev", "stage", "prod")


def files_of(backend):
    files = generated(backend, ["compose"])
    return {path.rpartition("/")[2]: text for path, text in files.items()}


def read(text):
    return yaml.load(text, yaml.CSafeLoader)


def whole(files, place):
    return merged(read(files["compose.yaml"]), read(files[f"compose.{place}.yaml"]))
