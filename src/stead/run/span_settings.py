"""The settings of OpenTelemetry by which a process sends its spans to the console of a run.

Rejected: `http/json` for all of them. The SDK for Java refuses to start with a protocol that it does not have.
"""

from collections.abc import Mapping

from stead.kit.otlp_json import HTTP_JSON, PROTOCOL
from stead.model import Process, Service
from stead.model.gateway import TRACES

SERVICE_NAME = "OTEL_SERVICE_NAME"
SAMPLER = "OTEL_TRACES_SAMPLER"
NOT_TAKEN = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}  # logs are read from the output


def spans_to(collector: str, process: Process, given: Mapping[str, str]) -> dict[str, str]:
    """Return the settings beside those that a service was given; nothing when it sends its spans elsewhere."""
    if not collector or given.get(TRACES.name) or not isinstance(process, Service):
        return {}
    if process.app:
        return {TRACES.name: collector, PROTOCOL: HTTP_JSON}
    usual = {PROTOCOL: "http/protobuf", SERVICE_NAME: process.name, SAMPLER: "parentbased_always_on", **NOT_TAKEN}
    return {TRACES.name: collector} | {name: text for name, text in usual.items() if not given.get(name)}
