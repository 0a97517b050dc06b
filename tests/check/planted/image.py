"""The defects of images."""

from check.defects import both, change, write

DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
NODE = f"node:24.9.0-slim{DIGEST}"
CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"


def _compose(tag):
    return write("compose.yaml", f"services:\n  mail:\n    image: shop/mail:{tag}{DIGEST}\n")


def _delivered(line):
    label = 'LABEL org.opencontainers.image.revision="${REVISION}"'
    end = 'USER 10001:10001\nENTRYPOINT ["/app"]'
    return write("deploy/docker/app.Dockerfile", f"FROM shop/base:1.0{DIGEST}\n{label}\n{line}\n{end}\n")


PROJECT = """[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"

[dependency-groups]
dev = ["pytest"]
"""
LOCK = """version = 1

[[package]]
name = "pytest"
version = "9.2.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "shop"
version = "1.0"
source = { editable = "." }

[package.dev-dependencies]
dev = [{ name = "pytest" }]
"""

PLANTED = {
    "IMAGE010": change("stock/Dockerfile", NODE, "node:latest"),
    "IMAGE011": change("stock/Dockerfile", NODE, "node:24.9.0-slim"),
    "IMAGE012": change("stock/Dockerfile", f"FROM {NODE}", "ARG NODE\nFROM ${NODE}"),
    "IMAGE013": change(".github/workflows/deploy.yml", CHECKOUT, "actions/checkout@v4"),
    "IMAGE014": change(".github/workflows/deploy.yml", CHECKOUT, "actions/checkout@main"),
    "IMAGE015": change(
        "stock/Dockerfile", "COPY src ./src", "COPY src ./src\nCOPY --from=busybox:1.37 /bin/wget /bin/"
    ),
    "IMAGE017": change("stock/Dockerfile", "USER 10001:10001", "USER root"),
    "IMAGE018": change("mail/Dockerfile", 'ENTRYPOINT ["/mail"]', "ENTRYPOINT /mail"),
    "IMAGE019": change("mail/Dockerfile", 'CMD ["/mail", "--healthy"]', "CMD wget -q http://127.0.0.1:8000/health"),
    "IMAGE020": change("stock/Dockerfile", "npm ci --omit=dev", "npm install"),
    "IMAGE021": write(
        "deploy/docker/app.Dockerfile", f'FROM shop/base:1.0{DIGEST}\nUSER 10001:10001\nENTRYPOINT ["/app"]\n'
    ),
    "IMAGE022": write("deploy/docker/app.Dockerfile.dockerignore", ".git\n**/.env*\n"),
    "IMAGE016": both(
        _compose("2.1"),
        write(
            "k8s/mail.yaml", f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: shop/mail:2.0{DIGEST}\n"
        ),
    ),
    "IMAGE023": _delivered("RUN apt-get install -y libpq5"),
    "IMAGE024": change("mail/Dockerfile", 'HEALTHCHECK CMD ["/mail", "--healthy"]', "HEALTHCHECK NONE"),
    "IMAGE025": write("mail/.dockerignore", "*\n!*.go\n!go.mod\n!.env.prod\n"),
    "IMAGE026": both(_delivered("COPY . ."), write(".dockerignore", "*\n!stock\n**/.env*\n")),
    "IMAGE027": change("mail/Dockerfile", "USER 10001:10001", "USER 10001:10001\nSTOPSIGNAL SIGKILL"),
    "IMAGE028": change("stock/Dockerfile", "RUN npm ci", "RUN npm config set strict-ssl false && npm ci"),
    "IMAGE030": both(
        write("stock/.dockerignore", "src\n"),
        write("compose.yaml", f"services:\n  stock:\n    image: shop/stock:1.0{DIGEST}\n    build: stock\n"),
    ),
    "IMAGE031": change(
        "mail/Dockerfile",
        'HEALTHCHECK CMD ["/mail", "--healthy"]',
        'EXPOSE 8000\nHEALTHCHECK CMD ["/mail", "--ask", "http://127.0.0.1:8001/health"]',
    ),
    "IMAGE032": change("stock/Dockerfile", "RUN npm ci", "RUN apt-get update\nRUN npm ci"),
    "IMAGE034": change("stock/Dockerfile", "RUN npm ci", "RUN apt-get update && apt-get install curl\nRUN npm ci"),
    "IMAGE035": change(
        "stock/Dockerfile", f"FROM {NODE}", f"FROM {NODE} AS build\nFROM {NODE}\nCOPY --from=biuld /a /a"
    ),
    "IMAGE036": change("stock/Dockerfile", "USER 10001:10001", 'ENTRYPOINT ["node"]\nUSER 10001:10001'),
    "IMAGE033": change("stock/Dockerfile", "WORKDIR /app", "WORKDIR app"),
    "IMAGE029": change("mail/Dockerfile", 'HEALTHCHECK CMD ["/mail", "--healthy"]\n', ""),
    "IMAGE041": change("stock/Dockerfile", "RUN npm ci", "RUN cd src\nRUN npm ci"),
    "IMAGE042": change("stock/Dockerfile", "RUN npm ci", "RUN echo 'node:welcome' | chpasswd\nRUN npm ci"),
    "IMAGE040": both(
        write("pyproject.toml", PROJECT),
        write("uv.lock", LOCK),
        change("orders/app.py", "import os\n", "import os\n\nimport pytest  # noqa: F401\n"),
    ),
}
