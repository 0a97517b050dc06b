"""Backend → Terraform: a root module for each environment, of modules with one interface for every provider."""

from collections.abc import Mapping

from stead.model import Backend
from stead.render.edit import edited
from stead.render.terraform import root
from stead.render.terraform.context import FOLDER, Module, TerraformContext, contexts
from stead.render.terraform.problems import problems
from stead.render.terraform.provider import MODULES

__all__ = ["EDITABLE", "FOLDER", "MISSING", "files", "problems", "wanted"]

EDITABLE = (TerraformContext,)
MISSING = ("Terraform makes nothing for an environment", "give an environment infrastructure=Infrastructure(…)")
IGNORED = ".terraform/\n*.tfstate\n*.tfstate.*\n*.tfvars\n*.tfplan\n"  # the lock file is committed


def wanted(backend: Backend) -> bool:
    """Return whether Terraform makes servers for an environment of the backend."""
    return any(environment.infrastructure for environment in backend.environments)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the root module of each environment and the modules that they use, by path below `deploy/`."""
    found: dict[str, str] = {}
    for described in contexts(backend):
        context = edited(backend, described)
        found |= {f"{FOLDER}/{context.environment.name}/{name}": text for name, text in root.files(context).items()}
        for module in context.modules:
            found |= _module(context.provider.name, module)
    return found | ({f"{FOLDER}/.gitignore": IGNORED} if found else {})


def _module(provider: str, module: Module) -> dict[str, str]:
    place = MODULES / provider / module.kind
    return {
        f"{FOLDER}/modules/{provider}/{module.kind}/{file.name}": file.read_text(encoding="utf-8")
        for file in sorted(place.glob("*.tf"))
    }
