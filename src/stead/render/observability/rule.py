"""Recording rules over the services' metrics, and alerts.

An objective is a share of successful requests over 30 days; the rest is the error budget. An alert depends on the burn
rate of the budget, in a long window and in a short one, so that it fires and resolves soon (Google, The Site
Reliability Workbook, chapter 5). Rejected: an alert on each failure, which causes needless pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stead.render.observability.alert import Alert
from stead.render.observability.business import business_alerts
from stead.render.observability.context import ObservabilityContext

OBJECTIVE = 0.995  # share of the answers that are no errors
BUDGET = round(1 - OBJECTIVE, 6)
SLOW = 1.0  # seconds within which 99 of 100 answers have to be complete
MEMORY_ALERT = 0.9  # share of the memory that a service may use

REQUESTS = "http_request_duration_seconds"
ERRORS = 'status=~"5..|0"'  # 0 is a request that broke off without an answer
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@dataclass(frozen=True)
class Burn:
    """A burn rate with its two windows, and the severity of its alert."""

    times: float
    long: str
    short: str
    severity: str


BURNS = (
    Burn(14.4, "1h", "5m", "page"),
    Burn(6, "6h", "30m", "page"),
    Burn(3, "1d", "2h", "ticket"),
    Burn(1, "3d", "6h", "ticket"),
)


@dataclass(frozen=True)
class Record:
    record: str
    expr: str


@dataclass(frozen=True)
class Group:
    name: str
    rules: tuple[Record | Alert, ...]


@dataclass(frozen=True)
class RulesFile:
    """A file of rules, in the words of Prometheus's manual."""

    groups: tuple[Group, ...]


def ratio(window: str) -> str:
    """Return the name of the record of a service's part of errors in a window."""
    return f"service:http_errors:ratio_rate{window}"


def rules(observability: ObservabilityContext) -> RulesFile:
    """Return all rules of a backend."""
    groups = [
        Group("records", tuple(_records())),
        Group("availability", tuple(_availability(observability))),
        Group("budget", tuple(_budget())),
        Group("work", tuple(_work(observability))),
    ]
    if business := tuple(each.rule() for _, each in business_alerts(observability.kinds)):
        groups.append(Group("business", business))
    return RulesFile(tuple(groups))


def _records() -> Iterator[Record]:
    yield Record("service:http_requests:rate5m", f"sum by (backend, kind, service) (rate({REQUESTS}_count[5m]))")
    for window in WINDOWS:
        wrong = f"sum by (backend, kind, service) (rate({REQUESTS}_count{{{ERRORS}}}[{window}]))"
        every = f"sum by (backend, kind, service) (rate({REQUESTS}_count[{window}]))"
        # Without an error there is no such series, and that is a part of 0 and not an unknown one.
        yield Record(ratio(window), f"({wrong} or 0 * {every}) / ({every} > 0)")
    quantile = f"histogram_quantile(0.99, sum by (backend, kind, service, le) (rate({REQUESTS}_bucket[5m])))"
    yield Record("service:http_seconds:p99_rate5m", quantile)


def _availability(observability: ObservabilityContext) -> Iterator[Alert]:
    yield Alert(
        "InstanceDown",
        "up == 0",
        "30s",
        {"severity": "page"},
        {
            "summary": "{{ $labels.job }} does not answer",
            "description": "{{ $labels.instance }} has not answered for half a minute.",
        },
    )
    for each in observability.observed:
        if each.replicas > 1:
            yield _too_few(each.name, each.replicas)
    yield Alert(
        "Restarting",
        "changes(process_start_time_seconds[10m]) > 2",
        None,
        {"severity": "page"},
        {
            "summary": "{{ $labels.service }} restarts repeatedly",
            "description": "{{ $labels.instance }} restarted {{ $value }} times within ten minutes.",
        },
    )


def _too_few(name: str, replicas: int) -> Alert:
    """Count replicas: they are discovered by name, and a missing one is in no list."""
    counted = f'count(up{{job="{name}"}} == 1)'
    return Alert(
        "TooFewReplicas",
        f'({counted} or absent(up{{job="{name}"}}) * 0) < {replicas}',
        "30s",
        {"severity": "ticket", "service": name},
        {"summary": f"{name} has {{{{ $value }}}} of {replicas} replicas"},
    )


def _budget() -> Iterator[Alert]:
    for burn in BURNS:
        limit = f"{round(burn.times * BUDGET, 6):g}"
        yield Alert(
            "ErrorBudgetBurn",
            f"{ratio(burn.long)} > {limit} and {ratio(burn.short)} > {limit}",
            "1m",
            {"severity": burn.severity, "window": burn.long},
            {
                "summary": "{{ $labels.service }} fails too often",
                "description": (
                    f"{{{{ $value | humanizePercentage }}}} of the responses of the last {burn.long} were errors: at "
                    f"that rate the budget of a month is used up in {_days(burn.times)}."
                ),
            },
        )
    yield Alert(
        "SlowAnswers",
        f"service:http_seconds:p99_rate5m > {SLOW:g}",
        "5m",
        {"severity": "ticket"},
        {
            "summary": "{{ $labels.service }} is slow",
            "description": "One response in a hundred takes longer than {{ $value | humanizeDuration }}.",
        },
    )


def _days(times: float) -> str:
    days = 30 / times
    return f"{days:.0f} days" if days >= 2.5 else f"{days * 24:.0f} hours"


def _work(observability: ObservabilityContext) -> Iterator[Alert]:
    labels = "backend, kind, service, message"
    yield Alert(
        "OutboxFailing",
        f'sum by ({labels}) (increase(outbox_messages_total{{outcome="retried"}}[10m])) > 0 '
        f'unless sum by ({labels}) (increase(outbox_messages_total{{outcome="delivered"}}[10m])) > 0',
        "5m",
        {"severity": "ticket"},
        {
            "summary": "{{ $labels.service }} cannot deliver {{ $labels.message }}",
            "description": "Every attempt of the last ten minutes failed; the messages wait, none is lost.",
        },
    )
    yield Alert(
        "OutboxGaveUp",
        f'sum by ({labels}) (increase(outbox_messages_total{{outcome="given_up"}}[15m])) > 0',
        None,
        {"severity": "page"},
        {
            "summary": "{{ $labels.service }} will never deliver a {{ $labels.message }}",
            "description": "The receiver refused it permanently: check the outbox.",
        },
    )
    for memory in sorted({each.memory for each in observability.observed}):
        names = "|".join(each.name for each in observability.observed if each.memory == memory)
        yield Alert(
            "MemoryNearLimit",
            f'process_resident_memory_bytes{{job=~"{names}"}} > {MEMORY_ALERT} * {memory} * 1048576',
            "2m",
            {"severity": "ticket", "limit": f"{memory}Mi"},
            {
                "summary": "{{ $labels.service }} is near its memory limit",
                "description": f"It uses {{{{ $value | humanize1024 }}}}B of {memory} MiB.",
            },
        )
