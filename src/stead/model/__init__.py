"""The nouns of a description: frozen values, standard library only."""

from stead.model.backend import Backend, Edge, Process
from stead.model.build import Build
from stead.model.call import Call
from stead.model.environment import Environment
from stead.model.external import External
from stead.model.gateway import Cors, Gateway, Rate
from stead.model.health import Health
from stead.model.host_of import HostOf
from stead.model.identity import AccessTokens, Clerk, IdentityProvider, Introspection, Oidc
from stead.model.infrastructure import Infrastructure
from stead.model.job import Job
from stead.model.kubernetes import Autoscale, ExternalSecrets, Gitops, Kubernetes, Secrets, Server, Vault
from stead.model.limits import Limits
from stead.model.load import load
from stead.model.pipeline import Artifacts, Deploy, Github, Gitlab, Pipeline
from stead.model.problem import DescriptionError, Problem, SteadError
from stead.model.request_limits import RequestLimits
from stead.model.resource import Bucket, Postgres, Redis, Resource
from stead.model.route import Route
from stead.model.service import AnyService, Service
from stead.model.setting import Dev, Setting, Settings, secret, var
from stead.model.source_location import SourceLocation
from stead.model.workers import Workers

__all__ = [
    "AccessTokens",
    "AnyService",
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
    "Edge",
    "Environment",
    "External",
    "ExternalSecrets",
    "Gateway",
    "Github",
    "Gitlab",
    "Gitops",
    "Health",
    "HostOf",
    "IdentityProvider",
    "Infrastructure",
    "Introspection",
    "Job",
    "Kubernetes",
    "Limits",
    "Oidc",
    "Pipeline",
    "Postgres",
    "Problem",
    "Process",
    "Rate",
    "Redis",
    "RequestLimits",
    "Resource",
    "Route",
    "Secrets",
    "Server",
    "Service",
    "Setting",
    "Settings",
    "SourceLocation",
    "SteadError",
    "Vault",
    "Workers",
    "load",
    "secret",
    "var",
]
