"""The report: the promises that Oathkeeper keeps, those that the gateway behind it keeps, and the differences."""

from collections.abc import Iterator

from stead.gateway.oathkeeper.access_rules import is_passed
from stead.model import Backend, Oidc

HEAD = """\
# {name}: Ory Oathkeeper in front of the gateway

Mount `oathkeeper.yaml` and `rules.yaml` of the environment into `/etc/oathkeeper/`, or apply its ConfigMap, and start
`oathkeeper serve --config /etc/oathkeeper/oathkeeper.yaml`. It proxies to `{gateway}`, which is Envoy as everywhere.

| promise | who keeps it |
|---|---|
| routes | both: what no rule is for gets 404 from Oathkeeper |
| users | both: Oathkeeper refuses a JWT that does not hold, the gateway verifies it again and adds the user's headers |
| origins | Oathkeeper answers preflights |
| roles, scopes, timeouts, bodies, rates, service tokens | the gateway |

What differs, or is not kept by Oathkeeper:

"""


def text(backend: Backend) -> str:
    """Return the page."""
    assert backend.gateway is not None
    lines = "".join(f"- {each}\n" for each in _differs(backend))
    return HEAD.format(name=backend.name, gateway=backend.gateway.name) + lines


def _differs(backend: Backend) -> Iterator[str]:
    gateway = backend.gateway
    assert gateway is not None
    yield (
        "An error of Oathkeeper itself is JSON of its own form: it has no handler for `application/problem+json`. What "
        "the gateway refuses keeps its form."
    )
    yield "A method that a path does not have gets 404 from Oathkeeper, where the gateway says 405 and `Allow`."
    yield "Oathkeeper's headers and `id_token` mutators are off: a service believes the gateway's headers alone."
    if is_passed(gateway):
        yield (
            "A credential that is not a JWT of an outside provider passes Oathkeeper unverified; the gateway verifies "
            "it: the service that issued it answers to the gateway's service token alone."
        )
    if len(gateway.providers) > 1:
        yield "Oathkeeper has one list of keys for all issuers; the gateway holds each issuer to its own keys."
    audiences = [each.audience for each in gateway.providers if isinstance(each, Oidc)]
    if len(set(audiences)) > 1 or (audiences and len(audiences) < len(gateway.providers)):
        yield "Providers have different audiences, so that the gateway alone asks for them."
