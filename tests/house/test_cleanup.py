"""Cleanup cannot be cancelled: an `await` in a cleanup is one of `finish(...)`, which a cancellation does not reach."""

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
