"""The defects of charts: in values for a rendered chart, and in a chart that a person wrote."""

from check.defects import among

SCHEMA = """{
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "replicas": {"type": "integer", "minimum": 1},
    "images": {"type": "object", "properties": {"python": {"type": "string"}}}
  }
}
"""
VALUES = "replicas: 3\nimages:\n  python: sha256:1111111111111111111111111111111111111111111111111111111111111111\n"
CHART = """apiVersion: v2
name: cache
version: 1.0.0
dependencies:
  - name: valkey
    version: 2.4.7
    repository: https://charts.example.com
"""
TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: cache
data:
  limit: {{ .Values.limit | quote }}
"""
FILES = {
    "deploy/helm/shop/values.schema.json": SCHEMA,
    "deploy/helm/shop/values.own.yaml": VALUES,
    "charts/cache/Chart.yaml": CHART,
    "charts/cache/values.yaml": "limit: 100\n",
    "charts/cache/templates/config.yaml": TEMPLATE,
}


def changed(name, before, after):
    """Return a defect: all files, and one text of one of them is another."""
    return among(FILES, name, before, after)


OWN = "deploy/helm/shop/values.own.yaml"
PLANTED = {
    "HELM020": changed(OWN, "replicas", "replcas"),
    "HELM021": changed(OWN, "sha256:" + "1" * 64, "v7"),
    "HELM022": changed(OWN, "3", '"3"'),
    "HELM023": changed("charts/cache/templates/config.yaml", "Values.limit", "Values.limits"),
    "HELM024": changed("charts/cache/Chart.yaml", "2.4.7", "^2"),
    "HELM025": changed("charts/cache/values.yaml", "limit: 100", "limit: 100\nimage: docker.io/valkey/valkey:latest"),
    "HELM026": changed("charts/cache/Chart.yaml", "https://", "http://"),
    "HELM027": changed("charts/cache/templates/config.yaml", ".Values.limit ", "randAlphaNum 32 "),
}
