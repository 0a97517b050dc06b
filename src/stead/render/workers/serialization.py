"""Typed values → the text of a wrangler.jsonc, and of the other files of a Worker."""

import json
from collections.abc import Mapping
from typing import Any

from stead.model.workers import COMPATIBILITY_FLAGS
from stead.render.workers.config import CLASS, PERIOD, WranglerConfig, WranglerEnvironment

BINDING = "CONTAINER"


def written(config: WranglerConfig) -> str:
    """Return the text of a configuration. Above the environments it has no address, so that it serves nobody."""
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


def _environment(said: WranglerEnvironment) -> dict[str, Any]:
    found: dict[str, Any] = {"name": said.name}
    found |= {"account_id": said.account} if said.account else {}
    found |= {
        "workers_dev": said.public,
        "preview_urls": False,
        "observability": {"enabled": True},
        "vars": dict(sorted(said.vars.items())),
        "secrets": {"required": list(said.secrets)},
        "services": [{"binding": each.binding, "service": each.service} for each in said.services],
    }
    if said.container:
        image: dict[str, Any] = {"image": said.container.image, "image_build_context": said.container.build_context}
        image |= {"image_vars": said.container.variables} if said.container.variables else {}
        found["containers"] = [{"class_name": CLASS, **image, "max_instances": said.container.instances}]
        found["durable_objects"] = {"bindings": [{"name": BINDING, "class_name": CLASS}]}
        found["migrations"] = [{"tag": "v1", "new_sqlite_classes": [CLASS]}]
    if said.rate:
        simple = {"limit": said.rate.limit, "period": PERIOD}
        found["ratelimits"] = [{"name": "RATE_LIMIT", "namespace_id": said.rate.namespace, "simple": simple}]
    return found | dict(said.more)


def to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
