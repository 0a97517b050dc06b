"""Helm charts: seen, and not read.

What a chart makes depends on the values that it is given, and on charts that are fetched. Rejected: running `helm
template` here, which reads a stranger's chart by a program that may reach for the network; a person runs it, and what
it prints is adopted like any manifests.
"""

from pathlib import Path

from stead.adopt.evidence import Evidence
from stead.adopt.text import at, text_at, yaml
from stead.adopt.text import each as items

KIND = "Helm charts"
NAME = "Chart.yaml"


def read(found: Evidence) -> None:
    """Note each chart that is in no other one, with what makes manifests of it."""
    charts = sorted(folders(found))
    outer = [chart for chart in charts if not any(other in chart.parents for other in charts)]
    for chart in outer:
        name = found.folder(chart)
        fetched = f"helm dependency build {name} && " if _needs_others(found, chart) else ""
        found.tree.notes.append(
            f"{name}: a Helm chart, which was not read, since its values decide which objects it has\n"
            f"    {fetched}helm template {name} > manifests.yaml, and adopt once more"
        )


def _needs_others(found: Evidence, chart: Path) -> bool:
    """Return whether a chart names others that are not in the repository, and are to be fetched first."""
    named = [
        text_at(each, "name") for root in yaml(found.tree, chart / NAME) for each in items(at(root, "dependencies"))
    ]
    there = {path.relative_to(chart).parts[1] for path in found.tree.below(chart / "charts")}
    return not all(any(inner.startswith(name) for inner in there) for name in named)


def folders(found: Evidence) -> set[Path]:
    """Return the folders of charts."""
    return {path.parent for path in found.named(NAME)}
