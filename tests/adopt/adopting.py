"""A repository of a few files, adopted; and what its description comes to."""

from check.rule_run import modules_left_alone
from stead.adopt.adopt import adopt
from stead.model import load

ENTRY = 'HEALTH = "/health"\n'
PACKAGE = '{"name": "x", "scripts": {"start": "node src/main.js"}}\n'


def node(name):
    return {f"{name}/package.json": PACKAGE, f"{name}/src/main.js": 'const health = "/health"; process.env.PORT;\n'}


def adopted(root, files):
    """Write files into a folder, adopt it, and return the text and the backend that it loads as."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return described(root)


def described(root):
    text = adopt(root).text
    (root / "backend.py").write_text(text)
    with modules_left_alone(root):
        return text, load(root)


def service(backend, name):
    return {process.name: process for process in backend.processes}[name]


def called(process):
    return sorted(call.callee.name for call in process.calls)


def setting(process, name):
    return {each.name: each for each in process.declared}[name]
