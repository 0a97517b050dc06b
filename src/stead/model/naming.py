"""The form of a description's names: paths, methods, origins, words of tokens, environment variables.

Each is written into something that has a grammar of its own: a URL, a header, a claim, a shell's environment, YAML. A
name that would have to be quoted there is refused here.
"""

import re
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.call import FRONT
from stead.model.gateway import ENGINES, SERVICE, Gateway
from stead.model.identity import ALGORITHMS, AccessTokens, Clerk, IdentityProvider, Introspection, Oidc
from stead.model.problem import Problem
from stead.model.route import Route

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "ANY")
ACCESS = ("public", "user", "service")
RUNS = ("before", "after", "beside")
LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()+,;=@:-]+")  # RFC 3986 pchar, without % and *
VARIABLE = re.compile(r"\{[A-Za-z_]\w*\}")
WILDCARD = re.compile(r"\{[A-Za-z_]\w*:path\}")
FOREIGN = re.compile(  # :id, <id>, <int:id>, {id:int}, [id], $id, *
    r":(?P<colon>\w+)|<(?:\w+:)?(?P<angle>\w+)>|\{(?P<typed>\w+):[^}]*\}|\[(?:\.\.\.)?(?P<square>\w+)\]|\$(?P<dollar>\w+)"
)
HEALTH_PATH = re.compile(r"/[A-Za-z0-9._~:@=/-]*(?:\?[A-Za-z0-9._~=&-]+)?")
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPERATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
WORD = re.compile(r"[^\s,\"\x00-\x1f\x7f]{1,200}")
RESERVED = ("clerk", "session", "token", "telegram")  # what X-Auth-Method says of other users
LABEL = re.compile(r"[a-z][a-z0-9-]{0,30}")
PREFIX = re.compile(r"[A-Za-z0-9._-]{1,64}")
HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?")
ORIGIN = re.compile(r"https?://(?P<host>[A-Za-z0-9*.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?")


def paths_are_plain(backend: Backend) -> Iterator[Problem]:
    """A route's path is absolute and plain, and its variables are written as `{name}`."""
    for service in backend.services:
        for route in service.routes:
            if not is_plain(route.path):
                yield Problem("ROUTE003", f"the path of {route} is not plain", route.where, _suggested_path(route))


def is_plain(path: str) -> bool:
    """Return whether a path has only literal segments and whole `{name}` segments, each name once.

    It may be `/`, end in a slash, or end in a wildcard, `{name:path}`.
    """
    segments = path[1:].split("/")
    if segments[-1] == "" or WILDCARD.fullmatch(segments[-1]):
        segments = segments[:-1]
    names = [segment for segment in segments if segment.startswith("{")]
    return path.startswith("/") and len(names) == len(set(names)) and all(map(_is_segment, segments))


def _is_segment(text: str) -> bool:
    if VARIABLE.fullmatch(text):
        return True
    return bool(LITERAL.fullmatch(text)) and text[0] not in ":$" and text not in (".", "..")


def _suggested_path(route: Route) -> str:
    """Suggest Stead's notation for a variable in another framework's notation."""
    segments = [_translated(segment) for segment in route.path.strip("/").split("/")]
    meant = "/" + "/".join(segment for segment in segments if segment)
    if meant != route.path and is_plain(meant):
        return f'write "{meant}"'
    return (
        "start with /; a variable is a whole segment, {name}, and the rest of a path {name:path}, at the end; "
        "no //, ?, #, *, %, .. or quotes"
    )


def _translated(segment: str) -> str:
    found = FOREIGN.fullmatch(segment)
    return f"{{{next(filter(None, found.groups()))}}}" if found else segment


def methods_are_known(backend: Backend) -> Iterator[Problem]:
    """A route's method and access are among those there are; a method is upper-case (RFC 9110 section 9.1)."""
    for service in backend.services:
        for route in service.routes:
            if route.method not in METHODS:
                upper = str(route.method).upper()
                mend = f'write "{upper}"' if upper in METHODS else f"write one of {', '.join(METHODS)}"
                yield Problem("ROUTE006", f"{route} has the method {route.method!r}", route.where, mend)
            if route.access not in ACCESS:
                message = f"{route} has the access {route.access!r}"
                yield Problem("ROUTE006", message, route.where, f"write one of {', '.join(ACCESS)}")


def words_fit_in_tokens(backend: Backend) -> Iterator[Problem]:
    """Operations, roles and scopes are single words: a token's claim separates them by spaces."""
    for service in backend.services:
        for route in service.routes:
            given = [("operation", route.operation, OPERATION)] if route.operation else []
            given += [("role", role, WORD) for role in route.roles]
            given += [("scope", route.scope, WORD)] if route.scope else []
            for kind, word, form in given:
                if not form.fullmatch(str(word)):
                    message = f"the {kind} {word!r} of {route} is not one word"
                    yield Problem("ROUTE007", message, route.where, "use letters, digits, '-', '_' and '.'")
            if route.operation == FRONT:
                message = f"{route} has the operation {FRONT!r}, which is the gateway's"
                yield Problem("ROUTE007", message, route.where, "give the operation another name")


def origins_are_named(backend: Backend) -> Iterator[Problem]:
    """A browser origin is `https://host`, and a `*` stands for a label below a domain of two labels at least."""
    gateway = backend.gateway
    for origin in gateway.cors.origins if gateway else ():
        if gateway and not _is_origin(origin):
            everybody = "lets every site use a user's cookies" if origin in ("*", "null") else "is not an origin"
            mend = "write https://app.example.com, or https://*.example.com, without a path"
            yield Problem("GATEWAY005", f"the CORS origin {origin!r} {everybody}", gateway.cors.where, mend)


def _is_origin(text: str) -> bool:
    found = ORIGIN.fullmatch(text)
    labels = found["host"].split(".") if found else []
    own_domain = len(labels) > 2 and not any("*" in label for label in labels[-2:])
    return bool(found) and all(labels) and ("*" not in text or own_domain)


def health_paths_are_plain(backend: Backend) -> Iterator[Problem]:
    """A health path can be written into a command, a manifest and a URL as it is."""
    for service in backend.services:
        if not HEALTH_PATH.fullmatch(service.health.path) or "//" in service.health.path:
            message = f"the health path of {service.name} is {service.health.path!r}"
            mend = "start with /; letters, digits, '-', '_', '.', '~' and '/', such as /healthz"
            yield Problem("HEALTH002", message, service.health.where, mend)


def providers_can_be_asked(backend: Backend) -> Iterator[Problem]:
    """The paths, prefixes and claims of identity providers are plain."""
    for provider in backend.gateway.providers if backend.gateway else ():
        for name, text, form in _provider_names(provider):
            if not (is_plain(text) if form is None else form.fullmatch(text)):
                mend = "start with /; no ?, #, *, quotes or trailing /" if form is None else "use letters, digits, '_'"
                message = f"{name} of {type(provider).__name__} is {text!r}"
                yield Problem("GATEWAY006", message, provider.where, mend)


def _provider_names(provider: IdentityProvider) -> Iterator[tuple[str, str, re.Pattern[str] | None]]:
    if isinstance(provider, Clerk):
        yield "roles_claim", str(provider.roles_claim), WORD
    if isinstance(provider, Oidc):
        yield "name", provider.name, LABEL
        yield "roles_claim", provider.roles_claim, WORD
        yield from [("tenants_claim", provider.tenants_claim, WORD)] if provider.tenants_claim else []
    if isinstance(provider, Introspection):
        yield "path", provider.path, None
        yield from [("prefix", provider.prefix, PREFIX)] if provider.prefix else []  # GATEWAY003 tells of none
    if isinstance(provider, AccessTokens):
        yield "keys", provider.keys, None


def tokens_name_an_audience(backend: Backend) -> Iterator[Problem]:
    """An OpenID Connect provider has an issuer, an audience and an algorithm; no two share their settings."""
    providers = [one for one in (backend.gateway.providers if backend.gateway else ()) if isinstance(one, Oidc)]
    first: dict[str, Oidc] = {}
    for provider in providers:
        if provider.name in RESERVED or any(service.name == provider.name for service in backend.services):
            message = f"Oidc is named {provider.name!r}, which another provider or a service has"
            yield Problem("GATEWAY007", message, provider.where, 'choose another, such as name="keycloak"')
        for message, mend in _oidc_problems(provider):
            yield Problem("GATEWAY007", message, provider.where, mend)
        earlier = first.setdefault(provider.name, provider)
        if earlier is not provider:
            message = f"two Oidc are named {provider.name!r}, so they would share their settings"
            yield Problem("GATEWAY007", message, provider.where, 'set name="…" for one of them', earlier.where)


def _oidc_problems(provider: Oidc) -> Iterator[tuple[str, str]]:
    if not provider.audience:
        yield (
            "Oidc has no audience: a token for any other client of the provider would be accepted",
            'set audience="…"',
        )
    if provider.algorithm not in ALGORITHMS:
        yield f"Oidc has the algorithm {provider.algorithm!r}", f"write one of {', '.join(ALGORITHMS)}"
    for name, url in (("issuer", provider.issuer), ("keys", provider.keys)):
        if url and not HTTPS.fullmatch(url):
            mend = "write https://host/path, or leave it empty and set it in the environment"
            yield f"{name} of Oidc is {url!r}, which is not an https: URL", mend


def prefixes_are_plain(backend: Backend) -> Iterator[Problem]:
    """The gateway's prefix is an absolute, plain path, in which `{service}` is one whole segment."""
    gateway = backend.gateway
    if gateway and gateway.prefix:
        literal = gateway.prefix.replace(f"/{SERVICE}", "/service")
        if "{" in literal or not is_plain(literal) or literal.endswith("/"):
            message = f"the prefix {gateway.prefix!r} is not a plain path"
            mend = f"start with /, without a trailing /, such as /rest/{SERVICE}"
            yield Problem("GATEWAY008", message, gateway.where, mend)


def engines_are_known(backend: Backend) -> Iterator[Problem]:
    """The gateway's engine is one that Stead renders for."""
    gateway = backend.gateway
    if gateway and gateway.engine not in ENGINES:
        message = f"the gateway has engine={gateway.engine!r}"
        yield Problem("GATEWAY009", message, gateway.where, f"write one of {', '.join(ENGINES)}")


def addresses_have_env_names(backend: Backend) -> Iterator[Problem]:
    """The setting in which a resource or a callee is found has the name of an environment variable."""
    for process in backend.processes:
        if isinstance(process, Gateway):
            continue
        names = [(external.setting, external.where) for external in process.externals]
        names += [(name, resource.where) for resource in process.resources for name, _ in resource.forms]
        names += [(name, process.where) for name in process.addresses.values()]
        for name, where in names:
            if not ENV_NAME.fullmatch(name):
                message = f"the setting {name!r} of {process.name} is not a name of an environment variable"
                yield Problem("SETTING004", message, where, "use upper-case letters, digits and _, a letter first")


def jobs_run_at_a_known_time(backend: Backend) -> Iterator[Problem]:
    """A job runs before, after or beside the services."""
    for job in backend.jobs:
        if job.runs not in RUNS:
            yield Problem("JOB001", f"{job.name} runs {job.runs!r}", job.where, f"write one of {', '.join(RUNS)}")


RULES = (
    paths_are_plain,
    methods_are_known,
    words_fit_in_tokens,
    origins_are_named,
    health_paths_are_plain,
    providers_can_be_asked,
    tokens_name_an_audience,
    prefixes_are_plain,
    engines_are_known,
    addresses_have_env_names,
    jobs_run_at_a_known_time,
)
