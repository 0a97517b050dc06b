"""AppHosts of .NET Aspire: the projects, servers and containers that one starts, and what it hands to each.

The statements of the program are read, and nothing is compiled: what a method of its own adds is not found. A value
that is given in a later statement is left out: it names what is declared after the process, which is where a browser is
sent back to, and not whom the process asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import normpath

from stead.adopt.environment import label
from stead.adopt.evidence import Evidence, RoutePart, Value

MARK = "Aspire.AppHost"
COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*(?:.*?\*/|.*)', re.DOTALL)
STATEMENT = re.compile(r'(?:"(?:\\.|[^"\\\n])*"|[^;"])+')
ADDED = re.compile(
    r"^\s*(?:(?:var|IResourceBuilder<[\w.]+>)\s+(?P<variable>\w+)\s*=\s*)?(?:await\s+)?(?P<on>\w+)\s*"
    r"\.Add(?P<method>\w+)(?:<(?:Projects\.)?(?P<project>\w+)>)?\s*\(\s*\"(?P<name>[^\"]+)\""
    r"(?:\s*,\s*(?:image:\s*)?\"(?P<second>[^\"]*)\")?(?:\s*,\s*(?:tag:\s*)?\"(?P<third>[^\"]*)\")?"
)
ENDPOINT = re.compile(r"^\s*var\s+(?P<variable>\w+)\s*=\s*(?P<of>\w+)\s*\.GetEndpoint\(")
REFERENCE = re.compile(r"\.WithReference\(\s*(\w+)")
WAIT = re.compile(r"\.WaitFor(?:Start|Completion)?\(\s*(\w+)")
GIVEN = re.compile(r"\.WithEnvironment\(\s*\"([^\"]+)\"\s*,\s*(?:\"([^\"]*)\"|(\w+)(?:\.GetEndpoint\([^()]*\))?)\s*\)")
HEALTH = re.compile(r"\.WithHttpHealthCheck\(\s*\"([^\"]+)\"")
OUTSIDE = ".WithExternalHttpEndpoints("
SERVERS = {
    "Postgres": "postgres",
    "AzurePostgresFlexibleServer": "postgres",
    "Redis": "redis",
    "Valkey": "valkey",
    "AzureRedis": "redis",
    "RabbitMQ": "rabbitmq",
    "Kafka": "kafka",
    "MongoDB": "mongo",
    "MySql": "mysql",
    "SqlServer": "mssql",
    "Nats": "nats",
}
FOLDERS = frozenset({"NpmApp", "NodeApp", "JavaScriptApp", "PythonApp", "UvicornApp", "GolangApp"})
KIND = "AppHosts"


@dataclass
class Host:
    """An AppHost's program: its file, the projects of the repository, and what each of its variables stands for."""

    file: Path
    projects: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)


def read(found: Evidence) -> None:
    """Add what each AppHost starts."""
    manifests = list(found.named("*.csproj"))
    projects = {re.sub(r"\W", "_", path.stem): found.folder(path.parent) for path in manifests}
    for manifest in manifests:
        if MARK in (found.tree.text(manifest) or ""):
            for file in (path for path in found.tree.below(manifest.parent) if path.suffix == ".cs"):
                found.add(_parts(found, Host(file, projects)), KIND)


def _parts(found: Evidence, host: Host) -> Iterator[RoutePart]:
    code = COMMENT.sub(lambda match: match[1] or " ", found.tree.text(host.file) or "")
    for statement in STATEMENT.findall(code) if "DistributedApplication" in code else ():
        if endpoint := ENDPOINT.match(statement):
            host.names[endpoint["variable"]] = host.names.get(endpoint["of"], "")
        elif added := ADDED.match(statement):
            yield from _added(found, host, added, statement)


def _added(found: Evidence, host: Host, added: re.Match[str], statement: str) -> Iterator[RoutePart]:
    """Yield the process that a statement adds; a database is its server's."""
    server = host.names.get(added["on"], "")
    if added["variable"]:
        host.names[added["variable"]] = server or added["name"]
    image, folder = _image(added), _folder(found, host, added)
    if server or not (image or folder):
        return
    name = found.name(host.file)
    part = RoutePart(added["name"], name, "compose", image=image, folder=folder, values=_values(host, statement))
    references = _named(host, REFERENCE.findall(statement))
    part.after = tuple(dict.fromkeys((*references, *_named(host, WAIT.findall(statement)))))
    part.callees = references
    part.health = health[1] if (health := HEALTH.search(statement)) else ""
    if OUTSIDE in statement:
        found.exposed.add(label(added["name"]))
    yield part


def _image(added: re.Match[str]) -> str:
    if added["method"] == "Container":
        return f"{added['second'] or ''}:{added['third']}" if added["third"] else added["second"] or ""
    return SERVERS.get(added["method"], "")


def _folder(found: Evidence, host: Host, added: re.Match[str]) -> str:
    if added["method"] == "Project":
        return host.projects.get(added["project"] or Path((added["second"] or "").replace("\\", "/")).stem, "")
    if added["method"] not in FOLDERS or not added["second"]:
        return ""
    folder = normpath(f"{found.folder(host.file.parent)}/{added['second']}".replace("\\", "/"))
    return "" if folder.startswith("..") else folder


def _named(host: Host, variables: list[str]) -> tuple[str, ...]:
    return tuple(name for variable in variables if (name := host.names.get(variable)))


def _values(host: Host, statement: str) -> dict[str, Value]:
    """Return what a process is given: a text, or the address of another one."""
    values: dict[str, Value] = {}
    for name, text, variable in GIVEN.findall(statement):
        if text:
            values[name] = Value(text, host.file.name, text)
        elif callee := host.names.get(variable):
            values[name] = Value(None, host.file.name, f"http://{callee}")
    return values
