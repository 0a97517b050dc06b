"""Alerts: rules that are read, on metrics that someone exports, of a kind that someone is reported."""

import re
from collections.abc import Iterator
from pathlib import Path

import stead
from stead.check.compose.stack import is_delivered
from stead.check.context import Context, place
from stead.check.facts import promql
from stead.check.merged_config import MergedConfig, documents
from stead.check.rule import rule
from stead.check.source import SCRIPTS
from stead.model import Problem

# Metrics that exporters, client libraries and the parts beside the backend provide.
KNOWN = re.compile(
    r"up$|ALERTS|(?:scrape|process|python|go|node|container|machine|probe|prometheus|promhttp|grafana|loki|alloy|envoy|"
    r"pg|postgres|redis|kube|jvm|nodejs|http_server|stead_backup|net_conntrack|cadvisor|traces|target)_"
)
ENDINGS = re.compile(r"_(?:total|bucket|count|sum|created|info)$")
SOURCE = SCRIPTS | {".py"}
SHELF = "stead.services."
PACKAGE = Path(stead.__file__).parent / "services"
KIT_METRICS = frozenset({"http_request_duration_seconds", "outbox_messages"})  # of the kit


@rule("OBSERVE012")
def alerts_are_on_metrics_that_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, alerts and recording rules use exported metrics.

    An expression with an unknown metric is no error: it has no value, and the alert never fires. The rule knows the
    metrics of Stead's kit, of the described services of the shelf, of exporters and client libraries, of recording
    rules, and each name in the code of the backend. Fix the name.
    """
    recorded = {config.text_at("record") for file in _rule_files(context) for config in _rules(file)}
    for file in _rule_files(context):
        for config in _rules(file):
            expression = config.get("expr")
            for name in promql.metrics(expression.text) if expression is not None else ():
                if name not in recorded and not _is_loaded(context, name):
                    message = f"no service exports {name}, so this is never true"
                    yield Problem("OBSERVE012", message, expression.place, "fix the name")  # type: ignore[union-attr]


def _is_loaded(context: Context, name: str) -> bool:
    stem = ENDINGS.sub("", name)
    if KNOWN.match(name) or stem in KIT_METRICS or name in KIT_METRICS:
        return True
    texts = (context.tree.text(path) or "" for path in context.tree.files if path.suffix in SOURCE)
    return any(stem in text for text in (*_shelf(context), *texts))


def _shelf(context: Context) -> Iterator[str]:
    """Yield the code of the services of the shelf that are described here."""
    for service in context.services:
        if service.app.startswith(SHELF):
            kind = service.app.removeprefix(SHELF).partition(".")[0]
            yield from (path.read_text(encoding="utf-8") for path in (PACKAGE / kind).glob("*.py"))


@rule("OBSERVE013")
def alert_rules_are_loaded(context: Context) -> Iterator[Problem]:
    """In `deploy/`, Prometheus loads the rule files beside its configuration, and each alert has a severity.

    Prometheus ignores a file that `rule_files` does not name. An alert without `severity` goes to the default receiver:
    a page for a minor problem, or no notification. Add the missing line.
    """
    configurations = [config for file, config in _delivered(context) if config.get("scrape_configs") is not None]
    for file in _rule_files(context):
        for config in configurations:
            read = {Path(text).name for text, _ in config.each("rule_files")}
            if file.file.name not in read and "*" not in "".join(read):
                place = (config.get("rule_files") or config.members["scrape_configs"]).place
                message = f"Prometheus does not load {file.file.name}, so none of its alerts fires"
                yield Problem("OBSERVE013", message, place, f"add /etc/prometheus/{file.file.name} to rule_files")
        for config in _rules(file):
            alert = config.get("alert")
            if alert is not None and not config.text_at("labels", "severity"):
                message = f"{alert.text} has no severity"
                yield Problem("OBSERVE013", message, alert.place, "add labels: {severity: page}, or ticket")


@rule("OBSERVE017")
def rule_files_can_be_loaded(context: Context) -> Iterator[Problem]:
    """Prometheus can load a file of rules: each expression is PromQL, each duration and each key is known.

    Prometheus loads such a file as a whole. With one fault in it, Prometheus does not start, or goes on with the rules
    that it had, and the new alerts never fire. Read in rule files, and in a PrometheusRule of Kubernetes; files of
    Grafana, Loki and VictoriaMetrics are left out. Fix the rule; `promtool check rules FILE` shows the same.
    """
    for file, at in context.each("unloaded"):
        yield Problem("OBSERVE017", f"Prometheus does not load this file: {at.text}", place(file, at), "fix the rule")


def _delivered(context: Context) -> Iterator[tuple[Path, MergedConfig]]:
    return ((file, config) for file, config in context.once(documents).items() if is_delivered(context, file))


def _rule_files(context: Context) -> list[MergedConfig]:
    return [config for _, config in _delivered(context) if config.get("groups") is not None]


def _rules(file: MergedConfig) -> Iterator[MergedConfig]:
    for _, group in file.each("groups"):
        for _, alert_rule in group.each("rules"):
            yield alert_rule


RULES = (alerts_are_on_metrics_that_are_there, alert_rules_are_loaded, rule_files_can_be_loaded)
