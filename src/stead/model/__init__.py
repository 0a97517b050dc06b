"""The nouns of a description: frozen values, standard library only."""

from stead.model.backend import Backend, Edge, Process
from stead.model.call import Call
from stead.model.environment import Environment
from stead.model.gateway import Cors, Gateway, Rate
from stead.model.health import Health
from stead.model.identity import AccessTokens, Clerk, IdentityProvider, Introspection, Oidc
from stead.model.job import Job
from stead.model.limits import Limits
from stead.model.load import load
from stead.model.problem import DescriptionError, Problem, SteadError
from stead.model.resource import Bucket, Postgres, Redis, Resource
from stead.model.route import Route
from stead.model.service import AnyService, Service
from stead.model.setting import Dev, Setting, Settings, secret, var
from stead.model.source_location import SourceLocation
from stead.model.workers import Workers

__all__ = [
    "AccessTokens",
    "AnyService",
    "Backend",
    "Bucket",
    "Call",
    "Clerk",
    "Cors",
    "DescriptionError",
    "Dev",
    "Edge",
    "Environment",
    "Gateway",
    "Health",
    "IdentityProvider",
    "Introspection",
    "Job",
    "Limits",
    "Oidc",
    "Postgres",
    "Problem",
    "Process",
    "Rate",
    "Redis",
    "Resource",
    "Route",
    "Service",
    "Setting",
    "Settings",
    "SourceLocation",
    "SteadError",
    "Workers",
    "load",
    "secret",
    "var",
]
