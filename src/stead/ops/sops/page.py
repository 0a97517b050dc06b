"""`deploy/sops/SECRETS.md`: every secret of a backend with its readers, its last change, and how to change it."""

from pathlib import Path

from stead.model import Backend
from stead.ops.sops.environment_secrets import EnvironmentSecrets
from stead.ops.sops.rules import FOLDER, Rules
from stead.ops.sops.secret_names import SecretName

HEAD = """\
# {name}: its secrets

`stead secret` writes this page at each change. It holds no values. Each file is encrypted with age, in the
format of SOPS, to the recipients in `.sops.yaml`.

Each command below is `stead secret … NAME --env ENVIRONMENT`. To deliver means: commit, and
update the processes by `stead render --secrets ENVIRONMENT`, or
`stead secret manifests --env ENVIRONMENT | kubectl apply -f -`.
"""
ROWS = "\n| secret | read by | what it is | changed | how to change it |\n|---|---|---|---|---|\n"


def write(backend: Backend, folder: Path) -> None:
    """Write the page."""
    (folder / FOLDER / "SECRETS.md").write_text(text(backend, folder), encoding="utf-8")


def text(backend: Backend, folder: Path) -> str:
    """Return the page: a table for each environment with a sealed file."""
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
