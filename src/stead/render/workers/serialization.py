"""Typed values → the text of a wrangler.jsonc, and of the other files of a Worker."""

import json
from collections.abc import Mapping
from typing import Any

from stead.model.workers import COMPATIBILITY_FLAGS
from stead.render.workers.config import CLASS, PERIOD, WranglerConfig, WranglerEnvironment

BINDING = "CONTAINER"


def written(config: WranglerConfig) -> str:
    """Return the text of a configuration. The top level has no address, so that only environments serve requests."""
    return to_json(
        {
            "name": config.name,
            "main": config.main,
            "compatibility_date": config.compatibility_date,
            "compatibility_flags": list(COMPATIBILITY_FLAGS),
            "workers_dev": False,
            "preview_urls": False,
            "env": {name: _environment(each) for name, each in config.environments.items()},
        }
    )


def _environment(environment: WranglerEnvironment) -> dict[str, Any]:
    found: dict[str, Any] = {"name": environment.name}
    found |= {"account_id": environment.account} if environment.account else {}
    found |= {
        "workers_dev": environment.public,
        "preview_urls": False,
        "observability": {"enabled": True},
        "vars": dict(sorted(environment.vars.items())),
        "secrets": {"required": list(environment.secrets)},
        "services": [{"binding": each.binding, "service": each.service} for each in environment.services],
    }
    if environment.container:
        image: dict[str, Any] = {
            "image": environment.container.image,
            "image_build_context": environment.container.build_context,
        }
        image |= {"image_vars": environment.container.variables} if environment.container.variables else {}
        found["containers"] = [{"class_name": CLASS, **image, "max_instances": environment.container.instances}]
        found["durable_objects"] = {"bindings": [{"name": BINDING, "class_name": CLASS}]}
        found["migrations"] = [{"tag": "v1", "new_sqlite_classes": [CLASS]}]
    if environment.rate:
        simple = {"limit": environment.rate.limit, "period": PERIOD}
        found["ratelimits"] = [{"name": "RATE_LIMIT", "namespace_id": environment.rate.namespace, "simple": simple}]
    return found | dict(environment.more)


def to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
