"""The names of a chart's settings: by the object and the field.

Well-known fields have short names (`replicas`, `autoscale.maximum`, `env.NAME`); any other field is named after its
object and its path, so that every difference between environments has a setting.
"""

import re
from dataclasses import dataclass

from stead.model import wiring as symbol
from stead.model.setting import Setting
from stead.render.helm.setting import Schema
from stead.render.kubernetes.context import SHARED, ClusterContext

PROCESSES = "processes"
Path = tuple[str, ...]
FORCED = {
    ("Deployment", ("spec", "replicas")): (("replicas",), "The number of replicas.", 1),
    ("HorizontalPodAutoscaler", ("spec", "minReplicas")): (("autoscale", "minimum"), "The fewest replicas.", 2),
    ("HorizontalPodAutoscaler", ("spec", "maxReplicas")): (("autoscale", "maximum"), "The most replicas.", 2),
    ("HorizontalPodAutoscaler", ("spec", "metrics", "0", "resource", "target", "averageUtilization")): (
        ("autoscale", "cpu"), "Percent of the requested CPU that the replicas use on average.", 1,
    ),
}  # fmt: skip
SHORT = {
    "HTTPRoute": "httpRoute", "HorizontalPodAutoscaler": "autoscale", "PodDisruptionBudget": "disruptionBudget",
}  # fmt: skip
APART = (SHARED, "tests")  # folders that are of no process
VARIABLES = {bool: "boolean", int: "integer"}  # a float stays a text: Helm would write another
_VARIABLE = 2  # `env/NAME/value`: the name is the second from the end


@dataclass(frozen=True, slots=True)
class Place:
    """One field of one object: the folder of its files, its kind and name, and the path inside of it."""

    folder: str
    kind: str
    name: str
    path: Path = ()

    def __truediv__(self, key: str) -> "Place":
        return Place(self.folder, self.kind, self.name, (*self.path, key))


@dataclass(frozen=True, slots=True)
class SettingName:
    """The name of a setting, its help, and its permitted values (None: the present type).

    quoted  whether it is a number or a boolean that the object has as a text, as variables are
    """

    path: Path
    help: str
    schema: Schema | None = None
    quoted: bool = False


def scope(folder: str) -> Path:
    """Return where the settings of a folder are."""
    return (folder,) if folder in APART else (PROCESSES, camel(folder))


def camel(text: str) -> str:
    """Return a name that is valid after a dot in Go's templates."""
    first, *rest = [word for word in re.split(r"[^A-Za-z0-9]+", text) if word] or ["value"]
    return first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)


def forced(context: ClusterContext, place: Place) -> SettingName | None:
    """Return the name of a field that is a setting even where it is the same everywhere."""
    known = FORCED.get((place.kind, place.path))
    if known:
        path, about, least = known
        return SettingName((*scope(place.folder), *path), about, {"type": "integer", "minimum": least})
    variable = variable_of(place)
    setting = described_settings(context, place.folder).get(variable) if variable else None
    return _of_variable(place, setting) if setting else None


def _of_variable(place: Place, setting: Setting) -> SettingName:
    path, about = (*scope(place.folder), "env", setting.name), setting.help or f"The setting {setting.name}."
    kind = VARIABLES.get(setting.type)
    if not kind:
        return SettingName(path, about)
    least = {"minimum": setting.minimum} if setting.minimum is not None else {}
    return SettingName(path, about, {"type": kind} | least, quoted=True)


def variable_of(place: Place) -> str:
    """Return the variable whose value a field is, in the container of the process itself."""
    path = place.path
    own = path[-4:-_VARIABLE] == (place.folder, "env") and path[-1:] == ("value",)
    return path[-_VARIABLE] if own else ""


def described_settings(context: ClusterContext, name: str) -> dict[str, Setting]:
    """Return the declared settings of a process with values in the description."""
    process = next((each for each in context.described.processes if each.name == name), None)
    declared = {setting.name for setting in process.declared} if process else set()
    wires = [wire for wire in context.described.wires.get(name, ()) if wire.setting.name in declared]
    return {wire.setting.name: wire.setting for wire in wires if isinstance(wire.value, (symbol.Text, symbol.Supplied))}


def derived(place: Place) -> SettingName:
    """Return the name of a field that differs between environments and has no name of its own."""
    variable = variable_of(place)
    if variable:
        return SettingName((*scope(place.folder), "env", variable), f"The variable {variable}.")
    own = () if place.name == place.folder else (camel(place.name),)
    words = tuple(camel(key) for key in place.path)
    kind = SHORT.get(place.kind, camel(place.kind))
    about = f"{'.'.join(place.path)} of the {place.kind} {place.name}."
    return SettingName((*scope(place.folder), *own, kind, *words), about)


def enabled(place: Place, *, alone: bool) -> SettingName:
    """Return the name of the switch of an object, or of its whole folder where it is not `alone`."""
    if not alone:
        return SettingName((*scope(place.folder), "enabled"), f"Whether {place.folder} runs.", {"type": "boolean"})
    name = derived(place)
    about = f"Whether the {place.kind} {place.name} exists."
    return SettingName((*name.path, "enabled"), about, {"type": "boolean"})
