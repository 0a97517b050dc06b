"""Backend → one Helm chart: the objects of the Kubernetes target, with what differs between environments as values."""

import json
from collections.abc import Mapping

from stead.model import Backend
from stead.render import yaml
from stead.render.edit import edited
from stead.render.helm import notes
from stead.render.helm.chart import Chart, templates
from stead.render.helm.context import FOLDER, installed
from stead.render.helm.problems import problems
from stead.render.helm.report import KEEPS
from stead.render.helm.serialization import Writer
from stead.render.helm.values import defaults_text, environment_text, file_of

__all__ = ["EDITABLE", "FOLDER", "KEEPS", "MISSING", "files", "problems", "runs_there"]

EDITABLE = (Chart,)
MISSING = ("Helm installs no environment", "give an environment kubernetes=Kubernetes(…, helm=True)")


def runs_there(backend: Backend) -> bool:
    """Return whether Helm installs an environment of the backend."""
    return bool(installed(backend))


def files(backend: Backend) -> Mapping[str, str]:
    """Return the files of the chart, by path below `deploy/`."""
    contexts = installed(backend)
    if not contexts:
        return {}
    made, settings = templates(contexts)
    chart = edited(backend, Chart(name=backend.name, description=f"The backend {backend.name}."))
    writer = Writer(backend.name)
    found = {f"templates/{each.path}": writer.written(each) for each in made}
    found |= {file_of(name): environment_text(settings, name) for name in contexts}
    found |= {
        "Chart.yaml": yaml.written(chart.tree),
        "values.yaml": defaults_text(settings),
        "values.schema.json": json.dumps(settings.schema(), indent=2, ensure_ascii=False) + "\n",
        "templates/_helpers.tpl": notes.helpers(backend.name),
        "templates/NOTES.txt": notes.text(backend),
    }
    return {f"{FOLDER}/{backend.name}/{path}": text for path, text in found.items()}
