"""What the description says of its routes and its gateway: the problems of `stead.model`, as rules.

Each has a page here, as those in `stead.check.description` have.
"""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.rule import rule
from stead.model import Problem


@rule("GATEWAY001")
def users_have_a_provider(context: Context) -> Iterator[Problem]:
    """A gateway that fronts user routes has an identity provider.

    Without an identity provider every request to such a route gets 401. Give the gateway one: `users=Clerk()`.
    """
    yield from context.problems_of("GATEWAY001")


@rule("GATEWAY002")
def fronts_are_named_once(context: Context) -> Iterator[Problem]:
    """The gateway fronts each service once.

    The second entry has no effect, and is probably a mistake. Name it once.
    """
    yield from context.problems_of("GATEWAY002")


@rule("GATEWAY003")
def introspected_credentials_have_a_prefix(context: Context) -> Iterator[Problem]:
    """A credential with a lookup has a prefix.

    Without one the gateway would have to look up every token of every provider. Write `prefix="pat_"`.
    """
    yield from context.problems_of("GATEWAY003")


@rule("GATEWAY004")
def rates_let_some_in(context: Context) -> Iterator[Problem]:
    """The gateway's rate limit allows at least one request per second, and a burst of at least one.

    A rate of 0 refuses every request with 429, and Envoy refuses the configuration. Write the rate that one client
    needs.
    """
    yield from context.problems_of("GATEWAY004")


@rule("GATEWAY005")
def origins_are_named(context: Context) -> Iterator[Problem]:
    """A CORS origin is a scheme and a host that is yours: `https://app.example.com`, `https://*.example.com`.

    `*` lets a script of any site send requests with a user's token and read the responses; browsers refuse it with
    credentials (Fetch standard, CORS protocol and credentials). An origin has no path and no trailing slash: with one
    it matches nothing. Name each site.
    """
    yield from context.problems_of("GATEWAY005")


@rule("GATEWAY006")
def providers_can_be_asked(context: Context) -> Iterator[Problem]:
    """The paths, the prefix and the claim of an identity provider are plain text.

    They are copied to Envoy's configuration unchanged. A path starts with a slash and has no query; a prefix has
    letters, digits and `_`. Write the plain form.
    """
    yield from context.problems_of("GATEWAY006")


@rule("GATEWAY007")
def tokens_name_an_audience(context: Context) -> Iterator[Problem]:
    """An OpenID Connect provider has an issuer, an audience and signing algorithms.

    Without an audience a token for any other client of the provider would be accepted; with an issuer that is no https:
    URL an attacker on the path can replace the keys; two providers of one name would share their settings. Write
    `Oidc("https://id.example.com/realms/shop", audience="shop")`, and a `name` where there are two.
    """
    yield from context.problems_of("GATEWAY007")


@rule("GATEWAY008")
def prefixes_are_plain(context: Context) -> Iterator[Problem]:
    """The gateway's prefix is an absolute, plain path.

    It precedes each external path and is stripped, so it is plain text, except for the whole segment `{service}`. Write
    it like `/rest/{service}`, without a trailing slash.
    """
    yield from context.problems_of("GATEWAY008")


@rule("GATEWAY009")
def engines_are_known(context: Context) -> Iterator[Problem]:
    """The gateway's engine is supported.

    It is `envoy`, everywhere; `oathkeeper` renders configuration and access rules for an Ory Oathkeeper in front of it.
    """
    yield from context.problems_of("GATEWAY009")


@rule("ROUTE001")
def routes_do_not_overlap(context: Context) -> Iterator[Problem]:
    """No request matches two routes, neither in a service nor at the gateway.

    Otherwise the order of routes, which is not defined, would decide. Change one of the paths.
    """
    yield from context.problems_of("ROUTE001")


@rule("ROUTE002")
def outer_routes_are_fronted(context: Context) -> Iterator[Problem]:
    """A public or user route is reachable: the gateway fronts its service.

    A public or user route without a gateway is unreachable. Add the service to `fronts`, or make it a service route.
    """
    yield from context.problems_of("ROUTE002")


@rule("ROUTE003")
def paths_are_plain(context: Context) -> Iterator[Problem]:
    """A route's path starts with a slash and contains nothing that a proxy normalises.

    Empty parts, `.` and `..`, `?`, `#`, `*` and `%` are interpreted differently by different servers, and a difference
    between the gateway and the service is a vulnerability. Write the plain path; a variable segment is `{name}`, and
    the rest of a path is `{name:path}`, at the end. A slash at the end makes another path.
    """
    yield from context.problems_of("ROUTE003")


@rule("ROUTE004")
def service_routes_name_an_operation(context: Context) -> Iterator[Problem]:
    """A route for services names its operation.

    A call is declared and granted by operation, so a route without one cannot be called. Write `operation=…`.
    """
    yield from context.problems_of("ROUTE004")


@rule("ROUTE005")
def timeouts_can_be_kept(context: Context) -> Iterator[Problem]:
    """A route's timeout is from 0.01 to 3600 seconds.

    In Envoy a timeout of 0 means no limit, so that one slow service occupies all connections; a negative one is
    refused. Write the seconds within which the service answers.
    """
    yield from context.problems_of("ROUTE005")


@rule("ROUTE006")
def methods_are_known(context: Context) -> Iterator[Problem]:
    """A route's method is one of GET, POST, PUT, PATCH, DELETE, ANY, and its access one of public, user, service.

    Methods are case-sensitive (RFC 9110 section 9.1): a route of `get` matches no request, and every GET gets 405.
    Write the method in upper case.
    """
    yield from context.problems_of("ROUTE006")


@rule("ROUTE007")
def words_fit_in_tokens(context: Context) -> Iterator[Problem]:
    """The operation, the roles and the scope of a route are single words, and no operation is `front`.

    They are written into tokens, whose claims separate them by spaces: a word with a space is two words, which no token
    has. `front` is the operation of the gateway's token; a service that grants it lets a caller act as any user. Use
    letters, digits, `-`, `_` and `.`.
    """
    yield from context.problems_of("ROUTE007")


@rule("ROUTE008")
def bodies_are_sizes(context: Context) -> Iterator[Problem]:
    """A route's `body` is a number of bytes or a size such as `50MiB`; a WebSocket has none, and is a plain GET.

    A malformed size would mean no limit. A WebSocket begins as a GET (RFC 6455 section 4.1), and streams by
    itself. Correct the route.
    """
    yield from context.problems_of("ROUTE008")


@rule("ROUTE009")
def grpc_routes_can_be_served(context: Context) -> Iterator[Problem]:
    """A gRPC route is a `POST` on `/package.Service/Method`, of a program that Stead does not serve itself.

    gRPC is HTTP/2 from the client to the program. The server of Stead's own apps, and a Worker, speak HTTP/1.1; a
    WebSocket route cannot be gRPC, and a stream has no size. Start the program by a command, an image or a build, and
    write `Route.service("POST", "/shop.v1.Stock/Reserve", "reserve", grpc=True)`.
    """
    yield from context.problems_of("ROUTE009")


RULES = (
    users_have_a_provider,
    fronts_are_named_once,
    introspected_credentials_have_a_prefix,
    rates_let_some_in,
    origins_are_named,
    providers_can_be_asked,
    tokens_name_an_audience,
    prefixes_are_plain,
    engines_are_known,
    routes_do_not_overlap,
    outer_routes_are_fronted,
    paths_are_plain,
    service_routes_name_an_operation,
    timeouts_can_be_kept,
    methods_are_known,
    words_fit_in_tokens,
    bodies_are_sizes,
    grpc_routes_can_be_served,
)
