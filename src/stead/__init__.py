"""Stead: describe a backend once, run it, check it, ship it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stead.model import (
        AccessTokens,
        Artifacts,
        Autoscale,
        Backend,
        Bucket,
        Build,
        Call,
        Clerk,
        Cors,
        Deploy,
        DescriptionError,
        Dev,
        Environment,
        External,
        ExternalSecrets,
        Gateway,
        Github,
        Gitlab,
        Gitops,
        Health,
        HostOf,
        Infrastructure,
        Introspection,
        Job,
        Kubernetes,
        Limits,
        Oidc,
        Postgres,
        Rate,
        Redis,
        RequestLimits,
        Route,
        Secrets,
        Server,
        Service,
        Setting,
        Settings,
        SteadError,
        Vault,
        Workers,
        load,
        secret,
        var,
    )

__all__ = [
    "AccessTokens",
    "Artifacts",
    "Autoscale",
    "Backend",
    "Bucket",
    "Build",
    "Call",
    "Clerk",
    "Cors",
    "Deploy",
    "DescriptionError",
    "Dev",
    "Environment",
    "External",
    "ExternalSecrets",
    "Gateway",
    "Github",
    "Gitlab",
    "Gitops",
    "Health",
    "HostOf",
    "Infrastructure",
    "Introspection",
    "Job",
    "Kubernetes",
    "Limits",
    "Oidc",
    "Postgres",
    "Rate",
    "Redis",
    "RequestLimits",
    "Route",
    "Secrets",
    "Server",
    "Service",
    "Setting",
    "Settings",
    "SteadError",
    "Vault",
    "Workers",
    "load",
    "secret",
    "var",
]


def __getattr__(name: str) -> Any:
    """Return a noun of the model, which is imported when it is asked for: a command that needs none starts sooner."""
    if name not in __all__:
        raise AttributeError(f"module 'stead' has no attribute {name!r}")
    from stead import model

    return getattr(model, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
