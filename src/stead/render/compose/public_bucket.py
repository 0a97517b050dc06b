"""Where clients outside of the project reach the S3 server: what signed links name.

In development the server is published on the loopback, at a fixed port, since a link holds the port. Elsewhere nothing
publishes it, so a person says where it is published: behind TLS of their own, or a managed server's own address.
"""

from stead.model.resource_form import PUBLIC
from stead.render.compose.context import ComposeContext
from stead.render.compose.text import ConcatenatedText, Text, Var

PORT = 8333  # of the S3 server, and where it is published in development
PORT_VARIABLE = "S3_PORT"
VARIABLE = "S3_PUBLIC_URL"
ABOUT = "The URL at which clients reach the S3 server, such as https://s3.example.com; signed links name it."


def is_public(context: ComposeContext) -> bool:
    """Tell whether a process signs links to its bucket for clients outside."""
    buckets = (part.resource for part in context.parts_in("s3"))
    return any(PUBLIC in bucket.parts for bucket in buckets)


def public_url(context: ComposeContext) -> Text:
    """Return the URL of the S3 API for clients outside."""
    if context.is_dev:
        return ConcatenatedText(("http://127.0.0.1:", Var(PORT_VARIABLE, str(PORT))))
    return Var(VARIABLE, why=ABOUT)
