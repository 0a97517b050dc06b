"""Runtimes: one module for each language of commands; each returns an image, or the problem."""

from collections.abc import Mapping

from stead.render.docker.image_kind import Kind
from stead.render.docker.parts import Runtime
from stead.render.docker.runtime import binary, dotnet, go, java, node, php, python, ruby, rust

RUNTIMES: Mapping[Kind, Runtime] = {
    "python": python,
    "node": node,
    "java": java,
    "go": go,
    "dotnet": dotnet,
    "ruby": ruby,
    "php": php,
    "rust": rust,
    "program": binary,
}
