"""Files that a person wrote, outside of `deploy/`: each kind of defect is found in them, and nothing else is.

The kinds are those of document 004, and those that were once planted into a repository and not found.
"""

import pytest

from check.own_files import CHECKOUT, COMPOSE, DIGEST, FILES, IGNORE, PROGRAMS
from check.rule_run import git, held
from stead.check.registry import rules

FAST = rules(costs=("fast",))
STACK = "backend-infra/docker/compose/docker-compose.yml"
USER_IMAGE, EVENT_IMAGE = (f"backend-infra/docker/images/Dockerfile.{name}" for name in ("user", "event"))
IMAGES, DOCS = ".github/workflows/ci-images.yml", ".github/workflows/docs-ci.yml"
SERVER = "  db:\n    image: docker.io"
EXAMPLE = "backend-infra/docker/compose/.env.example"
EVENT = "  event:\n    image: ghcr"
BUILD_STEP = "      - run: ./gradlew build\n"
PUSH = "docker/build-push-action@53b7df96c91f9c12dcc8a07bcb9ccacbed38856a # v7.3.0"


def of_event(before, after):
    """Return a change of the service event in the Compose file."""
    start = COMPOSE.index("  event:\n")
    at = COMPOSE.index(before, start)
    return STACK, COMPOSE[start : at + len(before)], COMPOSE[start:at] + after


def of_db(before, after):
    """Return a change of the database in the Compose file."""
    start = COMPOSE.index("\n  db:\n") + 1
    at = COMPOSE.index(before, start)
    return STACK, COMPOSE[start : at + len(before)], COMPOSE[start:at] + after


def instruction(text):
    """Return a change of a Dockerfile: one more instruction."""
    return EVENT_IMAGE, "WORKDIR /app\n", f"WORKDIR /app\n{text}\n"


def step(text):
    """Return a change of the workflow of images: one more step, behind the build."""
    return IMAGES, BUILD_STEP, f"{BUILD_STEP}{text}"


HEALTHCHECK = """    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "-", "http://127.0.0.1:8102/actuator/health"]
      interval: 10s
"""
LOGGING = '    logging: {driver: json-file, options: {max-size: 10m, max-file: "5"}}\n'
# What is planted: a file, a text of it, the text in its place, and the rule that must tell.
DEFECTS = {
    "a database on every address": (*of_db("    cap_drop", '    ports: ["5432:5432"]\n    cap_drop'), "COMPOSE049"),
    "a service past the gateway": (*of_event("    read_only", '    ports: ["8102:8102"]\n    read_only'), "COMPOSE052"),
    "a password in Compose": (
        *of_db("      POSTGRES_PASSWORD_FILE: /run/secrets/db\n", "      POSTGRES_PASSWORD: hunter2hunter2\n"),
        "SECRET",
    ),
    "a default for a secret": (
        *of_event(
            "      DATABASE_URL: ${DATABASE_URL:?in .env}\n",
            "      DATABASE_URL: ${DATABASE_URL:?in .env}\n      JWT_SECRET: ${JWT_SECRET:-c2VjcmV0LXNlY3JldDQy}\n",
        ),
        "SECRET",
    ),
    "no restart": (*of_event("    restart: unless-stopped\n", ""), "COMPOSE050"),
    "a healthcheck that is switched off": (*of_event(HEALTHCHECK, "    healthcheck: {disable: true}\n"), "COMPOSE053"),
    "no rotation of logs": (*of_event(LOGGING, ""), "COMPOSE054"),
    "no limit of memory": (*of_event("    mem_limit: 512m\n", ""), "COMPOSE054"),
    "a container that may write": (*of_event("    cap_drop: [ALL]\n", ""), "COMPOSE054"),
    "a wait for what was started": (*of_event("service_healthy", "service_started"), "COMPOSE051"),
    "an image without a version": (*of_db(f"postgres:18{DIGEST}", "postgres"), "IMAGE010"),
    "the latest image": (STACK, f"minio:RELEASE.2025-09-07T16-13-09Z{DIGEST}", "minio:latest", "IMAGE010"),
    "the latest version by default": (STACK, f"minio:RELEASE.2025-09-07T16-13-09Z{DIGEST}", "minio:${MINIO:-latest}",
                                      "IMAGE010"),
    "a privileged container": (*of_event("    read_only: true", "    privileged: true"), "COMPOSE011"),
    "Docker's socket": (
        *of_event("    read_only: true\n", "    volumes: [/var/run/docker.sock:/var/run/docker.sock]\n"),
        "COMPOSE012",
    ),
    "the host's network": (*of_event("    read_only: true\n", "    network_mode: host\n"), "COMPOSE011"),
    "a callee sent elsewhere": (
        *of_event("    read_only: true\n", '    read_only: true\n    extra_hosts: ["user:10.0.0.7"]\n'),
        "COMPOSE039",
    ),
    "no time to stop": (*of_event("    read_only: true\n", "    stop_grace_period: 0s\n"), "COMPOSE040"),
    "a database that trusts everybody": (
        *of_db("    secrets: [db]\n", "      POSTGRES_HOST_AUTH_METHOD: trust\n    secrets: [db]\n"),
        "COMPOSE055",
    ),
    "a database that forgets": (
        *of_db("    secrets: [db]\n", "    secrets: [db]\n    command: postgres -c fsync=off\n"),
        "COMPOSE055",
    ),
    "a version of Compose's own": (STACK, "name: harbour\n", 'version: "3.8"\nname: harbour\n', "FILE020"),
    "a build of a file that is gone": (*of_event("images/Dockerfile.event", "images/Dockerfile.events"), "PATH"),
    "a service of no file": (*of_event("      db:\n", "      database:\n"), "COMPOSE032"),
    "a secret of no file": (*of_db("secrets: [db]", "secrets: [database]"), "COMPOSE032"),
    "a volume of no file": (*of_db("    cap_drop", "    volumes: [pgdata:/pgdata]\n    cap_drop"), "COMPOSE032"),
    "a network of no file": (*of_db("    cap_drop", "    networks: [inside]\n    cap_drop"), "COMPOSE032"),
    "an env file that is gone": (*of_event("env_file: .env", "env_file: event.env"), "PATH016"),
    "a wait for the health of what says none": (
        *of_db('    healthcheck:\n      test: ["CMD", "pg_isready", "-U", "postgres"]\n', ""),
        "COMPOSE051",
    ),
    "a healthcheck in one word": (*of_db('"pg_isready", "-U", "postgres"', '"pg_isready -U postgres"'), "COMPOSE022"),
    "an interval without a unit": (*of_event("interval: 10s", "interval: 10"), "COMPOSE057"),
    "a service as root": (*of_event("    read_only: true", "    read_only: true\n    user: root"), "COMPOSE018"),
    "a cache for everybody": (
        STACK,
        f"docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z{DIGEST}\n    command: server /data\n",
        f"docker.io/library/redis:8.2{DIGEST}\n    command: redis-server --protected-mode no\n",
        "COMPOSE055",
    ),
    "a password in a URL": (*of_event("${DATABASE_URL:?in .env}", "postgresql://event:marble@db/event"), "SECRET014"),
    "a database at localhost": (
        *of_event("${DATABASE_URL:?in .env}", "jdbc:postgresql://localhost:5432/event"),
        "COMPOSE029",
    ),
    "a text for a number": (
        *of_event("      DATABASE_URL: ${DATABASE_URL:?in .env}\n",
                  "      DATABASE_URL: ${DATABASE_URL:?in .env}\n      EVENT_LIMIT: many\n"),
        "SETTING030",
    ),
    "lists in a layer of their own": (*instruction("RUN apt-get update"), "IMAGE032"),
    "a working folder of the base": (EVENT_IMAGE, "WORKDIR /app", "WORKDIR app", "IMAGE033"),
    "Compose in a folder without its file": (
        "backend-infra/ship.sh",
        'echo "$@"\n',
        'HERE="$(cd "$(dirname "$0")" && pwd)"\ncd "$HERE"\ndocker compose up -d "$@"\n',
        "PATH023",
    ),
    "a folder for everybody": ("backend-infra/ship.sh", 'echo "$@"', 'chmod -R 777 "$@"', "FILE034"),
    "a script that goes on": ("backend-infra/ship.sh", "set -eu\necho", "make backup\necho", "FILE036"),
    "a blank before the value": (EXAMPLE, "VERSION=\n", "VERSION= 1\n", "SETTING031"),
    "a blank in a name": ("backend-infra/tools/.env.example", "TOKEN=\n", "TOKEN =\n", "SETTING031"),
    "a secret in plain text": (
        *step(
            '      - run: |\n          curl -H "Authorization: Bearer $TOKEN" http://hooks.harbour.io/built\n'
            "        env:\n          TOKEN: ${{ secrets.HOOK_TOKEN }}\n"
        ),
        "FILE035",
    ),
    "a key that Compose does not know": (*of_event("    environment:\n", "    enviroment:\n"), "COMPOSE058"),
    "a restart that Docker does not know": (*of_event("unless-stopped", "unless-stoped"), "COMPOSE058"),
    "a port beyond all": (STACK, '"443:8443"', '"443:84430"', "COMPOSE059"),
    "a circle of waiting": (
        *of_db("    cap_drop", "    depends_on: {event: {condition: service_healthy}}\n    cap_drop"),
        "COMPOSE061",
    ),
    "a limit of some bytes": (*of_event("mem_limit: 512m", "mem_limit: 512"), "COMPOSE057"),
    "single quotes in a list": (EVENT_IMAGE, '["java", "-jar", "app.jar"]', "['java', '-jar', 'app.jar']", "IMAGE018"),
    "two commands": (*instruction('CMD ["java"]\nCMD ["jar"]'), "IMAGE036"),
    "an install that asks": (*instruction("RUN apt-get update && apt-get install curl"), "IMAGE034"),
    "blanks for a tab": ("Makefile", "backup:\n\tsh", "backup:\n        sh", "FILE037"),
    "a health that nobody reads": ("backend-infra/ship.sh", 'echo "$@"', "curl https://harbour.io/health", "FILE038"),
    "a key that GitHub does not know": (DOCS, "    steps:\n", "    step: []\n    steps:\n", "GITHUB037"),
    "a branch that is no reference": (
        *step("      - run: ./gradlew build\n        if: github.ref == 'main'\n"),
        "GITHUB023",
    ),
    "an hour that is none": (DOCS, "on:\n", "on:\n  schedule: [{cron: '0 25 * * *'}]\n", "GITHUB027"),
    "a quote that is open": (EXAMPLE, "VERSION=\n", 'VERSION="1\n', "SETTING031"),
    "an image that runs as root": (EVENT_IMAGE, "USER 10001:10001\n", "", "IMAGE017"),
    "an image without a healthcheck": (
        EVENT_IMAGE,
        'HEALTHCHECK CMD ["wget", "-q", "-O", "-", "http://127.0.0.1:8102/actuator/health"]\n',
        "",
        "IMAGE029",
    ),
    "a healthcheck of none": (
        EVENT_IMAGE,
        'HEALTHCHECK CMD ["wget", "-q", "-O", "-", "http://127.0.0.1:8102/actuator/health"]\n',
        "HEALTHCHECK NONE\n",
        "IMAGE024",
    ),
    "the latest base": (EVENT_IMAGE, f"eclipse-temurin:25-jre{DIGEST}", "eclipse-temurin:latest", "IMAGE010"),
    "a secret in an image": (*instruction("ENV JWT_SECRET=c2VjcmV0LXNlY3JldC1zZWNyZXQ0Mg"), "SECRET"),
    "env files in an image": ("backend-infra/tools/.dockerignore", ".env\n", "*.log\n", "SECRET020"),
    "a signal that nobody handles": (*instruction("STOPSIGNAL SIGKILL"), "IMAGE027"),
    "a start by a shell": (EVENT_IMAGE, 'ENTRYPOINT ["java", "-jar", "app.jar"]', "ENTRYPOINT java -jar app.jar",
                           "IMAGE018"),
    "a script from the web in an image": (*instruction("RUN curl -s https://get.example.com | sh"), "IMAGE020"),
    "writable for all": (*instruction("RUN chmod -R 777 /app"), "IMAGE028"),
    "a copy of what is ignored": (".dockerignore", IGNORE, IGNORE.replace("*/build", "[cu]*/build"), "IMAGE030"),
    "env files in the context": (".dockerignore", IGNORE, f"{IGNORE}!.env\n", "IMAGE025"),
    "a health at another port": (EVENT_IMAGE, "http://127.0.0.1:8102/", "http://127.0.0.1:8101/", "IMAGE031"),
    "the latest runner": (DOCS, "runs-on: ubuntu-24.04", "runs-on: ubuntu-latest", "GITHUB036"),
    "a build that may fail": (IMAGES, BUILD_STEP, "      - run: ./gradlew build || true\n", "GITHUB014"),
    "latest with each push": (
        *step(f"      - uses: {PUSH}\n        with: {{push: true, tags: 'ghcr.io/harbour/user:latest'}}\n"),
        "GITHUB015",
    ),
    "no concurrency": (
        IMAGES, "concurrency:\n  group: images-${{ github.ref }}\n  cancel-in-progress: true\n", "", "GITHUB012",
    ),
    "a path that is gone": (IMAGES, '"backend-event/**"', '"backend-events/**"', "PATH015"),
    "a key of a file that is gone": (DOCS, "docs/docs-tools/requirements-docs.txt", "requirements-docs.txt", "PATH015"),
    "a folder that Dependabot does not find": (".github/dependabot.yml", "/backend-infra/", "/infra/", "PATH015"),
    "a service that is not built": (IMAGES, "[user, event, crew]", "[user, event]", "SERVICE024"),
    "an action by its tag": (DOCS, CHECKOUT, "actions/checkout@v7", "IMAGE013"),
    "dead paths in a loop": (".githooks/infra-pre-commit-hook", "in backend-infra/docker/compose/docker-compose.yml",
                             "in infra/docker-compose.dev.yml infra/docker-compose.full.yml", "PATH"),
    "a script's dead path": ("backend-infra/backup/backup.sh", "backend-infra/docker/images/Dockerfile.user;",
                             "infra/docker/images/Dockerfile.user;", "PATH"),
    "a make file's dead path": ("Makefile", "sh backend-infra/backup/backup.sh", "sh infra/backup/backup.sh", "PATH"),
    "a stack of a name that is gone": ("Makefile", "backend-infra/docker/compose", "infra/docker/compose", "PATH"),
    "production that ships staging": ("Makefile", "--env prod", "--env dev", "FILE026"),
    "a target that is gone": (*step("      - run: make scan\n"), "FILE027"),
    "a dead link": ("docs/guide.md", "../backend-infra/docker", "../infra/docker", "PATH010"),
}  # fmt: skip


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    """The repository in git, made once."""
    root = tmp_path_factory.mktemp("own") / "harbour"
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755 if path in PROGRAMS else 0o644)
    git(root, "init", "-q", "-b", "main", "--template=")
    git(root, "add", "-A", "-f")
    return root


def codes(root):
    return {finding.code for finding in held(root, FAST)}


def test_what_a_person_wrote_well_has_no_finding(harbour):
    assert codes(harbour) == set()


def test_there_are_more_than_thirty_kinds():
    assert len(DEFECTS) >= 85


@pytest.mark.parametrize("kind", DEFECTS)
def test_the_defect_is_found_and_nothing_else_is(harbour, kind):
    file, before, after, code = DEFECTS[kind]
    text = (harbour / file).read_text()
    assert text.count(before) == 1
    try:
        (harbour / file).write_text(text.replace(before, after))
        found = codes(harbour)
    finally:
        (harbour / file).write_text(text)
    assert len(found) == 1, found
    assert found.pop().startswith(code)
