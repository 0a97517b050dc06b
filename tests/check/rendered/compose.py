"""Defects of the base: what every environment has."""

from check.rendered.defect import Defect

FILE = "compose/compose.yaml"
GATEWAY, AGENT, AUTH = "\n  api-gateway:\n", "\n  api-gateway-agent:\n", "\n  auth-service:\n    depends"
CONTENT, POINTS, STORE = "\n  content-service:\n", "\n  points-service:\n    depends_on", "\n  postgres:\n    image"
MAKER, REFERRALS, TOKENS = (
    "\n  postgres-databases:\n    depends",
    "\n  referral-service:\n    depends",
    "\n  token-service:\n    depends",
)
ASKS = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=2)"
CHECK = f'        - CMD\n        - python\n        - "-P"\n        - "-c"\n        - "{ASKS}"\n'


def _base(before: str, after: str, found: dict[str, str], within: str = "") -> Defect:
    return Defect(FILE, before, after, found, within)


DEFECTS = {
    "a dropped cap_drop": _base("    cap_drop:\n      - ALL\n", "", {"COMPOSE016": "points-service:"}, POINTS),
    "capabilities that are kept": _base("      - ALL\n", "      - NET_RAW\n", {"COMPOSE016": "cap_drop:"}, POINTS),
    "privileges that may be gained": _base(
        "    security_opt:\n      - no-new-privileges:true\n", "", {"COMPOSE016": "content-service:"}, CONTENT
    ),
    "a root that can be written on": _base("read_only: true", "read_only: false", {"COMPOSE016": "read_only: f"}, AUTH),
    "a capability that is root": _base(
        "    cap_drop:\n", "    cap_add:\n      - SYS_ADMIN\n    cap_drop:\n", {"COMPOSE017": "- SYS_ADMIN"}, TOKENS
    ),
    "the user root": _base('user: "10001:10001"', 'user: "0:0"', {"COMPOSE018": 'user: "0:0"'}, REFERRALS),
    "the image's own user": _base('    user: "999:999"\n', "", {"COMPOSE018": "postgres:"}, STORE),
    "a privileged container": _base(
        "    init: true\n", "    init: true\n    privileged: true\n", {"COMPOSE011": "privileged:"}, CONTENT
    ),
    "the machine's network": _base(
        "    init: true\n", "    init: true\n    network_mode: host\n", {"COMPOSE011": "network_mode:"}, AUTH
    ),
    "Docker's socket": _base(
        "    volumes:\n",
        "    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n",
        {"COMPOSE012": "- /var/run/docker.sock"},
        GATEWAY,
    ),
    "no limit of memory": _base('          memory: "256M"\n', "", {"COMPOSE019": "limits:"}, TOKENS),
    "no limit of processes": _base("          pids: 512\n", "", {"COMPOSE019": "limits:"}, STORE),
    "a log without an end": _base('        max-size: "10m"\n', "", {"COMPOSE019": "logging:"}, POINTS),
    "a tmpfs without a size": _base("/tmp:size=64m,mode=1777", "/tmp", {"COMPOSE019": "- /tmp\n"}, AGENT),
    "no restart": _base("    restart: unless-stopped\n", "", {"COMPOSE020": "postgres:"}, STORE),
    "a service that is run once": _base("unless-stopped", '"no"', {"COMPOSE020": 'restart: "no"'}, REFERRALS),
    "no healthcheck": _base(
        f'    healthcheck:\n      test:\n{CHECK}      interval: "5s"\n      timeout: "3s"\n      retries: 5\n'
        '      start_period: "30s"\n',
        "",
        {"COMPOSE021": "token-service:"},
        TOKENS,
    ),
    "a healthcheck that is off": _base(
        f"      test:\n{CHECK}", "      disable: true\n", {"COMPOSE021": "healthcheck:"}, POINTS
    ),
    "a healthcheck that cannot fail": _base(
        CHECK, '        - CMD-SHELL\n        - "python -m x || exit 0"\n', {"COMPOSE021": "healthcheck:"}, POINTS
    ),
    "a healthcheck that cannot run": _base(
        CHECK,
        "        - CMD\n        - curl\n        - http://127.0.0.1:8000/health\n",
        {"COMPOSE022": "- curl"},
        CONTENT,
    ),
    "a dollar that Compose takes": _base("[[ $$line", "[[ $line", {"COMPOSE022": '"exec 3'}, GATEWAY),
    "a healthcheck at another port": _base(
        "127.0.0.1:8000/health", "127.0.0.1:8080/health", {"COMPOSE023": "8080/health"}, AUTH
    ),
    "a healthcheck by another path": _base("8000/health", "8000/docs", {"COMPOSE023": "8000/docs"}, AUTH),
    "a healthcheck by localhost": _base(
        "127.0.0.1:8000/health", "localhost:8000/health", {"COMPOSE023": "localhost"}, AUTH
    ),
    "who does not wait until it is well": _base(
        "condition: service_healthy", "condition: service_started", {"COMPOSE024": "service_started"}, CONTENT
    ),
    "who does not wait until it is done": _base(
        "service_completed_successfully",
        "service_healthy",
        {"COMPOSE024": "condition: service_healthy\n    secrets"},
        POINTS,
    ),
    "who does not wait": _base(
        "      postgres-databases:\n        condition: service_completed_successfully\n",
        "      postgres:\n        condition: service_healthy\n",
        {"COMPOSE025": "_on:"},
        "\n  points-service:\n    depends",
    ),
    "a network of others": _base(
        "      - postgres_referral-service\n",
        "      - api-gateway_content-service_points-service\n      - postgres_referral-service\n",
        {"COMPOSE013": "- api-gateway_content-service_points-service"},
        REFERRALS,
    ),
    "a network that is left": _base("      - content-service_postgres\n", "", {"COMPOSE014": "networks:"}, CONTENT),
    "a network of data that leads out": _base(
        "\n    internal: true", "", {"COMPOSE015": "  content-service_postgres:"}, "\n  content-service_postgres:"
    ),
    "a published port": _base(
        "    networks:\n", '    ports:\n      - "8000:8000"\n    networks:\n', {"COMPOSE010": '- "8000:8000"'}, AUTH
    ),
    "a secret in environment": _base(
        "    environment:\n",
        "    environment:\n      POSTGRES_PASSWORD: marble-7\n",
        {"SECRET014": "PASSWORD: m"},
        STORE,
    ),
    "a secret as a variable": _base(
        "      CLERK_WEBHOOK_SECRET_FILE: /run/secrets/CLERK_WEBHOOK_SECRET\n",
        "      CLERK_WEBHOOK_SECRET: ${CLERK_WEBHOOK_SECRET}\n",
        {"COMPOSE028": "CLERK_WEBHOOK_SECRET: $", "COMPOSE034": "CLERK_WEBHOOK_SECRET: $"},
        AUTH,
    ),
    "an env file with all secrets": _base(
        "    environment:\n", "    env_file: .env.dev\n    environment:\n", {"COMPOSE034": "env_file:"}, POINTS
    ),
    "a secret of another service": _base(
        "source: points-service.DATABASE_URL",
        "source: token-service.DATABASE_URL",
        {"COMPOSE035": "- source: token-service.DATABASE_URL"},
        POINTS,
    ),
    "a secret that nobody defines": _base(
        "source: points-service.DATABASE_URL",
        "source: points.DATABASE_URL",
        {"COMPOSE032": "- source: points.D"},
        POINTS,
    ),
    "a volume that nobody defines": _base("source: postgres\n", "source: data\n", {"COMPOSE032": "- type"}, STORE),
    "an address of the caller itself": _base(
        "http://points-service:8000", "http://localhost:8000", {"COMPOSE029": "http://localhost"}, AUTH
    ),
    "an address of another callee": _base(
        "http://points-service:8000", "http://token-service:8000", {"COMPOSE029": "POINTS_SERVICE_URL: h"}, CONTENT
    ),
    "an image of the day": _base("envoy:v1.39.0@sha256:", 'envoy:latest}" #', {"IMAGE010": "envoy:latest"}, GATEWAY),
    "a tag that can be moved": _base(
        "postgres:18.4-trixie@sha256:", 'postgres:18.4-trixie}" #', {"IMAGE011": "postgres:18.4-trixie}"}
    ),
    "a version of Compose": _base("name: rewards\n", 'name: rewards\nversion: "3.8"\n', {"FILE020": "version:"}),
    "a key that is there twice": _base(
        "    init: true\n", "    init: true\n    init: false\n", {"FILE011": "init: f"}, POINTS
    ),
    "a path of one machine": _base(
        "    networks:\n",
        "    volumes:\n      - /home/ann/cache:/cache\n    networks:\n",
        {"PATH013": "- /home/ann"},
        AUTH,
    ),
}
