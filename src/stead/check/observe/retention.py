"""Retention: metrics and logs are kept for a time that someone chose, and then they go."""

from collections.abc import Iterator

from stead.check.compose.stack import compose_files, is_delivered
from stead.check.context import Context
from stead.check.merged_config import documents
from stead.check.rule import rule
from stead.model import Problem

RETENTION = "--storage.tsdb.retention."


@rule("OBSERVE016")
def what_is_kept_ends(context: Context) -> Iterator[Problem]:
    """In `deploy/`, Loki and Prometheus have a retention time.

    Loki keeps everything forever unless `retention_period` is set and its compactor's `retention_enabled` is on: one
    without the other has no effect. Prometheus has no size limit by default. A full disk stops the databases on it. Set
    both.
    """
    for file, config in context.once(documents).items():
        if not is_delivered(context, file):
            continue
        if config.get("schema_config") is not None and not config.text_at("limits_config", "retention_period"):
            place = (config.get("limits_config") or config.members["schema_config"]).place
            yield Problem("OBSERVE016", "Loki keeps logs forever", place, "add limits_config.retention_period: 168h")
        elif config.get("schema_config") is not None and not config.is_on("compactor", "retention_enabled"):
            found = config.get("compactor", "retention_enabled") or config.get("compactor") or config
            message = "Loki ignores retention_period, since its compactor deletes nothing"
            yield Problem("OBSERVE016", message, found.place, "write compactor.retention_enabled: true")
    for file, config in context.once(compose_files).items():
        for name, service in config.each("services") if is_delivered(context, file) else ():
            words = service.words("command")
            if "prom/prometheus" in service.text_at("image") and not any(RETENTION in word for word in words):
                message = f"{name} has no limit on the disk that it uses"
                place = (service.get("command") or service).place
                yield Problem("OBSERVE016", message, place, f"add {RETENTION}size=2GB")


RULES = (what_is_kept_ends,)
