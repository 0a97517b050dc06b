"""The call graph as text: Mermaid, which the web draws, DOT for Graphviz, or a table for a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stead.model import AnyService, Backend
from stead.model.call import FRONT

OUTSIDE = "internet"
MERMAID_WORDS = ("call", "class", "click", "default", "end", "flowchart", "graph", "href", "style", "subgraph")


@dataclass(frozen=True, slots=True)
class Arrow:
    """The call graph, with operations."""

    caller: str
    callee: str
    operations: tuple[str, ...]

    @property
    def label(self) -> str:
        return ", ".join(self.operations)


def arrows(backend: Backend) -> tuple[Arrow, ...]:
    """Return the arrows, in the order of the description; calls between the same two are one arrow."""
    found: dict[tuple[str, str], list[str]] = {}
    for edge in backend.edges():
        labels = found.setdefault((edge.caller.name, edge.callee.name), [])
        for operation in edge.call.operations:
            labels += _fronted(edge.callee) if operation == FRONT else [operation]
    return tuple(Arrow(*pair, tuple(dict.fromkeys(labels))) for pair, labels in found.items())


def mermaid(backend: Backend) -> str:
    """Draw a flowchart, from the callers on the left to the callees on the right."""
    lines = ["flowchart LR"]
    if backend.gateway:
        lines.append(f"    {OUTSIDE}_((internet)) --> {_id(backend.gateway.name)}")
        lines.append(f'    {_id(backend.gateway.name)}{{{{"{backend.gateway.name}"}}}}')
    lines += [f'    {_id(job.name)}>"{job.name}"]' for job in backend.jobs]
    lines += [f'    {_id(service.name)}["{service.name}"]' for service in backend.services]
    for arrow in arrows(backend):
        label = f'|"{arrow.label}"|' if arrow.label else ""
        lines.append(f"    {_id(arrow.caller)} -->{label} {_id(arrow.callee)}")
    return "\n".join(lines) + "\n"


def dot(backend: Backend) -> str:
    """Draw a digraph for Graphviz."""
    lines = [f'digraph "{backend.name}" {{', "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    if backend.gateway:
        lines.append(f'    "{backend.gateway.name}" [shape=hexagon];')
        lines.append(f'    "{OUTSIDE}" [shape=circle];')
        lines.append(f'    "{OUTSIDE}" -> "{backend.gateway.name}";')
    lines += [f'    "{job.name}" [shape=cds];' for job in backend.jobs]
    lines += [f'    "{service.name}";' for service in backend.services]
    lines += [f'    "{arrow.caller}" -> "{arrow.callee}" [label="{arrow.label}"];' for arrow in arrows(backend)]
    return "\n".join([*lines, "}"]) + "\n"


def table(backend: Backend) -> str:
    """Write one line an arrow: caller, callee, operations."""
    rows = [("caller", "callee", "may"), *((arrow.caller, arrow.callee, arrow.label) for arrow in arrows(backend))]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "".join(f"{one:<{widths[0]}}  {two:<{widths[1]}}  {may}".rstrip() + "\n" for one, two, may in rows)


FORMATS: dict[str, Callable[[Backend], str]] = {"mermaid": mermaid, "dot": dot, "table": table}


def _fronted(service: AnyService) -> Sequence[str]:
    """Return the label of a gateway's entry: public requests, and those of users."""
    return sorted({route.access for route in service.routes if route.access != "service"})


def _id(name: str) -> str:
    plain = name.replace("-", "_")
    return f"{plain}_" if plain in MERMAID_WORDS else plain
