"""Defects of what images are built from, and of the targets of make."""

from check.rendered.defect import Defect

FILE = "docker/python.Dockerfile"
IGNORED = "docker/python.Dockerfile.dockerignore"
MAKE = "make/stead.mk"
LAST = "\nFROM ${PYTHON_BASE}\n"
ASKS = """["python", "-P", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=2)"]"""

DEFECTS = {
    "a base of the day": Defect(
        FILE,
        "python:3.13-slim-trixie@sha256:",
        "python:latest #",
        {"IMAGE010": "FROM ${PYTHON_BASE} AS"},  # one image, named twice
    ),
    "a base that can be moved": Defect(
        FILE,
        "trixie@sha256:",
        "trixie #",
        {"IMAGE011": "FROM ${PYTHON_BASE} AS", "IMAGE011 last": "FROM ${PYTHON_BASE}\n"},
    ),
    "an image that is copied from": Defect(
        FILE, "USER", "COPY --from=busybox:1.37 /bin/wget /bin/\nUSER", {"IMAGE015": "COPY --from=busybox"}, LAST
    ),
    "root in the image": Defect(FILE, "USER 10001:10001", "USER root", {"IMAGE017": "USER root"}),
    "no user": Defect(FILE, "USER 10001:10001\n", "", {"IMAGE017": "ENTRYPOINT"}),
    "a program that a shell runs": Defect(
        FILE, 'ENTRYPOINT ["python", "-P", "-m"]', "ENTRYPOINT python -P -m", {"IMAGE018": "ENTRYPOINT"}
    ),
    "a check by what is not there": Defect(
        FILE, f"CMD {ASKS}", "CMD curl -f http://127.0.0.1:8000/health", {"IMAGE019": "HEALTHCHECK"}
    ),
    "a secret in the image": Defect(
        FILE, "WORKDIR /app", "ENV API_TOKEN=marble-7\nWORKDIR /app", {"SECRET015": "ENV API"}
    ),
    "a secret that is an argument": Defect(
        FILE, "ARG SOURCE=unknown", "ARG SOURCE=unknown\nARG INDEX_PASSWORD", {"SECRET016": "ARG INDEX_PASSWORD"}
    ),
    "what is newest": Defect(
        FILE, "uv sync --locked --no-dev --all-extras", "uv sync --no-dev", {"IMAGE020": "RUN --mount=type=cache"}
    ),
    "whatever a server sends": Defect(
        FILE,
        "WORKDIR /project",
        "WORKDIR /project\nRUN curl -fsSL https://example.com/x | sh",
        {"IMAGE020": "RUN curl"},
    ),
    "a compiler that is kept": Defect(
        FILE,
        "WORKDIR /app",
        "RUN apt-get update && apt-get install -y --no-install-recommends gcc\nWORKDIR /app",
        {"IMAGE021": "RUN apt-get"},
        LAST,
    ),
    "an image of no commit": Defect(
        FILE,
        '    org.opencontainers.image.revision="${REVISION}" \\\n',
        "",
        {"IMAGE021": "FROM ${PYTHON_BASE}\n"},
        "FROM ${UV",
    ),
    "a folder that is not there": Defect(FILE, '["backends/rewards/"', '["backends/reward/"', {"PATH021": "reward/"}),
    "a context that lets in everything": Defect(IGNORED, "*\n!pyproject", "!pyproject", {"IMAGE022": "!pyproject"}),
    "env files in the image": Defect(
        IGNORED, "**/.env*\n", "", {"SECRET020 1": "!src", "SECRET020 2": "!backends/rewards"}
    ),
    "Compose's secrets in the image": Defect(
        IGNORED, "backends/rewards/deploy\n", "", {"SECRET020": "!backends/rewards"}
    ),
    "a push that may fail": Defect(
        MAKE, 'docker push "$$image" || exit 1', 'docker push "$$image" || true', {"SERVICE025": "@for image"}
    ),
    "a push of which the last counts": Defect(
        MAKE, 'docker push "$$image" || exit 1', 'docker push "$$image"', {"SERVICE025": "@for image"}
    ),
    "a password on the command line": Defect(
        MAKE,
        "\t@for image in $(IMAGES); do docker push",
        '\t@docker login --username ci --password "$$REGISTRY_PASSWORD"\n\t@for image in $(IMAGES); do docker push',
        {"SECRET018": "@docker login"},
    ),
    "a target of a file that is not there": Defect(
        MAKE, "docker/python.Dockerfile", "docker/pyton.Dockerfile", {"PATH014": "@docker build"}
    ),
}
