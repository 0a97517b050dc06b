"""`stead graph`: pictures in several forms, and a committed one that is held against the description."""

import pytest

from cli.command import stead

BACKEND = """from stead import Backend, Route, Service

stock = Service("stock", command="run", routes=[Route.service("GET", "/v1/stock", "read")])
orders = Service("orders", command="run", calls=[stock.may("read")])
backend = Backend("shop", services=[orders, stock])
"""
DOCUMENT = "# Shop\n\n```mermaid\nsequenceDiagram\n```\n\n<!-- graph: shop -->\n\n```mermaid\n```\n\nText stays.\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "backend.py").write_text(BACKEND)
    return tmp_path


def held(folder, file):
    return stead("graph", "shop", "--check", file, folder=folder)


@pytest.mark.parametrize(
    ("form", "begins"), [("mermaid", "flowchart LR"), ("dot", "digraph"), ("table", "caller"), ("svg", "<svg")]
)
def test_each_form(folder, form, begins):
    done = stead("graph", "shop", "--format", form, folder=folder)
    assert done.returncode == 0
    assert done.stdout.startswith(begins)


@pytest.mark.parametrize("file", ["graph.mmd", "graph.svg", "graph.dot", "graph.txt", "README.md", "shop/README.md"])
def test_what_is_written_is_held_and_becomes_stale(folder, file):
    if file.endswith(".md"):
        (folder / file).write_text(DOCUMENT)
    assert stead("graph", "shop", "--write", file, folder=folder).returncode == 0
    well = held(folder, file)
    assert (well.returncode, well.stdout) == (0, f"{file} agrees with the description\n")
    (folder / "shop" / "backend.py").write_text(BACKEND.replace('"read"', '"look"'))
    done = held(folder, file)
    assert done.returncode == 1
    assert f"fix: stead graph shop --write {file}" in done.stdout
    assert stead("graph", "shop", "--write", file, folder=folder).returncode == 0
    assert held(folder, file).returncode == 0


def test_of_a_document_only_the_picture_changes(folder):
    (folder / "README.md").write_text(DOCUMENT)
    stead("graph", "shop", "--write", "README.md", folder=folder)
    text = (folder / "README.md").read_text()
    begin, end = DOCUMENT.split("```mermaid\n```")
    assert text.startswith(f"{begin}```mermaid\nflowchart LR\n")
    assert text.endswith(f"\n```{end}")


def test_the_difference_is_shown(folder):
    (folder / "README.md").write_text(DOCUMENT)
    stead("graph", "shop", "--write", "README.md", folder=folder)
    (folder / "shop" / "backend.py").write_text(BACKEND.replace('"read"', '"look"'))
    said = held(folder, "README.md").stdout.splitlines()
    assert said[0] == "README.md:10: the picture differs from the description"
    assert said[1:3] == ['  -    orders -->|"read"| stock', '  +    orders -->|"look"| stock']


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("gone.md", None, "there is no gone.md"),
        ("a.md", "# Nothing\n", "<!-- graph: shop -->"),
        ("a.md", "<!-- graph: elsewhere -->\n```mermaid\n```\n", "has no picture"),
        ("a.rst", "x", "a picture is in a file that ends in"),
        ("a.svg", b"\xff\xfe", "cannot be read"),
    ],
)
def test_where_there_is_no_picture(folder, file, text, said):
    if text is not None:
        (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    done = held(folder, file)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_document_with_one_picture_needs_no_mark(folder):
    (folder / "a.md").write_text("# Shop\n\n```mermaid\n```\n")
    assert held(folder, "a.md").returncode == 1
    assert stead("graph", "shop", "--write", "a.md", folder=folder).returncode == 0
    assert held(folder, "a.md").returncode == 0


CLUSTER = """
from dataclasses import replace
from stead import Environment, Kubernetes
from stead.render.kubernetes.policy import NetworkPolicy


def closed(each: NetworkPolicy) -> NetworkPolicy:
    return replace(each, spec=replace(each.spec, ingress=())) if each.metadata.name == "stock" else each


prod = Environment("prod", kubernetes=Kubernetes("shop"))
backend = Backend("shop", services=[orders, stock], environments=[prod], registry="ghcr.io/example", edits=EDITS)
"""


def test_in_a_cluster_the_policies_are_held_against_the_description_too(folder):
    file = folder / "shop" / "backend.py"
    file.write_text(BACKEND + CLUSTER.replace("EDITS", "[]"))
    assert stead("graph", "shop", "--write", "graph.mmd", folder=folder).returncode == 0
    assert held(folder, "graph.mmd").returncode == 0
    file.write_text(BACKEND + CLUSTER.replace("EDITS", "[closed]"))
    done = held(folder, "graph.mmd")
    assert done.returncode == 1
    assert "prod: the network policies: orders cannot reach stock, but the description has the call" in done.stdout
