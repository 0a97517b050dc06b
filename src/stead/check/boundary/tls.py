"""TLS at the edge: no version that browsers and standards gave up."""

from collections.abc import Iterator

from stead.check.context import Context, place
from stead.check.rule import rule
from stead.model import Problem


@rule("BOUNDARY023")
def tls_is_not_obsolete(context: Context) -> Iterator[Problem]:
    """A configuration accepts TLS 1.2 and 1.3, and nothing older.

    SSL 3, TLS 1.0 and 1.1 have known attacks, and RFC 8996 forbids them; a client that speaks both can be made to use
    the older one. Read in the configuration of nginx, HAProxy, Envoy, Traefik, Caddy, PostgreSQL, ingresses and cloud
    providers. Name TLS 1.2 as the oldest.
    """
    for file, at in context.each("obsolete"):
        message = f"{at.more} accepts {at.text}, which is obsolete"
        yield Problem("BOUNDARY023", message, place(file, at), "name TLS 1.2 as the oldest version")


RULES = (tls_is_not_obsolete,)
