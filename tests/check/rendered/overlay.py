"""Defects of the overlays, the env examples and what git ignores: what one environment has."""

from check.rendered.defect import Defect
from stead.render.compose.process import ORDER

DEV, STAGE, PROD = (f"compose/compose.{name}.yaml" for name in ("dev", "stage", "prod"))
EXAMPLE = "compose/.env.prod.example"
IGNORED = "compose/.gitignore"
TOKEN = "gh" + "p_" + "R7kq2mXv9Lw4Tz8Yb3Nc6Hd1Jf5Gs0PaQeUx"
LOOPBACK = 'host_ip: "127.0.0.1"'
POSTGRES = "\n  postgres:\n"

DEFECTS = {
    "a port on every address": Defect(DEV, LOOPBACK, 'host_ip: "0.0.0.0"', {"COMPOSE010": "- target: 5432"}, POSTGRES),
    "a port on no address": Defect(
        DEV, f"        {LOOPBACK}\n", "", {"COMPOSE010": "- target: 8000"}, "\n  points-service:\n"
    ),
    "a secret in the build": Defect(
        DEV,
        "        UV_BASE:\n",
        "        UV_BASE:\n        PIP_TOKEN: marble-7\n",
        {"SECRET015": "PIP_TOKEN"},
        "\n  auth-service:\n",
    ),
    "a Dockerfile that is not there": Defect(
        DEV, "docker/python.Dockerfile", "docker/pyton.Dockerfile", {"PATH016": "pyton"}, "\n  auth-service:\n"
    ),
    "a database that is published": Defect(
        PROD, "    networks:\n", '    ports:\n      - "5432:5432"\n    networks:\n', {"COMPOSE010": '- "5432'}, POSTGRES
    ),
    "a service past the gateway": Defect(
        STAGE,
        "    environment:\n",
        "    ports:\n      - target: 8000\n        published: '8001'\n        host_ip: '127.0.0.1'\n    environment:\n",
        {"COMPOSE010": "- target: 8000"},
        "\n  token-service:\n",
    ),
    "one project for two environments": Defect(
        PROD, "name: rewards-prod", "name: rewards-stage", {"COMPOSE026": "name: rewards-stage"}
    ),
    "no name of the project": Defect(PROD, "name: rewards-prod\n", "", {"COMPOSE026": ""}),
    "a secret of another environment": Defect(
        PROD, "secrets/prod/postgres.PASSWORD", "secrets/dev/postgres.PASSWORD", {"COMPOSE027": "secrets/dev"}
    ),
    "a volume of another environment": Defect(
        STAGE,
        "secrets:\n  CLERK",
        "volumes:\n  postgres:\n    external: true\n    name: rewards-prod_postgres\nsecrets:\n  CLERK",
        {"COMPOSE027": "name: rewards-prod_postgres"},
    ),
    "another environment's name": Defect(
        STAGE, "ENVIRONMENT: staging", "ENVIRONMENT: prod", {"COMPOSE027": "ENVIRONMENT: prod"}
    ),
    "a version that nobody asks for": Defect(
        PROD,
        f"${{VERSION:?the deployed commit or release; {ORDER}}}",
        "${VERSION:-}",
        {"COMPOSE028": "${VERSION:-}"},
        "\n  points-service:\n",
    ),
    "a setting that nobody asks for": Defect(
        PROD,
        "${CLERK_ISSUER:?auth-service needs it: Clerk's Frontend API URL: the `iss` of every token.}",
        "${CLERK_ISSUER}",
        {"COMPOSE028": "${CLERK_ISSUER}"},
    ),
    "an image that is built in production": Defect(
        PROD,
        "    image:",
        "    build:\n      context: ../../../..\n    image:",
        {"COMPOSE031": "build:"},
        "\n  content-service:\n",
    ),
    "an image of whatever was pushed": Defect(
        PROD,
        "${IMAGE_PYTHON:?the image of python by digest, as registry/name@sha256:…}",
        "registry.example.com/rewards-python:latest",
        {"IMAGE010": "registry.example.com/rewards-python:latest"},
    ),
    "a fence that is taken down": Defect(
        "compose/compose.elsewhere.yaml",
        "    profiles:\n",
        "    security_opt:\n      - seccomp:unconfined\n    profiles:\n",
        {"COMPOSE017": "- seccomp"},
        POSTGRES,
    ),
    "a variable that the example lacks": Defect(EXAMPLE, "CLERK_ISSUER=\n", "", {"COMPOSE033": ""}),
    "a variable that nothing reads": Defect(
        EXAMPLE, "CLERK_ISSUER=\n", "CLERK_ISSUER=\nCLERK_ISUER=\n", {"SETTING016": "CLERK_ISUER="}
    ),
    "a variable that is there twice": Defect(
        EXAMPLE, "VERSION=\n", "VERSION=\nCLERK_ISSUER=\n", {"SETTING018": "CLERK_ISSUER=\n\n# Clerk's public"}
    ),
    "a password in an example": Defect(
        EXAMPLE, "CLERK_WEBHOOK_SECRET=\n", "CLERK_WEBHOOK_SECRET=marble-7\n", {"SETTING029": "CLERK_WEBHOOK_SECRET="}
    ),
    "a token in an example": Defect(EXAMPLE, "VERSION=\n", f"VERSION={TOKEN}\n", {"SECRET010": "VERSION="}),
    "an example of everything that lacks something": Defect(
        "compose/.env.example",
        "CLERK_ISSUER=\n",
        "CLERK_ISUER=\n",
        {"SETTING016": "CLERK_ISUER=", "SETTING015": "", "SETTING015 in dev": "compose/.env.dev.example|"},
    ),
    "secrets that git sees": Defect(IGNORED, "/secrets/\n", "", {"COMPOSE036": ""}),
    "env files that git sees": Defect(IGNORED, "/.env*\n", "", {"COMPOSE036": ""}),
}
