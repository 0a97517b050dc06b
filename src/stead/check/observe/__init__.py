"""Observability: what is watched is all of the backend, by metrics that are there, and only by those who may."""

from stead.check.observe import alert, grafana, retention, scrape

RULES = (*scrape.RULES, *alert.RULES, *grafana.RULES, *retention.RULES)
