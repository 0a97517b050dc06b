"""Images of the observability overlay, by tag and by the digest of the index of all platforms.

Each digest is one that several public repositories pin for its tag, distinguished there from that of a single platform.
"""

from stead.render.docker.pin import Pin

PROMETHEUS = Pin(
    "PROMETHEUS_IMAGE",
    "docker.io/prom/prometheus:v3.13.2@sha256:508729e0e2d18e11fd742a5a5ca70e557b940a93948c3c95fd0123a6fd538b69",
)
GRAFANA = Pin(
    "GRAFANA_IMAGE",
    "docker.io/grafana/grafana:13.1.3@sha256:ab5cb380e3ff3172d6c8bd2e7cfd31cce977d2881b260e1f5bc089bf0b759b43",
)
LOKI = Pin(
    "LOKI_IMAGE",
    "docker.io/grafana/loki:3.7.6@sha256:efd47c67f9bac88ca29bcf8cb997d9ab29d1848bd0aff579282295542a745952",
)
ALLOY = Pin(
    "ALLOY_IMAGE",
    "docker.io/grafana/alloy:v1.18.1@sha256:0f4434c92b3e6cdac38bb129b344e1790c246f7b6e2eaffcc16a5fa363240e33",
)
PINS = (PROMETHEUS, GRAFANA, LOKI, ALLOY)
