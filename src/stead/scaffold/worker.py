"""A Worker of one's own: its entry in TypeScript, and its wrangler.toml."""

from stead.model.workers import COMPATIBILITY_DATE
from stead.scaffold.addition import Addition
from stead.scaffold.naming import OwnService
from stead.scaffold.substitution import filled

FOLDER = "apps"


def of_worker(own: OwnService) -> Addition:
    """Return what a description needs for a Worker."""
    words = own.words
    route = f'Route.public("GET", "{words["path"]}")'
    expression = f'Service("{own.name}", worker="{FOLDER}/{own.name}", routes=[{route}])'
    return Addition(own.name, (("stead", "Route"), ("stead", "Service")), expression, front=True)


def worker_files(own: OwnService) -> dict[str, str]:
    """Return the files of a Worker, by their path in the backend's folder."""
    texts = filled("worker", {**own.words, "date": COMPATIBILITY_DATE})
    return {f"{FOLDER}/{own.name}/{path}": text for path, text in texts.items()}
