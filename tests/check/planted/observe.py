"""The defects of what watches a backend."""

from check.defects import both, change, write

DIGEST = "@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PROMETHEUS = "deploy/observability/prometheus.yaml"
RULES = "deploy/observability/rules.yaml"
SCRAPE = write(
    PROMETHEUS,
    "scrape_configs:\n  - job_name: shop\n    static_configs:\n      - targets: [orders:8000, wishes:8000]\n"
    "rule_files: [/etc/prometheus/rules.yaml]\n",
)
ALERT = write(
    RULES,
    "groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n        labels: {severity: page}\n",
)
STACK = write(
    "deploy/compose/compose.yaml",
    f"""services:
  loki:
    image: docker.io/grafana/loki:3.7.6{DIGEST}
    user: "10001:10001"
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    restart: unless-stopped
    logging: {{options: {{max-size: 10m}}}}
    deploy: {{resources: {{limits: {{cpus: "1", memory: 64M, pids: 9}}}}}}
    healthcheck: {{test: [CMD, /usr/bin/loki, -health]}}
""",
)

PLANTED = {
    "OBSERVE010": both(SCRAPE, change(PROMETHEUS, "orders:8000, ", "")),
    "OBSERVE011": both(SCRAPE, STACK),
    "OBSERVE012": both(ALERT, change(RULES, "up == 0", "rate(orders_lost_total[5m]) > 0")),
    "OBSERVE013": both(ALERT, change(RULES, "        labels: {severity: page}\n", "")),
    "OBSERVE014": write(
        "compose.yaml",
        f"services:\n  grafana:\n    image: docker.io/grafana/grafana:13.1.3{DIGEST}\n"
        "    environment: {GF_AUTH_ANONYMOUS_ENABLED: 'true'}\n",
    ),
    "OBSERVE015": both(
        STACK,
        write(
            "deploy/observability/grafana/provisioning/datasources/sources.yaml",
            "datasources:\n  - {name: Loki, uid: loki, type: loki, url: http://logs:3100}\n",
        ),
    ),
    "OBSERVE016": write("deploy/observability/loki.yaml", "schema_config: {configs: []}\n"),
    "OBSERVE017": both(ALERT, change(RULES, "up == 0", "sum(up == 0")),
}
