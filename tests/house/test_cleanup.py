"""Cleanup cannot be cancelled: an `await` in a cleanup is one of `finish(...)`, which a cancellation does not reach.

The exit of an `async with` is a cleanup, too. What this repository defines is held by the first rule; a library's
manager stands in `Protected(...)`, unless its exit waits for nothing (a lock, a limit of time).
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "src" / "stead").rglob("*.py")), *sorted((ROOT / "backends").rglob("*.py"))]
OWN = ROOT / "src" / "stead" / "kit" / "cleanup.py"
AFTER_CANCELLATION = ("CancelledError", "BaseException")


def cleanups(tree):
    """The statements that run when a task is being cancelled."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try | ast.TryStar):
            yield from node.finalbody
            for handler in node.handlers:
                kind = ast.unparse(handler.type) if handler.type else "BaseException"
                if any(name in kind for name in AFTER_CANCELLATION):
                    yield from handler.body
        elif isinstance(node, ast.AsyncFunctionDef) and node.name == "__aexit__":
            yield from node.body


def protected(node):
    call = node.value if isinstance(node, ast.Await) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "finish"


def unprotected(text):
    """The lines of the awaits that a cancellation can interrupt in the middle of a cleanup."""
    found = (node for statement in cleanups(ast.parse(text)) for node in ast.walk(statement))
    waits = (node for node in found if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith))
    return sorted({node.lineno for node in waits if not protected(node)})


WITHOUT_WAIT = {"timeout", "timeout_at", "Lock", "Semaphore", "BoundedSemaphore", "TaskGroup", "Protected"}
ALSO_FOREIGN = {"connection", "transaction"}  # psycopg has these names, too: ours are those of a `database`
# The process of a story ends with it.
NOT_HELD = ("story.py",)


def last(node):
    """The last name of `a.b.C`, of `a.b.C(...)` and of an annotation, `"C | None"`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return ast.unparse(node).strip("\"'").partition(" |")[0].rpartition(".")[2] if node else ""


def own_managers(trees):
    """The names of the async context managers that are defined here, whose cleanups the first rule holds."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = (node for node in nodes if isinstance(node, ast.AsyncFunctionDef))
    yield from (node.name for node in functions if "asynccontextmanager" in map(last, node.decorator_list))
    for node in nodes:
        if isinstance(node, ast.ClassDef) and "__aexit__" in [getattr(part, "name", "") for part in node.body]:
            yield node.name


def kinds(tree):
    """What each name of a file stands for: by its assignment, its annotation, or what a function returns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((last(target), last(node.value)) for target in node.targets if isinstance(node.value, ast.Call))
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            yield node.arg if isinstance(node, ast.arg) else last(node.target), last(node.annotation)
        elif isinstance(node, ast.FunctionDef) and node.returns:
            yield node.name, last(node.returns)


def safe_exit(manager, known, own):
    if isinstance(manager, ast.Call) and isinstance(manager.func, ast.Attribute) and last(manager) in ALSO_FOREIGN:
        return last(manager.func.value).lstrip("_") in ("database", "self")
    return bool({last(manager), *(kind for name, kind in known if name == last(manager))} & (WITHOUT_WAIT | own))


def open_exits(text, own=frozenset()):
    """The lines of the `async with` whose exit a cancellation can interrupt."""
    tree = ast.parse(text)
    known = set(kinds(tree))
    entered = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncWith)]
    managers = (item.context_expr for node in entered for item in node.items)
    return sorted(manager.lineno for manager in managers if not safe_exit(manager, known, own))


def test_no_exit_of_a_librarys_object_can_be_cancelled():
    texts = {file: file.read_text() for file in FILES if file.name not in NOT_HELD}
    own = set(own_managers(map(ast.parse, texts.values())))
    found = [f"{file.relative_to(ROOT)}:{line}" for file, text in texts.items() for line in open_exits(text, own)]
    assert found == [], "enter it as stead.kit.cleanup.Protected(...)"


@pytest.mark.parametrize(
    ("manager", "lines"),
    [
        ('client.stream("GET", url) as answer', [2]),
        ("connection.transaction()", [2]),
        ("pool.connection() as connection", [2]),
        ("AsyncExitStack() as stack", [2]),
        ("asyncio.timeout(1), httpx2.AsyncClient() as client", [2]),
        ("Protected(connection.transaction())", []),
        ("self._database.transaction() as connection", []),
        ("asyncio.timeout(1)", []),
        ("hall.locked(event)", []),
        ("self._turn", []),
        ("self._lock(chat)", []),
        ("opened as connection", [2]),
    ],
)
def test_the_rule_knows_whose_exit_waits(manager, lines):
    known = "self._turn = asyncio.Lock()\ndef _lock(self, chat) -> asyncio.Lock: ...\nopened = connect(url)"
    assert open_exits(f"async def f():\n async with {manager}:\n  pass\n{known}", {"locked"}) == lines


def test_no_cleanup_can_be_cancelled():
    found = [
        f"{file.relative_to(ROOT)}:{line}" for file in FILES if file != OWN for line in unprotected(file.read_text())
    ]
    assert found == [], "wrap what is awaited in stead.kit.cleanup.finish(...)"


@pytest.mark.parametrize(
    ("cleanup", "lines"),
    [
        ("try:\n  pass\n finally:\n  await pool.put(1)", [5]),
        ("try:\n  pass\n finally:\n  await finish(pool.put(1))", []),
        ("try:\n  pass\n except asyncio.CancelledError:\n  await undo()\n  raise", [5]),
        ("try:\n  pass\n except BaseException:\n  await undo()\n  raise", [5]),
        ("try:\n  pass\n except ValueError:\n  await undo()", []),
        ("try:\n  pass\n finally:\n  async with lock:\n   pass", [5]),
    ],
)
def test_the_rule_finds_what_can_be_interrupted(cleanup, lines):
    assert unprotected(f"async def f():\n {cleanup}\n") == lines


def test_the_exit_of_a_context_manager_is_a_cleanup():
    assert unprotected("class A:\n async def __aexit__(self, *_):\n  await self.close()\n") == [3]
