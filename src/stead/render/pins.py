"""Pins: the third-party code of rendered pipelines, by commit or digest, with the date of the lookup.

Tags can be moved, also by attackers (trivy-action, 19 March 2026: CVE-2026-33634). So an action is pinned to its
commit, the tool that an action downloads to its version, an image to its digest. Each is pinned in public repositories,
too; `stead ci pins` lists them, and `--renew` looks up newer ones. One table, so that a pin is the same in all files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

DATE = date(2026, 8, 22)


@dataclass(frozen=True, slots=True)
class Action:
    """An action of GitHub's, by commit; `version` is the tag that it had."""

    name: str
    commit: str
    version: str

    @property
    def repository(self) -> str:
        """The repository that holds it: an action may be a folder of one."""
        return "/".join(self.name.split("/")[:2])

    @property
    def uses(self) -> str:
        return f"{self.name}@{self.commit}"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that a job runs in, or that a tool runs."""

    name: str
    tag: str
    digest: str

    @property
    def reference(self) -> str:
        return f"{self.name}:{self.tag}@{self.digest}"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that a job downloads from a repository's releases.

    sha256     of the file for linux/amd64, where the job itself checks it
    checksums  the release's file that says it, and the name of the program's file there
    """

    name: str
    version: str
    repository: str
    sha256: str = ""
    checksums: tuple[str, str] = ("", "")


CHECKOUT = Action("actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1")
SETUP_UV = Action("astral-sh/setup-uv", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d", "v10.0.1")
SETUP_NODE = Action("actions/setup-node", "820762786026740c76f36085b0efc47a31fe5020", "v7.0.0")
UPLOAD = Action("actions/upload-artifact", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1")
DOWNLOAD = Action("actions/download-artifact", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1")
BUILDX = Action("docker/setup-buildx-action", "bb05f3f5519dd87d3ba754cc423b652a5edd6d2c", "v4.2.0")
QEMU = Action("docker/setup-qemu-action", "96fe6ef7f33517b61c61be40b68a1882f3264fb8", "v4.2.0")
LOGIN = Action("docker/login-action", "dbcb813823bdd20940b903addbd779551569679f", "v4.6.0")
BUILD_PUSH = Action("docker/build-push-action", "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a", "v7.3.0")
TRIVY_ACTION = Action("aquasecurity/trivy-action", "ed142fd0673e97e23eac54620cfb913e5ce36c25", "v0.36.0")
SBOM_ACTION = Action("anchore/sbom-action", "e22c389904149dbc22b58101806040fa8d37a610", "v0.24.0")
ATTEST = Action("actions/attest", "1e69f48acb82d1966a394da916b4c1698aa569d6", "v4.2.2")
CODEQL_INIT = Action("github/codeql-action/init", "ff2f1c621b7f889edc0d3c761ac2e6a3f8cdb0dd", "v4.37.7")
CODEQL_ANALYZE = Action("github/codeql-action/analyze", "ff2f1c621b7f889edc0d3c761ac2e6a3f8cdb0dd", "v4.37.7")
LABELER = Action("actions/labeler", "bf12e9b00b37c5c0ca2b87b79b2daf7891dbda13", "v7.0.0")
CONFIGURE_PAGES = Action("actions/configure-pages", "45bfe0192ca1faeb007ade9deae92b16b8254a0d", "v6.0.0")
UPLOAD_PAGES = Action("actions/upload-pages-artifact", "fc324d3547104276b827a68afc52ff2a11cc49c9", "v5.0.0")
DEPLOY_PAGES = Action("actions/deploy-pages", "cd2ce8fcbc39b97be8ca5fce6e763baed58fa128", "v5.0.0")

UV = Tool("uv", "0.13.0", "astral-sh/uv")
BUILDX_TOOL = Tool("buildx", "v0.37.1", "docker/buildx")
TRIVY = Tool("trivy", "v0.72.0", "aquasecurity/trivy")
SYFT = Tool("syft", "v1.49.0", "anchore/syft")
COSIGN = Tool(
    "cosign",
    "v3.1.3",
    "sigstore/cosign",
    "4629c757b7618056f8ddd7e2625ae9fdd94c0372a65049520bc7d9df9efc7f71",
    ("cosign_checksums.txt", "cosign-linux-amd64"),
)

BUILDKIT_IMAGE = Image(
    "docker.io/moby/buildkit", "v0.33.0", "sha256:6c2fa84a6b61ccd72899dde4239f8d5717f05f9a8ca6f3cad185fb1a95a94de3"
)
BUILDKIT_ROOTLESS = Image(
    "docker.io/moby/buildkit",
    "v0.33.0-rootless",
    "sha256:80b15f0735e87bab7bf59ec4d695dfb4a7cfb25521cf56dc75d6f256285b63ef",
)
TRIVY_IMAGE = Image(
    "docker.io/aquasec/trivy", "0.72.0", "sha256:cffe3f5161a47a6823fbd23d985795b3ed72a4c806da4c4df16266c02accdd6f"
)

PYTHON_IMAGE = Image(  # the one with git and ssh, which the slim ones have not
    "docker.io/library/python",
    "3.13-trixie",
    "sha256:82c46c08c991d3d3ff10476ac5e386c2c28f27bbd3985a02c5e39fe99ab272eb",
)
JDK_IMAGE = Image(
    "docker.io/library/eclipse-temurin",
    "25-jdk",
    "sha256:68868d04fa9cfd5f5c6abec0b5cef86d8de2bf9c62c37c7d3e4f0f80f5cfd7ff",
)
GLAB_IMAGE = Image(
    "registry.gitlab.com/gitlab-org/cli",
    "v1.107.0",
    "sha256:ea9708890660b1f766d8185ccbc99b8729633bfa34ea9fda35f6ef1fdf90e507",
)

Pin = Action | Image | Tool


def pins() -> Iterator[Pin]:
    """Yield every pin of this table, in its order."""
    yield from (value for value in globals().values() if isinstance(value, Action | Image | Tool))


def age(today: date) -> int:
    """Return the age of the table in days."""
    return (today - DATE).days
