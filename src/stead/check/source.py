"""Where the source of a process is: the package of its app, or the folder of its command, and what these import.

Modules are looked for on disk and never imported: an import would run a stranger's code in the check itself.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path

from stead.check.tree import Tree
from stead.model import AnyService, Job, Service

SCRIPTS = frozenset({".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".go", ".java", ".kt", ".rs", ".rb", ".php", ".cs"})
CODE = SCRIPTS | {".py", ".yml", ".yaml", ".properties"}
ASIDE = frozenset({"tests", "test", "__tests__", "vendor", "dist", "build", "target", "coverage", "out"})
TEST = re.compile(r"test_.*\.py|conftest\.py|.*_test\.\w+|.*\.(test|spec|config)\.\w+")
# What in a program's code, in any language, shows that it waits for requests.
SERVES = re.compile(
    r"\.listen\(|\bListen(?:AndServe)?\(|createServer\(|HttpServer\.create\(|\.serve(?:_forever)?\(|\bserve\(|HTTPServer\(|FastAPI\(|Flask\("
    r"|Starlette\(|Litestar\(|Sanic\(|django|WSGI|ASGI|uvicorn|@RestController|@Controller|SpringApplication|spring-boot"
    r"|WebApplication|axum|actix|Sinatra|Rails|Rack|Bun\.serve|NestFactory|grpc|\.run\(|net\.Listen|app\.get\("
)

Runs = AnyService | Job  # a process that has a source


def entry_of(process: Runs) -> str:
    """Return `module:callable` of a process in Python; empty for any other, and for static files."""
    if isinstance(process, Job):
        return process.entry
    return "" if process.static else process.app


def module_of(process: Runs) -> str:
    """Return the module in which a process starts, `python -m module` among them; empty where there is none."""
    words = process.command
    if len(words) > 2 and words[0].rpartition("/")[2].startswith("python") and words[1] == "-m":
        return words[2]
    return entry_of(process).partition(":")[0]


def locate(module: str, root: Path) -> Path | None:
    """Return the file of a module, or the folder of a package without `__init__.py`; None when there is none."""
    return _on_disk(root, module) or _installed(module)


def _on_disk(root: Path, module: str) -> Path | None:
    stem = root.joinpath(*module.split("."))
    for file in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
        if file.is_file():
            return file
    return stem if stem.is_dir() and next(stem.glob("*.py"), None) else None


def _installed(module: str) -> Path | None:
    top, *inner = module.split(".")
    try:
        spec = find_spec(top) if top.isidentifier() else None
        name = top
        for part in inner:
            name = f"{name}.{part}"
            inside = spec.submodule_search_locations if spec else None
            spec = PathFinder.find_spec(name, inside) if inside else None
    except (ImportError, ValueError, AttributeError):
        return None
    return _file_of(spec)


def _file_of(spec: ModuleSpec | None) -> Path | None:
    if spec is None:
        return None
    if spec.origin and spec.has_location:
        return Path(spec.origin)
    if spec.origin == "built-in" or spec.origin == "frozen":
        return Path(sys.executable)
    return next((Path(folder) for folder in spec.submodule_search_locations or ()), None)


def folder_of(process: Runs, tree: Tree) -> Path | None:
    """Return the folder that holds a process's code; None where it is one file, an image, or not to be told."""
    module = module_of(process)
    if module:
        file = locate(module, tree.root)
        return None if file is None else _package(file, module)
    if isinstance(process, Service) and process.worker:
        return Path(os.path.normpath(tree.root / process.folder))
    if not process.command:
        return None
    folder = Path(os.path.normpath(tree.root / process.folder))  # no links are followed
    if folder != tree.root:
        return folder
    script = next((word for word in process.command if (tree.root / word) in tree.known), "")
    return (tree.root / script).parent if "/" in script.removeprefix("./") else None


def _package(file: Path, module: str) -> Path | None:
    if file.is_dir():
        return file
    return file.parent if "." in module or file.name == "__init__.py" else None


def own_sources(folders: Mapping[Runs, Path | None], tree: Tree) -> dict[str, tuple[Path, ...]]:
    """Return the files of each process's own code, by its name, without what it imports from elsewhere.

    A folder belongs to one service; where several start in modules of one folder, and for a job, it is the module.
    """
    times = Counter(folder for process, folder in folders.items() if isinstance(process, Service))
    claimed = frozenset(str(folder) for folder in folders.values() if folder)
    return {
        process.name: _module(process, tree)
        if folder is None or (module_of(process) and (times[folder] > 1 or isinstance(process, Job)))
        else _folder_code(process, folder, claimed, tree)
        for process, folder in folders.items()
    }


def _module(process: Runs, tree: Tree) -> tuple[Path, ...]:
    module = module_of(process)
    file = locate(module, tree.root) if module else None
    return (file,) if file and file.is_file() else ()


def _folder_code(process: Runs, folder: Path, claimed: frozenset[str], tree: Tree) -> tuple[Path, ...]:
    """Return the code below a folder, but not what is below another's folder inside it, generated, or a test."""
    if folder != tree.root and tree.root not in folder.parents:
        return _elsewhere(folder) if module_of(process) else ()
    kinds = frozenset({".py"}) if module_of(process) else CODE
    found = (path for path in tree.below(folder) if path.suffix in kinds and not is_aside(path, folder))
    return tuple(path for path in found if not _is_claimed(path, folder, claimed))


def is_aside(path: Path, folder: Path) -> bool:
    """Return whether a file below a folder is a test's, or is what a build made."""
    *inner, name = str(path)[len(str(folder)) :].split("/")
    return not ASIDE.isdisjoint(inner) or TEST.fullmatch(name) is not None


def _is_claimed(path: Path, folder: Path, claimed: frozenset[str]) -> bool:
    top, above = str(folder), str(path.parent)
    while above != top:
        if above in claimed:
            return True
        above = above.rpartition("/")[0]
    return False


@lru_cache(maxsize=256)
def _elsewhere(folder: Path) -> tuple[Path, ...]:
    """Services from the shelf share a folder; a thousand of them walk it once."""
    walked = os.walk(folder, followlinks=False)
    return tuple(sorted(Path(inside) / name for inside, _, names in walked for name in names if name.endswith(".py")))


def imported(path: Path, module: str, name: str, tree: Tree) -> Path | None:
    """Return the file in the tree that an import of a file means; relative imports start with their dots."""
    dots = len(module) - len(module.lstrip("."))
    start = str(path.parents[dots - 1] if dots else tree.root)
    for whole in _candidates(module[dots:], name):
        stem = f"{start}/{whole.replace('.', '/')}"
        found = tree.named_exactly.get(f"{stem}.py") or tree.named_exactly.get(f"{stem}/__init__.py")
        if found:
            return found
    return None


def _candidates(module: str, name: str) -> Iterator[str]:
    if name and name != "*":
        yield f"{module}.{name}" if module else name
    if module:
        yield module
