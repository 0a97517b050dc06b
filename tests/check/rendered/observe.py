"""Defects of what watches a backend."""

from check.rendered.defect import Defect

COMPOSE, SCRAPE, RULES, LOKI, ALLOY = (
    f"observability/{name}" for name in ("compose.yaml", "prometheus.yaml", "rules.yaml", "loki.yaml", "config.alloy")
)
SOURCES = "observability/grafana/provisioning/datasources/sources.yaml"
BOARD = "observability/grafana/dashboards/stead-rewards.json"
LOOPBACK = 'host_ip: "127.0.0.1"'
GRAFANA, PROMETHEUS = "\n  grafana:\n", "\n  prometheus:\n"
ANONYMOUS = "GF_AUTH_ANONYMOUS_ENABLED"
TOKENS = """  - job_name: token-service
    static_configs:
      - targets:
          - token-service:8000
        labels:
          backend: rewards
          kind: tokens
          service: token-service
    metrics_path: /metrics
    sample_limit: 50000
"""

DEFECTS = {
    "a service that nobody watches": Defect(SCRAPE, TOKENS, "", {"OBSERVE010": "scrape_configs:"}),
    "a port where nobody listens": Defect(
        SCRAPE, "points-service:8000", "points-service:9000", {"OBSERVE011": "- points-service:9000"}
    ),
    "a service that is nowhere": Defect(SCRAPE, "- loki:3100", "- logs:3100", {"OBSERVE011": "- logs:3100"}),
    "rules that nobody reads": Defect(SCRAPE, "/rules.yaml", "/alerts.yaml", {"OBSERVE013": "rule_files:"}),
    "a metric that nobody exports": Defect(
        RULES,
        'outbox_messages_total{outcome=\\"given',
        'outbox_lost_total{outcome=\\"given',
        {"OBSERVE012": "expr:"},
        "alert: OutboxGaveUp\n",
    ),
    "a record that is gone": Defect(
        RULES,
        "record: service:http_seconds:p99_rate5m",
        "record: service:http_seconds:p99",
        {"OBSERVE012": 'expr: "service:http_seconds:p99_rate5m > 1"'},
    ),
    "an alert of no severity": Defect(
        RULES, "        labels:\n          severity: page\n", "", {"OBSERVE013": "- alert: InstanceDown"}
    ),
    "a Grafana for everybody": Defect(
        COMPOSE, f'{ANONYMOUS}: "false"', f'{ANONYMOUS}: "true"', {"OBSERVE014": ANONYMOUS}
    ),
    "a password that everybody knows": Defect(
        COMPOSE,
        "      GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/GRAFANA_PASSWORD\n",
        "",
        {"OBSERVE014": "environment:"},
        GRAFANA,
    ),
    "a password in the file": Defect(
        COMPOSE,
        "GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/GRAFANA_PASSWORD",
        "GF_SECURITY_ADMIN_PASSWORD: marble-7",
        {"SECRET014": "GF_SECURITY_ADMIN_PASSWORD"},
    ),
    "graphs on every address": Defect(
        COMPOSE, LOOPBACK, 'host_ip: "0.0.0.0"', {"COMPOSE010": "- target: 3000"}, GRAFANA
    ),
    "a socket for logs": Defect(
        COMPOSE,
        '"${DOCKER_LOGS:-/var/lib/docker/containers}"',
        "/var/run/docker.sock",
        {"COMPOSE012": "- type: bind\n        source: /var/run/docker.sock"},
    ),
    "root that may write on the machine": Defect(
        COMPOSE,
        "        target: /logs\n        read_only: true\n",
        "        target: /logs\n",
        {"COMPOSE018": 'user: "0:0"'},
    ),
    "a check that Loki's image cannot run": Defect(
        COMPOSE,
        '- /usr/bin/loki\n        - "-health"',
        "- wget\n        - http://127.0.0.1:3100/ready",
        {"COMPOSE022": "- wget"},
        "\n  loki:\n",
    ),
    "metrics without an end": Defect(
        COMPOSE,
        '      - "--storage.tsdb.retention.time=15d"\n      - "--storage.tsdb.retention.size=2GB"\n',
        "",
        {"OBSERVE016": "command:"},
        PROMETHEUS,
    ),
    "a file that is not mounted": Defect(
        COMPOSE, "../observability/rules.yaml", "../observability/alerts.yaml", {"PATH016": "alerts.yaml"}
    ),
    "an image of the day beside": Defect(
        COMPOSE, "grafana/grafana:13.1.3@sha256:", 'grafana/grafana:latest}" #', {"IMAGE010": "grafana:latest"}
    ),
    "logs without an end": Defect(
        LOKI, "retention_enabled: true", "retention_enabled: false", {"OBSERVE016": "retention_enabled"}
    ),
    "logs that are kept for no time": Defect(
        LOKI, '  retention_period: "168h"\n', "", {"OBSERVE016": "limits_config:"}
    ),
    "a source that is nowhere": Defect(
        SOURCES, "http://prometheus:9090", "http://metrics:9090", {"OBSERVE015": "url: http://m"}
    ),
    "a panel whose source is not there": Defect(
        BOARD, '"uid": "prometheus"', '"uid": "metrics"', {"OBSERVE015": '"uid": "metrics"'}
    ),
    "logs that are sent nowhere": Defect(ALLOY, "http://loki:3100", "http://logs:3100", {"OBSERVE015": "url = "}),
}
