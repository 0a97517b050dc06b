"""OpenID Connect Discovery 1.0: the URL of a provider's key set, from its document."""

import json
from urllib.parse import urlsplit

from stead.gateway.agent.keyset import UnusableKeySet
from stead.gateway.agent.source import problem_of


def keys_url_of(document: bytes, url: str) -> str:
    """Return the `jwks_uri` of a discovery document; empty when the document is a key set itself.

    UnusableKeySet when the document leads to where no key set may come from: a document fetched by https: must not lead
    to a file or to plain HTTP.
    """
    try:
        found = json.loads(document)
    except ValueError:
        return ""
    keys_url = found.get("jwks_uri") if isinstance(found, dict) else None
    if keys_url is None:
        return ""
    if not isinstance(keys_url, str) or problem_of(keys_url) or urlsplit(keys_url).scheme != urlsplit(url).scheme:
        raise UnusableKeySet("the discovery document has a jwks_uri that is not a URL of the same scheme")
    return keys_url
