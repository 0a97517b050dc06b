"""A repository of ordinary shape, written by hand and taken over: modules of Gradle, Compose, images, CI, scripts.

Nothing of it lies in `deploy/`, and nothing of it was rendered. It is clean: no fast rule has a finding.
"""

DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
BACKEND = '''"""Harbour: who may moor where."""

from stead import Backend, Clerk, Environment, Gateway, Health, Postgres, Redis, Route, Service, Setting

HEALTH = Health(path="/actuator/health")
user = Service(
    "user",
    command="java -jar build/libs/user.jar",
    folder="backend-user",
    needs=[Postgres()],
    routes=[Route.user("GET", "/v1/user")],
)
event = Service(
    "event",
    command="java -jar build/libs/event.jar",
    folder="backend-event",
    needs=[Postgres(), Redis()],
    settings=[Setting("EVENT_LIMIT", int, default=50, help="Guests of one event.")],
    routes=[Route.user("GET", "/v1/events")],
)
crew = Service(
    "crew",
    command="java -jar build/libs/crew.jar",
    folder="backend-crew",
    needs=[Postgres()],
    routes=[Route.user("GET", "/v1/crew")],
)
gateway = Gateway("gateway", users=Clerk(), fronts=[user, event, crew])

backend = Backend(
    "harbour",
    services=[user, event, crew],
    gateway=gateway,
    environments=[Environment("dev"), Environment("prod")],
)
'''
APP = """  {name}:
    image: ghcr.io/harbour/{name}:${{VERSION:?which version}}
    build:
      context: ../../..
      dockerfile: backend-infra/docker/images/Dockerfile.{name}
    env_file: .env
    environment:
      DATABASE_URL: ${{DATABASE_URL:?in .env}}
    depends_on:
      db:
        condition: service_healthy
    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "-", "http://127.0.0.1:{port}/actuator/health"]
      interval: 10s
    read_only: true
    cap_drop: [ALL]
    restart: unless-stopped
    mem_limit: 512m
    logging: {{driver: json-file, options: {{max-size: 10m, max-file: "5"}}}}
"""
COMPOSE = (
    """name: harbour
services:
"""
    + APP.format(name="user", port=8101)
    + APP.format(name="event", port=8102)
    + APP.format(name="crew", port=8103)
    + f"""  db:
    image: docker.io/library/postgres:18{DIGEST}
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db
    secrets: [db]
    healthcheck:
      test: ["CMD", "pg_isready", "-U", "postgres"]
    cap_drop: [ALL]
    restart: unless-stopped
    mem_limit: 512m
    logging: {{driver: json-file, options: {{max-size: 10m, max-file: "5"}}}}
  gateway:
    image: docker.io/envoyproxy/envoy:v1.36.2{DIGEST}
    ports: ["443:8443"]
    healthcheck:
      test: ["CMD", "envoy", "--version"]
    cap_drop: [ALL]
    restart: unless-stopped
    mem_limit: 512m
    logging: {{driver: json-file, options: {{max-size: 10m, max-file: "5"}}}}
  minio:
    image: docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z{DIGEST}
    command: server /data
    env_file: .env
    healthcheck:
      test: ["CMD", "mc", "ready", "local"]
    cap_drop: [ALL]
    restart: unless-stopped
    mem_limit: 512m
    logging: {{driver: json-file, options: {{max-size: 10m, max-file: "5"}}}}
secrets:
  db:
    environment: DB_PASSWORD
"""
)
DOCKERFILE = f"""FROM docker.io/library/eclipse-temurin:25-jre{DIGEST}
RUN useradd --uid 10001 app
WORKDIR /app
COPY backend-NAME/build/libs/NAME.jar app.jar
USER 10001:10001
EXPOSE PORT
HEALTHCHECK CMD ["wget", "-q", "-O", "-", "http://127.0.0.1:PORT/actuator/health"]
ENTRYPOINT ["java", "-jar", "app.jar"]
"""
TOOL = f"""FROM docker.io/library/alpine:3.22{DIGEST}
COPY . /tools
USER 10001:10001
"""
CI = f"""name: ci-images
on:
  pull_request:
    branches: [main]
  push:
    branches: [main]
    paths: ["backend-user/**", "backend-event/**", "backend-crew/**", "backend-infra/docker/images/**"]
permissions: {{}}
concurrency:
  group: images-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  jars:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - run: ./gradlew build
  images:
    needs: [jars]
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    strategy:
      matrix:
        service: [user, event, crew]
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - run: docker build -f "backend-infra/docker/images/Dockerfile.$SERVICE" .
        env:
          SERVICE: ${{{{ matrix.service }}}}
"""
DOCS_CI = f"""name: docs-ci
on:
  pull_request:
    branches: [main]
    paths: ["docs/**"]
permissions: {{}}
concurrency:
  group: docs-${{{{ github.ref }}}}
  cancel-in-progress: true
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - uses: actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0
        with:
          path: ~/.cache/pip
          key: pip-${{{{ hashFiles('docs/docs-tools/requirements-docs.txt') }}}}
      - run: mkdocs build --strict
"""
DEPENDABOT = """version: 2
updates:
  - package-ecosystem: docker
    directory: /backend-infra/docker/images
    schedule: {interval: weekly}
"""
MAKEFILE = """ROOT := $(CURDIR)
COMPOSE := docker compose -f $(ROOT)/backend-infra/docker/compose/docker-compose.yml

.PHONY: up backup ship-prod
up:
\t$(COMPOSE) up -d
backup:
\tsh backend-infra/backup/backup.sh
ship-prod: up
\t./backend-infra/ship.sh --env prod
"""
BACKUP = """#!/bin/sh
set -eu
for file in backend-infra/docker/compose/docker-compose.yml backend-infra/docker/images/Dockerfile.user; do
    cat "$file" > /dev/null
done
mkdir -p "$1"
pg_dump --format=custom > "$1/all.dump"
"""
HOOK = """#!/bin/sh
for file in backend-infra/docker/compose/docker-compose.yml; do
    grep -n ':latest' "$file" && exit 1
done
exit 0
"""
IGNORE = """*
!backend-*/build/libs/*.jar
"""
NAMES = ("CLERK_ISSUER", "CLERK_JWKS_URL", "DATABASE_URL", "DB_PASSWORD", "VERSION")
FILES = {
    "backend.py": BACKEND,
    ".gitignore": ".env\n.env.*\n!.env.example\nbackups/\nbuild/\n",
    "gradlew": "#!/bin/sh\nexec gradle \"$@\"\n",
    "backend-user/build.gradle": "plugins { id 'java' }\n",
    "backend-user/build/libs/user.jar": "jar\n",
    "backend-crew/build.gradle": "plugins { id 'java' }\n",
    "backend-crew/build/libs/crew.jar": "jar\n",
    "backend-event/build.gradle": "plugins { id 'java' }\n",
    "backend-event/build/libs/event.jar": "jar\n",
    "backend-infra/docker/compose/docker-compose.yml": COMPOSE,
    "backend-infra/docker/compose/.env.example": "".join(f"{name}=\n" for name in NAMES),
    "backend-infra/docker/images/Dockerfile.user": DOCKERFILE.replace("NAME", "user").replace("PORT", "8101"),
    "backend-infra/docker/images/Dockerfile.event": DOCKERFILE.replace("NAME", "event").replace("PORT", "8102"),
    "backend-infra/docker/images/Dockerfile.crew": DOCKERFILE.replace("NAME", "crew").replace("PORT", "8103"),
    ".dockerignore": IGNORE,
    "backend-infra/tools/.dockerignore": ".env\n",
    "backend-infra/tools/.env.example": "TOKEN=\n",
    "backend-infra/tools/Dockerfile": TOOL,
    "backend-infra/backup/backup.sh": BACKUP,
    "backend-infra/ship.sh": "#!/bin/sh\nset -eu\necho \"$@\"\n",
    ".githooks/infra-pre-commit-hook": HOOK,
    "Makefile": MAKEFILE,
    "README.md": "# Harbour\n\nSee [the guide](docs/guide.md), and run `make up`.\n",
    "docs/guide.md": "# Guide\n\nCompose lies in [compose](../backend-infra/docker/compose/docker-compose.yml).\n",
    "docs/docs-tools/requirements-docs.txt": "mkdocs==1.6.1\n",
    ".github/workflows/ci-images.yml": CI,
    ".github/workflows/docs-ci.yml": DOCS_CI,
    ".github/dependabot.yml": DEPENDABOT,
}  # fmt: skip
PROGRAMS = ("gradlew", "backend-infra/ship.sh", "backend-infra/backup/backup.sh", ".githooks/infra-pre-commit-hook")
