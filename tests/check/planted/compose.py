"""The defects of what runs in containers, each planted into a file that has none."""

from check.defects import Spoil, both, change, write

DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FILE = "deploy/compose/compose.yaml"
DEV = "deploy/compose/compose.dev.yaml"
PROD = "deploy/compose/compose.prod.yaml"
HARDENED = """x-hardened: &hardened
  user: "10001:10001"
  read_only: true
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  restart: unless-stopped
  logging: {options: {max-size: 10m}}
  deploy: {resources: {limits: {cpus: "1", memory: 64M, pids: 9}}}
  healthcheck: {test: [CMD, /app, --healthy]}
"""


def _service(name: str, *lines: str, networks: str = "shop", image: str = "shop/app:2.0") -> str:
    own = "".join(f"    {line}\n" for line in lines)
    told = "    environment:\n      VERSION: ${VERSION:?}\n" if image.startswith("shop") else ""
    return f"  {name}:\n    <<: *hardened\n    image: {image}{DIGEST}\n    networks: [{networks}]\n{told}{own}"


def _delivery(*services: str, environment: str = "dev", networks: str = "shop") -> Spoil:
    """Write a base with some services, and the overlay of one environment."""
    named = "".join(f"  {name}:\n" for name in networks.split(", "))
    text = f"name: shop\n{HARDENED}services:\n{''.join(services)}networks:\n{named}"
    overlay = f"name: shop-{environment}\nservices: {{}}\n"
    return both(write(FILE, text), write(f"deploy/compose/compose.{environment}.yaml", overlay))


WISHES = _service("wishes")
SEARCH = _service("search", "depends_on: {wishes: {condition: service_healthy}}")
ONE = _delivery(WISHES)
TWO = _delivery(WISHES, SEARCH)
PROBE = "{test: [CMD, /app, --healthy]}"
TOLD = "      VERSION: ${VERSION:?}\n"
MAIL = _service("mail", "  SMTP_PASSWORD_FILE: /run/secrets/SMTP_PASSWORD", networks="mail")
STORE = _service("redis", image="docker.io/valkey/valkey:9.1.1")
STOCK = _service("stock", "depends_on: {redis: {condition: service_healthy}}")
KEPT = "secrets:\n  {name}:\n    file: ./secrets/dev/{name}\n"
IGNORED = write("deploy/compose/.gitignore", "/secrets/\n")


def _added(line: str) -> Spoil:
    """Plant a line into the one service of a delivery."""
    return both(ONE, change(FILE, "    networks: [shop]\n", f"    networks: [shop]\n    {line}\n"))


def _tool(line: str) -> Spoil:
    return write("compose.yaml", f"services:\n  tool:\n    image: shop/tool:1.0{DIGEST}\n    {line}\n")


def _mounted(name: str, *services: str) -> Spoil:
    """Plant a secret into a delivery whose last service is to have it."""
    mounted = f"    secrets: [{name}]\n"
    text = KEPT.format(name=name)
    return both(_delivery(*services), change(FILE, "networks:\n  shop:\n", f"{mounted}networks:\n  shop:\n{text}"))


PLANTED = {
    "COMPOSE010": _added('ports: ["8000:8000"]'),
    "COMPOSE011": _tool("privileged: true"),
    "COMPOSE012": _tool("volumes: [/var/run/docker.sock:/var/run/docker.sock]"),
    "COMPOSE013": _delivery(WISHES, _service("stock")),
    "COMPOSE014": both(TWO, change(FILE, f"{SEARCH.splitlines()[3]}\n    environment:\n{TOLD}    depends_on",
                                   f"    networks: [other]\n    environment:\n{TOLD}    depends_on"),
                       change(FILE, "networks:\n  shop:\n", "networks:\n  other:\n  shop:\n")),
    "COMPOSE015": _delivery(STOCK, STORE, environment="prod"),
    "COMPOSE016": both(ONE, change(FILE, "  cap_drop: [ALL]\n", "")),
    "COMPOSE017": _tool("cap_add: [SYS_ADMIN]"),
    "COMPOSE018": both(ONE, change(FILE, '"10001:10001"', "root")),
    "COMPOSE019": both(ONE, change(FILE, ", memory: 64M", "")),
    "COMPOSE020": both(ONE, change(FILE, "  restart: unless-stopped\n", "")),
    "COMPOSE021": both(ONE, change(FILE, f"  healthcheck: {PROBE}\n", "")),
    "COMPOSE022": both(ONE, change(FILE, "shop/app:2.0", "docker.io/library/python:3.13-slim"),
                       change(FILE, PROBE, "{test: [CMD, wget, --spider, http://127.0.0.1:8000/health]}")),
    "COMPOSE023": both(ONE, change(FILE, PROBE, "{test: [CMD, /app, http://127.0.0.1:8000/status]}")),
    "COMPOSE024": both(TWO, change(FILE, "service_healthy", "service_started")),
    "COMPOSE025": both(TWO, change(FILE, "    depends_on: {wishes: {condition: service_healthy}}\n", "")),
    "COMPOSE026": both(ONE, change(DEV, "name: shop-dev\n", "")),
    "COMPOSE027": both(ONE, change(DEV, "services: {}\n",
                                   "services: {}\nvolumes: {kept: {external: true, name: shop-prod_kept}}\n")),
    "COMPOSE028": both(ONE, change(FILE, "${VERSION:?}", "${VERSION}")),
    "COMPOSE029": both(TWO, change(FILE, f"{TOLD}    depends_on",
                                   f"{TOLD}      WISHES_SERVICE_URL: http://localhost:8000\n    depends_on")),
    "COMPOSE030": _delivery(WISHES, SEARCH, _service("stock", networks="stock"), MAIL, networks="mail, shop, stock"),
    "COMPOSE031": both(_delivery(WISHES, environment="prod"),
                       change(PROD, "services: {}\n", "services:\n  wishes:\n    build: ../../wishes\n")),
    "COMPOSE032": both(ONE, change(FILE, "    networks: [shop]\n", "    networks: [shop, sho]\n")),
    "COMPOSE033": both(ONE, write("deploy/compose/.env.dev.example",
                                  "CLERK_ISSUER=\nCLERK_JWKS_URL=\nSMTP_PASSWORD=\n")),
    "COMPOSE034": both(ONE, change(FILE, TOLD, f"{TOLD}      STORE_PASSWORD: ${{STORE_PASSWORD:?}}\n")),
    "COMPOSE035": both(IGNORED, _mounted("stock.KEY", WISHES)),
    "COMPOSE036": _mounted("LETTERS", WISHES),
    "COMPOSE037": _tool("command: mc anonymous set public store/uploads"),
    "COMPOSE038": both(
        _delivery(WISHES, environment="prod"),
        change(PROD, "services: {}", "services: {wishes: {environment: {VERSION: latest}}}"),
    ),
    "COMPOSE039": _tool("extra_hosts: ['stock:10.0.0.7']"),
    "COMPOSE040": _tool("stop_grace_period: 0s"),
    "COMPOSE041": _added("scale: 0"),
    "COMPOSE042": _added("command: [postgres, -c, fsync=off]"),
    "COMPOSE043": _tool("ports: ['127.0.0.1:9901:9901']"),
    "COMPOSE044": both(ONE, change(DEV, "services: {}", "services: {wishes: {profiles: [later]}}")),
    "COMPOSE045": _tool("environment: {NODE_TLS_REJECT_UNAUTHORIZED: '0'}"),
    "COMPOSE046": both(ONE, change(FILE, "{options: {max-size: 10m}}", "{driver: none}")),
    "COMPOSE047": both(ONE, change(FILE, "memory: 64M", "memory: 0")),
    "COMPOSE048": both(ONE, change(FILE, "--healthy]}", "--healthy], interval: 1h}")),
    "COMPOSE049": write(
        "compose.yaml", f"services:\n  store:\n    image: docker.io/library/redis:8.2{DIGEST}\n    ports: [6379:6379]\n"
    ),
    "COMPOSE052": write(
        "compose.yaml",
        f"services:\n  orders:\n    image: shop/orders:1.0{DIGEST}\n    ports: [8101:8101]\n"
        f"  edge:\n    image: docker.io/library/nginx:1.29{DIGEST}\n",
    ),
    "COMPOSE053": write(
        "compose.yaml",
        f"services:\n  orders:\n    image: shop/orders:1.0{DIGEST}\n    healthcheck: {PROBE}\n"
        f"  stock:\n    image: shop/stock:1.0{DIGEST}\n    healthcheck: {PROBE}\n"
        f"  mail:\n    image: shop/mail:1.0{DIGEST}\n",
    ),
    "COMPOSE054": write(
        "compose.yaml",
        f"services:\n  one:\n    image: shop/one:1.0{DIGEST}\n    mem_limit: 1g\n"
        f"  two:\n    image: shop/two:1.0{DIGEST}\n    mem_limit: 1g\n  three:\n    image: shop/three:1.0{DIGEST}\n",
    ),
    "COMPOSE055": write(
        "compose.yaml",
        f"services:\n  orders:\n    image: shop/orders:1.0{DIGEST}\n"
        f"  db:\n    image: docker.io/library/postgres:18.4{DIGEST}\n    command: postgres -c fsync=off\n",
    ),
    "COMPOSE056": write(
        "compose.yaml", f"services:\n  one:\n    image: shop/one:1.0{DIGEST}\n    extends: one\n"
    ),
    "COMPOSE057": _tool('stop_grace_period: "20"'),
    "COMPOSE058": _tool("restart: forever"),
    "COMPOSE059": _tool("ports: ['127.0.0.1:80000:80']"),
    "COMPOSE060": write(
        "compose.yaml",
        f"services:\n  db:\n    image: docker.io/library/postgres:18.4{DIGEST}\n    volumes: [db:/var/lib/postgres]\n"
        "volumes:\n  db:\n",
    ),
    "COMPOSE061": _tool("depends_on: [tool]"),
    "COMPOSE050": write(
        "compose.yaml",
        f"services:\n  one:\n    image: shop/one:1.0{DIGEST}\n    restart: always\n"
        f"  two:\n    image: shop/two:1.0{DIGEST}\n",
    ),
    "COMPOSE051": write(
        "compose.yaml",
        f"services:\n  one:\n    image: shop/one:1.0{DIGEST}\n    healthcheck: {PROBE}\n"
        f"  two:\n    image: shop/two:1.0{DIGEST}\n    depends_on: [one]\n",
    ),
}  # fmt: skip
