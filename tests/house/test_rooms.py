"""The rooms: imports point down, there is no cycle, and a service sees no more of another than its contract."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
FILES = sorted((SOURCE / "stead").rglob("*.py"))

# What a room may import, itself aside; a room that is not named here must be added with thought.
MAY_IMPORT = {
    "": {"model"},
    "model": set(),
    "kit": {"model"},
    "services": {"kit", "model"},
    "gateway": {"model"},
    "run": {"gateway", "kit", "model"},
    "check": {"render", "gateway", "kit", "model"},
    "render": {"gateway", "model"},
    "ops": {"run", "render", "gateway", "kit", "model"},
    "console": {"run", "kit", "model"},
    "testing": {"services", "run", "kit", "model"},
    "scaffold": {"model"},
    "__main__": {"cli"},
    "adopt": {"check", "model"},
    "reference": {"kit", "render", "model"},
    "cli": {"console", "run", "check", "adopt", "render", "ops", "scaffold", "gateway", "kit", "model", "testing"},
}

# What a target of delivery may import of `stead.render`, itself and its modules beside the targets aside.
EVERY_TARGET_MAY_IMPORT = {"docker", "pipeline"}  # the images that it runs, and what pipelines of all forges share
TARGET_MAY_IMPORT = {
    "helm": {"kubernetes"},  # a chart is the manifests with values in them
    "observability": {"compose"},  # an overlay of the Compose file
    "terraform": {"kubernetes"},  # it makes the secrets that the manifests read
}


def module_of(file):
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


def imports(file):
    """The modules of this package that a file imports, those inside its functions included."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room_of(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def arrows():
    for module, file in MODULES.items():
        for target in set(imports(file)):
            if target.split(".")[0] == "stead" and target != module:
                yield module, target


def test_imports_point_down():
    upward = [
        f"{source} -> {target}"
        for source, target in arrows()
        if room_of(source) != room_of(target) and room_of(target) not in MAY_IMPORT.get(room_of(source), set()) | {""}
    ]
    assert upward == []


def target_of(module):
    """The target of delivery that a module belongs to; none of those beside the targets."""
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["render"] and len(parts) > 2 and (SOURCE / Path(*parts[:3])).is_dir() else ""


def test_a_target_imports_no_other_target():
    strangers = [
        f"{source} -> {target}"
        for source, target in arrows()
        if target_of(source)
        and target_of(target) not in TARGET_MAY_IMPORT.get(target_of(source), set()) | EVERY_TARGET_MAY_IMPORT
        and target_of(target) not in ("", target_of(source))
    ]
    assert strangers == []


def test_there_is_no_cycle():
    graph = {module: set() for module in MODULES}
    for source, target in arrows():
        if target in MODULES:
            graph[source].add(target)
    TopologicalSorter(graph).prepare()


def test_a_service_sees_only_anothers_contract():
    strangers = [
        f"{source} -> {target}"
        for source, target in arrows()
        if room_of(source) == room_of(target) == "services"
        and source.split(".")[2:3] != target.split(".")[2:3]
        and target.split(".")[3:4] != ["contract"]
    ]
    assert strangers == []


def test_the_model_needs_the_standard_library_only():
    allowed = {"stead", *__import__("sys").stdlib_module_names, "typing_extensions"}
    foreign = [
        f"{module} -> {target}"
        for module, file in MODULES.items()
        if room_of(module) == "model"
        for target in imports(file)
        if target.split(".")[0] not in allowed
    ]
    assert foreign == []


@pytest.mark.parametrize("word", ["utils", "common", "helpers", "manager", "base"])
def test_no_file_has_a_name_that_says_nothing(word):
    assert [file for file in FILES if word in (file.stem, file.parent.name)] == []


def test_no_file_is_too_long():
    long = {str(file.relative_to(SOURCE)): len(file.read_text().splitlines()) for file in FILES}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}
