"""What is rendered for a cluster, as objects."""

import yaml

from stead.render.kubernetes import files


def objects(backend, environment="prod"):
    """Every object of one environment, by its path below the environment's folder."""
    prefix = f"kubernetes/{environment}/"
    texts = {path.removeprefix(prefix): text for path, text in files(backend).items() if path.startswith(prefix)}
    return {path: yaml.safe_load(text) for path, text in texts.items() if path.endswith(".yaml")}


def pods(found):
    """Every template of a Pod, by its object's path."""
    jobs = {path: each["spec"]["jobTemplate"]["spec"] for path, each in found.items() if each["kind"] == "CronJob"}
    others = {path: each["spec"] for path, each in found.items() if each["kind"] in ("Deployment", "Job")}
    return {path: spec["template"] for path, spec in (others | jobs).items()}


def containers(template):
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]
