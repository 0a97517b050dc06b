"""`deploy/sops/SECRETS.md`: every secret of a backend, who reads it, where it is, when it was changed, and how to."""

from pathlib import Path

from stead.model import Backend
from stead.ops.sops.environment_secrets import EnvironmentSecrets
from stead.ops.sops.rules import FOLDER, Rules
from stead.ops.sops.secret_names import SecretName

HEAD = """\
# {name}: its secrets

Written by `stead secret` whenever one is changed. No value stands here; each file is sealed with age, in the format of
SOPS, to the recipients that `.sops.yaml` names.

Each command below is `stead secret … NAME --env ENVIRONMENT`. To deliver is to commit, and to bring it to where it is
read: `stead render --secrets ENVIRONMENT`, or `stead secret manifests --env ENVIRONMENT | kubectl apply -f -`.
"""
ROWS = "\n| secret | read by | what it is | changed | how to change it |\n|---|---|---|---|---|\n"


def write(backend: Backend, folder: Path) -> None:
    """Write the page."""
    (folder / FOLDER / "SECRETS.md").write_text(text(backend, folder), encoding="utf-8")


def text(backend: Backend, folder: Path) -> str:
    """Return the page: a table for each environment that has a sealed file."""
    parts = [HEAD.format(name=backend.name)]
    for environment in backend.environments:
        secrets = EnvironmentSecrets(backend, environment, folder)
        if secrets.file.exists():
            recipients = Rules.read(folder).recipients(environment.name)
            changed = secrets.changed()
            rows = "".join(_row(each, changed.get(each.name)) for each in secrets.names.values())
            sealed = "".join(f"- `{each}`\n" for each in recipients)
            parts.append(f"\n## {environment.name}\n\nSealed to:\n\n{sealed}{ROWS}{rows}")
    return "".join(parts)


def _row(secret: SecretName, changed: str | None) -> str:
    missing = "**missing**" if secret.required else "not set"
    when = missing if changed is None else changed or "unknown"
    about = secret.about.replace("|", " ").replace("\n", " ")
    return f"| `{secret.name}` | {', '.join(secret.readers) or 'its server'} | {about} | {when} | {secret.change} |\n"
