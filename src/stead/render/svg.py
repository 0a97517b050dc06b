"""The call graph as an SVG: boxes in layers from left to right, with the operations at the start of each arrow.

Drawn here, without Graphviz: the same description gives the same bytes on any machine, whatever is installed there.
"""

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from stead.model import Backend
from stead.render.graph import OUTSIDE, arrows
from stead.render.graph_layout import Arrow, Layers, layers

LETTER = 7.3  # width of a letter of a name, in the font below
SMALL = 6.2  # width of a letter of an arrow's label, in its smaller font
PORT = 22  # between two arrows at one box
BETWEEN = 26  # between two boxes of one layer
POINT = 16  # height of where an arrow passes a layer
CURVE = 70  # width in which an arrow changes its height
MARGIN = 20
STYLE = """
    svg { background: #ffffff; color: #1f2328 }
    text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: currentColor }
    .name { font-weight: 600; text-anchor: middle }
    .may { font-size: 11px; fill: #59636e }
    .box { fill: #f6f8fa; stroke: #8c959f; stroke-width: 1.2 }
    .gateway { fill: #ddf4ff; stroke: #0969da }
    .job { fill: #fff8c5; stroke: #9a6700; stroke-dasharray: 5 3 }
    .internet { fill: none; stroke-dasharray: 2 3 }
    .arrow { fill: none; stroke: #6e7781; stroke-width: 1.3 }
    #head path { fill: #6e7781 }
    @media (prefers-color-scheme: dark) {
      svg { background: #0d1117; color: #e6edf3 }
      .box { fill: #161b22; stroke: #6e7681 }
      .gateway { fill: #0c2d6b; stroke: #388bfd }
      .job { fill: #341a00; stroke: #bb8009 }
      .internet { fill: none }
      .may { fill: #9198a1 }
    }
""".rstrip(" ")
HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>'
)


def svg(backend: Backend) -> str:
    """Draw the call graph."""
    return "\n".join(_SvgWriter(backend).lines()) + "\n"


class _SvgWriter:
    """One picture: sizes first, then places, then lines."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.labels = {(arrow.caller, arrow.callee): arrow.label for arrow in arrows(backend)}
        names = [process.name for process in backend.processes]
        if backend.gateway:
            names.insert(0, OUTSIDE)
            self.labels = {(OUTSIDE, backend.gateway.name): "", **self.labels}
        self.names = set(names)
        self.made = layers(names, self.labels)
        self.left, self.right = _arrow_ends(self.made)
        self.size = {node: self._size(node) for row in self.made.rows for node in row}
        self.x, self.width = self._columns()
        self.y, self.height = self._rows()

    def lines(self) -> Iterator[str]:
        """Yield the picture, its arrows below its boxes."""
        size = f"{self.width:.0f} {self.height:.0f}"
        yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{self.width:.0f}" role="img">'
        yield f"  <title>Call graph of {escape(self.backend.name)}</title>"
        yield f"  <style>{STYLE}  </style>"
        yield f"  {HEAD}"
        for arrow in self.made.chains:
            yield from self._arrow(arrow)
        for node in (node for row in self.made.rows for node in row if node in self.names):
            yield from self._box(node)
        yield "</svg>"

    def _size(self, node: str) -> tuple[float, float]:
        if node not in self.names:
            return 0.0, POINT
        ports = max(len(self.left[node]), len(self.right[node]))
        return len(self._name(node)) * LETTER + 28, max(36, ports * PORT + 6)

    def _name(self, node: str) -> str:
        """Return the text of a box, with the operations of a process's calls to itself."""
        return f"{node}  ↻ {self.labels[node, node]}" if (node, node) in self.labels else node

    def _columns(self) -> tuple[dict[str, float], float]:
        """Return the left edge of every node, and the width of it all. A point is as wide as its layer."""
        x: dict[str, float] = {}
        at = float(MARGIN)
        for row in self.made.rows:
            wide = max(self.size[node][0] for node in row)
            self.size |= {node: (wide, POINT) for node in row if node not in self.names}
            x |= {node: at + (wide - self.size[node][0]) / 2 for node in row}
            at += wide + sum(self._runs(row)) + CURVE
        return x, at - (CURVE if self.made.rows else 0) + MARGIN

    def _runs(self, row: list[str]) -> tuple[float, float]:
        """Return the space right of a layer for the labels at both ends of its arrows."""
        starts = [self._written(arrow) for node in row for arrow in self.right[node] if arrow not in self.made.turned]
        ends = [self._written(arrow) for node in row for arrow in self.right[node] if arrow in self.made.turned]
        return max(starts, default=0), max(ends, default=0)

    def _written(self, arrow: Arrow) -> float:
        label = self.labels[arrow]
        return len(label) * SMALL + 14 if label else 0

    def _rows(self) -> tuple[dict[str, float], float]:
        """Return the middle of every node, each layer in the middle of the picture."""
        heights = [sum(self.size[node][1] for node in row) + BETWEEN * (len(row) - 1) for row in self.made.rows]
        height = max(heights, default=0) + 2 * MARGIN
        y: dict[str, float] = {}
        for row, own in zip(self.made.rows, heights, strict=True):
            at = (height - own) / 2
            for node in row:
                y[node] = at + self.size[node][1] / 2
                at += self.size[node][1] + BETWEEN
        return y, height

    def _port(self, node: str, arrow: Arrow, *, right: bool) -> tuple[float, float]:
        """Return where an arrow touches a node: at a height of its own, in the order of the other ends."""
        beside = self.right if right else self.left
        ends = sorted(beside[node], key=lambda each: self.y[beside[node][each]])
        offset = (ends.index(arrow) - (len(ends) - 1) / 2) * PORT
        return self.x[node] + (self.size[node][0] if right else 0), self.y[node] + offset

    def _arrow(self, arrow: Arrow) -> Iterator[str]:
        chain, turned = self.made.chains[arrow], arrow in self.made.turned
        first, last = self._port(chain[0], arrow, right=True), self._port(chain[-1], arrow, right=False)
        passed = [(self.x[point], self.x[point] + self.size[point][0], self.y[point]) for point in chain[1:-1]]
        stops = [(first[0], first[0], first[1]), *passed, (last[0], last[0], last[1])]
        gaps = [
            (out, self._starts(chain[number]), into, self._ends(chain[number]), level, to)
            for number, ((_, out, level), (into, _, to)) in enumerate(pairwise(stops))
        ]
        way = _path(gaps)
        heads = ' marker-start="url(#head)"' if turned else ' marker-end="url(#head)"'
        yield f'  <path class="arrow" d="{way}"{heads}/>'
        if label := escape(self.labels[arrow]):
            x, y = last if turned else first
            shift, anchor = (-7, ' text-anchor="end"') if turned else (7, "")
            yield f'  <text class="may" x="{x + shift:.0f}" y="{y - 4:.0f}"{anchor}>{label}</text>'

    def _starts(self, node: str) -> float:
        return self._runs(self._row(node))[0]

    def _ends(self, node: str) -> float:
        return self._runs(self._row(node))[1]

    def _row(self, node: str) -> list[str]:
        return next(row for row in self.made.rows if node in row)

    def _box(self, node: str) -> Iterator[str]:
        (wide, high), x, y = self.size[node], self.x[node], self.y[node]
        kind = self._kind(node)
        round_ = high / 2 if kind == "internet" else 10 if kind == "gateway" else 5
        place = f'x="{x:.0f}" y="{y - high / 2:.0f}" width="{wide:.0f}" height="{high:.0f}" rx="{round_:.0f}"'
        yield f'  <rect class="box {kind}" {place}/>'
        yield f'  <text class="name" x="{x + wide / 2:.0f}" y="{y + 4:.0f}">{escape(self._name(node))}</text>'

    def _kind(self, node: str) -> str:
        if node == OUTSIDE:
            return "internet"
        if self.backend.gateway and node == self.backend.gateway.name:
            return "gateway"
        return "job" if any(job.name == node for job in self.backend.jobs) else "service"


Ends = dict[str, dict[Arrow, str]]
Gap = tuple[
    float, float, float, float, float, float
]  # from x, level for, to x, level before it, from height, to height


def _arrow_ends(made: Layers) -> tuple[Ends, Ends]:
    """Return for each node the arrows on its left and on its right, each with the next node of its way."""
    left: Ends = {node: {} for row in made.rows for node in row}
    right: Ends = {node: {} for row in made.rows for node in row}
    for arrow, chain in made.chains.items():
        for one, two in pairwise(chain):
            right[one][arrow] = two
            left[two][arrow] = one
    return left, right


def _path(gaps: list[Gap]) -> str:
    """Return a path, from left to right, that is level where something may be written and passes layers straight."""
    parts: list[str] = []
    for x, start, to, end, level, height in gaps:
        parts.append(f"{'L' if parts else 'M'}{x:.0f} {level:.0f}H{x + start:.0f}")
        middle = (x + start + to - end) / 2
        parts.append(f"C{middle:.0f} {level:.0f} {middle:.0f} {height:.0f} {to - end:.0f} {height:.0f}H{to:.0f}")
    return "".join(parts)
