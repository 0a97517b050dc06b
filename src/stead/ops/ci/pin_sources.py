"""The sources of newer pins: repositories by git, releases and image registries by HTTP.

Requests to a registry follow the OCI distribution specification, with its anonymous token. The major version of an
image's tag stays: a new PostgreSQL or Python is a decision, not a renewal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from stead.model import SteadError
from stead.render.pins import Image, Tool

GITHUB = "https://github.com"
DOCKER_HUB = "registry-1.docker.io"
SECONDS = 30.0
MOST = 50  # pages of tags
KINDS = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json"
FIELD = re.compile(r'(\w+)="([^"]*)"')
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sources:
    """`repositories` is the base URL of GitHub's repositories; `registry`, of a mirror, replaces each image's own."""

    repositories: str = GITHUB
    registry: str = ""

    def checksum(self, tool: Tool, version: str) -> str:
        """Return the SHA-256 that a release lists for a tool's file."""
        file, name = tool.checksums
        url = f"{self.repositories}/{tool.repository}/releases/download/{version}/{file}"
        for line in _get(url, follow_redirects=True).text.splitlines():
            found = re.fullmatch(r"([0-9a-f]{64})\s+\*?(\S+)", line.strip())
            if found and found[2] == name:
                return found[1]
        raise SteadError(f"{url} lists no SHA-256 of {name}")

    def image(self, image: Image) -> Image:
        """Return an image with the newest tag of its form, and the present digest of that tag."""
        host, _, repository = image.name.partition("/")
        base = self.registry or f"https://{DOCKER_HUB if host == 'docker.io' else host}"
        with httpx2.Client(base_url=f"{base}/v2/{repository}", timeout=SECONDS) as client:
            tag = _newest(image.tag, [*_tags(client)])
            answer = _ask(client, "HEAD", f"{base}/v2/{repository}/manifests/{tag}", headers={"Accept": KINDS})
        digest = answer.headers.get("Docker-Content-Digest", "")
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise SteadError(f"{base} returned no digest of {repository}:{tag}")
        return replace(image, tag=tag, digest=digest)


def _newest(tag: str, tags: list[str]) -> str:
    """Return the highest tag of the same form and major version."""
    form = re.compile("".join(r"(\d+)" if part.isdigit() else re.escape(part) for part in re.split(r"(\d+)", tag)))
    own = [int(number) for number in NUMBER.findall(tag)]
    found = [([int(number) for number in at.groups()], each) for each in tags if (at := form.fullmatch(each))]
    return max([each for each in found if each[0][:1] == own[:1]], default=(own, tag))[1]


def _tags(client: httpx2.Client) -> Iterator[str]:
    url: str | None = f"{client.base_url}tags/list?n=1000"
    for _ in range(MOST):
        if url is None:
            return
        answer = _ask(client, "GET", url)
        yield from answer.json().get("tags") or ()
        following = answer.links.get("next", {}).get("url")
        url = str(answer.url.join(following)) if following else None
    raise SteadError(f"{client.base_url} has more than {MOST} pages of tags")


def _ask(client: httpx2.Client, method: str, url: str, **given: Any) -> httpx2.Response:
    """Send a request to a registry, with its anonymous token if it requires one."""
    answer = _sent(client, method, url, **given)
    challenge = answer.headers.get("WWW-Authenticate", "")
    if answer.status_code == 401 and challenge.startswith("Bearer "):
        fields = dict(FIELD.findall(challenge))
        query = {name: fields[name] for name in ("service", "scope") if name in fields}
        body = _get(fields.get("realm", ""), params=query).json()
        client.headers["Authorization"] = f"Bearer {body.get('token') or body.get('access_token')}"
        answer = _sent(client, method, url, **given)
    if not answer.is_success:
        raise SteadError(f"{url} answers {answer.status_code}: renew from a network that reaches the registry")
    return answer


def _get(url: str, **given: Any) -> httpx2.Response:
    with httpx2.Client(timeout=SECONDS) as client:
        answer = _sent(client, "GET", url, **given)
    if not answer.is_success:
        raise SteadError(f"{url} answers {answer.status_code}: renew from a network that reaches it")
    return answer


def _sent(client: httpx2.Client, method: str, url: str, **given: Any) -> httpx2.Response:
    try:
        return client.request(method, url, **given)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SteadError(f"{url} cannot be asked: {error}; renew from a machine with network access") from None
