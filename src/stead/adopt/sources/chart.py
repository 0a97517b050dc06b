"""Helm charts: seen, and not read.

What a chart makes depends on the values that it is given, and on charts that are fetched. Rejected: running `helm
template` here, which reads a stranger's chart by a program that may reach for the network; a person runs it, and what
it prints is adopted like any manifests.
"""

from pathlib import Path

from stead.adopt.evidence import Evidence

KIND = "Helm charts"
NAME = "Chart.yaml"


def read(found: Evidence) -> None:
    """Note each chart that is in no other one, with what makes manifests of it."""
    charts = sorted(folders(found))
    outer = [chart for chart in charts if not any(other in chart.parents for other in charts)]
    for chart in outer:
        name = found.folder(chart)
        found.tree.notes.append(
            f"{name}: a Helm chart, which was not read, since its values decide which objects it has\n"
            f"    helm template {name} > manifests.yaml, and adopt once more"
        )


def folders(found: Evidence) -> set[Path]:
    """Return the folders of charts."""
    return {path.parent for path in found.named(NAME)}
